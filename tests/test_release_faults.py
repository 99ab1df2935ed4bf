"""Killed anywhere, at any time, and at the same time: what a reader finds is whole, and the next act clears up."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

import sample_release as sample
from kcpipe import release, store
from kcpipe.release.without import without
from kcpipe.store import read_table
from test_release import NOW, publish, tables

FAULTS = ("open", "os.rename", "os.link", "os.symlink", "os.chmod", "os.mkdir", "os.remove", "os.rmdir")
"""What the interpreter tells an audit hook before it does it: every way in which a store is touched."""


def in_child(output: Path, act: Callable[[], object], die_at: int = 0) -> int:
    """Act in a forked process, which dies before its die_at-th touch of the store if told; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    signal.alarm(60)  # a child that hangs must fail the test, not hang it
    touches = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal touches
        only_reads = event == "open" and arguments[1] is not None and "r" in arguments[1]
        here = any(str(argument).startswith(str(output)) for argument in arguments[:2])
        if event in FAULTS and not only_reads and here:
            touches += 1
            if touches == die_at:
                os._exit(9)

    sys.addaudithook(hook)
    try:
        act()
        os._exit(0)
    finally:
        os._exit(1)


def exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def assert_sound(output: Path) -> release.Release:
    """What a reader finds is whole, by the log and through the link."""
    current = release.find(output)
    assert release.verify(current) == []
    linked = release.find(output, (output / "latest" / "RELEASE").read_text().strip())
    assert (output / "latest").resolve() == linked.path.resolve()
    assert release.verify(linked) == []
    return current


def assert_converged(output: Path) -> None:
    """After an act that ran to its end nothing is left of those that did not."""
    now = release.standing(output)
    assert [entry.seq for entry in now.entries] == list(range(1, len(now.entries) + 1))
    published = [entry for entry in now.entries if entry.op == "publish"]
    assert [entry.parent for entry in published[1:]] == [entry.release for entry in published[:-1]]
    assert {path.name for path in (output / "releases").iterdir()} == set(now.kept)
    assert (output / "latest").readlink() == Path("releases", now.refs["latest"])
    assert list((output / "staging").iterdir()) == []
    assert {path.name for path in (output / "log").iterdir()} == {f"{entry.seq:08}.json" for entry in now.entries}
    assert not [*output.glob(".*"), *output.glob("objects/*/.*")]
    index = json.loads((output / "index.json").read_bytes())
    assert [row["release"] for row in index if row["path"].startswith("releases/")] == list(now.kept)


def start(output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    publishing(output, "first")()  # here: what pyarrow loads at first use is then loaded in each child


def publishing(output: Path, name: str) -> Callable[[], object]:
    rows = {"mention_members": tables("KOR", name)["mention_members"]}
    return lambda: publish(output, rows, name)


def kill_publishing(output: Path) -> None:
    """Kill a publication before each of its touches of the store, and its successor early on, in the clearing up."""
    seen, point, ended = {"old": 0, "new": 0}, 0, 9
    while ended == 9:
        if point % 20 == 0:
            start(output)  # else the store grows and all takes longer
        point += 1
        assert point < 500
        before = assert_sound(output)
        ended = exit_code(in_child(output, publishing(output, f"killed {point}"), point))
        after = assert_sound(output)
        assert after == before or after.manifest["build_digest"] == f"killed {point}"
        seen["old" if after == before else "new"] += 1
        if point % 5 == 0:
            assert exit_code(in_child(output, publishing(output, "killed early"), 3 + point // 4)) == 9
            assert assert_sound(output) == after
        release.recover(output)
        assert_converged(output)
        if point % 4 == 0:
            assert exit_code(in_child(output, publishing(output, f"after {point}"))) == 0
            assert assert_sound(output).manifest["build_digest"] == f"after {point}"
            assert release.verify_all(output) == {}
            assert_converged(output)
    assert ended == 0
    print(json.dumps(seen))  # noqa: T201 - the answer to the test


def kill_at_random(output: Path) -> None:
    """Kill a process that publishes without end at sixty moments."""
    start(output)
    chance = random.Random(8)
    published = 0
    for number in range(60):
        if number % 20 == 0:
            start(output)

        def without_end(number: int = number) -> None:
            for again in range(1000):
                publishing(output, f"{number}.{again}")()

        before = len(release.history(output))
        pid = in_child(output, without_end)
        time.sleep(chance.uniform(0.01, 0.8))
        os.kill(pid, signal.SIGKILL)
        assert exit_code(pid) == -signal.SIGKILL
        assert_sound(output)
        published += len(release.history(output)) - before
        release.recover(output)
        assert_converged(output)
    assert exit_code(in_child(output, publishing(output, "after"))) == 0
    assert release.verify_all(output) == {}
    print(json.dumps({"published": published}))  # noqa: T201


def kill_pruning(output: Path) -> None:
    """Kill a prune before each of its touches; the next one ends the work, and nothing that is kept is harmed."""
    template = output.with_name("template")
    start(template)
    for number in range(3):
        publishing(template, f"{number}")()
    release.promote(template, "2026-11-22.2", why="tested", now=NOW)

    def prune() -> None:
        release.prune(output, "last=1", now=NOW + timedelta(days=90))

    point, ended = 0, 9
    while ended == 9:
        point += 1
        assert point < 500
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(template, output, symlinks=True)
        ended = exit_code(in_child(output, prune, point))
        assert assert_sound(output).id == "2026-11-22.4"
        for kept in ("2026-11-22.2", "2026-11-22.4"):
            assert release.verify(release.find(output, kept)) == []
        prune()
        assert_converged(output)
        assert release.verify_all(output) == {}
        assert release.standing(output).kept == ("2026-11-22.2", "2026-11-22.4")
        assert len(list((output / "objects").rglob("*.parquet"))) == 2
        assert {path.name for path in (output / "pruned").iterdir()} == {"2026-11-22.1", "2026-11-22.3"}
    assert ended == 0
    print(json.dumps({"points": point - 1}))  # noqa: T201


PARTS = ("documents", "event_mentions", "events")


def with_a_document_to_purge(output: Path | str) -> str:
    """A store whose releases hold article A, held it, or were pruned; returns a document's id."""
    whole = {name: sample.tables()[name] for name in PARTS}
    publish(output, without(whole, sample.A.id), "1")
    publish(output, whole, "2")
    publish(output, {**whole, "events": whole["events"].slice(1)}, "3")
    publish(output, without(whole, sample.A.id), "4")
    release.promote(output, "2026-11-22.3", why="a test", now=NOW)
    assert release.prune(output, "last=1", now=NOW + timedelta(days=90)) == ["2026-11-22.1", "2026-11-22.2"]
    return sample.A.id


def assert_purged(output: Path | str) -> None:
    """No file below tells in the words of article A, and every release is sound."""
    assert release.verify_all(output, deep=True) == {}
    place = store.place(output)
    telling = [row for row in (*sample.ROWS["event_mentions"], *sample.ROWS["events"]) if _is_of_a(row)]
    words = {sample.TITLE_A, *(row["evidence"] for row in telling if "evidence" in row)}
    assert len(words) >= 3
    for path in [path for path, size in place.files("").items() if size >= 0]:  # but for links
        content = place.read(path)
        if path.endswith(".parquet") and "quality/" not in path:  # which is none here
            content = json.dumps(read_table(io.BytesIO(content)).to_pylist(), default=str).encode()
        assert not [each for each in words if each.encode() in content], path
    assert release.standing(output).purged == {sample.A.id}
    assert {entry.release for entry in release.history(output) if entry.op == "purge"} == {
        "",
        *(f"2026-11-22.{number}" for number in (2, 3, 4)),
    }


def _is_of_a(row: dict[str, Any]) -> bool:
    return row.get("document_id") == sample.A.id


def kill_purging(output: Path) -> None:
    """Kill a purge before every seventh of its touches, and the next one early on; the one after ends the work."""
    template = output.with_name("template")
    document_id = with_a_document_to_purge(template)
    for name in ("rejected", "orphans", "exports"):
        (template / name).mkdir(exist_ok=True)
        (template / name / "page.html").write_text(sample.TITLE_A)

    def purge() -> None:
        release.purge(output, document_id, why="a test", now=NOW)

    point, ended = -6, 9
    while ended == 9:
        point += 7
        assert point < 900
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(template, output, symlinks=True)
        ended = exit_code(in_child(output, purge, point))
        assert exit_code(in_child(output, purge, 5 + point // 3)) in (0, 9)
        assert release.find(output).id == "2026-11-22.4"
        purge()
        assert_purged(output)
    assert ended == 0
    print(json.dumps({"points": point}))  # noqa: T201


def without_links(output: Path) -> None:
    """All acts where the file system knows no links and flushes nothing, as on a memory stick."""

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event in ("os.link", "os.symlink"):
            raise PermissionError(errno.EPERM, "Operation not permitted")

    def no_flush(fd: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    sys.addaudithook(refuse)
    os.fsync = no_flush
    document_id = with_a_document_to_purge(output)
    release.rollback(output, "2026-11-22.3", why="a test", now=NOW)
    release.purge(output, document_id, why="a test", now=NOW)
    assert_purged(output)
    assert release.find(output).id == json.loads((output / "latest.json").read_bytes())["release"] == "2026-11-22.3"
    assert not (output / "latest").exists()
    assert not [path for path in output.rglob("*") if path.is_file() and path.stat().st_nlink > 1]
    print("{}")  # noqa: T201


def race(output: Path) -> None:
    """Four publishers at once, five times each."""

    def five_times(number: int) -> Callable[[], object]:
        return lambda: [publishing(output, f"racer {number}.{again}")() for again in range(5)]

    start(output)
    for pid in [in_child(output, five_times(number)) for number in range(4)]:
        assert exit_code(pid) == 0
    assert_converged(output)
    published = [release.find(output, entry.release) for entry in release.history(output)][1:]
    assert Counter(found.manifest["build_digest"][:7] for found in published) == {f"racer {i}": 5 for i in range(4)}
    assert release.verify_all(output, deep=True) == {}


def in_process_of_its_own(name: str, output: Path) -> dict[str, int]:
    """Run a function of this file in an interpreter of its own, as pytest's may not fork; its answer."""
    done = subprocess.run([sys.executable, __file__, name, output], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, int] = json.loads(done.stdout or "{}")
    return answer


def test_killed_anywhere_a_publication_leaves_whole_releases_and_the_next_one_clears_up(tmp_path: Path) -> None:
    seen = in_process_of_its_own("kill_publishing", tmp_path / "output")
    assert seen["old"] >= 40
    assert seen["new"] >= 2


def test_killed_at_any_moment_a_publication_leaves_whole_releases(tmp_path: Path) -> None:
    assert in_process_of_its_own("kill_at_random", tmp_path / "output")["published"] >= 10


def test_killed_anywhere_a_prune_harms_nothing_and_the_next_one_ends_it(tmp_path: Path) -> None:
    assert in_process_of_its_own("kill_pruning", tmp_path / "output")["points"] >= 19


def test_killed_anywhere_a_purge_is_ended_by_the_next_one(tmp_path: Path) -> None:
    assert in_process_of_its_own("kill_purging", tmp_path / "output")["points"] >= 100


def test_a_file_system_without_links_and_flushing_will_do(tmp_path: Path) -> None:
    in_process_of_its_own("without_links", tmp_path / "output")


def test_publishers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    in_process_of_its_own("race", tmp_path / "output")


if __name__ == "__main__":
    os.fsync = lambda fd: None  # the kernel outlives the processes killed here: flushing only takes time
    pa.set_cpu_count(1)  # threads would not be there in a forked child
    acts = {
        act.__name__: act for act in (kill_publishing, kill_at_random, kill_pruning, kill_purging, without_links, race)
    }
    acts[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # as the children: a thread of Arrow may abort an interpreter that ends meanwhile (apache/arrow#34314)
