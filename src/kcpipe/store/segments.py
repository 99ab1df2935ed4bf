"""Segments: what a stage made of a batch of documents, in a folder with one immutable Parquet file per table.

Whoever has the folder can read and write them, in any process on any machine; what exists is said by the ledger of the
workspace alone. A document's rows are known by a digest, the same in whatever batch they were made: by it the stages
behind tell whether there is anything new for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import ID_LENGTH, digest
from kcpipe.store.disk import sync, writing_to
from kcpipe.store.parquet import read_table, write_table
from kcpipe.tables import TABLES, ContractError, Table, empty

OWNER = "owner"
"""Name of the column of document ids that is added for sorting; no table has one of this name."""

Parts = Mapping[str, Sequence[str]]
"""Some documents, by the folder of the segment that they lie in."""


@dataclass(frozen=True)
class Segment:
    """What the ledger is told of a segment."""

    folder: str
    """Below the folder of all segments."""
    files: Mapping[str, int]
    """The length of each file in it."""
    digests: Mapping[str, Mapping[str, str]]
    """For every document of the batch by table the digest of its rows; no entry where it has none."""


def write_segment(root: Path, folder: str, document_ids: Collection[str], made: Mapping[str, pa.Table]) -> Segment:
    """Write what a stage made of a batch, flushed to the disk with the folders above, and tell what was written.

    root: the folder of all segments. folder: the segment's own, below it; what lies there is replaced. document_ids:
    the batch, also those that gave no row. made: the tables by name.
    Raises ContractError for rows that do not fit the declaration or belong to no document of the batch, UserError when
    the disk refuses.
    """
    digests: dict[str, dict[str, str]] = {document: {} for document in document_ids}
    for name, rows in made.items():
        parent = _parent(TABLES[name], made)
        for document, of_document in _digests(TABLES[name], rows, made[parent] if parent else rows):
            if document not in digests:
                raise ContractError(f"{name}: rows of a document outside the batch: {document}")
            digests[document][name] = of_document
    home = root / folder
    with writing_to(root):
        home.mkdir(parents=True, exist_ok=True)
        for name, rows in made.items():
            write_table(home / f"{name}.parquet", TABLES[name], rows)
        for above in (home, *home.parents[:3]):
            sync(above)
        files = {f"{name}.parquet": (home / f"{name}.parquet").stat().st_size for name in made}
    return Segment(folder, files, digests)


def read_segments(root: Path, parts: Parts, table: Table) -> pa.Table:
    """The rows of these documents, by document_id and then by key, whatever segments they lie in.

    Raises FileNotFoundError when a segment has no such table.
    """
    if not parts:
        return empty(table)
    rows = pa.concat_tables([_owned(root / folder, table, documents) for folder, documents in parts.items()])
    # They fitted the declaration when they were written, and a key is met in one document alone.
    return _arranged(table, rows).select(table.schema.names).replace_schema_metadata(table.schema.metadata)


def _digests(table: Table, rows: pa.Table, parent: pa.Table) -> Iterator[tuple[str, str]]:
    """Each document that has rows and the digest of them: of their bytes in Arrow's stream format, in the order of
    the key, whatever other documents are in the table."""
    ordered = _arranged(table, rows.append_column(OWNER, _owners(table, rows, parent))).combine_chunks()
    owners = ordered.column(OWNER).to_numpy()
    ordered = ordered.drop_columns(OWNER).replace_schema_metadata(None)
    borders = [*np.flatnonzero(owners[1:] != owners[:-1]).tolist(), len(owners) - 1]
    for first, last in pairwise([0, *(border + 1 for border in borders)]):
        if first == last:
            return  # no rows at all
        # Taken, not sliced: a slice shares its buffers, and bits of the neighbours would be written, too.
        [batch] = ordered.take(np.arange(first, last)).combine_chunks().to_batches()
        yield owners[first], digest(batch.serialize().to_pybytes())[:ID_LENGTH]


def _arranged(table: Table, owned: pa.Table) -> pa.Table:
    return owned.sort_by([(name, "ascending") for name in (OWNER, *table.key)])


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


def _owned(folder: Path, table: Table, document_ids: Sequence[str]) -> pa.Table:
    """A segment's rows of these documents, with their document as the column OWNER."""
    rows = read_table(folder / f"{table.name}.parquet")
    parent = _parent(table, [file.stem for file in folder.glob("*.parquet")])
    owners = _owners(table, rows, read_table(folder / f"{parent}.parquet") if parent else rows)
    wanted = pc.is_in(owners, value_set=pa.array(document_ids, pa.string()))
    return rows.append_column(OWNER, owners).filter(wanted)
