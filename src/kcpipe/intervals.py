"""Calendar arithmetic, and the grammar of `symbolic_value`: what words of time say before any anchor is known.

The grammar (terminals in quotes; one blank between words)::

    expression = alternative { " | " alternative }     the text leaves open which: "05/07/2015"
    alternative= span | past | every | length | reference
    span       = point                                 some day of it (or all of it: the words do not tell)
               | point ".." point                      from the first day of one to the last day of the other
               | point ".."  |  ".." point             open: "since 1959", "until Sunday"
               | "by " point | "after " point          some day not after it, not before it
    point      = [ "then " | "event " ] step { " " step }
    step       = unit "=" value                        the one of that name or number: month=5, weekday=3, season=WI
               | unit ("+" | "-") count                counted from what stands before it: year-1, month+0, day+9
               | unit ("<" | ">") value                the last one, the next one: month<12 is "last December"
    past       = ("past " | "coming ") length          a stretch that ends or begins at the anchor: "the past decade"
    every      = "every " (length | step)              a set: "every Monday" is every weekday=1
    length     = (count | "X") " " unit                64 year; X when the words give no number
    reference  = "PAST_REF" | "PRESENT_REF" | "FUTURE_REF"

Steps are read from left to right, each inside (=) or from (+ -) what the former ones gave: `year-1 month=5` is May of
the year before the anchor's, `month+0 day=5` the fifth of the anchor's month. A first step `year=`, `decade=` or
`century=` needs no anchor. Any other first `=` is a date without a year, a day without a month, a weekday: it recurs,
and the direction and the conventions (how far from its writing such a date may lie) say which one is meant. `then`
counts from, or selects inside, another expression of the text; `event` counts from something that happened and has
no date here. `part=early|mid|late|start|end` cuts the former step by convention; `weekday=` after a day checks it.

Everything is monotone in the anchor: a later anchor never gives an earlier answer. So an anchor that is itself an
interval is dealt with by its two ends. Nothing here reads a clock or a file; conventions are passed in.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple

Direction = Literal["past", "future", "either"]
DAY = timedelta(days=1)

CALENDAR_UNITS = ("century", "decade", "year", "half", "quarter", "month", "week", "weekend", "day")
_ABSOLUTE = ("century", "decade", "year")
_MONTHS = {"century": 1200, "decade": 120, "year": 12, "half": 6, "quarter": 3, "month": 1}
_PRECISION = {"weekend": "interval", "weekday": "day", "daypart": "day", "time": "minute", "part": "interval"}
_LETTERS = {
    "century": "P{}CE",
    "decade": "P{}DE",
    "year": "P{}Y",
    "half": "P{}H",
    "quarter": "P{}Q",
    "season": "P{}SE",
    "month": "P{}M",
    "week": "P{}W",
    "weekend": "P{}WE",
    "day": "P{}D",
    "hour": "PT{}H",
    "minute": "PT{}M",
    "second": "PT{}S",
}
SEASONS = ("SP", "SU", "FA", "WI")
DAY_PARTS = ("MO", "MI", "AF", "EV", "NI", "DT")
PARTS = ("start", "early", "mid", "late", "end")
REFERENCES = ("PAST_REF", "PRESENT_REF", "FUTURE_REF")
_RANGES = {
    "month": range(1, 13),
    "day": range(1, 32),
    "weekday": range(1, 8),
    "half": range(1, 3),
    "quarter": range(1, 5),
    "year": range(1, 10_000),
    "decade": range(10, 10_000, 10),
    "century": range(2, 101),
}
_WORDS = {"season": SEASONS, "daypart": DAY_PARTS, "part": PARTS}


class Interval(NamedTuple):
    """Inclusive days; a null bound is open."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the language leaves to custom; see data/date_words.toml for each one's reason."""

    windows: Mapping[str, int]
    """For a recurring first step, by its unit: days from the anchor within which it is taken to lie."""
    parts: Mapping[str, Mapping[str, Sequence[int]]]
    """unit -> part -> first and last of its days (month, week), months (year, season) or years (decade, century)."""
    seasons: Mapping[str, int]
    """First month of each season of three months."""

    @classmethod
    def of(cls, rules: Mapping[str, Any]) -> Conventions:
        """From the section `conventions` of the lexicon `date_words`."""
        section = rules["conventions"]
        return cls(
            {unit: entry["days"] for unit, entry in section["windows"].items()},
            {unit: entry["cuts"] for unit, entry in section["parts"].items()},
            section["seasons"]["first_month"],
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a point: `op` is =, <, > with a value, or + with a signed count."""

    unit: str
    op: str
    value: int | str


@dataclass(frozen=True, slots=True)
class Point:
    """Steps from an anchor, or from the beginning of our era."""

    steps: tuple[Step, ...]
    base: Literal["", "then", "event"] = ""

    @property
    def unit(self) -> str:
        """The unit of its last step."""
        return self.steps[-1].unit

    @property
    def is_absolute(self) -> bool:
        """Whether it needs no anchor."""
        return not self.base and self.steps[0].unit in _ABSOLUTE and self.steps[0].op == "="

    @property
    def recurs(self) -> bool:
        """Whether direction and conventions choose among several: a date without a year, a weekday."""
        return not self.base and self.steps[0].op == "=" and not self.is_absolute


@dataclass(frozen=True, slots=True)
class Span:
    """A point, or what lies between two, or on one side of one."""

    start: Point | None
    end: Point | None
    kind: Literal["point", "range", "by", "after"]

    @property
    def points(self) -> tuple[Point, ...]:
        """Its one or two points."""
        if self.kind == "point":
            return (self.start,) if self.start else ()
        return tuple(point for point in (self.start, self.end) if point)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time; `count` None is unknown. `side` tells a stretch that ends or begins at the anchor."""

    count: str | None
    unit: str
    side: Literal["", "past", "coming"] = ""


@dataclass(frozen=True, slots=True)
class Every:
    """A set of times."""

    of: Length | Point


@dataclass(frozen=True, slots=True)
class Reference:
    """Past, present or future without more."""

    value: str


Alternative = Span | Length | Every | Reference
Expression = tuple[Alternative, ...]


class Resolution(NamedTuple):
    """What a symbolic value comes to: bounds, or a reason why there are none."""

    start: date | None
    end: date | None
    precision: str
    extent: str | None
    value: str | None
    reason: str | None


# ---------------------------------------------------------------------------------------------------- reading

_STEP = re.compile(r"([a-z]+)(?:([=<>])(\w[\w:]*)|([+-]\d{1,5}))")
_LENGTH = re.compile(r"(X|\d{1,6}(?:\.\d{1,3})?) ([a-z]+)")


@lru_cache(maxsize=65_536)
def parse(symbolic: str) -> Expression:
    """The expression a symbolic value stands for.

    Raises ValueError for anything outside the grammar, also for values no calendar has (month=13, February 30).
    """
    return tuple(_alternative(part) for part in symbolic.split(" | "))


def _alternative(text: str) -> Alternative:
    if text in REFERENCES:
        return Reference(text)
    head, _, rest = text.partition(" ")
    if head in ("past", "coming"):
        length = _length(rest)
        return Length(length.count, length.unit, "past" if head == "past" else "coming")
    if head == "every":
        return Every(_length(rest) if _LENGTH.fullmatch(rest) else Point((_step(rest),)))
    if _LENGTH.fullmatch(text):
        return _length(text)
    if head == "by":
        return Span(None, _point(rest), "by")
    if head == "after":
        return Span(_point(rest), None, "after")
    start, dots, end = text.partition("..")
    if not dots:
        return Span(_point(text), None, "point")
    if not start and not end:
        raise ValueError(f"a range without ends: {text!r}")
    return Span(_point(start) if start else None, _point(end) if end else None, "range")


def _length(text: str) -> Length:
    found = _LENGTH.fullmatch(text)
    if not found or found[2] not in _LETTERS:
        raise ValueError(f"not a length of time: {text!r}")
    return Length(None if found[1] == "X" else found[1], found[2])


def _point(text: str) -> Point:
    base: Literal["", "then", "event"] = ""
    for word in ("then", "event"):
        if text.startswith(f"{word} "):
            base, text = word, text[len(word) + 1 :]
    steps = tuple(_step(step) for step in text.split(" "))
    for former, step in pairwise(steps):
        is_date = former.unit == "month" and step.unit == "day" and former.op == step.op == "="
        # 29 February is a day of some years; which ones is seen when it is resolved.
        if is_date and int(step.value) > calendar.monthrange(2024, int(former.value))[1]:
            raise ValueError(f"no such day: {text!r}")
        if step.op in "<>":
            raise ValueError(f"only the first step can be the last or next one: {text!r}")
    return Point(steps, base)


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if not found:
        raise ValueError(f"not a step: {text!r}")
    unit, op, value, count = found.groups()
    if count is not None:
        if unit not in CALENDAR_UNITS:
            raise ValueError(f"cannot be counted on a calendar: {text!r}")
        return Step(unit, "+", int(count))
    if unit in _WORDS:
        if value not in _WORDS[unit]:
            raise ValueError(f"not a {unit}: {text!r}")
        return Step(unit, op, value)
    if unit == "time":
        if not re.fullmatch(r"([01]\d|2[0-4]):[0-5]\dZ?", value):
            raise ValueError(f"not a time of day: {text!r}")
        return Step(unit, op, value)
    if unit not in _RANGES or not value.isdecimal() or int(value) not in _RANGES[unit]:
        raise ValueError(f"no such {unit}: {text!r}")
    return Step(unit, op, int(value))


def write(expression: Expression) -> str:
    """The symbolic value of an expression; `parse` gives the expression back."""
    return " | ".join(map(_written, expression))


def _written(part: Alternative | Point) -> str:
    if isinstance(part, Reference):
        return part.value
    if isinstance(part, Length):
        return " ".join(word for word in (part.side, part.count or "X", part.unit) if word)
    if isinstance(part, Every):
        return f"every {_written(part.of)}"
    if isinstance(part, Point):
        steps = (f"{s.unit}{s.value:+}" if s.op == "+" else f"{s.unit}{s.op}{s.value}" for s in part.steps)
        return " ".join([part.base, *steps] if part.base else steps)
    ends = [_written(point) if point else "" for point in (part.start, part.end)]
    if part.kind == "range":
        return "..".join(ends)
    return ends[0] + ends[1] if part.kind == "point" else f"{part.kind} {ends[0] or ends[1]}"


def named(expression: Expression) -> Expression:
    """The date that stands in the words, without the openness around it: 1959 in "since 1959"; else the same."""
    first = expression[0]
    if len(expression) > 1 or not isinstance(first, Span) or len(first.points) > 1:
        return expression
    return (Span(first.points[0], None, "point"),)


def in_story(expression: Expression) -> Expression:
    """The same, each of its recurring points to be found inside another expression of the text."""
    return tuple(
        replace(part, start=_then(part.start), end=_then(part.end)) if isinstance(part, Span) else part
        for part in expression
    )


def _then(point: Point | None) -> Point | None:
    return replace(point, base="then") if point and point.recurs else point


# ---------------------------------------------------------------------------------------------------- calendar


@dataclass(frozen=True, slots=True)
class Period:
    """A piece of the calendar with its unit and its TIMEX3 value."""

    unit: str
    start: date
    end: date
    value: str


def period(unit: str, day: date) -> Period:
    """The century, decade, year, half, quarter, month, week, weekend or day that the day lies in.

    A week is Monday to Sunday and named by its ISO number; the weekend is that of the day's week.
    """
    if unit == "day":
        return Period(unit, day, day, day.isoformat())
    if unit in ("week", "weekend"):
        monday = day - timedelta(days=day.weekday())
        iso = monday.isocalendar()
        name = f"{iso.year:04}-W{iso.week:02}"
        if unit == "week":
            return Period(unit, monday, monday + 6 * DAY, name)
        return Period(unit, monday + 5 * DAY, monday + 6 * DAY, f"{name}-WE")
    if unit == "century":
        # The 21st century is 2001-2100 by count; TIMEX3 and common use take the years that begin with 20.
        return _months(unit, day.year // 100 * 100, 1)
    if unit == "decade":
        return _months(unit, day.year // 10 * 10, 1)
    size = _MONTHS[unit]
    return _months(unit, day.year, (day.month - 1) // size * size + 1)


def _months(unit: str, year: int, month: int, size: int = 0, value: str = "") -> Period:
    size = size or _MONTHS[unit]
    last_year, last_month = year + (month - 2 + size) // 12, (month - 2 + size) % 12 + 1
    start = date(max(year, 1), month, 1)
    end = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    names = {
        "century": f"{year // 100:02}",
        "decade": f"{year // 10:03}",
        "year": f"{year:04}",
        "half": f"{year:04}-H{(month + 5) // 6}",
        "quarter": f"{year:04}-Q{(month + 2) // 3}",
        "month": f"{year:04}-{month:02}",
    }
    return Period(unit, start, end, value or names[unit])


def shift(unit: str, day: date, count: int) -> Period:
    """The period of that unit `count` periods after (before, when negative) the one the day lies in."""
    here = period(unit, day)
    if unit in ("day", "week", "weekend"):
        return period(unit, here.start + count * (1 if unit == "day" else 7) * DAY)
    year, month = divmod(here.start.year * 12 + here.start.month - 1 + count * _MONTHS[unit], 12)
    return period(unit, date(year, month + 1, 1))


def add_length(day: date, count: float, unit: str) -> date:
    """The day so many units later (negative: earlier), the day of the month cut to what the month has."""
    if unit in ("day", "week"):
        return day + timedelta(days=round(count * (7 if unit == "week" else 1)))
    year, month = divmod(day.year * 12 + day.month - 1 + round(count * _MONTHS[unit]), 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _occurrences(step: Step, start: date, end: date, conventions: Conventions) -> Iterator[Period]:
    """The periods a `=` step names whose first day lies in start..end, in order."""
    unit = step.unit
    if unit == "weekday":
        day = start + timedelta(days=(int(step.value) - start.isoweekday()) % 7)
        while day <= end:
            yield period("day", day)
            day += 7 * DAY
        return
    for year in range(start.year, end.year + 1):
        if unit == "day":
            months = range(1, 13)
            found = [
                period("day", date(year, month, int(step.value)))
                for month in months
                if int(step.value) <= calendar.monthrange(year, month)[1]
            ]
        elif unit == "season":
            name = str(step.value)
            found = [_months("season", year, conventions.seasons[name], 3, f"{year:04}-{name}")]
        elif unit in ("half", "quarter", "month"):
            found = [_months(unit, year, (int(step.value) - 1) * _MONTHS[unit] + 1)]
        else:
            return
        yield from (piece for piece in found if start <= piece.start <= end)


def _within(container: Period, step: Step, conventions: Conventions) -> Period | None:
    """What the step makes of the container; None when it names nothing, or more than one thing, in it."""
    unit = step.unit
    if step.op == "+":
        return shift(unit, container.start, int(step.value))
    if unit == "part":
        return _part(container, str(step.value), conventions)
    if unit in ("daypart", "time"):
        if container.start != container.end:
            return None
        return Period(unit, container.start, container.end, f"{container.value}T{step.value}")
    if unit == "weekday" and container.start == container.end:
        return container if container.start.isoweekday() == step.value else None
    inside = list(_occurrences(step, container.start, container.end, conventions))
    return inside[0] if len(inside) == 1 else None


def _part(container: Period, name: str, conventions: Conventions) -> Period | None:
    cuts = conventions.parts.get(container.unit)
    if cuts is None:
        return None
    first, last = cuts[name]
    start, end = container.start, container.end
    if container.unit in ("month", "week"):
        begin, finish = start + (first - 1) * DAY, min(start + (last - 1) * DAY, end)
    else:
        months = 12 if container.unit in ("decade", "century") else 1
        begin = add_length(start, (first - 1) * months, "month")
        finish = min(add_length(start, last * months, "month") - DAY, end)
    return Period("part", begin, finish, container.value)


# ---------------------------------------------------------------------------------------------------- resolving


class _UnclearError(Exception):
    """There is no one honest answer; the argument is the reason."""


def resolve(
    expression: Expression, anchor: Interval | None, direction: Direction, conventions: Conventions
) -> Resolution:
    """The interval of an expression.

    anchor: the days the words may be counted from (both bounds, or it counts as none); None when nothing is known.
    direction: the side of the anchor on which a recurring date lies. Returns bounds with precision, extent and
    TIMEX3 value, or null bounds with the reason: no_publication_date (it needs an anchor and there is none),
    ambiguous_direction (more than one date fits, or none, for a known anchor), vague (the words or the anchor are
    too wide), not_calendar (lengths, sets).
    """
    answers = {_resolve(alternative, anchor, direction, conventions) for alternative in expression}
    if len(answers) == 1:
        return answers.pop()
    reasons = {answer.reason for answer in answers}
    return _unresolved(expression, reasons.pop() if len(reasons) == 1 and None not in reasons else "vague")


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
        raise _UnclearError("vague" if isinstance(alternative, Reference) else "not_calendar")
    except _UnclearError as unclear:
        return _unresolved((alternative,), str(unclear))
    except (OverflowError, ValueError):  # the answer lies outside the years 1 to 9999
        return _unresolved((alternative,), "vague")


def _known(anchor: Interval | None) -> tuple[date, date]:
    if anchor is None or anchor.start is None or anchor.end is None:
        raise _UnclearError("no_publication_date")
    return anchor.start, anchor.end


def _resolve_stretch(length: Length, anchor: tuple[date, date]) -> Resolution:
    if length.count is None or length.unit not in (*_MONTHS, "week", "day") or anchor[0] != anchor[1]:
        raise _UnclearError("vague")
    here, size = anchor[0], float(length.count)
    bounds = (add_length(here, -size, length.unit), here)
    if length.side == "coming":
        bounds = (here, add_length(here, size, length.unit))
    return Resolution(*bounds, "interval", "throughout", template((length,)), None)


def _resolve_span(span: Span, anchor: Interval | None, direction: Direction, conventions: Conventions) -> Resolution:
    found = [_resolve_point(span.points[0], anchor, direction, conventions)]
    for point in span.points[1:]:
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
        return _walk(_months(step.unit, year, 1), point.steps[1:], conventions)
    first, last = _known(anchor)
    if point.recurs:
        return _recurring(point.steps, first, last, direction, conventions)
    if point.base and point.steps[0].op == "=":
        return _walk(Period("interval", first, last, ""), point.steps, conventions)
    answers = [_from_day(point.steps, day, conventions) for day in (first, last)]
    if answers[0] == answers[1]:
        return answers[0]
    if any(step.op != "+" for step in point.steps):
        # A May, a Wednesday of several possible years or weeks: the days between them are not meant.
        raise _UnclearError("vague")
    return Period("interval", answers[0].start, answers[1].end, "")


def _walk(here: Period, steps: Sequence[Step], conventions: Conventions) -> Period:
    for step in steps:
        inside = _within(here, step, conventions)
        if inside is None:
            raise _UnclearError("vague")
        here = inside
    return here


def _from_day(steps: Sequence[Step], day: date, conventions: Conventions) -> Period:
    first = steps[0]
    if first.op == "+":
        return _walk(shift(first.unit, day, int(first.value)), steps[1:], conventions)
    # "last March" is the latest one for some writers and last year's for others (so "last Friday", by weeks):
    # answered when both say the same.
    before = first.op == "<"
    cycle = "week" if first.unit == "weekday" else "year"
    named = Step(first.unit, "=", first.value)
    far = 800 * DAY
    around = _occurrences(named, day - far, day + far, conventions)
    if before:
        nearest = [piece for piece in around if piece.end < day][-1]
    else:
        nearest = next(piece for piece in around if piece.start > day)
    customary = _within(shift(cycle, day, -1 if before else 1), named, conventions)
    if nearest != customary:
        raise _UnclearError("vague")
    return _walk(nearest, steps[1:], conventions)


def _recurring(
    steps: Sequence[Step], first: date, last: date, direction: Direction, conventions: Conventions
) -> Period:
    """The one occurrence that the direction and the window of its unit allow for some day of first..last."""
    window = timedelta(days=conventions.windows.get(steps[0].unit, -1))
    if window < timedelta():
        raise _UnclearError("vague")
    margin = window + 100 * DAY
    fitting = []
    for piece in _occurrences(steps[0], first - margin, last + margin, conventions):
        try:
            answer = _walk(piece, steps[1:], conventions)
        except _UnclearError:  # no 29 February in that year; that day is no Wednesday
            continue
        is_past = answer.start <= last and answer.end + window >= first
        is_future = answer.end >= first and answer.start - window <= last
        if (is_past and direction != "future") or (is_future and direction != "past"):
            fitting.append(answer)
    if len(fitting) == 1:
        return fitting[0]
    raise _UnclearError("ambiguous_direction" if first == last or not fitting else "vague")


# ---------------------------------------------------------------------------------------------------- writing


def template(expression: Expression) -> str | None:
    """The TIMEX3 value as far as the words alone give it, X for what they leave open: XXXX-06-23, XXXX-WXX-3."""
    values = {_template(alternative) for alternative in expression}
    return values.pop() if len(values) == 1 else None


def _template(alternative: Alternative) -> str:
    if isinstance(alternative, Reference):
        return alternative.value
    if isinstance(alternative, Length):
        return _LETTERS[alternative.unit].format(alternative.count or "X")
    if isinstance(alternative, Every):
        return _template(alternative.of) if isinstance(alternative.of, Length) else _point_template(alternative.of)
    return "/".join(_point_template(point) for point in alternative.points)


def _point_template(point: Point) -> str:
    known: dict[str, str] = {"year": "XXXX", "month": "XX"}
    value = "XXXX-XX-XX"
    for step in point.steps:
        number = f"{step.value:02}" if step.op != "+" and isinstance(step.value, int) else "XX"
        if step.unit == "year":
            known["year"] = f"{step.value:04}" if step.op == "=" else "XXXX"
            value = known["year"]
        elif step.unit == "month":
            known["month"] = number
            value = f"{known['year']}-{number}"
        elif step.unit == "day":
            value = f"{known['year']}-{known['month']}-{number}" if number != "XX" else "XXXX-XX-XX"
        elif step.unit in ("half", "quarter"):
            value = f"{known['year']}-{step.unit[0].upper()}{step.value if step.op != '+' else 'X'}"
        elif step.unit == "season":
            value = f"{known['year']}-{step.value}"
        elif step.unit == "weekday":
            value = value if value[-1].isdecimal() and value.count("-") == 2 else f"XXXX-WXX-{step.value}"
        elif step.unit in ("week", "weekend"):
            value = "XXXX-WXX-WE" if step.unit == "weekend" else "XXXX-WXX"
        elif step.unit == "decade":
            value = f"{int(step.value) // 10:03}" if step.op == "=" else "XXX"
        elif step.unit == "century":
            value = f"{int(step.value) - 1:02}" if step.op == "=" else "XX"
        elif step.unit in ("daypart", "time"):
            value = f"{value}T{step.value}"
    return value
