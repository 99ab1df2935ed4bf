"""Places that no gazetteer knows."""

from __future__ import annotations

import re
from functools import lru_cache

from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import CAPITAL, Document, Draft, Index, is_headline

_PLACE = re.compile(rf"(?:[Tt]he )?({CAPITAL}(?: {CAPITAL})*?)(?:'s?)?")
_WORD_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,20})(?: the)? $")
_KIND_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,20}) of $")
_STOPS = (".", ",", ";", ")", '"', "\n", "")


def is_behind_where(document: Document, start: int, gazetteer: Gazetteer) -> bool:
    """Whether "in", "near", "the constituency of" or the like stands before `start`."""
    words = gazetteer.words["places"]
    before = _WORD_BEFORE.search(document.plain, max(start - 20, 0), start)
    of = _KIND_BEFORE.search(document.plain, max(start - 30, 0), start)
    return (before is not None and before[1].casefold() in words["before"]) or (
        of is not None and of[1] in words["kinds"]
    )


def whole_place(text: str, start: int, end: int, gazetteer: Gazetteer) -> tuple[int, int]:
    """The span with the words that make it another place's name: "South |Brisbane|", "|Kaduna| State"."""
    lead, tail = _around(gazetteer)
    before, behind = lead.search(text, max(start - 20, 0), start), tail.match(text, end)
    return before.start() if before else start, behind.end() if behind else end


@lru_cache(maxsize=4)
def _around(gazetteer: Gazetteer) -> tuple[re.Pattern[str], re.Pattern[str]]:
    leads, tails = (any_of(*gazetteer.words["places"][name]) for name in ("leads", "tails"))
    return re.compile(rf"(?<![\w-]){leads} $"), re.compile(rf"(?: {tails}){{1,2}}(?![\w-])")


def is_place_of_model(document: Document, start: int, end: int, label: str, gazetteer: Gazetteer) -> bool:
    """Whether the model's name is a place: by its label, or a supposed person that stands where places stand.

    So does a name of several words that a city bears, and what follows "in" or "near" and owns nothing.
    """
    if label in ("GPE", "LOC"):
        return True
    text = document.plain
    if label != "PERSON" or text.startswith(("'", " '"), end):
        return False
    hits = gazetteer.fixed.find(text[start:end])
    is_city = bool(hits) and (hits[0].start, hits[0].end) == (0, end - start) and hits[0].value[0].ambiguity == "city"
    before = text[max(start - 40, 0) : start].split()[-2:]
    is_trusted = len(before) == 2 and before[0].casefold() in gazetteer.words["places"]["not_behind"]
    return (is_city and " " in text[start:end]) or (is_behind_where(document, start, gazetteer) and not is_trusted)


def find_places(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Places by the model's word or as "the town of X", outside headlines, with the country behind a comma."""
    drafts = _of_kinds(document, taken, gazetteer)
    taken = Index(len(document.text), [*taken.drafts, *drafts]) if drafts else taken
    both = gazetteer.words["pairs"]["both"]
    for sentence in document.sentences:
        for start, end, label in () if is_headline(document.plain_of(sentence)) else document.names[sentence.number]:
            place = _PLACE.fullmatch(document.plain, start, end)
            is_place = is_place_of_model(document, start, end, label, gazetteer)
            if not is_place or place is None or place[1] in both or not taken.is_free(*place.span(1)):
                continue
            whole = whole_place(document.plain, *place.span(1), gazetteer)
            drafts.append(Draft(*(whole if taken.is_free(*whole) else place.span(1)), "PLACE"))
            drafts[-1].country_code = _country_behind(document.plain, drafts[-1].end, taken)
    return drafts


def _of_kinds(document: Document, taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """ "the town of Mandera", whatever the model takes it for."""
    return [
        Draft(*match.span(1), "PLACE", country_code=_country_behind(document.plain, match.end(1), taken))
        for match in _kind_pattern(gazetteer).finditer(document.plain)
        if taken.is_free(*match.span(1)) and document.sentence_of(*match.span(1)) is not None
    ]


@lru_cache(maxsize=4)
def _kind_pattern(gazetteer: Gazetteer) -> re.Pattern[str]:
    word, kinds = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w-]{1,40}", any_of(*gazetteer.words["places"]["named_kinds"])
    return re.compile(rf"(?<![\w-]){kinds} of ({word}(?: {word}){{0,2}})(?![\w-])")


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
