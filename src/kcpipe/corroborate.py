"""Event reports become events: which of them tell of one happening, how events belong together, where they disagree.

Reports are blocked by kind, countries and whether the thing is told as real, planned, tried, supposed or denied; all
comparing happens inside a block. Precision comes before recall: what could be two things stays two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import name_id
from kcpipe.intervals import REFERENCES
from kcpipe.joins import by_key
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]
_NEVER = date.max
_DAYS_OF_A_WEEK = 7
_DAYS_OF_A_MONTH = 31
_DAYS_OF_A_YEAR = 366
# Events of one pair and kind that a later one is compared with.
_MOST_RIVALS = 50

# Trust in a link: the same date, also with more parties; the only dated event in the text or the corpus it can be.
_SAME_DATE, _MORE_PARTIES, _ONLY_IN_TEXT, _ONLY_IN_CORPUS, _ALONE = 0.9, 0.8, 0.8, 0.7, 1.0
# Words by which an office is told from the one above it.
_ARTICLES = frozenset({"a", "an", "the", "its", "their", "his", "her", "new"})
_LOWER_RANKS = frozenset({"deputy", "vice", "assistant", "acting"})
_SIDES = ("actor", "recipient", "party")
_REAL = {"occurred": "real", "ongoing": "real"}


class Corroborate(NamedTuple):
    """What `corroborate` makes."""

    event_members: pa.Table
    event_links: pa.Table
    conflicts: pa.Table


@dataclass(frozen=True)
class _Report:
    """An event report with its interval; `words` is the symbolic value of its date when that stayed open."""

    row: Row
    start: date | None
    end: date | None
    words: str | None
    published_start: date | None
    published_end: date | None
    topic: frozenset[str]
    """The words that modify what is signed or proposed: "trade" in "a trade agreement"."""
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
        return str(self.row["event_mention_id"])

    @property
    def document(self) -> str:
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
            _REAL.get(row["status"], row["status"]),
            "self_dyad" in row["flags"],
        )

    @property
    def order(self) -> tuple[Any, ...]:
        """The order of every "first": publication (unknown last), document, place in it."""
        return (self.published_start or _NEVER, self.document, self.row["trigger_start"], self.id)

    @property
    def is_in_headline(self) -> bool:
        """Whether it stands in the first line, which tells what the text under it tells again."""
        return bool(self.row["char_start"] == 0)

    @property
    def is_dated(self) -> bool:
        return self.start is not None or self.end is not None


@dataclass
class _Event:
    """Reports that tell of one happening, each with the way it was joined."""

    reports: list[tuple[_Report, str | None, float]] = field(default_factory=list)

    def add(self, report: _Report, method: str | None, score: float) -> None:
        self.reports.append((report, method, score))

    @property
    def first(self) -> _Report:
        return min((report for report, _, _ in self.reports), key=lambda report: report.order)

    @property
    def dated(self) -> _Report | None:
        """The report with the narrowest interval."""
        dated = [report for report, _, _ in self.reports if report.is_dated]
        return min(dated, key=lambda report: (_length(report), report.order), default=None)

    @property
    def id(self) -> str:
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
        return {report.document for report, _, _ in self.reports}


def _length(report: _Report) -> int:
    """Days from the first to the last; centuries when a side is open."""
    return ((report.end or _NEVER) - (report.start or date.min)).days


def corroborate(
    *,
    event_drafts: pa.Table,
    participant_drafts: pa.Table,
    mention_drafts: pa.Table,
    quantity_drafts: pa.Table,
    time_drafts: pa.Table,
    resolved_times: pa.Table,
    publication_dates: pa.Table,
    lexicons: Lexicons,
) -> Corroborate:
    """Which reports tell of one event, the links between events, and the claims that cannot both hold.

    All arguments are tables of those names for the whole corpus; `lexicons` holds event_kinds. Dated reports of one
    block are one event when their intervals overlap; for kinds that recur, only when they are the same and no longer
    than a week, for there may be two visits in a year, and not when they tell of different matters. A report without
    a date joins the only event of its block in its own text, else the only one in the corpus on or before its
    document's publication, and only for kinds that do not recur. In one text, a report of the same day joins the one
    event that has its parties and more. Negated reports belong to no event.
    """
    reports = list(
        _reports(
            event_drafts,
            participant_drafts,
            mention_drafts,
            quantity_drafts,
            time_drafts,
            resolved_times,
            publication_dates,
        )
    )
    kinds = {row["event_kind"]: row for row in lexicons["event_kinds"].rows}
    recurring = {kind for kind, row in kinds.items() if row["recurs"] == "yes"}
    told = sorted((report for report in reports if not report.row["is_negated"]), key=lambda report: report.order)
    blocks: dict[tuple[Any, ...], list[_Report]] = {}
    for report in told:
        blocks.setdefault(report.block, []).append(report)
    events = [event for block, members in blocks.items() for event in _events_of(members, recurs=block[0] in recurring)]
    events = _with_fewer_parties(events)
    enacted_by = {kind: row["enacted_by"].split() for kind, row in kinds.items()}
    return Corroborate(
        build(TABLES["event_members"], _member_rows(events)),
        build(TABLES["event_links"], _link_rows(events, enacted_by)),
        build(
            TABLES["conflicts"],
            [*_conflict_rows(reports, events, recurring), *_differences(events), *_rival_claims(events, recurring)],
        ),
    )


def _reports(
    event_drafts: pa.Table,
    participant_drafts: pa.Table,
    mention_drafts: pa.Table,
    quantity_drafts: pa.Table,
    time_drafts: pa.Table,
    resolved_times: pa.Table,
    publication_dates: pa.Table,
) -> Iterator[_Report]:
    quantities = by_key(quantity_drafts.select(["quantity_id", "unit", "value"]), "quantity_id")
    times = by_key(resolved_times, "time_expression_id")
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
    nothing: Row = {"date_start": None, "date_end": None, "symbolic_value": None, "role_text": None}
    for row in event_drafts.to_pylist():
        time = times.get(row["time_expression_id"], nothing)
        document = published[row["document_id"]]
        own = parties.get(row["event_mention_id"], [])
        told = {(p["role"], p["country_code"]): offices.get(p["mention_id"], nothing)["role_text"] for p in own}
        others = [p for p in own if p["role"] in _SIDES and p["country_code"] is None]
        known = [entities.get(p["mention_id"]) for p in others]
        yield _Report(
            row,
            time["date_start"],
            time["date_end"],
            _own_words(words.get(row["time_expression_id"], nothing)["symbolic_value"]),
            document["published_start"],
            document["published_end"],
            next((_modifiers(row, party) for party in own if party["role"] == "topic"), frozenset()),
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


def _events_of(reports: Sequence[_Report], *, recurs: bool) -> list[_Event]:
    """The events of one block. Those of kinds that recur are looked up by their interval."""
    events: list[_Event] = []
    at: dict[tuple[date | None, date | None], list[_Event]] = {}
    for report in sorted((r for r in reports if r.is_dated), key=lambda r: (_length(r), r.order)):
        near = at.setdefault((report.start, report.end), []) if recurs else events
        same = [event for event in near if _is_same_date(event, report, recurs=recurs) and _may_be_one(event, report)]
        event = _join_or_found(events, report, same, "same_date", _SAME_DATE)
        if recurs and not same:
            near.append(event)
    open_words: dict[tuple[str, str | None], _Event] = {}
    for report in reports:
        if report.is_dated or report.words is None:
            continue
        key = (report.document, report.words)
        if key in open_words and not recurs:
            open_words[key].add(report, "same_date_words", _SAME_DATE)
        else:
            open_words[key] = _join_or_found(events, report, [], None, _ALONE)
    for report in reports:
        if report.is_dated or report.words is not None:
            continue
        candidates = _candidates(events, report) if not recurs else _under(events, report)
        method, score = ("only_in_text", _ONLY_IN_TEXT)
        if candidates and report.document not in candidates[0].documents:
            method, score = ("only_in_corpus", _ONLY_IN_CORPUS)
        _join_or_found(events, report, candidates, method, score)
    return events


def _join_or_found(
    events: list[_Event], report: _Report, candidates: Sequence[_Event], method: str | None, score: float
) -> _Event:
    """Join the one candidate; with none, or several, the report founds an event of its own."""
    if len(candidates) == 1:
        candidates[0].add(report, method, score)
        return candidates[0]
    event = _Event()
    event.add(report, None, _ALONE)
    events.append(event)
    return event


def _may_be_one(event: _Event, report: _Report) -> bool:
    """Whether they can tell of one matter: a trade agreement is no agreement on visas."""
    topics = [other.topic for other, _, _ in event.reports if other.topic]
    return not report.topic or all(report.topic <= topic or topic <= report.topic for topic in topics)


def _with_fewer_parties(events: Sequence[_Event]) -> list[_Event]:
    """The events, those that a text tells of the same day with fewer parties joined to the one that has more."""
    at: dict[tuple[Any, ...], list[_Event]] = {}
    for event in events:
        dated = event.dated
        if dated is not None and dated.start is not None and dated.end is not None and _length(dated) < _DAYS_OF_A_WEEK:
            for document in event.documents:
                at.setdefault(
                    (document, dated.row["event_kind"], *dated.block[-2:], dated.start, dated.end), []
                ).append(event)
    joined: set[int] = set()  # by identity: an event that takes up an earlier report takes its id
    for same_day in at.values():
        for event in sorted(same_day, key=lambda event: (len(event.first.row["countries"]), event.first.order)):
            others = [other for other in same_day if id(other) not in joined and other is not event]
            fuller = [other for other in others if _is_part_of(event, other)]
            if id(event) not in joined and len(fuller) == 1:
                joined.add(id(event))
                for report, _, _ in event.reports:
                    fuller[0].add(report, "more_parties", _MORE_PARTIES)
    return [event for event in events if id(event) not in joined]


def _is_part_of(event: _Event, other: _Event) -> bool:
    """Whether the parties of one, in their roles, are some of those of the other."""
    names = ("countries", "actor_countries", "recipient_countries")
    parties, fuller = ({name: event.union(name) for name in names} for event in (event, other))
    fits = all(parties[name] <= fuller[name] for name in names) and event.others <= other.others
    return fits and bool(parties["countries"]) and parties["countries"] < fuller["countries"]


def _is_same_date(event: _Event, report: _Report, *, recurs: bool) -> bool:
    other = event.dated
    if other is None:
        return False
    if other.start is None or other.end is None or report.start is None or report.end is None:
        return False  # "since 1960" overlaps with all that came later
    if recurs:
        return (other.start, other.end) == (report.start, report.end) and _length(report) < _DAYS_OF_A_WEEK
    if max(_length(other), _length(report)) > _DAYS_OF_A_YEAR:
        return False  # "in the 1950s" may be any of several
    return other.start <= report.end and report.start <= other.end


def _under(events: Sequence[_Event], report: _Report) -> list[_Event]:
    """For a headline the events that its own text tells of the same matter, also of kinds that recur."""
    own = [event for event in events if report.document in event.documents and _may_be_one(event, report)]
    return own if report.is_in_headline and report.row["status"] != "attempted" else []


def _candidates(events: Sequence[_Event], report: _Report) -> list[_Event]:
    """The events an undated report may belong to: those of its own text, else the dated ones it can have known.

    An attempt may be made again, so one without a date is never one that has a date.
    """
    recurs = report.row["status"] == "attempted"
    own = [event for event in events if report.document in event.documents and not (recurs and event.dated)]
    if own or recurs or report.published_end is None:
        return own
    known = report.published_end
    return [event for event in events if event.dated is not None and (event.dated.start or date.min) <= known]


# --- rows ------------------------------------------------------------------------------------------------------------


def _member_rows(events: Iterable[_Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        for report, method, score in event.reports:
            yield {
                "event_mention_id": report.id,
                "event_id": event.id,
                "event_link_method": method,
                "event_link_score": score,
            }


def _link_rows(events: Sequence[_Event], enacted_by: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """How events that are told as real belong together, and which plans came true."""
    real = [event for event in events if event.first.row["status"] in _REAL]
    parts = list(_parts(real, enacted_by))
    yield from (_link(part, whole, "part_of") for part, whole in parts)
    tied = {frozenset((part.id, whole.id)) for part, whole in parts}
    for first, other in _occasions(real):
        if frozenset((first.id, other.id)) not in tied:
            yield _link(other, first, "same_occasion")
    yield from (_link(event, plan, "realises") for event, plan in _realised(events, real))


def _parts(events: Sequence[_Event], enacted_by: Mapping[str, Sequence[str]]) -> Iterator[tuple[_Event, _Event]]:
    """Acts by which another was done, told in the same text: notes exchanged to establish relations."""
    by_text: dict[tuple[Any, ...], list[_Event]] = {}
    for event in events:
        for document in event.documents:
            by_text.setdefault((document, event.first.row["event_kind"], *event.first.row["countries"]), []).append(
                event
            )
    found: dict[tuple[str, str], tuple[_Event, _Event]] = {}
    for (document, kind, *countries), wholes in by_text.items():
        acts = [act for enacting in enacted_by[kind] for act in by_text.get((document, enacting, *countries), ())]
        for act in acts:
            near = [whole for whole in wholes if _is_of_one_day(act, whole)]
            if len(near) == 1:
                found[act.id, near[0].id] = act, near[0]
    yield from (found[key] for key in sorted(found))


def _occasions(events: Sequence[_Event]) -> Iterator[tuple[_Event, _Event]]:
    """What two or more countries did on one day, each tied to the first of them."""
    by_day: dict[tuple[Any, ...], list[_Event]] = {}
    for event in events:
        report = event.dated
        is_of_a_day = report is not None and report.start is not None and report.start == report.end
        if report is not None and is_of_a_day and len(report.row["countries"]) > 1:
            by_day.setdefault((report.start, *report.row["countries"]), []).append(event)
    for same_day in by_day.values():
        first, *others = sorted(same_day, key=lambda event: event.first.order)
        yield from ((first, other) for other in others)


def _realised(events: Sequence[_Event], real: Sequence[_Event]) -> Iterator[tuple[_Event, _Event]]:
    """The only event that can be what a plan told before came to, and the plan."""
    by_plan: dict[tuple[Any, ...], list[_Event]] = {}
    for event in real:
        if event.dated is not None:
            by_plan.setdefault(event.dated.block[:-2], []).append(event)
    for event in events:
        plan = event.first
        if plan.row["status"] != "planned" or plan.published_start is None:
            continue
        came_true = [
            other
            for other in by_plan.get(plan.block[:-2], [])
            if other.dated is not None
            and (other.dated.start or date.min) >= plan.published_start
            and (not plan.is_dated or _is_same_date(other, plan, recurs=False))
        ]
        if len(came_true) == 1:
            yield came_true[0], event


def _is_of_one_day(part: _Event, whole: _Event) -> bool:
    """Whether the dates of both allow it, where both are told."""
    one, other = part.dated, whole.dated
    if one is None or other is None:
        return True
    return (one.start or date.min) <= (other.end or _NEVER) and (other.start or date.min) <= (one.end or _NEVER)


def _differences(events: Iterable[_Event]) -> Iterator[dict[str, Any]]:
    """Reports of one event that count or value it differently, or give a country's party another office."""
    for event in events:
        first, *others = sorted((report for report, _, _ in event.reports), key=lambda report: report.order)
        for report in others:
            if None not in (counts := (first.row["event_count"], report.row["event_count"])) and counts[0] != counts[1]:
                yield _conflict("count", event, event, first, report)
            if None not in (first.amount, report.amount) and _differs(first.amount, report.amount):
                yield _conflict("value", event, event, first, report)
        for side in sorted({side for report, _, _ in event.reports for side in report.offices}):
            told = [report for report in (first, *others) if side in report.offices]
            for report in told[1:]:
                if _is_other_rank(told[0].offices[side], report.offices[side]):
                    yield _conflict(side[0], event, event, told[0], report)


def _differs(one: tuple[str, float] | None, other: tuple[str, float] | None) -> bool:
    """Whether two amounts of one unit are not the same."""
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]


def _rival_claims(events: Iterable[_Event], recurring: set[str]) -> Iterator[dict[str, Any]]:
    """Events of two texts that can hardly both be: the same of one pair with the parts exchanged on one day, or the
    same thing that happens once, on two days less than a month apart."""
    by_pair: dict[tuple[Any, ...], list[_Event]] = {}
    for event in events:
        report = event.dated
        is_of_a_day = report is not None and report.start is not None and report.start == report.end
        if is_of_a_day and event.first.row["status"] in _REAL and len(event.first.row["countries"]) > 1:
            by_pair.setdefault((event.first.row["event_kind"], *event.first.row["countries"]), []).append(event)
    for (kind, *_), same in by_pair.items():
        same.sort(key=lambda event: event.first.order)
        for place, other in enumerate(same):
            for event in same[:place][-_MOST_RIVALS:]:
                attribute = _rivalry(event, other, is_once=kind not in recurring)
                if attribute and not event.documents & other.documents:
                    yield _conflict(attribute, event, other, event.first, other.first)


def _rivalry(event: _Event, other: _Event, *, is_once: bool) -> str | None:
    one, two = event.dated, other.dated
    if one is None or two is None or one.start is None or two.start is None:
        return None
    exchanged = ("actor_countries", "recipient_countries")
    if (
        one.start == two.start
        and one.row[exchanged[0]]
        and [one.row[name] for name in exchanged] == [two.row[name] for name in reversed(exchanged)]
    ):
        return "actor"
    return "date" if is_once and 0 < abs((one.start - two.start).days) < _DAYS_OF_A_MONTH else None


def _is_other_rank(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one is the deputy of the other: "deputy ambassador" and "ambassador"."""
    shared = (one & other) - _LOWER_RANKS - {"of", "the", "to"}
    return bool(shared) and bool(one & _LOWER_RANKS) != bool(other & _LOWER_RANKS)


def _conflict(attribute: str, event: _Event, rival: _Event, one: _Report, other: _Report) -> dict[str, Any]:
    return {
        "conflict_id": name_id("conflict", attribute, one.id, other.id),
        "attribute": attribute,
        "claim_a": str(one.row["evidence"]),
        "claim_b": str(other.row["evidence"]),
        "document_id_a": one.document,
        "document_id_b": other.document,
        "event_mention_id_a": one.id,
        "event_mention_id_b": other.id,
        "event_id_a": event.id,
        "event_id_b": rival.id,
    }


def _link(event: _Event, other: _Event, relation: str) -> dict[str, Any]:
    return {"event_id": event.id, "related_event_id": other.id, "relation": relation}


def _conflict_rows(
    reports: Sequence[_Report], events: Sequence[_Event], recurring: set[str]
) -> Iterator[dict[str, Any]]:
    """A text that says something never happened against others that date it before that text was written.

    Only for kinds that do not recur, and not against what the denying text itself tells.
    """
    happened: dict[tuple[Any, ...], list[_Event]] = {}
    for event in events:
        if event.dated is not None and event.first.row["status"] == "occurred":
            happened.setdefault((event.first.row["event_kind"], tuple(event.first.row["countries"])), []).append(event)
    for report in reports:
        row = report.row
        if not row["is_negated"] or row["status"] != "occurred" or row["event_kind"] in recurring or report.is_nameless:
            continue
        for event in happened.get((row["event_kind"], tuple(row["countries"])), []):
            other = event.dated
            if other is None or report.published_end is None or report.document in event.documents:
                continue
            if other.end is not None and other.end < (report.published_start or report.published_end):
                yield {
                    "conflict_id": name_id("conflict", "polarity", report.id, other.id),
                    "attribute": "polarity",
                    "claim_a": str(other.row["evidence"]),
                    "claim_b": str(row["evidence"]),
                    "document_id_a": other.document,
                    "document_id_b": report.document,
                    "event_mention_id_a": other.id,
                    "event_mention_id_b": report.id,
                    "event_id_a": event.id,
                }
