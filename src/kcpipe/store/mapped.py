"""Tables that lie in files: uncompressed Arrow, mapped into memory, so that the kernel keeps of them what it has room
for, and takes the pages back when it has none.

The files have no names: they are gone with the tables, or with the process however that ends, and leave nothing to
clear up.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

import pyarrow as pa

from kcpipe.joins import in_one
from kcpipe.store.disk import writing_to


class Laying:
    """A table that is being laid down, part by part, in a context. Raises UserError when the disk refuses."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """folder: where the file lies; it must be there. schema: of every part."""
        self._folder, self._schema = folder, schema
        with writing_to(folder):
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - open until all parts are there
            self._writer = pa.ipc.new_file(self._file, schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, rows: pa.Table) -> None:
        """Lay down a part, also one without rows."""
        with writing_to(self._folder):
            self._writer.write_batch(pa.RecordBatch.from_arrays(list(map(in_one, rows.columns)), schema=self._schema))

    def parts(self) -> tuple[pa.Table, ...]:
        """The parts in order, each column of each in one chunk. It is the end: nothing can be added any more."""
        with writing_to(self._folder):
            self._writer.close()
            self._file.flush()
            content = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        laid = pa.ipc.open_file(pa.py_buffer(content))
        return tuple(pa.Table.from_batches([laid.get_batch(number)]) for number in range(laid.num_record_batches))


def lay_down(folder: Path, schema: pa.Schema, parts: Iterable[pa.Table]) -> tuple[pa.Table, ...]:
    """Tables of one schema as tables that lie in a file of a folder. Raises UserError when the disk refuses."""
    with Laying(folder, schema) as laying:
        for part in parts:
            laying.add(part)
        return laying.parts()
