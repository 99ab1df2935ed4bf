"""Dates and codes as a reader writes them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

REASONS: Mapping[str, str] = {
    "no_time_expression": "the text tells no time",
    "no_publication_date": "counted from the publication date, which is not known",
    "ambiguous_direction": "may lie before or after",
    "ambiguous_order": "day or month may come first",
    "vague": "too vague for a calendar",
    "not_calendar": "no calendar time",
}
BASES: Mapping[str, str] = {
    "stated": "stated on the page",
    "supplied": "supplied with the record",
    "calendar": "worked out from the calendar",
    "corroborated": "worked out from other articles",
    "unknown": "",
}
# Not strftime's, which follow the machine's language.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_in_words(start: date | None, end: date | None, precision: str = "interval") -> str:
    """An interval of days, inclusive, null bounds open, as a reader writes it; "" when both are open.

    1959-01-01 to 1959-12-31 is "1959". precision: of the words it comes from; an open bound is told as finely.
    """
    if start is not None and end is not None:
        in_one_month = (start.year, start.month) == (end.year, end.month)
        return _whole(start, end) or f"{start.day if in_one_month else _day(start)} to {_day(end)}"
    bound = start or end
    if bound is None:
        return ""
    words = {"year": str(bound.year), "month": _month(bound)}.get(precision, _day(bound))
    return f"since {words}" if start else f"until {words}"


def _day(day: date) -> str:
    return f"{day.day} {_month(day)}"


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def _whole(start: date, end: date) -> str:
    """The day, month or years that the interval fills; "" when it fills none."""
    if start == end:
        return _day(start)
    last_of_month = monthrange(start.year, start.month)[1]
    if (start, end) == (start.replace(day=1), start.replace(day=last_of_month)):
        return _month(start)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year} to {end.year}"
    return ""


def precision_in_words(row: Mapping[str, Any]) -> str:
    """How finely the date is known, or why there is none."""
    if row["unresolved_reason"]:
        return REASONS[row["unresolved_reason"]]
    precision = row["date_precision"]
    known = {"interval": "a stretch of time", "unknown": ""}.get(precision, f"known to the {precision}")
    return f"{known}, all through" if row["date_extent"] == "throughout" and precision != "day" else known
