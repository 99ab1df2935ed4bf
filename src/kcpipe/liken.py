"""Event reports as they are compared across texts: kind, parties, interval, status, and what else tells one matter
from another.

All of it is known of a report by itself; which reports are of one event is for `corroborate` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.intervals import REFERENCES
from kcpipe.joins import by_key, rows_with
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]

_ARTICLES = frozenset({"a", "an", "the", "its", "their", "his", "her", "new"})
_SIDES = ("actor", "recipient", "party")
_OF_DATES, _OF_DOCUMENTS = ("date_start", "date_end", "date_scope"), ("published_start", "published_end")
_OF_DRAFTS = [
    name
    for name in TABLES["reports"].schema.names
    if name in TABLES["event_drafts"].schema.names and name not in _OF_DATES
]
_NOTHING: Row = {"symbolic_value": None, "role_text": None}


class Liken(NamedTuple):
    """What `liken` makes."""

    reports: pa.Table


def liken(
    *,
    event_drafts: pa.Table,
    participant_drafts: pa.Table,
    mention_drafts: pa.Table,
    quantity_drafts: pa.Table,
    time_drafts: pa.Table,
    event_dates: pa.Table,
    publication_dates: pa.Table,
) -> Liken:
    """One row per event draft, in the same order. All arguments are tables of those names."""
    # Python's objects are made of the rows that a report names, a few of all that stand in the texts.
    counted = rows_with(quantity_drafts, "quantity_id", event_drafts.column("quantity_id"))
    quantities = by_key(counted.select(["quantity_id", "unit", "value"]), "quantity_id")
    dates = by_key(event_dates, "event_mention_id")
    dated = rows_with(time_drafts, "time_expression_id", event_drafts.column("time_expression_id"))
    words = by_key(dated.select(["time_expression_id", "symbolic_value"]), "time_expression_id")
    published = by_key(publication_dates.select(["document_id", *_OF_DOCUMENTS]), "document_id")
    mentions = rows_with(
        mention_drafts, "mention_id", participant_drafts.column("mention_id"), event_drafts.column("place_mention_id")
    )
    people = mentions.filter(pc.equal(mentions.column("entity_type"), "PERSON"))
    offices = by_key(people.select(["mention_id", "role_text"]), "mention_id")
    entities = dict(zip(*(mentions.column(name).to_pylist() for name in ("mention_id", "entity_id")), strict=True))
    parties: dict[str, list[Row]] = {}
    for party in participant_drafts.to_pylist():
        parties.setdefault(party["event_mention_id"], []).append(party)

    def rows() -> Iterator[Row]:
        for draft in event_drafts.to_pylist():
            own = parties.get(draft["event_mention_id"], [])
            date, document = dates[draft["event_mention_id"]], published[draft["document_id"]]
            symbolic_value = words.get(draft["time_expression_id"], _NOTHING)["symbolic_value"]
            others = [party for party in own if party["role"] in _SIDES and party["country_code"] is None]
            known = [entities.get(party["mention_id"]) for party in others]
            yield {
                **{name: draft[name] for name in _OF_DRAFTS},
                **{name: date[name] for name in _OF_DATES},
                **{name: document[name] for name in _OF_DOCUMENTS},
                # "Recently" and "now" tell no day apart, so they say nothing.
                "symbolic_value": None if symbolic_value in REFERENCES else symbolic_value,
                "is_self_dyad": "self_dyad" in draft["flags"],
                "topic": sorted(next((_modifiers(draft, party) for party in own if party["role"] == "topic"), ())),
                "place_draft_entity_id": entities.get(draft["place_mention_id"]),
                "offices": _offices(own, offices),
                "others": sorted(
                    {
                        f"{party['role']} {entity or _words(draft, party)}"
                        for party, entity in zip(others, known, strict=True)
                    }
                ),
                **_amount(quantities.get(draft["quantity_id"])),
                "is_nameless": not draft["countries"] and not any(known),
            }

    return Liken(build(TABLES["reports"], rows()))


def _offices(parties: Sequence[Row], offices: Mapping[str, Row]) -> list[Row]:
    """The words of the office that tells the party of a role and country, where one does."""
    told = {
        (party["role"], party["country_code"]): offices.get(party["mention_id"], _NOTHING)["role_text"]
        for party in parties
        if party["country_code"]
    }
    return [
        {"role": role, "country_code": code, "words": office.lower()} for (role, code), office in told.items() if office
    ]


def _amount(quantity: Row | None) -> Row:
    """The unit and value of an exact amount of money; others count what the texts may count in other ways."""
    if quantity is None or quantity["unit"] is None or quantity["value"] is None:
        return {}
    return {"unit": quantity["unit"], "value": quantity["value"]}


def _modifiers(report: Row, topic: Row) -> frozenset[str]:
    """The words before the last of a topic: those that tell one agreement from another."""
    return frozenset(_words(report, topic).split(" of ")[0].split()[:-1]) - _ARTICLES


def _words(report: Row, participant: Row) -> str:
    """How the sentence tells a participant, in lower case."""
    start, end = (participant[name] - report["char_start"] for name in ("char_start", "char_end"))
    return str(report["evidence"][start:end]).lower()
