"""What a page states of its own date, and what was supplied with it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Supplied(NamedTuple):
    """A supplied date, read."""

    start: date
    end: date
    precision: str
    at: datetime | None
    text: str


_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")


_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/_-])")


def stated(document: Row, urls: Sequence[str]) -> dict[str, Any] | None:
    """What the page states, from a row of clean_documents and its addresses; None when it states nothing.

    The day in an address ("/2017/06/21/") counts where the text of the page states none, or a year that holds it.
    """
    day = _day_in_address(urls)
    if document["stated_start"] is None:
        return day
    is_coarse = document["published_precision"] not in ("minute", "day")
    if is_coarse and day is not None and document["stated_start"] <= day["published_start"] <= document["stated_end"]:
        return day
    return {
        "published_start": document["stated_start"],
        "published_end": document["stated_end"],
        "published_precision": document["published_precision"],
        "published_basis": "stated",
        "published_text": document["stated_text"],
        "published_at": document["stated_at"],
        "published_score": 1.0,
    }


def bounded(document: Row) -> dict[str, Any] | None:
    """What a page states that tells only when it was changed last: it was published on that day or before."""
    if document["stated_end"] is None or document["stated_start"] is not None:
        return None
    return {
        "published_end": document["stated_end"],
        "published_precision": "interval",
        "published_basis": "stated",
        "published_text": document["stated_text"],
        "published_reason": "the page states only when it was changed last",
    }


def _day_in_address(urls: Sequence[str]) -> dict[str, Any] | None:
    """The only day that addresses name, with the words that name it."""
    days = {}
    for found in (_DAY_IN_ADDRESS.search(url) for url in urls):
        if found is not None:
            try:
                days[date(*map(int, found.groups()))] = found[0].strip("/")
            except ValueError:  # no such day: the numbers mean something else
                continue
    if len(days) != 1:
        return None
    [(day, words)] = days.items()
    return {
        "published_start": day,
        "published_end": day,
        "published_precision": "day",
        "published_basis": "stated",
        "published_text": words,
        "published_score": 1.0,
        "evidence_rule_id": "published.address",
    }


def supplied(words: Sequence[str]) -> dict[str, Any] | None:
    """What was supplied with the records of a document; None when that is nothing, or no ISO 8601 date."""
    read = [found for found in map(read_supplied, words) if found is not None]
    if not read:
        return None
    start, end = min(found.start for found in read), max(found.end for found in read)
    if any((found.start, found.end) == (start, end) for found in read):
        # Several copies of the record: the one that tells most, of those that say what all of them together say.
        best = max(
            (found for found in read if (found.start, found.end) == (start, end)), key=lambda f: f.at is not None
        )
        precision, at, reason = best.precision, best.at, "supplied with the record"
    else:
        precision, at, reason = "interval", None, f"supplied differently: {'; '.join(found.text for found in read)}"
        best = read[0]
    return {
        "published_start": start,
        "published_end": end,
        "published_precision": precision,
        "published_basis": "supplied",
        "published_text": best.text,
        "published_at": at,
        "published_reason": reason,
        "evidence_rule_id": "supplied.published",
    }


def unknown(words: Sequence[str]) -> dict[str, Any]:
    """Nothing is known of the date; the reason says why."""
    reason = "the page states no date and none was supplied"
    if words:
        reason = f"the page states no date, and what was supplied is no ISO 8601 date: {'; '.join(words)}"
    return {"published_precision": "unknown", "published_basis": "unknown", "published_reason": reason}


def read_supplied(words: str) -> Supplied | None:
    """A supplied date as an interval; None when it is not ISO 8601."""
    words = words.strip()
    if found := _YEAR_OR_MONTH.fullmatch(words):
        year, month = int(found[1]), int(found[2] or 0)
        if not year or month > 12 or found[2] == "00":
            return None
        last = monthrange(year, month or 12)[1]
        precision = "month" if month else "year"
        return Supplied(date(year, month or 1, 1), date(year, month or 12, last), precision, None, words)
    try:
        if len(words) <= len("2024-02-14"):
            day = date.fromisoformat(words)
            return Supplied(day, day, "day", None, words)
        moment = datetime.fromisoformat(words)
        at = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return Supplied(moment.date(), moment.date(), "minute", at, words)
