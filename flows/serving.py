"""Serving the flow: one process that runs it on a schedule, and when files arrive in a folder.

What is served is a deployment on a Prefect server, so that its runs, overlaps and history are Prefect's. Two things
Prefect leaves open are here: a run that was due while nothing was served is caught up once, and a folder is watched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from prefect import serve as serve_deployments
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    State,
    StateType,
)
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from prefect.schedules import Cron
from prefect.settings import get_current_settings

from kcpipe.settings import FlowSettings, UserError

from .corpus import HAS_WORKED, TAG, Files, ReleaseStoppedError, corpus, look, name_of

log = logging.getLogger("kcpipe.flows")

SERVER_SECONDS = 60
"""How long a Prefect server that does not answer is waited for: it takes some seconds to start."""
LOOK_SHARE = 50
"""Looking over a folder takes at most one part in so many of the time."""
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600
"""Seconds before what arrived is tried again after a run that failed; each pause is twice the one before."""


def serve(
    inputs: list[str],
    output: Path,
    config: Path | None,
    limits: FlowSettings,
    *,
    cron: str | None,
    timezone: str,
    watch: Path | None,
    name: str | None,
) -> None:
    """Serve the flow until the process is ended.

    inputs, output, config: of every run; paths count from the working directory. cron, timezone: when it is due.
    watch: a folder whose files start a run when they are new and have settled. name: of the deployment; that of the
    inputs when not given.
    """
    queue = limits.overlap == "queue" or watch is not None  # what has arrived must not be dropped
    deployment: Any = corpus.to_deployment(
        name or name_of(inputs),
        schedule=Cron(cron, timezone=timezone) if cron is not None else None,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1,
            collision_strategy=ConcurrencyLimitStrategy.ENQUEUE if queue else ConcurrencyLimitStrategy.CANCEL_NEW,
        ),
        parameters={
            "inputs": inputs,
            "output": str(output),
            "config": str(config) if config is not None else None,
            "watched": str(watch.absolute()) if watch is not None else None,
        },
        tags=[TAG],
    )
    deployment_id: UUID = deployment.apply()
    if cron is not None and _is_owed(deployment_id, cron, timezone):
        log.warning("a run was due while nothing was served: it is made up for now")
        run_deployment(deployment_id, timeout=0, tags=["catch-up"])
    if watch is not None:
        folder = watch

        def run() -> bool:
            return is_dealt_with(run_deployment(deployment_id, poll_interval=2, tags=["arrival"]).state)

        Thread(target=run_when_settled, args=(folder, limits.settle_seconds, run), daemon=True).start()
    serve_deployments(deployment, pause_on_shutdown=False, print_starting_message=False)


def check_server() -> None:
    """Wait for a server that is just starting. Raises UserError when none is named, or none answers."""
    url = get_current_settings().api.url
    if url is None:
        raise UserError(
            "serving needs a Prefect server: start one with `prefect server start` and say where it is, "
            "PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    deadline = time.monotonic() + SERVER_SECONDS
    with get_client(sync_client=True) as client:
        while client.api_healthcheck() is not None:
            if time.monotonic() > deadline:
                raise UserError(
                    f"no Prefect server answers at {url} (PREFECT_API_URL): `prefect server start` starts one"
                )
            log.info("waiting for the Prefect server at %s (PREFECT_API_URL)", url)
            time.sleep(SERVER_SECONDS / 20)


# --- a schedule --------------------------------------------------------------------------------------------------


def check_schedule(cron: str, timezone: str) -> None:
    """Raises UserError for a cron expression or a time zone that means nothing."""
    try:
        ZoneInfo(timezone)
    except (KeyError, OSError, ValueError):
        raise UserError(f"there is no time zone {timezone!r}: one is called like Europe/Paris") from None
    try:
        CronSim(cron, datetime.now(UTC))
    except CronSimError as error:
        raise UserError(f"{cron!r} is no cron expression ({error}): '0 6 * * *' is every day at six") from error


def is_missed(cron: str, timezone: str, since: datetime | None, now: datetime) -> bool:
    """Whether a run was due after `since`, when the last one started, and is not in the future.

    Both with a zone; None when none ever started: then nothing was missed.
    """
    return since is not None and next(CronSim(cron, since.astimezone(ZoneInfo(timezone)))) <= now


def _is_owed(deployment_id: UUID, cron: str, timezone: str) -> bool:
    """Whether a run was missed and none that Prefect has kept waiting will make up for it."""
    now = datetime.now(UTC)
    of_it = FlowRunFilterDeploymentId(any_=[deployment_id])
    late = FlowRunFilter(
        deployment_id=of_it,
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=now),
    )
    begun = FlowRunFilter(
        deployment_id=of_it,
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=HAS_WORKED)),
        start_time=FlowRunFilterStartTime(is_null_=False),
    )
    with get_client(sync_client=True) as client:
        if client.read_flow_runs(flow_run_filter=late, limit=1):
            return False
        last = client.read_flow_runs(flow_run_filter=begun, sort=FlowRunSort.START_TIME_DESC, limit=1)
    return is_missed(cron, timezone, last[0].start_time if last else None, now)


# --- a folder ----------------------------------------------------------------------------------------------------


def run_when_settled(folder: Path, seconds: float, run: Callable[[], bool]) -> None:
    """Call `run` whenever the folder's files have changed and then kept size and time for `seconds`; never returns.

    run: tells whether the files are dealt with; if not, it is called again after a pause, ever longer ones, for the
    same files. Looked at, not listened to: a network file system tells nobody of what others write, and a half-written
    file can only be told by looking twice. What is there at the start counts as changed.
    """
    before: Files = {}
    done: Files = {}
    tried: Files = {}
    pause = tried_at = 0.0
    while True:
        begun = time.monotonic()
        now = look(folder)
        took = time.monotonic() - begun
        is_due = now != tried or begun - tried_at >= pause
        if now == before and now != done and now and is_due:
            try:
                is_done = run()
            except Exception as error:  # the server may be away for a while; what has arrived is not forgotten
                log.warning("%s has new files, but no run could be started: %s", folder, error)
            else:
                done = now if is_done else {}
                pause = min(2 * pause, LONGEST_PAUSE) if now == tried else FIRST_PAUSE
                tried, tried_at = now, time.monotonic()
        before = now
        time.sleep(max(seconds, LOOK_SHARE * took))


def is_dealt_with(state: State[Any] | None) -> bool:
    """Whether a run has done with what had arrived: it ended, or a check stopped the release, which would stop the next
    one, too. One that failed otherwise, or that the server has lost, has not."""
    if state is None:
        return False
    return state.is_completed() or ReleaseStoppedError.__name__ in (state.message or "")
