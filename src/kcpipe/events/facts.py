"""What holds rather than happens: what a text says a country or organisation is, has or measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from kcpipe.events.factuality import Factuality, judge
from kcpipe.events.participants import Mentions
from kcpipe.events.syntax import PASSIVE_SUBJECTS, SUBJECTS, VERBAL, Sentence
from kcpipe.lexicon import Lexicon
from kcpipe.syntax import Token

Row = Mapping[str, Any]

_SUBJECT_TYPES = ("COUNTRY", "ORG")
_MEASURED = ("money", "percent", "cardinal")
_OWNING = ("of", "between", "with")


class Fact(NamedTuple):
    """One fact; `value` is the words of the complement, offsets clean."""

    property: str
    subject_mention_id: str
    object_mention_id: str | None
    value_start: int
    value_end: int
    is_negated: bool
    verb: Token
    quantity: Row | None = None


@dataclass(frozen=True)
class FactWords:
    """The word lists of the lexicon `fact_words`."""

    copulas: Mapping[str, str]
    having: Mapping[str, str]
    possessions: frozenset[str]
    measures: frozenset[str]
    measuring: frozenset[str]


@lru_cache(maxsize=8)
def load_fact_words(lexicon: Lexicon) -> FactWords:
    """The word lists by name."""
    rules = lexicon.rules
    return FactWords(
        rules["copulas"],
        rules["having"]["verbs"],
        frozenset(rules["having"]["nouns"]),
        frozenset(rules["measures"]["nouns"]),
        frozenset(rules["measures"]["verbs"]),
    )


def facts(
    sentence: Sentence, mentions: Mentions, quantities: Sequence[Row], words: Factuality, lists: FactWords
) -> Iterator[Fact]:
    """The facts a sentence asserts of the present or past: "Cuba is one of the four nations ...".

    quantities: the rows of quantity_drafts in the sentence.
    """
    for verb in sentence.tokens:
        if verb.lemma in lists.copulas and verb.dependency in ("ROOT", "conj", "advcl", "ccomp"):
            yield from _being(sentence, verb, mentions, words, lists)
        elif verb.lemma in lists.having and verb.part_of_speech in VERBAL:
            yield from _having(sentence, verb, mentions, words, lists)
    for quantity in quantities:
        if quantity["quantity_kind"] in _MEASURED:
            yield from _measuring(sentence, quantity, mentions, words, lists)


def _being(sentence: Sentence, verb: Token, mentions: Mentions, words: Factuality, lists: FactWords) -> Iterator[Fact]:
    complements = sentence.children(verb, "attr") or (
        [c for c in sentence.children(verb, "prep") if c.lemma == "without"] if verb.lemma == "remain" else []
    )
    subjects = _subjects(sentence.children(verb, "nsubj"), mentions)
    if not complements or not subjects:
        return
    judgement = judge(sentence, verb, words)
    if judgement is None or judgement.status not in ("occurred", "ongoing"):
        return
    # The parser hangs "to do it" of "the 193rd country to do it" on the verb.
    infinitives = [c for c in sentence.children(verb, "advcl", "xcomp") if sentence.singled_out_by(c)]
    parts = [word for head in (complements[0], *infinitives) for word in sentence.subtree(head)]
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    related = _related(mentions, start, end, subjects[0])
    yield Fact(lists.copulas[verb.lemma], subjects[0]["mention_id"], related, start, end, judgement.is_negated, verb)


def _having(sentence: Sentence, verb: Token, mentions: Mentions, words: Factuality, lists: FactWords) -> Iterator[Fact]:
    """ "Cuba has a special relationship with North Korea", "with which it has no ties"."""
    nouns = [noun for noun in sentence.children(verb, "dobj") if noun.lemma in lists.possessions]
    subjects = _subjects(sentence.subjects(verb), mentions) if nouns else []
    judgement = judge(sentence, verb, words) if subjects else None
    if not subjects or judgement is None or judgement.status not in ("occurred", "ongoing"):
        return
    phrase = sentence.subtree(nouns[0], without=("relcl", "acl", "advcl"))
    others = [*sentence.behind(nouns[0], ("with",)), *sentence.behind(verb, ("with",))]
    others += [meant for noun in others for meant in sentence.subjects_of_copula(noun)]  # "the country with which"
    related = _subjects(others, mentions)
    yield Fact(
        lists.having[verb.lemma],
        subjects[0]["mention_id"],
        related[0]["mention_id"] if related else None,
        phrase[0].start,
        phrase[-1].end,
        judgement.is_negated,
        verb,
    )


def _measuring(
    sentence: Sentence, quantity: Row, mentions: Mentions, words: Factuality, lists: FactWords
) -> Iterator[Fact]:
    """ "a population of 11 million", "the volume of trade stood at $57 million", "economic growth of 4%"."""
    amount = sentence.covering(quantity["char_start"], quantity["char_end"])
    if amount is None:
        return
    above = sentence.head(amount)
    if above is not None and above.dependency == "prep":
        above = sentence.head(above)
    if above is None:
        return
    if above.lemma in lists.measures:
        measure: Token | None = above
        verb = next((word for word in sentence.ancestors(above) if word.part_of_speech in VERBAL), None)
    else:
        verb = above if above.lemma in lists.measuring else None
        told = sentence.children(verb, *SUBJECTS, *PASSIVE_SUBJECTS) if verb is not None else []
        measure = next((noun for noun in told if noun.lemma in lists.measures), None)
    judgement = judge(sentence, verb, words) if verb is not None else None
    if measure is None or verb is None or judgement is None or judgement.status not in ("occurred", "ongoing"):
        return
    owners = [*sentence.children(measure, "poss", "amod", "compound"), *sentence.behind(measure, _OWNING)]
    owners += [owner for of in sentence.behind(measure, ("of",)) for owner in sentence.behind(of, _OWNING)]
    groups = [
        row for noun in owners for row in mentions.covering(noun.start, noun.end) if row["entity_type"] == "GROUP"
    ]
    subjects = _subjects(owners, mentions) or groups or _subjects(sentence.subjects(verb), mentions)
    if not subjects:
        return
    yield Fact(
        _name(sentence, measure),
        subjects[0]["mention_id"],
        None,
        quantity["char_start"],
        quantity["char_end"],
        judgement.is_negated,
        verb,
        quantity,
    )


def _name(sentence: Sentence, measure: Token) -> str:
    """The measure as a name that can be counted: "population", "volume_of_trade"."""
    before = [word.lemma for word in sentence.children(measure, "compound") if word.entity_label == ""]
    of = [f"of_{word.lemma}" for word in sentence.behind(measure, ("of",)) if word.entity_label == ""][:1]
    return "_".join([*before, measure.lemma, *of])


def _subjects(nouns: Sequence[Token], mentions: Mentions) -> list[Row]:
    """The countries and organisations that nouns name, "the two countries" too."""
    return [
        row
        for noun in nouns
        for row in mentions.covering(noun.start, noun.end)
        if (row["entity_type"] in _SUBJECT_TYPES and row["entity_id"]) or row["mention_id"] in mentions.members
    ]


def _related(mentions: Mentions, start: int, end: int, subject: Row) -> str | None:
    others = [row for row in mentions.within(start, end) if row["entity_id"] not in (None, subject["entity_id"])]
    countries = [row for row in others if row["entity_type"] == "COUNTRY"]
    related = next(iter(countries or others), None)
    return related["mention_id"] if related else None
