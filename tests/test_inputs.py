"""Which records lie in files, folders, archives and URLs; and that nothing that lies in them stops the run."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiohttp import ClientResponseError, RequestInfo, ServerDisconnectedError
from botocore.exceptions import NoCredentialsError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from conftest import SEEDS
from kcpipe import store
from kcpipe.read import read
from kcpipe.settings import InputSettings, StumbleError, UserError
from kcpipe.tables import TABLES, concat
from object_store import s3_server
from stumbling import stumbling

LIMITS = InputSettings()
SMALL = InputSettings(max_record_bytes=1000, max_compression_ratio=20, max_unpacked_bytes=1_000_000)
Row = dict[str, Any]


def uris(*inputs: Path | str) -> list[str]:
    return [source.source_uri for source in store.find(inputs)]


def rows(*inputs: Path | str, limits: InputSettings = LIMITS) -> dict[str, Row]:
    """Every record of the inputs by its uri."""
    batches = list(store.load(store.find(inputs), limits))
    return {row["source_uri"]: row for row in concat(TABLES["inputs"], batches).to_pylist()}


def texts(*inputs: Path | str) -> dict[str, bytes | None]:
    return {uri: row["raw"] for uri, row in rows(*inputs).items()}


def problems(*inputs: Path | str, limits: InputSettings = LIMITS) -> dict[str, str | None]:
    return {uri: row["problem"] for uri, row in rows(*inputs, limits=limits).items()}


def write(folder: Path, *names: str) -> None:
    """Files that hold their own name."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def zipped(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def tarred(*members: tuple[str | tarfile.TarInfo, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def wet(*pages: tuple[str, bytes]) -> bytes:
    """A Common Crawl WET file: each record a gzip member of its own."""
    members = []
    for kind, (url, text) in [("warcinfo", ("", b"software: x\r\n")), *(("conversion", page) for page in pages)]:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-02-14T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{len(members)}>\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\n\r\n"
        )
        members.append(gzip.compress(head.encode() + text + b"\r\n\r\n"))
    return b"".join(members)


# --- files and folders --------------------------------------------------------------------------------------------


def test_seeds_load_byte_for_byte() -> None:
    loaded = rows(SEEDS)
    assert {uri: row["raw"] for uri, row in loaded.items()} == {p.name: p.read_bytes() for p in SEEDS.glob("*.txt")}
    assert all(row["problem"] is None and row["source_name"] == uri for uri, row in loaded.items())


def test_a_folder_gives_files_of_known_formats_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/c.md", "a/deep/d.TXT", "folder.txt/g.txt", "e.jsonl.gz", "h.warc.wet.gz", "i.tgz")
    write(tmp_path, ".hidden.txt", ".git/e.txt", "f.pdf", "README.md", "a/LICENSE.txt", "a/SOURCES.csv")
    expected = ["a/c.md", "a/deep/d.TXT", "b.txt", "e.jsonl.gz", "folder.txt/g.txt", "h.warc.wet.gz", "i.tgz"]
    assert [uri for uri in uris(tmp_path) if "SOURCES" not in uri] == expected


def test_a_pattern_gives_what_matches_it(tmp_path: Path) -> None:
    write(tmp_path, "a1.txt", "a2.txt", "b.txt", "a3/c.txt", "a3/d.pdf", "x/y/a4.txt")
    assert uris(tmp_path / "a*") == ["a1.txt", "a2.txt", "a3/c.txt"]
    assert uris(str(tmp_path / "**" / "a?.txt")) == ["a1.txt", "a2.txt", "x/y/a4.txt"]
    with pytest.raises(UserError, match="holds no file to read"):
        store.find([tmp_path / "z*"])
    write(tmp_path, "[2024] a.txt")
    assert uris(tmp_path / "[2024] a.txt") == ["[2024] a.txt"]


def test_a_file_named_itself_is_read_unless_its_suffix_says_it_is_something_else(tmp_path: Path) -> None:
    write(tmp_path, "a/article", "a/README.md", "a/page.html", "a/S. Korea and Cuba")
    for name in ("article", "README.md", "S. Korea and Cuba"):
        assert texts(tmp_path / "a" / name) == {name: f"a/{name}".encode()}
    assert problems(tmp_path / "a" / "page.html") == {"page.html": "unknown_format"}


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    assert texts(f"file://{tmp_path}") == {"a.txt": b"a.txt"}


def test_links_stay_in_the_root_and_do_not_loop(tmp_path: Path) -> None:
    write(tmp_path, "root/a.txt", "root/.kept/b.txt", "root/sub/c.txt", "outside/d.txt", "outside/e.bin")
    root = tmp_path / "root"
    (root / "b.txt").symlink_to(root / ".kept" / "b.txt")
    (root / "out.txt").symlink_to(tmp_path / "outside" / "d.txt")
    (root / "out.bin").symlink_to(tmp_path / "outside" / "e.bin")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "sub" / "up").symlink_to(root)
    (root / "self.txt").symlink_to("self.txt")
    (root / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "link").symlink_to(root)
    expected = {
        "a.txt": None,
        "b.txt": None,
        "gone.txt": "vanished",
        "out": "path_escapes",
        "out.txt": "path_escapes",
        "self.txt": "unreadable",
        "sub/c.txt": None,
    }
    assert problems(root) == problems(tmp_path / "link") == expected


def test_roots_that_collide_are_told_apart_by_as_much_as_is_needed(tmp_path: Path) -> None:
    write(tmp_path, "x/in/a.txt", "y/in/a.txt", "z/b.txt")
    assert uris(tmp_path / "x" / "in", tmp_path / "z") == ["a.txt", "b.txt"]
    assert uris(tmp_path / "x" / "in", tmp_path / "y" / "in") == ["x/in/a.txt", "y/in/a.txt"]
    write(tmp_path, "z/a.txt")
    assert uris(tmp_path / "x" / "in", tmp_path / "z") == ["in/a.txt", "z/a.txt", "z/b.txt"]


def test_a_file_given_twice_is_one_record(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.txt")
    assert uris(tmp_path, tmp_path, tmp_path / "sub", tmp_path / "sub" / "a.txt", tmp_path / "*") == ["sub/a.txt"]


def test_strange_names_are_spelled_out(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"coffee")
    (tmp_path / "Article #5.txt").write_bytes(b"five")
    (tmp_path / "기사.txt").write_bytes(b"article")
    assert texts(tmp_path) == {"caf\\xe9.txt": b"coffee", "Article %235.txt": b"five", "기사.txt": b"article"}
    assert rows(tmp_path)["Article %235.txt"]["source_name"] == "Article #5.txt"


def test_the_folder_of_results_is_no_input(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "output/README.md", "output/b.txt")
    found = store.find([tmp_path, tmp_path / "o*", tmp_path / "output" / "b.txt"], without=tmp_path / "output")
    assert [source.source_uri for source in found] == ["a.txt"]


def test_missing_and_empty_inputs_are_the_users_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read input .*/gone: No such file or directory$"):
        store.find([SEEDS, tmp_path / "gone"])
    write(tmp_path, "a.pdf", ".b.txt", "README.txt")
    with pytest.raises(UserError, match=r"holds no file to read \(\.txt, .*: nothing is published$"):
        store.find([tmp_path])
    with pytest.raises(UserError, match="an input is empty"):
        store.find([SEEDS, ""])
    for url in ("memory://nowhere/at/all", "nosuchscheme://bucket/a.txt"):
        with pytest.raises(UserError, match=f"cannot read input {url}: "):
            store.find([url])


def test_one_bad_file_is_a_problem_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "good.txt", "gone.txt", "folder/x.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "empty.txt").touch()
    sources = store.find([tmp_path])
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "folder" / "x.txt").unlink()
    (tmp_path / "folder" / "x.txt").mkdir()
    [batch] = store.load(sources, LIMITS)
    loaded = {row["source_uri"]: row for row in batch.to_pylist()}
    assert (loaded["good.txt"]["raw"], loaded["good.txt"]["problem"]) == (b"good.txt", None)
    assert (loaded["empty.txt"]["raw"], loaded["empty.txt"]["problem"]) == (b"", None)
    for name, problem, words in (
        ("gone.txt", "vanished", "No such file"),
        ("folder/x.txt", "unreadable", "Is a directory"),
        ("pipe.txt", "unreadable", "not a regular"),
    ):
        assert (loaded[name]["raw"], loaded[name]["problem"]) == (None, problem)
        assert words in loaded[name]["message"]


def test_a_folder_that_cannot_be_listed_is_a_problem_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.txt", "closed/b.txt")
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # the tests may run as root, whom no permission stops
    assert problems(tmp_path) == {"a.txt": None, "closed": "unreadable"}


def test_a_record_may_have_the_most_bytes_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 1000)
    (tmp_path / "b.txt").write_bytes(b"x" * 1001)
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({"text": "é" * n}) for n in (490, 501)))
    (tmp_path / "d.jsonl").write_text(json.dumps({"text": "x" * 5000}) + "\n" + json.dumps({"text": "good"}))
    assert problems(tmp_path, limits=SMALL) == {
        "a.txt": None,
        "b.txt": "too_large",
        "c.jsonl#1": "too_large",  # the line: é is six characters there
        "c.jsonl#2": "too_large",
        "d.jsonl#1": "too_large",
        "d.jsonl#2": None,
    }


# --- files of records ---------------------------------------------------------------------------------------------


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"text": "One.", "url": "https://e.org/1", "publisher": "Donga", "date": "2024-02-14", "title": "T", "x": [1]},
        {"text": "Two. 기사 \u2028 \ud83d\ude00", "id": "second"},
        {"text": "Half \ud83d.", "id": 7},
        {"text": "Again.", "id": "second", "publisher": None, "date": 2024},
    ]
    encoded = "\r\n\n".join(json.dumps(line) for line in lines)
    (tmp_path / "a.jsonl").write_text(encoded)
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + encoded.encode()))
    (tmp_path / "c.jsonl.zst").write_bytes(pa.compress(encoded.encode(), "zstd", asbytes=True))
    (tmp_path / "d.jsonl").write_bytes(encoded.encode("utf-16"))
    loaded = rows(tmp_path)
    for name in ("a.jsonl", "b.ndjson.gz", "c.jsonl.zst", "d.jsonl"):
        first = loaded[f"{name}#1"]
        assert (first["raw"], first["url"], first["publisher_supplied"], first["published_supplied"]) == (
            b"One.",
            "https://e.org/1",
            "Donga",
            "2024-02-14",
        )
        assert first["source_name"] == "1"
        assert loaded[f"{name}#second"]["raw"] == "Two. 기사 \u2028 😀".encode()
        assert loaded[f"{name}#7"]["raw"] == b"Half \xed\xa0\xbd."
        again = loaded[f"{name}#second~2"]
        assert (again["raw"], again["publisher_supplied"], again["published_supplied"]) == (b"Again.", None, "2024")
    assert len(loaded) == 16


WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("codec", WIDE)
def test_records_in_wide_encodings_with_and_without_a_mark(codec: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes('{"text": "기사 a", "publisher": "Donga"}\n{"text": "b"}\n'.encode(codec))
    (tmp_path / "b.csv").write_bytes("text,publisher\n기사 a,Donga\nb,\n".encode(codec))
    loaded = rows(tmp_path)
    for name in ("a.jsonl", "b.csv"):
        assert [loaded[f"{name}#{number}"]["raw"] for number in (1, 2)] == ["기사 a".encode(), b"b"]
        assert loaded[f"{name}#1"]["publisher_supplied"] == "Donga"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_records_end_as_text_lines_do(end: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}|{"text": "b"}|'.replace("|", end), newline="")
    (tmp_path / "b.csv").write_text('||text|"two|lines"|b|'.replace("|", end), newline="")
    lines = f"two{end}lines".encode()
    assert texts(tmp_path) == {"a.jsonl#1": b"a", "a.jsonl#2": b"b", "b.csv#1": lines, "b.csv#2": b"b"}


def test_names_of_fields_in_any_case(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"Text": "x", "TITLE": "T", "ID": "k"}\n{"Text": "other", "text": "own"}')
    (tmp_path / "b.csv").write_text("Text, Title ,ID\nx,T,k\n")
    table = pa.table({"Text": pa.array([b"x"], pa.large_binary()), "Title": ["T"], "Id": ["k"]})
    pq.write_table(table, tmp_path / "c.parquet")
    loaded = rows(tmp_path)
    assert {uri: (row["raw"], row["title_supplied"]) for uri, row in loaded.items()} == {
        "a.jsonl#k": (b"x", "T"),
        "a.jsonl#2": (b"own", None),
        "b.csv#k": (b"x", "T"),
        "c.parquet#k": (b"x", "T"),
    }


def test_what_stands_for_nothing_is_not_supplied(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "x", "publisher": NaN, "title": null, "url": {"a": 1}, "date": true, "language": " "}\n'
        '{"text": "y", "title": "half \\ud83d"}\n'
    )
    first, second = rows(tmp_path).values()
    names = ("publisher_supplied", "title_supplied", "url", "published_supplied", "language_supplied")
    assert [first[name] for name in names] == [None] * 5
    assert second["title_supplied"] == "half \ufffd"


def test_bad_json_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        b'{"text": "broken"',
        b'["text"]',
        b'{"headline": "no text"}',
        b'{"text": null, "id": "n"}',
        b'{"text": ["list"]}',
        b"[" * 200_000,
        b'{"text": 1' + b"0" * 5000 + b"}",
        "{'text': 'Señor'}".encode("cp1252"),
        '{"text": "Señor Pérez llegó a La Habana el lunes."}'.encode("cp1252"),
        b'{"text": "the last one"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    loaded = rows(tmp_path)
    assert {uri.partition("#")[2]: row["problem"] for uri, row in loaded.items()} == {
        "1": "malformed_json",
        "2": "malformed_json",
        "3": "no_text",
        "n": "no_text",
        "5": "no_text",
        "6": "malformed_json",
        "7": "malformed_json",
        "8": "malformed_json",
        "9": None,
        "10": None,
    }
    assert all("line " + number in loaded[f"a.jsonl#{number}"]["message"] for number in "1235678")
    assert loaded["a.jsonl#9"]["raw"] == "Señor Pérez llegó a La Habana el lunes.".encode("cp1252")


def test_a_file_without_json_lines_is_given_up(tmp_path: Path) -> None:
    """Pretty-printed JSON would else be a row of quarantine for each of its lines."""
    (tmp_path / "a.jsonl").write_text(json.dumps([{"text": "x"}] * 1000, indent=1))
    (tmp_path / "b.jsonl").write_text('{"text": "x"}\n' + "{\n" * 300 + '{"text": "y"}\n')
    loaded = rows(tmp_path)
    assert sum(uri.startswith("a.jsonl#") for uri in loaded) == 100
    assert "none of the first 100 lines" in loaded["a.jsonl"]["message"]
    assert loaded["b.jsonl#302"]["raw"] == b"y"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(tmp_path: Path, delimiter: str) -> None:
    table = [
        ("id", "text", "publisher", "other"),
        ("a", '"Two\r\nlines, ""quoted"" 기사"', "Donga", "x"),
        ("", "Plain", "", ""),
    ]
    encoded = "\r\n".join(delimiter.join(fields) for fields in table)
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + encoded.encode())
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(encoded.encode("utf-16")))
    (tmp_path / "c.csv").write_bytes(f"text{delimiter}id\r\nSeñor Pérez{delimiter}ñ\r\n".encode("cp1252"))
    loaded = rows(tmp_path)
    for name in ("a.csv", "b.csv.gz"):
        assert loaded[f"{name}#a"]["raw"] == 'Two\r\nlines, "quoted" 기사'.encode()
        assert loaded[f"{name}#a"]["publisher_supplied"] == "Donga"
        assert loaded[f"{name}#2"]["raw"] == b"Plain"
        assert loaded[f"{name}#2"]["publisher_supplied"] is None
    assert loaded["c.csv#\ufffd"]["raw"] == "Señor Pérez".encode("cp1252")


def test_bad_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("headline,body\nx,y\n")
    (tmp_path / "b.csv").write_text('id,text\n1,good\n2\n3,"never closed\n4,lost\n')
    (tmp_path / "c.csv").write_text("text,id\ngood,1\n" + "x" * 5000 + ",2\n")
    (tmp_path / "d.csv").write_text("text\n")
    loaded = rows(tmp_path, limits=SMALL)
    assert {uri: row["problem"] for uri, row in loaded.items()} == {
        "a.csv": "no_text",
        "b.csv#1": None,
        "b.csv#2": "malformed_csv",
        "b.csv": "malformed_csv",
        "c.csv#1": None,
        "c.csv": "too_large",
        "d.csv": "empty",
    }
    assert "line 3" in loaded["b.csv#2"]["message"]
    (tmp_path / "e.csv").write_text("\n\ntext,id\nx\n")
    assert "line 4" in rows(tmp_path / "e.csv")["e.csv#1"]["message"]
    assert "headline,body" in loaded["a.csv"]["message"]


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array(["One. 기사", None, "x" * 2000], pa.large_string()),
            "id": [1, 2, 3],
            "date": pa.array([19767, None, 19768], pa.date32()),
            "other": [[1], [2], [3]],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(table.select(["other"]), tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    (tmp_path / "d.parquet.gz").write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    pq.write_table(pa.table({"text": pa.array(["same", "same"]).dictionary_encode()}), tmp_path / "e.parquet")
    loaded = rows(tmp_path, limits=SMALL.model_copy(update={"max_compression_ratio": 200}))
    assert {uri: row["problem"] for uri, row in loaded.items()} == {
        "a.parquet#1": None,
        "a.parquet#2": "no_text",
        "a.parquet#3": "too_large",
        "b.parquet": "no_text",
        "c.parquet": "corrupt",
        "d.parquet.gz": "nested_archive",
        "e.parquet#1": None,
        "e.parquet#2": None,
    }
    assert loaded["a.parquet#1"]["raw"] == "One. 기사".encode()
    assert loaded["a.parquet#1"]["published_supplied"] == "2024-02-14"


def test_common_crawl_text(tmp_path: Path) -> None:
    pages = [("https://e.org/1", "One. 기사".encode()), ("https://e.org/2", b""), ("https://e.org/3", b"x" * 2000)]
    (tmp_path / "a.warc.wet.gz").write_bytes(wet(*pages, ("https://e.org/4", b"Four.")))
    (tmp_path / "b.warc.wet.gz").write_bytes(wet(*pages)[:-30])
    (tmp_path / "c.warc.wet").write_bytes(gzip.decompress(wet(*pages[:1]))[:-6])
    loaded = rows(tmp_path, limits=SMALL)
    first = loaded["a.warc.wet.gz#urn:uuid:1"]
    assert (first["raw"], first["url"], first["published_supplied"]) == ("One. 기사".encode(), "https://e.org/1", None)
    assert {uri.replace("urn:uuid:", ""): row["problem"] for uri, row in loaded.items()} == {
        "a.warc.wet.gz#1": None,
        "a.warc.wet.gz#2": None,
        "a.warc.wet.gz#3": "too_large",
        "a.warc.wet.gz#4": None,
        "b.warc.wet.gz#1": None,
        "b.warc.wet.gz#2": None,
        "b.warc.wet.gz#3": "truncated",
        "b.warc.wet.gz": "truncated",
        "c.warc.wet#1": "truncated",
    }


def test_a_wet_file_says_the_language_of_a_page(tmp_path: Path) -> None:
    page = gzip.decompress(wet(("https://e.org/1", b"One.")))
    page = page.replace(b"WARC-Date", b"WARC-Identified-Content-Language: eng,fra\r\nWARC-Date")
    (tmp_path / "a.wet").write_bytes(page)
    assert [row["language_supplied"] for row in rows(tmp_path).values()] == ["eng,fra"]


# --- compressed files and archives --------------------------------------------------------------------------------


def test_compressed_text_is_the_text(tmp_path: Path) -> None:
    text = SEEDS.joinpath("001_90b89dafc0ad33b2.txt").read_bytes()
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(text[:100]) + gzip.compress(text[100:]))
    (tmp_path / "b.md.zst").write_bytes(pa.compress(text, "zstd", asbytes=True))
    (tmp_path / "c.txt").write_bytes(text)
    assert texts(tmp_path) == {"a.txt.gz": text, "b.md.zst": text, "c.txt": text}


def test_what_breaks_off_or_is_damaged_keeps_what_came_before(tmp_path: Path) -> None:
    random_lines = "".join(
        json.dumps({"text": f"{random.Random(n).random()}" * 9}) + "\n" for n in range(2000)
    ).encode()
    packed = {"gz": gzip.compress(random_lines), "zst": pa.compress(random_lines, "zstd", asbytes=True)}
    for suffix, data in packed.items():
        (tmp_path / f"cut.jsonl.{suffix}").write_bytes(data[: len(data) // 2])
        (tmp_path / f"not.jsonl.{suffix}").write_bytes(b"no such thing")
        (tmp_path / f"none.jsonl.{suffix}").write_bytes(b"")
        (tmp_path / f"whole.jsonl.{suffix}").write_bytes(data)
        (tmp_path / f"tail.jsonl.{suffix}").write_bytes(data[:-1])
    found = problems(tmp_path)
    for suffix in packed:
        assert found[f"cut.jsonl.{suffix}"] == found[f"tail.jsonl.{suffix}"] == "truncated"
        assert found[f"not.jsonl.{suffix}"] == "corrupt"
        assert found[f"none.jsonl.{suffix}"] == "empty"
        assert f"whole.jsonl.{suffix}" not in found
        assert 100 < sum(uri.startswith(f"cut.jsonl.{suffix}#") for uri in found) < 2000
        assert found[f"whole.jsonl.{suffix}#2000"] is None


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    zeros = b"0" * 3_000_000
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(zeros))
    (tmp_path / "b.jsonl.zst").write_bytes(pa.compress(b'{"text": "good"}\n' + zeros, "zstd", asbytes=True))
    (tmp_path / "c.zip").write_bytes(zipped(**{"a.txt": zeros, "b.txt": b"good"}))
    (tmp_path / "d.tar.gz").write_bytes(gzip.compress(tarred(("a.txt", zeros), ("b.txt", b"lost"))))
    noise = random.Random(1).randbytes(600_000).hex().encode()
    (tmp_path / "e.jsonl.gz").write_bytes(
        gzip.compress(b"".join(b'{"text": "%s"}\n' % noise[n : n + 500] for n in range(0, len(noise), 500)))
    )
    (tmp_path / "f.txt.gz").write_bytes(gzip.compress(b"0" * 900))
    found = problems(tmp_path, limits=SMALL)
    for uri in ("a.txt.gz", "b.jsonl.zst", "c.zip#a.txt", "d.tar.gz", "e.jsonl.gz"):
        assert found[uri] == "decompression_bomb", uri
    assert found["c.zip#b.txt"] is None
    assert found["f.txt.gz"] is None, "what passes as a record is none"
    assert found["e.jsonl.gz#1000"] is None
    assert "e.jsonl.gz#2400" not in found


MEMBERS = {
    "a.txt": b"One.",
    "sub/b.md": b"Two.",
    "c.jsonl": b'{"text": "Three."}\n{"text": "Four.", "id": "x"}\n{',
    "d.txt.gz": gzip.compress(b"Five."),
    "기사.txt": b"Six.",
    "in.zip": zipped(**{"deep.txt": b"never"}),
    "in.tar.gz": b"never",
    "in.parquet": b"never",
    "README.md": b"never",
    ".hidden/e.txt": b"never",
    "__MACOSX/a.txt": b"never",
    "SOURCES.csv": b"never",
    "picture.png": b"never",
}
OF_MEMBERS = {
    "a.txt": (b"One.", None),
    "sub/b.md": (b"Two.", None),
    "c.jsonl#1": (b"Three.", None),
    "c.jsonl#x": (b"Four.", None),
    "c.jsonl#3": (None, "malformed_json"),
    "d.txt.gz": (b"Five.", None),
    "기사.txt": (b"Six.", None),
    "in.zip": (None, "nested_archive"),
    "in.tar.gz": (None, "nested_archive"),
    "in.parquet": (None, "nested_archive"),
}


def test_an_archive_is_read_like_a_folder(tmp_path: Path) -> None:
    plain = tarred(*MEMBERS.items())
    (tmp_path / "a.zip").write_bytes(zipped(**MEMBERS))
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "c.tgz").write_bytes(gzip.compress(plain))
    (tmp_path / "d.tar").write_bytes(plain)
    (tmp_path / "e.tar.zst").write_bytes(pa.compress(plain, "zstd", asbytes=True))
    (tmp_path / "f.zip.gz").write_bytes(gzip.compress(zipped(**MEMBERS)))
    loaded = rows(tmp_path)
    assert loaded.pop("f.zip.gz")["problem"] == "nested_archive"
    for name in ("a.zip", "b.tar.gz", "c.tgz", "d.tar", "e.tar.zst"):
        found = {
            uri.partition("#")[2]: (row["raw"], row["problem"]) for uri, row in loaded.items() if uri.startswith(name)
        }
        assert found == OF_MEMBERS
    assert loaded["a.zip#sub/b.md"]["source_name"] == "sub/b.md"


def test_nothing_escapes_an_archive(tmp_path: Path) -> None:
    linked = zipfile.ZipInfo("link.txt")
    linked.external_attr = (stat.S_IFLNK | 0o777) << 16
    inside = zipfile.ZipInfo("sub/inside.txt")
    inside.external_attr = linked.external_attr
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("../up.txt", "/root.txt", "C:\\drive.txt", "..\\back.txt", "sub/../fine.txt"):
            archive.writestr(name, "x")
        archive.writestr(linked, "../../etc/passwd")
        archive.writestr(inside, "../sub/fine.txt")
    (tmp_path / "b.tar").write_bytes(
        tarred(
            ("../up.txt", b"x"),
            ("/root.txt", b"x"),
            ("sub/../fine.txt", b"x"),
            link("sub/link", "../../etc"),
            link("absolute.txt", "/etc/passwd"),
            link("sub/inside.txt", "../sub/fine.txt"),
            link("hard.txt", "../up.txt", tarfile.LNKTYPE),
            link("sub/hard.txt", "sub/fine.txt", tarfile.LNKTYPE),
            link("pipe.txt", "", tarfile.FIFOTYPE),
        )
    )
    found = problems(tmp_path)
    assert found == {
        "a.zip#%2E%2E/up.txt": "path_escapes",
        "a.zip#/root.txt": "path_escapes",
        "a.zip#C:/drive.txt": "path_escapes",
        "a.zip#%2E%2E/back.txt": "path_escapes",
        "a.zip#fine.txt": None,
        "a.zip#link.txt": "path_escapes",
        "b.tar#%2E%2E/up.txt": "path_escapes",
        "b.tar#/root.txt": "path_escapes",
        "b.tar#fine.txt": None,
        "b.tar#sub/link": "path_escapes",
        "b.tar#absolute.txt": "path_escapes",
        "b.tar#hard.txt": "path_escapes",
    }


def test_damaged_archives(tmp_path: Path) -> None:
    noise = random.Random(2).randbytes(20_000).hex().encode()
    whole = zipped(**{"a.txt": b"good", "b.txt": noise, "c.txt": b"good"})
    place = whole.index(b"b.txt") + 5000
    (tmp_path / "a.zip").write_bytes(whole[:place] + b"\0" * 50 + whole[place + 50 :])
    (tmp_path / "b.zip").write_bytes(whole[: len(whole) // 2])
    plain = tarred(("a.txt", b"good"), ("b.txt", noise), ("c.txt", b"lost"))
    (tmp_path / "c.tar.gz").write_bytes(gzip.compress(plain)[:10_000])
    (tmp_path / "d.tar").write_bytes(plain[:5000])
    (tmp_path / "e.tar").write_bytes(noise)
    (tmp_path / "f.tar").write_bytes(tarred())
    found = problems(tmp_path)
    assert found["a.zip#a.txt"] is None
    assert found["a.zip#b.txt"] == "corrupt"
    assert found["a.zip#c.txt"] is None
    assert found["b.zip"] == found["c.tar.gz"] == found["d.tar"] == found["e.tar"] == "truncated"
    assert found["c.tar.gz#a.txt"] is found["d.tar#a.txt"] is None
    assert found["f.tar"] == "empty"


def test_encrypted_members_cannot_be_read(tmp_path: Path) -> None:
    data = bytearray(zipped(**{"a.txt": b"secret", "b.txt": b"good"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert problems(tmp_path) == {"a.zip#a.txt": "unreadable", "a.zip#b.txt": None}


# --- SOURCES.csv --------------------------------------------------------------------------------------------------


def supplied(row: Row) -> tuple[str | None, ...]:
    return row["publisher_supplied"], row["url"], row["published_supplied"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_sources_csv_as_a_spreadsheet_saves_it(codec: str, tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "SOURCES.csv").write_bytes("\r\nfile;title;language\r\na.txt;기사;ko\r\n".encode(codec))
    row = rows(tmp_path)["a.txt"]
    assert (row["title_supplied"], row["language_supplied"], row["problem"]) == ("기사", "ko", None)


def test_what_stands_before_a_break_in_sources_csv_is_used(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / "SOURCES.csv").write_text('file,publisher\na.txt,Donga\nb.txt,"Yonhap\n')
    loaded = rows(tmp_path)
    assert [loaded[name]["publisher_supplied"] for name in ("a.txt", "b.txt")] == ["Donga", None]
    assert "nothing after it is used" in loaded["SOURCES.csv"]["message"]


def test_sources_csv_supplies_what_it_knows(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "sub/b.txt", "sub/c #1.txt")
    (tmp_path / "d.jsonl").write_text('{"text": "x", "id": "own", "publisher": "Its own"}\n{"text": "y"}')
    (tmp_path / "SOURCES.csv").write_text(
        "\ufefffile,publisher,url,date\r\na.txt,Donga,https://e.org/a,2024-02-14\r\nsub/b.txt,Above,,\r\n"
        '"sub/c #1.txt",Yonhap,,\r\nd.jsonl,The file,,2024\r\nd.jsonl#2,,https://e.org/2,\r\n\r\n'
    )
    (tmp_path / "sub" / "sources.csv").write_text("File,Publisher\nb.txt,Below\n")
    loaded = rows(tmp_path)
    assert {uri: supplied(row) for uri, row in loaded.items()} == {
        "a.txt": ("Donga", "https://e.org/a", "2024-02-14"),
        "sub/b.txt": ("Below", None, None),
        "sub/c %231.txt": ("Yonhap", None, None),
        "d.jsonl#own": ("Its own", None, "2024"),
        "d.jsonl#2": ("The file", "https://e.org/2", "2024"),
    }
    assert supplied(rows(tmp_path / "a.txt")["a.txt"]) == ("Donga", "https://e.org/a", "2024-02-14")
    assert supplied(rows(tmp_path / "a*")["a.txt"]) == ("Donga", "https://e.org/a", "2024-02-14")


def test_what_is_wrong_with_sources_csv_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "1/b.txt", "2/b.txt", "3/b.txt")
    (tmp_path / "SOURCES.csv").write_text("file,publisher,editor\na.txt,Donga,x\nb.txt,y,z\na.txt,Other,\nc.txt\n")
    (tmp_path / "1" / "SOURCES.csv").write_text("name,publisher\nb.txt,Donga\n")
    (tmp_path / "2" / "SOURCES.csv").write_bytes("file,publisher\nb.txt,Señor\n".encode("cp1252"))
    (tmp_path / "3" / "SOURCES.csv").write_text('file,publisher\nb.txt,"Donga\n')
    loaded = rows(tmp_path)
    assert {uri: row["problem"] for uri, row in loaded.items() if row["problem"]} == {
        "SOURCES.csv": "unknown_column",
        "SOURCES.csv#b.txt": "unknown_file",
        "SOURCES.csv#line 4": "repeated_file",
        "SOURCES.csv#line 5": "malformed_csv",
        "1/SOURCES.csv": "malformed_csv",
        "2/SOURCES.csv": "undecodable",
        "3/SOURCES.csv": "malformed_csv",
    }
    assert "editor" in loaded["SOURCES.csv"]["message"]
    assert "line 3" in loaded["SOURCES.csv#b.txt"]["message"]
    assert supplied(loaded["a.txt"]) == ("Donga", None, None)


# --- elsewhere ----------------------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.rm("/", recursive=True)


def fill(filesystem: fsspec.AbstractFileSystem, root: str) -> None:
    """What `expected_under` expects."""
    parquet = io.BytesIO()
    pq.write_table(pa.table({"text": ["Row."]}), parquet)
    for name, content in {
        "a.txt": b"One.",
        "deep/er/b.jsonl.gz": gzip.compress(b'{"text": "Two."}'),
        "c.zip": zipped(**{"d.txt": b"Three."}),
        "d.tar.gz": gzip.compress(tarred(("e.txt", b"Four."))),
        "e.parquet": parquet.getvalue(),
        ".hidden/x.txt": b"never",
        "README.md": b"never",
        "SOURCES.csv": b"file,publisher\na.txt,Donga\nnowhere.txt,x\n",
    }.items():
        filesystem.pipe(f"{root}/{name}", content)


def expected_under(url: str) -> dict[str, tuple[bytes | None, str | None, str | None]]:
    return {
        f"{url}/a.txt": (b"One.", "Donga", None),
        f"{url}/c.zip#d.txt": (b"Three.", None, None),
        f"{url}/d.tar.gz#e.txt": (b"Four.", None, None),
        f"{url}/deep/er/b.jsonl.gz#1": (b"Two.", None, None),
        f"{url}/e.parquet#1": (b"Row.", None, None),
        f"{url}/SOURCES.csv#nowhere.txt": (None, None, "unknown_file"),
    }


def seen(*inputs: str) -> dict[str, tuple[bytes | None, str | None, str | None]]:
    return {uri: (row["raw"], row["publisher_supplied"], row["problem"]) for uri, row in rows(*inputs).items()}


def test_memory_urls(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    fill(memory, "/bucket/in")
    assert seen("memory://bucket/in") == seen("memory://bucket/in/") == expected_under("memory:///bucket/in")
    assert seen("memory://bucket/in/a.txt") == {"memory:///bucket/in/a.txt": (b"One.", "Donga", None)}
    assert uris("memory://bucket/in/*.txt", "memory://bucket/*/deep") == [
        "memory:///bucket/in/a.txt",
        "memory:///bucket/in/deep/er/b.jsonl.gz",
    ]
    write(tmp_path, "a.txt")
    assert uris(tmp_path, "memory://bucket/in/a.txt") == ["a.txt", "memory:///bucket/in/a.txt"]
    sources = store.find(["memory://bucket/in/a.txt"])
    memory.rm("/bucket/in/a.txt")
    [batch] = store.load(sources, LIMITS)
    assert batch.column("problem").to_pylist() == ["vanished"]


def answered(status: int) -> ClientResponseError:
    """What a web server's refusal looks like."""
    asked = RequestInfo(URL("http://127.0.0.1/a.txt"), "GET", CIMultiDictProxy(CIMultiDict()))
    return ClientResponseError(asked, (), status=status)


@pytest.mark.parametrize("at", ["open", "read"])
@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
        OSError(errno.EBUSY, "Please reduce your request rate."),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:9"),
        ServerDisconnectedError(),
        answered(503),
    ],
    ids=repr,
)
def test_what_cannot_be_read_only_now_is_not_set_aside(
    error: Exception, at: str, memory: fsspec.AbstractFileSystem
) -> None:
    memory.pipe("/bucket/a.txt", b"One.")
    memory.pipe("/bucket/b.txt", b"Two.")
    with stumbling(error, at=at):
        with pytest.raises(StumbleError, match=r"^cannot read memory:///bucket/a\.txt: ."):
            texts("memory://bucket")
        assert texts("memory://bucket") == {"memory:///bucket/a.txt": b"One.", "memory:///bucket/b.txt": b"Two."}


@pytest.mark.parametrize("at", ["open", "read"])
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (FileNotFoundError(errno.ENOENT, "gone"), "vanished"),
        (PermissionError(errno.EACCES, "Access Denied"), "unreadable"),
        (OSError(errno.EINVAL, "The request is not valid."), "unreadable"),
        (NoCredentialsError(), "unreadable"),
        (answered(403), "unreadable"),
    ],
    ids=repr,
)
def test_what_can_never_be_read_is_set_aside(
    error: Exception, problem: str, at: str, memory: fsspec.AbstractFileSystem
) -> None:
    memory.pipe("/bucket/a.txt", b"One.")
    memory.pipe("/bucket/b.txt", b"Two.")
    with stumbling(error, at=at):
        assert problems("memory://bucket") == {"memory:///bucket/a.txt": problem, "memory:///bucket/b.txt": None}


STUMBLED_OVER = (
    "a.txt",
    "deep/er/b.jsonl.gz",
    "c.zip",
    "d.tar.gz",
    "e.parquet",
    "f.wet.gz",
    "g.csv.zst",
    "SOURCES.csv",
)


@pytest.mark.parametrize("name", STUMBLED_OVER)
def test_no_parser_takes_a_stumble_for_damage(name: str, memory: fsspec.AbstractFileSystem) -> None:
    fill(memory, "/bucket/in")
    memory.pipe("/bucket/in/f.wet.gz", wet(("http://example.org/", b"Five.")))
    memory.pipe("/bucket/in/g.csv.zst", pa.compress(b"text\nSix.\n", "zstd", asbytes=True))
    for each in STUMBLED_OVER:
        if each != name:
            memory.rm(f"/bucket/in/{each}")
    memory.pipe("/bucket/in/other.txt", b"Other.")
    expected = seen("memory://bucket/in")
    assert len(expected) == (2 if name != "SOURCES.csv" else 3)
    with stumbling(TimeoutError("no answer")):
        with pytest.raises(StumbleError, match=f"^cannot read memory:///bucket/in/{name}: no answer$"):
            seen("memory://bucket/in")
        assert seen("memory://bucket/in") == expected


def test_a_folder_that_cannot_be_listed_only_now_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.txt", "away/b.txt")
    scandir = os.scandir

    def stumble(path: Path) -> Any:
        if Path(path).name == "away":
            raise OSError(errno.ETIMEDOUT, "Connection timed out")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", stumble)
        with pytest.raises(StumbleError, match=f"^cannot read input {tmp_path}: Connection timed out$"):
            store.find([tmp_path])


@pytest.mark.filterwarnings("default")  # of the libraries of the server and its client
def test_a_real_s3_server() -> None:
    with s3_server("articles"):
        bucket = fsspec.filesystem("s3")
        fill(bucket, "articles/in")
        bucket.pipe("articles/other.txt", b"not under the prefix")
        fsspec.filesystem("s3").clear_instance_cache()
        assert seen("s3://articles/in") == expected_under("s3://articles/in")
        assert uris("s3://articles/in/a.txt", "s3://articles/in/*.zip") == [
            "s3://articles/in/a.txt",
            "s3://articles/in/c.zip",
        ]
        with pytest.raises(UserError, match="cannot read input s3://articles/nothing: "):
            store.find(["s3://articles/nothing"])
        with pytest.raises(UserError, match="cannot read input s3://nobucket/x: "):
            store.find(["s3://nobucket/x"])


# --- streams ------------------------------------------------------------------------------------------------------


def test_batches_hold_no_more_than_they_may(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 10)
    (tmp_path / "b.txt").write_bytes(b"x" * 20_000_000)
    (tmp_path / "c.txt").write_bytes(b"x" * 20_000_000)
    (tmp_path / "d.txt").write_bytes(b"x")
    sizes = [batch.num_rows for batch in store.load(store.find([tmp_path]), LIMITS, batch_size=4)]
    assert sizes == [4, 4, 4, 1]


MEMORY = """
import resource, sys
from pathlib import Path
from kcpipe import store
from kcpipe.settings import InputSettings
sources = store.find([Path(sys.argv[1])])
batches = store.load(sources, InputSettings())
first = next(batches).num_rows
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = first + sum(batch.num_rows for batch in batches)
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    words = random.Random(3)
    text = " ".join(str(words.randrange(10**6)) for _ in range(3000))
    member = gzip.compress("".join(json.dumps({"text": text[n:]}) + "\n" for n in range(100)).encode(), 1)
    with (tmp_path / "big.jsonl.gz").open("wb") as file:
        for _ in range(105):
            file.write(member)
    result = subprocess.run(
        [sys.executable, "-c", MEMORY, tmp_path], capture_output=True, text=True, check=True, timeout=120
    )
    records, grown_megabytes = map(int, result.stdout.split())
    assert records == 10_500
    assert records * len(text) > 200_000_000
    assert grown_megabytes < 60


# --- anything -----------------------------------------------------------------------------------------------------

PIECES = [
    *(
        b"",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b" ",
        b"\xc2\xa0",
        b"\xe2\x80\x8b",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    ),
    *(
        b"\xed\xa0\xbd",
        b"\xf0\x9f\x98\x80",
        b"\x1a",
        b'"',
        b"\\",
        b'{"text": "',
        b'"}',
        b"text,id\n",
        b"{",
        b",",
        b"\x85",
    ),
    *(
        "Señor Pérez. ".encode("cp1252"),
        "한국과 쿠바 ".encode("euc-kr"),
        "韓国と".encode("shift_jis"),
        "서울 ".encode(),
    ),
    *("Seúl ".encode("utf-16"), "Seúl ".encode("utf-32-le"), b"South Korea and Cuba. ", b"PK\x03\x04", b"\x1f\x8b\x08"),
]
nasty = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=20).map(b"".join)
NAMES = ["a.txt", "a.jsonl", "a.csv", "a.parquet", "a.zip", "a.tar", "a.warc.wet", "a.txt.gz", "a.jsonl.zst", "a.tgz"]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(NAMES), nasty, st.booleans())
def test_any_bytes_in_any_format_are_accounted_for(name: str, content: bytes, is_packed: bool) -> None:
    if is_packed:
        packers: dict[str, Any] = {
            "gz": gzip.compress,
            "tgz": lambda data: gzip.compress(tarred(("a.txt", data))),
            "zst": lambda data: pa.compress(data, "zstd", asbytes=True),
            "zip": lambda data: zipped(**{"a.txt": data}),
            "tar": lambda data: tarred(("a.txt", data)),
        }
        content = packers.get(name.rpartition(".")[2], bytes)(content)
    source = store.Source(name, name, lambda: io.BytesIO(content))
    batches = list(store.load([source], SMALL, batch_size=3))
    assert batches, "every file has a row"
    for batch in batches:
        made = read(inputs=batch)
        refused = set(made.quarantine.column("source_uri").to_pylist())
        for row in made.records.to_pylist():
            assert row["document_id"] is not None or row["source_uri"] in refused
