"""Two releases side by side, and a release taken to another store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from kcpipe.release import words
from kcpipe.release.changes import REDIRECTS, compare, counts, redirects
from kcpipe.release.news import event_news
from kcpipe.release.publishing import publish
from kcpipe.release.reading import Release, find, folder
from kcpipe.settings import UserError
from kcpipe.tables import TABLES, empty


class Difference(NamedTuple):
    """What leads from one release to another: rows by table, of tables that differ, and all of it in words."""

    changes: dict[str, pa.Table]
    text: str

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """By table how many rows were added, removed and changed."""
        return {name: counts(rows) for name, rows in self.changes.items()}


def diff(output: Path | str, old: str, new: str) -> Difference:
    """The difference of any two releases, by id or ref. Only files that differ are read.

    old: if empty, the release that `new` was published on. Raises UserError for a release that is not there or cannot
    be read.
    """
    after = find(output, new)
    old = old or after.manifest["parent"]
    if old is None:
        raise UserError(f"{after.id} is the first release of {output}: there is none before it to compare it with")
    before = find(output, old)
    found = {name: _compared(name, before, after) for name in after.manifest["tables"] if name in TABLES}
    changes = {name: rows for name, rows in found.items() if rows.num_rows}
    moved = redirects(changes, empty(REDIRECTS), after.id)
    return Difference(changes, words.changelog(after.manifest, before.manifest, changes, event_news(changes, moved)))


def _compared(name: str, before: Release, after: Release) -> pa.Table:
    def files(release: Release) -> dict[str, str]:
        entry = release.manifest["tables"].get(name, {"files": []})
        return {file["path"]: file["sha256"] for file in entry["files"]}

    ours, theirs = files(after), files(before)
    rows = [
        release.rows(name, [path for path in mine if other.get(path) != mine[path]])
        for release, mine, other in ((before, theirs, ours), (after, ours, theirs))
    ]
    return compare(TABLES[name], *rows)


def copy(output: Path | str, to: Path | str, version: str = "latest", *, now: datetime) -> Release:
    """Publish a release of one store in another, such as an object store, with the same tables and report.

    There it gets an id and a parent of that store; its lineage names where it is from. Returns the new release, or
    the last one of the other store when that has the same content. Raises UserError as `find` and `publish` do.
    """
    source = find(output, version)
    beside = {
        name: source.place.read(f"{folder(source.id)}/{name}")
        for name in source.manifest["files"]
        if name.startswith("quality/")
    }
    return publish(
        to,
        source.tables(),
        render=lambda *_: beside,
        build_digest=source.manifest["build_digest"],
        lineage={**source.manifest["lineage"], "copy_of": source.id},
        quality=source.manifest["quality"],
        now=now,
    )
