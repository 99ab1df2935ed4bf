"""The gate: what is set aside, what is allowed, what stops; what drifts; and the verdict as JUnit XML."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe.quality import SuiteError, Verdict, default_folder
from kcpipe.quality.gate import Gated, gate
from kcpipe.quality.junit import junit
from kcpipe.quality.profile import profile
from kcpipe.quality.suites import Suite, load
from kcpipe.settings import UserError
from kcpipe.tables import RELEASED, TABLES

BACKWARDS = {"value": None, "value_low": 5.0, "value_high": 1.0}
"""Breaks QN-003, the upper bound is not below the lower."""


SUITES = tuple(suite for suite in load(default_folder()) if suite.name in ("quantities", "joins/facts", "documents"))
SETTING_ASIDE = tuple(
    replace(
        suite,
        expectations=tuple(
            replace(each, on_fail="quarantine_row") if each.id == "QN-003" else each for each in suite.expectations
        ),
    )
    for suite in SUITES
)


def judge(
    tables: dict[str, pa.Table],
    suites: Sequence[Suite] = SUITES,
    max_share_set_aside: float = 0,
    allow: Mapping[str, str] | None = None,
) -> Gated:
    return gate(
        tables,
        suites,
        previous=None,
        max_share_lost=0.1,
        max_share_set_aside=max_share_set_aside,
        memory_megabytes=200,
        allow=allow or {},
    )


def broken_quantity() -> tuple[dict[str, pa.Table], str]:
    """The sample with one backwards quantity, to which a fact points; its id."""
    rows = [dict(row) for row in sample.ROWS["quantities"]]
    rows[0].update(BACKWARDS)
    facts = [dict(row) for row in sample.ROWS["facts"]]
    facts[0]["quantity_id"] = rows[0]["quantity_id"]
    tables = sample.with_rows("quantities", rows)
    tables["facts"] = sample.with_rows("facts", facts)["facts"]
    return tables, rows[0]["quantity_id"]


def failed(verdict: Verdict) -> set[str]:
    return {row["expectation_id"] for row in verdict.checks.to_pylist() if not row["success"]}


def test_without_on_fail_a_critical_check_stops_the_release() -> None:
    tables, _ = broken_quantity()
    gated = judge(tables, max_share_set_aside=1)
    assert gated.verdict.is_blocked
    assert gated.tables is tables


def test_rows_are_set_aside_with_the_expectation_and_what_pointed_to_them_points_nowhere() -> None:
    tables, key = broken_quantity()
    gated = judge(tables, SETTING_ASIDE, max_share_set_aside=1)
    assert not gated.verdict.is_blocked
    assert failed(gated.verdict) == set()
    assert key not in gated.tables["quantities"].column("quantity_id").to_pylist()
    assert gated.tables["quantities"].num_rows == tables["quantities"].num_rows - 1
    assert key not in gated.tables["facts"].column("quantity_id").to_pylist()
    assert gated.tables["facts"].num_rows == tables["facts"].num_rows
    [row] = [row for row in gated.tables["quarantine"].to_pylist() if row["table_name"] == "quantities"]
    assert (row["row_key"], row["stage"], row["reason"], row["rule_id"]) == (key, "check", "check_failed", "QN-003")
    assert tables["quarantine"].num_rows == gated.tables["quarantine"].num_rows - 1
    for name in RELEASED:
        assert gated.tables[name].schema.equals(TABLES[name].schema)


def test_more_rows_than_may_be_set_aside_stop_the_release() -> None:
    tables, _ = broken_quantity()
    gated = judge(tables, SETTING_ASIDE, max_share_set_aside=0.4 / tables["quantities"].num_rows)
    assert gated.verdict.is_blocked
    assert gated.tables is tables


@pytest.mark.parametrize(
    ("name", "on_fail", "told"),
    [
        ("QN-011", "quarantine_row", "QN-011: only a critical check of rows"),
        ("QN-003", "shrug", "QN-003: on_fail must be one of block, quarantine_row"),
    ],
)
def test_what_may_set_rows_aside_is_a_critical_check_of_rows(
    tmp_path: Path, name: str, on_fail: str, told: str
) -> None:
    folder = Path(shutil.copytree(default_folder(), tmp_path / "expectations"))
    path = folder / "quantities.json"
    declared = json.loads(path.read_text())
    for each in declared["expectations"]:
        if each["meta"]["id"] == name:
            each["on_fail"] = on_fail
    path.write_text(json.dumps(declared))
    with pytest.raises(SuiteError, match=told):
        load(folder)


def test_an_expectation_is_allowed_to_fail_for_a_reason_that_stays_beside_it() -> None:
    tables, _ = broken_quantity()
    verdict = judge(tables, allow={"QN-003": "the paper counts down"}).verdict
    assert (verdict.is_blocked, verdict.allowed, verdict.failed) == (False, 1, 0)
    [row] = [row for row in verdict.checks.to_pylist() if not row["success"]]
    assert (row["expectation_id"], row["allowed_because"]) == ("QN-003", "the paper counts down")
    kept = judge(tables, allow={"QN-004": "another"}).verdict
    assert kept.is_blocked


def test_what_holds_needs_no_leave() -> None:
    verdict = judge(sample.tables(), allow={"QN-003": "not needed"}).verdict
    assert verdict.allowed == 0
    assert set(verdict.checks.column("allowed_because").to_pylist()) == {None}


@pytest.mark.parametrize(("allow", "told"), [({"QN-999": "why"}, "QN-999"), ({"QN-003": " "}, "say why QN-003")])
def test_leave_names_an_expectation_and_a_reason(allow: dict[str, str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        judge(sample.tables(), allow=allow)


# --- drift --------------------------------------------------------------------------------------------------------


def test_a_profile_counts_what_is_there_beside_what_was() -> None:
    first = profile(sample.tables(), None)
    assert set(first.column("previous_count").to_pylist()) == {None}
    halved = sample.with_rows("event_mentions", sample.ROWS["event_mentions"][:1])
    second = {(r["measure"], r["table_name"], r["subject"]): r for r in profile(halved, first).to_pylist()}
    rows = second["rows", "event_mentions", "rows"]
    assert (rows["count"], rows["previous_count"]) == (1, len(sample.ROWS["event_mentions"]))
    told = {row["document_id"] for row in sample.ROWS["event_mentions"][:1]}
    silent = next(r for r in sample.ROWS["event_mentions"] if r["document_id"] not in told)["document_id"]
    assert second["reports_of_document", "event_mentions", silent]["count"] == 0
    assert second["reports_of_document", "event_mentions", silent]["previous_count"] > 0


def test_what_is_gone_counts_zero_and_a_removed_document_is_no_drift() -> None:
    first = profile(sample.tables(), None)
    kinds = {row["event_kind"] for row in sample.ROWS["events"][1:]}
    gone = sample.ROWS["events"][0]["event_kind"]
    rows = [row for row in sample.ROWS["events"] if row["event_kind"] != gone]
    assert gone not in kinds or rows
    second = profile(sample.with_rows("events", rows), first).to_pylist()
    [row] = [row for row in second if (row["measure"], row["subject"]) == ("kind", gone)]
    assert (row["count"], row["total"], row["share"]) == (0, len(rows), 0)
    fewer = sample.with_rows("documents", sample.ROWS["documents"][:1])
    documents = [r["subject"] for r in profile(fewer, first).to_pylist() if r["measure"] == "reports_of_document"]
    assert documents == [sample.ROWS["documents"][0]["document_id"]]


# --- JUnit --------------------------------------------------------------------------------------------------------


def test_junit_has_a_test_for_every_expectation_and_tells_failures_from_warnings() -> None:
    tables, _ = broken_quantity()
    tables["documents"] = sample.with_rows(
        "documents", [dict(row, publisher="\x00<b>&") for row in sample.ROWS["documents"]]
    )["documents"]
    verdict = judge(tables).verdict
    root = ElementTree.fromstring(junit(verdict, "2024-02-14.1"))
    cases = root.findall("testsuite/testcase")
    assert len(cases) == verdict.checks.num_rows
    failures = [case.get("name", "").split()[0] for case in cases if case.find("failure") is not None]
    assert failures == ["QN-003"]
    assert sum(case.find("skipped") is not None for case in cases) == verdict.warned + verdict.informed
    assert [s.get("failures") for s in root if s.get("name") == "quantities"] == ["1"]
    allowed = ElementTree.fromstring(junit(judge(tables, allow={"QN-003": "so"}).verdict, "x"))
    assert not allowed.findall("testsuite/testcase/failure")
