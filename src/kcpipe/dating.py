"""When each document was published: as it states itself, else as it was supplied, else unknown. Never a guess.

Each way of knowing is one function from what is known of a document to a row or None; `_WAYS` is their order.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]


class Dating(NamedTuple):
    """What `dating` makes."""

    publication_dates: pa.Table


class _Supplied(NamedTuple):
    start: date
    end: date
    precision: str
    at: datetime | None
    text: str


_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")


def dating(*, clean_documents: pa.Table, records: pa.Table) -> Dating:
    """One row per document with its publication interval, or null bounds and the reason in words.

    clean_documents gives what the page states, records what came with it (`published_supplied`, ISO 8601: a year, a
    month, a day, or a time with or without zone). What the page states goes before what was supplied. The day is the
    one the words name, in their own time zone.
    """
    supplied: dict[str, list[str]] = {}
    for row in records.select(["document_id", "published_supplied"]).to_pylist():
        if row["document_id"] and row["published_supplied"]:
            supplied.setdefault(row["document_id"], []).append(row["published_supplied"])
    columns = ["document_id", "stated_start", "stated_end", "published_precision", "stated_text", "stated_at"]
    rows = []
    for document in clean_documents.select(columns).to_pylist():
        words = sorted(set(supplied.get(document["document_id"], ())))
        answer = next(found for way in _WAYS if (found := way(document, words)) is not None)
        rows.append({"document_id": document["document_id"], "published_candidates": [], **answer})
    return Dating(build(TABLES["publication_dates"], rows))


def _stated(document: Row, _: Sequence[str]) -> Row | None:
    if document["stated_start"] is None:
        return None
    return {
        "published_start": document["stated_start"],
        "published_end": document["stated_end"],
        "published_precision": document["published_precision"],
        "published_basis": "stated",
        "published_text": document["stated_text"],
        "published_at": document["stated_at"],
        "published_score": 1.0,
    }


def _supplied(_: Row, words: Sequence[str]) -> Row | None:
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
    }


def _unknown(_: Row, words: Sequence[str]) -> Row:
    reason = "the page states no date and none was supplied"
    if words:
        reason = f"the page states no date, and what was supplied is no ISO 8601 date: {'; '.join(words)}"
    return {"published_precision": "unknown", "published_basis": "unknown", "published_reason": reason}


# Constraints of the document's own calendar and agreement with dated documents have their place before `_unknown`.
_WAYS: tuple[Callable[[Row, Sequence[str]], Row | None], ...] = (_stated, _supplied, _unknown)


def read_supplied(words: str) -> _Supplied | None:
    """A supplied date as an interval; None when it is not ISO 8601."""
    words = words.strip()
    if found := _YEAR_OR_MONTH.fullmatch(words):
        year, month = int(found[1]), int(found[2] or 0)
        if not year or month > 12 or found[2] == "00":
            return None
        last = monthrange(year, month or 12)[1]
        precision = "month" if month else "year"
        return _Supplied(date(year, month or 1, 1), date(year, month or 12, last), precision, None, words)
    try:
        if len(words) <= len("2024-02-14"):
            day = date.fromisoformat(words)
            return _Supplied(day, day, "day", None, words)
        moment = datetime.fromisoformat(words)
        at = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return _Supplied(moment.date(), moment.date(), "minute", at, words)
