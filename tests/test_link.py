"""Entities across documents: what is merged, what is kept apart, and what an entity's row tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcpipe import lexicon
from kcpipe.link import Link, korean_parts, link, may_be_same
from kcpipe.tables import TABLES, build

LEXICONS = {name: lexicon.load(name) for name in ("name_words", "distinct", "countries")}
SURNAMES = {
    spelling.casefold(): group[0]
    for group in reversed(LEXICONS["name_words"].rules["korean"]["surnames"])
    for spelling in group
}
Draft = Mapping[str, Any]


def person(name: str, code: str | None = None, role: str | None = None, **more: Any) -> dict[str, Any]:
    """A draft of a person in document "1"; its entity is told apart by name and country."""
    draft = {"document_id": "1", "text": name, "entity_type": "PERSON", "mention_kind": "name", "name": name}
    return {**draft, "entity_id": f"{name}/{code}", "country_code": code, "role_text": role, **more}


def linked(
    *drafts: Draft, days: Mapping[str, date | None] | None = None, lexicons: lexicon.Lexicons = LEXICONS
) -> Link:
    rows = [
        {"char_start": i, "char_end": i + 1, "is_metonym": False, "mention_id": str(i), **draft}
        for i, draft in enumerate(drafts)
    ]
    days = days or {}
    documents = [
        {
            "document_id": document_id,
            "text": "x",
            "authors": [],
            "is_extractable": True,
            "stated_start": days.get(document_id),
        }
        for document_id in sorted({draft["document_id"] for draft in drafts})
    ]
    return link(
        mention_drafts=build(TABLES["mention_drafts"], rows),
        clean_documents=build(TABLES["clean_documents"], documents),
        lexicons=lexicons,
    )


def finals(made: Link) -> dict[str, str]:
    return {row["draft_entity_id"]: row["entity_id"] for row in made.mention_links.to_pylist()}


def entity(made: Link, entity_id: str) -> dict[str, Any]:
    (row,) = [row for row in made.entities.to_pylist() if row["entity_id"] == entity_id]
    return row


def test_one_person_under_two_romanisations_takes_the_gazetteers_key() -> None:
    made = linked(
        person("Yun Byung-se", "KOR", "Minister of Foreign Affairs", entity_id="person:yun", document_id="4"),
        person("Yoon Byung-se", None, "Minister of Foreign Affairs"),
    )
    assert finals(made) == {"person:yun": "person:yun", "Yoon Byung-se/None": "person:yun"}
    methods = {row["draft_entity_id"]: row for row in made.mention_links.to_pylist()}
    assert methods["Yoon Byung-se/None"]["link_method"] == "romanisation"
    assert methods["Yoon Byung-se/None"]["link_score"] == pytest.approx(0.95)
    assert (methods["person:yun"]["link_method"], methods["person:yun"]["link_score"]) == (None, None)
    row = entity(made, "person:yun")
    assert (row["name"], row["country_code"], row["aliases"]) == ("Yun Byung-se", "KOR", ["Yoon Byung-se"])
    assert (row["mention_count"], row["document_count"]) == (2, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            person("Hwang Jun-guk", "KOR", "Ambassador"),
            person("Hwang Joon-kook", "KOR", "Ambassador to the United Nations"),
        ),
        (person("Yoon Seok-yeol", "KOR", "President"), person("Yoon Suk Yeol", "KOR", "President")),
        (person("Kang Sok-ju", "PRK", "diplomat"), person("Kang Seok-ju", "PRK", "top diplomat")),
        (person("Ri Su-yong", None, "Foreign Minister"), person("Lee Soo-yong", None, "Minister of Foreign Affairs")),
        (person("Kim Jong-un", "PRK"), person("Kim Jong Un", None)),
    ],
)
def test_spellings_of_one_name_are_merged(one: Draft, other: Draft) -> None:
    assert len(set(finals(linked(one, other)).values())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Kim Jong-il", "PRK", "leader"), person("Kim Jong-un", "PRK", "leader")),
        (person("Kim Jong-un", "PRK", "leader"), person("Kim Jung-eun", "KOR", "leader")),
        (person("Kim Jong-un", "PRK", "leader"), person("Kim Jung-eun", "PRK", "professor")),
        (person("Lee Su-yong", "KOR"), person("Yun Su-yong", "KOR")),
        (person("Lee Su-yong", None, "singer"), person("Ri Su-yong", "PRK", "Foreign Minister")),
        (person("John Smith", "USA"), person("Jon Smith", "USA")),
        (person("Lee Harvey Oswald", "USA"), person("Lee Harvey Oswald", "GBR")),
    ],
)
def test_two_people_stay_two(one: Draft, other: Draft) -> None:
    assert len(set(finals(linked(one, other)).values())) == 2


def test_a_name_without_country_joins_only_when_one_entity_bears_it() -> None:
    clear = linked(person("Bruno Rodriguez", "CUB"), person("Bruno Rodriguez", None))
    assert set(finals(clear).values()) == {"Bruno Rodriguez/CUB"}
    unclear = linked(person("Juan Perez", "CUB"), person("Juan Perez", "MEX"), person("Juan Perez", None))
    assert len(set(finals(unclear).values())) == 3


def test_a_line_of_the_data_file_undoes_a_merge(tmp_path: Path) -> None:
    drafts = (
        person("Yun Byung-se", "KOR", "Foreign Minister", entity_id="person:yun"),
        person("Yoon Byung-se", None, "Foreign Minister", document_id="2"),
        person("Yun Byung Se", None, document_id="3"),
    )
    assert set(finals(linked(*drafts)).values()) == {"person:yun"}
    (tmp_path / "distinct.csv").write_text("one,other,source,note\nperson:yun,YOON Byung Se,an archivist,two men\n")
    apart = finals(linked(*drafts, lexicons={**LEXICONS, "distinct": lexicon.load("distinct", tmp_path)}))
    assert apart["Yun Byung Se/None"] == apart["person:yun"] != apart["Yoon Byung-se/None"]


def test_a_historical_state_has_its_successors() -> None:
    yugoslavia = {"entity_id": "country:SCG", "name": "Serbia and Montenegro", "entity_type": "COUNTRY"}
    made = linked(person("Serbia and Montenegro", "SCG") | yugoslavia)
    assert entity(made, "country:SCG")["successors"] == ["MNE", "SRB"]


def test_every_merge_has_method_and_score() -> None:
    made = linked(person("Juan Perez", "CUB"), person("Juan Perez", None, document_id="2"))
    for row in made.mention_links.to_pylist():
        is_merged = row["draft_entity_id"] != row["entity_id"]
        assert is_merged == (row["link_method"] is not None) == (row["link_score"] is not None)


def test_an_acronym_joins_the_one_long_name_it_stood_behind_elsewhere() -> None:
    org = {"entity_type": "ORG", "entity_id": "long", "name": "Trade Agency"}
    made = linked(
        person("Trade Agency", "KOR") | org,
        person("Kotra", "KOR") | org,
        person("Kotra", None, entity_type="ORG", entity_id="short", document_id="2"),
    )
    assert finals(made) == {"long": "long", "short": "long"}
    assert entity(made, "long")["mention_count"] == 3


def test_an_organisation_that_comes_to_be_called_by_its_acronym_ends_in_itself() -> None:
    """Most mentions then give it the short name, which is also its form: it is not merged into itself without end."""
    org = {"entity_type": "ORG", "entity_id": "z-long", "name": "Democratic Republic"}
    short = {"entity_type": "ORG", "entity_id": "a-short", "name": "DRA"}
    made = linked(
        person("Democratic Republic") | org,
        person("DRA") | org,
        *(person("DRA") | short | {"document_id": "2"} for _ in range(3)),
    )
    assert finals(made) == {"a-short": "z-long", "z-long": "z-long"}


def test_a_country_is_one_row_whatever_acts_for_it() -> None:
    cuba = {"entity_id": "country:CUB", "name": "Cuba", "wikidata_id": "Q241"}
    made = linked(
        person("Havana", "CUB", entity_type="COUNTRY", document_id="2") | cuba,
        person("the Cuban government", "CUB", entity_type="ORG", mention_kind="nominal") | cuba,
        person("someone") | {"entity_id": None, "name": None},
    )
    row = entity(made, "country:CUB")
    assert row == {
        "entity_id": "country:CUB",
        "entity_type": "COUNTRY",
        "name": "Cuba",
        "country_code": "CUB",
        "wikidata_id": "Q241",
        "successors": [],
        "aliases": ["Havana"],
        "mention_count": 2,
        "document_count": 2,
        "first_document_id": "1",
    }
    assert made.entities.num_rows == made.mention_links.num_rows == 1


def test_the_first_document_is_the_earliest_dated_one() -> None:
    drafts = [person("Ann Lee", document_id=document_id) for document_id in "123"]
    made = linked(*drafts, days={"1": None, "2": date(2024, 2, 16), "3": date(2024, 2, 14)})
    assert entity(made, "Ann Lee/None")["first_document_id"] == "3"


def test_no_draft_makes_no_row() -> None:
    made = linked()
    assert (made.entities.num_rows, made.mention_links.num_rows) == (0, 0)


@given(st.permutations(list(range(6))))
def test_the_order_of_drafts_changes_nothing(order: list[int]) -> None:
    drafts = [
        person("Yun Byung-se", "KOR", "Foreign Minister"),
        person("Yoon Byung-se", None, "Minister of Foreign Affairs", document_id="2"),
        person("Yun Byung Se", "KOR", document_id="3"),
        person("Juan Perez", None),
        person("Juan Perez", "CUB", document_id="2"),
        person("Kim Jong-un", "PRK", document_id="3"),
    ]
    expected, shuffled = linked(*drafts), linked(*(drafts[place] for place in order))
    assert shuffled.entities.equals(expected.entities)
    assert shuffled.mention_links.equals(expected.mention_links)


def test_syllables_fit_when_they_may_spell_one_sound() -> None:
    same = [
        ("seok", "suk"),
        ("seok", "sok"),
        ("jun", "joon"),
        ("guk", "kook"),
        ("yeol", "yul"),
        ("hye", "hye"),
        ("un", "eun"),
    ]
    other = [("jun", "jin"), ("il", "un"), ("jun", "jung"), ("min", "bin"), ("xyz", "xyz")]
    assert all(may_be_same(a, b) and may_be_same(b, a) for a, b in same)
    assert not any(may_be_same(a, b) for a, b in other)


def test_a_korean_name_is_surname_and_one_or_two_syllables() -> None:
    assert korean_parts("Suh, Bo-hyuk", SURNAMES) == ("Seo", ["bo", "hyuk"])
    assert korean_parts("Ri Su-yong", SURNAMES) == korean_parts("Lee Su-yong", SURNAMES)
    assert korean_parts("Barack Obama", SURNAMES) is None
    assert korean_parts("Kim", SURNAMES) is None
