"""Dates that stand outside an event's clause: the day a story is told of, and what is told as new."""

from __future__ import annotations

from typing import Any

import pytest

from articles import Article, tables_of

FILLER = "Farmers in the valley say that the rain came late and that the barley will be sold at a loss."
FILLERS = (
    f"{FILLER} A library with room for two hundred readers stands beside the river. Swimmers keep away from the "
    "northern beach because of the waves. The market hall in the old town was full of people. Bread and apples are "
    "cheap there."
)


def found(text: str, published: str | None = None) -> dict[str, tuple[str | None, str, str | None]]:
    """By kind: scope, days, and words of the date. One report of a kind."""
    rows = tables_of({"a.txt": Article(f"{text}\n", None, published)})["event_mentions"].to_pylist()
    assert len(rows) == len({row["event_kind"] for row in rows})
    return {row["event_kind"]: (row["date_scope"], _days(row), row["date_text"]) for row in rows}


def _days(row: dict[str, Any]) -> str:
    start, end = row["date_start"], row["date_end"]
    return f"{start}" if start == end else f"{start}..{end}"


UNDATED = (None, "None", None)
ON_MONDAY = "Kenya and Peru signed a trade agreement on Monday."
PAGE = "Notes of the day\n\nMay 9, 2019\n\n"


def test_the_day_a_story_is_told_of_dates_what_it_goes_on_to_tell() -> None:
    events = found(f"{PAGE}{ON_MONDAY} Kenya also opened an embassy in Peru. {FILLER} Peru lifted sanctions on Syria.")
    assert events["sign_agreement"] == ("clause", "2019-05-06", "Monday")
    assert events["open_mission"] == ("story", "2019-05-06", "Monday")
    assert events["lift_sanctions"] == ("story", "2019-05-06", "Monday")


def test_the_day_is_in_force_for_a_few_sentences_only() -> None:
    assert found(f"{PAGE}{ON_MONDAY} {FILLERS} Peru lifted sanctions on Syria.")["lift_sanctions"] == UNDATED


@pytest.mark.parametrize(
    "leaving",
    [
        "In 2016 Peru closed its embassy in Syria.",
        "Last month Peru closed its embassy in Syria.",
        "Afterwards Peru closed its embassy in Syria.",
        "Prior to that Peru closed its embassy in Syria.",
    ],
)
def test_another_time_leaves_the_day(leaving: str) -> None:
    events = found(f"{PAGE}{ON_MONDAY} {leaving} Kenya lifted sanctions on Syria.")
    assert events["close_mission"][0] in (None, "clause")
    assert events["lift_sanctions"] in (UNDATED, ("news", "2019-05-03..2019-05-09", "May 9, 2019"))


@pytest.mark.parametrize(
    "told",
    [
        "Kenya had opened an embassy in Peru.",
        "Kenya previously opened an embassy in Peru.",
        "Kenya will open an embassy in Peru.",
        "Kenya has opened an embassy in Peru.",
        "Kenya did not open an embassy in Peru.",
        "Kenya, which opened an embassy in Peru, grows tea.",
        "Kenya opened an embassy in Peru before the war.",
        "Kenya opened an embassy in Peru on the day of the vote.",
    ],
)
def test_what_the_story_does_not_tell_on_has_no_day(told: str) -> None:
    assert found(f"{PAGE}{FILLER} {FILLER} {FILLER} {ON_MONDAY} {told}")["open_mission"][:2] == UNDATED[:2]


def test_a_day_that_belongs_to_a_noun_or_lies_ahead_is_not_the_story_s() -> None:
    for opening in ("A talk on Monday drew farmers.", "The fair will open on Monday."):
        events = found(f"{PAGE}{FILLER} {FILLER} {FILLER} {opening} Kenya opened an embassy in Peru.")
        assert events["open_mission"] == UNDATED


def test_a_headline_has_the_day_of_the_sentence_under_it() -> None:
    text = f"Kenya and Peru sign trade agreement\n\nMay 9, 2019\n\n{ON_MONDAY} {FILLER}\n"
    rows = tables_of({"a.txt": Article(text)})["event_mentions"].to_pylist()
    assert [(row["date_scope"], _days(row)) for row in rows] == [("story", "2019-05-06"), ("clause", "2019-05-06")]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("In 1961, when Kenya opened an embassy in Peru, tea was cheap.", "1961-01-01..1961-12-31"),
        ("Tea was cheap in 2010, the year in which Kenya opened an embassy in Peru.", "2010-01-01..2010-12-31"),
        ("The guests met during a visit on Monday, at which Kenya opened an embassy in Peru.", "2019-05-06"),
        ("The ceremony, at which Kenya opened an embassy in Peru, took place on Monday.", "2019-05-06"),
        ("Kenya, which in 2015 opened an embassy in Peru, sells tea.", "2015-01-01..2015-12-31"),
        ("On Monday, Kenya, which opened an embassy in Peru, sold tea.", "None"),
        ("Tea has been cheap since 1961, when Kenya opened an embassy in Peru.", "None"),
        ("The ceremony on Monday, at which Kenya, which had opened an embassy in Peru, sold tea, was long.", "None"),
    ],
)
def test_a_relative_clause_has_the_time_that_governs_it(told: str, day: str) -> None:
    assert found(f"{PAGE}{FILLERS} {told}")["open_mission"][1] == day


def test_an_hour_alone_neither_dates_nor_leaves_the_day_of_the_story() -> None:
    events = found(f"{PAGE}{ON_MONDAY} At 6:40 p.m. Kenya opened an embassy in Peru. Peru lifted sanctions on Syria.")
    assert events["open_mission"] == ("story", "2019-05-06", "Monday")
    assert events["lift_sanctions"] == ("story", "2019-05-06", "Monday")
    events = found(f"{PAGE}At 6:40 p.m. Kenya opened an embassy in Peru. {FILLERS}")
    assert events["open_mission"] == ("news", "2019-05-03..2019-05-09", "May 9, 2019")


def test_a_subheading_has_no_day() -> None:
    """It names what a part of the text is about, and that may have gone on for long."""
    title, head = "Notes of the day", "Kenya and Peru negotiate trade agreement"
    text = f"{title}\n\nMay 9, 2019\n\nKenya opened an embassy in Peru on Monday.\n\n{head}\n\n{FILLERS}\n"
    rows = tables_of({"a.txt": Article(text)})["event_mentions"].to_pylist()
    assert [row["date_scope"] for row in rows if row["event_kind"] != "open_mission"] == [None, None]


def test_the_day_on_which_somebody_speaks_is_not_that_of_the_headline() -> None:
    text = "Kenya and Peru sign trade agreement\n\nMay 9, 2019\n\nThe barley will be sold, a farmer said on Monday.\n"
    [row] = tables_of({"a.txt": Article(text)})["event_mentions"].to_pylist()
    assert row["date_scope"] != "story"


WEEK = "2019-05-03..2019-05-09"


@pytest.mark.parametrize(
    "text",
    [
        f"{PAGE}Kenya has opened an embassy in Peru. {FILLERS}",
        f"{PAGE}Kenya opened an embassy in Peru. {FILLERS}",
        f"{PAGE}{FILLER} Kenya opened an embassy in Peru. {FILLERS}",
        f"Kenya opens embassy in Peru\n\nMay 9, 2019\n\n{FILLER} {FILLERS}",
    ],
)
def test_what_is_told_as_new_lies_in_the_week_up_to_the_day_that_the_page_states(text: str) -> None:
    assert found(text)["open_mission"] == ("news", WEEK, "May 9, 2019")


@pytest.mark.parametrize(
    "text",
    [
        f"{PAGE}{FILLERS} Kenya opened an embassy in Peru.",
        f"{PAGE}{FILLER} Kenya has opened an embassy in Peru. {FILLERS}",
        f"{PAGE}Kenya has already opened an embassy in Peru. {FILLERS}",
        f"{PAGE}Kenya had opened an embassy in Peru. {FILLERS}",
        f"{PAGE}Kenya plans to open an embassy in Peru. {FILLERS}",
        f"Kenya to open embassy in Peru\n\nMay 9, 2019\n\n{FILLER} {FILLERS}",
    ],
)
def test_what_is_not_told_as_new_has_no_date(text: str) -> None:
    assert found(text)["open_mission"] == UNDATED


def test_without_a_day_on_the_page_nothing_is_news() -> None:
    """Not even where the day came with the record: the text has no words for it."""
    for published in (None, "2019-05-09"):
        events = found(f"Notes of the day\n\nKenya has opened an embassy in Peru. {FILLERS}", published)
        assert events["open_mission"] == UNDATED


def test_an_event_prefers_the_date_told_to_the_week_of_the_news() -> None:
    told = "Kenya and Peru have established diplomatic relations."
    text = f"{PAGE}{told} {FILLERS} Kenya and Peru established diplomatic relations in May 2019."
    [event] = tables_of({"a.txt": Article(text)})["events"].to_pylist()
    assert event["mention_count"] == 2
    assert (event["date_scope"], _days(event)) == ("clause", "2019-05-01..2019-05-31")


def test_what_is_told_again_has_the_date_it_was_told_with() -> None:
    """A headline that of what the text tells under it, "the visit" that of what went before."""
    text = (
        f"Kenya's president visits Peru\n\nMay 9, 2019\n\n{FILLER} On 15 April the Kenyan president visited Peru. "
        f"{FILLERS} The Kenyan president's visit to Peru was praised."
    )
    rows = tables_of({"a.txt": Article(text)})["event_mentions"].to_pylist()
    found = [(row["date_scope"], row["date_text"]) for row in rows if row["event_kind"] == "visit"]
    assert found == [("story", "15 April"), ("clause", "15 April"), ("story", "15 April")]
