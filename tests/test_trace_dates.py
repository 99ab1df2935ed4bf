"""`kcpipe trace` shows how a date was worked out: words, anchor and its interval, how the text was dated."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from kcpipe import release
from kcpipe.console import show_trace
from kcpipe.trace import trace


def shown(output: Path, seeds: dict[str, pa.Table], **wanted: object) -> str:
    """The trace of the event of the only report with these values."""
    [event] = {
        row["event_id"]
        for row in seeds["event_mentions"].to_pylist()
        if all(row[name] == value for name, value in wanted.items())
    }
    console = Console(width=400, highlight=False)
    with console.capture() as capture:
        show_trace(console, trace(release.find(output), event))
    return capture.get()


@pytest.mark.parametrize(
    ("kind", "words", "lines"),
    [
        (
            "visit",
            "last week",
            (
                "published 2015-06-29..2015-07-05 (calendar)",
                "dated by   Yun Byung-se held the office of Foreign Minister (2013-03-11..2017-06-18); ",
                "“last week” = week-1, counted from the publication date (2015-06-29..2015-07-05): "
                "2015-06-22..2015-06-28 (week, calendar)",
            ),
        ),
        (
            "establish_relations",
            "nine days after",
            (
                "published 2024-02-15..2024-02-29 (corroborated)",
                "dated by   “the 14th” is 2024-02-14, the date of establish_relations of CUB, KOR; ",
                "“nine days after” = then day+0, counted from “the 14th” (2024-02-14): 2024-02-14 (day, corroborated)",
            ),
        ),
        ("meet", "May last year", ("counted from the publication date: 2023-05-01..2023-05-31",)),
    ],
)
def test_the_chain_from_words_to_days(
    seed_output: Path, seeds: dict[str, pa.Table], kind: str, words: str, lines: tuple[str, ...]
) -> None:
    text = shown(seed_output, seeds, event_kind=kind, date_text=words)
    for line in lines:
        assert line in text
