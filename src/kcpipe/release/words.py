"""What changed between two releases, in words: the CHANGELOG of a release, and what `kcpipe diff` says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from kcpipe.release.changes import ADDED, CHANGED, REMOVED, counts
from kcpipe.release.news import EventNews, Told, rows_of

LONGEST_LIST = 50
"""Events or documents of one kind that are named; the others are in changes/."""

Manifest = Mapping[str, Any]


def changelog(new: Manifest, old: Manifest | None, changes: Mapping[str, pa.Table], news: EventNews) -> str:
    """The CHANGELOG of a release against another one, as Markdown.

    new, old: the manifests; old is None for the first release. changes: by table, of those that have some.
    news: of its events.
    """
    lines = [f"# {new['release']}", ""]
    if old is None:
        lines += ["The first release.", "", *_rows(new, None, changes)]
        return "\n".join(lines) + "\n"
    lines += [f"Against {old['release']}.", "", *_causes(new, old), *_rows(new, old, changes)]
    lines += _section("Documents", _documents(changes))
    lines += _section("Events", _events(news))
    lines += _section("Columns", list(columns(new, old)))
    lines += _section("Checks and drift", list(_quality(new, old)))
    return "\n".join(lines) + "\n"


def _section(heading: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {heading}", "", *lines] if lines else []


def _causes(new: Manifest, old: Manifest) -> list[str]:
    """Why there is a new release: what it is made from that the other was not."""
    names = {
        "inputs_digest": "inputs",
        "code_digest": "code",
        "settings": "settings",
        "lexicons": "data files",
        "packages": "packages and model",
        "suites_digest": "expectations",
    }
    ours, theirs = new["lineage"], old["lineage"]
    found = [words for key, words in names.items() if ours.get(key) != theirs.get(key)]
    return [f"Made anew because of: {', '.join(found)}.", ""] if found else []


def _rows(new: Manifest, old: Manifest | None, changes: Mapping[str, pa.Table]) -> Iterator[str]:
    yield "| table | rows | before | added | removed | changed |"
    yield "|--|--:|--:|--:|--:|--:|"
    for name, entry in new["tables"].items():
        before = old["tables"].get(name, {}).get("rows", 0) if old is not None else 0
        of = counts(changes.get(name)) if old is not None else {ADDED: entry["rows"], REMOVED: 0, CHANGED: 0}
        yield f"| {name} | {entry['rows']} | {before} | {of[ADDED]} | {of[REMOVED]} | {of[CHANGED]} |"


def _documents(changes: Mapping[str, pa.Table]) -> list[str]:
    lines = []
    for change in (ADDED, REMOVED):
        names = sorted(
            f"{row['source_name']}: {row['title'] or 'no title'}" for row in rows_of(changes, "documents", change)
        )
        lines += _listed(change, names)
    dated = [
        f"{row['source_name']}: {_published(json.loads(row['_before']))} is now {_published(row)}"
        for row in rows_of(changes, "documents", CHANGED)
        if {"published_start", "published_end"} & set(row["_changed_columns"])
    ]
    return lines + _listed("dated otherwise", sorted(dated))


def _published(row: Mapping[str, Any]) -> str:
    known = [str(row[name]) for name in ("published_start", "published_end") if row.get(name)]
    return "..".join(dict.fromkeys(known)) or "undated"


def _events(news: EventNews) -> list[str]:
    return [
        *_listed("new", [_event(each) for each in news.new]),
        *_listed("merged or under another id", [f"{_event(each)} -> {', '.join(each.goals)}" for each in news.moved]),
        *_listed("withdrawn", [_event(each) for each in news.withdrawn]),
        *_listed("told otherwise", [f"{each.before} is now: {_event(each)}" for each in news.told_otherwise]),
    ]


def _event(told: Told) -> str:
    return f"{told.summary} ({told.event_id})"


def _listed(heading: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    shown = [f"- {line}" for line in sorted(lines)[:LONGEST_LIST]]
    more = [f"- ... and {len(lines) - LONGEST_LIST} more, see changes/"] if len(lines) > LONGEST_LIST else []
    return [f"{len(lines)} {heading}:", "", *shown, *more, ""]


def columns(new: Manifest, old: Manifest) -> Iterator[str]:
    """What became of tables and columns, a line each."""
    if new["schema_version"] != old["schema_version"]:
        yield f"- schema version {old['schema_version']} is now {new['schema_version']}"
    for name in sorted(old["tables"].keys() - new["tables"].keys()):
        yield f"- table {name} is gone"
    for name, entry in new["tables"].items():
        if name not in old["tables"]:
            yield f"- table {name} is new"
            continue
        before = {column["name"]: column for column in old["tables"][name]["schema"]}
        after = {column["name"]: column for column in entry["schema"]}
        yield from (f"- {name}.{column} is gone" for column in sorted(before.keys() - after.keys()))
        yield from (f"- {name}.{column} is new" for column in sorted(after.keys() - before.keys()))
        for column in sorted(after.keys() & before.keys()):
            for what in ("type", "nullable", "values", "references", "description"):
                if after[column][what] != before[column][what]:
                    is_short = what in ("type", "nullable")
                    words = f": {before[column][what]} is now {after[column][what]}" if is_short else ""
                    yield f"- {name}.{column} has another {what}{words}"


def _quality(new: Manifest, old: Manifest) -> Iterator[str]:
    """What the checks, the accuracy and the drift say otherwise than before."""
    ours, theirs = (_flat(manifest["quality"]) for manifest in (new, old))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield f"- {name}: {_shown(theirs.get(name))} is now {_shown(ours.get(name))}"


def _flat(quality: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of quality, a measure of accuracy each."""
    measures = quality.get("accuracy") or []
    each = {f"accuracy: {row['measure']} of {row['of']} on {row['on']}": row["value"] for row in measures}
    return {name: value for name, value in quality.items() if name != "accuracy"} | each


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value is not None else "not told"


def quality_lines(manifest: Manifest) -> list[str]:
    """What a manifest says of quality, a line each."""
    return [f"- {name}: {_shown(value)}" for name, value in _flat(manifest["quality"]).items()]
