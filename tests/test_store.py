from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from kcpipe import store
from kcpipe.settings import StumbleError, UserError
from kcpipe.store.parquet import repetitive
from kcpipe.tables import TABLES, Column, ContractError, Table, arrange, build, empty
from sample_release import ROWS

# --- rows of any declared table -----------------------------------------------------------------------------------

SAMPLES: dict[pa.DataType, tuple[Any, Any]] = {
    pa.string(): ("Seoul, 서울", "Havana\n“La Habana”"),
    pa.binary(): (b"\x00\xff", b"text"),
    pa.bool_(): (True, False),
    pa.int32(): (-1, 2**31 - 1),
    pa.int64(): (0, 2**62),
    pa.float64(): (0.1, -2.5),
    pa.date32(): (date(1949, 7, 1), date(2024, 2, 14)),
    pa.timestamp("us", tz="UTC"): (datetime(2024, 2, 15, 23, 12, 0, 1, UTC), datetime(1960, 1, 1, tzinfo=UTC)),
}


def sample(column: Column, number: int) -> Any:
    """A value that may stand in that column; of even rows the second is null or empty where it may be."""
    if column.nullable and number == 1:
        return None
    if pa.types.is_list(column.type):
        if number == 1:
            return []
        if pa.types.is_struct(column.type.value_type):
            return [{"start": date(2024, 2, 14), "end": None}, {"start": date(1959, 1, 1), "end": date(1959, 12, 31)}]
        if pa.types.is_integer(column.type.value_type):
            return [2, 1]
        return list(column.values[:2]) or ["b", "a"]
    if column.values:
        return column.values[number % len(column.values)]
    return SAMPLES[column.type][number % 2]


def sample_rows(table: Table) -> list[dict[str, Any]]:
    rows = [{column.name: sample(column, number) for column in table.columns} for number in range(3)]
    for number, row in enumerate(rows):
        if table.column(table.key[0]).type == pa.string() and not table.column(table.key[0]).values:
            row[table.key[0]] = f"key {2 - number}"
    return rows


@pytest.fixture(params=sorted(TABLES))
def table(request: pytest.FixtureRequest) -> Table:
    return TABLES[request.param]


def documents(*ids: str) -> list[dict[str, Any]]:
    return [
        {"document_id": name, "raw_sha256": name, "raw_bytes": 1, "encoding": "utf-8", "raw_text": name} for name in ids
    ]


# --- Parquet ------------------------------------------------------------------------------------------------------


def test_every_table_comes_back_as_it_was_written(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for rows in (build(table, sample_rows(table)), empty(table)):
        store.write_table(path, table, rows)
        back = store.read_table(path)
        assert back.equals(arrange(table, rows))
        assert back.schema.equals(table.schema, check_metadata=True)
        assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_every_reader_reads_every_table(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for rows in (build(table, sample_rows(table)), empty(table)):
        store.write_table(path, table, rows)
        expected = arrange(table, rows).to_pylist()
        assert polars.read_parquet(path).to_dicts() == expected
        with duckdb.connect() as connection:
            found = connection.sql("SELECT * FROM read_parquet($path)", params={"path": str(path)}).to_arrow_table()
        assert found.to_pylist() == expected
        frame = pandas.read_parquet(path)
        assert list(frame.columns) == table.schema.names
        assert len(frame) == len(expected)
        for column in table.columns:
            if column.type not in (pa.binary(), pa.float64()) and not pa.types.is_nested(column.type):
                values = [None if pandas.isna(value) else value for value in frame[column.name]]
                assert values == [row[column.name] for row in expected]


def test_pandas_gets_days_and_nullable_numbers_that_it_can_work_with(tmp_path: Path) -> None:
    table = TABLES["event_mentions"]
    store.write_table(tmp_path / "t.parquet", table, build(table, sample_rows(table)))
    frame = pandas.read_parquet(tmp_path / "t.parquet")
    assert str(frame["event_count"].dtype) == "Int32"
    assert frame["date_start"].dt.year.tolist()[::2] == [1949, 1949]
    assert str(frame["sentence_number"].dtype) == "int32"
    assert str(frame["is_negated"].dtype) == "bool"
    assert str(pandas.read_parquet(tmp_path / "t.parquet", columns=["event_count"])["event_count"].dtype) == "Int32"


def test_a_file_explains_itself(tmp_path: Path) -> None:
    table = TABLES["documents"]
    store.write_table(tmp_path / "t.parquet", table, build(table, sample_rows(table)))
    with pq.ParquetFile(tmp_path / "t.parquet") as file:
        words, schema, metadata = file.metadata.metadata, file.schema_arrow, file.metadata
    assert (words[b"dataset"], words[b"table"]) == (b"kcpipe", b"documents")
    assert words[b"description"].decode() == table.description
    assert schema.field("title").metadata[b"description"].decode() == table.column("title").description
    fields = {
        field["name"]: field for field in json.loads(words[b"org.apache.spark.sql.parquet.row.metadata"])["fields"]
    }
    assert fields["published_start"] == {
        "name": "published_start",
        "type": "date",
        "nullable": True,
        "metadata": {"comment": table.column("published_start").description},
    }
    assert fields["authors"]["type"] == {"type": "array", "elementType": "string", "containsNull": False}
    assert fields["published_candidates"]["type"]["elementType"]["fields"][0]["type"] == "date"
    chunk = metadata.row_group(0).column(0)
    assert chunk.compression == "ZSTD"
    assert chunk.has_offset_index
    assert chunk.has_column_index
    assert chunk.is_stats_set


@given(st.permutations(range(40)), st.integers(1, 40))
def test_equal_rows_are_equal_bytes_in_any_order_and_chunks(order: list[int], size: int) -> None:
    table = TABLES["entities"]
    kinds = sample_rows(table)
    rows = build(table, [kinds[i % 3] | {"entity_id": f"{i:02}", "aliases": [str(i)] * (i % 4)} for i in range(40)])
    shuffled = rows.take(order)
    chunked = pa.concat_tables([shuffled.slice(start, size) for start in range(0, 40, size)])
    assert store.table_bytes(table, chunked) == store.table_bytes(table, rows)


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    table = TABLES["documents"]
    rows = build(table, sample_rows(table))
    store.write_table(tmp_path / "here.parquet", table, rows)
    script = (
        "import sys; from pathlib import Path; from kcpipe import store; from kcpipe.tables import TABLES\n"
        "rows = store.read_table(Path(sys.argv[1]))\n"
        "store.write_table(Path(sys.argv[2]), TABLES['documents'], rows)"
    )
    paths = (tmp_path / "here.parquet", tmp_path / "there.parquet")
    subprocess.run(
        [sys.executable, "-c", script, *paths], check=True, env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul"}
    )
    assert paths[0].read_bytes() == paths[1].read_bytes() == store.table_bytes(table, rows)


def test_what_breaks_the_contract_is_not_written_and_the_old_file_stays(tmp_path: Path) -> None:
    table = TABLES["mention_members"]
    good = build(table, [{"mention_id": "m", "entity_id": "e"}])
    store.write_table(tmp_path / "t.parquet", table, good)
    with pytest.raises(ContractError, match="keys met more than once"):
        store.write_table(tmp_path / "t.parquet", table, pa.concat_tables([good, good]))
    assert store.read_table(tmp_path / "t.parquet").equals(good)
    assert [file.name for file in tmp_path.iterdir()] == ["t.parquet"]


# --- the workspace ------------------------------------------------------------------------------------------------

RAW = TABLES["raw_documents"]


def raw(*ids: str) -> dict[str, pa.Table]:
    return {"raw_documents": build(RAW, documents(*ids))}


def test_rows_come_back_by_document_whatever_segments_they_lie_in(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace:
        workspace.save("read", "k1", {"d": "", "a": ""}, raw("d", "a"))
        workspace.save("read", "k1", {"c": "", "b": ""}, raw("b", "c"))
        workspace.save("read", "k2", {"e": ""}, raw("e"))
        assert set(workspace.done("read", "k1")) == {"a", "b", "c", "d"}
        loaded = workspace.load("k1", RAW, ["d", "b", "a"])
        assert loaded.equals(build(RAW, documents("a", "b", "d")))
        assert loaded.schema.equals(RAW.schema, check_metadata=True)
        assert workspace.load("k1", RAW, []).equals(empty(RAW))
        with pytest.raises(ContractError, match=r"2 documents not processed, such as e"):
            workspace.load("k1", RAW, ["a", "e", "f"])
    with store.Workspace(tmp_path) as workspace:
        assert set(workspace.done("read", "k1")) == {"a", "b", "c", "d"}
        assert workspace.done("read", "k3") == {}


def test_slices_are_put_together_from_all_segments(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace:
        for segment in ("da", "cf", "eb"):
            workspace.save("read", "k", dict.fromkeys(segment, ""), raw(*segment))
        workspace.save("read", "k", {"c": "again"}, raw("c"))
        for room in (0, 1_000_000):
            slices = workspace.load_slices(
                workspace.parts("k", "abcef"), RAW, [["a"], ["b", "c", "e"], [], ["f"]], room=room
            )
            expected = [build(RAW, documents(*ids)) for ids in ("a", "bce", "", "f")]
            assert all(part.equals(rows) for part, rows in zip(slices, expected, strict=True))
            assert slices[0].schema.equals(RAW.schema, check_metadata=True)
        [nothing] = workspace.load_slices(workspace.parts("k", []), RAW, [[]], room=0)
        assert nothing.equals(empty(RAW))


def test_tables_that_are_laid_down_take_no_memory_and_leave_no_file(tmp_path: Path) -> None:
    rows = build(RAW, documents("a")).set_column(4, RAW.column("raw_text").field, pa.array(["x" * 1_000_000]))
    before = pa.total_allocated_bytes()
    parts = store.lay_down(tmp_path, RAW.schema, [rows, rows.slice(1), rows])
    assert pa.total_allocated_bytes() == before
    assert [part.num_rows for part in parts] == [1, 0, 1]
    assert parts[2].equals(rows)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError, match="cannot write to"):
        store.lay_down(tmp_path / "missing", RAW.schema, [])


def test_rows_without_a_document_belong_to_that_of_the_table_they_hang_on(tmp_path: Path) -> None:
    drafts, participants = TABLES["event_drafts"], TABLES["participant_drafts"]
    reports = build(drafts, [row | {"document_id": f"d{n}"} for n, row in enumerate(sample_rows(drafts))])
    acting = build(
        participants,
        [
            sample_rows(participants)[0] | {"event_mention_id": report, "ordinal": ordinal}
            for report in reports.column("event_mention_id").to_pylist()
            for ordinal in (2, 1)
        ],
    )
    with store.Workspace(tmp_path) as workspace:
        made = {"event_drafts": reports, "participant_drafts": acting}
        workspace.save("events", "k", {"d0": "", "d1": "", "d2": "", "d3": ""}, made)
        rows = workspace.load("k", participants, ["d2", "d0", "d3"]).to_pylist()
        assert [(row["event_mention_id"], row["ordinal"]) for row in rows] == [
            ("key 2", 1),
            ("key 2", 2),
            ("key 0", 1),
            ("key 0", 2),
        ]
        with pytest.raises(ContractError, match=r"participant_drafts: nothing in .* tells which document"):
            workspace.save("events", "k", {"d0": ""}, {"participant_drafts": acting})
        with pytest.raises(ContractError, match="rows of a document outside the batch"):
            workspace.save("events", "k", {"d0": "", "d1": "", "d2": ""}, made | {"event_drafts": reports.slice(1)})


def test_the_digest_of_a_document_s_rows_is_theirs_alone(tmp_path: Path) -> None:
    drafts = TABLES["event_drafts"]
    rows = [row | {"document_id": f"d{number % 2}"} for number, row in enumerate(sample_rows(drafts))]
    changed = [row | {"matter": "another"} if row["document_id"] == "d1" else row for row in rows]
    with store.Workspace(tmp_path) as workspace:
        for key, made in {"k": rows, "other": changed, "alone": rows[::2]}.items():
            of = {row["document_id"]: "" for row in made}
            workspace.save("events", key, of, {"event_drafts": build(drafts, made[::-1])})
        known = {key: workspace.digests(key) for key in ("k", "other", "alone")}
    assert known["k"]["d0"] == known["other"]["d0"] == known["alone"]["d0"]
    assert known["k"]["d1"] != known["other"]["d1"]


def test_rows_of_other_documents_are_refused(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace, pytest.raises(ContractError, match="outside the batch: b"):
        workspace.save("read", "k", {"a": ""}, raw("a", "b"))


def test_a_segment_that_is_gone_or_cut_short_is_not_done(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace:
        workspace.save("read", "k", {"a": ""}, raw("a"))
        workspace.save("read", "k", {"b": ""}, raw("b"))
        workspace.save("read", "k", {"c": ""}, raw("c"))
        files = {store.read_table(path).column("document_id")[0].as_py(): path for path in tmp_path.rglob("*.parquet")}
        files["a"].unlink()
        with pytest.raises(UserError, match=r"^cannot write to .*/work: No such file or directory$"):
            workspace.load("k", RAW, ["a"])
        files["b"].write_bytes(files["b"].read_bytes()[:-1])
        assert set(workspace.done("read", "k")) == {"c"}
        workspace.save("read", "k", {"a": ""}, raw("a"))
        assert set(workspace.done("read", "k")) == {"a", "c"}


def test_a_run_killed_while_it_writes_a_segment_leaves_nothing_visible(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from kcpipe.store import Disk, Workspace
from kcpipe.tables import TABLES, build
row = {"document_id": "a", "raw_sha256": "a", "raw_bytes": 1, "encoding": "utf-8", "raw_text": "a"}
space, write = Workspace(Path(sys.argv[1])), Disk.replace
Disk.replace = lambda place, name, content: os._exit(9) if name.endswith(".json") else write(place, name, content)
space.save("read", "k", {"a": ""}, {"raw_documents": build(TABLES["raw_documents"], [row])})
"""
    assert subprocess.run([sys.executable, "-c", script, tmp_path], check=False).returncode == 9
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    with store.Workspace(tmp_path) as workspace:
        assert workspace.done("read", "k") == {}
        workspace.save("read", "k", {"a": ""}, raw("a"))
        assert workspace.load("k", RAW, ["a"]).equals(build(RAW, documents("a")))
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_the_ledger_is_made_anew_from_the_segments(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace:
        workspace.save("read", "k", {"a": "1", "b": "2"}, raw("a", "b"))
        known = workspace.digests("k")
        [left] = tmp_path.rglob("*.parquet")
    (tmp_path / "work" / "ledger.sqlite").unlink()
    with store.Workspace(tmp_path) as workspace:
        assert workspace.done("read", "k") == {"a": "1", "b": "2"}
        assert workspace.digests("k") == known
        assert workspace.load("k", RAW, ["b"]).equals(build(RAW, documents("b")))
    (tmp_path / "work" / "ledger.sqlite").unlink()
    left.write_bytes(left.read_bytes()[:-1])
    with store.Workspace(tmp_path) as workspace:
        assert workspace.done("read", "k") == {}


def test_what_is_forgotten_is_gone_also_where_the_ledger_never_knew_it(tmp_path: Path) -> None:
    with store.Workspace(tmp_path) as workspace:
        workspace.save("read", "k", {"a": "", "b": ""}, raw("a", "b"))
        workspace.save("read", "k", {"c": ""}, raw("c"))
    (tmp_path / "work" / "ledger.sqlite").unlink()
    torn = tmp_path / "work" / "read" / "k" / "torn"
    torn.mkdir()
    (torn / "raw_documents.parquet").write_bytes(b"half")
    with store.Workspace(tmp_path) as workspace:
        workspace.forget("a")
        assert set(workspace.done("read", "k")) == {"c"}
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_the_workspace_may_be_moved(tmp_path: Path) -> None:
    with store.Workspace(tmp_path / "here") as workspace:
        workspace.save("read", "k", {"a": ""}, raw("a"))
    (tmp_path / "here").rename(tmp_path / "there")
    with store.Workspace(tmp_path / "there") as workspace:
        assert workspace.load("k", RAW, workspace.done("read", "k")).num_rows == 1


def test_what_the_disk_refuses_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"^cannot write to .*/file/out/work: Not a directory$"):
        store.Workspace(tmp_path / "file" / "out")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "ledger.sqlite").write_bytes(b"not a ledger" * 100)
    with pytest.raises(UserError, match=r"^cannot write to .*/work: file is not a database$"):
        store.Workspace(tmp_path)


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """No file may grow past the size: a write past it fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.EIO, "it stumbles"), StumbleError),
        (OSError(errno.ENOSPC, "it is full"), UserError),
        (PermissionError(errno.EACCES, "no"), UserError),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), StumbleError),
        (NoCredentialsError(), UserError),
    ],
    ids=repr,
)
def test_what_may_pass_is_told_from_what_will_not(error: Exception, kind: type[UserError], tmp_path: Path) -> None:
    places: list[store.Place] = [store.place("s3://news/x")]
    places += [store.place(tmp_path)] if isinstance(error, OSError) else []
    for place in places:
        with pytest.raises(UserError) as caught, place.refusals():
            raise error
        assert type(caught.value) is kind


def test_a_file_that_the_disk_refuses_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    store.write_file(tmp_path / "file", b"old")
    with disk_full_after(50_000), pytest.raises(OSError, match="File too large"):
        store.write_file(tmp_path / "file", bytes(100_000))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_a_full_disk_leaves_no_half_a_segment(tmp_path: Path) -> None:
    large = {"raw_documents": build(RAW, [documents("a")[0] | {"raw_text": os.urandom(100_000).hex()}])}
    with store.Workspace(tmp_path) as workspace:
        with disk_full_after(50_000), pytest.raises(UserError, match=r"^cannot write to .*/work: .*File too large"):
            workspace.save("read", "k", {"a": ""}, large)
        assert workspace.done("read", "k") == {}
        assert [path for path in (tmp_path / "work" / "read").rglob("*") if path.is_file()] == []
        workspace.save("read", "k", {"a": ""}, large)
        assert workspace.load("k", RAW, ["a"]).equals(large["raw_documents"])


# --- locks --------------------------------------------------------------------------------------------------------


def test_a_second_run_is_told_who_is_working_and_since_when(tmp_path: Path) -> None:
    with (
        store.lock(tmp_path),
        pytest.raises(UserError, match=rf"is in use by process {os.getpid()} on .+ since \d{{4}}-\d\d-\d\d .* UTC"),
        store.lock(tmp_path),
    ):
        pass
    with store.lock(tmp_path), store.lock(tmp_path / "other"):
        pass


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from kcpipe import store\n"
        "held = store.lock(Path(sys.argv[1])); held.__enter__(); print('locked', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"locked\n"
        with pytest.raises(UserError, match=f"process {child.pid} "), store.lock(tmp_path):
            pass
        child.kill()
    with store.lock(tmp_path):
        pass


def test_columns_without_repetition_get_no_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "mentions.parquet"
    rows = [dict(row) for row in ROWS["mentions"]]
    store.write_table(path, TABLES["mentions"], build(TABLES["mentions"], rows))
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    has_dictionary = {name: "RLE_DICTIONARY" in column.encodings for name, column in columns.items()}
    assert not has_dictionary["mention_id"]
    assert has_dictionary["document_id"]
    nested = pa.table({"a": [["x", "y"], ["z"]], "b": [["x"], ["x"]], "c": [{"d": 1}, {"d": 1}]})
    assert repetitive(nested) == ["b", "c"]
