"""What points back without a name: "the ministry", "the government", "the minister", "he", "the Caribbean country".

Each is resolved only when the text leaves one candidate; a description stays without entity otherwise, and a pronoun is
then no mention at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from kcpipe.ids import name_id
from kcpipe.lexicon import Keywords
from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.home import Home, same_name
from kcpipe.names.reading import Document, Draft, Index
from kcpipe.syntax import Sentence

_MINISTER = re.compile(r"Minister (?:of|for) (?:the )?(.+)|([A-Z][a-z]+) Minister")
NEAR = 3
"""Sentences that a description looks back on, its own among them."""


class Patterns(NamedTuple):
    """The expressions of this module; what they find is the words behind the article, or the pronoun."""

    bodies: re.Pattern[str]
    governments: re.Pattern[str]
    persons: re.Pattern[str]
    pronouns: re.Pattern[str]
    countries: re.Pattern[str]
    keywords: Keywords
    """Each match that is no pronoun holds one."""


@lru_cache(maxsize=4)
def patterns(gazetteer: Gazetteer) -> Patterns:
    """The expressions for a gazetteer."""
    words = gazetteer.words["references"]
    named = {key: any_of(*words[key]) for key in ("bodies", "governments", "persons", "pronouns", "countries")}
    alone = r"(?![\w-])(?! of\b)"
    return Patterns(
        re.compile(rf"\b[Tt]he ({named['bodies']}){alone}"),
        re.compile(rf"\b[Tt]he ({named['governments']}){alone}"),
        re.compile(rf"\b[Tt]he ({named['persons']}){alone}"),
        re.compile(rf"\b(?i:{named['pronouns']})\b"),
        re.compile(rf"\b[Tt]he (?:[a-z-]+ )?({any_of(*gazetteer.groups)}) {named['countries']}(?![\w-])"),
        Keywords(
            (
                *(f"he {word}" for key in ("bodies", "governments", "persons") for word in words[key]),
                *(f" {word} " for word in gazetteer.groups),
            )
        ),
    )


def find_references(document: Document, taken: Index, home: Home, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of descriptions and pronouns; taken: all drafts so far, with their entities."""
    found = patterns(gazetteer)
    drafts: list[Draft] = []
    # Sentences in which people are named: nobody else is meant by "he", in them or in the next.
    peopled = {document.position_at(draft.start) for draft in taken.drafts if draft.entity_type == "PERSON"}
    for number, sentence in enumerate(document.sentences):
        is_described = found.keywords.stand_in(document.plain_of(sentence))
        is_peopled = bool(peopled & {number, number - 1})
        near = _near(document, number, taken) if is_described or is_peopled else []
        described = _descriptions(document, sentence, near, taken, home, found, gazetteer) if is_described else ()
        meant = _pronouns(document, sentence, near, found, gazetteer) if is_peopled else ()
        for draft in chain(described, meant, _it(document, number, taken, gazetteer)):
            holds = [other for other in taken.starting_in(draft.start, draft.end) if other.mention_kind != "adjectival"]
            if not any(other.entity_type != "PLACE" for other in holds):
                drafts.append(draft)
    return drafts


def _near(document: Document, number: int, taken: Index) -> list[list[Draft]]:
    """The drafts of the sentence and of those just before it, the nearest first.

    They are of its paragraph; the first sentence of one looks back on the last of the paragraph before.
    """
    sentences = document.sentences
    paragraph = sentences[number].paragraph
    first = number
    while first and number - first < NEAR - 1 and (sentences[first - 1].paragraph == paragraph or first == number):
        first -= 1
    return [taken.starting_in(sentences[place].start, sentences[place].end) for place in range(number, first - 1, -1)]


def _descriptions(
    document: Document,
    sentence: Sentence,
    near: list[list[Draft]],
    taken: Index,
    home: Home,
    found: Patterns,
    gazetteer: Gazetteer,
) -> Iterator[Draft]:
    text, start, end = document.plain, sentence.start, sentence.end
    for match in found.countries.finditer(text, start, end):
        if not match[0].endswith("state") or _is_head(sentence, match):
            yield _country(match, taken, gazetteer)
    for match in found.governments.finditer(text, start, end):
        if _is_head(sentence, match):
            yield _government(match, near, home, gazetteer)
    for match in found.bodies.finditer(text, start, end):
        if _is_head(sentence, match):
            yield from _body(match, near, gazetteer)
    for match in found.persons.finditer(text, start, end):
        if _is_head(sentence, match):
            yield _holder(match, near)


def _pronouns(
    document: Document, sentence: Sentence, near: list[list[Draft]], found: Patterns, gazetteer: Gazetteer
) -> Iterator[Draft]:
    for match in found.pronouns.finditer(document.plain, sentence.start, sentence.end):
        yield from _pronoun(document, match, near, gazetteer)


def _is_head(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether the last word of the match is the head of its phrase: not "the government| official"."""
    token = sentence.at(match.end() - 1)
    return token is None or token.dependency not in ("compound", "amod", "nmod", "poss")


def _before(near: Iterable[list[Draft]], offset: int) -> Iterator[list[Draft]]:
    """The drafts before an offset, sentence by sentence, the nearest first."""
    for drafts in near:
        yield [draft for draft in drafts if draft.end <= offset]


def _country(match: re.Match[str], taken: Index, gazetteer: Gazetteer) -> Draft:
    """ "the Caribbean nation": the country named right behind, or the only one of that kind in the document."""
    draft = Draft(match.start(), match.end(), "COUNTRY", "nominal")
    members = gazetteer.groups[match[1]]
    behind = taken.starting_in(match.end() + 1, match.end() + 2)
    if behind and behind[0].entity_type == "COUNTRY" and behind[0].mention_kind == "name":
        return _as(draft, behind[0], "apposition", 0.95)
    named = {other.country_code: other for other in taken.drafts if other.entity_type == "COUNTRY" and other.entity_id}
    fitting = [named[code] for code in sorted(set(named) & members, key=str)]
    return _as(draft, fitting[0], "only_of_kind", 0.8) if len(fitting) == 1 else draft


def _government(match: re.Match[str], near: list[list[Draft]], home: Home, gazetteer: Gazetteer) -> Draft:
    """ "the government": the text's own, unless another was just told; else the only one that was."""
    draft = Draft(match.start(), match.end(), "ORG" if match[1] != "authorities" else "GROUP", "nominal")
    told = {
        other.country_code: other
        for drafts in _before(near, match.start())
        for other in drafts
        if other.mention_kind == "nominal" and other.link_method == "government"
    }
    if home.is_sure and home.country_code and set(told) <= {home.country_code}:
        return _as(draft, _as_draft(gazetteer, home.country_code), "home_country", 0.7)
    if not home.is_sure and len(told) == 1:
        return _as(draft, next(iter(told.values())), "antecedent", 0.8)
    return draft


def _as_draft(gazetteer: Gazetteer, code: str) -> Draft:
    country = gazetteer.countries[code]
    return Draft(0, 0, "COUNTRY", "name", country.entity_id, country.name, code, country.wikidata_id)


def _body(match: re.Match[str], near: list[list[Draft]], gazetteer: Gazetteer) -> Iterator[Draft]:
    """ "the ministry": the last organisation whose name has the word, or the ministry of the minister just named."""
    word = match[1].casefold()
    draft = Draft(match.start(), match.end(), "ORG", "nominal")
    for drafts in _before(near, match.start()):
        fitting = {
            other.entity_id: other
            for other in drafts
            if other.entity_type == "ORG" and other.entity_id and word in (other.name or "").casefold().split()
        }
        if fitting:
            yield _as(draft, next(iter(fitting.values())), "antecedent", 0.8) if len(fitting) == 1 else draft
            return
        ministers = {other.name: other for other in drafts if word == "ministry" and _ministry(other)}
        if len(ministers) == 1:
            yield _of_minister(draft, next(iter(ministers.values())), gazetteer)
            return


def _ministry(person: Draft) -> str | None:
    """The name of the ministry that a minister with a country heads."""
    office = _MINISTER.fullmatch(person.role_text or "") if person.entity_type == "PERSON" else None
    if office is None or person.country_code is None or person.role_time in ("former", "then"):
        return None
    return f"Ministry of {office[1]}" if office[1] else f"{office[2]} Ministry"


def _of_minister(draft: Draft, minister: Draft, gazetteer: Gazetteer) -> Draft:
    draft.name, draft.country_code = _ministry(minister), minister.country_code
    draft.entity_id = name_id("ORG", same_name(draft.name or "", gazetteer), draft.country_code or "")
    draft.link_method, draft.link_score = "office", 0.8
    return draft


def _holder(match: re.Match[str], near: list[list[Draft]]) -> Draft:
    """ "the minister": the only person nearby of whom the text told that office."""
    draft = Draft(match.start(), match.end(), "PERSON", "nominal")
    word = match[1].casefold()
    holders = {
        other.entity_id or other.start: other
        for drafts in _before(near, match.start())
        for other in drafts
        if other.entity_type == "PERSON"
        and other.role_time != "former"
        and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", (other.role_text or "").casefold())
    }
    holder = next(iter(holders.values())) if len(holders) == 1 else None
    return _as(draft, holder, "antecedent", 0.8) if holder and holder.entity_id else draft


def _pronoun(
    document: Document, match: re.Match[str], near: list[list[Draft]], gazetteer: Gazetteer
) -> Iterator[Draft]:
    """ "he": the only person of whom this sentence, or else the one before, speaks ahead of it.

    At the head of a sentence, of several people, it is the one who is the subject of the sentence before.
    """
    number = document.position_at(match.start())
    for back, drafts in enumerate(list(_before(near, match.start()))[:2]):
        spoken_of = document.sentences[number - back]
        people = [draft for draft in drafts if draft.entity_type == "PERSON"]
        others = _person_nouns(spoken_of, match.start(), people, gazetteer)
        if len({draft.entity_id for draft in people}) == 1 and people[0].entity_id and not others:
            yield _as(Draft(match.start(), match.end(), "PERSON", "pronoun"), people[0], "antecedent", 0.7)
        elif back and not others and match.start() == document.sentences[number].start:
            subject = _subject(spoken_of, people)
            if subject is not None and subject.entity_id:
                yield _as(Draft(match.start(), match.end(), "PERSON", "pronoun"), subject, "subject_before", 0.7)
        if people or others:
            return


def _it(document: Document, number: int, taken: Index, gazetteer: Gazetteer) -> Iterator[Draft]:
    """ "It" at the head of a sentence: the country or body that is the subject of the sentence before.

    "Peru closed its embassy, the minister said. It also recalled its envoy." Of "it seems" and the like, nobody.
    """
    sentence = document.sentences[number]
    first = sentence.tokens[0] if sentence.tokens else None
    if first is None or first.text != "It" or first.dependency != "nsubj" or not number:
        return
    if sentence.tokens[first.head].lemma in gazetteer.words["references"]["impersonal"]:
        return
    before = document.sentences[number - 1]
    for verb in [*before.roots, *(clause for root in before.roots for clause in before.children(root, "ccomp"))]:
        subject = before.child(verb, "nsubj", "nsubjpass")
        drafts = [] if subject is None else taken.starting_in(before.start, subject.end)
        over = [draft for draft in drafts if subject is not None and draft.end > subject.start]
        if over and all(draft.entity_type in ("COUNTRY", "ORG") and draft.entity_id for draft in over):
            yield _as(Draft(first.start, first.end, over[0].entity_type, "pronoun"), over[0], "subject_before", 0.7)
        if over and over[0].entity_type != "PERSON":
            return


def _subject(sentence: Sentence, people: list[Draft]) -> Draft | None:
    """The person who is the subject of a sentence that does not speak to or of another as its object."""
    root = next(iter(sentence.roots), None)
    told = {
        dependency: draft
        for draft in people
        for token in (sentence.children(root, "nsubj", "dobj", "dative") if root is not None else ())
        for dependency in [token.dependency]
        if draft.start <= token.start < draft.end
    }
    return told.get("nsubj") if len(told) == 1 else None


def _person_nouns(sentence: Sentence, limit: int, people: list[Draft], gazetteer: Gazetteer) -> bool:
    """Whether the sentence speaks, before `limit`, of somebody without a name: "a source", "the official"."""
    roles = {word for draft in people for word in re.findall(r"[a-z]+", (draft.role_text or "").casefold())}
    nouns = gazetteer.words["references"]["person_nouns"]
    return any(
        token.end <= limit
        and token.part_of_speech == "NOUN"
        and token.lemma not in roles
        and (token.lemma in nouns or token.lemma in gazetteer.titles)
        for token in sentence.tokens
    )


def _as(draft: Draft, other: Draft, method: str, score: float) -> Draft:
    """The draft with the entity of another."""
    draft.entity_id, draft.name, draft.country_code = other.entity_id, other.name, other.country_code
    draft.wikidata_id, draft.link_method, draft.link_score = other.wikidata_id, method, score
    return draft
