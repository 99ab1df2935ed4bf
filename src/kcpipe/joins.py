"""The joins of the stages behind the per-document ones: keys looked up in another table, whole columns at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


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


def rows_at(table: pa.Table, places: npt.NDArray[np.int64]) -> pa.Table:
    """The rows at these places, in this order. Unlike `Table.take` it does not put all of a large table's chunks
    together first; the chunks of all columns must be alike."""
    order = np.argsort(places, kind="stable")
    ordered, batches = places[order], table.to_batches()
    ends = np.cumsum([0, *(batch.num_rows for batch in batches)])
    borders = np.searchsorted(ordered, ends).tolist()
    taken = [
        batch.take(pa.array(ordered[first:end] - start))
        for batch, start, first, end in zip(batches, ends.tolist(), borders, borders[1:], strict=False)
        if first < end
    ]
    found = pa.Table.from_batches(taken, table.schema).combine_chunks()
    return found if (order[1:] > order[:-1]).all() else found.take(np.argsort(order, kind="stable"))


def by_key(table: pa.Table, key: str) -> dict[Any, dict[str, Any]]:
    """The rows as mappings, by the value of a column that is unique in the table."""
    return {row[key]: row for row in table.to_pylist()}
