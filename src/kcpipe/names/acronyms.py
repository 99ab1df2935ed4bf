"""Short forms of organisations: "(Kotra)" behind the long form, and the same letters wherever they stand.

What the text puts in brackets behind an organisation is its short form. Capitals that no text explains are an
organisation of their own, unless English uses them for something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kcpipe.names.gazetteer import Gazetteer
from kcpipe.names.reading import CAPITAL, Document, Draft, Index, is_headline
from kcpipe.syntax import Sentence

_BRACKET = re.compile(
    r"(?: \(|,? (?:(?:also|better) )?known (?:by its acronym|as)(?: the)? )([A-Z][A-Za-z]{1,9})[);,.]"
)
_CAPITALS = re.compile(r" \(([A-Z]{2,8})\)")
_SMALL = r"(?:of|the|for|and|on|in|to|&|de|del|la|du|des)"
_WORDS = re.compile(rf"(?:{CAPITAL}(?: (?:{_SMALL} ){{0,2}}|-)){{0,12}}{CAPITAL}$")
_LONGEST = 120
_MOST_LETTERS = 6
_FEWEST_INITIALS = 3


def abbreviates(acronym: str, name: str) -> bool:
    """Whether the letters of the acronym follow one another in the name, from its first letter."""
    letters = iter(name.casefold())
    return name[:1].casefold() == acronym[:1].casefold() and all(letter in letters for letter in acronym.casefold())


def explained(text: str, offset: int, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    """Spans of the words before "(ABC)" whose initials the letters are: "|Human Rights Watch| (HRW)"; plus offset."""
    for match in _CAPITALS.finditer(text):
        before = _WORDS.search(text, max(match.start() - _LONGEST, 0), match.start())
        if before is None or match[1] in gazetteer.words["acronyms"]["other"]:
            continue
        starts = [found.start() + before.start() for found in re.finditer(r"(?<![\w'])[A-ZÀ-Ž]", before[0])]
        for start in reversed(starts):
            initials = "".join(text[place] for place in starts if place >= start)
            if initials == match[1]:
                yield offset + start, offset + match.start()
                break


def find_acronyms(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of the short forms; one that already is a draft is told what it means.

    taken: all drafts so far, of people, countries and organisations.
    """
    drafts = _in_brackets(document, taken)
    for sentence in document.sentences:
        for start, end in _alone(document, sentence, gazetteer):
            if taken.is_free(start, end):
                drafts.append(Draft(start, end, "ORG"))
                taken.cover(drafts[-1])
    _tie_initials(document, [draft for draft in (*taken.drafts, *drafts) if draft.entity_type == "ORG"])
    return drafts


def _tie_initials(document: Document, organisations: list[Draft]) -> None:
    """Tell short forms without entity what they mean, where they are the initials of one name told before."""
    told: dict[str, dict[str, Draft]] = {}
    for draft in sorted(organisations, key=lambda draft: draft.start):
        name = document.plain[draft.start : draft.end]
        if " " in name:
            initials = "".join(word[0] for word in name.split() if word[0].isupper())
            told.setdefault(initials, {}).setdefault(name, draft)
        elif draft.entity_id is None and draft.name is None and len(name) >= _FEWEST_INITIALS:
            long = list(told.get(name, {}).values())
            if len(long) == 1:
                draft.entity_id, draft.country_code = long[0].entity_id, long[0].country_code
                draft.name = long[0].name or document.text[long[0].start : long[0].end]
                draft.link_method, draft.link_score = "initials", 0.8


def _in_brackets(document: Document, taken: Index) -> list[Draft]:
    """Those that the text gives behind the long form, wherever they stand."""
    found = []
    spans = {(draft.start, draft.end): draft for draft in taken.drafts if draft.entity_type == "ORG"}
    for draft in taken.drafts:
        bracket = _BRACKET.match(document.plain, draft.end) if draft.entity_type == "ORG" else None
        if bracket is None or sum(letter.isupper() for letter in document.plain[draft.start : draft.end]) < 2:
            continue
        is_plain = abbreviates(bracket[1], document.plain[draft.start : draft.end])
        if not is_plain and sum(letter.isupper() for letter in bracket[1]) < 2:
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(bracket[1])}(?![\w-])", document.plain):
            short = spans.get(match.span())
            if short is None and taken.is_free(*match.span()):
                short = Draft(*match.span(), "ORG")
                taken.cover(short)
                found.append(short)
            if short is not None and short.entity_id and is_plain and draft.entity_id is None:
                draft.entity_id, draft.name, draft.country_code = short.entity_id, short.name, short.country_code
                draft.wikidata_id, draft.link_method, draft.link_score = short.wikidata_id, "acronym", 0.95
            if short is not None and short.entity_id is None:
                short.entity_id, short.country_code = draft.entity_id, draft.country_code
                short.name = draft.name or document.text[draft.start : draft.end]
                short.link_method, short.link_score = "acronym", 0.95 if is_plain else 0.8
    return found


def _alone(document: Document, sentence: Sentence, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    """Spans of capitals that the model takes for a name, or for nothing: "the PDT's candidate"."""
    text = document.plain_of(sentence)
    if is_headline(text) or text.isupper():
        return
    other = gazetteer.words["acronyms"]["other"]
    for token in sentence.tokens:
        if (
            token.part_of_speech == "PROPN"
            and token.entity_label in ("", "PERSON", "ORG")
            and 1 < len(token.text) <= _MOST_LETTERS
            and token.text.isalpha()
            and token.text.isupper()
            and token.text not in other
            and not re.fullmatch("[IVXLC]+", token.text)
            and text[token.start - sentence.start - 1 : token.start - sentence.start] not in ("-", "/", "$")
            and not _is_between_capitals(sentence, token.number)
        ):
            yield token.start, token.end


def _is_between_capitals(sentence: Sentence, number: int) -> bool:
    """Whether a word beside it is a name's: initials, "RG Casey", or shouted text."""
    beside = [sentence.tokens[place] for place in (number - 1, number + 1) if 0 <= place < len(sentence.tokens)]
    return any(
        token.text[:1].isupper() and token.part_of_speech == "PROPN" and len(token.text) > 1 and token.text.isalpha()
        for token in beside
    )
