"""Which release is meant by what: rollback, promote, yank. Each is one log entry; no release is touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from kcpipe import store
from kcpipe.release.log import LogEntry, State, append, instant, state, who
from kcpipe.release.publishing import project, recovered
from kcpipe.release.reading import Release, check_published, opened, resolve
from kcpipe.settings import UserError


def rollback(output: Path | str, version: str, *, why: str, now: datetime) -> Release:
    """Let `latest` mean an earlier release again, at once. Later runs build on it.

    Raises UserError for a release that is not there, was yanked, or is the latest already.
    """

    def refs(current: State, wanted: str) -> Mapping[str, str]:
        if current.refs["latest"] == wanted:
            raise UserError(f"{wanted} is the latest release already")
        return {"latest": wanted}

    return _act(output, "rollback", version, refs, why, now)


def promote(output: Path | str, version: str, *, why: str, now: datetime) -> Release:
    """Let `stable` mean a release. Raises UserError for one that is not there, was yanked, or is stable already."""

    def refs(current: State, wanted: str) -> Mapping[str, str]:
        if current.refs.get("stable") == wanted:
            raise UserError(f"{wanted} is the stable release already")
        return {"stable": wanted}

    return _act(output, "promote", version, refs, why, now)


def yank(output: Path | str, version: str, *, why: str, now: datetime) -> Release:
    """Mark a release as one that should not be used, and why; it can still be read by its id.

    Raises UserError for one that is not there, was yanked already, or is what `latest` or `stable` means.
    """

    def refs(current: State, wanted: str) -> Mapping[str, str]:
        for ref in ("latest", "stable"):
            if current.refs.get(ref) == wanted:
                remedy = "roll back to" if ref == "latest" else "promote"
                raise UserError(f"{wanted} is the {ref} release: {remedy} another one first")
        if current.refs.get("candidate") == wanted:
            return {"candidate": current.refs["latest"]}
        return {}

    return _act(output, "yank", version, refs, why, now)


def _act(
    output: Path | str,
    op: str,
    version: str,
    refs: Callable[[State, str], Mapping[str, str]],
    why: str,
    now: datetime,
) -> Release:
    """Write the log entry of an act and what follows from it; begins again when somebody else was first."""
    place = store.place(output)
    check_published(place)
    with place.turn(), place.refusals():
        while True:
            current = recovered(place)
            wanted = resolve(place, current, version)
            if wanted in current.yanked:
                raise UserError(f"{wanted} was yanked: {current.yanked[wanted]}")
            entry = LogEntry(
                seq=current.next_seq,
                op=op,
                release=wanted,
                at=instant(now),
                refs=refs(current, wanted),
                by=who(),
                reason=why,
            )
            if append(place, entry):
                project(place, state(place))
                return opened(place, wanted)
