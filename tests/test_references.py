"""What points back without a name: resolved when one candidate is left, else not."""

from __future__ import annotations

import pytest

from reading_names import read, texts, the


def test_a_description_of_a_country_is_the_only_one_of_that_kind() -> None:
    rows = read("South Korea opens ties with Cuba. The Caribbean nation is glad, and so is the communist country.")
    assert [the(rows, words)["entity_id"] for words in ("The Caribbean nation", "the communist country")] == [
        "country:CUB",
        "country:CUB",
    ]
    two = read("Cuba and Haiti agree. The Caribbean nation is glad.")
    assert the(two, "The Caribbean nation")["entity_id"] is None
    named_behind = the(read("Haiti wrote to the communist country Cuba."), "the communist country")
    assert (named_behind["entity_id"], named_behind["link_method"]) == ("country:CUB", "apposition")
    assert not texts(read("Cuba runs the communist state media."), mention_kind="nominal", entity_type="COUNTRY")


def test_the_government_is_the_one_just_told_or_the_texts_own() -> None:
    told = read("The Japanese government agreed with Peru. Later the government paid.")
    assert (the(told, "the government")["entity_id"], the(told, "the government")["link_method"]) == (
        "country:JPN",
        "antecedent",
    )
    assert the(read("Peru and Japan agree. The government paid."), "The government")["entity_id"] is None
    own = read("South Korea and Cuba agreed. Foreign Minister Park Jin met envoys of Cuba.\n\nThe government is glad.")
    assert the(own, "The government")["link_method"] == "home_country"
    assert the(own, "The government")["entity_id"] == "country:KOR"
    other = read(
        "South Korea and Cuba agreed. Foreign Minister Park Jin said so.\n\n"
        "The Cuban government waited. The government is glad."
    )
    assert the(other, "The government")["entity_id"] is None
    assert not [row for row in read("The government official of Peru left.") if row["text"] == "The government"]


def test_bodies_that_every_country_has_are_the_texts_own() -> None:
    told = read("SEOUL (Yonhap) — South Korea and Cuba talked. The Foreign Ministry said so.")
    assert (the(told, "Foreign Ministry")["country_code"], the(told, "SEOUL")["entity_type"]) == ("KOR", "PLACE")
    published = read("South Korea and Cuba talked. The Foreign Ministry said so.", publisher="The Dong-A Ilbo")
    assert the(published, "Foreign Ministry")["country_code"] == "KOR"
    assert the(published, "Foreign Ministry")["link_score"] == pytest.approx(0.7)
    worldwide = read(
        "The United States and Cuba talked. The Foreign Ministry said so.", publisher="The Associated Press"
    )
    assert the(worldwide, "Foreign Ministry")["entity_id"] is None
    elsewhere = read("Peru and Cuba talked. The Foreign Ministry said so.", publisher="The Dong-A Ilbo")
    assert the(elsewhere, "Foreign Ministry")["entity_id"] is None
    both = read(
        "Peru’s Foreign Ministry and Cuba’s Foreign Ministry agreed. Then the Foreign Ministry of Japan left, "
        "and the Foreign Ministry spoke.",
        publisher="The Dong-A Ilbo",
    )
    assert [row["country_code"] for row in both if row["text"] == "Foreign Ministry"] == ["PER", "CUB", None]


def test_the_ministry_is_the_last_one_or_the_ministers() -> None:
    rows = read("Japan’s Defense Ministry protested. The ministry said ships had come.")
    assert the(rows, "The ministry")["entity_id"] == the(rows, "Defense Ministry")["entity_id"] is not None
    rows = read("Japanese Foreign Minister Yoko Kamikawa spoke. The ministry agrees with Japan’s Foreign Ministry.")
    assert the(rows, "The ministry")["entity_id"] == the(rows, "Foreign Ministry")["entity_id"] is not None
    assert the(rows, "The ministry")["link_method"] == "office"


def test_the_minister_is_the_only_one_who_is() -> None:
    one = read("Japanese Foreign Minister Yoko Kamikawa came. The minister said nothing.")
    assert the(one, "The minister")["entity_id"] == the(one, "Yoko Kamikawa")["entity_id"]
    two = read("Foreign Minister Yoko Kamikawa met the Cuban Vice Minister of Trade. The minister said nothing.")
    assert the(two, "The minister")["entity_id"] is None
    former = read("Former President Donald Trump came to Peru. The president said nothing.")
    assert the(former, "The president")["entity_id"] is None


@pytest.mark.parametrize(
    ("text", "pronoun", "name"),
    [
        ("Shinzo Abe listened. He left.", "He", "Shinzo Abe"),
        ("Yoko Kamikawa said that she would come to Peru.", "she", "Yoko Kamikawa"),
        ("Shinzo Abe met Barack Obama. He left.", "He", None),
        ("Shinzo Abe rejected it and blamed Barack Obama for it. He left.", "He", "Shinzo Abe"),
        ("Shinzo Abe rejected it and blamed Barack Obama for it. Then he left.", "he", None),
        ("A source met Shinzo Abe. He left.", "He", None),
        ("Shinzo Abe listened.\n\nPeru waits. It rains. He left.", "He", None),
        ("He left.", "He", None),
    ],
)
def test_a_pronoun_is_the_only_person_before_it(text: str, pronoun: str, name: str | None) -> None:
    rows = read(text)
    if name is None:
        assert not texts(rows, mention_kind="pronoun")
    else:
        assert (the(rows, pronoun)["mention_kind"], the(rows, pronoun)["entity_id"]) == (
            "pronoun",
            the(rows, name)["entity_id"],
        )


def test_two_neighbours_are_the_two_of_the_article() -> None:
    rows = read("South Korea and Japan signed a pact.\n\nThe two neighbors will trade, and both sides are glad.")
    assert the(rows, "The two neighbors")["members"] == the(rows, "both sides")["members"] == ["JPN", "KOR"]


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("Peru closed the border. It also recalled an envoy.", "country:PER"),
        ("Peru closed the border, Ana Ruiz said. It also recalled an envoy.", "country:PER"),
        ("Peru closed the border. It seems that trade will suffer.", None),
        ("Shinzo Abe listened. It also recalled an envoy.", None),
        ("The border is closed. It divides the valley.", None),
    ],
)
def test_it_at_the_head_of_a_sentence_is_the_subject_before(text: str, entity_id: str | None) -> None:
    rows = [row for row in read(text) if row["text"] == "It"]
    assert [row["entity_id"] for row in rows] == ([entity_id] if entity_id else [])
