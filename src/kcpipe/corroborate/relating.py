"""How events belong together: acts by which another was done, one occasion, plans that came true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from kcpipe.corroborate.joining import is_same_date
from kcpipe.corroborate.reports import NEVER, REAL, Event

Row = Mapping[str, Any]


class Occasion(NamedTuple):
    """An event that two or more countries were in on one day."""

    day: date
    countries: tuple[str, ...]
    order: tuple[Any, ...]
    event_id: str


def ties(
    events: Sequence[Event], occasions: Iterable[Occasion], enacted_by: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    """How events of different kinds that are told as real belong together.

    events: those of the kinds of `enacted_by`, with others. occasions: of all kinds.
    """
    parts = list(_parts([event for event in events if event.first.status in REAL], enacted_by))
    yield from (_link(part.id, whole.id, "part_of") for part, whole in parts)
    tied = {frozenset((part.id, whole.id)) for part, whole in parts}
    for first, other in _occasions(occasions):
        if frozenset((first, other)) not in tied:
            yield _link(other, first, "same_occasion")


def _parts(events: Sequence[Event], enacted_by: Mapping[str, Sequence[str]]) -> Iterator[tuple[Event, Event]]:
    """Acts by which another was done, told in the same text: notes exchanged to establish relations."""
    by_text: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        for document in event.documents:
            by_text.setdefault((document, event.first.kind, *event.first.countries), []).append(event)
    found: dict[tuple[str, str], tuple[Event, Event]] = {}
    for (document, kind, *countries), wholes in by_text.items():
        acts = [
            act for enacting in enacted_by.get(kind, ()) for act in by_text.get((document, enacting, *countries), ())
        ]
        for act in acts:
            near = [whole for whole in wholes if _is_of_one_day(act, whole)]
            if len(near) == 1:
                found[act.id, near[0].id] = act, near[0]
    yield from (found[key] for key in sorted(found))


def occasions_of(events: Iterable[Event]) -> Iterator[Occasion]:
    """What two or more countries did on one day, and is told as real."""
    for event in events:
        report = event.dated
        if report is None or report.start is None or report.start != report.end:
            continue
        if len(report.countries) > 1 and event.first.status in REAL:
            yield Occasion(report.start, report.countries, event.first.order, event.id)


def _occasions(occasions: Iterable[Occasion]) -> Iterator[tuple[str, str]]:
    """What the same countries did on one day, each tied to the first of them."""
    by_day: dict[tuple[Any, ...], list[Occasion]] = {}
    for occasion in occasions:
        by_day.setdefault((occasion.day, occasion.countries), []).append(occasion)
    for same_day in by_day.values():
        first, *others = sorted(same_day, key=lambda occasion: occasion.order)
        yield from ((first.event_id, other.event_id) for other in others)


def realised(events: Sequence[Event]) -> Iterator[Row]:
    """The only event of those of a kind that can be what a plan told before came to, with the plan."""
    by_plan: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        if event.first.status in REAL and event.dated is not None:
            by_plan.setdefault(event.dated.block[:-2], []).append(event)
    for event in events:
        plan = event.first
        if plan.status != "planned" or plan.published_start is None:
            continue
        came_true = [
            other
            for other in by_plan.get(plan.block[:-2], [])
            if other.dated is not None
            and (other.dated.start or date.min) >= plan.published_start
            and (not plan.is_dated or is_same_date(other, plan, recurs=False))
        ]
        if len(came_true) == 1:
            yield _link(came_true[0].id, event.id, "realises")


def _is_of_one_day(part: Event, whole: Event) -> bool:
    """Whether the dates of both allow it, where both are told."""
    one, other = part.dated, whole.dated
    if one is None or other is None:
        return True
    return (one.start or date.min) <= (other.end or NEVER) and (other.start or date.min) <= (one.end or NEVER)


def _link(event_id: str, related_event_id: str, relation: str) -> Row:
    return {"event_id": event_id, "related_event_id": related_event_id, "relation": relation}
