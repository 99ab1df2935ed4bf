"""The command line: build, look, and keep the releases. No Prefect needed.

Exit codes: 0 done or nothing new, 1 a check stopped the release, 2 the user's input or settings are wrong, 3 an
internal error, whose traceback goes to a log file and not to the terminal. Heavy libraries are imported by the
command that needs them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kcpipe.pipeline import Outcome
    from kcpipe.settings import Settings

STOPPED, USER_ERROR, INTERNAL_ERROR = 1, 2, 3
INPUTS = (
    "Folders, files, patterns or URLs (s3://...) of articles: text, JSON lines, CSV, Parquet, WET, ZIP, tar; "
    "also as .gz or .zst."
)

app = typer.Typer(
    name="kcpipe",
    help="Raw news text in, a checked and versioned dataset of events out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Output = Annotated[Path, typer.Option("--output", "-o", help="The store: releases, log and work.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for machines.")]
Config = Annotated[Path | None, typer.Option(help="A kcpipe.toml; every setting has a default.")]
Release = Annotated[str, typer.Option("--release", help="A release id, or latest, stable or candidate.")]
Version = Annotated[str, typer.Argument(help="A release id, or latest, stable or candidate.")]
Store = Annotated[str, typer.Option("--output", "-o", help="The store, a folder or a URL such as s3://bucket/news.")]
Why = Annotated[str, typer.Option(help="The reason, for the log.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(help="Let one expectation fail, for a reason that stays in the release: 'EV-003=why'. Repeatable."),
]


@app.command()
def run(
    inputs: Annotated[list[str], typer.Argument(help=INPUTS)],
    output: Output = Path("output"),
    config: Config = None,
    allow: Allow = None,
    as_json: Json = False,
) -> None:
    """Build, check and publish a release.

    Example: kcpipe run seeds --output output
    """
    from kcpipe import console as show
    from kcpipe import pipeline

    def in_process(paths: list[str], store: Path, settings: Settings) -> Outcome:
        with show.progress(pipeline.in_turn) as each:
            return pipeline.run(paths, store, settings, now=datetime.now(UTC), each=each, allow=allowed)

    allowed = reasons(allow or [])

    raise typer.Exit(execute(inputs, output, config, in_process, as_json=as_json))


def execute(
    inputs: list[str],
    output: Path,
    config: Path | None,
    build: Callable[[list[str], Path, Settings], Outcome],
    *,
    as_json: bool = False,
) -> int:
    """Load the settings, build, say how it ended; returns the exit code. `build` is pipeline.run or a flow of it."""
    from kcpipe import console as show
    from kcpipe import settings

    outcome = build(inputs, output, settings.load(config))
    if as_json:
        _print_json(_summary(outcome))
    else:
        show.show_outcome(show.standard_output(), outcome, output)
    return STOPPED if outcome.status == "stopped" else 0


def reasons(allow: list[str]) -> dict[str, str]:
    """The options --allow 'ID=reason' as reasons by id. Raises UserError for one that is not of that form."""
    from kcpipe.settings import UserError

    parted = [each.partition("=") for each in allow]
    for name, equals, reason in parted:
        if not (name.strip() and equals and reason.strip()):
            raise UserError(
                f"--allow wants an expectation and the reason, 'EV-003=the paper corrected itself', not {name!r}"
            )
    return {name.strip(): reason.strip() for name, _, reason in parted}


def _summary(outcome: Outcome) -> dict[str, Any]:
    verdict, release = outcome.verdict, outcome.release
    return {
        "status": outcome.status,
        "release": release.id if release is not None else None,
        "path": str(release.path) if release is not None else None,
        "report": str(outcome.report) if outcome.report is not None else None,
        "processed_documents": outcome.processed,
        "rows": {name: t["rows"] for name, t in release.manifest["tables"].items()} if release is not None else {},
        "checks": None
        if verdict is None
        else {
            "passed": verdict.passed,
            "warned": verdict.warned,
            "noted": verdict.informed,
            "failed": verdict.failed,
        },
    }


@app.command()
def check(
    output: Output = Path("output"),
    version: Release = "latest",
    config: Config = None,
    junit: Annotated[Path | None, typer.Option(help="Write the checks there as JUnit XML, too.")] = None,
    data_docs: Annotated[
        Path | None, typer.Option(help="Write Great Expectations' Data Docs into that folder, too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the expectations on a release again, and verify its checksums.

    Example: kcpipe check --output output
    """
    from kcpipe import console as show
    from kcpipe import quality, release, settings, store
    from kcpipe.quality.data_docs import data_docs as pages
    from kcpipe.quality.junit import junit as as_junit

    chosen = release.find(output, version)
    folder = settings.load(config).quality.expectations or quality.default_folder()
    allowed = {each["expectation_id"]: each["allowed_because"] for each in chosen.manifest["quality"]["allowed"]}
    verdict = quality.judge(chosen.tables(), folder, max_share_set_aside=0, allow=allowed).verdict
    if junit is not None:
        with store.writing_to(junit):
            junit.write_bytes(as_junit(verdict, chosen.id))
    if data_docs is not None:
        with store.writing_to(data_docs):
            data_docs.mkdir(parents=True, exist_ok=True)
            for name, html in pages(chosen.tables(), folder).items():
                (data_docs / name).write_text(html, encoding="utf-8")
    damage = release.verify(chosen)
    broken = [row for row in verdict.checks.to_pylist() if not row["success"]]
    if as_json:
        _print_json({"release": chosen.id, "damage": damage, "passed": verdict.passed, "broken": broken})
    else:
        console = show.standard_output()
        for problem in damage:
            console.print(f"damaged  {problem}", markup=False, soft_wrap=True)
        for row in broken:
            line = f"{row['severity']:<9}{row['suite']} {row['expectation_id']}: {row['why']} ({row['observed']})"
            console.print(line, markup=False, soft_wrap=True)
        console.print(f"Release {chosen.id}: {verdict.passed} of {verdict.checks.num_rows} checks hold")
    raise typer.Exit(STOPPED if damage or verdict.is_blocked else 0)


@app.command()
def releases(output: Store = "output", as_json: Json = False) -> None:
    """List the releases, the newest last.

    Example: kcpipe releases --output output
    """
    from kcpipe import release

    now = release.standing(output)
    rows = [_listed(output, version) for version in now.kept]
    if as_json:
        _print_json(rows)
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
        _print_json({name: {**found.counts[name], "rows": rows.to_pylist()} for name, rows in found.changes.items()})
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
        _print_json(problems)
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


@app.command()
def trace(
    key: Annotated[str, typer.Argument(help="An event_id or time_expression_id, or enough of its beginning.")],
    output: Output = Path("output"),
    version: Release = "latest",
    as_json: Json = False,
) -> None:
    """Show an event or a date: its words, what they were counted from, and where each value stands in its file.

    Example: kcpipe trace 3f2a91 --output output
    """
    from dataclasses import asdict

    from kcpipe import console as show
    from kcpipe import release
    from kcpipe.trace import trace as find_trace

    found = find_trace(release.find(output, version), key)
    if as_json:
        _print_json(asdict(found))
    else:
        show.show_trace(show.standard_output(), found)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table; without it, all of them in a line each.")] = None,
    as_json: Json = False,
) -> None:
    """Explain the tables of a release, or the columns of one.

    Example: kcpipe tables events
    """
    from kcpipe.settings import UserError
    from kcpipe.tables import RELEASED, TABLES

    if name is not None and name not in RELEASED:
        raise UserError(f"there is no table {name!r}; there are: {', '.join(RELEASED)}")
    if name is None:
        rows: list[dict[str, Any]] = [
            {"table": table, "key": TABLES[table].key, "description": TABLES[table].description} for table in RELEASED
        ]
    else:
        rows = [
            {
                "column": column.name,
                "type": str(column.type),
                "nullable": column.nullable,
                "description": column.description,
                "values": column.values,
                "references": column.references,
            }
            for column in TABLES[name].columns
        ]
    if as_json:
        _print_json(rows)
        return
    width = max(len(str(row.get("table") or row.get("column"))) for row in rows)
    for row in rows:
        title = row.get("table") or row.get("column")
        values = f" One of: {', '.join(row['values'])}." if row.get("values") else ""
        typer.echo(f"{title:<{width}}  {row['description']}{values}")


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def guarded(command: Callable[[], int | None]) -> int:
    """Run a command; turn the user's mistakes into one line and any other error into a log file. The exit code."""
    from kcpipe.lexicon import LexiconError
    from kcpipe.settings import UserError

    try:
        return command() or 0
    except (UserError, LexiconError) as error:
        typer.echo(f"kcpipe: {error}", err=True)
        return USER_ERROR
    except KeyboardInterrupt:
        typer.echo("kcpipe: stopped; what was done so far is kept and the next run goes on from there", err=True)
        return 130
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="kcpipe-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(f"kcpipe: internal error: {type(error).__name__}: {error}; the log lies in {log.name}", err=True)
        return INTERNAL_ERROR


def main() -> None:
    """The console script."""
    sys.exit(guarded(app))
