"""Names in news about other parts of the world: ranks, namesakes, bodies, seats, places told by their kind."""

from __future__ import annotations

import pytest

from reading_names import read, texts, the


def test_ranks_and_offices_are_no_part_of_a_name() -> None:
    rows = read("Lt. Gen. Sam Okiding, the Ugandan commander, met External Affairs Minister S. Jaishankar in Nairobi.")
    assert texts(rows, entity_type="PERSON", mention_kind="name") == ["Sam Okiding", "S. Jaishankar"]
    assert the(rows, "Sam Okiding")["country_code"] == "UGA"
    assert not texts(rows, entity_type="ORG")


def test_two_of_one_surname_are_two_people_and_the_surname_alone_is_neither() -> None:
    rows = read(
        "“They came at dawn,” said Jovana Radić, a teacher. “My father-in-law, Milan Radić, was shouting.”\n\n"
        "Milan Radić was later taken to hospital. Radić did not speak."
    )
    people = [(row["text"], row["name"]) for row in rows if row["entity_type"] == "PERSON"]
    assert people[:3] == [
        ("Jovana Radić", "Jovana Radić"),
        ("Milan Radić", "Milan Radić"),
        ("Milan Radić", "Milan Radić"),
    ]
    assert all(row["entity_id"] is None for row in rows if row["text"] == "Radić")


def test_a_spokesman_between_commas_is_a_person() -> None:
    rows = read("A spokesman for Odinga, Dennis Onyango, added that the party would challenge the move in court.")
    assert the(rows, "Dennis Onyango")["entity_type"] == "PERSON"


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("The Supreme Tribunal of Justice of Venezuela met.", "Supreme Tribunal of Justice of Venezuela", "VEN"),
        ("The Department of Justice met in Ohio.", "Department of Justice", None),
        ("The Transition Mission in Somalia left.", "Transition Mission in Somalia", None),
    ],
)
def test_bodies_with_their_field_and_where_they_work(text: str, name: str, code: str | None) -> None:
    body = the(read(text), name)
    assert (body["entity_type"], body["country_code"]) == ("ORG", code)


def test_short_forms_are_the_bodies_they_stand_for() -> None:
    rows = read(
        "The Banana Growers Board met. BGB then left. The Economic Community of West African States (ECOWAS) agreed. "
        "The Mango Transition Force, known as MTF, left. MTF is small."
    )
    entities = {row["text"]: row["entity_id"] for row in rows if row["entity_type"] == "ORG"}
    assert entities["BGB"] == entities["Banana Growers Board"] is not None
    assert entities["Economic Community of West African States"] == entities["ECOWAS"] == "org:ecowas"
    assert entities["MTF"] == entities["Mango Transition Force"] is not None


def test_the_head_of_a_part_of_a_national_body_tells_its_country() -> None:
    office = "the director of the Workers’ Party International Affairs Department, visited Cuba."
    body = "Workers’ Party International Affairs Department"
    assert the(read(f"North Korean diplomat Kang Sok-ju, {office}"), body)["country_code"] == "PRK"
    assert the(read(f"Kang Sok-ju, {office}"), body)["country_code"] is None


def test_seats_of_government_before_an_office_and_cities_that_press() -> None:
    rows = read("The Kremlin spokesman spoke. He caved in to pressure from Brussels. He flew in from Brussels.")
    assert the(rows, "Kremlin")["entity_id"] == "country:RUS"
    brussels = [row for row in rows if row["text"] == "Brussels"]
    assert [row["entity_type"] for row in brussels] == ["ORG", "PLACE"]


def test_a_town_is_a_place_whatever_its_name_looks_like() -> None:
    rows = read("Militants raided the town of Mandera Bula, Kenya.")
    assert (the(rows, "Mandera Bula")["entity_type"], the(rows, "Mandera Bula")["country_code"]) == ("PLACE", "KEN")


def test_the_name_before_a_turn_is_the_person_named_in_full() -> None:
    rows = read("Shri Randhir Jaiswal, Official Spokesperson, spoke of visits.\n\nRandhir Jaiswal: We have agreed.")
    assert texts(rows, entity_type="PERSON", mention_kind="name") == ["Randhir Jaiswal", "Randhir Jaiswal"]
