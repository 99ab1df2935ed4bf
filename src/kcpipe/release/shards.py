"""Shards: which file of a table a row lies in, by its content alone.

A small table is one file. A larger one is a folder of the same name with a file per month in which the row's document
was published; a month of many rows is cut by its days, and what is crowded all the same by document. So a day's news
rewrites the files of few days and shares the others, and a release built step by step has the files of one built at
once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from kcpipe.joins import rows_at
from kcpipe.tables import TABLES

LARGE = 50_000
"""Rows from which a table is a folder of months: a file of so many is small for any reader, and quickly rewritten."""
FULL = 1 << 15
"""Rows from which a month is cut by its days, in two, four ... 32 files: smaller ones would cost all who read or write
the whole more than they spare a day's news."""
MONTH = 32
"""Days that share the file of a month that is not full."""
CROWDED = 1_000_000
"""Rows from which a file is cut by document, in two, four ...: as many are read and written in about a second."""
UNDATED = "undated"
LONG = 1 << 10
"""Bytes from which a run is hashed where it lies: shorter ones are quicker copied together first."""
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
        [rows_digest] = _digests(table, _Layout([name], np.array([0, table.num_rows]), np.array([0])))
        return [Shard(f"{name}.parquet", rows_digest, lambda: table)]
    layout = _layout(name, tables)
    found = [
        Shard(f"{name}.parquet/{file}.parquet", rows_digest, partial(_taken, table, layout, number))
        for number, (file, rows_digest) in enumerate(zip(layout.files, _digests(table, layout), strict=True))
        if rows_digest
    ]
    return sorted(found, key=lambda shard: shard.path)


# --- where a row lies --------------------------------------------------------------------------------------------


class _Layout(NamedTuple):
    """Which rows of a table lie in which file, told by runs of neighbours: to look at each row alone takes ten times
    as long."""

    files: list[str]
    """Their names."""
    bounds: Numbers
    """The first row of each run, and at the end the number of rows."""
    places: Numbers
    """The file of each run, as its number among those names."""


def _taken(table: pa.Table, layout: _Layout, number: int) -> pa.Table:
    """The rows of a file, in their order."""
    runs = np.flatnonzero(layout.places == number)
    firsts, lengths = layout.bounds[runs], np.diff(layout.bounds)[runs]
    before = np.cumsum(lengths) - lengths
    return rows_at(table, np.repeat(firsts - before, lengths) + np.arange(lengths.sum()))


def _layout(name: str, tables: Tables) -> _Layout:
    """Which rows of a table lie in which file of its folder."""
    dated, bounds, rows = _dated(name, tables)
    if not dated:
        return _Layout([UNDATED], bounds, rows)
    encoded = tables[dated].column(_DATED[dated]).combine_chunks().dictionary_encode()
    days = [*encoded.dictionary.to_pylist(), None]
    numbers = np.append(encoded.indices.fill_null(len(days) - 1).to_numpy(), len(days) - 1)[rows]
    counts = np.bincount(numbers, np.diff(bounds), len(days))
    of_days = _files_of_days(days, counts.astype(int).tolist())
    files = sorted(set(of_days))
    known = {file: number for number, file in enumerate(files)}
    place_of_day = np.array([known[file] for file in of_days])
    places = place_of_day[numbers]
    for number, count in enumerate(np.bincount(place_of_day, counts, len(files)).tolist()):
        pieces = 1
        while count > pieces * CROWDED:
            pieces *= 2
        if pieces > 1:
            crowd = np.flatnonzero(places == number)
            places[crowd] = len(files) + _buckets(tables[dated].column(TABLES[dated].key[0]), rows[crowd], pieces)
            files += [f"{files[number]}-{bucket:05}-of-{pieces}" for bucket in range(pieces)]
    firsts = _changing(places)
    return _Layout(files, np.append(bounds[firsts], bounds[-1]), places[firsts])


def _files_of_days(days: list[date | None], counts: list[int]) -> list[str]:
    """The file for each day: that of its month, or a part of a full one, called by the first day that may be in it.

    counts: the rows of each day.
    """
    months = [day.isoformat()[:7] if day else UNDATED for day in days]
    full: Counter[str] = Counter()
    for month, count in zip(months, counts, strict=True):
        full[month] += count
    together = {month: _days_together(count) for month, count in full.items()}
    return [
        f"{month}-{day.day - (day.day - 1) % together[month]:02}" if day and together[month] < MONTH else month
        for day, month in zip(days, months, strict=True)
    ]


def _days_together(rows: int) -> int:
    """How many days share a file in a month of so many rows: all, half of them, a quarter ..."""
    days = MONTH
    while days > 1 and rows * days > FULL * MONTH:
        days //= 2
    return days


def _changing(values: Numbers) -> Numbers:
    """The first of each run of equal numbers."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])


def _buckets(ids: pa.ChunkedArray, rows: Numbers, count: int) -> Numbers:
    """A number below `count`, a power of two up to 65,536, by the first digits of the id in each row."""
    digits = pc.utf8_slice_codeunits(ids, 0, 4).combine_chunks().dictionary_encode()
    numbers = np.array([int(each, 16) % count for each in digits.dictionary.to_pylist()], dtype=np.int64)
    return np.append(numbers[digits.indices.to_numpy()], 0)[rows]


def _dated(name: str, tables: Tables) -> tuple[str, Numbers, Numbers]:
    """The table that knows when the rows of a table were published; the bounds of runs of rows that have it from the
    same row of that table; and for each run the number of that row, the table's length if none is known. "" when no
    table knows.

    A mention's is that of its document, a participant's that of its report's document, a country's that of its event.
    """
    count = tables[name].num_rows
    if name in _DATED:
        return name, np.arange(count + 1), np.arange(count)
    column, parent = _way(name)
    dated, bounds, rows = _dated(parent, tables) if parent in tables else ("", np.array([]), np.array([]))
    if not dated:
        return "", np.array([0, count]), np.array([0])
    ids = tables[name].column(column)
    is_other = pc.fill_null(pc.not_equal(ids.slice(1), ids.slice(0, max(0, count - 1))), True)
    firsts = np.append(0, pc.indices_nonzero(is_other).to_numpy().astype(np.int64) + 1)[:count]
    keys = tables[parent].column(TABLES[parent].key[0]).combine_chunks()
    found = pc.fill_null(pc.index_in(ids.take(firsts), value_set=keys), len(keys)).to_numpy()
    of_parents = np.append(np.repeat(rows, np.diff(bounds)), tables[dated].num_rows)
    return dated, np.append(firsts, count), of_parents[found]


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


def _digests(table: pa.Table, layout: _Layout) -> list[str]:
    """The digest of the rows in each file, in their order: their number, and the hash of their values.

    It does not depend on chunks and slices, nor on what lies in other files. Of 128 bits: that other rows have the
    same one does not happen. Empty for a file without rows, but for the only one.
    """
    bounds, places = layout.bounds, layout.places
    hashes = [xxhash.xxh3_128() for _ in layout.files]
    of_runs = [hashes[place].update for place in places.tolist()]
    order = np.argsort(places, kind="stable")
    firsts = _changing(places[order])
    of_files = [of_runs[number] for number in order[firsts].tolist()]
    for field, column in zip(table.schema, table.columns, strict=True):
        for content, ends in _contents(field, _whole(column), bounds):
            if content.nbytes > LONG * len(places):
                _hash(of_runs, content.data.cast("B"), ends)
            else:
                gathered, stops = _gathered(content, ends, order)
                _hash(of_files, gathered, stops[np.append(firsts, len(places))])
    rows = np.bincount(places, np.diff(bounds), len(hashes)).astype(int).tolist()
    return [
        f"{number}-{hashed.hexdigest()}" if number or len(hashes) == 1 else ""
        for number, hashed in zip(rows, hashes, strict=True)
    ]


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
