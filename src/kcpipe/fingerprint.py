"""What tells a text from others and finds its copies again: hashes of its word shingles, and keys to look them up by.

A text is hashed once; what compares texts (`duplicates`) then needs neither the text nor its words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rensa import RMinHash

from kcpipe.ids import digest
from kcpipe.tables import TABLES, conform

SHINGLE_WORDS = 5
"""Long enough that two reports of one event, written apart, share next to none."""
BANDS, ROWS = 64, 3
"""Texts that share half of their shingles have a key in common but for one pair in five thousand, those that share a
third but for one in eleven; of texts that share one in a hundred, one pair in sixteen thousand has one by chance."""
SEED = 1
_WORD = re.compile(r"\w+")
# Odd 64-bit constants of SplitMix64 (Steele, Lea and Flood 2014): multiplied and folded, near values land far apart.
_GAMMA, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)

Hashes = npt.NDArray[np.uint64]


class Fingerprint(NamedTuple):
    """One row per document with words."""

    fingerprints: pa.Table


def fingerprint(*, clean_documents: pa.Table) -> Fingerprint:
    """The fingerprints of documents.

    clean_documents: any batch; a document's row depends on nothing but its text. A text without words has none.
    A shingle is SHINGLE_WORDS words that follow one another, whatever their case and the punctuation between them;
    a shorter text is one shingle. MinHash signatures by rensa (R-MinHash), cut into bands (Leskovec, Rajaraman and
    Ullman, Mining of Massive Datasets, section 3.4).
    """
    ids, texts = (clean_documents.column(name).to_pylist() for name in ("document_id", "text"))
    words = [_WORD.findall(text.casefold()) for text in texts]
    told = [index for index, found in enumerate(words) if found]
    shingles = [_shingles(words[index]) for index in told]
    return Fingerprint(
        conform(
            TABLES["fingerprints"],
            pa.table(
                {
                    "document_id": pa.array([ids[index] for index in told], pa.string()),
                    "text_digest": pa.array([_text_digest(texts[index]) for index in told], pa.string()),
                    "shingles": _lists([_upper_half(hashes) for hashes in shingles], pa.int32()),
                    "bands": _lists([row.view(np.int64) for row in _bands(shingles)], pa.int64()),
                },
                schema=TABLES["fingerprints"].schema,
            ),
        )
    )


def _text_digest(text: str) -> str:
    return digest(" ".join(text.split()).encode())


def _shingles(words: list[str]) -> Hashes:
    """The 64-bit hash of each shingle, in the order of the text."""
    [found] = RMinHash.hash_token_sets([words])
    hashes = np.array(found, np.uint64)
    width = min(SHINGLE_WORDS, len(hashes))
    joined = np.zeros(len(hashes) - width + 1, np.uint64)
    for place in range(width):
        joined = _mixed(joined + hashes[place : len(hashes) - width + 1 + place])
    return joined


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> _HALF)) * _MIX + _GAMMA
    return values ^ (values >> _HALF)


def _upper_half(hashes: Hashes) -> npt.NDArray[np.int32]:
    """Half of the bits: two texts of a thousand words have one shingle in common by chance in four thousand pairs."""
    return (hashes >> _HALF).astype(np.uint32).view(np.int32)


def _bands(shingles: list[Hashes]) -> Hashes:
    """A row of BANDS keys per text: the hash of ROWS values of its signature, and of the band itself."""
    if not shingles:
        return np.zeros((0, BANDS), np.uint64)
    offsets = np.cumsum([0, *map(len, shingles)]).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(shingles), offsets, num_perm=BANDS * ROWS, seed=SEED
    )
    signatures = np.array(matrix.to_rows(), np.uint64).reshape(len(shingles), BANDS, ROWS)
    keys = np.broadcast_to(np.arange(BANDS, dtype=np.uint64), signatures.shape[:2])
    for row in range(ROWS):
        keys = _mixed(keys + signatures[:, :, row])
    return keys


def _lists(rows: list[npt.NDArray[np.int32]] | list[npt.NDArray[np.int64]], kind: pa.DataType) -> pa.ListArray:
    offsets = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    values = np.concatenate(rows) if rows else np.zeros(0)
    field = pa.field("element", kind, nullable=False)
    return pa.ListArray.from_arrays(offsets, pa.array(values, kind), type=pa.list_(field))
