"""Sets of days as sorted, disjoint, inclusive intervals: what is still possible for a document's publication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Days = tuple[tuple[date, date], ...]

DAY = timedelta(days=1)
ANY: Days = ((date.min, date.max),)


def plus(day: date, count: int) -> date:
    """The day `count` days later (earlier, when negative), kept inside the calendar."""
    return date.fromordinal(min(max(day.toordinal() + count, 1), date.max.toordinal()))


def same_day(day: date, years: int) -> date:
    """The day of the same name so many years later (earlier, when negative), kept inside the calendar."""
    year = min(max(day.year + years, date.min.year), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def union(intervals: Iterable[tuple[date, date]]) -> Days:
    """The days of all the intervals; what touches is joined, what is empty falls away."""
    found: list[tuple[date, date]] = []
    for start, end in sorted(intervals):
        if start > end:
            continue
        if found and start <= plus(found[-1][1], 1):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def intersection(first: Days, second: Days) -> Days:
    """The days in both."""
    return union((max(a, c), min(b, d)) for a, b in first for c, d in second)


def hull(days: Days) -> tuple[date, date] | None:
    """First and last day; None when there is none, or when one side is open."""
    if not days or days[0][0] == date.min or days[-1][1] == date.max:
        return None
    return days[0][0], days[-1][1]
