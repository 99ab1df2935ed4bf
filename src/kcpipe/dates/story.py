"""Which expression of the text another one is counted from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kcpipe.dates.grammar import Reading
from kcpipe.intervals import (
    Conventions,
    Direction,
    Interval,
    Length,
    Point,
    Span,
    Step,
    in_story,
    named,
    readings,
    resolve,
    write,
)

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

_A_YEAR = {"half": 2, "quarter": 4, "month": 12}
"""Periods whose namesake of the year before is spoken of, and how many of them make a year."""
_PERIOD_BEFORE = 2
"""Sentences before its own in which "the year-earlier period" finds the period of the report."""
_FAR = 40
"""Expressions looked back at most: nothing counts from farther off, and a monstrous sentence stays linear."""
_NARRATIVE = 6
_NEXT_YEARS = 3
"""A year this much after the date told last is where the story goes on; any other is an aside."""
_NEAR_YEARS = 10
_JUST_BEFORE = timedelta(days=92)
_DETOUR = 92
"""Days by which another reading must lie better between the dates around it than the one that follows."""
_NEXT_TOLD = 8
"""How many expressions on a story is asked where it goes."""


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
    is_heading: bool = False
    anchor: int | None = None
    asserted: Direction | None = None
    is_quoted: bool = False
    is_fronted: bool = False
    """Whether its sentence opens with it."""
    is_main: bool = False
    """Whether its verb is one that its sentence tells on by."""


def _point(told: Told) -> Point | None:
    """The point an expression names, also when it is open on one side; of a range its first."""
    first = told.reading.expression[0]
    return first.points[0] if len(told.reading.expression) == 1 and isinstance(first, Span) else None


def is_narrative(story: Sequence[Told]) -> bool:
    """Whether a text tells history by its dates and hardly ever points to the day it is written.

    A news report says "Wednesday", "last month", "today"; an encyclopedia or a chronology says "17 September 1939"
    and goes on with "on 6 October". Four dates told as past with a month, one date at least with a year, and at most
    a fifth as many pointing words, make a narrative.
    """
    points = [
        point
        for told in story
        if told.direction != "future" and not told.is_quoted and (point := _point(told)) is not None
    ]
    dated = [point for point in points if point.is_absolute and point.unit not in ("century", "decade")]
    by_month = sum(point.recurs and point.steps[0].unit == "month" for point in points)
    days = sum(point.unit in ("day", "month") for point in dated) + by_month
    pointing = sum(not point.base and point.steps[0].op != "=" for point in points)
    pointing += sum(point.recurs and point.steps[0].unit == "weekday" for point in points)
    before_our_era = sum(told.reading.symbolic.startswith("BC") for told in story)
    return (bool(dated) and days >= _NARRATIVE and 5 * pointing <= days) or (
        before_our_era >= _NARRATIVE and 5 * pointing <= before_our_era
    )


@dataclass
class _Line:
    """Where a story has come to: the place last told, and the year named since."""

    place: int | None = None
    year: int | None = None
    aside: int | None = None
    """A date far from the story; the story goes there only when the next one is there too."""


def tie(story: Sequence[Told], conventions: Conventions) -> list[Told]:
    """The expressions of one document, in order, those that count from another one tied to it.

    Three ties are made. "That day", "two weeks later" count from the nearest date before them that is known as
    finely, in the same or the sentence before. A month or a date without a year belongs to the year that the same
    clause or the one above it names before: "met three times last year, including in Guatemala in May". In a
    narrative, where the text is not told from the day of its writing, it follows the date told last, unless it lies
    much better between that and the next date told with its year.
    """
    tied: list[Told] = []
    days = [_days(told, (), conventions) for told in story]
    narrates = is_narrative(story)
    line = _Line()
    for here, told in enumerate(story):
        point = _point(told)
        now = told
        if (period := _period_told(tied, told)) is not None:
            now = _a_year_before(tied[period], told, period)
        elif point is not None and point.base == "then":
            now = replace(told, anchor=_counted_from(tied, told, point, narrates))
        elif point is not None and point.recurs:
            year = _year_above(tied, told, point)
            if year is not None:
                now = _inside(told, year)
            elif point.steps[0].unit == "time":
                now = _on_the_day(tied, told, narrates)
            elif not narrates and (place := _goes_on_from(tied, told, point)) is not None:
                now = _after_place(told, point, place, tied)
            elif narrates and not _is_ahead(told):
                now = _between(_follow(tied, days, line, told, conventions), here, story, days, line, conventions)
        elif point is not None and narrates and line.place is not None and _is_running(point):
            now = _in_story(told, line.place if line.year is None else line.year)
        elif point is not None and narrates and told.is_quoted and _is_of_the_speaker(point):
            now = _in_story(told, None)
        tied.append(now)
        days[here] = _days(now, days, conventions)
        if narrates:
            _move(line, tied, days)
    return tied


def _goes_on_from(story: Sequence[Told], told: Told, point: Point) -> int | None:
    """The date of a report's sentence just before, from which its own sentence tells on.

    "The quake struck in February 2023. In April, aid arrived." Both are told as past by the verbs of their sentences;
    where the former is a year alone, both sentences open with them. A day of a month ("on the 9th") also goes on from
    a date without its year, and in the same sentence.
    """
    if told.asserted != "past" or not told.is_main or point.steps[0].unit not in ("month", "season", "day"):
        return None
    index = next((index for index in range(len(story) - 1, -1, -1) if _point(story[index]) is not None), None)
    other = None if index is None else story[index]
    named = None if other is None else _point(other)
    if other is None or named is None or other.asserted != "past" or not other.is_main or _is_range(other):
        return None
    distance = told.sentence_number - other.sentence_number
    is_near = distance <= 1 and told.paragraph_number == other.paragraph_number
    if point.steps[0].unit == "day":
        is_told = named.unit in ("month", "day") and named.steps[0].unit in ("year", "month")
        return index if is_near and is_told and named.steps[0] != Step("month", "+", 0) else None
    if not is_near or not distance or not (named.steps[0].unit == "year" or other.anchor is not None):
        return None
    is_told = named.unit in ("month", "day") or (named.unit == "year" and told.is_fronted and other.is_fronted)
    return index if is_told else None


def _after_place(told: Told, point: Point, place: int, story: Sequence[Told]) -> Told:
    """What goes on from a date told before: in its year or month, or next after its day."""
    named = _point(story[place])
    assert named
    if named.unit == "year":
        return _in_year(told, place)
    if named.unit == "month" and point.steps[0].unit == "day":
        return _rewritten(told, place, lambda one: Point((Step("month", "+", 0), *one.steps), "then"))
    return replace(told, anchor=place, direction="future")


def _between(
    followed: Told,
    here: int,
    story: Sequence[Told],
    days: Sequence[Interval | None],
    line: _Line,
    conventions: Conventions,
) -> Told:
    """The reading that lies best between the date told last and the next one told with its year.

    "In February 1945 ... by the start of July ... in mid-June 1944": that July is of 1944.
    """
    ahead = _next_dated(story, days, here)
    place = None if line.place is None else days[line.place]
    if ahead is None or place is None or followed.anchor is None:
        return followed
    goal = days[ahead]
    choices = [followed, _in_year(story[here], ahead), replace(story[here], anchor=ahead, direction="past")]
    distances = []
    for number, choice in enumerate(choices):
        found = _days(choice, days, conventions)
        if found is not None and goal is not None:
            distances.append((_gap(place, found) + _gap(found, goal) + bool(number) * _DETOUR, number))
    return choices[min(distances)[1]] if distances else followed


def _next_dated(story: Sequence[Told], days: Sequence[Interval | None], here: int) -> int | None:
    for index in range(here + 1, min(here + 1 + _NEXT_TOLD, len(story))):
        point = _point(story[index])
        if story[index].is_heading:
            return None
        if point is not None and point.is_absolute and len(point.steps) > 1 and days[index] is not None:
            return index
    return None


def _gap(one: Interval, other: Interval) -> int:
    """Days between two intervals, 0 when they touch; both have two ends."""
    assert one.start
    assert one.end
    assert other.start
    assert other.end
    return max((other.start - one.end).days, (one.start - other.end).days, 0)


def _days(told: Told, days: Sequence[Interval | None], conventions: Conventions) -> Interval | None:
    """The days of an expression as far as the text alone gives them."""
    point = _point(told)
    if point is None:
        return None
    base = None if told.anchor is None else days[told.anchor]
    if not point.is_absolute and base is None:
        return None
    expression = named(told.reading.expression)
    found = resolve(expression, base, told.direction, conventions)
    if found.reason == "ambiguous_direction":
        found = resolve(expression, base, "either", conventions)
    return None if found.start is None or found.end is None else Interval(found.start, found.end)


def _move(line: _Line, story: Sequence[Told], days: Sequence[Interval | None]) -> None:
    """Let the story go on to the expression told last, when it has a date."""
    here = len(story) - 1
    interval, point = days[here], _point(story[here])
    if interval is None or interval.start is None or point is None or not _is_reached(story[-1], point):
        return
    if story[here].is_heading and point.is_absolute:
        line.place, line.year, line.aside = (None, here, None) if point.unit == "year" else (here, None, None)
        return
    known = _year_of(days, line.place)
    distance = 0 if known is None else interval.start.year - known
    paragraph = None if line.place is None else story[line.place].paragraph_number
    if point.unit == "year":
        if 0 <= distance <= _NEXT_YEARS and story[-1].direction == "past":
            line.year = here
        else:
            line.aside = here
        return
    aside = _year_of(days, line.aside)
    if distance and story[-1].asserted is None and paragraph == story[-1].paragraph_number:
        line.aside = here
    elif abs(distance) <= _NEAR_YEARS or (aside is not None and abs(interval.start.year - aside) <= _NEAR_YEARS):
        line.place, line.year, line.aside = here, None, None
    else:
        line.aside = here


def _year_of(days: Sequence[Interval | None], index: int | None) -> int | None:
    interval = None if index is None else days[index]
    return None if interval is None or interval.start is None else interval.start.year


def _follow(
    story: Sequence[Told], days: Sequence[Interval | None], line: _Line, told: Told, conventions: Conventions
) -> Told:
    """In the year named in the same sentence or since the date told last, else next after (or just before) that."""
    if line.aside is not None and story[line.aside].sentence_number == told.sentence_number:
        return _in_year(told, line.aside)
    if line.year is not None:
        return _in_year(told, line.year)
    if line.place is None:  # of what story, the text has not told: open, rather than of the day it is written
        return _in_year(told, None)
    point = _point(story[line.place])
    place = days[line.place]
    is_of_one_year = place is not None and place.start is not None and place.start.year == _last_year(place)
    if point is None or point.unit in ("day", "month", "week", "daypart", "time") or not is_of_one_year:
        is_back = _is_since(told) or (place is not None and _is_just_before(told, place, conventions))
        return replace(told, anchor=line.place, direction="past" if is_back else "future")
    return _in_year(told, line.place)


def _is_since(told: Told) -> bool:
    """Whether it tells since when, which is never ahead."""
    first = told.reading.expression[0]
    return isinstance(first, Span) and first.kind == "range" and first.end is None


def _is_just_before(told: Told, place: Interval, conventions: Conventions) -> bool:
    """Whether a month or a date lies a few weeks before the place: the next one of its name is then far ahead."""
    point = _point(told)
    if point is None or place.start is None or point.steps[0].unit != "month":
        return False
    far = place.start - _JUST_BEFORE
    return any(far <= found.end < place.start for found in readings(point.steps, far, place.start, conventions))


def _is_running(point: Point) -> bool:
    """This year, next month, next summer: of the story, in a narrative; "today" is the reader's."""
    first = point.steps[0]
    return not point.base and first.op != "=" and first.unit in ("week", "month", "season", "quarter", "year")


def _is_ahead(told: Told) -> bool:
    """Whether the narrative itself says that it is still to come, seen from the day of its writing."""
    return told.asserted == "future" and not told.is_quoted


def _is_of_the_speaker(point: Point) -> bool:
    """Today, tomorrow, three days ago: in a quotation of a narrative they count from a day that it may not tell."""
    return not point.base and point.steps[0].op == "+"


def _in_story(told: Told, anchor: int | None) -> Told:
    """The same, counted from another expression; from one that the text does not name, when None."""
    return _rewritten(told, anchor, lambda point: replace(point, base="then"))


def _on_the_day(story: Sequence[Told], told: Told, narrates: bool) -> Told:
    """A time of the day that the text names just before, or of the only one it has named.

    Without one it stays open: reports are written a day late.
    """
    anchor = _counted_from(story, told, Point((Step("day", "+", 0),), "then"), narrates)
    if anchor is None:
        return told
    if told.direction == "either" and story[anchor].sentence_number != told.sentence_number:
        return told  # "is open from 9 a.m." tells no day
    return _rewritten(told, anchor, lambda one: Point((Step("day", "+", 0), *one.steps), "then"))


def _counted_from(story: Sequence[Told], told: Told, point: Point, narrates: bool) -> int | None:
    """The date just before; for what is of the same day, or quarter, also the only one that a report has named."""
    anchor = _date_before(story, told, point, narrates)
    if anchor is None and not narrates and point.steps[0] == Step("day", "+", 0):
        return _only_one(story, ("day", "weekday"))
    if anchor is None and not narrates and point.steps[0].unit == "quarter":
        return _only_one(story, ("quarter",))
    return anchor


def _only_one(story: Sequence[Told], units: Sequence[str]) -> int | None:
    """The date of these units named last, when no other one is named before."""
    found: dict[str, int] = {}
    for index in range(max(len(story) - _FAR, 0), len(story)):
        point = _point(story[index])
        if point is not None and point.unit in units and not point.base and not _is_range(story[index]):
            found[story[index].reading.symbolic] = index
    return next(iter(found.values())) if len(found) == 1 else None


def _period_told(story: Sequence[Told], told: Told) -> int | None:
    """The quarter, say, of which "a year ago" means the one of the year before: told last in its sentence.

    "A year earlier" and "the year-earlier period" look back two sentences, unless their own tells of "the nine months".
    """
    if told.reading.of_period is None:
        return None
    point = _point(told)
    sentences = _PERIOD_BEFORE if point is not None and point.base == "then" else 0
    units = list(_A_YEAR)[: list(_A_YEAR).index(told.reading.of_period) + 1]
    for index in range(len(story) - 1, max(len(story) - _FAR, 0) - 1, -1):
        other = story[index]
        distance = told.sentence_number - other.sentence_number
        first = other.reading.expression[0]
        if distance > sentences or (not distance and isinstance(first, Length) and first.unit == "month"):
            return None
        named = _point(other)
        is_period = named is not None and named.unit in units and not _is_range(other)
        if is_period and (not distance or other.reading.of_period is None):
            return index
    return None


def _a_year_before(period: Told, told: Told, anchor: int) -> Told:
    """The same counted from that period: the third quarter, a year ago."""
    named = _point(period)
    assert named
    return _rewritten(told, anchor, lambda _: Point((Step(named.unit, "+", -_A_YEAR[named.unit]),), "then"))


def _last_year(days: Interval) -> int | None:
    return None if days.end is None else days.end.year


def _in_year(told: Told, anchor: int | None) -> Told:
    """A month, a season, a date of the year that another expression lies in; of a weekday or a bare day the next."""
    point = _point(told)
    if point is None or point.steps[0].unit not in ("month", "season", "quarter", "half"):
        return replace(told, anchor=anchor, direction="future")
    return _rewritten(told, anchor, lambda one: Point((Step("year", "+", 0), *one.steps), "then"))


def _rewritten(told: Told, anchor: int | None, change: Callable[[Point], Point]) -> Told:
    """The same with each of its points changed, counted from another expression."""
    expression = tuple(
        replace(part, start=part.start and change(part.start), end=part.end and change(part.end))
        if isinstance(part, Span)
        else part
        for part in told.reading.expression
    )
    reading = replace(told.reading, symbolic=write(expression), expression=expression)
    return replace(told, reading=reading, anchor=anchor)


def _is_reached(told: Told, point: Point) -> bool:
    """Whether a story goes there: in May, by May, until May; not since May, nor until some year."""
    first = told.reading.expression[0]
    if not isinstance(first, Span) or point.unit in ("decade", "century") or _looks_away(point.steps[0]):
        return False
    return first.kind == "point" or (point.unit != "year" and first.start is None)


def _looks_away(step: Step) -> bool:
    """Whether it is told from where the story stands: the previous April, two years earlier, by next summer."""
    return step.op in "<>" or (step.op == "+" and int(step.value) < 0)


def _date_before(story: Sequence[Told], told: Told, point: Point, narrates: bool) -> int | None:
    first = point.steps[0]
    unit = "year" if first.op in "<>" and first.unit in ("month", "season") else first.unit  # 1996 ... the next January
    finest = _ORDER.index(unit) if unit in _ORDER else len(_ORDER)
    for index in range(len(story) - 1, max(len(story) - _FAR, 0) - 1, -1):
        other = story[index]
        paragraphs = told.paragraph_number - other.paragraph_number
        sentences = told.sentence_number - other.sentence_number
        if paragraphs > (2 if narrates else 1) or (sentences > 1 and not narrates):
            return None
        named = _point(other)
        if named is None or _is_range(other) or named.base == "event" or named.unit not in _ORDER:
            continue
        if named.base == "then" and other.anchor is None:
            continue
        if other.reading.of_period and (told.reading.of_period or other.anchor is not None):
            continue  # what the period is compared with, not where the text has come to
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


def _inside(told: Told, anchor: int) -> Told:
    expression = in_story(told.reading.expression)
    reading = replace(told.reading, symbolic=write(expression), expression=expression)
    return replace(told, reading=reading, anchor=anchor)
