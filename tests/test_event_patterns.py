"""Every pattern finds its own example and leaves its counterexample alone; every kind has a pattern."""

from __future__ import annotations

import pyarrow as pa
import pytest

from conftest import tables_of_text
from kcpipe import lexicon
from kcpipe.events.patterns import Pattern, load_patterns
from kcpipe.tables.happenings import EVENT_TYPES, PLOVER_TYPES

PATTERNS = load_patterns(lexicon.load("event_patterns")).all
KINDS = {row["event_kind"]: row for row in lexicon.load("event_kinds").rows}


@pytest.fixture(scope="module")
def found() -> dict[str, pa.Table]:
    """One article whose paragraphs are all examples and counterexamples."""
    paragraphs = [sentence for pattern in PATTERNS for sentence in (pattern.example, pattern.counterexample)]
    return tables_of_text("\n\n".join(["What the patterns find", *paragraphs]))


def reports_of(found: dict[str, pa.Table], sentence: str) -> list[dict[str, object]]:
    return [row for row in found["event_mentions"].to_pylist() if row["evidence"] == sentence]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_pattern_finds_its_example(pattern: Pattern, found: dict[str, pa.Table]) -> None:
    reports = [row for row in reports_of(found, pattern.example) if row["pattern_id"] == pattern.id]
    assert [row["status"] for row in reports] == ["occurred"]
    assert len(reports[0]["countries"]) >= pattern.countries  # type: ignore[arg-type]
    assert reports[0]["date_text"] is not None or not any(character.isdigit() for character in pattern.example)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_pattern_leaves_its_counterexample_alone(pattern: Pattern, found: dict[str, pa.Table]) -> None:
    sentences = {row["char_start"]: row["char_end"] for row in found["sentences"].to_pylist()}
    [document] = found["documents"].to_pylist()
    assert pattern.counterexample in {document["text"][start:end] for start, end in sentences.items()}
    assert [
        row["pattern_id"] for row in reports_of(found, pattern.counterexample) if row["pattern_id"] == pattern.id
    ] == []


def test_every_kind_has_a_pattern_and_every_pattern_a_kind() -> None:
    assert {pattern.kind for pattern in PATTERNS} == set(KINDS)


def test_kinds_speak_the_vocabularies() -> None:
    for kind, row in KINDS.items():
        assert row["event_type"] in EVENT_TYPES, kind
        assert row["plover_type"] in (*PLOVER_TYPES, ""), kind
        assert set(row["enacted_by"].split()) <= set(KINDS), kind
        assert row["is_symmetric"] in ("yes", "no"), kind
        assert row["recurs"] in ("yes", "no"), kind
        assert (row["fit"] == "none") == (not row["plover_type"] and not row["cameo_code"]), kind
