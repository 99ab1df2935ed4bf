"""The expectations that Great Expectations lacks. Importing this module registers them under their snake_case names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import pandas as pd
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)

_references: ContextVar[Mapping[str, pd.Index[Any]]] = ContextVar("references")


@contextmanager
def references(keys: Mapping[str, pd.Index[Any]]) -> Iterator[None]:
    """While it lasts, `expect_column_values_to_resolve` finds the keys of `table.column` under that name.

    By name, because the library copies every argument of a check into its result: a million keys, each time.
    """
    token = _references.set(keys)
    try:
        yield
    finally:
        _references.reset(token)


class _ColumnValuesResolve(ColumnMapMetricProvider):
    condition_metric_name = "column_values.resolve"
    condition_value_keys = ("reference",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, reference: str, **_: object) -> pd.Series:  # noqa: N805 - the library's way
        """Whether the value, or in a list every element, is among the keys."""
        elements = column.explode()
        return (elements.isin(_references.get()[reference]) | elements.isna()).groupby(level=0).all()


class ExpectColumnValuesToResolve(ColumnMapExpectation):
    """Expect each value of a column, or each element of its lists, to stand in another table's column."""

    reference: str
    """`table.column` where the values must stand."""

    map_metric: ClassVar[str] = "column_values.resolve"
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "mostly")
