"""Segments: what a stage made of a batch of documents, in a folder with one immutable Parquet file per table.

Whoever has the place can read and write them, in any process on any machine. Each says last what it holds, in a file
of its own: without that it is not there. A document's rows are known by a digest, the same in whatever batch they were
made: by it the stages behind tell whether there is anything new for them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import name_id
from kcpipe.joins import rows_at
from kcpipe.store.contents import digests, first_of_runs
from kcpipe.store.mapped import lay_down
from kcpipe.store.parquet import passing_bytes, read_table
from kcpipe.store.places import Place
from kcpipe.tables import TABLES, ContractError, Table, conform, empty, in_order

OWNER = "owner"
"""Name of the column that is added for sorting, of documents' ids or places; no table has one of this name."""

Parts = Mapping[str, Sequence[str]]
"""Some documents, by the folder of the segment that they lie in."""
Ids = npt.NDArray[np.bytes_]
"""Ids of documents."""

CONTENTS = "segment.json"
"""The file of a segment that says what it holds, written when all else is there."""


@dataclass(frozen=True)
class Segment:
    """What a segment says of itself."""

    folder: str
    """Below the place of all segments."""
    stage_key: str
    """Digest of all that its rows depend on, the documents apart."""
    files: Mapping[str, int]
    """The length of each Parquet file in it."""
    seen: Mapping[str, str]
    """For every document of the batch, also those that gave no row, the digest of what was read for it."""
    made: Mapping[str, Mapping[str, str]]
    """For every document of the batch by table the digest of its rows; no entry where it has none."""


def write_segment(
    home: Place, stage: str, stage_key: str, seen: Mapping[str, str], tables: Mapping[str, pa.Table]
) -> Segment:
    """Write what a stage made of a batch, and tell what was written.

    home: the place of all segments. stage: its name; stage_key and seen: as in Segment. tables: what it made, by name.
    The same batch with the same content lies in the same folder, so that a batch done again replaces itself, and no
    other. Raises ContractError for rows that do not fit the declaration or belong to no document of the batch,
    UserError when the place refuses.
    """
    made: dict[str, dict[str, str]] = {document: {} for document in seen}
    contents = {}
    for name, rows in tables.items():
        parent = _parent(TABLES[name], tables)
        ordered, owners = _by_document(TABLES[name], rows, tables[parent] if parent else rows)
        firsts = first_of_runs(owners)
        documents = owners[firsts].tolist()
        if strange := set(documents).difference(made):
            raise ContractError(f"{name}: rows of a document outside the batch: {min(map(str, strange))}")
        bounds = np.append(firsts, len(owners))
        of_documents = digests(ordered, bounds, np.arange(len(firsts)), len(firsts))
        for document, of_document in zip(documents, of_documents, strict=True):
            made[document][name] = of_document
        contents[f"{name}.parquet"] = passing_bytes(ordered)
    batch = name_id("segment", *(f"{document} {seen[document]}" for document in sorted(seen)))
    folder = f"{segments_of(stage, stage_key)}/{batch}"
    lengths = {name: len(content) for name, content in contents.items()}
    segment = Segment(folder, stage_key, lengths, dict(seen), made)
    with home.refusals():
        for name, content in contents.items():
            home.replace(f"{folder}/{name}", content)
        home.replace(f"{folder}/{CONTENTS}", json.dumps(asdict(segment), sort_keys=True).encode())
    return segment


def read_segment(home: Place, folder: str) -> Segment:
    """What a segment says of itself. Raises FileNotFoundError when it is not whole."""
    return Segment(**json.loads(home.read(f"{folder}/{CONTENTS}")))


def segments_of(stage: str, stage_key: str) -> str:
    """The folder of a stage's segments under a key."""
    return f"{stage}/{stage_key}"


def read_segments(home: Place, parts: Parts, table: Table) -> pa.Table:
    """The rows of these documents, by document_id and then by key, whatever segments they lie in.

    table: its declaration, or one of some of its columns with those of the key: no others are read. Raises UserError
    when a segment has no such table.
    """
    if not parts:
        return empty(table)
    documents = _as_bytes(sorted(document for held in parts.values() for document in held))
    with home.refusals():
        rows = _in_order([_owned(home, folder, table, held, documents) for folder, held in parts.items()])
    return _as_declared(table, rows).combine_chunks()


def read_slices(
    home: Place, parts: Parts, table: Table, slices: Sequence[Sequence[str]], *, folder: Path, room: int
) -> tuple[pa.Table, ...]:
    """The same in slices of documents, as tables that lie in a file of a folder, however large all of them are.

    slices: all documents of `parts`, in order. A segment is read once: with the slice of its first document, when the
    others are of that one or the next, as they are where batches were made of neighbours; else before, with others of
    that kind, of which so many bytes as `room` says are put in order and laid down at once. Raises what `read_segments`
    raises.
    """
    documents = _as_bytes([document for documents in slices for document in documents])
    borders = np.cumsum([0, *map(len, slices)])
    near, strewn = _by_reach(parts, documents, borders[1:])
    schema = table.schema.append(pa.field(OWNER, pa.int64()))
    with home.refusals():
        runs = lay_down(folder, schema, _runs(home, strewn, table, documents, room))
        read = ([_owned(home, name, table, held, documents) for name, held in of_slice.items()] for of_slice in near)
        found = _sliced(_no_rows(table), read, runs, pairwise(borders.tolist()))
        return lay_down(folder, table.schema, (_as_declared(table, rows) for rows in found))


def _by_document(table: Table, rows: pa.Table, parent: pa.Table) -> tuple[pa.Table, npt.NDArray[np.object_]]:
    """The rows by document and then by key, in one chunk, and the document of each."""
    owned = conform(table, rows).append_column(OWNER, _owners(table, rows, parent))
    ordered = in_order(owned, (OWNER, *table.key)).combine_chunks()
    return ordered.drop_columns(OWNER), ordered.column(OWNER).to_numpy()


def _parent(table: Table, names: Collection[str]) -> str | None:
    """The table that knows the documents of this one's rows, when this one does not name them itself.

    That is the one of the same stage which has a document_id and whose key is the first column of this one's key,
    as event_drafts is for participant_drafts. Raises ContractError when there is none.
    """
    if "document_id" in table.schema.names:
        return None
    for name in sorted(names):
        if TABLES[name].key == table.key[:1] and "document_id" in TABLES[name].schema.names:
            return name
    raise ContractError(f"{table.name}: nothing in {sorted(names)} tells which document a row belongs to")


def _owners(table: Table, rows: pa.Table, parent: pa.Table) -> pa.ChunkedArray:
    """For each row the document it belongs to, null when none; parent: the rows that name documents."""
    if "document_id" in table.schema.names:
        return rows.column("document_id")
    places = pc.index_in(rows.column(table.key[0]), value_set=parent.column(table.key[0]).combine_chunks())
    return parent.column("document_id").take(places)


def _by_reach(parts: Parts, documents: Ids, ends: npt.NDArray[np.int64]) -> tuple[list[Parts], Parts]:
    """By slice the segments whose documents begin there and reach no further than into the next; and all others."""
    near: list[dict[str, Sequence[str]]] = [{} for _ in ends]
    strewn: dict[str, Sequence[str]] = {}
    for folder, of_segment in parts.items():
        reach = np.searchsorted(documents, _as_bytes([min(of_segment), max(of_segment)]))
        first, last = np.searchsorted(ends, reach, side="right").tolist()
        (near[first] if last - first <= 1 else strewn)[folder] = of_segment
    return [*near], strewn


def _sliced(
    left: pa.Table, read: Iterable[list[pa.Table]], runs: Sequence[pa.Table], places: Iterable[tuple[int, int]]
) -> Iterator[pa.Table]:
    """The rows of each slice. left: no rows; read: by slice those of the segments that begin in it; runs: of all
    slices, in order; places: of the documents of each slice, among all."""
    for of_segments, (first, end) in zip(read, places, strict=True):
        rows = _in_order([left, *of_segments, *(_between(run, first, end) for run in runs)])
        of_slice = _between(rows, first, end)
        left = rows.slice(of_slice.num_rows)
        yield of_slice


def _runs(home: Place, parts: Parts, table: Table, documents: Ids, room: int) -> Iterator[pa.Table]:
    """All rows, so many bytes at once in order."""
    held, size = list[pa.Table](), 0
    for folder, of_segment in parts.items():
        held.append(_owned(home, folder, table, of_segment, documents))
        size += held[-1].nbytes
        if size > room:
            yield _in_order(held)
            held, size = [], 0
    yield _in_order([_no_rows(table), *held])


def _owned(home: Place, folder: str, table: Table, of_segment: Sequence[str], documents: Ids) -> pa.Table:
    """A segment's rows of some documents, with the place of theirs among all documents as the column OWNER."""

    def rows_of(name: str, columns: Sequence[str]) -> pa.Table:
        return read_table(pa.BufferReader(home.read(f"{folder}/{name}.parquet")), columns)

    rows = rows_of(table.name, table.schema.names)
    # To ask what else is there takes time in an object store; most tables name their documents.
    beside = [] if "document_id" in table.schema.names else home.names(folder)
    parent = _parent(table, [name.removesuffix(".parquet") for name in beside if name != CONTENTS])
    owners = _owners(table, rows, rows_of(parent, [*TABLES[parent].key, "document_id"]) if parent else rows)
    known = pc.index_in(owners, value_set=pa.array(of_segment, pa.string()))
    places = pa.array(np.searchsorted(documents, _as_bytes(of_segment)), pa.int64())
    owned = rows.append_column(OWNER, places.take(known))
    return owned.filter(pc.is_valid(known)) if known.null_count else owned


def _in_order(owned: Sequence[pa.Table]) -> pa.Table:
    """Rows of several segments by document. Those of one lie in one segment, in the order of the key."""
    rows = pa.concat_tables(owned)
    places = rows.column(OWNER).to_numpy()
    return rows if (np.diff(places) >= 0).all() else rows_at(rows, np.argsort(places, kind="stable"))


def _between(run: pa.Table, first: int, end: int) -> pa.Table:
    start, stop = np.searchsorted(run.column(OWNER).to_numpy(), [first, end]).tolist()
    return run.slice(start, stop - start)


def _no_rows(table: Table) -> pa.Table:
    return empty(table).append_column(OWNER, pa.array([], pa.int64()))


def _as_declared(table: Table, owned: pa.Table) -> pa.Table:
    """They fitted the declaration when they were written, and a key is met in one document alone."""
    return owned.select(table.schema.names).replace_schema_metadata(table.schema.metadata)


def _as_bytes(documents: Sequence[str]) -> Ids:
    return np.array(documents, np.bytes_)
