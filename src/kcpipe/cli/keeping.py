"""The commands over releases: list, compare, point at, check, delete, copy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kcpipe.cli.app import SHARE, STOPPED, VERSIONS, Config, Json, Release, Store, Version, command, print_json

if TYPE_CHECKING:
    from kcpipe.release import Release as Published

Why = Annotated[str, typer.Option(help="The reason, for the log.")]


@command(VERSIONS)
def releases(output: Store = "output", as_json: Json = False) -> None:
    """List the releases, the newest last.

    Example: kcpipe releases --output output
    """
    from kcpipe import console as show
    from kcpipe import release

    now = release.standing(output)
    rows = [_listed(output, version) for version in now.kept]
    if as_json:
        print_json(rows)
        return
    if rows:
        show.show_releases(show.standard_output(), rows)
    else:
        typer.echo(f"{output} holds no release yet")


def _listed(output: str, version: str) -> dict[str, Any]:
    from kcpipe import release

    now, manifest = release.standing(output), release.find(output, version).manifest
    return {
        "release": version,
        "created": manifest["created"],
        "parent": manifest["parent"],
        "refs": [ref for ref in release.REFS if now.refs.get(ref) == version],
        "yanked": now.yanked.get(version),
        "rows": {name: entry["rows"] for name, entry in manifest["tables"].items()},
        "quality": manifest["quality"],
    }


@command(VERSIONS)
def diff(old: Version = "", new: Version = "latest", output: Store = "output", as_json: Json = False) -> None:
    """Say what changed from one release to another, in words; to the latest from the one before it, if none is named.

    Example: kcpipe diff 2026-11-22.1 latest
    """
    from kcpipe import release

    found = release.diff(output, old, new)
    if as_json:
        print_json({name: {**found.counts[name], "rows": rows.to_pylist()} for name, rows in found.changes.items()})
    else:
        typer.echo(found.text)


@command(VERSIONS)
def rollback(version: Version, output: Store = "output", why: Why = "", as_json: Json = False) -> None:
    """Let `latest` mean an earlier release again.

    Example: kcpipe rollback 2026-11-22.1 --why "half the archive is missing"
    """
    from kcpipe import release

    _tell("latest is", release.rollback(output, version, why=why, now=datetime.now(UTC)), as_json=as_json)


@command(VERSIONS)
def promote(version: Version, output: Store = "output", why: Why = "", as_json: Json = False) -> None:
    """Let `stable` mean a release.

    Example: kcpipe promote 2026-11-22.1
    """
    from kcpipe import release

    _tell("stable is", release.promote(output, version, why=why, now=datetime.now(UTC)), as_json=as_json)


@command(VERSIONS)
def yank(
    version: Version,
    why: Annotated[str, typer.Option(help="The reason, for those who used it.")],
    output: Store = "output",
    as_json: Json = False,
) -> None:
    """Mark a release as one that should not be used; it can still be read by its id.

    Example: kcpipe yank 2026-11-22.1 --why "dates off by a day"
    """
    from kcpipe import release

    _tell("yanked", release.yank(output, version, why=why, now=datetime.now(UTC)), as_json=as_json)


def _tell(what: str, published: Published, *, as_json: bool) -> None:
    if as_json:
        print_json({"release": published.id, "location": published.location})
    else:
        typer.echo(f"{what} {published.id}")


@command(VERSIONS)
def verify(
    output: Store = "output",
    deep: Annotated[bool, typer.Option("--deep", help="Read every table, too, and apply every change.")] = False,
    as_json: Json = False,
) -> None:
    """Check that every byte of every release is as it was published.

    Example: kcpipe verify --deep
    """
    from kcpipe import release

    problems = release.verify_all(output, deep=deep)
    if as_json:
        print_json(problems)
    else:
        for name, found in problems.items():
            for problem in found:
                typer.echo(f"{name}: {problem}")
        if not problems:
            typer.echo("All releases are as they were published")
    raise typer.Exit(STOPPED if problems else 0)


@command(VERSIONS)
def prune(
    output: Store = "output",
    keep: Annotated[
        str, typer.Option(help="last=N, days=N, daily=N, weekly=N, monthly=N, joined by commas.")
    ] = "last=7,days=7,daily=14,weekly=8,monthly=12",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Delete the tables of old releases; what changed in them stays under pruned/.

    Example: kcpipe prune --keep last=7,monthly=12 --dry-run
    """
    from kcpipe import release

    going = release.prune(output, keep, now=datetime.now(UTC), dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "pruned": going})
        return
    for version in going:
        typer.echo(f"{'would prune' if dry_run else 'pruned'} {version}")
    if not going:
        typer.echo("nothing to prune")


@command(SHARE)
def purge(
    document_id: Annotated[str, typer.Argument(help="The document_id of what is taken down.")],
    why: Annotated[str, typer.Option(help="The reason, for the log.")],
    output: Store = "output",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Take a document out of every release and keep it out of new ones.

    Example: kcpipe purge 8299935413f223e1c1a2b3c4d5e6f708 --why "the publisher asked"
    """
    from kcpipe import release, settings

    cache = settings.load(config).run.cache
    redacted = release.purge(output, document_id, why=why, now=datetime.now(UTC), cache=cache)
    if as_json:
        print_json({"document_id": document_id, "redacted": redacted})
        return
    for version in redacted:
        typer.echo(f"redacted {version}")
    typer.echo(f"{document_id} stays out of new releases")


@command(SHARE)
def publish(
    to: Annotated[str, typer.Argument(help="Another store: a folder, or a URL such as s3://bucket/news.")],
    output: Store = "output",
    version: Release = "latest",
    as_json: Json = False,
) -> None:
    """Publish a release of this store in another one.

    Example: kcpipe publish s3://bucket/news
    """
    from kcpipe import release

    published = release.copy(output, to, version, now=datetime.now(UTC))
    if as_json:
        print_json({"release": published.id, "location": published.location})
    else:
        typer.echo(published.location)


@command(SHARE)
def export(
    kind: Annotated[str, typer.Argument(help="delta or iceberg.")],
    output: Store = "output",
    version: Release = "latest",
    to: Annotated[Path | None, typer.Option(help="The folder; OUTPUT/exports/KIND when not given.")] = None,
    as_json: Json = False,
) -> None:
    """Make a release readable as Delta or Iceberg tables, without copying its files.

    Example: kcpipe export delta
    """
    from kcpipe import release
    from kcpipe.settings import UserError

    makers = {"delta": release.delta, "iceberg": release.iceberg}
    if kind not in makers:
        raise UserError(f"there is no export {kind!r}; there are: {', '.join(makers)}")
    folder = makers[kind](release.find(output, version), to or Path(output) / "exports" / kind)
    if as_json:
        print_json({"kind": kind, "folder": folder})
    else:
        typer.echo(str(folder))
