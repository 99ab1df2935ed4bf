"""Shards: which file of a table a row lies in, by its content alone.

A small table is one file. A larger one is a folder of the same name with a file per month in which the row's document
was published, and a month of very many rows is cut by document. So a day's news rewrites a month's files and
shares the others, and a release built step by step has the files of one built at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import look_up
from kcpipe.tables import TABLES

LARGE = 50_000
"""Rows from which a table is a folder of months: a file of so many is small for any reader, and quickly rewritten."""
CROWDED = 1_000_000
"""Rows from which a month is cut in two, four ...: as many are read and written in about a second."""
UNDATED = "undated"
NO_ROWS = "0-0"

Tables = Mapping[str, pa.Table]
Numbers = npt.NDArray[np.int64]
_OWNER, _PLACE = "_owner", "_place"


class Shard(NamedTuple):
    """A file of a table."""

    path: str
    """In the release."""
    rows_digest: str
    """Of its rows, whatever their order: two files of one declaration with the same one hold the same rows."""
    rows: Callable[[], pa.Table]
    """Gathers them, which takes longer than the digest."""


def split(name: str, tables: Tables) -> list[Shard]:
    """The files of a table, by path. tables: the rows of all tables."""
    table = tables[name]
    paths, places = _files(name, tables)
    digests = _digests(table, places)
    if len(paths) == 1:
        return [Shard(paths[0], digests.get(0, NO_ROWS), lambda: table)]
    order = np.argsort(places, kind="stable")
    ends = [0, *np.cumsum(np.bincount(places)).tolist()]
    found = {
        path: Shard(path, digests[number], partial(_taken, table, order[ends[number] : ends[number + 1]]))
        for number, path in enumerate(paths)
        if number in digests
    }
    return [found[path] for path in sorted(found)]


def _taken(table: pa.Table, rows: Numbers) -> pa.Table:
    return table.take(rows)


def _files(name: str, tables: Tables) -> tuple[list[str], Numbers]:
    """The paths that a table may have, and for each row the number of its own."""
    if tables[name].num_rows <= LARGE:
        return [f"{name}.parquet"], np.zeros(tables[name].num_rows, dtype=np.int64)
    owners = _owners(name, tables)
    months, places = _months(owners, tables)
    paths = [f"{name}.parquet/{month}.parquet" for month in months]
    for number, count in enumerate(np.bincount(places, minlength=len(months)).tolist()):
        pieces = 1
        while count > pieces * CROWDED:
            pieces *= 2
        if pieces > 1:
            rows = np.nonzero(places == number)[0]
            places[rows] = len(paths) + _buckets(owners.take(rows), pieces)
            paths += [f"{name}.parquet/{months[number]}-{bucket:05}-of-{pieces}.parquet" for bucket in range(pieces)]
    return paths, places


def _digests(table: pa.Table, places: Numbers) -> dict[int, str]:
    """The digest of the rows in each place: their number, and the sum of their hashes, which no order changes."""
    rows = table.append_column(_PLACE, pa.array(places))
    counted = f"count(*)::VARCHAR || '-' || sum({_hash(table)})::VARCHAR"
    found = _asked(f"SELECT {_PLACE}, {counted} FROM rows GROUP BY {_PLACE}", rows)  # noqa: S608
    return dict(zip(*(column.to_pylist() for column in found.columns), strict=True))


def unlike(one: pa.Table, two: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows of each of two tables that the other has not; all of them when their columns differ."""
    if one.schema.types != two.schema.types or one.column_names != two.column_names:
        return one, two
    hashes = [_asked(f"SELECT {_hash(rows)} FROM rows", rows).column(0) for rows in (one, two)]  # noqa: S608
    is_same = [pc.is_in(mine, value_set=theirs.combine_chunks()) for mine, theirs in (hashes, hashes[::-1])]
    return one.filter(pc.invert(is_same[0])), two.filter(pc.invert(is_same[1]))


def _hash(table: pa.Table) -> str:
    """The hash of a row, in SQL. Of 64 bits: that a changed row keeps its own is one chance in 10^19."""
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    return f"hash({columns})"


def _asked(question: str, rows: pa.Table) -> pa.Table:
    """The answer of DuckDB to a question about `rows`."""
    import duckdb  # noqa: PLC0415 - only who publishes waits for it

    with duckdb.connect() as connection:
        connection.register("rows", rows)
        return connection.sql(question).to_arrow_table()


def _months(owners: pa.ChunkedArray, tables: Tables) -> tuple[list[str], Numbers]:
    """The months in which documents were published, and for each owner the place of its own; the first is undated."""
    if "documents" not in tables:
        return [UNDATED], np.zeros(len(owners), dtype=np.int64)
    days = pc.strftime(tables["documents"].column("published_start"), "%Y-%m").combine_chunks().dictionary_encode()
    of_document = 1 + pc.fill_null(days.indices, -1).to_numpy()
    ids = tables["documents"].column("document_id").combine_chunks()
    rows = pc.fill_null(pc.index_in(owners, value_set=ids), len(ids)).to_numpy()
    return [UNDATED, *days.dictionary.to_pylist()], np.append(of_document, 0)[rows].astype(np.int64)


def _buckets(owners: pa.ChunkedArray, count: int) -> Numbers:
    """A number below `count`, a power of two up to 65,536, by the first digits of the document's id."""
    ids = pc.utf8_slice_codeunits(pc.fill_null(owners, "0000"), 0, 4).to_pylist()
    return np.array([int(digits, 16) % count for digits in ids], dtype=np.int64)


@cache
def _way(name: str) -> tuple[str, str]:
    """How a row finds its document: its own column and "", or a column and the table that it points into."""
    columns = TABLES[name].columns
    for column in columns:
        if column.name == "document_id" or column.references == "documents.document_id":
            return column.name, ""
    for column in columns:
        parent = column.references.partition(".")[0]
        if parent and parent != name and _way(parent) != ("", ""):
            return column.name, parent
    return "", ""


def _owners(name: str, tables: Tables) -> pa.ChunkedArray:
    """The document that each row belongs to, null when none is known.

    That is the row's own, or that of the row it hangs on, as a participant on its report and an event on its best one.
    """
    column, parent = _way(name)
    rows = tables[name]
    if not column or (parent and parent not in tables):
        return pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
    if not parent:
        return rows.column(column)
    above = tables[parent]
    key = TABLES[parent].key[0]
    owned = above.select([key]).append_column(_OWNER, _owners(parent, tables))
    return _found(rows.column(column), owned, key, _OWNER)


def _found(keys: pa.ChunkedArray, table: pa.Table, key: str, column: str) -> pa.ChunkedArray:
    """As look_up, for one column, and always in chunks."""
    [values] = look_up(keys, table, key, column)
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def described(name: str) -> list[dict[str, object]]:
    """The columns of a table as a manifest tells them."""
    return [
        {
            "name": column.name,
            "type": str(column.type),
            "nullable": column.nullable,
            "description": column.description,
            "values": list(column.values),
            "references": column.references,
        }
        for column in TABLES[name].columns
    ]
