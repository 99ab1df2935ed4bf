"""The stages behind the per-document ones keep to the memory that they are given, whatever the size of the corpus.

The corpus is that of `benchmarks/scale_copies.py`: what the per-document stages made of a few texts, copied under new
ids into real segments. A process of its own, which the kernel gives no more than so much, works on it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import scale_copies

from kcpipe import pipeline, store
from kcpipe.pipeline import corpus
from kcpipe.pipeline.stages import CORPUS_STAGES
from kcpipe.settings import Settings
from kcpipe.tables import TABLES

TEXTS, DOCUMENTS = 8, 1_100
SPARE_MEGABYTES = 75
"""Beyond what a process has that has done the same for a few documents."""
WORK = """
import resource, sys
from pathlib import Path
from kcpipe import pipeline, store
from kcpipe.pipeline.corpus import Corpus
from kcpipe.pipeline.stages import CORPUS_STAGES
from kcpipe.settings import RunSettings, Settings

def work(output, megabytes):
    records = store.read_table(output / "records.parquet")
    settings = Settings(run=RunSettings(memory_megabytes=megabytes))
    with store.Workspace(output) as workspace:
        corpus = Corpus(workspace, sorted(records.column("document_id").to_pylist()), settings)
        corpus.put("records", records)
        for stage in CORPUS_STAGES:
            corpus.run(stage)
        print(corpus.whole("events").num_rows, len(corpus.parts("documents")))

few, many, megabytes, spare = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
work(few, megabytes)
status = Path("/proc/self/status").read_text().splitlines()
has = next(int(line.split()[1]) for line in status if line.startswith("VmData")) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (has + spare * 1_000_000,) * 2)
work(many, megabytes)
"""


def made_of(copies: scale_copies.Copies, count: int, output: Path) -> Path:
    """An output with the segments of so many documents, and their records."""
    ids, settings = sorted(copies.names(range(count))), Settings()
    key = pipeline.stage_keys(settings.events)["read"]
    with store.Workspace(output) as workspace:
        workspace.save("read", key, dict.fromkeys(ids, ""), {"raw_documents": copies.rows("raw_documents", ids)})
        pipeline.extract(workspace, ids, settings.events, batch_size=400, each=copies.handed_out)
    store.write_table(output / "records.parquet", TABLES["records"], copies.rows("records", ids))
    return output


def worked_on(few: Path, many: Path, megabytes: int) -> subprocess.CompletedProcess[str]:
    given = [str(few), str(many), str(megabytes), str(SPARE_MEGABYTES)]
    return subprocess.run([sys.executable, "-c", WORK, *given], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copies() -> scale_copies.Copies:
    return scale_copies.Copies(TEXTS)


@pytest.fixture(scope="module")
def few(copies: scale_copies.Copies, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_of(copies, 20, tmp_path_factory.mktemp("few"))


def test_more_documents_take_no_more_memory_than_the_setting_allows(
    copies: scale_copies.Copies, few: Path, tmp_path: Path
) -> None:
    many = made_of(copies, DOCUMENTS, tmp_path)
    bounded = worked_on(few, many, 100)
    assert bounded.returncode == 0, bounded.stderr
    assert int(bounded.stdout.split()[-1]) > 1, "in slices"
    at_once = worked_on(few, many, 10_000)
    assert at_once.returncode != 0
    assert "MemoryError" in at_once.stderr or "malloc" in at_once.stderr


def test_how_the_documents_are_sliced_changes_nothing(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for held in (0, 20_000, 10_000_000):
        monkeypatch.setattr(corpus, "HELD", held)
        with store.Workspace(few) as workspace:
            records = store.read_table(few / "records.parquet")
            tables = corpus.Corpus(workspace, sorted(records.column("document_id").to_pylist()), Settings())
            tables.put("records", records)
            for stage in CORPUS_STAGES:
                tables.run(stage)
            made.append({name: tables.whole(name) for stage in CORPUS_STAGES for name in stage.makes})
            made[-1]["slices"] = len(tables.parts("documents"))
    slices = [each.pop("slices") for each in made]
    assert slices[0] == 1 < slices[1] < slices[2] == 20
    for name, rows in made[0].items():
        assert rows.num_rows or name in ("first_copies", "document_copies")
        assert all(each[name].equals(rows) for each in made), name
