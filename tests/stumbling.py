"""A file system whose files cannot be read for a while."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem


@contextmanager
def stumbling(error: Exception, *, times: int = 1, at: str = "read") -> Iterator[list[str]]:
    """Meanwhile files at `memory://` fail so often with the error, and then work; yields the paths they failed at.

    at: `open` or `read`.
    """
    failed: list[str] = []
    really = MemoryFileSystem._open

    def fail(path: str) -> NoReturn:
        failed.append(path)
        raise error

    class Breaking(io.BytesIO):
        path = ""

        def read(self, size: int | None = -1, /) -> bytes:
            fail(self.path)

    def opened(self: MemoryFileSystem, path: str, mode: str = "rb", **options: Any) -> Any:
        file = really(self, path, mode, **options)
        if mode != "rb" or len(failed) >= times:
            return file
        if at == "open":
            fail(path)
        breaking = Breaking(file.getvalue())
        breaking.path = path
        return breaking

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryFileSystem, "_open", opened)
        try:
            yield failed
        finally:
            fsspec.filesystem("memory").invalidate_cache()
