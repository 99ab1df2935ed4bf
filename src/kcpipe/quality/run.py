"""Runs the suites on the tables of a release: DuckDB clears, Great Expectations judges.

DuckDB finds the rows that may break an expectation (`sieve`) and counts the others; the library judges what is left,
by the same expectation, so many rows at once, and every expectation that is not about single rows. Its verdict over all
rows is the same (tests/test_expectations.py), but costs milliseconds an expectation even where there are no rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.quality import library, views
from kcpipe.quality.library import MAX_SAMPLE_KEYS, Library
from kcpipe.quality.sieve import Sieve, sieve
from kcpipe.quality.suites import Expectation, Suite, SuiteError
from kcpipe.quality.views import Views
from kcpipe.tables import TABLES

AT_ONCE = 20_000
"""Rows that the library is given at once, as a pandas frame; it costs 40 microseconds a row (benchmarks/quality.py)."""
A_FEW = 200
"""Rows that are judged before the others, so that those which break an expectation can be named."""
MAX_SHOWN_VALUES = 3
MAX_SHOWN_CHARACTERS = 80
ROWS_KEPT = "rows_kept"
"""The parameter a row count can be held against: the fewest rows that the table may have after the last release."""


def check_suites(
    tables: Mapping[str, pa.Table],
    suites: Sequence[Suite],
    *,
    max_share_lost: float,
    memory_megabytes: int,
) -> list[dict[str, Any]]:
    """The rows of `checks` of suites that are loaded already.

    tables: with the profile among them. memory_megabytes: what DuckDB may use beside them.
    """
    rows: list[dict[str, Any]] = []
    for suite, validated in validated_suites(
        tables, suites, max_share_lost=max_share_lost, memory_megabytes=memory_megabytes
    ):
        results = library.by_id(validated.results)
        for expectation in suite.expectations:
            if expectation.id not in results:
                raise SuiteError(f"{suite.name}: {expectation.id} was not run")
            rows.append(_row(suite, expectation, results[expectation.id], TABLES[suite.table].key))
    return rows


def failing_keys(
    tables: Mapping[str, pa.Table], suite: Suite, expectation: Expectation, *, memory_megabytes: int
) -> list[str]:
    """The keys of all rows that break an expectation of rows, in order; `tables` as for `check_suites`."""
    alone = Suite(suite.name, suite.table, (expectation,))
    [(_, validated)] = validated_suites(
        tables, [alone], max_share_lost=0, memory_megabytes=memory_megabytes, result_format="COMPLETE"
    )
    [result] = validated.results
    [key] = TABLES[suite.table].key
    return sorted({str(row[key]) for row in result.result.get("unexpected_index_list") or ()})


def validated_suites(
    tables: Mapping[str, pa.Table],
    suites: Sequence[Suite],
    *,
    max_share_lost: float,
    memory_megabytes: int,
    result_format: str = "SUMMARY",
) -> list[tuple[Suite, Any]]:
    """The library's own result of each suite; SUMMARY keeps the first failing keys, COMPLETE all of them."""
    with library.opened(result_format) as judging, views.opened(tables, memory_megabytes) as rows:
        found = []
        for suite in suites:
            kept = math.ceil(_rows_before(tables["profile"], suite.table) * (1 - max_share_lost))
            found.append((suite, _Court(judging, rows, suite, {ROWS_KEPT: kept}).verdict()))
        return found


def _rows_before(counted: pa.Table, table: str) -> int:
    """The rows that a table had in the release before, 0 for the first."""
    is_row_count = pc.and_(pc.equal(counted.column("measure"), "rows"), pc.equal(counted.column("table_name"), table))
    [rows] = counted.filter(is_row_count).column("previous_count").to_pylist() or [0]
    return rows or 0


# --- a suite before the library ----------------------------------------------------------------------------------


class _Counts(NamedTuple):
    """How many rows an expectation is about, in how many there is nothing to judge, how many may break it."""

    looked_at: int
    missing: int
    left: int


class _Court(NamedTuple):
    """A suite, the rows that it is about, and who judges them."""

    library: Library
    rows: Views
    suite: Suite
    parameters: Mapping[str, int]

    def verdict(self) -> Any:
        """The library's result over all rows of the table."""
        sieves = {each.id: found for each in self.suite.expectations if (found := sieve(self.suite.table, each))}
        try:
            counts = self._counted(sieves)
        except duckdb.Error:  # words compared with a number: that is for the library to tell
            sieves, counts = {}, {}
        unsifted = [each for each in self.suite.expectations if each.id not in sieves]
        sifted = [each for each in self.suite.expectations if each.id in sieves]
        held = library.held(self.suite, [each for each in sifted if not counts[each.id].left])
        results = library.by_id([*self._on_all_rows(unsifted), *held])
        for each in sifted:
            if counts[each.id].left:
                results[each.id] = self._over_parts(each, sieves[each.id])
            _count_all_rows(results[each.id], counts[each.id])
        return library.of_suite(self.suite, [results[each.id] for each in self.suite.expectations])

    def _on_all_rows(self, chosen: Sequence[Expectation]) -> list[Any]:
        """The results of some expectations over all rows of the table."""
        return self._judged(chosen, self.rows.all_rows(self.suite.table, self._columns(chosen))) if chosen else []

    def _over_parts(self, expectation: Expectation, left: Sieve) -> Any:
        """The result of one expectation over the rows that the sieve leaves of it, so many at once.

        To name a row costs the library far more than to judge it, so no more are named than are kept: a few rows come
        first, and where they break it the others are only counted.
        """
        columns = self._columns([expectation])
        results: list[Any] = []
        for part in self.rows.rows_where(self.suite.table, columns, left.is_left, (A_FEW, AT_ONCE)):
            named = sum(len(each.result.get("partial_unexpected_index_list") or ()) for each in results)
            results += self._judged([expectation], part, are_named=named < MAX_SAMPLE_KEYS)
        return _merged(results)

    def _counted(self, sieves: Mapping[str, Sieve]) -> dict[str, _Counts]:
        if not sieves:
            return {}
        chosen = [each for each in self.suite.expectations if each.id in sieves]
        asked = ", ".join(
            f"coalesce(count_if({condition}), 0)"  # count(*) FILTER (...) takes three times as long
            for each in sieves.values()
            for condition in (each.is_looked_at, f"({each.is_looked_at}) AND ({each.is_missing})", each.is_left)
        )
        # Materialized, or DuckDB works each column out anew for each condition that it stands in.
        shown = self.rows.query(self.suite.table, self._columns(chosen))
        [numbers] = self.rows.ask(f"WITH shown AS MATERIALIZED ({shown}) SELECT {asked} FROM shown")  # noqa: S608
        return {name: _Counts(*numbers[3 * place : 3 * place + 3]) for place, name in enumerate(sieves)}

    def _judged(self, chosen: Sequence[Expectation], rows: pa.Table, *, are_named: bool = True) -> list[Any]:
        keys = {
            reference: pa.concat_arrays(
                self.rows.standing(reference, rows.column(each.kwargs["column"]))
                for each in chosen
                if each.kwargs.get("reference") == reference
            )
            for reference in sorted({each.kwargs["reference"] for each in chosen if "reference" in each.kwargs})
        }
        return self.library.judged(self.suite, chosen, rows, keys, self.parameters, are_named=are_named)

    def _columns(self, chosen: Iterable[Expectation]) -> list[str]:
        """The columns that some expectations look at, after those of the key, by which rows are named; where they look
        at none, only the rows' numbers, to be counted."""
        named = [column for each in chosen for column in each.columns]
        return list(dict.fromkeys([*TABLES[self.suite.table].key, *named])) if named else [views.ROW]


def _merged(parts: Sequence[Any]) -> Any:
    """The results of one expectation over several parts of its rows as one."""
    first, *others = parts
    for part in parts:
        if _error(part.exception_info):
            return part
    found = first.result
    for other in others:
        found["unexpected_count"] += other.result["unexpected_count"]
        for name, most in (
            ("partial_unexpected_list", MAX_SAMPLE_KEYS),
            ("partial_unexpected_index_list", MAX_SAMPLE_KEYS),
            ("unexpected_list", None),
            ("unexpected_index_list", None),
        ):
            if name in found:
                found[name] = [*found[name], *other.result.get(name, ())][:most]
        found.pop("partial_unexpected_counts", None)
    return first


def _count_all_rows(result: Any, numbers: _Counts) -> None:
    """Let a result over the rows that were left say what it says of all rows."""
    found = result.result
    if _error(result.exception_info):
        return
    looked_at = numbers.looked_at - numbers.missing
    broken = found["unexpected_count"]
    share = broken / looked_at if looked_at else 0.0
    found["element_count"] = numbers.looked_at
    found["unexpected_percent"] = share * 100 if looked_at else None
    if "missing_count" in found:
        found["missing_count"] = numbers.missing
        found["missing_percent"] = numbers.missing / numbers.looked_at * 100 if numbers.looked_at else None
        found["unexpected_percent_total"] = broken / numbers.looked_at * 100 if numbers.looked_at else None
        found["unexpected_percent_nonmissing"] = found["unexpected_percent"]
    mostly = result.expectation_config.kwargs.get("mostly", 1.0)
    result.success = not looked_at or (looked_at - broken) / looked_at >= mostly


# --- what was found, in words ------------------------------------------------------------------------------------


def _row(suite: Suite, expectation: Expectation, result: Any, key: Sequence[str]) -> dict[str, Any]:
    """One row of `checks`. A check that raised is no verdict on the data: it is critical whatever it was declared."""
    error = _error(result.exception_info)
    found = result.result
    return {
        "suite": suite.name,
        "expectation_id": expectation.id,
        "expectation_type": expectation.type,
        "table_name": suite.table,
        "column_name": expectation.kwargs.get("column"),
        "severity": "critical" if error else expectation.severity,
        "success": bool(result.success) and not error,
        "why": expectation.why,
        "observed": f"the check itself failed: {error}" if error else _observed(found, expectation),
        "unexpected_count": None if error or "unexpected_count" not in found else int(found["unexpected_count"]),
        "sample_keys": [
            " ".join(str(row[name]) for name in key) for row in found.get("partial_unexpected_index_list") or ()
        ],
    }


def _error(exception_info: Mapping[str, Any]) -> str:
    """The message of the exception that a check raised, "" if it raised none. The library has two shapes for it."""
    for info in (exception_info, *exception_info.values()):
        if isinstance(info, Mapping) and info.get("raised_exception"):
            return str(info.get("exception_message")).strip().splitlines()[0]
    return ""


def _observed(found: Mapping[str, Any], expectation: Expectation) -> str:
    """What a check found, in words."""
    if "unexpected_count" not in found:
        return "1 row" if found["observed_value"] == 1 else f"{found['observed_value']:,} rows"
    rows, broken = int(found["element_count"]), int(found["unexpected_count"])
    looked_at = rows - int(found.get("missing_count") or 0)
    if not looked_at:
        return "no rows to look at"
    if not broken:
        return "the one row holds" if looked_at == 1 else f"all {looked_at:,} rows hold"
    share = (
        f" ({broken / looked_at:.1%}; {1 - expectation.kwargs['mostly']:.1%} may)"
        if "mostly" in expectation.kwargs
        else ""
    )
    values = found.get("partial_unexpected_list") or ()
    shown = list(dict.fromkeys(_shown(value) for value in values))[:MAX_SHOWN_VALUES]
    return f"{broken:,} of {looked_at:,} rows break it{share}, such as {'; '.join(shown)}"


def _shown(value: Any) -> str:
    """One value that broke a check, short."""
    if isinstance(value, Mapping):
        return _shown(tuple(value.values()))
    if isinstance(value, tuple):
        return " against ".join(_shown(each) for each in value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "a missing value"
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # pandas makes floats of whole numbers when one of them is missing
    words = " ".join(str(value).split())
    if not words:
        return "an empty text"
    return f"“{words[:MAX_SHOWN_CHARACTERS]}…”" if len(words) > MAX_SHOWN_CHARACTERS else f"“{words}”"
