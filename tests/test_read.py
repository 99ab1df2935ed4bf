"""From bytes to text, and what is no text."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcpipe import ids
from kcpipe.read import Read, read
from kcpipe.tables import TABLES, build

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
SPANISH = "Relaciones diplomáticas entre Corea y Cuba, según el señor canciller."
KOREAN = "한국과 쿠바가 외교 관계를 수립했다. 양국은 뉴욕에서 공한을 교환했다. " * 3


def reading(*records: bytes | None, **columns: Any) -> Read:
    rows = [
        {"source_uri": f"in/{number}", "source_name": str(number), "raw": raw, **columns}
        for number, raw in enumerate(records)
    ]
    return read(inputs=build(TABLES["inputs"], rows))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_a_seed_is_its_bytes(path: Path) -> None:
    raw = path.read_bytes()
    made = reading(raw)
    (document,) = made.raw_documents.to_pylist()
    assert document["raw_sha256"] == hashlib.sha256(raw).hexdigest()
    assert document["document_id"] == document["raw_sha256"][:32] == made.records["document_id"][0].as_py()
    assert document["raw_text"].encode(document["encoding"]) == raw
    assert document["raw_bytes"] == len(raw)
    assert made.quarantine.num_rows == 0


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"\xef\xbb\xbfSe\xc3\xbal\r\nx\r", "utf-8-sig"),
        ("Seúl\r\nx\r".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "Seúl\r\nx\r".encode("utf-16-be"), "utf-16"),
        ("Seúl\r\nx\r".encode("utf-32"), "utf-32"),
        ("Seúl\r\nx\r".encode(), "utf-8"),
    ],
)
def test_the_mark_is_not_text_and_newlines_stay(raw: bytes, encoding: str) -> None:
    (document,) = reading(raw).raw_documents.to_pylist()
    assert (document["encoding"], document["raw_text"]) == (encoding, "Seúl\r\nx\r")


@pytest.mark.parametrize(
    ("raw", "reason", "words"),
    [
        (b"", "empty", "no bytes"),
        (b" \r\n\t\xc2\xa0\xe2\x80\x8b\n", "whitespace_only", "7 characters"),
        (b"\xef\xbb\xbf", "whitespace_only", "0 characters"),
        (b"%PDF-1.7 words and words", "binary", "PDF"),
        (b"PK\x03\x04words", "binary", "ZIP"),
        (b"words\0words", "binary", "NUL byte at 5"),
        ("words\0words".encode("utf-16"), "binary", "NUL character at 5"),
        (bytes(range(1, 256)) * 4, "binary", "control characters"),
        (b"\xff\xfea", "undecodable", "utf-16"),
        (
            SPANISH.encode("cp1252"),
            "not_utf8",
            "byte 17",
        ),
        (
            KOREAN.encode("euc-kr"),
            "not_utf8",
            "looks like",
        ),
    ],
)
def test_what_is_no_text_has_a_reason_and_the_run_goes_on(raw: bytes, reason: str, words: str) -> None:
    made = reading(raw, b"A good file.")
    (row,) = made.quarantine.to_pylist()
    assert (row["reason"], row["stage"], row["source_uri"]) == (reason, "read", "in/0")
    assert words in row["message"]
    assert row["raw_sha256"] == hashlib.sha256(raw).hexdigest()
    assert row["quarantine_id"] == ids.name_id("quarantine", "in/0", "read", reason)
    assert made.records["document_id"].to_pylist() == [None, ids.document_id(ids.digest(b"A good file."))]
    assert made.raw_documents["raw_text"].to_pylist() == ["A good file."]


def test_a_problem_of_the_store_is_passed_on() -> None:
    made = reading(None, problem="too_large", message="30 MB, 20 are allowed", url="https://example.org/a")
    (row,) = made.quarantine.to_pylist()
    assert (row["reason"], row["message"], row["document_id"]) == ("too_large", "30 MB, 20 are allowed", None)
    assert made.records.to_pylist()[0]["url"] == "https://example.org/a"
    assert made.raw_documents.num_rows == 0


def test_equal_bytes_are_one_document() -> None:
    made = reading(b"The same.", b"Another.", b"The same.")
    first, second, third = made.records["document_id"].to_pylist()
    assert first == third != second
    assert made.raw_documents.num_rows == 2


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_every_input_is_a_document_or_explained(records: list[bytes]) -> None:
    made = reading(*records)
    assert made.records.num_rows == len(records)
    refused = set(made.quarantine["source_uri"].to_pylist())
    documents = {row["document_id"]: row for row in made.raw_documents.to_pylist()}
    for raw, row in zip(records, made.records.to_pylist(), strict=True):
        assert (row["document_id"] is None) == (row["source_uri"] in refused)
        if row["document_id"] is not None:
            document = documents[row["document_id"]]
            assert raw.decode(document["encoding"]) == document["raw_text"]
