"""What a text's own calendar says of the day it was written.

A constraint is a function from the days still possible to the days it allows, with the words it rests on. All of
them are hard: what was told in the past tense lies before, what is planned lies after, a weekday must be that of its
date. What they allow together is what is known; an empty rest means that something was misread, and then nothing is
known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from kcpipe.dating.days import Days, hull, intersection, plus, same_day, union
from kcpipe.intervals import Conventions, Period, Span, Step, parse, period, readings, resolve, within

Row = Mapping[str, Any]

_YEAR = 366
_WIDEST = 100 * 366
"""Days: constraints that recur say nothing before the rest is known to within a century."""
_WORD = re.compile(r"[^\W\d_]+")


class Constraint(NamedTuple):
    """Which days are allowed, and the words that say so."""

    words: str
    allowed: Callable[[Days], Days]


def narrow(days: Days, constraints: Sequence[Constraint]) -> tuple[Days, list[str]]:
    """The days that every constraint allows, and the words of those without which there would be more."""
    left, effective = _narrowed(days, constraints)
    for constraint in list(effective):
        others = [other for other in effective if other is not constraint]
        if _narrowed(days, others)[0] == left:
            effective = others
    return left, list(dict.fromkeys(constraint.words for constraint in effective))


def _narrowed(days: Days, constraints: Sequence[Constraint]) -> tuple[Days, list[Constraint]]:
    """The days that every constraint allows, and those that took something away. Some recur: until nothing changes."""
    effective: list[Constraint] = []
    changed = True
    while changed and days:
        changed = False
        for constraint in constraints:
            left = intersection(days, constraint.allowed(days))
            if left != days:
                days, changed = left, True
                if constraint not in effective:
                    effective.append(constraint)
    return days, effective


def constraints_of(
    times: Sequence[Row],
    sentences: Mapping[str, str],
    dateline: Row | None,
    occasions: frozenset[str],
    conventions: Conventions,
) -> list[Constraint]:
    """The constraints that the expressions of time of one document make.

    times: its time drafts, in order. sentences: for each time expression's id the text of its sentence. dateline: the
    time draft in it, a date without a year. occasions: nouns of what lasts for days and ends.
    """
    free = [row for row in times if row["anchor_time_expression_id"] is None and row["asserted"] is not None]
    spans = [(row, span) for row in free if (span := span_of(row)) is not None]
    deictic = any(_is_day_of_this_month(span) and row["asserted"] == "past" for row, span in spans)
    of_then = {sentences.get(row["time_expression_id"], "") for row, span in spans if _is_dated_past(row, span)} - {""}
    found = [] if dateline is None else [_of_dateline(dateline, conventions)]
    for row, span in spans:
        # "It will open in November 2010, the minister said in January 2010": it lay ahead then.
        is_told_then = row["asserted"] == "future" and sentences.get(row["time_expression_id"], "") in of_then
        if not is_told_then and (made := _of_time(row, span, deictic, conventions)) is not None:
            found.append(made)
    return [*found, *_of_ends(spans, sentences, occasions, conventions)]


def span_of(row: Row) -> Span | None:
    """What a time draft says, when that is one span."""
    expression = parse(row["symbolic_value"])
    first = expression[0]
    return first if len(expression) == 1 and isinstance(first, Span) else None


def _is_dated_past(row: Row, span: Span) -> bool:
    return row["asserted"] == "past" and all(point.is_absolute for point in span.points)


def fixed(start: date | None, end: date | None) -> Callable[[Days], Days]:
    """The same days, whatever is known; a null bound is open."""
    days: Days = ((start or date.min, end or date.max),)
    return lambda _: days


def _of_dateline(row: Row, conventions: Conventions) -> Constraint:
    """An agency files its report on the day of the dateline; a newspaper prints it that day or the next."""
    span = span_of(row)
    assert span is not None
    steps = span.points[0].steps

    def allowed(days: Days) -> Days:
        ends = _bounded(days)
        if ends is None:
            return days
        return union(
            (piece.start, plus(piece.start, 1)) for piece in readings(steps, plus(ends[0], -1), ends[1], conventions)
        )

    return Constraint(f"“{row['text']}” stands in the dateline", allowed)


# --- one expression --------------------------------------------------------------------------------------------------


def _of_time(row: Row, span: Span, deictic: bool, conventions: Conventions) -> Constraint | None:
    is_past = row["asserted"] == "past"
    words = f"“{row['text']}” is told as {'past' if is_past else 'ahead'}"
    if all(point.is_absolute for point in span.points):
        bound = _bound(row, span, is_past, conventions)
        return None if bound is None else Constraint(words, bound)
    if span.kind == "after" or (is_past and (span.end is not None or span.kind == "by")):
        return None
    point = span.points[-1]
    steps = point.steps
    if point.base or len(span.points) > 1:
        return None
    if is_past and deictic and [(step.unit, step.op) for step in steps] == [("day", "=")]:
        # Who writes "the 5th of this month" and goes on with "on the 14th" still speaks of this month.
        steps = (Step("month", "+", 0), *steps)
    if steps[0].unit in ("month", "year") and steps[0].op == "+" and steps[0].value == 0 and len(steps) > 1:
        return Constraint(words, lambda days: _in_running(steps, days, conventions, is_past=is_past))
    if point.recurs and steps[0].unit in ("month", "day", "season", "quarter"):
        return Constraint(words, lambda days: _recurring(steps, days, conventions, is_past=is_past))
    return None


def _is_day_of_this_month(span: Span) -> bool:
    shape = [(step.unit, step.op, step.value) for step in span.points[-1].steps]
    return len(shape) > 1 and shape[0] == ("month", "+", 0) and shape[1][0] == "day"


def _bound(row: Row, span: Span, is_past: bool, conventions: Conventions) -> Callable[[Days], Days] | None:
    """What happened in 2018 was written in 2018 or later; what is planned for 2018 in 2018 or before."""
    last = span.end or span.start
    if last is None or span.kind == "after" or (is_past and span.start is None):
        return None
    if not is_past and span.kind == "range" and span.end is None:
        return None
    found = resolve((Span(last, None, "point"),), None, row["direction"], conventions)
    if found.start is None or found.end is None:
        return None
    return fixed(found.start, None) if is_past else fixed(None, found.end)


def _bounded(days: Days) -> tuple[date, date] | None:
    ends = hull(days)
    return ends if ends is not None and (ends[1] - ends[0]).days <= _WIDEST else None


def _in_running(steps: Sequence[Step], days: Days, conventions: Conventions, *, is_past: bool) -> Days:
    """The 5th of this month: in every month the days from the 5th on (up to it, when it lies ahead)."""
    ends = _bounded(days)
    if ends is None:
        return days
    allowed = []
    for cell in _cells(steps[0].unit, *ends):
        piece: Period | None = cell
        for step in steps[1:]:
            piece = within(piece, step, conventions) if piece is not None else None
        if piece is not None:
            allowed.append((piece.start, cell.end) if is_past else (cell.start, piece.end))
    return union(allowed)


def _cells(unit: str, first: date, last: date) -> Iterator[Period]:
    months = range(1, 13) if unit == "month" else (1,)
    for year in range(first.year, last.year + 1):
        for month in months:
            cell = period(unit, date(year, month, 1))
            if cell.start <= last and cell.end >= first:
                yield cell


def _recurring(steps: Sequence[Step], days: Days, conventions: Conventions, *, is_past: bool) -> Days:
    """A date without a year, a day without a month.

    First the reading, then the bound: a reading is possible when some of the days lie near enough to it to leave the
    year away; and then it lies before (after) the writing, and less than a year: after that it is the next of its name.
    """
    ends = _bounded(days)
    unit = steps[0].unit
    if ends is None or unit not in conventions.windows:
        return days
    window = conventions.windows[unit]
    allowed = []
    for piece in readings(steps, plus(ends[0], -_YEAR), plus(ends[1], _YEAR), conventions):
        first, last = piece.start, piece.end
        near = (first, plus(last, window)) if is_past else (plus(first, -window), last)
        if not intersection(days, (near,)):
            continue
        if unit == "day":
            allowed.append(near)
        elif is_past:
            allowed.append((first, max(plus(same_day(first, 1), -1), near[1])))
        else:
            allowed.append((min(plus(same_day(last, -1), 1), near[0]), last))
    return union(allowed)


# --- the weekday of a date -------------------------------------------------------------------------------------------


def _of_ends(
    spans: Sequence[tuple[Row, Span]], sentences: Mapping[str, str], occasions: frozenset[str], conventions: Conventions
) -> Iterator[Constraint]:
    """ "Through July 5 ... a festival", "the festival ... until Sunday": that Sunday is July 5."""
    ends = [
        (row, span.end, _named_occasions(sentences.get(row["time_expression_id"], ""), occasions))
        for row, span in spans
        if row["asserted"] == "future" and span.kind == "range" and span.start is None and span.end is not None
    ]
    dates = [end for end in ends if [step.unit for step in end[1].steps] == ["month", "day"] and end[1].recurs]
    weekdays = [end for end in ends if [step.unit for step in end[1].steps] == ["weekday"] and end[1].recurs]
    for date_row, day, its_occasions in dates:
        for weekday_row, weekday, others in weekdays:
            if (noun := _shared(its_occasions, others)) is not None:
                words = f"“{date_row['text']}” and “{weekday_row['text']}” are the end of one {noun} that lies ahead"
                steps = (*day.steps, *weekday.steps)
                yield Constraint(words, _before_weekday(steps, conventions))


def _before_weekday(steps: Sequence[Step], conventions: Conventions) -> Callable[[Days], Days]:
    def allowed(days: Days) -> Days:
        ends = _bounded(days)
        if ends is None:
            return days
        window = conventions.windows["weekday"]
        found = readings(steps, ends[0], plus(ends[1], window), conventions)
        return union((plus(piece.start, -window), piece.end) for piece in found)

    return allowed


def _named_occasions(sentence: str, occasions: frozenset[str]) -> set[tuple[str, str]]:
    """The occasions a sentence names, each with the word before it."""
    words = ["", *(word.lower() for word in _WORD.findall(sentence))]
    return {(former, word) for former, word in pairwise(words) if word in occasions}


def _shared(first: set[tuple[str, str]], second: set[tuple[str, str]]) -> str | None:
    """The noun of an occasion that both name with the same word before it, or one of them as "the ..."."""
    pairs = (
        noun
        for former, noun in sorted(first)
        for other, same in sorted(second)
        if noun == same and (former == other or "the" in (former, other))
    )
    return next(pairs, None)
