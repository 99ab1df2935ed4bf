"""On which side of its writing a date lies, by the verb that governs it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kcpipe.intervals import Direction


class Token(NamedTuple):
    """A row of `tokens`, as far as tense needs it; its place in the sentence is its token_number."""

    char_start: int
    char_end: int
    lemma: str
    tag: str
    dependency: str
    head: int


# What is expected, planned, due, lies ahead of the verb's own time.
AHEAD = frozenset(
    "expect plan schedule set slate due intend aim hope prepare agree promise pledge vow propose decide go want seek "
    "likely unlikely ready about poise".split()
)
_AHEAD_MODALS = frozenset(("will", "shall", "'ll", "’ll", "wo", "may", "might", "must", "can"))
_CONDITIONS = frozenset(("if", "unless", "once", "until"))
_PERFECT = ("have", "'ve", "’ve")


class Sentence:
    """The parse of a sentence, laid out so that one expression is looked up without reading all tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """tokens: all of the sentence, in order; may be empty."""
        self.tokens = tokens
        self._starts = [token.char_start for token in tokens]
        self.auxiliaries: dict[int, list[Token]] = {}
        self.conditional: set[int] = set()
        """Verbs of a clause with "if": their present tense lies ahead."""
        for number, token in enumerate(tokens):
            if token.dependency in ("aux", "auxpass") and token.head != number:
                self.auxiliaries.setdefault(token.head, []).append(token)
            if token.dependency == "mark" and token.lemma in _CONDITIONS:
                self.conditional.add(token.head)

    def governors(self, start: int, end: int) -> Iterator[int]:
        """The tokens above the expression [start, end), nearest first; offsets as in the tokens."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        inside = range(first, bisect_left(self._starts, end))
        tops = [number for number in inside if self.tokens[number].head not in inside]
        if not tops:
            return
        here, seen = tops[0], set(inside)
        while self.tokens[here].head not in seen:
            here = self.tokens[here].head
            seen.add(here)
            yield here

    def governing_verb(self, start: int, end: int) -> int | None:
        """The nearest verb above the expression; None when there is none."""
        return next((number for number in self.governors(start, end) if self.is_verb(number)), None)

    def is_verb(self, number: int) -> bool:
        """Whether a token is a verb, by its tag or because it heads a clause with "if"."""
        tag = self.tokens[number].tag
        return tag.startswith("VB") or tag == "MD" or number in self.conditional

    def direction(self, start: int, end: int) -> Direction:
        """past, future, or either when the tense does not tell (present, a headline, no verb)."""
        verb = self.governing_verb(start, end)
        return "either" if verb is None else _of_verb(self, verb, frozenset())


def _of_verb(sentence: Sentence, number: int, seen: frozenset[int]) -> Direction:
    verb = sentence.tokens[number]
    helpers = sentence.auxiliaries.get(number, [])
    lemmas = {helper.lemma for helper in helpers}
    tags = {helper.tag for helper in helpers}
    is_perfect = bool(lemmas & set(_PERFECT)) and verb.tag in ("VBN", "VBG", "VBD")
    if is_perfect or "VBD" in tags or (verb.tag == "VBD" and not helpers):
        # "was expected on Friday", "had planned for May": ahead of then, not of now.
        return "either" if verb.lemma in AHEAD and verb.tag != "VBD" else "past"
    if "MD" in tags:
        return "future" if lemmas & _AHEAD_MODALS else "either"
    if "TO" in tags:
        return _of_infinitive(sentence, number, seen)
    if helpers or verb.tag in ("VBZ", "VBP", "NNS", "NN"):
        return "future" if verb.lemma in AHEAD or number in sentence.conditional else "either"
    return _of_bare_form(sentence, number, seen)


def _above(sentence: Sentence, number: int, seen: frozenset[int]) -> Direction:
    """The direction of the next verb above."""
    tokens = sentence.tokens
    while tokens[number].head != number and number not in seen:
        seen |= {number}
        number = tokens[number].head
        if sentence.is_verb(number):
            return _of_verb(sentence, number, seen)
    return "either"


def _of_infinitive(sentence: Sentence, number: int, seen: frozenset[int]) -> Direction:
    verb = sentence.tokens[number]
    above = _above(sentence, number, seen)
    if verb.dependency == "advcl":  # "met to talk": the purpose shares the time
        return above
    if above == "past" or verb.head == number:  # "agreed to meet on Friday": ahead of then
        return "either"
    return "future" if above == "future" or sentence.tokens[verb.head].lemma in AHEAD else "either"


def _of_bare_form(sentence: Sentence, number: int, seen: frozenset[int]) -> Direction:
    """A participle or a second verb without an auxiliary of its own."""
    verb = sentence.tokens[number]
    if verb.dependency == "conj" or verb.tag in ("VBG", "VB"):
        return _above(sentence, number, seen)
    if verb.tag in ("VBN", "VBD"):  # "a conference held in May", "scheduled for Friday"
        return "future" if verb.lemma in AHEAD else "past"
    return "either"
