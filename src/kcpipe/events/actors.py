"""The nouns for those who take part, by what they may do: the lexicon `actors`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import NamedTuple

from kcpipe.events.patterns import Pattern
from kcpipe.events.syntax import Sentence
from kcpipe.lexicon import Lexicon
from kcpipe.syntax import Token

MODIFIERS = ("amod", "compound", "nmod")


class Nouns(NamedTuple):
    """The lemmas that name a party without a country: as nouns, as adjectives, and of those that may be things."""

    all: frozenset[str]
    adjectival: frozenset[str]
    things: frozenset[str]
    """Those that name nobody in the singular without a word before them."""
    numbers: frozenset[str]
    """Those that name somebody as numbers do; where there are any, a number alone names somebody, too."""

    def name(self, sentence: Sentence, token: Token) -> bool:
        """Whether the token is one: "rebels", the first word of "rebel boats", but not that of "ambassador-level"."""
        around = sentence.text[max(token.start - sentence.start - 1, 0) : token.end - sentence.start + 1]
        is_half_a_word = around.startswith("-") or around.endswith("-")
        lemmas = self.all if token.part_of_speech in ("NOUN", "PROPN") else self.adjectival
        is_thing = token.lemma in self.things and token.tag not in ("NNS", "NNPS")  # "use force", but "a joint force"
        is_thing = is_thing and not sentence.children(token, "det", "poss", *MODIFIERS)
        is_people = token.entity_label == "NORP" and token.tag in ("NNS", "NNPS")  # "Kurds"
        is_number = token.tag == "CD" and token.entity_label in ("", "CARDINAL")
        is_number = is_number or (token.lemma in self.numbers and token.tag in ("NNS", "DT"))  # "two others"
        is_named = (token.lemma in lemmas and not is_thing) or is_people or (bool(self.numbers) and is_number)
        return is_named and not is_half_a_word and not sentence.counted(token)


@dataclass(frozen=True)
class Actors:
    """The word lists of the lexicon `actors`, as lemmas; the file says what each is."""

    official: frozenset[str]
    private: frozenset[str]
    acted_upon: frozenset[str]
    adjectival: frozenset[str]
    things: frozenset[str]
    inert: frozenset[str]
    unnamed: frozenset[str]
    numbers: frozenset[str]
    kin: frozenset[str]
    sides: frozenset[str]
    pairs_of_people: frozenset[str]

    @cached_property
    def anybody(self) -> frozenset[str]:
        """Nouns for all who may do something."""
        return self.official | self.private

    @cached_property
    def people(self) -> frozenset[str]:
        """Nouns for all who take part, doing or being done to."""
        return self.anybody | self.acted_upon

    def told_by(self, pattern: Pattern, role: str) -> Nouns:
        """The nouns that name a party of this role without a country."""
        is_done_to = role == "recipient"
        return _nouns_told(self, pattern.by, is_done_to, pattern.understood, pattern.numbers and is_done_to)


@lru_cache(maxsize=64)
def _nouns_told(actors: Actors, by: str, is_done_to: bool, is_understood: bool, has_numbers: bool) -> Nouns:
    if by == "states":
        return Nouns(frozenset(), frozenset(), frozenset(), frozenset())
    doers = actors.anybody if by == "anybody" else actors.official
    nouns = actors.people if is_done_to else doers
    nouns = nouns - actors.unnamed if is_understood else nouns
    return Nouns(nouns, nouns & actors.adjectival, actors.things, actors.numbers if has_numbers else frozenset())


@lru_cache(maxsize=8)
def load_actors(lexicon: Lexicon) -> Actors:
    """The word lists of the lexicon `actors`."""
    return Actors(*(frozenset(lexicon.rules[each.name]["nouns"]) for each in fields(Actors)))
