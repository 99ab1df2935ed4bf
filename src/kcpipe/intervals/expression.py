"""The expressions of the grammar, read from and written as text."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Direction = Literal["past", "future", "either"]

CALENDAR_UNITS = ("century", "decade", "year", "half", "quarter", "month", "week", "weekend", "day")
_ABSOLUTE = ("century", "decade", "year")
_LETTERS = {
    "time": "P{}",
    "century": "P{}CE",
    "decade": "P{}DE",
    "year": "P{}Y",
    "half": "P{}H",
    "quarter": "P{}Q",
    "season": "P{}SE",
    "spring": "P{}SP",
    "summer": "P{}SU",
    "autumn": "P{}FA",
    "winter": "P{}WI",
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
ORDINALS = ("1", "2", "3", "4", "last")
ENDS = ("first", "last")
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
    "weekend": range(1, 2),
}
_WORDS = {"season": SEASONS, "daypart": DAY_PARTS, "part": PARTS}


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
    """Past, present or future without more; or a date that no calendar here has: before our era, of a fiscal year."""

    value: str

    @property
    def is_fiscal(self) -> bool:
        """Whether it is of a fiscal year."""
        return self.value.startswith("FY")


Alternative = Span | Length | Every | Reference
Expression = tuple[Alternative, ...]


_NOT_CALENDAR = re.compile(r"BC\d{2,4}(-(?:\d\d|SP|SU|FA|WI))?|FY(?:\d{4}|XXXX)(-[QH][1-4])?(?:_[A-Z]{3})?")
_STEP = re.compile(r"([a-z]+)(?:([=<>])(\w[\w:]*)|([+-]\d{1,5}))")
_LENGTH = re.compile(r"(X|\d{1,6}(?:\.\d{1,3})?) ([a-z]+)")


@lru_cache(maxsize=65_536)
def parse(symbolic: str) -> Expression:
    """The expression a symbolic value stands for.

    Raises ValueError for anything outside the grammar, also for values no calendar has (month=13, February 30).
    """
    return tuple(_alternative(part) for part in symbolic.split(" | "))


def _alternative(text: str) -> Alternative:
    if text in REFERENCES or _NOT_CALENDAR.fullmatch(text):
        return Reference(text)
    head, _, rest = text.partition(" ")
    if head in ("past", "coming"):
        length = _length(rest)
        return Length(length.count, length.unit, "past" if head == "past" else "coming")
    if head == "every":
        return Every(_length(rest) if _LENGTH.fullmatch(rest) else _point(rest))
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
    if unit == "holiday":  # whose names are data
        return Step(unit, op, value)
    if op == "=" and (_is_ordinal(unit, value) or _is_end(unit, value)):
        return Step(unit, op, value)
    if unit == "time":
        if not re.fullmatch(r"([01]\d|2[0-4]):[0-5]\dZ?", value):
            raise ValueError(f"not a time of day: {text!r}")
        return Step(unit, op, value)
    if unit not in _RANGES or not value.isdecimal() or int(value) not in _RANGES[unit]:
        raise ValueError(f"no such {unit}: {text!r}")
    return Step(unit, op, int(value))


def _is_ordinal(unit: str, value: str) -> bool:
    """week=2, week=last, weekday=1:last: the second week, the last Monday of what stands before."""
    if unit == "week":
        return value in ORDINALS
    weekday, _, ordinal = value.partition(":")
    return unit == "weekday" and weekday in "1234567" and ordinal in ORDINALS


def _is_end(unit: str, value: str) -> bool:
    """first=9:month, last=10:day: the first nine months, the last ten days of what stands before."""
    return unit in ENDS and value.partition(":")[0].isdecimal() and value.partition(":")[2] in CALENDAR_UNITS


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


def template(expression: Expression) -> str | None:
    """The TIMEX3 value as far as the words alone give it, X for what they leave open: XXXX-06-23, XXXX-WXX-3."""
    values = {_template(alternative) for alternative in expression}
    return values.pop() if len(values) == 1 else None


def _template(alternative: Alternative) -> str:
    if isinstance(alternative, Reference):
        return alternative.value.removeprefix("FY").partition("_")[0] if alternative.is_fiscal else alternative.value
    if isinstance(alternative, Length):
        return length_value(alternative.count or "X", alternative.unit)
    if isinstance(alternative, Every):
        return _template(alternative.of) if isinstance(alternative.of, Length) else _point_template(alternative.of)
    return "/".join(map(_point_value, alternative.points))


def _point_value(point: Point) -> str:
    """Two days after something that happened, the first nine months of a year: TIMEX3 has the length."""
    last = point.steps[-1]
    if point.base == "event":
        return length_value(str(abs(int(last.value))), last.unit)
    return length_value(*str(last.value).split(":")) if last.unit in ENDS else _point_template(point)


def length_value(count: str, unit: str) -> str:
    """A length of time as TIMEX3 has it: P9M."""
    return _LETTERS[unit].format(count)


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
        elif step.unit == "holiday":
            value = f"{known['year']}-XX-XX"
        elif step.unit == "weekday":
            value = value if value[-1].isdecimal() and value.count("-") == 2 else f"XXXX-WXX-{str(step.value)[0]}"
        elif step.unit in ("week", "weekend"):
            value = "XXXX-WXX-WE" if step.unit == "weekend" else "XXXX-WXX"
        elif step.unit == "decade":
            value = f"{int(step.value) // 10:03}" if step.op == "=" else "XXX"
        elif step.unit == "century":
            value = f"{int(step.value) - 1:02}" if step.op == "=" else "XX"
        elif step.unit in ("daypart", "time"):
            value = f"{value}T{step.value}"
    return value
