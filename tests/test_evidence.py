"""The first promise: every value traces to characters in a source, cleaned and raw."""

from __future__ import annotations

import pyarrow as pa
import pytest

from conftest import SEEDS
from kcpipe.ids import digest, document_id, span_id
from kcpipe.spans import SpanMap, span_maps
from kcpipe.tables import TABLES, conform

# table -> (column with the words, first, last)
SPANS = {
    "time_expressions": ("text", "char_start", "char_end"),
    "mentions": ("text", "char_start", "char_end"),
    "quotations": ("text", "char_start", "char_end"),
    "quantities": ("text", "char_start", "char_end"),
    "event_mentions": ("evidence", "char_start", "char_end"),
    "facts": ("evidence", "char_start", "char_end"),
}


@pytest.fixture(scope="module")
def raw_texts() -> dict[str, str]:
    """The seeds as they lie on disk, by document_id."""
    return {document_id(digest(path.read_bytes())): path.read_bytes().decode() for path in SEEDS.glob("*.txt")}


@pytest.fixture(scope="module")
def texts(seeds: dict[str, pa.Table]) -> dict[str, str]:
    return {row["document_id"]: row["text"] for row in seeds["documents"].to_pylist()}


@pytest.fixture(scope="module")
def maps(seeds: dict[str, pa.Table]) -> dict[str, SpanMap]:
    return dict(span_maps(seeds["text_spans"]))


def test_the_five_seeds_are_five_documents(seeds: dict[str, pa.Table], raw_texts: dict[str, str]) -> None:
    assert set(seeds["documents"].column("document_id").to_pylist()) == set(raw_texts)
    assert len(raw_texts) == 5


@pytest.mark.parametrize("name", sorted(name for name, table in TABLES.items() if table.scope == "release"))
def test_every_table_conforms_to_its_contract(name: str, seeds: dict[str, pa.Table]) -> None:
    assert conform(TABLES[name], seeds[name]).schema.equals(TABLES[name].schema, check_metadata=True)


@pytest.mark.parametrize("name", SPANS)
def test_every_span_gives_back_its_words(name: str, seeds: dict[str, pa.Table], texts: dict[str, str]) -> None:
    words, start, end = SPANS[name]
    rows = seeds[name].to_pylist()
    assert rows
    for row in rows:
        assert texts[row["document_id"]][row[start] : row[end]] == row[words]


@pytest.mark.parametrize("name", SPANS)
def test_every_span_stands_in_the_raw_file(
    name: str, seeds: dict[str, pa.Table], texts: dict[str, str], raw_texts: dict[str, str], maps: dict[str, SpanMap]
) -> None:
    """The ends of a span are the same characters in the raw file; white space inside may be furniture."""
    _, start, end = SPANS[name]
    for row in seeds[name].to_pylist():
        raw_start, raw_end = maps[row["document_id"]].to_raw(row[start], row[end])
        raw = raw_texts[row["document_id"]][raw_start:raw_end]
        clean = texts[row["document_id"]][row[start] : row[end]]
        assert (raw[0], raw[-1]) == (clean[0], clean[-1])
        assert all(word in raw for word in clean.split())


def test_text_spans_tile_the_text_with_equal_characters(
    seeds: dict[str, pa.Table], texts: dict[str, str], raw_texts: dict[str, str]
) -> None:
    position = dict.fromkeys(texts, 0)
    for row in seeds["text_spans"].to_pylist():
        document = row["document_id"]
        assert row["char_start"] == position[document]
        position[document] = row["char_end"]
        if row["raw_start"] is not None:
            raw = raw_texts[document][row["raw_start"] : row["raw_end"]]
            assert raw == texts[document][row["char_start"] : row["char_end"]]
    assert position == {document: len(text) for document, text in texts.items()}


def test_lines_are_the_raw_file(seeds: dict[str, pa.Table], raw_texts: dict[str, str]) -> None:
    for row in seeds["lines"].to_pylist():
        assert raw_texts[row["document_id"]][row["raw_start"] : row["raw_end"]] == row["text"]


def test_document_fields_stand_in_the_raw_file(seeds: dict[str, pa.Table], raw_texts: dict[str, str]) -> None:
    rows = [row for row in seeds["document_fields"].to_pylist() if row["basis"] == "stated"]
    assert {row["field"] for row in rows} >= {"title", "author", "publisher", "published"}
    for row in rows:
        assert raw_texts[row["document_id"]][row["raw_start"] : row["raw_end"]] == row["text"]


def test_the_evidence_holds_its_trigger(seeds: dict[str, pa.Table], texts: dict[str, str]) -> None:
    for row in seeds["event_mentions"].to_pylist():
        assert row["char_start"] <= row["trigger_start"] < row["trigger_end"] <= row["char_end"]
        assert texts[row["document_id"]][row["trigger_start"] : row["trigger_end"]] == row["trigger_text"]


def test_the_date_words_of_a_report_stand_in_its_sentence_or_are_those_of_the_story(seeds: dict[str, pa.Table]) -> None:
    times = {row["time_expression_id"]: row for row in seeds["time_expressions"].to_pylist()}
    dated = [row for row in seeds["event_mentions"].to_pylist() if row["time_expression_id"] is not None]
    assert dated
    for row in dated:
        time = times[row["time_expression_id"]]
        is_inside = row["char_start"] <= time["char_start"] < time["char_end"] <= row["char_end"]
        assert is_inside == (row["date_scope"] == "clause")
        assert row["date_text"] == time["text"]
        assert (row["date_start"], row["date_end"]) == (time["date_start"], time["date_end"])


def test_participants_stand_in_the_sentence_unless_implicit(seeds: dict[str, pa.Table]) -> None:
    reports = {row["event_mention_id"]: row for row in seeds["event_mentions"].to_pylist()}
    for row in seeds["participants"].to_pylist():
        report = reports[row["event_mention_id"]]
        is_inside = report["char_start"] <= row["char_start"] and row["char_end"] <= report["char_end"]
        assert is_inside != row["is_implicit"]


def test_ids_come_from_raw_offsets(seeds: dict[str, pa.Table], maps: dict[str, SpanMap]) -> None:
    for row in seeds["event_mentions"].to_pylist():
        raw_start, raw_end = maps[row["document_id"]].to_raw(row["trigger_start"], row["trigger_end"])
        expected = span_id("event_mention", row["document_id"], raw_start, raw_end, row["event_kind"])
        assert row["event_mention_id"] == expected


@pytest.mark.parametrize("name", ["time_expressions", "event_mentions", "events"])
def test_a_date_or_a_reason_never_both(name: str, seeds: dict[str, pa.Table]) -> None:
    for row in seeds[name].to_pylist():
        has_date = row["date_start"] is not None or row["date_end"] is not None
        assert has_date == (row["unresolved_reason"] is None)


def test_every_reference_resolves(seeds: dict[str, pa.Table]) -> None:
    checked = 0
    for name, table in seeds.items():
        for column in TABLES[name].columns:
            if column.references:
                target, _, key = column.references.partition(".")
                known = set(seeds[target].column(key).to_pylist())
                values = table.column(column.name).to_pylist()
                flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
                assert {value for value in flat if value is not None} <= known, (name, column.name)
                checked += 1
    assert checked > 30
