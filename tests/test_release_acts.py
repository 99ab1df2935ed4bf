"""What is done with releases once they are there: named otherwise, compared, verified, pruned, taken down."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import kcpipe
from conftest import SEEDS
from kcpipe import pipeline, quality, release, store
from kcpipe.console import show_outcome, standard_output
from kcpipe.ids import digest
from kcpipe.release.without import without
from kcpipe.settings import QualitySettings, Settings, UserError
from kcpipe.tables import RELEASED, TABLES, build
from sample_release import A, B
from sample_release import tables as sample
from test_cli import assert_one_line
from test_cli import kcpipe as command
from test_release import NOW, publish, tables

WHY: dict[str, Any] = {"why": "a test", "now": NOW}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A store of three releases."""
    for code in ("KOR", "CUB", "PRK"):
        publish(tmp_path / "output", tables(code))
    return tmp_path / "output"


ONE, TWO, THREE = (f"2026-11-22.{number}" for number in (1, 2, 3))


# --- names --------------------------------------------------------------------------------------------------------


def test_a_rollback_moves_latest_and_nothing_else(output: Path) -> None:
    before = {path: path.read_bytes() for path in (output / "releases").rglob("*") if path.is_file()}
    assert release.rollback(output, ONE, **WHY).id == ONE
    assert release.find(output).id == ONE
    assert (output / "latest").readlink() == Path("releases", ONE)
    assert release.find(output, "candidate").id == THREE
    assert {path: path.read_bytes() for path in before} == before
    entry = release.history(output)[-1]
    assert (entry.op, entry.release, entry.reason, dict(entry.refs)) == ("rollback", ONE, "a test", {"latest": ONE})
    assert publish(output, tables("USA")).manifest["parent"] == ONE
    release.rollback(output, THREE, **WHY)
    with pytest.raises(UserError, match=f"{THREE} is the latest release already"):
        release.rollback(output, "latest", **WHY)


def test_stable_is_named_by_hand(output: Path) -> None:
    with pytest.raises(UserError, match="has no stable release: `kcpipe promote` names one"):
        release.find(output, "stable")
    release.promote(output, TWO, **WHY)
    publish(output, tables("USA"))
    assert kcpipe.open(output, "stable").id == TWO
    assert (output / "stable").readlink() == Path("releases", TWO)
    assert release.verify_all(output) == {}


def test_a_yanked_release_says_why_and_can_still_be_read(output: Path) -> None:
    release.yank(output, TWO, why="dates off by a day", now=NOW)
    assert release.standing(output).yanked == {TWO: "dates off by a day"}
    index = json.loads((output / "index.json").read_bytes())
    assert [row["yanked"] for row in index] == [None, "dates off by a day", None]
    assert release.find(output, TWO).table("mention_members").num_rows == 1
    for act in (release.yank, release.rollback, release.promote):
        with pytest.raises(UserError, match=f"{TWO} was yanked: dates off by a day"):
            act(output, TWO, **WHY)
    with pytest.raises(UserError, match=f"{THREE} is the latest release: roll back to another one first"):
        release.yank(output, THREE, **WHY)
    release.rollback(output, ONE, **WHY)
    release.yank(output, THREE, **WHY)
    assert release.find(output, "candidate").id == ONE


def test_an_open_release_stays_the_same_when_latest_moves_on(output: Path) -> None:
    pinned = kcpipe.open(output)
    publish(output, tables("USA", "CHN"))
    assert pinned.id == THREE
    assert pinned.table("mention_members").num_rows == 1
    assert Path(pinned.location) == output / "releases" / THREE
    assert kcpipe.open(str(output)).table("mention_members", ["entity_id"]).column_names == ["entity_id"]


def test_the_same_inputs_do_not_undo_a_rollback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds, output = Path(shutil.copytree(SEEDS, tmp_path / "seeds")), tmp_path / "output"
    for path in sorted(seeds.glob("*.txt"))[1:]:
        path.unlink()
    first = pipeline.run([seeds], output, Settings(), now=NOW).release
    (seeds / "more.txt").write_text("Japan and Mongolia signed a trade agreement in May 2022.\n")
    second = pipeline.run([seeds], output, Settings(), now=NOW).release
    assert first is not None
    assert second is not None
    release.rollback(output, first.id, **WHY)
    again = pipeline.run([seeds], output, Settings(), now=NOW)
    assert (again.status, again.rolled_back) == ("unchanged", second.id)
    show_outcome(standard_output(), again, output)
    assert f"It was rolled back; {first.id} stays the latest release." in capsys.readouterr().out
    (seeds / "more.txt").unlink()
    assert pipeline.run([seeds], output, Settings(), now=NOW).rolled_back is None
    assert release.find(output).id == first.id


# --- verify -------------------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    path.chmod(0o644)
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def test_a_flipped_byte_is_found_wherever_it_lies(output: Path) -> None:
    assert release.verify_all(output, deep=True) == {}
    [path] = (output / "objects" / "facts").glob("*.parquet")
    flip(path)
    found = release.verify_all(output)
    assert found.pop("store") == [f"objects/facts/{path.name} has changed"]
    assert found == {version: ["facts.parquet has changed"] for version in (ONE, TWO, THREE)}
    flip(output / "releases" / TWO / "CHANGELOG.md")
    assert release.verify_all(output)[TWO] == ["CHANGELOG.md has changed", "facts.parquet has changed"]
    (output / "log" / "00000002.json").unlink()
    assert release.verify_all(output)["store"][0] == "log entry 2 is missing"


def test_deep_reads_the_tables_and_applies_the_changes(output: Path) -> None:
    """A manifest that lies is caught even where all checksums agree."""
    entry = release.history(output)[-1]
    folder = output / "releases" / THREE
    folder.chmod(0o755)  # what only root need not do
    manifest = json.loads((folder / "manifest.json").read_bytes())
    [file] = manifest["tables"]["mention_members"]["files"]
    rows = build(TABLES["mention_members"], [{"mention_id": "other", "entity_id": "other"}])
    path = folder / "mention_members.parquet"
    path.unlink()
    path.write_bytes(store.table_bytes(TABLES["mention_members"], rows))
    file["sha256"] = _sha256(path)
    manifest["tables"]["facts"]["rows"] = 7
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_bytes((json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
    log = output / "log" / f"{entry.seq:08}.json"
    text = log.read_text().replace(entry.manifest_sha256, _sha256(folder / "manifest.json"))
    log.unlink()
    log.write_text(text)
    shallow = release.verify_all(output)
    assert shallow == {THREE: ["SHA256SUMS has changed"]}
    (folder / "SHA256SUMS").unlink()
    (folder / "SHA256SUMS").write_bytes(_sums(folder))
    assert release.verify_all(output) == {}
    assert release.verify_all(output, deep=True) == {
        THREE: [
            f"mention_members: the rows of {TWO} and the changes do not give its rows",
            "facts has 0 rows, its manifest says 7",
        ]
    }


def _sha256(path: Path) -> str:
    return digest(path.read_bytes())


def _sums(folder: Path) -> bytes:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{_sha256(folder / name)}  {name}\n" for name in names if name != "SHA256SUMS").encode()


# --- prune --------------------------------------------------------------------------------------------------------


def test_a_policy_says_what_goes(tmp_path: Path) -> None:
    output = tmp_path / "output"
    days = [0, 1, 2, 8, 9, 40, 40, 41]
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    ids = [publish(output, tables(f"{n}"), now=start + timedelta(days=day)).id for n, day in enumerate(days)]
    now = start + timedelta(days=42)

    def going(keep: str) -> list[str]:
        return release.prune(output, keep, now=now, dry_run=True)

    assert going("last=3") == ids[:-3]
    assert going("days=3") == ids[:-3]
    assert going("daily=2") == [*ids[:-3], ids[-3]]
    assert going("monthly=2") == [*ids[:4], *ids[5:7]]
    assert going("weekly=9") == [ids[0], ids[1], ids[3], ids[5], ids[6]]
    release.promote(output, ids[1], **WHY)
    assert going("last=1") == [ids[0], *ids[2:7]]
    assert going("last=1,monthly=2") == [ids[0], ids[2], ids[3], *ids[5:7]]
    assert going(release.POLICY) == []
    assert release.standing(output).pruned == set()
    with pytest.raises(UserError, match=r"--keep 'some': 'some' is none of last=N, days=N"):
        going("some")


def test_what_is_pruned_leaves_its_changes_and_no_objects(output: Path) -> None:
    publish(output, tables("PRK"), "other code")
    assert release.prune(output, "last=2", now=NOW) == [ONE, TWO]
    assert release.standing(output).kept == (THREE, "2026-11-22.4")
    assert len(list((output / "objects" / "mention_members").iterdir())) == 1
    kept = {path.relative_to(output / "pruned" / TWO).as_posix() for path in (output / "pruned" / TWO).rglob("*.*")}
    assert kept == {"CHANGELOG.md", "changes/mention_members.parquet", "manifest.json"}
    with pytest.raises(UserError, match=f"release {TWO} was pruned; its changes lie in .*/pruned/{TWO}"):
        release.find(output, TWO)
    assert release.verify_all(output, deep=True) == {}
    assert release.prune(output, "last=2", now=NOW) == []
    assert publish(output, tables("USA")).id == "2026-11-22.5"


# --- purge --------------------------------------------------------------------------------------------------------


def test_a_document_that_is_taken_down_is_nowhere_any_more(tmp_path: Path) -> None:
    seeds, output = Path(shutil.copytree(SEEDS, tmp_path / "seeds")), tmp_path / "output"
    gone, *others = sorted(seeds.glob("*.txt"))
    pipeline.run([seeds], output, Settings(), now=NOW)
    (seeds / "more.txt").write_text("Japan and Mongolia signed a trade agreement in May 2022.\n")
    pipeline.run([seeds], output, Settings(), now=NOW)
    document_id = _sha256(gone)[:32]
    [title] = [
        row["title"] for row in release.find(output).table("documents").to_pylist() if row["document_id"] == document_id
    ]
    assert any(title[:20] in _text(path) for path in (output / "releases").rglob("*.html"))
    assert release.purge(output, document_id, why="the publisher asked", now=NOW) == [
        "2026-11-22.1",
        "2026-11-22.2",
    ]
    assert release.verify_all(output, deep=True) == {}
    names = {row["source_name"] for row in release.find(output, "2026-11-22.1").table("documents").to_pylist()}
    assert names == {path.name for path in others}
    for version in ("2026-11-22.1", "2026-11-22.2"):
        found = release.find(output, version)
        broken = quality.judge(found.tables(), quality.default_folder()).verdict.checks.to_pylist()
        assert [row["why"] for row in broken if not row["success"] and row["severity"] == "critical"] == []
        assert found.manifest["purged"] == [document_id]
        for name, rows in found.tables().items():
            assert document_id not in json.dumps(rows.to_pylist(), default=str), name
    for path in output.rglob("*"):
        if path.is_file() and "log" not in path.parts and path.suffix != ".sqlite":
            assert title[:20] not in _text(path), path
            if path.name != "manifest.json" and not (path.parent.name == "quality" and path.suffix == ".parquet"):
                assert document_id not in _text(path), path
    assert release.purge(output, document_id, why="again", now=NOW) == []
    with pytest.raises(UserError, match=r"no release of .* holds a document"):
        release.purge(output, "0" * 32, **WHY)
    small = Settings(quality=QualitySettings(max_share_lost=0.5))  # a sixth of so small a corpus is gone
    after = pipeline.run([seeds], output, small, now=NOW).release
    assert after is not None
    assert document_id not in after.table("documents").column("document_id").to_pylist()
    [row] = [row for row in after.table("quarantine").to_pylist() if row["reason"] == "purged"]
    assert row["source_uri"] == gone.name


def _text(path: Path) -> str:
    if path.suffix != ".parquet":
        return path.read_text(errors="replace")
    return json.dumps(pq.read_table(path).to_pylist(), default=str)


def test_what_several_documents_say_moves_to_those_that_are_left(tmp_path: Path) -> None:
    left = without(sample(), A.id)
    assert set(left["documents"].column("document_id").to_pylist()) == {B.id}
    shared = {row["event_id"] for row in left["event_mentions"].to_pylist()} - {None}
    events = {row["event_id"]: row for row in left["events"].to_pylist()}
    assert set(events) == shared
    assert all(row["mention_count"] >= 1 for row in events.values())
    assert all(row["source_count"] <= row["document_count"] for row in events.values())
    assert all(row["publishers"] == [] for row in events.values()), "B's publisher is not known"
    best = {row["best_event_mention_id"] for row in events.values()}
    assert best <= set(left["event_mentions"].column("event_mention_id").to_pylist())
    assert {row["first_document_id"] for row in left["entities"].to_pylist()} == {B.id}
    assert left["conflicts"].num_rows == 0
    assert set(left) == set(RELEASED)


# --- the command line ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two releases with all tables."""
    output = tmp_path_factory.mktemp("shown") / "output"
    publish(output, sample(), "1")
    publish(output, {**sample(), "quarantine": sample()["quarantine"].slice(0, 0)}, "2")
    return output


def test_the_commands_say_what_they_did(shown: Path) -> None:
    def said(*arguments: object) -> str:
        result = command(*arguments, "--output", shown)
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return result.stdout

    assert said("releases").splitlines()[2].split()[2:] == ["2", "6", "latest,", "candidate"]
    assert "| quarantine | 0 | 1 | 0 | 1 | 0 |" in said("diff", ONE)
    assert said("diff") == said("diff", ONE, TWO) == said("diff", ONE)
    assert said("rollback", ONE, "--why", "a test") == f"latest is {ONE}\n"
    assert_one_line(command("diff", "--output", shown), 2, f"{ONE} is the first release of {shown}")
    assert said("promote", "latest") == f"stable is {ONE}\n"
    assert said("yank", TWO, "--why", "too few") == f"yanked {TWO}\n"
    assert said("releases").splitlines()[2].rstrip().endswith("yanked: too few")
    assert [row["refs"] for row in json.loads(said("releases", "--json"))] == [["latest", "stable", "candidate"], []]
    assert said("verify", "--deep") == "All releases are as they were published\n"
    assert said("prune", "--keep", "last=1", "--dry-run") == "nothing to prune\n"
    assert Path(said("export", "delta").strip()) == shown / "exports" / "delta"
    assert Path(said("publish", shown.with_name("other")).strip()) == shown.with_name("other") / "releases" / _today()


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}.1"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diff", "2020-01-01.1"), ("2020-01-01.1",)),
        (("rollback", "never"), ("never",)),
        (("prune", "--keep", "all"), ("all",)),
        (("export", "csv"), ("delta, iceberg",)),
        (("purge", "0" * 32, "--why", "x"), ("0" * 32,)),
    ],
)
def test_a_users_mistake_is_one_line(arguments: tuple[str, ...], words: tuple[str, ...], shown: Path) -> None:
    assert_one_line(command(*arguments, "--output", shown), 2, *words)


def test_damage_exits_1_and_an_empty_store_2(shown: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(shown, tmp_path / "copy", symlinks=True))
    flip(copy / "releases" / ONE / "events.parquet")
    result = command("verify", "--output", copy)
    assert (result.returncode, result.stdout) == (1, f"{ONE}: events.parquet has changed\n")
    assert_one_line(command("verify", "--output", tmp_path / "none"), 2, "holds no release")


def test_help_does_not_wait_for_arrow() -> None:
    code = "import sys, kcpipe, kcpipe.cli; print([m for m in ('pyarrow', 'pandas', 'fsspec') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
