"""`kcpipe trace` shows how a date was worked out: words, anchor and its interval, how the text was dated."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from rich.cells import cell_len
from rich.console import Console

from conftest import SEEDS
from kcpipe import release
from kcpipe.console import show_trace
from kcpipe.settings import UserError
from kcpipe.trace import CANDIDATES, Trace, trace


def shown(output: Path, key: str, width: int = 400) -> str:
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        show_trace(console, trace(release.find(output), key))
    return capture.get()


def only(table: pa.Table, key: str, **wanted: object) -> str:
    """The key of the only row with these values."""
    [found] = {
        row[key] for row in table.to_pylist() if all(row[name] == value for name, value in wanted.items()) and row[key]
    }
    return str(found)


@pytest.mark.parametrize(
    ("kind", "words", "lines"),
    [
        (
            "visit",
            "last week",
            (
                "published   2015-06-29..2015-07-05 (calendar)",
                "because     Ri Su-yong held the office of Foreign Minister (2014-04-09..2016-05-09); ",
                "“last week” (week-1) → published 2015-06-29..2015-07-05 → 2015-06-22..2015-06-28 (week, calendar)",
            ),
        ),
        (
            "establish_relations",
            "the 14th",
            (
                "published   2024-02-15..2024-02-29 (corroborated)",
                "because     “the 14th” is 2024-02-14, the date of establish_relations of CUB, KOR; ",
                "“the 14th” (day=14) → published 2024-02-15..2024-02-29 → 2024-02-14 (day, corroborated)",
            ),
        ),
        (
            "meet",
            "May last year",
            ("“May last year” (year-1 month=5) → published 2024-02-14 → 2023-05 (month, relative)",),
        ),
        ("sever_relations", "1959", ("“1959” (year=1959) → 1959 (year, absolute)",)),
    ],
)
def test_the_chain_of_an_event_from_words_to_days(
    seed_output: Path, seeds: dict[str, pa.Table], kind: str, words: str, lines: tuple[str, ...]
) -> None:
    mentions = [row for row in seeds["event_mentions"].to_pylist() if row["event_kind"] == kind]
    keys = {row["event_id"] for row in mentions if row["date_text"] == words and row["event_id"]}
    text = "".join(shown(seed_output, key) for key in keys)
    for line in lines:
        assert line in text


@pytest.mark.parametrize(
    ("words", "chain"),
    [
        (
            "May",
            "“May” (then month=5) → “last year” (year-1), 2023 → published 2024-02-15..2024-02-29 → 2023-05 (month, ",
        ),
        ("soon", "“soon” (FUTURE_REF) → not resolved (vague)"),
        ("July 1949", "“July 1949” (year=1949 month=7) → 1949-07 (month, absolute)"),
    ],
)
def test_the_chain_of_a_date(seed_output: Path, seeds: dict[str, pa.Table], words: str, chain: str) -> None:
    text = shown(seed_output, only(seeds["time_expressions"], "time_expression_id", text=words))
    assert chain in text
    assert f"[{words}]{{date}}" in text


def test_a_date_stands_where_the_trace_says(seed_output: Path, seeds: dict[str, pa.Table]) -> None:
    for row in seeds["time_expressions"].to_pylist()[::9]:
        found = trace(release.find(seed_output), row["time_expression_id"])
        assert not isinstance(found, Trace)
        [mark] = found.evidence.marks
        raw = (SEEDS / found.evidence.document["source_uri"]).read_bytes().decode()
        assert raw[mark.raw_start : mark.raw_end] == row["text"]
        assert found.evidence.text[mark.start : mark.end] == row["text"]


@pytest.mark.parametrize("width", [50, 200])
def test_no_line_is_wider_than_the_terminal(seed_output: Path, seeds: dict[str, pa.Table], width: int) -> None:
    for key in seeds["events"].column("event_id").to_pylist()[::5]:
        lines = shown(seed_output, key, width).splitlines()
        assert max(map(cell_len, lines)) <= width
        assert not any(line != line.rstrip() for line in lines)


def test_reports_of_one_document_stand_together(seed_output: Path, seeds: dict[str, pa.Table]) -> None:
    several = [event for event in seeds["events"].to_pylist() if event["document_count"] > 1]
    assert several
    for event in several:
        found = trace(release.find(seed_output), event["event_id"])
        assert isinstance(found, Trace)
        assert found.reports[0].mention["event_mention_id"] == event["best_event_mention_id"]
        order = [report.mention["document_id"] for report in found.reports]
        assert order == sorted(order, key=order.index)


@pytest.mark.parametrize("key", ["", "nothing"])
def test_what_fits_nothing_or_everything(seed_output: Path, key: str) -> None:
    with pytest.raises(UserError, match="id that begins with"):
        trace(release.find(seed_output), key)


def test_an_id_that_fits_several_is_answered_by_what_fits(seed_output: Path, seeds: dict[str, pa.Table]) -> None:
    ids = [
        *seeds["events"].column("event_id").to_pylist(),
        *seeds["time_expressions"].column("time_expression_id").to_pylist(),
    ]
    first = Counter(each[0] for each in ids)
    key = min(first, key=lambda each: (first[each], each))
    assert first[key] > 1
    with pytest.raises(UserError) as caught:
        trace(release.find(seed_output), key)
    fitting = {each for each in ids if each.startswith(key)}
    named = {line.split()[0] for line in str(caught.value).splitlines()[1:] if not line.startswith("  and ")}
    assert named <= fitting
    assert len(named) == min(len(fitting), CANDIDATES)


def test_every_event_of_the_seeds_can_be_traced(seed_output: Path) -> None:
    chosen = release.find(seed_output)
    console = Console(width=100, highlight=False)
    for event in chosen.table("events").to_pylist():
        with console.capture() as capture:
            show_trace(console, trace(chosen, event["event_id"]))
        assert capture.get().startswith(event["summary"][:60])
