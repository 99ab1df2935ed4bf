"""The rows of a release as a suite looks at them: a table's own columns, and those of `views.toml` beside them.

The tables stay Arrow's. DuckDB reads them where they lie, works out the other columns by joins that use no more memory
than allowed (the rest goes to a temporary folder), and hands over as many rows as are asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import lexicon
from kcpipe.joins import rows_at
from kcpipe.quality.cut import cut
from kcpipe.supplied import language_code, outlet_name

if TYPE_CHECKING:
    import duckdb

_DECLARED: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "views.toml").read_text(encoding="utf-8"))
_MACROS: Mapping[str, str] = _DECLARED["macros"]
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    table: declared["columns"] for table, declared in _DECLARED.items() if table != "macros"
}
_CUTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    table: declared["cuts"] for table, declared in _DECLARED.items() if "cuts" in declared
}
VIEWS: Mapping[str, frozenset[str]] = {
    table: frozenset((*columns, *_CUTS.get(table, {}))) for table, columns in _COLUMNS.items()
}
"""By table the columns that a suite may look at beside its own."""
CUT_AT_ONCE = 100_000
"""Rows for which characters are found at once: it takes some hundred bytes of memory for each."""
ROW = "_row"
"""The number of a row in its table, from 0."""
_WORD = re.compile(r"\w+")


class Views:
    """The released tables and the profile, by name, open for questions; `opened` closes it."""

    def __init__(self, tables: Mapping[str, pa.Table], connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables = {
            name: table.append_column(ROW, pa.array(np.arange(table.num_rows)))
            for name, table in ({**tables, **_known()}).items()
        }
        self._with_cuts: dict[str, pa.Table] = {}
        for name, table in self._tables.items():
            connection.register(name, table)

    def all_rows(self, table: str, columns: Sequence[str]) -> pa.Table:
        """All rows of a table in their order: these columns, its own, views or ROW."""
        if set(columns) <= set(self._tables[table].column_names):
            return self._tables[table].select(columns)
        return self._put_together(table, columns, f"{self.query(table, columns)} ORDER BY {ROW}")

    def rows_where(
        self, table: str, columns: Sequence[str], condition: str, at_once: tuple[int, int]
    ) -> Iterator[pa.Table]:
        """The rows for which an SQL condition over these columns is true, in their order.

        at_once: how many come first, and how many then at a time.
        """
        found = f"SELECT * FROM ({self.query(table, columns)}) WHERE {condition} ORDER BY {ROW}"  # noqa: S608
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE _found AS {found}")
        [[number]] = self.ask("SELECT count(*) FROM _found")
        for start, end in pairwise([0, *range(at_once[0], number, at_once[1]), number]):
            part = f"SELECT * FROM _found WHERE rowid >= {start} AND rowid < {end} ORDER BY {ROW}"  # noqa: S608
            yield self._put_together(table, columns, part)

    def _put_together(self, table: str, columns: Sequence[str], query: str) -> pa.Table:
        """The rows of a query that gives ROW: a table's own columns as they lie there, the others as DuckDB says."""
        found = self._connection.sql(query).to_arrow_table()
        own = self._tables[table].select([name for name in columns if name not in VIEWS.get(table, frozenset())])
        own = rows_at(own, found.column(ROW).to_numpy())
        return pa.table({name: (own if name in own.column_names else found).column(name) for name in columns})

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that an SQL query gives. Raises duckdb.Error."""
        return self._connection.execute(query).fetchall()

    def standing(self, reference: str, values: pa.ChunkedArray) -> pa.Array:
        """Those of some strings, or elements of lists of strings, that stand in `table.column`."""
        table, column = reference.split(".")
        flat = pc.list_flatten(values) if pa.types.is_list(values.type) else values
        asked = pa.table({"_value": pc.unique(flat.cast(pa.string()))})
        self._connection.register("_asked", asked)
        query = f'SELECT _value FROM _asked SEMI JOIN "{table}" AS other ON other."{column}" = _value'  # noqa: S608
        return self._connection.sql(query).to_arrow_table().column("_value").combine_chunks()

    def query(self, table: str, columns: Sequence[str]) -> str:
        """The SQL that gives ROW and these columns for each row of a table, in any order."""
        self._cut(table, [name for name in columns if name in _CUTS.get(table, {})])
        views = _COLUMNS.get(table, {})
        shown = [f'{views[name]} AS "{name}"' if name in views else f'this."{name}" AS "{name}"' for name in columns]
        joins = _joins(table, " ".join(shown))
        return f'SELECT this.{ROW} AS {ROW}, {", ".join(shown) or "NULL"} FROM "{table}" AS this {" ".join(joins)}'  # noqa: S608

    def _cut(self, table: str, names: Sequence[str]) -> None:
        """Let a table have these columns of characters as its own, until another one gets some."""
        rows = self._with_cuts.get(table, self._tables[table])
        missing = [name for name in names if name not in rows.column_names]
        if not missing:
            return
        for other in self._with_cuts:
            self._connection.register(other, self._tables[other])
        for name in missing:
            rows = rows.append_column(name, self._characters(table, *_CUTS[table][name]))
        self._with_cuts = {table: rows}
        self._connection.register(table, rows)

    def _characters(self, table: str, texts: str, *places: str) -> pa.ChunkedArray:
        """Characters of a text for each row of a table. texts: a column of texts, `table.column`. places: SQL for the
        row there, the first character, and that behind the last."""
        source, column = texts.split(".")
        shown = ", ".join(f"{place} AS {name}" for place, name in zip(places, ("text", "first", "stop"), strict=True))
        joins = " ".join(_joins(table, shown))
        found = self._connection.sql(f'SELECT {shown} FROM "{table}" AS this {joins} ORDER BY this.{ROW}')  # noqa: S608
        parts = found.to_arrow_reader(CUT_AT_ONCE)
        cuts = (cut(self._tables[source].column(column), *part.columns) for part in parts)
        return pa.chunked_array(cuts, pa.string_view())


def _joins(table: str, shown: str) -> list[str]:
    """The joins that some expressions need, and those that these need, which are declared before them."""
    needed: list[str] = []
    for name, join in reversed(_DECLARED.get(table, {}).get("joins", {}).items()):
        if re.search(rf"\b{name}\.", " ".join((shown, *needed))):
            needed.append(f"LEFT JOIN {join}")
    return needed[::-1]


@contextmanager
def opened(tables: Mapping[str, pa.Table], memory_megabytes: int) -> Iterator[Views]:
    """The tables, all released ones and the profile by name, for as long as the context lasts.

    memory_megabytes: what DuckDB may use beside the tables themselves.
    """
    import duckdb  # noqa: PLC0415 - only a check needs it
    from duckdb.func import DEFAULT, SPECIAL  # noqa: PLC0415

    with TemporaryDirectory(prefix="kcpipe-checks-") as folder:
        settings: dict[str, Any] = {"memory_limit": f"{memory_megabytes}MB", "temp_directory": folder}
        connection = duckdb.connect(config=settings)
        # Joins as they are declared: turned about, they would hold the texts of all documents.
        connection.execute("SET disabled_optimizers = 'join_order'")
        try:
            for signature, words in _MACROS.items():
                connection.execute(f"CREATE MACRO {signature} AS {words}")
            for name, function in _FUNCTIONS.items():
                takes: list[Any] = ["VARCHAR"] * function.__code__.co_argcount
                gives, nulls = ("DATE", SPECIAL) if name == "day_of" else ("BOOLEAN", DEFAULT)
                connection.create_function(name, function, takes, gives, null_handling=nulls)
            yield Views(tables, connection)
        finally:
            for name in _FUNCTIONS:
                connection.remove_function(name)  # or it complains of a leak when Python ends
            connection.close()


def _known() -> dict[str, pa.Table]:
    """What the data files say that a check needs, as tables: see `views.toml`."""
    lives: dict[str, tuple[str, str]] = {}
    for row in lexicon.load("countries").rows:
        first, last = lives.get(row["country_code"], ("", ""))
        lives[row["country_code"]] = (first or row["valid_from"], last or row["valid_to"])
    lifetimes = [
        {"country_code": code, "first_day": _bound(first, "-01-01"), "last_day": _bound(last, "-12-31")}
        for code, (first, last) in lives.items()
        if first or last
    ]
    apart = [{"one": row["one"], "other": row["other"]} for row in lexicon.load("distinct").rows]
    days = [(name, pa.date32()) for name in ("first_day", "last_day")]
    return {
        "lifetimes": pa.Table.from_pylist(lifetimes, pa.schema([("country_code", pa.string()), *days])),
        "noted_apart": pa.Table.from_pylist(apart, pa.schema([("one", pa.string()), ("other", pa.string())])),
    }


def _bound(words: str, rest_of_year: str) -> date | None:
    """The first or last day of a year, or a day; None for no words."""
    return date.fromisoformat(words + rest_of_year if len(words) == len("1991") else words) if words else None


# What SQL cannot do. No function but day_of is called where a value is null, or may give one: DuckDB would refuse it.


def _day_of(words: str | None) -> date | None:
    """The day that an ISO 8601 date or time begins with; None for a year, a month and anything else."""
    if words is None:
        return None
    try:
        return date.fromisoformat(words.strip()[: len("2024-02-14")])
    except ValueError:
        return None


def _is_same_words(given: str, has: str) -> bool:
    return given.casefold() == has.casefold()


def _is_same_outlet(given: str, has: str) -> bool:
    outlets = lexicon.load("outlets")
    return outlet_name(given, outlets).casefold() == outlet_name(has, outlets).casefold()


def _is_same_language(given: str, has: str) -> bool:
    return language_code(given, lexicon.load("languages")) in (None, has)


def _is_same_title(given: str, has: str) -> bool:
    """Whether one headline holds the words of the other: a site's name may stand behind it."""
    one, other = (" ".join(_WORD.findall(title.casefold())) for title in (given, has))
    return one in other or other in one


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "day_of": _day_of,
    "same_words": _is_same_words,
    "same_title": _is_same_title,
    "same_outlet": _is_same_outlet,
    "same_language": _is_same_language,
}
