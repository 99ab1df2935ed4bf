"""A release in numbers: how many rows, how much is filled, which kinds, what stays open, what was set aside.

One row per thing counted, beside what the release before had of it, so that a suite can watch the drift like any
other table, and the report can draw it. It lies in the release's `quality/`, outside the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.tables import RELEASED, TABLES, arrange, build

PUBLISHER_COLUMNS = ("title", "authors", "published_start", "url")
UNKNOWN = "unknown"


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
    rows_before = [] if previous is None else previous.to_pylist()
    before = {(row["measure"], row["table_name"], row["subject"]): row for row in rows_before}
    totals = {(each.measure, each.table_name): each.total for each in now}
    keys = {(each.measure, each.table_name, each.subject) for each in now}
    gone = [
        Counted(measure, name, subject, 0, totals.get((measure, name), 0))
        # A document that is no longer there is a removal, not a drift.
        for (measure, name, subject), row in before.items()
        if (measure, name, subject) not in keys and row["count"] and measure != "reports_of_document"
    ]
    rows = [_row(each, before.get((each.measure, each.table_name, each.subject))) for each in (*now, *gone)]
    return arrange(TABLES["profile"], build(TABLES["profile"], rows))


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
    for publisher, rows in _by_value(documents, "publisher"):
        for name in PUBLISHER_COLUMNS:
            filled = _filled(rows.column(name))
            yield Counted("filled_by_publisher", "documents", f"{publisher}: {name}", filled, rows.num_rows)
    yield from _shares("language", "documents", documents, "language")
    yield from _shares("published_basis", "documents", documents, "published_basis")
    yield from _shares("kind", "events", tables["events"], "event_kind")
    yield from _shares("status", "events", tables["events"], "status")
    yield from _shares("status", "event_mentions", tables["event_mentions"], "status")
    yield from _shares("resolved", "time_expressions", tables["time_expressions"], "unresolved_reason", "resolved")
    quarantine = tables["quarantine"]
    for reason, rows in _by_value(quarantine, "reason"):
        yield Counted("quarantined", "records", reason, rows.num_rows, tables["records"].num_rows)
    yield from _reports_of_documents(documents, tables["event_mentions"], tables["sentences"])


def _filled(column: pa.ChunkedArray) -> int:
    if pa.types.is_list(column.type):
        return int(pc.sum(pc.greater(pc.list_value_length(column), 0)).as_py() or 0)
    return len(column) - int(column.null_count)


def _by_value(table: pa.Table, column: str) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each value of a column, in the order of the values; null is "unknown"."""
    values = pc.fill_null(table.column(column), UNKNOWN)
    for value in sorted(pc.unique(values).to_pylist()):
        yield value, table.filter(pc.equal(values, value))


def _shares(measure: str, name: str, table: pa.Table, column: str, null: str = UNKNOWN) -> Iterator[Counted]:
    counts = pc.value_counts(pc.fill_null(table.column(column), null)).to_pylist()
    for entry in sorted(counts, key=lambda entry: str(entry["values"])):
        yield Counted(measure, name, entry["values"], entry["counts"], table.num_rows)


def _reports_of_documents(documents: pa.Table, reports: pa.Table, sentences: pa.Table) -> Iterator[Counted]:
    """Reports of events in each document, of as many sentences: a document that suddenly yields none is seen."""
    found, of = (
        {entry["values"]: entry["counts"] for entry in pc.value_counts(table.column("document_id")).to_pylist()}
        for table in (reports, sentences)
    )
    for document in documents.column("document_id").to_pylist():
        yield Counted("reports_of_document", "event_mentions", document, found.get(document, 0), of.get(document, 0))
