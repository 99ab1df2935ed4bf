"""The flow over a corpus: the same run as `kcpipe run`, its steps as Prefect tasks.

    python flows/corpus.py seeds --output output

runs it on Prefect's embedded server. Only this folder imports Prefect; what is done is in kcpipe.pipeline.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

# Before Prefect is imported: no telemetry, time for a first start on a slow machine, our log in the run's log.
for name, value in {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "kcpipe",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}.items():
    os.environ.setdefault(name, value)

from prefect import flow, runtime, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402

from kcpipe import cli, pipeline  # noqa: E402
from kcpipe import console as show  # noqa: E402
from kcpipe.pipeline import Outcome  # noqa: E402
from kcpipe.settings import Settings  # noqa: E402

T = TypeVar("T")
R = TypeVar("R")


class ReleaseStoppedError(Exception):
    """A critical check failed: the flow run fails, the last release stays the latest."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"a critical check failed; the report lies in {outcome.report}")
        self.outcome = outcome


def as_tasks(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
    """Each batch of a step as a task run; a disk that stumbles is tried again."""
    for number, batch in enumerate(batches, start=1):
        yield task(
            function,
            name=name,
            task_run_name=f"{name} {number} of {len(batches)}",
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=2,
            retry_delay_seconds=[1, 10],
            retry_condition_fn=lambda _task, _run, state: isinstance(state.result(raise_on_failure=False), OSError),
        )(batch)


@flow(name="corpus", persist_result=False, validate_parameters=False)
def corpus(inputs: list[str], output: Path, settings: Settings, allow: dict[str, str] | None = None) -> Outcome:
    """Build, check and publish a release of the inputs; fails when a critical check stops the release.

    allow: expectations that may fail in this release, by id, each with the reason.
    """
    with show.progress() as shown:
        outcome = pipeline.run(
            inputs,
            output,
            settings,
            now=datetime.now(UTC),
            flow_run_id=runtime.flow_run.id,
            each=shown(as_tasks),
            allow=allow,
        )
    _leave_artifacts(outcome)
    if outcome.status == "stopped":
        raise ReleaseStoppedError(outcome)
    return outcome


def _leave_artifacts(outcome: Outcome) -> None:
    """The verdict and the table counts, on the page of the run."""
    verdict, release = outcome.verdict, outcome.release
    found = (
        "nothing new"
        if verdict is None
        else f"{verdict.passed} passed, {verdict.warned} warned, {verdict.failed} failed"
    )
    create_markdown_artifact(
        f"**{outcome.status}** {release.id if release else ''}\n\nChecks: {found}\n\nReport: `{outcome.report}`",
        key="quality",
    )
    if release is not None:
        rows = [{"table": name, "rows": entry["rows"]} for name, entry in release.manifest["tables"].items()]
        create_table_artifact(rows, key="tables")


def _run_flow(inputs: list[str], output: Path, settings: Settings, allow: dict[str, str]) -> Outcome:
    """The flow, unless nothing is new: that is known before a server is started."""
    try:
        return pipeline.unchanged(inputs, output, settings) or corpus(inputs, output, settings, allow)
    except ReleaseStoppedError as stopped:
        return stopped.outcome


def main() -> int:
    """`python flows/corpus.py INPUT... --output DIR`, with the options and exit codes of `kcpipe run`."""
    parser = argparse.ArgumentParser(description=corpus.__doc__)
    parser.add_argument("inputs", nargs="+", help=cli.INPUTS)
    parser.add_argument("--output", type=Path, default=Path("output"))
    parser.add_argument("--config", type=Path)
    parser.add_argument("--allow", action="append", default=[], metavar="ID=REASON")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()

    def build(inputs: list[str], output: Path, settings: Settings) -> Outcome:
        return _run_flow(inputs, output, settings, cli.reasons(given.allow))

    return cli.guarded(lambda: cli.execute(given.inputs, given.output, given.config, build, as_json=given.json))


if __name__ == "__main__":
    sys.exit(main())
