"""Events and works that bear a name: elections, wars, summits, games, storms; treaties, laws, books.

A country in such a name only describes it: "the 1992 United States presidential election" is no act of the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from kcpipe.lexicon import Keywords
from kcpipe.names.bodies import MISSION
from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import CAPITAL, Document, Draft, Index, is_headline
from kcpipe.syntax import Sentence

_NAME = rf"{CAPITAL}(?: (?:(?:of|and)(?: the)? )?{CAPITAL}){{0,7}}"
_WORDS = rf"{CAPITAL}(?: {CAPITAL}){{0,6}}"
_YEAR = r"(?:1[5-9]|20)\d\d"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NUMBER = r"(?:\d{1,2}(?:st|nd|rd|th)|[IVX]{1,5})"


_NEEDED = ("votes", "small_heads", "heads", "meetings", "heads_of", "leads", "works")
"""The lists of `name_words.occasions` of which a word is in every name that is found by its words."""


class Patterns(NamedTuple):
    """The expressions of this module; each match is one name, perhaps with words before it that are none of it."""

    votes: re.Pattern[str]
    events: re.Pattern[str]
    works: re.Pattern[str]
    keywords: Keywords
    """Each match holds one."""


@lru_cache(maxsize=4)
def patterns(gazetteer: Gazetteer) -> Patterns:
    """The expressions for a gazetteer."""
    listed = gazetteer.words["occasions"]
    words = {name: any_of(*listed[name]) for name in listed if name != "source"}
    kinds = rf"(?:{words['vote_kinds']} ){{0,3}}"
    ordinal = rf"(?:{words['ordinals']}|{_NUMBER})"
    topic = rf"(?: on(?: the)? (?!{_MONTH}){_NAME}| (?:of )?{_YEAR})?"
    where = rf"(?: in (?:the )?(?!{_MONTH}){CAPITAL}(?: {CAPITAL}){{0,2}})?"
    return Patterns(
        re.compile(rf"(?<![\w-])(?:{_MONTH} )?{_YEAR} {_NAME} {kinds}{words['votes']}{where}(?![\w-])"),
        re.compile(
            rf"(?<![\w-])(?:"
            rf"(?:{_YEAR}|{ordinal}) (?:annual )?{_NAME} {words['small_heads']}"
            rf"|(?:{ordinal} )?{_WORDS} {words['heads']}(?: {_NUMBER}| of {_YEAR})?"
            rf"|(?:{_YEAR} |{ordinal} )?{_WORDS} {words['meetings']}{topic}"
            rf"|{words['heads_of']}(?: of| in)(?: the)? {_WORDS}"
            rf"|{words['leads']} {CAPITAL}"
            rf")(?![\w-])"
        ),
        re.compile(
            rf"(?<![\w-])(?:{_WORDS} {words['works']}|{words['works']} (?:of|on) (?:the )?{_NAME})"
            rf"(?: of {_YEAR})?(?![\w-])"
        ),
        Keywords(word for name in _NEEDED for word in listed[name]),
    )


def find_occasions(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Drafts of named events and works; `taken` holds the fixed names and the people, which none may cut."""
    found = patterns(gazetteer)
    drafts: list[Draft] = []
    covered = Index(len(document.text), drafts)
    for sentence in document.sentences:
        for start, end, kind in _spans(document, sentence, found, gazetteer):
            near = taken.starting_in(sentence.start, sentence.end)
            is_cut = any(
                other.entity_type in ("PERSON", kind) or other.start < start or other.end > end
                for other in near
                if other.overlaps(start, end)
            )
            is_known = any((other.start, other.end) == (start, end) for other in near)  # "French Polynesia"
            if not is_cut and not is_known and covered.is_free(start, end):
                drafts.append(Draft(start, end, kind))
                covered.cover(drafts[-1])
    return drafts


def _spans(
    document: Document, sentence: Sentence, found: Patterns, gazetteer: Gazetteer
) -> Iterator[tuple[int, int, str]]:
    text = document.plain_of(sentence)
    expressions = [("EVENT", found.votes)]
    if not is_headline(text):
        expressions += [("EVENT", found.events), ("WORK", found.works)]
    for kind, pattern in expressions if found.keywords.stand_in(text) else ():
        for match in pattern.finditer(text):
            start, end = _without_lead(match[0], gazetteer), len(match[0].rstrip(".&'-"))
            if " " in match[0][start:end]:
                yield sentence.start + match.start() + start, sentence.start + match.start() + end, kind
    for start, end, label in () if is_headline(text) else document.names[sentence.number]:
        if label not in ("EVENT", "WORK_OF_ART", "LAW"):
            continue
        name = document.plain[start:end].rstrip("'\" ")
        is_body = bool(MISSION.search(document.plain, start, end + len(" to the United Nations")))
        if _looks_titled(name) and not is_body:
            yield start, start + len(name), "EVENT" if label == "EVENT" else "WORK"


def _without_lead(name: str, gazetteer: Gazetteer) -> int:
    """Where the name begins: behind "The", "In" and what else opens a sentence."""
    barred = gazetteer.words["person"]["not_names"]
    start = 0
    while name[start:].split(" ", 1)[0] in barred and not re.match(_MONTH, name[start:]):
        start += len(name[start:].split(" ", 1)[0]) + 1
    return start


def _looks_titled(name: str) -> bool:
    """Whether the model's name has the look of one: several words, the first and the last capitalised."""
    words = [word for word in re.findall(r"[^\W_][\w'-]*", name) if word not in ("the", "The")]
    return (
        '"' not in name
        and "''" not in name
        and len(words) > 1
        and all(word[0].isupper() or word[0].isdigit() for word in (words[0], words[-1]))
    )
