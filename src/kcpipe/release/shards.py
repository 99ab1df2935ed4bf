"""Shards: which file of a table a row lies in, by its content alone.

A small table is one file. A larger one is a folder of the same name with a file per year in which the row's document
was published; a year of many rows is cut by its months, a month of many by its days, and what is crowded all the same
by document. So a day's news rewrites few files of few rows and shares the others, and a release built step by step has
the files of one built at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import store
from kcpipe.joins import places_of_runs, rows_at, runs
from kcpipe.tables import TABLES

LARGE = 50_000
"""Rows from which a table is a folder of years: a file of so many is small for any reader, and quickly rewritten."""
FULL = 1 << 15
"""Rows from which a year is cut by its months, and a month by its days: smaller files would cost all who read or write
the whole more than they spare a day's news."""
MONTHS = 12, 6, 3, 1
"""Months of a year that may share a file, while it does not hold more rows than that on the average, each counted as
OF_A_YEAR."""
OF_A_YEAR = 4
"""A day's news writes the file of its year anew, so that a row there counts for several: counted once, it would cost
more than a tenth of a full publication (benchmarks/releases.py)."""
DAYS = 32, 16, 8, 4, 2, 1
"""Days of a month that may share a file, while it does not hold more rows than that on the average."""
CROWDED = 1_000_000
"""Rows from which a file is cut by document, in two, four ...: as many are read and written in about a second."""
UNDATED = "undated"

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
        [rows_digest] = store.digests(table, np.array([0, table.num_rows]), np.array([0]))
        return [Shard(f"{name}.parquet", rows_digest, lambda: table)]
    layout = _layout(name, tables)
    digests = store.digests(table, layout.bounds, layout.places, len(layout.files))
    found = [
        Shard(f"{name}.parquet/{layout.files[place]}.parquet", digests[place], partial(_taken, table, layout, place))
        for place in np.unique(layout.places).tolist()
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
    chosen = np.flatnonzero(layout.places == number)
    return rows_at(table, places_of_runs(layout.bounds[chosen], np.diff(layout.bounds)[chosen]))


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
    firsts = store.first_of_runs(places)
    return _Layout(files, np.append(bounds[firsts], bounds[-1]), places[firsts])


def _files_of_days(days: list[date | None], counts: list[int]) -> list[str]:
    """The file for each day; counts: the rows of each."""
    rows: Counter[str] = Counter()
    for day, count in zip(days, counts, strict=True):
        if day:
            rows.update({_year(day): count, _month(day): count})
    return [_file(day, rows) if day else UNDATED for day in days]


def _file(day: date, rows: Mapping[str, int]) -> str:
    """That of the day's year, or a part of a full one, called by the first month that may be in it, of a full month by
    the first day. rows: of each year and month."""
    months, days = _together(OF_A_YEAR * rows[_year(day)], MONTHS), _together(rows[_month(day)], DAYS)
    if months > 1:
        return _year(day) if months == MONTHS[0] else f"{_year(day)}-{_first(day.month, months):02}"
    return _month(day) if days == DAYS[0] else f"{_month(day)}-{_first(day.day, days):02}"


def _year(day: date) -> str:
    return day.isoformat()[:4]


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _together(rows: int, sizes: Sequence[int]) -> int:
    """How many parts of a period of so many rows share a file: all, half of them, a quarter ..."""
    return next((size for size in sizes if rows * size <= FULL * sizes[0]), sizes[-1])


def _first(number: int, together: int) -> int:
    """The first of those that share a file with a month or day, each by its number from 1."""
    return number - (number - 1) % together


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
    of_ids = runs(ids)
    keys = tables[parent].column(TABLES[parent].key[0]).combine_chunks()
    found = pc.fill_null(pc.index_in(ids.take(of_ids[:-1]), value_set=keys), len(keys)).to_numpy()
    of_parents = np.append(np.repeat(rows, np.diff(bounds)), tables[dated].num_rows)
    return dated, of_ids, of_parents[found]


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
