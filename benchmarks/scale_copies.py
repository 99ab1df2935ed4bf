"""A corpus without its parsing: what the per-document stages made of a few texts, copied under new ids.

Copies differ in their ids, their fingerprints and their day of publication, so that none is taken for a reprint; they
tell the same events of the same people, each a day after the one before. All else of a run is real: the segments, the
ledger, the stages over the whole corpus, the checks, the publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scale_texts
from seed_copies import is_named, put, renamed

from kcpipe import pipeline, store
from kcpipe.joins import look_up
from kcpipe.settings import EventSettings, Settings
from kcpipe.tables import TABLES, build, concat, conform

T = TypeVar("T")
R = TypeVar("R")

TEXTS = 240
"""Texts that are really worked on."""
PARENTS = {"participant_drafts": "event_drafts", "mention_members": "mention_drafts"}
"""The tables that know the documents of those whose rows name none."""
DRAFTED = (
    "anchor_time_expression_id",
    "object_mention_id",
    "place_mention_id",
    "quantity_id",
    "subject_mention_id",
    "text_digest",
)
"""Columns of drafts that name something each copy has of its own, though no reference says so."""
MOST_DAYS = 365
"""A copy is published so many days later than the text at most."""
_NEW_HASHES = 2_654_435_761

Numbers = npt.NDArray[np.int64]


class Copies:
    """What the per-document stages make of any number of documents."""

    def __init__(self, texts: int = TEXTS) -> None:
        """texts: how many are really worked on."""
        self._texts = texts
        rows = [
            {"source_uri": f"article-{number:05}.txt", "source_name": f"{number:05}.txt", "raw": text.encode()}
            for number, text in enumerate(scale_texts.texts(range(texts)))
        ]
        made: dict[str, pa.Table] = {"inputs": build(TABLES["inputs"], rows)}
        for stage in pipeline.STAGES:
            if stage.scope == "document":
                made |= pipeline.carry_out(stage, made, EventSettings())
        made["tokens"] = made["tokens"].slice(0, 0)  # no stage over the corpus reads them
        self._ids = made["raw_documents"].column("document_id")
        self._owned = {name: _by_owner(made, name, self._ids) for name in made if name != "inputs"}
        self._known: dict[str, tuple[int, int]] = {}

    def names(self, numbers: range) -> list[str]:
        """The ids of the documents of these numbers."""
        texts, copies = np.divmod(np.arange(numbers.start, numbers.stop), self._texts)[::-1]
        ids = renamed(self._ids.take(pa.array(texts)), copies).to_pylist()
        self._known |= dict(zip(ids, zip(texts.tolist(), copies.tolist(), strict=True), strict=True))
        return ids

    def rows(self, table: str, documents: Sequence[str]) -> pa.Table:
        """The rows of a table of these documents, in their order."""
        whole, first = self._owned[table]
        texts, copies = np.array([self._known[document] for document in documents], np.int64).reshape(-1, 2).T
        counts = first[texts + 1] - first[texts]
        starts = np.repeat(first[texts] - np.cumsum(counts) + counts, counts)
        return _copied(table, whole.take(pa.array(starts + np.arange(counts.sum()))), np.repeat(copies, counts))

    def handed_out(self, name: str, function: Callable[[T], R], batches: Sequence[Any]) -> Iterator[Any]:
        """A way of carrying out a per-document stage: its rows are copied."""
        del name, function
        for batch in batches:
            made = {table: self.rows(table, list(batch.seen)) for table in batch.stage.makes}
            yield store.write_segment(batch.home, batch.stage.name, batch.stage_key, batch.seen, made)


def _by_owner(made: Mapping[str, pa.Table], name: str, ids: pa.ChunkedArray) -> tuple[pa.Table, Numbers]:
    """The rows of a table by document, and where the rows of each document begin."""
    table = made[name]
    if name in PARENTS:
        key = table.column_names[0]
        [owners] = look_up(table.column(key), made[PARENTS[name]], key, "document_id")
    else:
        owners = table.column("document_id")
    places = pc.index_in(owners, value_set=ids.combine_chunks()).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(np.bincount(places, minlength=len(ids)))
    return table.take(pa.array(np.argsort(places, kind="stable"))).combine_chunks(), np.concatenate([[0], ends])


def _copied(name: str, rows: pa.Table, copies: Numbers) -> pa.Table:
    for column in TABLES[name].columns:
        values = rows.column(column.name)
        if is_named(name, column) or column.name in DRAFTED:
            rows = put(rows, column.name, renamed(values, copies))
        elif column.name in ("shingles", "bands"):
            rows = put(rows, column.name, _rehashed(values, copies))
        elif name == "clean_documents" and column.name.startswith("stated_") and not pa.types.is_string(column.type):
            days = pa.array(copies % MOST_DAYS).cast(pa.int64())
            rows = put(rows, column.name, pc.add(values, _days(days, column.type)).cast(column.type))
    return conform(TABLES[name], rows)


def _days(numbers: pa.Array, kind: pa.DataType) -> pa.Array:
    """So many days, as what is added to a value of a type."""
    seconds = pc.multiply(numbers, 86_400)
    if pa.types.is_timestamp(kind):
        return pc.multiply(seconds, 1_000_000).cast(pa.duration("us"))
    return seconds.cast(pa.duration("s"))


def _rehashed(lists: pa.ChunkedArray, copies: Numbers) -> pa.Array:
    """Lists of hashes, other ones for each copy."""
    lists = lists.combine_chunks()
    kind = lists.type.value_type.to_pandas_dtype()
    moved = np.repeat(copies * _NEW_HASHES, pc.list_value_length(lists).to_numpy())
    return pa.ListArray.from_arrays(
        lists.offsets, pa.array((lists.flatten().to_numpy() + moved).astype(kind)), lists.type
    )


# --- a run over them -------------------------------------------------------------------------------------------------


def run(copies: Copies, documents: range, output: Path, settings: Settings, now: datetime, each: pipeline.Each) -> None:
    """Build, check and publish a release of the documents of these numbers; each: carries out what is really done.

    What an earlier run left in the output stands: only documents that are new to it are copied.
    """
    ids = sorted(copies.names(documents))
    key = pipeline.stage_keys(settings.events)["read"]
    with store.Workspace(output) as workspace:
        new = sorted(set(ids) - set(workspace.done("read", key)))
        for some in pipeline.in_batches(new, settings.run.batch_size):
            workspace.save("read", key, dict.fromkeys(some, ""), {"raw_documents": copies.rows("raw_documents", some)})
        records = concat(TABLES["records"], [copies.rows("records", ids)])
        quarantine = TABLES["quarantine"].schema.empty_table()
        read = pipeline.Opened(output, workspace, settings, records, quarantine)
        outcome = pipeline.carry_on(read, now=now, each=each, engine=copies.handed_out)
    if outcome.status != "published":
        checks = outcome.verdict.checks.to_pylist() if outcome.verdict is not None else []
        raise SystemExit(f"{outcome.status}: {[row for row in checks if not row['success']]}")
