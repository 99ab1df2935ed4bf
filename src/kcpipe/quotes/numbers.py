"""Numbers in running text, in digits and words: where they stand and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from kcpipe.lexicon import Keywords

_PIECE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_SUFFIX = frozenset({"st", "nd", "rd", "th"})
_BEFORE_WORDS = frozenset({"a", "an", "half"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; offsets in the text searched."""

    start: int
    end: int
    value: Decimal
    is_ordinal: bool
    is_bare: bool
    """Digits alone, without comma, point or scale: it may be a year or a label."""
    is_capitalised: bool
    """Written as a word with a capital: at the head of a sentence, or part of a name."""


@dataclass(frozen=True)
class NumberWords:
    """What each number word is worth."""

    cardinals: Mapping[str, int]
    scales: Mapping[str, int]
    ordinals: Mapping[str, int]

    @cached_property
    def opening(self) -> frozenset[str]:
        """Words with which a number may begin."""
        return _BEFORE_WORDS | self.cardinals.keys() | self.ordinals.keys()

    @cached_property
    def keywords(self) -> Keywords:
        """Every number in words holds one, its case folded."""
        return Keywords((*self.cardinals, *self.scales, *self.ordinals))


def numbers(text: str, words: NumberWords) -> list[Number]:
    """The numbers of a text from left to right; parts of names, dates and codes are still among them.

    "3 million" and "two hundred and five" are one number each. Digits that touch letters are none, but for an
    ordinal's suffix ("193rd").
    """
    if not (_DIGIT.search(text) or words.keywords.stand_in(text.casefold())):
        return []
    pieces = list(_PIECE.finditer(text))
    found: list[Number] = []
    index = 0
    for place, piece in enumerate(pieces):
        word = piece[0].lower()
        if place < index or not (word in words.opening or word[0].isdecimal()):
            continue
        taken = _digits(text, pieces, place, words) or _in_words(text, pieces, place, words)
        if taken is not None:
            number, index = taken
            found.append(number)
    return found


def _gap(text: str, pieces: list[re.Match[str]], index: int) -> str | None:
    """What stands between a piece and the next; None at the end."""
    return text[pieces[index].end() : pieces[index + 1].start()] if index + 1 < len(pieces) else None


def _digits(text: str, pieces: list[re.Match[str]], index: int, words: NumberWords) -> tuple[Number, int] | None:
    piece = pieces[index]
    if not piece.group()[0].isdecimal() or not piece.group()[0].isascii():
        return None
    value = Decimal(piece.group().replace(",", ""))
    start, end = piece.span()
    is_bare = piece.group().isdigit()
    gap = _gap(text, pieces, index)
    following = pieces[index + 1].group().lower() if gap is not None else ""
    if gap == "" and following in _SUFFIX:
        return Number(start, pieces[index + 1].end(), value, True, False, False), index + 2
    if gap in (" ", "-", "\u00a0") and following in words.scales:
        while gap in (" ", "-", "\u00a0") and following in words.scales:
            index += 1
            value *= words.scales[following]
            end = pieces[index].end()
            gap = _gap(text, pieces, index)
            following = pieces[index + 1].group().lower() if gap is not None else ""
        is_bare = False
    return Number(start, end, value, False, is_bare, False), index + 1


class _Sum:
    """A number in words, word by word."""

    def __init__(self) -> None:
        self.total = self.current = 0
        self.last = 0
        """Worth of the last word; 0 before the first."""
        self.room = 1 << 60
        """The next word must be worth less: behind "twenty" a unit, behind "hundred" anything smaller."""
        self.is_ordinal = False

    @property
    def value(self) -> int:
        return self.total + self.current

    def take(self, word: str, words: NumberWords) -> bool:
        """Add a word; False, and nothing changed, when the number cannot go on with it."""
        if self.is_ordinal:
            return False
        if word in words.scales and self.last:
            self._scale(words.scales[word])
            return True
        value = words.cardinals.get(word, words.ordinals.get(word))
        if value is None or value >= self.room or (self.last and value == 0):
            return False
        self.current += value
        self.room = 10 if value >= 20 else 0
        self.last = max(value, 1)
        self.is_ordinal = word in words.ordinals
        return True

    def _scale(self, scale: int) -> None:
        if scale == 100 and self.current < 100:
            self.current *= 100
        else:
            self.total, self.current = self.total + max(self.current, 1) * scale, 0
        self.last = scale
        self.room = min(scale, 1000)


def _in_words(text: str, pieces: list[re.Match[str]], index: int, words: NumberWords) -> tuple[Number, int] | None:
    """The longest number in words that begins at a piece."""
    number = _Sum()
    at = index
    share = Decimal(1)
    if pieces[at].group().lower() == "half" and _follows(text, pieces, at + 1):
        # "half a million"; what else begins with "half" is no number of its own.
        at += 1
        share = Decimal("0.5")
        if pieces[at].group().lower() not in ("a", "an"):
            return None
    if pieces[at].group().lower() in ("a", "an") and _follows(text, pieces, at + 1):
        at += 1
        if pieces[at].group().lower() not in words.scales:
            return None
        number.current = number.last = 1
    end = index
    while at < len(pieces) and number.take(pieces[at].group().lower(), words):
        at += 1
        end = at
        if not _follows(text, pieces, at):
            break
        # "two hundred and five", but "two and five" are two numbers.
        if pieces[at].group().lower() == "and" and number.last >= 100 and _follows(text, pieces, at + 1):
            at += 1
    if end == index:
        return None
    is_capitalised = pieces[index].group()[0].isupper()
    span = (pieces[index].start(), pieces[end - 1].end())
    return Number(*span, share * number.value, number.is_ordinal, False, is_capitalised), end


def _follows(text: str, pieces: list[re.Match[str]], index: int) -> bool:
    """Whether a piece stands right behind the one before, with a blank or a hyphen between."""
    return index < len(pieces) and _gap(text, pieces, index - 1) in (" ", "-", "\u00a0")
