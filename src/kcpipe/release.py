"""Releases: immutable folders of Parquet tables, and one append-only log that says which of them count.

    log/00000001.json ...    the truth: what was published, and which release `latest` means
    releases/2026-11-22.1/   a release: tables, manifest.json, SHA256SUMS, report; never changed
    latest -> releases/...   a projection of the log, made anew when it is wrong
    rejected/                builds that a check stopped, with their report
    staging/                 what is being built; emptied at the next publish
    orphans/                 whole releases that never came into the log (a publish was killed just before)

A release is built in staging, flushed to the disk, renamed into releases, and exists from the moment that its log
entry does. Killed anywhere, a publish leaves the last release as it was, and the next publish clears up. Nothing is
repaired in place. Two reads through `latest` may straddle a switch; `find` gives the folder itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.settings import UserError
from kcpipe.tables import SCHEMA_VERSION, TABLES, Table

FORMAT = 1  # of the layout of a release and of the log

MANIFEST, SUMS, NAME = "manifest.json", "SHA256SUMS", "RELEASE"

Render = Callable[[str], Mapping[str, bytes | str]]
"""From the id of a release, which its report names, to its files beside the tables, by relative path."""


@dataclass(frozen=True)
class LogEntry:
    """One line of history: what was done, to which release, and what each ref means since then."""

    seq: int
    op: str
    release: str
    parent: str | None
    refs: Mapping[str, str]
    manifest_sha256: str
    at: str


@dataclass(frozen=True)
class Release:
    """A published release: its id, its own folder (not through `latest`), its manifest."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    def table(self, name: str) -> pa.Table:
        """The rows of a table, under the schema that it was published with. Raises UserError for an unknown one."""
        if name not in self.manifest["tables"]:
            raise UserError(f"release {self.id} has no table {name}: it has {', '.join(self.manifest['tables'])}")
        return store.read_table(self.path / self.manifest["tables"][name]["path"])

    def tables(self) -> dict[str, pa.Table]:
        """All tables by name."""
        return {name: self.table(name) for name in self.manifest["tables"]}


# --- reading ------------------------------------------------------------------------------------------------------


def history(output: Path) -> list[LogEntry]:
    """The log, oldest first; empty when nothing was published. Raises UserError when an entry cannot be read."""
    return [_log_entry(path) for path in sorted((output / "log").glob("[0-9]*.json"))]


def _log_entry(path: Path) -> LogEntry:
    try:
        values = json.loads(path.read_bytes())
        return LogEntry(**{field.name: values[field.name] for field in fields(LogEntry)})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(f"log entry {path} cannot be read: {error}") from error


def latest(output: Path) -> Release | None:
    """The release that `latest` means by the log; None when nothing was published.

    Raises UserError when its folder is gone or its manifest cannot be read.
    """
    current = _latest_id(history(output))
    return None if current is None else _open(output, current)


def find(output: Path, version: str = "latest") -> Release:
    """The release of that id, or the latest. Raises UserError when there is none or it cannot be read."""
    entries = history(output)
    published = [entry.release for entry in entries if entry.op == "publish"]
    if not published:
        raise UserError(f"{output} holds no release: `kcpipe run` publishes one")
    current = _latest_id(entries) if version == "latest" else version
    if current not in published:
        raise UserError(f"{output} holds no release {version}: the newest are {', '.join(published[:-6:-1])}")
    return _open(output, current)


def _latest_id(entries: Sequence[LogEntry]) -> str | None:
    return next((entry.refs["latest"] for entry in reversed(entries) if "latest" in entry.refs), None)


def _open(output: Path, release_id: str) -> Release:
    path = output / "releases" / release_id
    try:
        return Release(release_id, path, json.loads((path / MANIFEST).read_bytes()))
    except OSError as error:
        raise UserError(f"release {release_id} cannot be read: {path / MANIFEST}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"release {release_id} is damaged: {path / MANIFEST} is not JSON") from error


def verify(release: Release) -> list[str]:
    """What is wrong with a release, one sentence per file missing, added or changed; empty when it is sound.

    The log knows the manifest's SHA-256, the manifest those of all other files.
    """
    entry = next((entry for entry in history(release.path.parent.parent) if entry.release == release.id), None)
    if entry is None:
        return ["it is not in the log"]
    found = {path.relative_to(release.path).as_posix(): _sha256(path) for path in _files(release.path)}
    if found.get(MANIFEST) != entry.manifest_sha256:
        return [f"{MANIFEST} is not the one that was published"]
    expected = _listed(release.manifest) | {MANIFEST: entry.manifest_sha256}
    expected[SUMS] = digest(_sums(expected))
    return [
        *(f"{name} is missing" for name in sorted(expected.keys() - found.keys())),
        *(f"{name} was added" for name in sorted(found.keys() - expected.keys())),
        *(f"{name} has changed" for name in sorted(expected) if found.get(name, expected[name]) != expected[name]),
    ]


def _listed(manifest: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by path of the tables and the other files that a manifest lists."""
    tables = {entry["path"]: entry["sha256"] for entry in manifest["tables"].values()}
    return tables | {name: entry["sha256"] for name, entry in manifest["files"].items()}


def _sums(sha256: Mapping[str, str]) -> bytes:
    """What `sha256sum --check` reads."""
    return "".join(f"{sha256[name]}  {name}\n" for name in sorted(sha256)).encode()


def _sha256(path: Path) -> str:
    if path.is_symlink():
        return "a link"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    """All that is not a folder below a folder."""
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _folders(folder: Path) -> list[Path]:
    """The folder and all folders in it, the deepest first."""
    inner = [path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()]
    return sorted([folder, *inner], key=lambda path: len(path.parts), reverse=True)


# --- publishing ---------------------------------------------------------------------------------------------------


def publish(
    output: Path,
    tables: Mapping[str, pa.Table],
    *,
    render: Render,
    build_digest: str,
    lineage: Mapping[str, Any],
    quality: Mapping[str, Any],
    now: datetime,
) -> Release:
    """Publish tables as a new release and let `latest` mean it.

    output: the store, made when missing. tables: by declared name. render: makes the files beside the tables.
    build_digest: of all that the release is made from. lineage, quality: for the manifest, JSON values. now: the
    time of publication; it gives the id (UTC day and a number) and stands in manifest and log only.
    Raises UserError when the disk refuses or the log cannot be read, tables.ContractError when a table does not
    fit its declaration, and what render raises; the last release is then still the latest.
    """
    with _publishing(output):
        with store.writing_to(output):
            entries = _recover(output)
        release_id, parent = _next_id(entries, now), _latest_id(entries)
        seq = entries[-1].seq + 1 if entries else 1
        rendered = _encoded(render(release_id)) | {NAME: f"{release_id}\n".encode()}
        with store.writing_to(output), _staging(output) as folder:
            written = {name: _write_table(folder, TABLES[name], rows) for name, rows in tables.items()}
            manifest = {
                "format": FORMAT,
                "release": release_id,
                "seq": seq,
                "parent": parent,
                "created": _instant(now),
                "schema_version": SCHEMA_VERSION,
                "content_digest": _content_digest(written),
                "build_digest": build_digest,
                "tables": written,
                "files": _write(folder, rendered),
                "lineage": dict(lineage),
                "quality": dict(quality),
            }
            sha256 = _listed(manifest) | {MANIFEST: digest(_json(manifest))}
            _write(folder, {MANIFEST: _json(manifest), SUMS: _sums(sha256)})
            _move_in(folder, output / "releases" / release_id)
            refs = {"latest": release_id}
            _append(output, LogEntry(seq, "publish", release_id, parent, refs, sha256[MANIFEST], _instant(now)))
            _point(output, release_id)
    return _open(output, release_id)


def recover(output: Path) -> None:
    """Clear up after a publication that was killed, and let the link `latest` mean what the log says.

    `publish` does it too; a run that then publishes nothing must ask for it. Raises UserError as `publish` does.
    """
    with _publishing(output), store.writing_to(output):
        _recover(output)


def reject(output: Path, *, render: Render, build_digest: str, quality: Mapping[str, Any], now: datetime) -> Path:
    """Keep the report of a build that a check stopped, under rejected/ by its time; the releases stay as they are.

    Parameters as for `publish`; render is given the name of the build. Returns its folder. Raises UserError when
    the disk refuses.
    """
    with _publishing(output):
        moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        names = (f"{moment}.{number}" if number > 1 else moment for number in count(1))
        name = next(name for name in names if not (output / "rejected" / name).exists())
        rendered = _encoded(render(name))
        build = {"format": FORMAT, "build": name, "created": _instant(now), "build_digest": build_digest}
        with store.writing_to(output), _staging(output) as folder:
            _write(folder, rendered | {"build.json": _json(build | {"quality": dict(quality)})})
            _move_in(folder, output / "rejected" / name)
    return output / "rejected" / name


@contextmanager
def _publishing(output: Path) -> Iterator[None]:
    """One publisher at a time, in the folders it needs."""
    with store.exclusive(output / "locks" / "publish.lock", wait=True):
        with store.writing_to(output):
            for name in ("log", "releases", "rejected", "staging"):
                (output / name).mkdir(exist_ok=True)
        yield


def _recover(output: Path) -> list[LogEntry]:
    """As `recover`, inside the lock; returns the log. Raises OSError, and UserError as `history` does."""
    for left in (*(output / "staging").iterdir(), *(output / "log").glob(".*"), *output.glob(".latest.*")):
        _remove(left)
    entries = history(output)
    logged = {entry.release for entry in entries}
    for folder in (output / "releases").iterdir():
        if folder.name not in logged:
            _set_aside(output, folder)
    if (output / "latest").exists() and not (output / "latest").is_symlink():
        raise UserError(f"{output / 'latest'} is not a link: move it away")
    current = _latest_id(entries)
    if current is not None:
        _point(output, current)
    return entries


def _set_aside(output: Path, folder: Path) -> None:
    """Take a release that is not in the log out of the way. Not deleted: perhaps it is the log that was lost."""
    aside = output / "orphans" / folder.name
    aside.parent.mkdir(exist_ok=True)
    _remove(aside)
    folder.chmod(0o755)  # else only root may move it
    folder.replace(aside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for folder in _folders(path):
            folder.chmod(0o755)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _next_id(entries: Sequence[LogEntry], now: datetime) -> str:
    """The UTC day and the next number of that day."""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    numbers = [int(entry.release.rpartition(".")[2]) for entry in entries if entry.release.startswith(f"{day}.")]
    return f"{day}.{max(numbers, default=0) + 1}"


def _instant(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _encoded(rendered: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The files as bytes. Raises ValueError for a path that leads out of the release or is taken."""
    taken = {MANIFEST, SUMS, NAME, *(f"{name}.parquet" for name in TABLES)}
    for name in rendered:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or name in taken or name == ".":
            raise ValueError(f"no file of a release may be called {name!r}")
    return {name: text.encode() if isinstance(text, str) else text for name, text in rendered.items()}


def _json(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()


@contextmanager
def _staging(output: Path) -> Iterator[Path]:
    """A new folder to build in. It is moved away when it is whole; what is left of it otherwise is removed."""
    folder = output / "staging" / uuid4().hex
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_table(folder: Path, table: Table, rows: pa.Table) -> dict[str, Any]:
    """Write a table; returns its entry of the manifest."""
    path = folder / f"{table.name}.parquet"
    store.write_table(path, table, rows)
    return {
        "path": path.name,
        "rows": rows.num_rows,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
        "key": list(table.key),
        "description": table.description,
        "schema": [
            {key: getattr(column, key) for key in ("name", "nullable", "description")} | {"type": str(column.type)}
            for column in table.columns
        ],
    }


def _write(folder: Path, contents: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Write files; returns their entries of the manifest."""
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        store.write_file(folder / name, content)
    return {name: {"bytes": len(content), "sha256": digest(content)} for name, content in sorted(contents.items())}


def _content_digest(written: Mapping[str, Mapping[str, Any]]) -> str:
    """Digest of what an analyst reads: two releases with the same one have the same tables."""
    return digest("".join(f"{name} {written[name]['sha256']}\n" for name in sorted(written)).encode())


def _move_in(folder: Path, place: Path) -> None:
    """Flush a built folder to the disk, give it its name, and make it read-only."""
    for path in _files(folder):
        path.chmod(0o444)
    for inner in _folders(folder):
        store.sync(inner)
    folder.rename(place)
    store.sync(place.parent)
    for inner in _folders(place):  # not before: a user who is not root cannot move a read-only folder
        inner.chmod(0o555)


def _append(output: Path, entry: LogEntry) -> None:
    """Write the next log entry: the moment from which a release exists. A link cannot replace what is there."""
    beside = output / "log" / f".{uuid4().hex}"
    beside.write_bytes(_json(asdict(entry)))
    store.sync(beside)
    try:
        os.link(beside, output / "log" / f"{entry.seq:08d}.json")
    except FileExistsError:
        raise UserError(f"another machine published to {output} meanwhile: run again") from None
    finally:
        beside.unlink()
    store.sync(output / "log")


def _point(output: Path, release_id: str) -> None:
    """Let the link `latest` name that release; it is switched at once, and left alone when it is right."""
    link, target = output / "latest", Path("releases", release_id)
    if link.is_symlink() and link.readlink() == target:
        return
    beside = output / f".latest.{uuid4().hex}"
    beside.symlink_to(target)
    beside.replace(link)
    store.sync(output)
