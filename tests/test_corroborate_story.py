"""One story told by several publishers: a meeting announced, denied to be off, held, and a second one put off and held.

What belongs together is joined and linked, what does not stays apart, and what cannot both hold stands side by side.
"""

from __future__ import annotations

from typing import Any

import pytest

from articles import Article, Tables, tables_of

STORY = {
    "plan": Article(
        "Kenyan minister to visit Peru\n\n"
        "Kenyan Foreign Minister Alfred Mutua will meet his Peruvian counterpart Ana Gervasi in Lima on May 10, the "
        "Kenyan government said on Tuesday.\n\n"
        "The two ministers are expected to talk about tea and flowers, a spokesman said.\n",
        "The Herald",
        "2023-05-02",
    ),
    "denial": Article(
        "Peru denies report of quarrel\n\n"
        "Peru denied on Thursday that it had cancelled the meeting with Kenya. The government of Peru said the report "
        "was false.\n\nThe ministers of the two countries will meet as planned, the Peruvian foreign ministry said.\n",
        "Andean Times",
        "2023-05-04",
    ),
    "held": Article(
        "Kenya and Peru sign trade agreement\n\n"
        "Kenyan Foreign Minister Alfred Mutua met his Peruvian counterpart Ana Gervasi in Lima on Wednesday. On "
        "Wednesday, Kenya and Peru signed a trade agreement worth $30 million, the Kenyan ministry said.\n\n"
        "The agreement lowers duties on tea, flowers and fish, officials in Nairobi said.\n",
        "The Herald",
        "2023-05-11",
    ),
    "held too": Article(
        "Ministers of Peru and Kenya meet\n\n"
        "The foreign ministers of Peru and Kenya met in Lima on Wednesday. They signed a trade agreement, the Peruvian "
        "government said.\n\nThe hotel by the sea had been closed to guests for the day.\n",
        "Lima Post",
        "2023-05-10",
    ),
    "dearer": Article(
        "Agreement on trade\n\n"
        "On May 10, Peru and Kenya signed a trade agreement worth $25 million, a Peruvian official said.\n\n"
        "Fishermen on the coast say that they have not been asked.\n",
        "Andean Times",
        "2023-05-12",
    ),
    "put off": Article(
        "Second meeting put off\n\n"
        "A second meeting between Kenya and Peru was postponed on Monday. The ministers of Kenya and Peru were to meet "
        "on June 6 in Nairobi.\n\nRain had closed the airport, the airline said.\n",
        "Andean Times",
        "2023-06-05",
    ),
    "second": Article(
        "Ministers meet again\n\n"
        "The foreign ministers of Peru and Kenya met in Nairobi on Wednesday.\n\n"
        "Peru and Kenya signed a fishing agreement on Wednesday, the Peruvian government said.\n",
        "Lima Post",
        "2023-06-15",
    ),
    "called": Article(
        "Call after the talks\n\n"
        "Kenyan President William Ruto telephoned Peruvian President Dina Boluarte on June 20, the palace said.\n",
        "The Herald",
        "2023-06-21",
    ),
    "was called": Article(
        "Call after the talks\n\n"
        "Peruvian President Dina Boluarte telephoned Kenyan President William Ruto on June 20, officials said.\n",
        "Lima Post",
        "2023-06-21",
    ),
}


@pytest.fixture(scope="module")
def story() -> Tables:
    return tables_of(STORY)


@pytest.fixture(scope="module")
def summaries(story: Tables) -> dict[str, dict[str, Any]]:
    return {row["summary"]: row for row in story["events"].to_pylist()}


def test_two_meetings_a_month_apart_stay_two(summaries: dict[str, dict[str, Any]]) -> None:
    first, second = summaries["Kenya and Peru met on 10 May 2023."], summaries["Kenya and Peru met on 14 June 2023."]
    assert (first["document_count"], first["publishers"]) == (2, ["Lima Post", "The Herald"])
    assert (second["document_count"], second["source_count"]) == (1, 1)


def test_a_headline_is_of_the_event_under_it(summaries: dict[str, dict[str, Any]]) -> None:
    signed = summaries["Kenya and Peru signed an agreement on 10 May 2023."]
    assert (signed["mention_count"], signed["document_count"], signed["source_count"]) == (3, 2, 2)


def test_the_agreement_of_june_is_another(summaries: dict[str, dict[str, Any]]) -> None:
    assert summaries["Kenya and Peru signed an agreement on 14 June 2023."]["document_count"] == 1


def test_nothing_planned_put_off_or_denied_has_occurred(story: Tables) -> None:
    names = {row["document_id"]: row["source_name"] for row in story["documents"].to_pylist()}
    told = [(names[row["document_id"]], row["status"]) for row in story["event_mentions"].to_pylist()]
    assert {status for name, status in told if name in ("plan", "put off")} == {"planned"}
    assert {status for name, status in told if name == "denial"} == {"denied", "planned"}


def test_events_are_linked(story: Tables) -> None:
    by_id = {row["event_id"]: row["summary"] for row in story["events"].to_pylist()}
    links = {
        (by_id[row["event_id"]], row["relation"], by_id[row["related_event_id"]])
        for row in story["event_links"].to_pylist()
    }
    met, met_again = "Kenya and Peru met on 10 May 2023.", "Kenya and Peru met on 14 June 2023."
    assert ("Kenya and Peru signed an agreement on 10 May 2023.", "same_occasion", met) in links
    assert ("Kenya and Peru signed an agreement on 14 June 2023.", "same_occasion", met_again) in links
    assert (met, "realises", "Planned: Kenya and Peru to meet on 10 May 2023.") in links
    put_off = "Planned: Kenya and Peru to meet on 6 June 2023."
    assert [link for link in links if put_off in link] == []


def test_claims_that_cannot_both_hold(story: Tables) -> None:
    claims = {(row["attribute"], row["claim_a"][:30], row["claim_b"][:30]) for row in story["conflicts"].to_pylist()}
    assert ("value", "On Wednesday, Kenya and Peru s", "On May 10, Peru and Kenya sign") in claims
    assert {attribute for attribute, _, _ in claims} == {"value", "actor"}


def test_gunmen_of_two_texts_need_not_be_the_same() -> None:
    raid = "{}\n\nGunmen attacked a police convoy on May 10, 2023.\n\nThe road was closed for hours, drivers said.\n"
    tables = tables_of(
        {
            "one": Article(raid.format("Raid in the north"), "The Herald", "2023-05-11"),
            "two": Article(raid.format("Attack on the coast road"), "Lima Post", "2023-05-11"),
        }
    )
    assert [row["document_count"] for row in tables["events"].to_pylist()] == [1, 1]
