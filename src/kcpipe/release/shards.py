"""Shards: which file of a table a row lies in, by its content alone.

A small table is one file. A larger one is a folder of the same name with a file per month in which the row's document
was published, and a month of very many rows is cut by document. So a day's news rewrites a month's files and
shares the others, and a release built step by step has the files of one built at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from kcpipe.tables import TABLES

LARGE = 50_000
"""Rows from which a table is a folder of months: a file of so many is small for any reader, and quickly rewritten."""
CROWDED = 1_000_000
"""Rows from which a month is cut in two, four ...: as many are read and written in about a second."""
UNDATED = "undated"
GATHERED = 1 << 18
"""Bytes that are copied and hashed at a time: so many stay in a processor's own memory."""
NARROW = 2**31 - 1
"""Bytes of text that one array of strings can hold."""

Tables = Mapping[str, pa.Table]
Numbers = npt.NDArray[np.int64]
_DATED = {"documents": "published_start", "events": "first_published"}
"""The tables whose rows know when they were published; the rows of others hang on theirs."""


class Shard(NamedTuple):
    """A file of a table."""

    path: str
    """In the release."""
    rows_digest: str
    """Of its rows in their order: two files of one declaration with the same one hold the same rows."""
    rows: Callable[[], pa.Table]
    """Gathers them, which takes longer than the digest."""


def split(name: str, tables: Tables) -> list[Shard]:
    """The files of a table, by path. tables: the rows of all tables."""
    table = tables[name]
    if table.num_rows <= LARGE:
        [rows_digest] = _digests(table, np.zeros(table.num_rows, dtype=np.int64), 1)
        return [Shard(f"{name}.parquet", rows_digest, lambda: table)]
    months, places = _months(name, tables)
    found = [
        Shard(f"{name}.parquet/{month}.parquet", rows_digest, partial(_taken, table, places, number))
        for number, (month, rows_digest) in enumerate(zip(months, _digests(table, places, len(months)), strict=True))
        if rows_digest
    ]
    return sorted(found, key=lambda shard: shard.path)


def _taken(table: pa.Table, places: Numbers, number: int) -> pa.Table:
    return table.take(np.flatnonzero(places == number))


# --- where a row lies --------------------------------------------------------------------------------------------


def _months(name: str, tables: Tables) -> tuple[list[str], Numbers]:
    """The months, and parts of crowded ones, that rows may lie in, and for each row the number of its own."""
    dated, rows = _dated(name, tables)
    if not dated:
        return [UNDATED], np.zeros(tables[name].num_rows, dtype=np.int64)
    days = tables[dated].column(_DATED[dated]).to_numpy().astype("datetime64[M]")
    encoded = pa.array(np.append(days, np.datetime64("NaT", "M")).astype(np.int64)).dictionary_encode()
    months = encoded.dictionary.to_numpy().astype("datetime64[M]")
    names = [UNDATED if np.isnat(month) else str(month) for month in months]
    places = encoded.indices.to_numpy()[rows].astype(np.int64)
    for number, count in enumerate(np.bincount(places, minlength=len(names)).tolist()):
        pieces = 1
        while count > pieces * CROWDED:
            pieces *= 2
        if pieces > 1:
            crowd = np.flatnonzero(places == number)
            places[crowd] = len(names) + _buckets(tables[dated].column(TABLES[dated].key[0]), rows[crowd], pieces)
            names += [f"{names[number]}-{bucket:05}-of-{pieces}" for bucket in range(pieces)]
    return names, places


def _buckets(ids: pa.ChunkedArray, rows: Numbers, count: int) -> Numbers:
    """A number below `count`, a power of two up to 65,536, by the first digits of the id in each row."""
    digits = pc.utf8_slice_codeunits(ids, 0, 4).combine_chunks().dictionary_encode()
    numbers = np.array([int(each, 16) % count for each in digits.dictionary.to_pylist()], dtype=np.int64)
    return np.append(numbers[digits.indices.to_numpy()], 0)[rows]


def _dated(name: str, tables: Tables) -> tuple[str, Numbers]:
    """The table that knows when the rows of a table were published, and the row of each in it, its length if none is
    known; "" when no table knows.

    A mention's is that of its document, a participant's that of its report's document, a country's that of its event.
    """
    if name in _DATED:
        return name, np.arange(tables[name].num_rows)
    column, parent = _way(name)
    if parent not in tables:
        return "", np.array([], dtype=np.int64)
    dated, rows = _dated(parent, tables)
    if not dated:
        return dated, rows
    keys = tables[parent].column(TABLES[parent].key[0]).combine_chunks()
    found = pc.fill_null(pc.index_in(tables[name].column(column), value_set=keys), len(keys)).to_numpy()
    return dated, np.append(rows, tables[dated].num_rows)[found]


@cache
def _way(name: str) -> tuple[str, str]:
    """How a row finds out when it was published: a column and the table that it points into; "" when it cannot."""
    columns = TABLES[name].columns
    for column in columns:
        if column.name == "document_id" or column.references == "documents.document_id":
            return column.name, "documents"
    for column in columns:
        parent = column.references.partition(".")[0]
        if parent and parent != name and (parent in _DATED or _way(parent)[1]):
            return column.name, parent
    return "", ""


# --- what a file holds -------------------------------------------------------------------------------------------


def _digests(table: pa.Table, places: Numbers, count: int) -> list[str]:
    """The digest of the rows in each of `count` places, in their order: their number, and the hash of their values.

    It does not depend on chunks and slices, nor on what lies in other places. Of 128 bits: that other rows have the
    same one does not happen. Rows are hashed by runs of one place, because to look at each alone takes ten times as
    long. Empty for a place without rows, but for the only one.
    """
    firsts = np.append(0, np.flatnonzero(places[1:] != places[:-1]) + 1) if len(places) else places
    bounds = np.append(firsts, len(places))
    runs = [pa.array(np.flatnonzero(places[firsts] == place)) for place in range(count)]
    hashes = [xxhash.xxh3_128() for _ in runs]
    for field, column in zip(table.schema, table.columns, strict=True):
        for content, ends in _contents(field, _whole(column), bounds):
            pieces = _pieces(content, ends)
            at_once = max(1, GATHERED * len(pieces) // max(1, content.nbytes))
            for hashed, mine in zip(hashes, runs, strict=True):
                for first in range(0, len(mine), at_once):
                    hashed.update(pieces.take(mine[first : first + at_once]).buffers()[2] or b"")
    rows = np.bincount(places[firsts], np.diff(bounds), count).astype(int).tolist()
    return [
        f"{number}-{hashed.hexdigest()}" if number or count == 1 else ""
        for number, hashed in zip(rows, hashes, strict=True)
    ]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array, whose offsets are wide where all its text is longer than narrow ones can tell."""
    if column.num_chunks == 1:
        return column.chunk(0)  # combine_chunks would copy it
    is_long = pa.types.is_string(column.type) and column.nbytes > NARROW
    return (column.cast(pa.large_string()) if is_long else column).combine_chunks()


def _pieces(content: npt.NDArray[Any], ends: Numbers) -> pa.LargeBinaryArray:
    """Bytes cut into values, without a copy."""
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(content)]
    return pa.Array.from_buffers(pa.large_binary(), len(ends) - 1, buffers)


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
        numbers = values.view(pa.int32() if kind.bit_width == 32 else pa.int64()).fill_null(0).to_numpy()
        yield numbers, bounds * numbers.itemsize


def _bytes(flags: pa.BooleanArray) -> npt.NDArray[np.uint8]:
    numbers: npt.NDArray[np.uint8] = flags.cast(pa.uint8()).to_numpy()
    return numbers


def described(name: str) -> list[dict[str, object]]:
    """The columns of a table as a manifest tells them."""
    return [
        {
            "name": column.name,
            "type": str(column.type),
            "nullable": column.nullable,
            "description": column.description,
            "values": list(column.values),
            "references": column.references,
        }
        for column in TABLES[name].columns
    ]
