"""What became of the events of the release before: new, merged, withdrawn or told otherwise, each with its words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.release.changes import ADDED, CHANGED, REDIRECTS, REMOVED, compare, redirects
from kcpipe.release.reading import Release
from kcpipe.tables import TABLES, empty


class Told(NamedTuple):
    """An event in the words of its summary."""

    event_id: str
    summary: str
    """Of a withdrawn or merged event: as it was."""
    before: str = ""
    """The summary of the release before, where it was another one."""
    goals: Sequence[str] = ()
    """The events that stand for it now."""


class EventNews(NamedTuple):
    """What is otherwise than in the release before, each in the order of the summaries; empty for the first release."""

    new: Sequence[Told] = ()
    moved: Sequence[Told] = ()
    """Merged into another event, or the same under another id."""
    withdrawn: Sequence[Told] = ()
    told_otherwise: Sequence[Told] = ()


def event_news(changes: Mapping[str, pa.Table], moved: pa.Table) -> EventNews:
    """The news of the events. changes: by table, since the release before. moved: the redirects of the new release."""
    if "events" not in changes:
        return EventNews()
    told = {"events": changes["events"].select(["event_id", "summary", "_change", "_changed_columns", "_before"])}
    goals: dict[str, list[str]] = {}
    for row in moved.filter(pc.equal(moved.column("table_name"), "events")).to_pylist():
        goals.setdefault(row["old_id"], []).append(row["new_id"])
    removed = rows_of(told, "events", REMOVED)
    arrived = {goal for row in removed for goal in goals.get(row["event_id"], [])}
    return EventNews(
        new=_told(row for row in rows_of(told, "events", ADDED) if row["event_id"] not in arrived),
        moved=_told((row for row in removed if row["event_id"] in goals), goals),
        withdrawn=_told(row for row in removed if row["event_id"] not in goals),
        told_otherwise=_told(row for row in rows_of(told, "events", CHANGED) if "summary" in row["_changed_columns"]),
    )


def _told(rows: Iterable[Mapping[str, Any]], goals: Mapping[str, Sequence[str]] | None = None) -> Sequence[Told]:
    told = [
        Told(
            row["event_id"],
            row["summary"],
            before=json.loads(row["_before"])["summary"] if row["_change"] == CHANGED else "",
            goals=(goals or {}).get(row["event_id"], ()),
        )
        for row in rows
    ]
    return sorted(told, key=lambda each: (each.summary, each.event_id))


def news_against(parent: Release | None, tables: Mapping[str, pa.Table]) -> EventNews:
    """The news of the events of tables that are no release. parent: the last release, None when there is none."""
    if parent is None:
        return EventNews()
    names = [name for name in ("events", "event_mentions") if name in tables and name in parent.manifest["tables"]]
    changes = {name: compare(TABLES[name], parent.table(name), tables[name]) for name in names}
    return event_news(changes, redirects(changes, empty(REDIRECTS), ""))


def rows_of(changes: Mapping[str, pa.Table], name: str, change: str) -> list[dict[str, Any]]:
    """The rows of a table that were added, removed or changed."""
    if name not in changes:
        return []
    table = changes[name]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table.column("_change"), change)).to_pylist()
    return rows
