from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from kcpipe.anchor import anchor
from kcpipe.lexicon import load
from kcpipe.tables import TABLES, build

LEXICONS = {"date_words": load("date_words"), "holidays": load("holidays")}


def drafts(*rows: tuple[str, str, str | None]) -> pa.Table:
    """(id, symbolic value, id of the one it counts from); all past, all of document "d"."""
    return build(
        TABLES["time_drafts"],
        [
            {
                "time_expression_id": key,
                "document_id": "d",
                "char_start": n,
                "char_end": n + 1,
                "text": "x",
                "timex_type": "DATE",
                "symbolic_value": symbolic,
                "direction": "past",
                "anchor_time_expression_id": former,
            }
            for n, (key, symbolic, former) in enumerate(rows)
        ],
    )


def published(
    start: date | None, end: date | None, basis: str = "stated", candidates: Sequence[tuple[date, date]] = ()
) -> pa.Table:
    row = {
        "document_id": "d",
        "published_start": start,
        "published_end": end,
        "published_precision": "unknown",
        "published_basis": "unknown" if start is None else basis,
        "published_candidates": [{"start": first, "end": last} for first, last in candidates],
    }
    return build(TABLES["publication_dates"], [row])


WRITTEN = published(date(2024, 2, 16), date(2024, 2, 16))
UNDATED = published(None, None)
NO_EVENTS = build(TABLES["event_drafts"], [])


def resolved(rows: pa.Table, publication: pa.Table = WRITTEN) -> dict[str, dict[str, Any]]:
    made = anchor(
        time_drafts=rows, event_drafts=NO_EVENTS, publication_dates=publication, lexicons=LEXICONS
    ).resolved_times
    assert made.column("time_expression_id").to_pylist() == rows.column("time_expression_id").to_pylist()
    for row in made.to_pylist():
        has_bound = row["date_start"] is not None or row["date_end"] is not None
        assert has_bound == (row["unresolved_reason"] is None)
        assert has_bound == (row["date_basis"] != "unresolved") == (row["date_extent"] is not None)
    return {row["time_expression_id"]: row for row in made.to_pylist()}


def brief(row: dict[str, Any]) -> tuple[str, str, str, str | None]:
    bounds = f"{row['date_start'] or ''}..{row['date_end'] or ''}"
    return bounds, row["date_basis"], row["anchor"], row["unresolved_reason"]


def test_basis_and_anchor() -> None:
    found = resolved(drafts(("a", "year=1959", None), ("b", "weekday=3", None), ("c", "64 year", None)))
    assert brief(found["a"]) == ("1959-01-01..1959-12-31", "absolute", "none", None)
    assert brief(found["b"]) == ("2024-02-14..2024-02-14", "relative", "publication", None)
    assert brief(found["c"]) == ("..", "unresolved", "none", "not_calendar")


def test_without_a_publication_date_only_absolute_words_resolve() -> None:
    rows = drafts(("a", "year=1959", None), ("b", "weekday=3", None), ("c", "then month=5", "d"), ("d", "year-1", None))
    found = resolved(rows, UNDATED)
    assert brief(found["a"])[0] == "1959-01-01..1959-12-31"
    assert brief(found["b"]) == ("..", "unresolved", "none", "no_publication_date")
    assert brief(found["c"]) == ("..", "unresolved", "expression", "no_publication_date")
    assert found["c"]["timex_value"] == "XXXX-05"
    # The same drafts, the document dated: nothing is read again.
    assert brief(resolved(rows)["c"]) == ("2023-05-01..2023-05-31", "relative", "expression", None)


def test_a_chain_is_followed_whatever_the_order_of_the_rows() -> None:
    rows = [("c", "then week+1", "b"), ("b", "then day+9", "a"), ("a", "year=2024 month=2 day=5", None)]
    for order in (rows, rows[::-1]):
        found = resolved(drafts(*order))
        assert brief(found["b"]) == ("2024-02-14..2024-02-14", "relative", "expression", None)
        assert brief(found["c"])[0] == "2024-02-19..2024-02-25"
        assert found["c"]["anchor_time_expression_id"] == "b"


def test_counting_from_an_open_date_counts_from_the_date_in_its_words() -> None:
    found = resolved(drafts(("a", "year=1940 month=6..", None), ("b", "then month+2", "a")))
    assert brief(found["b"])[0] == "1940-08-01..1940-08-31"


def test_what_counts_from_the_story_never_falls_back_on_the_publication_date() -> None:
    found = resolved(
        drafts(("a", "then day+0", None), ("b", "event day+9", None), ("c", "then day+1", "d"), ("d", "64 year", None))
    )
    assert brief(found["a"]) == ("..", "unresolved", "none", "vague")
    assert brief(found["b"]) == ("..", "unresolved", "none", "vague")
    assert brief(found["c"]) == ("..", "unresolved", "expression", "not_calendar")


def test_in_a_story_a_date_just_before_is_as_good_as_one_after() -> None:
    told = ("a", "year=1865 month=4 day=9", None)
    rows = build(
        TABLES["time_drafts"],
        [
            {**row, "direction": "future"}
            for row in drafts(told, ("b", "month=4 day=6", "a"), ("c", "month=5", "a")).to_pylist()
        ],
    )
    found = resolved(rows, UNDATED)
    assert brief(found["b"])[0] == "1865-04-06..1865-04-06"
    assert brief(found["c"])[0] == "1865-05-01..1865-05-31"


def test_a_publication_interval_gives_an_interval_or_a_reason() -> None:
    rows = drafts(("a", "day-3", None), ("b", "weekday=3", None), ("c", "month=2 day=14", None), ("d", "day=14", None))
    found = resolved(rows, published(date(2024, 2, 15), date(2024, 2, 29)))
    assert brief(found["a"])[0] == "2024-02-12..2024-02-26"
    assert found["a"]["date_precision"] == "interval"
    assert found["b"]["unresolved_reason"] == "vague"  # one of three Wednesdays
    assert brief(found["c"])[0] == brief(found["d"])[0] == "2024-02-14..2024-02-14"


def test_what_all_days_of_one_week_give() -> None:
    rows = drafts(
        ("a", "week-1", None),
        ("b", "month<12", None),
        ("c", "weekday=3", None),
        ("d", "month+0", None),
        ("e", "month+0 day=20", None),
    )
    found = resolved(rows, published(date(2015, 6, 29), date(2015, 7, 5), "calendar"))
    assert brief(found["a"]) == ("2015-06-22..2015-06-28", "calendar", "publication", None)
    assert found["a"]["date_precision"] == "week"
    assert brief(found["b"])[0] == "2014-12-01..2014-12-31"
    # On one of two days a week apart; on some day of two months; the 20th of one of two months is no interval.
    assert (brief(found["c"])[0], found["c"]["date_precision"]) == ("2015-06-24..2015-07-01", "interval")
    assert (brief(found["d"])[0], found["d"]["date_precision"]) == ("2015-06-01..2015-07-31", "interval")
    assert brief(found["e"]) == ("..", "unresolved", "none", "vague")


@pytest.mark.parametrize("basis", ["calendar", "corroborated"])
def test_the_basis_is_the_weakest_link_of_the_chain(basis: str) -> None:
    rows = drafts(
        ("a", "year=1959", None),
        ("b", "then month=5", "a"),
        ("c", "year-1", None),
        ("d", "then month=5", "c"),
        ("e", "64 year", None),
    )
    found = resolved(rows, published(date(2024, 2, 15), date(2024, 2, 29), basis))
    bases = {key: row["date_basis"] for key, row in found.items()}
    assert bases == {"a": "absolute", "b": "relative", "c": basis, "d": basis, "e": "unresolved"}


def test_of_several_candidates_only_what_all_of_them_give_is_given() -> None:
    first, second = (date(2024, 2, 15), date(2024, 2, 29)), (date(2024, 3, 15), date(2024, 3, 31))
    rows = drafts(("a", "year-1", None), ("b", "month-1", None))
    found = resolved(rows, published(first[0], second[1], "calendar", [first, second]))
    assert brief(found["a"]) == ("2023-01-01..2023-12-31", "calendar", "publication", None)
    assert brief(found["b"]) == ("..", "unresolved", "none", "vague")
    assert found["b"]["timex_value"] == "XXXX-XX"


def test_circles_and_dangling_anchors_are_refused() -> None:
    with pytest.raises(ValueError, match="in a circle: a -> b -> a"):
        resolved(drafts(("a", "then day+1", "b"), ("b", "then day+1", "a")))
    with pytest.raises(ValueError, match="a counts from z, which is not there"):
        resolved(drafts(("a", "then day+1", "z")))


def test_nothing_gives_nothing() -> None:
    assert resolved(drafts(), published(None, None)) == {}
