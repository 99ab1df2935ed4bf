"""From an expression and an anchor to an interval, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from kcpipe.intervals.expression import (
    REFERENCES,
    Alternative,
    Direction,
    Expression,
    Length,
    Point,
    Reference,
    Span,
    Step,
    template,
)
from kcpipe.intervals.periods import (
    DAY,
    MONTHS,
    Conventions,
    Period,
    add_length,
    months_from,
    occurrences,
    shift,
    within,
)

_LONGEST_ANCHOR = timedelta(days=366)
"""What is counted from an anchor known only to within more than a year tells nothing."""
_NEAR = 7
"""Of two possible days at most a week apart (this Wednesday, the one before) the interval still tells something."""
_PRECISION = {"weekend": "interval", "weekday": "day", "daypart": "day", "time": "minute", "part": "interval"}


class Interval(NamedTuple):
    """Inclusive days; a null bound is open."""

    start: date | None
    end: date | None


class Resolution(NamedTuple):
    """What a symbolic value comes to: bounds, or a reason why there are none."""

    start: date | None
    end: date | None
    precision: str
    extent: str | None
    value: str | None
    reason: str | None


class _UnclearError(Exception):
    """There is no one honest answer; the argument is the reason."""


class _NoFitError(_UnclearError):
    """On that day the words could not have been written: nothing they can mean lies on their side of it."""


def resolve(
    expression: Expression, anchor: Interval | None, direction: Direction, conventions: Conventions
) -> Resolution:
    """The interval of an expression.

    anchor: the days the words may be counted from (both bounds, or it counts as none); None when nothing is known.
    direction: the side of the anchor on which a recurring date lies. Returns bounds with precision, extent and
    TIMEX3 value, or null bounds with the reason: no_publication_date (it needs an anchor and there is none),
    ambiguous_direction (more than one date fits, or none, for a known anchor), ambiguous_order (the words are two
    dates, month first or day first, and both lie on the side of the direction), vague (the words or the anchor are
    too wide), not_calendar (lengths, sets).

    An anchor of several days gives what all its days together give: one answer when they agree; from the first to
    the last when they touch or are two at most a week apart (precision `interval`); else `vague`. Days on which
    the words could not have been written say nothing.
    """
    answers = {_resolve(alternative, anchor, direction, conventions) for alternative in expression}
    if len(answers) > 1 and anchor is not None:
        answers = {answer for answer in answers if _is_on_side(answer, anchor, direction)} or answers
    if len(answers) == 1:
        return answers.pop()
    reasons = {answer.reason for answer in answers}
    reason = "ambiguous_order" if None in reasons else "vague" if len(reasons) > 1 else reasons.pop()
    return _unresolved(expression, reason)


def _is_on_side(answer: Resolution, anchor: Interval, direction: Direction) -> bool:
    """Whether a date can be told as past, or as ahead, on one of the anchor's days."""
    if direction == "past":
        return anchor.end is None or answer.start is None or answer.start <= anchor.end
    return direction == "either" or anchor.start is None or answer.end is None or answer.end >= anchor.start


def _unresolved(expression: Expression, reason: str | None) -> Resolution:
    return Resolution(None, None, "unknown", None, template(expression), reason)


def _resolve(
    alternative: Alternative, anchor: Interval | None, direction: Direction, conventions: Conventions
) -> Resolution:
    try:
        if isinstance(alternative, Span):
            return _resolve_span(alternative, anchor, direction, conventions)
        if isinstance(alternative, Length) and alternative.side:
            return _resolve_stretch(alternative, _known(anchor))
        if isinstance(alternative, Reference) and alternative.is_fiscal:
            return _resolve_fiscal(alternative, conventions)
        is_vague = isinstance(alternative, Reference) and alternative.value in REFERENCES
        raise _UnclearError("vague" if is_vague else "not_calendar")
    except _UnclearError as unclear:
        return _unresolved((alternative,), str(unclear))
    except (OverflowError, ValueError):  # the answer lies outside the years 1 to 9999
        return _unresolved((alternative,), "vague")


def _resolve_fiscal(reference: Reference, conventions: Conventions) -> Resolution:
    """The days of a government's fiscal year or a part of it; of whose year is not known, none."""
    name, _, code = reference.value.removeprefix("FY").partition("_")
    year, _, part = name.partition("-")
    counted = conventions.fiscal_years.get(code)
    found = counted.period(int(year), part) if counted and year.isdecimal() else None
    if found is None:
        raise _UnclearError("not_calendar")
    return Resolution(found.start, found.end, "interval", "within", found.value, None)


def _known(anchor: Interval | None) -> tuple[date, date]:
    if anchor is None or anchor.start is None or anchor.end is None:
        raise _UnclearError("no_publication_date")
    return anchor.start, anchor.end


def _resolve_stretch(length: Length, anchor: tuple[date, date]) -> Resolution:
    if length.count is None or length.unit not in (*MONTHS, "week", "day"):
        raise _UnclearError("vague")
    first, last = anchor
    size = float(length.count)
    if length.side == "coming":
        bounds, whole = (first, add_length(last, size, length.unit)), add_length(first, size, length.unit)
        is_clear = last <= whole
    else:
        bounds, whole = (add_length(first, -size, length.unit), last), add_length(last, -size, length.unit)
        is_clear = whole <= first
    if not is_clear:  # the anchor is wider than the stretch
        raise _UnclearError("vague")
    extent = "throughout" if first == last else "within"
    return Resolution(*bounds, "interval", extent, template((length,)), None)


def _resolve_span(span: Span, anchor: Interval | None, direction: Direction, conventions: Conventions) -> Resolution:
    found = [_resolve_point(span.points[0], anchor, direction, conventions)]
    for point in span.points[1:]:
        if point.recurs and not found[0].value:  # which beginning it follows is not known
            raise _UnclearError("vague")
        # "From October to March": the end is the first one after the beginning.
        base, side = (Interval(found[0].start, found[0].start), "future") if point.recurs else (anchor, direction)
        found.append(_resolve_point(point, base, side, conventions))
    precision = _PRECISION.get(found[0].unit, found[0].unit)
    value = found[0].value or None
    if span.kind == "point":
        return Resolution(found[0].start, found[0].end, precision, "within", value, None)
    if len(found) == 2:
        if found[0].start > found[1].end:
            raise _UnclearError("ambiguous_direction")
        value = f"{found[0].value}/{found[1].value}"
        return Resolution(found[0].start, found[1].end, "interval", "throughout", value, None)
    extent = "throughout" if span.kind == "range" else "within"
    if span.start:
        return Resolution(found[0].start, None, precision, extent, value, None)
    return Resolution(None, found[0].end, precision, extent, value, None)


def _resolve_point(point: Point, anchor: Interval | None, direction: Direction, conventions: Conventions) -> Period:
    if point.base == "event":
        raise _UnclearError("vague")
    if point.is_absolute:
        step = point.steps[0]
        year = (int(step.value) - 1) * 100 if step.unit == "century" else int(step.value)
        return _walk(months_from(step.unit, year, 1), point.steps[1:], conventions)
    first, last = _known(anchor)
    if point.base and point.steps[0].op == "=":
        return _walk(Period("interval", first, last, ""), point.steps, conventions)
    if last - first > _LONGEST_ANCHOR:
        raise _UnclearError("vague")
    if all(step.op == "+" for step in point.steps):  # monotone, without gaps: the two ends say it
        return _joined([_from_day(point, day, conventions) for day in (first, last)])
    return _over_days(point, first, last, direction, conventions)


def _over_days(point: Point, first: date, last: date, direction: Direction, conventions: Conventions) -> Period:
    """What all the days of first..last together give."""
    answers: list[Period] = []
    for count in range((last - first).days + 1):
        day = first + count * DAY
        try:
            if point.recurs:
                answer = _recurring(point.steps, day, direction, conventions)
            else:
                answer = _from_day(point, day, conventions)
        except _NoFitError:
            continue
        except _UnclearError as unclear:
            raise _UnclearError(str(unclear) if first == last else "vague") from None
        if not answers or answer != answers[-1]:
            answers.append(answer)
    if not answers:
        raise _UnclearError("ambiguous_direction")
    ordered = sorted(set(answers), key=lambda answer: answer.start)
    gaps = [(after.start - before.end).days for before, after in pairwise(ordered)]
    if max(gaps, default=0) > 1 and (len(gaps) > 1 or gaps[0] > _NEAR):
        raise _UnclearError("vague")
    return _joined(ordered)


def _joined(answers: Sequence[Period]) -> Period:
    """One answer when all agree, else from the first to the last; answers in order."""
    if all(answer == answers[0] for answer in answers):
        return answers[0]
    return Period("interval", answers[0].start, max(answer.end for answer in answers), "")


def _walk(here: Period, steps: Sequence[Step], conventions: Conventions) -> Period:
    for step in steps:
        inside = within(here, step, conventions)
        if inside is None:
            raise _UnclearError("vague")
        here = inside
    return here


def _from_day(point: Point, day: date, conventions: Conventions) -> Period:
    first, rest = point.steps[0], point.steps[1:]
    if first.op == "+":
        return _walk(shift(first.unit, day, int(first.value)), rest, conventions)
    # "last March" is the latest one for some writers and last year's for others (so "last Friday", by weeks):
    # answered when both say the same, or the latest one is no longer near.
    before = first.op == "<"
    cycle = "week" if first.unit == "weekday" else "year"
    named = Step(first.unit, "=", first.value)
    far = (14 if cycle == "week" else 800) * DAY
    if before:
        nearest = [piece for piece in occurrences(named, day - far, day, conventions) if piece.end < day][-1]
    else:
        nearest = next(occurrences(named, day + DAY, day + far, conventions))
    customary = within(shift(cycle, day, -1 if before else 1), named, conventions)
    distance = day - nearest.end if before else nearest.start - day
    is_near = cycle == "week" or distance.days < conventions.near_months
    if nearest != customary and is_near and not point.base:  # but "the following Friday" is the one after
        raise _UnclearError("vague")
    return _walk(nearest, rest, conventions)


def _recurring(steps: Sequence[Step], day: date, direction: Direction, conventions: Conventions) -> Period:
    """The one occurrence that the direction and the window of its unit allow for a day."""
    window = conventions.windows.get(steps[0].unit, -1)
    if window < 0:
        raise _UnclearError("vague")
    length = timedelta(days=window)
    fitting = []
    for answer in readings(steps, day - length, day + length, conventions):
        is_past = answer.start <= day <= answer.end + length
        is_future = answer.start - length <= day <= answer.end
        if (is_past and direction != "future") or (is_future and direction != "past"):
            fitting.append(answer)
    if len(fitting) == 1:
        return fitting[0]
    raise _UnclearError("ambiguous_direction") if fitting else _NoFitError("ambiguous_direction")


def readings(steps: Sequence[Step], first: date, last: date, conventions: Conventions) -> list[Period]:
    """What a recurring date can mean: its occurrences that touch first..last, and perhaps some around, in order."""
    is_day = steps[0].unit in ("day", "weekday") and all(step.op == "=" for step in steps)
    margin = (0 if is_day else 200) * DAY  # longer than any of them: it is found by its first day
    early = first - margin if first - date.min > margin else date.min
    late = last + margin if date.max - last > margin else date.max
    found = []
    for piece in occurrences(steps[0], early, late, conventions):
        try:
            found.append(_walk(piece, steps[1:], conventions))
        except _UnclearError:  # no 29 February in that year; that day is no Wednesday
            continue
    return found
