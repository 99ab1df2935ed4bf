"""The flow on a real Prefect server: the same Parquet as without, what a run leaves behind, how it is scheduled.

What is served in the background is started by the first test and looked at by the later ones: each takes its time.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.request import Request, urlopen

import fsspec
import pytest
from prefect import flow
from prefect.assets import Asset
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import RRuleSchedule
from prefect.deployments import run_deployment
from prefect.exceptions import ParameterTypeError
from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings
from prefect.states import Crashed, Running

from conftest import SEEDS
from flows import corpus as flows
from flows import serving
from kcpipe import pipeline, release, store
from kcpipe.pipeline import Outcome
from kcpipe.settings import FlowSettings, QualitySettings, RunSettings, Settings, UserError
from prefect_server import Server, running, standing_server, waited_for
from receiver import receiving
from stumbling import stumbling
from test_pipeline import parquet_hashes

ROOT = Path(__file__).parents[2]
ARTICLE, OTHER_ARTICLE = SEEDS / "003_fe038283e5cca842.txt", SEEDS / "002_6a3f0c60e6fef7a6.txt"
ARTIFACTS = {"progress", "quality", "tables", "changes", "report", "release"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with standing_server(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.fixture(scope="session")
def scheduled(server: Server, seed_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`kcpipe serve --cron`, every minute, over the seeds, of which there is a release; yields the deployment."""
    folder = tmp_path_factory.mktemp("scheduled")
    shutil.copytree(seed_output, folder / "output", symlinks=True)
    words = ["kcpipe", "serve", str(SEEDS), "--cron", "* * * * *", "--timezone", "Europe/Paris", "--name", "minutely"]
    with running(words, folder, server.environment):
        yield "corpus/minutely"


class Place(NamedTuple):
    """A deployment and the folder it works in."""

    deployment: str
    folder: Path


@pytest.fixture(scope="session")
def watched(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """`kcpipe serve --watch` over an empty folder, drop."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "drop").mkdir()
    (folder / "kcpipe.toml").write_text("[flow]\nsettle_seconds = 1\n")
    with running(["kcpipe", "serve", "--watch", "drop"], folder, server.environment):
        yield Place("corpus/drop", folder)


@pytest.fixture(scope="session")
def deployed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """`prefect.yaml` deployed, as it is but that what overlaps waits, with three runs due before there is a worker."""
    folder = tmp_path_factory.mktemp("deployed")
    (folder / "flows").symlink_to(ROOT / "flows")
    (folder / "seeds").mkdir()
    shutil.copy(ARTICLE, folder / "seeds")
    (folder / "prefect.yaml").write_text((ROOT / "prefect.yaml").read_text().replace("CANCEL_NEW", "ENQUEUE"))
    for words in (["work-pool", "create", "local", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
        command = [sys.executable, "-m", "prefect", *words]
        done = subprocess.run(
            command, cwd=folder, env=dict(server.environment), check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    first = datetime.now(UTC) + timedelta(seconds=30)
    rule = f"DTSTART:{first:%Y%m%dT%H%M%S}\nRRULE:FREQ=SECONDLY;COUNT=3"
    with server.client as client:
        deployment = client.read_deployment_by_name("corpus/daily")
        due = DeploymentScheduleCreate(schedule=RRuleSchedule(rrule=rule, timezone="UTC"), active=True)
        client.create_deployment_schedules(deployment.id, [due])
    return Place("corpus/daily", folder)


@pytest.fixture(scope="session")
def worker(server: Server, deployed: Place) -> Iterator[None]:
    """A worker that starts when the three runs are late."""

    def are_late() -> bool:
        return len(past(server, deployed.deployment)) == 3

    waited_for(are_late, "three late runs")
    with running(["prefect", "worker", "start", "--pool", "local"], deployed.folder, server.environment):
        yield


def past(server: Server, deployment: str) -> list[FlowRun]:
    """The runs that were due."""
    now = datetime.now(UTC)
    return [
        run for run in server.runs(deployment) if run.expected_start_time is not None and run.expected_start_time < now
    ]


def run_of(server: Server, outcome: Outcome) -> FlowRun:
    """The flow run that published the release of an outcome."""
    assert outcome.release is not None
    with server.client as client:
        return client.read_flow_run(outcome.release.manifest["lineage"]["flow_run_id"])


# --- one run -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def published(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the flow publishes of the seeds."""
    outcome = flows.corpus([str(SEEDS)], tmp_path_factory.mktemp("flow") / "output")
    assert isinstance(outcome, Outcome)
    assert outcome.status == "published"
    return outcome


@pytest.mark.usefixtures("scheduled", "watched", "deployed")
def test_the_flow_publishes_the_same_bytes_as_the_command(published: Outcome, seed_output: Path) -> None:
    assert published.release is not None
    assert parquet_hashes(published.release.path) == parquet_hashes(release.find(seed_output).path)


def test_a_batch_of_a_stage_is_a_task(server: Server, published: Outcome) -> None:
    run = run_of(server, published)
    assert run.state is not None
    assert run.state.is_completed()

    def recorded() -> set[str]:
        found = {task.name for task in server.tasks(run)}
        return found if "publish 1 of 1" in found else set()

    names = waited_for(recorded, "the task runs")
    assert {"read 1 of 1", "parse 1 of 1", "corroborate 1 of 1", "check 1 of 1", "publish 1 of 1"} <= names


def test_a_published_run_tells_what_it_made(server: Server, published: Outcome) -> None:
    run = run_of(server, published)
    assert published.release is not None
    assert run.name == "seeds, 5 documents"
    assert run.tags == ["kcpipe"]
    left = server.artifacts(run)
    assert left.keys() == ARTIFACTS
    assert left["progress"] == 100
    assert f"Published release {published.release.id}" in left["quality"]
    assert {"table": "documents", "rows": 5, "before": None} in json.loads(left["tables"])
    assert "The first release." in left["changes"]
    assert f"({published.release.path}/quality/report.html)".replace("(", "(file://") in left["report"]
    assert f"file://{published.release.path}" in left["release"]


def test_the_log_of_the_library_is_in_the_log_of_the_run(server: Server, published: Outcome) -> None:
    run = run_of(server, published)
    lines = waited_for(lambda: server.log(run), "the log of the run")
    assert any(line.startswith("parse, batches: 1, seconds: ") for line in lines)


def test_the_release_is_an_asset_made_of_the_inputs(server: Server, published: Outcome) -> None:
    """Self-hosted Prefect keeps the events of assets; it has no page of them."""
    assert published.release is not None
    wanted = {"filter": {"event": {"name": ["prefect.asset.materialization.succeeded"]}}}
    request = Request(f"{server.url}/events/filter", json.dumps(wanted).encode(), {"Content-Type": "application/json"})
    output = published.release.path.parents[1]

    def made() -> dict[str, Any] | None:
        with urlopen(request) as answer:
            events = json.load(answer)["events"]
        return next((event for event in events if event["resource"]["prefect.resource.id"] == output.as_uri()), None)

    event = waited_for(made, "the asset")
    assert event["payload"]["release"] == published.release.id
    assert SEEDS.as_uri() in {each["prefect.resource.id"] for each in event["related"]}


def test_a_run_with_nothing_new_tells_so(server: Server, seed_output: Path) -> None:
    state = flows.corpus([str(SEEDS)], seed_output, return_state=True)
    [run] = [each for each in recent(server) if each.state is not None and each.state.id == state.id]
    assert run.name == "seeds, 5 documents, nothing new"
    left = server.artifacts(run)
    assert left.keys() == ARTIFACTS
    assert "Nothing new" in left["quality"]
    assert {"table": "documents", "rows": 5, "before": None} in json.loads(left["tables"])
    assert left["changes"] == "Nothing changed.\n"


def recent(server: Server) -> list[FlowRun]:
    with server.client as client:
        return client.read_flow_runs(limit=200)


def test_a_stopped_release_fails_the_run_and_tells_everyone(server: Server, tmp_path: Path) -> None:
    """The last release stays; webhook, command and block are told; the address of the webhook is in no log."""
    inputs, output = tmp_path / "my articles", tmp_path / "my output"
    inputs.mkdir()
    for article in (ARTICLE, OTHER_ARTICLE):
        shutil.copy(article, inputs)
    first = flows.corpus([str(inputs)], output)
    assert isinstance(first, Outcome)
    assert first.release is not None
    (inputs / ARTICLE.name).unlink()
    with receiving() as receiver, receiving(status=500) as broken:
        block = CustomWebhookNotificationBlock(
            name="test", url=f"{receiver.url}/block", json_data={"subject": "{{subject}}", "body": "{{body}}"}
        )
        block.save("told")
        told = tmp_path / "told.json"
        settings = tmp_path / "kcpipe.toml"
        settings.write_text(
            f'[notify]\nwebhook = "{broken.url}/geheim"\ncommand = "tee {told}"\nblock = "custom-webhook/told"\n'
        )
        with pytest.raises(flows.ReleaseStoppedError, match="critical check failed"):
            flows.corpus([str(inputs)], output, settings)
    assert release.find(output).id == first.release.id
    run = next(run for run in recent(server) if run.name == "my articles, 1 document, stopped")
    assert run.state is not None
    assert run.state.is_failed()
    assert serving.is_dealt_with(run.state), "the next one would be stopped, too"
    left = server.artifacts(run)
    assert left.keys() == ARTIFACTS
    assert "**Stopped**" in left["quality"]
    assert "| critical |" in left["quality"]
    assert "| documents | 1 | 2 |" in left["changes"]
    notice = json.loads(told.read_text())
    assert (notice["status"], notice["release"]) == ("stopped", first.release.id)
    assert [path for path, _ in broken.received] == ["/geheim"]
    assert receiver.received == [("/block", {"subject": "kcpipe: stopped", "body": notice["text"]})]
    log = waited_for(lambda: [line for line in server.log(run) if "could not be told" in line], "the line in the log")
    assert log == ["kcpipe: the run's end could not be told by webhook: HTTP 500"]
    assert not any("geheim" in line for line in server.log(run))


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("/srv/news", "file:///srv/news"),
        ("/srv/my news/*.txt", "file:///srv/my~20news/*.txt"),
        ("/srv/naïve/100%", "file:///srv/naïve/100~25"),
        ("s3://key:geheim@bucket/a b#1", "s3://bucket/a~20b~231"),
    ],
)
def test_any_place_has_an_asset(place: str, key: str) -> None:
    assert flows.asset(place).key == key


def test_very_long_places_have_assets_of_their_own() -> None:
    keys = {flows.asset(f"s3://bucket/{'long/' * 200}{name}").key for name in "ab"}
    assert len(keys) == 2


def test_a_run_that_fails_has_the_tag_too(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        flows.corpus([str(tmp_path / "nowhere")], tmp_path / "output")
    [run] = [run for run in recent(server) if run.parameters["inputs"] == [str(tmp_path / "nowhere")]]
    assert (run.state_name, run.name, run.tags) == ("Failed", "nowhere", ["kcpipe"])


@pytest.mark.usefixtures("server")
def test_the_output_of_a_flow_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="a folder of this machine"):
        flows.corpus([str(ARTICLE)], "s3://bucket/news")  # type: ignore[arg-type]  # as a deployment gives it
    assert not list(tmp_path.iterdir())


def test_a_run_whose_process_was_killed_is_told(server: Server, tmp_path: Path) -> None:
    """Prefect calls the hook in another process then, with the state alone."""
    settings, told = tmp_path / "kcpipe.toml", tmp_path / "told.json"
    settings.write_text(f'[notify]\ncommand = "tee {told}"\n')
    given = {"inputs": ["articles"], "output": str(tmp_path / "output"), "config": str(settings)}
    run = FlowRun(flow_id="00000000-0000-0000-0000-000000000000", parameters=given)
    flows.tell_ending(flows.corpus, run, Crashed(message="exit code -9"))
    assert json.loads(told.read_text())["text"] == "kcpipe, articles: failed: exit code -9"


@pytest.mark.usefixtures("server")
def test_nothing_new_starts_no_flow(server: Server, seed_output: Path) -> None:
    before = len(recent(server))
    outcome = flows.run_flow([str(SEEDS)], seed_output, None, Settings(), {})
    assert outcome.status == "unchanged"
    assert len([run for run in recent(server) if run.deployment_id is None]) <= before


@pytest.mark.usefixtures("server")
def test_a_full_flow_works_on_all_anew(
    server: Server, quick: QualitySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KCPIPE_QUALITY__EXPECTATIONS", str(quick.expectations))
    monkeypatch.setenv("KCPIPE_RUN__WORKERS", "1")
    inputs, output, chosen = tmp_path / "articles", tmp_path / "output", Settings(quality=quick)
    inputs.mkdir()
    shutil.copy(ARTICLE, inputs)
    first = flows.run_flow([str(inputs)], output, None, chosen, {})
    again = flows.run_flow([str(inputs)], output, None, chosen, {}, is_full=True)
    assert (first.status, again.status, again.processed) == ("published", "unchanged", 1)


@pytest.mark.usefixtures("server")
def test_the_inputs_are_read_once(
    server: Server, quick: QualitySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read to know whether anything is new is what the flow works on."""
    read: list[Any] = []
    load = store.load
    monkeypatch.setattr(store, "load", lambda *given: read.append(given) or load(*given))
    monkeypatch.setenv("KCPIPE_QUALITY__EXPECTATIONS", str(quick.expectations))
    outcome = flows.run_flow([str(SEEDS)], tmp_path, None, Settings(quality=quick), {})
    assert (outcome.status, len(read)) == ("published", 1)
    assert server.artifacts(run_of(server, outcome))["progress"] == 100


@pytest.mark.parametrize("inputs", [[], "seeds", None])
@pytest.mark.usefixtures("server")
def test_parameters_are_checked_by_type(inputs: Any) -> None:
    with pytest.raises(ParameterTypeError, match="inputs"):
        flows.corpus(inputs)


def test_every_telemetry_switch_is_off() -> None:
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert get_current_settings().server.analytics_enabled is False


# --- tasks -------------------------------------------------------------------------------------------------------


def carried_out(function: Callable[[int], int], batches: list[int], seconds: float = 60) -> list[int]:
    """A step's results, carried out as tasks of a flow."""

    @flow(persist_result=False)
    def one_step() -> list[int]:
        limits = FlowSettings(step_timeout_seconds=seconds)
        return list(flows.Tasks(limits, Asset(key="file:///output"), []).in_turn("clean", function, batches))

    return one_step()


def process_of(batch: int) -> tuple[int, int]:
    return batch, os.getpid()


@pytest.mark.usefixtures("server")
def test_batches_on_workers_keep_their_order() -> None:
    @flow(persist_result=False)
    def one_step() -> list[tuple[int, int]]:
        tasks = flows.Tasks(FlowSettings(), Asset(key="file:///output"), [])
        with pipeline.engine(RunSettings(workers=2)) as engine:
            return list(tasks.on(engine)("clean", process_of, [3, 1, 2]))

    found = one_step()
    assert [batch for batch, _ in found] == [3, 1, 2]
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.usefixtures("server")
def test_a_disk_that_stumbles_is_tried_again() -> None:
    calls: list[int] = []

    def stumble(batch: int) -> int:
        calls.append(batch)
        if calls == [7]:
            raise OSError(errno.EIO, "the disk stumbles")
        return batch * 2

    assert carried_out(stumble, [7, 8]) == [14, 16]
    assert calls == [7, 7, 8]


def stumbling_once(marker: Path, batch: int) -> int:
    """The work on a batch, by the store, whose disk stumbles the first time."""
    with store.writing_to(marker.parent):
        if not marker.exists():
            marker.touch()
            raise OSError(errno.EIO, "the disk stumbles")
    return batch


@pytest.mark.usefixtures("server")
def test_what_the_store_says_of_it_is_tried_again_too(tmp_path: Path) -> None:
    """It has turned the error into a line for the user by then; and from another process comes nothing but the line."""

    @flow(persist_result=False)
    def one_step() -> list[int]:
        tasks = flows.Tasks(FlowSettings(), Asset(key="file:///output"), [])
        here = partial(stumbling_once, tmp_path / "here")
        there = partial(stumbling_once, tmp_path / "there")
        with pipeline.engine(RunSettings(workers=2)) as engine:
            return [*tasks.in_turn("clean", here, [1]), *tasks.on(engine)("clean", there, [2, 3])]

    assert one_step() == [1, 2, 3]


def test_an_input_that_stumbles_is_read_again(
    server: Server, quick: QualitySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that gives no answer once costs a second, not a document."""
    monkeypatch.setenv("KCPIPE_QUALITY__EXPECTATIONS", str(quick.expectations))
    monkeypatch.setenv("KCPIPE_RUN__WORKERS", "1")
    memory = fsspec.filesystem("memory")
    memory.pipe("/articles/a.txt", ARTICLE.read_bytes())
    with stumbling(TimeoutError("no answer")) as failed:
        outcome = flows.corpus(["memory://articles"], tmp_path / "output")
    memory.rm("/articles", recursive=True)
    assert failed == ["/articles/a.txt"]
    assert isinstance(outcome, Outcome)
    assert outcome.release is not None
    assert outcome.release.table("quarantine").num_rows == 0
    assert run_of(server, outcome).name == "articles, 1 document"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("wrong"),
        FileNotFoundError(errno.ENOENT, "gone"),
        OSError(errno.ENOSPC, "the disk is full"),
        UserError("an input is empty"),
    ],
)
@pytest.mark.usefixtures("server")
def test_what_will_not_get_better_is_not_tried_again(error: Exception) -> None:
    calls: list[int] = []

    def fail(batch: int) -> NoReturn:
        calls.append(batch)
        raise error

    with pytest.raises(type(error)):
        carried_out(fail, [7])
    assert calls == [7]


@pytest.mark.usefixtures("server")
def test_a_step_that_hangs_is_ended_and_not_begun_anew() -> None:
    calls: list[int] = []

    def hang(batch: int) -> int:
        calls.append(batch)
        for _ in range(600):
            time.sleep(0.05)
        return batch

    with pytest.raises(TimeoutError):
        carried_out(hang, [7], seconds=0.5)
    assert calls == [7]


@pytest.mark.usefixtures("server")
def test_a_worker_that_hangs_is_ended() -> None:
    """The task waits for it in a thread, which nothing can break into while it waits."""

    @flow(persist_result=False)
    def one_step() -> None:
        tasks = flows.Tasks(FlowSettings(step_timeout_seconds=1), Asset(key="file:///output"), [])
        with pipeline.engine(RunSettings(workers=2)) as engine:
            list(pipeline.spread(engine)("clean", str, [1, 2]))  # what it takes to start them does not count
            list(tasks.on(engine)("clean", time.sleep, [60, 61]))

    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        one_step()
    assert time.monotonic() - begun < 50


# --- schedules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "now", "missed"),
    [
        (None, "2026-03-02T12:00", False),
        ("2026-03-01T05:00:30", "2026-03-02T04:59", False),  # six in Paris is five in UTC
        ("2026-03-01T05:00:30", "2026-03-02T05:00", True),
        ("2026-03-01T05:00:30", "2026-03-09T12:00", True),
    ],
)
def test_a_run_is_missed_when_it_was_due_since_the_last_one(since: str | None, now: str, missed: bool) -> None:
    last = None if since is None else datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert (
        serving.is_missed("0 6 * * *", "Europe/Paris", last, datetime.fromisoformat(now).replace(tzinfo=UTC)) == missed
    )


def test_what_is_owed_is_asked_of_the_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first run is not owed; one that was due since the last is; none that the server keeps waiting is made up."""
    deployment: Any = flows.corpus.to_deployment("owed", parameters={"inputs": ["seeds"]})
    deployment_id = deployment.apply()

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=1)

    def is_owed() -> bool:
        return serving._is_owed(deployment_id, "0 6 * * *", "Europe/Paris")

    monkeypatch.setattr(serving, "datetime", Tomorrow)
    assert not is_owed()
    with server.client as client:
        client.create_flow_run_from_deployment(deployment_id, state=Running())
        assert is_owed()
        client.create_flow_run_from_deployment(deployment_id)
        assert not is_owed()
        client.delete_deployment(deployment_id)


@pytest.mark.parametrize(
    ("cron", "timezone", "named"),
    [("0 6 * *", "UTC", "0 6 * *"), ("61 6 * * *", "UTC", "61"), ("0 6 * * *", "Mars/Olympus", "Mars/Olympus")],
)
def test_a_schedule_that_means_nothing_is_one_clear_line(cron: str, timezone: str, named: str) -> None:
    with pytest.raises(UserError, match=named.replace("*", r"\*")):
        serving.check_schedule(cron, timezone)


def test_a_server_that_does_not_answer_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SERVER_SECONDS", 0.1)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}), pytest.raises(UserError) as caught:
        serving.check_server()
    assert str(caught.value).startswith("no Prefect server answers at http://127.0.0.1:9/api ")


def test_a_folder_is_left_alone_until_it_has_settled(tmp_path: Path) -> None:
    """A file written slowly is taken once and whole, a hidden one never."""
    seen: list[dict[str, int]] = []

    def run() -> bool:
        seen.append({path.name: path.stat().st_size for path in tmp_path.iterdir()})
        return True

    threading.Thread(target=serving.run_when_settled, args=(tmp_path, 0.4, run), daemon=True).start()
    (tmp_path / ".partial").write_text("half")
    with (tmp_path / "slow.txt").open("w") as slow:
        for _ in range(10):
            slow.write("x" * 100)
            slow.flush()
            time.sleep(0.15)
    (tmp_path / ".partial").rename(tmp_path / "moved.txt")
    waited_for(lambda: seen, "a settled folder")
    time.sleep(1)
    assert seen == [{"slow.txt": 1000, "moved.txt": 4}]


def test_what_arrived_is_tried_again_when_a_run_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause, then after twice as long, until it is done."""
    monkeypatch.setattr(serving, "FIRST_PAUSE", 0.5)
    tries: list[float] = []

    def run() -> bool:
        tries.append(time.monotonic())
        return len(tries) == 3

    (tmp_path / "a.txt").write_text("a")
    threading.Thread(target=serving.run_when_settled, args=(tmp_path, 0.05, run), daemon=True).start()
    waited_for(lambda: len(tries) == 3, "two tries after the first")
    assert tries[1] - tries[0] >= 0.5
    assert tries[2] - tries[1] >= 1
    time.sleep(2.5)
    assert len(tries) == 3


def test_what_arrives_after_a_run_that_failed_does_not_wait(tmp_path: Path) -> None:
    seen: list[int] = []

    def run() -> bool:
        seen.append(len(list(tmp_path.iterdir())))
        return False

    (tmp_path / "a.txt").write_text("a")
    threading.Thread(target=serving.run_when_settled, args=(tmp_path, 0.05, run), daemon=True).start()
    waited_for(lambda: seen, "the first run")
    (tmp_path / "b.txt").write_text("b")
    waited_for(lambda: seen == [1, 2], "the run with the new file")


def test_a_folder_is_looked_at_whatever_lies_in_it(tmp_path: Path) -> None:
    """What cannot even be looked at must not end the watching."""
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "a.txt").write_text("a")
    assert serving.look(tmp_path).keys() == {str(tmp_path / "a.txt")}


def test_files_that_arrive_are_published_whole(server: Server, watched: Place) -> None:
    """One is moved in, one written slowly while the run that the first one started begins: no release ever held half a
    text."""
    waited_for(lambda: server_knows(server, watched.deployment), "the deployment")
    drop, output = watched.folder / "drop", watched.folder / "output"
    shutil.copy(ARTICLE, drop / ".arriving")
    (drop / ".arriving").rename(drop / "moved.txt")
    waited_for(lambda: server.runs(watched.deployment), "the run for the first")
    content = OTHER_ARTICLE.read_bytes()
    with (drop / "slow.txt").open("wb") as slow:
        for start in range(0, len(content), 60):
            slow.write(content[start : start + 60])
            slow.flush()
            time.sleep(0.3)
    whole = {hashlib.sha256(article.read_bytes()).hexdigest()[:32] for article in (ARTICLE, OTHER_ARTICLE)}

    def held() -> list[set[str]]:
        versions = release.standing(output).kept
        return [set(release.find(output, each).table("documents")["document_id"].to_pylist()) for each in versions]

    waited_for(lambda: whole in held(), "the release of both")
    assert all(documents <= whole for documents in held())
    named = "drop, 2 documents"
    run = waited_for(lambda: [run for run in server.runs(watched.deployment) if run.name == named], "its run")[0]
    assert "arrival" in run.tags


def server_knows(server: Server, deployment: str) -> bool:
    with server.client as client:
        return any(f"corpus/{each.name}" == deployment for each in client.read_deployments())


@pytest.mark.usefixtures("worker")
def test_late_runs_of_a_work_pool_come_to_one(server: Server, deployed: Place) -> None:
    """Deployed from prefect.yaml, scheduled by the server, run by a worker: of three late runs one works."""

    def ended() -> list[FlowRun]:
        runs = past(server, deployed.deployment)
        return runs if all(run.state is not None and run.state.is_final() for run in runs) else []

    runs = waited_for(ended, "the end of the late runs")
    assert sorted(str(run.state_name) for run in runs) == ["Completed", "Skipped", "Skipped"]
    [worked] = [run for run in runs if run.state_name == "Completed"]
    assert worked.name == "seeds, 1 document"
    assert worked.auto_scheduled
    assert server.artifacts(worked).keys() == ARTIFACTS
    assert any(line.startswith("publish, batches: 1") for line in server.log(worked))
    [version] = release.standing(deployed.folder / "output").kept
    assert worked.state is not None
    manifest = release.find(deployed.folder / "output", version).manifest
    assert manifest["lineage"]["flow_run_id"] == str(worked.id)


def test_what_overlaps_waits_where_the_settings_say_so(server: Server, seed_output: Path, tmp_path: Path) -> None:
    shutil.copytree(seed_output, tmp_path / "output", symlinks=True)
    words = ["kcpipe", "serve", str(SEEDS), "--cron", "0 6 1 1 *", "--name", "queued"]
    deployment = "corpus/queued"
    with running(words, tmp_path, {**server.environment, "KCPIPE_FLOW__OVERLAP": "queue"}):
        waited_for(lambda: server_knows(server, deployment), "the deployment")
        for _ in range(2):
            run_deployment(deployment, timeout=0)
        done = waited_for(
            lambda: (
                len(runs := [run for run in server.runs(deployment) if run.state_name == "Completed"]) == 2 and runs
            ),
            "both runs",
        )
    earlier, later = sorted(done, key=lambda run: run.start_time or datetime.now(UTC))
    assert earlier.end_time is not None
    assert later.start_time is not None
    assert later.start_time >= earlier.end_time


def test_a_served_schedule_runs_and_drops_what_overlaps(server: Server, scheduled: str) -> None:
    """The deployment's limit is one run at a time; the later one is cancelled."""
    waited_for(lambda: server_knows(server, scheduled), "the deployment")
    both: list[Any] = [run_deployment(scheduled, timeout=0) for _ in range(2)]

    def ended() -> list[str]:
        with server.client as client:
            states = [client.read_flow_run(run.id).state for run in both]
        return sorted(str(state.name) for state in states if state is not None and state.is_final())

    waited_for(lambda: len(ended()) == 2, "both runs")
    # One works and the other is cancelled; both, when the schedule came first.
    assert ended() in (["Cancelled", "Completed"], ["Cancelled", "Cancelled"])

    def on_schedule() -> list[FlowRun]:
        done = [run for run in server.runs(scheduled) if run.auto_scheduled and run.state_name == "Completed"]
        return [run for run in done if run.name == "seeds, 5 documents, nothing new"]

    [run, *_] = waited_for(on_schedule, "a run on schedule")
    assert run.expected_start_time is not None
    assert run.expected_start_time.second == 0
    assert server.artifacts(run).keys() == ARTIFACTS
