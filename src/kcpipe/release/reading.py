"""Reading: which release a name means, and its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.release import sql
from kcpipe.release.log import REFS, LogEntry, State, entries, state
from kcpipe.release.sql import ForeignKey
from kcpipe.settings import UserError
from kcpipe.store import Place
from kcpipe.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from duckdb import DuckDBPyConnection

    from kcpipe.trace import DateTrace, Trace

DtypeBackend = Literal["numpy_nullable", "pyarrow"]

FORMAT = 2
"""Of the layout of a release and of the log."""

MANIFEST, SUMS, NAME = "manifest.json", "SHA256SUMS", "RELEASE"


@dataclass(frozen=True)
class Release:
    """A published release: its id, the place it lies in, its manifest. It stays what it is when `latest` moves on."""

    id: str
    place: Place
    manifest: Mapping[str, Any]

    @property
    def location(self) -> str:
        """Its own folder (not through `latest`), as other programs open it: a path or a URL."""
        return self.place.at(folder(self.id))

    @property
    def path(self) -> Path:
        """Its own folder on this machine."""
        return Path(self.location)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of a table, by its key within each file, under the schema that it was published with.

        columns: only these. Raises UserError for an unknown table and for a file that cannot be read.
        """
        return self.rows(name, [entry["path"] for entry in self._entry(name)["files"]], columns)

    def rows(self, name: str, paths: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of some files of a table, by their paths in the manifest. Raises UserError as `table` does."""
        parts = [read(self.place, f"{folder(self.id)}/{path}", columns) for path in paths]
        if not parts:
            return TABLES[name].schema.empty_table()
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts)

    def tables(self) -> dict[str, pa.Table]:
        """All tables by name."""
        return {name: self.table(name) for name in self.manifest["tables"]}

    def pandas(self, name: str, dtype_backend: DtypeBackend = "numpy_nullable") -> pd.DataFrame:
        """A table for pandas, with types that know what is missing: pandas' own, or Arrow's for `pyarrow`.

        Days are Arrow's either way, because pandas has none. Raises what `table` raises.
        """
        import pandas as pd  # noqa: PLC0415 - takes half a second

        if dtype_backend == "pyarrow":
            arrow: pd.DataFrame = self.table(name).to_pandas(types_mapper=pd.ArrowDtype)
            return arrow
        own = {
            pa.string(): pd.StringDtype(),
            pa.bool_(): pd.BooleanDtype(),
            pa.int32(): pd.Int32Dtype(),
            pa.int64(): pd.Int64Dtype(),
            pa.float64(): pd.Float64Dtype(),
            pa.date32(): pd.ArrowDtype(pa.date32()),
        }
        nullable: pd.DataFrame = self.table(name).to_pandas(types_mapper=own.get)
        return nullable

    def polars(self, name: str) -> pl.DataFrame:
        """A table for Polars, which shares its memory. Raises what `table` raises, and UserError without Polars."""
        try:
            import polars as pl  # noqa: PLC0415 - only with the extra analysis
        except ImportError as error:
            raise UserError('polars is not installed: pip install "kcpipe[analysis]"') from error
        return pl.DataFrame(self.table(name))

    def duckdb(self) -> DuckDBPyConnection:
        """A connection of its own to an empty database in memory with the views of `views.sql` over this release.

        A view per table, with comments; `events_with_evidence`, `sources_per_event`, `dyads_per_month`; and
        `foreign_keys`. Files are read when a query asks for them, from an object store through fsspec.
        """
        import duckdb  # noqa: PLC0415 - only here

        connection = duckdb.connect()
        if isinstance(self.place, store.Bucket):
            connection.register_filesystem(self.place.filesystem)
        connection.execute(sql.statements(self.manifest, f"{self.location}/"))
        return connection

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Which column points to which."""
        return sql.foreign_keys(self.manifest)

    def trace(self, key: str) -> Trace | DateTrace:
        """An event or a date, by its id or enough of its beginning, down to the characters: see `kcpipe.trace`."""
        from kcpipe.trace import trace  # noqa: PLC0415 - it works on releases

        return trace(self, key)

    def changes(self) -> dict[str, pa.Table]:
        """By table what changed since the parent; a table without changes is missing."""
        names = {name: f"{folder(self.id)}/changes/{name}.parquet" for name in self.manifest["tables"]}
        there = self.manifest["files"]
        return {n: read(self.place, path) for n, path in names.items() if f"changes/{n}.parquet" in there}

    def _entry(self, name: str) -> Mapping[str, Any]:
        if name not in self.manifest["tables"]:
            raise UserError(f"release {self.id} has no table {name}: it has {', '.join(self.manifest['tables'])}")
        entry: Mapping[str, Any] = self.manifest["tables"][name]
        return entry


def read(place: Place, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a Parquet file in a place. Raises UserError when it is missing or damaged."""
    try:
        with place.open(name) as file:
            return store.read_table(file, columns)
    except FileNotFoundError as error:
        raise UserError(f"{place.at(name)} is missing") from error
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{place.at(name)} is damaged: {error}") from error


def folder(release_id: str) -> str:
    """Where a release lies in its place."""
    return f"releases/{release_id}"


def history(output: Path | str) -> list[LogEntry]:
    """The log, oldest first; empty when nothing was published. Raises UserError when an entry cannot be read."""
    return entries(store.place(output))


def standing(output: Path | str) -> State:
    """What the log says at its end. Raises UserError when an entry cannot be read."""
    return state(store.place(output))


def latest(output: Path | str) -> Release | None:
    """The release that `latest` means by the log; None when nothing was published.

    Raises UserError when its folder is gone or its manifest cannot be read.
    """
    place = store.place(output)
    current = state(place).refs.get("latest")
    return None if current is None else opened(place, current)


def built(output: Path | str, build_digest: str) -> str | None:
    """The release of that build_digest, if it is the latest, or was and another one was rolled back to; else None.

    So a schedule does not undo a rollback by building the same again.
    """
    place = store.place(output)
    now = state(place)
    if "latest" not in now.refs:
        return None
    since = now.kept[now.kept.index(now.refs["latest"]) :]
    found = (each for each in since if opened(place, each).manifest["build_digest"] == build_digest)
    return next(found, None)


def find(output: Path | str, version: str = "latest") -> Release:
    """The release of that id, or the one that a ref (latest, stable, candidate) means.

    output: the store, a folder or a URL. The answer is pinned: it names the release's own folder, which later
    publications do not touch. Raises UserError when there is none or it cannot be read.
    """
    place = store.place(output)
    with place.refusals():
        now = state(place)
        return opened(place, resolve(place, now, version))


def resolve(place: Place, now: State, version: str) -> str:
    """The id that an id or a ref means. Raises UserError when it means no release whose tables are there."""
    check_published(place)
    if version in REFS and version not in now.refs:
        raise UserError(f"{place.at()} has no {version} release: `kcpipe promote` names one")
    wanted = now.refs.get(version, version)
    if wanted in now.pruned:
        raise UserError(f"release {wanted} was pruned; its changes lie in {place.at(f'pruned/{wanted}')}")
    if wanted not in now.published:
        newest = ", ".join(now.kept[:-6:-1])
        raise UserError(f"{place.at()} holds no release {version}: the newest are {newest}")
    return wanted


def check_published(place: Place) -> None:
    """Raise UserError for a place without a release: an act on it would make a store of it."""
    with place.refusals():
        if not state(place).published:
            raise UserError(f"{place.at()} holds no release: `kcpipe run` publishes one")


def opened(place: Place, release_id: str) -> Release:
    """The release of that id. Raises UserError when its manifest cannot be read."""
    name = f"{folder(release_id)}/{MANIFEST}"
    try:
        manifest = json.loads(place.read(name))
    except OSError as error:
        raise UserError(f"release {release_id} cannot be read: {place.at(name)}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"release {release_id} is damaged: {place.at(name)} is not JSON") from error
    if manifest.get("format") != FORMAT:
        raise UserError(f"release {release_id} has format {manifest.get('format')}, this kcpipe reads {FORMAT}")
    return Release(release_id, place, manifest)


def listed(manifest: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by path of the tables and the other files that a manifest lists."""
    files = {file["path"]: file["sha256"] for entry in manifest["tables"].values() for file in entry["files"]}
    return files | {name: entry["sha256"] for name, entry in manifest["files"].items()}


def sums(sha256: Mapping[str, str]) -> bytes:
    """What `sha256sum --check` reads."""
    return "".join(f"{sha256[name]}  {name}\n" for name in sorted(sha256)).encode()


def content_digest(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Digest of what an analyst reads: two releases with the same one have the same tables."""
    files = [(file["path"], file["sha256"]) for entry in tables.values() for file in entry["files"]]
    return digest("".join(f"{path} {sha256}\n" for path, sha256 in sorted(files)).encode())
