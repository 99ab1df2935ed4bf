"""Habits of newswire: who is left out, named before, counted, or told by a pronoun."""

from __future__ import annotations

import pytest

from articles import Article, tables_of

Told = list[tuple[str, str, list[str]]]

AWAY = "Bread and apples are cheap in the market hall of the old town this year."


def told(text: str) -> Told:
    """Kind, status and parties of each report: a country, else the words, "~" before what is understood."""
    tables = tables_of({"a.txt": Article(text)})
    [clean] = tables["documents"]["text"].to_pylist()
    parties: dict[str, list[str]] = {}
    for row in tables["participants"].to_pylist():
        if row["role"] in ("actor", "recipient", "party"):
            words = row["country_code"] or clean[row["char_start"] : row["char_end"]]
            parties.setdefault(row["event_mention_id"], []).append("~" * row["is_implicit"] + words)
    return [
        (
            row["event_kind"],
            "negated" if row["is_negated"] else row["status"],
            parties.get(row["event_mention_id"], []),
        )
        for row in sorted(tables["event_mentions"].to_pylist(), key=lambda row: int(row["trigger_start"]))
    ]


def of_sentence(sentence: str) -> Told:
    return told(f"{AWAY}\n\n{sentence}\n")


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "Nauru opened an embassy in Chad, hours after severing its ties with Fiji.",
            [("open_mission", "occurred", ["NRU", "TCD"]), ("sever_relations", "occurred", ["NRU", "FJI"])],
        ),
        (
            "Nauru closed its embassy in Chad and recalled its ambassador.",
            [("close_mission", "occurred", ["NRU", "TCD"]), ("reduce_relations", "occurred", ["NRU", "TCD"])],
        ),
        ("Three of the attackers were killed and six were arrested.", ["attackers", "six"]),
        ("The blast killed 13 and wounded two others.", ["13", "others"]),
        ("The team won 13 and lost two.", []),
        (
            "Rebels abducted the mayor of a Peruvian town and later freed him.",
            [("abduct", "occurred", ["Rebels", "PER"]), ("release", "occurred", ["Rebels", "PER"])],
        ),
        (
            "Last October rebel fighters abducted Ana Ruiz, the mother of a Spanish singer.",
            [("abduct", "occurred", ["rebel fighters", "Ana Ruiz"])],
        ),
        (
            "Two Kenyan sailors held by Iran were freed.",
            [("arrest", "occurred", ["IRN", "KEN"]), ("release", "occurred", ["IRN", "KEN"])],
        ),
        ("The rebels promised to stop kidnapping.", [("pledge", "occurred", ["rebels"])]),
        (
            "The rebels promised not to attack the town.",
            [("pledge", "occurred", ["rebels"]), ("attack", "negated", ["rebels"])],
        ),
        (
            "The rebels promised to attack the town.",
            [("threaten", "occurred", ["rebels"]), ("attack", "planned", ["rebels"])],
        ),
        ("The troops were forced to withdraw from Mali.", [("withdraw", "occurred", ["troops", "MLI"])]),
        ("The raid prompted Ghana to sever ties with Togo.", [("sever_relations", "occurred", ["GHA", "TGO"])]),
        (
            "Mali's government and Tuareg rebels agreed on a prisoner list.",
            [("agree", "occurred", ["MLI", "Tuareg rebels"])],
        ),
        (
            "Ukraine asked Germany for help as Russian drones hit its power plants.",
            [("request", "occurred", ["UKR", "DEU"]), ("attack", "occurred", ["RUS", "UKR"])],
        ),
        (
            "Sudan accused Chad of shelling its villages.",
            [("accuse", "occurred", ["SDN", "TCD"]), ("attack", "hypothetical", ["TCD", "SDN"])],
        ),
        ("Chad bombed its own villages.", []),
        ("The Red Cross treated prisoners wounded in the revolt.", [("aid", "occurred", ["Red Cross", "prisoners"])]),
        (
            "Armenian separatists agreed to lay down their arms under a Russian-brokered truce.",
            [("disarm", "planned", ["ARM"])],
        ),
        (
            "Chad detained a Kenyan journalist and took him to a jail in the capital.",
            [("arrest", "occurred", ["TCD", "KEN"])],
        ),
    ],
)
def test_newswire(sentence: str, wanted: Told | list[str]) -> None:
    found = of_sentence(sentence)
    if wanted and isinstance(wanted[0], tuple):
        assert found == wanted
    else:
        assert [party for _, _, parties in found for party in parties] == wanted


def test_two_clauses_of_a_headline_are_no_quotation() -> None:
    tables = tables_of(
        {"a.txt": Article(f"EU slaps sanctions on Belarus airline, Minsk vows to retaliate\n\n{AWAY}\n")}
    )
    rows = tables["event_mentions"].to_pylist()
    assert [(row["event_kind"], row["attributed_to"]) for row in rows] == [("sanction", None), ("threaten", None)]


TITLE = "Colombia, ELN rebels extend truce"
OPENING = "The Colombian government and the National Liberation Army (ELN) extended their truce on Monday."


@pytest.mark.parametrize(
    "sentence",
    [
        "The two sides met in November.",
        "Both sides met in November.",
        "Negotiators for the two sides met in November.",
        "The parties met in November.",
        "The two met in November.",
    ],
)
def test_the_two_sides_are_those_of_the_title(sentence: str) -> None:
    assert ("meet", "occurred", ["~COL", "~National Liberation Army"]) in told(
        f"{TITLE}\n\n{OPENING}\n\n{AWAY}\n\n{sentence}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{AWAY}\n\nThe two sides met in November.\n",
        "Kenya signed a treaty with Peru. Chile lifted sanctions on Fiji.\n\nThe parties met in November.\n",
        "Kenya, rebels agree on truce\n\nKenya's president thanked NATO.\n\nThe two sides met in November.\n",
        f"{TITLE}\n\n{OPENING}\n\nThe two sides met the Norwegian mediator in November.\n",
        f"{TITLE}\n\n{OPENING}\n\nThe two sides met with reporters in November.\n",
        f"{TITLE}\n\n{OPENING}\n\n{AWAY}\n\nThe two men met in November.\n",
        f"{TITLE}\n\n{OPENING}\n\nThe two groups of singers met in November.\n",
    ],
)
def test_the_two_sides_are_nobody_where_it_may_be_others(text: str) -> None:
    assert not [parties for kind, _, parties in told(text) if kind == "meet" and any("~" in each for each in parties)]


def test_two_people_are_those_of_the_sentence_before() -> None:
    text = "Kenya's foreign minister spoke for an hour with Peru's envoy in Oslo. The two men met again in May."
    assert told(f"{AWAY}\n\n{text}\n")[-1] == ("meet", "occurred", ["~KEN", "~PER"])


def test_who_is_told_by_office_and_name_takes_part_by_name() -> None:
    text = "Kenya's foreign minister, Abel Omari, met his Peruvian counterpart, Ana Ruiz, in Oslo."
    tables = tables_of({"a.txt": Article(f"{AWAY}\n\n{text}\n")})
    names = {row["mention_id"]: row["text"] for row in tables["mentions"].to_pylist()}
    told_by = {row["country_code"]: names.get(row["mention_id"]) for row in tables["participants"].to_pylist()}
    assert {told_by["KEN"], told_by["PER"]} == {"Abel Omari", "Ana Ruiz"}
    assert "topic" not in {row["role"] for row in tables["participants"].to_pylist()}
