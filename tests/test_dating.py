from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from kcpipe.dating import dating, read_supplied
from kcpipe.tables import TABLES, build


def documents(*rows: dict[str, Any]) -> pa.Table:
    common = {"language": "en", "language_score": 1.0, "title": "", "authors": [], "text": "", "is_extractable": True}
    columns = {column.name for column in TABLES["clean_documents"].columns}
    return build(
        TABLES["clean_documents"], [{k: v for k, v in {**common, **row}.items() if k in columns} for row in rows]
    )


def records(*supplied: tuple[str | None, str | None]) -> pa.Table:
    rows = [
        {"source_uri": f"{n}.txt", "source_name": f"{n}.txt", "document_id": document, "published_supplied": words}
        for n, (document, words) in enumerate(supplied)
    ]
    return build(TABLES["records"], rows)


STATED = {
    "document_id": "a",
    "stated_start": date(2024, 1, 1),
    "stated_end": date(2024, 12, 31),
    "published_precision": "year",
    "stated_text": "©KINU 2024",
}


def test_what_the_page_states_goes_before_what_was_supplied() -> None:
    (row,) = dating(
        clean_documents=documents(STATED), records=records(("a", "2024-02-20"))
    ).publication_dates.to_pylist()
    assert row == {
        "document_id": "a",
        "published_start": date(2024, 1, 1),
        "published_end": date(2024, 12, 31),
        "published_precision": "year",
        "published_basis": "stated",
        "published_text": "©KINU 2024",
        "published_at": None,
        "published_candidates": [],
        "published_score": 1.0,
        "published_reason": None,
    }


def one(*supplied: str | None) -> dict[str, Any]:
    made = dating(
        clean_documents=documents({"document_id": "a"}), records=records(*(("a", words) for words in supplied))
    )
    (row,) = made.publication_dates.to_pylist()
    return dict(row)


@pytest.mark.parametrize(
    ("words", "start", "end", "precision", "at"),
    [
        ("2024-02-16", date(2024, 2, 16), date(2024, 2, 16), "day", None),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", None),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year", None),
        ("2024-02-16T08:12:00", date(2024, 2, 16), date(2024, 2, 16), "minute", None),
        (
            "2024-02-16T08:12:00+09:00",
            date(2024, 2, 16),
            date(2024, 2, 16),
            "minute",
            datetime(2024, 2, 15, 23, 12, tzinfo=UTC),
        ),
        (
            " 2024-02-16T08:12Z ",
            date(2024, 2, 16),
            date(2024, 2, 16),
            "minute",
            datetime(2024, 2, 16, 8, 12, tzinfo=UTC),
        ),
    ],
)
def test_supplied_dates(words: str, start: date, end: date, precision: str, at: datetime | None) -> None:
    row = one(None, words)
    assert (row["published_start"], row["published_end"]) == (start, end)
    assert (row["published_precision"], row["published_at"]) == (precision, at)
    assert row["published_basis"] == "supplied"
    assert row["published_text"] == words.strip()
    assert row["published_reason"] == "supplied with the record"


@pytest.mark.parametrize(
    "words", ["yesterday", "16/02/2024", "2024-13", "2024-00", "0000", "2024-02-30", "", "2024-02-16x"]
)
def test_what_is_no_iso_date_is_not_read(words: str) -> None:
    assert read_supplied(words) is None


def test_unknown_says_why() -> None:
    row = one(None)
    assert (row["published_start"], row["published_end"], row["published_precision"]) == (None, None, "unknown")
    assert row["published_basis"] == "unknown"
    assert row["published_reason"] == "the page states no date and none was supplied"
    assert "no ISO 8601 date: 16/02/2024" in one("16/02/2024")["published_reason"]


def test_copies_supplied_with_different_dates_give_the_interval_of_all() -> None:
    row = one("2024-02-16", "2024-02-14")
    assert (row["published_start"], row["published_end"]) == (date(2024, 2, 14), date(2024, 2, 16))
    assert row["published_precision"] == "interval"
    assert row["published_reason"] == "supplied differently: 2024-02-14; 2024-02-16"
    assert one("2024-02-16", "2024-02-16T08:12Z")["published_precision"] == "minute"


def test_one_row_per_document_in_their_order() -> None:
    made = dating(
        clean_documents=documents({"document_id": "b"}, STATED, {"document_id": "c"}),
        records=records(("c", "2023-01-05"), (None, "2022-01-01"), ("b", None)),
    ).publication_dates
    assert made.column("document_id").to_pylist() == ["b", "a", "c"]
    assert made.column("published_basis").to_pylist() == ["unknown", "stated", "supplied"]
    assert dating(clean_documents=documents(), records=records()).publication_dates.num_rows == 0
