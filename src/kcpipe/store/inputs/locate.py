"""Where the input files lie: folders, files and patterns on this machine, and URLs of any file system fsspec knows."""

from __future__ import annotations

import errno
import glob
import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple, cast

import fsspec

from kcpipe.settings import USER_IN_URL, UserError
from kcpipe.store.inputs.formats import SOURCES, SUFFIXES, Entry, is_article_file
from kcpipe.store.inputs.sheet import NOTHING, Supplied, read_sheet
from kcpipe.store.stumbles import may_pass, refusal

_LOCAL = ("file://", "local://")
_BLOCK = 1 << 22
"""Bytes fetched ahead from a file on another machine."""


class Source(NamedTuple):
    """An input file that was found: the name it goes by, how to open it, and what SOURCES.csv says about it.

    supplied: by the key of a record, "" for all of them. problem: set when it is known before it is opened.
    """

    source_uri: str
    name: str
    open: Callable[[], IO[bytes]]
    supplied: Supplied = NOTHING
    problem: Entry | None = None


class _Found(NamedTuple):
    """A file below an input: its place there with `/`, what it is really called, and how to open it."""

    place: str
    identity: str
    open: Callable[[], IO[bytes]]
    problem: Entry | None = None


class _Tree(NamedTuple):
    """What an input holds; `above` are the names of the folders over it, empty for a URL."""

    above: tuple[str, ...]
    files: list[_Found]
    sheets: list[_Found]
    is_whole: bool
    """Whether all files were looked for, so that one that SOURCES.csv names and is not among them does not exist."""


def find(inputs: Sequence[Path | str], without: Path | None = None) -> list[Source]:
    """The input files in files, folders, patterns and URLs, sorted by source_uri.

    inputs: paths and URLs. Folders are searched to any depth for files of known formats; hidden ones, SOURCES.csv and
    files that tell of the others (README, LICENSE ...) are left out, and so is the folder `without`, where results go.
    A link that leads out of its folder, and a subfolder that cannot be listed, is a source with a problem; a link back
    into a folder above is left out. source_uri is the path below the folder given (a file given itself: its name) with
    `/`; where two would be the same, all get as much of the path above in front as tells them apart. That of a URL is
    the URL. `#` in a path becomes `%23`, bytes of a name that are not UTF-8 `\\xNN`.
    Raises UserError for an input that does not exist or cannot be listed, and when there is no file at all;
    StumbleError where asking again may help.
    """
    trees = [_search(os.fspath(given), without) for given in inputs]
    roots: dict[tuple[str, str], tuple[_Tree, _Found]] = {}
    supplied: dict[str, dict[str, dict[str, str]]] = {}
    for tree in trees:
        for found in tree.files:
            roots.setdefault((found.identity, ""), (tree, found))
    if not roots:
        raise UserError(
            f"{', '.join(map(str, inputs))} holds no file to read ({', '.join(SUFFIXES)}, or those as .gz or .zst): "
            "nothing is published"
        )
    for tree in trees:
        for found, problem in _described(tree, supplied):
            roots.setdefault((found.identity, problem.key), (tree, found._replace(problem=problem)))
    for depth in range(max(1, *(len(tree.above) for tree, _ in roots.values()))):
        sources = [
            Source(_uri(tree, found, depth), _name(found), found.open, supplied.get(identity, NOTHING), found.problem)
            for (identity, _), (tree, found) in roots.items()
        ]
        if len({_sort_key(source) for source in sources}) == len(sources):
            return sorted(sources, key=_sort_key)
    raise UserError("two inputs have the same name: rename one")


def _sort_key(source: Source) -> tuple[str, str]:
    return source.source_uri, source.problem.key if source.problem else ""


def _uri(tree: _Tree, found: _Found, depth: int) -> str:
    """The place with the last `depth` names above its root in front, or the URL."""
    if not tree.above:
        return USER_IN_URL.sub("//", _storable(found.identity))
    return _storable("/".join((*tree.above[len(tree.above) - depth :], found.place)).replace("#", "%23"))


def _name(found: _Found) -> str:
    return _storable(found.place.rpartition("/")[2])


def _storable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


# --- SOURCES.csv -------------------------------------------------------------------------------------------------


def _described(tree: _Tree, supplied: dict[str, dict[str, dict[str, str]]]) -> Iterator[tuple[_Found, Entry]]:
    """Add to `supplied` what the tree's SOURCES.csv files say, the deepest last; yields what is wrong with them."""
    identities = {found.place: found.identity for found in tree.files}
    for sheet in sorted(tree.sheets, key=lambda found: (found.place.count("/"), found.place)):
        folder = posixpath.dirname(sheet.place)
        rows, problems = read_sheet(sheet.identity, sheet.open)
        for row in rows:
            for name, key in ((row.file, ""), row.file.partition("#")[::2]):
                identity = identities.get(posixpath.normpath(posixpath.join(folder, name)))
                if identity is not None:
                    supplied.setdefault(identity, {}).setdefault(key, {}).update(row.values)
                    break
            else:
                if tree.is_whole:
                    message = f"SOURCES.csv, line {row.line}: there is no such file to read beside it"
                    problems.append(Entry(row.file, None, "unknown_file", message))
        for problem in problems:
            yield sheet, problem


# --- this machine ------------------------------------------------------------------------------------------------


def _search(given: str, without: Path | None) -> _Tree:
    if not given.strip():
        raise UserError("an input is empty: a variable without a value would mean this whole folder")
    if "://" in given and not given.startswith(_LOCAL):
        return _remote(given)
    path = Path(given.removeprefix("file://").removeprefix("local://"))
    without = without.resolve() if without is not None else None
    try:
        if glob.has_magic(str(path)) and not os.path.lexists(path):
            return _pattern(path, without)
        if stat.S_ISDIR(path.stat().st_mode):
            root = path.resolve()
            return _tree(root, _walk(root, root, (root,), without), is_whole=True)
        root = path.parent.resolve()
        file = root / path.name
        return _tree(root, [_found(file, root)] if _is_outside(file.resolve(), without) else [], is_whole=False)
    except OSError as error:
        raise refusal(f"cannot read input {given}", error) from error


def _pattern(pattern: Path, without: Path | None) -> _Tree:
    """What matches a pattern with `*`, `?`, `[...]` or `**`; folders that match are searched."""
    fixed = [part for part in pattern.parts if not glob.has_magic(part)]
    first = next(index for index, part in enumerate(pattern.parts) if glob.has_magic(part))
    root = Path(*fixed[:first]).resolve()
    rest = "/".join(pattern.parts[first:])
    if not root.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    files: list[_Found] = []
    for match in sorted(glob.glob(rest, root_dir=root, recursive=True)):  # noqa: PTH207 - Path.glob has no root_dir
        path = root / match
        if path.is_dir() and not match.endswith(os.sep):
            files.extend(_walk(path, root, (root, path), without))
        elif path.name.lower() != SOURCES and is_article_file(match) and _is_outside(path.resolve(), without):
            files.append(_found(path, root))
    return _tree(root, {found.identity: found for found in files}.values(), is_whole=False)


def _tree(root: Path, files: Iterable[_Found], *, is_whole: bool) -> _Tree:
    """The files below a root, apart from the SOURCES.csv files; one in the root itself is always looked at."""
    listed = list(files)
    sheets = {found.identity: found for found in listed if _name(found).lower() == SOURCES} if is_whole else {}
    if not is_whole and (root / "SOURCES.csv").is_file():
        sheets = {"": _found(root / "SOURCES.csv", root)}
    return _Tree(root.parts, [found for found in listed if found.identity not in sheets], [*sheets.values()], is_whole)


def _walk(folder: Path, root: Path, above: tuple[Path, ...], without: Path | None) -> Iterator[_Found]:
    """The files below a folder; `above`: the real folders from the root down to it."""
    if not _is_outside(folder, without):
        return
    try:
        with os.scandir(folder) as listed:
            entries = [(Path(entry), entry.is_symlink()) for entry in listed if not entry.name.startswith(".")]
    except OSError as error:
        if folder == root or may_pass(error):
            raise
        yield _found(folder, root, "unreadable", f"the folder cannot be listed: {error.strerror}")
        return
    for path, is_link in entries:
        real = Path(os.path.realpath(path)) if is_link else path
        is_folder = _is_folder(path)
        if is_link and not real.is_relative_to(root):
            if is_folder or is_article_file(path.name):
                yield _found(path, root, "path_escapes", "it is a link that leads out of the folder given")
        elif is_folder:
            if real not in above:
                yield from _walk(path, root, (*above, real), without)
        elif is_article_file(path.name) or path.name.lower() == SOURCES:
            yield _found(path, root)


def _is_outside(path: Path, without: Path | None) -> bool:
    return without is None or not path.is_relative_to(without)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        if may_pass(error):  # were it taken for a file, all that lies in it would be missing
            raise
        return False


def _found(path: Path, root: Path, reason: str = "", message: str = "") -> _Found:
    problem = Entry("", None, reason, message) if reason else None
    return _Found(path.relative_to(root).as_posix(), str(path), partial(_open, path), problem)


def _open(path: Path) -> IO[bytes]:
    """A regular file. Raises OSError."""

    def opener(name: str, flags: int) -> int:
        # Without O_NONBLOCK a named pipe that nobody writes to would hang the run.
        return os.open(name, flags | os.O_NONBLOCK)

    file = open(path, "rb", opener=opener)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is not a regular file")
    return file


# --- elsewhere ---------------------------------------------------------------------------------------------------


def _remote(given: str) -> _Tree:
    """What lies under a URL: a file, a folder or prefix, or a pattern. Raises UserError."""
    try:
        filesystem, path = fsspec.core.url_to_fs(given)
        if glob.has_magic(path):
            root = path[: re.search(r"[*?\[]", path).start()].rpartition("/")[0]  # type: ignore[union-attr]
            paths, is_whole = filesystem.glob(path), False
            paths = [inner for match in paths for inner in filesystem.find(match)]
        elif given.endswith("/") or not filesystem.isfile(path):
            root, paths, is_whole = path.rstrip("/"), filesystem.find(path), True
        else:
            root, is_whole = path.rpartition("/")[0], False
            sheet = f"{root}/SOURCES.csv"
            listed = [path, *([sheet] if sheet != path and filesystem.exists(sheet) else [])]
            return _remote_tree(filesystem, root, listed, named=path)
        if not paths:
            raise FileNotFoundError(errno.ENOENT, "there is nothing under it")
    except Exception as error:
        # Each file system has errors of its own, and none of them may be taken for an empty input.
        raise refusal(f"cannot read input {given}", error) from error
    return _remote_tree(filesystem, root, paths, is_whole=is_whole)


def _remote_tree(
    filesystem: fsspec.AbstractFileSystem, root: str, paths: Iterable[str], *, named: str = "", is_whole: bool = False
) -> _Tree:
    files, sheets = [], []
    for path in sorted(set(paths)):
        place = path.removeprefix(root).lstrip("/")
        problem = None
        if ".." in place.split("/"):
            problem = Entry("", None, "path_escapes", "its path leads up, out of the folder given")
        open_it = cast("Callable[[], IO[bytes]]", partial(filesystem.open, path, "rb", block_size=_BLOCK))
        found = _Found(place, filesystem.unstrip_protocol(path), open_it, problem)
        if path != named and place.rpartition("/")[2].lower() == SOURCES:
            sheets.append(found)
        elif path == named or is_article_file(place):
            files.append(found)
    return _Tree((), files, sheets, is_whole)
