"""Takedown: a document that no release may hold any longer.

The one act that changes releases: old ones are redacted in place and say so, the log says when and why, and the
document stays out of new ones. It can be repeated: what a killed purge left undone, the next one does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.release import descriptors
from kcpipe.release.changes import changes_table
from kcpipe.release.keeping import sweep_objects
from kcpipe.release.log import LogEntry, append, as_json, instant, state, who
from kcpipe.release.publishing import CHANGELOG, project, recovered, write_files
from kcpipe.release.reading import MANIFEST, SUMS, Release, content_digest, folder, listed, opened, read, sums
from kcpipe.release.shards import split
from kcpipe.settings import UserError
from kcpipe.store import Disk
from kcpipe.tables import TABLES

Tables = Mapping[str, pa.Table]
NOTE = "Withdrawn: it quoted a document that was taken down. The log says when and why.\n"


def purge(output: Path, document_id: str, *, why: str, now: datetime, cache: str | None = None) -> list[str]:
    """Take a document out of every release, out of the workspace, and keep it out of new releases.

    cache: where the workspace keeps its segments, if not in the output (`run.cache`).

    Reports of refused builds and unlogged releases, which may quote it, are deleted. What several documents say
    together (an entity's aliases, an event's place) stays as it was until the next run. Returns the releases that
    were redacted. Raises UserError when no release holds the document, and for an object store.
    """
    place = store.place(output)
    if not isinstance(place, Disk):
        raise UserError(f"{output} is an object store: purge the store it was published from, then publish anew")
    with place.turn(), place.refusals():
        current = recovered(place)
        holders = [each for each in current.kept if _holds(opened(place, each), document_id)]
        if not holders and document_id not in current.purged:
            raise UserError(f"no release of {output} holds a document {document_id}")
        if document_id not in current.purged:
            _log(place, LogEntry(0, "purge", "", instant(now), by=who(), reason=why, document_id=document_id))
        done = {entry.release for entry in current.entries if entry.document_id == document_id and entry.release}
        going = [each for each in current.kept if each in holders or _names(opened(place, each), document_id)]
        going = [each for each in going if each not in done]
        for release_id in going:
            sha256 = _redact(place, opened(place, release_id), document_id)
            _log(place, LogEntry(0, "purge", release_id, instant(now), None, {}, sha256, who(), why, document_id))
        for release_id in current.pruned:
            place.unlock(f"pruned/{release_id}")
            _redact_changes(place, f"pruned/{release_id}", {document_id})
            place.replace(f"pruned/{release_id}/{CHANGELOG}", NOTE.encode())
        for name in ("rejected", "orphans"):
            for inner in place.names(name):
                place.remove(f"{name}/{inner}")
        current = state(place)
        sweep_objects(place, current)
        project(place, current)
    with store.Workspace(output, cache) as workspace:
        workspace.forget(document_id)
    store.forget_inputs(output, document_id)
    return going


def _log(place: Disk, entry: LogEntry) -> None:
    numbered = LogEntry(**{**vars(entry), "seq": state(place).next_seq})
    if not append(place, numbered):
        raise UserError(f"somebody else is at {place.at()}: purge again")


def _holds(release: Release, document_id: str) -> bool:
    ids = release.table("documents", ["document_id"]).column("document_id")
    return bool(pc.any(pc.equal(ids, document_id)).as_py())


def _names(release: Release, document_id: str) -> bool:
    """Whether the document stands in the changes of a release that has it no more, or was redacted half way."""
    changes = release.changes().get("documents")
    is_changed = changes is not None and document_id in changes.column("document_id").to_pylist()
    return is_changed or document_id in release.manifest.get("purged", [])


def _redact(place: Disk, release: Release, document_id: str) -> str:
    """Take a document out of a release, file by file, the manifest last; returns the manifest's new SHA-256."""
    home = folder(release.id)
    place.unlock(home)
    tables = release.tables()
    own = _own_ids(tables, document_id)
    left = without(tables, document_id)
    manifest: dict[str, Any] = {
        **release.manifest,
        "purged": sorted({*release.manifest.get("purged", []), document_id}),
    }
    for name in tables:
        files, _ = write_files(place, name, split(name, left, left[name].num_rows), {})
        for file in files:
            place.link(f"objects/{name}/{file['sha256']}.parquet", f"{home}/{file['path']}")
        for stale in {file["path"] for file in release.manifest["tables"][name]["files"]} - {f["path"] for f in files}:
            place.remove(f"{home}/{stale}")
        sizes = {key: sum(file[key] for file in files) for key in ("rows", "bytes")}
        manifest["tables"] = {**manifest["tables"], name: {**manifest["tables"][name], **sizes, "files": files}}
    inputs = manifest["lineage"].get("inputs")
    if isinstance(inputs, list):
        kept = [each for each in inputs if each["document_id"] != document_id]
        manifest["lineage"] = {**manifest["lineage"], "inputs": kept}
    manifest["content_digest"] = content_digest(manifest["tables"])
    _redact_changes(place, home, own)
    quoting = {name for name in manifest["files"] if name.startswith("quality/") and not name.endswith(".parquet")}
    for name in (CHANGELOG, *quoting):
        place.replace(f"{home}/{name}", NOTE.encode())
    for name, content in descriptors.files(manifest).items():
        place.replace(f"{home}/{name}", content)
    contents = {name: place.read(f"{home}/{name}") for name in manifest["files"]}
    manifest["files"] = {name: {"bytes": len(each), "sha256": digest(each)} for name, each in contents.items()}
    content = as_json(manifest)
    place.replace(f"{home}/{SUMS}", sums(listed(manifest) | {MANIFEST: digest(content)}))
    place.replace(f"{home}/{MANIFEST}", content)
    place.lock(home)
    return digest(content)


def _redact_changes(place: Disk, home: str, own: Collection[str]) -> None:
    """Take every row that names one of these ids out of the changes of a release."""
    values = pa.array(sorted(own), pa.string())
    for name in place.names(f"{home}/changes"):
        table = name.removesuffix(".parquet")
        if table not in TABLES:
            continue
        rows = read(place, f"{home}/changes/{name}")
        documents = _documents(table)
        of_document = [pc.is_in(rows.column(column), values) for column in (*documents, *_ids(table))]
        is_named = of_document[0] if of_document else pa.chunked_array([pa.repeat(False, rows.num_rows)])
        for each in of_document[1:]:
            is_named = pc.or_(is_named, each)
        left = rows.filter(pc.invert(is_named))
        place.replace(f"{home}/changes/{name}", store.table_bytes(changes_table(TABLES[table]), left))


def _documents(table: str) -> list[str]:
    """The columns of a table that name a document."""
    columns = TABLES[table].columns
    return [c.name for c in columns if c.name == "document_id" or c.references == "documents.document_id"]


def _ids(table: str) -> list[str]:
    """Its columns that are an id of its own or of something else, documents and shared things apart."""
    shared = ("documents.", "entities.", "event_kinds.", "records.")
    key = TABLES[table].key[0]
    own = [key] if key.endswith("_id") and key not in ("document_id", "entity_id") else []
    return own + [c.name for c in TABLES[table].columns if c.references and not c.references.startswith(shared)]


def _own_ids(tables: Tables, document_id: str) -> set[str]:
    """The document's id and those of all that only it has."""
    own = {document_id}
    for name, rows in tables.items():
        key = TABLES[name].key
        if "document_id" in rows.column_names and key[0].endswith("_id") and key[0] != "document_id":
            mine = rows.filter(pc.equal(rows.column("document_id"), document_id))
            own.update(mine.column(key[0]).to_pylist())
    return own


def without(tables: Tables, document_id: str) -> dict[str, pa.Table]:
    """The tables of a release without a document and all that rests on it alone.

    A row that names the document goes; an event or an entity that another document has, too, moves there; a
    reference to what is gone is null, or its row goes with it.
    """
    left = {name: _disowned(name, _moved(name, tables, document_id), document_id) for name in tables}
    while True:
        dangling = {name: _anchored(name, left) for name in left}
        if all(dangling[name].num_rows == left[name].num_rows for name in left):
            return dangling
        left = dangling


def _disowned(name: str, rows: pa.Table, document_id: str) -> pa.Table:
    """The rows of a table that do not name the document, or can do without."""
    for column in _documents(name):
        if TABLES[name].column(column).nullable and column != "document_id":
            rows = _nulled(rows, column, pc.equal(rows.column(column), document_id))
        else:
            rows = rows.filter(pc.fill_null(pc.not_equal(rows.column(column), document_id), True))
    return rows


def _moved(name: str, tables: Tables, document_id: str) -> pa.Table:
    """Events and entities of the document under another report or document, where they have one."""
    rows = tables[name]
    if name == "events":
        reports = tables["event_mentions"].sort_by("event_mention_id")
        reports = reports.filter(pc.not_equal(reports.column("document_id"), document_id))
        left = _recounted(rows, reports, "event_id", "best_event_mention_id", "event_mention_id")
        return _resourced(left, reports, tables["documents"])
    if name == "entities":
        mentions = tables["mentions"].sort_by("document_id")
        mentions = mentions.filter(pc.not_equal(mentions.column("document_id"), document_id))
        return _recounted(rows, mentions, "entity_id", "first_document_id", "document_id")
    return rows


def _recounted(rows: pa.Table, named: pa.Table, key: str, column: str, source: str) -> pa.Table:
    """Rows of which something is left: their counts, and `column`, if it is gone, from the first that is left."""
    found = named.group_by(key).aggregate([(source, "min"), ("document_id", "count_distinct"), (source, "count")])
    places = pc.index_in(rows.column(key), value_set=found.column(key).combine_chunks())
    rows, places = rows.filter(pc.is_valid(places)), places.filter(pc.is_valid(places))
    first = found.column(f"{source}_min").take(places)
    there = pc.is_in(rows.column(column), value_set=named.column(source).combine_chunks())
    rows = _put(rows, column, pc.if_else(there, rows.column(column), first))
    rows = _put(rows, "document_count", found.column("document_id_count_distinct").take(places).cast(pa.int32()))
    return _put(rows, "mention_count", found.column(f"{source}_count").take(places).cast(pa.int32()))


def _resourced(events: pa.Table, reports: pa.Table, documents: pa.Table) -> pa.Table:
    """Events with the publishers of the reports that are left, and no more sources than those."""
    publisher = dict(zip(*(documents.column(name).to_pylist() for name in ("document_id", "publisher")), strict=True))
    found: dict[str, set[str | None]] = {}
    for event, document in zip(
        *(reports.column(name).to_pylist() for name in ("event_id", "document_id")), strict=True
    ):
        found.setdefault(event, set()).add(publisher[document])
    sources = [found[event] for event in events.column("event_id").to_pylist()]
    publishers = [sorted(name for name in each if name is not None) for each in sources]
    counts = pc.min_element_wise(events.column("source_count"), pa.array([len(each) for each in sources], pa.int32()))
    known = pa.array(publishers, events.schema.field("publishers").type)
    return _put(_put(events, "publishers", known), "source_count", counts)


def _put(rows: pa.Table, name: str, values: Any) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), rows.schema.field(name), values)


def _nulled(rows: pa.Table, name: str, where: Any) -> pa.Table:
    return _put(rows, name, pc.if_else(pc.fill_null(where, False), None, rows.column(name)))


def _anchored(name: str, tables: Tables) -> pa.Table:
    """Rows whose references all lead somewhere: one that may be null is nulled, else its row goes."""
    rows = tables[name]
    for column in TABLES[name].columns:
        parent, _, key = column.references.partition(".")
        if parent not in tables:
            continue
        there = pc.is_in(rows.column(column.name), value_set=tables[parent].column(key).combine_chunks())
        lost = pc.and_(pc.is_valid(rows.column(column.name)), pc.invert(there))
        rows = _nulled(rows, column.name, lost) if column.nullable else rows.filter(pc.invert(lost))
    return rows
