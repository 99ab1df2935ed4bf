"""What happens when a critical check does not hold: stop, set the rows aside, or let it pass for a reason that is kept.

A critical check stops the release. An expectation whose `on_fail` is `quarantine_row` sets the rows that break it
aside instead, while they are few: they stand in the quarantine with the expectation's id, what pointed to them points
to nothing, and the checks run again on what is left. And a person may let one named expectation pass (`allow`); the
reason stands in the verdict, in the manifest and on the report for as long as the release does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import name_id
from kcpipe.quality.profile import profile
from kcpipe.quality.run import check_suites, failing_keys
from kcpipe.quality.suites import Expectation, Suite
from kcpipe.quality.verdict import Verdict
from kcpipe.settings import UserError
from kcpipe.tables import RELEASED, TABLES, build, concat

Tables = Mapping[str, pa.Table]


class Gated(NamedTuple):
    """The tables as they may be published, and the verdict over them."""

    tables: Tables
    verdict: Verdict


def gate(
    tables: Tables,
    suites: Sequence[Suite],
    *,
    previous: pa.Table | None,
    max_share_lost: float,
    max_share_set_aside: float,
    memory_megabytes: int,
    allow: Mapping[str, str],
) -> Gated:
    """See `kcpipe.quality.judge`; the suites loaded already."""
    unknown = sorted(allow.keys() - {each.id for suite in suites for each in suite.expectations})
    if unknown:
        raise UserError(f"there is no expectation {', '.join(unknown)} to allow")
    nameless = sorted(name for name, reason in allow.items() if not reason.strip())
    if nameless:
        raise UserError(f"say why {', '.join(nameless)} may fail: --allow 'ID=the reason'")

    def judged_as(judged: Tables) -> Gated:
        counted = profile(judged, previous)
        rows = check_suites(
            {**judged, "profile": counted}, suites, max_share_lost=max_share_lost, memory_megabytes=memory_megabytes
        )
        for row in rows:
            row["allowed_because"] = None if row["success"] else allow.get(row["expectation_id"])
        return Gated(judged, Verdict.of(rows, counted))

    judged = judged_as(tables)
    broken = _to_set_aside(judged, suites)
    if not broken:
        return judged
    left = tables
    for suite, expectation in broken:
        of_all = {**left, "profile": judged.verdict.profile}
        keys = failing_keys(of_all, suite, expectation, memory_megabytes=memory_megabytes)
        if len(keys) > max_share_set_aside * tables[suite.table].num_rows:
            return judged
        left = set_aside(left, suite.table, keys, expectation)
    return judged_as(left)


def _to_set_aside(judged: Gated, suites: Sequence[Suite]) -> list[tuple[Suite, Expectation]]:
    """The expectations that failed and whose rows may be set aside."""
    failed = {row["expectation_id"] for row in judged.verdict.checks.to_pylist() if not row["success"]}
    return [
        (suite, each)
        for suite in suites
        for each in suite.expectations
        if each.on_fail == "quarantine_row" and each.id in failed
    ]


def set_aside(tables: Tables, name: str, keys: Sequence[str], expectation: Expectation) -> Tables:
    """The tables without the rows of a table that have these keys; the rows stand in `quarantine`.

    What refers to one of them and may be null becomes null; what must refer to one goes with it.
    """
    if not keys:
        return tables
    [key] = TABLES[name].key
    table = tables[name]
    is_gone = pc.is_in(table.column(key), pa.array(keys, pa.string()))
    left = {**tables, name: table.filter(pc.invert(is_gone))}
    left["quarantine"] = concat(
        TABLES["quarantine"],
        [tables["quarantine"], build(TABLES["quarantine"], _reasons(table.filter(is_gone), name, key, expectation))],
    )
    for other in RELEASED:
        for column in TABLES[other].columns:
            if column.references != f"{name}.{key}" or not pa.types.is_string(column.type):
                continue
            points = pc.fill_null(pc.is_in(left[other].column(column.name), pa.array(keys, pa.string())), False)
            if column.nullable:
                emptied = pc.if_else(points, pa.scalar(None, pa.string()), left[other].column(column.name))
                index = left[other].column_names.index(column.name)
                left[other] = left[other].set_column(index, column.field, emptied)
            else:
                left[other] = left[other].filter(pc.invert(points))
    return left


def _reasons(rows: pa.Table, name: str, key: str, expectation: Expectation) -> list[dict[str, Any]]:
    """The rows of `quarantine` for rows of a table that broke an expectation."""
    return [
        {
            "quarantine_id": name_id("quarantine", row[key], expectation.id),
            "document_id": row.get("document_id"),
            "stage": "check",
            "reason": "check_failed",
            "message": expectation.why,
            "char_start": row.get("char_start"),
            "char_end": row.get("char_end"),
            "table_name": name,
            "row_key": row[key],
            "rule_id": expectation.id,
        }
        for row in rows.to_pylist()
    ]
