"""What was once read, byte for byte, for outputs that go on holding what is no longer among their inputs.

A file per batch of records that were new or changed, numbered; the last one that holds a record is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import digest, document_id
from kcpipe.store.disk import sync, writing_to
from kcpipe.store.parquet import read_table, write_table
from kcpipe.tables import TABLES, Table
from kcpipe.tables.declare import text

INPUTS = TABLES["inputs"]
KEPT = Table(
    "kept_inputs",
    "Input records as they were read, for as long as the output accumulates.",
    (
        *INPUTS.columns,
        text("document_id", "From the raw bytes."),
        text("digest", "Of all that the record brought: equal when it was read before as it is now."),
    ),
    INPUTS.key,
    "work",
)


class Kept:
    """The records that an output keeps, in `output/inputs`; who holds the output's lock writes."""

    def __init__(self, output: Path) -> None:
        """Look through what is kept; memory grows by a few hundred bytes a record, not with the records' length."""
        self._folder = output / "inputs"
        self._files = sorted(self._folder.glob("*.parquet"))
        self._at: dict[str, tuple[Path, str]] = {}
        for path in self._files:
            known = read_table(path, ["source_uri", "digest"])
            self._at.update(zip(known.column("source_uri").to_pylist(), _places(path, known), strict=True))

    def keep(self, inputs: pa.Table) -> pa.Table:
        """Keep the records that are new or have changed; returns those that can be read.

        inputs: a batch of the table `inputs`. One that cannot be read now stays kept as it was read last.
        """
        readable = inputs.filter(pc.is_valid(inputs.column("raw")))
        rows = readable.to_pylist()
        ids = [document_id(digest(row["raw"])) for row in rows]
        digests = [digest(repr([(name, row[name]) for name in INPUTS.schema.names]).encode()) for row in rows]
        made = readable.append_column("document_id", pa.array(ids, pa.string()))
        made = made.append_column("digest", pa.array(digests, pa.string()))
        is_known = [self._at.get(row["source_uri"], (None, ""))[1] == d for row, d in zip(rows, digests, strict=True)]
        new = made.filter(pc.invert(pa.array(is_known, pa.bool_())))
        if new.num_rows:
            path = self._folder / f"{len(self._files) + 1:08}.parquet"
            with writing_to(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                write_table(path, KEPT, new)
                sync(self._folder)
            self._files.append(path)
            self._at.update(zip(new.column("source_uri").to_pylist(), _places(path, new), strict=True))
        is_lost = pc.and_(
            pc.is_null(inputs.column("raw")), pc.is_in(inputs.column("source_uri"), pa.array([*self._at], pa.string()))
        )
        return inputs.filter(pc.invert(is_lost))

    def others(self, source_uris: Collection[str]) -> Iterator[pa.Table]:
        """Batches of the table `inputs`: the kept records that are not among those named, as they were read last."""
        wanted: dict[Path, list[str]] = {}
        for uri, (path, _) in self._at.items():
            if uri not in source_uris:
                wanted.setdefault(path, []).append(uri)
        for path, uris in sorted(wanted.items()):
            rows = read_table(path)
            found = rows.filter(pc.is_in(rows.column("source_uri"), pa.array(uris, pa.string())))
            yield found.select(INPUTS.schema.names).replace_schema_metadata(INPUTS.schema.metadata)


def forget_inputs(output: Path, document_id: str) -> None:
    """Delete the kept records with these bytes, and the older ones that they stood in for."""
    paths = sorted((output / "inputs").glob("*.parquet"))
    last: dict[str, str] = {}
    for path in paths:
        known = read_table(path, ["source_uri", "document_id"])
        last.update(zip(*(column.to_pylist() for column in known.columns), strict=True))
    gone = pa.array([uri for uri, document in last.items() if document == document_id], pa.string())
    for path in paths:
        rows = read_table(path)
        is_gone = pc.or_(pc.equal(rows.column("document_id"), document_id), pc.is_in(rows.column("source_uri"), gone))
        if pc.any(is_gone).as_py():
            with writing_to(path.parent):
                write_table(path, KEPT, rows.filter(pc.invert(is_gone)))


def _places(path: Path, rows: pa.Table) -> list[tuple[Path, str]]:
    return [(path, found) for found in rows.column("digest").to_pylist()]
