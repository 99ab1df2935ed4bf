"""The map between clean and raw offsets."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcpipe.spans import SpanMap, span_maps
from kcpipe.tables import TABLES, build, empty

Runs = tuple[tuple[int, int, int | None], ...]


@st.composite
def runs(draw: st.DrawFn) -> Runs:
    """Runs that tile a clean text, the raw ones in ascending order, or in any, as of columns read one by one."""
    made: list[tuple[int, int, int | None]] = []
    clean = raw = 0
    for length, gap, is_inserted in draw(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4), st.booleans()), min_size=1, max_size=12)
    ):
        raw += gap
        made.append((clean, clean + length, None if is_inserted else raw))
        clean += length
        raw += 0 if is_inserted else length
    if not draw(st.booleans()):
        return tuple(made)
    clean, arranged = 0, list[tuple[int, int, int | None]]()
    for start, end, raw_start in draw(st.permutations(made)):
        arranged.append((clean, clean + end - start, raw_start))
        clean += end - start
    return tuple(arranged)


def raw_of(tiles: Runs) -> dict[int, int]:
    """For each clean offset its raw one, the slow and plain way."""
    return {start + i: raw + i for start, end, raw in tiles if raw is not None for i in range(end - start)}


def table(documents: dict[str, Runs]) -> pa.Table:
    rows = [
        {
            "document_id": name,
            "char_start": start,
            "char_end": end,
            "raw_start": raw,
            "raw_end": None if raw is None else raw + end - start,
        }
        for name, tiles in documents.items()
        for start, end, raw in tiles
    ]
    return build(TABLES["text_spans"], rows)


@settings(deadline=None)
@given(runs(), st.integers(-2, 70), st.integers(-2, 70))
def test_to_raw_is_the_first_and_last_raw_character(tiles: Runs, start: int, end: int) -> None:
    plain = raw_of(tiles)
    under = [plain[offset] for offset in range(start, end) if offset in plain]
    if 0 <= start < end <= tiles[-1][1] and under:
        assert SpanMap(tiles).to_raw(start, end) == (min(under), max(under) + 1)
    else:
        with pytest.raises(ValueError, match="no raw characters"):
            SpanMap(tiles).to_raw(start, end)


@settings(deadline=None)
@given(runs(), st.integers(0, 120))
def test_to_clean_is_the_way_back(tiles: Runs, raw_offset: int) -> None:
    back = {raw: clean for clean, raw in raw_of(tiles).items()}
    assert SpanMap(tiles).to_clean(raw_offset) == back.get(raw_offset)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), runs(), max_size=4), st.randoms())
def test_span_maps_whatever_the_order_of_rows(documents: dict[str, Runs], random: object) -> None:
    made = table(documents)
    order = list(range(made.num_rows))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert {name: found.runs for name, found in span_maps(made.take(pa.array(order, pa.int64()))).items()} == documents


def test_no_rows() -> None:
    assert span_maps(empty(TABLES["text_spans"])) == {}
    with pytest.raises(ValueError, match="no raw characters"):
        SpanMap(()).to_raw(0, 1)
