"""Who and what a text speaks of: mentions, and the entity of each as far as one document can tell.

Countries are final here; people and organisations are named by their fullest name in the document and merged across
documents by `link`. The order of the rules: the model's names corrected, people, fixed names of the gazetteer around
them, later surnames, named events, organisations and places; then the country whose view the text takes, offices and
nationalities; at last governments and groups, "the two countries", and what points back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.ids import name_id, span_id
from kcpipe.lexicon import Lexicons
from kcpipe.names.bodies import LONGEST_NAME
from kcpipe.names.corrections import corrected_names
from kcpipe.names.countries import find_fixed
from kcpipe.names.gazetteer import Gazetteer, gazetteer
from kcpipe.names.groups import find_groups
from kcpipe.names.home import Home, home_country, of_home, settle_bodies, settle_by_officers
from kcpipe.names.occasions import find_occasions
from kcpipe.names.organisations import find_organisations, identify
from kcpipe.names.pairs import find_pairs
from kcpipe.names.people import Bearer, bearer_of, bearers, describe, find_people, find_surnames
from kcpipe.names.places import find_places
from kcpipe.names.reading import Document, Draft, Index, documents, normal
from kcpipe.names.references import find_references
from kcpipe.spans import SpanMap, span_maps
from kcpipe.tables import TABLES, build


class Names(NamedTuple):
    """What `names` makes."""

    mention_drafts: pa.Table
    mention_members: pa.Table


def names(
    *,
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    lexicons: Lexicons,
) -> Names:
    """The mentions of every document that has sentences.

    Tables of those names. lexicons: those of `gazetteer.LEXICONS`. Offsets out are clean; ids are hashes of raw
    offsets. A mention may lie within another only as a name within an organisation, an event, a work or a nominal.
    Raises LexiconError when a data file contradicts itself.
    """
    known = gazetteer(lexicons)
    maps = span_maps(text_spans)
    rows: list[dict[str, Any]] = []
    members: list[dict[str, str]] = []
    for document in documents(clean_documents, sentences, tokens):
        for draft in find_mentions(document, known):
            row = _row(document, draft, maps[document.document_id])
            rows.append(row)
            members += [{"mention_id": row["mention_id"], "entity_id": entity_id} for entity_id in draft.members]
    return Names(build(TABLES["mention_drafts"], rows), build(TABLES["mention_members"], members))


def _row(document: Document, draft: Draft, spans: SpanMap) -> dict[str, Any]:
    return {
        "mention_id": span_id("mention", document.document_id, *spans.to_raw(draft.start, draft.end)),
        "document_id": document.document_id,
        "char_start": draft.start,
        "char_end": draft.end,
        "text": document.text[draft.start : draft.end],
        "entity_type": draft.entity_type,
        "mention_kind": draft.mention_kind,
        "entity_id": draft.entity_id,
        "is_metonym": draft.is_metonym,
        "role_text": draft.role_text,
        "role_time": draft.role_time,
        "link_method": draft.link_method,
        "link_score": draft.link_score,
        "name": draft.name,
        "country_code": draft.country_code,
        "wikidata_id": draft.wikidata_id,
    }


def find_mentions(document: Document, known: Gazetteer) -> list[Draft]:
    """The mentions of one document in order of start, the longer first."""

    def index(*drafts: Iterable[Draft]) -> Index:
        return Index(len(document.text), chain(*drafts))

    document = replace(document, names=corrected_names(document, known))
    people = find_people(document, known)
    full_names = bearers(document, people, known)
    for draft in people:
        bearer, _ = bearer_of(_name(document, draft), full_names, known)
        draft.country_code = bearer.country_code if bearer else None
    fixed = find_fixed(document, known, people)
    people += find_surnames(document, full_names, index(fixed, people), known)
    occasions = find_occasions(document, index(fixed, people), known)
    fixed = _within_occasions(fixed, index(occasions))
    organisations = find_organisations(document, index(fixed, people, occasions), known)
    places = find_places(document, index(fixed, people, occasions, organisations), known)
    home = home_country(document, people, index(fixed, places), document.publisher, known)
    settle_bodies(document, organisations, home, known)
    _settle_people(document, people, full_names, index(fixed, people, organisations), home, known)
    settle_by_officers(document, people, organisations, known)
    drafts = [*_outside(document, [*fixed, *people], index(organisations)), *occasions, *organisations, *places]
    for draft in drafts:
        _identify(draft, document, known)
    drafts += find_groups(document, index(drafts), known)
    drafts += find_pairs(document, index(drafts), known)
    drafts += find_references(document, index(drafts), home, known)
    return index(drafts).drafts


def _name(document: Document, draft: Draft) -> str:
    return " ".join(document.text[draft.start : draft.end].split())


def _settle_people(
    document: Document,
    people: list[Draft],
    full_names: Mapping[str, Bearer],
    near: Index,
    home: Home,
    known: Gazetteer,
) -> None:
    """Give each mention of a person its office, and all mentions of one person the same entity and country."""
    told: dict[str, set[str]] = {}
    found: list[tuple[Draft, Bearer | None, str]] = []
    for draft in people:
        bearer, method = bearer_of(_name(document, draft), full_names, known)
        codes = describe(document, draft, near, known) or of_home(document, draft, near, home, known)
        key = bearer.name if bearer else _name(document, draft)
        told.setdefault(key, set()).update(codes)
        found.append((draft, bearer, method))
    for draft, bearer, method in found:
        name = bearer.name if bearer else _name(document, draft)
        codes = told[name]
        code = bearer.country_code if bearer and bearer.country_code else None
        draft.country_code = code or (next(iter(codes)) if len(codes) == 1 else None)
        if bearer is None:
            continue
        draft.name = bearer.name
        draft.entity_id = bearer.person_id or name_id("PERSON", normal(bearer.name), draft.country_code or "")
        draft.link_method, draft.link_score = method, {"gazetteer": 1.0, "full_name": 0.9}.get(method, 0.8)


def _within_occasions(fixed: Iterable[Draft], occasions: Index) -> list[Draft]:
    """The fixed names without those in the name of an event or work; countries stay there, as its adjectives."""
    kept = []
    for draft in fixed:
        if not occasions.is_free(draft.start, draft.end):
            if draft.entity_type != "COUNTRY":
                continue
            draft.mention_kind, draft.is_metonym = "adjectival", False
        kept.append(draft)
    return kept


def _outside(document: Document, drafts: Iterable[Draft], organisations: Index) -> list[Draft]:
    """The drafts without the names that only are words of an organisation's name.

    Kept within one are adjectives before it, owners, and known organisations at its ends: "Cuban Mission",
    "Ministry of the Republic of Korea", "UN Mission".
    """
    kept = []
    for draft in drafts:
        if organisations.is_free(draft.start, draft.end):
            kept.append(draft)
            continue
        outer = organisations.starting_in(max(draft.start - LONGEST_NAME, 0), draft.start + 1)[-1]
        before = document.plain[outer.start : draft.start]
        is_object = draft.entity_type == "ORG" and (draft.end == outer.end or draft.start == outer.start)
        if draft.mention_kind == "adjectival" or before.endswith((" of ", " of the ")) or is_object:
            kept.append(draft)
    return kept


def _identify(draft: Draft, document: Document, known: Gazetteer) -> None:
    """Set the entity of what is neither a country nor a person."""
    if draft.entity_type == "ORG":
        identify(document, draft, known)
    elif draft.entity_type in ("PLACE", "EVENT", "WORK", "OTHER") and draft.entity_id is None:
        draft.name = draft.name or _name(document, draft)
        draft.entity_id = name_id(draft.entity_type, normal(draft.name), draft.country_code or "")
        draft.link_method, draft.link_score = draft.link_method or "name", draft.link_score or 0.9
