"""Texts in Markdown, mails and front matter: the words of the plain text, each at its raw place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import tables_of_text
from kcpipe.clean.lines import raw_lines
from kcpipe.clean.markdown import unmarked
from kcpipe.clean.rules import rules
from kcpipe.spans import span_maps
from test_clean import LEXICONS, cleaning

RULES = rules(LEXICONS)
TITLE = "Kenya and Laos open diplomatic relations"
PLAIN, READABLE, WRAPPED = (
    (Path(__file__).parent / "gold" / "markdown" / name).read_bytes().decode()
    for name in ("article.txt", "inline_marks.md", "hard_wrapped.md")
)
READ_BY_A_CONVERTER = PLAIN.replace(
    f"{TITLE}\n\nBy Ann Lee\n\nFebruary 14, 2024\n",
    f"Title: {TITLE}\n\nURL Source: https://example.org/a\n\nPublished Time: 2024-02-14T06:30:00Z\n\n"
    f"Markdown Content:\n# {TITLE}\n\nBy **Ann Lee**\n",
)


def shown(raw: str) -> str:
    """What is left of a text without its marks."""
    return "\n".join(line.text for line in unmarked(raw, raw_lines(raw), RULES).lines)


def said(raw: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = cleaning(raw).clean_documents.to_pylist()
    [row] = rows
    return row


@pytest.mark.parametrize("raw", [READABLE, WRAPPED, READ_BY_A_CONVERTER])
def test_an_article_reads_the_same_as_from_plain_text(raw: str) -> None:
    plain, made = said(PLAIN), said(raw)
    assert made["text"] == plain["text"]
    for column in ("title", "authors", "stated_start", "stated_end", "language", "is_extractable"):
        assert made[column] == plain[column], column
    assert plain["title"] == TITLE
    assert plain["stated_start"] == date(2024, 2, 14)


def test_names_dates_and_quotations_are_the_same_and_stand_in_the_raw_text() -> None:
    plain, marked = tables_of_text(PLAIN), tables_of_text(READABLE)
    for table, columns in (
        ("mentions", ("char_start", "char_end", "text", "entity_type")),
        ("time_expressions", ("char_start", "char_end", "text", "date_start", "date_end")),
        ("quotations", ("char_start", "char_end", "text", "speaker_text", "quotation_kind")),
    ):
        rows = plain[table].select(columns).to_pylist()
        assert rows
        assert marked[table].select(columns).to_pylist() == rows
    (spans,) = span_maps(marked["text_spans"]).values()
    named = next(row for row in marked["mentions"].to_pylist() if row["text"] == "Musalia Mudavadi")
    start, end = spans.to_raw(named["char_start"], named["char_end"])
    assert READABLE[start:end] == "Musalia Mudavadi"


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("# A\n\n**b** c", "A\n\nb c"),
        ("**a *b* c** ***d***", "a b c d"),
        ("**“한국”**은 *b*", "“한국”은 b"),
        ("**a** snake_case_name and _b_ __c__d__", "a snake_case_name and b c__d"),
        ("**a** 5 * 3 * 2, *open and closed* *", "a 5 * 3 * 2, open and closed *"),
        ("**a** \\*no stress\\* and \\# none", "a *no stress* and # none"),
        ("[a](https://b.example/c_(d)_e) [sic] [f][g]", "a [sic] [f][g]"),
        ("[a][b] [C] d[^1]\n\n[b]: https://b.example\n[c]: https://c.example", "a C d"),
        ("![a](b.jpg) **c** ![d *e*](f.jpg 'g')", " c "),
        ("[![a](b.jpg)](https://c.example) **d**", " d"),
        ("``a b`` **c** `*d*`", "a b c *d*"),
        (
            "**a** <https://b.example> <c@d.example> <br/>e <user> <!-- f -->g",
            "a https://b.example c@d.example e <user> g",
        ),
        ("**a** [b]{.smallcaps} [c](https://d.example){target=e}", "a b c"),
        ("# A {#a .b}\n\n## B ##\n\n**c**", "A\n\nB\n\nc"),
        ("> **a**\n> b\n>\n> c\n\nd", "a\nb\n\nc\n\nd"),
        ("- **A**\n- [ ] B\n  c\n+ D", "A\n\nB\n  c\n\nD"),
        ("1. **a**\n2. b", "1. a\n\n2. b"),
        ("```\n# a *b*\n```\n\n**c**", "\n\n# a *b*\n\n\n\nc"),
        ("| a | **b** |\n|---|---|\n| c | d |", "  a   b  \n\n\n\n  c   d  "),
        ("a\\\nb **c**", "a\nb c"),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    assert shown(marked).strip("\n") == plain.strip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "5 * 3 is 15, and 2 * 2 is 4.",
        "* All prices in dollars.",
        "#Cuba #Korea",
        "He said [in Spanish] (and laughed) that [it] was so.",
        "C:\\new\\*.txt and snake_case_name",
        "a > b, and\nb > c",
        "The price*\n*without tax",
        "-----\nNo entry here\n-----",
        "Title: a book of one line",
        "---\n\nA rule above, and: a colon\n\n---",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert shown(text) == text


WORDS = st.sampled_from(["Seoul", "Opened", "A2", "한국어", "E\u0301", "“so”", "It's", "3.5", "End.", "(yes)"])
MARKS = st.sampled_from(
    [
        ("", ""),
        ("", ""),
        ("**", "**"),
        ("*", "*"),
        ("***", "***"),
        ("[", "](https://example.org/a_b*c*?d=[e])".replace("[e]", "e")),
        ("[", "][ref]"),
        ("`", "`"),
        ("<b>", "</b>"),
        ("![alt](b.png)", ""),
    ]
)
PARAGRAPHS = st.lists(st.lists(st.tuples(WORDS, MARKS), min_size=1, max_size=8), min_size=1, max_size=4)


@given(PARAGRAPHS, st.sampled_from(["", "> ", "## ", "- "]), st.sampled_from(["\n", "\r\n"]))
def test_what_is_shown_is_the_raw_text_between_the_marks(
    paragraphs: list[list[tuple[str, tuple[str, str]]]], block_mark: str, line_end: str
) -> None:
    gap = line_end * 2
    marked = [" ".join(f"{before}{word}{after}" for word, (before, after) in words) for words in paragraphs]
    raw = gap.join(["# Title", *(block_mark + text for text in marked), "[ref]: https://example.org"])
    found = unmarked(raw, raw_lines(raw), RULES)
    text = "\n".join(line.text for line in found.lines)
    plain = [" ".join(word for word, _ in words) for words in paragraphs]
    assert [block.strip("\n") for block in text.split("\n\n")][: len(plain) + 1] == ["Title", *plain]
    position = 0
    for start, end, raw_start in found.spans.runs:
        assert start == position
        position = end
        for offset in range(start, end) if raw_start is not None else ():
            origin, _ = found.spans.to_raw(offset, offset + 1)
            assert found.spans.to_clean(origin) == offset


@pytest.mark.parametrize(
    ("front", "authors", "publisher", "url"),
    [
        ("title: {}\nauthor: Ann Lee\nsite_name: Example Gazette", ["Ann Lee"], "Example Gazette", None),
        ("title: '{}'\nauthors: [\"Ann Lee\", 'Bea Cole']", ["Ann Lee", "Bea Cole"], None, None),
        ('title: "{}"\nauthor:\n  - Ann Lee\n  - Bea Cole', ["Ann Lee", "Bea Cole"], None, None),
        ("layout: post\ntitle:   {}\nurl: https://example.org/a", [], None, "https://example.org/a"),
        (
            'title: {}\nsource: https://example.org/a\nauthor:\n  - "[[Ann Lee]]"',
            ["Ann Lee"],
            None,
            "https://example.org/a",
        ),
        ("title: {}\npublisher: Yonhap\ndescription: A story: told twice", [], "Yonhap News Agency", None),
    ],
)
@pytest.mark.parametrize("heading", ["", f"# {TITLE}\n\n"])
def test_front_matter_says_what_the_page_says(
    front: str, authors: list[str], publisher: str | None, url: str | None, heading: str
) -> None:
    body = PLAIN.split("2024\n\n", 1)[1]
    raw = f"---\n{front.format(TITLE)}\ndate: 2024-02-14T06:30:00+03:00\ndraft: false\n---\n\n{heading}{body}"
    made = cleaning(raw)
    (row,) = made.clean_documents.to_pylist()
    assert (row["title"], row["authors"], row["publisher"], row["url"]) == (TITLE, authors, publisher, url)
    assert row["stated_at"] == datetime(2024, 2, 14, 3, 30, tzinfo=UTC)
    assert row["text"] == said(f"{TITLE}\n\n{body}")["text"]
    for field in made.document_fields.to_pylist():
        assert raw[field["raw_start"] : field["raw_end"]] == field["text"]


DAY = date(2024, 2, 14)


@pytest.mark.parametrize(
    ("entries", "column", "value"),
    [
        ("byline: By Ann Lee", "authors", ["Ann Lee"]),
        ("creator: Ann Lee", "authors", ["Ann Lee"]),
        ("author: Ann Lee and Bea Cole", "authors", ["Ann Lee", "Bea Cole"]),
        ("author: Yonhap", "authors", []),
        ("source: The Lagos Post", "publisher", "The Lagos Post"),
        ('publication: "Yonhap"', "publisher", "Yonhap News Agency"),
        ("date: 14 February 2024", "stated_start", DAY),
        ("pubDate: Wed, 14 Feb 2024 10:00:00 GMT", "stated_at", datetime(2024, 2, 14, 10, tzinfo=UTC)),
        ("published_at: 2024-02-14T10:00:00.000Z", "stated_at", datetime(2024, 2, 14, 10, tzinfo=UTC)),
        ("datePublished: 2024-02-14", "stated_start", DAY),
        ("created: 2024-02-20\npublished: 2024-02-14", "stated_start", DAY),
        ("lastmod: 2024-02-14T00:00:00Z", "stated_start", None),
        ("lastmod: 2024-02-14T00:00:00Z", "stated_end", DAY),
        ("date: 2024", "stated_end", None),
        ("canonical_url: https://example.org/a", "url", "https://example.org/a"),
        ("permalink: /a/b", "url", None),
    ],
)
def test_entries_of_front_matter(entries: str, column: str, value: object) -> None:
    body = PLAIN.split("2024\n\n", 1)[1]
    made = said(f"---\ntitle: {TITLE}\n{entries}\n---\n\n{body}")
    assert made[column] == value
    assert made["text"] == said(f"{TITLE}\n\n{body}")["text"]


def test_a_title_keeps_quotation_marks_of_its_own() -> None:
    body = PLAIN.split("2024\n\n", 1)[1]
    for title, value in (('"Never again" in Laos', '"Never again" in Laos'), ('"Never again"', "'\"Never again\"'")):
        assert said(f"---\ntitle: {value}\ndate: 2024-02-14\n---\n\n{body}")["title"] == title


def test_front_matter_of_another_kind() -> None:
    body = PLAIN.split("2024\n\n", 1)[1]
    made = said(f'+++\ntitle = "{TITLE}: a beginning"\ndate = "2024-02-14"\n+++\n\n{body}')
    assert (made["title"], made["stated_start"]) == (f"{TITLE}: a beginning", date(2024, 2, 14))


def test_the_first_heading_is_the_title_though_another_line_reads_more_like_one() -> None:
    body = PLAIN.split("2024\n\n", 1)[1]
    deck = "Kenya and Laos establish diplomatic relations, the foreign ministry said in Nairobi"
    assert said(f"# At last\n\n{deck}\n\n{body}")["title"] == "At last"
    assert said(f"At last\n\n{deck}\n\n{body}")["title"] == deck


def test_lines_of_marks_are_furniture_and_every_line_has_its_row() -> None:
    rows = cleaning(READABLE).lines.to_pylist()
    assert [row["text"] for row in rows] == READABLE.splitlines()
    roles = {row["text"][:9]: (row["role"], row["rule_id"]) for row in rows}
    assert roles["[![The tw"] == roles["---"] == roles["[1]: http"] == ("furniture", "structure.marks")
    assert roles["## What c"][0] == "subheading"


def test_the_words_of_a_quoted_mail_stay_without_its_marks() -> None:
    body = PLAIN.split("2024\n\n", 1)[1].split("\n\n")
    quoted = body[0].replace("the foreign", "the\n> foreign")
    raw = f"{TITLE}\n\n{body[1]}\n\nOn Tue, 13 Feb 2024 at 19:02, Bea Cole <bea@mail.example> wrote:\n> {quoted}\n"
    made = cleaning(raw)
    (row,) = made.clean_documents.to_pylist()
    assert body[0] in row["text"]
    assert "wrote:" not in row["text"]
    assert row["stated_start"] is None
    assert not row["authors"]
