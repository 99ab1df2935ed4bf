"""How a table is declared: columns, their types and meaning, the key, the references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import pyarrow as pa

Scope = Literal["release", "quality", "work"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, its meaning in one sentence, and what may stand in it."""

    name: str
    type: pa.DataType
    description: str
    nullable: bool = False
    values: tuple[str, ...] = ()
    """The closed vocabulary, if it has one (of the elements, in a list)."""
    references: str = ""
    """`table.column` that every value (every element, in a list) must stand in, if it points somewhere."""

    @property
    def field(self) -> pa.Field:
        """The Arrow field; its description travels into the Parquet file."""
        return pa.field(self.name, self.type, self.nullable, metadata={"description": self.description})


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that make a row unique and order the rows."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    scope: Scope = "release"

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema with descriptions; the table's own stands under the key `description`."""
        return pa.schema([column.field for column in self.columns], metadata={"description": self.description})

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    def only(self, *names: str) -> tuple[Column, ...]:
        """The named columns, in the order named: a work table declares what it shares with a released one once."""
        return tuple(self.column(name) for name in names)

    def without(self, *names: str) -> tuple[Column, ...]:
        """All columns but the named ones."""
        for name in names:
            self.column(name)
        return tuple(column for column in self.columns if column.name not in names)


STRUCT_OF_DAYS = pa.struct([pa.field("start", pa.date32()), pa.field("end", pa.date32())])


def text(
    name: str, description: str, *, nullable: bool = False, values: Sequence[str] = (), references: str = ""
) -> Column:
    """A string column."""
    return Column(name, pa.string(), description, nullable, tuple(values), references)


def texts(name: str, description: str, *, values: Sequence[str] = (), references: str = "") -> Column:
    """A list of strings; unknown is the empty list, never null."""
    element = pa.field("element", pa.string(), nullable=False)
    return Column(name, pa.list_(element), description, False, tuple(values), references)


def integer(name: str, description: str, *, nullable: bool = False) -> Column:
    """A 32-bit integer: a count, an ordinal or an offset."""
    return Column(name, pa.int32(), description, nullable)


def number(name: str, description: str, *, nullable: bool = False) -> Column:
    """A 64-bit float."""
    return Column(name, pa.float64(), description, nullable)


def flag(name: str, description: str, *, nullable: bool = False) -> Column:
    """A boolean."""
    return Column(name, pa.bool_(), description, nullable)


def day(name: str, description: str, *, nullable: bool = True) -> Column:
    """A calendar day; a bound of an inclusive interval is null when it is open or unknown."""
    return Column(name, pa.date32(), description, nullable)


def moment(name: str, description: str, *, nullable: bool = True) -> Column:
    """A UTC timestamp in microseconds."""
    return Column(name, pa.timestamp("us", tz="UTC"), description, nullable)


def optional(column: Column) -> Column:
    """The same column, allowed to be null."""
    return replace(column, nullable=True)
