"""The inputs of a run: every record read, the text of those never seen before put into the workspace."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import store
from kcpipe.ids import name_id
from kcpipe.pipeline import failures
from kcpipe.pipeline.extract import Each, in_batches
from kcpipe.pipeline.keys import stage_keys
from kcpipe.read import Read, read
from kcpipe.settings import Settings
from kcpipe.tables import TABLES, concat, empty
from kcpipe.tables import build as build_table

log = logging.getLogger(__name__)


def ingest(
    sources: Sequence[store.Source],
    workspace: store.Workspace,
    settings: Settings,
    *,
    purged: Collection[str],
    kept: store.Kept | None,
    each: Each,
    is_full: bool = False,
) -> tuple[pa.Table, pa.Table]:
    """Read the inputs; returns the tables `records` and `quarantine`.

    sources: the files found. purged: documents that were taken down; their records are set aside. kept: what was read
    before, when the output holds on to it; it counts as read where no source brings a record of its name. is_full:
    store every text anew.
    """
    key = stage_keys(settings.events)["read"]
    known = set() if is_full else set(workspace.done("read", key))

    def decode(inputs: pa.Table) -> tuple[pa.Table, pa.Table]:
        try:
            made = _without(purged, read(inputs=inputs))
        except failures.OF_THE_MACHINE:
            raise
        except Exception as error:
            if inputs.num_rows > 1:
                return _joined([decode(inputs.slice(row, 1)) for row in range(inputs.num_rows)])
            made = _not_read(inputs, error)
        new = sorted(set(made.raw_documents.column("document_id").to_pylist()) - known)
        if new:
            rows = _of_documents(made.raw_documents, new)
            workspace.save("read", key, dict.fromkeys(new, ""), {"raw_documents": rows})
            known.update(new)  # not before: a batch over which the disk stumbles is tried again
        return made.records, made.quarantine

    def read_batch(batch: Sequence[store.Source]) -> tuple[pa.Table, pa.Table]:
        # A batch of files may hold an archive of any size: only the names of its records are kept here.
        found = store.load(batch, settings.input, settings.run.batch_size)
        return _joined([decode(inputs) for inputs in (found if kept is None else map(kept.keep, found))])

    read_now = list(each("read", read_batch, in_batches(sources, settings.run.batch_size)))
    if kept is not None:
        uris = {uri for records, _ in read_now for uri in records.column("source_uri").to_pylist()}
        read_now += [decode(inputs) for inputs in kept.others(uris)]
    return _joined(read_now)


def _not_read(inputs: pa.Table, error: Exception) -> Read:
    """One record that the stage failed over."""
    log.warning("read: the record is set aside", exc_info=error)
    [record] = inputs.drop_columns(["raw", "problem", "message"]).to_pylist()
    return Read(
        build_table(TABLES["records"], [{**record, "document_id": None}]),
        empty(TABLES["raw_documents"]),
        build_table(TABLES["quarantine"], [failures.reason(record, read.__name__, type(error).__name__)]),
    )


def _joined(parts: Sequence[tuple[pa.Table, pa.Table]]) -> tuple[pa.Table, pa.Table]:
    records, quarantine = zip(*parts, strict=True)
    return concat(TABLES["records"], records), concat(TABLES["quarantine"], quarantine)


def _without(purged: Collection[str], made: Read) -> Read:
    """What was read without the documents that were taken down: their records stay, set aside."""
    gone = pc.is_in(made.records.column("document_id"), pa.array(purged, pa.string()))
    if not pc.any(gone).as_py():
        return made
    rows = [
        {
            "quarantine_id": name_id("quarantine", record["source_uri"], "purged"),
            "source_uri": record["source_uri"],
            "stage": "read",
            "reason": "purged",
            "message": "the document was taken down: the log of releases says when and why",
        }
        for record in made.records.filter(gone).to_pylist()
    ]
    ids = pc.if_else(gone, None, made.records.column("document_id"))
    records = made.records.set_column(
        made.records.column_names.index("document_id"), made.records.schema.field("document_id"), ids
    )
    kept = [each for each in made.raw_documents.column("document_id").to_pylist() if each not in purged]
    return Read(
        records,
        _of_documents(made.raw_documents, kept),
        concat(TABLES["quarantine"], [made.quarantine, build_table(TABLES["quarantine"], rows)]),
    )


def _of_documents(table: pa.Table, document_ids: Sequence[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("document_id"), pa.array(document_ids, pa.string())))
