"""What the reports of an event come to: its row, and a sentence that says it.

Nothing here is read from a text; all of it stands in the reports already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import Grouped, look_up
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build, empty

Row = Mapping[str, Any]
_ByEvent = dict[str, list[Row]]

REPORTS = 5_000
"""About so many reports are Python's objects at a time."""
_DATES = tuple(column.name for column in TABLES["event_dates"].columns if column.name != "event_mention_id")
_PREFIXES = {"planned": "Planned: ", "attempted": "Attempted: ", "hypothetical": "Hypothetical: ", "denied": "Denied: "}
# Names of countries that stand with "the" inside a sentence.
_WITH_ARTICLE = re.compile(
    r"^(?:United|Netherlands|Philippines|Bahamas|Maldives|Comoros|Gambia|Holy See|D\.?R\.? Congo|Republic of)|"
    r"(?:Islands|Emirates|Republic|Republic of (?:the )?Congo|Federation|Territory|Territories)$"
)
# Of equally narrow dates the one that leans on least: the words alone, a stated publication date, a computed one.
_BASES = ("absolute", "relative", "calendar", "corroborated", "unresolved")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class Conclude(NamedTuple):
    """What `conclude` makes."""

    events: pa.Table
    event_countries: pa.Table
    event_kinds: pa.Table


def conclude(
    *,
    documents: pa.Table,
    entities: pa.Table,
    event_mentions: pa.Table,
    participants: pa.Table,
    conflicts: pa.Table,
    lexicons: Lexicons,
) -> Conclude:
    """One row per event that reports belong to, in the order in which they name them first.

    All arguments are tables of those names for the whole corpus; `lexicons` holds event_kinds. An event takes its date,
    precision and basis from the report that words date most narrowly, else from one that is news, and its summary from
    its own columns.
    """
    reports = _with_sources(_with_places(event_mentions, entities), documents)
    [name] = look_up(participants.column("entity_id"), entities, "entity_id", "name")
    parties = participants.append_column("name", name)
    countries = entities.filter(pc.equal(entities.column("entity_type"), "COUNTRY"))
    names = dict(zip(*(countries.column(name).to_pylist() for name in ("entity_id", "name")), strict=True))
    disputed = {*conflicts.column("event_id_a").to_pylist(), *conflicts.column("event_id_b").to_pylist()}
    kinds = {row["event_kind"]: row for row in lexicons["event_kinds"].rows}
    events, event_countries = [empty(TABLES["events"])], [empty(TABLES["event_countries"])]
    for told, acting in _by_event(reports, parties):
        rows = [
            _event_row(event_id, members, acting.get(event_id, ()), names, kinds, event_id in disputed)
            for event_id, members in told.items()
        ]
        events.append(build(TABLES["events"], rows))
        event_countries.append(build(TABLES["event_countries"], _event_country_rows(rows)))
    event_kinds = build(TABLES["event_kinds"], _kind_rows(lexicons))
    return Conclude(pa.concat_tables(events), pa.concat_tables(event_countries), event_kinds)


def _with_places(reports: pa.Table, entities: pa.Table) -> pa.Table:
    """The reports with the name and the country of their places."""
    name, country_code = look_up(reports.column("place_entity_id"), entities, "entity_id", "name", "country_code")
    return reports.append_column("place_name", name).append_column("place_country_code", country_code)


def _with_sources(reports: pa.Table, documents: pa.Table) -> pa.Table:
    """The reports with the last day on which their document may have been published, and with its publisher; that of a
    copy is the first one's."""
    first = pc.coalesce(documents.column("duplicate_of"), documents.column("document_id"))
    [publisher] = look_up(first, documents, "document_id", "publisher")
    known = documents.select(["document_id", "published_end"]).append_column("publisher", publisher)
    published_end, publisher = look_up(
        reports.column("document_id"), known, "document_id", "published_end", "publisher"
    )
    return reports.append_column("published_end", published_end).append_column("publisher", publisher)


def _by_event(reports: pa.Table, participants: pa.Table) -> Iterator[tuple[_ByEvent, _ByEvent]]:
    """Some events after the other, each with the reports that belong to it, and with who takes part in the first one,
    after which it is called."""
    events = pc.unique(reports.column("event_id")).drop_null()
    members, acting = Grouped(reports, "event_id", events), Grouped(participants, "event_mention_id", events)
    is_full = np.diff(members.ends // REPORTS)[:-1] > 0
    for first, end in pairwise([0, *(np.flatnonzero(is_full) + 1).tolist(), len(events)]):
        yield _by(members.rows(first, end), "event_id"), _by(acting.rows(first, end), "event_mention_id")


def _by(rows: pa.Table, key: str) -> _ByEvent:
    found: _ByEvent = {}
    for row in rows.to_pylist():
        found.setdefault(row[key], []).append(row)
    return found


def _event_row(
    event_id: str,
    reports: Sequence[Row],
    parties: Sequence[Row],
    names: Mapping[str, str],
    kinds: Mapping[str, Row],
    is_disputed: bool,
) -> dict[str, Any]:
    first = next(report for report in reports if report["event_mention_id"] == event_id)
    dated = min(
        reports,
        key=lambda r: (_openness(r), _BASES.index(r["date_basis"]), r["event_mention_id"] != event_id, _place_of(r)),
    )
    best = max(
        reports,
        key=lambda report: (
            report["date_scope"] == "clause",  # it says itself when: better to quote than a headline
            report["date_start"] is not None,
            report["confidence"],
            report["event_mention_id"] == event_id,
        ),
    )
    status = "occurred" if any(report["status"] == "occurred" for report in reports) else first["status"]
    publishers = {report["publisher"] for report in reports}
    known = sorted(publisher for publisher in publishers if publisher is not None)
    placed = next((report for report in reports if report["place_name"] is not None), reports[0])
    published = [report["published_end"] for report in reports if report["published_end"] is not None]
    row: dict[str, Any] = {
        "event_id": event_id,
        **{name: first[name] for name in ("event_type", "event_kind")},
        "status": status,
        "is_occurred": status in ("occurred", "ongoing"),
        **{name: _union(reports, name) for name in ("countries", "actor_countries", "recipient_countries")},
        **{name: dated[name] for name in _DATES},
        **{name: placed[name] for name in ("place_name", "place_country_code")},
        "mention_count": len(reports),
        "document_count": len({report["document_id"] for report in reports}),
        "source_count": len(known) + (None in publishers),
        "publishers": known,
        "first_published": min(published, default=None),
        "best_event_mention_id": best["event_mention_id"],
        "confidence": max(report["confidence"] for report in reports),
        "has_conflict": is_disputed,
    }
    return {
        **row,
        "summary": sentence(row, kinds[row["event_kind"]], names, _told_otherwise(first, parties)),
    }


def _openness(report: Row) -> tuple[int, int, bool]:
    """How little a report dates: by words, by being news, by words that stayed open, not at all; then the days of its
    interval, and whether the words stand outside its clause."""
    if report["date_start"] is None and report["date_end"] is None:
        return 2 + (report["time_expression_id"] is None), 0, True
    days = ((report["date_end"] or date.max) - (report["date_start"] or date.min)).days
    return int(report["date_scope"] == "news"), days, report["date_scope"] != "clause"


def _place_of(report: Row) -> tuple[str, int]:
    return report["document_id"], report["trigger_start"]


def _union(reports: Iterable[Row], name: str) -> list[str]:
    return sorted({code for report in reports for code in report[name]})


def _told_otherwise(report: Row, parties: Iterable[Row]) -> dict[str, list[str]]:
    """By role, the names or words of the parties that no country of their own tells: "Hamas", "gunmen"."""
    told: dict[str, list[str]] = {"actor": [], "recipient": [], "party": []}
    for party in parties:
        is_known = party["country_code"] is not None
        if party["role"] == "recipient" and "domestic" in report["flags"]:
            is_known = party["country_code"] not in report["actor_countries"]
        if party["role"] in told and not is_known:
            start, end = (party[name] - report["char_start"] for name in ("char_start", "char_end"))
            words = report["evidence"][start:end]
            is_named = party["name"] is not None and party["country_code"] is None
            told[party["role"]].append(party["name"] if is_named else words[:1].lower() + words[1:])
    return told


def sentence(event: Row, kind: Row, names: Mapping[str, str], told: Mapping[str, Sequence[str]]) -> str:
    """One plain sentence: who did what to whom and when, as far as the columns know.

    event: a row of events (without its summary). kind: its row of the lexicon event_kinds, whose `past`, `base` and
    `doing` are verb phrases; what stands in square brackets falls away when there is no recipient. names: of countries,
    by entity_id. told: by role, what to call the parties that no country tells.
    """

    def named(codes: Sequence[str], others: Sequence[str]) -> str:
        called = [names.get(f"country:{code}", code) for code in codes]
        called = [*(f"the {name}" if _WITH_ARTICLE.search(name) else name for name in called), *others]
        return " and ".join([", ".join(called[:-1]), called[-1]]) if len(called) > 1 else "".join(called)

    is_symmetric = kind["is_symmetric"] == "yes"
    codes = event["countries"] if is_symmetric else event["actor_countries"]
    others = [*told["actor"], *told["recipient"], *told["party"]] if is_symmetric else told["actor"]
    actors = [*codes, *others]
    recipients = [code for code in event["recipient_countries"] if code not in codes]
    recipient = named(recipients, [] if is_symmetric else told["recipient"])
    if len(actors) > 1 and event["recipient_countries"] == event["actor_countries"]:
        recipient = recipient or "each other"
    is_half_known = is_symmetric and len(actors) < 2  # it takes two
    known = named(codes, others)
    subject = f"{known} and another party" if known and is_half_known else known or "somebody"
    phrase = {
        "occurred": kind["past"],
        "denied": kind["past"],
        "ongoing": f"{'is' if len(actors) < 2 and not is_half_known else 'are'} {kind['doing']}",
    }.get(event["status"], f"to {kind['base']}")
    phrase = _OPTIONAL.sub(r"\1" if recipient else "", phrase).format(recipient=recipient or "somebody")
    prefix = _PREFIXES.get(event["status"], "")
    sentence = f"{subject} {phrase}{_when(event)}."
    return prefix + sentence if prefix else sentence[0].upper() + sentence[1:]


def _when(event: Row) -> str:
    start, end, precision = event["date_start"], event["date_end"], event["date_precision"]
    if start is None and end is None:
        return f", “{event['date_text']}” (date not resolved)" if event["date_text"] else ", date not told"
    if start is None:
        return f", until {_day(end)}"
    if end is None:
        return f", since {_day(start)}"
    if start == end:
        return f" on {_day(start)}"
    if precision == "month":
        return f" in {start:%B %Y}"
    if precision == "year":
        return f" in {start:%Y}"
    if event["date_extent"] == "throughout":
        return f" from {_day(start)} to {_day(end)}"
    return f" between {_day(start)} and {_day(end)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _event_country_rows(events: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in events:
        roles = {"actor": row["actor_countries"], "recipient": row["recipient_countries"]}
        acting = {code for codes in roles.values() for code in codes}
        roles["party"] = [code for code in row["countries"] if code not in acting]
        for role, codes in roles.items():
            for code in codes:
                yield {"event_id": row["event_id"], "country_code": code, "role": role}


def _kind_rows(lexicons: Lexicons) -> Iterator[dict[str, Any]]:
    columns = [column.name for column in TABLES["event_kinds"].columns]
    for row in lexicons["event_kinds"].rows:
        yield {name: row[name] or None for name in columns}
