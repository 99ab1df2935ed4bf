"""Habits of English news, one sentence each (tests/gold, see its README): floors that only rise."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.timex_score import Gold, as_timex3, score

from articles import tables_of_sentences
from kcpipe.anchor import anchor
from kcpipe.ids import digest
from kcpipe.lexicon import load
from kcpipe.tables import TABLES, build

GOLD = Path(__file__).parent / "gold"
FLOORS = {
    "time_sentences": {"strict": 99.5, "relaxed": 99.7, "type": 99.5, "value": 98.2, "resolved": 98.2},
    "time_reports": {"strict": 98.7, "relaxed": 98.7, "type": 98.5, "value": 96.6, "resolved": 96.6},
    "time_world": {"strict": 99.5, "relaxed": 99.5, "type": 99.5, "value": 99.1, "resolved": 99.1},
}


def read(name: str) -> tuple[Gold, Mapping[str, str]]:
    """The gold, a document per sentence, and the sentences' publication dates."""
    with (GOLD / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    texts = {row["sentence"]: row["text"] for row in rows}
    expressions = [
        {
            "doc": row["sentence"],
            "start": int(row["start"]),
            "end": int(row["end"]),
            "type": row["timex_type"],
            "value": row["timex_value"],
        }
        for row in rows
        if row["words"]
    ]
    documents = [{"doc": key, "body_start": 0, "body_end": len(text)} for key, text in texts.items()]
    return Gold(documents, texts, expressions), {row["sentence"]: row["published"] for row in rows}


def found_in(gold: Gold, published: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is found in the sentences, as TIMEX3."""
    keys = {digest(text.encode())[:32]: key for key, text in gold.texts.items()}
    tables = tables_of_sentences(dict.fromkeys(gold.texts.values(), "body"))
    days = [
        {
            "document_id": document,
            "published_start": date.fromisoformat(published[key]),
            "published_end": date.fromisoformat(published[key]),
            "published_precision": "day",
            "published_basis": "stated",
            "published_candidates": [],
        }
        for document, key in keys.items()
    ]
    drafts = tables["time_drafts"]
    resolved = anchor(
        time_drafts=drafts,
        event_drafts=build(TABLES["event_drafts"], []),
        publication_dates=build(TABLES["publication_dates"], days),
        lexicons={name: load(name) for name in ("date_words", "holidays")},
    ).resolved_times
    return [
        {"doc": keys[draft["document_id"]], **piece}
        for draft, answer in zip(drafts.to_pylist(), resolved.to_pylist(), strict=True)
        for piece in as_timex3(
            gold.texts[keys[draft["document_id"]]],
            draft["char_start"],
            draft["char_end"],
            draft["timex_type"],
            answer["timex_value"],
        )
    ]


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, float]]:
    return {name: score(gold, found_in(gold, published)) for name in FLOORS for gold, published in [read(name)]}


@pytest.mark.parametrize(("name", "figure"), [(name, figure) for name in FLOORS for figure in FLOORS[name]])
def test_floor(figures: dict[str, dict[str, float]], name: str, figure: str) -> None:
    assert figures[name][figure] >= FLOORS[name][figure]


@pytest.mark.parametrize("name", FLOORS)
def test_the_gold_stands_in_its_sentences(name: str) -> None:
    gold, _ = read(name)
    with (GOLD / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        words = [row["words"] for row in csv.DictReader(lines) if row["words"]]
    assert [gold.texts[row["doc"]][row["start"] : row["end"]] for row in gold.expressions] == words
    assert len(gold.documents) > 150
