"""Takedown: a document that no release may hold any longer.

The one act that changes releases: old ones are redacted in place and say so, the log says when and why, and the
document stays out of new ones. It can be repeated: what a killed purge left undone, the next one does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.release import descriptors
from kcpipe.release.changes import changes_table
from kcpipe.release.log import LogEntry, State, append, as_json, instant, state, who
from kcpipe.release.publishing import CHANGELOG, clear_away, recovered, write_files
from kcpipe.release.reading import MANIFEST, SUMS, check_published, content_digest, folder, listed, opened, read, sums
from kcpipe.release.without import naming, without
from kcpipe.settings import UserError
from kcpipe.store import Disk, Place
from kcpipe.tables import TABLES, Table

NOTE = "Withdrawn: it quoted a document that was taken down. The log says when and why.\n"
_AN_ID = re.compile(r"[0-9a-f]{32}")


class _Traces(NamedTuple):
    """What a document has left in the tables and changes of all releases."""

    own: set[str]
    """Its id and those of all that only it has."""
    shared: set[str]
    """Events and entities that it tells of, perhaps among others."""


def purge(output: Path | str, document_id: str, *, why: str, now: datetime, cache: str | None = None) -> list[str]:
    """Take a document out of every release, out of what runs keep, and out of new releases.

    output: the store, a folder or a URL. cache: where runs keep their segments, if not in the output (`run.cache`).

    Reports of refused builds, unlogged releases and exports, which may quote it, are deleted. What several documents
    say together (an event's place) stays as it was until the next run. Returns the releases that were redacted, also
    those of which only the changes were left. Raises UserError when nothing of the document is there, and while a run
    works on the output.
    """
    place = store.place(output)
    check_published(place)
    is_local = isinstance(place, Disk)
    with store.lock(Path(output)) if is_local else nullcontext():
        with place.turn(), place.refusals():
            redacted = _purged(place, document_id, why, now)
        if is_local:
            with store.Workspace(Path(output), cache) as workspace:
                workspace.forget(document_id)
            store.forget_inputs(Path(output), document_id)
    return redacted


def _purged(place: Place, document_id: str, why: str, now: datetime) -> list[str]:
    current = recovered(place)
    if document_id not in current.purged:
        if not any(_is_in(place, home, document_id) for home in _homes(current).values()):
            raise UserError(f"no release of {place.at()} holds a document {document_id}")
        _log(place, LogEntry(0, "purge", "", instant(now), by=who(), reason=why, document_id=document_id))
    # A publication that was under way has lost its number to that entry, and sees the document refused.
    current = state(place)
    homes = _homes(current)
    traces = _traces(place, homes.values(), document_id)
    done = {entry.release for entry in current.entries if entry.document_id == document_id}
    redacted = []
    for release_id, home in homes.items():
        if release_id not in done and (sha256 := _redact(place, home, document_id, traces)):
            _log(place, LogEntry(0, "purge", release_id, instant(now), None, {}, sha256, who(), why, document_id))
            redacted.append(release_id)
    for name in ("rejected", "orphans", "exports"):
        place.remove(name)
    clear_away(place)
    return redacted


def _homes(current: State) -> dict[str, str]:
    """The folder of every release, first of those whose tables are gone: theirs is found out from the others."""
    gone = [release_id for release_id in current.published if release_id in current.pruned]
    return {each: f"pruned/{each}" for each in gone} | {each: folder(each) for each in current.kept}


def _log(place: Place, entry: LogEntry) -> None:
    """Write the entry under the next free number: it is true whatever others do meanwhile."""
    while not append(place, LogEntry(**{**vars(entry), "seq": state(place).next_seq})):
        pass


# --- what there is of it ------------------------------------------------------------------------------------------


def _manifest(place: Place, home: str) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(place.read(f"{home}/{MANIFEST}"))
    return manifest


def _is_in(place: Place, home: str, document_id: str) -> bool:
    """Whether a release has the document, or tells in its changes that it came or went."""
    return any(
        pc.any(pc.equal(rows.column("document_id"), document_id)).as_py()
        for name, rows in _parts(place, home)
        if name == "documents"
    )


def _traces(place: Place, homes: Collection[str], document_id: str) -> _Traces:
    found = _Traces({document_id}, set())
    for home in homes:
        for name, rows in _parts(place, home):
            mine = rows.filter(pc.equal(rows.column("document_id"), document_id))
            if TABLES[name].key[0].endswith("_id"):
                found.own.update(mine.column(TABLES[name].key[0]).to_pylist())
            for column in {"event_id", "entity_id"} & {*mine.column_names}:
                found.shared.update(mine.column(column).to_pylist())
    return found._replace(shared=found.shared - {None})


def _parts(place: Place, home: str) -> Iterator[tuple[str, pa.Table]]:
    """The ids in the files of tables and changes that lie in a release, of tables that name their document."""
    for path in sorted(place.files(home)):
        name = path.removeprefix("changes/").partition("/")[0].removesuffix(".parquet")
        if name in TABLES and "document_id" in TABLES[name].schema.names:
            columns = {"document_id", "event_id", "entity_id", TABLES[name].key[0]} & {*TABLES[name].schema.names}
            yield name, read(place, f"{home}/{path}", sorted(columns))


# --- a release ----------------------------------------------------------------------------------------------------


def _redact(place: Place, home: str, document_id: str, traces: _Traces) -> str | None:
    """Take a document out of a release; returns the manifest's new SHA-256, None when there is nothing of it.

    What tells of the document's own ids goes last, and the new manifest before the tables it names: killed before
    it, all can be found out again, killed after, it says what is left to do.
    """
    manifest = _manifest(place, home)
    if document_id not in manifest.get("purged", []):
        changes = _redacted_changes(place, home, traces)
        inputs = _inputs(manifest, document_id)
        is_named = inputs != manifest["lineage"].get("inputs") or _is_in(place, home, document_id)
        if not (changes or is_named or _is_begun(place, home, manifest)):
            return None
        place.unlock(home)
        manifest = _redacted_manifest(place, home, manifest, document_id)
        quoting = {name for name in manifest["files"] if name.startswith("quality/") and not name.endswith(".parquet")}
        new = {name: NOTE.encode() for name in (CHANGELOG, *sorted(quoting))} | changes | _descriptors(home, manifest)
        there = place.files(home)
        new = {name: content for name, content in new.items() if name in there}
        for name, content in new.items():
            place.replace(f"{home}/{name}", content)
        for name in _told(place, home, manifest) | new.keys():
            content = new[name] if name in new else place.read(f"{home}/{name}")
            manifest["files"][name] = {"bytes": len(content), "sha256": digest(content)}
        place.replace(f"{home}/{MANIFEST}", as_json(manifest))
    content = place.read(f"{home}/{MANIFEST}")
    if not home.startswith("pruned/"):
        place.unlock(home)
        _finish(place, home, manifest, digest(content))
        place.lock(home)
    return digest(content)


def _told(place: Place, home: str, manifest: Mapping[str, Any]) -> set[str]:
    """The files of a release that tell what changed."""
    there = place.files(home)
    return {name for name in manifest["files"] if name in there and name.startswith((CHANGELOG, "changes/"))}


def _is_begun(place: Place, home: str, manifest: Mapping[str, Any]) -> bool:
    """Whether a redaction was killed before its manifest."""
    found = {name: digest(place.read(f"{home}/{name}")) for name in _told(place, home, manifest)}
    return any(manifest["files"][name]["sha256"] != sha256 for name, sha256 in found.items())


def _redacted_manifest(place: Place, home: str, manifest: Mapping[str, Any], document_id: str) -> dict[str, Any]:
    """The manifest of a release without the document, whose new tables lie among the objects."""
    made = {**manifest, "files": dict(manifest["files"])}
    made["purged"] = sorted({*manifest.get("purged", []), document_id})
    made["lineage"] = {**manifest["lineage"], "inputs": _inputs(manifest, document_id)}
    if home.startswith("pruned/"):
        return made
    tables = without(opened(place, manifest["release"]).tables(), document_id)
    made["tables"] = dict(manifest["tables"])
    for name in tables:
        files = [file for file, _ in write_files(place, name, tables, {})]
        sizes = {key: sum(file[key] for file in files) for key in ("rows", "bytes")}
        made["tables"][name] = {**manifest["tables"][name], **sizes, "files": files}
    made["content_digest"] = content_digest(made["tables"])
    return made


def _inputs(manifest: Mapping[str, Any], document_id: str) -> Any:
    """The inputs that a manifest names, but for the document."""
    inputs = manifest["lineage"].get("inputs")
    return [each for each in inputs if each["document_id"] != document_id] if isinstance(inputs, list) else inputs


def _descriptors(home: str, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """The descriptors of a release that has its tables."""
    return {} if home.startswith("pruned/") else descriptors.files(manifest)


def _finish(place: Place, home: str, manifest: Mapping[str, Any], manifest_sha256: str) -> None:
    """Let the files of a release be those that its manifest names."""
    expected = listed(manifest) | {MANIFEST: manifest_sha256}
    for path in place.files(home).keys() - expected.keys() - {SUMS}:
        place.remove(f"{home}/{path}")
    for name, entry in manifest["tables"].items():
        for file in entry["files"]:
            place.link(f"objects/{name}/{file['sha256']}.parquet", f"{home}/{file['path']}")
    place.replace(f"{home}/{SUMS}", sums(expected))


def _redacted_changes(place: Place, home: str, traces: _Traces) -> dict[str, bytes]:
    """The changes that lose rows, by name; those that tell of the document's own ids last."""
    found = {}
    for path in place.names(f"{home}/changes"):
        name = path.removesuffix(".parquet")
        if name in TABLES:
            rows = read(place, f"{home}/changes/{path}")
            left = rows.filter(pc.invert(_is_named(TABLES[name], rows, traces)))
            if left.num_rows < rows.num_rows:
                found[f"changes/{path}"] = store.table_bytes(changes_table(TABLES[name]), left)
    return dict(sorted(found.items(), key=lambda each: "document_id" in TABLES[_table(each[0])].schema.names))


def _table(path: str) -> str:
    """The table of a file of changes."""
    return path.removeprefix("changes/").removesuffix(".parquet")


def _is_named(table: Table, rows: pa.Table, traces: _Traces) -> pa.ChunkedArray:
    """Whether a row of changes names an id of the document, or tells of something that it tells of, too."""
    own, shared = (pa.array(sorted(ids), pa.string()) for ids in traces)
    before = rows.column("_before").to_pylist()
    found = pa.array([bool(traces.own.intersection(_AN_ID.findall(old or ""))) for old in before], pa.bool_())
    for column in {*naming(table.name), *_ids(table)} & {*rows.column_names}:
        found = pc.or_(found, pc.is_in(rows.column(column).combine_chunks(), value_set=own))
    if table.name in ("events", "entities"):
        found = pc.or_(found, pc.is_in(rows.column(table.key[0]).combine_chunks(), value_set=shared))
    return found


def _ids(table: Table) -> list[str]:
    """The columns of a table that are an id of its own or of something else, documents and shared things apart."""
    shared = ("documents.", "entities.", "event_kinds.", "records.")
    own = [table.key[0]] if table.key[0].endswith("_id") and table.key[0] not in ("document_id", "entity_id") else []
    return own + [c.name for c in table.columns if c.references and not c.references.startswith(shared)]
