"""Where the name of an organisation begins and ends.

By pattern ("National Organization for Women", "Partido de la Revolución", "Mission to the United Nations") and by the
model's word, corrected: cut at what is no part of a name, grown over what its head word governs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from kcpipe.lexicon import Keywords
from kcpipe.names.acronyms import abbreviates, explained
from kcpipe.names.countries import adjective_before
from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import CAPITAL, Document, Index, is_headline
from kcpipe.syntax import Sentence

LONGEST_NAME = 200
"""Characters of the longest organisation's name that is looked for."""
_TAIL = " ,.&-'"
_MOST_LINKS = 3
_MOST_JOINED = 4

MISSION = re.compile(r"\b(?:Permanent )?[Mm]ission to the (?:United Nations|UN\b|U\.N\.)")
_WORD = re.compile(rf"{CAPITAL}(?= |[,;:)/]|'s?\b|$)")
_LINK = re.compile(r" (?:of|for|on)(?: the)? (?=[A-ZÀ-ÞĀ-Ž])")
_OF = re.compile(r" of (?:the )?")
_NEXT_WORD = re.compile(r" ([A-Z][a-z]+)(?![\w-])")
_IN = re.compile(r" in (?:the )?(?=[A-ZÀ-ÞĀ-Ž])")
_JOIN = re.compile(r",? (?:and|&) (?=[A-ZÀ-ÞĀ-Ž])")
_COMMA = re.compile(rf", (?={CAPITAL}(?: {CAPITAL}){{0,2}}(?:, {CAPITAL}(?: {CAPITAL}){{0,2}})*,? and [A-Z])")
_BORDER = re.compile(r",? and | / |, (?!(?:Inc|Ltd|LLC|N\.V)\b)")
_CONJUNCT = re.compile(rf"({CAPITAL} )?({CAPITAL}) (?:and|&) $")
_ACRONYM = re.compile(r" \(([A-Z][A-Z]{1,9})\)")
_OWNER = re.compile(r"(?<![\w-])([\w-]{1,40})'s? (?=[A-Z])")


class Patterns(NamedTuple):
    """The expressions of this module, made of the words of `name_words.organisation`."""

    names: tuple[re.Pattern[str], ...]
    keywords: Keywords
    """Each match of `names` holds one."""
    head: re.Pattern[str]
    any_head: re.Pattern[str]


@lru_cache(maxsize=4)
def patterns(gazetteer: Gazetteer) -> Patterns:
    """The expressions for a gazetteer."""
    words = gazetteer.words["organisation"]
    heads, leads, foreign, plurals = (words[key] for key in ("heads", "leads", "foreign_heads", "party_plurals"))
    head, links = any_of(*heads), any_of(*words["foreign_links"])
    led = rf"\b{any_of(*leads)}(?= (?:of|for|on)(?: the)? {CAPITAL})"
    headed = rf"\b(?:{CAPITAL} ){{1,7}}{head}(?![\w-])"
    of_foreign = rf"\b(?:{CAPITAL} )?{any_of(*foreign)}(?: (?:{links} ){{0,2}}{CAPITAL}){{1,6}}"
    plural = rf"\b(?:{CAPITAL} ){{1,3}}{any_of(*plurals)}(?![\w-])"
    party = rf"\b(?:{CAPITAL} )?{any_of(*words['adjectives'])} [Pp]arty(?![\w-])"
    return Patterns(
        (MISSION, *map(re.compile, (led, headed, of_foreign, plural, party))),
        Keywords((*(f" {word}" for word in (*heads, *plurals, "Party", "party")), *leads, *foreign, "ission to the ")),
        re.compile(rf"\b{head}(?![\w-])"),
        re.compile(rf"\b{any_of(*heads, *leads)}(?![\w-])"),
    )


@dataclass(frozen=True)
class _Reader:
    """What the rules look at: a sentence of a document, the drafts already there, the words."""

    document: Document
    sentence: Sentence
    taken: Index
    gazetteer: Gazetteer
    found: Patterns

    @cached_property
    def text(self) -> str:
        """The plain text up to the end of the sentence."""
        return self.document.plain[: self.sentence.end]

    def is_part(self, word: str) -> bool:
        """Whether a capitalised word can be part of a name: no month, no office but one that also is a field."""
        if word in self.gazetteer.words["organisation"]["fields"]:
            return True
        return word not in self.gazetteer.words["person"]["not_names"] and word.casefold() not in self.gazetteer.titles


def organisation_spans(
    document: Document, sentence: Sentence, taken: Index, gazetteer: Gazetteer, found: Patterns
) -> list[tuple[int, int]]:
    """The clean spans of a sentence that may be names of organisations, the longest first; they may overlap.

    taken: fixed names, people and named events. found: the `patterns` of the gazetteer.
    """
    reader = _Reader(document, sentence, taken, gazetteer, found)
    spans = {_settled(reader, start, end) for start, end in _candidates(reader)}
    fitting = [span for span in spans if _looks_named(reader, *span)]
    return sorted(fitting, key=lambda span: (span[0] - span[1], span))


def is_body_of_model(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether what the model calls a person is a body: "the Walwari", "Soqosoqo Duavata ni Lewenivanua (SDL)"."""
    text = document.plain
    bracket = _ACRONYM.match(text, end)
    if bracket and abbreviates(bracket[1], text[start:end]):
        return True
    last = sentence.at(end - 1)
    is_before_noun = last is not None and last.dependency in ("compound", "nmod", "amod", "poss")
    return text[max(start - 4, 0) : start].lower() == "the " and not is_before_noun and text[end - 1] != "s"


def _candidates(reader: _Reader) -> Iterator[tuple[int, int]]:
    text = reader.document.plain_of(reader.sentence)
    offset = reader.sentence.start
    yield from explained(text, offset, reader.gazetteer)
    names = (MISSION,) if is_headline(text) else reader.found.names
    for pattern in names if reader.found.keywords.stand_in(text) else ():
        for match in pattern.finditer(text):
            yield offset + match.start(), offset + match.end()
    if is_headline(text):
        return
    for start, end, label in reader.document.names[reader.sentence.number]:
        if label == "ORG" or (label == "PERSON" and is_body_of_model(reader.document, reader.sentence, start, end)):
            yield from _pieces(reader, start, end)


def _pieces(reader: _Reader, start: int, end: int) -> list[tuple[int, int]]:
    """The model's span, cut where it runs over a list: at commas, and at "and" between two that have a head word."""
    pieces = [(start, end)]
    for border in _BORDER.finditer(reader.text, start, end):
        left, right = (pieces[-1][0], border.start()), (border.end(), end)
        if " and " not in border[0] or all(reader.found.head.search(reader.text, *piece) for piece in (left, right)):
            pieces[-1:] = [left, right]
    return pieces


def _settled(reader: _Reader, start: int, end: int) -> tuple[int, int]:
    """The span cut to what is part of the name, then grown over what belongs to it."""
    text = reader.text
    start, end = _trimmed(reader, start, end)
    start = _with_conjunct(reader, start)
    within = reader.taken.starting_in(start + 1, end)
    end = min([end, *(other.start - 1 for other in within if other.entity_type == "PERSON")])
    before = adjective_before(reader.taken, text, start)
    if before and before.mention_kind == "adjectival":
        start = before.start
    if start < end and reader.found.any_head.search(text, start, end):
        end = _with_object(reader, end)
    return start, max(start, end)


def _trimmed(reader: _Reader, start: int, end: int) -> tuple[int, int]:
    """The span without article, weekday, office or owner before it and possessive behind it; empty when all goes."""
    text = reader.text
    name = text[start:end].rstrip(_TAIL)
    end = start + len(name.removesuffix("'s").rstrip(_TAIL))
    for owner in _OWNER.finditer(text, start, end):
        if owner[1] not in reader.gazetteer.words["organisation"]["owners"]:
            start = owner.end()
    while start < end:
        word = text[start:end].split(" ", 1)[0]
        if word != "the" and reader.is_part(word):
            break
        start += len(word) + 1
    for join in _JOIN.finditer(text, start, end):
        hits = reader.gazetteer.fixed.find(text[join.end() : end])
        is_title = text[join.end() : end].split(" ", 1)[0].casefold() in reader.gazetteer.titles
        if hits and hits[0].start == 0 and not is_title:
            end = join.start()
            break
    return start, max(start, end)


def _with_conjunct(reader: _Reader, start: int) -> int:
    """The start moved over an adjective joined to the first word: "Social Democratic and |Labour Party"."""
    before = _CONJUNCT.search(reader.text, max(start - 80, 0), start)
    token = reader.sentence.at(before.start(2)) if before else None
    if before is None or token is None or not reader.taken.is_free(before.start(), start):
        return start
    is_adjective = token.part_of_speech == "ADJ" or before[2] in reader.gazetteer.words["organisation"]["adjectives"]
    if not is_adjective:
        return start
    return before.start() if before[1] and reader.is_part(before[1].strip()) else before.start(2)


def _with_object(reader: _Reader, end: int) -> int:
    """The end moved over what the head word governs: "Organization| for Women", "Academy| of Arts and Sciences".

    A country or place behind "of" ends the name; people, offices and other organisations are no part of it.
    """
    for _ in range(_MOST_LINKS):
        link = _LINK.match(reader.text, end)
        if link is None:
            return _with_place(reader, end)
        owner = _owner_at(reader, link.end()) if _OF.match(link[0]) else None
        if owner is not None:
            return owner
        finish = _common_words(reader, link.end())
        if finish == link.end():
            break
        end = _with_joined(reader, finish)
    return end


def _with_place(reader: _Reader, end: int) -> int:
    """The end moved over the country in which a mission works: "Transition Mission| in Somalia"."""
    link = _IN.match(reader.text, end)
    places = reader.gazetteer.words["organisation"]["in_places"]
    has_head = link is not None and reader.text[:end].endswith(tuple(f" {head}" for head in places))
    if link is None or not has_head:
        return end
    countries = (
        draft.end
        for draft in reader.taken.starting_in(link.end(), link.end() + 1)
        if draft.entity_type == "COUNTRY" and draft.mention_kind == "name"
    )
    return next(countries, end)


def _owner_at(reader: _Reader, start: int) -> int | None:
    """The end of the country or place that begins at `start`."""
    names = [
        draft.end
        for draft in reader.taken.starting_in(start, start + 1)
        if draft.entity_type in ("COUNTRY", "PLACE") and draft.mention_kind == "name"
    ]
    return names[0] if names else None


def _with_joined(reader: _Reader, end: int) -> int:
    """The end moved over "and Sciences", ", Land, Infrastructure and Transport", unless another name begins there."""
    for _ in range(_MOST_JOINED):
        join = _JOIN.match(reader.text, end) or _COMMA.match(reader.text, end)
        token = reader.sentence.at(join.end()) if join else None
        if join is None or (token and token.entity_begins and token.entity_label not in ("", "NORP")):
            break
        finish = _common_words(reader, join.end())
        if finish == join.end() or reader.found.head.search(reader.text, join.end(), finish):
            break
        end = finish
    return end


def _common_words(reader: _Reader, start: int) -> int:
    """The end of the capitalised words from `start` that are nobody's name, no office and no month."""
    end = start
    for _ in range(5):
        word = _WORD.match(reader.text, start)
        if word is None or not reader.is_part(word[0]) or not reader.taken.is_free(*word.span()):
            break
        end, start = start + len(word[0].rstrip(_TAIL)), word.end() + 1
        if reader.text[end:start] != " ":
            break
    return end


def _looks_named(reader: _Reader, start: int, end: int) -> bool:
    """Whether a span has the look of an organisation: two capitalised words, or capitals only; no office, no slogan.

    One capitalised word is one when the model says so.
    """
    name = reader.text[start:end]
    if not 1 < len(name) < LONGEST_NAME or re.search(r"[\"#@:;()\n]", name):
        return False
    words = name.split()
    both = reader.gazetteer.words["pairs"]["both"]
    if words[-1] in reader.gazetteer.words["organisation"]["kinds"] or _is_crowd(reader, words):
        return False
    if _opens_office(reader, start, end):
        return False
    is_headed = any(head.end() == len(name) for head in reader.found.head.finditer(name))
    if not is_headed and any(not reader.is_part(word) or word in both for word in words if word[0].isupper()):
        return False
    is_quoted = reader.text[start - 1 : start] in ("'", '"') and reader.text[end : end + 1] in ("'", '"')
    is_capital = [word[0].isupper() for word in words]
    is_acronym = name.isupper() and name.isalpha()
    is_long = sum(is_capital) > 1 and is_capital[0] and is_capital[-1]
    looks = is_acronym or is_long or bool(MISSION.search(name)) or _is_word_of_model(reader, start, end)
    return looks and not is_quoted


def _opens_office(reader: _Reader, start: int, end: int) -> bool:
    """Whether the name is the beginning of an office: "External Affairs| Minister"."""
    behind = _NEXT_WORD.match(reader.text, end)
    return behind is not None and f"{reader.text[start:end]} {behind[1]}".casefold() in reader.gazetteer.titles


def _is_word_of_model(reader: _Reader, start: int, end: int) -> bool:
    """Whether the span is one proper noun that the model takes for an organisation and that is no mere head word."""
    token = reader.sentence.at(start)
    around = reader.text[max(start - 3, 0) : start], reader.text[end:].split(" ", 2)[1:2]
    is_office = any(word.casefold() in reader.gazetteer.titles for word in around[1]) or around[0] == "of "
    return (
        token is not None
        and not is_office
        and around[0].lstrip() not in ("a ", "an ")
        and (token.start, token.end) == (start, end)
        and token.part_of_speech == "PROPN"
        and token.text.isalpha()
        and token.text[0].isupper()
        and len(token.text) > 2
        and not reader.found.any_head.fullmatch(token.text)
        and any((name.start, name.label) == (start, "ORG") for name in reader.document.names[reader.sentence.number])
    )


def _is_crowd(reader: _Reader, words: list[str]) -> bool:
    """Whether a plural is of people, not a party: "Some Democrats", but not "Australian Democrats"."""
    organisation = reader.gazetteer.words["organisation"]
    if words[-1] not in organisation["party_plurals"]:
        return False
    hits = reader.gazetteer.fixed.find(" ".join(words))
    is_of_country = bool(hits) and hits[0].start == 0 and hits[0].value[0].kind == "adjective"
    return not is_of_country and words[0] not in organisation["adjectives"]
