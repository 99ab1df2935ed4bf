"""Inputs: which records lie in the files and folders given, and their bytes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.settings import UserError
from kcpipe.tables import TABLES, build

SUFFIXES = (".txt", ".md")
"""Files of a folder that are read; a file that is named itself is read whatever its suffix."""


class Source(NamedTuple):
    """An input record that was found: the name it goes by, and where it lies."""

    source_uri: str
    path: Path


def find(inputs: Sequence[Path]) -> list[Source]:
    """The records in files and folders, sorted by source_uri.

    inputs: files, and folders that are searched to any depth for text files. Hidden entries are left out, and so
    are links that lead out of their folder or back into a folder above. A subfolder that cannot be listed is
    itself a source, which `load` reports as unreadable. source_uri is the path below the folder given (a file
    given itself: its name) with `/`; where two would be the same, all get as much of the path above in front as
    tells them apart. Bytes of a name that are not UTF-8 become `\\xNN`.
    Raises UserError for an input that does not exist or cannot be listed, and when there is no file at all.
    """
    roots: dict[Path, Path] = {}
    for given in inputs:
        root, paths = _search(given)
        for path in paths:
            roots.setdefault(path, root)
    if not roots:
        raise UserError(f"{', '.join(map(str, inputs))} holds no .txt or .md file: nothing is published")
    for depth in range(max(len(root.parts) for root in roots.values())):
        sources = [Source(_uri(path, root, depth), path) for path, root in roots.items()]
        if len({source.source_uri for source in sources}) == len(sources):
            return sorted(sources)
    raise UserError("two inputs have the same name: rename one")


def _search(given: Path) -> tuple[Path, list[Path]]:
    """The folder that names count from, and the files found."""
    try:
        if stat.S_ISDIR(given.stat().st_mode):
            root = given.resolve()
            return root, list(_files(root, root, (root,)))
        root = given.parent.resolve()
        return root, [root / given.name]
    except OSError as error:
        raise UserError(f"cannot read input {given}: {error.strerror}") from error


def _files(folder: Path, root: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The text files below a folder; `above`: the real folders from the root down to it."""
    try:
        with os.scandir(folder) as listed:
            entries = [(Path(entry), entry.is_symlink()) for entry in listed if not entry.name.startswith(".")]
    except OSError:
        if folder == root:
            raise
        yield folder
        return
    for path, is_link in entries:
        real = Path(os.path.realpath(path)) if is_link else path
        if is_link and not real.is_relative_to(root):
            continue
        if _is_folder(path):
            if real not in above:
                yield from _files(path, root, (*above, real))
        elif path.suffix.lower() in SUFFIXES:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _uri(path: Path, root: Path, depth: int) -> str:
    """The path below its root with the last `depth` names of the root's own path in front."""
    above = root.parts[len(root.parts) - depth :]
    return os.fsencode("/".join((*above, *path.relative_to(root).parts))).decode("utf-8", "backslashreplace")


def load(sources: Sequence[Source], max_record_bytes: int) -> pa.Table:
    """The table `inputs`: the raw bytes of each source, or the problem with it.

    A file that cannot be read (no permission, gone, not a file at all) has the problem `unreadable`, one of more
    than max_record_bytes `too_large`. Raises nothing for one bad file.
    """
    return build(TABLES["inputs"], (_record(source, max_record_bytes) for source in sources))


def _record(source: Source, max_record_bytes: int) -> dict[str, Any]:
    row: dict[str, Any] = {"source_uri": source.source_uri, "source_name": source.source_uri.rpartition("/")[2]}
    try:
        raw = _read_start(source.path, max_record_bytes + 1)
    except OSError as error:
        return row | {"problem": "unreadable", "message": f"The file cannot be read: {error.strerror}."}
    if len(raw) > max_record_bytes:
        return row | {"problem": "too_large", "message": f"The file is larger than {max_record_bytes:,} bytes."}
    return row | {"raw": raw}


def _read_start(path: Path, length: int) -> bytes:
    """At most `length` bytes of a regular file. Raises OSError."""

    def opener(name: str, flags: int) -> int:
        # Without O_NONBLOCK a named pipe that nobody writes to would hang the run.
        return os.open(name, flags | os.O_NONBLOCK)

    with open(path, "rb", opener=opener) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(length)
