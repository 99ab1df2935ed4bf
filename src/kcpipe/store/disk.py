"""The disk: writing so that a name appears at once and whole, plain words for what it refuses, locks."""

from __future__ import annotations

import errno
import fcntl
import math
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from kcpipe.settings import StumbleError, UserError
from kcpipe.store.stumbles import may_pass

_BETWEEN_TRIES = 0.2
"""Seconds."""


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """What the disk refuses inside (no permission, no space) becomes a UserError that names the folder; one that it may
    not refuse when it is asked again, a StumbleError."""
    try:
        yield
    except OSError as error:
        kind = StumbleError if may_pass(error) else UserError
        raise kind(f"cannot write to {folder}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise UserError(f"cannot write to {folder}: {error}") from error


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk, where the file system can."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def appearing(path: Path, *, flush: bool = True) -> Iterator[Path]:
    """A path beside it to write to; when that went well its content is flushed and takes the name at once.

    flush: not for a link, which has no content.
    """
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield beside
        if flush:
            sync(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that appears whole. The name is on the disk for sure once its folder is synced."""
    with appearing(path) as beside:
        beside.write_bytes(content)


def lock(output: Path, *, wait: float = 0) -> AbstractContextManager[None]:
    """A context in which no other run may work on this output.

    wait: seconds to wait for one that does. Entering raises UserError when it still does, telling its process, machine
    and since when. The kernel frees the lock of a process that died.
    """
    return exclusive(_run_lock(output), wait=wait)


def holder(output: Path) -> str | None:
    """Who is working on this output, and since when; None when nobody is. Nothing is written."""
    path = _run_lock(output)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read(200).decode() or "another process"
    return None


def _run_lock(output: Path) -> Path:
    return output / "locks" / "run.lock"


@contextmanager
def exclusive(path: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock file, after at most `wait` seconds, else UserError when another process still holds it."""
    with writing_to(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with writing_to(path.parent):
            if not _locked(descriptor, wait):
                holder = os.pread(descriptor, 200, 0).decode() or "another process"
                raise UserError(f"{path.parent.parent} is in use by {holder}: wait until it has ended")
            os.ftruncate(descriptor, 0)
            since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {since}".encode(), 0)
        yield
    finally:
        # Not only closed: a forked child that still has the descriptor would keep the lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _locked(descriptor: int, wait: float) -> bool:
    """Whether the lock was had within so many seconds."""
    if wait == math.inf:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True
    last = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if (left := last - time.monotonic()) <= 0:
                return False
            time.sleep(min(left, _BETWEEN_TRIES))
        else:
            return True
