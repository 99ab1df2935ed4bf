"""Symbolic values made of what a rule captured: by a template, or by a function where that is too little."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from kcpipe.intervals import Span, parse

_SLOT = re.compile(r"\{(\w+)(?::(\w+))?(?:\|(\w+))?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def fill(template: str, captured: Mapping[str, Any]) -> str:
    """A template with its slots filled: `{name}`, `{name:02}`, `{name|default}`; `[...]` falls away when unfilled."""

    def slot(found: re.Match[str]) -> str:
        value = captured.get(found[1], found[3])
        if value is None:
            return ""
        return format(int(value), found[2]) if found[2] else str(value)

    def optional(found: re.Match[str]) -> str:
        names = [name for name, _, _ in _SLOT.findall(found[1])]
        return found[1] if all(captured.get(name) is not None for name in names) else ""

    return _SLOT.sub(slot, _OPTIONAL.sub(optional, template))


def added(template: str, captured: Mapping[str, Any]) -> str:
    """A number by its template, its parts added: `{tens}+{ones}`."""
    parts = fill(template, captured).split("+")
    return parts[0] if len(parts) == 1 else str(sum(map(int, parts)))


def _years(captured: Mapping[str, Any]) -> str:
    """1950-53, 1999-02: the second year in two figures is the next of that ending."""
    first, two = int(captured["year"]), int(captured["two"])
    second = first - first % 100 + two
    if second <= first:
        second += 100
    if second - first > 50:
        raise ValueError("no range of years")
    return f"year={first}..year={second}"


def _two_days(captured: Mapping[str, Any]) -> str:
    """May 6 and 7."""
    month, first, second = (int(captured[name]) for name in ("month", "day", "day2"))
    if second != first + 1:
        raise ValueError("no stretch of days")
    return f"month={month} day={first}..month={month} day={second}"


def _decade_before_era(captured: Mapping[str, Any]) -> str:
    """The 460s BC, as TIMEX3 writes it: BC046."""
    return f"BC{int(captured['digits']) // 10:03}"


def _century_before_era(captured: Mapping[str, Any]) -> str:
    """The 4th century BC: BC03."""
    return f"BC{int(captured.get('digits') or captured['nth_century']) - 1:02}"


def _afternoon(captured: Mapping[str, Any]) -> str:
    hour = int(captured.get("hour") or captured.get("h") or 0)
    if not 1 <= hour <= 12:
        raise ValueError("no hour of an afternoon")
    return f"time={hour % 12 + 12:02}:{captured.get('minute') or 0:02}{captured.get('zone') or ''}"


def _either_order(captured: Mapping[str, Any]) -> str:
    """05/07/2015, 05/07/15: month or day first, as far as both are dates; two figures as POSIX reads them."""
    year = captured.get("year")
    if year is None:
        year = _full_year(int(captured["two"]))
    pairs = {(captured["a"], captured["b"]), (captured["b"], captured["a"])}
    dates = [f"year={year} month={month} day={day}" for month, day in sorted(pairs) if month <= 12]
    return " | ".join(dates)


def _hyphened_date(captured: Mapping[str, Any]) -> str:
    """02-13-98 1603EST: month first, as American agencies write it."""
    month, day, two = (int(captured[name]) for name in ("a", "b", "two"))
    if not 1 <= month <= 12:
        raise ValueError("no month")
    figures = captured.get("clock_figures")
    clock = "" if figures is None else f" {_clock_of_four_figures(captured)}"
    return f"year={_full_year(two)} month={month} day={day}{clock}"


def _compact_date(captured: Mapping[str, Any]) -> str:
    """19980213."""
    year, rest = divmod(int(captured["compact_date"]), 10_000)
    return f"year={year} month={rest // 100} day={rest % 100}"


def _year_by_two_figures(captured: Mapping[str, Any]) -> str:
    """In '94."""
    return f"year={_full_year(int(captured.get('two') or captured['c']))}"


def _full_year(two: int) -> int:
    """The year that two figures stand for, as POSIX reads them."""
    return two + (1900 if two >= 69 else 2000)


def _ago(captured: Mapping[str, Any]) -> str:
    """Three weeks ago; of decades and centuries the year: no one means the calendar's."""
    unit = captured.get("unit") or captured["units"]
    count = int(captured.get("number") or captured["article"])
    years = {"decade": 10, "century": 100}.get(unit)
    return f"{unit}-{count}" if years is None else f"year-{count * years}"


def _from_now(captured: Mapping[str, Any]) -> str:
    """Three weeks from now: `week+3`."""
    return _ago(captured).replace("-", "+")


def _weeks_ago_today(captured: Mapping[str, Any]) -> str:
    """Two weeks ago today: `day-14`."""
    return f"day-{7 * int(captured.get('number') or captured['article'])}"


def _years_ago_this_month(captured: Mapping[str, Any]) -> str:
    """Twenty years ago this month: `month-240`."""
    return f"month-{12 * int(captured.get('number') or captured['article'])}"


def _clock_of_four_figures(captured: Mapping[str, Any]) -> str:
    """1430 GMT."""
    hour, minute = divmod(int(captured["clock_figures"]), 100)
    return f"time={hour:02}:{minute:02}{captured['zone']}"


def _attacks_of_september_11(captured: Mapping[str, Any]) -> str:
    """The Sept. 11 attacks, 9/11: the day in 2001."""
    if (captured.get("month_number", 9), captured.get("day", captured.get("day2"))) != (9, 11):
        raise ValueError("another day")
    return "year=2001 month=9 day=11"


def _quarter_that_ended(captured: Mapping[str, Any]) -> str:
    """The quarter ended Sept. 30: the calendar's when it ends with one, else of its three months only their number."""
    month, day = int(captured["month"]), int(captured["day"])
    if (month, day) in _ENDS_OF_QUARTERS:
        return f"month={month} day={day} quarter+0"
    return "3 month"


_ENDS_OF_QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))


def _quarters(captured: Mapping[str, Any]) -> str:
    """Five consecutive quarters, the past several quarters."""
    count = next((str(captured[name]) for name in ("number", "n", "m") if name in captured), "X")
    return f"{count} quarter"


def _years_of_a_decade(captured: Mapping[str, Any]) -> str:
    """The late 1990s; the 1800s are a century, as are the 1900s, not their first ten years."""
    year, part = int(captured["year"]), captured.get("part")
    period = f"century={year // 100 + 1}" if year % 100 == 0 and year < 2000 else f"decade={year}"
    return period if part is None else f"{period} part={part}"


def _full_hour(captured: Mapping[str, Any]) -> str:
    """Nine o'clock."""
    hour = int(captured.get("hour") or captured["number"])
    return f"time={hour:02}:00{captured.get('zone') or ''}"


def _fiscal_part(captured: Mapping[str, Any]) -> str:
    """The third quarter of fiscal 2022, the fiscal third quarter of 2022: FY2022-Q3."""
    unit, _, number = str(captured.get("x") or captured["y"]).partition("=")
    return f"{captured['reference']}-{unit[0].upper()}{number}"


def _fiscal_part_alone(captured: Mapping[str, Any]) -> str:
    """The fiscal third quarter: FYXXXX-Q3."""
    quarter = captured.get("nth") or captured.get("n")
    half = captured.get("nth_half") or captured.get("h")
    return f"FYXXXX-Q{quarter}" if quarter else f"FYXXXX-H{half}"


def _counted(captured: Mapping[str, Any], sign: str) -> str:
    """Nine days after the 5th is `day=5 day+9`; after something that happened, `event day+9`."""
    count, unit = captured["length"].split(" ")
    return f"{captured.get('date_point', 'event')} {unit}{sign}{count}"


def _range(captured: Mapping[str, Any]) -> str:
    """From one date to another; what only one of them says of year or month holds for both."""
    start, end = [str(value) for value in captured.values()]
    first, last = _completed(start, end), _completed(end, start)
    if end.startswith("time=") and start[-5:] > end[-5:]:  # from 9 p.m. on Friday to 6 a.m.
        last = last.replace("time=", "day+1 time=")
    return f"{first}..{last}"


def _range_in_year(captured: Mapping[str, Any]) -> str:
    """5 to 8 March last year."""
    year, days = captured["year_date"], captured["range_recurring"]
    return "..".join(f"{year} {day}" for day in days.split(".."))


def _distributed(captured: Mapping[str, Any]) -> str:
    """In March and April 2012: the first is of that year too."""
    symbolic = _completed(captured["a"], captured["b"])
    if symbolic == captured["a"]:
        raise ValueError("says nothing of the first")
    return symbolic


def _clock_of_part(captured: Mapping[str, Any]) -> str:
    """10:45 last night, 3:15 this morning: the hour is one of that part of the day."""
    day, _, part = captured["daypart_relative"].partition(" daypart=")
    hour, _, rest = captured["time_recurring"].removeprefix("time=").partition(":")
    is_late = part in ("AF", "EV", "NI") and 1 <= int(hour) < 12
    return f"{day} time={int(hour) + 12 * is_late:02}:{rest}"


def _nth_weekday(captured: Mapping[str, Any]) -> str:
    """The last Monday of May: `month=5 weekday=1:last`."""
    return f"{captured['month_date']} {captured['weekday_recurring']}:{captured['nth_of_month']}"


_ORDER = ("century", "decade", "year", "season", "half", "quarter", "month", "week", "day", "weekday", "time")


def _completed(symbolic: str, other: str) -> str:
    """A date that recurs, under the larger units that only the other one names: January .. November 2014."""
    own, model = parse(symbolic)[0], parse(other)[0]
    assert isinstance(own, Span)
    assert isinstance(model, Span)
    first = own.points[0].steps[0]
    if not own.points[0].recurs or first.unit not in _ORDER:
        return symbolic
    rank = _ORDER.index(first.unit)
    lead = []
    for step, text in zip(model.points[0].steps, other.removeprefix("then ").split(" "), strict=True):
        if step.unit not in _ORDER or _ORDER.index(step.unit) >= rank:
            break
        lead.append(text)
    base = "then " if model.points[0].base and lead else ""
    return base + " ".join([*lead, symbolic])


BUILDERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "years": _years,
    "two_days": _two_days,
    "decade_before_era": _decade_before_era,
    "century_before_era": _century_before_era,
    "afternoon": _afternoon,
    "ago": _ago,
    "from_now": _from_now,
    "years_ago_this_month": _years_ago_this_month,
    "weeks_ago_today": _weeks_ago_today,
    "clock_of_four_figures": _clock_of_four_figures,
    "attacks_of_september_11": _attacks_of_september_11,
    "hyphened_date": _hyphened_date,
    "compact_date": _compact_date,
    "year_by_two_figures": _year_by_two_figures,
    "quarter_that_ended": _quarter_that_ended,
    "quarters": _quarters,
    "years_of_a_decade": _years_of_a_decade,
    "full_hour": _full_hour,
    "fiscal_part": _fiscal_part,
    "fiscal_part_alone": _fiscal_part_alone,
    "counted_after": lambda captured: _counted(captured, "+"),
    "counted_before": lambda captured: _counted(captured, "-"),
    "either_order": _either_order,
    "range": _range,
    "range_in_year": _range_in_year,
    "distributed": _distributed,
    "clock_of_part": _clock_of_part,
    "nth_weekday": _nth_weekday,
}
"""By the name that a rule calls them; each raises ValueError when the words are no such date."""
