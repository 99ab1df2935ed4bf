"""Organisations that no gazetteer knows: the country of each, its acronym, its entity.

What every country has ("Foreign Ministry") is an entity only once its country is known.
"""

from __future__ import annotations

import re

from kcpipe.ids import name_id
from kcpipe.names.acronyms import find_acronyms
from kcpipe.names.bodies import organisation_spans
from kcpipe.names.countries import is_abbreviation, owner_before
from kcpipe.names.gazetteer import Gazetteer
from kcpipe.names.reading import Document, Draft, Index, normal, plain

_OF_COUNTRY = re.compile(r" of (?:the )?$")


def find_organisations(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of organisations; `taken` holds the fixed names, the people and the named events.

    An organisation may hold a fixed name ("Mission to the United Nations"), never cut one or hold a person.
    """
    drafts: list[Draft] = []
    covered = Index(len(document.text), drafts)
    for sentence in document.sentences:
        near = taken.starting_in(sentence.start, sentence.end)
        for start, end in organisation_spans(document, sentence, taken, gazetteer):
            if covered.is_free(start, end) and not _is_taken(near, start, end):
                draft = Draft(start, end, "ORG")
                draft.country_code = _country(document, draft, taken)
                covered.cover(draft)
                drafts.append(draft)
    return drafts + find_acronyms(document, Index(len(document.text), [*taken.drafts, *drafts]), gazetteer)


def _is_taken(near: list[Draft], start: int, end: int) -> bool:
    """Whether the span is a fixed name itself, cuts one, or lies on a person."""
    return any(
        other.entity_type == "PERSON"
        or other.start < start
        or other.end > end
        or (other.start, other.end) == (start, end)
        for other in near
        if other.overlaps(start, end)
    )


def _country(document: Document, draft: Draft, taken: Index) -> str | None:
    """The one country that an organisation's name or its owner tells."""
    owner = owner_before(taken, document.plain, draft.start)
    codes = {owner.country_code} if owner else set()
    for other in taken.starting_in(draft.start, draft.end):
        if other.entity_type == "COUNTRY" and other.end <= draft.end:
            is_owner = other.start == draft.start and (
                other.mention_kind == "adjectival" or is_abbreviation(document, other)
            )
            if is_owner or _OF_COUNTRY.search(document.plain[draft.start : other.start]):
                codes.add(other.country_code)
    return next(iter(codes)) if len(codes) == 1 else None


def identify(document: Document, draft: Draft, gazetteer: Gazetteer) -> None:
    """Set the entity of an organisation that the gazetteer does not know; none for "the ministry" of no country."""
    if draft.entity_id is not None:
        return
    words = gazetteer.words["organisation"]
    name = draft.name or document.text[draft.start : draft.end]
    bare = normal(_without_country(plain(name), gazetteer))
    bare = words["same"].get(bare, bare)
    if draft.country_code is None and bare in {normal(word) for word in words["generic"]}:
        draft.name = None
        return
    draft.entity_id = name_id("ORG", bare, draft.country_code or "")
    draft.name = name
    draft.link_method = draft.link_method or "name"
    draft.link_score = draft.link_score or (0.9 if draft.country_code else 0.7)


def _without_country(name: str, gazetteer: Gazetteer) -> str:
    """The name without the adjective before it and the owner behind it."""
    bare = name
    for hit in gazetteer.fixed.find(name):
        if hit.start == 0 and hit.value[0].kind in ("adjective", "abbreviation"):
            bare = bare[hit.end + 1 :]
        elif hit.end == len(name) and hit.value[0].entity_type == "COUNTRY":
            bare = _OF_COUNTRY.sub("", bare[: len(bare) - (hit.end - hit.start)])
    return bare
