"""Changes: how a table differs from the one before, row by row, by key.

A table of changes has the columns of its table, as they are now (of a removed row: as they were), and three more:
`_change`, `_changed_columns`, and `_before` with the old values of a changed row. The old rows and the changes give
the new rows exactly, and a release is not published unless they do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.tables import TABLES, Column, Table, arrange, conform
from kcpipe.tables.declare import optional, text, texts

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_OLD, _NEW = "_old", "_new"
Mask = npt.NDArray[np.bool_]

REDIRECTS = Table(
    "id_redirects",
    "Ids of earlier releases that are no more, and where what they named is now.",
    (
        text("table_name", "The table whose id it was.", values=("documents", "entities", "events")),
        text("old_id", "The id that is no more."),
        text("new_id", "The id that stands for it in this release."),
        text(
            "reason",
            "merged: what they named is one; split: the old id was more than one thing; renamed: only the id is new; "
            "replaced: the same file has new bytes.",
            values=("merged", "split", "renamed", "replaced"),
        ),
        text("release", "The first release without the old id."),
    ),
    ("table_name", "old_id", "new_id"),
    "quality",
)


def changes_table(table: Table) -> Table:
    """The declaration of the changes of a table: any column may be null, and hold words of an older vocabulary."""
    return Table(
        table.name,
        f"What changed since the parent release. {table.description}",
        (
            text("_change", "What became of the row.", values=(ADDED, REMOVED, CHANGED)),
            texts("_changed_columns", "The columns of a changed row that differ."),
            *(_loose(column) if column.name not in table.key else _free(column) for column in table.columns),
            text("_before", "The old values of those columns, as JSON.", nullable=True),
        ),
        table.key,
        "quality",
    )


def _free(column: Column) -> Column:
    return Column(column.name, column.type, column.description, column.nullable)


def _loose(column: Column) -> Column:
    return optional(_free(column))


def compare(table: Table, old: pa.Table, new: pa.Table) -> pa.Table:
    """The changes that lead from old rows to new ones, by key; both may have other columns than are declared now.

    A column that only one of the two has, or with another type, differs in every row.
    """
    key = list(table.key)
    names = [column.name for column in table.columns]
    before, after = _numbered(old, key, _OLD), _numbered(new, key, _NEW)
    # In the order of the old rows, which is that of the new ones, too, where both are ordered by key: quick to gather.
    pairs = before.join(after, key, join_type="full outer", use_threads=False).select([_OLD, _NEW]).sort_by(_OLD)
    left, right = pairs.column(_OLD), pairs.column(_NEW)
    in_both = pc.and_(pc.is_valid(left), pc.is_valid(right))
    rows_old, rows_new = left.filter(in_both).combine_chunks(), right.filter(in_both).combine_chunks()
    differs = {name: _differs(old, rows_old, new, rows_new, name) for name in names if name not in key}
    differs |= {name: np.ones(len(rows_old), dtype=bool) for name in old.column_names if name not in names}
    columns = [name for name, mask in differs.items() if mask.any()]
    masks = np.array([differs[name] for name in columns], dtype=bool).reshape(len(columns), len(rows_old)).T
    is_changed = masks.any(axis=1)
    parts = [
        _part(ADDED, new.take(right.filter(pc.is_null(left)).combine_chunks()), names),
        _part(REMOVED, _aligned(table, old.take(left.filter(pc.is_null(right)).combine_chunks())), names),
        _part(
            CHANGED,
            new.take(rows_new.filter(pa.array(is_changed))),
            names,
            _lists(masks[is_changed], columns),
            _before(old.take(rows_old.filter(pa.array(is_changed))), masks[is_changed], columns),
        ),
    ]
    declared = changes_table(table)
    return arrange(declared, conform(declared, pa.concat_tables(part.cast(declared.schema) for part in parts)))


def _differs(old: pa.Table, rows_old: pa.Array, new: pa.Table, rows_new: pa.Array, name: str) -> Mask:
    """Where a column differs in rows of the same keys: in all when it is new or of another type."""
    if name not in old.column_names or old.schema.field(name).type != new.schema.field(name).type:
        return np.ones(len(rows_old), dtype=bool)
    one, two = old.column(name).take(rows_old).combine_chunks(), new.column(name).take(rows_new).combine_chunks()
    return np.zeros(len(rows_old), dtype=bool) if one.equals(two) else differ(one, two)


def unlike(one: pa.Table, two: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows of each of two tables that the other has not; all of them when their columns differ.

    By hashes of 64 bits: that a changed row keeps its own is one chance in 10^19.
    """
    import duckdb  # noqa: PLC0415 - only who publishes waits for it

    if not (one.num_rows and two.num_rows and one.schema.equals(two.schema)):
        return one, two
    columns = ", ".join(f'"{name}"' for name in one.column_names)
    with duckdb.connect() as connection:
        hashes = [
            connection.from_arrow(rows).project(f"hash({columns})").to_arrow_table().column(0).combine_chunks()
            for rows in (one, two)
        ]
    is_same = [pc.is_in(mine, value_set=theirs) for mine, theirs in (hashes, hashes[::-1])]
    return one.filter(pc.invert(is_same[0])), two.filter(pc.invert(is_same[1]))


def _numbered(rows: pa.Table, key: list[str], name: str) -> pa.Table:
    return rows.select(key).append_column(name, pa.array(np.arange(rows.num_rows)))


def _aligned(table: Table, rows: pa.Table) -> pa.Table:
    """Rows of an older release under the columns of today; what does not fit is null."""
    columns = [
        rows.column(column.name)
        if column.name in rows.column_names and rows.schema.field(column.name).type == column.type
        else pa.nulls(rows.num_rows, column.type)
        for column in table.columns
    ]
    return pa.table(columns, names=[column.name for column in table.columns])


def _part(
    change: str, rows: pa.Table, names: list[str], columns: pa.Array | None = None, before: pa.Array | None = None
) -> pa.Table:
    count = rows.num_rows
    empty_lists = pa.array([[]] * count, pa.list_(pa.string())) if columns is None else columns
    values = [pa.repeat(pa.scalar(change), count), empty_lists, *(rows.column(name) for name in names)]
    values.append(pa.nulls(count, pa.string()) if before is None else before)
    return pa.table(values, names=["_change", "_changed_columns", *names, "_before"])


def _lists(masks: Mask, columns: list[str]) -> pa.Array:
    """For each row the names of the columns whose mask is set."""
    offsets = np.concatenate([[0], np.cumsum(masks.sum(axis=1))]).astype("int32")
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.array([columns[i] for i in np.nonzero(masks)[1]], pa.string())
    )


def _before(old: pa.Table, masks: Mask, columns: list[str]) -> pa.Array:
    """For each row the old values of the columns whose mask is set, as JSON."""
    there = [name for name in columns if name in old.column_names]
    rows = old.select(there).to_pylist()
    kept = [[columns[i] for i in np.nonzero(mask)[0]] for mask in masks]
    return pa.array(
        [
            json.dumps({name: row[name] for name in names if name in row}, ensure_ascii=False, default=str)
            for row, names in zip(rows, kept, strict=True)
        ],
        pa.string(),
    )


def differ(one: pa.Array, two: pa.Array) -> Mask:
    """Where two arrays of one type and length differ; null equals null, lists and structs are compared throughout."""
    is_null = np.asarray(one.is_null()), np.asarray(two.is_null())
    found: Mask = is_null[0] != is_null[1]
    if pa.types.is_struct(one.type):
        for index in range(one.type.num_fields):
            found |= differ(one.field(index), two.field(index)) & ~is_null[0]
    elif pa.types.is_list(one.type):
        lengths = [np.asarray(pc.fill_null(pc.list_value_length(each), 0)) for each in (one, two)]
        found |= lengths[0] != lengths[1]
        same = pa.array(~found)
        elements = differ(one.filter(same).flatten(), two.filter(same).flatten())
        rows = np.repeat(np.nonzero(~found)[0], lengths[0][~found])
        found[rows[elements]] = True
    else:
        found |= np.asarray(pc.fill_null(pc.not_equal(one, two), False))
    return found


def apply(table: Table, old: pa.Table, changes: pa.Table) -> pa.Table:
    """The new rows, from the old ones and the changes, by key."""
    key = list(table.key)
    kept = _numbered(old, key, _OLD).join(changes.select(key), key, join_type="left anti", use_threads=False)
    rows = _aligned(table, old.take(kept.column(_OLD).combine_chunks()))
    now = changes.filter(pc.not_equal(changes.column("_change"), REMOVED)).select(rows.column_names)
    return arrange(table, pa.concat_tables([rows.cast(table.schema), now.cast(table.schema)])).replace_schema_metadata()


def counts(changes: pa.Table | None) -> dict[str, int]:
    """How many rows were added, removed and changed."""
    if changes is None:
        return dict.fromkeys((ADDED, REMOVED, CHANGED), 0)
    kinds = changes.column("_change").to_pylist()
    return {kind: kinds.count(kind) for kind in (ADDED, REMOVED, CHANGED)}


# --- ids that are no more ----------------------------------------------------------------------------------------

_NAMED_BY = {
    "events": ("event_mentions", "event_id"),
    "entities": ("mentions", "entity_id"),
    "documents": ("records", "document_id"),
}
"""What tells where an id went: a table whose rows stay themselves, and its column that names the id."""


def redirects(changes: Mapping[str, pa.Table], earlier: pa.Table, release_id: str) -> pa.Table:
    """Every id that was ever withdrawn and has a successor, under the successor of today.

    changes: by table. earlier: the parent's redirects. release_id: of the new release.
    """
    rows = [row for name in _NAMED_BY for row in _moved(changes, name, release_id)]
    moves: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        moves.setdefault((row["table_name"], row["old_id"]), []).append(row)
    back = {
        (name, key) for name in _NAMED_BY if name in changes for key in _keys(changes[name], TABLES[name].key[0], ADDED)
    }
    for row in earlier.to_pylist():
        if (row["table_name"], row["old_id"]) in back:
            continue  # the id is in use again
        further = moves.get((row["table_name"], row["new_id"]))
        rows += [row | {"new_id": each["new_id"]} for each in further] if further else [row]
    unique = {(row["table_name"], row["old_id"], row["new_id"]): row for row in rows if row["old_id"] != row["new_id"]}
    return conform(REDIRECTS, pa.Table.from_pylist([unique[key] for key in sorted(unique)], REDIRECTS.schema))


def _moved(changes: Mapping[str, pa.Table], name: str, release_id: str) -> list[dict[str, Any]]:
    """The redirects of one table that these changes tell of."""
    via, column = _NAMED_BY[name]
    if name not in changes or via not in changes:
        return []
    key = TABLES[name].key[0]
    gone, new = (_keys(changes[name], key, kind) for kind in (REMOVED, ADDED))
    goals: dict[str, set[str]] = {}
    moved = changes[via].filter(pc.equal(changes[via].column("_change"), CHANGED)).select([column, "_before"])
    for row in moved.to_pylist():
        before = json.loads(row["_before"]).get(column)
        if before in gone and row[column] is not None:
            goals.setdefault(before, set()).add(row[column])
    shared = [goal for found in goals.values() for goal in found]

    def reason(old: str, goal: str) -> str:
        if name == "documents":
            return "replaced"
        if len(goals[old]) > 1:
            return "split"
        return "renamed" if goal in new and shared.count(goal) == 1 else "merged"

    return [
        {"table_name": name, "old_id": old, "new_id": goal, "reason": reason(old, goal), "release": release_id}
        for old in goals
        for goal in goals[old]
    ]


def _keys(changes: pa.Table, key: str, change: str) -> set[str]:
    return set(changes.filter(pc.equal(changes.column("_change"), change)).column(key).to_pylist())
