"""The commands that build and check: run, check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kcpipe.cli.app import STOPPED, Config, Json, Output, Release, app, print_json

if TYPE_CHECKING:
    from kcpipe.pipeline import Outcome
    from kcpipe.settings import Settings

INPUTS = (
    "Folders, files, patterns or URLs (s3://...) of articles: text, JSON lines, CSV, Parquet, WET, ZIP, tar; "
    "also as .gz or .zst."
)

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
        print_json(_summary(outcome))
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
    wanted = settings.load(config).quality
    folder = wanted.expectations or quality.default_folder()
    allowed = {each["expectation_id"]: each["allowed_because"] for each in chosen.manifest["quality"]["allowed"]}
    verdict = quality.judge(
        chosen.tables(), folder, max_share_set_aside=0, memory_megabytes=wanted.memory_megabytes, allow=allowed
    ).verdict
    if junit is not None:
        with store.writing_to(junit):
            junit.write_bytes(as_junit(verdict, chosen.id))
    if data_docs is not None:
        with store.writing_to(data_docs):
            data_docs.mkdir(parents=True, exist_ok=True)
            for name, html in pages(chosen.tables(), folder, memory_megabytes=wanted.memory_megabytes).items():
                (data_docs / name).write_text(html, encoding="utf-8")
    damage = release.verify(chosen)
    broken = [row for row in verdict.checks.to_pylist() if not row["success"]]
    if as_json:
        print_json({"release": chosen.id, "damage": damage, "passed": verdict.passed, "broken": broken})
    else:
        console = show.standard_output()
        for problem in damage:
            console.print(f"damaged  {problem}", markup=False, soft_wrap=True)
        for row in broken:
            line = f"{row['severity']:<9}{row['suite']} {row['expectation_id']}: {row['why']} ({row['observed']})"
            console.print(line, markup=False, soft_wrap=True)
        console.print(f"Release {chosen.id}: {verdict.passed} of {verdict.checks.num_rows} checks hold")
    raise typer.Exit(STOPPED if damage or verdict.is_blocked else 0)
