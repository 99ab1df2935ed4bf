"""A text as its reader sees it, and the way back to the raw text: what Markdown and columns are taken away to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """By the number of a line of a column, the width of the column."""


def as_it_is(raw: str, lines: Sequence[Line]) -> Shown:
    """A raw text that shows all there is; lines: its lines."""
    return Shown(lines, SpanMap(((0, len(raw), 0),)))


def edited(raw: str, edits: Iterable[Edit], title: int | None) -> Shown:
    """The raw text with its edits, in any order, of which one may lie in another; title: a raw offset."""
    pieces: list[str] = []
    runs: list[Run] = []
    length = position = 0
    title_at = None
    for edit in [*sorted(edits), Edit(len(raw), len(raw))]:
        if position < edit.start:
            if title is not None and title_at is None and title < edit.start:
                title_at = length + max(title - position, 0)
            runs.append((length, length + edit.start - position, position))
            pieces.append(raw[position : edit.start])
            length += edit.start - position
        if edit.shown:
            runs.append((length, length + len(edit.shown), None))
            pieces.append(edit.shown)
            length += len(edit.shown)
        position = max(position, edit.end)
    return Shown(raw_lines("".join(pieces)), SpanMap(tuple(runs)), title_at)


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
