"""A document over which a stage raises an error is set aside, and the run goes on: the others lose nothing by it.

A stage is made to raise over one of the seeds; the run around it is the real one.
"""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from conftest import NOW, SEEDS
from kcpipe import pipeline, release, store
from kcpipe.ids import digest, document_id
from kcpipe.pipeline import stages
from kcpipe.read.decode import decode
from kcpipe.settings import EventSettings, QualitySettings, RunSettings, Settings, UserError
from kcpipe.tables import TABLES
from test_engine import batches_of, read_seeds

EXTRACTING = import_module("kcpipe.pipeline.extract")
STAGES = [stage.name for stage in EXTRACTING.DOCUMENT_STAGES]
ODD = "001"
"""How the name of the seed begins that a stage fails over."""
DOCUMENT = next(document_id(digest(path.read_bytes())) for path in SEEDS.glob(f"{ODD}*"))


def failing(name: str, error: Exception) -> tuple[pipeline.Stage, ...]:
    """The per-document stages, of which one raises an error over the odd seed, whatever else is in the batch."""

    def fail_over(stage: pipeline.Stage) -> pipeline.Stage:
        def work(**given: Any) -> Any:
            if DOCUMENT in given[stage.needs[0]].column("document_id").to_pylist():
                raise error
            return stage.function(**given)

        work.__name__ = stage.name
        return replace(stage, function=work)

    return tuple(fail_over(stage) if stage.name == name else stage for stage in EXTRACTING.DOCUMENT_STAGES)


@pytest.fixture(scope="module")
def worked(quick: QualitySettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output with all work on the seeds, a document a batch."""
    output = tmp_path_factory.mktemp("worked")
    pipeline.run([SEEDS], output, Settings(quality=quick, run=RunSettings(batch_size=1)), now=NOW)
    return output


def by_others(found: pa.Table, document: str) -> pa.Table:
    return found.filter(pc.not_equal(found.column("document_id"), document))


@pytest.mark.parametrize("stage", ["clean", "fingerprint", "split", "names", "events"])
def test_a_stage_that_fails_over_a_document_ends_no_run(
    stage: str,
    worked: Path,
    quick: QualitySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shutil.copytree(worked / "work", tmp_path / "work")
    with store.Workspace(tmp_path) as workspace:
        workspace.forget(DOCUMENT)
    monkeypatch.setattr(EXTRACTING, "DOCUMENT_STAGES", failing(stage, IndexError("list index out of range")))
    outcome = pipeline.run([SEEDS], tmp_path, Settings(quality=quick), now=NOW)
    assert outcome.release is not None
    found, undisturbed = outcome.release.tables(), release.find(worked).tables()
    [row] = [row for row in found["quarantine"].to_pylist() if row["reason"] == "stage_failed"]
    [name] = [path.name for path in SEEDS.glob(f"{ODD}*")]
    assert (row["source_uri"], row["document_id"], row["raw_sha256"][:32]) == (name, DOCUMENT, DOCUMENT)
    assert row["stage"] == stage
    assert "IndexError" in row["message"]
    [told] = [each for each in caplog.records if DOCUMENT in each.getMessage()]
    assert told.levelname == "WARNING"
    [record] = [each for each in found["records"].to_pylist() if each["source_uri"] == name]
    assert record["document_id"] == (None if stage == "clean" else DOCUMENT)
    assert (DOCUMENT in found["documents"].column("document_id").to_pylist()) == (stage != "clean")
    given_before = {"sentences": "split", "mentions": "names", "time_expressions": "dates", "event_mentions": "events"}
    for table, maker in given_before.items():
        has_rows = found[table].num_rows > by_others(found[table], DOCUMENT).num_rows
        assert has_rows == (STAGES.index(maker) < STAGES.index(stage)), table
        if table == "sentences":
            assert by_others(found[table], DOCUMENT) == by_others(undisturbed[table], DOCUMENT)


def clean(**given: Any) -> Any:
    """The stage of this name, which fails over the odd seed; in a worker process, too."""
    if DOCUMENT in given["raw_documents"].column("document_id").to_pylist():
        raise KeyError("gone")
    return stages.clean(**given)


def test_it_is_the_same_in_whatever_batches_and_processes(tmp_path: Path) -> None:
    keys = pipeline.stage_keys(EventSettings())
    made = []
    for size, workers in ((1, 1), (2, 2), (64, 1)):
        with read_seeds(tmp_path / str(size)) as (workspace, ids), pipeline.Processes(workers) as engine:
            batches = [
                replace(each, stage=replace(each.stage, function=clean))
                for each in batches_of(workspace, ids, "clean", size)
            ]
            for segment in pipeline.spread(engine)("clean", pipeline.work_on, batches):
                workspace.record(segment)
            made.append(workspace.digests(keys["clean"]))
            [document] = [document for document, tables in made[-1].items() if "failures" in tables]
            assert made[-1][document].keys() == {"failures"}
            [row] = workspace.load(keys["clean"], TABLES["failures"], [document]).to_pylist()
            assert row["error"] == "KeyError"
            assert "test_failures" in row["traceback"]
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "no space left"), MemoryError(), UserError("the model is missing")], ids=repr
)
def test_what_is_the_matter_with_the_machine_is_no_fault_of_a_document(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EXTRACTING, "DOCUMENT_STAGES", failing("split", error))
    with read_seeds(tmp_path) as (workspace, ids), pytest.raises(type(error)):
        pipeline.extract(workspace, ids, EventSettings(), batch_size=64, each=pipeline.in_turn)


def test_it_is_tried_again_when_all_is_and_not_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = pipeline.stage_keys(EventSettings())

    def extracted(output: Path, chosen: tuple[pipeline.Stage, ...], *, is_full: bool = False) -> Any:
        monkeypatch.setattr(EXTRACTING, "DOCUMENT_STAGES", chosen[:3])
        with read_seeds(output) as (workspace, ids):
            found = pipeline.extract(
                workspace, ids, EventSettings(), batch_size=64, each=pipeline.in_turn, is_full=is_full
            )
            return found.failed, len(found.processed), [workspace.digests(keys[stage.name]) for stage in chosen[:3]]

    sound, broken = EXTRACTING.DOCUMENT_STAGES, failing("clean", ValueError("a mistake"))
    none = {"clean": set(), "fingerprint": set(), "split": set()}
    failed, processed, made = extracted(tmp_path / "here", broken)
    assert (failed, processed) == (none | {"clean": {DOCUMENT}}, 5)
    assert extracted(tmp_path / "here", sound) == (failed, 0, made), "to a run the stage is the one that failed"
    assert extracted(tmp_path / "here", sound, is_full=True) == extracted(tmp_path / "there", sound)


def test_a_record_that_cannot_even_be_read_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that tells encodings raises what it does not document."""

    def guess(raw: bytes) -> Any:
        if digest(raw).startswith(DOCUMENT):
            raise ZeroDivisionError
        return decode(raw)

    monkeypatch.setattr("kcpipe.read.decode", guess)
    with store.Workspace(tmp_path) as workspace:
        sources = store.find([SEEDS], without=tmp_path)
        records, quarantine = pipeline.ingest(
            sources, workspace, Settings(), purged=(), kept=None, each=pipeline.in_turn
        )
    [row] = [row for row in quarantine.to_pylist() if row["reason"] == "stage_failed"]
    assert (row["stage"], row["source_uri"][:3]) == ("read", ODD)
    assert "ZeroDivisionError" in row["message"]
    found = {row["source_uri"][:3]: row["document_id"] for row in records.to_pylist()}
    assert len(found) == 5
    assert [name for name, document in found.items() if document is None] == [ODD]
