"""The final tables: summaries that read as English, sources counted, dates of events from their narrowest report."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from articles import Article, tables_of
from kcpipe import lexicon
from kcpipe.conclude import sentence
from kcpipe.joins import look_up
from kcpipe.tables.happenings import STATUSES

Row = dict[str, Any]

KINDS = {row["event_kind"]: row for row in lexicon.load("event_kinds").rows}
NAMES = {
    f"country:{code}": name
    for code, name in (("KEN", "Kenya"), ("PER", "Peru"), ("CHL", "Chile"), ("USA", "United States"))
}
DAY = date(2019, 5, 3)


def event(kind: str, status: str = "occurred", **columns: object) -> Row:
    """A row of events: Kenya and Peru, or Kenya to Peru, on a day."""
    parties: Row = {"countries": ["KEN", "PER"], "actor_countries": [], "recipient_countries": []}
    if KINDS[kind]["is_symmetric"] == "no":
        parties |= {"actor_countries": ["KEN"], "recipient_countries": ["PER"]}
    dates = {"date_start": DAY, "date_end": DAY, "date_precision": "day", "date_extent": "within", "date_text": None}
    return {"event_kind": kind, "status": status, **parties, **dates, **columns}


def summary(row: Row, **told: list[str]) -> str:
    nobody: dict[str, list[str]] = {"actor": [], "recipient": [], "party": []}
    return sentence(row, KINDS[row["event_kind"]], NAMES, nobody | told)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_status_reads_as_a_sentence(kind: str, status: str) -> None:
    phrase = {
        "occurred": KINDS[kind]["past"],
        "denied": KINDS[kind]["past"],
        "ongoing": KINDS[kind]["doing"],
    }.get(status, KINDS[kind]["base"])
    first = re.split(r"[ \[]", phrase)[0]
    for countries in ({}, {"recipient_countries": [], "actor_countries": ["KEN"], "countries": ["KEN"]}):
        text = summary(event(kind, status, **countries))
        assert re.fullmatch(r"((Planned|Attempted|Hypothetical|Denied): )?Kenya [^{}\[\]]+ on 3 May 2019\.", text)
        assert f" {first}" in text
        assert "  " not in text


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (event("establish_relations"), "Kenya and Peru established diplomatic relations on 3 May 2019."),
        (event("visit", "ongoing"), "Kenya is paying a visit to Peru on 3 May 2019."),
        (event("meet", "ongoing"), "Kenya and Peru are meeting on 3 May 2019."),
        (event("sanction", "planned"), "Planned: Kenya to impose sanctions on Peru on 3 May 2019."),
        (event("attack", "denied"), "Denied: Kenya attacked Peru on 3 May 2019."),
        (
            event("resume_relations", "attempted"),
            "Attempted: Kenya and Peru to resume diplomatic relations on 3 May 2019.",
        ),
        (
            event("sever_relations", countries=["PER"]),
            "Peru and another party severed relations on 3 May 2019.",
        ),
        (event("call", actor_countries=[]), "Somebody telephoned Peru on 3 May 2019."),
        (event("open_mission", recipient_countries=[]), "Kenya opened a mission on 3 May 2019."),
        (event("praise", recipient_countries=[]), "Kenya praised somebody on 3 May 2019."),
        (event("visit", recipient_countries=["CHL", "PER"]), "Kenya paid a visit to Chile and Peru on 3 May 2019."),
        (event("visit", actor_countries=["USA"]), "The United States paid a visit to Peru on 3 May 2019."),
        (
            event("aid", "planned", actor_countries=["USA"], recipient_countries=["USA", "CHL", "KEN", "PER"]),
            "Planned: the United States to give aid to Chile, Kenya and Peru on 3 May 2019.",
        ),
        (event("visit", recipient_countries=["XYZ"]), "Kenya paid a visit to XYZ on 3 May 2019."),
    ],
)
def test_summaries(row: Row, expected: str) -> None:
    assert summary(row) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"date_end": date(2019, 5, 31), "date_start": date(2019, 5, 1), "date_precision": "month"}, " in May 2019."),
        ({"date_end": date(2019, 12, 31), "date_start": date(2019, 1, 1), "date_precision": "year"}, " in 2019."),
        (
            {"date_end": date(2019, 5, 9), "date_precision": "week"},
            " between 3 May 2019 and 9 May 2019.",
        ),
        (
            {"date_end": date(2019, 5, 9), "date_precision": "interval", "date_extent": "throughout"},
            " from 3 May 2019 to 9 May 2019.",
        ),
        ({"date_end": None}, ", since 3 May 2019."),
        ({"date_start": None}, ", until 3 May 2019."),
        ({"date_start": None, "date_end": None}, ", date not told."),
        ({"date_start": None, "date_end": None, "date_text": "Friday"}, ", “Friday” (date not resolved)."),
    ],
)
def test_dates_in_summaries(dates: Row, expected: str) -> None:
    assert summary(event("establish_relations", **dates)).endswith(f"diplomatic relations{expected}")


OPENING = "The market hall in the old town was full of people who had come to buy apples and bread before the holiday."
CLOSING = "Swimmers were asked to keep away from the northern beach because of the waves that come in every autumn."
OTHER = "Farmers in the valley say that the rain came late this year and that the barley will be sold at a loss."


def article(sentence: str, *, filler: str = OPENING, publisher: str | None = None) -> Article:
    return Article(f"Notes of the day\n\n{filler} {sentence}\n\n{CLOSING}\n", publisher)


def of_two(first: Article, second: Article) -> tuple[dict[str, pa.Table], list[Row]]:
    tables = tables_of({"a.txt": first, "b.txt": second})
    return tables, tables["events"].to_pylist()


IN_MAY = "Kenya and Peru established diplomatic relations in May 2019."
ON_THE_DAY = "Peru established diplomatic relations with Kenya on 3 May 2019."


@pytest.mark.parametrize(
    ("publishers", "count"),
    [(("Alpha", "Beta"), 2), (("Alpha", "Alpha"), 1), (("Alpha", None), 2), ((None, None), 1)],
)
def test_sources_are_known_publishers_and_one_for_all_unknown(
    publishers: tuple[str | None, str | None], count: int
) -> None:
    _, [found] = of_two(
        article(IN_MAY, publisher=publishers[0]), article(ON_THE_DAY, filler=OTHER, publisher=publishers[1])
    )
    assert (found["document_count"], found["source_count"]) == (2, count)
    assert found["publishers"] == sorted({name for name in publishers if name})


LONG = " ".join(
    f"Reader number {number} wrote in about the {ordinal} part of the story and asked what it would cost the town."
    for number, ordinal in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split())
)


ADDED = "The paper has learned that the readers of the capital had asked the same for years and never got an answer."


def test_copies_are_not_independent_sources() -> None:
    """Neither a reprint with a headline and an end of its own nor the same text elsewhere: both point to the first."""
    wire = f"{OPENING} {ON_THE_DAY}\n\n{LONG}\n\n{CLOSING}\n"
    tables = tables_of(
        {
            "a.txt": Article(f"Two countries agree\n\n{wire}\n{ADDED}\n", "Alpha", "2019-05-05"),
            "b.txt": Article(f"Notes of the day\n\n{wire}", "Beta", "2019-05-04"),
            "c.txt": Article(f"Notes of the day\n\n\n{wire}", "Gamma"),
            "d.txt": article(IN_MAY, filler=OTHER, publisher="Delta"),
        }
    )
    [found] = tables["events"].to_pylist()
    assert (found["document_count"], found["source_count"]) == (4, 2)
    assert found["publishers"] == ["Beta", "Delta"]
    rows = {row["source_name"]: row for row in tables["documents"].to_pylist()}
    first = rows["b.txt"]["document_id"]
    copies = {name: (row["duplicate_of"], row["duplicate_kind"]) for name, row in rows.items()}
    assert copies == {
        "a.txt": (first, "near"),
        "b.txt": (None, None),
        "c.txt": (first, "exact"),
        "d.txt": (None, None),
    }


def fields(tables: dict[str, pa.Table]) -> dict[str, tuple[str, str, int | None]]:
    rows = tables["document_fields"].to_pylist()
    return {row["field"]: (row["text"], row["basis"], row["raw_start"]) for row in rows}


def test_what_was_supplied_fills_in_and_is_marked() -> None:
    supplied = {"publisher": "donga", "url": "https://a.example/1", "title": "Ties at last", "language": "eng"}
    text = "Yes.\n"
    tables = tables_of({"a.txt": Article(text, published="2019-05-04", **supplied)})
    [row] = tables["documents"].to_pylist()
    assert (row["title"], row["publisher"], row["url"]) == ("Ties at last", "The Dong-A Ilbo", "https://a.example/1")
    assert (row["language"], row["language_score"], row["published_basis"]) == ("en", None, "supplied")
    assert fields(tables) == {name: (words, "supplied", None) for name, words in supplied.items()} | {
        "published": ("2019-05-04", "supplied", None)
    }


def test_what_was_supplied_never_overrides_the_text() -> None:
    text = f"Notes of the day\n\nPosted May 3, 2019\n\n{OPENING} {ON_THE_DAY}\n\n{CLOSING}\n\nSource: Donga\n"
    stated = tables_of({"a.txt": Article(text)})
    given = tables_of({"a.txt": Article(text, "Yonhap", "2020-01-01", None, "Another title", "ko")})
    assert given["documents"].equals(stated["documents"])
    assert given["document_fields"].equals(stated["document_fields"])
    [row] = given["documents"].to_pylist()
    assert (row["publisher"], row["language"], row["published_start"]) == ("The Dong-A Ilbo", "en", DAY)


def test_records_of_one_text_fill_in_for_one_another() -> None:
    tables = tables_of({"a.txt": Article("Yes.\n"), "b.txt": Article("Yes.\n", "Alpha", None, None, "Title")})
    [row] = tables["documents"].to_pylist()
    assert (row["source_uri"], row["title"], row["publisher"]) == ("a.txt", "Title", "Alpha")


def test_an_event_has_the_date_of_its_narrowest_report() -> None:
    for pair in ((IN_MAY, ON_THE_DAY), (ON_THE_DAY, IN_MAY)):
        _, [found] = of_two(article(pair[0]), article(pair[1], filler=OTHER))
        assert (found["date_start"], found["date_end"], found["date_precision"]) == (DAY, DAY, "day")
        assert (found["date_text"], found["date_basis"]) == ("3 May 2019", "absolute")
        assert found["summary"] == "Kenya and Peru established diplomatic relations on 3 May 2019."


def test_a_date_that_stays_open_keeps_its_words_and_its_reason() -> None:
    tables = tables_of({"a.txt": article("Kenya and Peru established diplomatic relations on Friday.")})
    [found] = tables["events"].to_pylist()
    assert (found["date_start"], found["date_end"], found["date_text"]) == (None, None, "Friday")
    assert (found["date_precision"], found["unresolved_reason"]) == ("unknown", "no_publication_date")
    [report] = tables["event_mentions"].to_pylist()
    assert (report["date_basis"], report["unresolved_reason"]) == ("unresolved", "no_publication_date")


def test_a_report_without_date_words_says_so() -> None:
    tables = tables_of({"a.txt": article("Kenya and Peru established diplomatic relations.")})
    [report] = tables["event_mentions"].to_pylist()
    assert report["time_expression_id"] is None
    assert (report["unresolved_reason"], report["date_basis"]) == ("no_time_expression", "unresolved")


def test_countries_of_an_event_have_their_roles() -> None:
    tables = tables_of({"a.txt": article("Kenya opened an embassy in Peru on 3 May 2019.")})
    roles = {(row["country_code"], row["role"]) for row in tables["event_countries"].to_pylist()}
    assert roles == {("KEN", "actor"), ("PER", "recipient")}
    tables = tables_of({"a.txt": article(ON_THE_DAY)})
    assert {row["role"] for row in tables["event_countries"].to_pylist()} == {"party"}


def test_an_event_that_is_only_planned_did_not_occur() -> None:
    told = "Kenya and Peru plan to establish diplomatic relations."
    [found] = tables_of({"a.txt": article(told)})["events"].to_pylist()
    assert (found["status"], found["is_occurred"]) == ("planned", False)


def test_look_up_keeps_the_order_and_gives_null_where_there_is_none() -> None:
    table = pa.table({"key": ["b", "a"], "value": [[2], [1]]})
    keys = pa.chunked_array([["a", "c"], ["b", None]])
    assert look_up(keys, table, "key", "value")[0].to_pylist() == [[1], None, [2], None]
    assert look_up(keys, table.slice(0, 0), "key", "value")[0].to_pylist() == [None] * 4
