"""The strict way to make a table: pyarrow alone turns a mistyped key into nulls and accepts null where none may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.tables.declare import Column, Table


class ContractError(ValueError):
    """A table does not fit its declaration: the program is wrong, not the user's data."""


_PYTHON_TYPES: tuple[tuple[Callable[[pa.DataType], bool], type | tuple[type, ...]], ...] = (
    (pa.types.is_string, str),
    (pa.types.is_boolean, bool),
    (pa.types.is_integer, int),
    (pa.types.is_floating, (float, int)),
    (pa.types.is_timestamp, datetime),
    (pa.types.is_date, date),
    (pa.types.is_binary, bytes),
    (pa.types.is_list, (list, tuple)),
    (pa.types.is_struct, dict),
)


def _python_type(data_type: pa.DataType) -> type | tuple[type, ...]:
    return next((python_type for is_type, python_type in _PYTHON_TYPES if is_type(data_type)), ())


def _fits(found: type, python_type: type | tuple[type, ...]) -> bool:
    # bool is an int and datetime a date for Python; neither is for us.
    if issubclass(found, bool) and python_type is not bool:
        return False
    if issubclass(found, datetime) and python_type is date:
        return False
    return issubclass(found, python_type)


def build(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The table made of rows.

    table: its declaration. rows: mappings from column name to a Python value of the column's type (str, int,
    float, bool, date, datetime, bytes, list); a nullable column may be left out. Returns a table with the declared
    schema, rows in the order given. Raises ContractError for an unknown key, a missing or null value in a column
    that may not be null, a value of another type, a word outside a closed vocabulary, or a key met twice.
    """
    rows = list(rows)
    columns = {column.name: [row.get(column.name) for row in rows] for column in table.columns}
    if unknown := set().union(*rows) - columns.keys():
        raise ContractError(f"{table.name}: no such column: {', '.join(sorted(unknown))}")
    for column in table.columns:
        _check_types(table, column, columns[column.name])
    try:
        made = pa.table(columns, schema=table.schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ContractError(f"{table.name}: {error}") from error
    return conform(table, made)


def _check_types(table: Table, column: Column, values: Sequence[Any]) -> None:
    python_type = _python_type(column.type)
    strange = {found for found in set(map(type, values)) - {NoneType} if not _fits(found, python_type)}
    if strange:
        value = next(value for value in values if type(value) in strange)
        raise ContractError(f"{table.name}.{column.name}: {value!r} is not {column.type}")


def conform(table: Table, made: pa.Table) -> pa.Table:
    """The same rows under the declared schema, columns in declared order and with their descriptions.

    Raises ContractError for a missing or extra column, another type, a null (also inside a list) where none may
    be, a word outside a closed vocabulary, or a key met twice. Costs a few vectorised passes.
    """
    names = [column.name for column in table.columns]
    if sorted(made.column_names) != sorted(names):
        raise ContractError(
            f"{table.name}: columns differ from the contract: missing {sorted(set(names) - set(made.column_names))}, "
            f"extra {sorted(set(made.column_names) - set(names))}"
        )
    made = made.select(names)
    for column in table.columns:
        values = made.column(column.name)
        if not _same_type(values.type, column.type):
            raise ContractError(f"{table.name}.{column.name}: is {values.type}, must be {column.type}")
        _check_values(table, column, values)
    made = made.cast(table.schema).replace_schema_metadata(table.schema.metadata)
    _check_key(table, made)
    return made


def _same_type(found: pa.DataType, declared: pa.DataType) -> bool:
    if pa.types.is_list(declared) and pa.types.is_list(found):
        return _same_type(found.value_type, declared.value_type)
    return bool(found == declared)


def _check_values(table: Table, column: Column, values: pa.ChunkedArray) -> None:
    if not column.nullable and values.null_count:
        raise ContractError(f"{table.name}.{column.name}: {values.null_count} nulls where none may be")
    flat = pc.list_flatten(values) if pa.types.is_list(column.type) else values
    if flat is not values and flat.null_count:
        raise ContractError(f"{table.name}.{column.name}: {flat.null_count} nulls inside lists")
    if column.values:
        strange = pc.unique(flat.filter(pc.invert(pc.is_in(flat, pa.array([*column.values, None], pa.string())))))
        if len(strange):
            raise ContractError(f"{table.name}.{column.name}: outside the vocabulary: {strange.to_pylist()[:5]}")


def _check_key(table: Table, made: pa.Table) -> None:
    ties = _ties(made, table.key)
    if ties is not None and not pc.any(ties).as_py():
        return
    # On one thread: those of Arrow may let go of rows while Python ends, and abort it (apache/arrow#34314).
    counts = made.group_by(list(table.key), use_threads=False).aggregate([([], "count_all")])
    if counts.num_rows < made.num_rows:
        twice = counts.filter(pc.greater(counts.column("count_all"), 1)).select(list(table.key)).slice(0, 3)
        raise ContractError(f"{table.name}: keys met more than once, such as {twice.to_pylist()}")


def arrange(table: Table, made: pa.Table) -> pa.Table:
    """The same rows ordered by the table's key, in one chunk, so that equal content has equal bytes."""
    return in_order(made, table.key).combine_chunks()


def in_order(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """The rows ordered by these columns, none of which has nulls; as they are when they lie so already.

    To see that costs a tenth of sorting, and what is read from a segment mostly does.
    """
    return rows.sort_by([(name, "ascending") for name in names]) if _ties(rows, names) is None else rows


def _ties(rows: pa.Table, names: Sequence[str]) -> pa.ChunkedArray | None:
    """Whether each row but the first is in these columns, none of which has nulls, what the row before it is; None when
    the rows are not ordered by them."""
    is_tied = pa.chunked_array([np.ones(max(rows.num_rows - 1, 0), bool)])
    for name in names:
        before, behind = rows.column(name).slice(0, len(is_tied)), rows.column(name).slice(1)
        if pc.any(pc.and_(is_tied, pc.greater(before, behind))).as_py():
            return None
        is_tied = pc.and_(is_tied, pc.equal(before, behind))
    return is_tied


def concat(table: Table, parts: Sequence[pa.Table]) -> pa.Table:
    """All parts as one table in one chunk. Raises ContractError when together they break the contract."""
    return conform(table, pa.concat_tables(parts).combine_chunks()) if parts else empty(table)


def empty(table: Table) -> pa.Table:
    """The table without rows."""
    return table.schema.empty_table()
