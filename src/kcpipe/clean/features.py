"""What a line model is shown of each block of a page: its own shape and words, and its place on the page.

Nothing here names a site or a topic: shapes (length, punctuation, capitals, digits, function words), the page's own
regularities (repetition, shared vocabulary, distance from prose, position) and how strongly the words stand for an
article or for page furniture (the lexicon that was learned with the model).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcpipe.clean import characters as ch
from kcpipe.clean.characters import Counted, Floats, Hashes, Integers

_PROSE_WORDS = 7
_LONG_PROSE_WORDS = 20
_PROSE_SHARE = 0.2
_CONTENT_LENGTH = 4
_FAR = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of a batch of documents: what `count` says of them, and where each stands."""

    counted: Counted
    document_of: Integers
    """The document of each block, from 0 and rising."""
    is_parted: npt.NDArray[np.bool_]
    """Whether a blank line stands before the block."""
    lines: Integers
    """How many raw lines the block was folded from."""


@dataclass(frozen=True, slots=True)
class WordSets:
    """Hashes of words that are counted, each sorted."""

    prose: Hashes
    months: Hashes
    years: Hashes
    phrases: Sequence[Hashes]
    """Keys of whole lines, by what they tell: one feature each."""
    headings: Sequence[Hashes]
    """The same, of lines that open a part of the page: all that follows feels them."""


def word_sets(
    prose: Iterable[str], months: Iterable[str], phrases: Sequence[Sequence[str]], headings: Sequence[Sequence[str]]
) -> WordSets:
    """The sets for these function words, names of months, and whole lines by kind."""
    years = (str(year) for year in range(1990, 2100))
    return WordSets(
        prose=np.sort(ch.word_hashes(prose)),
        months=np.sort(ch.word_hashes(months)),
        years=np.sort(ch.word_hashes(years)),
        phrases=[np.sort(ch.line_keys(lines)) for lines in phrases],
        headings=[np.sort(ch.line_keys(lines)) for lines in headings],
    )


def is_among(values: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which values stand in the sorted array."""
    if not len(known):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[places] == values)


def shape_features(page: Page, sets: WordSets) -> Floats:
    """blocks × features, without the words' own weights."""
    counted, document_of = page.counted, page.document_of
    number = len(document_of)
    words = np.diff(counted.starts).astype(np.float64)
    some = np.maximum(words, 1)
    kinds = counted.kinds
    length = np.maximum(kinds.sum(axis=1), 1)

    def per_line(flags: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(counted.line_of[flags], minlength=number).astype(np.float64)

    is_function = is_among(counted.hashes, sets.prose)
    function = per_line(is_function)
    share = function / some
    ends = counted.last == ch.STOP
    closes = (counted.last == ch.QUOTE) | (counted.last == ch.BRACKET)
    finished = ends | (closes & (counted.last_but_one == ch.STOP))
    prose = (words >= _PROSE_WORDS) & (
        finished | ((words >= _LONG_PROSE_WORDS) & ((share >= _PROSE_SHARE) | (kinds[:, ch.STOP] > 0)))
    )
    sizes = np.bincount(document_of)
    offsets = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    first = offsets[document_of]
    size = sizes[document_of].astype(np.float64)
    index = (np.arange(number) - first).astype(np.float64)

    mass = np.where(prose, words, 0)
    before, total = _running(mass, offsets, document_of)
    long_mass = np.where(prose & (words >= _LONG_PROSE_WORDS), words, 0)
    long_before, long_total = _running(long_mass, offsets, document_of)
    read, length_total = _running(length, offsets, document_of)
    since, until = _distances(prose, first, size)
    copies, earlier = _repetition(counted.keys, document_of)
    known, familiar = _vocabulary(page, prose, is_function)
    said_before, said_later = _echoes(page)
    parted_share = (np.bincount(document_of, page.is_parted) / sizes)[document_of]
    log_words = np.log1p(words)
    phrases = [is_among(counted.keys, known) for known in sets.phrases]
    headings = [is_among(counted.keys, known) for known in sets.headings]
    under = [_running(found.astype(np.float64), offsets, document_of) for found in headings]
    passed = [_distances(found, first, size)[0] for found in headings]
    columns = [
        log_words,
        np.log1p(length),
        kinds[:, ch.LOWER : ch.DIGIT + 1].sum(axis=1) / some / 10,
        per_line(counted.heads == ch.UPPER) / some,
        per_line(counted.heads == ch.LOWER) / some,
        per_line(counted.shouts) / some,
        per_line(counted.heads == ch.DIGIT) / some,
        share,
        np.log1p(function),
        words == 0,
        kinds[:, ch.LETTER] / length,
        kinds[:, ch.OTHER] / length,
        *(kinds[:, kind] / length for kind in range(ch.DIGIT, ch.CLASSES)),
        *(np.minimum(kinds[:, kind], 8) for kind in (ch.STOP, ch.COMMA, ch.QUOTE, ch.BAR, ch.BRACKET, ch.SIGN)),
        *(
            counted.first == kind
            for kind in (ch.LOWER, ch.UPPER, ch.DIGIT, ch.QUOTE, ch.DASH, ch.BAR, ch.BRACKET, ch.SIGN)
        ),
        *(counted.last == kind for kind in (ch.LOWER, ch.UPPER, ch.DIGIT, ch.STOP, ch.COLON, ch.COMMA, ch.BRACKET)),
        finished,
        prose,
        prose & (words >= _LONG_PROSE_WORDS),
        per_line(is_among(counted.hashes, sets.months)) / some,
        per_line(is_among(counted.hashes, sets.years)) / some,
        index / np.maximum(size - 1, 1),
        np.log1p(index),
        np.log1p(size - 1 - index),
        np.log1p(size),
        read / length_total,
        before / np.maximum(total, 1),
        np.log1p(before),
        np.log1p(np.maximum(total - before - mass, 0)),
        long_before / np.maximum(long_total, 1),
        np.log1p(long_before),
        np.log1p(np.maximum(long_total - long_before - long_mass, 0)),
        np.log1p(total),
        mass / np.maximum(total, 1),
        since,
        until,
        np.log1p(copies - 1),
        np.log1p(earlier),
        said_before,
        said_later,
        known,
        familiar,
        page.is_parted,
        parted_share,
        np.log(page.lines),
        *phrases,
        *headings,
        *(count > 0 for count, _ in under),
        *(total - count - found > 0 for (count, total), found in zip(under, headings, strict=True)),
        *passed,
    ]
    return np.column_stack([np.asarray(column, np.float64) for column in columns])


def _running(values: Floats, offsets: Integers, document_of: Integers) -> tuple[Floats, Floats]:
    """For each block the sum of whole numbers before it in its document, and the document's sum."""
    summed = np.concatenate(([0.0], np.cumsum(values)))
    before = summed[:-1] - summed[offsets][document_of]
    totals: Floats = np.bincount(document_of, values).astype(np.float64)
    return before, totals[document_of]


def _distances(prose: npt.NDArray[np.bool_], first: Integers, size: Floats) -> tuple[Floats, Floats]:
    """Logarithm of how many blocks ago prose stood, and of in how many it stands next; far where it does not."""
    number = len(prose)
    places = np.arange(number)
    last = np.maximum.accumulate(np.concatenate(([-1], np.where(prose, places, -1)[:-1]))) if number else places
    following = np.minimum.accumulate(np.concatenate((np.where(prose, places, number)[1:], [number]))[::-1])[::-1]
    since = np.where(last >= first, places - last, _FAR)
    until = np.where(following < first + size, following - places, _FAR)
    return np.log(np.minimum(since, _FAR)), np.log(np.minimum(until, _FAR))


def _repetition(keys: Hashes, document_of: Integers) -> tuple[Floats, Floats]:
    """How often the block's words stand in its document as a block, and how often before it."""
    own = keys ^ _spread(document_of)
    order = np.argsort(own, kind="stable")
    ordered = own[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(own) else order
    sizes = np.diff(np.concatenate((begins, [len(own)])))
    copies, earlier = np.ones(len(own)), np.zeros(len(own))
    copies[order] = np.repeat(sizes, sizes)
    earlier[order] = np.arange(len(own)) - np.repeat(begins, sizes)
    return np.where(keys == 0, 1.0, copies), np.where(keys == 0, 0.0, earlier)


def _echoes(page: Page) -> tuple[Floats, Floats]:
    """The share of a block's word triples that stand in an earlier block of its document, and in a later one."""
    counted = page.counted
    number = len(page.document_of)
    chosen = (
        np.flatnonzero(counted.line_of[2:] == counted.line_of[:-2]) if len(counted.line_of) > 2 else np.zeros(0, int)
    )
    if not len(chosen):
        return np.zeros(number), np.zeros(number)
    lines = counted.line_of[chosen]
    forms = counted.forms
    triples = ch.pair_hashes(ch.pair_hashes(forms[chosen], forms[chosen + 1]), forms[chosen + 2])
    own = triples ^ _spread(page.document_of[lines])
    # Sorted by triple and, as the sort is stable, by place: the first and the last line of each.
    order = np.argsort(own, kind="stable")
    ordered = own[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.concatenate((begins, [len(own)])))
    first, last = np.empty(len(own), np.int64), np.empty(len(own), np.int64)
    first[order] = np.repeat(lines[order[begins]], sizes)
    last[order] = np.repeat(lines[order[begins + sizes - 1]], sizes)
    total = np.maximum(np.bincount(lines, minlength=number), 1)
    before = np.bincount(lines, first < lines, minlength=number) / total
    later = np.bincount(lines, last > lines, minlength=number) / total
    return before, later


def _vocabulary(page: Page, prose: npt.NDArray[np.bool_], is_function: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """How well the page's prose knows a block's content words: the share it uses, the mean log of how often.

    A block's own words do not vouch for it.
    """
    counted = page.counted
    chosen = np.flatnonzero((counted.lengths >= _CONTENT_LENGTH) & ~is_function)
    lines = counted.line_of[chosen]
    number = len(page.document_of)
    if not len(chosen):
        return np.zeros(number), np.zeros(number)
    own = counted.hashes[chosen] ^ _spread(page.document_of[lines])
    _, words = np.unique(own, return_inverse=True)
    uses = np.bincount(words, prose[lines])
    # How often the word stands in the block itself, where the block is prose.
    _, pairs, times = np.unique(words.astype(np.int64) * number + lines, return_inverse=True, return_counts=True)
    others = uses[words] - times[pairs] * prose[lines]
    content = np.maximum(np.bincount(lines, minlength=number), 1)
    known = np.bincount(lines, others > 0, minlength=number) / content
    familiar = np.bincount(lines, np.log1p(np.minimum(others, 20)), minlength=number) / content
    return known, familiar


def _spread(document_of: Integers) -> Hashes:
    """A number for each document that differs in all bits."""
    return (document_of.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
