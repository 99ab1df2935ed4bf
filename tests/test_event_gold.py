"""Events against human gold (tests/gold, see its README): floors that only rise, and nothing unreal asserted."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest
from benchmarks.event_score import (
    Score,
    date_fits,
    read_rows,
    score_articles,
    score_seeds,
    score_sentences,
    told_by_gold,
)

from kcpipe.events.confidence import FACTORS, confidence

GOLD = Path(__file__).parent / "gold"
SEED_FLOORS = {"precision": 0.97, "recall": 0.96}
SENTENCE_FLOORS = {
    ("event_sentences", "tuning"): 0.96,
    ("event_sentences", "held_out"): 0.9,
    ("actor_sentences", "tuning"): 0.96,
    ("actor_sentences", "held_out"): 0.78,
    ("wire_sentences", "tuning"): 0.91,
    ("wire_sentences", "held_out"): 0.8,
    ("world_sentences", "tuning"): 0.9,
    ("world_sentences", "held_out"): 0.77,
}
ARTICLE_FLOORS = {"tuning": 0.94, "held_out": 0.74}


@cache
def of_sentences(name: str, half: str) -> Score:
    return score_sentences([row for row in read_rows(GOLD / f"{name}.csv") if row["half"] == half])


@cache
def of_articles(half: str) -> Score:
    return score_articles([row for row in read_rows(GOLD / "article_events.csv") if row["half"] == half])


@pytest.fixture(scope="module")
def of_seeds(seeds: dict[str, pa.Table]) -> Score:
    return score_seeds(seeds, read_rows(GOLD / "seed_events.csv"))


@pytest.mark.parametrize("figure", SEED_FLOORS)
def test_the_seeds(of_seeds: Score, figure: str) -> None:
    assert of_seeds.figures()[figure] >= SEED_FLOORS[figure], of_seeds.errors


def test_nothing_of_the_seeds_that_did_not_happen_is_told_as_having_happened(of_seeds: Score) -> None:
    assert of_seeds.unreal_asserted == []


@pytest.mark.parametrize(("name", "half"), SENTENCE_FLOORS)
def test_who_did_what_to_whom_in_sentences(name: str, half: str) -> None:
    score = of_sentences(name, half)
    assert score.figures()["f1"] >= SENTENCE_FLOORS[name, half]
    assert score.unreal_asserted == []


@pytest.mark.parametrize("half", ARTICLE_FLOORS)
def test_who_did_what_to_whom_in_articles(half: str) -> None:
    score = of_articles(half)
    assert score.figures()["f1"] >= ARTICLE_FLOORS[half]
    assert score.unreal_asserted == []


def test_confidence_is_the_share_of_right_reports(of_seeds: Score) -> None:
    """On reports on which no pattern was tuned: those that lack nothing, and those that lack a side or a country."""
    scores = [of_seeds, *(of_sentences(name, "held_out") for name, half in SENTENCE_FLOORS if half == "held_out")]
    scores.append(of_articles("held_out"))
    told = [pair for score in scores for pair in score.trust]
    for low, high in ((0.95, 1.0), (0.74, 0.8), (0.5, 0.74)):
        group = [(value, is_right) for value, is_right in told if low <= value < high]
        share = sum(is_right for _, is_right in group) / len(group)
        assert abs(share - sum(value for value, _ in group) / len(group)) < 0.06, (low, share, len(group))


def test_confidence_falls_with_all_that_is_lacking() -> None:
    for size in range(len(FACTORS)):
        for lacks in combinations(FACTORS, size):
            assert all(confidence([*lacks, name]) < confidence(lacks) for name in FACTORS if name not in lacks)


def test_every_type_has_sentences_in_both_halves() -> None:
    for name, half in SENTENCE_FLOORS:
        rows = [row for row in read_rows(GOLD / f"{name}.csv") if row["half"] == half]
        assert len({told.event_type for row in rows for told in told_by_gold(row["events"])}) == 16


def test_the_seeds_facts(seeds: dict[str, pa.Table]) -> None:
    rows = read_rows(GOLD / "seed_facts.csv")
    names = {row["document_id"]: row["source_name"] for row in seeds["documents"].to_pylist()}
    found = [{**row, "source_name": names[row["document_id"]]} for row in seeds["facts"].to_pylist()]
    right = [row for row in rows if any(_is_told(row, fact) for fact in found)]
    assert len(right) >= 7, [row["context"] for row in rows if row not in right]


def _is_told(row: dict[str, str], fact: dict[str, str]) -> bool:
    subject = (fact["subject_entity_id"] or "").removeprefix("country:")
    return (
        fact["source_name"] == row["source_name"]
        and row["context"] in fact["evidence"]
        and fact["property"] in row["property"].replace(" ", "_")
        and row["value"].removeprefix("the ") in fact["value"]
        and subject == row["subject"]
    )


@pytest.mark.parametrize(
    ("wanted", "found", "fits"),
    [
        ("2024-02-14", ("2024-02-14", "2024-02-14"), True),
        ("2024-02-14", ("2024-02-01", "2024-02-29"), False),
        ("2024-02-14", (None, None), False),
        ("(2024-02-14)", (None, None), True),
        ("(2024-02-14)", ("2024-02-01", "2024-02-29"), True),
        ("(2024-02-14)", ("2023-02-14", "2023-02-14"), False),
        ("", ("2024-02-14", "2024-02-14"), False),
        ("2010-01-01/", ("2010-01-01", None), True),
    ],
)
def test_the_scorer_compares_dates(wanted: str, found: tuple[str | None, str | None], fits: bool) -> None:
    assert date_fits(wanted, *found) is fits  # type: ignore[arg-type]
