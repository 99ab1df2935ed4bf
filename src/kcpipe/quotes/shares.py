"""Amounts told without a number: "half of the deputies", "a quarter of exports", "dozens of people"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kcpipe.quotes.objects import measured_noun
from kcpipe.quotes.quantity_words import Quantity, QuantityWords
from kcpipe.quotes.reading import Reading
from kcpipe.syntax import Sentence

_ARTICLE = re.compile(r"\b[Aa] $")


def halves(document: Reading, sentence: Sentence, words: QuantityWords) -> Iterator[Quantity]:
    """ "half of the deputies", "a quarter of exports": shares without a number word."""
    if not words.share_words.stand_in(sentence.text):
        return
    for match in words.share.finditer(document.text, sentence.start, sentence.end):
        article = _ARTICLE.search(document.text, sentence.start, match.start())
        if match["half"]:
            yield share_of(sentence, match.start(), match.end(), 1.0, 2, words)
        elif article and match["noun"] not in words.numbers.ordinals:
            yield share_of(sentence, article.start(), match.end(), 1.0, words.fractions[match["noun"]], words)


def vague_amounts(document: Reading, sentence: Sentence, words: QuantityWords) -> Iterator[Quantity]:
    """How many at least: "dozens of people", "hundreds more", "thousands fled", "tens of millions of dollars"."""
    text = document.text
    if not words.plural_words.stand_in(sentence.text.casefold()):
        return
    for match in words.plurals.finditer(text, sentence.start, sentence.end):
        token = sentence.at(match.start())
        if token is None or not token.tag.startswith("N") or token.dependency in ("compound", "npadvmod", "amod"):
            continue
        of, more = (text.startswith(follower, match.end()) for follower in (" of ", " more"))
        is_alone = token.dependency in ("nsubj", "nsubjpass", "dobj", "conj") and token.lemma not in words.only_of
        is_counted = text[max(sentence.start, match.start() - 4) : match.start()].lower() in ("the ", " few")
        if is_counted or not (of or more or is_alone) or (match[0].lower() in words.only_of and not of):
            continue
        low = 1.0
        for word in match[0].lower().split(" of "):
            low *= words.vague[word]
        money = words.currency_after.match(text, match.end() + len(" of"), sentence.end) if of else None
        if money is not None:
            code, basis = words.currencies[money[1]]
            yield Quantity(match.start(), money.end(), "money", None, low, None, code, basis)
            continue
        noun = measured_noun(sentence, match.start(), match.end(), words.idle_nouns) if of else None
        if noun is None or sentence.within(*noun)[-1].lemma not in words.time_units:
            yield Quantity(match.start(), match.end(), "cardinal", None, low, None, object_span=noun)


def share_of(sentence: Sentence, start: int, end: int, part: float, whole: int, words: QuantityWords) -> Quantity:
    """The quantity, in per cent to two digits, of `part` of `whole` parts told in [start, end) of the clean text."""
    value = round(100 * part / whole, 2)
    is_of = sentence.text.startswith(" of ", end - sentence.start)
    noun = measured_noun(sentence, start, end, words.idle_nouns) if is_of else None
    return Quantity(start, end, "percent", value, value, value, "percent", "assumed", noun)
