"""People: their names, the offices the text gives them, and later surnames tied to the full name.

The model's persons are corrected: Korean names that it cuts at the hyphen, names glued to a title, names it takes
for organisations though a title stands before them. A bare surname is whoever bears it in the document, if one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kcpipe.lexicon import Keywords, Matcher
from kcpipe.names.bodies import is_body_of_model
from kcpipe.names.countries import adjective_before, owner_before
from kcpipe.names.gazetteer import Gazetteer, Person, any_of
from kcpipe.names.places import is_place_of_model
from kcpipe.names.reading import Document, Draft, Index, in_headlines, is_headline, labels, normal, occurrences
from kcpipe.syntax import Sentence, Token

NAME_WORD = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'-]{0,40}\w|[A-Z]\.)"
LOOK_BEHIND = 160
"""Characters before a name in which its office may stand; offices are shorter."""
LOOK_AHEAD = 200
MOST_WORDS = 5
LONGEST_NAME = 100
LONGEST_GIVEN = 43
_GIVEN_BEFORE = re.compile(rf"(?<![\w'-]){NAME_WORD} $")
_IN_BRACKETS = re.compile(r"\(([A-Z][A-Za-z]{1,9})\)")


class Patterns(NamedTuple):
    """The expressions of this module, made of the gazetteer's words."""

    korean: re.Pattern[str]
    byline: re.Pattern[str]
    titled: re.Pattern[str]
    office_before: re.Pattern[str]
    modifier_before: re.Pattern[str]
    time_before: re.Pattern[str]
    appositive: re.Pattern[str]
    parenthesis: re.Pattern[str]
    title: re.Pattern[str]
    given: re.Pattern[str]
    rest: re.Pattern[str]
    kin: re.Pattern[str]
    behind_surname: re.Pattern[str]
    surnames: Keywords
    """Each match of `korean` and of `byline` holds one."""
    titles: Keywords
    """Each match of `titled`, its case folded, holds one."""
    barred: frozenset[str]
    """Words that are no part of a name."""


@lru_cache(maxsize=4)
def patterns(gazetteer: Gazetteer) -> Patterns:
    """The expressions for a gazetteer."""
    person = gazetteer.words["person"]
    title, surname, particle = any_of(*gazetteer.titles), any_of(*gazetteer.surnames), any_of(*person["particles"])
    time = any_of(*person["former"], *person["then"], *person["current"])
    kin = any_of(*gazetteer.words["kin"]["words"])
    capitals = r"[A-ZÀ-Þ][\w'.-]{0,40}"
    article = r"(?:(?:the|an?|who (?:is|was)) )?"
    return Patterns(
        korean=re.compile(rf"\b{surname} (?:[A-Z][a-z]+-[A-Za-z][a-z]+|[A-Z][a-z]{{1,5}}(?: [A-Z][a-z]{{1,5}})?)\b"),
        byline=re.compile(rf"\b{surname}, [A-Z][a-z]+-[a-z]+\b"),
        titled=re.compile(
            rf"\b(?i:({title})) ({NAME_WORD}(?: (?:{particle} )?{NAME_WORD}){{0,{MOST_WORDS - 1}}})(?![\w-])"
        ),
        office_before=re.compile(
            rf"(?<![\w])(?i:(?P<title>{title}))"
            rf"(?: (?:of|for|to)(?: the)? {capitals}(?:(?:,| and| of| of the| for)? {capitals})*?)?(?P<comma>,)? $"
        ),
        modifier_before=re.compile(rf"(?<![\w-])(?i:{any_of(*person['modifiers'])})[ -]$"),
        time_before=re.compile(rf"(?<![\w-])(?i:({time}))[ -]$"),
        appositive=re.compile(
            rf", (?:(?i:({time}))[ -])?{article}(?:(?i:({time}))[ -])?([^,;()\".]{{3,{LOOK_AHEAD}}})"
        ),
        parenthesis=re.compile(r" \(([^()]{3,100})\)"),
        title=re.compile(rf"(?<![\w-])(?i:{title})(?![\w-])"),
        given=re.compile(rf"{NAME_WORD} $"),
        rest=re.compile(rf" (?:{particle} |(?:al|el|ul|ur|ud)-)?({NAME_WORD})(?![\w-])"),
        kin=re.compile(rf" {kin}\b"),
        behind_surname=re.compile(rf" (?:[A-Z]|{kin}\b)"),
        surnames=Keywords(f"{word}{behind}" for word in gazetteer.surnames for behind in (" ", ", ")),
        titles=Keywords(f"{word} " for word in gazetteer.titles),
        barred=frozenset(
            (*person["not_names"], *gazetteer.words["organisation"]["heads"], *gazetteer.words["pairs"]["both"])
        ),
    )


class Candidate(NamedTuple):
    """A span that may be a person's name; of two that overlap the one with the lower rank counts."""

    rank: int
    start: int
    end: int


def find_people(document: Document, gazetteer: Gazetteer) -> list[Draft]:
    """The names of people with at least two words, and single names behind a title or seen by the model.

    The drafts carry spans alone; office, country and entity are told later.
    """
    found = patterns(gazetteer)
    known = gazetteer.person_names.find(document.plain)
    candidates = [Candidate(0 if " " in document.plain[m.start : m.end] else 5, m.start, m.end) for m in known]
    names: set[str] = set()
    for sentence in document.sentences:
        of_sentence = list(_candidates(document, sentence, gazetteer, found))
        candidates += of_sentence
        if not is_headline(document.plain_of(sentence)):
            names |= {document.plain[candidate.start : candidate.end] for candidate in of_sentence}
    candidates += _namesakes(document, names, gazetteer, found)
    full = {name for name in names if " " in name}
    candidates += [Candidate(0, *span) for span in in_headlines(document, full)]
    again = Matcher({name: name for name in full if document.plain.count(name) > 1})
    candidates += [Candidate(5, hit.start, hit.end) for hit in again.find(document.plain)]
    drafts: list[Draft] = []
    taken = Index(len(document.text), drafts)
    acronyms = {match[1] for match in _IN_BRACKETS.finditer(document.plain)}
    for _, start, end in sorted(set(candidates), key=lambda c: (c.rank, c.start, -c.end)):
        is_other = document.plain[start:end] in acronyms or found.kin.match(document.plain, end)
        if is_other or not taken.is_free(start, end):
            continue
        drafts.append(Draft(start, end, "PERSON"))
        taken.cover(drafts[-1])
    return drafts


def _candidates(document: Document, sentence: Sentence, gazetteer: Gazetteer, found: Patterns) -> Iterator[Candidate]:
    text, offset = document.plain_of(sentence), sentence.start
    has_surname, has_title = found.surnames.stand_in(text), found.titles.stand_in(text.casefold())
    for match in found.byline.finditer(text) if has_surname else ():
        yield Candidate(1, offset + match.start(), offset + match.end())
    for match in found.korean.finditer(text) if has_surname else ():
        is_person = "PERSON" in labels(sentence, offset + match.start(), offset + match.end())
        is_hyphened = "-" in match[0]
        if (is_hyphened or is_person) and not _is_known_otherwise(match[0], gazetteer):
            start, end = _trim(text, match.start(), match.end(), gazetteer, found)
            if end - start > 0 and " " in text[start:end]:
                yield Candidate(1 if is_hyphened else 3, offset + start, offset + end)
    for match in found.titled.finditer(text) if has_title else ():
        start, end = _trim(text, match.start(2), match.end(2), gazetteer, found)
        kind = gazetteer.titles[match[1].casefold()]
        told = labels(sentence, offset + start, offset + end)
        makes_names = kind == "courtesy" or (match[1][0].isupper() and kind == "office")
        is_name = "PERSON" in told or (makes_names and not is_headline(text))
        is_full = " " in text[start:end] and kind in ("office", "courtesy")
        if start < end and is_name and (is_full or not told & {"GPE", "NORP", "DATE"}):
            yield Candidate(2, offset + start, offset + end)
    for start, end, label in document.names[sentence.number]:
        is_place = is_place_of_model(document, start, end, label, gazetteer)
        if label == "PERSON" and not is_place and not is_body_of_model(document, sentence, start, end):
            begin, finish = _trim(text, start - offset, end - offset, gazetteer, found)
            finish = _grow(text, finish, sentence, gazetteer, found)
            if begin < finish and (" " in text[begin:finish] or not is_headline(text)):
                yield Candidate(4, offset + _grow_left(text, begin, sentence, gazetteer, found), offset + finish)
    proper = [token for token in sentence.tokens if token.part_of_speech == "PROPN"]
    for token in () if is_headline(text) else proper:
        if _acts_as_person(sentence, token, gazetteer) and not _is_known_otherwise(token.text, gazetteer):
            start, end = _trim(text, token.start - offset, token.end - offset, gazetteer, found)
            if start < end:
                yield Candidate(5, offset + start, offset + end)


def _namesakes(document: Document, names: set[str], gazetteer: Gazetteer, found: Patterns) -> Iterator[Candidate]:
    """Others of a surname that the document tells in full, whatever the model takes them for: a Milan Radić."""
    surnames = {surname(name, gazetteer) for name in names if " " in name}
    for start, end in occurrences(document.plain, (name for name in surnames if document.plain.count(name) > 1)):
        given = _GIVEN_BEFORE.search(document.plain, max(start - LONGEST_GIVEN, 0), start)
        sentence = document.sentence_of(given.start(), end) if given else None
        first, last = (sentence.at(offset) if sentence else None for offset in (given.start() if given else 0, start))
        if given is None or sentence is None or first is None or last is None:
            continue
        is_one_name = first.dependency == "compound" and first.entity_label and not last.entity_begins
        text, span = document.plain_of(sentence), (given.start() - sentence.start, end - sentence.start)
        if is_one_name and not is_headline(text) and _trim(text, *span, gazetteer, found) == span:
            yield Candidate(5, given.start(), end)


def _acts_as_person(sentence: Sentence, token: Token, gazetteer: Gazetteer) -> bool:
    """Whether a proper noun alone that the model passed over does what people do: "Fry resigned"."""
    return (
        token.dependency in ("nsubj", "nsubjpass")
        and not token.entity_label
        and len(token.text) > 2
        and token.text.istitle()
        and sentence.tokens[token.head].lemma in gazetteer.words["person"]["verbs"]
        and not sentence.children(token)
    )


def _grow_left(text: str, start: int, sentence: Sentence, gazetteer: Gazetteer, found: Patterns) -> int:
    """The start moved over a given name that the model left out: "|Hugo Chávez"."""
    before = found.given.search(text, max(start - 42, 0), start)
    token = sentence.at(sentence.start + before.start()) if before else None
    if before is None or token is None or token.entity_label or token.dependency != "compound" or is_headline(text):
        return start
    begin, finish = _trim(text, before.start(), before.end() - 1, gazetteer, found)
    return begin if (begin, finish) == (before.start(), before.end() - 1) else start


def _is_known_otherwise(name: str, gazetteer: Gazetteer) -> bool:
    return any(match.end - match.start == len(name) for match in gazetteer.fixed.find(name))


def _trim(text: str, start: int, end: int, gazetteer: Gazetteer, found: Patterns) -> tuple[int, int]:
    """The span without what is no part of a name: titles, countries, weekdays, offices, a possessive.

    Empty (start == end) when nothing is left, or when it is too long for a name.
    """
    if end - start > LONGEST_NAME:
        return start, start
    words = gazetteer.words
    span = text[start:end]
    span = span[: re.search(r"'s?$|$", span).start()].rstrip(" ,-")  # type: ignore[union-attr]
    end = start + len(span)
    for hit in gazetteer.fixed.find(span):
        if hit.value[0].ambiguity in ("person", "city"):
            continue
        if hit.start == 0:
            return _trim(text, start + hit.end + 1, end, gazetteer, found) if hit.end < len(span) else (start, start)
        if " " in span[: hit.start].strip():  # else a surname such as "Jack London"
            span = span[: hit.start].rstrip()
            break
    pieces = span.split()
    while pieces and (
        pieces[0] in found.barred or pieces[0].casefold() in gazetteer.titles or not pieces[0][0].isupper()
    ):
        start += len(pieces.pop(0))
        start += len(text[start:]) - len(text[start:].lstrip(" "))
    for place, piece in enumerate(pieces):
        is_title = piece.casefold() in gazetteer.titles and not (place and piece in words["person"]["title_surnames"])
        if piece in found.barred or is_title or piece.endswith("'s") or re.search(r"[\d@#&/:]", piece):
            pieces = pieces[:place]
            break
    name = " ".join(pieces)
    if len(pieces) > MOST_WORDS or not name or text[start : start + len(name)] != name or name.isupper():
        return start, start
    while pieces and not any(letter.isupper() for letter in pieces[-1]):
        pieces.pop()
    return start, start + len(" ".join(pieces))


def _grow(text: str, end: int, sentence: Sentence, gazetteer: Gazetteer, found: Patterns) -> int:
    """The end moved over the rest of a name that the model cut: "Seok|-yeol", "Gerardo Penalver| Portal"."""
    rest = re.compile(r"(?:-[a-z]+)+").match(text, end)
    if rest:
        return rest.end()
    more = found.rest.match(text, end)
    if (
        more
        and not is_headline(text)
        and labels(sentence, sentence.start + end + 1, sentence.start + more.end()) == {""}
    ):
        start, finish = _trim(text, *more.span(1), gazetteer, found)
        return finish if start < finish else end
    return end


def describe(document: Document, draft: Draft, near: Index, gazetteer: Gazetteer) -> set[str]:
    """Set the office that the words before or behind a person's name tell; the countries they tell are returned."""
    found = patterns(gazetteer)
    sentence = document.sentence_of(draft.start, draft.end)
    if sentence is None:
        return set()
    codes = _describe_before(document, sentence, draft, near, gazetteer, found)
    codes |= _describe_behind(document, sentence, draft, near, gazetteer, found)
    return codes


def _describe_before(
    document: Document, sentence: Sentence, draft: Draft, near: Index, gazetteer: Gazetteer, found: Patterns
) -> set[str]:
    text = document.plain
    floor = max(sentence.start, draft.start - LOOK_BEHIND)
    office = found.office_before.search(text[floor : draft.start])
    # "the foreign minister, Hakan Fidan, said", but not "the president, Yoon said".
    if office is None or (office["comma"] and text[draft.end : draft.end + 1] not in (",", ".")):
        return set()
    kind = gazetteer.titles[office["title"].casefold()]
    position = start = floor + office.start("title")
    codes: set[str] = {
        other.country_code
        for other in near.starting_in(start, draft.start)
        if other.country_code and other.entity_type in ("COUNTRY", "ORG") and _is_of(text, other, start, draft.start)
    }
    for _ in range(6):
        left = text[floor:position]
        modifier, time = found.modifier_before.search(left), found.time_before.search(left)
        country = adjective_before(near, text, position) or owner_before(near, text, position)
        body = near.body_ending_at(position - 1) if text[position - 1 : position] == " " else None
        if body and body.start >= floor:
            start = body.start if position == start else start
            position = body.start
            codes |= {body.country_code} if body.country_code and kind != "topic" else set()
        elif time:
            draft.role_time = _time(time[1], gazetteer)
            position = floor + time.start()
        elif modifier:
            start = floor + modifier.start() if position == start else start
            position = floor + modifier.start()
        elif country:
            by_adjective = (
                country.mention_kind == "adjectival" or text[country.end] == "'" or text[country.end - 1] == "."
            )
            if country.country_code and (by_adjective or kind == "office") and kind != "topic":
                codes.add(country.country_code)
            position = country.start
        else:
            break
    if kind != "courtesy":
        draft.role_text = document.text[start : draft.start].strip(" ,")
    return codes


def _is_of(text: str, country: Draft, start: int, end: int) -> bool:
    """Whether the country stands behind "of" inside the office: "President |of the Cuban Council| Fidel Castro"."""
    return (
        start < country.start
        and country.end < end
        and bool(re.search(r"\b(?:of|at|for) (?:the )?$", text[start : country.start]))
    )


def _time(word: str, gazetteer: Gazetteer) -> str:
    person = gazetteer.words["person"]
    return next(name for name in ("former", "then", "current") if word.casefold() in person[name])


def _describe_behind(
    document: Document, sentence: Sentence, draft: Draft, near: Index, gazetteer: Gazetteer, found: Patterns
) -> set[str]:
    text = document.plain[: min(sentence.end, draft.end + LOOK_AHEAD)]
    of = re.compile(r" of (?:the )?(?=[A-Z])").match(text, draft.end)
    if of and draft.role_text:
        owners = near.starting_in(of.end(), of.end() + 1)
        return {owner.country_code for owner in owners if owner.country_code and owner.entity_type == "COUNTRY"}
    bracket = found.parenthesis.match(text, draft.end)
    if bracket and found.title.search(bracket[1]):
        draft.role_text = draft.role_text or document.text[bracket.start(1) : bracket.end(1)]
        return set()
    behind = found.appositive.match(text, draft.end)
    if behind is None:
        return set()
    start, end = behind.span(3)
    if draft.role_text:  # "Lt. Gen. Sam Okiding, the Ugandan commander"
        first = [other for other in near.starting_in(start, start + 1) if other.mention_kind == "adjectival"]
        return {other.country_code for other in first if other.country_code and found.title.match(text, other.end + 1)}
    title = found.title.search(text, start, end)
    if title is None or any(other.entity_type == "PERSON" for other in near.starting_in(start, end)):
        return set()
    verb = re.compile(r" (?:said|says|told|met|visited|is|was|are|were|has|have|had|will|also|and|who|which)\b").search(
        text, title.end(), end
    )
    draft.role_text = document.text[start : verb.start() if verb else end].strip()
    time = behind[1] or behind[2]
    draft.role_time = _time(time, gazetteer) if time else None
    end = verb.start() if verb else end
    return {
        other.country_code
        for other in near.starting_in(start, end)
        if other.country_code
        and (
            (other.entity_type == "COUNTRY" and (other.start == start or _names_office(text, other, start)))
            or (other.entity_type == "ORG" and (other.start == start or _is_of(text, other, start, end + 1)))
        )
    }


def _names_office(text: str, country: Draft, start: int) -> bool:
    """Whether a country behind "of" owns the office: "of Cuba's Culture Ministry", "of the Korean Mission"."""
    if not re.search(r"\bof (?:the )?$", text[start : country.start]):
        return False
    return country.mention_kind == "name" or bool(re.compile(r" [A-Z]").match(text, country.end))


def is_korean(name: str, gazetteer: Gazetteer) -> bool:
    """Whether a name is written surname first in the Korean way: "Kim Il Sung", "Yun Byung-se", "Suh, Bo-hyuk"."""
    first, _, rest = name.replace(",", "").partition(" ")
    return first in gazetteer.surnames and bool(
        re.fullmatch(r"[A-Z][a-z]+-[A-Za-z][a-z]+|[A-Z][a-z]{1,5}(?: [A-Z][a-z]{1,5})?", rest)
    )


def surname(name: str, gazetteer: Gazetteer) -> str:
    """The word of a full name by which a text calls the person again."""
    words = name.replace(",", "").split()
    return words[0] if is_korean(name, gazetteer) else words[-1]


class Bearer(NamedTuple):
    """A person of one document, known by a full name."""

    name: str
    surname: str
    person_id: str | None
    country_code: str | None


def bearers(document: Document, drafts: Iterable[Draft], gazetteer: Gazetteer) -> Mapping[str, Bearer]:
    """The people whom the document names in full, or by the one name the gazetteer knows them by, normalised."""
    known: dict[str, Bearer] = {}
    for draft in drafts:
        name = " ".join(document.text[draft.start : draft.end].split())
        if " " in name:
            person = gazetteer.persons.get(normal(name)) or Person(None, name, None)
            bearer = Bearer(person.name, surname(name, gazetteer), person.person_id, person.country_code)
            known.setdefault(normal(name), bearer)
    surnames = {bearer.surname for bearer in known.values()}
    for name in {document.text[draft.start : draft.end] for draft in drafts} - surnames:
        alone = gazetteer.persons.get(normal(name))
        if alone is not None and " " not in name:
            known[normal(name)] = Bearer(alone.name, name, alone.person_id, alone.country_code)
    return known


def find_surnames(document: Document, known: Mapping[str, Bearer], taken: Index, gazetteer: Gazetteer) -> list[Draft]:
    """Later (or earlier) bare surnames of the people in `known`, outside `taken`.

    A Korean surname that may be an English word or a shorter name ("Park", "Song") needs a title before it or the
    model's word that it is a person. A Hanja surname, as Korean headlines write it, is whoever bears it alone.
    """
    found = patterns(gazetteer)
    names = {bearer.surname for bearer in known.values()}
    spellings: dict[str, str] = gazetteer.words["korean"]["hanja"]
    drafts: list[Draft] = []
    if not names:
        return drafts
    signs = [match.span() for match in re.finditer(any_of(*spellings), document.plain)]
    for start, end in sorted([*occurrences(document.plain, names), *signs]):
        word = document.plain[start:end]
        sentence = document.sentence_of(start, end)
        if sentence is None or not taken.is_free(start, end):
            continue
        if word in spellings:
            if any(gazetteer.surnames.get(name) == spellings[word] for name in names):
                drafts.append(Draft(start, end, "PERSON"))
            continue
        is_titled = bool(found.office_before.search(document.plain[max(start - LOOK_BEHIND, sentence.start) : start]))
        continues = found.behind_surname.match(document.plain, end)
        is_name = _is_surname(document, sentence, start, word in gazetteer.surnames)
        if is_titled or (is_name and not continues):
            drafts.append(Draft(start, end, "PERSON"))
    return drafts


def _is_surname(document: Document, sentence: Sentence, start: int, is_korean_word: bool) -> bool:
    """Whether a word that is somebody's surname is a name here.

    A Korean surname may be an English word or a part of a longer name, any other at least a month. A sentence too
    short to be parsed is "Castro agreed."
    """
    token = sentence.at(start)
    if token is None:
        return not is_korean_word
    is_noun = token.part_of_speech == "PROPN" or document.plain.startswith("'s", token.end)
    return token.entity_label == "PERSON" or (not is_korean_word and token.entity_label != "DATE" and is_noun)


def bearer_of(name: str, known: Mapping[str, Bearer], gazetteer: Gazetteer) -> tuple[Bearer | None, str]:
    """Who is meant by a name of the document, and by which method; nobody when several could be."""
    bearer = known.get(normal(name))
    if bearer:
        return bearer, "gazetteer" if bearer.person_id else "full_name"
    sign = gazetteer.words["korean"]["hanja"].get(name)
    same = {
        (other.person_id or other.name): other
        for other in known.values()
        if (gazetteer.surnames.get(other.surname) == sign if sign else other.surname == name)
    }
    return (next(iter(same.values())) if len(same) == 1 else None), "surname"
