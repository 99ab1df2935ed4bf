"""Releases in an object store: the same acts against a real S3 server on loopback."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import kcpipe
import sample_release as sample
from kcpipe import release, store
from kcpipe.release.without import without
from kcpipe.settings import UserError
from kcpipe.tables import TABLES
from object_store import s3_server
from test_release import NOW, publish, tables
from test_release_faults import assert_purged, exit_code, with_a_document_to_purge

WHY: dict[str, Any] = {"why": "a test", "now": NOW}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server with a bucket `news`."""
    with s3_server("news") as address:
        yield address


@pytest.fixture
def bucket(server: str, request: pytest.FixtureRequest) -> str:
    """A store of its own for each test."""
    assert server
    return f"s3://news/{request.node.name}"


def test_a_release_in_a_bucket_is_that_of_a_disk(bucket: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no release"):
        release.find(bucket)
    first, second = publish(bucket, tables("KOR")), publish(bucket, tables("KOR", "CUB"))
    on_disk = publish(tmp_path / "output", tables("KOR"))
    assert first.manifest["content_digest"] == on_disk.manifest["content_digest"]
    assert second.manifest["parent"] == first.id == "2026-11-22.1"
    pinned = kcpipe.open(bucket, first.id)
    assert pinned.location == f"{bucket}/releases/{first.id}"
    assert pinned.table("mention_members").equals(on_disk.table("mention_members"))
    assert release.verify_all(bucket, deep=True) == {}
    assert release.diff(bucket, first.id, "latest").counts == {
        "mention_members": {"added": 1, "removed": 0, "changed": 0}
    }
    assert publish(bucket, tables("KOR", "CUB")) == second
    import pandas  # noqa: PLC0415

    assert len(pandas.read_parquet(f"{second.location}/mention_members.parquet")) == 2


def test_a_release_in_a_bucket_is_queried_where_it_lies(bucket: str) -> None:
    publish(bucket, sample.tables())
    opened = kcpipe.open(bucket)
    with opened.duckdb() as connection:
        assert connection.sql("SELECT count(*) FROM events_with_evidence").fetchall() == [(7,)]
    assert opened.polars("events").height == len(opened.pandas("events")) == 6
    assert opened.trace(opened.table("events").column("event_id")[0].as_py())


def test_names_and_pruning_in_a_bucket(bucket: str) -> None:
    one, two, three = (publish(bucket, tables(code)) for code in ("KOR", "CUB", "PRK"))
    release.rollback(bucket, one.id, **WHY)
    release.promote(bucket, three.id, **WHY)
    assert (release.find(bucket).id, release.find(bucket, "stable").id) == (one.id, three.id)
    assert release.prune(bucket, "last=1", now=NOW + timedelta(days=90)) == [two.id]
    assert release.standing(bucket).kept == (one.id, three.id)
    assert release.verify_all(bucket) == {}
    with pytest.raises(UserError, match="was pruned"):
        release.find(bucket, two.id)


def test_damage_in_a_bucket_is_found(bucket: str) -> None:
    import fsspec  # noqa: PLC0415

    found = publish(bucket, tables("KOR"))
    path = f"{found.location}/mention_members.parquet"
    system, _ = fsspec.core.url_to_fs(bucket)
    content = system.cat_file(path)
    system.pipe_file(path, content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    assert release.verify_all(bucket) == {found.id: ["mention_members.parquet has changed"]}


def test_a_release_is_published_from_a_disk_to_a_bucket(bucket: str, tmp_path: Path) -> None:
    source = publish(tmp_path / "output", tables("KOR"))
    there = release.copy(tmp_path / "output", bucket, now=NOW + timedelta(days=1))
    assert there.id == "2026-11-23.1"
    assert there.manifest["content_digest"] == source.manifest["content_digest"]
    assert there.manifest["lineage"]["copy_of"] == source.id
    assert there.place.read(f"releases/{there.id}/quality/report.html") == b"<h1>2026-11-22.1</h1>"
    assert release.copy(tmp_path / "output", bucket, now=NOW + timedelta(days=2)) == there


def test_a_bucket_that_is_not_there_is_one_clear_line(server: str) -> None:
    assert server
    with pytest.raises(UserError, match=r"^cannot use s3://nobody/news: "):
        publish("s3://nobody/news", tables("KOR"))
    with pytest.raises(UserError, match="holds no release"):
        release.purge("s3://news/x", "0" * 32, **WHY)


def test_four_publishers_at_once_lose_nothing(bucket: str) -> None:
    publish(bucket, tables("KOR"), "first")

    def publisher(number: int) -> list[str]:
        rows = [tables("KOR", f"{number}.{again}") for again in range(2)]
        return [publish(bucket, made, f"{number}.{again}").id for again, made in enumerate(rows)]

    with ThreadPoolExecutor(4) as pool:
        ids = [each for found in pool.map(publisher, range(4)) for each in found]
    entries = release.history(bucket)
    assert [entry.seq for entry in entries] == list(range(1, 10))
    assert [entry.parent for entry in entries[1:]] == [entry.release for entry in entries[:-1]]
    assert Counter(entry.release for entry in entries[1:]) == Counter(ids)
    digests = [release.find(bucket, entry.release).manifest["build_digest"] for entry in entries[1:]]
    assert sorted(digests) == sorted(f"{number}.{again}" for number in range(4) for again in range(2))
    assert release.verify_all(bucket, deep=True) == {}


# --- killed -------------------------------------------------------------------------------------------------------


def in_child(act: Callable[[], object], die_at: int = 0) -> int:
    """Act in a forked process, which dies before its die_at-th change of the bucket if told; its exit code."""
    pid = os.fork()
    if pid:
        return exit_code(pid)
    import s3fs  # noqa: PLC0415

    calls, ask = 0, s3fs.S3FileSystem._call_s3

    async def counted(self: Any, method: str, *arguments: Any, **more: Any) -> Any:
        nonlocal calls
        if method.startswith(("put", "copy", "delete")):
            calls += 1
            if calls == die_at:
                os._exit(9)
        return await ask(self, method, *arguments, **more)

    s3fs.S3FileSystem._call_s3 = counted
    try:
        act()
        os._exit(0)
    finally:
        os._exit(1)


def kill_publishing(bucket: str) -> None:
    """Kill a publication before each change it makes; a reader finds whole releases, and the next one goes on."""
    rows = {"mention_members": tables("KOR")["mention_members"]}

    def check(point: int) -> str:
        output = f"{bucket}/{point // 8}"  # with a long log all takes longer
        if point % 8 == 0:
            publish(output, rows, "first")
        found = release.find(output)
        assert release.verify(found) == []
        return output

    def check_and_publish(point: int) -> None:
        publish(check(point), rows, f"{point}")

    point, ended = -1, 9
    while ended == 9:
        point += 1
        if point % 8 == 0:
            assert in_child(lambda point=point: check(point)) == 0  # type: ignore[misc]
        ended = in_child(lambda point=point: check_and_publish(point), point + 1)  # type: ignore[misc]
        assert ended in (0, 9)
    print(json.dumps({"points": point, "stores": point // 8 + 1}))  # noqa: T201


def kill_at_random(bucket: str) -> None:
    """Kill a process that publishes without end at six moments; what each leaves is whole, and the next goes on."""
    rows = {"mention_members": tables("KOR")["mention_members"]}
    chance = random.Random(8)

    def publish_without_end(output: str, number: int, told: int) -> None:
        for again in range(1000):
            publish(output, rows, f"{number}.{again}")
            os.write(told, b".")

    for number in range(6):
        output = f"{bucket}/{number // 3}"  # with a long log all takes longer
        published, told = os.pipe()
        pid = os.fork()
        if not pid:
            publish_without_end(output, number, told)
        assert os.read(published, 1) == b"."
        time.sleep(chance.uniform(0, 1))
        os.kill(pid, signal.SIGKILL)
        assert exit_code(pid) == -signal.SIGKILL
        assert in_child(lambda output=output: check_chain(output)) == 0  # type: ignore[misc]
    print(json.dumps({"stores": number // 3 + 1}))  # noqa: T201


def check_chain(output: str) -> None:
    """The log has no gap, every release follows the one before, and what a reader finds is whole."""
    entries = release.history(output)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.parent for entry in entries[1:]] == [entry.release for entry in entries[:-1]]
    assert release.verify(release.find(output)) == []


def kill_purging(bucket: str) -> None:
    """Kill a purge before its first change, the next one before its second, and so on until one ends."""

    def purge() -> None:
        release.find(bucket)  # what a reader asks is answered
        release.purge(bucket, sample.A.id, why="a test", now=NOW)

    point, ended = 0, 9
    while ended == 9:
        point += 1
        ended = in_child(purge, point)
        assert ended in (0, 9)
    print(json.dumps({"points": point - 1}))  # noqa: T201


def in_process_of_its_own(name: str, bucket: str) -> dict[str, int]:
    """Run a function of this file in an interpreter of its own, as pytest's may not fork; its answer."""
    done = subprocess.run([sys.executable, __file__, name, bucket], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, int] = json.loads(done.stdout)
    return answer


def test_killed_anywhere_a_publication_to_a_bucket_leaves_whole_releases(bucket: str) -> None:
    answer = in_process_of_its_own("kill_publishing", bucket)
    assert answer["points"] >= 15
    for number in range(answer["stores"]):
        assert release.verify_all(f"{bucket}/{number}", deep=True) == {}


def test_killed_at_any_moment_a_publication_to_a_bucket_leaves_whole_releases(bucket: str) -> None:
    stores = [f"{bucket}/{number}" for number in range(in_process_of_its_own("kill_at_random", bucket)["stores"])]
    for output in stores:
        assert release.verify_all(output, deep=True) == {}
    assert sum(len(release.history(output)) for output in stores) >= 6


def test_killed_anywhere_a_purge_of_a_bucket_is_ended_by_the_next_one(bucket: str) -> None:
    """Of what nobody refers to any more, too: an object, and a publication that was killed before the log."""
    with_a_document_to_purge(bucket)
    place = store.place(bucket)
    content = store.table_bytes(TABLES["documents"], sample.tables()["documents"])
    manifest = json.dumps({"seq": 6, "title": sample.TITLE_A}).encode()
    assert place.create("objects/documents/lost.parquet", content)
    assert place.create("releases/2026-11-22.5/manifest.json", manifest)
    assert place.create("releases/2026-11-22.5/documents.parquet", content)
    assert in_process_of_its_own("kill_purging", bucket)["points"] >= 10
    assert_purged(bucket)
    assert place.files("releases/2026-11-22.5").keys() == {"manifest.json"}
    with pytest.raises(UserError, match=f"document {sample.A.id} was taken down in {bucket}: purge it where"):
        publish(bucket, sample.tables())
    assert publish(bucket, without(sample.tables(), sample.A.id)).id == "2026-11-22.6"
    assert release.purge(bucket, sample.A.id, **WHY) == []
    assert_purged(bucket)


if __name__ == "__main__":
    {act.__name__: act for act in (kill_publishing, kill_at_random, kill_purging)}[sys.argv[1]](sys.argv[2])
    sys.stdout.flush()
    os._exit(0)  # as the children: a thread of Arrow may abort an interpreter that ends meanwhile (apache/arrow#34314)
