"""Spans and types of names: what the rules make of the model's word."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from kcpipe import lexicon
from reading_names import KNOWN, read, texts, the


def test_events_and_works_bear_names_and_hold_no_actor() -> None:
    rows = read(
        "Japan signed the Treaty on Basic Relations in 1965. He read of the Battle of Okinawa and the Second Boer War. "
        "The 2012 BRICS summit followed the 1992 United States presidential election and the 2001 Italian general "
        "election. Typhoon Haiyan hit them in the 1972 election."
    )
    assert texts(rows, entity_type="WORK") == ["Treaty on Basic Relations"]
    assert texts(rows, entity_type="EVENT") == [
        "Battle of Okinawa",
        "Second Boer War",
        "2012 BRICS summit",
        "1992 United States presidential election",
        "2001 Italian general election",
        "Typhoon Haiyan",
    ]
    assert (the(rows, "United States")["mention_kind"], the(rows, "United States")["entity_id"]) == (
        "adjectival",
        "country:USA",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "The Ministry of Land, Infrastructure and Transport met the National Organization for Women.",
            ["Ministry of Land, Infrastructure and Transport", "National Organization for Women"],
        ),
        (
            "He led the Social Democratic and Labour Party and the Democratic Party of Korea in Seoul.",
            ["Social Democratic and Labour Party", "Democratic Party of Korea"],
        ),
        ("He saw the Defense Ministry and Culture Minister Ana Torres in Lima.", ["Defense Ministry"]),
        ("It joined the Partido de la Revolución Democrática in May.", ["Partido de la Revolución Democrática"]),
        ("Japan’s People’s Life Party won the Australian Greens.", ["People’s Life Party", "Australian Greens"]),
        ("The Alliance of Liberals and Democrats for Europe met.", ["Alliance of Liberals and Democrats for Europe"]),
        ("The Permanent Missions of both stayed.", []),
    ],
)
def test_an_organisation_is_as_long_as_its_name(text: str, names: list[str]) -> None:
    assert texts(read(text), entity_type="ORG", mention_kind="name") == names


def test_letters_are_explained_by_what_stands_before_them() -> None:
    rows = read("Lake Aid Now (LAN) wrote. He joined the Soqosoqo Duavata ni Lewenivanua (SDL), said LAN. GDP rose.")
    lan = [row for row in rows if row["text"] in ("Lake Aid Now", "LAN")]
    assert {row["name"] for row in lan} == {"Lake Aid Now"}
    assert len({row["entity_id"] for row in lan}) == 1
    assert [row["link_method"] for row in lan] == ["name", "acronym", "acronym"]
    assert the(rows, "Soqosoqo Duavata ni Lewenivanua")["entity_type"] == "ORG"
    assert not texts(rows, text="GDP")


def test_a_list_is_of_one_kind() -> None:
    rows = read(
        "They travelled to Lahore, Peshawar, Sialkot and Faisalabad. Present were Ana Torres, Lucía Gómez and "
        "Pedro Ruiz."
    )
    assert texts(rows, entity_type="PLACE") == ["Lahore", "Peshawar", "Sialkot", "Faisalabad"]
    assert {row["country_code"] for row in rows if row["entity_type"] == "PLACE"} == {"PAK"}
    assert texts(rows, entity_type="PERSON") == ["Ana Torres", "Lucía Gómez", "Pedro Ruiz"]
    mixed = read("Barack Obama, Boeing and Vladimir Putin met.")
    assert texts(mixed, entity_type="PERSON") == ["Barack Obama", "Vladimir Putin"]


def test_cities_have_a_country_unless_several_bear_the_name() -> None:
    rows = read(
        "A factory in Osaka, an office in Busan and a shop in Birmingham opened. He stood in Brighton Kemptown."
    )
    places = {row["text"]: row["country_code"] for row in rows if row["entity_type"] == "PLACE"}
    assert places == {"Osaka": "JPN", "Busan": "KOR", "Birmingham": None, "Brighton Kemptown": None}
    whole = read("They flew from South Brisbane to Kaduna State and Ventura County.")
    assert texts(whole, entity_type="PLACE") == ["South Brisbane", "Kaduna State", "Ventura County"]
    assert the(read("Governor Lincoln Chafee resigned."), "Lincoln Chafee")["entity_type"] == "PERSON"


def test_a_person_has_the_country_of_their_organisation() -> None:
    rows = read(
        "Russian Foreign Ministry spokeswoman Maria Zakharova spoke in Lima. Japanese Prime Minister Shinzo Abe "
        "listened to Ana Torres, director of Cuba’s Culture Ministry."
    )
    people = {row["text"]: (row["country_code"], row["role_text"]) for row in rows if row["entity_type"] == "PERSON"}
    assert people == {
        "Maria Zakharova": ("RUS", "Russian Foreign Ministry spokeswoman"),
        "Shinzo Abe": ("JPN", "Prime Minister"),
        "Ana Torres": ("CUB", "director of Cuba’s Culture Ministry"),
    }


def test_a_minister_without_country_is_of_the_texts_home() -> None:
    rows = read(
        "Foreign Minister Park Jin came. In 2016, when South Korea waited, then Minister of Foreign Affairs Yoon "
        "Byung-se visited Cuba."
    )
    yoon = the(rows, "Yoon Byung-se")
    assert (yoon["country_code"], yoon["role_time"]) == ("KOR", "then")
    north = read(
        "Park Jin, foreign minister, came from South Korea. North Korea’s envoy and Foreign Minister Ri So-ra left."
    )
    assert the(north, "Ri So-ra")["country_code"] != "KOR"


def test_a_headline_in_capitals_has_the_names_of_the_body() -> None:
    rows = read(
        "Lake Aid Now Tells Alfred Ruiz And Japan To Wait\n\nLake Aid Now (LAN) wrote to Alfred Ruiz, director of a "
        "theatre in Japan."
    )
    headline = [row for row in rows if row["char_start"] < 48]
    assert [(row["text"], row["entity_type"]) for row in headline] == [
        ("Lake Aid Now", "ORG"),
        ("Alfred Ruiz", "PERSON"),
        ("Japan", "COUNTRY"),
    ]
    assert len({row["entity_id"] for row in rows if row["entity_type"] == "PERSON"}) == 1


def test_names_keep_to_words_and_hashtags_are_none() -> None:
    rows = read("The ambassador met Assad. #Cuba #Korea #SouthKorea")
    assert texts(rows, mention_kind="name") == ["Assad"]


def test_a_given_name_that_the_model_drops_and_a_title_that_is_a_surname() -> None:
    rows = read(
        "President Rufus King met Aziza al-Yousef, Presidents William McKinley and Theodore Roosevelt came later."
    )
    people = texts(rows, entity_type="PERSON", mention_kind="name")
    assert {"Rufus King", "Aziza al-Yousef", "William McKinley"} <= set(people)


# --- other countries by data alone -----------------------------------------------------------------------------------

ROWS: Mapping[str, str] = {
    "countries": "JPN,Japan,name\nJPN,Japanese,adjective\nJPN,Tokyo,capital\nMNG,Mongolia,name\n"
    "MNG,Mongolian,adjective\nMNG,Ulaanbaatar,capital",
    "people": "person:battsetseg,Batmunkh Battsetseg,Battsetseg Batmunkh,Foreign Minister,MNG",
    "organisations": "org:jica,Japan International Cooperation Agency,JICA,JPN",
    "places": "Erdenet,MNG,city",
    "country_groups": "landlocked,MNG",
}
ARTICLE = (
    "Japan and Mongolia agreed on Tuesday to open consulates, Tokyo’s Foreign Ministry said. Japanese Foreign Minister "
    "Yoko Kamikawa met Battsetseg Batmunkh in Ulaanbaatar, the capital of Mongolia. “The two countries will deepen "
    "ties,” Kamikawa said. JICA opens an office in Erdenet. The landlocked country thanked the Japanese side."
)


def of_other_countries(folder: Path, *, is_told: bool) -> lexicon.Lexicons:
    """The data files without Japan and Mongolia, then with the rows of ROWS if `is_told`."""
    made = {}
    for name, added in ROWS.items():
        columns = list(KNOWN[name].rows[0])
        rows = [row for row in KNOWN[name].rows if row.get("country_code") not in ("JPN", "MNG")]
        told = [dict(zip(columns, line.split(","), strict=False)) for line in added.split("\n")]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
            writer.writerows(row | {"source": "a test"} for row in told if is_told)
        made[name] = lexicon.load(name, folder)
    return {**KNOWN, **made}


def test_other_countries_need_only_rows(tmp_path: Path) -> None:
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
    before = read(ARTICLE, of_other_countries(tmp_path / "before", is_told=False))
    assert not [row for row in before if row["country_code"]]
    rows = read(ARTICLE, of_other_countries(tmp_path / "after", is_told=True))
    assert the(rows, "Japan")["entity_id"] == the(rows, "Tokyo")["entity_id"] == "country:JPN"
    assert the(rows, "the Japanese side")["entity_id"] == "country:JPN"
    assert the(rows, "Foreign Ministry")["country_code"] == "JPN"
    assert (the(rows, "Yoko Kamikawa")["country_code"], the(rows, "Kamikawa")["country_code"]) == ("JPN", "JPN")
    assert the(rows, "Battsetseg Batmunkh")["entity_id"] == "person:battsetseg"
    assert the(rows, "JICA")["entity_id"] == "org:jica"
    assert (the(rows, "Ulaanbaatar")["entity_type"], the(rows, "Erdenet")["country_code"]) == ("PLACE", "MNG")
    assert the(rows, "The two countries")["members"] == ["JPN", "MNG"]
    assert the(rows, "The landlocked country")["entity_id"] == "country:MNG"
