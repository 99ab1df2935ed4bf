"""When each document was published: as it states itself, else as it was supplied, else as its text lets one work out.

Two ways are worked out. `calendar`: what the text's own dates, tenses, weekdays and offices allow (constraints).
`corroborated`: the same event told in a dated document (agreement). Both give an interval, never a guess inside it;
what rests on a document that was itself dated by corroboration does not exist, so nothing can go round in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from heapq import nsmallest
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dating.agreement import Agreement, agreements
from kcpipe.dating.constraints import narrow
from kcpipe.dating.copies import first_copies
from kcpipe.dating.days import ANY, Days, hull, intersection
from kcpipe.dating.page import bounded, read_supplied, stated, supplied, unknown
from kcpipe.dating.told import Told, told_by
from kcpipe.intervals import Conventions, parse, period, resolve
from kcpipe.joins import Grouped, by_key, in_one
from kcpipe.lexicon import Lexicons
from kcpipe.spans import SpanMap, span_maps
from kcpipe.tables import TABLES, build, empty

__all__ = ["Dating", "dating", "read_supplied"]

Row = Mapping[str, Any]
Tables = Mapping[str, pa.Table]

AT_ONCE = 1_000
"""So many documents are Python's objects at a time."""
_CALENDAR_SCORE = 0.9
"""Trust in what hard constraints leave: a tense or a title may have been misread."""
_LONE_AGREEMENT = 0.7
"""Trust in the agreement with one dated document; each further one divides what is missing."""
_WITNESSES_NAMED = 5
"""Dated documents that the reason names; of more it gives the number."""
_LONGEST = 366
"""Days: what is known to within more than a year dates nothing; the reason says what is known."""


class Dating(NamedTuple):
    """What `dating` makes."""

    publication_dates: pa.Table
    first_copies: pa.Table


def dating(
    *,
    clean_documents: pa.Table,
    document_fields: pa.Table,
    text_spans: pa.Table,
    records: pa.Table,
    document_copies: pa.Table,
    sentences: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
    event_drafts: pa.Table,
    lexicons: Lexicons,
) -> Dating:
    """One row per document with its publication interval, or null bounds and the reason in words.

    Tables of those names for the whole corpus. `clean_documents` gives what the page states (`document_fields` and
    `text_spans` where its address and its dateline stand in the raw record), `records` what came
    with it (`published_supplied`, ISO 8601: a year, a month, a day, or a time with or without zone); what the page
    states goes before what was supplied, and the day is the one the words name, in their own time zone. The other
    tables give what the text says of its time. lexicons: `date_words` (conventions, occasions), `holidays`,
    `people` (terms of office), `event_kinds` (which kinds recur).

    When several intervals fit, `published_start`..`published_end` reaches over all of them and
    `published_candidates` lists them. Of a group of copies the first is the one published first.
    """
    reading = _Reading(lexicons)
    needed = {
        "clean_documents": clean_documents,
        "document_fields": document_fields,
        "text_spans": text_spans,
        "records": records,
        "sentences": sentences,
        "mention_drafts": mention_drafts,
        "time_drafts": time_drafts,
    }
    ids = in_one(clean_documents.column("document_id"))
    by_document = {name: Grouped(table, "document_id", ids) for name, table in needed.items()}
    some = [(first, min(first + AT_ONCE, len(ids))) for first in range(0, len(ids), AT_ONCE)]
    still_open = set[str]()
    dates: list[pa.Table] = []
    for place in some:
        rows, are_open = reading.alone({name: grouped.rows(*place) for name, grouped in by_document.items()})
        still_open |= are_open
        dates.append(build(TABLES["publication_dates"], rows.values()))
    groups = dict(_pairs(document_copies, "document_id", "copy_group"))
    witnesses = _witnesses(_joined(dates), still_open)
    found = agreements(event_drafts, time_drafts, sorted(still_open), witnesses, groups, reading.conventions)
    names = _names_of(found, witnesses, groups, records) if found else {}
    for number, place in enumerate(some):
        if agreeing := found.keys() & set(dates[number].column("document_id").to_pylist()):
            tables = {name: _of(grouped.rows(*place), agreeing) for name, grouped in by_document.items()}
            better = by_key(dates[number], "document_id") | reading.together(tables, found, names)
            dates[number] = build(TABLES["publication_dates"], better.values())
    return Dating(_joined(dates), first_copies(document_copies, _joined(dates)))


def _joined(dates: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables([empty(TABLES["publication_dates"]), *dates])


class _Reading:
    """Reads the dates of some documents at a time, from tables of their rows by name."""

    def __init__(self, lexicons: Lexicons) -> None:
        """lexicons: those of the stage."""
        self.conventions = Conventions.of(lexicons["date_words"].rules, lexicons["holidays"].rows)
        self._recurring = {row["event_kind"] for row in lexicons["event_kinds"].rows if row["recurs"] == "yes"}
        self._lexicons = lexicons

    def alone(self, tables: Tables) -> tuple[dict[str, Row], set[str]]:
        """What each document tells by itself; and those that agreement with others may date."""
        rows = _on_the_page(tables["clean_documents"], tables["document_fields"], tables["records"])
        coarse = sorted(key for key, row in rows.items() if row["published_precision"] not in ("minute", "day"))
        told = self._told(coarse, tables)
        filed = {key: text.dateline for key, text in told.items() if text.dateline is not None}
        maps = span_maps(_of(tables["text_spans"], filed))
        still_open: set[str] = set()
        for key in coarse:
            on_the_page, text = rows[key], told.get(key, Told(None, ()))
            before = _days(on_the_page)
            if key in filed and (line := _by_dateline(filed[key], maps[key], before, self.conventions)) is not None:
                rows[key] = {**on_the_page, **line}
                continue
            days, effective = narrow(before, text.constraints)
            if days != before and _is_narrow(days):
                rows[key] = _worked_out(on_the_page, days, effective)
            elif hull(before) is None:
                reason = on_the_page["published_reason"] + _so_far(days, effective)
                rows[key] = {**on_the_page, "published_reason": reason}
            if hull(_days(rows[key])) is None or len(days) > 1:
                still_open.add(key)
        return rows, still_open

    def together(
        self, tables: Tables, found: Mapping[str, Sequence[Agreement]], names: Mapping[str, str]
    ) -> dict[str, Row]:
        """Those of the documents that what they agree in with others dates. names: of those others."""
        on_the_page = _on_the_page(tables["clean_documents"], tables["document_fields"], tables["records"])
        told = self._told(on_the_page, tables)
        rows: dict[str, Row] = {}
        for key, row in on_the_page.items():
            constraints = [*(agreement.constraint for agreement in found[key]), *told[key].constraints]
            days, effective = narrow(_days(row), constraints)
            if _is_enough(found[key], self._recurring) and len(days) == 1 and _is_narrow(days):
                rows[key] = _corroborated(row, days, effective, found[key], names)
        return rows

    def _told(self, documents: Collection[str], tables: Tables) -> dict[str, Told]:
        return told_by(
            documents,
            clean_documents=tables["clean_documents"],
            sentences=tables["sentences"],
            mention_drafts=tables["mention_drafts"],
            time_drafts=tables["time_drafts"],
            lexicons=self._lexicons,
            conventions=self.conventions,
        )


# --- the page and its record -----------------------------------------------------------------------------------------


def _on_the_page(clean_documents: pa.Table, document_fields: pa.Table, records: pa.Table) -> dict[str, Row]:
    """What the page itself and its records say, by document: the stated date, else the supplied, else a bound."""
    columns = ["document_id", "url", "stated_start", "stated_end", "published_precision", "stated_text", "stated_at"]
    words, addresses = _told_with(records, "published_supplied"), _told_with(records, "url")
    is_address = pc.equal(document_fields.column("field"), "url")
    named = {row["document_id"]: row for row in document_fields.filter(is_address).to_pylist()}
    rows: dict[str, Row] = {}
    for document in clean_documents.select(columns).to_pylist():
        key = document["document_id"]
        urls = [document["url"]] if document["url"] else addresses.get(key, [])
        said = words.get(key, [])
        answer = stated(document, urls) or supplied(said) or bounded(document) or unknown(said)
        where = _in_address(answer["published_text"], named[key]) if _is_by_address(answer) and key in named else {}
        rows[key] = {"document_id": key, "published_candidates": [], **answer, **where}
    return rows


def _is_by_address(answer: Row) -> bool:
    return bool(answer.get("evidence_rule_id") == "published.address")


def _in_address(words: str, address: Row) -> dict[str, int]:
    """Where the words stand in the raw record, in the address that the page names there."""
    start = address["text"].find(words)
    if start < 0 or address["raw_start"] is None:
        return {}
    start += address["raw_start"]
    return {"evidence_raw_start": start, "evidence_raw_end": start + len(words)}


def _told_with(records: pa.Table, column: str) -> dict[str, list[str]]:
    """The different values that came with the records of each document, in order."""
    found: dict[str, set[str]] = {}
    for key, value in _pairs(records, "document_id", column):
        if key and value:
            found.setdefault(key, set()).add(value)
    return {key: sorted(values) for key, values in found.items()}


def _pairs(table: pa.Table, first: str, second: str) -> Iterator[tuple[Any, Any]]:
    return zip(table.column(first).to_pylist(), table.column(second).to_pylist(), strict=True)


def _witnesses(alone: pa.Table, still_open: Collection[str]) -> pa.Table:
    """The documents that may date others, each with the interval in which it was published."""
    dated = alone.select(["document_id", "published_start", "published_end"])
    is_open = pc.is_in(dated.column("document_id"), pa.array(sorted(still_open), pa.string()))
    return dated.filter(pc.invert(is_open)).drop_null()


def _names_of(
    found: Mapping[str, Sequence[Agreement]], witnesses: pa.Table, groups: Mapping[str, str], records: pa.Table
) -> dict[str, str]:
    """The name of the first record of each witness, by its group of copies: that of the smallest id among them."""
    named = frozenset[str]().union(*(each.documents for agreeing in found.values() for each in agreeing))
    may_be = [*named, *(document for document, group in groups.items() if group in named)]
    documents = _of(witnesses, may_be).column("document_id").to_pylist()
    names = dict(_pairs(_of(records, documents).sort_by([("source_uri", "descending")]), "document_id", "source_name"))
    return {groups.get(document, document): names.get(document, document) for document in sorted(documents)[::-1]}


def _of(table: pa.Table, documents: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("document_id"), pa.array(sorted(documents), pa.string())))


# --- what is worked out ----------------------------------------------------------------------------------------------


def _days(row: Row) -> Days:
    """The days on which a document may have been published."""
    ((first, last),) = ANY
    return ((row.get("published_start") or first, row.get("published_end") or last),)


def _is_narrow(days: Days) -> bool:
    """Whether each of the intervals that are left is known well enough to date anything."""
    return hull(days) is not None and all((end - start).days <= _LONGEST for start, end in days)


def _by_dateline(line: Row, raw: SpanMap, before: Days, conventions: Conventions) -> dict[str, Any] | None:
    """The day in the dateline, when the page says nothing against it; raw: the map of its document."""
    found = resolve(parse(line["symbolic_value"]), None, "either", conventions)
    if found.start is None or found.end is None or not intersection(before, ((found.start, found.end),)):
        return None
    start, end = raw.to_raw(line["char_start"], line["char_end"])
    return {
        "published_start": found.start,
        "published_end": found.end,
        "published_precision": "day",
        "published_basis": "stated",
        "published_text": line["text"],
        "published_score": 1.0,
        "published_reason": None,
        "evidence_rule_id": "published.dateline",
        "evidence_raw_start": start,
        "evidence_raw_end": end,
    }


def _worked_out(row: Row, days: Days, effective: Sequence[str]) -> dict[str, Any]:
    return {
        **_narrowed(row, days, effective),
        "published_basis": "calendar",
        "published_candidates": [{"start": start, "end": end} for start, end in days] if len(days) > 1 else [],
        "published_score": _CALENDAR_SCORE,
    }


def _narrowed(row: Row, days: Days, effective: Sequence[str]) -> dict[str, Any]:
    """The row with these days, and the words that leave no others; what the page or the record said stands first."""
    told = [f"{row['published_basis']} as “{row['published_text']}”"] if row.get("published_text") else []
    start, end = days[0][0], days[-1][1]
    return {
        **row,
        "published_start": start,
        "published_end": end,
        "published_precision": _precision(start, end),
        "published_at": None,
        "published_reason": "; ".join([*told, *effective]),
        "evidence_rule_id": None,
    }


def _precision(start: date, end: date) -> str:
    if start == end:
        return "day"
    for unit in ("month", "year"):
        piece = period(unit, start)
        if (piece.start, piece.end) == (start, end):
            return unit
    return "interval"


def _so_far(days: Days, effective: Sequence[str]) -> str:
    """What the calendar says of a document that it does not date."""
    if not effective:
        return ""
    told = "; ".join(effective)
    if not days:
        return f"; its own dates do not fit together: {told}"
    start, end = days[0][0], days[-1][1]
    bounds = [f"not before {start}"] if start > date.min else []
    bounds += [f"not after {end}"] if end < date.max else []
    return f"; {' and '.join(bounds)}: {told}"


# --- agreement with dated documents ----------------------------------------------------------------------------------


def _is_enough(found: Sequence[Agreement], recurring: set[str]) -> bool:
    """One event of a kind that countries have once; of visits and talks there are many, so that two must agree."""
    return len(found) > 1 or any(agreement.key[0] not in recurring for agreement in found)


def _corroborated(
    row: Row, days: Days, effective: Sequence[str], found: Sequence[Agreement], names: Mapping[str, str]
) -> dict[str, Any]:
    narrowed = _narrowed(row, days, effective)
    witnesses = frozenset[str]().union(*(agreement.documents for agreement in found))
    shown = sorted(names[witness] for witness in nsmallest(_WITNESSES_NAMED, witnesses))
    if len(shown) < len(witnesses):
        shown.append(f"{len(witnesses) - len(shown)} more")
    return {
        **narrowed,
        "published_basis": "corroborated",
        "published_score": round(1 - (1 - _LONE_AGREEMENT) / len(witnesses), 3),
        "published_reason": f"{narrowed['published_reason']}; as dated by {', '.join(shown)}",
    }
