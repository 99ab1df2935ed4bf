"""What holds rather than happens: what a text says a country or organisation is, becomes or remains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kcpipe.events.factuality import Factuality, judge
from kcpipe.events.participants import Mentions
from kcpipe.events.syntax import Sentence
from kcpipe.syntax import Token

PROPERTIES = {"be": "is", "become": "becomes", "remain": "remains"}
_SUBJECT_TYPES = ("COUNTRY", "ORG")


class Fact(NamedTuple):
    """One fact; `value` is the words of the complement, offsets clean."""

    property: str
    subject_mention_id: str
    object_mention_id: str | None
    value_start: int
    value_end: int
    is_negated: bool
    verb: Token


def facts(sentence: Sentence, mentions: Mentions, words: Factuality) -> Iterator[Fact]:
    """The facts a sentence asserts of the present or past: "Cuba is one of the four nations ..."."""
    for verb in sentence.tokens:
        if verb.lemma not in PROPERTIES or verb.dependency not in ("ROOT", "conj", "advcl", "ccomp"):
            continue
        judgement = judge(sentence, verb, words)
        if judgement is None or judgement.status not in ("occurred", "ongoing"):
            continue
        complements = sentence.children(verb, "attr") or (
            [c for c in sentence.children(verb, "prep") if c.lemma == "without"] if verb.lemma == "remain" else []
        )
        subjects = [
            row
            for noun in sentence.children(verb, "nsubj")
            for row in mentions.covering(noun.start, noun.end)
            if row["entity_type"] in _SUBJECT_TYPES and row["entity_id"]
        ]
        if not complements or not subjects:
            continue
        # The parser hangs "to do it" of "the 193rd country to do it" on the verb.
        infinitives = [c for c in sentence.children(verb, "advcl", "xcomp") if sentence.singled_out_by(c)]
        parts = [word for head in (complements[0], *infinitives) for word in sentence.subtree(head)]
        start, end = min(part.start for part in parts), max(part.end for part in parts)
        others = [r for r in mentions.within(start, end) if r["entity_id"] not in (None, subjects[0]["entity_id"])]
        countries = [row for row in others if row["entity_type"] == "COUNTRY"]
        related = next(iter(countries or others), None)
        yield Fact(
            PROPERTIES[verb.lemma],
            subjects[0]["mention_id"],
            related["mention_id"] if related else None,
            start,
            end,
            judgement.is_negated,
            verb,
        )
