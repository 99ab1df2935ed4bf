"""Digests of rows: by what they are, whatever chunks, slices and rows of others they lie among.

Nothing is done row by row: neighbours of one part are a run, whose bytes are hashed where they lie when they are many,
else copied together with all others of their column first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

LONG = 1 << 10
"""Bytes from which a run is hashed where it lies: shorter ones are quicker copied together first."""
NARROW = 2**31 - 1
"""Bytes of text that one array of strings can hold."""

Numbers = npt.NDArray[np.int64]


def digests(table: pa.Table, bounds: Numbers, places: Numbers, count: int = 1) -> list[str]:
    """The digest of the rows of each part of a table, in their order: their number, and the hash of their values.

    bounds: where runs of rows of one part begin, and at the end the number of rows. places: the part of each run, below
    `count`. Two parts of the same columns with the same digest hold the same rows: of 128 bits, that others have it
    does not happen.
    """
    hashes = [xxhash.xxh3_128() for _ in range(count)]
    of_runs = [hashes[place].update for place in places.tolist()]
    order = np.argsort(places, kind="stable")
    _, firsts = np.unique(places[order], return_index=True)
    of_parts = [of_runs[number] for number in order[firsts].tolist()]
    for field, column in zip(table.schema, table.columns, strict=True):
        for content, ends in _contents(field, _whole(column), bounds):
            if content.nbytes > LONG * len(places):
                _hash(of_runs, content.data.cast("B"), ends)
            else:
                gathered, stops = _gathered(content, ends, order)
                _hash(of_parts, gathered, stops[np.append(firsts, len(places))])
    rows = np.bincount(places, np.diff(bounds), count).astype(int).tolist()
    return [f"{number}-{hashed.hexdigest()}" for number, hashed in zip(rows, hashes, strict=True)]


def first_of_runs(values: npt.NDArray[Any]) -> Numbers:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])


def _hash(updates: list[Callable[[memoryview], None]], values: memoryview, ends: Numbers) -> None:
    """Give the values between each two ends to one of the hashes."""
    stops = ends.tolist()
    for update, begin, end in zip(updates, stops[:-1], stops[1:], strict=True):
        update(values[begin:end])


def _gathered(content: npt.NDArray[Any], ends: Numbers, order: Numbers) -> tuple[memoryview, Numbers]:
    """Bytes that are cut at these ends, put in another order, and where they end there."""
    pieces = pa.Array.from_buffers(pa.large_binary(), len(order), [None, pa.py_buffer(ends), pa.py_buffer(content)])
    _, stops, values = pieces.take(pa.array(order)).buffers()
    return memoryview(values or b""), np.frombuffer(stops, np.int64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array, whose offsets are wide where all its text is longer than narrow ones can tell."""
    if column.num_chunks == 1:
        return column.chunk(0)  # combine_chunks would copy it
    is_long = pa.types.is_string(column.type) and column.nbytes > NARROW
    return (column.cast(pa.large_string()) if is_long else column).combine_chunks()


def _contents(field: pa.Field, values: pa.Array, bounds: Numbers) -> Iterator[tuple[npt.NDArray[Any], Numbers]]:
    """What makes the values of an array: numbers or bytes, and where in their bytes the rows at `bounds` begin."""
    if not len(values):
        return
    if field.nullable:
        yield _bytes(values.is_valid()), bounds
    kind = values.type
    if pa.types.is_struct(kind):
        for index in range(kind.num_fields):
            yield from _contents(kind.field(index), values.field(index), bounds)
    elif pa.types.is_list(kind):
        offsets = values.offsets.to_numpy()
        yield np.diff(offsets), bounds * 4
        yield from _contents(kind.value_field, values.values, offsets[bounds].astype(np.int64))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        _, offsets, characters = values.buffers()
        width = np.int32 if pa.types.is_string(kind) else np.int64
        ends = np.frombuffer(offsets, width)[values.offset : values.offset + len(values) + 1]
        yield np.diff(ends).astype(np.int32, copy=False), bounds * 4
        yield np.frombuffer(characters or b"", np.uint8), ends[bounds].astype(np.int64)
    elif pa.types.is_boolean(kind):
        yield _bytes(values.fill_null(False)), bounds
    else:
        plain = values.view(pa.int32() if kind.bit_width == 32 else pa.int64())
        numbers = (plain.fill_null(0) if plain.null_count else plain).to_numpy()
        yield numbers, bounds * numbers.itemsize


def _bytes(flags: pa.BooleanArray) -> npt.NDArray[np.uint8]:
    numbers: npt.NDArray[np.uint8] = flags.cast(pa.uint8()).to_numpy()
    return numbers
