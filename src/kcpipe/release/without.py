"""The tables of a release as they are without one of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.tables import TABLES

Tables = Mapping[str, pa.Table]


def without(tables: Tables, document_id: str) -> dict[str, pa.Table]:
    """The tables of a release without a document and all that rests on it alone.

    A row that names the document goes; an event or an entity that another document has, too, moves there; a
    reference to what is gone is null, or its row goes with it.
    """
    left = {name: _disowned(name, _moved(name, tables, document_id), document_id) for name in tables}
    while True:
        dangling = {name: _anchored(name, left) for name in left}
        if all(dangling[name].num_rows == left[name].num_rows for name in left):
            return _marked(dangling)
        left = dangling


def _marked(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables with events marked exactly when a conflict that is left names them."""
    if "events" not in tables or "conflicts" not in tables:
        return tables
    sides = [tables["conflicts"].column(name) for name in ("event_id_a", "event_id_b")]
    named = pa.chunked_array([chunk for side in sides for chunk in side.chunks], pa.string()).combine_chunks()
    marks = pc.is_in(tables["events"].column("event_id"), value_set=named.drop_null())
    return {**tables, "events": put(tables["events"], "has_conflict", marks)}


def _disowned(name: str, rows: pa.Table, document_id: str) -> pa.Table:
    """The rows of a table that do not name the document, or can do without."""
    for column in naming(name):
        if TABLES[name].column(column).nullable and column != "document_id":
            rows = _nulled(rows, column, pc.equal(rows.column(column), document_id))
        else:
            rows = rows.filter(pc.fill_null(pc.not_equal(rows.column(column), document_id), True))
    return rows


def _moved(name: str, tables: Tables, document_id: str) -> pa.Table:
    """Events and entities of the document under another report or document, where they have one."""
    rows = tables[name]
    if name == "events":
        reports = tables["event_mentions"].sort_by("event_mention_id")
        reports = reports.filter(pc.not_equal(reports.column("document_id"), document_id))
        left = _recounted(rows, reports, "event_id", "best_event_mention_id", "event_mention_id")
        return _resourced(left, reports, tables["documents"])
    if name == "entities":
        mentions = tables["mentions"].sort_by("document_id")
        mentions = mentions.filter(pc.not_equal(mentions.column("document_id"), document_id))
        return _recounted(rows, mentions, "entity_id", "first_document_id", "document_id")
    return rows


def _recounted(rows: pa.Table, named: pa.Table, key: str, column: str, source: str) -> pa.Table:
    """Rows of which something is left: their counts, and `column`, if it is gone, from the first that is left."""
    found = named.group_by(key).aggregate([(source, "min"), ("document_id", "count_distinct"), (source, "count")])
    places = pc.index_in(rows.column(key), value_set=found.column(key).combine_chunks())
    rows, places = rows.filter(pc.is_valid(places)), places.filter(pc.is_valid(places))
    first = found.column(f"{source}_min").take(places)
    there = pc.is_in(rows.column(column), value_set=named.column(source).combine_chunks())
    rows = put(rows, column, pc.if_else(there, rows.column(column), first))
    rows = put(rows, "document_count", found.column("document_id_count_distinct").take(places).cast(pa.int32()))
    return put(rows, "mention_count", found.column(f"{source}_count").take(places).cast(pa.int32()))


def _resourced(events: pa.Table, reports: pa.Table, documents: pa.Table) -> pa.Table:
    """Events with the publishers of the reports that are left, and no more sources than those."""
    publisher = dict(zip(*(documents.column(name).to_pylist() for name in ("document_id", "publisher")), strict=True))
    found: dict[str, set[str | None]] = {}
    for event, document in zip(
        *(reports.column(name).to_pylist() for name in ("event_id", "document_id")), strict=True
    ):
        found.setdefault(event, set()).add(publisher[document])
    sources = [found[event] for event in events.column("event_id").to_pylist()]
    publishers = [sorted(name for name in each if name is not None) for each in sources]
    counts = pc.min_element_wise(events.column("source_count"), pa.array([len(each) for each in sources], pa.int32()))
    known = pa.array(publishers, events.schema.field("publishers").type)
    return put(put(events, "publishers", known), "source_count", counts)


def put(rows: pa.Table, name: str, values: Any) -> pa.Table:
    """Rows with other values in a column."""
    return rows.set_column(rows.column_names.index(name), rows.schema.field(name), values)


def _nulled(rows: pa.Table, name: str, where: Any) -> pa.Table:
    return put(rows, name, pc.if_else(pc.fill_null(where, False), None, rows.column(name)))


def _anchored(name: str, tables: Tables) -> pa.Table:
    """Rows whose references all lead somewhere: one that may be null is nulled, else its row goes."""
    rows = tables[name]
    for column in TABLES[name].columns:
        parent, _, key = column.references.partition(".")
        if parent not in tables:
            continue
        there = pc.is_in(rows.column(column.name), value_set=tables[parent].column(key).combine_chunks())
        lost = pc.and_(pc.is_valid(rows.column(column.name)), pc.invert(there))
        rows = _nulled(rows, column.name, lost) if column.nullable else rows.filter(pc.invert(lost))
    return rows


def naming(table: str) -> list[str]:
    """The columns of a table that name a document."""
    columns = TABLES[table].columns
    return [c.name for c in columns if c.name == "document_id" or c.references == "documents.document_id"]
