"""What a report is about: the kind of event that is proposed, accepted or announced in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kcpipe.events.document import Document
from kcpipe.events.patterns import Trigger
from kcpipe.events.syntax import Sentence
from kcpipe.syntax import Token

Found = Mapping[int, Sequence[Sequence[Trigger]]]
"""By sentence number, the triggers of each word that may tell an event."""

# Sentences among which the proposal is looked for that "the proposal" means.
_LOOKED_BACK = 20
_OTHER_CLAUSES = ("conj", "advcl", "relcl", "parataxis")


def matter(document: Document, sentence: Sentence, trigger: Trigger, found: Found) -> str | None:
    """The kind of the first event told in what the trigger governs: "proposed the establishment of relations".

    Where it governs only a noun that the reader knows ("accepted Peru's proposal"), that of the nearest such noun told
    before of the same country.
    """
    heads = [noun for noun in trigger.objects if noun.lemma in trigger.pattern.with_object]
    for top in (*trigger.objects, trigger.token):
        if kind := _first_kind(sentence, top, found, without=[trigger.token, *heads]):
            return kind
    for noun in heads:
        if codes := _owners(document, sentence, noun):
            return _told_before(document, sentence, noun, codes, found)
    return None


def _first_kind(sentence: Sentence, top: Token, found: Found, without: Sequence[Token]) -> str | None:
    """The kind of the first trigger at or below a word, in its clause."""
    kinds = {alternatives[0].token: alternatives[0].pattern.kind for alternatives in found[sentence.number]}
    words = sentence.subtree(top, without=_OTHER_CLAUSES)
    return next((kinds[word] for word in words if word in kinds and word not in without), None)


def _told_before(
    document: Document, sentence: Sentence, noun: Token, codes: frozenset[str], found: Found
) -> str | None:
    before = [other for other in document.sentences if other.number < sentence.number][-_LOOKED_BACK:]
    same = ((other, word) for other in reversed(before) for word in other.tokens if word.lemma == noun.lemma)
    kinds = (_first_kind(other, word, found, [word]) for other, word in same if codes & _owners(document, other, word))
    return next((kind for kind in kinds if kind), None)


def _owners(document: Document, sentence: Sentence, noun: Token) -> frozenset[str]:
    """The countries whose it is: "Peru's proposal", "the Peruvian proposal"."""
    owners = sentence.children(noun, "poss", "amod", "compound", "nmod")
    rows = [row for owner in owners for row in document.mentions.covering(owner.start, owner.end)]
    return frozenset(code for row in rows for code in document.mentions.countries(row))
