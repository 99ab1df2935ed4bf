"""The commands over releases: list, compare, point at, check, delete, copy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kcpipe.cli.app import STOPPED, Json, Output, Release, Store, Version, app, print_json

Why = Annotated[str, typer.Option(help="The reason, for the log.")]


@app.command()
def releases(output: Store = "output", as_json: Json = False) -> None:
    """List the releases, the newest last.

    Example: kcpipe releases --output output
    """
    from kcpipe import release

    now = release.standing(output)
    rows = [_listed(output, version) for version in now.kept]
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo(f"{output} holds no release yet")
    for row in rows:
        notes = [*row["refs"], *([f"yanked: {row['yanked']}"] if row["yanked"] else [])]
        documents, events = row["rows"].get("documents", 0), row["rows"].get("events", 0)
        line = f"{row['release']:<14} {row['created']}  {documents} documents  {events} events  {', '.join(notes)}"
        typer.echo(line.rstrip())


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


@app.command()
def diff(old: Version, new: Version = "latest", output: Store = "output", as_json: Json = False) -> None:
    """Say what changed from one release to another, in words.

    Example: kcpipe diff 2026-11-22.1 latest
    """
    from kcpipe import release

    found = release.diff(output, old, new)
    if as_json:
        print_json({name: {**found.counts[name], "rows": rows.to_pylist()} for name, rows in found.changes.items()})
    else:
        typer.echo(found.text)


@app.command()
def rollback(version: Version, output: Store = "output", why: Why = "") -> None:
    """Let `latest` mean an earlier release again.

    Example: kcpipe rollback 2026-11-22.1 --why "half the archive is missing"
    """
    from kcpipe import release

    typer.echo(f"latest is {release.rollback(output, version, why=why, now=datetime.now(UTC)).id}")


@app.command()
def promote(version: Version, output: Store = "output", why: Why = "") -> None:
    """Let `stable` mean a release.

    Example: kcpipe promote 2026-11-22.1
    """
    from kcpipe import release

    typer.echo(f"stable is {release.promote(output, version, why=why, now=datetime.now(UTC)).id}")


@app.command()
def yank(
    version: Version,
    why: Annotated[str, typer.Option(help="The reason, for those who used it.")],
    output: Store = "output",
) -> None:
    """Mark a release as one that should not be used; it can still be read by its id.

    Example: kcpipe yank 2026-11-22.1 --why "dates off by a day"
    """
    from kcpipe import release

    typer.echo(f"yanked {release.yank(output, version, why=why, now=datetime.now(UTC)).id}")


@app.command()
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


@app.command()
def prune(
    output: Store = "output",
    keep: Annotated[
        str, typer.Option(help="last=N, days=N, daily=N, weekly=N, monthly=N, joined by commas.")
    ] = "last=7,days=7,daily=14,weekly=8,monthly=12",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete the tables of old releases; what changed in them stays under pruned/.

    Example: kcpipe prune --keep last=7,monthly=12 --dry-run
    """
    from kcpipe import release

    going = release.prune(output, keep, now=datetime.now(UTC), dry_run=dry_run)
    for version in going:
        typer.echo(f"{'would prune' if dry_run else 'pruned'} {version}")
    if not going:
        typer.echo("nothing to prune")


@app.command()
def purge(
    document_id: Annotated[str, typer.Argument(help="The document_id of what is taken down.")],
    why: Annotated[str, typer.Option(help="The reason, for the log.")],
    output: Output = Path("output"),
) -> None:
    """Take a document out of every release and keep it out of new ones.

    Example: kcpipe purge 8299935413f223e1c1a2b3c4d5e6f708 --why "the publisher asked"
    """
    from kcpipe import release

    for version in release.purge(output, document_id, why=why, now=datetime.now(UTC)):
        typer.echo(f"redacted {version}")
    typer.echo(f"{document_id} stays out of new releases")


@app.command()
def publish(
    to: Annotated[str, typer.Argument(help="Another store: a folder, or a URL such as s3://bucket/news.")],
    output: Store = "output",
    version: Release = "latest",
) -> None:
    """Publish a release of this store in another one.

    Example: kcpipe publish s3://bucket/news
    """
    from kcpipe import release

    published = release.copy(output, to, version, now=datetime.now(UTC))
    typer.echo(f"{published.location}")


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help="delta or iceberg.")],
    output: Store = "output",
    version: Release = "latest",
    to: Annotated[Path | None, typer.Option(help="The folder; OUTPUT/exports/KIND when not given.")] = None,
) -> None:
    """Make a release readable as Delta or Iceberg tables, without copying its files.

    Example: kcpipe export delta
    """
    from kcpipe import release
    from kcpipe.settings import UserError

    makers = {"delta": release.delta, "iceberg": release.iceberg}
    if kind not in makers:
        raise UserError(f"there is no export {kind!r}; there are: {', '.join(makers)}")
    typer.echo(str(makers[kind](release.find(output, version), to or Path(output) / "exports" / kind)))
