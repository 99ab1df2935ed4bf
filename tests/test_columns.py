"""Text from PDFs: columns side by side, heads, feet and notes of pages, words that line ends break."""

from __future__ import annotations

from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcpipe.clean.columns import columns_in_order
from kcpipe.clean.lines import raw_lines
from kcpipe.spans import span_maps
from test_clean import cleaning

LEFT = """\
The line between Varna and Batumi
was opened in 1978 and has carried
railway wagons ever since. For forty
years nobody asked who paid for it.
In 2020 the last ship but one was
sold, and the port of Varna said that
it could not go on alone.

Now Bulgaria and Georgia talk about
a joint company. The first meeting
took place in Burgas in February. A
former director of the line told the
bulletin that he was hopeful,""".split("\n")
RIGHT = """\
and that he had been asked for advice
by both governments. In Sofia the min-
istry of transport confirmed the talks.
"We look at every offer, but we have
signed nothing," a spokeswoman said.

The plan provides for three new ships,
  each of them with room for a hundred
wagons. Two would be built in Romania,
the third would be bought from Turkey,
where it lies idle since 2016.

A decision is expected in the autumn.""".split("\n")
TITLE = "A second spring for the Black Sea ferries"
PARAGRAPHS = [
    "The line between Varna and Batumi was opened in 1978 and has carried railway wagons ever since. For forty years "
    "nobody asked who paid for it. In 2020 the last ship but one was sold, and the port of Varna said that it could "
    "not go on alone.",
    "Now Bulgaria and Georgia talk about a joint company. The first meeting took place in Burgas in February. A former "
    "director of the line told the bulletin that he was hopeful, and that he had been asked for advice by both "
    'governments. In Sofia the ministry of transport confirmed the talks. "We look at every offer, but we have signed '
    'nothing," a spokeswoman said.',
    "The plan provides for three new ships, each of them with room for a hundred wagons. Two would be built in "
    "Romania, the third would be bought from Turkey, where it lies idle since 2016.",
    "A decision is expected in the autumn.",
]


def side_by_side(left: list[str], right: list[str], edge: int = 42) -> str:
    return "\n".join((before.ljust(edge) + after).rstrip() for before, after in zip_longest(left, right, fillvalue=""))


def test_columns_are_read_one_after_the_other() -> None:
    raw = f"{TITLE}\n\n{side_by_side(LEFT, RIGHT)}\n\n{'4':>45}\n"
    made = cleaning(raw)
    (row,) = made.clean_documents.to_pylist()
    assert row["text"].split("\n\n") == [TITLE, *PARAGRAPHS]
    (spans,) = span_maps(made.text_spans).values()
    for start, end, raw_start in spans.runs:
        if raw_start is not None:
            assert raw[raw_start : raw_start + end - start] == row["text"][start:end]
            assert [spans.to_clean(raw_start + at) for at in range(end - start)] == list(range(start, end))
    begin = row["text"].index("former director")
    first, last = spans.to_raw(
        begin, begin + len("former director of the line told the bulletin that he was hopeful, and")
    )
    assert raw[first:last].startswith(RIGHT[0][:3])  # the sentence's last word stands highest on the page
    assert raw[first:last].endswith("hopeful,")
    assert [line["text"] for line in made.lines.to_pylist()] == raw.splitlines()
    kept = [line for line in made.lines.to_pylist() if line["is_kept"]]
    assert [line["text"] for line in kept] == [line for line in raw.splitlines()[:-1] if line]


def test_columns_of_two_pages_and_a_headline_across_them() -> None:
    across = "A headline that crosses the gutter stands between the two halves of this page"
    left, right = ([line.strip() for line in side if line] for side in (LEFT[:8], RIGHT))
    half = side_by_side(left, right)
    raw = f"{TITLE}\n\n{half}\n\n{across}\n\n{half}\n\f{half}"
    found = columns_in_order(raw, raw_lines(raw))
    assert found is not None
    texts = [line.text.strip() for line in found.lines if line.text.strip()]
    assert texts == [TITLE, *left, *right, across, *left, *right, *left, *right]


TABLE = "\n".join(f"{name:<30}{number:>8} t" for number, name in enumerate(("Wheat", "Maize", "Barley", "Oats") * 4))
GLOSSES = "\n".join(f"{'Article ' + str(at):<20}of the agreement on ferries of 1978" for at in range(12))
LEADERS = "\n".join(f"{'The port of Varna in the war':<40}{page:>4}" for page in range(12))
THREE = "\n".join(f"{'one two three four':<24}{'five six seven eight':<24}nine ten eleven more" for _ in range(12))
JUSTIFIED = "\n".join(
    f"This is  a line of{' ' * (at % 3 + 1)}justified text  whose spaces{' ' * (at % 2 + 1)}fall where they fall,  now"
    for at in range(20)
)


@pytest.mark.parametrize("text", [TABLE, GLOSSES, LEADERS, THREE, JUSTIFIED, PARAGRAPHS[1], ""])
def test_what_is_no_column_stays_as_it_is(text: str) -> None:
    assert columns_in_order(text, raw_lines(text)) is None


@given(
    st.lists(st.sampled_from([*LEFT, "", "word"]), min_size=1, max_size=30),
    st.lists(st.sampled_from([*RIGHT, "", "word", "a long line " * 30]), min_size=1, max_size=30),
    st.integers(39, 60),
    st.sampled_from(["\n", "\r\n", "\n\f"]),
)
def test_every_character_is_shown_once(left: list[str], right: list[str], edge: int, line_end: str) -> None:
    count = min(len(left), len(right))
    raw = side_by_side(left[:count], right[:count], edge).replace("\n", line_end)
    found = columns_in_order(raw, raw_lines(raw))
    if found is None:
        return
    shown = sorted(
        (raw_start, raw_start + end - start) for start, end, raw_start in found.spans.runs if raw_start is not None
    )
    assert all(before[1] <= after[0] for before, after in pairwise(shown))
    assert "".join(raw[start:end] for start, end in shown) == raw.replace("\r", "").replace("\n", "")


HEAD = "Journal of Border Studies                                        Vol. 8, No. 2"


def paged(*, feed: str) -> str:
    return f"""\
{HEAD}

The Return of the Consul: Honorary Posts in Central Asia

Honorary consuls were long seen as a relic of another age. In Central Asia, how-
ever, their number has doubled since 2010, and several states now rely on them
for trade and for the care of citizens who are in trouble abroad. The Franco-
German office in Bishkek, which serves citizens of both countries, is the only
one that is led by a career diplomat. Its work is governed by the Vienna Conven-
tion, as that of any other.1

This article asks why. It is based on the lists that foreign ministries publish

1 Article 58 names the exceptions.

                                      12
{feed}{HEAD}

every year and on conversations with twenty-two consuls. I find that poor states
use honorary posts to be present at low cost, while rich states use them to test
a market before they open an embassy.

                                      13
{feed}{HEAD}

It was closed after four years, because trade had not grown as expected, and was
opened again in 2018, when a new railway line brought a new interest in transit.
"""


@pytest.mark.parametrize("feed", ["\f", ""])
def test_what_pages_print_goes_and_sentences_go_on(feed: str) -> None:
    made = cleaning(paged(feed=feed))
    (row,) = made.clean_documents.to_pylist()
    text = row["text"]
    assert "Journal of Border" not in text
    assert "Article 58" not in text
    for whole in (
        "In Central Asia, however, their number",
        "The Franco-German office in Bishkek",
        "the Vienna Convention, as that",
        "foreign ministries publish every year and on conversations",
    ):
        assert whole in text
    rules = {line["rule_id"] for line in made.lines.to_pylist()}
    assert {"structure.running_head", "structure.note", "pattern.pager"} <= rules


def test_heads_that_differ_by_the_number_of_the_page() -> None:
    text = (
        paged(feed="\f")
        .replace(" " * 38 + "12", f"Page 12   {'Consuls':>60}")
        .replace(" " * 38 + "13", f"Page 13   {'Consuls':>60}")
    )
    rows = cleaning(text).lines.to_pylist()
    assert {row["rule_id"] for row in rows if row["text"].endswith("Consuls")} == {"structure.running_head"}


def test_chapters_are_no_heads_of_pages() -> None:
    body = "\n\n".join(f"Chapter {at}\n\n{words}" for at, words in enumerate(PARAGRAPHS[1:], 1))
    rows = cleaning(f"{TITLE}\n\n{PARAGRAPHS[0]}\n\n{body}\n").lines.to_pylist()
    assert [row["role"] for row in rows if row["text"].startswith("Chapter")] == ["subheading"] * 3


def test_a_list_numbered_like_notes_stays() -> None:
    body = "\n\n".join(
        [*PARAGRAPHS[:2], "1 Varna is the larger of the two ports.", "2 Batumi is the older one by far."]
    )
    text = cleaning(f"{TITLE}\n\n{body}\n").clean_documents["text"][0].as_py()
    assert "Varna is the larger" in text
