"""What holds rather than happens: what a text says a country or organisation is, becomes or remains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kcpipe.events.participants import Mentions
from kcpipe.events.syntax import Sentence, Token

PROPERTIES = {"be": "is", "become": "becomes", "remain": "remains"}
_NEGATION = ("not", "n't", "never")
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


def facts(sentence: Sentence, mentions: Mentions) -> Iterator[Fact]:
    """The facts a sentence asserts in the present or past: "Cuba is one of the four nations ..."."""
    for verb in sentence.tokens:
        if verb.lemma not in PROPERTIES or verb.dependency not in ("ROOT", "conj", "advcl", "ccomp"):
            continue
        if sentence.children(verb, "aux") and any(aux.tag == "MD" for aux in sentence.children(verb, "aux")):
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
        words = list(sentence.subtree(complements[0]))
        start, end = min(t.start for t in words), max(t.end for t in words)
        others = [r for r in mentions.within(start, end) if r["entity_id"] not in (None, subjects[0]["entity_id"])]
        negated = any(child.lemma in _NEGATION for child in sentence.children(verb, "neg"))
        yield Fact(
            PROPERTIES[verb.lemma],
            subjects[0]["mention_id"],
            others[0]["mention_id"] if others else None,
            start,
            end,
            negated,
            verb,
        )
