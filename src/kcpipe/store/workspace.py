"""The workspace: results of per-document stages, kept so that no document is worked on twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import name_id
from kcpipe.store.disk import sync, writing_to
from kcpipe.store.parquet import read_table, write_table
from kcpipe.tables import TABLES, ContractError, Table, conform, empty

LEDGER = """
CREATE TABLE IF NOT EXISTS segments (
    segment_id INTEGER PRIMARY KEY,
    stage_key TEXT NOT NULL,
    folder TEXT NOT NULL UNIQUE,
    files TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS documents (
    stage_key TEXT NOT NULL,
    document_id TEXT NOT NULL,
    segment_id INTEGER NOT NULL REFERENCES segments,
    PRIMARY KEY (stage_key, document_id)
) WITHOUT ROWID;
"""
OWNER = "owner"
"""Name of the column of document ids that `load` adds for sorting; no table has one of this name."""


class Workspace:
    """The results of per-document stages, kept in `output/work` so that no document is worked on twice.

    A batch is a segment: a folder with one immutable Parquet file per table. The ledger says which segment holds a
    document under a stage's key; a segment without an entry there (the run was killed between the two) does not
    exist for anyone and is written anew. Threads may share a workspace, and processes may share its folder.
    """

    def __init__(self, output: Path) -> None:
        """Open it, made when missing. Raises UserError when it cannot be written or its ledger is broken."""
        self._folder = output / "work"
        self._turn = threading.Lock()
        with writing_to(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._ledger = sqlite3.connect(self._folder / "ledger.sqlite", timeout=60, check_same_thread=False)
            try:
                self._ledger.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + LEDGER)
            except sqlite3.Error:
                self._ledger.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def done(self, stage_key: str) -> set[str]:
        """The documents that were processed under this key and whose segment still has its files, all of them
        of the length they were written with.
        """
        segments = self._ask("SELECT segment_id, folder, files FROM segments WHERE stage_key = ?", stage_key)
        whole = {segment for segment, folder, files in segments if self._is_whole(folder, json.loads(files))}
        documents = self._ask("SELECT document_id, segment_id FROM documents WHERE stage_key = ?", stage_key)
        return {document for document, segment in documents if segment in whole}

    def save(self, stage: str, stage_key: str, document_ids: Sequence[str], made: Mapping[str, pa.Table]) -> None:
        """Keep what a stage made of a batch of documents.

        stage: its name. stage_key: digest of all that the result depends on, the documents apart. document_ids:
        the batch, also those that gave no row. made: the tables by name. Raises ContractError for rows that do not
        fit the declaration or belong to no document of the batch, UserError when the disk refuses.
        """
        for name, rows in made.items():
            parent = _parent(TABLES[name], made)
            strange = set(_owners(TABLES[name], rows, made[parent] if parent else rows).to_pylist())
            if not strange <= set(document_ids):
                raise ContractError(f"{name}: rows of documents outside the batch: {strange - set(document_ids)}")
        folder = f"{stage}/{stage_key}/{name_id('segment', *sorted(document_ids))}"
        with writing_to(self._folder):
            files = self._write_segment(self._folder / folder, made)
            with self._turn, self._ledger:
                [(segment,)] = self._ledger.execute(
                    "INSERT INTO segments (stage_key, folder, files) VALUES (?, ?, ?)"
                    " ON CONFLICT (folder) DO UPDATE SET files = excluded.files RETURNING segment_id",
                    (stage_key, folder, json.dumps(files)),
                ).fetchall()
                self._ledger.executemany(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
                    [(stage_key, document, segment) for document in document_ids],
                )

    def load(self, stage_key: str, table: Table, document_ids: Collection[str]) -> pa.Table:
        """The rows of these documents, by document_id and then by key, whatever segments they lie in.

        Raises ContractError when a document was not processed under this key, FileNotFoundError when the stage
        makes no such table.
        """
        segments: dict[str, list[str]] = {}
        for document, folder in self._ask(
            "SELECT document_id, folder FROM documents JOIN segments USING (segment_id)"
            " WHERE documents.stage_key = ? AND document_id IN (SELECT value FROM json_each(?)) ORDER BY folder",
            stage_key,
            json.dumps(list(document_ids)),
        ):
            segments.setdefault(folder, []).append(document)
        missing = set(document_ids).difference(*segments.values())
        if missing:
            raise ContractError(f"{table.name}: {len(missing)} documents not processed, such as {min(missing)}")
        if not segments:
            return empty(table)
        parts = [_owned(self._folder / folder, table, documents) for folder, documents in segments.items()]
        order = [(name, "ascending") for name in (OWNER, *table.key)]
        return conform(table, pa.concat_tables(parts).sort_by(order).drop_columns(OWNER))

    def forget(self, document_id: str) -> None:
        """Delete every segment that holds a document; what else they held is worked on again when it is needed."""
        segments = self._ask(
            "SELECT segment_id, folder FROM documents JOIN segments USING (segment_id) WHERE document_id = ?",
            document_id,
        )
        with writing_to(self._folder):
            with self._turn, self._ledger:
                for table in ("documents", "segments"):
                    self._ledger.executemany(
                        f"DELETE FROM {table} WHERE segment_id = ?",  # noqa: S608 - one of the two names above
                        [(segment,) for segment, _ in segments],
                    )
            for _, folder in segments:
                shutil.rmtree(self._folder / folder, ignore_errors=True)

    def _ask(self, question: str, *values: str) -> list[Any]:
        with self._turn:
            return self._ledger.execute(question, values).fetchall()

    def _is_whole(self, folder: str, files: Mapping[str, int]) -> bool:
        try:
            return all((self._folder / folder / name).stat().st_size == size for name, size in files.items())
        except OSError:
            return False

    def _write_segment(self, folder: Path, made: Mapping[str, pa.Table]) -> dict[str, int]:
        """Write the tables and flush them and the folders above; returns the length of each file."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in made.items():
            write_table(folder / f"{name}.parquet", TABLES[name], rows)
        for above in (folder, *folder.parents[:3]):
            sync(above)
        return {f"{name}.parquet": (folder / f"{name}.parquet").stat().st_size for name in made}


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
