"""What a line model is shown of each block of a page: its own shape and words, and its place on the page.

Nothing here names a site or a topic: shapes (length, punctuation, capitals, digits, function words), what the rules of
the data files say of the block and of those around it, the page's own regularities (repetition, shared vocabulary,
distance from prose, position) and how strongly the words stand for an article or for page furniture (the lexicon that
was learned with the model).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from kcpipe.clean import characters as ch
from kcpipe.clean.characters import Counted, Floats, Hashes, Integers

Singles = npt.NDArray[np.float32]

_PROSE_WORDS = 7
_LONG_PROSE_WORDS = 20
_PROSE_SHARE = 0.2
_CONTENT_LENGTH = 4
_FAR = 60
_SHORT_WORDS = 10
_HEAD_WORDS = 5
_WINDOWS = (2, 5, 15)
"""How many blocks back and ahead the mean length is taken over."""
_WINDOW_WORDS = 100
"""A longer block counts as one of so many words there."""
ROLES = (
    "navigation",
    "furniture",
    "advertisement",
    "share",
    "comments",
    "related",
    "tags",
    "credit",
    "caption",
    "dateline",
)
"""What a rule may say of a block; `Page.roles` counts from 1."""
_COUNTED_ROLES = ("comments", "related", "share", "navigation", "furniture")
_I = ("i", "me", "my", "mine", "myself", "im")
_YOU = ("you", "your", "yours", "yourself")
_ADDRESS = ("http", "https", "www")


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
    roles: Integers
    """What a rule says the block is: 1 + its place in ROLES, 0 for nothing."""
    opens: npt.NDArray[np.bool_]
    """Whether a rule says that it is the heading of what follows."""


@dataclass(frozen=True, slots=True)
class WordSets:
    """Hashes of words that are counted, each sorted."""

    prose: Hashes
    months: Hashes


def is_among(values: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which values stand in the sorted array."""
    if not len(known):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[places] == values)


def shape_features(page: Page, sets: WordSets) -> Singles:
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
    is_role = {role: page.roles == code for code, role in enumerate(ROLES, start=1)}
    told = [_running(is_role[role].astype(np.float64), offsets, document_of) for role in _COUNTED_ROLES]
    borders = (is_role["comments"], is_role["related"] | is_role["tags"], is_role["share"], page.opens)
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
        per_line(is_among(counted.hashes, _words(*map(str, range(1990, 2100))))) / some,
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
        *is_role.values(),
        page.opens,
        *(np.log1p(count) for count, _ in told),
        *(np.log1p(total - count - is_role[role]) for (count, total), role in zip(told, _COUNTED_ROLES, strict=True)),
        *(distance for border in borders for distance in _distances(border, first, size)),
        *(np.log1p(_repetition(keys, document_of)[0] - 1) for keys in likenesses(counted)),
        *(per_line(is_among(counted.hashes, _words(*chosen))) / some for chosen in (_I, _YOU, _ADDRESS)),
        counted.calls / some,
        *_surroundings(np.minimum(words, _WINDOW_WORDS), first, size),
    ]
    return np.column_stack([np.asarray(column, np.float32) for column in columns])


@cache
def _words(*words: str) -> Hashes:
    return np.sort(ch.word_hashes(words))


def _surroundings(values: Floats, first: Integers, size: Floats) -> list[Floats]:
    """Logarithm of the mean value of the blocks around each, itself included, in windows of several widths."""
    summed = np.concatenate(([0.0], np.cumsum(values)))
    places = np.arange(len(values))
    stop = first + size.astype(np.int64)
    made = []
    for width in _WINDOWS:
        low, high = np.maximum(places - width, first), np.minimum(places + width + 1, stop)
        made.append(np.log1p((summed[high] - summed[low]) / (high - low)))
    return made


def likenesses(counted: Counted) -> list[Hashes]:
    """Keys by which blocks of a list are alike: the kinds of a short block's first words, the first two words, the last
    word, the first; 0 for a block that has none. Comments, teasers and products come in such rows."""
    sizes = np.diff(counted.starts)
    filled, longer = np.flatnonzero(sizes), np.flatnonzero(sizes > 1)
    start = counted.starts[:-1]
    first, last, opening = (np.zeros(len(sizes), np.uint64) for _ in range(3))
    first[filled] = counted.forms[start[filled]]
    last[filled] = counted.forms[counted.starts[filled + 1] - 1]
    opening[longer] = ch.pair_hashes(counted.forms[start[longer]], counted.forms[start[longer] + 1])
    kinds = np.minimum(sizes, _HEAD_WORDS + 1) * (ch.CLASSES + 1) + counted.last + 1
    for place in range(_HEAD_WORDS):
        held = np.flatnonzero(sizes > place)
        kinds = kinds * (ch.CLASSES + 1)
        kinds[held] += counted.heads[start[held] + place] + 1
    is_short = (sizes > 0) & (sizes <= _SHORT_WORDS)
    return [np.where(is_short, kinds, 0).astype(np.uint64), opening, last, first]


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
    order = np.argsort(own)
    ordered = own[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.concatenate((begins, [len(own)])))
    first, last = np.empty(len(own), np.int64), np.empty(len(own), np.int64)
    first[order] = np.repeat(np.minimum.reduceat(lines[order], begins), sizes)
    last[order] = np.repeat(np.maximum.reduceat(lines[order], begins), sizes)
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
