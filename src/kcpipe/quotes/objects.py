"""What a number counts or measures: the noun it stands with in the parse."""

from __future__ import annotations

from collections.abc import Sequence

from kcpipe.syntax import FINITE, Sentence, Token

_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_MODIFIERS = ("amod", "compound", "nmod")


def counted_noun(
    sentence: Sentence, inside: Sequence[Token], root: Token, idle: frozenset[str]
) -> tuple[int, int] | None:
    """The span of the noun that a number counts: behind it, behind its "of", or before "of" and it.

    inside: tokens of the number. root: of those the one whose head stands outside. idle: nouns before "of" and a
    number that say nothing of what is counted. None when the parse shows no such noun.
    """
    head = sentence.tokens[root.head]
    if root.dependency in (*_MODIFIERS, "nummod", "quantmod") and head.tag in _NOUNS:
        return _behind(sentence, inside[-1], head)
    first = inside[0].number
    if first and sentence.tokens[first - 1].tag in ("DT", "PRP$"):
        return None
    return measured_noun(sentence, inside[0].start, inside[-1].end, idle)


def measured_noun(sentence: Sentence, start: int, end: int, idle: frozenset[str]) -> tuple[int, int] | None:
    """The span of the noun that an amount measures: "4% of exports", "growth of 4%", "a $3 million project".

    start, end: the amount in the text, its sign and unit included. idle and None as in `counted_noun`.
    """
    inside, root = sentence.within(start, end), sentence.covering(start, end)
    if root is None:
        return None
    head = sentence.tokens[root.head]
    over = sentence.tokens[head.head]
    after = inside[-1].number + 1
    for preposition in sentence.tokens[after : after + 1]:
        noun = sentence.child(preposition, "pobj")
        belongs = sentence.tokens[preposition.head] in (*inside, head)
        if preposition.lemma == "of" and noun is not None and belongs and noun.tag in _NOUNS:
            return _noun_phrase(sentence, noun)
    if root.dependency == "pobj" and head.lemma == "of" and over.tag in _NOUNS:
        return None if over.lemma in idle else _noun_phrase(sentence, over)
    if root.dependency in (*_MODIFIERS, "nummod") and head.tag in _NOUNS:
        return _behind(sentence, inside[-1], head)
    return None


def noun_of(sentence: Sentence, adjective: Token) -> tuple[int, int] | None:
    """The span of the noun that an adjective describes: the force of "a 4,500-strong force"."""
    noun = sentence.tokens[adjective.head]
    return _behind(sentence, adjective, noun) if noun.tag in _NOUNS else None


def _behind(sentence: Sentence, last: Token, noun: Token) -> tuple[int, int] | None:
    """The span from behind the last token of a number to a noun, when that is one noun phrase without a break."""
    between = sentence.tokens[last.number + 1 : noun.number]
    is_run = len(between) < 6 and not any(t.text in (",", ";", ":", "(", ")") or t.tag in FINITE for t in between)
    return _words(sentence, last.number + 1, _whole(sentence, noun).number) if last < noun and is_run else None


def _whole(sentence: Sentence, noun: Token) -> Token:
    """The noun that a compound ends in: of "vehicle" in "vehicle voucher" the voucher."""
    while noun.dependency in ("compound", "nmod") and noun.number < noun.head <= noun.number + 3:
        noun = sentence.tokens[noun.head]
    return noun


def _noun_phrase(sentence: Sentence, head: Token) -> tuple[int, int]:
    """A noun with the adjectives and nouns right before it."""
    first = head.number
    while first > 0 and _modifies(sentence.tokens[first - 1], first, head.number):
        first -= 1
    return _words(sentence, first, head.number)


def _modifies(token: Token, first: int, head: int) -> bool:
    is_modifier = token.dependency in _MODIFIERS and not token.is_verb
    return (is_modifier or token.text == "-") and first <= token.head <= head


def _words(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    while first < last and not sentence.tokens[first].is_word:
        first += 1
    # "five U-boats": the parser may cut at the hyphen.
    while last + 2 < len(sentence.tokens) and _is_hyphen(sentence, last + 1):
        last += 2
    return sentence.tokens[first].start, sentence.tokens[last].end


def _is_hyphen(sentence: Sentence, index: int) -> bool:
    before, token, after = sentence.tokens[index - 1 : index + 2]
    return token.text == "-" and before.end == token.start and token.end == after.start
