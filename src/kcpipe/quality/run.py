"""Runs the suites with Great Expectations, in memory: an ephemeral context, nothing written, nobody contacted."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.quality.suites import Expectation, Suite, SuiteError
from kcpipe.quality.views import Frames
from kcpipe.tables import TABLES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library imports modules that newer Pythons call deprecated
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    from kcpipe.quality import custom

MAX_SAMPLE_KEYS = 20
MAX_SHOWN_VALUES = 3
MAX_SHOWN_CHARACTERS = 80
ROWS_KEPT = "rows_kept"
"""The parameter a row count can be held against: the fewest rows that the table may have after the last release."""


def check_suites(
    tables: Mapping[str, pa.Table], suites: Sequence[Suite], *, max_share_lost: float
) -> list[dict[str, Any]]:
    """The rows of `checks` of suites that are loaded already; `tables` with the profile among them."""
    rows: list[dict[str, Any]] = []
    for suite, validated in validated_suites(tables, suites, max_share_lost=max_share_lost):
        results = {(each.expectation_config or {})["meta"]["id"]: each for each in validated.results}
        for expectation in suite.expectations:
            if expectation.id not in results:
                raise SuiteError(f"{suite.name}: {expectation.id} was not run")
            rows.append(_row(suite, expectation, results[expectation.id], TABLES[suite.table].key))
    return rows


def failing_keys(tables: Mapping[str, pa.Table], suite: Suite, expectation: Expectation) -> list[str]:
    """The keys of all rows that break an expectation of rows, in order; `tables` as for `check_suites`."""
    alone = Suite(suite.name, suite.table, (expectation,))
    [(_, validated)] = validated_suites(tables, [alone], max_share_lost=0, result_format="COMPLETE")
    [result] = validated.results
    [key] = TABLES[suite.table].key
    return sorted({str(row[key]) for row in result.result.get("unexpected_index_list") or ()})


def validated_suites(
    tables: Mapping[str, pa.Table], suites: Sequence[Suite], *, max_share_lost: float, result_format: str = "SUMMARY"
) -> list[tuple[Suite, Any]]:
    """The library's own result of each suite; SUMMARY keeps the first failing keys, COMPLETE all of them."""
    with _quiet():
        built = [(suite, _build(suite)) for suite in suites]
        frames = Frames(tables)
        source = _context().data_sources.add_pandas("release")
        found = []
        with custom.references(_keys(frames, suites)):
            for suite, as_built in built:
                columns = [column for each in suite.expectations for column in each.columns]
                kept = math.ceil(_rows_before(tables["profile"], suite.table) * (1 - max_share_lost))
                definition = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe(suite.name)
                batch = definition.get_batch({"dataframe": frames.with_views(suite.table, columns)})
                validated = batch.validate(
                    as_built,
                    expectation_parameters={ROWS_KEPT: kept},
                    result_format={
                        "result_format": result_format,
                        "partial_unexpected_count": MAX_SAMPLE_KEYS,
                        "unexpected_index_column_names": list(TABLES[suite.table].key),
                    },
                )
                found.append((suite, validated))
    return found


def _rows_before(counted: pa.Table, table: str) -> int:
    """The rows that a table had in the release before, 0 for the first."""
    is_row_count = pc.and_(pc.equal(counted.column("measure"), "rows"), pc.equal(counted.column("table_name"), table))
    [rows] = counted.filter(is_row_count).column("previous_count").to_pylist() or [0]
    return rows or 0


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the library's log lines and warnings back: what it finds is in the verdict, what it drops is refused."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _context() -> Any:
    """A context of the library that lives in memory, asks nobody, and draws no progress bar."""
    stores = {
        "expectations_store": "ExpectationsStore",
        "validation_results_store": "ValidationResultsStore",
        "checkpoint_store": "CheckpointStore",
        "validation_definition_store": "ValidationDefinitionStore",
    }
    in_memory = {"class_name": "InMemoryStoreBackend"}
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            config_version=4,
            stores={name: {"class_name": kind, "store_backend": in_memory} for name, kind in stores.items()},
            expectations_store_name="expectations_store",
            validation_results_store_name="validation_results_store",
            checkpoint_store_name="checkpoint_store",
            data_docs_sites={},  # without it the library makes a folder for them under /tmp
            fluent_datasources={},
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        ),
    )


def _build(suite: Suite) -> ExpectationSuite:
    """The suite as the library's own. Raises SuiteError where the library would log, drop and go on."""
    known = set(list_registered_expectation_implementations())
    for each in suite.expectations:
        if each.type not in known:
            raise SuiteError(f"{suite.name}: {each.id}: there is no expectation {each.type!r}")
    built = ExpectationSuite(name=suite.name, expectations=[_made(suite, each) for each in suite.expectations])
    if len(built.expectations) != len(suite.expectations):
        raise SuiteError(f"{suite.name}: {len(suite.expectations)} declared, {len(built.expectations)} built")
    return built


def _made(suite: Suite, expectation: Expectation) -> Any:
    kwargs = dict(expectation.kwargs)
    if "row_condition" in kwargs:
        kwargs["row_condition"] = {"type": "pass_through", "pass_through_filter": kwargs["row_condition"]}
    try:
        return ExpectationConfiguration(
            type=expectation.type,
            kwargs=kwargs,
            severity=FailureSeverity(expectation.severity),
            meta={"id": expectation.id},
        ).to_domain_obj()
    except Exception as error:
        raise SuiteError(f"{suite.name}: {expectation.id}: {error}") from error


def _keys(frames: Frames, suites: Iterable[Suite]) -> dict[str, pd.Index[Any]]:
    """For every `table.column` that a suite refers to, the values that stand there."""
    named = {each.kwargs["reference"] for suite in suites for each in suite.expectations if "reference" in each.kwargs}
    split = {name: name.split(".") for name in named}
    return {name: pd.Index(frames[table][column].dropna().unique()) for name, (table, column) in split.items()}


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
        return "nothing"
    words = " ".join(str(value).split())
    return f"“{words[:MAX_SHOWN_CHARACTERS]}…”" if len(words) > MAX_SHOWN_CHARACTERS else f"“{words}”"
