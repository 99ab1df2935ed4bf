"""The flow on a real Prefect server: the same Parquet as without, task runs, artifacts, a failure that fails."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import get_client
from prefect.client.schemas.objects import Artifact, FlowRun, TaskRun
from prefect.settings import get_current_settings
from prefect.testing.utilities import prefect_test_harness

from conftest import SEEDS
from flows import corpus as flows
from kcpipe import release
from kcpipe.settings import Settings
from test_pipeline import parquet_hashes


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=180):
        yield


async def _runs() -> tuple[list[FlowRun], list[TaskRun], list[Artifact]]:
    async with get_client() as client:
        return await client.read_flow_runs(), await client.read_task_runs(), await client.read_artifacts()


@pytest.mark.usefixtures("server")
def test_the_flow_publishes_the_same_bytes_as_the_command(seed_output: Path, tmp_path: Path) -> None:
    outcome = flows.corpus([SEEDS], tmp_path / "output", Settings())
    assert outcome.release is not None
    assert parquet_hashes(outcome.release.path) == parquet_hashes(release.find(seed_output).path)
    flow_runs, task_runs, artifacts = asyncio.run(_runs())
    [run] = [run for run in flow_runs if str(run.id) == outcome.release.manifest["lineage"]["flow_run_id"]]
    assert run.state is not None
    assert run.state.is_completed()
    names = {task.name for task in task_runs if task.flow_run_id == run.id}
    assert {"read 1 of 1", "parse 1 of 1", "corroborate 1 of 1", "check 1 of 1", "publish 1 of 1"} <= names
    assert {artifact.key for artifact in artifacts if artifact.flow_run_id == run.id} == {"quality", "tables"}


@pytest.mark.usefixtures("server")
def test_a_stopped_release_fails_the_flow(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(SEEDS, tmp_path / "seeds"))
    output = tmp_path / "output"
    first = flows.corpus([copied], output, Settings())
    for path in sorted(copied.glob("*.txt"))[1:]:
        path.unlink()
    with pytest.raises(flows.ReleaseStoppedError, match="critical check failed"):
        flows.corpus([copied], output, Settings())
    assert first.release is not None
    assert release.find(output).id == first.release.id


@pytest.mark.usefixtures("server")
def test_nothing_new_starts_no_flow(seed_output: Path) -> None:
    before, _, _ = asyncio.run(_runs())
    outcome = flows._run_flow([SEEDS], seed_output, Settings(), {})
    after, _, _ = asyncio.run(_runs())
    assert outcome.status == "unchanged"
    assert {run.id for run in after} == {run.id for run in before}


def test_every_telemetry_switch_is_off() -> None:
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert get_current_settings().server.analytics_enabled is False
