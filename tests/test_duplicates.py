"""Copies."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kcpipe.duplicates import NEAR, duplicates
from kcpipe.tables import TABLES, build, empty

WORDS = random.Random(7).choices([f"word{number}" for number in range(500)], k=400)
ARTICLE = " ".join(WORDS)
EDITED = " ".join([*WORDS[:200], "corrected", *WORDS[201:]])
OTHER = " ".join(reversed(WORDS))


def copies(documents: dict[str, str], stated: dict[str, date] | None = None) -> dict[str, tuple[str, str]]:
    rows = [
        {
            "document_id": name,
            "authors": [],
            "text": text,
            "is_extractable": True,
            "stated_start": (stated or {}).get(name),
        }
        for name, text in documents.items()
    ]
    found = duplicates(clean_documents=build(TABLES["clean_documents"], rows)).document_copies.to_pylist()
    return {row["document_id"]: (row["duplicate_of"], row["duplicate_kind"]) for row in found}


def test_exact_near_and_neither() -> None:
    found = copies({"a": ARTICLE, "b": ARTICLE.replace(" ", "\n\n"), "c": EDITED, "d": OTHER, "e": "", "f": ""})
    assert found == {"b": ("a", "exact"), "c": ("a", "near")}


def test_an_exact_copy_of_a_near_copy_points_to_the_first() -> None:
    assert copies({"a": ARTICLE, "b": EDITED, "c": EDITED}) == {"b": ("a", "near"), "c": ("a", "near")}


def test_the_first_is_the_earliest_stated_then_the_smallest_id() -> None:
    texts = {"a": ARTICLE, "b": ARTICLE, "c": ARTICLE}
    assert copies(texts) == {"b": ("a", "exact"), "c": ("a", "exact")}
    assert copies(texts, {"c": date(2024, 2, 14), "b": date(2024, 2, 15)}) == {"a": ("c", "exact"), "b": ("c", "exact")}


def test_half_of_an_article_is_no_copy() -> None:
    assert copies({"a": ARTICLE, "b": " ".join(WORDS[:200])}) == {}
    assert copies({"a": "Short news.", "b": "Other news."}) == {}


def test_no_documents() -> None:
    assert duplicates(clean_documents=empty(TABLES["clean_documents"])).document_copies.num_rows == 0


def shingles(text: str) -> set[str]:
    words = text.casefold().split()
    return {" ".join(words[start : start + 5]) for start in range(max(len(words) - 5, 0) + 1)}


@settings(max_examples=25, deadline=None)
@given(st.permutations("abcdef"), st.lists(st.integers(0, 399), min_size=5, max_size=5))
def test_a_copy_points_to_no_copy_is_alike_and_order_does_not_matter(names: list[str], places: list[int]) -> None:
    words, texts = list(WORDS), {}
    for name, place in zip("abcdef", [*places, 0], strict=True):
        texts[name] = " ".join(words)
        words[place] = f"changed{name}"
    found = copies({name: texts[name] for name in names})
    assert found == copies(texts)
    for name, (first, kind) in found.items():
        assert first not in found
        one, other = shingles(texts[name]), shingles(texts[first])
        assert len(one & other) >= NEAR * len(one | other)
        assert kind == "near" or texts[name] == texts[first]
