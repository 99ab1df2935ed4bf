"""Event reports as they are compared, and the events that they make up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

NEVER = date.max
ROWS = 1_000
"""Rows that are Python's objects at a time before they are reports."""
REAL = {"occurred": "real", "ongoing": "real"}


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A row of `reports`; what many have alike is shared between them, for there may be very many."""

    id: str
    """Its event_mention_id."""
    document: str
    """The document it stands in."""
    block: tuple[Any, ...]
    """What reports of one event must have in common."""
    order: tuple[Any, ...]
    """The order of every "first": publication (unknown last), document, place in it."""
    kind: str
    status: str
    countries: tuple[str, ...]
    actor_countries: tuple[str, ...]
    recipient_countries: tuple[str, ...]
    others: frozenset[str]
    """Role and entity, else words, of each party without a country."""
    is_nameless: bool
    is_negated: bool
    is_told_again: bool
    """Its words take it as known: "the visit"."""
    is_in_headline: bool
    """It stands in the first line, which tells what the text under it tells again."""
    is_further_word: bool
    """It is one of the things said in a story, of which each is a statement of its own."""
    start: date | None
    end: date | None
    words: str | None
    """The symbolic value of its date, where it stayed open."""
    time: str | None
    """The time expression that dates it."""
    scope: str | None
    """What dates it: a time in its clause, the story, or that it is news."""
    published_start: date | None
    published_end: date | None
    topic: frozenset[str]
    """The words that modify what is signed or proposed: "trade" in "a trade agreement"."""
    place: str | None
    """The entity of the place where it happened."""
    offices: Mapping[tuple[str, str], frozenset[str]]
    """Role and country of a party that is told by an office, to the words of that office."""
    matter: str | None
    """The kind of event that is proposed, accepted or announced in it."""
    count: int | None
    amount: tuple[str, float] | None
    """Unit and value of the amount that belongs to it."""

    @property
    def is_dated(self) -> bool:
        """Whether a side of its interval is known."""
        return self.start is not None or self.end is not None


@dataclass(slots=True, eq=False)
class Event:
    """Reports that tell of one happening, each with the way it was joined."""

    first: Report
    """The report that comes first by publication, document and place."""
    dated: Report | None = None
    """The report with the narrowest interval."""
    reports: list[tuple[Report, str | None, float]] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    """The documents that report it."""

    def add(self, report: Report, method: str | None, score: float) -> None:
        """Take up a report, with the way it was joined and the trust in that."""
        self.reports.append((report, method, score))
        self.documents.add(report.document)
        self.first = min(self.first, report, key=lambda each: each.order)
        if report.is_dated:
            dated = report if self.dated is None else self.dated
            self.dated = min(dated, report, key=lambda each: (length(each), each.order))

    @property
    def id(self) -> str:
        """That of its first report."""
        return self.first.id

    def union(self, column: str) -> set[str]:
        """The countries that any report has in a column."""
        return {code for report, _, _ in self.reports for code in getattr(report, column)}

    @property
    def others(self) -> set[str]:
        """The parties without a country that any report has."""
        return {other for report, _, _ in self.reports for other in report.others}

    def is_told_before(self, report: Report) -> bool:
        """Whether the report's own text has told it before that."""
        return any(r.document == report.document and r.order < report.order for r, _, _ in self.reports)


def length(report: Report) -> int:
    """Days from the first to the last; centuries when a side is open."""
    return ((report.end or NEVER) - (report.start or date.min)).days


def read_reports(reports: pa.Table) -> Iterator[Report]:
    """The rows of a table `reports`."""
    known: dict[Any, Any] = {}

    def shared(value: Any) -> Any:
        return known.setdefault(value, value)

    for row in (row for rows in reports.to_batches(max_chunksize=ROWS) for row in rows.to_pylist()):
        status, document = row["status"], shared(row["document_id"])
        is_statement = row["event_type"] == "STATEMENT" and row["date_scope"] != "clause"
        is_in_headline = row["char_start"] == 0
        countries, *sides = (
            shared(tuple(row[name])) for name in ("countries", "actor_countries", "recipient_countries")
        )
        others = shared(tuple(row["others"]))
        block = (
            row["event_kind"],
            countries,
            *sides,
            others,
            document if row["is_nameless"] else "",
            REAL.get(status, status),
            row["is_self_dyad"],
        )
        yield Report(
            id=row["event_mention_id"],
            document=document,
            block=shared(block),
            order=(row["published_start"] or NEVER, document, row["trigger_start"], row["event_mention_id"]),
            kind=shared(row["event_kind"]),
            status=shared(status),
            countries=countries,
            actor_countries=sides[0],
            recipient_countries=sides[1],
            others=shared(frozenset(others)),
            is_nameless=row["is_nameless"],
            is_negated=row["is_negated"],
            is_told_again=row["is_told_again"],
            is_in_headline=is_in_headline,
            is_further_word=is_statement and not row["is_told_again"] and not is_in_headline,
            start=shared(row["date_start"]),
            end=shared(row["date_end"]),
            words=shared(row["symbolic_value"]),
            time=row["time_expression_id"],
            scope=shared(row["date_scope"]),
            published_start=shared(row["published_start"]),
            published_end=shared(row["published_end"]),
            topic=shared(frozenset(row["topic"])),
            place=shared(row["place_draft_entity_id"]),
            offices={
                (office["role"], office["country_code"]): frozenset(office["words"].split())
                for office in row["offices"]
            },
            matter=shared(row["matter"]),
            count=row["event_count"],
            amount=(row["unit"], row["value"]) if row["unit"] is not None else None,
        )
