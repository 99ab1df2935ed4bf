"""Every pattern finds its own example and leaves its counterexample alone; every kind has a pattern."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from articles import tables_of_sentences
from kcpipe import lexicon
from kcpipe.events.patterns import Pattern, load_patterns
from kcpipe.tables.happenings import EVENT_TYPES, PLOVER_TYPES

PATTERNS = load_patterns(lexicon.load("event_patterns")).all
KINDS = {row["event_kind"]: row for row in lexicon.load("event_kinds").rows}


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, Any]]]:
    """The reports of every example and counterexample, each a text of its own, with the number of their sides."""
    sentences = {sentence: "body" for pattern in PATTERNS for sentence in (pattern.example, pattern.counterexample)}
    reports: dict[str, list[dict[str, Any]]] = {sentence: [] for sentence in sentences}
    tables = tables_of_sentences(sentences)
    sides = Counter(
        row["event_mention_id"]
        for row in tables["participant_drafts"].to_pylist()
        if row["role"] in ("actor", "recipient", "party")
    )
    for row in tables["event_drafts"].to_pylist():
        reports[row["evidence"]].append({**row, "sides": sides[row["event_mention_id"]]})
    return reports


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_pattern_finds_its_example(pattern: Pattern, found: dict[str, list[dict[str, Any]]]) -> None:
    reports = [row for row in found[pattern.example] if row["pattern_id"] == pattern.id]
    assert [row["status"] for row in reports] == ["occurred"]
    assert reports[0]["sides"] >= pattern.countries
    is_dated = any(character.isdigit() for character in pattern.example)
    assert (reports[0]["time_expression_id"] is not None) >= is_dated


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_pattern_leaves_its_counterexample_alone(pattern: Pattern, found: dict[str, list[dict[str, Any]]]) -> None:
    assert [row for row in found[pattern.counterexample] if row["pattern_id"] == pattern.id] == []


def test_every_kind_has_a_pattern_and_every_pattern_a_kind() -> None:
    assert {pattern.kind for pattern in PATTERNS} == set(KINDS)


def test_kinds_speak_the_vocabularies() -> None:
    for kind, row in KINDS.items():
        assert row["event_type"] in EVENT_TYPES, kind
        assert row["plover_type"] in (*PLOVER_TYPES, ""), kind
        assert set(row["enacted_by"].split()) <= set(KINDS), kind
        assert row["is_symmetric"] in ("yes", "no"), kind
        assert row["recurs"] in ("yes", "no"), kind
        assert row["fit"] != "exact" or row["plover_type"], kind
        assert (row["fit"] == "none") == (not row["plover_type"] and not row["cameo_code"]), kind


def test_every_code_is_one_that_plover_and_cameo_have() -> None:
    with (Path(__file__).parent / "gold" / "event_codes.csv").open(encoding="utf-8", newline="") as lines:
        known = {(row["scheme"], row["parent"], row["code"]) for row in csv.DictReader(lines)}
    for kind, row in KINDS.items():
        if row["plover_type"]:
            assert ("PLOVER type", "", row["plover_type"]) in known, kind
        if row["plover_mode"]:
            assert ("PLOVER mode", row["plover_type"], row["plover_mode"]) in known, kind
        if row["cameo_code"]:
            assert ("CAMEO", row["cameo_code"][:2], row["cameo_code"]) in known, kind


def test_every_type_has_a_kind_and_a_kind_of_a_plover_type_is_of_that_type() -> None:
    assert {row["event_type"] for row in KINDS.values()} == set(EVENT_TYPES)
    for kind, row in KINDS.items():
        assert row["plover_type"] in ("", row["event_type"]), kind


def test_a_slot_that_does_not_exist_is_an_error() -> None:
    entry = {"id": "x", "kind": "visit", "example": "", "counterexample": "", "actor": ["subjekt"]}
    rules = {"pattern": [entry], "happening": {"verbs": []}}
    with pytest.raises(lexicon.LexiconError, match="no slot 'subjekt'"):
        load_patterns(lexicon.Lexicon("event_patterns", "of this test", rules=rules))
