"""The nouns: every table, column, type, key, reference and meaning, once, and the strict way to make one.

`TABLES` holds them all by name. `build` makes a table from rows and refuses what does not fit; `conform` holds a
table that was made by columns to the same contract. What a stage hands on has passed one of the two.
"""

from __future__ import annotations

from kcpipe.tables import happenings, readings, texts, work
from kcpipe.tables.build import ContractError, arrange, build, concat, conform, empty, in_order
from kcpipe.tables.declare import Column, Scope, Table

SCHEMA_VERSION = "0.1.0"
"""Version of the tables, by semantic versioning; it stands in every manifest."""

TABLES: dict[str, Table] = {
    table.name: table
    for module in (texts, readings, happenings, work)
    for table in vars(module).values()
    if isinstance(table, Table) and table.name.upper() in vars(module)
}
RELEASED: tuple[str, ...] = tuple(name for name, table in TABLES.items() if table.scope == "release")

__all__ = [
    "RELEASED",
    "SCHEMA_VERSION",
    "TABLES",
    "Column",
    "ContractError",
    "Scope",
    "Table",
    "arrange",
    "build",
    "concat",
    "conform",
    "empty",
    "in_order",
]
