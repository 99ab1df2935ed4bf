"""Great Expectations, held to what the project needs: in memory, nothing written, nobody contacted, nothing dropped."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from kcpipe.quality.suites import Expectation, Suite, SuiteError
from kcpipe.tables import TABLES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library imports modules that newer Pythons call deprecated
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
    from great_expectations.execution_engine import pandas_execution_engine
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.registry import list_registered_expectation_implementations
    from great_expectations.validator.validation_statistics import calc_validation_statistics

    from kcpipe.quality import custom

MAX_SAMPLE_KEYS = 20
Keys = Mapping[str, pa.Array]
"""By `table.column` the values that stand there, of those that a check asks for."""


class Library:
    """One context of the library, open while `opened` lasts."""

    def __init__(self, result_format: str) -> None:
        self._format = result_format
        source = _context().data_sources.add_or_update_pandas("release")
        self._rows = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")

    def judged(
        self,
        suite: Suite,
        chosen: Sequence[Expectation],
        rows: pa.Table,
        keys: Keys,
        parameters: Mapping[str, int],
        *,
        are_named: bool,
    ) -> list[Any]:
        """The library's results for some expectations of a suite, over some rows.

        rows: the columns that they look at. parameters: what `$PARAMETER` stands for. are_named: whether the first rows
        that break one are named; COMPLETE names all of them in any case. Raises SuiteError where the library would
        log, drop and go on.
        """
        frame = rows.to_pandas()
        with custom.references({reference: pd.Index(values.to_pandas()) for reference, values in keys.items()}):
            validated = self._rows.get_batch({"dataframe": frame}).validate(
                _suite(suite, chosen),
                expectation_parameters=dict(parameters),
                result_format={
                    "result_format": self._format if are_named or self._format == "COMPLETE" else "BASIC",
                    "partial_unexpected_count": MAX_SAMPLE_KEYS,
                    "unexpected_index_column_names": list(TABLES[suite.table].key),
                },
            )
        return list(validated.results)


@contextmanager
def opened(result_format: str) -> Iterator[Library]:
    """The library, its log lines and warnings kept back: what it finds is in its results, what it drops is refused.

    result_format: SUMMARY keeps the first failing keys, COMPLETE all of them.
    """
    logger = logging.getLogger("great_expectations")
    level, largest = logger.level, pandas_execution_engine.HASH_THRESHOLD
    logger.setLevel(logging.CRITICAL + 1)
    # Bytes up to which it takes the fingerprint of every frame, which nobody reads: a tenth of the time of the checks.
    pandas_execution_engine.HASH_THRESHOLD = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield Library(result_format)
    finally:
        logger.setLevel(level)
        pandas_execution_engine.HASH_THRESHOLD = largest


def held(suite: Suite, chosen: Sequence[Expectation]) -> list[Any]:
    """The library's results for some expectations of a suite where no row is left to judge: what it says over no rows.

    Raises SuiteError as `Library.judged` does.
    """
    return [
        ExpectationValidationResult(
            success=True,
            expectation_config=made.configuration,
            result={
                "element_count": 0,
                "unexpected_count": 0,
                "unexpected_percent": None,
                "partial_unexpected_list": [],
            }
            | ({} if each.type.endswith("_null") else {"missing_count": 0, "missing_percent": None}),
            exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
        )
        for each, made in zip(chosen, _suite(suite, chosen).expectations, strict=True)
    ]


def by_id(results: Iterable[Any]) -> dict[str, Any]:
    """Results of single expectations by the id of the expectation."""
    return {(each.expectation_config or {})["meta"]["id"]: each for each in results}


def of_suite(suite: Suite, results: Sequence[Any]) -> Any:
    """The library's result of a suite: those of its expectations, and what they come to."""
    counted = calc_validation_statistics(list(results))._asdict()
    return ExpectationSuiteValidationResult(
        success=counted.pop("success"),
        results=list(results),
        suite_name=suite.name,
        statistics=counted,
        meta={"great_expectations_version": gx.__version__},
    )


@cache
def _context() -> Any:
    """The library's context: it lives in memory, asks nobody, and draws no progress bar. A process may have one."""
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


def _suite(suite: Suite, chosen: Sequence[Expectation]) -> ExpectationSuite:
    """The expectations as the library's own. Raises SuiteError where the library would log, drop and go on."""
    known = set(list_registered_expectation_implementations())
    for each in chosen:
        if each.type not in known:
            raise SuiteError(f"{suite.name}: {each.id}: there is no expectation {each.type!r}")
    built = ExpectationSuite(name=suite.name, expectations=[_made(suite, each) for each in chosen])
    if len(built.expectations) != len(chosen):
        raise SuiteError(f"{suite.name}: {len(chosen)} declared, {len(built.expectations)} built")
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
