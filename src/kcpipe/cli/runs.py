"""The commands that build and check: run, check."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kcpipe.cli.app import BUILD, STOPPED, Config, Json, Output, Release, command, print_json

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
Engine = Annotated[str | None, typer.Option(help="What carries out the batches: processes (the default) or dask.")]
Address = Annotated[str | None, typer.Option(help="Of a Dask scheduler, tcp://...; else a cluster on this machine.")]
Workers = Annotated[int | None, typer.Option(help="Worker processes on this machine; 1: none but this one.")]
Wait = Annotated[float | None, typer.Option(help="Seconds to wait for another run on the output to end.")]
Full = Annotated[bool, typer.Option("--full", help="Work on every document anew; the tables are the same.")]


@command(BUILD)
def run(
    inputs: Annotated[list[str], typer.Argument(help=INPUTS)],
    output: Output = Path("output"),
    config: Config = None,
    allow: Allow = None,
    engine: Engine = None,
    address: Address = None,
    workers: Workers = None,
    wait: Wait = None,
    is_full: Full = False,
    as_json: Json = False,
) -> None:
    """Build, check and publish a release.

    Example: kcpipe run seeds --output output
    """
    from kcpipe import console as show
    from kcpipe import notify, pipeline, quality

    given = {"engine": engine, "dask_address": address, "workers": workers, "wait_seconds": wait}

    def build(paths: list[str], store: Path, settings: Settings) -> Outcome:
        chosen = overridden(settings, given)

        def work() -> Outcome:
            with pipeline.engine(chosen.run) as found, show.progress() as shown:
                return pipeline.run(
                    paths,
                    store,
                    chosen,
                    now=datetime.now(UTC),
                    each=shown(pipeline.in_turn),
                    engine=shown(pipeline.spread(found, meanwhile=quality.make_ready)),
                    allow=allowed,
                    is_full=is_full,
                )

        return notify.telling(work, chosen.notify, paths, store)

    allowed = reasons(allow or [])

    raise typer.Exit(execute(inputs, output, config, build, as_json=as_json))


def overridden(settings: Settings, given: Mapping[str, object]) -> Settings:
    """The settings with what the command line says about the run in their place. Raises UserError for a wrong value."""
    from pydantic import ValidationError

    from kcpipe.settings import RunSettings, UserError

    said = {name: value for name, value in given.items() if value is not None}
    try:
        run_settings = RunSettings.model_validate({**settings.run.model_dump(), **said})
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"run.{first['loc'][0]}: {first['msg']}") from error
    return settings.model_copy(update={"run": run_settings})


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

    begun = time.monotonic()
    outcome = build(inputs, output, settings.load(config))
    if as_json:
        print_json(_summary(outcome) | {"settings": settings.used_file(config)})
    else:
        show.show_outcome(show.standard_output(), outcome, output)
        typer.echo(f"Took     {time.monotonic() - begun:.0f} s")
        say_file(config)
    return STOPPED if outcome.status == "stopped" else 0


def say_file(config: Path | None) -> None:
    """Name the settings file that was found without being given."""
    from kcpipe import settings

    if config is None and (found := settings.used_file(None)) is not None:
        typer.echo(f"Settings {found}, found in this folder")


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


@command(BUILD)
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
    wanted = settings.load(config)
    folder, memory = quality.folder_of(wanted.quality), wanted.run.memory_megabytes
    allowed = {each["expectation_id"]: each["allowed_because"] for each in chosen.manifest["quality"]["allowed"]}
    verdict = quality.judge(
        chosen.tables(), folder, max_share_set_aside=0, memory_megabytes=memory, allow=allowed
    ).verdict
    if junit is not None:
        with store.writing_to(junit):
            junit.write_bytes(as_junit(verdict, chosen.id))
    if data_docs is not None:
        with store.writing_to(data_docs):
            data_docs.mkdir(parents=True, exist_ok=True)
            for name, html in pages(chosen.tables(), folder, memory_megabytes=memory).items():
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
