"""How right the extraction is on the gold sets of the repository, with 95 % intervals, for releases to carry.

python benchmarks/accuracy.py [--write]

--write puts the figures into src/kcpipe/data/accuracy.csv, with the key of the code they were measured with; every
release then shows them. The texts were read while the rules were written, but for the held-out sentences: on other
texts the figures are lower.
"""

from __future__ import annotations

import argparse
import csv
import random
import runpy
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import event_score
import name_score
import timex_score
from names import found_by_both

from kcpipe import pipeline
from kcpipe.lexicon import DATA
from kcpipe.settings import EventSettings

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
COMMAND = "benchmarks/accuracy.py"
DRAWS = 400
NEWSWIRE = ("wire", "world")
"""The sets of made-up sentences of news agencies, in tests/gold."""
# By its path: under its name the interpreter has a module of its own.
times_of = runpy.run_path(str(Path(__file__).with_name("time.py")))["kcpipe"]


class Measured(NamedTuple):
    """One figure between 0 and 1 with its 95 % interval; `size` says of how much."""

    measure: str
    of: str
    on: str
    size: str
    value: float
    low: float
    high: float


def with_interval(items: Sequence[str], figure: Callable[[Sequence[str]], float]) -> tuple[float, float, float]:
    """A figure of some texts, and its interval from drawing as many texts anew (bootstrap)."""
    generator = random.Random(0)
    drawn = sorted(figure(generator.choices(items, k=len(items))) for _ in range(DRAWS))
    return figure(items), drawn[DRAWS // 40], drawn[-DRAWS // 40 - 1]


def times() -> list[Measured]:
    """Time expressions of news."""
    gold = timex_score.Gold.read(GOLD / "meantime")
    found, _, _ = times_of(gold)

    def figure(name: str, drawn: Sequence[str]) -> float:
        # A text drawn twice counts twice, under two names.
        drawn_as = {f"{doc} {number}": doc for number, doc in enumerate(drawn)}

        def renamed(rows: Sequence[Any]) -> list[Any]:
            return [{**row, "doc": new} for new, doc in drawn_as.items() for row in rows if row["doc"] == doc]

        texts = {new: gold.texts[doc] for new, doc in drawn_as.items()}
        drawn_gold = timex_score.Gold(renamed(gold.documents), texts, renamed(gold.expressions))
        return timex_score.score(drawn_gold, renamed(found))[name] / 100

    texts = [row["doc"] for row in gold.documents]
    size = f"{len(gold.expressions)} expressions in {len(texts)} articles"
    return [
        Measured("F1", of, "news (MEANTIME excerpt)", size, *with_interval(texts, partial(figure, name)))
        for name, of in (("strict", "time expressions, exact words"), ("value", "time expressions, right value"))
    ]


def names() -> list[Measured]:
    """Names of people, organisations, places and events in political writing."""
    gold = name_score.read(GOLD / "crossner_politics")
    found, _ = found_by_both(gold)["kcpipe"]
    rows = {row["id"]: row for row in gold}

    def figure(drawn: Sequence[str]) -> float:
        numbered = {f"{key} {number}": key for number, key in enumerate(drawn)}
        drawn_gold = [{**rows[key], "id": new} for new, key in numbered.items()]
        return name_score.score(drawn_gold, {new: found.get(key, []) for new, key in numbered.items()})["all"].f1 / 100

    size = f"{sum(len(row['entities']) for row in gold)} names in {len(gold)} sentences"
    return [Measured("F1", "names", "political writing (CrossNER excerpt)", size, *with_interval(list(rows), figure))]


def events() -> list[Measured]:
    """Reports of events in the seeds and in single sentences."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))}
    seeds = event_score.score_seeds(event_score.tables_of(texts), event_score.read_rows(GOLD / "seed_events.csv"))
    sentences = [row for name in NEWSWIRE for row in event_score.read_rows(GOLD / f"{name}_sentences.csv")]
    held_out = event_score.score_sentences([row for row in sentences if row["half"] == "held_out"])
    return [
        *(_of_events(name, "the seeds", "articles", seeds) for name in ("precision", "recall")),
        _of_events("f1", "made-up newswire, held out", "sentences", held_out),
    ]


def _of_events(name: str, on: str, unit: str, score: event_score.Score) -> Measured:
    wanted = sum(count.wanted for count in score.counts.values())
    size = f"{wanted} events in {len(score.counts)} {unit}"
    measure = "F1" if name == "f1" else name
    return Measured(measure, "reports of events", on, size, score.figures()[name], *score.interval(name))


def main() -> None:
    """Print the figures; with --write also keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    measured = [*times(), *names(), *events()]
    for row in measured:
        interval = f"{row.value:.3f} ({row.low:.3f} to {row.high:.3f})"
        print(f"{row.of:<38}{row.measure:<11}{interval:<26}{row.on}, {row.size}")
    if options.write:
        key = pipeline.extraction_key(EventSettings())
        with (DATA / "accuracy.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*Measured._fields, "extraction_key", "source"])
            writer.writerows([*row[:4], *(f"{number:.4f}" for number in row[4:]), key, COMMAND] for row in measured)


if __name__ == "__main__":
    main()
