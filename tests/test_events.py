"""What is read in single sentences: kind, status, parties, date words; and what must not be read.

Each sentence is the first of an article of its own, so that nothing around it helps. A report is written as
"kind status parties | date words | flags": parties "KEN+PER" take part alike, "KEN>PER" is actor and recipient.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from articles import tables_of

Case = tuple[str, list[str]]

AFTER = "The weather was fine that morning, and the streets were full of people who went to work as ever."

VOICE: list[Case] = [
    (
        "Kenya and Peru established diplomatic relations on 3 May 2019.",
        ["establish_relations occurred KEN+PER | 3 May 2019"],
    ),
    (
        "Diplomatic relations between Kenya and Peru were established on 3 May 2019.",
        ["establish_relations occurred KEN+PER | 3 May 2019"],
    ),
    (
        "Diplomatic relations were established by Kenya and Peru in 2019.",
        ["establish_relations occurred KEN+PER | 2019"],
    ),
    ("Relations with France were severed by Mali in 2022.", ["sever_relations occurred FRA+MLI | 2022"]),
    ("Sanctions were imposed on Belarus by Canada in 2020.", ["sanction occurred CAN>BLR | 2020"]),
    ("Sanctions on Sudan were lifted in 2017 by the United States.", ["lift_sanctions occurred USA>SDN | 2017"]),
    ("Three British sailors were arrested by Iran in 2007.", ["arrest occurred IRN>GBR | 2007"]),
    ("French troops were deployed to Mali in 2013.", ["deploy occurred FRA>MLI | 2013"]),
    ("Ethiopian troops were withdrawn from Somalia in January 2009.", ["withdraw occurred ETH>SOM | January 2009"]),
]

CONJOINED: list[Case] = [
    (
        "Kenya established diplomatic relations with Peru and Chile in 2019.",
        ["establish_relations occurred CHL+KEN+PER | 2019"],
    ),
    (
        "Chile and Fiji signed a fishing agreement and exchanged diplomatic notes on Monday.",
        ["sign_agreement occurred CHL+FJI", "exchange_notes occurred CHL+FJI | Monday"],
    ),
    (
        "On Monday, Chile and Fiji signed a fishing agreement and exchanged diplomatic notes.",
        ["sign_agreement occurred CHL+FJI | Monday", "exchange_notes occurred CHL+FJI | Monday"],
    ),
    ("The Indian prime minister visited Japan and Mongolia in May.", ["visit occurred IND>JPN+MNG | May"]),
    ("The presidents of Ghana and Togo met in Accra on 4 March 2018.", ["meet occurred GHA+TGO | 4 March 2018"]),
    (
        "Poland expelled Russian diplomats, closed its embassy in Syria and imposed sanctions on Belarus.",
        ["expel occurred POL>RUS", "close_mission occurred POL>SYR", "sanction occurred POL>BLR"],
    ),
    ("Norway sent a football team to Sweden and discussed food aid in May.", []),
]

CONTROL: list[Case] = [
    (
        "Kenya is expected to establish diplomatic relations with Peru next month.",
        ["establish_relations planned KEN+PER | next month"],
    ),
    ("Kenya and Peru agreed to establish diplomatic relations.", ["establish_relations planned KEN+PER"]),
    (
        "Kenya sought to establish diplomatic relations with Peru in 2019.",
        ["establish_relations attempted KEN+PER | 2019"],
    ),
    (
        "Kenya refused to establish diplomatic relations with Peru.",
        ["refuse occurred KEN>", "establish_relations occurred negated KEN+PER"],
    ),
    (
        "Kenya failed to establish diplomatic relations with Peru in 2019.",
        ["establish_relations attempted KEN+PER | 2019"],
    ),
    (
        "Kenya decided not to establish diplomatic relations with Peru.",
        ["establish_relations planned negated KEN+PER"],
    ),
    ("Turkey threatened to invade Greece.", ["attack hypothetical TUR>GRC"]),
    (
        "Brazil urged Venezuela to sign the agreement with Guyana.",
        ["request occurred BRA>VEN", "sign_agreement hypothetical GUY+VEN"],
    ),
    ("Norway promised to provide $3 million in aid to Somalia.", ["aid planned NOR>SOM"]),
    ("Ethiopia began withdrawing troops from Somalia on Monday.", ["withdraw occurred ETH>SOM | Monday"]),
    ("Norway stopped providing food aid to Somalia in 2019.", ["aid occurred negated NOR>SOM | 2019"]),
    ("Egypt managed to open an embassy in Bolivia in 1961.", ["open_mission occurred EGY>BOL | 1961"]),
    ("Japan is believed to have opened an embassy in Samoa.", ["open_mission hypothetical JPN>WSM"]),
    (
        "Ukraine accused Russia of attacking Poland.",
        ["accuse occurred UKR>RUS", "attack hypothetical RUS>POL"],
    ),
    ("Israel's refusal to recognize Kosovo in 2008 surprised nobody.", ["recognize occurred negated ISR>XKX | 2008"]),
]

RELATIVE_AND_APPOSITION: list[Case] = [
    (
        "Syria is a country with which Kenya has not established diplomatic relations.",
        ["establish_relations occurred negated KEN+SYR"],
    ),
    (
        "Kenya, which established diplomatic relations with Peru in 2019, sent a note.",
        ["establish_relations occurred KEN+PER | 2019"],
    ),
    (
        "The trade agreement that Japan and Mongolia signed in 2015 covers meat and wool.",
        ["sign_agreement occurred JPN+MNG | 2015"],
    ),
    ("The embassy that Kenya opened in Cuba in 2001 has twelve rooms.", ["open_mission occurred KEN>CUB | 2001"]),
    (
        "The treaty signed by Japan and Mongolia in 2015 expired on Monday.",
        ["sign_agreement occurred JPN+MNG | 2015"],
    ),
    (
        "Canada, whose foreign minister visited Ghana in June, praised Togo.",
        ["visit occurred CAN>GHA | June", "praise occurred CAN>TGO"],
    ),
    ("Amina Mohamed, Kenya's foreign minister, visited Peru on Tuesday.", ["visit occurred KEN>PER | Tuesday"]),
    ("The Kenyan foreign minister, Amina Mohamed, visited Peru on Tuesday.", ["visit occurred KEN>PER | Tuesday"]),
    (
        "Peru's president, Ollanta Humala, met Chinese officials on Friday.",
        ["meet occurred CHN+PER | Friday"],
    ),
    (
        "Ties between Sudan and Chad, severed in 2006, were restored in 2010.",
        ["sever_relations occurred SDN+TCD | 2006", "resume_relations occurred SDN+TCD | 2010"],
    ),
]

EVENT_NOUNS: list[Case] = [
    (
        "The establishment of diplomatic relations between Kenya and Peru on 3 May 2019 surprised many.",
        ["establish_relations occurred KEN+PER | 3 May 2019"],
    ),
    (
        "The exchange of diplomatic notes between Kenya and Peru took place in Geneva on Monday.",
        ["exchange_notes occurred KEN+PER | Monday"],
    ),
    (
        "The signing of the trade agreement between Japan and Mongolia took place on Tuesday.",
        ["sign_agreement occurred JPN+MNG | Tuesday"],
    ),
    ("The German chancellor's visit to India in 2019 lasted two days.", ["visit occurred DEU>IND | 2019"]),
    ("The Kenyan president paid a visit to Ghana in 2016.", ["visit occurred KEN>GHA | 2016"]),
    ("Talks between Serbia and Kosovo ended in March 2013.", ["negotiate occurred SRB+XKX | March 2013"]),
    ("Japan received a phone call from Mongolia on Friday.", ["call occurred MNG>JPN | Friday"]),
    (
        "France's recognition of the Chinese government in 1964 angered many.",
        ["recognize occurred FRA>CHN | 1964"],
    ),
    (
        "A meeting between Indian and Nepalese officials was held in Delhi on Thursday.",
        ["meet occurred IND+NPL | Thursday"],
    ),
    (
        "The closure of the British embassy in Iran in 2011 followed a riot.",
        ["close_mission occurred GBR>IRN | 2011"],
    ),
    ("The easing of American sanctions on Cuba in 2016 brought tourists.", ["lift_sanctions occurred USA>CUB | 2016"]),
    (
        "Spain restored its diplomatic relations with Bolivia on 7 July 2020.",
        ["resume_relations occurred BOL+ESP | 7 July 2020"],
    ),
    (
        "The ambassadors celebrated the anniversary of the establishment of diplomatic relations "
        "between Egypt and Israel on Monday.",
        ["establish_relations occurred EGY+ISR"],
    ),
    (
        "They discussed the establishment of diplomatic relations between Oman and Belize on Monday.",
        ["establish_relations hypothetical BLZ+OMN"],
    ),
    (
        "The deal paves the way for the establishment of diplomatic relations between Israel and Oman.",
        ["establish_relations hypothetical ISR+OMN"],
    ),
    ("Calls for talks between Serbia and Kosovo grew in 2010.", ["negotiate hypothetical SRB+XKX"]),
]

SPEECH: list[Case] = [
    (
        "Iran said that it had restored diplomatic ties with Saudi Arabia in March 2023.",
        ["resume_relations occurred IRN+SAU | March 2023"],
    ),
    (
        "Iran denied that it had restored diplomatic ties with Saudi Arabia.",
        ["resume_relations denied IRN+SAU"],
    ),
    (
        '"We have restored diplomatic ties with Saudi Arabia," the Iranian foreign minister said on Friday.',
        ["resume_relations occurred IRN+SAU"],
    ),
    (
        "The foreign minister of Chile said on Friday, “Fiji closed its embassy in Chile in May.”",
        ["close_mission occurred FJI>CHL | May"],
    ),
    (
        "According to officials in Warsaw, Japan will open an embassy in Samoa.",
        ["open_mission planned JPN>WSM"],
    ),
    (
        "Analysts predict that Iran will restore diplomatic ties with Saudi Arabia.",
        ["resume_relations hypothetical IRN+SAU"],
    ),
    ("It is not true that Kenya opened an embassy in Peru.", ["open_mission denied KEN>PER"]),
    ("Reports that Kenya opened an embassy in Peru are false.", ["open_mission denied KEN>PER"]),
    (
        "The Foreign Ministry of Kenya announced on Monday that it had agreed to establish diplomatic relations "
        "with Peru through an exchange of diplomatic notes.",
        [
            "announce occurred KEN> | Monday",
            "establish_relations occurred KEN+PER | Monday",
            "exchange_notes occurred KEN+PER | Monday",
        ],
    ),
    (
        "Kenya announced on Monday that it will open an embassy in Peru in June.",
        ["announce occurred KEN> | Monday", "open_mission planned KEN>PER | June"],
    ),
]

NOT_SO: list[Case] = [
    (
        "If Iran restores diplomatic ties with Saudi Arabia, oil prices will fall.",
        ["resume_relations hypothetical IRN+SAU"],
    ),
    ("Unless Russia withdraws its troops from Georgia, nothing will change.", ["withdraw hypothetical RUS>GEO"]),
    (
        "Had Brazil opened an embassy in Nepal in 1990, trade would have grown.",
        ["open_mission hypothetical BRA>NPL | 1990"],
    ),
    ("Iran would restore diplomatic ties with Saudi Arabia.", ["resume_relations hypothetical IRN+SAU"]),
    (
        "Iran may restore diplomatic ties with Saudi Arabia next year.",
        ["resume_relations hypothetical IRN+SAU | next year"],
    ),
    ("Kenya could have opened an embassy in Peru in 1999.", ["open_mission hypothetical KEN>PER | 1999"]),
    ("Kenya should establish diplomatic relations with Peru.", ["establish_relations hypothetical KEN+PER"]),
    ("Iran is likely to restore diplomatic ties with Saudi Arabia.", ["resume_relations hypothetical IRN+SAU"]),
    ("Kenya will open an embassy in Peru in 2030.", ["open_mission planned KEN>PER | 2030"]),
    ("The Polish minister travelled to Suva to open an embassy in Fiji.", ["open_mission planned POL>FJI"]),
    (
        "To establish diplomatic relations with Chad, Nepal sent an envoy.",
        ["establish_relations planned NPL+TCD"],
    ),
    (
        "Kenya and Peru did not establish diplomatic relations in 2019.",
        ["establish_relations occurred negated KEN+PER | 2019"],
    ),
    ("Kenya has never recognized the government of Kosovo.", ["recognize occurred negated KEN>XKX"]),
    ("No agreement was signed between Kenya and Peru in 2019.", ["sign_agreement occurred negated KEN+PER | 2019"]),
    ("Kenya and Peru signed no agreement in 2019.", ["sign_agreement occurred negated KEN+PER | 2019"]),
    ("Neither Kenya nor Peru imposed sanctions on Mali.", ["sanction occurred negated KEN+PER>MLI"]),
    (
        "The Kenyan minister left Geneva without signing the agreement with Peru.",
        ["sign_agreement occurred negated KEN+PER"],
    ),
    ("Canada considered sanctioning Belarus in 2020.", ["sanction hypothetical CAN>BLR | 2020"]),
]

DATES: list[Case] = [
    (
        "After establishing diplomatic relations with Peru in 2019, Kenya opened an embassy in Lima in 2021.",
        ["establish_relations occurred KEN+PER | 2019", "open_mission occurred KEN>PER | 2021"],
    ),
    (
        "Since opening an embassy in Lima in 2021, Kenya has signed two trade agreements with Peru.",
        ["open_mission occurred KEN>PER | 2021", "sign_agreement occurred KEN+PER"],
    ),
    (
        "Before visiting Japan in June, the Indian prime minister met the French president in May.",
        ["visit hypothetical IND>JPN | June", "meet occurred FRA+IND | May"],
    ),
    (
        "Kenya opened an embassy in Peru in 2019 and closed its embassy in Chile in 2020.",
        ["open_mission occurred KEN>PER | 2019", "close_mission occurred KEN>CHL | 2020"],
    ),
    (
        "In 2019 Kenya opened an embassy in Peru, and in 2020 Chile severed relations with Fiji.",
        ["open_mission occurred KEN>PER | 2019", "sever_relations occurred CHL+FJI | 2020"],
    ),
    (
        "Kenya recognized Kosovo in 2010 but has not established diplomatic relations with it.",
        ["recognize occurred KEN>XKX | 2010"],
    ),
    (
        "The United States lifted sanctions on Sudan in 2017 after imposing them in 1997.",
        ["lift_sanctions occurred USA>SDN | 2017"],
    ),
    (
        "Canada said on Monday that it imposed sanctions on Belarus in 2020.",
        ["sanction occurred CAN>BLR | 2020"],
    ),
]

FALSE_FRIENDS: list[Case] = [
    ("An embargo was placed on the press release until Monday.", []),
    ("The Indian minister called the plan a mistake on Monday.", []),
    ("China called the president of Taiwan a troublemaker on Monday.", []),
    ("Kenya broke the world record in the marathon on Sunday.", []),
    ("The Kenyan government has good relations with the press.", []),
    ("The Indian prime minister visited a factory on Friday.", []),
    ("The store opened talks with its landlord in May.", []),
    ("The company established close relations with its suppliers in Japan.", []),
    ("The film opened in Japan in May and in Korea in June.", []),
    ("Kenya hosted Peru in a friendly match on Sunday.", []),
    ("There were calls from Germany for a ceasefire on Monday.", []),
    ("Japanese tourists visited Korea in record numbers in 2019.", []),
    ("The Irish band visited Japan in May.", []),
    ("The United States designated Kenya as a partner and condemned terrorism in 2017.", []),
    ("Relations between Kenya and Peru are good, and the two countries share a language.", []),
    ("It rained in Nairobi on Monday and the market was closed.", []),
]

SELF_DYADS: list[Case] = [
    ("Exchanges between Peru and Peru were cut off in 1990.", ["sever_relations occurred PER | 1990 | self_dyad"]),
    (
        "Togo established diplomatic relations with Togo in 2019.",
        ["establish_relations occurred TGO | 2019 | self_dyad"],
    ),
]

HEADLINES: list[Case] = [
    ("Japan and Mongolia sign trade agreement", ["sign_agreement occurred JPN+MNG"]),
    ("Poland expels Russian diplomats", ["expel occurred POL>RUS"]),
    ("Poland to open embassy in Fiji", ["open_mission planned POL>FJI"]),
    ("Kenya Imposes Sanctions on Peru", ["sanction occurred KEN>PER"]),
    ("Japan, Mongolia Establish Diplomatic Relations", ["establish_relations occurred JPN+MNG"]),
]

CASES = [
    *VOICE,
    *CONJOINED,
    *CONTROL,
    *RELATIVE_AND_APPOSITION,
    *EVENT_NOUNS,
    *SPEECH,
    *NOT_SO,
    *DATES,
    *FALSE_FRIENDS,
    *SELF_DYADS,
]


def article(sentence: str) -> str:
    return f"A short note from our reporter\n\n{sentence} {AFTER}\n\n{AFTER}\n"


def article_under(headline: str) -> str:
    return f"{headline}\n\nBy Jane Doe\n\n{AFTER}\n\n{AFTER}\n"


def written(row: dict[str, Any]) -> str:
    """A report in the notation of the cases."""
    actors, recipients = "+".join(row["actor_countries"]), "+".join(row["recipient_countries"])
    parties = f"{actors}>{recipients}" if actors or recipients else "+".join(row["countries"])
    status = f"{row['status']} negated" if row["is_negated"] else row["status"]
    return " | ".join(
        part for part in (f"{row['event_kind']} {status} {parties}", row["date_text"], *row["flags"]) if part
    )


@pytest.fixture(scope="module")
def read() -> dict[str, pa.Table]:
    """All sentences and headlines, each in its own article."""
    articles = {sentence: article(sentence) for sentence, _ in CASES}
    return tables_of(articles | {headline: article_under(headline) for headline, _ in HEADLINES})


@pytest.fixture(scope="module")
def reports(read: dict[str, pa.Table]) -> dict[str, list[str]]:
    """The reports by sentence, in order of the text."""
    sentences = {row["document_id"]: row["source_name"] for row in read["documents"].to_pylist()}
    found: dict[str, list[str]] = {sentence: [] for sentence in sentences.values()}
    for row in sorted(read["event_mentions"].to_pylist(), key=lambda row: row["trigger_start"]):
        found[sentences[row["document_id"]]].append(written(row))
    return found


@pytest.mark.parametrize(("sentence", "expected"), [*CASES, *HEADLINES], ids=[case[0] for case in [*CASES, *HEADLINES]])
def test_a_sentence(
    sentence: str, expected: list[str], read: dict[str, pa.Table], reports: dict[str, list[str]]
) -> None:
    assert any(sentence in text for text in read["documents"].column("text").to_pylist())
    assert sorted(reports[sentence]) == sorted(expected)
