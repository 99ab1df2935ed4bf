"""The files of ZIP and tar archives, one after the other; an archive is read like a folder.

Nothing is unpacked to the disk and no link is followed. An archive in an archive is not opened.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from kcpipe.settings import InputSettings
from kcpipe.store.inputs.formats import Entry, is_article_file
from kcpipe.store.inputs.unpack import Readable, RecordError, refuse_bomb

_LONGEST_TARGET = 4096
_DRIVE = re.compile(r"[A-Za-z]:")


class Member(NamedTuple):
    """A file of an archive: the place it has there, its content, or the problem with it."""

    place: str
    content: Readable | None
    problem: Entry | None = None


def zip_members(file: IO[bytes], limits: InputSettings) -> Iterator[Member]:
    """The input files in a ZIP archive. Raises RecordError when it has no directory."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RecordError("truncated", f"it is not a whole ZIP archive: {error}") from error
    unpacked = 0
    with archive:
        for info in archive.infolist():
            try:
                is_link = stat.S_ISLNK(info.external_attr >> 16)
                target = _target(archive, info) if is_link else ""
                if problem := _escape(info.filename, target):
                    yield Member(info.filename, None, problem)
                elif not is_link and not info.is_dir() and is_article_file(_place(info.filename)):
                    refuse_bomb(info.compress_size, info.file_size, limits)
                    unpacked += info.file_size
                    refuse_bomb(unpacked, unpacked, limits)
                    with archive.open(info) as content:
                        yield Member(_place(info.filename), _Checked(content))
            except RecordError as error:
                yield _broken(info.filename, error.reason, error.message)
            except (RuntimeError, NotImplementedError) as error:
                yield _broken(info.filename, "unreadable", f"it cannot be unpacked: {error}")
            except (zipfile.BadZipFile, EOFError, zlib.error) as error:
                yield _broken(info.filename, "corrupt", f"it is damaged in the archive: {error}")


def _target(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    """Where a link leads, from the root of the archive."""
    if info.file_size > _LONGEST_TARGET:
        raise RecordError("corrupt", "it is a link without a sane target")
    return posixpath.join(posixpath.dirname(info.filename), archive.read(info).decode("utf-8", "backslashreplace"))


class _Checked:
    """The content of a ZIP member, whose damage becomes a RecordError where it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        try:
            return self._content.read(size)
        except EOFError as error:
            raise RecordError("truncated", "it ends too early in the archive") from error
        except (zipfile.BadZipFile, zlib.error) as error:
            raise RecordError("corrupt", f"it is damaged in the archive: {error}") from error


def tar_members(stream: io.BufferedReader) -> Iterator[Member]:
    """The input files in a tar archive, in one pass. Raises RecordError when it is damaged."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as archive:
            for info in archive:
                # A symbolic link names its target from its own folder, a hard link from the root of the archive.
                target = posixpath.join(posixpath.dirname(info.name), info.linkname) if info.issym() else info.linkname
                if problem := _escape(info.name, target):
                    yield Member(info.name, None, problem)
                elif info.isfile() and is_article_file(_place(info.name)):
                    yield Member(_place(info.name), archive.extractfile(info))
    except tarfile.ReadError as error:
        raise RecordError("truncated", f"the archive ends too early or is damaged: {error}") from error


def _place(name: str) -> str:
    """The name in the archive as a path with `/`, storable as text; a step up that stays inside is taken."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return posixpath.normpath(name.replace("\\", "/"))


def _escape(name: str, target: str) -> Entry | None:
    """The problem with a member whose name, or whose target if it is a link, leads out of the archive.

    target: from the root of the archive; empty when it is no link.
    """
    place = _place(name)
    if _leads_out(place):
        return Entry(_harmless(place), None, "path_escapes", f"its name leads out of the archive: {place!r}")
    if target and _leads_out(_place(target)):
        return Entry(place, None, "path_escapes", f"it is a link that leads out of the archive: {target!r}")
    return None


def _leads_out(place: str) -> bool:
    return place.startswith(("../", "/")) or place == ".." or _DRIVE.match(place) is not None


def _harmless(place: str) -> str:
    """A path that leads out, spelled so that nobody who joins it to a folder follows it."""
    return "/".join("%2E%2E" if part == ".." else part for part in place.split("/"))


def _broken(name: str, reason: str, message: str) -> Member:
    place = _place(name)
    return Member(place, None, Entry(place, None, reason, message))
