"""What a number counts or measures: the noun it stands with in the parse."""

from __future__ import annotations

from kcpipe.quotes.reading import FINITE, Sentence

_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})


def root_of(sentence: Sentence, inside: list[int]) -> int:
    """Of the tokens of a number the one whose head stands outside."""
    return next(
        (i for i in inside if sentence.tokens[i].head not in inside or sentence.tokens[i].head == i), inside[-1]
    )


def counted_noun(sentence: Sentence, inside: list[int], root: int, idle: frozenset[str]) -> tuple[int, int] | None:
    """The span of the noun that a number counts: behind it, behind its "of", or before "of" and it.

    inside: tokens of the number. root: of those the one whose head stands outside. idle: nouns before "of" and a
    number that say nothing of what is counted. None when the parse shows no such noun.
    """
    tokens = sentence.tokens
    head = tokens[root].head
    if tokens[root].dependency in ("nummod", "amod", "compound", "nmod", "quantmod") and tokens[head].tag in _NOUNS:
        if head <= inside[-1] or not _is_run(sentence, inside[-1] + 1, head):
            return None
        return _words(sentence, inside[-1] + 1, _whole(sentence, head))
    if inside[0] and tokens[inside[0] - 1].tag in ("DT", "PRP$"):
        return None
    return measured_noun(sentence, tokens[inside[0]].start, tokens[inside[-1]].end, idle)


def _is_run(sentence: Sentence, first: int, last: int) -> bool:
    """Whether the words from first to last are one noun phrase without a break."""
    between = sentence.tokens[first:last]
    return last - first < 6 and not any(t.text in (",", ";", ":", "(", ")") or t.tag in FINITE for t in between)


def measured_noun(sentence: Sentence, start: int, end: int, idle: frozenset[str]) -> tuple[int, int] | None:
    """The span of the noun that an amount measures: "4% of exports", "growth of 4%", "a $3 million project".

    start, end: the amount in the text, its sign and unit included. idle and None as in `counted_noun`.
    """
    tokens = sentence.tokens
    inside = sentence.within(start, end)
    if not inside:
        return None
    root = root_of(sentence, inside)
    if inside[-1] + 1 < len(tokens) and tokens[inside[-1] + 1].lemma == "of":
        preposition = inside[-1] + 1
        noun = sentence.child(preposition, "pobj")
        belongs = tokens[preposition].head in inside or tokens[preposition].head == tokens[root].head
        if noun is not None and belongs and tokens[noun].tag in _NOUNS:
            return _noun_phrase(sentence, noun)
    head = tokens[root].head
    if tokens[root].dependency == "pobj" and tokens[head].lemma == "of" and tokens[tokens[head].head].tag in _NOUNS:
        noun = tokens[head].head
        return None if tokens[noun].lemma in idle else _noun_phrase(sentence, noun)
    if tokens[root].dependency not in ("nummod", "amod", "compound", "nmod") or tokens[head].tag not in _NOUNS:
        return None
    if head > inside[-1] and _is_run(sentence, inside[-1] + 1, head):
        return _words(sentence, inside[-1] + 1, _whole(sentence, head))
    return None


def _whole(sentence: Sentence, noun: int) -> int:
    """The noun that a compound ends in: of "vehicle" in "vehicle voucher" the voucher."""
    tokens = sentence.tokens
    while tokens[noun].dependency in ("compound", "nmod") and noun < tokens[noun].head <= noun + 3:
        noun = tokens[noun].head
    return noun


def _noun_phrase(sentence: Sentence, head: int) -> tuple[int, int]:
    """A noun with the adjectives and nouns right before it."""
    first = head
    while first > 0 and _modifies(sentence, first - 1, first, head):
        first -= 1
    return _words(sentence, first, head)


def _modifies(sentence: Sentence, index: int, first: int, head: int) -> bool:
    token = sentence.tokens[index]
    is_modifier = token.dependency in ("amod", "compound", "nmod") and not token.is_verb
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
