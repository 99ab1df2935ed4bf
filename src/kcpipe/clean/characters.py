"""A batch of short texts as arrays of code points, words and lines: what is counted at once needs no loop in Python.

A word is a run of letters, digits and marks; it is known by a 64-bit hash of its lower-cased code points, so that words
are compared, looked up and counted as integers. Collisions are as likely as one in 2**64 pairs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

OTHER, SPACE, LOWER, UPPER, LETTER, DIGIT, STOP, COMMA, COLON, QUOTE, DASH, BAR, BRACKET, SIGN = range(14)
"""Classes of characters: LETTER has no case, BAR parts entries of a menu, SIGN is @ # © and other marks of pages."""
CLASSES = 14
NUMBER = np.uint64(1)
"""The form of every number."""
_PLANE = 0x10000
_LONGEST = 48
"""Words differ in their first characters; later ones count no more."""
_MULTIPLIER = 0xD1342543DE82EF95
_MIX = np.uint64(0x9E3779B97F4A7C15)
_OF_PUNCTUATION = {
    STOP: ".!?…。！？",
    COMMA: ",;、，",
    COLON: ":：",
    QUOTE: "\"'“”‘’«»„‹›",
    DASH: "-–—―",
    BAR: "|/\\>»›·•→←▸►●■◆*_~+=",
    BRACKET: "()[]{}<【】〔〕",
    SIGN: "@#©®™ⓒ&%$€£",
}


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32], npt.NDArray[np.uint64]]:
    """Class and lower case of each character of the first plane; odd multipliers by place in a word."""
    classes = np.zeros(_PLANE, np.uint8)
    lower = np.arange(_PLANE, dtype=np.uint32)
    for code in range(_PLANE):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Ll", "Lu", "Lt"):
            classes[code] = LOWER if category == "Ll" else UPPER
            small = character.lower()
            lower[code] = ord(small) if len(small) == 1 and ord(small) < _PLANE else code
        elif category[0] in "LM":
            classes[code] = LETTER
        elif category[0] == "N":
            classes[code] = DIGIT
        elif character.isspace():
            classes[code] = SPACE
    for kind, characters in _OF_PUNCTUATION.items():
        classes[[ord(character) for character in characters]] = kind
    powers = [pow(_MULTIPLIER, place + 1, 1 << 64) for place in range(_LONGEST)]
    return classes, lower, np.array(powers, np.uint64)


@dataclass(frozen=True, slots=True)
class Counted:
    """Lines of a batch by their characters and words; `first` and `last` are classes, -1 for an empty line."""

    kinds: Floats
    """lines × CLASSES: how many characters of each class."""
    first: Integers
    last: Integers
    last_but_one: Integers
    hashes: Hashes
    """The words of all lines in order."""
    forms: Hashes
    """The same, with any number as NUMBER."""
    line_of: Integers
    """The line of each word."""
    starts: Integers
    """For each line the index of its first word, and one more: the number of words."""
    lengths: Integers
    """Characters of each word."""
    heads: npt.NDArray[np.uint8]
    """Class of each word's first character."""
    shouts: npt.NDArray[np.bool_]
    """Whether a word of two or more characters holds no lower-case letter but an upper-case one."""
    keys: Hashes
    """A hash of each line's words in order, any number alike; 0 for a line without words."""


def count(texts: Sequence[str]) -> Counted:
    """Characters and words of each text. A text holds no line feed."""
    classes, lower, powers = _tables()
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    is_plain = codes < _PLANE
    if not is_plain.all():
        codes = np.where(is_plain, codes, 0xFFFD)
    kind = classes[codes]
    ends = np.flatnonzero(codes == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1))
    number = len(ends)
    line_of_character = np.repeat(np.arange(number), ends - begins + 1)
    per_kind = np.bincount(line_of_character * CLASSES + kind, minlength=number * CLASSES)
    kinds = per_kind.reshape(number, CLASSES).astype(np.float64)
    kinds[:, SPACE] -= 1  # the line feed
    filled = ends > begins
    first = np.where(filled, kind[begins].astype(np.int64), -1)
    last = np.where(filled, kind[np.maximum(ends - 1, 0)].astype(np.int64), -1)
    last_but_one = np.where(ends > begins + 1, kind[np.maximum(ends - 2, 0)].astype(np.int64), -1)

    is_word = (kind >= LOWER) & (kind <= DIGIT)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_word, [False])).astype(np.int8)))
    word_begins, word_ends = edges[::2], edges[1::2]
    lengths = word_ends - word_begins
    inside = np.flatnonzero(is_word)
    place = inside - np.repeat(word_begins, lengths)
    values = (lower[codes[inside]].astype(np.uint64) + np.uint64(1)) * powers[np.minimum(place, _LONGEST - 1)]
    starts_inside = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(lengths) else np.zeros(0, np.int64)
    hashes = _mixed(_sums(values, starts_inside))
    small = _sums((kind[inside] == LOWER).astype(np.int64), starts_inside)
    large = _sums((kind[inside] == UPPER).astype(np.int64), starts_inside)
    line_of = line_of_character[word_begins]
    starts = np.searchsorted(line_of, np.arange(number + 1))
    place_in_line = np.arange(len(hashes)) - starts[line_of]
    is_number = _sums((kind[inside] == DIGIT).astype(np.int64), starts_inside) == lengths
    forms = np.where(is_number, NUMBER, hashes)
    ordered = forms * ((place_in_line.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * _MIX | np.uint64(1))
    keys = np.zeros(number, np.uint64)
    worded = np.flatnonzero(np.diff(starts))
    keys[worded] = _sums(ordered, starts[worded])
    return Counted(
        kinds=kinds,
        first=first,
        last=last,
        last_but_one=last_but_one,
        hashes=hashes,
        forms=forms,
        line_of=line_of,
        starts=starts,
        lengths=lengths,
        heads=kind[word_begins],
        shouts=(large > 0) & (small == 0) & (lengths > 1),
        keys=keys,
    )


def word_hashes(words: Iterable[str]) -> Hashes:
    """The hash of each word, as `count` gives it."""
    chosen = list(words)
    counted = count(chosen)
    if counted.line_of.tolist() != list(range(len(chosen))):
        raise ValueError("each text must be one word")
    return counted.hashes


def line_keys(lines: Sequence[str]) -> Hashes:
    """The key of each line, as `count` gives it."""
    return count(lines).keys


def pair_hashes(first: Hashes, second: Hashes) -> Hashes:
    """The hash of two words that follow each other."""
    return _mixed(first * np.uint64(0x9E6C63D0876A9A99) + second)


def _mixed(hashes: Hashes) -> Hashes:
    """Hashes whose every bit depends on every bit."""
    hashes = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(0x7FB5D329728EA185)
    return hashes ^ (hashes >> np.uint64(27))


def _sums(values: npt.NDArray[Any], starts: Integers) -> npt.NDArray[Any]:
    return np.add.reduceat(values, starts) if len(starts) else values[:0]
