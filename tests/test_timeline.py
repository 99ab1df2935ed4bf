"""A timeline of events: what fits a question, in what order, and how a terminal shows it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from kcpipe import console, release
from kcpipe.settings import UserError
from kcpipe.timeline import Entry, Question, country_code, first_day, last_day, timeline
from sample_release import tables as sample
from test_release import publish

ESTABLISHED = "South Korea and Cuba established relations on 14 February 2024."
SEVERED_1959 = "South Korea severed relations with Cuba in 1959."
SEVERED_1961 = "South Korea severed relations with Cuba in 1961."
CALLED, AID, MISSION = (
    "Cuba called South Korea.",
    "South Korea gave aid to Cuba.",
    "South Korea plans to open a mission.",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> release.Release:
    return publish(tmp_path_factory.mktemp("timeline") / "output", sample())


def told(published: release.Release, question: Question) -> list[str]:
    return [entry.event["summary"] for entry in timeline(published, question)]


def test_events_stand_by_date_and_the_undated_last(published: release.Release) -> None:
    assert told(published, Question()) == [SEVERED_1959, SEVERED_1961, ESTABLISHED, CALLED, AID, MISSION]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (Question(countries=["CUB"]), [SEVERED_1959, SEVERED_1961, ESTABLISHED, CALLED, AID]),
        (Question(countries=["KOR", "CUB"], kinds=["call", "aid"]), [CALLED, AID]),
        (Question(countries=["KOR", "USA"]), []),
        (Question(types=["RETREAT"]), [SEVERED_1959, SEVERED_1961]),
        (Question(statuses=["planned"]), [MISSION]),
        (Question(start=date(1961, 6, 1)), [SEVERED_1961, ESTABLISHED]),
        (Question(end=date(1961, 6, 1)), [SEVERED_1959, SEVERED_1961]),
        (Question(start=date(1960, 1, 1), end=date(1960, 12, 31)), []),
        (Question(text="TIES IN NEW YORK"), [ESTABLISHED]),
        (Question(text="gave aid"), [AID]),
    ],
)
def test_a_question_narrows(question: Question, wanted: list[str], published: release.Release) -> None:
    assert told(published, question) == wanted


def test_an_open_bound_reaches_everywhere(published: release.Release, tmp_path: Path) -> None:
    events = sample()["events"].to_pylist()
    since = next(row for row in events if row["summary"] == SEVERED_1959) | {"date_end": None}
    rows = [since if row["event_id"] == since["event_id"] else row for row in events]
    opened = sample()["events"].from_pylist(rows, schema=sample()["events"].schema)
    lasting = publish(tmp_path / "output", {**sample(), "events": opened})
    assert told(lasting, Question(start=date(1990, 1, 1))) == [SEVERED_1959, ESTABLISHED]
    assert told(lasting, Question(end=date(1958, 12, 31))) == []


def test_an_entry_has_the_words_and_the_source_of_its_best_report(published: release.Release) -> None:
    [entry] = timeline(published, Question(kinds=["establish_relations"]))
    assert entry.quote == "South Korea and Cuba established diplomatic ties in New York on Wednesday."
    assert (entry.document["publisher"], entry.document["source_uri"]) == ("The Dong-A Ilbo", "003.txt")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question(kinds=["establish"]), "no kind 'establish'.*there are: .*sever_relations"),
        (Question(kinds=["establish_relation"]), "did you mean establish_relations"),
        (Question(types=["HUG"]), "no type 'HUG'"),
        (Question(statuses=["done"]), "no status 'done'; there are: .*occurred"),
    ],
)
def test_a_word_that_is_none_of_the_vocabulary_is_named(
    question: Question, words: str, published: release.Release
) -> None:
    with pytest.raises(UserError, match=words):
        timeline(published, question)


def test_countries_have_codes_and_names() -> None:
    assert [country_code(words) for words in ("KOR", "kor", "South Korea", "cuba")] == ["KOR", "KOR", "KOR", "CUB"]
    for words in ("Koreas", "", "XYZ"):
        with pytest.raises(UserError, match="give a code"):
            country_code(words)


def test_days_may_be_years_and_months() -> None:
    assert (first_day("2024"), last_day("2024")) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (first_day("2024-02"), last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert first_day("2024-02-14") == last_day("2024-02-14") == date(2024, 2, 14)
    for words in ("2024-13", "2024-02-30", "14/2/2024", "0000", "2024-2"):
        with pytest.raises(UserError, match="no year, month or day"):
            first_day(words)


def shown(entries: list[Entry], width: int, left_out: int = 0) -> list[str]:
    page = Console(file=io.StringIO(), width=width, highlight=False)
    console.show_timeline(page, entries, left_out=left_out)
    assert isinstance(page.file, io.StringIO)
    return page.file.getvalue().splitlines()


def test_a_timeline_fits_the_width(published: release.Release) -> None:
    lines = shown(timeline(published, Question()), 60, left_out=3)
    assert max(map(len, lines)) <= 60
    assert lines[-1] == "... and 3 more: ask for less, or for more with --limit"
    assert shown([], 60) == ["No event fits."]


def test_a_line_says_when_what_who_and_how_many_sources(published: release.Release) -> None:
    [established] = timeline(published, Question(kinds=["establish_relations"]))
    key = established.event["event_id"][:10]
    assert shown([established], 120) == [
        f"2024-02-14  establish_relations  occurred  CUB, KOR  2 sources, 2 reports  {key}",
        "    South Korea and Cuba established relations on 14 February 2024.",
        "    “South Korea and Cuba established diplomatic ties in New York on Wednesday.” The Dong-A Ilbo, 003.txt",
    ]
    [called] = timeline(published, Question(kinds=["call"]))
    assert shown([called], 120)[0].startswith("? no_publication_date  call  occurred  CUB → KOR  1 source, 1 report")
    [severed, _] = timeline(published, Question(kinds=["sever_relations"]))
    assert shown([severed], 120)[0].startswith("1959  year  sever_relations  occurred  KOR → CUB")
