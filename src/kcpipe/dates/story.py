"""Which expression of the text another one is counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kcpipe.dates.grammar import Reading
from kcpipe.intervals import Direction, Point, Span, in_story, write

_ORDER = (
    "time",
    "daypart",
    "day",
    "weekday",
    "week",
    "weekend",
    "month",
    "quarter",
    "season",
    "half",
    "year",
    "decade",
)

_FAR = 40
"""Expressions looked back at most: nothing counts from farther off, and a monstrous sentence stays linear."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reading at its place: offsets clean; `anchor` is the index of the one it is counted from."""

    reading: Reading
    char_start: int
    char_end: int
    sentence_number: int
    paragraph_number: int
    direction: Direction
    governors: tuple[int, ...] = ()
    verb: int | None = None
    anchor: int | None = None


def _point(told: Told) -> Point | None:
    """The point an expression names, also when it is open on one side; of a range its first."""
    first = told.reading.expression[0]
    return first.points[0] if len(told.reading.expression) == 1 and isinstance(first, Span) else None


def is_narrative(story: Sequence[Told]) -> bool:
    """Whether a text tells history by dates with years and hardly ever points to the day it is written.

    A news report says "Wednesday", "last month", "today"; an encyclopedia or a chronology says "17 September 1939"
    and goes on with "on 6 October". Three such dates, and at most a fifth as many pointing words, make a narrative.
    """
    points = [point for told in story if (point := _point(told)) is not None]
    dated = sum(point.is_absolute and point.unit in ("day", "month") for point in points)
    pointing = sum(not point.base and point.steps[0].op != "=" for point in points)
    pointing += sum(point.recurs and point.steps[0].unit == "weekday" for point in points)
    return dated >= 3 and 5 * pointing <= dated


def tie(story: Sequence[Told]) -> list[Told]:
    """The expressions of one document, in order, those that count from another one tied to it.

    Three ties are made. "That day", "two weeks later" count from the nearest date before them that is known as
    finely, in the same or the sentence before. A month or a date without a year belongs to the year that the same
    clause or the one above it names before: "met three times last year, including in Guatemala in May". In a
    narrative, where the text is not told from the day of its writing, it follows the date told last.
    """
    tied: list[Told] = []
    narrates = is_narrative(story)
    dated: int | None = None  # the last one that names a year or was tied to one that does
    for told in story:
        point = _point(told)
        now = told
        if point is not None and point.base == "then":
            now = replace(told, anchor=_date_before(tied, told, point, narrates))
        elif point is not None and point.recurs:
            year = _year_above(tied, told, point)
            if year is not None:
                now = _inside(told, year)
            elif narrates and dated is not None:
                now = _after(tied, dated, told)
        if point is not None and (point.is_absolute or now.anchor is not None):
            dated = len(tied)
        tied.append(now)
    return tied


def _date_before(story: Sequence[Told], told: Told, point: Point, narrates: bool) -> int | None:
    finest = _ORDER.index(point.steps[0].unit) if point.steps[0].unit in _ORDER else len(_ORDER)
    for index in range(len(story) - 1, max(len(story) - _FAR, 0) - 1, -1):
        other = story[index]
        paragraphs = told.paragraph_number - other.paragraph_number
        sentences = told.sentence_number - other.sentence_number
        if paragraphs > (1 if narrates else 0) or (sentences > 1 and not narrates):
            return None
        named = _point(other)
        if named is None or _is_range(other) or named.base == "event" or named.unit not in _ORDER:
            continue
        if named.base == "then" and other.anchor is None:
            continue
        if _ORDER.index("day" if named.unit == "weekday" else named.unit) <= finest:
            return index
    return None


def _year_above(story: Sequence[Told], told: Told, point: Point) -> int | None:
    if point.steps[0].unit not in ("month", "season", "quarter") or told.direction != "past":
        return None
    for index in range(len(story) - 1, max(len(story) - _FAR, 0) - 1, -1):
        other = story[index]
        if other.sentence_number != told.sentence_number:
            return None
        named = _point(other)
        first = other.reading.expression[0]
        if named is None or named.unit != "year" or len(named.steps) > 1 or named.base:
            continue
        if not isinstance(first, Span) or first.kind != "point":  # since, until that year
            continue
        return index if other.verb is not None and other.verb in told.governors else None
    return None


def _is_range(told: Told) -> bool:
    first = told.reading.expression[0]
    return isinstance(first, Span) and len(first.points) > 1


def _after(story: Sequence[Told], index: int, told: Told) -> Told:
    """In a narrative: inside the year told last, or next after the month or day told last."""
    point = _point(story[index])
    if point is None or _is_range(story[index]):
        return _inside(told, None)
    if point.unit in ("day", "month", "week", "daypart", "time"):
        return replace(told, anchor=index, direction="future")
    return _inside(told, index)


def _inside(told: Told, anchor: int | None) -> Told:
    expression = in_story(told.reading.expression)
    reading = replace(told.reading, symbolic=write(expression), expression=expression)
    return replace(told, reading=reading, anchor=anchor)
