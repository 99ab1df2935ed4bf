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
_UPPERS, _DIGITS = 1 << 21, 1 << 42
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
def _tables() -> tuple[npt.NDArray[np.uint8], Hashes, Hashes, Integers]:
    """Class of each character of the first plane, and 1 + its lower case; odd multipliers by place in a word; for each
    class what it adds to a count of lower-case letters, upper-case letters and digits in one number."""
    classes = np.zeros(_PLANE, np.uint8)
    lower = np.arange(_PLANE, dtype=np.uint64)
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
    counting = np.zeros(CLASSES, np.int64)
    counting[[LOWER, UPPER, DIGIT]] = 1, _UPPERS, _DIGITS
    return classes, lower + np.uint64(1), np.array(powers, np.uint64), counting


@dataclass(frozen=True, slots=True)
class Counted:
    """Lines of a batch by their characters and words; `first` and `last` are classes, -1 for an empty line."""

    kinds: Floats
    """lines × CLASSES: how many characters of each class."""
    first: Integers
    last: Integers
    last_but_one: Integers
    calls: Integers
    """How many question and exclamation marks."""
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
    classes, lower, powers, counting = _tables()
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    is_plain = codes < _PLANE
    if not is_plain.all():
        codes = np.where(is_plain, codes, 0xFFFD)
    kind = classes[codes]
    ends = np.flatnonzero(codes == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1))
    number = len(ends)
    line_of_character = np.repeat(np.arange(number, dtype=np.int32), ends - begins + 1)
    per_kind = np.bincount(line_of_character * CLASSES + kind, minlength=number * CLASSES)
    kinds = per_kind.reshape(number, CLASSES).astype(np.float64)
    kinds[:, SPACE] -= 1  # the line feed
    is_call = (codes == ord("?")) | (codes == ord("!"))
    filled = ends > begins
    first = np.where(filled, kind[begins].astype(np.int64), -1)
    last = np.where(filled, kind[np.maximum(ends - 1, 0)].astype(np.int64), -1)
    last_but_one = np.where(ends > begins + 1, kind[np.maximum(ends - 2, 0)].astype(np.int64), -1)

    is_word = (kind >= LOWER) & (kind <= DIGIT)
    # Every text ends in a line feed, so a word's end is always an edge; one at the very beginning is not.
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    if is_word[0]:
        edges = np.concatenate(([0], edges))
    word_begins, word_ends = edges[::2], edges[1::2]
    lengths = word_ends - word_begins
    inside = np.flatnonzero(is_word)
    place = inside - np.repeat(word_begins, lengths)
    values = lower[codes[inside]] * powers[np.minimum(place, _LONGEST - 1)]
    starts_inside = np.cumsum(lengths) - lengths
    hashes = _mixed(_sums(values, starts_inside))
    cases = _sums(counting[kind[inside]], starts_inside)
    small, large, digits = cases % _UPPERS, cases % _DIGITS // _UPPERS, cases // _DIGITS
    line_of = line_of_character[word_begins].astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(np.bincount(line_of, minlength=number))))
    place_in_line = np.arange(len(hashes)) - starts[line_of]
    is_number = digits == lengths
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
        calls=np.bincount(line_of_character[is_call], minlength=number),
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
