"""The one join that the whole-corpus stages need: look keys up in another table, whole columns at a time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def look_up(keys: pa.ChunkedArray, table: pa.Table, key: str, *columns: str) -> list[pa.ChunkedArray]:
    """For each key the values of `columns` in the row of `table` whose column `key` equals it; null where none does.

    Unlike pyarrow's own join it takes list columns and keeps the order. `key` must be unique in `table`.
    """
    if table.num_rows == 0:
        return [pa.chunked_array([pa.nulls(len(keys), table.schema.field(name).type)]) for name in columns]
    positions = pc.index_in(keys.combine_chunks(), value_set=table.column(key).combine_chunks())
    return [table.column(name).combine_chunks().take(positions) for name in columns]


def by_key(table: pa.Table, key: str) -> dict[Any, dict[str, Any]]:
    """The rows as mappings, by the value of a column that is unique in the table."""
    return {row[key]: row for row in table.to_pylist()}
