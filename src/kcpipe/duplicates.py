"""Which documents are copies of one another: the same text, or a reprint, a shortened or an updated version of it.

Keys that `fingerprint` made propose pairs; each is then checked on all its shingles, so that no chance collision makes
a copy. A pair is near when nearly all of the shorter text stands in the longer one and what differs lies at the ends
(another headline, a cut tail) or in few places. Two briefs made from one template share as many words, but not those
that tell the facts: a brief is a copy only of a text in which it stands whole. Copies of copies are of one group.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import in_one
from kcpipe.tables import TABLES, conform

BRIEF = 60
"""Shingles. A text this short must stand in the longer one as it is."""
MAY_MISS = 0.25
"""Of the shorter text's shingles beyond a brief, this share may be missing from the longer one: a new headline costs a
dozen, a changed word five."""
SHORTEST = 0.5
"""The shorter text has at least so many of the longer one's shingles: a digest is no copy of what it sums up."""
NEIGHBOURS = 4
"""In a crowd with one key, as many documents from one template make, each is compared with so many that stand next to
it when the crowd is ordered by its next two keys: there copies meet, and the crowd costs no more than its length."""

MAP_BITS = 4_096
"""Of the map of a text's shingles: few of an article's share one."""
AT_ONCE = 10_000
"""Pairs whose maps are compared at once, in some ten megabytes."""

Numbers = npt.NDArray[np.int64]


class Duplicates(NamedTuple):
    """One row per document that has a copy."""

    document_copies: pa.Table


def duplicates(*, fingerprints: pa.Table) -> Duplicates:
    """Find the copies in a corpus.

    fingerprints: of all documents; those without words have none and are no copies of one another. The result depends
    on the rows alone, not on their order. Costs a sort of the keys, and a comparison per pair that has one in common.
    Which copy of a group is the first is for those to say who know the dates.
    """
    order = pc.sort_indices(fingerprints.column("document_id"))
    ids, digests = (in_one(fingerprints.column(name)).take(order) for name in ("document_id", "text_digest"))
    _, texts, text_of = np.unique(
        digests.dictionary_encode().indices.to_numpy(), return_index=True, return_inverse=True
    )
    leaders = _joined(
        *(_Lists(fingerprints.column(name), order.to_numpy().astype(np.int64)[texts]) for name in ("shingles", "bands"))
    )
    group = texts[leaders][text_of]
    is_copied = np.bincount(group, minlength=len(group))[group] > 1
    columns = {
        "document_id": ids.filter(pa.array(is_copied)),
        "copy_group": ids.take(pa.array(group[is_copied])),
        "text_digest": digests.filter(pa.array(is_copied)),
    }
    return Duplicates(conform(TABLES["document_copies"], pa.table(columns)))


class _Lists:
    """Rows of a list column as arrays that share its memory, in an order of their own."""

    def __init__(self, column: pa.ChunkedArray, rows: Numbers) -> None:
        self._chunks = [(chunk.values.to_numpy(), chunk.offsets.to_numpy()) for chunk in column.chunks]
        self._starts = [0, *accumulate(len(chunk) for chunk in column.chunks)]
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> npt.NDArray[np.int32]:
        row = int(self._rows[index])
        chunk = bisect_right(self._starts, row) - 1
        values, offsets = self._chunks[chunk]
        row -= self._starts[chunk]
        found: npt.NDArray[np.int32] = values[offsets[row] : offsets[row + 1]]
        return found

    def matrix(self) -> Numbers:
        """All of them, when they are of one length."""
        everything = [
            values[offsets[0] : offsets[-1]].reshape(len(offsets) - 1, -1)
            for values, offsets in self._chunks
            if len(offsets) > 1
        ]
        return np.concatenate(everything)[self._rows]


def _joined(shingles: _Lists, bands: _Lists) -> Numbers:
    """For each text the first of its group: what pairs that are near join, directly or by others between them."""
    leader = list(range(len(shingles)))

    def find(text: int) -> int:
        while leader[text] != text:
            leader[text] = text = leader[leader[text]]
        return text

    for one, other in _possible(_candidates(bands), shingles).tolist():
        first, second = sorted((find(one), find(other)))
        if first != second and is_near(shingles[one], shingles[other]):
            leader[second] = first
    return np.array([find(text) for text in leader], np.int64)


def _candidates(bands: _Lists) -> Numbers:
    """The pairs with a key in common, each once, in order; a row for each."""
    if len(bands) < 2:
        return np.zeros((0, 2), np.int64)
    found = [np.zeros(0, np.int64)]
    keys = bands.matrix().T
    for band in range(len(keys)):
        crowds = _shared(keys[band])
        nexts = (keys[(band + step) % len(keys)][crowds] for step in (2, 1, 0))
        order = crowds[np.lexsort(tuple(nexts))]
        ordered = keys[band][order]
        for step in range(1, min(NEIGHBOURS + 1, len(order))):
            same = np.flatnonzero(ordered[step:] == ordered[:-step])
            if not same.size:
                break
            one, other = order[same], order[same + step]
            found.append(np.minimum(one, other) * len(bands) + np.maximum(one, other))
    # Each pair once: a hash tells them apart in less time than a sort of all that were found.
    pairs = np.sort(pc.unique(pa.array(np.concatenate(found))).to_numpy())
    return np.column_stack(np.divmod(pairs, len(bands)))


def _shared(keys: Numbers) -> Numbers:
    """Where keys stand that stand twice or more, in order: few of a corpus, so that the rest is sorted but once."""
    order = np.argsort(keys)
    ordered = keys[order]
    is_same = ordered[1:] == ordered[:-1]
    is_shared = np.zeros(len(keys), np.bool_)
    is_shared[order[1:][is_same]] = is_shared[order[:-1][is_same]] = True
    return np.flatnonzero(is_shared)


def _possible(pairs: Numbers, shingles: _Lists) -> Numbers:
    """The pairs without those that are surely not near: the texts of a template share keys by the thousand.

    Of each text a map of bits is drawn, where each shingle sets the one that its last bits name. A bit that the longer
    text lacks is a shingle that it lacks.
    """
    texts, places = np.unique(pairs, return_inverse=True)
    maps = np.array([_map_of(shingles[text]) for text in texts.tolist()])
    lengths = np.array([len(shingles[text]) for text in texts.tolist()])
    kept = [pairs[:0]]
    for first in range(0, len(pairs), AT_ONCE):
        own = places.reshape(-1, 2)[first : first + AT_ONCE]
        short, long = np.where((lengths[own[:, 0]] > lengths[own[:, 1]])[:, None], own[:, ::-1], own).T
        missing = np.bitwise_count(maps[short] & ~maps[long]).sum(axis=1)
        may_miss = MAY_MISS * np.maximum(lengths[short] - BRIEF, 0)
        kept.append(pairs[first : first + AT_ONCE][missing <= may_miss])
    return np.concatenate(kept)


def _map_of(shingles: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
    bits = np.zeros(MAP_BITS, np.bool_)
    bits[shingles % MAP_BITS] = True
    return np.packbits(bits).view(np.uint64)


def is_near(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> bool:
    """Whether two texts are versions of one, by the hashes of their shingles in order; either may come first."""
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST * len(long):
        return False
    # Sets, for texts, not for columns: they are ten times as quick as numpy here.
    of_short, of_long = short.tolist(), long.tolist()
    in_short, in_long = set(of_short), set(of_long)
    if len(in_short - in_long) > MAY_MISS * max(len(in_short) - BRIEF, 0):
        return False
    return _is_whole(of_short, in_long) and _is_whole(of_long, in_short)


def _is_whole(shingles: Sequence[int], known: AbstractSet[int]) -> bool:
    """Whether no more than one place in a brief's length differs between the first shared shingle and the last."""
    places = np.array([place for place, shingle in enumerate(shingles) if shingle in known])
    edits = np.count_nonzero(np.diff(places) > 1)
    return bool(edits <= (places[-1] + 1 - places[0]) // BRIEF)
