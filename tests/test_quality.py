"""The gate: what the loader refuses, what a verdict says, and that nothing leaks out of the library behind it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe.ids import ID_LENGTH
from kcpipe.quality import SuiteError, Verdict, default_folder, judge, suites_digest
from kcpipe.quality.profile import profile
from kcpipe.quality.run import check_suites
from kcpipe.quality.suites import Expectation, Suite, load
from kcpipe.tables import RELEASED, TABLES, build

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's suites that a test may spoil."""
    return Path(shutil.copytree(default_folder(), tmp_path / "expectations"))


def edit(path: Path, **changes: Any) -> None:
    """Change keys of a suite; None takes the key away."""
    suite = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in suite.items() if value is not None}))


def expectation(**changes: Any) -> dict[str, Any]:
    made = {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "summary"},
        "severity": "warning",
        "meta": {"id": "XX-001", "why": "A test."},
    } | changes
    return {key: value for key, value in made.items() if value is not None}


def suite_of(table: str, *expectations: Expectation) -> Suite:
    return Suite(table, table, expectations)


def verdict(*suites: Suite, tables: Any = None, previous: dict[str, int] | None = None, lost: float = 0.1) -> Verdict:
    """The verdict of some suites; previous: rows per table of the release before."""
    tables = tables or sample.tables()
    counted = profile(tables, None if previous is None else rows_before(previous))
    return Verdict.of(
        check_suites({**tables, "profile": counted}, suites, max_share_lost=lost, memory_megabytes=200), counted
    )


def rows_before(rows: dict[str, int]) -> pa.Table:
    """The profile of a release of which only the numbers of rows are known."""
    return build(
        TABLES["profile"],
        [
            {"measure": "rows", "table_name": name, "subject": "rows", "count": number, "total": number}
            for name, number in rows.items()
        ],
    )


def test_every_released_table_has_a_suite() -> None:
    assert {suite.name for suite in load(default_folder())} >= set(RELEASED)


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (expectation(type="expect_column_values_to_be_trve"), "there is no expectation"),
        (expectation(kwargs={"column": "sumary"}), "has no column sumary"),
        (expectation(kwargs={"column_list": ["event_id", "sumary"]}), "has no column sumary"),
        (expectation(kwargs={"column": "summary", "row_condition": "sumary.isnull()"}), "has no column sumary"),
        (expectation(kwargs={"column": "summary", "row_condition": "is null"}), "cannot tell its columns"),
        (expectation(kwargs={"column": "summary", "mosty": 0.9}), "XX-001"),
        (expectation(kwargs={"column": "summary", "mostly": 2}), "XX-001"),
        (expectation(kwargs=["summary"]), "kwargs must be an object"),
        (expectation(severity="severe"), "severity must be one of"),
        (expectation(severity=None), "missing keys ['severity']"),
        (expectation(meta={"why": "A test."}), "missing keys ['id']"),
        (expectation(meta={"id": "XX-001", "why": " "}), "why must be words"),
        (expectation(meta={"id": "EC-001", "why": "A test."}), "EC-001 stands in event_countries already"),
        (expectation(description="A test."), "unknown keys ['description']"),
        (
            expectation(
                type="expect_column_values_to_resolve", kwargs={"column": "event_id", "reference": "tokens.text"}
            ),
            "no released column 'tokens.text'",
        ),
        ("an expectation", "must be an object"),
    ],
)
def test_a_broken_expectation_stops_the_run(folder: Path, spoilt: object, told: str) -> None:
    path = folder / "events.json"
    edit(path, expectations=[spoilt])
    with pytest.raises(SuiteError) as raised:
        judge(sample.tables(), folder)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("file", "changes", "told"),
    [
        ("events.json", {"name": "event"}, "is named 'event'"),
        ("events.json", {"notes": "none"}, "unknown keys ['notes']"),
        ("events.json", {"meta": {"why": "A test.", "min_rows": 0}}, "unknown keys ['min_rows']"),
        ("events.json", {"meta": None}, "missing keys ['meta']"),
        ("events.json", {"expectations": []}, "expects nothing"),
        ("events.json", {"meta": {"why": "No word on empty tables."}}, "would pass on an empty table"),
        ("joins/events.json", {"table": None}, "missing keys ['table']"),
        ("joins/events.json", {"table": "tokens"}, "'tokens' is not a released table"),
    ],
)
def test_a_broken_suite_is_refused(folder: Path, file: str, changes: dict[str, Any], told: str) -> None:
    edit(folder / file, **changes)
    with pytest.raises(SuiteError) as raised:
        load(folder)
    assert told in str(raised.value)


def test_a_file_that_is_no_suite_is_refused(folder: Path) -> None:
    (folder / "gossip.json").write_text((folder / "events.json").read_text().replace('"events"', '"gossip"'))
    with pytest.raises(SuiteError, match="not a released table"):
        load(folder)
    (folder / "gossip.json").write_text('{"name": "gossip", "name": "rumour"}')
    with pytest.raises(SuiteError, match="name stands twice"):
        load(folder)
    (folder / "gossip.json").write_text("{")
    with pytest.raises(SuiteError, match=r"gossip\.json"):
        load(folder)


def test_a_missing_suite_is_refused(folder: Path) -> None:
    (folder / "events.json").unlink()
    with pytest.raises(SuiteError, match="no suite for events"):
        load(folder)
    with pytest.raises(SuiteError, match="no suites in"):
        load(folder / "nowhere")


def test_the_digest_follows_names_and_bytes(folder: Path) -> None:
    assert suites_digest(folder) == suites_digest(default_folder())
    edit(folder / "events.json", meta={"why": "Another reason.", "may_be_empty": "A test."})
    edited = suites_digest(folder)
    assert edited != suites_digest(default_folder())
    (folder / "events.json").rename(folder / "renamed.json")
    assert suites_digest(folder) != edited


def test_equal_tables_get_equal_verdicts_in_order() -> None:
    suites = load(default_folder())[:6]
    first, second = verdict(*suites), verdict(*suites[::-1])
    assert first.checks.equals(second.checks)
    assert first.checks.schema.equals(TABLES["checks"].schema, check_metadata=True)
    ids = [(row["suite"], row["expectation_id"]) for row in first.checks.to_pylist()]
    assert ids == sorted(ids)
    assert first.passed == len(ids) == sum(len(suite.expectations) for suite in suites)
    assert not first.is_blocked


def test_only_a_critical_failure_blocks() -> None:
    for severity, counts in {"critical": (1, 0, 0), "warning": (0, 1, 0), "info": (0, 0, 1)}.items():
        broken = Expectation(
            "XX-001", "expect_column_values_to_be_null", {"column": "summary"}, severity, "No event may have words."
        )
        found = verdict(suite_of("events", broken))
        assert (found.failed, found.warned, found.informed, found.passed) == (*counts, 0)
        assert found.is_blocked == (severity == "critical")


def test_failing_rows_are_named_up_to_twenty() -> None:
    broken = Expectation(
        "XX-001",
        "expect_column_values_to_be_null",
        {"column": "text", "mostly": 0.1},
        "info",
        "No line may have words.",
    )
    [row] = verdict(suite_of("lines", broken)).checks.to_pylist()
    assert row["sample_keys"][0] == f"{sample.A.id} 1"
    assert len(row["sample_keys"]) == row["unexpected_count"] == 11
    assert row["observed"].startswith("11 of 11 rows break it (100.0%; 90.0% may), such as “Go to contents”; ")
    many = [{**sample.ROWS["quarantine"][0], "quarantine_id": f"{n:0{ID_LENGTH}}", "reason": "!"} for n in range(50)]
    watched = next(suite for suite in load(default_folder()) if suite.name == "quarantine")
    rows = verdict(watched, tables=sample.with_rows("quarantine", many)).checks.to_pylist()
    assert rows[0]["unexpected_count"] == 50
    assert rows[0]["sample_keys"] == [f"{n:0{ID_LENGTH}}" for n in range(20)]


def test_a_check_that_raises_blocks_whatever_its_severity() -> None:
    senseless = Expectation(
        "XX-001",
        "expect_column_values_to_be_between",
        {"column": "summary", "min_value": 1},
        "info",
        "Words are no number.",
    )
    found = verdict(suite_of("events", senseless))
    [row] = found.checks.to_pylist()
    assert (row["severity"], row["success"], found.is_blocked) == ("critical", False, True)
    assert row["observed"].startswith("the check itself failed: ")


@pytest.mark.parametrize(
    ("previous", "lost", "is_blocked"),
    [
        (None, 0.1, False),
        ({}, 0.1, False),
        ({"documents": 2}, 0.1, False),
        ({"documents": 3}, 0.1, True),
        ({"documents": 3}, 0.5, False),
        ({"documents": 200}, 1.0, False),
    ],
)
def test_a_release_may_not_lose_too_many_documents(
    previous: dict[str, int] | None, lost: float, is_blocked: bool
) -> None:
    watched = next(suite for suite in load(default_folder()) if suite.name == "documents")
    assert verdict(watched, previous=previous, lost=lost).is_blocked == is_blocked


def test_no_documents_block_the_first_release_too() -> None:
    watched = next(suite for suite in load(default_folder()) if suite.name == "documents")
    found = verdict(watched, tables=sample.with_rows("documents", []))
    assert found.is_blocked
    assert "DO-001" in [row["expectation_id"] for row in found.checks.to_pylist() if not row["success"]]


def test_lists_resolve_by_element() -> None:
    known = Expectation(
        "XX-001",
        "expect_column_values_to_resolve",
        {"column": "countries", "reference": "entities.country_code", "row_condition": "is_occurred"},
        "critical",
        "Each country is known.",
    )
    rows = [dict(row) for row in sample.ROWS["events"]]
    rows[1]["countries"], rows[2]["countries"] = ["CUB", "PRK"], []
    [row] = verdict(suite_of("events", known), tables=sample.with_rows("events", rows)).checks.to_pylist()
    assert (row["unexpected_count"], row["sample_keys"]) == (1, [rows[1]["event_id"]])


def test_articles_without_events_pass() -> None:
    kept = {"records", "documents", "lines", "text_spans", "sentences", "event_kinds", "quarantine"}
    tables = {name: each if name in kept else each.slice(0, 0) for name, each in sample.tables().items()}
    found = judge(tables, default_folder()).verdict
    failed = [row["expectation_id"] for row in found.checks.to_pylist() if not row["success"]]
    assert failed == ["EM-001", "ME-001", "TE-001"]
    assert not found.is_blocked


def test_no_check_raises_on_empty_or_undated_tables() -> None:
    undated = [
        {**row, "published_start": None, "published_end": None, "published_at": None}
        for row in sample.ROWS["documents"]
    ]
    timeless = [{**row, "date_start": None, "date_end": None} for row in sample.ROWS["event_mentions"]]
    watched = [
        each for each in load(default_folder()) if each.name in ("documents", "event_mentions", "time_expressions")
    ]
    changed = sample.with_rows("documents", undated) | {
        "event_mentions": sample.with_rows("event_mentions", timeless)["event_mentions"]
    }
    empty = {name: each.slice(0, 0) for name, each in sample.tables().items()}
    for found in (verdict(*watched, tables=changed), verdict(*load(default_folder()), tables=empty)):
        assert [row for row in found.checks.to_pylist() if "check itself failed" in row["observed"]] == []


def test_nothing_is_written_printed_or_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the check asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verdict(next(suite for suite in load(default_folder()) if suite.name == "events"))
    assert list(tmp_path.rglob("*")) == []
    assert capfd.readouterr() == ("", "")


def test_the_library_is_imported_only_to_check() -> None:
    program = (
        "import sys, kcpipe.quality as q; q.suites_digest(q.default_folder()); "
        "print('great_expectations' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout == "False False\n"
