"""A text as its reader sees it, and the way back to the raw text: what Markdown and columns are taken away to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from kcpipe.clean.lines import Line, raw_lines
from kcpipe.spans import Run, SpanMap


class Edit(NamedTuple):
    """Raw characters that are not shown, and what is shown for them: nothing, white space, a comma."""

    start: int
    end: int
    shown: str = ""


class Shown(NamedTuple):
    """The lines that a reader sees; offsets in them lead through `spans` to the raw text."""

    lines: Sequence[Line]
    spans: SpanMap
    title: int | None = None
    """Where a title begins that is marked as one."""
    widths: Mapping[int, int] = {}
    """By the number of a line, how much the line above it holds when it is full and goes on here: the width of a
    column, and 1 where it goes on in any case."""


def as_it_is(raw: str, lines: Sequence[Line]) -> Shown:
    """A raw text that shows all there is; lines: its lines."""
    return Shown(lines, SpanMap(((0, len(raw), 0),)))


def edited(raw: str, edits: Iterable[Edit], title: int | None, continued: Iterable[int] = ()) -> Shown:
    """The raw text with its edits, in any order, of which one may lie in another.

    title: a raw offset; continued: raw offsets of lines that go on with the one above.
    """
    pieces: list[str] = []
    runs: list[Run] = []
    length = position = 0
    for edit in [*sorted(edits), Edit(len(raw), len(raw))]:
        if position < edit.start:
            runs.append((length, length + edit.start - position, position))
            pieces.append(raw[position : edit.start])
            length += edit.start - position
        if edit.shown:
            runs.append((length, length + len(edit.shown), None))
            pieces.append(edit.shown)
            length += len(edit.shown)
        position = max(position, edit.end)
    lines = raw_lines("".join(pieces))
    starts = [line.start for line in lines]
    kept = [(raw_start, raw_start + end - start, start) for start, end, raw_start in runs if raw_start is not None]
    places = [_shown_from(kept, offset, length) for offset in continued]
    widths = {bisect_right(starts, place): 1 for place in places}
    return Shown(lines, SpanMap(tuple(runs)), None if title is None else _shown_from(kept, title, length), widths)


def _shown_from(kept: Sequence[tuple[int, int, int]], raw: int, length: int) -> int:
    """Where the first character is shown that stands at a raw offset or behind it.

    kept: raw start, raw end and place of what is shown, in order; length: of all that is shown.
    """
    index = bisect_right(kept, raw, key=itemgetter(1))  # the first that ends behind the offset
    if index == len(kept):
        return length
    raw_start, _, start = kept[index]
    return start + max(raw - raw_start, 0)


def arranged(raw: str, lines: Iterable[tuple[int, int, int]]) -> Shown:
    """Stretches of the raw text as lines in another order: of each its raw start and end, the width of its column or
    0."""
    pieces: list[str] = []
    runs: list[Run] = []
    widths: dict[int, int] = {}
    length = 0
    for number, (start, end, width) in enumerate(lines, start=1):
        if start < end:
            runs.append((length, length + end - start, start))
        runs.append((length + end - start, length + end - start + 1, None))
        pieces += [raw[start:end], "\n"]
        length += end - start + 1
        if width:
            widths[number] = width
    return Shown(raw_lines("".join(pieces)), SpanMap(tuple(runs)), widths=widths)
