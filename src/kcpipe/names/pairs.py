""" "the two countries", "both sides", "they": the countries that the text just named, if it is plain which.

Whom the words mean is plain when the sentence itself has named just two countries before them; or when the article
is about two countries (the first sentence that names several names those two) and nothing nearer speaks of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kcpipe.lexicon import Keywords
from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import Document, Draft, Index
from kcpipe.syntax import Sentence

_DETERMINER = r"(?:[Tt]he two(?: [a-z]+)?|[Bb]oth(?: of the)?|[Tt]heir two|[Tt]hese two)"
OPENING = 6
"""Sentences among which the article must say whom it is about."""
NEAR = 2
"""Sentences of the same paragraph that are looked back on."""


class Patterns(NamedTuple):
    """The expressions of this module, made of the words of `name_words.pairs`."""

    both: re.Pattern[str]
    """ "both Koreas", "the two Koreas": a plural name."""
    plurals: Keywords
    """Each match of `both` holds one."""
    two: re.Pattern[str]
    """ "the two countries"."""
    nouns: Keywords
    """Each match of `two` holds one."""


@lru_cache(maxsize=4)
def patterns(gazetteer: Gazetteer) -> Patterns:
    """The expressions for a gazetteer."""
    plurals, nouns = gazetteer.words["pairs"]["both"], gazetteer.words["pairs"]["nouns"]
    return Patterns(
        re.compile(rf"\b(?:[Bb]oth |(?:[Tt]he )?[Tt]wo |[Tt]he )?{any_of(*plurals)}\b"),
        Keywords(plurals),
        re.compile(rf"\b{_DETERMINER} {any_of(*nouns)}\b"),
        Keywords(f" {noun}" for noun in nouns),
    )


def find_pairs(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of plural mentions with their members; taken: all other drafts."""
    mentioned = {draft.entity_id for draft in taken.drafts if draft.entity_id}
    drafts = _both(document, taken, gazetteer, mentioned)
    taken = Index(len(document.text), [*taken.drafts, *drafts])
    drafts += _two(document, taken, gazetteer, mentioned)
    return drafts + [draft for draft in _they(document, taken) if mentioned.issuperset(draft.members)]


def _two(document: Document, taken: Index, gazetteer: Gazetteer, mentioned: set[str]) -> list[Draft]:
    """ "the two countries"."""
    found = patterns(gazetteer)
    drafts: list[Draft] = []
    if not found.nouns.stand_in(document.plain):
        return drafts
    named = [_countries(taken, sentence.start, sentence.end) for sentence in document.sentences]
    topic = next((codes for codes in named[:OPENING] if len(codes) > 1), set())
    topic = topic if len(topic) == 2 else set()
    for match in found.two.finditer(document.plain):
        if document.sentence_of(*match.span()) is None or not taken.is_free(*match.span()):
            continue
        draft = Draft(match.start(), match.end(), "GROUP", "nominal")
        members, method, score = _members(document, taken, named, topic, match.start())
        _join(draft, members, method, score, mentioned)
        drafts.append(draft)
    return drafts


def _they(document: Document, taken: Index) -> Iterator[Draft]:
    """ "They" at the head of a sentence: the countries that the one before has as its subject, unless it may be others.

    "The ministers of Kenya and Peru met on Monday. They signed a treaty."
    """
    for before, sentence in zip(document.sentences, document.sentences[1:], strict=False):
        first = sentence.tokens[0] if sentence.tokens else None
        if first is None or first.text.lower() != "they" or before.paragraph != sentence.paragraph:
            continue
        root = next(iter(before.roots), None)
        if root is None:
            continue
        subject = before.child(root, "nsubj", "nsubjpass")
        done_to = before.children(root, "dobj", "dative")
        if subject is None or first.dependency != "nsubj" or any(noun.tag in ("NNS", "NNPS") for noun in done_to):
            continue
        words = before.subtree(subject)
        codes = _countries(taken, words[0].start, words[-1].end)
        if len(codes) > 1:
            draft = Draft(first.start, first.end, "GROUP", "pronoun", link_method="subject_before", link_score=0.7)
            draft.members = tuple(sorted(f"country:{code}" for code in codes))
            yield draft


def _join(draft: Draft, codes: Iterable[str], method: str | None, score: float | None, mentioned: set[str]) -> None:
    """Set the members of a plural mention, if the document mentions each of them as a country, too."""
    members = tuple(sorted(f"country:{code}" for code in codes))
    if members and mentioned.issuperset(members):
        draft.members, draft.link_method, draft.link_score = members, method, score


def _both(document: Document, taken: Index, gazetteer: Gazetteer, mentioned: set[str]) -> list[Draft]:
    """ "both Koreas"."""
    found = patterns(gazetteer)
    drafts = []
    for match in found.both.finditer(document.plain) if found.plurals.stand_in(document.plain) else ():
        if taken.is_free(*match.span()) and document.sentence_of(*match.span()) is not None:
            drafts.append(Draft(match.start(), match.end(), "GROUP", "nominal"))
            codes = gazetteer.words["pairs"]["both"][match[0].split()[-1]]
            _join(drafts[-1], codes, "gazetteer", 1.0, mentioned)
    return drafts


def _members(
    document: Document, taken: Index, named: list[set[str]], topic: set[str], offset: int
) -> tuple[set[str], str | None, float | None]:
    number = document.position_at(offset)
    sentence = document.sentences[number]
    before = _countries(taken, sentence.start, offset)
    if len(before) == 2:
        return before, "same_sentence", 0.9
    near = before.union(*(named[index] for index in _back(document.sentences, number)))
    if topic:
        fits = before <= topic and (near <= topic or topic <= near)
        return (topic, "topic", 0.8 if topic <= near else 0.6) if fits else (set(), None, None)
    if number and sentence.paragraph != document.sentences[number - 1].paragraph:
        near = before | named[number - 1]
    return (near, "near", 0.7) if before and len(near) == 2 else (set(), None, None)


def _back(sentences: Sequence[Sentence], number: int) -> list[int]:
    """The sentences just before one, in its paragraph."""
    paragraph = sentences[number].paragraph
    return [index for index in range(max(number - NEAR, 0), number) if sentences[index].paragraph == paragraph]


def _countries(drafts: Index, start: int, end: int) -> set[str]:
    """The countries named in [start, end): by name or adjective, or as home of an organisation; not where a city is."""
    codes = set()
    for draft in drafts.starting_in(start, end):
        if draft.country_code and draft.entity_type in ("COUNTRY", "ORG"):
            codes.add(draft.country_code)
        codes.update(member.removeprefix("country:") for member in draft.members)
    return codes
