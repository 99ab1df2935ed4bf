"""The sieve: nothing that Great Expectations would find broken may pass, whatever the words and the numbers are."""

from __future__ import annotations

import ast
import itertools
import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe.quality import default_folder, run, views
from kcpipe.quality.profile import profile
from kcpipe.quality.sieve import _condition, _regex, sieve
from kcpipe.quality.suites import Expectation, Suite, load

SUITES = load(default_folder())
DECLARED = [(suite, each) for suite in SUITES for each in suite.expectations]
PATTERNS = sorted({each.kwargs["regex"] for _, each in DECLARED if "regex" in each.kwargs})
ROW_CONDITIONS = sorted({each.kwargs["row_condition"] for _, each in DECLARED if "row_condition" in each.kwargs})
KNOWN_BY_ITSELF = {"expect_table_row_count_to_be_between", "expect_compound_columns_to_be_unique"}
SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


def test_every_expectation_about_single_rows_is_sifted() -> None:
    assert {each.type for suite, each in DECLARED if sieve(suite.table, each) is None} == KNOWN_BY_ITSELF


def test_patterns_find_in_duckdb_what_they_find_in_python() -> None:
    alphabet = [*"aZ09_-.:/ \n\r\t", *SPACES, *"éß한Ⅷ²٣‐"]
    chance = random.Random(1)
    texts = ["", *alphabet, *map("".join, itertools.product(alphabet, repeat=2))]
    texts += ["".join(chance.choices(alphabet, k=chance.randrange(3, 9))) for _ in range(5_000)]
    texts += [
        "a" * 200,
        "a" * 201,
        "ABC DEF",
        "ABC DEF\n",
        "Q12",
        "https://a",
        "2024-02-14T10:00",
        "a_b",
        "country:KOR",
    ]
    with views.opened({"texts": pa.table({"text": texts})}, 200) as rows:
        for pattern in PATTERNS:
            query = f"SELECT _row FROM texts WHERE regexp_matches(text, '{_regex(pattern)}') ORDER BY _row"
            found = [number for (number,) in rows.ask(query)]
            assert found == [number for number, text in enumerate(texts) if re.search(pattern, text)], pattern


def test_row_conditions_choose_the_rows_that_pandas_chooses() -> None:
    tables = {**sample.tables(), "profile": profile(sample.tables(), None)}
    with views.opened(tables, 200) as rows:
        for suite, each in DECLARED:
            if "row_condition" in each.kwargs:
                columns = list(dict.fromkeys(each.columns))
                condition = _condition(ast.parse(each.kwargs["row_condition"], mode="eval").body)
                [[chosen]] = rows.ask(f"SELECT count(*) FILTER ({condition}) FROM ({rows.query(suite.table, columns)})")
                frame = rows.all_rows(suite.table, columns).to_pandas()
                assert chosen == len(frame.query(each.kwargs["row_condition"])), each.id


def test_a_row_condition_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not understood: len\(countries\)"):
        _condition(ast.parse("len(countries)", mode="eval").body)


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation(
            "XX-001", "expect_column_values_to_be_between", {"column": "summary", "min_value": 1}, "info", "No."
        ),
        Expectation("XX-001", "expect_column_values_to_be_unique", {"column": "event_kind"}, "info", "Each once."),
        Expectation(
            "XX-001",
            "expect_column_values_to_be_between",
            {"column": "confidence", "min_value": 1, "strict_min": True},
            "info",
            "More than sure.",
        ),
    ],
    ids=["a comparison that fails", "a type not known to the sieve", "an argument not known to it"],
)
def test_what_the_sieve_does_not_know_is_left_to_the_library(
    expectation: Expectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {**sample.tables(), "profile": profile(sample.tables(), None)}
    suite = Suite("events", "events", (expectation,))
    found = run.check_suites(tables, [suite], max_share_lost=0.1, memory_megabytes=200)
    assert not found[0]["success"]
    monkeypatch.setattr(run, "sieve", lambda *_: None)
    assert run.check_suites(tables, [suite], max_share_lost=0.1, memory_megabytes=200) == found


def test_rows_that_are_left_are_judged_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    expectation = Expectation("XX-001", "expect_column_values_to_be_null", {"column": "text"}, "info", "No words.")
    tables = {**sample.tables(), "profile": profile(sample.tables(), None)}
    suite = Suite("lines", "lines", (expectation,))
    at_once = run.check_suites(tables, [suite], max_share_lost=0.1, memory_megabytes=200)
    monkeypatch.setattr(run, "A_FEW", 1)
    monkeypatch.setattr(run, "AT_ONCE", 3)
    assert run.check_suites(tables, [suite], max_share_lost=0.1, memory_megabytes=200) == at_once
    assert at_once[0]["unexpected_count"] == 11


def test_all_failing_keys_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    expectation = Expectation("XX-001", "expect_column_values_to_be_null", {"column": "event_kind"}, "info", "None.")
    suite = Suite("events", "events", (expectation,))
    tables = {**sample.tables(), "profile": profile(sample.tables(), None)}
    monkeypatch.setattr(run, "A_FEW", 1)
    monkeypatch.setattr(run, "AT_ONCE", 2)
    found = run.failing_keys(tables, suite, expectation, memory_megabytes=200)
    assert found == sorted(tables["events"].column("event_id").to_pylist())


def test_what_does_not_fit_into_memory_goes_to_a_folder_that_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spilt: list[Path] = []
    words = pa.array([f"{number:032x}" for number in range(1_500_000)])
    tables = {"events": pa.table({"event_id": words}), "conflicts": pa.table({"event_id": words})}
    query = (
        "SELECT count(*) FROM (SELECT a.event_id AS one, row_number() OVER (ORDER BY md5(a.event_id)) FROM events a)"
    )
    with views.opened(tables, 100) as rows:
        assert rows.ask(query) == [(1_500_000,)]
        spilt += tmp_path.rglob("*")
    assert [path.name.startswith("kcpipe-checks-") for path in spilt][:1] == [True]
    assert list(tmp_path.iterdir()) == []


def test_a_document_of_a_million_characters_is_held_once() -> None:
    words = "South Korea and Cuba “established” diplomatic relations. "
    tables = {
        "documents": pa.table({"document_id": ["a", "b"], "text": [words * 20_000, "A brief."]}),
        "facts": pa.table(
            {
                "document_id": ["a"] * 1_000,
                "sentence_number": range(1_000),
                "char_start": [len(words) * number for number in range(1_000)],
                "char_end": [len(words) * number + 11 for number in range(1_000)],
            }
        ),
        "sentences": pa.table(
            {
                "document_id": ["a"] * 5_000,
                "sentence_number": range(5_000),
                "char_start": [len(words) * number for number in range(5_000)],
                "char_end": [len(words) * (number + 1) for number in range(5_000)],
            }
        ),
    }
    with views.opened(tables, 200) as rows:
        found = rows.all_rows("facts", ["evidence_in_document", "sentence_start", "char_start"])
    assert set(found.column("evidence_in_document").to_pylist()) == {"South Korea"}
    assert found.column("sentence_start").equals(found.column("char_start"))
