"""How events belong together: acts by which another was done, one occasion, plans that came true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from kcpipe.corroborate.joining import is_same_date
from kcpipe.corroborate.reports import NEVER, REAL, Event


def links(events: Sequence[Event], enacted_by: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """How events that are told as real belong together, and which plans came true."""
    real = [event for event in events if event.first.row["status"] in REAL]
    parts = list(_parts(real, enacted_by))
    yield from (_link(part, whole, "part_of") for part, whole in parts)
    tied = {frozenset((part.id, whole.id)) for part, whole in parts}
    for first, other in _occasions(real):
        if frozenset((first.id, other.id)) not in tied:
            yield _link(other, first, "same_occasion")
    yield from (_link(event, plan, "realises") for event, plan in _realised(events, real))


def _parts(events: Sequence[Event], enacted_by: Mapping[str, Sequence[str]]) -> Iterator[tuple[Event, Event]]:
    """Acts by which another was done, told in the same text: notes exchanged to establish relations."""
    by_text: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        for document in event.documents:
            by_text.setdefault((document, event.first.row["event_kind"], *event.first.row["countries"]), []).append(
                event
            )
    found: dict[tuple[str, str], tuple[Event, Event]] = {}
    for (document, kind, *countries), wholes in by_text.items():
        acts = [act for enacting in enacted_by[kind] for act in by_text.get((document, enacting, *countries), ())]
        for act in acts:
            near = [whole for whole in wholes if _is_of_one_day(act, whole)]
            if len(near) == 1:
                found[act.id, near[0].id] = act, near[0]
    yield from (found[key] for key in sorted(found))


def _occasions(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """What two or more countries did on one day, each tied to the first of them."""
    by_day: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        report = event.dated
        is_of_a_day = report is not None and report.start is not None and report.start == report.end
        if report is not None and is_of_a_day and len(report.row["countries"]) > 1:
            by_day.setdefault((report.start, *report.row["countries"]), []).append(event)
    for same_day in by_day.values():
        first, *others = sorted(same_day, key=lambda event: event.first.order)
        yield from ((first, other) for other in others)


def _realised(events: Sequence[Event], real: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """The only event that can be what a plan told before came to, and the plan."""
    by_plan: dict[tuple[Any, ...], list[Event]] = {}
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
            and (not plan.is_dated or is_same_date(other, plan, recurs=False))
        ]
        if len(came_true) == 1:
            yield came_true[0], event


def _is_of_one_day(part: Event, whole: Event) -> bool:
    """Whether the dates of both allow it, where both are told."""
    one, other = part.dated, whole.dated
    if one is None or other is None:
        return True
    return (one.start or date.min) <= (other.end or NEVER) and (other.start or date.min) <= (one.end or NEVER)


def _link(event: Event, other: Event, relation: str) -> dict[str, Any]:
    return {"event_id": event.id, "related_event_id": other.id, "relation": relation}
