"""Organisations and places that no gazetteer knows.

By pattern ("Ministry of Foreign Affairs of the Republic of Korea", "Cuban Permanent Mission to the United Nations",
"Foreign Ministry") and by the model's word, corrected. What every country has ("Foreign Ministry") is an entity only
once its country is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kcpipe.ids import name_id
from kcpipe.names.countries import adjective_before, is_abbreviation, owner_before
from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import Document, Draft, Index, is_headline, model_names, normal, plain
from kcpipe.syntax import Sentence

_CAPITAL = r"[A-ZÀ-Þ][\w'-]{0,40}"
LONGEST_NAME = 200
"""Characters of the longest organisation's name that is looked for."""

_MISSION = re.compile(r"\b(?:Permanent )?[Mm]ission to the (?:United Nations|UN\b|U\.N\.)")
_ACRONYM = re.compile(r" \(([A-Z][A-Za-z]{1,9})\)")
_PLACE = re.compile(rf"(?:[Tt]he )?({_CAPITAL}(?: {_CAPITAL})*?)(?:'s?)?")
_STOPS = (".", ",", ";", ")", '"', "\n", "")
_OF = re.compile(r" of (?:the )?")
_OF_COUNTRY = re.compile(r" of (?:the )?$")


@lru_cache(maxsize=4)
def _patterns(heads: tuple[str, ...], ministries: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    ministry = re.compile(
        rf"\b{any_of(*ministries)} (?:of|for)(?: the)? {_CAPITAL}(?:(?:,| and| of| of the| for)? {_CAPITAL}){{0,12}}"
    )
    headed = re.compile(rf"\b(?:{_CAPITAL} ){{1,6}}{any_of(*heads)}(?![\w-])")
    return ministry, headed


def find_organisations(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of organisations; `taken` holds the fixed names and the people.

    An organisation may hold a fixed name ("Mission to the United Nations"), never cut one or hold a person.
    """
    drafts: list[Draft] = []
    covered = Index(len(document.text), drafts)
    for sentence in document.sentences:
        near = taken.starting_in(sentence.start, sentence.end)
        for start, end in _spans(document, sentence, taken, gazetteer):
            if covered.is_free(start, end) and not _is_taken(near, start, end):
                draft = Draft(start, end, "ORG")
                draft.country_code = _country(document, draft, taken)
                covered.cover(draft)
                drafts.append(draft)
    return drafts + _acronyms(document, Index(len(document.text), [*taken.drafts, *drafts]))


def _spans(document: Document, sentence: Sentence, taken: Index, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    words = gazetteer.words["organisation"]
    ministry, headed = _patterns(tuple(words["heads"]), tuple(words["ministries"]))
    text, offset = document.plain_of(sentence), sentence.start
    matches = [match.span() for match in _MISSION.finditer(text)]
    if not is_headline(text):
        matches += [match.span() for match in ministry.finditer(text)]
        matches += [match.span() for match in headed.finditer(text)]
        for start, end, label in model_names(sentence):
            if label == "ORG":
                matches.append((start - offset, end - offset))
    for start, end in matches:
        if end - start > LONGEST_NAME:
            continue
        begin, finish = _trim(text, start, end, gazetteer)
        finish = _before_person(taken, offset + begin, offset + finish)
        begin += offset
        before = adjective_before(taken, document.plain, begin)
        if before and before.mention_kind == "adjectival":
            begin = before.start
        finish = _with_owner(document, taken, finish)
        is_named = begin < finish and _looks_named(document.plain[begin:finish], gazetteer)
        if is_named and not _is_quoted(document.plain, begin, finish):
            yield begin, finish


def _with_owner(document: Document, taken: Index, end: int) -> int:
    """The end moved over the country behind "of": "Democratic Party| of Korea"."""
    of = _OF.match(document.plain, end)
    owners = taken.starting_in(of.end(), of.end() + 1) if of else []
    names = [owner for owner in owners if owner.entity_type == "COUNTRY" and owner.mention_kind == "name"]
    return names[0].end if names else end


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Whether quotation marks hold just this: a slogan, a code word."""
    return text[start - 1 : start] in ("'", '"') and text[end : end + 1] in ("'", '"')


def _looks_named(name: str, gazetteer: Gazetteer) -> bool:
    """Whether a span has the look of an organisation: two capitalised words, or capitals only, and no office."""
    words = name.split()
    is_capital = [word[0].isupper() for word in words]
    both = gazetteer.words["pairs"]["both"]
    has_title = any(word.casefold() in gazetteer.titles or word in both for word in words)
    is_acronym = len(name) > 1 and name.isupper() and name.isalpha()
    looks = is_acronym or (sum(is_capital) > 1 and is_capital[0] and is_capital[-1]) or bool(_MISSION.search(name))
    return looks and not has_title and not re.search(r"[\"#@:;\n]", name)


def _trim(text: str, start: int, end: int, gazetteer: Gazetteer) -> tuple[int, int]:
    """The span without article, weekday, office or owner before it and possessive behind it; empty when all goes."""
    barred = gazetteer.words["person"]["not_names"]
    end -= len(text[start:end]) - len(re.sub(r"(?:'s?|[ ,.-])$", "", text[start:end]))
    owner = re.search(r"'s (?=[A-Z])", text[start:end])
    if owner:
        start += owner.end()
    while start < end:
        word = text[start:end].split(" ", 1)[0]
        if word not in barred and word.casefold() not in gazetteer.titles and word != "the":
            break
        start += len(word) + 1
    for cut in re.finditer(r",? and (?=(\w+))", text[start:end]):
        if cut[1].casefold() in gazetteer.titles or gazetteer.fixed.find(text[start + cut.end() : end])[:1] == []:
            continue
        if gazetteer.fixed.find(text[start + cut.end() : end])[0].start == 0:
            end = start + cut.start()
            break
    return start, max(start, end)


def _before_person(taken: Index, start: int, end: int) -> int:
    """The end moved before a person's name that the span runs into."""
    within = taken.starting_in(start + 1, end)
    return min([end, *(other.start - 1 for other in within if other.entity_type == "PERSON")])


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


def _acronyms(document: Document, taken: Index) -> list[Draft]:
    """The short forms that the text gives in brackets behind the long form, wherever they stand.

    A short form that already is a draft is told what it means; the others are returned.
    """
    found = []
    spans = {(draft.start, draft.end): draft for draft in taken.drafts if draft.entity_type == "ORG"}
    for draft in taken.drafts:
        bracket = _ACRONYM.match(document.plain, draft.end) if draft.entity_type == "ORG" else None
        if bracket is None or not _abbreviates(bracket[1], document.plain[draft.start : draft.end]):
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(bracket[1])}(?!\w)", document.plain):
            short = spans.get(match.span())
            if short is None and taken.is_free(*match.span()):
                short = Draft(*match.span(), "ORG")
                taken.cover(short)
                found.append(short)
            if short is not None and short.entity_id is None:
                short.entity_id, short.country_code = draft.entity_id, draft.country_code
                short.name = draft.name or document.text[draft.start : draft.end]
                short.link_method, short.link_score = "acronym", 0.95
    return found


def _abbreviates(acronym: str, name: str) -> bool:
    """Whether the letters of the acronym follow one another in the name, from its first letter."""
    letters = iter(name.casefold())
    return name[:1].casefold() == acronym[:1].casefold() and all(letter in letters for letter in acronym.casefold())


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


def find_places(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Places by the model's word, outside headlines, with the country that stands behind a comma."""
    drafts = []
    both = gazetteer.words["pairs"]["both"]
    for sentence in document.sentences:
        for start, end, label in () if is_headline(document.plain_of(sentence)) else model_names(sentence):
            place = _PLACE.fullmatch(document.plain, start, end)
            if label not in ("GPE", "LOC") or place is None or place[1] in both or not taken.is_free(*place.span(1)):
                continue
            drafts.append(Draft(*place.span(1), "PLACE"))
            drafts[-1].country_code = _country_behind(document.plain, place.end(1), taken)
    return drafts


def _country_behind(text: str, end: int, taken: Index) -> str | None:
    """The country of "New York, the United States"."""
    comma = re.compile(r", (?:the )?").match(text, end)
    behind = taken.starting_in(comma.end(), comma.end() + 1) if comma else []
    return next(
        (
            other.country_code
            for other in behind
            if other.entity_type == "COUNTRY" and not other.is_metonym and text[other.end : other.end + 1] in _STOPS
        ),
        None,
    )
