"""Pieces of the calendar: the month a day lies in, the week after, the early part of it."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from kcpipe.intervals.expression import ENDS, Step, length_value

DAY = timedelta(days=1)
MONTHS = {"century": 1200, "decade": 120, "year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A government's: its first month, whether its last calendar year names it, the first one so counted."""

    first_month: int
    is_named_by_end: bool
    since: int

    def period(self, year: int, part: str) -> Period | None:
        """The fiscal year of that number or its part ("Q3", "H1"); None for one before it was counted so."""
        if year < self.since:
            return None
        size = {"": 12, "Q": 3, "H": 6}[part[:1]]
        months = (int(part[1:] or 1) - 1) * size + self.first_month - 1
        first = year - (self.is_named_by_end and self.first_month > 1) + months // 12
        return months_from("year", first, months % 12 + 1, size, f"{year:04}-{part}" if part else f"{year:04}")


@dataclass(frozen=True, slots=True, eq=False)
class Conventions:
    """What the language leaves to custom; see data/date_words.toml for each one's reason. Each equals itself alone, so
    that what follows from it can be remembered."""

    windows: Mapping[str, int]
    """For a recurring first step, by its unit: days from the anchor within which it is taken to lie."""
    parts: Mapping[str, Mapping[str, Sequence[int]]]
    """unit -> part -> first and last of its days (month, week), months (year, season) or years (decade, century)."""
    seasons: Mapping[str, int]
    """First month of each season of three months."""
    near_months: int
    """Days within which "last March" can also be the one of a year before."""
    news: int
    """Days up to its writing, that day too, in which what a text tells as new has happened."""
    holidays: Mapping[str, Sequence[tuple[date, date]]]
    """The days of each holiday of a name, in order, also by name and country; what several countries keep at the same
    time is one stretch."""
    fiscal_years: Mapping[str, FiscalYear]
    """Of governments, by country code."""

    @classmethod
    def of(cls, rules: Mapping[str, Any], holidays: Iterable[Mapping[str, str]]) -> Conventions:
        """From the sections `conventions` and `fiscal_years` of the lexicon `date_words` and the rows of `holidays`."""
        section = rules["conventions"]
        days: dict[str, list[tuple[date, date]]] = {}
        for row in sorted(holidays, key=lambda row: (row["holiday"], row["first_day"])):
            first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
            for name in (row["holiday"], f"{row['holiday']}_{row['country_code']}"):
                known = days.setdefault(name, [])
                if known and first <= known[-1][1] + DAY:
                    known[-1] = (known[-1][0], max(last, known[-1][1]))
                else:
                    known.append((first, last))
        return cls(
            {unit: entry["days"] for unit, entry in section["windows"].items()},
            {unit: entry["cuts"] for unit, entry in section["parts"].items()},
            section["seasons"]["first_month"],
            section["near_months"]["days"],
            section["news"]["days"],
            days,
            {
                code: FiscalYear(row["first_month"], row["named_by"] == "end", row["since"])
                for code, row in rules["fiscal_years"].items()
            },
        )


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
        return months_from(unit, day.year // 100 * 100, 1)
    if unit == "decade":
        return months_from(unit, day.year // 10 * 10, 1)
    size = MONTHS[unit]
    return months_from(unit, day.year, (day.month - 1) // size * size + 1)


@lru_cache(maxsize=16_384)
def months_from(unit: str, year: int, month: int, size: int = 0, value: str = "") -> Period:
    """The period that begins with a month: `size` months long, or as long as its unit; `value` as its TIMEX3 value."""
    size = size or MONTHS[unit]
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
    year, month = divmod(here.start.year * 12 + here.start.month - 1 + count * MONTHS[unit], 12)
    return period(unit, date(year, month + 1, 1))


def add_length(day: date, count: float, unit: str) -> date:
    """The day so many units later (negative: earlier), the day of the month cut to what the month has."""
    if unit in ("day", "week"):
        return day + timedelta(days=round(count * (7 if unit == "week" else 1)))
    year, month = divmod(day.year * 12 + day.month - 1 + round(count * MONTHS[unit]), 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def occurrences(step: Step, start: date, end: date, conventions: Conventions) -> Iterator[Period]:
    """The periods a `=` step names whose first day lies in start..end, in order."""
    unit = step.unit
    if unit in ("weekday", "weekend"):
        weekday = 6 if unit == "weekend" else int(step.value)
        day = start + timedelta(days=(weekday - start.isoweekday()) % 7)
        while day <= end:
            yield period("weekend" if unit == "weekend" else "day", day)
            day += 7 * DAY
        return
    if unit == "holiday":
        for first, last in conventions.holidays.get(str(step.value), ()):
            if start <= first <= end:
                name = first.isoformat() if first == last else f"{first}/{last}"
                yield Period("day" if first == last else "interval", first, last, name)
        return
    if unit == "day":
        yield from (piece for piece in _days_of_months(int(step.value), start, end) if start <= piece.start <= end)
        return
    for year in range(start.year, end.year + 1):
        if unit == "season":
            name = str(step.value)
            piece = months_from("season", year, conventions.seasons[name], 3, f"{year:04}-{name}")
        elif unit in ("half", "quarter", "month"):
            piece = months_from(unit, year, (int(step.value) - 1) * MONTHS[unit] + 1)
        else:
            return
        if start <= piece.start <= end:
            yield piece


def _days_of_months(number: int, start: date, end: date) -> Iterator[Period]:
    """The days of that number in each month that start..end touches."""
    for count in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        year, month = count // 12, count % 12 + 1
        if number <= calendar.monthrange(year, month)[1]:
            yield period("day", date(year, month, number))


@lru_cache(maxsize=65_536)
def within(container: Period, step: Step, conventions: Conventions) -> Period | None:
    """What the step makes of the container; None when it names nothing, or more than one thing, in it."""
    unit = step.unit
    if step.op == "+":
        return shift(unit, container.start, int(step.value))
    if unit == "part":
        return _part(container, str(step.value), conventions)
    if unit in ENDS:
        return _end(container, step)
    if unit == "month" and container.unit == "month":
        return _nearest_month(container, int(step.value))
    if unit in ("daypart", "time"):
        if container.start != container.end:
            return None
        return Period(unit, container.start, container.end, f"{container.value}T{step.value}")
    if unit == "weekday" and container.start == container.end:
        return container if container.start.isoweekday() == step.value else None
    if unit == "week":
        return _week_of_month(container, str(step.value))
    if unit == "weekday" and isinstance(step.value, str):
        return _nth_weekday(container, *step.value.split(":"))
    inside = list(occurrences(step, container.start, container.end, conventions))
    return inside[0] if len(inside) == 1 else None


def _nth_weekday(container: Period, weekday: str, ordinal: str) -> Period | None:
    """The first, or the last, Monday of a month."""
    day = container.start + (int(weekday) - container.start.isoweekday()) % 7 * DAY
    found = [period("day", day + 7 * DAY * count) for count in range((container.end - day).days // 7 + 1)]
    place = -1 if ordinal == "last" else int(ordinal) - 1
    return found[place] if container.unit == "month" else None


def _week_of_month(container: Period, ordinal: str) -> Period | None:
    """The second, or the last, week of a month, as writers mean it: a calendar week or seven of its days counted off.

    Its name is that of the calendar week, which is of the month that holds its Thursday (ISO 8601).
    """
    if (thursday := _nth_weekday(container, "4", ordinal)) is None:
        return None
    named = period("week", thursday.start)
    first = container.end - 6 * DAY if ordinal == "last" else container.start + (int(ordinal) - 1) * 7 * DAY
    start, end = min(named.start, first), max(named.end, first + 6 * DAY)
    return Period("week", max(start, container.start), min(end, container.end), named.value)


def _end(container: Period, step: Step) -> Period | None:
    """The first nine months, the last ten days of it; None when they are more than it has."""
    count, _, unit = str(step.value).partition(":")
    first, last = container.start, container.end
    if step.unit == "first":
        last = add_length(first, int(count), unit) - DAY
    else:
        first = add_length(last + DAY, -int(count), unit)
    if first < container.start or last > container.end:
        return None
    return Period("interval", first, last, length_value(count, unit))


def _nearest_month(container: Period, month: int) -> Period | None:
    """Of that name, the month itself or one beside it: on July 2 "three months ago in March" is that March."""
    around = (shift("month", container.start, count) for count in (0, -1, 1))
    return next((found for found in around if found.start.month == month), None)


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
