"""Which rows may break an expectation, as SQL: the sieve for tables that are too large for Great Expectations.

DuckDB passes over the rows that surely hold, and counts them; the library judges those that are left, by the same
expectation. What the sieve does not know, it lets through: that costs time and never a verdict.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.quality.suites import Expectation
from kcpipe.tables import TABLES


class Sieve(NamedTuple):
    """Conditions over the columns of a table, each true or false for every row."""

    is_looked_at: str
    """Whether the expectation is about the row at all (its row condition)."""
    is_missing: str
    """Whether there is nothing to judge in it."""
    is_suspect: str
    """Whether it may break the expectation."""

    @property
    def is_left(self) -> str:
        """Whether the row is for the library to judge."""
        return f"({self.is_looked_at}) AND NOT ({self.is_missing}) AND ({self.is_suspect})"


def sieve(table: str, expectation: Expectation) -> Sieve | None:
    """The sieve of an expectation about single rows; None when it is about the table, or not known here."""
    kwargs = expectation.kwargs
    if expectation.type not in _SUSPECTS or not kwargs.keys() <= _SUSPECTS[expectation.type].kwargs | _COMMON:
        return None
    return Sieve(
        is_looked_at=_condition(ast.parse(kwargs.get("row_condition", "True"), mode="eval").body),
        is_missing=_missing(expectation),
        is_suspect=f"coalesce({_SUSPECTS[expectation.type].condition(table, kwargs)}, true)",
    )


def _missing(expectation: Expectation) -> str:
    if expectation.type.endswith("_null"):
        return "false"
    if "column" in expectation.kwargs:
        return f"{_name(expectation.kwargs['column'])} IS NULL"
    nulls = [f"{_name(expectation.kwargs[key])} IS NULL" for key in ("column_A", "column_B")]
    rule = expectation.kwargs.get("ignore_row_if", "both_values_are_missing")
    return {"both_values_are_missing": " AND ".join(nulls), "either_value_is_missing": " OR ".join(nulls)}.get(
        rule, "false"
    )


# --- row conditions, which pandas reads as Python ----------------------------------------------------------------

_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "coalesce({} = {}, false)",
    ast.NotEq: "({} IS DISTINCT FROM {})",
    ast.Lt: "coalesce({} < {}, false)",
    ast.LtE: "coalesce({} <= {}, false)",
    ast.Gt: "coalesce({} > {}, false)",
    ast.GtE: "coalesce({} >= {}, false)",
    ast.In: "coalesce({} IN {}, false)",
    ast.NotIn: "NOT coalesce({} IN {}, false)",
}


def _condition(node: ast.expr) -> str:
    """A row condition as SQL. Raises ValueError for what no suite uses."""
    match node:
        case ast.BoolOp(op, values):
            return f"({(' AND ' if isinstance(op, ast.And) else ' OR ').join(map(_condition, values))})"
        case ast.UnaryOp(ast.Not(), operand):
            return f"(NOT {_condition(operand)})"
        case ast.Compare(left, [operator], [right]):
            return _COMPARISONS[type(operator)].format(_condition(left), _condition(right))
        case ast.Call(ast.Attribute(value, "isnull" | "notnull" as method), [], []):
            return f"({_condition(value)} IS {'NULL' if method == 'isnull' else 'NOT NULL'})"
        case ast.List(elements) | ast.Tuple(elements):
            return f"({', '.join(map(_condition, elements))})"
        case ast.Name(name):
            return _name(name)
        case ast.Constant(value):
            return _literal(value)
    raise ValueError(f"a row condition that is not understood: {ast.unparse(node)}")


def _name(column: str) -> str:
    return f'"{column}"'


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


# --- what may break which expectation ----------------------------------------------------------------------------


class _Suspects(NamedTuple):
    """How the rows that may break a type of expectation are told, and the arguments that are understood."""

    condition: Callable[[str, Mapping[str, Any]], str]
    kwargs: frozenset[str]


_COMMON = frozenset({"mostly", "row_condition"})
_ONE, _TWO = frozenset({"column"}), frozenset({"column_A", "column_B", "ignore_row_if"})


def _outside(_: str, kwargs: Mapping[str, Any]) -> str:
    column = _name(kwargs["column"])
    bounds = {"min_value": "<", "max_value": ">"}
    return " OR ".join(
        f"{column} {sign} {_literal(kwargs[bound])}" for bound, sign in bounds.items() if kwargs.get(bound) is not None
    )


def _unequal(_: str, kwargs: Mapping[str, Any]) -> str:
    return f"NOT {_name(kwargs['column_A'])} = {_name(kwargs['column_B'])}"


def _not_greater(_: str, kwargs: Mapping[str, Any]) -> str:
    sign = ">=" if kwargs.get("or_equal") else ">"
    return f"NOT {_name(kwargs['column_A'])} {sign} {_name(kwargs['column_B'])}"


def _in_set(_: str, kwargs: Mapping[str, Any]) -> str:
    return f"{_name(kwargs['column'])} IN ({', '.join(map(_literal, kwargs['value_set']))})"


def _without_place(table: str, kwargs: Mapping[str, Any]) -> str:
    other, key = kwargs["reference"].split(".")
    column = _name(kwargs["column"])
    keys = f'FROM "{other}" WHERE "{key}" IS NOT NULL'
    if pa.types.is_list(TABLES[table].column(kwargs["column"]).type):
        return f'NOT list_has_all(coalesce((SELECT list(DISTINCT "{key}") {keys}), []), {column})'
    return f'{column} NOT IN (SELECT "{key}" {keys})'


# What \s means to Python: the white space of Unicode and four separators; to DuckDB it is that of ASCII.
_SPACE = r"\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_PATTERNS: Mapping[str, str] = {
    r"[\s\S]": "(?s:.)",
    r"\s": f"[{_SPACE}]",
    r"\S": f"[^{_SPACE}]",
    r"\w": r"[\pL\pN_]",
    r"\d": r"\p{Nd}",
    r"\Z": r"\z",
    "$": r"\n?\z",
}
_TRANSLATED = re.compile(r"\[\\s\\S\]|\\.|\[[^\\\[\]]*\]|\$")


def _regex(pattern: str) -> str:
    """A pattern of Python's for DuckDB's engine, which knows less of Unicode and has no `\\Z`."""
    return _TRANSLATED.sub(lambda found: _PATTERNS.get(found[0], found[0]), pattern)


def _matches(_: str, kwargs: Mapping[str, Any]) -> str:
    return f"regexp_matches({_name(kwargs['column'])}, {_literal(_regex(kwargs['regex']))})"


def _not(condition: Callable[[str, Mapping[str, Any]], str]) -> Callable[[str, Mapping[str, Any]], str]:
    return lambda table, kwargs: f"NOT ({condition(table, kwargs)})"


_SUSPECTS: Mapping[str, _Suspects] = {
    "expect_column_values_to_be_between": _Suspects(_outside, _ONE | {"min_value", "max_value"}),
    "expect_column_values_to_be_in_set": _Suspects(_not(_in_set), _ONE | {"value_set"}),
    "expect_column_values_to_not_be_in_set": _Suspects(_in_set, _ONE | {"value_set"}),
    "expect_column_values_to_be_null": _Suspects(lambda _, kwargs: f"{_name(kwargs['column'])} IS NOT NULL", _ONE),
    "expect_column_values_to_not_be_null": _Suspects(lambda _, kwargs: f"{_name(kwargs['column'])} IS NULL", _ONE),
    "expect_column_values_to_match_regex": _Suspects(_not(_matches), _ONE | {"regex"}),
    "expect_column_values_to_not_match_regex": _Suspects(_matches, _ONE | {"regex"}),
    "expect_column_values_to_resolve": _Suspects(_without_place, _ONE | {"reference"}),
    "expect_column_pair_values_to_be_equal": _Suspects(_unequal, _TWO),
    "expect_column_pair_values_a_to_be_greater_than_b": _Suspects(_not_greater, _TWO | {"or_equal"}),
}
