"""One happening told again, in a text or in another: what is one event, and what stays two."""

from __future__ import annotations

import pytest

from articles import Article, tables_of

BARLEY = "Farmers in the valley say that the rain came late and that the barley will be sold at a loss."
APPLES = "The market hall in the old town was full of people who had come for apples and bread."
OPENINGS = (f"Notes of the week\n\n{BARLEY}", f"Letters from the coast\n\n{APPLES}")


def events(kind: str, *texts: str) -> list[int]:
    """How many reports each event of a kind has, sorted."""
    rows = tables_of({f"{number}.txt": Article(f"{text}\n") for number, text in enumerate(texts)})["events"].to_pylist()
    return sorted(row["mention_count"] for row in rows if row["event_kind"] == kind)


def page(day: str, told: str, opening: int = 0) -> str:
    title, _, filler = OPENINGS[opening].partition("\n\n")
    return f"{title}\n\n{day}\n\n{told} {filler}"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("visit", "The president of Kenya visited Peru on Monday. The Kenyan president's visit to Peru was praised."),
        ("negotiate", "Kenya and Peru held talks on Tuesday. The talks between Kenya and Peru were friendly."),
        (
            "sign_agreement",
            "Kenya and Peru signed a fishing agreement on Monday. Kenya and Peru signed the agreement in Lima.",
        ),
    ],
)
def test_a_noun_with_the_and_what_the_story_goes_on_to_tell_are_the_same_event(kind: str, told: str) -> None:
    assert events(kind, page("May 9, 2019", told)) == [2]


def test_headline_and_opening_that_name_no_day_are_the_same_event() -> None:
    text = f"Kenya's president visits Peru\n\nMay 9, 2019\n\nKenya's president has visited Peru. {BARLEY}"
    assert events("visit", text) == [2]


@pytest.mark.parametrize(
    "told",
    [
        "The Kenyan president visited Peru on Monday. In 2016 the Kenyan president visited Peru, too.",
        "The Kenyan president visited Peru on Monday. The Kenyan president will visit Peru in July.",
        "The Kenyan president visited Peru in May 2016. The Kenyan president visited Peru in July 2016.",
        "The Kenyan president visited Peru on Monday. The Kenyan president had visited Peru.",
    ],
)
def test_two_visits_stay_two(told: str) -> None:
    assert events("visit", page("May 9, 2019", told)) == [1, 1]


def test_a_noun_that_may_mean_either_of_two_joins_neither() -> None:
    told = "The Kenyan president visited Peru in 2011. The Kenyan president visited Peru in 2016."
    assert events("visit", page("May 9, 2019", f"{told} The Kenyan president's visit to Peru was praised.")) == [
        1,
        1,
        1,
    ]


def test_a_noun_does_not_mean_what_is_told_only_later() -> None:
    told = "The visit of the Kenyan president to Peru was praised. In 2016 the Kenyan president visited Peru."
    assert events("visit", page("May 9, 2019", told)) == [1, 1]


def test_attacks_of_one_day_on_two_places_stay_two() -> None:
    told = "Russia attacked Ukraine in Kharkiv on Monday. Russia also attacked Ukraine in Odesa."
    assert events("attack", page("May 9, 2019", told)) == [1, 1]


def test_each_thing_said_in_a_story_is_a_statement_of_its_own() -> None:
    told = "Kenya has announced a tax. Kenya announced a new port."
    assert events("announce", page("May 9, 2019", told)) == [1, 1]


def test_the_day_of_one_text_and_the_news_of_another_are_one_for_what_happens_once() -> None:
    dated = page("June 1, 2019", "Kenya and Peru established diplomatic relations on 6 May 2019.")
    news = page("May 9, 2019", "Kenya and Peru have established diplomatic relations.", 1)
    assert events("establish_relations", dated, news) == [2]


def test_the_news_of_one_year_is_not_the_event_of_another() -> None:
    dated = page("June 1, 2019", "Kenya and Peru established diplomatic relations on 6 May 1970.")
    news = page("May 9, 2019", "Kenya and Peru have established diplomatic relations.", 1)
    assert events("establish_relations", dated, news) == [1, 1]


def test_visits_of_two_weeks_told_as_news_stay_two() -> None:
    first = page("May 9, 2019", "Kenya's president has visited Peru.")
    second = page("July 4, 2019", "Kenya's president has visited Peru.", 1)
    assert events("visit", first, second) == [1, 1]
