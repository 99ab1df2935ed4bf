"""Engines: batches carried out in other processes, also when these are killed, with the same result to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from conftest import SEEDS
from kcpipe import pipeline, release, store
from kcpipe.settings import EventSettings, QualitySettings, RunSettings, Settings, UserError
from kcpipe.tables import TABLES
from test_cli import kcpipe
from test_pipeline import parquet_hashes

DOCUMENT_STAGES = [stage for stage in pipeline.STAGES if stage.scope == "document"][1:]
ENGINES = {
    "processes": RunSettings(workers=2),
    "dask": RunSettings(engine="dask", workers=2),
}


@contextmanager
def read_seeds(output: Path) -> Iterator[tuple[store.Workspace, list[str]]]:
    """A workspace that holds the text of the seeds, and their ids."""
    with store.Workspace(output) as workspace:
        sources = store.find([SEEDS], without=output)
        records, _ = pipeline.ingest(sources, workspace, Settings(), purged=(), kept=None, each=pipeline.in_turn)
        yield workspace, sorted(records.column("document_id").to_pylist())


def segments(output: Path, stage: str = "*") -> dict[str, bytes]:
    """The bytes of every file of a stage's segments, by its path."""
    root = output / "work"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.glob(f"{stage}/*/*/*.parquet"))}


def batches_of(workspace: store.Workspace, ids: list[str], stage: str, size: int = 1) -> list[pipeline.Batch]:
    """Batches of so many documents for a stage that needs nothing but the raw text."""
    keys = pipeline.stage_keys(EventSettings())
    [found] = [each for each in DOCUMENT_STAGES if each.name == stage]
    return [
        pipeline.Batch(
            workspace.home,
            found,
            keys[stage],
            EventSettings(),
            dict.fromkeys(some, ""),
            {"raw_documents": workspace.parts(keys["read"], some)},
        )
        for some in (ids[first : first + size] for first in range(0, len(ids), size))
    ]


def dying_once(marker: Path, victim: str, batch: pipeline.Batch) -> store.Segment:
    """The work on a batch; on that of one document the process is killed the first time, after it wrote the segment."""
    segment = pipeline.work_on(batch)
    if victim in batch.seen and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return segment


@pytest.mark.parametrize("name", ENGINES)
def test_a_killed_worker_is_replaced_and_its_batch_done_again(name: str, tmp_path: Path) -> None:
    with read_seeds(tmp_path / "here") as (workspace, ids):
        expected = [pipeline.work_on(batch) for batch in batches_of(workspace, ids, "clean")]
    with read_seeds(tmp_path / "there") as (workspace, ids), pipeline.engine(ENGINES[name]) as workers:
        work = partial(dying_once, tmp_path / "marker", ids[2])
        made = list(pipeline.spread(workers)("clean", work, batches_of(workspace, ids, "clean")))
    assert (tmp_path / "marker").exists()
    assert made == expected
    assert segments(tmp_path / "there") == segments(tmp_path / "here")


def test_two_processes_make_what_one_makes(tmp_path: Path) -> None:
    """Every per-document stage, in batches of one document here and of all of them there, byte for byte."""
    keys = pipeline.stage_keys(EventSettings())
    rows: list[dict[str, Any]] = []
    for size, workers in ((1, 2), (64, 1)):
        output = tmp_path / str(workers)
        with read_seeds(output) as (workspace, ids), pipeline.engine(RunSettings(workers=workers)) as found:
            each = pipeline.spread(found)
            assert pipeline.extract(workspace, ids, EventSettings(), batch_size=size, each=each).processed == set(ids)
            rows.append({stage.name: workspace.digests(keys[stage.name]) for stage in DOCUMENT_STAGES})
            assert pipeline.extract(workspace, ids, EventSettings(), batch_size=size, each=each).processed == set()
            assert workspace.load(keys["parse"], TABLES["tokens"], ids).num_rows > 1000
    assert rows[0] == rows[1]


@contextmanager
def cluster(folder: Path) -> Iterator[Client]:
    """A Dask scheduler and two workers as programs of their own, on loopback; yields a client of them that looks on."""
    address_file = folder / "scheduler.json"
    quiet = ["--no-dashboard", "--scheduler-file", str(address_file)]
    with ExitStack() as running:

        def start(*words: str) -> None:
            command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:], *quiet]
            with (folder / "cluster.log").open("a") as log:
                program = running.enter_context(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder))
            running.callback(program.terminate)

        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        for _ in range(2):
            start("dask_worker", "--host", "127.0.0.1", "--nworkers", "1", "--nthreads", "1")
        with Client(scheduler_file=str(address_file), set_as_default=False, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            client.get_task_stream()  # from the first time it is asked the scheduler keeps what each worker did
            yield client


def test_workers_at_an_address_make_what_a_plain_run_makes(
    seed_output: Path, quick: QualitySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KCPIPE_QUALITY__EXPECTATIONS", str(quick.expectations))
    monkeypatch.setenv("KCPIPE_RUN__BATCH_SIZE", "2")
    output = tmp_path / "output"
    with cluster(tmp_path) as client:
        address = client.scheduler.address
        assert address.startswith("tcp://127.0.0.1:")
        result = kcpipe("run", SEEDS, "--output", output, "--engine", "dask", "--address", address)
        told, workers = client.get_task_stream(), set(client.scheduler_info()["workers"])
    assert result.returncode == 0, result.stderr
    assert "kcpipe" not in result.stderr
    done = [task for task in told if task["status"] == "OK" and str(task["key"]).startswith("work_on")]
    assert done  # which of the two took how many is the scheduler's business
    assert {task["worker"] for task in done} <= workers
    assert len(workers) == 2
    assert parquet_hashes(release.find(output).path) == parquet_hashes(release.find(seed_output).path)


def failing(batch: str) -> str:
    raise ValueError(f"{batch} is bad")


def test_what_a_worker_raises_arrives() -> None:
    with (
        pipeline.engine(RunSettings(workers=2)) as workers,
        pytest.raises(ValueError, match="one is bad"),
    ):
        list(pipeline.spread(workers)("x", failing, ["one", "two"]))


def test_who_hands_out_batches_does_something_meanwhile() -> None:
    """Before the first result is there; and nothing where it does the work itself."""
    done: list[str] = []
    with pipeline.engine(RunSettings(workers=2)) as workers:
        each = pipeline.spread(workers, meanwhile=lambda: done.append("ready"))
        assert (list(each("x", str, ["one"])), done) == (["one"], [])
        results = iter(each("x", str, ["one", "two"]))
        assert (next(results), done) == ("one", ["ready"])
        assert list(results) == ["two"]


def dying(batch: str) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def test_a_batch_that_kills_every_worker_ends_the_run_with_a_clear_line() -> None:
    with (
        pipeline.engine(RunSettings(workers=2)) as workers,
        pytest.raises(UserError, match=r"a worker process died 3 times over one batch"),
    ):
        list(pipeline.spread(workers)("x", dying, ["one", "two"]))


def test_a_script_that_its_workers_cannot_read_again_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from kcpipe import pipeline\nfrom kcpipe.settings import RunSettings, UserError\n"
        "with pipeline.engine(RunSettings(workers=2)) as workers:\n"
        "    try:\n        list(pipeline.spread(workers)('x', str, ['one', 'two']))\n"
        "    except UserError as error:\n        print(error)\n"
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False).stdout
    assert "if __name__ == '__main__':" in told


def test_a_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    with read_seeds(tmp_path) as (workspace, ids):
        [batch, *_] = batches_of(workspace, ids, "clean")
        other = pipeline.Batch(batch.home, batch.stage, "another key", batch.events, batch.seen, batch.parts)
        with pytest.raises(UserError, match="another kcpipe"):
            pipeline.work_on(other)


def test_no_cluster_at_an_address_is_one_clear_line() -> None:
    nobody = RunSettings(engine="dask", dask_address="tcp://127.0.0.1:1")
    with pytest.raises(UserError, match=r"no Dask cluster at tcp://127\.0\.0\.1:1"), pipeline.engine(nobody):
        pass
