"""Publishing: a release is built aside, moved in whole, and exists from the moment that its log entry does.

Killed anywhere, a publication leaves the last release as it was, and the next one clears up. Nothing is repaired in
place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.release import descriptors, words
from kcpipe.release.changes import REDIRECTS, apply, changes_table, compare, counts, redirects, unlike
from kcpipe.release.log import REFS, LogEntry, State, append, as_json, instant, state, who
from kcpipe.release.news import EventNews, event_news, news_against
from kcpipe.release.reading import (
    FORMAT,
    MANIFEST,
    NAME,
    SUMS,
    Release,
    content_digest,
    folder,
    latest,
    listed,
    opened,
    read,
    sums,
)
from kcpipe.release.shards import described, split
from kcpipe.settings import UserError
from kcpipe.store import Place
from kcpipe.tables import SCHEMA_VERSION, TABLES, ContractError, Table, arrange, empty

Render = Callable[[str, EventNews], Mapping[str, bytes | str]]
"""From the id of a release, which its report names, and the news of its events to its files beside the tables, by
relative path."""

REDIRECTS_FILE, CHANGELOG = "changes/id_redirects.parquet", "CHANGELOG.md"
STORE = "store.json"
KEPT_FOR_EVER = {MANIFEST, NAME, CHANGELOG}
"""What stays of a release whose tables were pruned, beside changes/."""


@dataclass(frozen=True)
class _Written:
    """The tables of a release, as they lie among the objects, and what changed in them."""

    tables: dict[str, dict[str, Any]]
    """The entries of the manifest."""
    links: dict[str, str]
    """The object of each file."""
    changes: dict[str, pa.Table]


def publish(
    output: Path | str,
    tables: Mapping[str, pa.Table],
    *,
    render: Render,
    build_digest: str,
    lineage: Mapping[str, Any],
    quality: Mapping[str, Any],
    now: datetime,
) -> Release:
    """Publish tables as a new release and let `latest` and `candidate` mean it.

    output: the store, a folder or a URL, made when missing. tables: by declared name. render: makes the files beside
    the tables. build_digest: of all that the release is made from. lineage, quality: for the manifest, JSON values.
    now: the time of publication; it gives the id (UTC day and a number) and stands in manifest and log only.
    Only files whose rows differ from the last release's are written; the others are its own, and the release is the
    same as one made at once, byte for byte.
    Returns the last release when it has the same content and the same build_digest.
    Raises UserError when the disk refuses or the log cannot be read, tables.ContractError when a table does not
    fit its declaration, and what render raises; the last release is then still the latest.
    """
    place = store.place(output)
    with place.turn():
        while True:
            with place.refusals():
                base = recovered(place)
                _refuse_purged(place, base, tables)
                parent = opened(place, base.refs["latest"]) if "latest" in base.refs else None
                written = _write_tables(place, parent, tables)
            if parent is not None and _is_same(parent, written, build_digest):
                return parent
            release_id = _next_id(place, base, now)
            moved = redirects(written.changes, _redirects(parent), release_id)
            news = event_news(written.changes, moved)
            rendered = _encoded(render(release_id, news))
            manifest = {
                "format": FORMAT,
                "release": release_id,
                "seq": base.next_seq,
                "parent": parent.id if parent is not None else None,
                "created": instant(now),
                "schema_version": SCHEMA_VERSION,
                "content_digest": content_digest(written.tables),
                "build_digest": build_digest,
                "tables": written.tables,
                "lineage": dict(lineage),
                "quality": dict(quality),
            }
            files = rendered | _files(manifest, parent, written, moved, news)
            published = _commit(place, base, manifest, written.links, files, now)
            if published is not None:
                return published


def _refuse_purged(place: Place, base: State, tables: Mapping[str, pa.Table]) -> None:
    """Raise UserError when the tables hold a document that was taken down, perhaps since they were made."""
    if base.purged and "documents" in tables:
        for document_id in base.purged.intersection(tables["documents"].column("document_id").to_pylist()):
            sweep_objects(place, base)  # what an attempt before the takedown has written
            raise UserError(f"document {document_id} was taken down in {place.at()}: purge it where it comes from, too")


def _is_same(parent: Release, written: _Written, build_digest: str) -> bool:
    same_content = parent.manifest["content_digest"] == content_digest(written.tables)
    return bool(same_content and parent.manifest["build_digest"] == build_digest)


def _commit(
    place: Place,
    base: State,
    manifest: dict[str, Any],
    links: Mapping[str, str],
    files: dict[str, bytes],
    now: datetime,
) -> Release | None:
    """Move a release in and write its log entry; None when somebody else was first."""
    release_id = manifest["release"]
    manifest["files"] = {
        name: {"bytes": len(content), "sha256": digest(content)} for name, content in sorted(files.items())
    }
    content = as_json(manifest)
    sha256 = listed(manifest) | {MANIFEST: digest(content)}
    entry = LogEntry(
        seq=base.next_seq,
        op="publish",
        release=release_id,
        at=instant(now),
        parent=manifest["parent"],
        refs={"latest": release_id, "candidate": release_id},
        manifest_sha256=sha256[MANIFEST],
        by=who(),
    )
    with place.refusals():
        if not place.add(folder(release_id), links, files | {MANIFEST: content, SUMS: sums(sha256)}, MANIFEST):
            return None
        if not append(place, entry):
            place.remove(folder(release_id))
            return None
        project(place, state(place))
    return opened(place, release_id)


# --- tables ------------------------------------------------------------------------------------------------------


def _write_tables(place: Place, parent: Release | None, tables: Mapping[str, pa.Table]) -> _Written:
    """Write the objects that are not there yet, and work out what changed, a file at a time."""
    written = _Written({}, {}, {})
    home = folder(parent.id) if parent is not None else ""
    for name in tables:
        table, before = TABLES[name], _sha256_of_files(parent, name)
        files, left = [], []
        for file, rows in write_files(place, name, tables, _known(parent, name)):
            path, sha256 = file["path"], file["sha256"]
            files.append(file)
            # What the parent has is shared with it: objects may be swept away, a release keeps its files.
            written.links[path] = f"{home}/{path}" if rows is None else _object(name, sha256)
            old = before.pop(path, None)
            if parent is not None and rows is not None and old != sha256:  # the same bytes are the same rows
                left.append(unlike(table, parent.rows(name, [path] if old else []), rows))
        entry = written.tables[name] = _entry(table, files)
        if parent is not None:
            left += [(parent.rows(name, [path]), empty(table)) for path in sorted(before)]
            changes = _changes(parent, table, left)
            entry["changes"] = counts(changes)
            if changes.num_rows:
                written.changes[name] = changes
    return written


def _sha256_of_files(parent: Release | None, name: str) -> dict[str, str]:
    """The digest of each file of a table in the parent, by path."""
    entry = parent.manifest["tables"].get(name) if parent is not None else None
    return {file["path"]: file["sha256"] for file in entry["files"]} if entry else {}


def _known(parent: Release | None, name: str) -> dict[str, dict[str, Any]]:
    """The files of a table in the parent, by path; none when it declared, or wrote, the table otherwise."""
    if parent is None or name not in parent.manifest["tables"]:
        return {}
    entry = parent.manifest["tables"][name]
    if entry["schema"] != described(name) or entry.get("writer") != store.WRITER:
        return {}
    return {file["path"]: file for file in entry["files"]}


def write_files(
    place: Place, name: str, tables: Mapping[str, pa.Table], known: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[dict[str, Any], pa.Table | None]]:
    """Write the files of a table as objects, one after the other, but for those that hold the rows they are known to
    hold.

    tables: the rows of all tables. known: entries of files by path. Gives the entry of each file, and of one that was
    written the rows, arranged; who keeps them holds the table in memory.
    """
    for shard in split(name, tables):
        entry = known.get(shard.path)
        if entry is not None and entry["rows_digest"] == shard.rows_digest:
            yield dict(entry), None
            continue
        rows = store.prepared(TABLES[name], shard.rows())
        content = store.encoded(rows)
        sha256 = digest(content)
        if not place.create(_object(name, sha256), content):
            raise UserError(f"{place.at(_object(name, sha256))} is damaged: see `kcpipe verify`")
        sizes = {"bytes": len(content), "rows": rows.num_rows, "rows_digest": shard.rows_digest}
        yield {"path": shard.path, "sha256": sha256, **sizes}, rows


def _entry(table: Table, files: list[dict[str, Any]]) -> dict[str, Any]:
    """A table's entry of the manifest."""
    return {
        "rows": sum(file["rows"] for file in files),
        "bytes": sum(file["bytes"] for file in files),
        "key": list(table.key),
        "description": table.description,
        "schema": described(table.name),
        "writer": store.WRITER,
        "files": files,
    }


def _changes(parent: Release, table: Table, left: Sequence[tuple[pa.Table, pa.Table]]) -> pa.Table:
    """What changed in a table since the parent. Raises ContractError unless it leads to the new rows.

    left: of each file that is not what it was in the parent the rows that are not, before and now.
    """
    old, rows = (_together(table, [pair[side] for pair in left]) for side in (0, 1))
    changes = compare(table, old, rows)
    if not apply(table, old, changes).equals(arrange(table, rows).replace_schema_metadata()):
        raise ContractError(f"{table.name}: the rows of {parent.id} and the changes do not give the new rows")
    return changes


def _together(table: Table, parts: Iterable[pa.Table]) -> pa.Table:
    """Files of one schema, or of no rows, as one table under the description of today."""
    filled = [rows for rows in parts if rows.num_rows] or [empty(table)]
    return pa.concat_tables(filled).replace_schema_metadata(table.schema.metadata)


def _object(table: str, sha256: str) -> str:
    return f"objects/{table}/{sha256}.parquet"


# --- the files beside them ---------------------------------------------------------------------------------------


def _files(
    manifest: Mapping[str, Any], parent: Release | None, written: _Written, moved: pa.Table, news: EventNews
) -> dict[str, bytes]:
    """What explains the tables, and what changed in them."""
    changes = {
        f"changes/{name}.parquet": store.table_bytes(changes_table(TABLES[name]), rows)
        for name, rows in written.changes.items()
    }
    if moved.num_rows:
        changes[REDIRECTS_FILE] = store.table_bytes(REDIRECTS, moved)
    old = parent.manifest if parent is not None else None
    return {
        NAME: f"{manifest['release']}\n".encode(),
        CHANGELOG: words.changelog(manifest, old, written.changes, news).encode(),
        **changes,
        **descriptors.files(manifest),
    }


def _redirects(release: Release | None) -> pa.Table:
    """The ids that were withdrawn up to a release."""
    if release is None or REDIRECTS_FILE not in release.manifest["files"]:
        return empty(REDIRECTS)
    return read(release.place, f"{folder(release.id)}/{REDIRECTS_FILE}")


def _encoded(rendered: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The files as bytes. Raises ValueError for a path that leads out of the release or is taken."""
    taken = {MANIFEST, SUMS, NAME, CHANGELOG, "changes", *descriptors.NAMES}
    taken |= {f"{name}.parquet" for name in TABLES}
    for name in rendered:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or name == "." or path.parts[0] in taken:
            raise ValueError(f"no file of a release may be called {name!r}")
    return {name: text.encode() if isinstance(text, str) else text for name, text in rendered.items()}


def _next_id(place: Place, base: State, now: datetime) -> str:
    """The UTC day and the next number of that day that nobody has taken."""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    taken = [name for name in (*base.published, *place.names("releases")) if name.startswith(f"{day}.")]
    return f"{day}.{max((int(name.rpartition('.')[2]) for name in taken), default=0) + 1}"


# --- clearing up -------------------------------------------------------------------------------------------------


def recover(output: Path | str) -> None:
    """Clear up after a publication that was killed, and let the links mean what the log says.

    `publish` does it too; a run that then publishes nothing must ask for it. Raises UserError as `publish` does.
    """
    place = store.place(output)
    with place.turn(), place.refusals():
        recovered(place)


def recovered(place: Place) -> State:
    """As `recover`, in the turn; returns what the log says. Raises OSError, and UserError for a broken log."""
    if not place.create(STORE, as_json({"format": FORMAT, "dataset": "kcpipe"})):
        raise UserError(f"{place.at()} was written by another version of kcpipe: publish into another folder")
    place.sweep()
    now = state(place)
    for name in place.unfinished(now.published):
        place.move(folder(name), f"orphans/{name}")  # not deleted: perhaps it is the log that was lost
    for name in now.pruned:
        finish_pruning(place, name)
    project(place, now)
    return now


def clear_away(place: Place) -> None:
    """Remove what no release can need any more, after something of releases went, and let the links mean the log."""
    now = state(place)
    disown(place, now)
    sweep_objects(place, now)
    project(place, now)


def disown(place: Place, now: State) -> None:
    """Empty the release folders that can never come into the log, because another act has the entry they were for.

    Their name stays taken: who made one may still be about to remove it.
    """
    for name in place.names("releases"):
        if name in now.published:
            continue
        manifest = f"{folder(name)}/{MANIFEST}"
        inner = place.files(folder(name))
        seq = json.loads(place.read(manifest))["seq"] if MANIFEST in inner else 0
        if seq < now.next_seq:
            place.replace(manifest, as_json({"seq": seq}))
            for path in inner.keys() - {MANIFEST}:
                place.remove(f"{folder(name)}/{path}")


def sweep_objects(place: Place, now: State) -> None:
    """Remove the objects that no release names."""
    named = {
        f"{name}/{file['sha256']}.parquet"
        for release_id in now.kept
        for name, entry in opened(place, release_id).manifest["tables"].items()
        for file in entry["files"]
    }
    for name in place.files("objects"):
        if name not in named:
            place.remove(f"objects/{name}")


def finish_pruning(place: Place, release_id: str) -> None:
    """Take the tables of a release away, and keep what tells of them under pruned/."""
    kept = f"pruned/{release_id}"
    if place.names(folder(release_id)):
        place.move(folder(release_id), kept)
    for name in place.files(kept):
        if name not in KEPT_FOR_EVER and not name.startswith("changes/"):
            place.remove(f"{kept}/{name}")


def project(place: Place, now: State) -> None:
    """What follows from the log, for those who do not read it: links by ref, latest.json, index.json."""
    for ref in REFS:
        place.point(ref, folder(now.refs[ref]) if ref in now.refs else None)
    if not now.published:
        return
    entries = {entry.release: entry for entry in now.entries if entry.op == "publish"}
    index = [
        {
            "release": release_id,
            "seq": entries[release_id].seq,
            "parent": entries[release_id].parent,
            "created": entries[release_id].at,
            "refs": [ref for ref in REFS if now.refs.get(ref) == release_id],
            "yanked": now.yanked.get(release_id),
            "path": f"pruned/{release_id}" if release_id in now.pruned else folder(release_id),
            "manifest_sha256": now.manifests[release_id],
        }
        for release_id in now.published
    ]
    place.replace("latest.json", as_json(next(row for row in index if row["release"] == now.refs["latest"])))
    place.replace("index.json", as_json(index))


def reject(
    output: Path,
    tables: Mapping[str, pa.Table],
    *,
    render: Render,
    build_digest: str,
    quality: Mapping[str, Any],
    now: datetime,
) -> Path:
    """Keep the report of a build that a check stopped, under rejected/ by its time; the releases stay as they are.

    Parameters as for `publish`; render is given the name of the build. Returns its folder. Raises UserError when
    the disk refuses.
    """
    place = store.Disk(output)
    with place.turn():
        moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        names = (f"{moment}.{number}" if number > 1 else moment for number in count(1))
        name = next(name for name in names if not (output / "rejected" / name).exists())
        build = {"format": FORMAT, "build": name, "created": instant(now), "build_digest": build_digest}
        news = news_against(latest(output), tables)
        files = _encoded(render(name, news)) | {"build.json": as_json(build | {"quality": dict(quality)})}
        with place.refusals():
            place.add(f"rejected/{name}", {}, files, "build.json")
    return output / "rejected" / name
