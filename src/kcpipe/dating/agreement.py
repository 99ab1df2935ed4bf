"""Agreement of an undated text's events with those of dated documents: "on the 14th" becomes the 14th of one month.

Reports are matched by a key (kind, parties), first columnwise, so that only what can agree is looked at row by row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dating.constraints import Constraint
from kcpipe.dating.days import Days, plus, union
from kcpipe.intervals import Conventions, Direction, Interval, parse, period, resolve
from kcpipe.joins import look_up, rows_with

Row = Mapping[str, Any]

_DAY_OF_MONTH = re.compile(r"(?:month\+0 |month=(?P<month>\d+) )?day=(?P<day>\d+)(?: daypart=[A-Z]+)?")


class Agreement(NamedTuple):
    """What agrees, as a constraint; and the documents that it agrees with."""

    key: tuple[str, str, str]
    """Kind, parties, words of the date: the same event told again is no second agreement."""
    constraint: Constraint
    documents: frozenset[str]
    """The dated ones that tell it; of copies their group."""


def agreements(
    event_drafts: pa.Table,
    time_drafts: pa.Table,
    undated: Sequence[str],
    dated: pa.Table,
    groups: Mapping[str, str],
    conventions: Conventions,
) -> dict[str, list[Agreement]]:
    """For each undated document the events that it tells with a day of the month and that dated documents tell too.

    dated: document_id, published_start, published_end of every document that may date another. groups: of a copy the
    group of copies, which is one witness. Only what is told as having happened,
    of two countries or more, by words that count from the writing itself.
    """
    reports = _reports(event_drafts, time_drafts)
    is_undated = pc.is_in(reports.column("document_id"), pa.array(undated, pa.string()))
    day = pc.match_substring_regex(reports.column("symbolic_value"), f"^{_DAY_OF_MONTH.pattern}$")
    open_reports = reports.filter(pc.and_(is_undated, pc.and_(day, pc.equal(reports.column("direction"), "past"))))
    if open_reports.num_rows == 0:
        return {}
    may_agree = rows_with(reports, "key", open_reports.column("key"))
    told = _told(may_agree, dated, groups, conventions)
    found: dict[str, dict[tuple[str, str, str], Agreement]] = {}
    alike: dict[tuple[str, str, str], Agreement | None] = {}
    for row in open_reports.to_pylist():
        words = row["key"], row["symbolic_value"], row["text"]
        if words not in alike:
            alike[words] = _agreement(row, told.get(row["key"], {}), conventions)
        if (agreement := alike[words]) is not None:
            found.setdefault(row["document_id"], {}).setdefault(agreement.key, agreement)
    return {document: list(agreements.values()) for document, agreements in found.items()}


def _reports(event_drafts: pa.Table, time_drafts: pa.Table) -> pa.Table:
    """What happened between countries, with the words of its date; `key` is kind and countries in one string."""
    told = event_drafts.filter(
        pc.and_(
            pc.and_(pc.equal(event_drafts.column("status"), "occurred"), pc.invert(event_drafts.column("is_negated"))),
            pc.and_(
                pc.equal(event_drafts.column("date_scope"), "clause"),
                pc.greater(pc.list_value_length(event_drafts.column("countries")), 1),
            ),
        )
    )
    columns = ("symbolic_value", "direction", "text", "anchor_time_expression_id")
    values = look_up(told.column("time_expression_id"), time_drafts, "time_expression_id", *columns)
    # pyarrow joins lists of nullable strings only.
    parties = pc.binary_join(told.column("countries").cast(pa.list_(pa.string())), ", ")
    table = pa.table(
        {
            "document_id": told.column("document_id"),
            "event_kind": told.column("event_kind"),
            "parties": parties,
            "key": pc.binary_join_element_wise(told.column("event_kind"), parties, " "),
            **dict(zip(columns, values, strict=True)),
        }
    )
    return table.filter(pc.is_null(table.column("anchor_time_expression_id")))


_Told = dict[str, dict[date, set[str]]]


def _told(reports: pa.Table, dated: pa.Table, groups: Mapping[str, str], conventions: Conventions) -> _Told:
    """The days on which dated documents put the events, by key, with the documents.

    The same words of documents of one day are resolved once: a corpus has few of them.
    """
    found: _Told = {}
    resolved: dict[tuple[str, str, Interval], date | None] = {}
    of_dated = look_up(reports.column("document_id"), dated, "document_id", "published_start", "published_end")
    reports = reports.append_column("start", of_dated[0]).append_column("end", of_dated[1])
    for row in reports.filter(pc.is_valid(reports.column("start"))).to_pylist():
        document = row["document_id"]
        case = row["symbolic_value"], row["direction"], Interval(row["start"], row["end"])
        if case not in resolved:
            resolved[case] = _day(*case, conventions)
        if (day := resolved[case]) is not None:
            found.setdefault(row["key"], {}).setdefault(day, set()).add(groups.get(document, document))
    return found


def _day(symbolic: str, direction: Direction, published: Interval, conventions: Conventions) -> date | None:
    """The day that words mean in a document of that interval; None when they do not come to one."""
    answer = resolve(parse(symbolic), published, direction, conventions)
    return answer.start if answer.start == answer.end else None


def _agreement(row: Row, told: Mapping[date, set[str]], conventions: Conventions) -> Agreement | None:
    shape = _DAY_OF_MONTH.fullmatch(row["symbolic_value"])
    assert shape is not None
    fitting = {
        day: documents
        for day, documents in told.items()
        if day.day == int(shape["day"]) and (shape["month"] is None or day.month == int(shape["month"]))
    }
    if not fitting:
        return None
    unit = "month" if shape["month"] else "day"
    window = conventions.windows[unit]
    is_running = row["symbolic_value"].startswith("month+0")
    allowed: Days = union(
        (day, period("month", day).end if is_running else plus(day, window)) for day in sorted(fitting)
    )
    days = " or ".join(day.isoformat() for day in sorted(fitting))
    words = f"“{row['text']}” is {days}, the date of {row['event_kind']} of {row['parties']}"
    return Agreement(
        (row["event_kind"], row["parties"], row["symbolic_value"]),
        Constraint(words, lambda _: allowed),
        frozenset().union(*fitting.values()),
    )
