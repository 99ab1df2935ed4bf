from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe import release
from kcpipe.ids import digest
from kcpipe.settings import UserError
from kcpipe.tables import RELEASED, TABLES, ContractError, build, empty

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
EVENT = sample.ROWS["events"][0]


def tables(*countries: str) -> dict[str, pa.Table]:
    """Two tables of a release, one row per country."""
    rows = [{"mention_id": f"m{number}", "entity_id": f"country:{code}"} for number, code in enumerate(countries)]
    return {"mention_members": build(TABLES["mention_members"], rows), "facts": empty(TABLES["facts"])}


def render(release_id: str, _: release.EventNews) -> dict[str, bytes | str]:
    return {"quality/report.html": f"<h1>{release_id}</h1>", "quality/checks.parquet": b"\x00", "notes.md": "서울"}


def publish(
    output: Path | str, made: Mapping[str, pa.Table], build_digest: str = "b", **changed: Any
) -> release.Release:
    options: dict[str, Any] = {
        "render": render,
        "lineage": {"inputs": 5},
        "quality": {"passed": 3},
        "now": NOW,
        **changed,
    }
    return release.publish(output, made, build_digest=build_digest, **options)


@pytest.fixture
def output(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "output"
    for folder in tmp_path.rglob("*"):  # a user who is not root could not clear read-only folders away
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)


# --- what a release is --------------------------------------------------------------------------------------------


def test_a_store_without_releases_is_not_an_error_until_one_is_asked_for(output: Path) -> None:
    assert release.latest(output) is None
    assert release.history(output) == []
    with pytest.raises(UserError, match=r"holds no release: `kcpipe run` publishes one$"):
        release.find(output)
    assert not output.exists()


def test_a_published_release_reads_back(output: Path) -> None:
    made = {name: empty(TABLES[name]) for name in RELEASED} | tables("KOR", "CUB")
    published = publish(output, made)
    assert published.path == output / "releases" / "2026-11-22.1"
    for name, rows in release.find(output).tables().items():
        assert rows.equals(made[name])
        assert rows.schema.equals(TABLES[name].schema, check_metadata=True)
    assert published.table("mention_members").to_pylist() == made["mention_members"].to_pylist()
    with pytest.raises(UserError, match=r"release 2026-11-22.1 has no table tokens: it has records, "):
        published.table("tokens")


def test_the_manifest_tells_what_the_release_is_and_what_it_is_made_from(output: Path) -> None:
    publish(output, tables("KOR"))
    manifest = publish(output, tables("KOR", "CUB"), "code 2").manifest
    assert {name: manifest[name] for name in ("format", "release", "seq", "parent", "created", "build_digest")} == {
        "format": 2,
        "release": "2026-11-22.2",
        "seq": 2,
        "parent": "2026-11-22.1",
        "created": "2026-11-22T07:30:00Z",
        "build_digest": "code 2",
    }
    assert manifest["lineage"] == {"inputs": 5}
    assert manifest["quality"] == {"passed": 3}
    entry = manifest["tables"]["mention_members"]
    path = output / "latest" / "mention_members.parquet"
    assert entry["rows"] == 2
    assert entry["bytes"] == path.stat().st_size
    [file] = entry["files"]
    assert (file["path"], file["rows"], file["bytes"]) == (path.name, 2, path.stat().st_size)
    assert (output / "objects" / "mention_members" / f"{file['sha256']}.parquet").samefile(path)
    assert entry["changes"] == {"added": 1, "removed": 0, "changed": 0}
    assert entry["key"] == ["mention_id", "entity_id"]
    assert entry["schema"][0] == {
        "name": "mention_id",
        "type": "string",
        "nullable": False,
        "description": TABLES["mention_members"].column("mention_id").description,
        "values": [],
        "references": "mentions.mention_id",
    }
    assert sorted(manifest["files"]) == [
        "CHANGELOG.md",
        "README.md",
        "RELEASE",
        "changes/mention_members.parquet",
        "croissant.json",
        "data_dictionary.md",
        "datapackage.json",
        "lineage.json",
        "notes.md",
        "quality/checks.parquet",
        "quality/report.html",
        "schema.json",
        "views.sql",
    ]


def test_the_files_beside_the_tables_know_the_release(output: Path) -> None:
    folder = publish(output, tables()).path
    assert (folder / "quality" / "report.html").read_text() == "<h1>2026-11-22.1</h1>"
    assert (folder / "notes.md").read_text(encoding="utf-8") == "서울"
    assert (folder / "RELEASE").read_text() == "2026-11-22.1\n"


def test_sha256sum_agrees_with_every_file(output: Path) -> None:
    folder = publish(output, tables("KOR")).path
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True
    )
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in checked.stdout.splitlines()} == files - {"SHA256SUMS"}


def test_a_release_is_read_only(output: Path) -> None:
    folder = publish(output, tables("KOR")).path
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o444}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "quality")} == {0o555}


def test_clock_and_folder_leave_no_trace_in_the_tables(output: Path, tmp_path: Path) -> None:
    one = publish(output, tables("KOR", "CUB"))
    reordered = {
        name: rows.sort_by([(rows.column_names[0], "descending")]) for name, rows in tables("KOR", "CUB").items()
    }
    two = publish(tmp_path / "elsewhere", reordered, now=NOW + timedelta(days=400))
    assert one.id != two.id
    assert one.manifest["content_digest"] == two.manifest["content_digest"]
    objects = [
        sorted(path.name for path in (each / "objects").rglob("*.parquet")) for each in (output, two.path.parents[1])
    ]
    assert objects[0] == objects[1]
    for name in one.manifest["tables"]:
        assert (one.path / f"{name}.parquet").read_bytes() == (two.path / f"{name}.parquet").read_bytes()
    other = publish(tmp_path / "elsewhere", tables("KOR", "PRK"))
    assert other.manifest["content_digest"] != one.manifest["content_digest"]


def test_all_is_flushed_to_the_disk_before_the_log_tells_of_it(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flush, flushed, entry = os.fsync, [], output / "log" / "00000001.json"

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(output.resolve())
        flushed.append((path.as_posix(), entry.exists()))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    folder = publish(output, tables("KOR")).path
    before = [path for path, logged in flushed if not logged]
    written = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    # A file is flushed under a name of its own, `.name.hex`, in the folder in staging; a table among the objects.
    assert {Path(*Path(path).parts[2:]) for path in before if path.startswith("staging/")} >= {Path(), Path("quality")}
    assert sum(path.startswith(("objects/facts/.", "objects/mention_members/.")) for path in before) == 2
    assert {"objects/facts", "objects/mention_members", "objects"} <= set(before)
    assert {
        Path(*Path(path).parts[2:]).with_name(Path(path).name[1:].rpartition(".")[0])
        for path in before
        if Path(path).name.startswith(".") and path.startswith("staging/")
    } == written - {Path("facts.parquet"), Path("mention_members.parquet")}
    assert before[-2] == "releases"
    assert before[-1].startswith("log/.")
    after = [path for path, logged in flushed if logged]
    assert after[0] == "log"
    assert {Path(path).parent.as_posix() for path in after[1:]} == {"."}


# --- one after another --------------------------------------------------------------------------------------------


def test_latest_switches_and_the_old_release_stays(output: Path) -> None:
    one = publish(output, tables("KOR"))
    before = {path: path.read_bytes() for path in one.path.rglob("*") if path.is_file()}
    pinned = release.find(output)
    two = publish(output, tables("KOR", "CUB"))
    assert (output / "latest").readlink() == Path("releases/2026-11-22.2")
    assert release.latest(output) == release.find(output) == two
    assert release.find(output, "2026-11-22.1") == one
    assert pinned.table("mention_members").num_rows == 1
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(UserError, match=r"holds no release 2026-11-22.3: the newest are 2026-11-22.2, 2026-11-22.1$"):
        release.find(output, "2026-11-22.3")


def test_the_log_tells_the_history(output: Path) -> None:
    one = publish(output, tables("KOR"))
    publish(output, tables("CUB"), now=NOW + timedelta(days=1))
    first, second = release.history(output)
    assert first == release.LogEntry(
        seq=1,
        op="publish",
        release="2026-11-22.1",
        parent=None,
        refs={"latest": "2026-11-22.1", "candidate": "2026-11-22.1"},
        manifest_sha256=digest((one.path / "manifest.json").read_bytes()),
        at="2026-11-22T07:30:00Z",
        by=first.by,
    )
    assert "@" in first.by
    assert (second.seq, second.release, second.parent) == (2, "2026-11-23.1", "2026-11-22.1")


def test_an_id_is_the_utc_day_and_a_number_that_only_rises(output: Path) -> None:
    seoul = timezone(timedelta(hours=9))
    moments = [NOW, NOW, datetime(2026, 11, 23, 8, tzinfo=seoul), NOW + timedelta(days=1), NOW]
    ids = [publish(output, tables(), f"{number}", now=moment).id for number, moment in enumerate(moments)]
    assert ids == ["2026-11-22.1", "2026-11-22.2", "2026-11-22.3", "2026-11-23.1", "2026-11-22.4"]


def test_the_log_is_the_truth_and_the_link_follows_it(output: Path) -> None:
    publish(output, tables("KOR"))
    two = publish(output, tables("CUB"))
    (output / "latest").unlink()
    (output / "latest").symlink_to("releases/2026-11-22.1")
    assert release.latest(output) == two
    release.recover(output)
    assert (output / "latest").readlink() == Path("releases/2026-11-22.2")
    moved = output.rename(output.with_name("moved"))
    assert release.find(moved).id == two.id
    assert publish(moved, tables()).manifest["parent"] == two.id
    assert (moved / "latest").readlink() == Path("releases/2026-11-22.3")


def test_a_lost_log_destroys_no_release(output: Path) -> None:
    publish(output, tables("KOR"))
    shutil.rmtree(output / "log")
    again = publish(output, tables("CUB"))
    assert again.id == "2026-11-22.1"
    assert release.verify(again) == []
    assert (output / "orphans" / "2026-11-22.1" / "mention_members.parquet").is_file()
    publish(output, tables("KOR"))
    (output / "log" / "00000001.json").unlink()
    assert publish(output, tables("PRK")).id == "2026-11-22.3"


def test_what_is_the_same_is_not_published_again(output: Path) -> None:
    one = publish(output, tables("KOR"))

    def state() -> dict[Path, tuple[int, int]]:
        places = [path for path in output.rglob("*") if "locks" not in path.parts and not path.is_symlink()]
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in places if not path.is_dir()}

    before = state()
    assert publish(output, tables("KOR"), now=NOW + timedelta(days=1)) == one
    assert state() == before
    other_code = publish(output, tables("KOR"), "other code")
    assert other_code.id != one.id
    assert other_code.manifest["content_digest"] == one.manifest["content_digest"]
    new = {path for path in state().keys() - before.keys() if path.suffix == ".parquet"}
    assert not {path for path in new if path.relative_to(output).parts[0] == "objects"}
    assert (other_code.path / "facts.parquet").samefile(one.path / "facts.parquet")


def test_projections_say_what_the_log_says(output: Path) -> None:
    one, two = publish(output, tables("KOR")), publish(output, tables("CUB"))
    index = json.loads((output / "index.json").read_bytes())
    assert [(row["release"], row["parent"], row["refs"]) for row in index] == [
        (one.id, None, []),
        (two.id, one.id, ["latest", "candidate"]),
    ]
    assert json.loads((output / "latest.json").read_bytes()) == index[1]
    assert index[1]["manifest_sha256"] == digest((output / index[1]["path"] / "manifest.json").read_bytes())
    for name in ("index.json", "latest.json", "latest", "candidate"):
        (output / name).unlink()
    release.recover(output)
    assert json.loads((output / "index.json").read_bytes()) == index
    assert (output / "candidate").resolve() == two.path.resolve()


def test_a_damaged_object_is_not_shared_with_a_new_release(output: Path) -> None:
    one = publish(output, tables("KOR"))
    publish(output, tables("CUB"))
    path = one.path / "mention_members.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match=r"objects/mention_members/\w+\.parquet is damaged: see `kcpipe verify`"):
        publish(output, tables("KOR"), "again")


def test_a_stopped_build_is_kept_and_changes_nothing(output: Path) -> None:
    one = publish(output, tables("KOR"))
    options: dict[str, Any] = {"render": render, "build_digest": "bad", "quality": {"failed": 1}, "now": NOW}
    kept = [release.reject(output, tables("CUB"), **options) for _ in range(2)]
    assert [path.relative_to(output).as_posix() for path in kept] == [
        "rejected/2026-11-22T07-30-00Z",
        "rejected/2026-11-22T07-30-00Z.2",
    ]
    assert (kept[0] / "quality" / "report.html").read_text() == "<h1>2026-11-22T07-30-00Z</h1>"
    assert json.loads((kept[0] / "build.json").read_bytes())["quality"] == {"failed": 1}
    assert release.latest(output) == one
    assert len(release.history(output)) == 1
    assert publish(output, tables()).id == "2026-11-22.2"


def test_the_report_is_told_the_news_of_the_events_of_a_release_and_of_a_stopped_build(output: Path) -> None:
    def events(*summaries: str) -> dict[str, pa.Table]:
        rows = [{**EVENT, "event_id": words, "summary": words} for words in summaries]
        return {"events": build(TABLES["events"], rows)}

    heard: list[release.EventNews] = []

    def listening(_: str, news: release.EventNews) -> dict[str, bytes | str]:
        heard.append(news)
        return {}

    options: dict[str, Any] = {"render": listening, "build_digest": "x", "quality": {}, "now": NOW}
    release.publish(output, events("a", "b"), lineage={}, **options)
    release.reject(output, events("b", "c"), **options)
    release.publish(output, events("b", "c"), lineage={}, **options)
    assert heard[0] == release.EventNews()
    assert heard[1] == heard[2]
    assert ([each.summary for each in heard[2].new], [each.summary for each in heard[2].withdrawn]) == (["c"], ["a"])


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_verify_names_what_changed_was_added_or_is_missing(output: Path) -> None:
    published = publish(output, tables("KOR"))
    assert release.verify(published) == []
    for name in ("mention_members.parquet", "quality/report.html", "RELEASE", "SHA256SUMS"):
        whole = (published.path / name).read_bytes()
        (published.path / name).chmod(0o644)
        for place in (0, len(whole) // 2, len(whole) - 1):
            (published.path / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert release.verify(published) == [f"{name} has changed"]
        (published.path / name).write_bytes(whole)
    published.path.chmod(0o755)
    (published.path / "README.md").unlink()
    (published.path / "notes.txt").touch()
    assert release.verify(published) == ["README.md is missing", "notes.txt was added"]


def test_verify_and_find_see_another_manifest(output: Path) -> None:
    published = publish(output, tables("KOR"))
    manifest = published.path / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(published.manifest))
    assert release.verify(release.find(output)) == ["manifest.json is not the one that was published"]
    manifest.write_text("{")
    with pytest.raises(UserError, match=r"release 2026-11-22.1 is damaged: .*manifest.json is not JSON$"):
        release.find(output)
    published.path.chmod(0o755)
    manifest.unlink()
    assert release.verify(published) == ["manifest.json is not the one that was published"]
    with pytest.raises(UserError, match=r"release 2026-11-22.1 cannot be read: .*: No such file or directory$"):
        release.latest(output)


def test_a_broken_log_entry_is_named_and_nothing_is_published_over_it(output: Path) -> None:
    publish(output, tables("KOR"))
    (output / "log" / "00000001.json").chmod(0o644)
    (output / "log" / "00000001.json").write_text('{"seq": 1}')
    acts: tuple[Callable[[], object], ...] = (lambda: release.find(output), lambda: publish(output, tables()))
    for act in acts:
        with pytest.raises(UserError, match=r"log entry .*/log/00000001\.json cannot be read: 'op'$"):
            act()
    assert [path.name for path in (output / "releases").iterdir()] == ["2026-11-22.1"]


def assert_untouched(output: Path, one: release.Release) -> None:
    """The store is as it was after its only release."""
    assert release.latest(output) == one
    assert release.verify(one) == []
    assert [entry.release for entry in release.history(output)] == [one.id]
    assert list((output / "staging").iterdir()) == []
    assert [path.name for path in (output / "releases").iterdir()] == [one.id]


@pytest.mark.parametrize("name", ["../out", "/etc/x", "a//b", "manifest.json", "SHA256SUMS", "events.parquet", "."])
def test_a_rendered_file_cannot_leave_the_release_or_replace_its_parts(output: Path, name: str) -> None:
    one = publish(output, tables("KOR"))
    with pytest.raises(ValueError, match=r"^no file of a release may be called"):
        publish(output, tables("CUB"), render=lambda *_: {name: "x"})
    assert_untouched(output, one)


def test_an_error_on_the_way_leaves_the_last_release(output: Path) -> None:
    one = publish(output, tables("KOR"))
    twice = tables("CUB") | {"mention_members": pa.concat_tables([tables("CUB")["mention_members"]] * 2)}
    with pytest.raises(ContractError):
        publish(output, twice)
    with pytest.raises(ZeroDivisionError):
        publish(output, tables("CUB"), render=lambda *_: {"x": str(1 // 0)})
    assert_untouched(output, one)
    assert publish(output, tables("CUB")).id == "2026-11-22.2"


@contextmanager
def a_small_disk(folder: Path) -> Iterator[str]:
    """A folder on a disk of 400 kB, and what writing more is answered; where none may be mounted, no file may grow past
    100 kB."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], check=False, capture_output=True
    ).returncode
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if mounted != 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        yield "No space left on device" if mounted == 0 else "File too large"
    finally:
        if mounted == 0:
            subprocess.run(["umount", folder], check=True)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_with_a_clear_error_and_the_last_release(output: Path) -> None:
    large = {"mention_members": tables(*(os.urandom(32).hex() for _ in range(20_000)))["mention_members"]}
    with a_small_disk(output) as answer:
        one = publish(output, tables("KOR"))
        with pytest.raises(UserError, match=rf"^cannot write to .*/output: {answer}$"):
            publish(output, large)
        assert_untouched(output, one)
        assert publish(output, tables("CUB")).id == "2026-11-22.2"
        assert release.verify_all(output) == {}


def test_an_output_that_cannot_be_written_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"^cannot write to .*/file/output/locks: Not a directory$"):
        publish(tmp_path / "file" / "output", tables())


def test_a_store_of_another_version_is_left_alone(output: Path) -> None:
    publish(output, tables("KOR"))
    (output / "store.json").chmod(0o644)
    (output / "store.json").write_text('{"format": 1}')
    with pytest.raises(UserError, match=r"output was written by another version of kcpipe: publish into another"):
        publish(output, tables("CUB"))
    assert len(release.history(output)) == 1


def test_a_folder_called_latest_is_not_replaced(output: Path) -> None:
    (output / "latest").mkdir(parents=True)
    with pytest.raises(UserError, match=r"/latest is not a link: move it away$"):
        publish(output, tables())
    assert release.history(output) == []
