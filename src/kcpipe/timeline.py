"""Events as a timeline: which of a release fit a question, in order, each with the words of its best report."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import lexicon
from kcpipe.joins import by_key
from kcpipe.settings import UserError
from kcpipe.tables import TABLES
from kcpipe.tables.happenings import EVENT_TYPES, STATUSES

if TYPE_CHECKING:
    from kcpipe.release import Release

Row = Mapping[str, Any]

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True)
class Question:
    """What events are asked for; whatever is left out does not narrow them."""

    countries: Collection[str] = ()
    """Country codes that all take part."""
    kinds: Collection[str] = ()
    types: Collection[str] = ()
    statuses: Collection[str] = ()
    start: date | None = None
    """Events that may lie on this day or after it; undated ones are left out."""
    end: date | None = None
    """Events that may lie on this day or before it; undated ones are left out."""
    text: str = ""
    """Words that stand in the summary or in a report's sentence, whatever their case."""


@dataclass(frozen=True)
class Entry:
    """One event of a timeline, with the sentence of its best report and the document that this stands in."""

    event: Row
    quote: str
    document: Row
    """`document_id`, `source_uri`, `title`, `publisher`."""


def timeline(release: Release, question: Question) -> list[Entry]:
    """The events of a release that fit a question, by date; those without a date come last.

    An event with a date fits a span of days when its interval and the span have a day in common. Raises UserError for
    a kind, type or status that there is not, and for files that cannot be read.
    """
    events = release.table("events")
    _refuse_unknown("kind", question.kinds, release.table("event_kinds").column("event_kind").to_pylist())
    _refuse_unknown("type", question.types, EVENT_TYPES)
    _refuse_unknown("status", question.statuses, STATUSES)
    for code in question.countries:
        holding = release.table("event_countries")
        ids = holding.filter(pc.equal(holding.column("country_code"), code)).column("event_id")
        events = events.filter(_one_of(events.column("event_id"), ids.to_pylist()))
    for column, values in (
        ("event_kind", question.kinds),
        ("event_type", question.types),
        ("status", question.statuses),
    ):
        if values:
            events = events.filter(_one_of(events.column(column), values))
    events = _within(events, question.start, question.end)
    if question.text:
        events = events.filter(_telling(release, events, question.text))
    rows = sorted(events.to_pylist(), key=_order)
    return [Entry(row, *words) for row, words in zip(rows, _words(release, rows), strict=True)]


def country_code(words: str) -> str:
    """The code of a country told by its code, in any case, or its English name. Raises UserError when there is none."""
    rows = lexicon.load("countries").rows
    if any(row["country_code"] == words.upper() for row in rows):
        return words.upper()
    named = {row["country_code"] for row in rows if row["kind"] == "name" and row["alias"].lower() == words.lower()}
    if len(named) != 1:
        raise UserError(f"no one country is called {words!r}: give a code, such as KOR, or an English name")
    return named.pop()


def first_day(words: str) -> date:
    """The first day of 2024, 2024-02 or 2024-02-14. Raises UserError for anything else."""
    return _days(words)[0]


def last_day(words: str) -> date:
    """The last day of 2024, 2024-02 or 2024-02-14. Raises UserError for anything else."""
    return _days(words)[1]


def _days(words: str) -> tuple[date, date]:
    found = _DAY.fullmatch(words)
    if found:
        year = int(found[1])
        month, day = (int(part) if part else None for part in found.groups()[1:])
        with suppress(ValueError):  # of a month 13 or a 30 February
            last = calendar.monthrange(year, month or 12)[1]
            return date(year, month or 1, day or 1), date(year, month or 12, day or last)
    raise UserError(f"{words!r} is no year, month or day such as 2024, 2024-02 or 2024-02-14")


def _refuse_unknown(what: str, given: Collection[str], known: Collection[str]) -> None:
    for each in given:
        if each not in known:
            close = get_close_matches(each, known, n=1)
            meant = f" (did you mean {close[0]}?)" if close else ""
            raise UserError(f"there is no {what} {each!r}{meant}; there are: {', '.join(sorted(known))}")


def _one_of(column: pa.ChunkedArray, values: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(column, pa.array(list(values), pa.string()))


def _within(events: pa.Table, start: date | None, end: date | None) -> pa.Table:
    """Those whose interval has a day in common with start..end; a null bound of a dated event is open."""
    dated = pc.is_null(events.column("unresolved_reason"))
    conditions = []
    if start is not None:
        conditions += [dated, pc.fill_null(pc.greater_equal(events.column("date_end"), start), True)]
    if end is not None:
        conditions += [dated, pc.fill_null(pc.less_equal(events.column("date_start"), end), True)]
    return events.filter(reduce(pc.and_, conditions)) if conditions else events


def _telling(release: Release, events: pa.Table, words: str) -> pa.ChunkedArray:
    reports = release.table("event_mentions", ["event_id", "evidence"])
    told = reports.filter(pc.match_substring(reports.column("evidence"), words, ignore_case=True)).column("event_id")
    in_summary = pc.match_substring(events.column("summary"), words, ignore_case=True)
    return pc.or_(in_summary, pc.is_in(events.column("event_id"), told.combine_chunks()))


def _order(event: Row) -> tuple[date, str, str]:
    return event["date_start"] or event["date_end"] or date.max, event["summary"], event["event_id"]


def _words(release: Release, events: Collection[Row]) -> list[tuple[str, Row]]:
    """For each event the sentence of its best report, and that report's document."""
    best = [event["best_event_mention_id"] for event in events]
    reports = by_key(_rows(release, "event_mentions", best, "evidence", "document_id"), "event_mention_id")
    keys = {row["document_id"] for row in reports.values()}
    documents = by_key(_rows(release, "documents", keys, "source_uri", "title", "publisher"), "document_id")
    found = [reports[key] for key in best]
    return [(" ".join(row["evidence"].split()), documents[row["document_id"]]) for row in found]


def _rows(release: Release, table: str, keys: Collection[str], *columns: str) -> pa.Table:
    [key] = TABLES[table].key
    rows = release.table(table, [key, *columns])
    return rows.filter(_one_of(rows.column(key), keys))
