"""Countries, and the other names that stand in the gazetteer word for word.

A name counts where the words around it allow it: not in a hashtag, not in "anti-American", and, if the gazetteer
says that it may mean something else, only with evidence in the document. A capital is a place unless it acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from kcpipe.lexicon import Match
from kcpipe.names.gazetteer import Alias, Gazetteer
from kcpipe.names.home import DATELINE
from kcpipe.names.places import is_behind_where, whole_place
from kcpipe.names.reading import Document, Draft, Index, labels
from kcpipe.syntax import Sentence, Token

Hit = Match[tuple[Alias, ...]]

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_OFFICE_WORD = re.compile(r" (?:(?:senior|press|top) )?([a-z]+)")
_FROM = re.compile(r"([^\W\d_]+)[\"']? from $")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[ -]$")
_ARTICLE = re.compile(r"\b[Tt]he $")
_GOES_ON = re.compile(r"[ -](?:[A-Z]|of\b)")
_POSSESSIVE = re.compile(r"(?:'s|') $")
_PLACE_LABELS = frozenset({"GPE", "NORP", "LOC"})


class Reading(NamedTuple):
    """What a name was found to mean, by which method, and the trust in that."""

    meaning: Alias
    method: str
    score: float


def find_fixed(document: Document, gazetteer: Gazetteer, people: Iterable[Draft]) -> list[Draft]:
    """The drafts of all fixed names, in order, but those inside the spans of `people`."""
    persons = Index(len(document.text), people)
    hits = [
        hit
        for hit in gazetteer.fixed.find(document.plain)
        if persons.is_free(hit.start, hit.end) and not _is_part_of_word(document.plain, hit, gazetteer)
    ]
    evidence = _evidence(hits, persons.drafts)
    drafts = []
    for hit in hits:
        sentence = document.sentence_of(hit.start, hit.end)
        if _is_language(document, sentence, hit, gazetteer):
            continue
        reading = _read(document, sentence, hit, hits, evidence, gazetteer)
        if reading is not None:
            drafts.append(_draft(document, sentence, hit, reading, gazetteer))
        elif all(meaning.ambiguity.startswith("shared") for meaning in hit.value):
            drafts.append(_unresolved(hit))
    return drafts


def _is_part_of_word(text: str, hit: Hit, gazetteer: Gazetteer) -> bool:
    """In a hashtag, behind "anti-", or one half of "Korean-American"."""
    before = _WORD_BEFORE.search(text, max(hit.start - 20, 0), hit.start)
    if text[hit.start - 1 : hit.start] == "#":
        return True
    if before and text[hit.start - 1] == "-":
        if before[1].casefold() in gazetteer.words["prefixes"]["words"]:
            return True
        if text[hit.start : hit.end] in ("American", "Americans"):
            return True
    return text.startswith(("-American", "-born", "-speaking"), hit.end)


def _evidence(hits: Iterable[Hit], persons: Iterable[Draft]) -> set[str]:
    """The countries that the document names without ambiguity, or whose people it names."""
    named = {m.country_code for hit in hits for m in hit.value if len(hit.value) == 1 and m.ambiguity in ("", "seat")}
    named |= {draft.country_code for draft in persons}
    return {code for code in named if code}


def _read(
    document: Document,
    sentence: Sentence | None,
    hit: Hit,
    hits: list[Hit],
    evidence: set[str],
    gazetteer: Gazetteer,
) -> Reading | None:
    if len(hit.value) > 1:
        return _read_shared(document, sentence, hit, hits, evidence)
    meaning = hit.value[0]
    if not meaning.ambiguity:
        return Reading(meaning, "gazetteer", 1.0)
    is_allowed = _is_allowed(document, sentence, hit, hits, evidence, gazetteer)
    return Reading(meaning, "document_evidence", 0.9) if is_allowed else None


def _is_allowed(
    document: Document,
    sentence: Sentence | None,
    hit: Hit,
    hits: list[Hit],
    evidence: set[str],
    gazetteer: Gazetteer,
) -> bool:
    """Whether the document speaks for the only meaning of a name that may be something else."""
    meaning, text = hit.value[0], document.plain
    if meaning.ambiguity == "seat":
        return True
    if meaning.ambiguity == "capitals":
        return not _is_shouted(text, hit)
    if meaning.ambiguity == "needs":
        is_alone = _ARTICLE.search(text, max(hit.start - 4, 0), hit.start) and not _GOES_ON.match(text, hit.end)
        return set(meaning.needs) <= evidence and bool(is_alone)
    is_named = meaning.country_code in evidence
    if meaning.ambiguity == "place":
        return is_named or _is_among_states(document, sentence, hit, hits, gazetteer)
    told = labels(sentence, hit.start, hit.end) if sentence else set()
    is_like_place = is_named or bool(told & _PLACE_LABELS)
    if meaning.ambiguity == "word":
        return is_like_place
    if _is_told_place(document, sentence, hit):
        return True
    if meaning.ambiguity == "person":
        is_place = is_like_place or _is_among_states(document, sentence, hit, hits, gazetteer)
    else:
        is_place = is_behind_where(document, hit.start, gazetteer)
    return is_place and "PERSON" not in told


def _is_among_states(
    document: Document, sentence: Sentence | None, hit: Hit, hits: list[Hit], gazetteer: Gazetteer
) -> bool:
    """Whether the sentence names another country, and the document nothing of the other place of that name."""
    if sentence is None or hit.value[0].kind != "name":
        return False
    if any(word in document.plain for word in gazetteer.words["namesakes"]["words"].get(hit.value[0].name, ())):
        return False
    own = hit.value[0].country_code
    return any(
        len(other.value) == 1
        and other.value[0].entity_type == "COUNTRY"
        and other.value[0].ambiguity in ("", "seat", "capitals")
        and other.value[0].country_code not in (own, None)
        for other in hits
        if other is not hit and sentence.start <= other.start < sentence.end
    )


def _is_told_place(document: Document, sentence: Sentence | None, hit: Hit) -> bool:
    """Whether the model, corrected, takes it for a place."""
    names = document.names[sentence.number] if sentence else ()
    return any(name.label in ("GPE", "LOC") and name.start < hit.end and hit.start < name.end for name in names)


def _read_shared(
    document: Document, sentence: Sentence | None, hit: Hit, hits: list[Hit], evidence: set[str]
) -> Reading | None:
    """The one country among several that the document speaks of; None when that is not clear."""
    years = [int(year) for year in _YEAR.findall(document.plain_of(sentence))] if sentence else []
    meanings = [m for m in hit.value if not any(year < m.since or year > m.until for year in years)]
    named = [m for m in meanings if m.country_code in evidence]
    default = next((m for m in meanings if m.ambiguity == "shared_default"), None)
    if default is None:
        return Reading(named[0], "document_evidence", 0.9) if len(named) == 1 else None
    if default in named:
        return Reading(default, "document_evidence", 0.9 if len(named) == 1 else 0.8)
    if named and _is_contrasted(sentence, hit, hits, {m.country_code for m in named}):
        return Reading(default, "document_contrast", 0.7)
    return None


def _is_contrasted(sentence: Sentence | None, hit: Hit, hits: list[Hit], codes: set[str | None]) -> bool:
    """Whether the sentence also names one of the other countries by its own name, as "Korea and North Korea"."""
    return sentence is not None and any(
        len(other.value) == 1 and other.value[0].country_code in codes
        for other in hits
        if other is not hit and sentence.start <= other.start < sentence.end
    )


def _is_shouted(text: str, hit: Hit) -> bool:
    """Whether the words beside it are capitals too, so that "US" may be "us"."""
    around = re.findall(r"[^\W\d_]{3,}", text[max(hit.start - 25, 0) : hit.start])[-1:]
    around += re.findall(r"[^\W\d_]{3,}", text[hit.end : hit.end + 25])[:1]
    return bool(around) and all(word.isupper() for word in around)


def _is_language(document: Document, sentence: Sentence | None, hit: Hit, gazetteer: Gazetteer) -> bool:
    """Whether an adjective names a language: "in Korean", with no noun behind it."""
    if hit.value[0].kind != "adjective":
        return False
    if sentence and "LANGUAGE" in labels(sentence, hit.start, hit.end):
        return True
    before = _WORD_BEFORE.search(document.plain, max(hit.start - 20, 0), hit.start)
    follows = re.compile(r"[ -]\w").match(document.plain, hit.end)
    return bool(before and before[1].casefold() in gazetteer.words["languages"]["cues"] and not follows)


def _unresolved(hit: Hit) -> Draft:
    meaning = hit.value[0]
    if meaning.kind == "demonym":
        return Draft(hit.start, hit.end, "GROUP", "nominal")
    return Draft(hit.start, hit.end, "COUNTRY", "adjectival" if meaning.kind == "adjective" else "name")


def _draft(document: Document, sentence: Sentence | None, hit: Hit, reading: Reading, gazetteer: Gazetteer) -> Draft:
    meaning = reading.meaning
    draft = Draft(
        hit.start - len("the ") if meaning.needs else hit.start,
        hit.end,
        meaning.entity_type,
        "adjectival" if meaning.kind == "adjective" else "name",
        meaning.entity_id,
        meaning.name,
        meaning.country_code,
        meaning.wikidata_id,
        link_method=reading.method,
        link_score=reading.score,
    )
    if meaning.kind == "demonym":
        return Draft(hit.start, hit.end, "GROUP", "nominal", country_code=meaning.country_code)
    if meaning.kind in ("capital", "leader_seat"):
        is_its_own = meaning.kind == "leader_seat" and _has_office_behind(document.plain, hit.end, gazetteer)
        if is_its_own or (meaning.ambiguity != "seat" and acts(document, sentence, hit.start, hit.end, gazetteer)):
            draft.is_metonym, draft.link_method, draft.link_score = True, "metonym", 0.9
        else:
            draft.entity_type, draft.entity_id, draft.wikidata_id = "PLACE", None, None
            draft.name = document.text[hit.start : hit.end]
            draft.link_method = draft.link_score = None
    seat = gazetteer.words["seats"]["words"].get(document.plain[hit.start : hit.end])
    is_seat = seat is not None and not any(word in document.plain for word in seat["unless"])
    if is_seat and acts(document, sentence, hit.start, hit.end, gazetteer):
        return _whose_seat(draft, seat)
    if meaning.ambiguity == "city":
        draft.start, draft.end = whole_place(document.plain, hit.start, hit.end, gazetteer)
        draft.name = document.text[draft.start : draft.end]
    return draft


def _has_office_behind(text: str, end: int, gazetteer: Gazetteer) -> bool:
    """Whether a seat of government owns those who are told behind it: "the Kremlin| spokesman"."""
    word = _OFFICE_WORD.match(text, end)
    return word is not None and (word[1] in gazetteer.titles or word[1] in gazetteer.words["groups"]["people"])


def _whose_seat(draft: Draft, seat: dict[str, Any]) -> Draft:
    """A city that acts as the body or the country whose seat it is: "Brussels threatened to cut funds"."""
    draft.entity_id, draft.name, draft.wikidata_id = seat["entity"], seat["name"], None
    kind, _, code = seat["entity"].partition(":")
    draft.entity_type, draft.country_code = ("COUNTRY", code) if kind == "country" else ("ORG", None)
    draft.is_metonym, draft.link_method, draft.link_score = True, "metonym", 0.9
    return draft


def acts(document: Document, sentence: Sentence | None, start: int, end: int, gazetteer: Gazetteer) -> bool:
    """Whether the place named in [start, end) stands for its government.

    It does as the subject of what a place does not do, as the owner of a decision, as party to relations ("with
    Havana"), or as the object of "urged"; joined by "and" it does what the first does. Anything else is a place.
    """
    words = gazetteer.words["metonymy"]
    text = document.plain
    if re.compile(r",? (?:the |its )?(?:capital|city)\b|, (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)").match(
        text, end
    ):
        return False
    if sentence is not None and start == sentence.start and DATELINE.match(text, end):
        return False
    owned = re.compile(r"'s? ((?:[\w-]+ ){0,2}[\w-]+)").match(text, end)
    if owned and text[end - 1 : end] != ".":
        return any(word.casefold() in words["possessions"] for word in owned[1].split())
    before = _WORD_BEFORE.search(text, max(start - 20, 0), start)
    if before and before[1].casefold() in words["prepositions"] and text[start - 1] == " ":
        return True
    source = _FROM.search(text, max(start - 25, 0), start)
    if source and source[1].casefold() in words["from_nouns"]:
        return True
    if sentence is None:
        return False
    token = sentence.at(end - 1)
    return token is not None and _token_acts(sentence, token, words, depth=0)


def _token_acts(sentence: Sentence, token: Token, words: dict[str, list[str]], depth: int) -> bool:
    head = sentence.tokens[token.head]
    if token.dependency in ("nsubj", "nsubjpass"):
        return head.part_of_speech in ("VERB", "AUX") and head.lemma not in words["place_verbs"]
    if token.dependency in ("dobj", "obj", "dative"):
        return head.lemma in words["acting_objects"]
    if token.dependency == "agent" or (token.dependency == "pobj" and head.dependency == "agent"):
        return True
    if token.dependency == "pobj":
        return head.lemma in words["prepositions"]
    if token.dependency == "conj" and depth < 4:
        return _token_acts(sentence, head, words, depth + 1)
    return False


def adjective_before(index: Index, text: str, start: int) -> Draft | None:
    """The country that ends one space before `start`: "Cuban |ambassador", "U.S. |official"."""
    return index.country_ending_at(start - 1) if text[start - 1 : start] == " " else None


def owner_before(index: Index, text: str, start: int) -> Draft | None:
    """The country whose possessive ends one space before `start`: "Cuba's |embassy"."""
    possessive = _POSSESSIVE.search(text, max(start - 3, 0), start)
    return index.country_ending_at(possessive.start()) if possessive else None


def is_abbreviation(document: Document, draft: Draft) -> bool:
    """Whether a country is told by its letters, which also serve as adjective: "U.S. officials"."""
    return document.plain[draft.start : draft.end].replace(".", "").isupper()
