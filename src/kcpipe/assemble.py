"""Dates, merged entities and events meet the drafts here, once, in the tables of the release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import by_key, look_up
from kcpipe.lexicon import Lexicons
from kcpipe.supplied import language_code, outlet_name
from kcpipe.tables import TABLES, build, concat, conform

Row = Mapping[str, Any]

_DATES = tuple(column.name for column in TABLES["event_dates"].columns if column.name != "event_mention_id")
_PREFIXES = {"planned": "Planned: ", "attempted": "Attempted: ", "hypothetical": "Hypothetical: ", "denied": "Denied: "}
# Names of countries that stand with "the" inside a sentence.
_WITH_ARTICLE = re.compile(
    r"^(?:United|Netherlands|Philippines|Bahamas|Maldives|Comoros|Gambia|Holy See|D\.?R\.? Congo|Republic of)|"
    r"(?:Islands|Emirates|Republic|Republic of (?:the )?Congo|Federation|Territory|Territories)$"
)
# Of equally narrow dates the one that leans on least: the words alone, a stated publication date, a computed one.
_BASES = ("absolute", "relative", "calendar", "corroborated", "unresolved")
# What documents say where the text does not, by the column of `records` that it was supplied in.
_SUPPLIED = {
    "title": "title_supplied",
    "publisher": "publisher_supplied",
    "url": "url",
    "language": "language_supplied",
}
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


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
    events: pa.Table
    event_countries: pa.Table
    facts: pa.Table
    event_kinds: pa.Table


def assemble(
    *,
    records: pa.Table,
    raw_documents: pa.Table,
    clean_documents: pa.Table,
    document_fields: pa.Table,
    document_copies: pa.Table,
    publication_dates: pa.Table,
    time_drafts: pa.Table,
    resolved_times: pa.Table,
    mention_drafts: pa.Table,
    mention_links: pa.Table,
    entities: pa.Table,
    quotation_drafts: pa.Table,
    quantity_drafts: pa.Table,
    event_drafts: pa.Table,
    event_dates: pa.Table,
    participant_drafts: pa.Table,
    fact_drafts: pa.Table,
    event_members: pa.Table,
    conflicts: pa.Table,
    lexicons: Lexicons,
) -> Assemble:
    """The final tables of the whole corpus.

    All arguments are tables of those names; `lexicons` holds event_kinds, outlets and languages. What was supplied with
    a document fills in what its text does not say, marked so in `document_fields`. The first copy of a group is the
    one published first. An event takes its date, precision and basis from the report that words date most narrowly,
    else from one that is news, and its summary from its own columns.
    """
    first = _first_records(records)
    supplied = _supplied(first, clean_documents, lexicons)
    documents = _documents(first, supplied, raw_documents, clean_documents, document_copies, publication_dates)
    mentions = _mentions(mention_drafts, mention_links)
    time_expressions = _time_expressions(time_drafts, resolved_times)
    event_mentions = _event_mentions(event_drafts, event_dates, mentions, event_members)
    participants = _with(
        participant_drafts, "participants", entity_id=_entity_of(mentions, participant_drafts.column("mention_id"))
    )
    events = _events(event_mentions, participants, documents, entities, conflicts, lexicons)
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
        events,
        build(TABLES["event_countries"], _event_country_rows(events)),
        _facts(fact_drafts, time_expressions, mentions),
        build(TABLES["event_kinds"], _kind_rows(lexicons)),
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
    document_copies: pa.Table,
    publication_dates: pa.Table,
) -> pa.Table:
    ids = clean_documents.column("document_id")
    columns: dict[str, Any] = {
        name: clean_documents.column(name) for name in ("document_id", "language_score", "authors", "section", "text")
    }
    for table, names in (
        (raw_documents, ("raw_sha256", "raw_bytes", "encoding")),
        (publication_dates, tuple(n for n in publication_dates.column_names if n != "document_id")),
    ):
        columns.update(zip(names, look_up(ids, table, "document_id", *names), strict=True))
    for name in ("source_uri", "source_name"):
        columns[name] = pa.array([first[document_id][name] for document_id in ids.to_pylist()], pa.string())
    for name, values in supplied.items():
        columns[name] = pc.coalesce(clean_documents.column(name), pa.array(values, pa.string()))
    copies = _copies(document_copies, publication_dates)
    for name, place in (("duplicate_of", 0), ("duplicate_kind", 1)):
        columns[name] = pa.array([copies.get(key, (None, None))[place] for key in ids.to_pylist()], pa.string())
    return conform(TABLES["documents"], pa.table({c.name: columns[c.name] for c in TABLES["documents"].columns}))


def _copies(document_copies: pa.Table, publication_dates: pa.Table) -> dict[str, tuple[str, str]]:
    """For each copy the first document of its group, by day of publication, and the kind of copy it is."""
    [published] = look_up(document_copies.column("document_id"), publication_dates, "document_id", "published_start")
    ordered = document_copies.append_column("published_start", published).sort_by(
        [(name, "ascending") for name in ("copy_group", "published_start", "document_id")]
    )
    copies: dict[str, tuple[str, str]] = {}
    first: Row = {"copy_group": None}
    for row in ordered.to_pylist():
        if row["copy_group"] != first["copy_group"]:
            first = row
        else:
            kind = "exact" if row["text_digest"] == first["text_digest"] else "near"
            copies[row["document_id"]] = (first["document_id"], kind)
    return copies


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
    return concat(TABLES["document_fields"], [stated, build(TABLES["document_fields"], rows)])


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


# --- events ----------------------------------------------------------------------------------------------------------


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


def _events(
    event_mentions: pa.Table,
    participants: pa.Table,
    documents: pa.Table,
    entities: pa.Table,
    conflicts: pa.Table,
    lexicons: Lexicons,
) -> pa.Table:
    by_document = by_key(documents.drop_columns(["text"]), "document_id")
    by_entity = by_key(entities, "entity_id")
    kinds = {row["event_kind"]: row for row in lexicons["event_kinds"].rows}
    disputed = {
        event_id
        for side in ("event_id_a", "event_id_b")
        for event_id in conflicts.column(side).to_pylist()
        if event_id is not None
    }
    members: dict[str, list[Row]] = {}
    for row in event_mentions.to_pylist():
        if row["event_id"] is not None:
            members.setdefault(row["event_id"], []).append(row)
    parties: dict[str, list[Row]] = {}
    for party in participants.to_pylist():
        parties.setdefault(party["event_mention_id"], []).append(party)
    rows = [
        _event_row(event_id, reports, parties.get(event_id, []), by_document, by_entity, kinds, event_id in disputed)
        for event_id, reports in members.items()
    ]
    return build(TABLES["events"], rows)


def _event_row(
    event_id: str,
    reports: Sequence[Row],
    parties: Sequence[Row],
    documents: Mapping[str, Row],
    entities: Mapping[str, Row],
    kinds: Mapping[str, Row],
    is_disputed: bool,
) -> dict[str, Any]:
    first = next(report for report in reports if report["event_mention_id"] == event_id)
    dated = min(
        reports,
        key=lambda r: (_openness(r), _BASES.index(r["date_basis"]), r["event_mention_id"] != event_id, _place_of(r)),
    )
    best = max(
        reports,
        key=lambda report: (
            report["date_scope"] == "clause",  # it says itself when: better to quote than a headline
            report["date_start"] is not None,
            report["confidence"],
            report["event_mention_id"] == event_id,
        ),
    )
    status = "occurred" if any(report["status"] == "occurred" for report in reports) else first["status"]
    own = [documents[report["document_id"]] for report in reports]
    sources = {document["duplicate_of"] or document["document_id"] for document in own}
    publishers = {documents[source]["publisher"] for source in sources}
    known = sorted(publisher for publisher in publishers if publisher is not None)
    place = next((entities[r["place_entity_id"]] for r in reports if r["place_entity_id"] in entities), None)
    published = [d["published_end"] for d in own if d["published_end"] is not None]
    row: dict[str, Any] = {
        "event_id": event_id,
        **{name: first[name] for name in ("event_type", "event_kind")},
        "status": status,
        "is_occurred": status in ("occurred", "ongoing"),
        **{name: _union(reports, name) for name in ("countries", "actor_countries", "recipient_countries")},
        **{name: dated[name] for name in _DATES},
        "place_name": place["name"] if place else None,
        "place_country_code": place["country_code"] if place else None,
        "mention_count": len(reports),
        "document_count": len({report["document_id"] for report in reports}),
        "source_count": len(known) + (None in publishers),
        "publishers": known,
        "first_published": min(published, default=None),
        "best_event_mention_id": best["event_mention_id"],
        "confidence": max(report["confidence"] for report in reports),
        "has_conflict": is_disputed,
    }
    return {
        **row,
        "summary": summarise(row, kinds[row["event_kind"]], entities, _told_otherwise(first, parties, entities)),
    }


def _openness(report: Row) -> tuple[int, int, bool]:
    """How little a report dates: by words, by being news, by words that stayed open, not at all; then the days of its
    interval, and whether the words stand outside its clause."""
    if report["date_start"] is None and report["date_end"] is None:
        return 2 + (report["time_expression_id"] is None), 0, True
    days = ((report["date_end"] or date.max) - (report["date_start"] or date.min)).days
    return int(report["date_scope"] == "news"), days, report["date_scope"] != "clause"


def _place_of(report: Row) -> tuple[str, int]:
    return report["document_id"], report["trigger_start"]


def _union(reports: Iterable[Row], name: str) -> list[str]:
    return sorted({code for report in reports for code in report[name]})


def _told_otherwise(report: Row, parties: Iterable[Row], entities: Mapping[str, Row]) -> dict[str, list[str]]:
    """By role, the names or words of the parties that no country of their own tells: "Hamas", "gunmen"."""
    told: dict[str, list[str]] = {"actor": [], "recipient": [], "party": []}
    for party in parties:
        is_known = party["country_code"] is not None
        if party["role"] == "recipient" and "domestic" in report["flags"]:
            is_known = party["country_code"] not in report["actor_countries"]
        if party["role"] in told and not is_known:
            start, end = (party[name] - report["char_start"] for name in ("char_start", "char_end"))
            words = report["evidence"][start:end]
            is_named = party["entity_id"] in entities and party["country_code"] is None
            told[party["role"]].append(
                entities[party["entity_id"]]["name"] if is_named else words[:1].lower() + words[1:]
            )
    return told


def summarise(event: Row, kind: Row, entities: Mapping[str, Row], told: Mapping[str, Sequence[str]]) -> str:
    """One plain sentence: who did what to whom and when, as far as the columns know.

    event: a row of events (without its summary). kind: its row of the lexicon event_kinds, whose `past`, `base` and
    `doing` are verb phrases; what stands in square brackets falls away when there is no recipient. entities: by
    entity_id. told: by role, what to call the parties that no country tells.
    """

    def named(codes: Sequence[str], others: Sequence[str]) -> str:
        names = [entities[f"country:{code}"]["name"] if f"country:{code}" in entities else code for code in codes]
        names = [*(f"the {name}" if _WITH_ARTICLE.search(name) else name for name in names), *others]
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

    is_symmetric = kind["is_symmetric"] == "yes"
    codes = event["countries"] if is_symmetric else event["actor_countries"]
    others = [*told["actor"], *told["recipient"], *told["party"]] if is_symmetric else told["actor"]
    actors = [*codes, *others]
    recipients = [code for code in event["recipient_countries"] if code not in codes]
    recipient = named(recipients, [] if is_symmetric else told["recipient"])
    if len(actors) > 1 and event["recipient_countries"] == event["actor_countries"]:
        recipient = recipient or "each other"
    is_half_known = is_symmetric and len(actors) < 2  # it takes two
    known = named(codes, others)
    subject = f"{known} and another party" if known and is_half_known else known or "somebody"
    phrase = {
        "occurred": kind["past"],
        "denied": kind["past"],
        "ongoing": f"{'is' if len(actors) < 2 and not is_half_known else 'are'} {kind['doing']}",
    }.get(event["status"], f"to {kind['base']}")
    phrase = _OPTIONAL.sub(r"\1" if recipient else "", phrase).format(recipient=recipient or "somebody")
    prefix = _PREFIXES.get(event["status"], "")
    sentence = f"{subject} {phrase}{_when(event)}."
    return prefix + sentence if prefix else sentence[0].upper() + sentence[1:]


def _when(event: Row) -> str:
    start, end, precision = event["date_start"], event["date_end"], event["date_precision"]
    if start is None and end is None:
        return f", “{event['date_text']}” (date not resolved)" if event["date_text"] else ", date not told"
    if start is None:
        return f", until {_day(end)}"
    if end is None:
        return f", since {_day(start)}"
    if start == end:
        return f" on {_day(start)}"
    if precision == "month":
        return f" in {start:%B %Y}"
    if precision == "year":
        return f" in {start:%Y}"
    if event["date_extent"] == "throughout":
        return f" from {_day(start)} to {_day(end)}"
    return f" between {_day(start)} and {_day(end)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _event_country_rows(events: pa.Table) -> Iterator[dict[str, Any]]:
    for row in events.to_pylist():
        roles = {"actor": row["actor_countries"], "recipient": row["recipient_countries"]}
        acting = {code for codes in roles.values() for code in codes}
        roles["party"] = [code for code in row["countries"] if code not in acting]
        for role, codes in roles.items():
            for code in codes:
                yield {"event_id": row["event_id"], "country_code": code, "role": role}


def _kind_rows(lexicons: Lexicons) -> Iterator[dict[str, Any]]:
    columns = [column.name for column in TABLES["event_kinds"].columns]
    for row in lexicons["event_kinds"].rows:
        yield {name: row[name] or None for name in columns}
