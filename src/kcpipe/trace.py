"""From an event or a date back to the characters: its words, what they were counted from, where they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import by_key
from kcpipe.settings import UserError
from kcpipe.spans import SpanMap, span_maps

if TYPE_CHECKING:
    from kcpipe.release import Release

Row = Mapping[str, Any]

CANDIDATES = 10
"""How many ids are named when what was asked for fits several."""


@dataclass(frozen=True)
class Mark:
    """A stretch of the evidence that means something: trigger, actor, recipient, party, place, date."""

    role: str
    start: int
    end: int
    """Offsets in the evidence sentence."""
    raw_start: int
    raw_end: int
    """Offsets in the raw file."""


@dataclass(frozen=True)
class Chain:
    """How an expression of time came to its days."""

    time: Row
    """The row of time_expressions."""
    anchors: tuple[Row, ...]
    """The expression it was counted from, the one that this was counted from, and so on."""


@dataclass(frozen=True)
class Evidence:
    """A sentence of a document, with what stands in it."""

    document: Row
    text: str
    marks: tuple[Mark, ...]
    raw_start: int
    raw_end: int
    """Offsets of the sentence in the raw file."""


@dataclass(frozen=True)
class Report:
    """One report of an event, with all that it rests on."""

    mention: Row
    evidence: Evidence
    implicit: tuple[str, ...]
    """Participants that stand outside the sentence, with their words."""
    chain: Chain | None
    """Of the expression that dates it."""


@dataclass(frozen=True)
class Trace:
    """An event and its reports: by document, that of the best report first, and the best report first in it."""

    event: Row
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class DateTrace:
    """An expression of time in its sentence."""

    evidence: Evidence
    chain: Chain


def trace(release: Release, key: str) -> Trace | DateTrace:
    """The trace of an event or of an expression of time in a release.

    key: the event_id or time_expression_id, or the first characters of it when no other id begins so. Raises UserError
    when nothing, or more than one thing, fits.
    """
    fitting = [
        (name, row)
        for table, name in (("events", "event_id"), ("time_expressions", "time_expression_id"))
        for row in _beginning(release.table(table), name, key)
    ]
    if len(fitting) != 1 or not key:
        found = f"{len(fitting)} events or dates have" if fitting else "no event and no date has"
        shown = "".join(f"\n  {row[name]}  {row.get('summary', row.get('text'))}" for name, row in fitting[:CANDIDATES])
        more = f"\n  and {len(fitting) - CANDIDATES} more" if len(fitting) > CANDIDATES else ""
        raise UserError(f"{found} an id that begins with {key!r} in release {release.id}{shown}{more}")
    name, row = fitting[0]
    return _of_event(release, row) if name == "event_id" else _of_date(release, row)


def _beginning(table: pa.Table, column: str, prefix: str) -> list[Row]:
    found: list[Row] = table.filter(pc.starts_with(table.column(column), prefix)).to_pylist()
    return found


def _of(table: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column(column), pa.array(list(values), pa.string())))


def reports(table: Callable[[str], pa.Table], mentions: pa.Table) -> list[Report]:
    """Reports of events with all that they rest on, in the order of `mentions`.

    table: gives a table of the release by its name. mentions: rows of event_mentions, as many as are wanted.
    """
    keys = set(mentions.column("document_id").to_pylist())
    documents = by_key(_of(table("documents"), "document_id", keys), "document_id")
    maps = span_maps(_of(table("text_spans"), "document_id", keys))
    times = by_key(_of(table("time_expressions"), "document_id", keys), "time_expression_id")
    participants: dict[str, list[Row]] = {}
    wanted = mentions.column("event_mention_id").to_pylist()
    for row in _of(table("participants"), "event_mention_id", wanted).to_pylist():
        participants.setdefault(row["event_mention_id"], []).append(row)
    return [
        _report(row, documents[row["document_id"]], participants.get(row["event_mention_id"], []), times, maps)
        for row in mentions.to_pylist()
    ]


def in_reading_order(found: Iterable[Report], best_event_mention_id: str) -> list[Report]:
    """Reports of one event by document, that of the best report first, and the best report first in it."""
    found = list(found)
    first = {each.mention["document_id"] for each in found if each.mention["event_mention_id"] == best_event_mention_id}

    def order(report: Report) -> tuple[bool, str, bool, int]:
        mention, document = report.mention, report.evidence.document
        is_best = mention["event_mention_id"] == best_event_mention_id
        return mention["document_id"] not in first, document["source_uri"], not is_best, report.evidence.raw_start

    return sorted(found, key=order)


def _of_event(release: Release, event: Row) -> Trace:
    mentions = _of(release.table("event_mentions"), "event_id", [event["event_id"]])
    return Trace(event, tuple(in_reading_order(reports(release.table, mentions), event["best_event_mention_id"])))


def _of_date(release: Release, time: Row) -> DateTrace:
    key = [time["document_id"]]
    [document] = _of(release.table("documents"), "document_id", key).to_pylist()
    maps = span_maps(_of(release.table("text_spans"), "document_id", key))
    times = by_key(_of(release.table("time_expressions"), "document_id", key), "time_expression_id")
    start, end = next(
        (row["char_start"], row["char_end"])
        for row in _of(release.table("sentences"), "document_id", key).to_pylist()
        if row["char_start"] <= time["char_start"] < row["char_end"]
    )
    stretch = [("date", time["char_start"], time["char_end"])]
    return DateTrace(_evidence(document, start, end, stretch, maps[document["document_id"]]), _chain(time, times))


def _report(
    mention: Row, document: Row, participants: list[Row], times: Mapping[str, Row], maps: Mapping[str, SpanMap]
) -> Report:
    time = times.get(mention["time_expression_id"])
    stretches = [("trigger", mention["trigger_start"], mention["trigger_end"])]
    stretches += [(p["role"], p["char_start"], p["char_end"]) for p in participants if not p["is_implicit"]]
    if time is not None:
        stretches.append(("date", time["char_start"], time["char_end"]))
    spans = maps[mention["document_id"]]
    return Report(
        mention,
        _evidence(document, mention["char_start"], mention["char_end"], stretches, spans),
        tuple(
            f"{p['role']} {p['country_code']}: {document['text'][p['char_start'] : p['char_end']]}"
            for p in participants
            if p["is_implicit"]
        ),
        None if time is None else _chain(time, times),
    )


def _chain(time: Row, times: Mapping[str, Row]) -> Chain:
    anchors: list[Row] = []
    here = time
    while here["anchor_time_expression_id"] is not None:
        here = times[here["anchor_time_expression_id"]]
        anchors.append(here)
    return Chain(time, tuple(anchors))


def _evidence(document: Row, start: int, end: int, stretches: list[tuple[str, int, int]], spans: SpanMap) -> Evidence:
    marks = {
        Mark(role, first - start, last - start, *spans.to_raw(first, last))
        for role, first, last in stretches
        if start <= first and last <= end
    }
    ordered = tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.role)))
    return Evidence(document, document["text"][start:end], ordered, *spans.to_raw(start, end))
