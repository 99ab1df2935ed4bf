"""What the shell completes beside the names of commands and options: releases, kinds, countries, tables.

A completion that finds nothing offers nothing: whatever is wrong with a store, the command itself says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer


def _beginning(incomplete: str, offered: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, what) for name, what in offered if name.startswith(incomplete))


def versions(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """The releases of the store that the command line names so far, the newest first, and the refs to them."""
    from kcpipe import release
    from kcpipe.settings import UserError

    try:
        now = release.standing(ctx.params.get("output") or "output")
    except UserError:
        return iter(())
    ids = [(name, "yanked" if name in now.yanked else "") for name in reversed(now.kept)]
    return _beginning(incomplete, [*ids, *((ref, f"now {target}") for ref, target in now.refs.items())])


def kinds(incomplete: str) -> Iterator[tuple[str, str]]:
    """The project's own kinds of event."""
    from kcpipe.lexicon import load

    return _beginning(incomplete, ((row["event_kind"], row["definition"]) for row in load("event_kinds").rows))


def types(incomplete: str) -> Iterator[tuple[str, str]]:
    """The types of event."""
    from kcpipe.tables.happenings import EVENT_TYPES

    return _beginning(incomplete, ((name, "") for name in EVENT_TYPES))


def statuses(incomplete: str) -> Iterator[tuple[str, str]]:
    """Whether an event happened."""
    from kcpipe.tables.happenings import STATUSES

    return _beginning(incomplete, ((name, "") for name in STATUSES))


def countries(incomplete: str) -> Iterator[tuple[str, str]]:
    """Country codes, each with the country's first name."""
    from kcpipe.lexicon import load

    rows = [row for row in load("countries").rows if row["kind"] == "name"]
    return _beginning(incomplete, {row["country_code"]: row["alias"] for row in reversed(rows)}.items())


def tables(incomplete: str) -> Iterator[tuple[str, str]]:
    """The tables of a release."""
    from kcpipe.tables import RELEASED, TABLES

    return _beginning(incomplete, ((name, TABLES[name].description) for name in RELEASED))
