"""kcpipe: raw news text in, a checked and versioned dataset of events out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kcpipe.release import Release

__all__ = ["open"]


def open(store: str | Path, version: str = "latest") -> Release:
    """Open one release of a store, pinned: what is read through it is of this release, whatever is published meanwhile.

    store: the output folder, or its URL in an object store. version: a release id, or latest, stable or candidate.
    Returns a Release: `.id`, `.manifest`, `.location` (its own folder, for any reader); a table by its name as
    `.table("events")` (pyarrow), `.pandas(...)`, `.polars(...)`; `.duckdb()` with a view per table; `.foreign_keys`;
    `.trace(event_id)`.
    Raises kcpipe.settings.UserError when there is no such release or it cannot be read.
    """
    from kcpipe.release import find  # noqa: PLC0415 - the command line must not wait for pyarrow

    return find(store, version)
