"""No work is done twice, and none is lost: what a change makes anew, what a killed run leaves, what an output keeps.

The checks have tests of their own; here each table has one expectation, so that runs are quick.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conftest import NOW, SEEDS, nothing_new
from kcpipe import lexicon, pipeline, release, store
from kcpipe.pipeline import Outcome
from kcpipe.settings import EventSettings, InputSettings, QualitySettings, RunSettings, Settings, UserError
from kcpipe.tables import RELEASED
from test_engine import read_seeds, segments
from test_pipeline import Watched, parquet_hashes


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


def tables_of(outcome: Outcome) -> dict[str, str]:
    assert outcome.release is not None
    return parquet_hashes(outcome.release.path)


# --- what is made anew ------------------------------------------------------------------------------------------------


def test_a_full_run_works_on_all_anew_and_finds_the_same(quick: QualitySettings, tmp_path: Path) -> None:
    output = tmp_path / "output"
    settings = Settings(quality=quick)
    first = pipeline.run([SEEDS], output, settings, now=NOW)
    made = segments(output)
    watched = Watched()
    second = pipeline.run([SEEDS], output, settings, now=NOW + timedelta(days=1), each=watched, is_full=True)
    assert (first.status, second.status, second.processed) == ("published", "unchanged", 5)
    assert len(watched.documents("parse")) == 5
    assert segments(output) == made
    assert len(watched.batches["publish"]) == 1, "it was built to its end, and its bytes were those of the release"


@pytest.fixture
def stages_run_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, set[str]]]]:
    """Run the per-document stages on the seeds, with data files changed; gives by stage the documents it worked on."""
    data = tmp_path / "data"
    shutil.copytree(lexicon.DATA, data)
    load = lexicon.load.__wrapped__
    monkeypatch.setattr(lexicon, "load", lambda name: load(name, data))

    def extracted(**changes: tuple[str, str]) -> dict[str, set[str]]:
        for name, (old, new) in changes.items():
            [path] = data.glob(f"{name}.*")
            content = path.read_text()
            assert old in content
            path.write_text(content.replace(old, new, 1))
        lexicon.load_file.cache_clear()
        pipeline.stage_keys.cache_clear()  # type: ignore[attr-defined]
        watched = Watched()
        with read_seeds(tmp_path / "output") as (workspace, ids):
            pipeline.extract(workspace, ids, EventSettings(), batch_size=64, each=watched)
        return {name: watched.documents(name) for name in watched.batches}

    yield extracted
    monkeypatch.undo()
    lexicon.load_file.cache_clear()
    pipeline.stage_keys.cache_clear()  # type: ignore[attr-defined]


def test_a_changed_data_file_is_read_anew_and_nothing_behind_it_where_the_rows_stay(
    stages_run_with: Callable[..., dict[str, set[str]]],
) -> None:
    first = stages_run_with()
    assert [len(documents) for documents in first.values()] == [5] * len(first)
    assert not any(stages_run_with().values())
    readers = {stage.name for stage in pipeline.STAGES if "outlets" in stage.lexicons}
    again = stages_run_with(outlets=("\n", "\n\n"))
    assert {name for name, documents in again.items() if documents} == readers & again.keys() == {"clean", "names"}
    assert not any(stages_run_with(outlets=("\n\n", "\n")).values()), (
        "the results of the file as it was are still there"
    )
    changed = stages_run_with(speech=('"acknowledge", ', ""))
    assert changed["quotes"] == first["quotes"]
    assert {name for name, documents in changed.items() if documents} <= {"quotes", "events"}
    assert changed["events"] < first["events"], "only the texts whose quotations are others now"


# --- what a killed run leaves -----------------------------------------------------------------------------------------

KILLED = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
from kcpipe import pipeline
from kcpipe.settings import QualitySettings, RunSettings, Settings

inputs, output, suites = map(Path, sys.argv[1:4])
now = datetime.fromisoformat(sys.argv[4])
settings = Settings(run=RunSettings(batch_size=2), quality=QualitySettings(expectations=suites))

def dying_at(where):
    def each(name, function, batches):
        for batch in batches:
            result = function(batch) if name != "publish" else None
            if name == where:
                os.kill(os.getpid(), signal.SIGKILL)
            yield result
    return each

pipeline.run([inputs], output / "undisturbed", settings, now=now)  # what it loads is then loaded in each child
for where in [*(stage.name for stage in pipeline.STAGES), "check", "publish"]:
    child = os.fork()
    if not child:
        signal.alarm(60)  # a child that hangs must fail the test, not hang it
        try:
            pipeline.run([inputs], output / "disturbed", settings, now=now, each=dying_at(where))
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([where, status, os.path.lexists(output / "disturbed" / "latest")]), flush=True)
"""


def test_a_run_killed_at_every_stage_is_picked_up_and_ends_as_if_nothing_had_been(
    quick: QualitySettings, tmp_path: Path
) -> None:
    """One run after the other is killed in the first batch of the next stage, its work done but not recorded."""
    script = [sys.executable, "-c", KILLED, SEEDS, tmp_path, quick.expectations, NOW.isoformat()]
    lines = subprocess.run(script, capture_output=True, check=True, text=True, timeout=300).stdout.splitlines()
    ends = {where: (status, is_published) for where, status, is_published in map(json.loads, lines)}
    assert ends == dict.fromkeys([*(stage.name for stage in pipeline.STAGES), "check", "publish"], (-9, False))
    last = pipeline.run([SEEDS], tmp_path / "disturbed", Settings(quality=quick), now=NOW)
    assert last.processed == 0, "all that the killed runs had done was kept"
    assert last.release is not None
    assert [entry.seq for entry in release.standing(tmp_path / "disturbed").entries] == [1]
    assert release.verify(last.release) == []
    assert tables_of(last) == parquet_hashes(release.find(tmp_path / "undisturbed").path)


# --- what an output holds on to ---------------------------------------------------------------------------------------


def test_an_output_that_accumulates_keeps_what_is_gone_and_takes_what_is_new(
    inputs: Path, quick: QualitySettings, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    run = partial(
        pipeline.run, [inputs], output, Settings(input=InputSettings(mode="accumulate"), quality=quick), now=NOW
    )
    first = run()
    one, other, *rest = sorted(inputs.glob("*.txt"))
    for path in rest:
        path.unlink()
    one.write_text(one.read_text() + "\n\nJapan and Mongolia signed a trade agreement in May 2022.\n")
    other.chmod(0)
    second = run()
    assert first.release is not None
    assert second.release is not None
    records = {row["source_name"]: row["document_id"] for row in first.release.table("records").to_pylist()}
    now = {row["source_name"]: row["document_id"] for row in second.release.table("records").to_pylist()}
    assert {name for name in now if now[name] != records[name]} == {one.name}
    assert now.keys() == records.keys()
    assert second.processed == 1
    assert run().status == "unchanged"
    shutil.rmtree(output / "work")  # what is kept does not depend on results that can be made again
    assert run().status == "unchanged"
    mirrored = pipeline.run(
        [inputs], output, Settings(quality=quick.model_copy(update={"max_share_lost": 1.0})), now=NOW
    )
    assert mirrored.release is not None
    assert mirrored.release.table("documents").num_rows <= 2


def test_what_is_taken_down_is_not_kept(inputs: Path, quick: QualitySettings, tmp_path: Path) -> None:
    output = tmp_path / "output"
    settings = Settings(
        input=InputSettings(mode="accumulate"), quality=quick.model_copy(update={"max_share_lost": 1.0})
    )
    first = pipeline.run([inputs], output, settings, now=NOW)
    assert first.release is not None
    [gone, *_] = first.release.table("documents").to_pylist()
    words = " ".join(gone["text"].split()[20:30]).encode()
    release.purge(output, gone["document_id"], why="asked to", now=NOW)
    (inputs / gone["source_name"]).unlink()
    second = pipeline.run([inputs], output, settings, now=NOW)
    assert second.release is not None
    assert gone["document_id"] not in second.release.table("documents").column("document_id").to_pylist()
    kept = [store.read_table(path) for path in (output / "inputs").glob("*.parquet")]
    assert sum(rows.num_rows for rows in kept) == 4
    assert not any(words in raw for rows in kept for raw in rows.column("raw").to_pylist())


# --- two runs at once -------------------------------------------------------------------------------------------------


def test_a_second_run_waits_when_it_is_told_to(inputs: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    patient = Settings(run=RunSettings(wait_seconds=30))
    with store.lock(output):
        with pytest.raises(UserError, match=r"is in use by process \d+ on \S+ since .* UTC: wait until it has ended"):
            nothing_new(inputs, output)
        found: list[Any] = []
        waiting = threading.Thread(target=lambda: found.append(nothing_new(inputs, output, patient)))
        waiting.start()
        time.sleep(0.5)
        assert waiting.is_alive()
    waiting.join(30)
    assert found == [None], "there was something to do, which it found out when it had the lock"


def test_every_released_table_is_judged_in_the_quick_suites(quick: QualitySettings) -> None:
    """Else the tests above would not test what they say."""
    assert quick.expectations is not None
    names: Sequence[str] = [path.stem for path in quick.expectations.glob("*.json")]
    assert set(RELEASED) <= set(names)
