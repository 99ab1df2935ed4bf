"""Claims that cannot both hold, side by side; their words are put to them at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kcpipe.corroborate.reports import REAL, Event, Report
from kcpipe.ids import name_id

_DAYS_OF_A_MONTH, _DAYS_OF_A_YEAR = 31, 366
# Events of one pair and kind that a later one is compared with.
_MOST_RIVALS = 50

INITIATING = {"propose": "actor_countries", "accept": "recipient_countries"}
"""Kinds that tell who proposed something, with the column in which they stand."""
# What is in conflict when the two tell one of that role by different offices: each party of a meeting acts.
_ATTRIBUTES = {"actor": "actor", "recipient": "recipient", "party": "actor"}
# Words by which an office is told from the one above it.
_LOWER_RANKS = frozenset({"deputy", "vice", "assistant", "acting"})


def denials(reports: Sequence[Report], events: Sequence[Event], recurring: set[str]) -> Iterator[dict[str, Any]]:
    """A text that says something never happened against others that date it before that text was written.

    Only for kinds that do not recur, and not against what the denying text itself tells.
    """
    happened: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        if event.dated is not None and event.first.status == "occurred":
            happened.setdefault((event.first.kind, event.first.countries), []).append(event)
    for report in reports:
        if not report.is_negated or report.status != "occurred" or report.kind in recurring or report.is_nameless:
            continue
        for event in happened.get((report.kind, report.countries), []):
            other = event.dated
            if other is None or report.published_end is None or report.document in event.documents:
                continue
            if other.end is not None and other.end < (report.published_start or report.published_end):
                yield {
                    "conflict_id": name_id("conflict", "polarity", report.id, other.id),
                    "attribute": "polarity",
                    "document_id_a": other.document,
                    "document_id_b": report.document,
                    "event_mention_id_a": other.id,
                    "event_mention_id_b": report.id,
                    "event_id_a": event.id,
                }


def differences(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """Reports of one event that count or value it differently, or give a country's party another office."""
    for event in events:
        reports = sorted((report for report, _, _ in event.reports), key=lambda report: report.order)
        counted = [report for report in reports if report.count is not None]
        for report in counted[1:]:
            if report.count != counted[0].count:
                yield _conflict("count", event, event, counted[0], report)
        valued = [report for report in reports if report.amount is not None]
        for report in valued[1:]:
            if _differs(valued[0].amount, report.amount):
                yield _conflict("value", event, event, valued[0], report)
        for side in sorted({side for report in reports for side in report.offices if side[0] in _ATTRIBUTES}):
            told = [report for report in reports if side in report.offices]
            for report in told[1:]:
                if _is_other_rank(told[0].offices[side], report.offices[side]):
                    yield _conflict(_ATTRIBUTES[side[0]], event, event, told[0], report)


def _differs(one: tuple[str, float] | None, other: tuple[str, float] | None) -> bool:
    """Whether two amounts of one unit are not the same."""
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]


def rival_claims(events: Iterable[Event], recurring: set[str]) -> Iterator[dict[str, Any]]:
    """Events of two texts that can hardly both be: the same of one pair with the parts exchanged on one day, or the
    same thing that happens once, on two days less than a month apart."""
    by_pair: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        report = event.dated
        is_of_a_day = report is not None and report.start is not None and report.start == report.end
        if is_of_a_day and event.first.status in REAL and len(event.first.countries) > 1:
            by_pair.setdefault((event.first.kind, *event.first.countries), []).append(event)
    for (kind, *_), same in by_pair.items():
        same.sort(key=lambda event: event.first.order)
        for place, other in enumerate(same):
            for event in same[max(place - _MOST_RIVALS, 0) : place]:
                attribute = _rivalry(event, other, is_once=kind not in recurring)
                if attribute and not event.documents & other.documents:
                    yield _conflict(attribute, event, other, event.first, other.first)


def _rivalry(event: Event, other: Event, *, is_once: bool) -> str | None:
    one, two = event.dated, other.dated
    if one is None or two is None or one.start is None or two.start is None:
        return None
    if (
        one.start == two.start
        and one.actor_countries
        and (one.actor_countries, one.recipient_countries) == (two.recipient_countries, two.actor_countries)
    ):
        return "actor"
    return "date" if is_once and 0 < abs((one.start - two.start).days) < _DAYS_OF_A_MONTH else None


def rival_initiators(events: Sequence[Event], recurring: set[str]) -> Iterator[dict[str, Any]]:
    """Who proposed what came about: one country for one report, another for another.

    Proposals of both sides at different times can both be. So what counts is a proposal made within a year before the
    thing was done, and whose proposal was accepted; the first report of each is compared. Only for what happens once.
    """
    done: dict[tuple[str, str | None], list[Event]] = {}
    for event in events:
        kind = event.first.kind
        if event.first.status in REAL and kind not in recurring:
            for document in event.documents:
                done.setdefault((document, kind), []).append(event)
    told = [(event, report) for event in events for report, _, _ in event.reports if _initiators(report)]
    told.sort(key=lambda pair: pair[1].order)
    by_thing: dict[str, list[tuple[Event, Report]]] = {}
    for event, report in told:
        things = [
            thing
            for thing in done.get((report.document, report.matter), [])
            if _initiators(report) < thing.union("countries") and _led_to(report, thing)
        ]
        if len(things) == 1:
            by_thing.setdefault(things[0].id, []).append((event, report))
    for [(event, one), *others] in by_thing.values():
        rivals = {_initiators(report): (rival, report) for rival, report in reversed(others)}
        for initiators, (rival, report) in rivals.items():
            if not initiators & _initiators(one):
                yield _conflict("actor", event, rival, one, report)


def _initiators(report: Report) -> frozenset[str]:
    """The countries whose proposal it tells as made or accepted."""
    if report.matter is None or report.status != "occurred" or report.kind not in INITIATING:
        return frozenset()
    return frozenset(getattr(report, INITIATING[report.kind]))


def _led_to(report: Report, thing: Event) -> bool:
    """Whether a proposal was accepted, or made in the year up to what it proposed."""
    done = thing.dated
    if report.kind == "accept":
        return True
    if report.start is None or report.end is None or done is None or done.start is None or done.end is None:
        return False
    return report.start <= done.end and (done.start - report.end).days < _DAYS_OF_A_YEAR


def _is_other_rank(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one is the deputy of the other: "deputy ambassador" and "ambassador"."""
    shared = (one & other) - _LOWER_RANKS - {"of", "the", "to"}
    return bool(shared) and bool(one & _LOWER_RANKS) != bool(other & _LOWER_RANKS)


def _conflict(attribute: str, event: Event, rival: Event, one: Report, other: Report) -> dict[str, Any]:
    return {
        "conflict_id": name_id("conflict", attribute, one.id, other.id),
        "attribute": attribute,
        "document_id_a": one.document,
        "document_id_b": other.document,
        "event_mention_id_a": one.id,
        "event_mention_id_b": other.id,
        "event_id_a": event.id,
        "event_id_b": rival.id,
    }
