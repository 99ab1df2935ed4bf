"""Sentences."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kcpipe.split import split
from kcpipe.tables import TABLES, build


def sentences(text: str, is_extractable: bool = True) -> list[dict[str, Any]]:
    """Split a clean text whose blocks are its lines: the first the title, the others body."""
    document = {"document_id": "d", "authors": [], "text": text, "is_extractable": is_extractable}
    lines, start = [], 0
    for number, block in enumerate(text.split("\n\n"), start=1):
        place = {"raw_start": start, "raw_end": start + len(block), "char_start": start, "char_end": start + len(block)}
        judged = {"role": "title" if number == 1 else "body", "rule_id": "test", "is_kept": True}
        lines.append({"document_id": "d", "line_number": number, "text": block, **place, **judged})
        start += len(block) + 2
    made = split(
        clean_documents=build(TABLES["clean_documents"], [document]), lines=build(TABLES["lines"], lines)
    ).sentences
    return [{**row, "text": text[row["char_start"] : row["char_end"]]} for row in made.to_pylist()]


@pytest.mark.parametrize(
    "expected",
    [
        ["He met the U.S. envoy in S. Korea on Feb. 14.", "Mr. Kim left."],
        ["It was North Korea's No.1 enemy and the No. 2 of Gen. Park.", "Then it rained."],
        ["Cuba shares the anti-U.S. and anti-imperialist view.", "It is old."],
        ["“I want this,” he said.", "“Go now.”", "He left."],
        ["He said, ‘If you talk, we will listen.’”", "Then he left."],
        ["“Let’s establish relations.”", "A phone call came."],
        ["The ministry listed two steps: 1. open the embassy, 2. send an envoy.", "It gave no date."],
        ["At 5 p.m. they met.", "Did they agree?", "Yes!"],
    ],
)
def test_abbreviations_and_quotes(expected: list[str]) -> None:
    assert [row["text"] for row in sentences(" ".join(expected))] == expected


def test_a_sentence_glued_to_the_one_before_is_its_own() -> None:
    assert [row["text"] for row in sentences("They agreed on ties.He left.")] == ["They agreed on ties.", "He left."]


def test_numbers_roles_and_paragraphs() -> None:
    rows = sentences("Ties at last\n\nThey agreed. It was late.\n\nHavana said so.")
    assert [(row["sentence_number"], row["paragraph_number"], row["role"], row["text"]) for row in rows] == [
        (1, 1, "title", "Ties at last"),
        (2, 2, "body", "They agreed."),
        (3, 2, "body", "It was late."),
        (4, 3, "body", "Havana said so."),
    ]


def test_what_later_stages_cannot_read_is_not_split() -> None:
    assert sentences("Una frase. Otra frase.", is_extractable=False) == []


WORDS = st.text(st.sampled_from("abcXYZ.!?”’\"') U.S. 😀é\u00a0"), min_size=1, max_size=40).filter(str.strip)


@settings(deadline=None)
@example(["A\u00a0.)'!"])
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_sentences_are_trimmed_ordered_and_lose_no_character(blocks: list[str]) -> None:
    text = "\n\n".join(block.strip() for block in blocks)
    rows = sentences(text)
    assert [row["sentence_number"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["text"] == row["text"].strip() != "" and "\n" not in row["text"] for row in rows)
    assert all(before["char_end"] <= after["char_start"] for before, after in pairwise(rows))
    assert "".join("".join(row["text"].split()) for row in rows) == "".join(text.split())


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("NAIROBI, Kenya (AP) —", "Kenyan troops left."),
        ("BRASILIA, March 4 (Reuters) -", "Brazil will cut tariffs."),
        ("Niamey (AFP) –", "“We want them gone,” he said."),
        ("Bissau, 3 October 2024 —", "The pact was signed."),
        ("Randhir Jaiswal:", "We have taken this up."),
        ("Meera Bhatt, The Hindu:", "The adviser said so."),
    ],
)
def test_a_dateline_and_the_name_before_a_turn_are_sentences_of_their_own(head: str, rest: str) -> None:
    assert [row["text"] for row in sentences(f"{head} {rest}")] == [head, rest]


@pytest.mark.parametrize(
    "text",
    [
        "NATO - the alliance of the West - agreed.",
        "The North — Kim said so — agreed.",
        "Cuba: “We want talks.”",
        "Washington is clear: Havana must act.",
    ],
)
def test_dashes_and_colons_elsewhere_part_nothing(text: str) -> None:
    assert [row["text"] for row in sentences(text)] == [text]
