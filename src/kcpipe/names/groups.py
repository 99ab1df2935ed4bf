"""Those who act without a name: "the Cuban authorities", "a Cuban delegation", "the Korean Ambassador to Mexico".

A government as a whole is its country; anybody else keeps the country as a code and no entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kcpipe.names.countries import is_abbreviation
from kcpipe.names.gazetteer import Alias, Gazetteer, any_of
from kcpipe.names.reading import Document, Draft, Index
from kcpipe.syntax import Sentence

_ARTICLE = re.compile(r"(?<![\w-])(?:[Tt]he|[Aa]n?|[Ss]ome|[Ss]everal|[Mm]any|[Oo]ther) $")
_ADJECTIVES = re.compile(r"(?<![\w-])(?:(?:high|low|mid|working|senior|top)-(?:ranking|level)|senior|top|former) $")
_NOT_BETWEEN = frozenset(
    "and or of in to for with from by on at as is was has have had were are said be been will would "
    "the a an its their his that which who not also ambassador".split()
)


class Patterns(NamedTuple):
    """The expressions of this module, made of the gazetteer's words."""

    heads: re.Pattern[str]
    office: re.Pattern[str]
    office_of: re.Pattern[str]
    of_person: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(gazetteer: Gazetteer) -> Patterns:
    words, title = gazetteer.words["groups"], any_of(*gazetteer.titles)
    head = any_of(*words["acting"], *words["bodies"], *words["people"])
    word = r"[A-ZÀ-Þ][\w'-]{0,40}"
    of = rf"(?: (?:of|for) (?:the )?{word}(?:(?: and| of| of the)? {word}){{0,12}})?"
    to = rf"(?: to (?:the )?(?:{word}|U\.[NS]\.)(?: {word}){{0,6}})?"
    return Patterns(
        re.compile(rf"('s?)?((?: [a-z][a-z-]*){{0,3}}? {head})(?: {head})*(?![\w-])"),
        re.compile(rf"('s?)? (?:[a-z][a-z-]* ){{0,2}}?(?i:({title})){of}{to}(?![\w-])"),
        re.compile(rf"(?<![\w-])(?i:{title}) (?:of|at) (?:the )?$"),
        re.compile(rf"(?:'s?)?(?: [a-z]+)?? {any_of(*words['of_person'])}(?![\w-])", re.IGNORECASE),
    )


def find_groups(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of governments, groups and holders of an office, told with a country.

    taken: fixed names, people and organisations, with their countries. A draft here may hold one of them.
    """
    drafts: list[Draft] = []
    covered = Index(len(document.text), drafts)
    for owner in taken.drafts:
        sentence = document.sentence_of(owner.start, owner.end)
        if sentence is None or owner.country_code is None:
            continue
        for draft in _told_with(document, sentence, owner, taken, gazetteer):
            near = taken.starting_in(sentence.start, sentence.end)
            if covered.is_free(draft.start, draft.end) and _holds_whole(near, draft):
                drafts.append(draft)
                covered.cover(draft)
    return drafts


def _told_with(
    document: Document, sentence: Sentence, owner: Draft, taken: Index, gazetteer: Gazetteer
) -> Iterator[Draft]:
    if owner.entity_type == "COUNTRY":
        yield from _government_or_group(document, sentence, owner, gazetteer)
        yield from _office(document, sentence, owner, taken, gazetteer)
    elif owner.entity_type == "ORG":
        yield from _office_of_organisation(document, sentence, owner, taken, gazetteer)
    elif owner.entity_type == "PERSON":
        yield from _government_of_person(document, sentence, owner, gazetteer)


def _government_or_group(document: Document, sentence: Sentence, owner: Draft, gazetteer: Gazetteer) -> Iterator[Draft]:
    words = gazetteer.words["groups"]
    text = document.plain[: sentence.end]
    match = _patterns(gazetteer).heads.match(text, owner.end)
    if match is None or (owner.mention_kind == "name" and not match[1] and not is_abbreviation(document, owner)):
        return
    told = match[0].replace("'s", "").split()
    if _NOT_BETWEEN & set(told) or not _are_nouns(sentence, owner.end, match.end()):
        return
    start = _with_article(text, owner.start, sentence.start)
    head = told[-1]
    if head == "official" and re.compile(r" [A-Z]").match(text, match.end()):
        return
    draft = Draft(start, match.end(), _entity_type(head, words), "nominal", country_code=owner.country_code)
    is_whole = head in words["acting"] and len(told) == 1  # "the Japanese local government" is not Japan
    yield _as_country(draft, gazetteer.countries[owner.country_code or ""]) if is_whole else draft


def _entity_type(head: str, words: Mapping[str, list[str]]) -> str:
    if head == "official":
        return "PERSON"
    return "GROUP" if head in words["people"] or head in words["gatherings"] else "ORG"


def _are_nouns(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the words between a country and the head noun can belong to it: no verb in a tense, no adverb."""
    between = [token for token in sentence.tokens if start <= token.start and token.end < end]
    return all(
        token.part_of_speech in ("ADJ", "NOUN", "PROPN", "PART", "PUNCT", "VERB") for token in between
    ) and not any(
        token.dependency in ("ROOT", "conj", "aux", "advcl", "relcl", "ccomp") and token.part_of_speech == "VERB"
        for token in between
    )


def _as_country(draft: Draft, country: Alias) -> Draft:
    draft.entity_id, draft.name, draft.wikidata_id = country.entity_id, country.name, country.wikidata_id
    draft.country_code, draft.link_method, draft.link_score = country.country_code, "government", 0.9
    return draft


def _with_article(text: str, start: int, floor: int) -> int:
    """The start moved before "high-ranking" and the article."""
    for pattern in (_ADJECTIVES, _ARTICLE):
        before = pattern.search(text[max(floor, start - 25) : start])
        start -= len(before[0]) if before else 0
    return start


def _office(
    document: Document, sentence: Sentence, owner: Draft, taken: Index, gazetteer: Gazetteer
) -> Iterator[Draft]:
    """ "the Cuban Vice Minister of Foreign Affairs" where no name follows."""
    text = document.plain[: sentence.end]
    match = _patterns(gazetteer).office.match(text, owner.end)
    if match is None:
        return
    if owner.mention_kind == "name" and not match[1] and not is_abbreviation(document, owner):
        return
    kind = gazetteer.titles[match[2].casefold()]
    between = text[owner.end : match.start(2)].replace("'s", "").split()
    allowed = gazetteer.words["person"]["modifiers"]
    if kind in ("courtesy", "topic") or any(word not in allowed for word in between):
        return
    end = match.end()
    if any(other.entity_type == "PERSON" for other in taken.starting_in(match.end(2), end + 2)):
        return
    if re.compile(r"(?: [A-Z]|-)").match(text, end) or _goes_on(sentence, match.end(2)):
        return
    start = _with_article(text, owner.start, sentence.start)
    draft = Draft(start, end, "PERSON", "nominal", country_code=owner.country_code)
    draft.role_text = document.text[match.end() - len(match[0].lstrip("'s ")) : end]
    yield draft


def _goes_on(sentence: Sentence, end: int) -> bool:
    """Whether the word that ends at `end` only belongs to the next: "a North Korean representative| office"."""
    token = sentence.at(end - 1)
    return token is not None and token.dependency in ("compound", "amod")


def _office_of_organisation(
    document: Document, sentence: Sentence, owner: Draft, taken: Index, gazetteer: Gazetteer
) -> Iterator[Draft]:
    """ "the Deputy Ambassador of |the Cuban Permanent Mission to the United Nations|"."""
    text = document.plain
    before = _patterns(gazetteer).office_of.search(text[max(sentence.start, owner.start - 80) : owner.start])
    if before is None or before[0].split()[0].islower():
        return
    office = max(sentence.start, owner.start - 80) + before.start()
    start = _with_article(text, office, sentence.start)
    is_apposition = text[start - 2 : start] == ", " and any(
        other.end == start - 2 for other in taken.starting_in(sentence.start, start) if other.entity_type == "PERSON"
    )
    if is_apposition or any(other.entity_type == "PERSON" for other in taken.starting_in(owner.end, owner.end + 2)):
        return
    draft = Draft(start, owner.end, "PERSON", "nominal", country_code=owner.country_code)
    draft.role_text = document.text[office : owner.end]
    yield draft


def _government_of_person(
    document: Document, sentence: Sentence, owner: Draft, gazetteer: Gazetteer
) -> Iterator[Draft]:
    """ "the Yoon Seok-yeol government"."""
    match = _patterns(gazetteer).of_person.match(document.plain[: sentence.end], owner.end)
    if match and owner.country_code:
        start = _with_article(document.plain, owner.start, sentence.start)
        draft = _as_country(Draft(start, match.end(), "ORG", "nominal"), gazetteer.countries[owner.country_code])
        draft.link_method = "government_of_person"
        yield draft


def _holds_whole(taken: Iterable[Draft], draft: Draft) -> bool:
    """Whether the draft cuts no other in two."""
    return all(
        draft.start <= other.start and other.end <= draft.end
        for other in taken
        if other.overlaps(draft.start, draft.end)
    )
