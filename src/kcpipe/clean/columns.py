"""Columns that a PDF's text prints side by side, read one after the other.

A gutter is a stretch of spaces at one place of many lines with words on both sides of it; both sides must read as
prose, so that a table stays what it is. What crosses the gutter, a headline or a figure's caption, parts the columns
above it from those below; so does the end of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from kcpipe.clean.lines import Line
from kcpipe.clean.shown import Shown, arranged

_GAP = re.compile(r"(?<=\S) {2,80}(?=\S)")
_INNER_GAP = re.compile(r"(?<=\S) {3,80}(?=\S)")
_GUTTER = 2
"""Spaces at least between two columns."""
_INDENT = 6
"""A column's line begins within so many characters of its edge."""
_LEAST_LINES = 6
"""So many lines bear words on both sides."""
_LEAST_SHARE = 0.5
_LEAST_WORDS = 4
"""Fewer on a side, by the median, are the cells of a table."""
_MOST_GAPS = 0.3
"""Wide gaps inside the columns, a line: with more of them there are more columns, or cells."""
_LONGEST = 300
"""A longer line is none of a column."""
_CANDIDATES = 5
_PAGE_END = "\f"


class _Columns(NamedTuple):
    """Lines [start, stop) of a page that stand in two columns; the right one begins at `edge`."""

    start: int
    stop: int
    edge: int


def columns_in_order(raw: str, lines: Sequence[Line]) -> Shown | None:
    """The text with its columns one after the other; None when it has none. lines: those of the raw text."""
    if raw.count(" " * _GUTTER) < _LEAST_LINES:
        return None
    arrangement: list[tuple[int, int, int]] = []
    is_columned = False
    for page in _pages(lines):
        at = 0
        for found in _columns(page):
            is_columned = True
            arrangement += [(line.start, line.end, 0) for line in page[at : found.start]]
            arrangement += _one_by_one(page[found.start : found.stop], found.edge)
            at = found.stop
        arrangement += [(line.start, line.end, 0) for line in page[at:]]
    return arranged(raw, arrangement) if is_columned else None


def _pages(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    borders = [index for index, line in enumerate(lines) if _PAGE_END in line.text and index]
    for start, stop in zip([0, *borders], [*borders, len(lines)], strict=True):
        yield lines[start:stop]


def _one_by_one(lines: Sequence[Line], edge: int) -> Iterator[tuple[int, int, int]]:
    """The lines of the left column, a blank line, those of the right one; each with the width of its column."""
    for begin, end in ((0, edge), (edge, max(len(line.text) for line in lines))):
        width = max(len(line.text[begin:end].strip()) for line in lines)
        for line in lines:
            yield min(line.start + begin, line.end), min(line.start + end, line.end), width
        yield lines[-1].end, lines[-1].end, 0


def _columns(page: Sequence[Line]) -> Iterator[_Columns]:
    """The stretches of a page that stand in two columns, in order."""
    texts = [line.text.rstrip() for line in page]
    gaps = Counter(gap.end() for text in texts if len(text) <= _LONGEST for gap in _GAP.finditer(text))
    common = [edge for edge, _ in gaps.most_common(_CANDIDATES)]
    edge = max(common, key=lambda edge: sum(_has_both(text, edge) for text in texts), default=None)
    if edge is None:
        return
    start = 0
    for stop in [*(index for index, text in enumerate(texts) if not _is_clear(text, edge)), len(texts)]:
        found = _between(texts, start, stop, edge)
        if found is not None:
            yield found
        start = stop + 1


def _between(texts: Sequence[str], start: int, stop: int, edge: int) -> _Columns | None:
    """The columns among lines that are all clear at the edge: from the first line of the right one on."""
    right = [index for index in range(start, stop) if len(texts[index]) > edge]
    both = [index for index in right if _has_both(texts[index], edge)]
    if len(both) < _LEAST_LINES:
        return None
    first = right[0]
    filled = sum(bool(text) for text in texts[first : right[-1] + 1])
    sides = [part for index in both for part in (texts[index][:edge], texts[index][edge:])]
    is_prose = all(median(len(part.split()) for part in side) >= _LEAST_WORDS for side in (sides[::2], sides[1::2]))
    inner = sum(_INNER_GAP.search(part.strip()) is not None for part in sides)
    if not is_prose or len(both) < _LEAST_SHARE * filled or inner > _MOST_GAPS * len(both):
        return None
    return _Columns(first, _end_of_left(texts, right[-1] + 1, stop), edge)


def _end_of_left(texts: Sequence[str], start: int, stop: int) -> int:
    """Where the left column ends that goes on below the right one: at the first blank line."""
    return next((index for index in range(start, stop) if not texts[index]), stop)


def _is_clear(text: str, edge: int) -> bool:
    """Whether a line leaves the gutter free."""
    return len(text) <= _LONGEST and not text[edge - _GUTTER : edge].strip()


def _has_both(text: str, edge: int) -> bool:
    """Whether words stand on both sides of the gutter."""
    return _is_clear(text, edge) and bool(text[:edge].strip()) and bool(text[edge : edge + _INDENT].strip())
