from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import Article, tables_of
from kcpipe.dating import dating, read_supplied
from kcpipe.dating.days import ANY, Days, hull, intersection, union
from kcpipe.dating.page import stated
from kcpipe.lexicon import load
from kcpipe.tables import TABLES, build, empty

LEXICONS = {name: load(name) for name in ("date_words", "holidays", "people", "event_kinds")}


def documents(*rows: dict[str, Any]) -> pa.Table:
    common = {"language": "en", "language_score": 1.0, "title": "", "authors": [], "text": "", "is_extractable": True}
    columns = {column.name for column in TABLES["clean_documents"].columns}
    return build(
        TABLES["clean_documents"], [{k: v for k, v in {**common, **row}.items() if k in columns} for row in rows]
    )


def records(*supplied: tuple[str | None, str | None]) -> pa.Table:
    rows = [
        {"source_uri": f"{n}.txt", "source_name": f"{n}.txt", "document_id": document, "published_supplied": words}
        for n, (document, words) in enumerate(supplied)
    ]
    return build(TABLES["records"], rows)


def published(**tables: pa.Table) -> pa.Table:
    """The publication dates; of tables that are not given there are no rows."""
    names = (
        "document_fields",
        "text_spans",
        "document_copies",
        "sentences",
        "mention_drafts",
        "time_drafts",
        "event_drafts",
    )
    return dating(**{**{name: empty(TABLES[name]) for name in names}, **tables}, lexicons=LEXICONS).publication_dates


STATED = {
    "document_id": "a",
    "stated_start": date(2024, 1, 1),
    "stated_end": date(2024, 12, 31),
    "published_precision": "year",
    "stated_text": "©KINU 2024",
}


def test_what_the_page_states_goes_before_what_was_supplied() -> None:
    (row,) = published(clean_documents=documents(STATED), records=records(("a", "2024-02-20"))).to_pylist()
    assert row == {
        "document_id": "a",
        "published_start": date(2024, 1, 1),
        "published_end": date(2024, 12, 31),
        "published_precision": "year",
        "published_basis": "stated",
        "published_text": "©KINU 2024",
        "published_at": None,
        "published_candidates": [],
        "published_score": 1.0,
        "published_reason": None,
        "evidence_rule_id": None,
        "evidence_raw_start": None,
        "evidence_raw_end": None,
    }


def one(*supplied: str | None) -> dict[str, Any]:
    made = published(
        clean_documents=documents({"document_id": "a"}), records=records(*(("a", words) for words in supplied))
    )
    (row,) = made.to_pylist()
    return dict(row)


@pytest.mark.parametrize(
    ("words", "start", "end", "precision", "at"),
    [
        ("2024-02-16", date(2024, 2, 16), date(2024, 2, 16), "day", None),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", None),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year", None),
        ("2024-02-16T08:12:00", date(2024, 2, 16), date(2024, 2, 16), "minute", None),
        (
            "2024-02-16T08:12:00+09:00",
            date(2024, 2, 16),
            date(2024, 2, 16),
            "minute",
            datetime(2024, 2, 15, 23, 12, tzinfo=UTC),
        ),
        (
            " 2024-02-16T08:12Z ",
            date(2024, 2, 16),
            date(2024, 2, 16),
            "minute",
            datetime(2024, 2, 16, 8, 12, tzinfo=UTC),
        ),
    ],
)
def test_supplied_dates(words: str, start: date, end: date, precision: str, at: datetime | None) -> None:
    row = one(None, words)
    assert (row["published_start"], row["published_end"]) == (start, end)
    assert (row["published_precision"], row["published_at"]) == (precision, at)
    assert row["published_basis"] == "supplied"
    assert row["published_text"] == words.strip()
    assert row["published_reason"] == "supplied with the record"


@pytest.mark.parametrize(
    ("urls", "day"),
    [
        (["https://a.example/2017/06/21/chile.html"], date(2017, 6, 21)),
        (["https://a.example/news/2017-6-1-chile"], date(2017, 6, 1)),
        (["https://a.example/2017/06/chile"], None),
        (["https://a.example/2017/45/99/chile"], None),
        (["https://a.example/2017/06/21/x", "https://b.example/2017/06/22/x"], None),
        (["https://a.example/12017/06/21/x"], None),
        ([], None),
    ],
)
def test_the_day_in_an_address(urls: list[str], day: date | None) -> None:
    found = stated({"stated_start": None}, urls)
    assert (found and found["published_start"]) == day


def test_an_address_refines_a_stated_year_and_contradicts_none() -> None:
    year = {**STATED, "stated_at": None}
    refined = stated(year, ["https://a.example/2024/06/21/x"])
    other = stated(year, ["https://a.example/2023/06/21/x"])
    assert refined is not None
    assert other is not None
    assert refined["published_start"] == date(2024, 6, 21)
    assert other["published_precision"] == "year"


@pytest.mark.parametrize(
    "words", ["yesterday", "16/02/2024", "2024-13", "2024-00", "0000", "2024-02-30", "", "2024-02-16x"]
)
def test_what_is_no_iso_date_is_not_read(words: str) -> None:
    assert read_supplied(words) is None


def test_unknown_says_why() -> None:
    row = one(None)
    assert (row["published_start"], row["published_end"], row["published_precision"]) == (None, None, "unknown")
    assert row["published_basis"] == "unknown"
    assert row["published_reason"] == "the page states no date and none was supplied"
    assert "no ISO 8601 date: 16/02/2024" in one("16/02/2024")["published_reason"]


def test_copies_supplied_with_different_dates_give_the_interval_of_all() -> None:
    row = one("2024-02-16", "2024-02-14")
    assert (row["published_start"], row["published_end"]) == (date(2024, 2, 14), date(2024, 2, 16))
    assert row["published_precision"] == "interval"
    assert row["published_reason"] == "supplied differently: 2024-02-14; 2024-02-16"
    assert one("2024-02-16", "2024-02-16T08:12Z")["published_precision"] == "minute"


def test_one_row_per_document_in_their_order() -> None:
    made = published(
        clean_documents=documents({"document_id": "b"}, STATED, {"document_id": "c"}),
        records=records(("c", "2023-01-05"), (None, "2022-01-01"), ("b", None)),
    )
    assert made.column("document_id").to_pylist() == ["b", "a", "c"]
    assert made.column("published_basis").to_pylist() == ["unknown", "stated", "supplied"]
    assert published(clean_documents=documents(), records=records()).num_rows == 0


# --- worked out from the text's own calendar -------------------------------------------------------------------------


def times(*rows: tuple[str, str, str, str]) -> pa.Table:
    """(document, words, symbolic value, direction); their place is that of the words in the document's TEXT."""
    return build(
        TABLES["time_drafts"],
        [
            {
                "time_expression_id": f"t{number}",
                "document_id": document,
                "char_start": 10 * number,
                "char_end": 10 * number + 1,
                "text": words,
                "timex_type": "DATE",
                "symbolic_value": symbolic,
                "direction": direction,
                "asserted": direction if direction != "either" else None,
            }
            for number, (document, words, symbolic, direction) in enumerate(rows)
        ],
    )


def worked_out(*rows: tuple[str, str, str], **stated: Any) -> dict[str, Any]:
    """The publication date of one text with these expressions (words, symbolic value, direction)."""
    made = published(
        clean_documents=documents({"document_id": "a", **stated}),
        records=records(("a", None)),
        time_drafts=times(*(("a", *row) for row in rows)),
    )
    (row,) = made.to_pylist()
    return dict(row)


IN_2024 = {name: STATED[name] for name in ("stated_start", "stated_end", "published_precision", "stated_text")}


@pytest.mark.parametrize(
    ("rows", "start", "end", "precision"),
    [
        # A past date without a year is this year's, when last year's would be too far to leave the year away.
        ([("February 14", "month=2 day=14", "past")], date(2024, 2, 14), date(2024, 12, 31), "interval"),
        ([("March 3", "month=3 day=3", "future")], date(2024, 1, 1), date(2024, 12, 31), "year"),
        # ... but 1 December is last year's from January on and this year's in December: both fit.
        ([("December 1", "month=12 day=1", "past")], date(2024, 1, 1), date(2024, 12, 31), "year"),
        ([("in July", "year+0 month=7", "past")], date(2024, 7, 1), date(2024, 12, 31), "interval"),
        (
            [("in July", "year+0 month=7", "past"), ("in May", "year+0 month=5", "future")],
            date(2024, 1, 1),
            date(2024, 12, 31),
            "year",  # they contradict one another: nothing is taken from either
        ),
        ([("May 2024", "year=2024 month=5", "future")], date(2024, 1, 1), date(2024, 5, 31), "interval"),
    ],
)
def test_a_stated_year_is_narrowed_by_tense(
    rows: list[tuple[str, str, str]], start: date, end: date, precision: str
) -> None:
    row = worked_out(*rows, **IN_2024)
    assert (row["published_start"], row["published_end"], row["published_precision"]) == (start, end, precision)
    if precision == "interval":
        assert row["published_basis"] == "calendar"
        assert row["published_text"] == "©KINU 2024"
        assert row["published_reason"].startswith("stated as “©KINU 2024”; “")
        assert 0 < row["published_score"] < 1
    else:
        assert row["published_basis"] == "stated"


UPDATED = {
    "stated_start": None,
    "stated_end": date(2024, 2, 20),
    "published_precision": "interval",
    "stated_text": "Updated Feb. 20, 2024",
}


def test_an_update_bounds_the_date_from_above_and_the_text_from_below() -> None:
    alone = worked_out(**UPDATED)
    assert bounds(alone) == (None, date(2024, 2, 20), "stated")
    assert (alone["published_precision"], alone["published_text"]) == ("interval", "Updated Feb. 20, 2024")
    both = worked_out(("February 14, 2024", "year=2024 month=2 day=14", "past"), **UPDATED)
    assert bounds(both) == (date(2024, 2, 14), date(2024, 2, 20), "calendar")


def test_what_was_supplied_goes_before_an_update() -> None:
    made = published(
        clean_documents=documents({"document_id": "a", **UPDATED}), records=records(("a", "2024-02-18"))
    ).to_pylist()
    assert [(row["published_basis"], row["published_start"]) for row in made] == [("supplied", date(2024, 2, 18))]


def test_days_of_this_month_leave_a_piece_of_each_month() -> None:
    row = worked_out(
        ("the 5th of this month", "month+0 day=5", "past"),
        ("the 15th", "day=15", "past"),
        ("the 20th of this month", "month+0 day=20", "future"),
        ("March 2024", "year=2024 month=3", "past"),
        ("April 2024", "year=2024 month=4", "future"),
    )
    pieces = [(piece["start"], piece["end"]) for piece in row["published_candidates"]]
    assert pieces == [(date(2024, 3, 15), date(2024, 3, 20)), (date(2024, 4, 15), date(2024, 4, 20))]
    assert (row["published_start"], row["published_end"]) == (date(2024, 3, 15), date(2024, 4, 20))
    assert row["published_basis"] == "calendar"


def test_what_is_known_to_within_years_is_said_and_not_used() -> None:
    row = worked_out(("2018", "year=2018", "past"), ("2030", "year=2030", "future"))
    assert (row["published_start"], row["published_basis"]) == (None, "unknown")
    assert "not before 2018-01-01 and not after 2030-12-31: “2018” is told as past" in row["published_reason"]
    # Only the words are given without which more would be possible.
    row = worked_out(("2010", "year=2010", "past"), ("2018", "year=2018", "past"))
    assert row["published_reason"].endswith("not before 2018-01-01: “2018” is told as past")


def test_what_does_not_fit_together_dates_nothing() -> None:
    row = worked_out(("2018", "year=2018", "past"), ("2015", "year=2015", "future"))
    assert (row["published_start"], row["published_basis"]) == (None, "unknown")
    assert "its own dates do not fit together" in row["published_reason"]


@pytest.mark.parametrize(
    ("symbolic", "direction"),
    [("year=2018", "either"), ("by year=2018", "past"), ("..year=2018", "past"), ("after year=2018", "past")],
)
def test_what_bounds_nothing(symbolic: str, direction: str) -> None:
    assert "not" not in worked_out(("2018", symbolic, direction))["published_reason"].removeprefix("the page states no")


FESTIVAL = (
    "Through July 5 Korea will host a Cuban arts festival. ",
    "The arts festival is set to run until Sunday. ",
    "Last December President Barack Obama spoke. ",
    "Trade stood at $57 million in 2014. ",
)
FESTIVAL_TIMES = (
    ("July 5", "..month=7 day=5", "future"),
    ("Sunday", "..weekday=7", "future"),
    ("Last December", "month<12", "past"),
    ("2014", "year=2014", "past"),
)


def festival(*, sentences: tuple[str, ...] = FESTIVAL, role: str = "President") -> dict[str, Any]:
    text = "".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    drafts = times(*(("a", *row) for row in FESTIVAL_TIMES)).to_pylist()
    for draft, start in zip(drafts, starts, strict=True):
        draft["char_start"] = text.index(draft["text"], start)
        draft["char_end"] = draft["char_start"] + len(draft["text"])
    rows = [
        {
            "document_id": "a",
            "sentence_number": number,
            "char_start": start,
            "char_end": start + len(sentence),
            "paragraph_number": 1,
            "role": "body",
        }
        for number, (start, sentence) in enumerate(zip(starts, sentences, strict=True))
    ]
    holder = {
        "mention_id": "m",
        "document_id": "a",
        "char_start": text.index("Barack Obama"),
        "char_end": text.index("Barack Obama") + 12,
        "text": "Barack Obama",
        "entity_type": "PERSON",
        "mention_kind": "name",
        "is_metonym": False,
        "role_text": role,
        "entity_id": "person:barack-obama",
    }
    made = published(
        clean_documents=documents({"document_id": "a", "text": text}),
        records=records(("a", None)),
        sentences=build(TABLES["sentences"], rows),
        time_drafts=build(TABLES["time_drafts"], drafts),
        mention_drafts=build(TABLES["mention_drafts"], [holder]),
    )
    (row,) = made.to_pylist()
    return dict(row)


def test_the_weekday_of_a_date_and_a_term_of_office_give_the_week() -> None:
    row = festival()
    assert (row["published_start"], row["published_end"]) == (date(2015, 6, 29), date(2015, 7, 5))
    assert (row["published_basis"], row["published_precision"]) == ("calendar", "interval")
    assert row["published_reason"] == (
        "“2014” is told as past; Barack Obama held the office of President (2009-01-20..2017-01-20); "
        "“July 5” and “Sunday” are the end of one festival that lies ahead"
    )


def test_without_the_office_the_years_stay_open() -> None:
    # 2015, 2020, 2026, ...: a vice president is no president.
    assert festival(role="Vice President")["published_basis"] == "unknown"


def test_ends_of_two_things_are_two() -> None:
    for sentence in ("The book fair is set to run until Sunday. ", "A film festival is set to run until Sunday. "):
        other = (FESTIVAL[0], sentence, *FESTIVAL[2:])
        assert festival(sentences=other)["published_basis"] == "unknown"


# --- by agreement with dated documents -------------------------------------------------------------------------------


def agreeing(
    *told: tuple[str, str, str], dated: dict[str, date], copies: tuple[tuple[str, str], ...] = ()
) -> dict[str, dict[str, Any]]:
    """(document, kind, symbolic value) of reports of KOR and CUB; the publication dates by document."""
    names = list(dict.fromkeys(document for document, _, _ in told))
    drafts = times(*((document, symbolic, symbolic, "past") for document, _, symbolic in told))
    reports = [
        {
            "event_mention_id": f"e{number}",
            "document_id": document,
            "sentence_number": 1,
            "char_start": 0,
            "char_end": 1,
            "evidence": "x",
            "trigger_start": 0,
            "trigger_end": 1,
            "trigger_text": "x",
            "event_type": "AGREE",
            "event_kind": kind,
            "status": "occurred",
            "is_negated": False,
            "actor_countries": [],
            "recipient_countries": [],
            "countries": ["CUB", "KOR"],
            "flags": [],
            "confidence": 0.9,
            "pattern_id": "p",
            "time_expression_id": f"t{number}",
            "date_scope": "clause",
            "is_told_again": False,
        }
        for number, (document, kind, _) in enumerate(told)
    ]
    stated = [
        {
            "document_id": name,
            **(
                {"stated_start": dated[name], "stated_end": dated[name], "published_precision": "day"}
                if name in dated
                else {}
            ),
        }
        for name in names
    ]
    made = published(
        clean_documents=documents(*stated),
        records=records(*((name, None) for name in names)),
        time_drafts=drafts,
        event_drafts=build(TABLES["event_drafts"], reports),
        document_copies=build(
            TABLES["document_copies"],
            [{"document_id": name, "copy_group": min(pair), "text_digest": ""} for pair in copies for name in pair],
        ),
    )
    return {row["document_id"]: row for row in made.to_pylist()}


ESTABLISH = "establish_relations"
WRITTEN = {"d": date(2024, 2, 16), "e": date(2024, 2, 14)}


def bounds(row: dict[str, Any]) -> tuple[date | None, date | None, str]:
    return row["published_start"], row["published_end"], row["published_basis"]


def test_the_same_event_in_a_dated_text_pins_the_month() -> None:
    found = agreeing(("u", ESTABLISH, "day=14"), ("d", ESTABLISH, "weekday=3"), dated=WRITTEN)["u"]
    assert bounds(found) == (date(2024, 2, 14), date(2024, 3, 5), "corroborated")
    assert found["published_score"] == 0.7
    assert found["published_reason"] == (
        "“day=14” is 2024-02-14, the date of establish_relations of CUB, KOR; as dated by 1.txt"
    )


def test_more_of_the_text_narrows_it_and_more_texts_make_it_surer() -> None:
    told = [("u", ESTABLISH, "day=14"), ("u", "announce", "month+0 day=15")]
    found = agreeing(*told, ("d", ESTABLISH, "weekday=3"), ("e", ESTABLISH, "day+0"), dated=WRITTEN)["u"]
    assert bounds(found) == (date(2024, 2, 15), date(2024, 2, 29), "corroborated")
    assert found["published_score"] == 0.85
    copied = agreeing(
        *told,
        ("d", ESTABLISH, "weekday=3"),
        ("e", ESTABLISH, "weekday=3"),
        dated={**WRITTEN, "e": WRITTEN["d"]},
        copies=(("e", "d"),),
    )["u"]
    assert copied["published_score"] == 0.7  # a copy is no second witness


def test_of_many_witnesses_the_reason_names_some() -> None:
    names = [f"w{number}" for number in range(8)]
    told = [("u", ESTABLISH, "day=14"), *((name, ESTABLISH, "weekday=3") for name in names)]
    found = agreeing(*told, dated=dict.fromkeys(names, WRITTEN["d"]))["u"]
    assert found["published_score"] == pytest.approx(1 - 0.3 / 8, abs=0.001)
    assert found["published_reason"].endswith("as dated by 1.txt, 2.txt, 3.txt, 4.txt, 5.txt, 3 more")


@pytest.mark.parametrize(
    ("kind", "symbolic", "why"),
    [
        (ESTABLISH, "day=15", "another day of the month"),
        (ESTABLISH, "weekday=3", "a weekday is no day of the month"),
        ("resume_relations", "day=14", "another kind"),
        ("meet", "day=14", "they meet every month"),
    ],
)
def test_what_does_not_agree_dates_nothing(kind: str, symbolic: str, why: str) -> None:
    found = agreeing(("u", kind, symbolic), ("d", ESTABLISH, "weekday=3"), ("d", "meet", "weekday=3"), dated=WRITTEN)
    assert found["u"]["published_basis"] == "unknown", why


def test_of_what_recurs_two_must_agree() -> None:
    dated = [("d", "meet", "weekday=3"), ("d", "visit", "weekday=2")]
    found = agreeing(("u", "meet", "day=14"), ("u", "visit", "day=13"), *dated, dated=WRITTEN)["u"]
    assert bounds(found) == (date(2024, 2, 14), date(2024, 3, 4), "corroborated")


def test_what_was_dated_by_agreement_dates_nothing_else() -> None:
    found = agreeing(
        ("d", ESTABLISH, "weekday=3"),
        ("u", ESTABLISH, "day=14"),
        ("u", "resume_relations", "day=13"),
        ("v", "resume_relations", "day=13"),
        dated=WRITTEN,
    )
    assert found["u"]["published_basis"] == "corroborated"
    assert found["v"]["published_basis"] == "unknown"


def test_two_months_that_agree_date_nothing() -> None:
    found = agreeing(
        ("u", ESTABLISH, "day=14"),
        ("d", ESTABLISH, "weekday=3"),
        ("e", ESTABLISH, "year=2023 month=11 day=14"),
        dated=WRITTEN,
    )["u"]
    assert bounds(found) == (None, None, "unknown")


# --- sets of days ----------------------------------------------------------------------------------------------------

SETS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9))).map(
    lambda pairs: union((date.fromordinal(start), date.fromordinal(start + length)) for start, length in pairs)
)


def members(days: Days) -> set[int]:
    return {day for start, end in days for day in range(start.toordinal(), end.toordinal() + 1)}


@given(SETS, SETS)
def test_sets_of_days(one: Days, other: Days) -> None:
    assert members(intersection(one, other)) == members(one) & members(other)
    assert members(union([*one, *other])) == members(one) | members(other)
    assert all(before[1].toordinal() + 1 < after[0].toordinal() for before, after in pairwise(one))
    assert intersection(one, ANY) == one
    assert (hull(one) is None) == (not one or one[0][0] == date.min)


def test_where_a_date_was_read_is_evidence() -> None:
    line = "Kenya and Tanzania agreed on Wednesday to let maize cross their border again, and the traders cheered."
    texts = {
        "dateline": f"Maize crosses\n\nNAIROBI, March 3, 2021 (Xinhua) -- {line}\n",
        "line": f"Maize crosses\n\nMarch 3, 2021\n\n{line}\n",
        "address": f"Maize crosses\n\nURL: https://a.example/2021/03/03/maize.html\n\n{line}\n",
        "record": f"Maize crosses\n\n{line} It was late.\n",
    }
    articles = {
        name: Article(text, published="2021-03-03" if name == "record" else None) for name, text in texts.items()
    }
    articles["address of the record"] = Article(
        f"Maize crosses\n\n{line} It rained.\n", url="https://a.example/2021/03/03/maize.html"
    )
    tables = tables_of(articles)
    names = {row["document_id"]: row["source_name"] for row in tables["documents"].to_pylist()}
    assert {row["published_start"] for row in tables["documents"].to_pylist()} == {date(2021, 3, 3)}
    found = {
        names[row["document_id"]]: row for row in tables["document_fields"].to_pylist() if row["field"] == "published"
    }
    assert {name: (row["rule_id"], row["basis"], row["text"]) for name, row in found.items()} == {
        "dateline": ("published.dateline", "stated", "March 3, 2021"),
        "line": ("published.date_line", "stated", "March 3, 2021"),
        "address": ("published.address", "stated", "2021/03/03"),
        "record": ("supplied.published", "supplied", "2021-03-03"),
        "address of the record": ("published.address", "supplied", "2021/03/03"),
    }
    for name, row in found.items():
        if row["basis"] == "stated":
            assert texts[name][row["raw_start"] : row["raw_end"]] == row["text"]
