"""From a page to its article."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kcpipe import ids, lexicon
from kcpipe.clean import Clean, clean
from kcpipe.clean.article import KEPT_ROLES, analyse
from kcpipe.clean.characters import NUMBER, count, pair_hashes
from kcpipe.clean.features import likenesses, shape_features
from kcpipe.clean.lines import blocks, folded, raw_lines
from kcpipe.clean.model import chosen, forward, hashes_of, line_model, page_of, scores
from kcpipe.clean.rules import Verdict, key, rules
from kcpipe.clean.threads import commented
from kcpipe.spans import SpanMap
from kcpipe.tables import TABLES, build

SEEDS = {path.name[:3]: path.read_bytes().decode() for path in (Path(__file__).parent.parent / "seeds").glob("*.txt")}
LEXICONS = {name: lexicon.load(name) for name in ("boilerplate", "outlets", "line_model", "line_words")}
NAMES = ("Ann Lee", "Bea Cole", "Cy Dunn", "Dee Fox", "Eli Grey")
BODY = (
    "South Korea and Cuba established diplomatic relations on Wednesday, the foreign ministry said in Seoul.\n\n"
    "The two countries exchanged notes at the United Nations in New York. Officials had met there several times.\n\n"
    "Diplomatic relations between the two countries had been cut for decades, a former ambassador said."
)


def cleaning(*texts: str) -> Clean:
    rows = []
    for text in dict.fromkeys(texts):
        sha256 = ids.digest(text.encode(errors="surrogatepass"))
        rows.append(
            {
                "document_id": ids.document_id(sha256),
                "raw_sha256": sha256,
                "raw_bytes": len(text),
                "encoding": "utf-8",
                "raw_text": text,
            }
        )
    return clean(raw_documents=build(TABLES["raw_documents"], rows), lexicons=LEXICONS)


def document(text: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = cleaning(text).clean_documents.to_pylist()
    [row] = rows
    return row


def roles(text: str) -> dict[str, str]:
    """The role of each line that is not blank, by its words."""
    return {row["text"].strip(): row["role"] for row in cleaning(text).lines.to_pylist() if row["role"] != "blank"}


def page(*, header: str = "", tail: str = "", title: str = "Cuba and South Korea open diplomatic relations") -> str:
    return f"{title}\n\n{header}\n\n{BODY}\n\n{tail}"


# ---- the map between raw and clean text

WHITE = ["\n", "\r\n", "\r", "\n\n", " ", "\u00a0", "\u200b", "\u202e", "\ufeff", "\u00ad", "\t", "\x0c", "\u2028"]
WORDS = [
    "e\u0301",
    "at the end of it a bro-",
    "ken word and more",
    "😀",
    "👨\u200d👩",
    "한국어",
    "goes on like this",
    "A title of some words here",
    ".",
]
FURNITURE = [
    "Source: Donga",
    "©KINU 2024",
    "- Advertisement -",
    "By Kim Min-su",
    "Related Posts",
    "2024-02-14 18:00:00",
]
MARKS = [
    "# ",
    "## A heading of a part",
    "> ",
    "**",
    "*",
    "_",
    "`",
    "- ",
    "[",
    "](https://example.org/a)",
    "![",
    "\\",
    "~~",
]
MARKED = [
    "---",
    "title: A title",
    "[^1]",
    "[ref]: https://example.org",
    "```",
    "| a | b |",
    "|---|---|",
    "<b>",
    "=====",
]
PIECES = [*WHITE, *WORDS, *FURNITURE, *MARKS, *MARKED, BODY]
NASTY = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(max_size=30),
    ),
    min_size=1,
    max_size=25,
).map("".join)


@settings(deadline=None)
@given(NASTY.filter(bool))
@example("a\r\rb\n\rc\r\n")
@example(SEEDS["002"])
@example(SEEDS["000"])
@example(f"# A title\n\n> **{BODY}\n\n* the [United\nNations](https://example.org) in *New\n> York* `a` | b\\\n")
@example(f"---\ntitle: A title\nauthor:\n  - Ann Lee\n  - Bea Cole\ndate: 2024-02-14\n---\n{BODY}")
def test_lines_tile_the_raw_text_and_runs_the_clean_text(raw: str) -> None:
    made = cleaning(raw)
    (article,) = made.clean_documents.to_pylist()
    text, lines, spans = article["text"], made.lines.to_pylist(), made.text_spans.to_pylist()
    end = 0
    for number, line in enumerate(lines, start=1):
        assert (line["line_number"], line["text"]) == (number, raw[line["raw_start"] : line["raw_end"]])
        assert raw[end : line["raw_start"]] in ([""] if number == 1 else ["\n", "\r", "\r\n"])
        assert not set("\r\n") & set(line["text"])
        assert line["is_kept"] == (line["char_start"] is not None)
        end = line["raw_end"]
    assert raw[end:] in ("", "\n", "\r", "\r\n")
    position = raw_position = 0
    for span in spans:
        assert span["char_start"] == position < span["char_end"]
        words = text[span["char_start"] : span["char_end"]]
        if span["raw_start"] is None:
            assert words.isspace()
        else:
            assert span["raw_start"] >= raw_position
            assert raw[span["raw_start"] : span["raw_end"]] == words
            raw_position = span["raw_end"]
        position = span["char_end"]
    assert position == len(text)
    for field in made.document_fields.to_pylist():
        assert raw[field["raw_start"] : field["raw_end"]] == field["text"]
    way_back = SpanMap(tuple((span["char_start"], span["char_end"], span["raw_start"]) for span in spans))
    for kept in (line for line in lines if line["is_kept"]):
        start, end = way_back.to_raw(kept["char_start"], kept["char_end"])
        assert kept["raw_start"] <= start < end <= kept["raw_end"]


def test_white_space_is_one_space_and_what_is_invisible_goes() -> None:
    raw = page().replace("the foreign ministry", "the\u00a0foreign \t min\u00adis\u200btry")
    assert "the foreign ministry said" in document(raw)["text"]


def test_a_document_is_cleaned_alike_whatever_is_beside_it() -> None:
    together = cleaning(*SEEDS.values())
    for name in Clean._fields:
        alone = [row for text in SEEDS.values() for row in getattr(cleaning(text), name).to_pylist()]
        assert getattr(together, name).to_pylist() == alone
    assert cleaning().lines.num_rows == 0


# ---- the seeds


def test_the_title_is_the_first_line_once() -> None:
    for text in SEEDS.values():
        made = document(text)
        assert made["text"].split("\n\n")[0] == made["title"]
        assert made["title"] not in made["text"].split("\n\n")[1:]
        assert made["is_extractable"]
        assert made["language"] == "en"
    assert document(SEEDS["004"])["title"] == "Both Koreas eyeing better diplomatic relations with Havana"
    assert document(SEEDS["000"])["title"].endswith("came from Cuba on the 5th of this month.")


@pytest.mark.parametrize(
    ("seed", "clutter"),
    [
        (
            "000",
            ["No menu items", "Share This", "Advertisement", "韓", "Yoon Seok-yeol government\n", "Source:", "Related"],
        ),
        ("001", ["Home »", "Reporter", "18:00", "#South", "Comment", "Akismet"]),
        ("002", ["Suh, Bo", "Online Series", "CO 24", "©", "personal view"]),
        ("003", ["Go to", "Posted", "Updated", "한국어"]),
        ("004", ["Home >", "print", "Log in", "JoongAng", "lock icon", "Standards", "help-image"]),
    ],
)
def test_no_clutter_is_left_and_every_sentence_stays(seed: str, clutter: list[str]) -> None:
    text = document(SEEDS[seed])["text"]
    assert [words for words in clutter if words in text + "\n"] == []
    for line in SEEDS[seed].splitlines():
        if len(line.split()) > 14 and not line.startswith(("#", "*", "Home", "This site")):
            assert " ".join(line.removesuffix(" ©KINU 2024").split()) in text


def test_a_paragraph_cut_by_furniture_is_one_again() -> None:
    assert "diplomatic horizon as the 'Global" in document(SEEDS["002"])["text"]


def test_what_the_seeds_say_about_themselves() -> None:
    said = {name: document(text) for name, text in SEEDS.items()}
    assert {name: row["authors"] for name, row in said.items() if row["authors"]} == {
        "001": ["Shin Jin-woo"],
        "002": ["Suh, Bo-hyuk"],
    }
    assert {name: row["publisher"] for name, row in said.items() if row["publisher"]} == {
        "000": "The Dong-A Ilbo",
        "002": "Korea Institute for National Unification",
        "004": "Korea JoongAng Daily",
    }
    assert {name: row["section"] for name, row in said.items() if row["section"]} == {"001": "News", "004": "Politics"}
    columns = ("stated_start", "stated_end", "published_precision", "stated_text", "stated_at")
    assert {name: tuple(row[column] for column in columns) for name, row in said.items()} == {
        "000": (None,) * 5,
        "001": (date(2024, 2, 14), date(2024, 2, 14), "minute", "2024-02-14 18:00:00", None),
        "002": (date(2024, 1, 1), date(2024, 12, 31), "year", "©KINU 2024", None),
        "003": (date(2024, 2, 16), date(2024, 2, 16), "minute", "Posted February. 16, 2024 08:12", None),
        "004": (None,) * 5,
    }


# ---- lines of other pages


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Skip to main content", "navigation"),
        ("Home > World > Asia", "navigation"),
        ("ADVERTISEMENT", "advertisement"),
        ("Share this article", "share"),
        ("3 Comments", "comments"),
        ("Tags: Cuba, diplomacy", "tags"),
        ("#Cuba #Korea", "tags"),
        ("Read more: Havana opens an embassy", "related"),
        ("Sign up for our daily newsletter and get the news in your inbox", "furniture"),
        ("© 2024 Example Media. All rights reserved.", "credit"),
        ("Ambassadors sign the notes in New York. (Photo: Example)", "caption"),
        ("By Maria Lopez, Staff Writer", "byline"),
        ("Published: March 3, 2024 at 5:30 pm", "dateline"),
        ("Photo: Example Agency", "credit"),
        ("You have read 1 of your 2 free articles this month.", "furniture"),
        ("한국어", "navigation"),
        ("* * *", "furniture"),
        ("https://example.org/a https://example.org/b", "furniture"),
    ],
)
def test_furniture_above_the_text(line: str, role: str) -> None:
    made = cleaning(page(header=line))
    (row,) = [row for row in made.lines.to_pylist() if row["text"] == line]
    assert row["role"] == role
    assert row["is_kept"] == (role == "caption")
    assert made.clean_documents["text"][0].as_py().endswith("a former ambassador said.")


def test_after_a_heading_of_others_all_is_theirs() -> None:
    made = roles(page(tail="Related Posts\n\nCuba wins again at home\n\nLeave a Comment\n\nNice one"))
    assert made["Cuba wins again at home"] == "related"
    assert made["Nice one"] == "comments"


@pytest.mark.parametrize(
    ("told", "role"),
    [
        (
            "Retrieved on 14 February 1996 by divers from Matanzas, the bell hangs in the hall of the embassy now.",
            "body",
        ),
        (
            "On Monday, after the talks had ended without a result, the editors of the party's newspaper wrote:",
            "subheading",
        ),
        ("The former ambassador and three of her colleagues contributed to the report.", "body"),
    ],
)
def test_a_sentence_that_reads_like_a_label_is_one(told: str, role: str) -> None:
    assert roles(page().replace("Diplomatic relations", f"{told}\n\nDiplomatic relations"))[told] == role


def test_a_heading_and_a_date_between_paragraphs_stay() -> None:
    first, rest = BODY.split("\n\n", 1)
    made = roles(f"Cuba and South Korea open diplomatic relations\n\n{first}\n\nA long way\n\n{rest}")
    assert made["A long way"] == "subheading"
    title, story = "Cuba and South Korea open diplomatic relations", f"{first}\n\nFebruary 14, 2024\n\n{rest}"
    assert roles(f"{title}\n\nPublished March 1, 2024\n\n{story}")["February 14, 2024"] == "subheading"
    assert roles(f"{title}\n\n{story}")["February 14, 2024"] == "dateline"


def test_two_hyphens_that_only_part_paragraphs_are_no_signature() -> None:
    first, second, third = BODY.split("\n\n")
    made = roles(f"Cuba and South Korea open diplomatic relations\n\n{first}\n\n--\n\n{second}\n\n{third}")
    assert (made[second], made[third]) == ("body", "body")


def test_the_years_of_a_chronology_stay_and_a_pager_goes() -> None:
    first, second, third = BODY.split("\n\n")
    story = f"{first}\n\n2016\n\n{second}\n\n2024\n\n{third}"
    made = roles(f"Cuba and South Korea open diplomatic relations\n\n{story}\n\n2\n\n3\n\nNext")
    assert (made["2016"], made["2024"]) == ("subheading", "subheading")
    assert (made["2"], made["3"]) == ("navigation", "navigation")


def test_the_first_year_of_a_chronology_is_a_heading_too() -> None:
    first, second, third = BODY.split("\n\n")
    story = f"2015\n\n{first}\n\n2016\n\nThe tide turns in Havana\n\n{second}\n\n{third}"
    made = roles(f"Cuba and South Korea open diplomatic relations\n\nPublished March 1, 2024\n\n{story}")
    assert (made["2015"], made["2016"]) == ("subheading", "subheading")
    alone = roles(f"Cuba and South Korea open diplomatic relations\n\n2015\n\n{BODY}")
    assert alone["2015"] == "dateline"


def test_sentences_that_the_model_doubts_between_kept_ones_stay_unless_furniture_is_among_them() -> None:
    known = rules(LEXICONS)
    told = [
        f"Paragraph {number} tells what the two delegations did in the {number}th week of talks." for number in range(9)
    ]
    odds = np.array([3.0, 3.0, 3.0, -2.0, -2.0, -2.0, 3.0, 3.0, 3.0])
    for between, role in ((told[4], "body"), ("Related Posts", "related")):
        lines = blocks(raw_lines("\n\n".join([*told[:4], between, *told[5:]])))
        found = analyse(lines, [known.judge(line.text) for line in lines], known, odds)
        assert [found.verdicts[place].role == "body" for place in (3, 5)] == [role == "body"] * 2
        assert found.verdicts[4].role == role


@pytest.mark.parametrize("line", ["#1", "Kanna 94.4% (1542/1633)"])
def test_what_only_looks_like_furniture_is_left_to_the_model(line: str) -> None:
    assert rules(LEXICONS).judge(line) is None


def test_hard_wrapped_lines_are_folded_and_lists_are_not() -> None:
    wrapped = (
        "The two countries exchanged notes at the United Nations in New\n"
        "York on Wednesday. Seoul said that this was a step which it had\n"
        "long hoped for. Havana, which has had close ties with Pyongyang\n"
        "since 1960, did not say why it agreed now."
    )
    assert (
        "Nations in New York on Wednesday. Seoul said that this was a step which it had long hoped"
        in document(page(header=wrapped))["text"]
    )
    after_list = "\n\nDiplomatic relations between"
    text = document(page().replace(after_list, f"\n\nSeoul\nHavana{after_list}"))["text"]
    assert "\n\nSeoul\n\nHavana\n\n" in text


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Maria Lopez and Kim Min-su", ["Maria Lopez", "Kim Min-su"]),
        ("BY JEONG-HO LEE [lee@example.com]", ["JEONG-HO LEE"]),
        ("Written by Ana de la Cruz | March 3, 2024", ["Ana de la Cruz"]),
        ("Park Ji-hyun, staff reporter", ["Park Ji-hyun"]),
        ("By the numbers", []),
        ("By News Desk", ["News Desk"]),
        ("By Maria LopezPublished: March 3, 2024", ["Maria Lopez"]),
        ("ByMaria Lopez", ["Maria Lopez"]),
        ("March 3, 2024 by Maria Lopez", ["Maria Lopez"]),
        ("Written by\n\nMaria Lopez\n\nOur correspondent", ["Maria Lopez"]),
        ("Maria Lopez\n\nMarch 3, 2024", ["Maria Lopez"]),
        ("Search Jobs\n\nMarch 3, 2024", []),
        ("By 2030", []),
        ("By Sarah Smith", ["Sarah Smith"]),
        ("James Williams\n\nMarch 3, 2024", ["James Williams"]),
        ("by Maria Lopez ● March 3, 2024 ● 6 min read", ["Maria Lopez"]),
        ("Review by Maria Lopez Former Deputy Editor", ["Maria Lopez"]),
    ],
)
def test_authors(line: str, names: list[str]) -> None:
    assert document(page(header=line))["authors"] == names


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published on Thursday, 15 February 2024", date(2024, 2, 15)),
        ("Feb. 15, 2024, 5:30 p.m.", date(2024, 2, 15)),
        ("All News 18:05 February 15, 2024", date(2024, 2, 15)),
        ("By Maria Lopez | Feb 15, 2024", date(2024, 2, 15)),
        ("15.02.2024", date(2024, 2, 15)),
        ("2/15/2024", date(2024, 2, 15)),
        ("2024.02.15 14:03", date(2024, 2, 15)),
        ("Maria Lopez February 15, 2024 3 min read", date(2024, 2, 15)),
        ("Posted by Maria Lopez on Thursday, February 15, 2024", date(2024, 2, 15)),
        ("Posted by Maria Lopez on 2024-02-15 in Politics. Tags: Cuba, trade", date(2024, 2, 15)),
        ("02/03/2024", None),
        ("February 30, 2024", None),
        ("SEOUL, Feb. 15 (Yonhap)", None),
        ("Cuba reopened its embassy in Seoul on March 3, 2019", None),
        ("The report, published March 3, 2019, names no country", None),
        ("Talks had been broken off on March 3, 2019.", None),
    ],
)
def test_stated_date(line: str, day: date | None) -> None:
    made = document(page(header=line))
    assert (made["stated_start"], made["stated_end"]) == (day, day)


def test_posted_goes_before_updated_and_before_a_bare_date() -> None:
    header = "Updated March 1, 2024\n\nFebruary 16, 2024\n\nPosted February 15, 2024"
    assert document(page(header=header))["stated_start"] == date(2024, 2, 15)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Posted February 15, 2024 08:12 KST", datetime(2024, 2, 14, 23, 12, tzinfo=UTC)),
        ("2024-02-14T18:00:00-05:00", datetime(2024, 2, 14, 23, 0, tzinfo=UTC)),
        ("Feb 14, 2024 6:00 pm", None),
    ],
)
def test_a_moment_needs_a_zone(line: str, moment: datetime | None) -> None:
    made = document(page(header=line))
    assert made["stated_at"] == moment
    assert made["published_precision"] == "minute"


def test_dates_of_other_articles_are_not_this_ones() -> None:
    others = "\n\n".join(f"Another story of the week\n\nJanuary {day}, 2024" for day in range(1, 8))
    assert document(page(tail=others))["stated_start"] is None
    assert document(page(tail=f"Related Posts\n\n{others}"))["stated_start"] is None


def test_a_bare_date_below_the_text_counts_where_the_page_ends() -> None:
    assert document(page(tail="February 15, 2024"))["stated_start"] == date(2024, 2, 15)
    names = "\n\n".join(f"Story {number}\n\nFebruary {number + 1}, 2024" for number in range(9))
    assert document(page(tail=f"February 15, 2024\n\n{names}"))["stated_start"] is None


def test_the_copyright_of_a_site_dates_nothing() -> None:
    assert document(page(tail="© 2024 Example Media. All rights reserved."))["stated_start"] is None
    assert document(page(tail="© 2024 AFP"))["published_precision"] == "year"


def test_only_known_outlets_are_publishers() -> None:
    assert document(page(tail="Source: Yonhap"))["publisher"] == "Yonhap News Agency"
    assert document(page(tail="Source: the World Bank"))["publisher"] is None


def test_the_address_that_the_page_gives() -> None:
    assert document(page(tail="URL: https://example.org/a?b=1"))["url"] == "https://example.org/a?b=1"


# ---- what is set aside


def test_a_page_without_an_article_is_only_clutter() -> None:
    made = cleaning("Home\n\nLogin\n\nShare\n\nRelated Posts\n\nCuba wins again\n")
    (row,) = made.quarantine.to_pylist()
    assert (row["reason"], row["stage"]) == ("only_clutter", "clean")
    (article,) = made.clean_documents.to_pylist()
    assert (article["text"], article["language"], article["is_extractable"]) == ("", None, False)


def test_a_sentence_alone_is_an_article_without_a_title() -> None:
    made = document("Cuba and Vietnam signed a trade agreement in Hanoi on Monday.\r\n")
    assert (made["title"], made["is_extractable"]) == (None, True)


def test_sentences_that_are_no_page_are_all_kept() -> None:
    text = "India accused Pakistan of sheltering militants."
    assert document(text)["text"] == text
    assert document("Visit our shop\n\nSheltering militants\n")["text"] == ""


def test_another_language_is_kept_but_not_read_on() -> None:
    spanish = (
        "Cuba y Corea del Sur establecen relaciones diplomáticas\n\n"
        "Los dos países intercambiaron notas en Nueva York, según informó el miércoles el ministerio de exteriores.\n\n"
        "El acuerdo llega después de décadas sin relaciones entre ambos gobiernos, dijo un antiguo embajador."
    )
    made = cleaning(spanish, page())
    first, second = made.clean_documents.to_pylist()
    assert (first["language"], first["is_extractable"]) == ("es", False)
    assert "antiguo embajador" in first["text"]
    assert (second["language"], second["is_extractable"]) == ("en", True)
    assert made.quarantine["reason"].to_pylist() == ["unsupported_language"]


# ---- the line model


def test_words_are_found_by_their_lower_case_and_numbers_are_alike() -> None:
    upper, lower = count(["Él said 12 Things"]), count(["él SAID 7 things"])
    assert (upper.forms == lower.forms).all()
    assert upper.forms[2] == NUMBER
    assert upper.keys[0] == lower.keys[0] != count(["said él 7 things"]).keys[0]
    assert upper.shouts.tolist() == [False] * 4
    assert lower.shouts.tolist() == [False, True, False, False]
    assert hashes_of("pair", ["él said"])[0] == pair_hashes(upper.forms[:1], upper.forms[1:2])[0]


@given(st.lists(NASTY.map(folded), min_size=1, max_size=8))
def test_a_line_is_counted_alike_whatever_is_beside_it(texts: list[str]) -> None:
    together = count(texts)
    for index, text in enumerate(texts):
        alone = count([text])
        assert (together.kinds[index] == alone.kinds[0]).all()
        assert together.kinds[index].sum() == len(text)
        assert together.keys[index] == alone.keys[0]
        words = slice(together.starts[index], together.starts[index + 1])
        assert (together.hashes[words] == alone.hashes).all()


def test_a_page_is_scored_alike_whatever_is_beside_it() -> None:
    model = line_model(LEXICONS)
    known = rules(LEXICONS)
    pages = [blocks(raw_lines(text)) for text in (*SEEDS.values(), "", "Menu")]
    judged = [[known.judge(block.text) for block in of_page] for of_page in pages]
    for of_page, verdicts, odds in zip(pages, judged, scores(pages, judged, model), strict=True):
        assert odds.tolist() == scores([of_page], [verdicts], model)[0].tolist()


def test_the_model_is_the_mean_of_its_networks() -> None:
    model = line_model(LEXICONS)
    features = np.random.default_rng(0).standard_normal((9, len(model.mean))).astype(np.float32)
    networks = range(len(model.layers["enter"]))
    alone = [
        forward(features, {name: matrix[[network]] for name, matrix in model.layers.items()}) for network in networks
    ]
    assert len(alone) > 1
    assert np.allclose(forward(features, model.layers), np.mean(alone, axis=0), atol=1e-5)
    assert not np.allclose(alone[0], alone[1], atol=0.1)


def test_what_rules_say_of_a_line_is_shown_to_the_model() -> None:
    model = line_model(LEXICONS)
    parts = blocks(raw_lines("First things first\n\nOther things later\n\nAnd one more of these"))
    plain = page_of([parts], [[None, None, None]])
    told = page_of([parts], [[Verdict("comments", "x", is_heading=True), None, None]])
    before, after = shape_features(plain, model.sets), shape_features(told, model.sets)
    assert (before[0] != after[0]).any()
    assert (before[2] != after[2]).any()  # a heading is felt by what follows


def test_blocks_of_a_row_are_known_by_their_likeness() -> None:
    texts = ["Ann Lee said in May", "Tim Roe said in June", "a house that stands alone", "Reply", "Menu Reply"]
    kinds, opening, last, first = likenesses(count(texts))
    assert kinds[0] == kinds[1] != kinds[2]
    assert last[3] == last[4] != last[2]
    assert first[3] != first[4]
    assert opening.tolist().count(0) == 1  # a block of one word opens with no two


def test_as_much_is_kept_as_pays() -> None:
    assert chosen(np.array([9.0, -9.0, 9.0]), [50, 50, 50]) == [True, False, True]
    # A doubtful block pays where little is certain, and does not where much is.
    assert chosen(np.array([9.0, -0.5]), [5, 50]) == [True, True]
    assert chosen(np.array([9.0, -0.5]), [500, 5]) == [True, False]
    assert chosen(np.array([]), []) == []


@pytest.mark.parametrize("matrix", ["enter", "look_3", "leave"])
def test_a_model_without_a_matrix_is_named(matrix: str) -> None:
    whole = LEXICONS["line_model"]
    rows = tuple(row for row in whole.rows if row["matrix"] != matrix)
    with pytest.raises(lexicon.LexiconError, match=matrix):
        line_model({**LEXICONS, "line_model": lexicon.Lexicon("line_model", matrix, rows=rows)})


def test_a_paragraph_that_stands_twice_is_kept_once() -> None:
    paragraph = BODY.split("\n\n")[1]
    assert document(f"{page()}\n\n{paragraph}")["text"].count(paragraph) == 1


def test_a_thread_of_comments_goes_and_dates_nothing() -> None:
    remarks = [
        f"In room {7 * day} the ambassadors of the two countries agreed on {day} more visits, we were told."
        for day in range(1, 6)
    ]
    # Comments follow an article of some length.
    article = "\n\n".join(
        f"In paragraph {number} the foreign ministry said in Seoul that the two countries had agreed on one more visit."
        for number in range(10)
    )
    signed = "\n\n".join(
        f"{name}\n\nJune {day}, 2024 at 7:1{day} pm\n\n{remark}"
        for day, (name, remark) in enumerate(zip(NAMES, remarks, strict=True), 1)
    )
    made = document(page(tail=f"{article}\n\n{signed}"))
    assert made["stated_start"] is None
    assert not any(remark in made["text"] for remark in remarks[:-1])
    answered = [f"{remark}\n\nReply to {name}" for name, remark in zip(NAMES, remarks, strict=True)]
    told = roles(page(tail="\n\n".join([article, *answered])))
    assert all(told[words] == "comments" for words in (*remarks[1:], *(f"Reply to {name}" for name in NAMES)))


@pytest.mark.parametrize(
    ("between", "marks", "expected"),
    [(1, 3, range(2, 7)), (1, 2, range(0)), (30, 3, range(0))],
)
def test_a_thread_has_three_marks_and_little_between_them(between: int, marks: int, expected: range) -> None:
    remarks = "\n\n".join(f"Remark number {number} was short." for number in range(between))
    first = BODY.split("\n\n", maxsplit=1)[0]
    article = " ".join([first] * 12)
    parts = blocks(raw_lines("\n\n".join(["Cuba", article, *["Reply", remarks] * marks])))
    assert list(commented(parts, [None] * len(parts), rules(LEXICONS))) == list(expected)


@pytest.mark.parametrize(
    "mark",
    [
        "{name}\nJune 1, 2024 at 7:15 pm",
        "{name} says:\nJune 1, 2024 at 7:15 pm",
        "{name} says: June 1, 2024 at 7:15 pm",
        "{name} says 3 hours ago",
        "{name}\n3 hours ago",
        "{name}\n8d",
        "{name} · 2h",
    ],
)
@pytest.mark.parametrize(("heading", "written"), [('5 thoughts on "Cuba"', 5), ("Leave a Reply", 2), ("", 5)])
def test_the_shapes_of_threads(mark: str, heading: str, written: int) -> None:
    """Under a heading, also the last comment goes, which no mark ends; a thread without one needs three marks."""
    first = BODY.split("\n\n", maxsplit=1)[0]
    article = [f"{first} That was said {number} times." for number in range(12)]
    remarks = [f"In room {number} the ambassadors of the two countries agreed on more visits." for number in range(5)]
    thread = [f"{mark.format(name=name)}\n{remark}" for name, remark in zip(NAMES, remarks, strict=True)][:written]
    told = roles("\n\n".join(["Cuba", *article, heading, *thread]))
    expected = remarks[: written if heading else written - 1]
    assert [remark for remark in remarks[:written] if told[remark] == "comments"][: len(expected)] == expected
    assert all(told[paragraph] in KEPT_ROLES for paragraph in article)


def test_a_long_comment_parts_no_thread() -> None:
    first = BODY.split("\n\n", maxsplit=1)[0]
    article = " ".join([first] * 12)
    thread = [part for name in NAMES[:3] for part in (f"{name} says 3 hours ago", "Short was this remark.")]
    parts = blocks(raw_lines("\n\n".join(["Cuba", article, *thread, " ".join([first] * 40), *thread])))
    assert list(commented(parts, [None] * len(parts), rules(LEXICONS))) == list(range(2, 14))
    parts = blocks(raw_lines("\n\n".join(["Cuba", article, *thread, " ".join([first] * 200), *thread])))
    assert list(commented(parts, [None] * len(parts), rules(LEXICONS))) == [*range(2, 7), *range(9, 14)]


def test_ages_and_sayings_in_an_article_are_no_thread() -> None:
    first = BODY.split("\n\n", maxsplit=1)[0]
    article = [f"{first} That was said {number} times." for number in range(12)]
    said = [part for name in NAMES for part in (f"{name} says:", f"In room {len(name)} the ambassadors agreed.")]
    parts = blocks(raw_lines("\n\n".join(["Cuba", *article, *said, "3 hours ago"])))
    assert list(commented(parts, [None] * len(parts), rules(LEXICONS))) == []


@pytest.mark.parametrize(
    ("portrait", "is_kept"),
    [
        ("Ann Lee is the diplomatic correspondent of this paper and has lived in Seoul and Havana since 2010.", False),
        ("About Ann Lee\n\nAnn Lee writes on diplomacy from Seoul, where she has lived with her family.", False),
        ("*Ann covers diplomacy from Seoul, where she has lived with her family since the last election.", False),
        ("Bea Cole is the diplomatic correspondent of this paper and has lived in Seoul since 2010.", True),
        ("Ann Lee Park, in the middle of Seoul, will stay open while the two foreign ministers meet there.", True),
    ],
)
def test_portraits_of_the_author_are_no_text(portrait: str, is_kept: bool) -> None:
    title = "South Korea and Cuba establish diplomatic relations"
    text = document("\n\n".join([title, "By Ann Lee", BODY, portrait]))["text"]
    assert (portrait.rsplit("\n\n", maxsplit=1)[-1] in text) == is_kept
    assert text.startswith(f"{title}\n\n{BODY}")


def test_what_an_article_tells_of_its_author_s_name_stays_above_its_end() -> None:
    told = "Ann Lee is the name of the diplomat as well, who has lived in Seoul and Havana since 2010."
    long = " ".join([BODY.split("\n\n")[1]] * 5)
    text = document("\n\n".join(["South Korea and Cuba establish relations", "By Ann Lee", BODY, told, long]))["text"]
    assert told in text


@pytest.mark.parametrize("order", ["{headline}\n\n{sentence}\n\n{mark}", "{mark}\n\n{headline}\n\n{sentence}"])
@pytest.mark.parametrize(
    ("marks", "is_kept"),
    [
        (("May 5, 2024", "May 5, 2024", "May 3, 2024", "May 1, 2024"), False),
        (("May 1, 2024", "May 3, 2024", "May 5, 2024", "May 7, 2024"), True),
        (("By Ann Lee", "By Bea Cole", "By Cy Dunn", "By Dee Fox"), False),
        (("3 hours ago", "5 hours ago", "1 day ago", "2 days ago"), False),
        (("By Ann Lee", "May 5, 2024", "By Cy Dunn", "3 hours ago"), True),
    ],
)
def test_teasers_below_an_article_go_but_for_events_in_order(order: str, marks: tuple[str, ...], is_kept: bool) -> None:
    first = BODY.split("\n\n", maxsplit=1)[0]
    article = [f"{first} That was said {number} times." for number in range(15)]
    headlines = [
        "Tokyo court rejects appeal",
        "Manila protests at sea",
        "Taiwan names new premier",
        "Delhi opens border",
    ]
    rows = [
        order.format(headline=headline, mark=mark, sentence=f"{headline} again, officials said in the capital.")
        for headline, mark in zip(headlines, marks, strict=True)
    ]
    told = roles("\n\n".join(["South Korea and Cuba establish diplomatic relations", *article, *rows]))
    assert all(told[paragraph] in KEPT_ROLES for paragraph in article)
    assert (told["Manila protests at sea"] == "related") != is_kept
    assert all(
        (told[f"{headline} again, officials said in the capital."] == "related") != is_kept for headline in headlines
    )


def test_entries_of_a_live_page_are_no_thread() -> None:
    """What stands under a name and a clock from the top of the page on is the article."""
    told = [f"{paragraph} That was at {hour} o'clock." for hour, paragraph in enumerate(BODY.split("\n\n"), 7)]
    entries = [
        f"{name}\n14 Feb 2024 10:3{n}\n{words}" for n, (name, words) in enumerate(zip(NAMES, told, strict=False))
    ]
    assert len(entries) >= 3
    text = document("\n\n".join(["Live: South Korea and Cuba establish diplomatic relations", *entries]))["text"]
    assert all(words in text for words in told[: len(entries)])


def test_the_entry_of_a_list_stands_again_as_a_heading() -> None:
    steps = [
        "Choose a place to meet",
        "Agree on the words first",
        "Tell everybody else about it",
        "Open an embassy there",
    ]
    told = [f"{step} long before the ambassadors come, as it was done in New York last year." for step in steps]
    repeated = [
        *steps,
        *(line for pair in zip(steps, told, strict=True) for line in pair),
        "A caption, shown twice",
        "A caption, shown twice",
    ]
    parts = blocks(raw_lines("\n\n".join([BODY, *repeated, told[0], "The embassy opened in March, a year later."])))
    found = analyse(parts, [None] * len(parts), rules(LEXICONS), np.full(len(parts), 9.0))
    kept = [part.text for part, verdict in zip(parts, found.verdicts, strict=True) if verdict.role in KEPT_ROLES]
    assert [kept.count(line) for line in (*steps, *told, "A caption, shown twice")] == 4 * [2] + 5 * [1]


def test_a_heading_over_nothing_is_dropped() -> None:
    assert not document(page(tail="Havana desk"))["text"].endswith("Havana desk")


# ---- the data files


def test_every_rule_has_a_source_and_an_id_of_its_own() -> None:
    sections = LEXICONS["boilerplate"].rules.values()
    entries = [entry for section in sections for entry in (section if isinstance(section, list) else [section])]
    assert all(entry["source"] for entry in entries)
    named = [entry["id"] for entry in entries if "id" in entry]
    assert len(named) == len(set(named)) > 30


def test_no_pattern_fits_a_line_without_its_words() -> None:
    known = rules(LEXICONS)
    gold = Path(__file__).parent / "gold" / "clean_wcxb" / "docs"
    texts = {block.text for path in gold.iterdir() for block in blocks(raw_lines(path.read_bytes().decode()))}
    found = 0
    for text in texts:
        words = key(text)
        if len(text) <= 300 and words and words not in known.phrases and words not in known.outlets:
            verdict = next((verdict for regex, verdict in known.patterns if regex.fullmatch(text)), None)
            assert known.judge(text) == verdict
            found += verdict is not None
    assert found > 100


def test_a_broken_rule_is_named(tmp_path: Path) -> None:
    broken = (lexicon.DATA / "boilerplate.toml").read_text().replace("(?:e-?mail ?:? ?)?", "(?:e-?mail ")
    (tmp_path / "boilerplate.toml").write_text(broken)
    with pytest.raises(lexicon.LexiconError, match=r"boilerplate: '\(\?:e-\?mail "):
        rules({**LEXICONS, "boilerplate": lexicon.load("boilerplate", tmp_path)})


# ---- text from PDFs, newsletters, briefs


def test_words_that_line_ends_broke_are_whole_again() -> None:
    wrapped = """\
The two countries exchanged notes in New York, and state-owned com-
panies of both sides will sign contracts in spring, a former ambas-
sador said of the plans, which the banks of both countries are to pay
for; they had been kept from the public for a long time, and state-
owned papers wrote of them on Monday only, which nobody had fore-
seen in either of the two capitals until then, the ministry said."""
    made = cleaning(page(tail=wrapped))
    [text] = made.clean_documents["text"].to_pylist()
    for whole in ("owned companies of", "ambassador said", "state-owned papers", "nobody had foreseen in"):
        assert whole in text, text
    spans = [row for row in made.text_spans.to_pylist() if row["raw_start"] is not None]
    raw = page(tail=wrapped)
    assert all(raw[row["raw_start"] : row["raw_end"]] == text[row["char_start"] : row["char_end"]] for row in spans)


def test_the_heads_of_pages_do_not_part_a_sentence() -> None:
    head = "Example Quarterly, Vol. 12, No. 3"
    parts = [
        "The foreign minister is expected to visit Havana this year to",
        "open an embassy, and trade between the two countries should grow, analysts said.",
        "Cuba has kept close ties with other countries of the region and",
        "sent students and doctors to many of them, the former ambassador said.",
    ]
    text = document(page(tail=f"\n\n1\n\n{head}\n\n".join(parts)))["text"]
    assert " ".join(parts[:2]) in text
    assert " ".join(parts[2:]) in text
    assert head not in text


def test_a_first_sentence_that_an_advertisement_parts_is_no_title() -> None:
    title = "Cuba and South Korea open diplomatic relations"
    rest = BODY.split("\n\n", 1)[1]
    text = (
        f"{title}\n\nSouth Korea and Cuba established diplomatic relations on Wednesday,\n\n"
        f"Advertisement\n\nStory continues below\n\nthe foreign ministry of South Korea said in Seoul.\n\n{rest}"
    )
    made = document(text)
    assert made["title"] == title
    assert "relations on Wednesday, the foreign ministry" in made["text"]


def test_names_do_not_make_a_brief_foreign() -> None:
    for text in ("Seoul and Havana opened relations on Feb. 14.", "Kim met Castro in Havana."):
        assert document(text)["language"] == "en"
    assert document("Seoul und Havanna nahmen am 14. Februar Beziehungen auf.")["language"] == "de"
    assert document("Seúl y La Habana abrieron relaciones el 14 de febrero.")["language"] == "es"


@pytest.mark.parametrize(
    "line",
    [
        "MIME-Version: 1.0",
        "View this email in your browser",
        "You are receiving this email because you signed up for our newsletter.",
        "Unsubscribe | Update your preferences | Forward to a friend",
        "![The two ministers](https://example.org/a.jpg)",
    ],
)
def test_what_mail_and_markdown_add_is_furniture(line: str) -> None:
    assert roles(page(header=line, tail=line))[line] == "furniture"


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "-",
        "#a ",
        "\u00a0",
        "home > ",
        "© 2024 ",
        ".)",
        "\u200b",
        "2024-",
        "”",
        "by A ",
        "*a ",
        "_a",
        "[a](",
        "](",
        "![",
        "`",
        "<a ",
        "\\",
        "> ",
    ],
)
def test_a_line_of_a_million_characters(unit: str) -> None:
    made = cleaning(unit * (1_000_000 // len(unit)) + "x\n\n" + BODY)
    assert made.clean_documents["text"][0].as_py().endswith("a former ambassador said.")


def test_brackets_and_stress_a_million_deep() -> None:
    """Whatever opens and closes takes time in the length of the text, not in its square."""
    for opens, closes in (("[", "]"), ("*a ", " a*"), ("**", "a**"), ("> ", "\n")):
        raw = f"**{BODY}**\n\n{opens * 200_000}{closes * 200_000}\n\n{BODY}"
        assert "a former ambassador said." in cleaning(raw).clean_documents["text"][0].as_py()
