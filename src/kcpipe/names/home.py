"""Whose view a text takes: the country that "the Foreign Ministry" and "the government" mean without saying so.

A text marks what is foreign ("the Cuban Foreign Ministry") and leaves its own unmarked. It is told by ministers named
without a country, by the publisher and by the dateline; when they disagree, or the text does not name the country
at all, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from kcpipe.names.gazetteer import Gazetteer, any_of
from kcpipe.names.reading import Document, Draft, Index, normal, plain

DATELINE = re.compile(
    r"(?:, [A-Z][\w.' ]{1,30})?,? ?(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)? ?(?:\([^()\n]{2,30}\) ?)?(?:—|–|--| - )"
)
_MINISTRY = re.compile(r"^(.{1,80}) ministry$")
_HEADING = re.compile(r", (?:the |an? )?(?:[\w-]+ )??(\w+) of (?:the )?$")
_LONGEST_OFFICE = 60
_OPENING = 3
"""Sentences among which the dateline stands."""


class Home(NamedTuple):
    """The country whose view a text takes; `is_sure` when its own ministers are named, not only its publisher."""

    country_code: str | None
    is_sure: bool


def home_country(
    document: Document, people: Iterable[Draft], fixed: Index, publisher: str | None, gazetteer: Gazetteer
) -> Home:
    """The home of a document.

    people: drafts with the country of those whom the gazetteer knows. fixed: fixed names with their countries.
    """
    named = {draft.country_code for draft in fixed.drafts if draft.entity_type == "COUNTRY"}
    by_office = _offices(document, people, fixed, gazetteer)
    others = {gazetteer.outlets.get((publisher or "").casefold(), ""), _dateline(document, fixed)} - {""}
    told = (by_office & others) or (by_office | others)
    code = next(iter(told)) if len(told) == 1 else None
    return Home(code, code in by_office) if code in named else Home(None, False)


def of_home(document: Document, person: Draft, near: Index, home: Home, gazetteer: Gazetteer) -> set[str]:
    """The home of the text, for a minister named without a country in a sentence that so far speaks of none but it."""
    sentence = document.sentence_of(person.start, person.end)
    if not home.is_sure or sentence is None or not person.role_text or not home.country_code:
        return set()
    is_minister = person.role_text.split(" of ")[0].split(" for ")[0] in gazetteer.words["home"]["offices"]
    named = {other.country_code for other in near.starting_in(sentence.start, person.start)} - {None}
    return {home.country_code} if is_minister and named == {home.country_code} else set()


def _offices(document: Document, people: Iterable[Draft], fixed: Index, gazetteer: Gazetteer) -> set[str]:
    """The countries of the people whose national office stands before their name without a country."""
    bare = _bare_office(gazetteer)
    codes = set()
    for person in people:
        start = max(person.start - 100, 0)
        office = bare.search(document.plain[start : person.start])
        if office and person.country_code and not _is_told(document, start + office.start(), fixed):
            codes.add(person.country_code)
    return codes


@lru_cache(maxsize=4)
def _bare_office(gazetteer: Gazetteer) -> re.Pattern[str]:
    offices = any_of(*gazetteer.words["home"]["offices"])
    return re.compile(rf"(?:^|[^\w'-])(?i:then[- ]|former )?{offices}(?: (?:of|for) [A-Z][\w, ]{{2,60}})? $")


def _is_told(document: Document, offset: int, fixed: Index) -> bool:
    """Whether a country stands before the office: "Cuban |Foreign Minister"."""
    before = document.plain[: offset + 1].rstrip(" '")
    before = before.removesuffix("'s") if document.plain[offset - 1 : offset + 1] == "s " else before
    return fixed.country_ending_at(len(before)) is not None


def _dateline(document: Document, fixed: Index) -> str:
    """The country of the city that the text is dated from: "SEOUL (Yonhap) —"."""
    for sentence in document.sentences[:_OPENING]:
        for draft in fixed.starting_in(sentence.start, sentence.start + 1):
            if draft.country_code and DATELINE.match(document.plain, draft.end):
                return draft.country_code
    return ""


def settle_bodies(document: Document, organisations: Iterable[Draft], home: Home, gazetteer: Gazetteer) -> None:
    """Give bodies that every country has ("the Foreign Ministry") the country that the text lets us see.

    It is that of the body of the same name before it, if all of that name are of one country, else the home.
    """
    told: dict[str, set[str]] = {}
    for draft in sorted(organisations, key=lambda draft: draft.start):
        if draft.entity_id is not None or draft.entity_type != "ORG":
            continue
        name = same_name(document.text[draft.start : draft.end], gazetteer)
        if draft.country_code is not None:
            told.setdefault(name, set()).add(draft.country_code)
        elif is_generic(name, gazetteer):
            earlier = told.get(name, set())
            if len(earlier) == 1:
                draft.country_code = next(iter(earlier))
                draft.link_method, draft.link_score = "antecedent", 0.8
            elif not earlier and home.country_code and name not in gazetteer.words["organisation"]["abroad"]:
                draft.country_code = home.country_code
                draft.link_method, draft.link_score = "home_country", 0.8 if home.is_sure else 0.7


def settle_by_officers(
    document: Document, people: Iterable[Draft], organisations: Iterable[Draft], gazetteer: Gazetteer
) -> None:
    """Give a part of a body that every country has the country of the person whom the text calls its head.

    "North Korean diplomat Kang Sok-ju, the director of the Workers' Party International Affairs Department".
    """
    by_end = {person.end: person for person in people if person.country_code}
    for body in organisations:
        words = normal(document.text[body.start : body.end]).split()
        is_part = any(" ".join(words[:count]) in gazetteer.generic for count in range(1, len(words)))
        office = _HEADING.search(document.plain, max(body.start - _LONGEST_OFFICE, 0), body.start) if is_part else None
        officer = by_end.get(office.start()) if office else None
        if office and officer and body.country_code is None and body.entity_id is None:
            body.country_code = officer.country_code if office[1].casefold() in gazetteer.titles else None


def same_name(name: str, gazetteer: Gazetteer) -> str:
    """The normalised name of a body without its country: the same for "Foreign Ministry" and its longer form."""
    bare = normal(_without_country(plain(name), gazetteer))
    bare = _MINISTRY.sub(r"ministry of \1", bare)
    return str(gazetteer.words["organisation"]["same"].get(bare, bare))


def is_generic(name: str, gazetteer: Gazetteer) -> bool:
    """Whether every country has a body of this normalised name."""
    return name in gazetteer.generic or name.startswith(("ministry of ", "ministry for "))


def _without_country(name: str, gazetteer: Gazetteer) -> str:
    """The name without the adjective before it and the owner behind it."""
    bare = name
    for hit in gazetteer.fixed.find(name):
        if hit.start == 0 and hit.value[0].kind in ("adjective", "abbreviation"):
            bare = bare[hit.end + 1 :]
        elif hit.end == len(name) and hit.value[0].entity_type == "COUNTRY":
            bare = re.sub(r" of (?:the )?$", "", bare[: len(bare) - (hit.end - hit.start)])
    return bare
