"""Event reports become events: which of them tell of one happening, how events belong together, where they disagree.

Reports are blocked by kind, countries and whether the thing is told as real, planned, tried, supposed or denied; all
comparing happens inside a block. Precision comes before recall: what could be two things stays two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.corroborate.claims import denials, differences, rival_claims, rival_initiators
from kcpipe.corroborate.joining import events_of, told_again, with_fewer_parties
from kcpipe.corroborate.relating import links
from kcpipe.corroborate.reports import Event, Report, read_reports
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build


class Corroborate(NamedTuple):
    """What `corroborate` makes."""

    event_members: pa.Table
    event_links: pa.Table
    conflicts: pa.Table


def corroborate(
    *,
    event_drafts: pa.Table,
    participant_drafts: pa.Table,
    mention_drafts: pa.Table,
    quantity_drafts: pa.Table,
    time_drafts: pa.Table,
    event_dates: pa.Table,
    publication_dates: pa.Table,
    lexicons: Lexicons,
) -> Corroborate:
    """Which reports tell of one event, the links between events, and the claims that cannot both hold.

    All arguments are tables of those names for the whole corpus; `lexicons` holds event_kinds. Dated reports of one
    block are one event when their intervals overlap; for kinds that recur, only when they are the same and no longer
    than a week, for there may be two visits in a year, and not when they tell of different matters. A report without
    a date joins the only event of its block in its own text, else the only one in the corpus on or before its
    document's publication, and only for kinds that do not recur; in its own text so does a headline, and a noun that
    takes the thing as known ("the visit"), of whatever kind. In one text, a report of the same day, and such a noun,
    joins the one event that has its parties and more. Negated reports belong to no event.
    """
    reports = list(
        read_reports(
            event_drafts,
            participant_drafts,
            mention_drafts,
            quantity_drafts,
            time_drafts,
            event_dates,
            publication_dates,
        )
    )
    kinds = {row["event_kind"]: row for row in lexicons["event_kinds"].rows}
    recurring = {kind for kind, row in kinds.items() if row["recurs"] == "yes"}
    told = sorted((report for report in reports if not report.row["is_negated"]), key=lambda report: report.order)
    blocks: dict[tuple[Any, ...], list[Report]] = {}
    for report in told:
        blocks.setdefault(report.block, []).append(report)
    events = [event for block, members in blocks.items() for event in events_of(members, recurs=block[0] in recurring)]
    events = told_again(with_fewer_parties(events))
    enacted_by = {kind: row["enacted_by"].split() for kind, row in kinds.items()}
    conflicts = [
        *denials(reports, events, recurring),
        *differences(events),
        *rival_claims(events, recurring),
        *rival_initiators(events, recurring),
    ]
    return Corroborate(
        build(TABLES["event_members"], _member_rows(events)),
        build(TABLES["event_links"], links(events, enacted_by)),
        # One sentence in two texts is one claim, printed again: "on Wednesday" then counts from the wrong week.
        build(TABLES["conflicts"], (row for row in conflicts if row["claim_a"] != row["claim_b"])),
    )


def _member_rows(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        for report, method, score in event.reports:
            yield {
                "event_mention_id": report.id,
                "event_id": event.id,
                "event_link_method": method,
                "event_link_score": score,
            }
