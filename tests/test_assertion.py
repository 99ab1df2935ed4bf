"""Which dates a verb itself asserts: those that bound the day of the writing."""

from __future__ import annotations

import pytest

from conftest import tables_of_text

PAST = (
    "Ministers of both countries signed the treaty in 2018.",
    "The treaty was signed on 12 May 2013 in Vienna.",
    "The election held on 12 May 2014 gave the party a majority.",
    "In a briefing on 15 March 2016, the director praised the treaty.",
    "The two countries had met in Vienna in 2011.",
)
FUTURE = (
    "The new parliament will meet for the first time on 30 November 2031.",
    "The ministry plans to open the embassy in May 2032.",
    "The bridge is expected to open in 2033.",
    "The summit is scheduled for May 2034.",
    "In 2035 the farm will have paid for itself.",
)
NEITHER = (
    "Serbia and Cyprus announced a summit on 12 May 2041.",
    "You may remember the testimony before the council in October 2042.",
    "The school collected nineteen honours at the 2043 awards.",
    "We have updated the list of hostels for 2044.",
    "The film is set in 2045 and tells of a war.",
    "The summit that was scheduled for May 2046 fell through.",
    "If the bridge opened in 2047, the ferry would stop.",
    "The price may rise again in 2048.",
    "Exports grew faster than those of 2049.",
)


@pytest.fixture(scope="module")
def asserted() -> dict[str, str | None]:
    """What is asserted of the date of each sentence, by its year."""
    text = "Dates and their verbs\n\n" + "\n\n".join((*PAST, *FUTURE, *NEITHER))
    rows = tables_of_text(text)["time_drafts"].to_pylist()
    return {row["symbolic_value"].split()[0].removeprefix("year="): row["asserted"] for row in rows}


@pytest.mark.parametrize(
    ("sentence", "side"),
    [(sentence, side) for side, group in (("past", PAST), ("future", FUTURE), (None, NEITHER)) for sentence in group],
)
def test_what_a_verb_asserts_of_its_date(asserted: dict[str, str | None], sentence: str, side: str | None) -> None:
    [year] = (word.strip(",.") for word in sentence.split() if word.strip(",.")[:2] == "20")
    assert asserted[year] == side
