"""A release in numbers: how many rows, how much is filled, which kinds, what stays open, what was set aside.

One row per thing counted, beside what the release before had of it, so that a suite can watch the drift like any
other table, and the report can draw it. It lies in the release's `quality/`, outside the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import look_up
from kcpipe.tables import RELEASED, TABLES, arrange, build, concat

PUBLISHER_COLUMNS = ("title", "authors", "published_start", "url")
UNKNOWN = "unknown"
_OF_DOCUMENT = "reports_of_document"


class Counted(NamedTuple):
    """How many of how many rows of a table a thing holds for."""

    measure: str
    table_name: str
    subject: str
    number: int
    total: int


def profile(tables: Mapping[str, pa.Table], previous: pa.Table | None) -> pa.Table:
    """The declared table `profile` of a release.

    tables: all released tables by name. previous: the profile of the release before; None for the first. What only
    the release before had is a row with the count 0, of as many rows as there are now.
    """
    now = list(_counted(tables))
    before = {} if previous is None else _before(previous)
    totals = {(each.measure, each.table_name): each.total for each in now}
    keys = {(each.measure, each.table_name, each.subject) for each in now}
    gone = [
        Counted(measure, name, subject, 0, totals.get((measure, name), 0))
        for (measure, name, subject), row in before.items()
        if (measure, name, subject) not in keys and row["count"]
    ]
    rows = [_row(each, before.get((each.measure, each.table_name, each.subject))) for each in (*now, *gone)]
    table = TABLES["profile"]
    return arrange(table, concat(table, [build(table, rows), _of_documents(tables, previous)]))


def _before(previous: pa.Table) -> dict[tuple[str, str, str], Mapping[str, int]]:
    """What the release before had, but for its single documents: one that is not there any more is no drift."""
    rows = previous.filter(pc.not_equal(previous.column("measure"), _OF_DOCUMENT)).to_pylist()
    return {(row["measure"], row["table_name"], row["subject"]): row for row in rows}


def _row(each: Counted, before: Mapping[str, int] | None) -> dict[str, object]:
    share = _share(each.number, each.total)
    was = _share(before["count"], before["total"]) if before is not None else None
    return {
        "measure": each.measure,
        "table_name": each.table_name,
        "subject": each.subject,
        "count": each.number,
        "total": each.total,
        "share": share,
        "previous_count": before["count"] if before is not None else None,
        "previous_total": before["total"] if before is not None else None,
        "previous_share": was,
        "share_change": share - was if share is not None and was is not None else None,
    }


def _share(count: int, total: int) -> float | None:
    return count / total if total else None


def _counted(tables: Mapping[str, pa.Table]) -> Iterator[Counted]:
    for name in RELEASED:
        table = tables[name]
        yield Counted("rows", name, "rows", table.num_rows, table.num_rows)
        for column in TABLES[name].columns:
            if column.nullable or pa.types.is_list(column.type):
                yield Counted("filled", name, column.name, _filled(table.column(column.name)), table.num_rows)
    documents = tables["documents"]
    yield from _by_publisher(documents)
    yield from _shares("language", "documents", documents, "language")
    yield from _shares("published_basis", "documents", documents, "published_basis")
    yield from _shares("kind", "events", tables["events"], "event_kind")
    yield from _shares("status", "events", tables["events"], "status")
    yield from _shares("status", "event_mentions", tables["event_mentions"], "status")
    yield from _shares("resolved", "time_expressions", tables["time_expressions"], "unresolved_reason", "resolved")
    for reason in pc.value_counts(tables["quarantine"].column("reason")).to_pylist():
        yield Counted("quarantined", "records", reason["values"], reason["counts"], tables["records"].num_rows)


def _filled(column: pa.ChunkedArray) -> int:
    return int(pc.sum(_is_filled(column)).as_py() or 0)


def _is_filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.greater(pc.list_value_length(column), 0) if pa.types.is_list(column.type) else pc.is_valid(column)


def _by_publisher(documents: pa.Table) -> Iterator[Counted]:
    filled = {name: _is_filled(documents.column(name)) for name in PUBLISHER_COLUMNS}
    table = pa.table({"publisher": pc.fill_null(documents.column("publisher"), UNKNOWN), **filled})
    counted = table.group_by("publisher").aggregate([([], "count_all"), *((name, "sum") for name in filled)])
    for row in counted.to_pylist():
        for name in filled:
            subject = f"{row['publisher']}: {name}"
            yield Counted("filled_by_publisher", "documents", subject, row[f"{name}_sum"], row["count_all"])


def _shares(measure: str, name: str, table: pa.Table, column: str, null: str = UNKNOWN) -> Iterator[Counted]:
    counts = pc.value_counts(pc.fill_null(table.column(column), null)).to_pylist()
    for entry in sorted(counts, key=lambda entry: str(entry["values"])):
        yield Counted(measure, name, entry["values"], entry["counts"], table.num_rows)


def _of_documents(tables: Mapping[str, pa.Table], previous: pa.Table | None) -> pa.Table:
    """Reports of events in each document, of as many sentences: a document that suddenly yields none is seen.

    The rows that `_row` would make, whole columns at a time: there are as many as documents.
    """
    profiled = TABLES["profile"]
    documents = tables["documents"].column("document_id")
    count, total = (_rows_of(documents, tables[name]) for name in ("event_mentions", "sentences"))
    before = profiled.schema.empty_table() if previous is None else previous
    before = before.filter(pc.equal(before.column("measure"), _OF_DOCUMENT))
    previous_count, previous_total = look_up(documents, before, "subject", "count", "total")
    share, previous_share = _shares_of(count, total), _shares_of(previous_count, previous_total)
    columns = {
        "measure": pa.repeat(_OF_DOCUMENT, len(documents)),
        "table_name": pa.repeat("event_mentions", len(documents)),
        "subject": documents,
        "count": count,
        "total": total,
        "share": share,
        "previous_count": previous_count,
        "previous_total": previous_total,
        "previous_share": previous_share,
        "share_change": pc.subtract(share, previous_share),
    }
    return pa.table(columns).cast(profiled.schema)


def _rows_of(documents: pa.ChunkedArray, table: pa.Table) -> pa.ChunkedArray:
    """For each document the rows that a table has of it."""
    counted = table.group_by("document_id").aggregate([([], "count_all")])
    [counts] = look_up(documents, counted, "document_id", "count_all")
    return pc.fill_null(counts, 0).cast(pa.int32())


def _shares_of(counts: pa.ChunkedArray, totals: pa.ChunkedArray) -> pa.ChunkedArray:
    """As `_share`, of whole columns."""
    return pc.divide(counts.cast(pa.float64()), pc.if_else(pc.equal(totals, 0), None, totals).cast(pa.float64()))
