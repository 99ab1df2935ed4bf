from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcpipe.intervals import Conventions, Direction, Interval, named, parse, period, resolve, shift, template, write
from kcpipe.lexicon import load

CONVENTIONS = Conventions.of(load("date_words").rules, load("holidays").rows)
WRITTEN = date(2024, 2, 16)  # a Friday


def on(day: date) -> Interval:
    return Interval(day, day)


def answer(symbolic: str, anchor: Interval | None = None, direction: Direction = "past") -> str:
    """start..end precision extent value, or the reason and the open value."""
    found = resolve(parse(symbolic), anchor, direction, CONVENTIONS)
    if found.reason:
        assert found[:4] == (None, None, "unknown", None)
        return f"{found.reason} {found.value}"
    return f"{found.start or ''}..{found.end or ''} {found.precision} {found.extent} {found.value}"


@pytest.mark.parametrize(
    ("symbolic", "expected"),
    [
        ("year=1959", "1959-01-01..1959-12-31 year within 1959"),
        ("year=1949 month=7", "1949-07-01..1949-07-31 month within 1949-07"),
        ("year=2024 month=2 day=29", "2024-02-29..2024-02-29 day within 2024-02-29"),
        ("year=2024 month=2 day=16 time=08:12", "2024-02-16..2024-02-16 minute within 2024-02-16T08:12"),
        ("year=2023 half=2", "2023-07-01..2023-12-31 half within 2023-H2"),
        ("year=2009 quarter=4", "2009-10-01..2009-12-31 quarter within 2009-Q4"),
        ("year=2014 season=WI", "2014-12-01..2015-02-28 season within 2014-WI"),
        ("year=2014 part=early", "2014-01-01..2014-04-30 interval within 2014"),
        ("decade=1990 part=late", "1996-01-01..1999-12-31 interval within 199"),
        ("decade=2010..", "2010-01-01.. decade throughout 201"),
        ("century=21", "2000-01-01..2099-12-31 century within 20"),
        ("year=1950..year=1953", "1950-01-01..1953-12-31 interval throughout 1950/1953"),
        ("..year=2014", "..2014-12-31 year throughout 2014"),
        ("by year=2014", "..2014-12-31 year within 2014"),
        ("after year=2014", "2014-01-01.. year within 2014"),
        ("64 year", "not_calendar P64Y"),
        ("X day", "not_calendar PXD"),
        ("3 hour", "not_calendar PT3H"),
        ("every weekday=1", "not_calendar XXXX-WXX-1"),
        ("every 1 year", "not_calendar P1Y"),
        ("PAST_REF", "vague PAST_REF"),
        ("year=2021 first=9:month", "2021-01-01..2021-09-30 interval within P9M"),
        ("year=2023 last=3:month", "2023-10-01..2023-12-31 interval within P3M"),
        ("year=2024 month=2 last=10:day", "2024-02-20..2024-02-29 interval within P10D"),
        ("year=2021 first=13:month", "vague P13M"),
        ("year=2024 month=4 month=3", "2024-03-01..2024-03-31 month within 2024-03"),
        ("year=2024 month=1 month=12", "2023-12-01..2023-12-31 month within 2023-12"),
        ("year=2024 month=5 month=3", "vague 2024-03"),
        ("event day+9", "vague P9D"),
        # both orders of a slashed date: open where they differ, not where they agree
        ("year=2015 month=5 day=7 | year=2015 month=7 day=5", "ambiguous_order None"),
        ("FY2022", "not_calendar 2022"),
        ("FY2022_USA", "2021-10-01..2022-09-30 interval within 2022"),
        ("FY2022-Q1_USA", "2021-10-01..2021-12-31 interval within 2022-Q1"),
        ("FY1976_USA", "not_calendar 1976"),
        ("FY2022-H2_JPN", "2022-10-01..2023-03-31 interval within 2022-H2"),
        ("FY2022_KOR", "2022-01-01..2022-12-31 interval within 2022"),
        ("FYXXXX_USA", "not_calendar XXXX"),
        ("FY2022-Q3", "not_calendar 2022-Q3"),
        ("BC0481-FA", "not_calendar BC0481-FA"),
        ("year=2015 month=5 day=5 | year=2015 month=5 day=5", "2015-05-05..2015-05-05 day within 2015-05-05"),
        # a week of a month: its calendar week (of its Thursday), or seven of its days
        ("year=2009 month=3 week=last", "2009-03-23..2009-03-31 week within 2009-W13"),
        ("year=1998 month=4 week=last", "1998-04-24..1998-04-30 week within 1998-W18"),
        ("year=2024 month=6 week=1", "2024-06-01..2024-06-09 week within 2024-W23"),
        ("year=2024 month=9 weekday=1:1", "2024-09-02..2024-09-02 day within 2024-09-02"),
        ("year=2024 month=5 weekday=1:last", "2024-05-27..2024-05-27 day within 2024-05-27"),
        ("year=2024 weekday=1:last", "vague XXXX-WXX-1"),
        # 15 February 2024 was no Wednesday
        ("year=2024 month=2 day=14 weekday=3", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("year=2024 month=2 day=15 weekday=3", "vague 2024-02-15"),
    ],
)
def test_without_an_anchor(symbolic: str, expected: str) -> None:
    assert answer(symbolic) == expected


@pytest.mark.parametrize(
    ("symbolic", "value"),
    [
        ("month+0 day=5", "XXXX-XX-05"),
        ("day=14", "XXXX-XX-14"),
        ("day=14 daypart=NI", "XXXX-XX-14TNI"),
        ("weekday=3", "XXXX-WXX-3"),
        ("month=6 day=23", "XXXX-06-23"),
        ("month<12", "XXXX-12"),
        ("year-1 month=5", "XXXX-05"),
        ("season<WI", "XXXX-WI"),
        ("past 1 decade", "P1DE"),
        ("week-1", "XXXX-WXX"),
    ],
)
def test_what_needs_an_anchor_stays_open_without_one(symbolic: str, value: str) -> None:
    assert answer(symbolic) == f"no_publication_date {value}"
    assert answer(symbolic, Interval(WRITTEN, None)) == f"no_publication_date {value}"


def test_the_last_month_of_a_name_is_the_nearest_unless_it_is_just_gone_by() -> None:
    november = on(date(2023, 11, 3))
    assert answer("month<8", november) == "2023-08-01..2023-08-31 month within 2023-08"
    assert answer("month<10", november) == "vague XXXX-10"


def test_the_following_one_is_the_first_after_what_was_told() -> None:
    told = on(date(2024, 2, 14))
    assert answer("then weekday>5", told) == "2024-02-16..2024-02-16 day within 2024-02-16"
    assert answer("then weekday<3", told) == "2024-02-07..2024-02-07 day within 2024-02-07"
    assert answer("weekday>5", told) == "vague XXXX-WXX-5"


def test_of_two_orders_of_a_slashed_date_one_can_be_out_of_the_question() -> None:
    both = "year=2024 month=2 day=7 | year=2024 month=7 day=2"
    assert answer(both, on(WRITTEN), "past") == "2024-02-07..2024-02-07 day within 2024-02-07"
    assert answer(both, on(WRITTEN), "future") == "2024-07-02..2024-07-02 day within 2024-07-02"
    assert answer(both, on(WRITTEN), "either") == "ambiguous_order None"


@pytest.mark.parametrize(
    ("symbolic", "direction", "expected"),
    [
        ("weekday=3", "past", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("weekday=5", "past", "2024-02-16..2024-02-16 day within 2024-02-16"),
        ("weekday=3", "future", "2024-02-21..2024-02-21 day within 2024-02-21"),
        ("weekday=3", "either", "ambiguous_direction XXXX-WXX-3"),
        ("weekday<1", "past", "vague XXXX-WXX-1"),  # 12 February, or the Monday of last week
        ("weekday<7", "past", "2024-02-11..2024-02-11 day within 2024-02-11"),
        ("weekday=4 daypart=NI", "past", "2024-02-15..2024-02-15 day within 2024-02-15TNI"),
        ("week-1 weekday=3", "past", "2024-02-07..2024-02-07 day within 2024-02-07"),
        ("week-1", "past", "2024-02-05..2024-02-11 week within 2024-W06"),
        ("weekend=1", "past", "2024-02-10..2024-02-11 interval within 2024-W06-WE"),
        ("weekend=1", "future", "2024-02-17..2024-02-18 interval within 2024-W07-WE"),
        ("weekend+0", "future", "2024-02-17..2024-02-18 interval within 2024-W07-WE"),
        ("day=14", "past", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("day=28", "past", "2024-01-28..2024-01-28 day within 2024-01-28"),
        ("day=20", "past", "ambiguous_direction XXXX-XX-20"),  # 20 January is far, 20 February is not past
        ("day=14", "either", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("month+0 day=5", "past", "2024-02-05..2024-02-05 day within 2024-02-05"),
        ("month+0 part=early", "past", "2024-02-01..2024-02-10 interval within 2024-02"),
        ("month=2 day=14", "past", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("month=11", "past", "2023-11-01..2023-11-30 month within 2023-11"),
        ("month=11", "future", "2024-11-01..2024-11-30 month within 2024-11"),
        ("month=11", "either", "ambiguous_direction XXXX-11"),
        ("month=2 day=29", "future", "2024-02-29..2024-02-29 day within 2024-02-29"),
        ("month<12", "past", "2023-12-01..2023-12-31 month within 2023-12"),
        ("month<1", "past", "vague XXXX-01"),  # last month, or January of last year
        ("month>3", "future", "vague XXXX-03"),
        ("month>1", "future", "2025-01-01..2025-01-31 month within 2025-01"),
        ("season<SU", "past", "2023-06-01..2023-08-31 season within 2023-SU"),
        ("year-1 month=5", "past", "2023-05-01..2023-05-31 month within 2023-05"),
        ("year-1 part=end..", "past", "2023-10-01.. interval throughout 2023"),
        ("month-3", "past", "2023-11-01..2023-11-30 month within 2023-11"),
        ("decade-1", "past", "2010-01-01..2019-12-31 decade within 201"),
        ("past 1 decade", "past", "2014-02-16..2024-02-16 interval throughout P1DE"),
        ("coming 2 week", "future", "2024-02-16..2024-03-01 interval throughout P2W"),
        ("day=5 day+9", "past", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("weekday=1..weekday=5", "past", "2024-02-12..2024-02-16 interval throughout 2024-02-12/2024-02-16"),
        ("month=10..month=3", "past", "2023-10-01..2024-03-31 interval throughout 2023-10/2024-03"),
        ("time=17:00", "past", "vague XXXX-XX-XXT17:00"),
        ("year-3000", "past", "vague XXXX"),
    ],
)
def test_from_a_known_day(symbolic: str, direction: Direction, expected: str) -> None:
    assert answer(symbolic, on(WRITTEN), direction) == expected


@pytest.mark.parametrize(
    ("symbolic", "expected"),
    [
        # Before 14 February the former one is more than 300 days back: only one is left.
        ("month=2 day=14", "2024-02-14..2024-02-14 day within 2024-02-14"),
        ("month=11 day=20", "vague XXXX-11-20"),  # of 2023 in January, of 2024 in December
        ("weekday=3", "vague XXXX-WXX-3"),
        ("day=14", "vague XXXX-XX-14"),
        ("year-1", "2023-01-01..2023-12-31 year within 2023"),
        ("year-1 month=5", "2023-05-01..2023-05-31 month within 2023-05"),
        ("year+0 part=end", "2024-10-01..2024-12-31 interval within 2024"),
        ("month-1", "2023-12-01..2024-11-30 interval within None"),
        ("month-1 day=5", "vague XXXX-XX-05"),
        ("month<12", "2023-12-01..2023-12-31 month within 2023-12"),
        ("then month=5", "2024-05-01..2024-05-31 month within 2024-05"),
        ("then day=5", "vague XXXX-XX-05"),
        ("past 1 decade", "2014-01-01..2024-12-31 interval within P1DE"),
        ("past 1 week", "vague P1W"),
        ("month+0..weekday=1", "vague XXXX-XX/XXXX-WXX-1"),
    ],
)
def test_from_a_year(symbolic: str, expected: str) -> None:
    assert answer(symbolic, Interval(date(2024, 1, 1), date(2024, 12, 31))) == expected


def test_an_anchor_of_years_tells_nothing() -> None:
    years = Interval(date(2020, 1, 1), date(2023, 12, 31))
    assert answer("year-1", years) == "vague XXXX"
    assert answer("month=5", years) == "vague XXXX-05"
    assert answer("then year-1", years) == "vague XXXX"


@pytest.mark.parametrize(
    "symbolic",
    [
        "",
        "year=2024 ",
        "month=13",
        "month=2 day=30",
        "year=2024 month=2 day=30",
        "day=32",
        "weekday=0",
        "weekday=1:5",
        "week=0",
        "time=25:00",
        "season=XX",
        "decade=1995",
        "fortnight=1",
        "year=2024 month<3",
        "..",
        "64 fortnight",
        "weekday+1",
        "every",
        "May",
    ],
)
def test_outside_the_grammar(symbolic: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message repeats the words
        parse(symbolic)


def test_the_day_inside_an_open_date() -> None:
    assert write(named(parse("year=1959.."))) == "year=1959"
    assert write(named(parse("by then month=5"))) == "then month=5"
    assert write(named(parse("year=1950..year=1953"))) == "year=1950..year=1953"


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
RELATIVE = st.sampled_from(["year", "month", "week", "day", "decade", "quarter", "half", "weekend"]).flatmap(
    lambda unit: st.integers(-40, 40).map(lambda count: f"{unit}{count:+}")
)
RECURRING = st.one_of(
    st.integers(1, 12).map(lambda n: f"month={n}"),
    st.integers(1, 7).map(lambda n: f"weekday={n}"),
    st.integers(1, 31).map(lambda n: f"day={n}"),
    st.tuples(st.integers(1, 12), st.integers(1, 28)).map(lambda pair: f"month={pair[0]} day={pair[1]}"),
    st.sampled_from(["season=SP", "season=WI", "quarter=3", "half=1"]),
)
STRICT = st.one_of(
    st.tuples(st.sampled_from("<>"), st.integers(1, 12)).map(lambda pair: f"month{pair[0]}{pair[1]}"),
    st.tuples(st.sampled_from("<>"), st.integers(1, 7)).map(lambda pair: f"weekday{pair[0]}{pair[1]}"),
)
POINTS = st.one_of(RELATIVE, RECURRING, STRICT, st.tuples(RELATIVE, RECURRING).map(" ".join))
EXPRESSIONS = st.one_of(
    POINTS,
    POINTS.map("{}..".format),
    POINTS.map("..{}".format),
    POINTS.map("by {}".format),
    POINTS.map("then {}".format),
    POINTS.map("every {}".format).filter(lambda text: " " not in text[6:]),
    st.tuples(POINTS, POINTS).map("..".join),
    st.tuples(POINTS, POINTS).map(" | ".join),
    st.integers(1, 99).map("past {} month".format),
    st.integers(1, 99).map("{} year".format),
)
DIRECTIONS = st.sampled_from(["past", "future", "either"])


@given(EXPRESSIONS)
def test_writing_gives_back_what_was_parsed(symbolic: str) -> None:
    assert write(parse(symbolic)) == symbolic
    assert template(parse(symbolic)) != ""


@given(EXPRESSIONS, DAYS, st.integers(0, 400), st.integers(0, 400), DIRECTIONS)
def test_an_answer_for_an_interval_holds_for_every_day_of_it(
    symbolic: str, first: date, length: int, step: int, direction: Direction
) -> None:
    anchor = Interval(first, first + timedelta(days=length))
    whole = resolve(parse(symbolic), anchor, direction, CONVENTIONS)
    if whole.reason or symbolic.startswith("then "):
        return
    single = resolve(parse(symbolic), on(first + timedelta(days=min(step, length))), direction, CONVENTIONS)
    if single.reason:
        return
    assert whole.start is None or (single.start is not None and whole.start <= single.start)
    assert whole.end is None or (single.end is not None and single.end <= whole.end)


@given(EXPRESSIONS, st.one_of(st.none(), DAYS.map(on)), DIRECTIONS)
def test_either_a_bound_or_a_reason(symbolic: str, anchor: Interval | None, direction: Direction) -> None:
    found = resolve(parse(symbolic), anchor, direction, CONVENTIONS)
    assert (found.reason is None) == (found.start is not None or found.end is not None)
    assert found.start is None or found.end is None or found.start <= found.end
    assert found.precision != "day" or None in found[:2] or found.start == found.end


@given(DAYS, st.sampled_from(["year", "month", "week", "day", "decade", "quarter", "half"]), st.integers(-30, 30))
def test_periods_tile_the_calendar(day: date, unit: str, count: int) -> None:
    here = period(unit, day)
    assert here.start <= day <= here.end
    assert shift(unit, day, 0) == here
    assert shift(unit, here.end, 1).start == here.end + timedelta(days=1)
    assert shift(unit, shift(unit, day, count).start, -count) == here


def test_every_convention_says_why() -> None:
    section = load("date_words").rules["conventions"]
    entries = [*section["windows"].values(), *section["parts"].values(), section["seasons"]]
    assert all(entry["source"] and entry["reason"] for entry in entries)
    for unit, days in CONVENTIONS.windows.items():
        cycle = {"weekday": 7, "day": 28}.get(unit, 365)
        longest = {"month": 31, "quarter": 92, "half": 184, "season": 92}.get(unit, 1)
        assert days + longest <= cycle, f"{unit}: two of a name would fit on one side"
