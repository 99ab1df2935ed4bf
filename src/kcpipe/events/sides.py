""" "The two sides", "both governments", "the parties", "the two men": those whom the text told before.

Only where it is plain who: sides are the two of the article's title, else the only two that it has told so far; two
people are those of the sentence before, else those of the two countries of the title. What names stand behind "the two
countries" the mentions know already. Who is told by a common noun alone ("rebels") is understood nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kcpipe.events.actors import Actors
from kcpipe.events.participants import Party
from kcpipe.events.patterns import Trigger
from kcpipe.events.syntax import Sentence
from kcpipe.syntax import Token

_PLURAL = ("NNS", "NNPS")
_DEFINITE = frozenset({"the", "these"})


class Told(NamedTuple):
    """A report of the text so far: its sentence and who takes part."""

    sentence: Sentence
    parties: Sequence[Party]


def both_told(sentence: Sentence, trigger: Trigger, told: Sequence[Told], actors: Actors) -> list[Party]:
    """The two implicit parties of a trigger that is done by "the two sides" or "both men"; none where it may be others.

    told: the reports of the text, of which those of earlier sentences count.
    """
    if sentence.behind(trigger.token, ("with",)) or ("object" in trigger.pattern.party and trigger.objects):
        return []  # "both men met the president"
    doers = sentence.subjects(trigger.predicate) + sentence.behind(trigger.token, ("between", "by"))
    doers += [noun for doer in doers for noun in sentence.behind(doer, ("from", "of", "for"))]
    nouns = [doer for doer in doers if _is_both(sentence, doer, actors)]
    pairs = [each for each in told if each.sentence.number < sentence.number and _is_pair(each.parties)]
    if nouns and nouns[0].lemma in actors.pairs_of_people:
        near = [each for each in pairs if each.sentence.number == sentence.number - 1]
        meant = near or [each for each in pairs if each.sentence.role == "title" and _are_states(each.parties)]
    else:
        meant = [each for each in pairs if each.sentence.role == "title"] or pairs
    codes = {_codes(each.parties) for each in meant}
    if not nouns or len(codes) != 1 or not any(next(iter(codes))):
        return []
    named = [
        each.parties for each in (*meant, *pairs) if _codes(each.parties) in codes and all(map(_is_named, each.parties))
    ]
    return [party._replace(role="party", is_implicit=True) for party in named[0]] if named else []


def _codes(parties: Sequence[Party]) -> tuple[str, ...]:
    return tuple(sorted(party.country_code for party in parties))


def _is_pair(parties: Sequence[Party]) -> bool:
    return len(parties) == 2 and len({party.side for party in parties}) == 2


def _is_named(party: Party) -> bool:
    """Whether a party, one of several that take part alike, is told by a mention."""
    return party.role == "party" and party.mention_id is not None


def _are_states(parties: Sequence[Party]) -> bool:
    return all(party.country_code for party in parties)


def _is_both(sentence: Sentence, noun: Token, actors: Actors) -> bool:
    """Whether a noun is "the two", "both sides", "the two men" or "the parties"."""
    words = {word.text.lower() for word in sentence.children(noun, "det", "nummod", "predet", "amod", "compound")}
    if noun.tag == "CD":
        return noun.lemma == "two" and words == {"the"} and not sentence.children(noun, "prep", "relcl")
    if noun.tag not in _PLURAL or noun.lemma not in actors.sides | actors.pairs_of_people:
        return False
    is_two = "both" in words or ("two" in words and bool(words & _DEFINITE))
    return (is_two and len(words) <= 2) or (words == {"the"} and noun.lemma in ("side", "party"))
