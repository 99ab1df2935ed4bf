"""A real Prefect server and programs beside it, for the tests of the flows."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_SERVER_ALLOW_EPHEMERAL_MODE, temporary_settings

PATIENCE = 300
"""Seconds until a test gives up on a server, a worker or a run."""

T = TypeVar("T")


class Server(NamedTuple):
    """A Prefect server: its address, and the environment of the programs that use it."""

    url: str
    environment: Mapping[str, str]

    @property
    def client(self) -> SyncPrefectClient:
        return get_client(sync_client=True)

    def runs(self, deployment: str) -> list[FlowRun]:
        """The runs of a deployment, by its name; none while it is not there yet."""
        with self.client as client:
            try:
                found = client.read_deployment_by_name(deployment)
            except ObjectNotFound:
                return []
            of_it = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[found.id]))
            return client.read_flow_runs(flow_run_filter=of_it, limit=200)

    def artifacts(self, run: FlowRun) -> dict[str, Any]:
        """What is in each artifact of a run, by key."""
        of_it = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        with self.client as client:
            found = client.read_artifacts(artifact_filter=of_it)
        return {artifact.key: artifact.data for artifact in found if artifact.key is not None}

    def tasks(self, run: FlowRun) -> list[TaskRun]:
        of_it = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        with self.client as client:
            return client.read_task_runs(flow_run_filter=of_it)

    def log(self, run: FlowRun) -> list[str]:
        """The lines of the log of a run that are kcpipe's."""
        of_it = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
        with self.client as client:
            return [line.message for line in client.read_logs(log_filter=of_it) if line.name.startswith("kcpipe")]


def waited_for(ask: Callable[[], T | None], what: str) -> T:
    """The first answer that is neither nothing nor false."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"waited in vain for {what}")


@contextmanager
def running(words: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """A program in the background, ended with all it has started; yields its log."""
    log = folder / f"{words[0]}-{words[1]}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        )
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def standing_server(folder: Path) -> Iterator[Server]:
    """A server with its data in a folder, quick to look for work; this process uses it, too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **os.environ,
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "4",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return True
        except OSError:
            return False

    settings = {PREFECT_API_URL: url, PREFECT_HOME: folder, PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False}
    with running(["prefect", "server", "start", "--port", str(port)], folder, environment) as log:
        waited_for(answers, f"the server: {log}")
        with temporary_settings(settings):
            yield Server(url, environment)
