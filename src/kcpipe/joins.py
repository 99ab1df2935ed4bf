"""The joins of the stages behind the per-document ones: keys looked up in another table, whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]
STRETCH = 256
"""Neighbours from which cutting them out of a table takes less than copying them row by row."""


def look_up(keys: pa.ChunkedArray, table: pa.Table, key: str, *columns: str) -> list[pa.ChunkedArray]:
    """For each key the values of `columns` in the row of `table` whose column `key` equals it; null where none does.

    Unlike pyarrow's own join it takes list columns and keeps the order. `key` must be unique in `table`.
    """
    if table.num_rows == 0:
        return [pa.chunked_array([pa.nulls(len(keys), table.schema.field(name).type)]) for name in columns]
    positions = pc.index_in(in_one(keys), value_set=in_one(table.column(key)))
    return [in_one(table.column(name)).take(positions) for name in columns]


def in_one(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array; one that is in one chunk is not copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


class Grouped:
    """The rows of a large table by what they belong to, for those who look at some of it at a time."""

    def __init__(self, table: pa.Table, key: str, groups: pa.Array) -> None:
        """key: the column that tells what a row belongs to. groups: its values, each once, in the order in which they
        are asked for; rows of others are in no group."""
        numbers = in_one(pc.index_in(table.column(key), value_set=groups)).fill_null(len(groups)).to_numpy()
        is_in_order = bool((np.diff(numbers) >= 0).all())
        self._table = table
        self._order: Numbers | None = None if is_in_order else np.argsort(numbers, kind="stable")
        self.ends: Numbers = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(groups) + 1))[:-1]])
        """How many rows there are before each group; of the groups' end, in all of them."""

    def rows(self, first: int, end: int) -> pa.Table:
        """The rows of the groups from `first` up to `end`, group by group, each in the table's order."""
        return self._between(*self.ends[[first, end]].tolist())

    def pieces(self, group: int, most: int) -> Iterator[pa.Table]:
        """The rows of a group, so many at a time."""
        start, stop = self.ends[[group, group + 1]].tolist()
        return (self._between(place, min(place + most, stop)) for place in range(start, stop, most))

    def _between(self, start: int, stop: int) -> pa.Table:
        if self._order is None:
            return self._table.slice(start, stop - start)
        return rows_at(self._table, self._order[start:stop])


def rows_at(table: pa.Table, places: Numbers) -> pa.Table:
    """The rows at these places, in their order. Table.take would put all chunks of the table together first; where
    most rows are followed by their neighbours, stretches of the table are not even copied."""
    steps = np.diff(places)
    breaks = np.flatnonzero(steps != 1) + 1
    if len(breaks) * STRETCH < len(places):
        stretches = pairwise([0, *breaks.tolist(), len(places)])
        return pa.concat_tables([table.slice(places[first], end - first) for first, end in stretches])
    is_in_order = bool((steps >= 0).all())
    order = None if is_in_order else np.argsort(places, kind="stable")
    ordered = places if order is None else places[order]
    batches = table.to_batches()
    starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
    borders = pairwise(np.searchsorted(ordered, starts).tolist())
    taken = [
        batch.take(pa.array(ordered[first:end] - start))
        for batch, start, (first, end) in zip(batches, starts.tolist(), borders, strict=False)
        if first < end
    ]
    found = pa.Table.from_batches(taken, table.schema)
    return found if order is None else found.combine_chunks().take(pa.array(np.argsort(order, kind="stable")))


def runs(column: pa.ChunkedArray) -> Numbers:
    """Where runs of equal neighbours begin, and at the end the number of rows; nulls equal nothing."""
    is_other = pc.fill_null(pc.not_equal(column.slice(1), column.slice(0, max(0, len(column) - 1))), True)
    firsts = np.append(0, pc.indices_nonzero(is_other).to_numpy().astype(np.int64) + 1)[: len(column)]
    return np.append(firsts, len(column))


def places_of_runs(firsts: Numbers, lengths: Numbers) -> Numbers:
    """The places of the rows of runs of neighbours, run by run."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(firsts - before, lengths) + np.arange(lengths.sum())


def rows_with(table: pa.Table, key: str, *columns: pa.ChunkedArray) -> pa.Table:
    """The rows whose key stands in one of these columns."""
    values = pa.chunked_array([chunk for column in columns for chunk in column.chunks], table.schema.field(key).type)
    return table.filter(pc.is_in(table.column(key), value_set=values.combine_chunks()))


def by_key(table: pa.Table, key: str) -> dict[Any, dict[str, Any]]:
    """The rows as mappings, by the value of a column that is unique in the table."""
    return {row[key]: row for row in table.to_pylist()}
