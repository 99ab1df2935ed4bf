"""Which reports of one block tell of one happening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kcpipe.corroborate.reports import Event, Report, length

_DAYS_OF_A_WEEK = 7
_DAYS_OF_A_YEAR = 366
# Trust in a link: the same date, also with more parties; the only dated event in the text or the corpus it can be.
_SAME_DATE, _MORE_PARTIES, _ONLY_IN_TEXT, _ONLY_IN_CORPUS, _ALONE = 0.9, 0.8, 0.8, 0.7, 1.0


def events_of(reports: Sequence[Report], *, recurs: bool) -> list[Event]:
    """The events of one block. Those of kinds that recur are looked up by their interval."""
    events: list[Event] = []
    at: dict[tuple[date | None, date | None], list[Event]] = {}
    for report in sorted((r for r in reports if r.is_dated), key=lambda r: (length(r), r.order)):
        near = at.setdefault((report.start, report.end), []) if recurs else events
        same = [event for event in near if is_same_date(event, report, recurs=recurs) and _may_be_one(event, report)]
        same = [] if recurs and report.is_further_word else same
        event = _join_or_found(events, report, same, "same_date", _SAME_DATE)
        if recurs and not same:
            near.append(event)
    open_words: dict[tuple[str | None, ...], Event] = {}
    for report in reports:
        if report.is_dated or report.words is None:
            continue
        place = report.time if recurs else ""  # the same words elsewhere may be another day
        key = (report.document, report.words, place)
        if key in open_words and not report.is_further_word and _may_be_one(open_words[key], report):
            open_words[key].add(report, "same_date_words", _SAME_DATE)
        else:
            open_words[key] = _join_or_found(events, report, [], None, _ALONE)
    of_text: dict[str, list[Event]] = {}
    for event in events:
        for document in event.documents:
            of_text.setdefault(document, []).append(event)
    for report in reports:
        if report.is_dated or report.words is not None:
            continue
        own = of_text.setdefault(report.document, [])
        candidates = _candidates(events, own, report) if not recurs else _under(own, report)
        method, score = ("only_in_text", _ONLY_IN_TEXT)
        if candidates and report.document not in candidates[0].documents:
            method, score = ("only_in_corpus", _ONLY_IN_CORPUS)
        event = _join_or_found(events, report, candidates, method, score)
        if not any(event is each for each in own):
            own.append(event)
    return events


def _join_or_found(
    events: list[Event], report: Report, candidates: Sequence[Event], method: str | None, score: float
) -> Event:
    """Join the one candidate; with none, or several, the report founds an event of its own."""
    if len(candidates) == 1:
        candidates[0].add(report, method, score)
        return candidates[0]
    event = Event(report)
    event.add(report, None, _ALONE)
    events.append(event)
    return event


def _may_be_one(event: Event, report: Report) -> bool:
    """Whether they can tell of one matter: a trade agreement is no agreement on visas.

    What a story goes on to tell of another place is another thing, be it on the same day.
    """
    places = {other.place for other, _, _ in event.reports} - {None}
    if report.scope == "story" and report.place is not None and places - {report.place}:
        return False
    topics = [other.topic for other, _, _ in event.reports if other.topic]
    return not report.topic or all(report.topic <= topic or topic <= report.topic for topic in topics)


def with_fewer_parties(events: Sequence[Event]) -> list[Event]:
    """The events, those that a text tells of the same day with fewer parties joined to the one that has more."""
    at: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        dated = event.dated
        if dated is not None and dated.start is not None and dated.end is not None and length(dated) < _DAYS_OF_A_WEEK:
            for document in sorted(event.documents):  # a set's own order is another one in each process
                at.setdefault((document, dated.kind, *dated.block[-2:], dated.start, dated.end), []).append(event)
    joined: set[int] = set()  # by identity: an event that takes up an earlier report takes its id
    for same_day in at.values():
        for event in sorted(same_day, key=lambda event: (len(event.first.countries), event.first.order)):
            others = [other for other in same_day if id(other) not in joined and other is not event]
            fuller = [other for other in others if _is_part_of(event, other)]
            if id(event) not in joined and len(fuller) == 1:
                joined.add(id(event))
                for report, _, _ in event.reports:
                    fuller[0].add(report, "more_parties", _MORE_PARTIES)
    return [event for event in events if id(event) not in joined]


def _is_part_of(event: Event, other: Event) -> bool:
    """Whether the parties of one, in their roles, are some of those of the other."""
    names = ("countries", "actor_countries", "recipient_countries")
    parties, fuller = ({name: event.union(name) for name in names} for event in (event, other))
    fits = all(parties[name] <= fuller[name] for name in names) and event.others <= other.others
    return fits and bool(parties["countries"]) and parties["countries"] < fuller["countries"]


def is_same_date(event: Event, report: Report, *, recurs: bool) -> bool:
    """Whether a report can be of the event by its date: the same one for kinds that recur, else one that overlaps."""
    other = event.dated
    if other is None:
        return False
    if other.start is None or other.end is None or report.start is None or report.end is None:
        return False  # "since 1960" overlaps with all that came later
    if recurs:
        return (other.start, other.end) == (report.start, report.end) and length(report) < _DAYS_OF_A_WEEK
    if max(length(other), length(report)) > _DAYS_OF_A_YEAR:
        return False  # "in the 1950s" may be any of several
    return other.start <= report.end and report.start <= other.end


def _under(own: Sequence[Event], report: Report) -> list[Event]:
    """Of the events of its own text, also of kinds that recur, the ones that a headline or "the visit" tells again.

    A headline tells what stands under it; "the visit" what was told before it.
    """
    if report.status == "attempted" or not (report.is_in_headline or report.is_told_again):
        return []
    own = [event for event in own if _may_be_one(event, report)]
    return own if report.is_in_headline else [event for event in own if event.is_told_before(report)]


def told_again(events: Sequence[Event]) -> list[Event]:
    """The events, those that only a noun with "the" tells, with fewer parties, joined to the one it can mean.

    "Kenya's president visited Peru ... . The visit of the president": the only event of that kind which its text has
    told before and in which its parties take part.
    """
    by_text: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        for document in event.documents:
            by_text.setdefault((document, event.first.kind, *event.first.block[-2:]), []).append(event)
    joined: set[int] = set()
    for event in events:
        report = event.first
        if len(event.reports) > 1 or not report.is_told_again or report.is_dated or report.words is not None:
            continue
        same_kind = by_text[report.document, report.kind, *report.block[-2:]]
        before = [other for other in same_kind if other is not event and other.is_told_before(report)]
        if len(before) == 1 and _is_part_of(event, before[0]) and id(before[0]) not in joined:
            joined.add(id(event))
            before[0].add(report, "more_parties", _MORE_PARTIES)
    return [event for event in events if id(event) not in joined]


def _candidates(events: Sequence[Event], own: Sequence[Event], report: Report) -> list[Event]:
    """The events an undated report may belong to: those of its own text, else the dated ones it can have known.

    An attempt may be made again, so one without a date is never one that has a date.
    """
    recurs = report.status == "attempted"
    own = [event for event in own if not (recurs and event.dated)]
    if own or recurs or report.published_end is None:
        return own
    known = report.published_end
    return [event for event in events if event.dated is not None and (event.dated.start or date.min) <= known]
