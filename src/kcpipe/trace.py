"""From an event back to the characters: every report of it, its words, its date and where they stand in the file."""

from __future__ import annotations

from collections.abc import Mapping
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
class Report:
    """One report of the event, with all that it rests on."""

    mention: Row
    document: Row
    marks: tuple[Mark, ...]
    implicit: tuple[str, ...]
    """Participants that stand outside the sentence, with their words."""
    time: Row | None
    """The row of time_expressions that dates it."""
    anchor_time: Row | None
    """The expression that this one was counted from."""
    raw_start: int
    raw_end: int
    """Offsets of the evidence in the raw file."""


@dataclass(frozen=True)
class Trace:
    """An event and its reports, the best supported first."""

    event: Row
    reports: tuple[Report, ...]


def trace(release: Release, event_id: str) -> Trace:
    """The trace of an event in a release.

    event_id: the id, or the first characters of it when no other id begins so. Raises UserError when no event, or
    more than one, fits.
    """
    events = release.table("events")
    fitting = events.filter(pc.starts_with(events.column("event_id"), event_id))
    if fitting.num_rows != 1 or not event_id:
        found = (
            f"{fitting.num_rows} events have an id that begins"
            if fitting.num_rows
            else "no event has an id that begins"
        )
        raise UserError(f"{found} with {event_id!r} in release {release.id}")
    event = fitting.to_pylist()[0]
    mentions = _rows(release.table("event_mentions"), "event_id", [event["event_id"]])
    documents = by_key(
        _of(release.table("documents"), "document_id", [m["document_id"] for m in mentions]), "document_id"
    )
    maps = span_maps(_of(release.table("text_spans"), "document_id", list(documents)))
    times = by_key(release.table("time_expressions"), "time_expression_id")
    participants = _rows(
        release.table("participants"), "event_mention_id", [mention["event_mention_id"] for mention in mentions]
    )
    reports = [
        _report(
            mention,
            documents[mention["document_id"]],
            [p for p in participants if p["event_mention_id"] == mention["event_mention_id"]],
            times,
            maps[mention["document_id"]],
        )
        for mention in mentions
    ]
    best = event["best_event_mention_id"]
    return Trace(event, tuple(sorted(reports, key=lambda r: (r.mention["event_mention_id"] != best, r.raw_start))))


def _of(table: pa.Table, column: str, values: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column(column), pa.array(values, pa.string())))


def _rows(table: pa.Table, column: str, values: list[str]) -> list[Row]:
    return list(_of(table, column, values).to_pylist())


def _report(mention: Row, document: Row, participants: list[Row], times: Mapping[str, Row], spans: SpanMap) -> Report:
    offset, end = mention["char_start"], mention["char_end"]
    time = times.get(mention["time_expression_id"])
    stretches = [("trigger", mention["trigger_start"], mention["trigger_end"])]
    stretches += [(p["role"], p["char_start"], p["char_end"]) for p in participants if not p["is_implicit"]]
    if time is not None:
        stretches.append(("date", time["char_start"], time["char_end"]))
    marks = sorted(
        (
            Mark(role, start - offset, stop - offset, *spans.to_raw(start, stop))
            for role, start, stop in stretches
            if offset <= start and stop <= end
        ),
        key=lambda mark: (mark.start, -mark.end),
    )
    raw_start, raw_end = spans.to_raw(offset, end)
    return Report(
        mention,
        document,
        tuple(marks),
        tuple(
            f"{p['role']} {p['country_code']}: {document['text'][p['char_start'] : p['char_end']]}"
            for p in participants
            if p["is_implicit"]
        ),
        time,
        times.get(time["anchor_time_expression_id"]) if time is not None else None,
        raw_start,
        raw_end,
    )
