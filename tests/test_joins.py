"""Look-ups and groups over tables in many chunks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from kcpipe.joins import Grouped, look_up, rows_at

PARTS = [
    {"key": ["b", "a", None], "value": [0, 1, 2]},
    {"key": [], "value": []},
    {"key": ["c", "b", "x"], "value": [3, 4, 5]},
    {"key": ["a", "b"], "value": [6, 7]},
]
SCHEMA = pa.schema([("key", pa.string()), ("value", pa.int64())])
TABLE = pa.concat_tables([pa.table(part, schema=SCHEMA) for part in PARTS])


@pytest.mark.parametrize(
    ("first", "end", "values"), [(0, 1, [3]), (1, 3, [1, 6, 0, 4, 7]), (3, 4, []), (0, 4, [3, 1, 6, 0, 4, 7])]
)
def test_rows_come_group_by_group_each_in_the_order_of_the_table(first: int, end: int, values: list[int]) -> None:
    grouped = Grouped(TABLE, "key", pa.array(["c", "a", "b", "nobody"]))
    assert grouped.rows(first, end).column("value").to_pylist() == values
    assert grouped.ends.tolist() == [0, 1, 3, 6, 6]
    assert [rows.column("value").to_pylist() for rows in grouped.pieces(2, 2)] == [[0, 4], [7]]


def test_rows_that_lie_group_by_group_already_are_not_copied() -> None:
    rows = TABLE.sort_by("key").slice(0, 7)
    grouped = Grouped(rows, "key", pa.array(["a", "b", "c", "x"]))
    before = pa.total_allocated_bytes()
    found = grouped.rows(1, 3)
    assert pa.total_allocated_bytes() == before
    assert found.column("key").to_pylist() == ["b", "b", "b", "c"]


def test_what_is_not_there_is_null() -> None:
    names = pa.table({"key": ["a", "c"], "name": [["A"], []]})
    [found] = look_up(TABLE.column("key"), names, "key", "name")
    assert found.to_pylist() == [None, ["A"], None, [], None, None, ["A"], None]
    [nothing] = look_up(TABLE.column("key"), names.slice(0, 0), "key", "name")
    assert nothing.to_pylist() == [None] * 8


@pytest.mark.parametrize("places", [[], [0, 3, 7], [7, 0, 0, 4, 3], [2]])
def test_rows_are_taken_from_many_chunks_in_the_order_asked_for(places: list[int]) -> None:
    found = rows_at(TABLE, np.array(places, np.int64))
    assert found.column("value").to_pylist() == places
    assert found.schema.equals(TABLE.schema)
