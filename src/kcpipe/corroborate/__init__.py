"""Event reports become events: which of them tell of one happening, how events belong together, where they disagree.

Reports are blocked by kind, countries and whether the thing is told as real, planned, tried, supposed or denied; all
comparing happens inside a block. Precision comes before recall: what could be two things stays two. One kind is
worked on after the other, so that no more than the reports of one kind are in memory, and of the few kinds that are
compared with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.corroborate.claims import INITIATING, denials, differences, rival_claims, rival_initiators
from kcpipe.corroborate.joining import events_of, told_again, with_fewer_parties
from kcpipe.corroborate.relating import Occasion, occasions_of, realised, ties
from kcpipe.corroborate.reports import Event, Report, read_reports
from kcpipe.joins import Grouped, by_key
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, arrange, build, empty

Row = Mapping[str, Any]


class Corroborate(NamedTuple):
    """What `corroborate` makes."""

    event_members: pa.Table
    event_links: pa.Table
    conflicts: pa.Table


def corroborate(*, reports: pa.Table, event_drafts: pa.Table, lexicons: Lexicons) -> Corroborate:
    """Which reports tell of one event, the links between events, and the claims that cannot both hold.

    reports, event_drafts: tables of those names for the whole corpus; the drafts tell the words of claims. `lexicons`
    holds event_kinds. Dated reports of one block are one event when their intervals overlap; for kinds that recur, only
    when they are the same and no longer than a week, for there may be two visits in a year, and not when they tell of
    different matters. A report without a date joins the only event of its block in its own text, else the only one in
    the corpus on or before its document's publication, and only for kinds that do not recur; in its own text so does a
    headline, and a noun that takes the thing as known ("the visit"), of whatever kind. In one text, a report of the
    same day, and such a noun, joins the one event that has its parties and more. Negated reports belong to no event.
    """
    kinds = {row["event_kind"]: row for row in lexicons["event_kinds"].rows}
    recurring = {kind for kind, row in kinds.items() if row["recurs"] == "yes"}
    enacted_by = {kind: row["enacted_by"].split() for kind, row in kinds.items() if row["enacted_by"]}
    across = {*enacted_by, *INITIATING, *(kinds.keys() - recurring)}.union(*enacted_by.values())
    members, links, conflicts = [empty(TABLES["event_members"])], list[Row](), list[Row]()
    compared, occasions = list[Event](), list[Occasion]()
    told = pc.unique(reports.column("event_kind"))
    by_kind = Grouped(reports, "event_kind", told)
    for number, kind in enumerate(told.to_pylist()):
        of_kind = list(read_reports(by_kind.rows(number, number + 1)))
        events = _events(of_kind, recurs=kind in recurring)
        members.append(build(TABLES["event_members"], _member_rows(events)))
        links += realised(events)
        conflicts += [*denials(of_kind, events, recurring), *differences(events), *rival_claims(events, recurring)]
        occasions += occasions_of(events)
        if kind in across:
            compared += events
    links += ties(compared, occasions, enacted_by)
    conflicts += rival_initiators(compared, recurring)
    return Corroborate(
        pa.concat_tables(members),
        arrange(TABLES["event_links"], build(TABLES["event_links"], links)),
        arrange(TABLES["conflicts"], build(TABLES["conflicts"], _in_words(conflicts, event_drafts))),
    )


def _events(reports: Sequence[Report], *, recurs: bool) -> list[Event]:
    """The events of one kind."""
    blocks: dict[tuple[Any, ...], list[Report]] = {}
    for report in sorted((report for report in reports if not report.is_negated), key=lambda report: report.order):
        blocks.setdefault(report.block, []).append(report)
    events = [event for members in blocks.values() for event in events_of(members, recurs=recurs)]
    return told_again(with_fewer_parties(events))


def _member_rows(events: Iterable[Event]) -> Iterator[Row]:
    for event in events:
        for report, method, score in event.reports:
            yield {
                "event_mention_id": report.id,
                "document_id": report.document,
                "event_id": event.id,
                "event_link_method": method,
                "event_link_score": score,
            }


def _in_words(conflicts: Iterable[Row], event_drafts: pa.Table) -> Iterator[Row]:
    """The conflicts with the sentences of both claims.

    One sentence in two texts is one claim, printed again: "on Wednesday" then counts from the wrong week. Two reports
    may tell the offices of both parties otherwise: that is one conflict.
    """
    each = {row["conflict_id"]: row for row in conflicts}
    ids = {row[f"event_mention_id_{side}"] for row in each.values() for side in "ab"}
    claimed = event_drafts.select(["event_mention_id", "evidence"]).filter(
        pc.is_in(event_drafts.column("event_mention_id"), pa.array(sorted(ids), pa.string()))
    )
    words = {key: row["evidence"] for key, row in by_key(claimed, "event_mention_id").items()}
    for row in each.values():
        claims = {f"claim_{side}": words[row[f"event_mention_id_{side}"]] for side in "ab"}
        if claims["claim_a"] != claims["claim_b"]:
            yield {**row, **claims}
