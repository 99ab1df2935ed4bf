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

from kcpipe.joins import in_one, places_of_runs, rows_at, runs
from kcpipe.tables import TABLES, Column, Table, arrange, conform
from kcpipe.tables.declare import optional, text, texts

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

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
    names = [column.name for column in table.columns]
    rows_old, rows_new = _matched(table, old, new)
    one, two = rows_at(old, rows_old), rows_at(new, rows_new)
    differs = {name: _column_differs(one, two, name) for name in names if name not in table.key}
    differs |= {name: np.ones(len(rows_old), dtype=bool) for name in old.column_names if name not in names}
    columns = [name for name, mask in differs.items() if mask.any()]
    masks = np.array([differs[name] for name in columns], dtype=bool).reshape(len(columns), len(rows_old)).T
    is_changed = masks.any(axis=1)
    parts = [
        _part(ADDED, _without(new, rows_new), names),
        _part(REMOVED, _aligned(table, _without(old, rows_old)), names),
        _part(
            CHANGED,
            new.take(rows_new[is_changed]),
            names,
            _lists(masks[is_changed], columns),
            _before(old.take(rows_old[is_changed]), masks[is_changed], columns),
        ),
    ]
    declared = changes_table(table)
    return arrange(declared, pa.concat_tables(part.cast(declared.schema) for part in parts))


def unlike(table: Table, old: pa.Table, new: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Two files of a table, each without the rows that are the same in both at the same place of a document; whole when
    their columns differ.

    They lie in the order of the key, which begins with a document or an id: among the rows of a document that stayed
    what it was none has to be looked up. A row at another place is left in both.
    """
    if not old.schema.equals(new.schema):
        return old, new
    (ids_old, bounds_old), (ids_new, bounds_new) = (_runs(rows.column(table.key[0])) for rows in (old, new))
    found = pc.index_in(ids_new, value_set=ids_old)
    runs_old, runs_new = found.drop_null().to_numpy(), np.flatnonzero(found.is_valid())
    lengths = np.minimum(np.diff(bounds_old)[runs_old], np.diff(bounds_new)[runs_new])
    rows_old, rows_new = places_of_runs(bounds_old[runs_old], lengths), places_of_runs(bounds_new[runs_new], lengths)
    one, two = rows_at(old, rows_old), rows_at(new, rows_new)
    is_same = ~np.any([_differs(*pair) for pair in zip(one.columns, two.columns, strict=True)], axis=0)
    return _without(old, rows_old[is_same]), _without(new, rows_new[is_same])


def _runs(column: pa.ChunkedArray) -> tuple[pa.Array, Numbers]:
    """The values of runs of equal neighbours, and their bounds."""
    bounds = runs(column)
    return in_one(column.take(pa.array(bounds[:-1]))), bounds


def _matched(table: Table, old: pa.Table, new: pa.Table) -> tuple[Numbers, Numbers]:
    """The rows of both that have the same key, by their numbers."""
    found = pc.index_in(_key(table, new), value_set=_key(table, old))
    return found.drop_null().to_numpy(), np.flatnonzero(found.is_valid())


def _key(table: Table, rows: pa.Table) -> pa.Array:
    """The key of each row as one value: ids, numbers and words of vocabularies, in which the separator is not."""
    columns = [rows.column(name).cast(pa.large_string()) for name in table.key]
    if len(columns) > 1:
        columns = [pc.binary_join_element_wise(*columns, pa.scalar("\x1f", pa.large_string()))]
    return columns[0].combine_chunks()


def _without(rows: pa.Table, numbers: Numbers) -> pa.Table:
    """The rows but for those of these numbers."""
    is_left = np.ones(rows.num_rows, dtype=bool)
    is_left[numbers] = False
    return rows.take(pa.array(np.flatnonzero(is_left)))


def _column_differs(old: pa.Table, new: pa.Table, name: str) -> Mask:
    """Where a column differs in rows of the same keys: in all when it is new or of another type."""
    if name not in old.column_names or old.schema.field(name).type != new.schema.field(name).type:
        return np.ones(old.num_rows, dtype=bool)
    return _differs(old.column(name), new.column(name))


def _differs(one: pa.ChunkedArray, two: pa.ChunkedArray) -> Mask:
    """Where two columns of one type and length differ."""
    return np.zeros(len(one), dtype=bool) if one.equals(two) else differ(in_one(one), in_one(two))


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
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    told = [pa.array(["{"] * old.num_rows, pa.string())]
    for name, mask in zip(columns, masks.T, strict=True):
        if name in old.column_names:
            values = old.column(name).filter(pa.array(mask)).to_pylist()
            texts = pa.array([f"{encode(name)}: {encode(value)}, " for value in values], pa.string())
            told.append(pc.replace_with_mask(pa.nulls(old.num_rows, pa.string()), pa.array(mask), texts))
    joined = pc.binary_join_element_wise(*told, "", null_handling="replace")
    return pc.binary_join_element_wise(pc.utf8_rtrim(joined, ", "), "}", "")


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
        if pa.types.is_floating(one.type):
            one, two = one.view(pa.int64()), two.view(pa.int64())  # by their bits: NaN is itself
        found |= np.asarray(pc.fill_null(pc.not_equal(one, two), False))
    return found


def apply(table: Table, old: pa.Table, changes: pa.Table) -> pa.Table:
    """The new rows, from the old ones and the changes, by key."""
    is_named = pc.is_in(_key(table, old), value_set=_key(table, changes))
    rows = _aligned(table, old.filter(pc.invert(is_named)))
    now = changes.filter(pc.not_equal(changes.column("_change"), REMOVED)).select(rows.column_names)
    return arrange(table, pa.concat_tables([rows.cast(table.schema), now.cast(table.schema)])).replace_schema_metadata()


def counts(changes: pa.Table | None) -> dict[str, int]:
    """How many rows were added, removed and changed."""
    if changes is None:
        return dict.fromkeys((ADDED, REMOVED, CHANGED), 0)
    kinds = changes.column("_change")
    return {kind: pc.sum(pc.equal(kinds, kind), min_count=0).as_py() for kind in (ADDED, REMOVED, CHANGED)}


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
    if not gone:
        return []
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
