"""The workspace: results of per-document stages, kept so that no document is worked on twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from kcpipe.ids import name_id
from kcpipe.store.disk import writing_to
from kcpipe.store.segments import Parts, Segment, read_segments, write_segment
from kcpipe.tables import ContractError, Table

LEDGER = """
CREATE TABLE IF NOT EXISTS batches (
    segment_id INTEGER PRIMARY KEY,
    stage_key TEXT NOT NULL,
    folder TEXT NOT NULL UNIQUE,
    files TEXT NOT NULL,
    documents TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS results (
    stage_key TEXT NOT NULL,
    document_id TEXT NOT NULL,
    segment_id INTEGER NOT NULL REFERENCES batches,
    seen TEXT NOT NULL,
    made TEXT NOT NULL,
    PRIMARY KEY (stage_key, document_id)
) WITHOUT ROWID;
"""
"""`seen` is the digest of the rows that a stage read of a document, `made` those of what it made, as JSON by table."""


class Workspace:
    """The results of per-document stages, kept in `output/work` so that no document is worked on twice.

    A batch is a segment: a folder with one immutable Parquet file per table. The ledger says which segment holds a
    document under a stage's key; a segment without an entry there (the run was killed between the two) does not
    exist for anyone and is written anew. Threads may share a workspace, and processes may share its folder.
    """

    def __init__(self, output: Path) -> None:
        """Open it, made when missing. Raises UserError when it cannot be written or its ledger is broken."""
        self.root = output / "work"
        self._turn = threading.Lock()
        with writing_to(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._ledger = sqlite3.connect(self.root / "ledger.sqlite", timeout=60, check_same_thread=False)
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

    def done(self, stage_key: str) -> dict[str, str]:
        """The documents that have a result under this key, each with the digest of what was read for it.

        Only those whose segment still has its files, all of them of the length they were written with.
        """
        segments = self._ask("SELECT segment_id, folder, files FROM batches WHERE stage_key = ?", stage_key)
        whole = {segment for segment, folder, files in segments if self._is_whole(folder, json.loads(files))}
        results = self._ask("SELECT document_id, seen, segment_id FROM results WHERE stage_key = ?", stage_key)
        return {document: seen for document, seen, segment in results if segment in whole}

    def digests(self, stage_key: str) -> dict[str, dict[str, str]]:
        """For every document with a result under this key by table the digest of its rows, where it has any."""
        results = self._ask("SELECT document_id, made FROM results WHERE stage_key = ?", stage_key)
        return {document: json.loads(made) for document, made in results}

    def record(self, stage_key: str, segment: Segment, seen: Mapping[str, str]) -> None:
        """Let a segment that was written count: from now on it holds the results of its documents.

        stage_key: digest of all that the results depend on, the documents apart. seen: for each document of the
        batch the digest of what was read for it.
        """
        with writing_to(self.root), self._turn, self._ledger:
            [(segment_id,)] = self._ledger.execute(
                "INSERT INTO batches (stage_key, folder, files, documents) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (folder) DO UPDATE SET files = excluded.files RETURNING segment_id",
                (stage_key, segment.folder, json.dumps(segment.files), json.dumps(sorted(segment.digests))),
            ).fetchall()
            self._ledger.executemany(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)",
                [
                    (stage_key, document, segment_id, seen[document], json.dumps(made))
                    for document, made in segment.digests.items()
                ],
            )

    def save(self, stage: str, stage_key: str, seen: Mapping[str, str], made: Mapping[str, pa.Table]) -> None:
        """Write and record what a stage made of a batch of documents, here and now.

        stage: its name. seen: for each document of the batch, also those that gave no row, the digest of what was
        read for it. made: the tables by name. Raises what `write_segment` raises.
        """
        folder = segment_folder(stage, stage_key, seen)
        self.record(stage_key, write_segment(self.root, folder, list(seen), made), seen)

    def parts(self, stage_key: str, document_ids: Collection[str]) -> dict[str, list[str]]:
        """The folders of the segments that hold these documents, each with those that it holds.

        Raises ContractError when a document has no result under this key.
        """
        found: dict[str, list[str]] = {}
        for document, folder in self._ask(
            "SELECT document_id, folder FROM results JOIN batches USING (segment_id)"
            " WHERE results.stage_key = ? AND document_id IN (SELECT value FROM json_each(?)) ORDER BY folder",
            stage_key,
            json.dumps(list(document_ids)),
        ):
            found.setdefault(folder, []).append(document)
        missing = set(document_ids).difference(*found.values())
        if missing:
            raise ContractError(f"{len(missing)} documents not processed, such as {min(missing)}")
        return found

    def load(self, stage_key: str, table: Table, document_ids: Collection[str]) -> pa.Table:
        """The rows of these documents, by document_id and then by key, whatever segments they lie in.

        Raises what `parts` and `read_segments` raise.
        """
        parts: Parts = self.parts(stage_key, document_ids)
        return read_segments(self.root, parts, table)

    def forget(self, document_id: str) -> None:
        """Delete every segment that holds rows of a document, also those that count no more; what else they held is
        worked on again when it is needed."""
        holding = self._ask("SELECT segment_id FROM batches WHERE instr(documents, ?)", document_id)
        with writing_to(self.root):
            with self._turn, self._ledger:
                for table in ("results", "batches"):
                    self._ledger.executemany(f"DELETE FROM {table} WHERE segment_id = ?", holding)  # noqa: S608
            known = {folder for (folder,) in self._ask("SELECT folder FROM batches")}
            for folder in self.root.glob("*/*/*"):
                if folder.relative_to(self.root).as_posix() not in known:
                    shutil.rmtree(folder, ignore_errors=True)

    def _ask(self, question: str, *values: str) -> list[Any]:
        with self._turn:
            return self._ledger.execute(question, values).fetchall()

    def _is_whole(self, folder: str, files: Mapping[str, int]) -> bool:
        try:
            return all((self.root / folder / name).stat().st_size == size for name, size in files.items())
        except OSError:
            return False


def segment_folder(stage: str, stage_key: str, seen: Mapping[str, str]) -> str:
    """Where the segment of a batch lies: the same batch with the same content in the same place, so that a batch done
    again replaces itself, and no other."""
    return f"{stage}/{stage_key}/{name_id('segment', *(f'{document} {seen[document]}' for document in sorted(seen)))}"
