"""The run: what it publishes, that it is repeatable, and that it does no work twice."""

from __future__ import annotations

import gzip
import hashlib
import inspect
import json
import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from conftest import NOW, SEEDS, nothing_new
from kcpipe import pipeline, release
from kcpipe.settings import QualitySettings, RunSettings, Settings, UserError
from kcpipe.tables import RELEASED, TABLES


class Watched:
    """Carries out steps in turn and remembers which documents each stage was given."""

    def __init__(self) -> None:
        self.batches: dict[str, list[Any]] = {}

    def __call__(self, name: str, function: Callable[[Any], Any], batches: Sequence[Any]) -> list[Any]:
        self.batches.setdefault(name, []).extend(batches)
        return [function(batch) for batch in batches]

    def documents(self, stage: str) -> set[str]:
        return {document for batch in self.batches.get(stage, []) for document in batch.seen}


def parquet_hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture
def copied_seeds(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


@pytest.mark.parametrize("stage", pipeline.STAGES, ids=lambda stage: stage.name)
def test_the_list_of_stages_is_what_the_functions_take_and_give(stage: pipeline.Stage) -> None:
    parameters = set(inspect.signature(stage.function).parameters)
    expected = (
        set(stage.needs) | ({"lexicons"} if stage.lexicons else set()) | ({"model"} if stage.needs_model else set())
    )
    assert parameters == expected
    module = inspect.getmodule(stage.function)
    result = get_type_hints(stage.function, vars(module) | {"Language": object})["return"]
    assert set(result._fields) == set(stage.makes)


def test_every_table_is_made_by_a_stage_before_it_is_needed() -> None:
    made = {"inputs", "failures"}  # by the store, and by the run of any stage
    for stage in pipeline.STAGES:
        assert set(stage.needs) <= made, stage.name
        made |= set(stage.makes)
    assert made == {name for name, table in TABLES.items() if table.scope != "quality"}
    assert set(RELEASED) <= made


def test_two_builds_are_equal_byte_for_byte(seed_output: Path, tmp_path: Path) -> None:
    """Also in batches of another size, at another time."""
    later = NOW + timedelta(days=400)
    settings = Settings(run=RunSettings(batch_size=2))
    outcome = pipeline.run([SEEDS], tmp_path / "output", settings, now=later)
    assert outcome.release is not None
    first = parquet_hashes(release.find(seed_output).path)
    assert set(first) == {f"{name}.parquet" for name in RELEASED}
    assert parquet_hashes(outcome.release.path) == first


def test_nothing_new_publishes_nothing(copied_seeds: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    assert nothing_new(copied_seeds, output) is not None
    watched = Watched()
    second = pipeline.run([copied_seeds], output, Settings(), now=NOW + timedelta(days=1), each=watched)
    assert (first.status, second.status) == ("published", "unchanged")
    assert set(watched.batches) == {"read"}
    assert len(release.history(output)) == 1


def test_a_changed_seed_and_a_reprint_are_the_only_ones_processed(copied_seeds: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    before = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    changed = sorted(copied_seeds.glob("*.txt"))[3]
    changed.write_text(changed.read_text() + "\n\nJapan and Mongolia signed a trade agreement in May 2022.\n")
    reprinted = sorted(copied_seeds.glob("*.txt"))[2]
    copy = copied_seeds / "reprint.txt"
    copy.write_text("What a New Embassy Would Mean\n\n" + reprinted.read_text().partition("Thirdly,")[0])
    assert nothing_new(copied_seeds, output) is None
    watched = Watched()
    after = pipeline.run([copied_seeds], output, Settings(), now=NOW, each=watched)
    new = {hashlib.sha256(path.read_bytes()).hexdigest()[:32] for path in (changed, copy)}
    stages = ("clean", "fingerprint", "parse", "events")
    assert {name: watched.documents(name) for name in stages} == dict.fromkeys(stages, new)
    assert after.processed == 2
    assert before.release is not None
    assert after.release is not None
    assert [after.release.id, before.release.id] == ["2024-03-01.2", "2024-03-01.1"]
    documents = {row["source_name"]: row for row in after.release.table("documents").to_pylist()}
    pair = sorted((documents["reprint.txt"], documents[reprinted.name]), key=lambda row: row["duplicate_of"] or "")
    assert [row["duplicate_of"] for row in pair] == [None, pair[0]["document_id"]]
    assert pair[1]["duplicate_kind"] == "near"
    kinds = after.release.table("events").column("event_kind").to_pylist()
    assert "sign_agreement" in kinds
    rebuilt = pipeline.run([copied_seeds], tmp_path / "full", Settings(), now=NOW)
    assert rebuilt.release is not None
    assert parquet_hashes(rebuilt.release.path) == parquet_hashes(after.release.path)


def test_bad_files_are_set_aside_and_the_rest_goes_on(copied_seeds: Path, tmp_path: Path) -> None:
    (copied_seeds / "empty.txt").write_bytes(b"")
    (copied_seeds / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    (copied_seeds / "latin.txt").write_bytes("Señor Pérez llegó a La Habana el lunes.".encode("latin-1"))
    (copied_seeds / "gone.txt").symlink_to(copied_seeds / "missing.txt")
    outcome = pipeline.run([copied_seeds], tmp_path / "output", Settings(), now=NOW)
    assert outcome.release is not None
    reasons = {
        row["source_uri"]: row["reason"]
        for row in outcome.release.table("quarantine").to_pylist()
        if row["stage"] == "read"
    }
    assert reasons == {
        "empty.txt": "empty",
        "picture.txt": "binary",
        "latin.txt": "not_utf8",
        "gone.txt": "vanished",
    }
    documents = {row["source_name"]: row["encoding"] for row in outcome.release.table("documents").to_pylist()}
    assert documents.pop("latin.txt") == "cp1252"
    assert list(documents.values()) == ["utf-8"] * 5
    assert outcome.release.table("records").num_rows == 9
    later = [row["reason"] for row in outcome.release.table("quarantine").to_pylist() if row["stage"] == "clean"]
    assert later == ["unsupported_language"]


def test_an_archive_of_the_seeds_gives_the_same_documents(seed_output: Path, tmp_path: Path) -> None:
    """In batches smaller than the archive, from a compressed file of records, with what came with them."""
    lines = [
        json.dumps({"id": path.stem, "text": path.read_bytes().decode(), "publisher": "A paper", "date": "2024-02-15"})
        for path in sorted(SEEDS.glob("*.txt"))
    ]
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress("\n".join([*lines, "{"]).encode()))
    settings = Settings(run=RunSettings(batch_size=2))
    outcome = pipeline.run([str(tmp_path / "in.jsonl.gz")], tmp_path / "output", settings, now=NOW)
    assert outcome.release is not None
    made, expected = (
        {row["document_id"]: row for row in table.to_pylist()}
        for table in (outcome.release.table("documents"), release.find(seed_output).table("documents"))
    )
    assert {name: row["text"] for name, row in made.items()} == {name: row["text"] for name, row in expected.items()}
    for document_id, row in made.items():
        assert row["source_uri"] == f"in.jsonl.gz#{expected[document_id]['source_name'].removesuffix('.txt')}"
        assert row["publisher"] == (expected[document_id]["publisher"] or "A paper")
    supplied = outcome.release.table("records").select(["publisher_supplied", "published_supplied"]).to_pylist()
    assert supplied.count({"publisher_supplied": "A paper", "published_supplied": "2024-02-15"}) == 5
    assert "malformed_json" in outcome.release.table("quarantine").column("reason").to_pylist()


def test_a_failed_critical_check_keeps_the_last_release(copied_seeds: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    for path in sorted(copied_seeds.glob("*.txt"))[1:]:
        path.unlink()
    stopped = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    assert stopped.status == "stopped"
    assert stopped.report is not None
    assert stopped.report.is_file()
    assert first.release is not None
    assert release.find(output).id == first.release.id
    assert stopped.release is not None
    assert stopped.release.id == first.release.id
    allowed = Settings(quality=QualitySettings(max_share_lost=1.0))
    assert pipeline.run([copied_seeds], output, allowed, now=NOW).status == "published"


def test_empty_and_missing_inputs_are_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(UserError):
            pipeline.run([path], tmp_path / "output", Settings(), now=NOW)
    assert not (tmp_path / "output" / "releases").exists()


def test_what_was_put_out_is_not_read_in(copied_seeds: Path) -> None:
    """The output may lie inside the input folder."""
    output = copied_seeds / "output"
    outcome = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    (output / "README.md").write_text("Japan and Mongolia signed a trade agreement in May 2022.")
    assert outcome.release is not None
    assert outcome.release.table("documents").num_rows == 5
    assert nothing_new(copied_seeds, output) is not None
    with pytest.raises(UserError):
        pipeline.run([output], output, Settings(), now=NOW)


def test_a_link_that_a_killed_run_left_stale_is_put_right(copied_seeds: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    outcome = pipeline.run([copied_seeds], output, Settings(), now=NOW)
    (output / "latest").unlink()
    assert nothing_new(copied_seeds, output) is not None
    assert outcome.release is not None
    assert (output / "latest").resolve() == outcome.release.path.resolve()
