"""Organisations that no gazetteer knows: the country of each, its acronym, its entity.

What every country has ("Foreign Ministry") is an entity only once its country is known.
"""

from __future__ import annotations

import re

from kcpipe.ids import name_id
from kcpipe.names.acronyms import find_acronyms
from kcpipe.names.bodies import LONGEST_NAME, organisation_spans, patterns
from kcpipe.names.countries import is_abbreviation, owner_before
from kcpipe.names.gazetteer import Gazetteer
from kcpipe.names.home import is_generic, same_name
from kcpipe.names.reading import Document, Draft, Index, in_headlines

_OF_COUNTRY = re.compile(r" of (?:the )?$")


def find_organisations(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of organisations; `taken` holds the fixed names, the people and the named events.

    An organisation may hold a fixed name ("Mission to the United Nations"), never cut one or hold a person.
    """
    found = patterns(gazetteer)
    drafts: list[Draft] = []
    covered = Index(len(document.text), drafts)

    def add(start: int, end: int, near: list[Draft]) -> None:
        if covered.is_free(start, end) and not _is_taken(near, start, end):
            drafts.append(Draft(start, end, "ORG"))
            drafts[-1].country_code = _country(document, drafts[-1], taken)
            covered.cover(drafts[-1])

    for sentence in document.sentences:
        near = taken.starting_in(sentence.start, sentence.end)
        for start, end in organisation_spans(document, sentence, taken, gazetteer, found):
            add(start, end, near)
    for start, end in in_headlines(document, {document.plain[draft.start : draft.end] for draft in drafts}):
        add(start, end, taken.starting_in(max(start - LONGEST_NAME, 0), end))
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
    name = draft.name or document.text[draft.start : draft.end]
    same = same_name(name, gazetteer)
    if draft.country_code is None and is_generic(same, gazetteer):
        draft.name = None
        return
    draft.entity_id = name_id("ORG", same, draft.country_code or "")
    draft.name = name
    draft.link_method = draft.link_method or "name"
    draft.link_score = draft.link_score or (0.9 if draft.country_code else 0.7)
