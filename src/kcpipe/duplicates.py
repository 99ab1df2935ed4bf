"""Which document is a copy of which.

An exact copy has the same clean text, white space aside. A near copy shares at least NEAR of the five-word shingles of
both texts. MinHash with banded LSH proposes candidates, the exact Jaccard index decides, so that no chance collision
makes a copy. Documents are taken in the order of "first" (publication day as stated, nulls last, then id) and compared
only with those that are no copy themselves: one pass, no chain of copies, and a copy points to a first copy always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
from rensa import RMinHash, RMinHashLSH

from kcpipe.tables import TABLES, build

SHINGLE_WORDS = 5
"""Long enough that two reports of one event, written apart, share next to none."""
NEAR = 0.8
"""Jaccard index from which texts are copies: each keeps about nine tenths of its shingles, so they differ by about one
word in fifty. That is a reprint with a new headline or a corrected line, and not a report rewritten with new facts."""
PERMUTATIONS = 128
BANDS = 32
"""With 4 rows a band, a pair at NEAR is missed once in ten million; candidates below it cost one exact comparison."""
SEED = 1


class Duplicates(NamedTuple):
    """One row per copy."""

    document_copies: pa.Table


def duplicates(*, clean_documents: pa.Table) -> Duplicates:
    """Find the copies in a corpus.

    clean_documents: all documents; those without text are no copies of one another. Returns `document_copies`, a row
    per document that is a copy, pointing to the first document of its group.
    """
    columns = clean_documents.select(["document_id", "text", "stated_start"]).to_pylist()
    documents = sorted((row for row in columns if row["text"].strip()), key=_order)
    first_with_text: dict[str, str] = {}
    near_of: dict[str, str] = {}
    index = RMinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS, num_bands=BANDS)
    originals: list[tuple[str, str]] = []
    rows: list[dict[str, Any]] = []
    for document in documents:
        identity, text = document["document_id"], " ".join(document["text"].split())
        twin = first_with_text.setdefault(text, identity)
        if twin == identity:
            shingles = _shingles(text)
            signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
            signature.update(sorted(shingles))
            original = _first_near(shingles, sorted(index.query(signature)), originals)
            if original is None:
                index.insert(len(originals), signature)
                originals.append((identity, text))
                continue
            near_of[identity] = original
        first = near_of.get(twin, twin)
        kind = "near" if twin in near_of else "exact"
        rows.append({"document_id": identity, "duplicate_of": first, "duplicate_kind": kind})
    return Duplicates(build(TABLES["document_copies"], sorted(rows, key=lambda row: str(row["document_id"]))))


def _order(document: Mapping[str, Any]) -> tuple[date, str]:
    return document["stated_start"] or date.max, document["document_id"]


def _first_near(shingles: set[str], candidates: list[int], originals: list[tuple[str, str]]) -> str | None:
    """The first candidate whose text is nearly the same."""
    for candidate in candidates:
        identity, text = originals[candidate]
        others = _shingles(text)
        shared = len(shingles & others)
        if shared >= NEAR * (len(shingles) + len(others) - shared):
            return identity
    return None


def _shingles(text: str) -> set[str]:
    words = text.casefold().split()
    return {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(max(len(words) - SHINGLE_WORDS, 0) + 1)}
