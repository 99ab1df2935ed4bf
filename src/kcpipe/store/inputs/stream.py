"""From the files that were found to batches of the table `inputs`, with memory for one batch."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa

from kcpipe.settings import InputSettings, StumbleError
from kcpipe.store.inputs.archives import Member, tar_members, zip_members
from kcpipe.store.inputs.formats import (
    SUFFIXES,
    Entry,
    Kind,
    csv_entries,
    json_entries,
    kind,
    parquet_entries,
    text_entries,
    wet_entries,
)
from kcpipe.store.inputs.locate import Source
from kcpipe.store.inputs.unpack import RecordError, Unpacked
from kcpipe.store.stumbles import may_pass, reason, refusal
from kcpipe.tables import TABLES, build

_BATCH_BYTES = 32_000_000
"""A batch is handed on when it holds so many bytes, however few records that are."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_READERS = {"text": text_entries, "jsonl": json_entries, "csv": csv_entries, "wet": wet_entries}
_INSIDE = ("text", "jsonl", "csv")
"""What is read inside an archive, too."""


def load(sources: Sequence[Source], limits: InputSettings, batch_size: int = 64) -> Iterator[pa.Table]:
    """Batches of the table `inputs`: every record of the sources, its raw bytes or the problem with it.

    batch_size: the most records in a batch; it holds fewer when they are large. A file that cannot be read as a whole
    (`vanished`, `unreadable`, `truncated`, `corrupt`, `decompression_bomb`, `unknown_format`, `no_text`) has a row
    with the problem, after the records that could be read from it. Raises nothing for what lies in a file,
    and StumbleError where a file could not be read now but may be when it is asked for again: it is not lost.
    """
    rows: list[dict[str, Any]] = []
    size = 0
    for source in sources:
        for row in _rows(source, limits):
            rows.append(row)
            size += len(row["raw"] or b"")
            if len(rows) >= batch_size or size >= _BATCH_BYTES:
                yield build(TABLES["inputs"], rows)
                rows, size = [], 0
    if rows:
        yield build(TABLES["inputs"], rows)


def _rows(source: Source, limits: InputSettings) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for entry in _entries(source, limits):
        key = _unused(entry.key, seen)
        seen.add(key)
        yield {
            **source.supplied.get("", {}),
            **source.supplied.get(entry.key, {}),
            **entry.supplied,
            "source_uri": f"{source.source_uri}#{key}" if key else source.source_uri,
            "source_name": key or source.name,
            "raw": entry.raw,
            "problem": entry.reason,
            "message": entry.message,
        }


def _unused(key: str, seen: set[str]) -> str:
    """The key; with a number when another record of the file has it already."""
    number, candidate = 1, key
    while candidate in seen:
        number += 1
        candidate = f"{key}~{number}"
    return candidate


def _entries(source: Source, limits: InputSettings) -> Iterator[Entry]:
    """The records of a file, then the problem that kept the rest of it from being read."""
    if source.problem is not None:
        yield source.problem
        return
    what = kind(source.name)
    if what is None and _SUFFIX.search(source.name):
        yield Entry("", None, "unknown_format", f"{source.name} is not of a known format ({', '.join(SUFFIXES)})")
        return
    is_empty = True
    try:
        with _opened(source) as file:
            for entry in _records(file, what or Kind("text", None), limits):
                yield entry
                is_empty = False
    except Exception as error:
        yield _problem("", error)
    else:
        if is_empty:
            yield Entry("", None, "empty", "the file holds no record")


@contextmanager
def _opened(source: Source) -> Iterator[_Opened]:
    """The file. Raises StumbleError at the latest at the end, when it could not be read now and may be later."""
    try:
        file = source.open()
    except Exception as error:
        raise _told(source.source_uri, error) from error
    with file:
        opened = _Opened(file, source.source_uri)
        try:
            yield opened
        finally:
            if opened.stumble is not None:
                raise opened.stumble


class _Opened:
    """An open file that remembers what it stumbled over: parsers take that for damage, or go on without the rest."""

    closed = False

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self.stumble: StumbleError | None = None

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes. Raises StumbleError, or RecordError for what will not pass."""
        try:
            return self._file.read(size)
        except Exception as error:
            told = _told(self._name, error)
            if isinstance(told, StumbleError):
                self.stumble = told
            raise told from error

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place where reading goes on."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Whether `seek` works."""
        return self._file.seekable()

    def readable(self) -> bool:
        """True."""
        return True

    def close(self) -> None:
        """Left to whoever opened the file."""


def _told(name: str, error: Exception) -> Exception:
    """What a file system said of a file, so that it is not taken for what a parser says of the content."""
    return refusal(f"cannot read {name}", error) if may_pass(error) else _refused(error)


def _refused(error: Exception) -> RecordError:
    """Why a file cannot be read and never will be."""
    if isinstance(error, FileNotFoundError):
        return RecordError("vanished", f"the file is gone: {reason(error)}")
    return RecordError("unreadable", f"the file cannot be read: {reason(error)}")


def _records(file: Any, what: Kind, limits: InputSettings) -> Iterator[Entry]:
    """The records of an open file; it must be able to seek if it is a ZIP or Parquet file, else only to read."""
    if what.format in ("zip", "parquet"):  # they are read from their end, which a compressed stream does not show
        if what.compression is not None:
            raise RecordError("nested_archive", f"a compressed {what.format} file is not opened")
        yield from (
            _members(zip_members(file, limits), limits) if what.format == "zip" else parquet_entries(file, limits)
        )
        return
    unpacked = Unpacked(file, what.compression, limits, ends_quietly=what.format == "wet")
    stream: io.BufferedReader = io.BufferedReader(unpacked, 1 << 16)
    try:
        if what.format == "tar":
            yield from _members(tar_members(stream), limits)
        else:
            yield from _READERS[what.format](stream, limits)
    except Exception as error:
        raise unpacked.failure or error from error
    if unpacked.failure is not None:
        raise unpacked.failure


def _members(members: Iterator[Member], limits: InputSettings) -> Iterator[Entry]:
    """The records of the files in an archive; a key below such a file is put behind its place."""
    for member in members:
        what = kind(member.place)
        if member.problem is not None:
            yield member.problem
        elif member.content is None or what is None or what.format not in _INSIDE:
            yield Entry(
                member.place, None, "nested_archive", "archives and files of records in an archive are not opened"
            )
        else:
            is_empty = True
            try:
                for entry in _records(member.content, what, limits):
                    yield entry._replace(key=f"{member.place}#{entry.key}" if entry.key else member.place)
                    is_empty = False
            except Exception as error:
                yield _problem(member.place, error)
            else:
                if is_empty:
                    yield Entry(member.place, None, "empty", "the file holds no record")


def _problem(key: str, error: Exception) -> Entry:
    """What went wrong, as a row: parsers may raise anything on bytes that were made to confuse them.

    Raises it when it is a StumbleError: no record is to blame for that.
    """
    if isinstance(error, StumbleError):
        raise error
    if isinstance(error, OSError):
        error = _refused(error)
    if isinstance(error, RecordError):
        return Entry(key, None, error.reason, error.message)
    return Entry(key, None, "corrupt", f"it cannot be read as what it says it is: {type(error).__name__}: {error}")
