"""From bytes to text, and what is no text."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
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


ENGLISH = "South Korea’s foreign ministry said it had opened relations with Cuba – its 193rd partner, a coup de grâce. "
JAPANESE = "韓国とキューバが外交関係を樹立した。両国はニューヨークで書簡を交換した。"
CHINESE = "韩国与古巴建立外交关系。两国在纽约交换了照会。外交部十四日晚宣布了这一消息。"
RUSSIAN = "Министр иностранных дел заявил, что отношения между Южной Кореей и Кубой установлены в Нью-Йорке. "


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (SPANISH, "cp1252", "cp1252"),
        (ENGLISH, "cp1252", "cp1252"),
        (ENGLISH * 1000 + "Señor.\r\n", "cp1252", "cp1252"),
        ("It is said. " * 50_000 + ENGLISH, "cp1252", "cp1252"),
        (KOREAN, "euc-kr", "euc_kr"),
        (KOREAN + "똠방각하", "cp949", "cp949"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (CHINESE, "gb18030", "gb18030"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8_r"),
    ],
)
def test_a_guess_that_stands_out_is_a_document_with_a_note(text: str, codec: str, encoding: str) -> None:
    raw = text.encode(codec)
    made = reading(raw)
    (document,) = made.raw_documents.to_pylist()
    (note,) = made.quarantine.to_pylist()
    assert (document["encoding"], document["raw_text"]) == (encoding, text)
    assert (note["reason"], note["document_id"]) == ("not_utf8", document["document_id"])
    offset = next(index for index, byte in enumerate(raw) if byte > 127)
    assert f"byte {offset} " in note["message"]
    assert encoding in note["message"]
    assert "is kept" in note["message"]


@pytest.mark.parametrize(
    "raw",
    [
        b"caf\xe9",
        "Dışişleri Bakanı, Güney Kore ile Küba arasında diplomatik ilişkilerin kurulduğunu söyledi.".encode("cp1254"),
        "Ministr zahraničí prohlásil, že diplomatické vztahy byly navázány v New Yorku.".encode("cp1250"),
        "Preşedintele a declarat că relaţiile diplomatice între Coreea şi Cuba au fost stabilite.".encode("cp1250"),
        "“It is a turning point,” an official said of South Korea’s new relations.".encode("mac_roman"),
        "President Yoon (윤석열) said that relations with Cuba were open now.".encode("euc-kr"),
        "한국과 쿠바".encode("euc-kr"),
        ENGLISH.encode() + b" " + SPANISH.encode("cp1252"),
    ],
)
def test_what_could_be_several_things_is_not_guessed(raw: bytes) -> None:
    made = reading(raw)
    (row,) = made.quarantine.to_pylist()
    with pytest.raises(UnicodeDecodeError) as caught:
        raw.decode()
    assert (row["reason"], made.raw_documents.num_rows) == ("undecodable", 0)
    where = f"byte {caught.value.start} (0x{raw[caught.value.start]:02x})"
    assert re.search(re.escape(where) + r": .*; (it may be \w+|no known encoding fits)", row["message"])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ((KOREAN + "끝").encode()[:-1], KOREAN + "\ufffd"),
        (KOREAN.encode() + b" caf\xe9 and more", KOREAN + " caf\ufffd and more"),
        ((ENGLISH * 3).encode() + "Señor".encode("cp1252"), ENGLISH * 3 + "Se\ufffdor"),
        (KOREAN.encode() + "A \ufffd of its own and ".encode() + b"\xff.", KOREAN + "A \ufffd of its own and \ufffd."),
    ],
)
def test_utf_8_that_is_broken_in_few_places_is_kept(raw: bytes, text: str) -> None:
    made = reading(raw)
    (document,) = made.raw_documents.to_pylist()
    assert (document["encoding"], document["raw_text"]) == ("utf-8", text)
    (note,) = made.quarantine.to_pylist()
    assert (note["reason"], note["document_id"]) == ("broken_utf8", document["document_id"])
    assert " 1 places are not" in note["message"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ENGLISH, KOREAN, CHINESE + "\r\n\r\n" + "一丁 \n" * 3, RUSSIAN + "😀"])
def test_wide_text_without_a_mark_is_certain(codec: str, text: str) -> None:
    made = reading(text.encode(codec))
    (document,) = made.raw_documents.to_pylist()
    assert (document["encoding"], document["raw_text"]) == (codec, text)
    assert made.quarantine.num_rows == 0


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Half \xed\xa0\xbd here.", "Half \ufffd here."),
        (b"Pair \xed\xa0\xbd\xed\xb8\x80 here.", "Pair 😀 here."),
        (b"\xff\xfe" + "Half \ud83d here.".encode("utf-16-le", "surrogatepass"), "Half \ufffd here."),
    ],
)
def test_half_surrogates_are_one_replacement_character_each(raw: bytes, text: str) -> None:
    made = reading(raw)
    assert made.raw_documents["raw_text"].to_pylist() == [text]
    (note,) = made.quarantine.to_pylist()
    assert (note["reason"], note["document_id"]) == ("lone_surrogates", made.records["document_id"][0].as_py())


def test_what_is_at_home_in_text_stays_as_it_is() -> None:
    text = (
        "A\u00a0line\u200b\u200d with\u202e marks\u2066,\x0b\x0c\x1b[1m tabs\t and\u2028 ends\r\n\r\n\n\r one NUL\0."
        + " words" * 20
    )
    made = reading(text.encode())
    assert made.raw_documents["raw_text"].to_pylist() == [text]
    assert made.quarantine.num_rows == 0


@pytest.mark.parametrize(
    ("raw", "reason", "words"),
    [
        (b"", "empty", "no bytes"),
        (b" \r\n\t\xc2\xa0\xe2\x80\x8b\n", "whitespace_only", "7 characters"),
        (b"\xef\xbb\xbf", "whitespace_only", "0 characters"),
        (b"%PDF-1.7 words and words", "binary", "PDF"),
        (b"PK\x03\x04words", "binary", "ZIP"),
        (b"words\0words", "binary", "1 of 11 bytes are control"),
        ("words\0words".encode("utf-16"), "binary", "1 of 11 characters are control"),
        (bytes(range(1, 256)) * 4, "binary", "control characters"),
        (bytes(1000), "binary", "control characters"),
        (b"\xff\xfea", "undecodable", "utf-16"),
        (b"\xef\xbb\xbfSe\xf1or", "undecodable", "byte 2"),
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


PIECES = [
    *("\0", "\n", "\r\n", "\r", "\u00a0", "\u200b", "\u202e", "\ufeff", "\u2028", "\x85", "\x1a", "\t", "\ufffd"),
    *("😀", "서울 ", "한국과 ", "Señor ", "“so”", "e\u0301", "South Korea and Cuba. ", "\ud83d", "\ude00"),
]
CODECS = ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-32-be", "cp1252", "euc-kr", "shift_jis", "utf-8-sig"]
nasty = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_every_input_is_a_document_or_explained(records: list[bytes]) -> None:
    check(reading(*records), records)


@settings(deadline=None)
@given(nasty, st.sampled_from(CODECS), st.binary(max_size=3), st.integers(0, 100))
def test_every_text_in_every_encoding_is_a_document_or_explained(text: str, codec: str, noise: bytes, at: int) -> None:
    raw = text.encode(codec, "surrogatepass" if codec.startswith("utf") else "replace")
    check(reading(raw, raw[:at] + noise + raw[at:]), [raw, raw[:at] + noise + raw[at:]])


@settings(deadline=None)
@example("\xa0\0\0")  # four bytes that are a character of UTF-32 too
@example("\0\n\xa0")  # and of UTF-16
@given(nasty)
def test_utf_8_is_read_to_the_last_character(text: str) -> None:
    """Unless it is no text: and the bytes come back from what was read."""
    raw = text.encode("utf-8", "ignore")
    made = reading(raw)
    for document in made.raw_documents.to_pylist():
        mark = codecs.BOM_UTF8 if document["encoding"] == "utf-8-sig" else b""
        assert mark + document["raw_text"].encode() == raw
    (record,) = made.records.to_pylist()
    if record["document_id"] is None:
        assert set(made.quarantine["reason"].to_pylist()) <= {"empty", "whitespace_only", "binary"}


def check(made: Read, records: list[bytes]) -> None:
    assert made.records.num_rows == len(records)
    explained = {row["source_uri"]: row["reason"] for row in made.quarantine.to_pylist()}
    documents = {row["document_id"]: row for row in made.raw_documents.to_pylist()}
    for raw, row in zip(records, made.records.to_pylist(), strict=True):
        if row["document_id"] is None:
            assert row["source_uri"] in explained
        else:
            document = documents[row["document_id"]]
            assert document["raw_sha256"] == hashlib.sha256(raw).hexdigest()
            assert explained.get(row["source_uri"]) in (None, "not_utf8", "lone_surrogates")
            if explained.get(row["source_uri"]) != "lone_surrogates":
                assert raw.decode(document["encoding"]) == document["raw_text"]
