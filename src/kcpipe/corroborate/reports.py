"""Event reports as they are compared: kind, parties, interval, status, and what else tells one matter from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.intervals import REFERENCES
from kcpipe.joins import by_key

Row = Mapping[str, Any]

NEVER = date.max
_ARTICLES = frozenset({"a", "an", "the", "its", "their", "his", "her", "new"})
_SIDES = ("actor", "recipient", "party")
REAL = {"occurred": "real", "ongoing": "real"}


@dataclass(frozen=True)
class Report:
    """An event report with its interval; `words` is the symbolic value of its date when that stayed open."""

    row: Row
    start: date | None
    end: date | None
    words: str | None
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
    others: frozenset[tuple[str, str]]
    """Role and entity, else words, of each party without a country."""
    amount: tuple[str, float] | None
    """Unit and value of the amount that belongs to it, when exact."""
    is_nameless: bool
    """No party is a country or known by name: "gunmen" of two texts need not be the same."""

    @property
    def id(self) -> str:
        """Its event_mention_id."""
        return str(self.row["event_mention_id"])

    @property
    def document(self) -> str:
        """The document it stands in."""
        return str(self.row["document_id"])

    @property
    def block(self) -> tuple[Any, ...]:
        """What reports of one event must have in common."""
        row = self.row
        parties = tuple(tuple(row[name]) for name in ("countries", "actor_countries", "recipient_countries"))
        others = (tuple(sorted(self.others)), self.document if self.is_nameless else "")
        return (
            row["event_kind"],
            *parties,
            *others,
            REAL.get(row["status"], row["status"]),
            "self_dyad" in row["flags"],
        )

    @property
    def order(self) -> tuple[Any, ...]:
        """The order of every "first": publication (unknown last), document, place in it."""
        return (self.published_start or NEVER, self.document, self.row["trigger_start"], self.id)

    @property
    def is_in_headline(self) -> bool:
        """Whether it stands in the first line, which tells what the text under it tells again."""
        return bool(self.row["char_start"] == 0)

    @property
    def is_dated(self) -> bool:
        """Whether a side of its interval is known."""
        return self.start is not None or self.end is not None

    @property
    def is_further_word(self) -> bool:
        """Whether it is one of the things said in a story, of which each is a statement of its own."""
        is_verb = not self.row["is_told_again"] and not self.is_in_headline
        return bool(self.row["event_type"] == "STATEMENT" and self.scope != "clause" and is_verb)

    @property
    def is_told_again(self) -> bool:
        """Whether its words take it as known: "the visit"."""
        return bool(self.row["is_told_again"])


@dataclass
class Event:
    """Reports that tell of one happening, each with the way it was joined."""

    reports: list[tuple[Report, str | None, float]] = field(default_factory=list)

    def add(self, report: Report, method: str | None, score: float) -> None:
        """Take up a report, with the way it was joined and the trust in that."""
        self.reports.append((report, method, score))

    @property
    def first(self) -> Report:
        """The report that comes first by publication, document and place."""
        return min((report for report, _, _ in self.reports), key=lambda report: report.order)

    @property
    def dated(self) -> Report | None:
        """The report with the narrowest interval."""
        dated = [report for report, _, _ in self.reports if report.is_dated]
        return min(dated, key=lambda report: (length(report), report.order), default=None)

    @property
    def id(self) -> str:
        """That of its first report."""
        return self.first.id

    def union(self, column: str) -> set[str]:
        """The countries that any report has in a column."""
        return {code for report, _, _ in self.reports for code in report.row[column]}

    @property
    def others(self) -> set[tuple[str, str]]:
        """The parties without a country that any report has."""
        return {other for report, _, _ in self.reports for other in report.others}

    @property
    def documents(self) -> set[str]:
        """The documents that report it."""
        return {report.document for report, _, _ in self.reports}

    def is_told_before(self, report: Report) -> bool:
        """Whether the report's own text has told it before that."""
        return any(r.document == report.document and r.order < report.order for r, _, _ in self.reports)


def length(report: Report) -> int:
    """Days from the first to the last; centuries when a side is open."""
    return ((report.end or NEVER) - (report.start or date.min)).days


def read_reports(
    event_drafts: pa.Table,
    participant_drafts: pa.Table,
    mention_drafts: pa.Table,
    quantity_drafts: pa.Table,
    time_drafts: pa.Table,
    event_dates: pa.Table,
    publication_dates: pa.Table,
) -> Iterator[Report]:
    """The reports of the tables of those names, with what `corroborate` compares."""
    quantities = by_key(quantity_drafts.select(["quantity_id", "unit", "value"]), "quantity_id")
    dates = by_key(event_dates, "event_mention_id")
    words = by_key(time_drafts.select(["time_expression_id", "symbolic_value"]), "time_expression_id")
    published = by_key(publication_dates.select(["document_id", "published_start", "published_end"]), "document_id")
    people = mention_drafts.filter(pc.equal(mention_drafts.column("entity_type"), "PERSON"))
    offices = by_key(people.select(["mention_id", "role_text"]), "mention_id")
    entities = dict(
        zip(*(mention_drafts.column(name).to_pylist() for name in ("mention_id", "entity_id")), strict=True)
    )
    parties: dict[str, list[Row]] = {}
    for party in participant_drafts.to_pylist():
        parties.setdefault(party["event_mention_id"], []).append(party)
    nothing: Row = {"symbolic_value": None, "role_text": None}
    for row in event_drafts.to_pylist():
        time = dates[row["event_mention_id"]]
        document = published[row["document_id"]]
        own = parties.get(row["event_mention_id"], [])
        acting = [p for p in own if p["country_code"]]
        told = {(p["role"], p["country_code"]): offices.get(p["mention_id"], nothing)["role_text"] for p in acting}
        others = [p for p in own if p["role"] in _SIDES and p["country_code"] is None]
        known = [entities.get(p["mention_id"]) for p in others]
        yield Report(
            row,
            time["date_start"],
            time["date_end"],
            _own_words(words.get(row["time_expression_id"], nothing)["symbolic_value"]),
            time["date_scope"],
            document["published_start"],
            document["published_end"],
            next((_modifiers(row, party) for party in own if party["role"] == "topic"), frozenset()),
            entities.get(row["place_mention_id"]),
            {side: frozenset(office.lower().split()) for side, office in told.items() if office},
            frozenset((p["role"], entity or _words(row, p)) for p, entity in zip(others, known, strict=True)),
            _amount(quantities.get(row["quantity_id"])),
            not row["countries"] and not any(known),
        )


def _amount(quantity: Row | None) -> tuple[str, float] | None:
    """The unit and value of an exact amount of money; others count what the texts may count in other ways."""
    if quantity is None or quantity["unit"] is None or quantity["value"] is None:
        return None
    return quantity["unit"], quantity["value"]


def _own_words(symbolic: str | None) -> str | None:
    """What a date that stayed open says; "recently" and "now" tell no day apart, so they say nothing."""
    return None if symbolic in REFERENCES else symbolic


def _modifiers(row: Row, topic: Row) -> frozenset[str]:
    """The words before the last of a topic: those that tell one agreement from another."""
    return frozenset(_words(row, topic).split(" of ")[0].split()[:-1]) - _ARTICLES


def _words(row: Row, participant: Row) -> str:
    """How the sentence tells a participant, in lower case."""
    start, end = (participant[name] - row["char_start"] for name in ("char_start", "char_end"))
    return str(row["evidence"][start:end]).lower()
