"""Dates, merged entities and events meet the drafts of their documents here, once, in the tables of the release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import look_up
from kcpipe.lexicon import Lexicons
from kcpipe.supplied import language_code, outlet_name
from kcpipe.tables import TABLES, arrange, build, concat, conform

Row = Mapping[str, Any]

_DATES = tuple(column.name for column in TABLES["event_dates"].columns if column.name != "event_mention_id")
# What documents say where the text does not, by the column of `records` that it was supplied in.
_SUPPLIED = {
    "title": "title_supplied",
    "publisher": "publisher_supplied",
    "url": "url",
    "language": "language_supplied",
}


class Assemble(NamedTuple):
    """What `assemble` makes."""

    documents: pa.Table
    document_fields: pa.Table
    time_expressions: pa.Table
    mentions: pa.Table
    quotations: pa.Table
    quantities: pa.Table
    event_mentions: pa.Table
    participants: pa.Table
    facts: pa.Table


def assemble(
    *,
    records: pa.Table,
    raw_documents: pa.Table,
    clean_documents: pa.Table,
    document_fields: pa.Table,
    first_copies: pa.Table,
    publication_dates: pa.Table,
    time_drafts: pa.Table,
    resolved_times: pa.Table,
    mention_drafts: pa.Table,
    mention_links: pa.Table,
    quotation_drafts: pa.Table,
    quantity_drafts: pa.Table,
    event_drafts: pa.Table,
    event_dates: pa.Table,
    participant_drafts: pa.Table,
    fact_drafts: pa.Table,
    event_members: pa.Table,
    lexicons: Lexicons,
) -> Assemble:
    """The final tables of some documents.

    All arguments are tables of those names, of these documents where their rows belong to documents; `lexicons` holds
    outlets and languages. What was supplied with a document fills in what its text does not say, marked so in
    `document_fields`.
    """
    first = _first_records(records)
    supplied = _supplied(first, clean_documents, lexicons)
    documents = _documents(first, supplied, raw_documents, clean_documents, first_copies, publication_dates)
    mentions = _mentions(mention_drafts, mention_links)
    time_expressions = _time_expressions(time_drafts, resolved_times)
    event_mentions = _event_mentions(event_drafts, event_dates, mentions, event_members)
    participants = _with(
        participant_drafts, "participants", entity_id=_entity_of(mentions, participant_drafts.column("mention_id"))
    )
    return Assemble(
        documents,
        _document_fields(document_fields, first, supplied, clean_documents, publication_dates),
        time_expressions,
        mentions,
        _with(
            quotation_drafts,
            "quotations",
            speaker_entity_id=_entity_of(mentions, quotation_drafts.column("speaker_mention_id")),
        ),
        _quantities(quantity_drafts, event_drafts),
        event_mentions,
        participants,
        _facts(fact_drafts, time_expressions, mentions),
    )


def _with(drafts: pa.Table, name: str, **added: pa.ChunkedArray) -> pa.Table:
    """The table `name` from its draft and added columns; what the contract does not name is left behind."""
    columns = {column: drafts.column(column) for column in drafts.column_names}
    columns.update(added)
    return conform(TABLES[name], pa.table({c.name: columns[c.name] for c in TABLES[name].columns}))


# --- documents, mentions, times --------------------------------------------------------------------------------------


def _first_records(records: pa.Table) -> Mapping[str, Row]:
    """The first record of each document; what it does not bring is taken from the next one that does."""
    first: dict[str, dict[str, Any]] = {}
    for row in records.sort_by("source_uri").to_pylist():
        if row["document_id"] is not None:
            kept = first.setdefault(row["document_id"], row)
            kept.update({name: row[name] for name in _SUPPLIED.values() if kept[name] is None})
    return first


def _supplied(first: Mapping[str, Row], clean_documents: pa.Table, lexicons: Lexicons) -> dict[str, list[str | None]]:
    """For each field of _SUPPLIED and each document what was supplied, in the project's terms; null where the text
    says it itself."""

    def named(field: str, words: str | None) -> str | None:
        if words is None or field not in ("publisher", "language"):
            return words
        is_outlet = field == "publisher"
        return outlet_name(words, lexicons["outlets"]) if is_outlet else language_code(words, lexicons["languages"])

    ids = clean_documents.column("document_id").to_pylist()
    return {
        field: [
            named(field, first[document_id][column]) if stated is None else None
            for document_id, stated in zip(ids, clean_documents.column(field).to_pylist(), strict=True)
        ]
        for field, column in _SUPPLIED.items()
    }


def _documents(
    first: Mapping[str, Row],
    supplied: Mapping[str, Sequence[str | None]],
    raw_documents: pa.Table,
    clean_documents: pa.Table,
    first_copies: pa.Table,
    publication_dates: pa.Table,
) -> pa.Table:
    ids = clean_documents.column("document_id")
    columns: dict[str, Any] = {
        name: clean_documents.column(name) for name in ("document_id", "language_score", "authors", "section", "text")
    }
    for table, names in (
        (raw_documents, ("raw_sha256", "raw_bytes", "encoding")),
        (publication_dates, tuple(n for n in publication_dates.column_names if n != "document_id")),
        (first_copies, ("duplicate_of", "duplicate_kind")),
    ):
        columns.update(zip(names, look_up(ids, table, "document_id", *names), strict=True))
    for name in ("source_uri", "source_name"):
        columns[name] = pa.array([first[document_id][name] for document_id in ids.to_pylist()], pa.string())
    for name, values in supplied.items():
        columns[name] = pc.coalesce(clean_documents.column(name), pa.array(values, pa.string()))
    return conform(TABLES["documents"], pa.table({c.name: columns[c.name] for c in TABLES["documents"].columns}))


def _document_fields(
    stated: pa.Table,
    first: Mapping[str, Row],
    supplied: Mapping[str, Sequence[str | None]],
    clean_documents: pa.Table,
    publication_dates: pa.Table,
) -> pa.Table:
    """The evidence that the text gives, and after it what was supplied where it gives none."""
    ids = clean_documents.column("document_id").to_pylist()
    rows = [
        {
            "document_id": document_id,
            "field": field,
            "ordinal": 1,
            "text": first[document_id][_SUPPLIED[field]],
            "basis": "supplied",
            "rule_id": f"supplied.{field}",
        }
        for field, values in supplied.items()
        for document_id, value in zip(ids, values, strict=True)
        if value is not None
    ]
    dates = publication_dates.filter(pc.is_valid(publication_dates.column("evidence_rule_id")))
    read = Counter(stated.filter(pc.equal(stated.column("field"), "published")).column("document_id").to_pylist())
    rows += [
        {
            "document_id": row["document_id"],
            "field": "published",
            "ordinal": read[row["document_id"]] + 1,
            "text": row["published_text"],
            "raw_start": row["evidence_raw_start"],
            "raw_end": row["evidence_raw_end"],
            "basis": "supplied" if row["evidence_raw_start"] is None else "stated",
            "rule_id": row["evidence_rule_id"],
        }
        for row in dates.to_pylist()
    ]
    table = TABLES["document_fields"]
    return arrange(table, concat(table, [stated, build(table, rows)]))


def _mentions(drafts: pa.Table, links: pa.Table) -> pa.Table:
    entity_id, method, score = look_up(
        drafts.column("entity_id"), links, "draft_entity_id", "entity_id", "link_method", "link_score"
    )
    return _with(
        drafts,
        "mentions",
        entity_id=pc.coalesce(entity_id, drafts.column("entity_id")),
        link_method=pc.coalesce(method, drafts.column("link_method")),
        link_score=pc.coalesce(score, drafts.column("link_score")),
    )


def _entity_of(mentions: pa.Table, mention_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return look_up(mention_ids, mentions, "mention_id", "entity_id")[0]


def _time_expressions(drafts: pa.Table, resolved: pa.Table) -> pa.Table:
    names = [name for name in resolved.column_names if name != "time_expression_id"]
    found = look_up(drafts.column("time_expression_id"), resolved, "time_expression_id", *names)
    nothing = pa.chunked_array([pa.nulls(drafts.num_rows, pa.string())])
    return _with(drafts, "time_expressions", **dict(zip(names, found, strict=True)), anchor_event_mention_id=nothing)


def _quantities(drafts: pa.Table, event_drafts: pa.Table) -> pa.Table:
    told = event_drafts.filter(pc.is_valid(event_drafts.column("quantity_id")))
    owners: dict[str, str] = {}
    for quantity_id, event_mention_id in zip(
        told.column("quantity_id").to_pylist(), told.column("event_mention_id").to_pylist(), strict=True
    ):
        owners.setdefault(quantity_id, event_mention_id)
    owner = pa.array([owners.get(i) for i in drafts.column("quantity_id").to_pylist()], pa.string())
    return _with(drafts, "quantities", event_mention_id=pa.chunked_array([owner]))


def _facts(drafts: pa.Table, time_expressions: pa.Table, mentions: pa.Table) -> pa.Table:
    start, end = look_up(
        drafts.column("time_expression_id"), time_expressions, "time_expression_id", "date_start", "date_end"
    )
    return _with(
        drafts,
        "facts",
        subject_entity_id=_entity_of(mentions, drafts.column("subject_mention_id")),
        object_entity_id=_entity_of(mentions, drafts.column("object_mention_id")),
        as_of_start=start,
        as_of_end=end,
    )


def _event_mentions(drafts: pa.Table, event_dates: pa.Table, mentions: pa.Table, event_members: pa.Table) -> pa.Table:
    ids = drafts.column("event_mention_id")
    dates = dict(zip(_DATES, look_up(ids, event_dates, "event_mention_id", *_DATES), strict=True))
    members = ("event_id", "event_link_method", "event_link_score")
    joined = look_up(ids, event_members, "event_mention_id", *members)
    return _with(
        drafts,
        "event_mentions",
        **dates,
        place_entity_id=_entity_of(mentions, drafts.column("place_mention_id")),
        **dict(zip(members, joined, strict=True)),
    )
