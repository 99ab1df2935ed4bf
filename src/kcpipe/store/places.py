"""Where releases lie: a folder on this machine, or one below the URL of an object store.

Both offer the few acts that a release needs, with the same promise: a name is created once and whole or not at all,
and what was acknowledged stays. Names are relative, with `/`.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import uuid4

import pyarrow as pa

from kcpipe.settings import UserError
from kcpipe.store.disk import appearing, exclusive, sync, write_file, writing_to
from kcpipe.store.stumbles import refusal

NO_LINKS = (errno.EPERM, errno.ENOTSUP)
"""What a file system without links answers, such as one of a memory stick."""
FOLDERS = ("log", "objects", "releases", "rejected", "staging")


class Place(Protocol):
    """What publishing and reading ask of the place where releases lie. All names are relative to it."""

    def at(self, name: str = "") -> str:
        """What other programs call the place, or a name in it: a path or a URL."""

    def turn(self) -> Any:
        """A context in which nobody else changes the place, where that can be had."""

    def refusals(self) -> Any:
        """A context that turns what the place refuses (no permission, no space) into a UserError."""

    def names(self, folder: str) -> list[str]:
        """The names directly in a folder, sorted; none when it is missing."""

    def files(self, folder: str) -> dict[str, int]:
        """All files below a folder with their lengths, named from there."""

    def open(self, name: str) -> IO[bytes]:
        """A file, to read from any position. Raises FileNotFoundError."""

    def read(self, name: str) -> bytes:
        """The content of a file. Raises FileNotFoundError."""

    def read_all(self, folder: str) -> dict[str, bytes]:
        """The content of every file directly in a folder, by name; none when it is missing."""

    def create(self, name: str, content: bytes) -> bool:
        """Write a file that is not there yet; False when there is one of other content, which then stays."""

    def replace(self, name: str, content: bytes) -> None:
        """Write a file, in place of what is there if need be."""

    def add(self, name: str, links: Mapping[str, str], files: Mapping[str, bytes], commit: str) -> bool:
        """Make a folder of objects and new files; False when there is one of the name.

        links: from names in the folder to names in the place that they share their content with. files: from names
        in the folder to content. commit: the one of them that reserves the name of the folder.
        """

    def link(self, target: str, name: str) -> None:
        """Let a name have the content of another one, in place of what it had."""

    def lock(self, folder: str) -> None:
        """Make a folder and all in it read-only, where there is such a thing."""

    def unlock(self, folder: str) -> None:
        """Let its files be replaced."""

    def remove(self, name: str) -> None:
        """Remove a file or a whole folder; nothing happens when it is missing."""

    def move(self, name: str, to: str) -> None:
        """Give a folder another name in the place, in place of what has it."""

    def sweep(self) -> None:
        """Remove what a killed process left half done, where the turn makes sure that nobody is at it."""

    def unfinished(self, published: Collection[str]) -> list[str]:
        """The release folders that nobody can still be at and that are not among those published."""

    def point(self, name: str, target: str | None) -> None:
        """Let a link in the place mean a folder in it, at once; where there are no links, nothing happens.

        Without a target only make sure that nothing is in the way of the link. Raises UserError when something is.
        """


@dataclass(frozen=True)
class Disk:
    """A folder on this machine. Objects are shared by hard links, and all is flushed before it is acknowledged."""

    root: Path

    def at(self, name: str = "") -> str:
        """See Place."""
        return str(self.root / name)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """See Place. The kernel frees the lock of a process that died."""
        with exclusive(self.root / "locks" / "publish.lock", wait=math.inf):
            with self.refusals():
                for name in FOLDERS:
                    (self.root / name).mkdir(exist_ok=True)
            yield

    def refusals(self) -> Any:
        """See Place."""
        return writing_to(self.root)

    def names(self, folder: str) -> list[str]:
        """See Place."""
        path = self.root / folder
        return sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []

    def files(self, folder: str) -> dict[str, int]:
        """See Place. A link counts as a file without content: there is none in a release."""
        root = self.root / folder
        return {
            path.relative_to(root).as_posix(): -1 if path.is_symlink() else path.stat().st_size
            for path in root.rglob("*")
            if path.is_symlink() or not path.is_dir()
        }

    def open(self, name: str) -> IO[bytes]:
        """See Place. Arrow's own file: through Python's, a table of many files takes twice as long to read."""
        opened: IO[bytes] = pa.OSFile(str(self.root / name))
        return opened

    def read(self, name: str) -> bytes:
        """See Place."""
        return (self.root / name).read_bytes()

    def read_all(self, folder: str) -> dict[str, bytes]:
        """See Place."""
        return {name: self.read(f"{folder}/{name}") for name in self.names(folder)}

    def create(self, name: str, content: bytes) -> bool:
        """See Place. A link, unlike a rename, cannot replace what is there; without links the turn must do."""
        path = self.root / name
        _make(path.parent)
        if path.exists():
            return path.read_bytes() == content
        beside = path.with_name(f".{uuid4().hex}")
        try:
            beside.write_bytes(content)
            sync(beside)
            beside.chmod(0o444)
            os.link(beside, path)
        except FileExistsError:
            return path.read_bytes() == content
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync(path.parent)
        return True

    def replace(self, name: str, content: bytes) -> None:
        """See Place."""
        path = self.root / name
        if path.is_file() and path.read_bytes() == content:
            return
        _make(path.parent)
        write_file(path, content)
        sync(path.parent)

    def add(self, name: str, links: Mapping[str, str], files: Mapping[str, bytes], commit: str) -> bool:
        """See Place. Built in staging and moved in whole, so `commit` needs no care of its own."""
        del commit
        if (self.root / name).exists():
            return False
        folder = self.root / "staging" / uuid4().hex
        folder.mkdir()
        try:
            for inner in sorted({(folder / path).parent for path in (*links, *files)}):
                inner.mkdir(parents=True, exist_ok=True)
            for path, target in links.items():
                share(self.root / target, folder / path)
            for path, content in files.items():
                write_file(folder / path, content)
                (folder / path).chmod(0o444)
            for inner in _folders(folder):
                sync(inner)
            folder.rename(self.root / name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sync((self.root / name).parent)
        self.lock(name)  # not before: only root can move a read-only folder
        return True

    def lock(self, folder: str) -> None:
        """See Place."""
        for inner in _folders(self.root / folder):
            for path in inner.iterdir():
                if not path.is_dir() and path.stat().st_mode & 0o222:
                    path.chmod(0o444)
            inner.chmod(0o555)

    def unlock(self, folder: str) -> None:
        """See Place."""
        for inner in _folders(self.root / folder):
            inner.chmod(0o755)

    def link(self, target: str, name: str) -> None:
        """See Place. A folder of the name goes, with what was left in it."""
        path = self.root / name
        if path.is_dir():
            self.remove(name)
        path.parent.mkdir(exist_ok=True)
        with appearing(path, flush=False) as beside:
            share(self.root / target, beside)
        sync(path.parent)

    def remove(self, name: str) -> None:
        """See Place."""
        path = self.root / name
        if path.is_dir() and not path.is_symlink():
            for folder in _folders(path):
                folder.chmod(0o755)
            shutil.rmtree(path)
        elif path.exists() or path.is_symlink():
            path.parent.chmod(0o755)
            path.unlink()

    def move(self, name: str, to: str) -> None:
        """See Place."""
        source, goal = self.root / name, self.root / to
        goal.parent.mkdir(parents=True, exist_ok=True)
        self.remove(to)
        source.chmod(0o755)  # else only root may move it
        source.replace(goal)
        for folder in (source.parent, goal.parent):
            sync(folder)

    def sweep(self) -> None:
        """See Place."""
        for pattern in ("staging/*", "log/.*", "objects/*/.*", ".*"):
            for left in self.root.glob(pattern):
                self.remove(left.relative_to(self.root).as_posix())

    def unfinished(self, published: Collection[str]) -> list[str]:
        """See Place."""
        return [name for name in self.names("releases") if name not in published]

    def point(self, name: str, target: str | None) -> None:
        """See Place. A link that is right is left alone."""
        link = self.root / name
        if link.exists() and not link.is_symlink():
            raise UserError(f"{link} is not a link: move it away")
        if target is None or (link.is_symlink() and link.readlink() == Path(target)):
            return
        try:
            with appearing(link, flush=False) as beside:
                beside.symlink_to(target)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            return
        sync(self.root)


def share(source: Path, path: Path) -> None:
    """The same content under a second name; a copy where the file system makes no (more) links."""
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EMLINK, *NO_LINKS):
            raise
        shutil.copyfile(source, path)
        sync(path)
        path.chmod(0o444)


def _make(folder: Path) -> None:
    """Make a folder and those above it that are missing, their names flushed to the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        sync(each.parent)


def _folders(folder: Path) -> list[Path]:
    """The folder and all folders in it, the deepest first."""
    inner = [path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()]
    return sorted([folder, *inner], key=lambda path: len(path.parts), reverse=True)


@dataclass(frozen=True)
class Bucket:
    """A prefix of an object store, by its URL. A PUT that asks for the name to be free is its only lock."""

    url: str

    @cached_property
    def _system(self) -> tuple[Any, str]:
        import fsspec  # noqa: PLC0415 - most commands work on a disk

        with self.refusals():
            system, root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        return system, root

    @property
    def filesystem(self) -> Any:
        """The fsspec file system that it lies in."""
        return self._system[0]

    def _path(self, name: str) -> tuple[Any, str]:
        system, root = self._system
        return system, f"{root}/{name}" if name else root

    def at(self, name: str = "") -> str:
        """See Place."""
        return f"{self.url}/{name}" if name else self.url

    @contextmanager
    def turn(self) -> Iterator[None]:
        """See Place: there is no lock; who comes second to a log entry begins again."""
        yield

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """See Place. Each store has errors of its own; all of them are the store's refusal."""
        try:
            yield
        except UserError:
            raise
        except _store_errors() as error:
            raise refusal(f"cannot use {self.url}", error) from error

    def names(self, folder: str) -> list[str]:
        """See Place."""
        system, path = self._path(folder)
        with self.refusals():
            try:
                return sorted(entry.rstrip("/").rpartition("/")[2] for entry in system.ls(path, detail=False))
            except FileNotFoundError:
                return []

    def files(self, folder: str) -> dict[str, int]:
        """See Place."""
        system, path = self._path(folder)
        with self.refusals():
            found = system.find(path, detail=True)
        return {name.removeprefix(f"{path}/"): entry["size"] for name, entry in found.items()}

    def open(self, name: str) -> IO[bytes]:
        """See Place."""
        system, path = self._path(name)
        opened: IO[bytes] = system.open(path, "rb")
        return opened

    def read(self, name: str) -> bytes:
        """See Place."""
        system, path = self._path(name)
        content: bytes = system.cat_file(path)
        return content

    def read_all(self, folder: str) -> dict[str, bytes]:
        """See Place. All are asked for at once."""
        system, path = self._path(folder)
        names = self.names(folder)
        found = system.cat([f"{path}/{name}" for name in names]) if names else {}
        return {name.rpartition("/")[2]: content for name, content in sorted(found.items())}

    def create(self, name: str, content: bytes) -> bool:
        """See Place."""
        system, path = self._path(name)
        try:
            system.pipe_file(path, content, mode="create")
        except FileExistsError:
            # The client sends a request again whose answer was lost: then it is our own that is there.
            return self.read(name) == content
        return True

    def replace(self, name: str, content: bytes) -> None:
        """See Place. What is right is left alone."""
        system, path = self._path(name)
        try:
            if system.cat_file(path) == content:
                return
        except FileNotFoundError:
            pass
        system.pipe_file(path, content)

    def add(self, name: str, links: Mapping[str, str], files: Mapping[str, bytes], commit: str) -> bool:
        """See Place. Objects are copied on the server."""
        if not self.create(f"{name}/{commit}", files[commit]):
            return False
        system, root = self._path(name)
        for path, target in links.items():
            self.link(target, f"{name}/{path}")
        system.pipe({f"{root}/{path}": content for path, content in files.items() if path != commit})
        return True

    def link(self, target: str, name: str) -> None:
        """See Place. Copied on the server."""
        system, path = self._path(name)
        system.cp_file(self._path(target)[1], path)

    def lock(self, folder: str) -> None:
        """See Place: who may write is said by the store."""

    def unlock(self, folder: str) -> None:
        """See Place."""

    def remove(self, name: str) -> None:
        """See Place."""
        system, path = self._path(name)
        try:
            system.rm(path, recursive=True)
        except FileNotFoundError:
            return

    def move(self, name: str, to: str) -> None:
        """See Place."""
        system, source = self._path(name)
        for path in self.files(name):
            system.cp_file(f"{source}/{path}", self._path(f"{to}/{path}")[1])
        self.remove(name)

    def sweep(self) -> None:
        """See Place: others may be at work, and what appears there is whole."""

    def unfinished(self, published: Collection[str]) -> list[str]:
        """See Place: that cannot be known without a lock."""
        del published
        return []

    def point(self, name: str, target: str | None) -> None:
        """See Place: no links here."""


def _store_errors() -> tuple[type[Exception], ...]:
    """What an object store may raise: a missing package, a refusal, no answer."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only with the extra s3
    except ImportError:
        return (OSError, ImportError)
    return (OSError, ImportError, BotoCoreError, ClientError)


def place(output: Path | str) -> Disk | Bucket:
    """The place of a path, or of a URL such as s3://bucket/news."""
    text = os.fspath(output)
    return Bucket(text.rstrip("/")) if "://" in text else Disk(Path(text))
