"""Time expressions against human gold of news (tests/gold/meantime, see its README): floors that only rise."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.timex_score import Gold, as_timex3, score

from articles import Article, tables_of
from kcpipe.spans import span_maps

FOLDER = Path(__file__).parent / "gold" / "meantime"
FLOORS = {"strict": 82.4, "relaxed": 89.4, "type": 89.4, "value": 84.2, "resolved": 93.7}


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    gold = Gold.read(FOLDER)
    tables = tables_of({name: Article(text) for name, text in gold.texts.items()})
    names = {row["document_id"]: row["source_name"] for row in tables["documents"].to_pylist()}
    texts = {key: gold.texts[name] for key, name in names.items()}
    maps = span_maps(tables["text_spans"])
    found = []
    for row in tables["time_expressions"].to_pylist():
        key = row["document_id"]
        span = maps[key].to_raw(row["char_start"], row["char_end"])
        pieces = as_timex3(texts[key], *span, row["timex_type"], row["timex_value"])
        found += [{"doc": names[key], **piece} for piece in pieces]
    return score(gold, found)


@pytest.mark.parametrize("figure", FLOORS)
def test_floor(figures: dict[str, float], figure: str) -> None:
    assert figures[figure] >= FLOORS[figure]


def test_a_range_is_its_two_ends_as_timex3_has_it() -> None:
    text = "between 2009 and June 2011"
    assert [
        (text[row["start"] : row["end"]], row["value"]) for row in as_timex3(text, 0, 26, "DATE", "2009/2011-06")
    ] == [
        ("2009", "2009"),
        ("June 2011", "2011-06"),
    ]
    assert as_timex3("1959", 0, 4, "DATE", "1959") == [{"start": 0, "end": 4, "type": "DATE", "value": "1959"}]


def test_the_scorer_counts_spans_words_and_values() -> None:
    gold = Gold(
        [{"doc": "a", "body_start": 2, "body_end": 40}],
        {"a": "x On 5 May 2015 and last week it rained."},
        [
            {"doc": "a", "start": 5, "end": 15, "type": "DATE", "value": "2015-05-05"},
            {"doc": "a", "start": 20, "end": 29, "type": "DATE", "value": "2015-W18"},
        ],
    )
    right = [{"doc": "a", "start": 5, "end": 15, "type": "TIME", "value": "2015-05-05"}]
    assert score(gold, right) == {"strict": 66.67, "relaxed": 66.67, "type": 0.0, "value": 66.67, "resolved": 100.0}
    partly = [*right, {"doc": "a", "start": 25, "end": 29, "type": "DATE", "value": "2015-W19"}]
    assert score(gold, partly) == {"strict": 50.0, "relaxed": 100.0, "type": 50.0, "value": 50.0, "resolved": 100.0}
    before_the_body = [{"doc": "a", "start": 0, "end": 1, "type": "DATE", "value": "2015"}]
    assert score(gold, before_the_body)["relaxed"] == 0
