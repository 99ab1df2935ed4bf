"""Characters cut from whole columns of texts are what Python cuts from each, wherever the texts lie."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcpipe.quality.cut import cut

TEXTS = st.lists(st.text(alphabet="ab é漢😀\n", max_size=40), min_size=1, max_size=8)
OFFSETS = st.none() | st.integers(-3, 50)


@given(st.data(), TEXTS, st.lists(st.tuples(st.none() | st.integers(0, 7), OFFSETS, OFFSETS), max_size=20))
def test_what_is_cut_is_what_python_cuts(
    data: st.DataObject, texts: list[str], asked: list[tuple[int | None, int | None, int | None]]
) -> None:
    border = data.draw(st.integers(0, len(texts)))
    sliced = pa.array(["é of no text", *texts[:border]]).slice(1)
    column = pa.chunked_array([sliced, pa.array([], pa.string()), pa.array(texts[border:], pa.string())])
    asked = [each for each in asked if each[0] is None or each[0] < len(texts)]
    rows, firsts, ends = (pa.array([each[place] for each in asked], pa.int32()) for place in range(3))
    found = cut(column, rows, firsts, ends)
    found.validate(full=True)
    assert found.to_pylist() == [
        None if row is None or first is None or end is None else texts[row][max(first, 0) : max(end, 0)]
        for row, first, end in asked
    ]


@pytest.mark.parametrize("length", [4, 11, 12, 13, 100])
def test_short_and_long_ones_are_held_alike(length: int) -> None:
    text = "Übergangsregierung in Pjöngjang – " * 4
    found = cut(pa.chunked_array([[text]]), pa.array([0, 0]), pa.array([1, 20]), pa.array([1 + length, 20 + length]))
    assert found.to_pylist() == [text[1 : 1 + length], text[20 : 20 + length]]


def test_nothing_is_copied() -> None:
    column = pa.chunked_array([["a text that is long enough to be looked at where it lies"]])
    found = cut(column, pa.array([0]), pa.array([7]), pa.array([40]))
    assert found.buffers()[2].address == column.chunk(0).buffers()[2].address
