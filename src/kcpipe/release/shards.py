"""Shards: which file of a table a row lies in, by its content alone.

A small table is one file. A larger one is a folder of the same name with a file per month in which the row's document
was published, and a month of very many rows is cut by document. So a day's news rewrites a month's files and
shares the others, and a release built step by step has the files of one built at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import look_up
from kcpipe.release.reading import Release
from kcpipe.tables import TABLES, ContractError

LARGE = 50_000
"""Rows from which a table is a folder of months: a file of so many is small for any reader, and quickly rewritten."""
CROWDED = 1_000_000
"""Rows from which a month is cut in two, four ...: as many are read and written in about a second."""
UNDATED = "undated"

Tables = Mapping[str, pa.Table]
_OWNER, _MONTH = "_owner", "_month"


def split(name: str, tables: Tables, rows: int) -> Iterator[tuple[str, pa.Table]]:
    """The files of a table: path in the release, and rows.

    tables: the rows of all tables, or of all tables in whole months. rows: how many the whole table has.
    """
    table = tables[name]
    if rows <= LARGE:
        yield f"{name}.parquet", table
        return
    owners = _owners(name, tables)
    for month, part in _groups(table.append_column(_OWNER, owners), _months(owners, tables)):
        count = 1
        while part.num_rows > count * CROWDED:
            count *= 2
        if count == 1:
            yield f"{name}.parquet/{month}.parquet", part.drop_columns(_OWNER)
            continue
        for bucket, piece in _groups(part, _buckets(part.column(_OWNER), count)):
            yield f"{name}.parquet/{month}-{bucket}-of-{count}.parquet", piece.drop_columns(_OWNER)


def month_of(path: str) -> str | None:
    """The month of a file, by its path in the release; None for a table of one file."""
    found = re.fullmatch(r"\w{1,63}\.parquet/(undated|\d{1,6}-\d\d)(-\d{1,6}-of-\d{1,6})?\.parquet", path)
    return found[1] if found else None


def _groups(table: pa.Table, values: pa.ChunkedArray) -> Iterator[tuple[str, pa.Table]]:
    """The rows by value, in the order of the values; in each group in the order they had."""
    codes = values.combine_chunks().dictionary_encode()
    if len(codes.dictionary) == 1:
        yield str(codes.dictionary[0]), table
        return
    numbers = codes.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(numbers, kind="stable")
    counts = np.bincount(numbers, minlength=len(codes.dictionary))
    ends = np.cumsum(counts)
    found = sorted((value, number) for number, value in enumerate(codes.dictionary.to_pylist()))
    for value, number in found:
        yield str(value), table.take(order[ends[number] - counts[number] : ends[number]])


def _months(owners: pa.ChunkedArray, tables: Tables) -> pa.ChunkedArray:
    """The month in which each document was published; `undated` when that is not known."""
    if "documents" not in tables:
        return pa.chunked_array([pa.repeat(UNDATED, len(owners))])
    documents = tables["documents"].select(["document_id"])
    documents = documents.append_column(_MONTH, _month(tables["documents"].column("published_start")))
    return pc.fill_null(_found(owners, documents, "document_id", _MONTH), UNDATED)


def _month(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.strftime(days, "%Y-%m"), UNDATED)


def _buckets(owners: pa.ChunkedArray, count: int) -> pa.ChunkedArray:
    """A number below `count`, a power of two up to 65,536, by the first digits of the document's id."""
    ids = pc.utf8_slice_codeunits(pc.fill_null(owners, "0000"), 0, 4).to_pylist()
    return pa.chunked_array([pa.array([f"{int(digits, 16) % count:05}" for digits in ids], pa.string())])


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


class Revision(NamedTuple):
    """What is left to write when some documents of a release are replaced; each by table."""

    rows: Tables
    """The new rows of all files that do not stay."""
    stays: Mapping[str, list[str]]
    """The paths of the parent's files that stay."""
    gone: Tables
    """The parent's rows that are replaced."""


def revise(parent: Release, tables: Tables, documents: Collection[str | None]) -> Revision:
    """Replace some documents of a release.

    parent: the release. tables: the rows that these documents have now, of every table. documents: their ids; None
    stands for the rows that belong to no document.
    Raises ContractError when a table's columns are others than the parent's: then nothing can stay.
    """
    for name, entry in parent.manifest["tables"].items():
        if name not in tables or entry["schema"] != described(name):
            raise ContractError(f"{name}: its columns are not those of {parent.id}: publish all documents")
    gone = pa.array(sorted(each for each in documents if each is not None), pa.string())
    touched = _touched(parent, tables["documents"], gone) | ({UNDATED} if None in documents else set())
    paths = {name: [file["path"] for file in entry["files"]] for name, entry in parent.manifest["tables"].items()}
    stays = {name: [path for path in each if month_of(path) not in {None, *touched}] for name, each in paths.items()}
    revision = _replaced(parent, tables, gone, None in documents, stays)
    if any(
        (entry["rows"] > LARGE) != (revision.rows[name].num_rows + kept_rows(parent, name, stays[name]) > LARGE)
        for name, entry in parent.manifest["tables"].items()
    ):
        # A table becomes a folder, or a file again: its rows may need any month.
        return _replaced(parent, tables, gone, None in documents, {name: [] for name in paths})
    return revision


def _touched(parent: Release, documents: pa.Table, gone: pa.Array) -> set[str]:
    """The months in which the parent has one of the documents, or the new release will."""
    columns = ["document_id", "published_start"]
    before = parent.table("documents", columns)
    before = before.filter(pc.is_in(before.column("document_id"), gone))
    starts = pa.chunked_array(before.column("published_start").chunks + documents.column("published_start").chunks)
    return set(_month(starts).to_pylist())


def _replaced(
    parent: Release, tables: Tables, gone: pa.Array, is_ownerless_gone: bool, stays: Mapping[str, list[str]]
) -> Revision:
    """The revision in which these files stay. gone: the documents whose rows are replaced."""
    before = {
        name: parent.rows(name, [file["path"] for file in entry["files"] if file["path"] not in stays[name]])
        for name, entry in parent.manifest["tables"].items()
    }
    rows, replaced = {}, {}
    for name, old in before.items():
        owners = _owners(name, before)
        is_gone = pc.is_in(owners, gone)
        if is_ownerless_gone:
            is_gone = pc.or_(is_gone, pc.is_null(owners))
        replaced[name] = old.filter(is_gone)
        rows[name] = pa.concat_tables([old.filter(pc.invert(is_gone)), tables[name].cast(old.schema)])
    return Revision(rows, stays, replaced)


def kept_rows(parent: Release, name: str, paths: Collection[str]) -> int:
    """How many rows lie in some files of a table."""
    return sum(file["rows"] for file in parent.manifest["tables"][name]["files"] if file["path"] in paths)


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
