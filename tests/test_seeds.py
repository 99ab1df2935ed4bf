"""What the five seeds give: the events a careful reader finds in them, and what is left open and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

Row = dict[str, Any]


@pytest.fixture(scope="module")
def reports(seeds: dict[str, pa.Table], source_names: dict[str, str]) -> list[Row]:
    """Event reports, with the first characters of their file's name as `seed`."""
    return [{**row, "seed": source_names[row["document_id"]]} for row in seeds["event_mentions"].to_pylist()]


def of(reports: list[Row], **wanted: object) -> list[Row]:
    return [row for row in reports if all(row[name] == value for name, value in wanted.items())]


def test_the_establishment_is_one_event_of_four_texts(seeds: dict[str, pa.Table], reports: list[Row]) -> None:
    day = date(2024, 2, 14)
    dated = of(reports, event_kind="establish_relations", countries=["CUB", "KOR"], date_start=day, date_end=day)
    assert {(row["seed"], row["date_text"]) for row in dated} == {
        ("000", "the 14th"),
        ("000", "the night of the 14th"),
        ("001", "the 14th"),
        ("002", "February 14"),
        ("003", "Wednesday"),
    }
    assert {row["status"] for row in dated} == {"occurred"}
    [event_id] = {row["event_id"] for row in dated}
    [event] = [row for row in seeds["events"].to_pylist() if row["event_id"] == event_id]
    assert (event["is_occurred"], event["date_precision"]) == (True, "day")
    # Of equally narrow reports any may give the basis; never one that was not told.
    assert event["date_basis"] in {row["date_basis"] for row in dated} == {"relative", "calendar", "corroborated"}
    assert event["document_count"] == 4
    assert event["summary"] == "Cuba and South Korea established diplomatic relations on 14 February 2024."


def test_reports_of_it_in_a_text_dated_by_it_are_dated(reports: list[Row]) -> None:
    told = of(reports, seed="000", event_kind="establish_relations", status="occurred", date_text="the 14th")
    assert told
    assert {(row["date_start"], row["date_end"]) for row in told} == {(date(2024, 2, 14), date(2024, 2, 14))}
    assert {(row["date_basis"], row["unresolved_reason"]) for row in told} == {("corroborated", None)}


def test_relations_of_1949_are_another_event(seeds: dict[str, pa.Table], reports: list[Row]) -> None:
    [report] = of(reports, seed="002", event_kind="establish_relations", date_text="1949")
    assert (report["date_start"], report["date_end"]) == (date(1949, 1, 1), date(1949, 12, 31))
    [denial] = [row["event_mention_id"] for row in of(reports, seed="003", is_negated=True, countries=["CUB", "KOR"])]
    [conflict] = [row for row in seeds["conflicts"].to_pylist() if row["event_mention_id_b"] == denial]
    assert conflict["event_mention_id_a"] == report["event_mention_id"]
    assert "had not set up official diplomatic relations" in conflict["claim_b"]


@pytest.mark.parametrize(
    ("seed", "kind", "countries", "words", "start", "end", "precision"),
    [
        ("000", "sever_relations", ["CUB", "KOR"], "1959", date(1959, 1, 1), date(1959, 12, 31), "year"),
        ("004", "sever_relations", ["CUB", "KOR"], "1959", date(1959, 1, 1), date(1959, 12, 31), "year"),
        ("001", "establish_relations", ["CUB", "PRK"], "1960", date(1960, 1, 1), date(1960, 12, 31), "year"),
        ("004", "recognize", ["CUB", "KOR"], "July 1949", date(1949, 7, 1), date(1949, 7, 31), "month"),
        ("004", "open_mission", ["CUB", "KOR"], "2005", date(2005, 1, 1), date(2005, 12, 31), "year"),
        ("001", "meet", ["CUB", "KOR"], "May last year", date(2023, 5, 1), date(2023, 5, 31), "month"),
        ("003", "exchange_notes", ["CUB", "KOR"], "Wednesday", date(2024, 2, 14), date(2024, 2, 14), "day"),
        ("003", "propose", ["CUB"], "early this month", date(2024, 2, 1), date(2024, 2, 10), "interval"),
    ],
)
def test_dated_events(
    reports: list[Row],
    seed: str,
    kind: str,
    countries: list[str],
    words: str,
    start: date,
    end: date,
    precision: str,
) -> None:
    [report] = of(reports, seed=seed, event_kind=kind, countries=countries, date_text=words)
    assert report["status"] == "occurred"
    assert (report["date_start"], report["date_end"], report["date_precision"]) == (start, end, precision)


@pytest.mark.parametrize(
    ("seed", "kind", "actors", "recipients", "status", "words", "start", "end", "precision"),
    [
        ("004", "visit", ["CUB"], ["KOR"], "occurred", "June 23", date(2015, 6, 23), date(2015, 6, 23), "day"),
        ("004", "visit", ["PRK"], ["CUB"], "occurred", "last week", date(2015, 6, 22), date(2015, 6, 28), "week"),
        ("000", "call", [], ["KOR"], "occurred", "the 5th of this month", date(2024, 2, 5), date(2024, 2, 5), "day"),
        ("000", "call", ["CUB"], ["KOR"], "occurred", "the 5th", date(2024, 2, 5), date(2024, 2, 5), "day"),
        ("004", "announce", ["USA"], [], "occurred", "Last December", date(2014, 12, 1), date(2014, 12, 31), "month"),
        # The text was written in the last days of June or the first of July.
        (
            "004",
            "open_mission",
            ["USA"],
            ["CUB"],
            "planned",
            "this month",
            date(2015, 6, 1),
            date(2015, 7, 31),
            "interval",
        ),
    ],
)
def test_events_of_texts_whose_date_was_worked_out(
    reports: list[Row],
    seed: str,
    kind: str,
    actors: list[str],
    recipients: list[str],
    status: str,
    words: str,
    start: date,
    end: date,
    precision: str,
) -> None:
    [report] = of(
        reports,
        seed=seed,
        event_kind=kind,
        actor_countries=actors,
        recipient_countries=recipients,
        status=status,
        date_text=words,
    )
    assert (report["date_start"], report["date_end"], report["date_precision"]) == (start, end, precision)
    assert report["date_basis"] == {"000": "corroborated", "004": "calendar"}[seed]


def test_parties_that_stand_in_the_sentence_before_are_implicit(seeds: dict[str, pa.Table], reports: list[Row]) -> None:
    [severed] = of(reports, seed="004", event_kind="sever_relations")
    parties = of(seeds["participants"].to_pylist(), event_mention_id=severed["event_mention_id"], role="party")
    assert [(row["country_code"], row["is_implicit"]) for row in parties] == [("CUB", True), ("KOR", True)]


def test_a_country_with_itself_is_flagged_and_the_other_party_stays_open(reports: list[Row]) -> None:
    [report] = of(reports, seed="001", event_kind="sever_relations")
    assert (report["countries"], report["flags"]) == (["CUB"], ["self_dyad"])


def test_what_did_not_happen_is_no_event_that_happened(seeds: dict[str, pa.Table], reports: list[Row]) -> None:
    [resumption] = of(reports, seed="004", event_kind="resume_relations", countries=["CUB", "USA"])
    assert resumption["status"] == "planned"
    [condition] = of(reports, seed="004", event_kind="resume_relations", countries=["CUB", "KOR"])
    assert condition["status"] == "hypothetical"
    negated = of(reports, is_negated=True)
    assert {tuple(row["countries"]) for row in of(negated, seed="003")} == {("CUB", "KOR"), ("KOR", "SYR")}
    assert {row["event_id"] for row in negated} == {None}
    happened = {row["event_id"] for row in seeds["events"].to_pylist() if row["is_occurred"]}
    for row in reports:
        if row["event_id"] in happened:
            assert row["status"] in ("occurred", "ongoing")


def test_what_holds_is_a_fact_and_not_an_event(seeds: dict[str, pa.Table], source_names: dict[str, str]) -> None:
    facts = {(source_names[row["document_id"]], row["property"], row["value"]) for row in seeds["facts"].to_pylist()}
    assert ("004", "is", "one of the four nations in the world with which Korea has no diplomatic ties") in facts
    assert ("001", "remains", "without diplomatic relations") in facts


def test_publication_dates_are_stated_or_worked_out(seeds: dict[str, pa.Table], source_names: dict[str, str]) -> None:
    found = {
        source_names[row["document_id"]]: (row["published_start"], row["published_end"], row["published_basis"])
        for row in seeds["documents"].to_pylist()
    }
    assert found == {
        "000": (date(2024, 2, 15), date(2024, 2, 29), "corroborated"),
        "001": (date(2024, 2, 14), date(2024, 2, 14), "stated"),
        "002": (date(2024, 2, 14), date(2024, 12, 31), "calendar"),
        "003": (date(2024, 2, 16), date(2024, 2, 16), "stated"),
        "004": (date(2015, 6, 29), date(2015, 7, 5), "calendar"),
    }
    reasons = {source_names[row["document_id"]]: row["published_reason"] for row in seeds["documents"].to_pylist()}
    assert "“the 14th” is 2024-02-14" in reasons["000"]
    assert "“the 15th” is told as past" in reasons["000"]
    assert "001_90b89dafc0ad33b2.txt" in reasons["000"]
    assert reasons["002"] == "stated as “©KINU 2024”; “February 14” is told as past"
    assert reasons["004"].endswith("“July 5” and “Sunday” are the end of one festival that lies ahead")


def test_a_sentence_cut_by_the_page_is_whole_again(seeds: dict[str, pa.Table], source_names: dict[str, str]) -> None:
    [text] = [row["text"] for row in seeds["documents"].to_pylist() if source_names[row["document_id"]] == "002"]
    assert "South Korea's diplomatic horizon as the 'Global Pivotal State' is likely to expand." in text


def test_the_clutter_of_the_page_is_gone(seeds: dict[str, pa.Table]) -> None:
    text = "\n".join(seeds["documents"].column("text").to_pylist())
    for clutter in ("Advertisement", "Share This Post", "Akismet", "Log in to Twitter", "#South", "Related Posts"):
        assert clutter not in text
