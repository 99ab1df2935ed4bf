"""The flow over a corpus: the same run as `kcpipe run`, its steps as Prefect tasks.

    python flows/corpus.py seeds --output output

runs it on Prefect's embedded server. Only this folder imports Prefect; what is done is in kcpipe.pipeline. The module
stands alone, because Prefect loads it by its path.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, unquote

# Before Prefect is imported: no telemetry, time for a first start on a slow machine, no warning of a log without a run.
for name, value in {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    **({"PREFECT_LOGGING_LEVEL": "WARNING"} if __name__ == "__main__" else {}),  # a terminal has the bar
}.items():
    os.environ.setdefault(name, value)

from prefect import Task, flow, runtime, task  # noqa: E402
from prefect.artifacts import (  # noqa: E402
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.assets import Asset, materialize  # noqa: E402
from prefect.blocks.core import Block  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.filters import (  # noqa: E402
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType, TaskRun  # noqa: E402
from prefect.context import FlowRunContext, TaskRunContext  # noqa: E402
from prefect.logging.handlers import APILogHandler  # noqa: E402
from prefect.states import Completed  # noqa: E402
from prefect.task_engine import TaskRunTimeoutError  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.types.names import MAX_ASSET_KEY_LENGTH, RESTRICTED_ASSET_CHARACTERS  # noqa: E402
from pydantic import Field  # noqa: E402

from kcpipe import cli, notify, pipeline, quality, settings, store  # noqa: E402
from kcpipe import console as show  # noqa: E402
from kcpipe.ids import digest  # noqa: E402
from kcpipe.pipeline import Opened, Outcome  # noqa: E402
from kcpipe.settings import FlowSettings, Settings, StumbleError  # noqa: E402

log = logging.getLogger("kcpipe.flows")
library_log = logging.getLogger("kcpipe")
library_log.setLevel(logging.INFO)
if not any(isinstance(handler, APILogHandler) for handler in library_log.handlers):
    of_run = APILogHandler()  # what the library logs stands in the log of the run, if there is one
    of_run.addFilter(lambda _record: FlowRunContext.get() is not None or TaskRunContext.get() is not None)
    library_log.addHandler(of_run)

T = TypeVar("T")
R = TypeVar("R")
Files = dict[str, tuple[int, int]]
"""Path, size in bytes and time of change in nanoseconds."""

RUN_SECONDS = 24 * 3600
"""A run that hangs must not hold up the next day's."""
AT_ONCE = 64
"""Task runs that may wait for a worker at the same time."""
STEPS = len(pipeline.STAGES) + 2
"""The stages, the check, the publication."""
LONGEST_LIST = 50
"""Broken checks that the verdict names; the report has them all."""
TAG = "kcpipe"
"""Of every run, however it was started."""
SKIPPED = "Skipped"
"""The name of the state of a scheduled run that another one made needless."""
_NOT_IN_KEYS = re.compile(f"[{re.escape(''.join(RESTRICTED_ASSET_CHARACTERS))}]")
_OPENED: ContextVar[Opened | None] = ContextVar("opened", default=None)
"""What `run_flow` has read: no parameter of a flow, which the server would want to write down."""
HAS_WORKED = [StateType.RUNNING, StateType.COMPLETED, StateType.FAILED]


class ReleaseStoppedError(Exception):
    """A critical check failed: the flow run fails, the last release stays the latest."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"a critical check failed; the report lies in {outcome.report}")
        self.outcome = outcome


# --- telling how it ended ----------------------------------------------------------------------------------------


def tell_ending(flow: object, flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - Prefect's names
    """The hook at the end of a run: who is told, the settings say. Also called where the run's process was killed."""
    given = flow_run.parameters
    inputs, output, config = given["inputs"], Path(given.get("output", "output")), given.get("config")
    chosen = settings.load(Path(config) if config is not None else None).notify
    result = state.result(raise_on_failure=False) if state.data is not None else None
    if isinstance(result, ReleaseStoppedError):
        result = result.outcome
    if isinstance(result, Outcome):
        notice = notify.ending(result, inputs, output)
    elif state.is_completed():
        return  # skipped
    else:
        notice = notify.failure(result or state.message or state.name, inputs, output)
    notify.tell(chosen, notice, {"block": _through(chosen.block)} if chosen.block is not None else None)


def tag_failed(flow: object, flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - Prefect's names
    """The hook that tags a run that got no further than to fail; others are tagged when their artifacts are made."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, tags=sorted({*client.read_flow_run(flow_run.id).tags, TAG}))


def _through(block: str) -> notify.Send:
    def send(notice: notify.Notice) -> None:
        loaded: Any = Block.load(block)
        with loaded.raise_on_failure():
            told = loaded.notify(notice.text, subject=f"kcpipe: {notice.status}")
            if inspect.isawaitable(told):  # Prefect's own blocks are told at once, others may be asynchronous only
                asyncio.run(asyncio.wait_for(told, notify.WEBHOOK_SECONDS))

    return send


# --- the flow ----------------------------------------------------------------------------------------------------


def name_of(inputs: Sequence[str]) -> str:
    """What inputs are called: the last part of each path or URL."""
    names = [PurePosixPath(given.rstrip("/")).name or given for given in inputs]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _run_name() -> str:
    return name_of(runtime.flow_run.parameters["inputs"])


@flow(
    name="corpus",
    flow_run_name=_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=AT_ONCE),  # type: ignore[arg-type]
    timeout_seconds=RUN_SECONDS,
    persist_result=False,
    on_completion=[tell_ending],
    on_failure=[tell_ending, tag_failed],
    on_crashed=[tell_ending, tag_failed],
)
def corpus(
    inputs: Annotated[list[str], Field(min_length=1)],
    output: Path = Path("output"),
    config: Path | None = None,
    allow: dict[str, str] | None = None,
    is_full: bool = False,
    watched: Path | None = None,
) -> Outcome | State[None]:
    """Build, check and publish a release of the inputs; fails when a critical check stops the release.

    inputs: folders, files, patterns and URLs. output: the store. config: a kcpipe.toml. allow: expectations that may
    fail in this release, by id, each with the reason. is_full: work on every document anew, the tables are the same.
    watched: the folder among the inputs in which files arrive, which is not read before it has settled. A scheduled run
    is skipped when another one of its deployment has read the inputs since it was due: of several missed ones only one
    works.
    """
    if (other := _made_needless_by()) is not None:
        return Completed(name=SKIPPED, message=f"{other.name} has started since this run was due")
    chosen = settings.load(config)
    product, sources = asset(settings.on_this_machine(output)), [asset(given) for given in inputs]
    steps = Tasks(chosen.flow, product, sources)
    with (
        pipeline.engine(chosen.run) as engine,
        show.progress() as shown,
        _opened(inputs, output, chosen, shown(steps.in_turn), is_full=is_full, watched=watched) as opened,
    ):
        outcome = pipeline.carry_on(
            opened,
            now=datetime.now(UTC),
            flow_run_id=runtime.flow_run.id,
            each=shown(steps.in_turn),
            engine=shown(steps.on(engine)),
            allow=allow,
            is_full=is_full,
        )
    leave_artifacts(outcome)
    if outcome.status == "stopped":
        raise ReleaseStoppedError(outcome)
    return outcome


def _opened(
    inputs: list[str], output: Path, chosen: Settings, each: pipeline.Each, *, is_full: bool, watched: Path | None
) -> AbstractContextManager[Opened]:
    """The inputs: those that were read before there was a flow, else read now."""
    before = _OPENED.get()
    if before is not None:
        return nullcontext(before)
    if watched is not None:  # from when a run is asked for until it is here, the next file may have begun to arrive
        wait_until_settled(watched, chosen.flow.settle_seconds)
    return pipeline.opened(inputs, output, chosen, each, is_full=is_full)


def _made_needless_by() -> FlowRun | None:
    """For a scheduled run: a run of the same deployment that started after this one was due."""
    if runtime.deployment.id is None:
        return None
    with get_client(sync_client=True) as client:
        this = client.read_flow_run(runtime.flow_run.id)
        if not this.auto_scheduled or this.expected_start_time is None:
            return None
        since = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[this.deployment_id]),
                start_time=FlowRunFilterStartTime(after_=this.expected_start_time),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=HAS_WORKED)),
            )
        )
    return next((run for run in since if run.id != this.id and run.state_name != SKIPPED), None)


def asset(place: Path | str) -> Asset:
    """A path, pattern or URL as Prefect's asset. Its key is that URL: what a key may not hold, such as a blank, stands
    there as its code behind "~", the end of a very long one as a digest."""
    key = _NOT_IN_KEYS.sub(lambda found: f"~{ord(found[0]):02X}", unquote(_uri(place)))
    is_short = len(key) <= MAX_ASSET_KEY_LENGTH
    return Asset(key=key if is_short else f"{key[: MAX_ASSET_KEY_LENGTH - 33]}~{digest(key.encode())[:32]}")


def _uri(place: Path | str) -> str:
    """The URL of a path, or a URL without the name and password in it."""
    given = str(place)
    return quote(notify.shown(given), safe=":/") if "://" in given else Path(given).absolute().as_uri()


# --- a folder in which files arrive ------------------------------------------------------------------------------


def wait_until_settled(folder: Path, seconds: float) -> None:
    """Return when every file of a folder has kept its size and time for `seconds`, and no other has come."""
    before = look(folder)
    while True:
        time.sleep(seconds)
        now = look(folder)
        if now == before:
            return
        before = now


def look(folder: Path) -> Files:
    """Every file below a folder, hidden ones left out, with its size and its time of change."""
    found: Files = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                path = Path(place, name)
                try:
                    known = path.stat()
                except OSError:
                    continue  # gone since it was listed, a link in a circle, a network that stumbles
                found[str(path)] = (known.st_size, known.st_mtime_ns)
    return found


# --- steps as tasks ----------------------------------------------------------------------------------------------


def is_transient(error: object) -> bool:
    """Whether trying again may help: a disk or a network that stumbles, not a file that is missing or a full disk.

    Nor a step that took too long once, though a time-out is an OSError, too.
    """
    if isinstance(error, OSError):
        return store.may_pass(error) and not isinstance(error, TaskRunTimeoutError)
    return isinstance(error, StumbleError)


def _may_try_again(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return is_transient(state.result(raise_on_failure=False))


class Tasks:
    """The steps of a run, each batch as a task run, the share of the steps done as a progress artifact.

    The tasks have no tags: for each that has some Prefect asks the server for a slot, and a server that stumbles then
    would fail the run.
    """

    def __init__(self, limits: FlowSettings, product: Asset, sources: Sequence[Asset]) -> None:
        """product: what the publication makes of the sources, for the lineage."""
        self._limits, self._product, self._sources = limits, product, sources
        self._steps_done = 0 if _OPENED.get() is None else 1
        self._percent = 0
        self._progress: Any = create_progress_artifact(0.0, key="progress", description="Steps done")

    def in_turn(self, name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
        """One task run after the other, in this process."""
        count = len(batches)
        tasks = (self._task(name, function, number, count) for number in range(1, count + 1))
        return self._counted(name, count, (run(batch) for run, batch in zip(tasks, batches, strict=True)))

    def on(self, engine: pipeline.Engine) -> pipeline.Each:
        """As `in_turn`; of several batches the tasks run at once and wait for the engine's workers."""

        def each(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
            count = len(batches)
            if min(engine.workers, count) < 2:
                return self.in_turn(name, function, batches)

            def called(batch: T) -> R:
                return engine.call(function, batch)

            tasks = (self._task(name, called, number, count) for number in range(1, count + 1))
            waiting = [run.submit(batch) for run, batch in zip(tasks, batches, strict=True)]
            quality.make_ready()  # while the workers are busy
            return self._counted(name, count, (run.result() for run in waiting))

        return each

    def _task(self, name: str, function: Callable[[T], R], number: int, count: int) -> Any:
        options: dict[str, Any] = {
            "name": name,
            "task_run_name": f"{name} {number} of {count}",
            "cache_policy": NO_CACHE,
            "persist_result": False,
            "timeout_seconds": self._limits.step_timeout_seconds,
            "retries": 2,
            "retry_delay_seconds": [1, 10],
            "retry_jitter_factor": 0.5,
            "retry_condition_fn": _may_try_again,
        }
        if name == "publish":
            return materialize(self._product, asset_deps=list(self._sources), **options)(
                _noting(self._product, function)
            )
        return task(function, **options)

    def _counted(self, name: str, count: int, results: Iterable[R]) -> Iterator[R]:
        begun = time.monotonic()
        for number, result in enumerate(results, start=1):
            yield result
            self._reached(self._steps_done + number / count)
        self._steps_done += 1
        self._reached(self._steps_done)
        log.info("%s, batches: %d, seconds: %.1f", name, count, time.monotonic() - begun)

    def _reached(self, share: float) -> None:
        if (now := min(100, int(100 * share / STEPS))) > self._percent:
            self._percent = now
            update_progress_artifact(self._progress, float(now))


def _noting(product: Asset, publish: Callable[[T], Any]) -> Callable[[T], Any]:
    """The publication, which says of its product what it is."""

    def noting(batch: T) -> Any:
        release = publish(batch)
        product.add_metadata({"release": release.id, "location": release.location})
        return release

    return noting


# --- what a run leaves on its page -------------------------------------------------------------------------------


def leave_artifacts(outcome: Outcome) -> None:
    """The verdict, the counts, the difference and the links, on the page of the run; its name tells the documents."""
    if outcome.report is None:
        return
    quality = outcome.report.parent
    checks = store.read_table(quality / "checks.parquet").to_pylist()
    rows = [row for row in store.read_table(quality / "profile.parquet").to_pylist() if row["measure"] == "rows"]
    counts = [{"table": row["table_name"], "rows": row["count"], "before": row["previous_count"]} for row in rows]
    create_markdown_artifact(verdict(outcome, checks), key="quality", description="What the checks found")
    create_table_artifact(counts, key="tables", description="Rows by table, now and in the release before")
    create_markdown_artifact(difference(outcome, counts), key="changes", description="Against the release before")
    create_link_artifact(outcome.report.absolute().as_uri(), "quality report", key="report")
    if outcome.release is not None:
        create_link_artifact(_uri(outcome.release.location), f"release {outcome.release.id}", key="release")
    documents = next(row["rows"] for row in counts if row["table"] == "documents")
    ending = {"published": "", "unchanged": ", nothing new", "stopped": ", stopped"}[outcome.status]
    with get_client(sync_client=True) as client:
        name = f"{_run_name()}, {documents} document{'' if documents == 1 else 's'}{ending}"
        client.update_flow_run(runtime.flow_run.id, name=name, tags=sorted({*runtime.flow_run.tags, TAG}))


def verdict(outcome: Outcome, checks: Sequence[Mapping[str, Any]]) -> str:
    """The verdict as Markdown: how the run ended, the count of checks, those that do not hold."""
    release = outcome.release.id if outcome.release is not None else "none"
    ending = {
        "published": f"Published release {release}",
        "unchanged": f"Nothing new: {release} stays the latest release",
        "stopped": f"**Stopped**: a critical check failed. The latest release: {release}",
    }[outcome.status]
    broken = [row for row in checks if not row["success"]]
    lines = [f"# {ending}", "", f"{len(checks) - len(broken)} of {len(checks)} checks hold."]
    if broken:
        lines += ["", "| severity | check | what must hold | found |", "|--|--|--|--|"]
        lines += [_broken_line(row) for row in broken[:LONGEST_LIST]]
    if len(broken) > LONGEST_LIST:
        lines += ["", f"... and {len(broken) - LONGEST_LIST} more, see the report"]
    return "\n".join(lines) + "\n"


def _broken_line(row: Mapping[str, Any]) -> str:
    allowed = f" (allowed: {row['allowed_because']})" if row["allowed_because"] is not None else ""
    cells = (row["severity"] + allowed, f"{row['suite']} {row['expectation_id']}", row["why"], row["observed"])
    return f"| {' | '.join(' '.join(str(cell).split()).replace('|', chr(92) + '|') for cell in cells)} |"


def difference(outcome: Outcome, counts: Sequence[Mapping[str, Any]]) -> str:
    """What changed against the last release, as Markdown; of a build that was stopped, what would have."""
    if outcome.status == "published" and outcome.release is not None:
        return (outcome.release.path / "CHANGELOG.md").read_text(encoding="utf-8")
    if outcome.status == "unchanged":
        return "Nothing changed.\n"
    lines = ["# Not published", "", "| table | rows | before |", "|--|--:|--:|"]
    lines += [
        f"| {row['table']} | {row['rows']} | {'' if row['before'] is None else row['before']} |" for row in counts
    ]
    return "\n".join(lines) + "\n"


# --- the command -------------------------------------------------------------------------------------------------


def run_flow(
    inputs: list[str],
    output: Path,
    config: Path | None,
    chosen: Settings,
    allow: dict[str, str],
    *,
    is_full: bool = False,
) -> Outcome:
    """The flow, unless nothing is new: that is known before a server is started, from the inputs that it then takes."""
    with pipeline.opened(inputs, output, chosen, is_full=is_full) as opened:
        same = None if is_full else opened.nothing_new()
        if same is not None:
            notify.tell(chosen.notify, notify.ending(same, inputs, output))
            return same
        token = _OPENED.set(opened)
        try:
            outcome = corpus(inputs, output, config, allow, is_full)
        except ReleaseStoppedError as stopped:
            return stopped.outcome
        finally:
            _OPENED.reset(token)
    if not isinstance(outcome, Outcome):
        raise TypeError(f"only a scheduled run is skipped: {outcome}")
    return outcome


def main() -> int:
    """`python flows/corpus.py INPUT... --output DIR`, with options and the exit codes of `kcpipe run`."""
    parser = argparse.ArgumentParser(description=(corpus.__doc__ or "").partition("\n")[0])
    parser.add_argument("inputs", nargs="+", help=cli.INPUTS)
    parser.add_argument("--output", type=Path, default=Path("output"))
    parser.add_argument("--config", type=Path)
    parser.add_argument("--allow", action="append", default=[], metavar="ID=REASON")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()

    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)  # a terminal has the bar; the rest stands in the run's log

    def build(inputs: list[str], output: Path, chosen: Settings) -> Outcome:
        return run_flow(inputs, output, given.config, chosen, cli.reasons(given.allow), is_full=given.full)

    return cli.guarded(lambda: cli.execute(given.inputs, given.output, given.config, build, as_json=given.json))


if __name__ == "__main__":
    sys.exit(main())
