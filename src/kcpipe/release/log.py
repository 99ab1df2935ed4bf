"""The log: the one thing that changes, and the truth about which releases count.

An entry is a file of its own, numbered, created once and never changed. What a release is called (`latest`, `stable`,
`candidate`) and whether it was yanked or pruned follows from the entries in turn; everything else that says so
is a projection of them.
"""

from __future__ import annotations

import getpass
import json
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from kcpipe.settings import UserError
from kcpipe.store import Place

REFS = ("latest", "stable", "candidate")
_ENTRY = re.compile(r"\d{8}\.json")


@dataclass(frozen=True)
class LogEntry:
    """One line of history: what was done, to which release, and which refs mean something else since then."""

    seq: int
    op: str
    """publish · promote · rollback · yank · prune · purge."""
    release: str
    at: str
    parent: str | None = None
    refs: Mapping[str, str] = field(default_factory=dict)
    manifest_sha256: str = ""
    """Of a publish, and of a purge, which is the one thing that changes a release."""
    by: str = ""
    reason: str = ""
    document_id: str = ""
    """What was purged."""


@dataclass(frozen=True)
class State:
    """What the log says at its end."""

    entries: tuple[LogEntry, ...]
    published: tuple[str, ...]
    """All releases ever, oldest first."""
    refs: Mapping[str, str]
    yanked: Mapping[str, str]
    """Reason by release."""
    pruned: frozenset[str]
    purged: frozenset[str]
    """Documents that no release may hold."""
    manifests: Mapping[str, str]
    """SHA-256 of the manifest by release."""

    @property
    def kept(self) -> tuple[str, ...]:
        """The releases whose tables are there, oldest first."""
        return tuple(release for release in self.published if release not in self.pruned)

    @property
    def next_seq(self) -> int:
        """The number of the entry to come."""
        return self.entries[-1].seq + 1 if self.entries else 1


def entries(place: Place) -> list[LogEntry]:
    """The log, oldest first; empty when nothing was published. Raises UserError when an entry cannot be read."""
    with place.refusals():
        try:
            found = place.read_all("log")
        except OSError as error:
            raise UserError(f"cannot read {place.at('log')}: {error.strerror or error}") from error
    return [_entry(place.at(f"log/{name}"), found[name]) for name in found if _ENTRY.fullmatch(name)]


def _entry(where: str, content: bytes) -> LogEntry:
    try:
        values = json.loads(content)
        return LogEntry(**{field.name: values[field.name] for field in fields(LogEntry)})
    except (ValueError, LookupError, TypeError) as error:
        raise UserError(f"log entry {where} cannot be read: {error}") from error


def state(place: Place) -> State:
    """What the log says at its end. Raises UserError as `entries` does."""
    found = entries(place)
    refs: dict[str, str] = {}
    for entry in found:
        refs |= entry.refs
    return State(
        tuple(found),
        tuple(entry.release for entry in found if entry.op == "publish"),
        refs,
        {entry.release: entry.reason for entry in found if entry.op == "yank"},
        frozenset(entry.release for entry in found if entry.op == "prune"),
        frozenset(entry.document_id for entry in found if entry.op == "purge"),
        {entry.release: entry.manifest_sha256 for entry in found if entry.manifest_sha256},
    )


def append(place: Place, entry: LogEntry) -> bool:
    """Write the next entry: the moment from which what it says is so. False when another one has its number."""
    return place.create(f"log/{entry.seq:08d}.json", as_json(asdict(entry)))


def as_json(values: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """JSON as all files of a release have it."""
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()


def instant(now: datetime) -> str:
    """A moment in UTC, to the second."""
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def who() -> str:
    """Who acts: user and machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
