"""Copies: what is one, what is none, and that groups depend on the texts alone."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcpipe.duplicates import BRIEF, MAY_MISS, NEIGHBOURS, duplicates
from kcpipe.fingerprint import BANDS, SHINGLE_WORDS, fingerprint
from kcpipe.tables import TABLES, concat, empty

WORDS = random.Random(7).choices([f"word{number}" for number in range(500)], k=400)
ARTICLE = " ".join(WORDS)
EDITED = " ".join([*WORDS[:200], "corrected", *WORDS[201:]])
OTHER = " ".join(reversed(WORDS))
GOLD = Path(__file__).parent / "gold" / "clean_wcxb" / "gold.jsonl"
REAL = [json.loads(line)["text"] for line in GOLD.read_text().strip().split("\n")]


def fingerprints(documents: dict[str, str]) -> pa.Table:
    return fingerprint(
        clean_documents=pa.table({"document_id": [*documents], "text": [*documents.values()]})
    ).fingerprints


def groups(prints: pa.Table) -> dict[str, str]:
    rows = duplicates(fingerprints=prints).document_copies.to_pylist()
    return {row["document_id"]: row["copy_group"] for row in rows}


def copies(**documents: str) -> dict[str, str]:
    return groups(fingerprints(documents))


def test_the_same_text_is_a_copy_whatever_its_white_space() -> None:
    prints = fingerprints({"a": ARTICLE, "b": ARTICLE.replace(" ", "\n\n"), "c": OTHER, "d": "", "e": "", "f": "* * *"})
    assert groups(prints) == {"a": "a", "b": "a"}
    digests = duplicates(fingerprints=prints).document_copies.column("text_digest").to_pylist()
    assert digests[0] == digests[1]
    assert prints.column("document_id").to_pylist() == ["a", "b", "c"], "no words, nothing to compare"


@pytest.mark.parametrize("text", REAL[:6], ids=lambda text: text[:20])
def test_a_reprint_a_shortened_and_an_updated_version_are_copies(text: str) -> None:
    words = text.split()
    found = copies(
        a=text,
        b=text.upper().replace(",", " -"),
        c="A Headline of Another Paper Altogether\n\nSEOUL (AP) - " + " ".join(words[: len(words) * 7 // 10]),
        d=" ".join([*words[:50], *"A new paragraph with what the ministry told the press later.".split(), *words[50:]]),
        e="Developing story: more people came than expected.\n\n" + text + "\n\nAdditional reporting by our staff",
    )
    assert found == dict.fromkeys("abcde", "a")


def test_other_articles_and_half_of_one_are_no_copies() -> None:
    assert groups(fingerprints({f"{number:03}": text for number, text in enumerate(REAL)})) == {}
    assert copies(a=ARTICLE, b=" ".join(WORDS[:200])) == {}
    assert copies(a=f"{ARTICLE} {OTHER}", b=ARTICLE, c=OTHER) == {}, "a digest is no copy of what it sums up"


def test_briefs_of_one_template_are_no_copies() -> None:
    """However long what they share: the facts differ. The same brief in another paper is a copy."""
    agency = (
        "the weather agency said. There were no immediate reports of damage or injuries. The agency said the quake was "
        "felt by people in the region and warned that aftershocks may follow in the coming days."
    )
    pohang = f"An earthquake of magnitude 3.4 struck 17 kilometers off Pohang on Tuesday, {agency}"
    jeju = f"An earthquake of magnitude 3.1 struck 17 kilometers off Jeju on Tuesday, {agency}"
    assert copies(a=pohang, b=jeju) == {}
    assert copies(a=pohang, b=f"{pohang}\n\n(Yonhap)", c=jeju) == {"a": "a", "b": "a"}
    market = (
        "South Korean shares closed at {} on {}, {} percent {} than in the session before. Trade volume was moderate "
        "at {} million shares, with losers outnumbering gainers. Analysts said that investors were waiting for the "
        "decision of the central bank later this week. Samsung moved {} percent and Hyundai {} percent. The local "
        "currency was quoted at {} won against the dollar, little changed from the close of the session before."
    )
    monday = market.format("2,640.9", "Monday", 0.4, "higher", 512, 0.7, 1.2, "1,331.2")
    tuesday = market.format("2,618.3", "Tuesday", 0.9, "lower", 498, 1.1, 0.3, "1,335.0")
    assert copies(a=monday, b=tuesday) == {}


def test_a_text_of_few_words_is_compared_as_one() -> None:
    assert copies(a="Short news.", b="Other news.", c="Short, news") == {"a": "a", "c": "a"}


def test_a_brief_must_stand_whole_and_a_longer_text_may_miss_some() -> None:
    brief = WORDS[: BRIEF + SHINGLE_WORDS - 1]
    changed = ["changed", *brief[1:]]
    assert copies(a=" ".join(brief), b=" ".join(changed)) == {}
    assert copies(a=" ".join(brief), b=" ".join([*brief, *"and a credit line".split()])) == {"a": "a", "b": "a"}
    assert copies(a=ARTICLE, b=EDITED) == {"a": "a", "b": "a"}
    scattered = [f"new{place}" if place % 20 == 0 else word for place, word in enumerate(WORDS)]
    assert copies(a=ARTICLE, b=" ".join(scattered)) == {}


def test_just_so_many_shingles_may_miss() -> None:
    """At the end of a text whose words are all its own, where every shingle that is gone shows."""
    told = [f"told{number}" for number in range(BRIEF + 404)]
    may_miss = int(MAY_MISS * (len(told) - SHINGLE_WORDS + 1 - BRIEF))

    def with_tail(changed: int) -> str:
        return " ".join([*told[:-changed], *(f"tail{number}" for number in range(changed + 10))])

    assert copies(a=" ".join(told), b=with_tail(may_miss)) == {"a": "a", "b": "a"}
    assert copies(a=" ".join(told), b=with_tail(may_miss + 1)) == {}


def test_versions_of_versions_are_of_one_group() -> None:
    versions = {name: " ".join(WORDS[30 * step : 30 * step + 240]) for step, name in enumerate("cab")}
    assert groups(fingerprints(versions)) == dict.fromkeys("abc", "a")
    assert copies(c=versions["c"], b=versions["b"]) == {}, "the first and the last differ too much"


def test_a_crowd_from_one_template_stays_apart_and_its_copies_are_found() -> None:
    form = WORDS[:120]
    crowd = {}
    for number in range(2 * NEIGHBOURS):
        filled = [f"fact{number}x{place}" if place % 12 == 0 else word for place, word in enumerate(form)]
        crowd[f"{number:03}"] = " ".join(filled)
    crowd["999"] = crowd["007"] + " a credit line below"
    assert groups(fingerprints(crowd)) == {"007": "007", "999": "007"}


def test_a_fingerprint_depends_on_its_text_alone() -> None:
    documents = {"a": ARTICLE, "b": "Short news.", "c": "", "d": EDITED, "e": REAL[0]}
    together = fingerprints(documents)
    apart = concat(TABLES["fingerprints"], [fingerprints({name: text}) for name, text in documents.items()])
    assert together.equals(apart)
    row = fingerprints({"d": EDITED}).to_pylist()[0]
    assert (len(row["shingles"]), len(row["bands"])) == (len(WORDS) - SHINGLE_WORDS + 1, BANDS)


def test_no_documents() -> None:
    assert fingerprint(clean_documents=empty(TABLES["clean_documents"])).fingerprints.num_rows == 0
    assert duplicates(fingerprints=empty(TABLES["fingerprints"])).document_copies.num_rows == 0


@settings(max_examples=25, deadline=None)
@given(st.permutations("abcdef"), st.lists(st.integers(0, 399), min_size=5, max_size=5))
def test_neither_order_nor_chunks_matter(names: list[str], places: list[int]) -> None:
    words, texts = list(WORDS), {"z": OTHER}
    for name, place in zip("abcdef", [*places, 0], strict=True):
        texts[name] = " ".join(words)
        words[place : place + 30] = [f"changed{name}{place}"] * 30
    in_order = fingerprints(dict(sorted(texts.items())))
    one_by_one = pa.concat_tables([fingerprints({name: texts[name]}) for name in [*names, "z"]])
    found = duplicates(fingerprints=one_by_one).document_copies
    assert found.equals(duplicates(fingerprints=in_order).document_copies)
    group_of = groups(one_by_one)
    assert "z" not in group_of
    assert all(group_of[first] == first <= name for name, first in group_of.items())
