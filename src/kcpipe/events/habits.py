"""Habits: what the simple present of a running text tells is done in general, and is no event.

"The insurer offers discounts", "the agency investigates fraud": nothing has happened. What a country or an
international body does in it is news ("China supports the plan"), but for the verbs that of them, too, only describe:
"Italy offers many wines".
"""

from __future__ import annotations

from kcpipe.events.factuality import HEADLINE_ROLES, Factuality
from kcpipe.events.syntax import VERBAL, Sentence
from kcpipe.syntax import Token


def is_habit(sentence: Sentence, predicate: Token, words: Factuality, *, is_public: bool) -> bool:
    """Whether a word that tells an ongoing event only tells what is done in general.

    is_public: whether a country or an international body takes part. Headlines tell news in the simple present.
    """
    if sentence.role in HEADLINE_ROLES:
        return False
    if is_public:
        return predicate.lemma in words.describing and _is_simple_present(sentence, predicate)
    verbs = [word for word in (predicate, *sentence.ancestors(predicate)) if word.part_of_speech in VERBAL]
    finite = next((verb for verb in verbs if sentence.has_tense(verb)), None)
    return finite is not None and _is_simple_present(sentence, finite)


def _is_simple_present(sentence: Sentence, verb: Token) -> bool:
    """Whether a verb stands in the simple present, active, passive or asked: "offers", "is offered", "does offer"."""
    auxiliaries = sentence.children(verb, "aux", "auxpass")
    if not auxiliaries:
        return verb.tag in ("VBZ", "VBP")
    first = auxiliaries[0]
    is_emphatic = verb.tag == "VB" and first.lemma == "do" and first.tag in ("VBZ", "VBP")
    is_passive = verb.tag == "VBN" and first.lemma == "be" and first.tag in ("VBZ", "VBP")
    return is_emphatic or is_passive
