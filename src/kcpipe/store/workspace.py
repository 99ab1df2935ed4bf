"""The workspace: results of per-document stages, kept so that no document is worked on twice."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from kcpipe.store.disk import writing_to
from kcpipe.store.places import Disk, Place, place
from kcpipe.store.segments import (
    CONTENTS,
    Parts,
    Segment,
    read_segment,
    read_segments,
    read_slices,
    segments_of,
    write_segment,
)
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
    """The results of per-document stages, kept in `output/work` or an object store so that no document is worked on
    twice.

    A batch is a segment: a folder with one immutable Parquet file per table. The ledger, always on this machine, finds
    the segment that holds a document under a stage's key; it is an index, made anew from the segments when it is gone
    or others have added some. Threads may share a workspace, processes and machines the place of its segments.
    """

    def __init__(self, output: Path, cache: str | None = None) -> None:
        """Open it, made when missing. cache: URL of the segments' place in an object store, if not `output/work`.

        Raises UserError when it cannot be written or its ledger is broken.
        """
        self.folder = output / "work"
        """On this machine, wherever the segments are: of the ledger, and of tables that lie in files."""
        self.home: Place = place(cache) if cache else Disk(self.folder)
        self._turn = threading.Lock()
        with writing_to(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._ledger = sqlite3.connect(self.folder / "ledger.sqlite", timeout=60, check_same_thread=False)
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

    def done(self, stage: str, stage_key: str) -> dict[str, str]:
        """The documents that have a result of this stage under this key, each with the digest of what was read for it.

        Only those whose segment still has its files, all of them of the length they were written with; also those
        that another machine, or a run that was killed before it could enter them, has made.
        """
        folder = segments_of(stage, stage_key)
        files = {f"{folder}/{name}": size for name, size in self.home.files(folder).items()}
        self._enter_new(files)
        segments = self._ask("SELECT segment_id, folder, files FROM batches WHERE stage_key = ?", stage_key)
        whole = {segment for segment, folder, lengths in segments if _is_whole(folder, json.loads(lengths), files)}
        results = self._ask("SELECT document_id, seen, segment_id FROM results WHERE stage_key = ?", stage_key)
        return {document: seen for document, seen, segment in results if segment in whole}

    def digests(self, stage_key: str) -> dict[str, dict[str, str]]:
        """For every document with a result under this key by table the digest of its rows, where it has any."""
        results = self._ask("SELECT document_id, made FROM results WHERE stage_key = ?", stage_key)
        made = json.loads(f"[{','.join(of_document for _, of_document in results)}]")  # one call, not one for each
        return dict(zip((document for document, _ in results), made, strict=True))

    def record(self, segment: Segment) -> None:
        """Enter a segment that was written into the ledger: from now on it is where its documents are found."""
        with writing_to(self.folder), self._turn, self._ledger:
            [(segment_id,)] = self._ledger.execute(
                "INSERT INTO batches (stage_key, folder, files, documents) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (folder) DO UPDATE SET files = excluded.files RETURNING segment_id",
                (segment.stage_key, segment.folder, json.dumps(segment.files), json.dumps(sorted(segment.made))),
            ).fetchall()
            self._ledger.executemany(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)",
                [
                    (segment.stage_key, document, segment_id, segment.seen[document], json.dumps(made))
                    for document, made in segment.made.items()
                ],
            )

    def save(self, stage: str, stage_key: str, seen: Mapping[str, str], made: Mapping[str, pa.Table]) -> None:
        """Write and enter what a stage made of a batch of documents, here and now.

        stage: its name. seen: for each document of the batch, also those that gave no row, the digest of what was
        read for it. made: the tables by name. Raises what `write_segment` raises.
        """
        self.record(write_segment(self.home, stage, stage_key, seen, made))

    def parts(self, stage_key: str, document_ids: Collection[str]) -> dict[str, list[str]]:
        """The folders of the segments that hold these documents, each with those that it holds: in the order of the
        first of these, in which most rows lie as they are wanted.

        Raises ContractError when a document has no result under this key.
        """
        found: dict[str, list[str]] = {}
        asked = {document: document for document in document_ids}
        for document, folder in self._ask(
            "SELECT document_id, folder FROM results JOIN batches USING (segment_id)"
            " WHERE results.stage_key = ? AND document_id IN (SELECT value FROM json_each(?)) ORDER BY document_id",
            stage_key,
            json.dumps(list(document_ids)),
        ):
            found.setdefault(folder, []).append(asked.pop(document))  # the caller's own string, of which there are many
        if asked:
            raise ContractError(f"{len(asked)} documents not processed, such as {min(asked)}")
        return found

    def load(self, stage_key: str, table: Table, document_ids: Collection[str]) -> pa.Table:
        """The rows of these documents, by document_id and then by key, whatever segments they lie in.

        Raises what `parts` and `read_segments` raise.
        """
        parts: Parts = self.parts(stage_key, document_ids)
        return read_segments(self.home, parts, table)

    def load_slices(
        self, parts: Parts, table: Table, slices: Sequence[Sequence[str]], *, room: int
    ) -> tuple[pa.Table, ...]:
        """The rows of slices of documents, in order, as tables that lie in a file; parts: where all of these lie, as
        `parts` tells. room: as for `read_slices`."""
        return read_slices(self.home, parts, table, slices, folder=self.folder, room=room)

    def forget(self, document_id: str) -> None:
        """Delete every segment that holds rows of a document, also those that count no more; what else they held is
        worked on again when it is needed."""
        files = self.home.files("")
        self._enter_new(files)
        holding = self._ask("SELECT segment_id FROM batches WHERE instr(documents, ?)", document_id)
        with writing_to(self.folder), self._turn, self._ledger:
            for table in ("results", "batches"):
                self._ledger.executemany(f"DELETE FROM {table} WHERE segment_id = ?", holding)  # noqa: S608
        known = {folder for (folder,) in self._ask("SELECT folder FROM batches")}
        with self.home.refusals():
            for folder in {name.rpartition("/")[0] for name in files if "/" in name} - known:
                self.home.remove(folder)

    def _enter_new(self, files: Mapping[str, int]) -> None:
        """Enter what the ledger lacks of the whole segments among these files, by name with their lengths."""
        known = {folder for (folder,) in self._ask("SELECT folder FROM batches")}
        found = {name.rpartition("/")[0] for name in files if name.endswith(f"/{CONTENTS}")}
        for folder in sorted(found - known):
            with self.home.refusals():
                segment = read_segment(self.home, folder)
            if _is_whole(folder, segment.files, files):
                self.record(segment)

    def _ask(self, question: str, *values: str) -> list[Any]:
        with self._turn:
            return self._ledger.execute(question, values).fetchall()


def _is_whole(folder: str, lengths: Mapping[str, int], files: Mapping[str, int]) -> bool:
    """Whether all of a segment is among these files, by name with their lengths."""
    return all(files.get(f"{folder}/{name}") == length for name, length in lengths.items())
