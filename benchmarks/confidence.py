"""What a report's confidence should be: the share of right ones among reports that lack as much.

python benchmarks/confidence.py

Fits the figures of `kcpipe.events.confidence` to the seeds and to the sentences held out, on which no pattern was
tuned, and prints them. Each is below 1, so the product falls with all that is lacking. Least squares, to two
places, one figure after the other until none gets better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from pathlib import Path

from event_score import SENTENCES, read_rows, score_seeds, score_sentences, tables_of

from kcpipe.events.confidence import FACTORS, confidence

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
WHOLE = "whole"
Lacking = frozenset[str]


def by_value() -> dict[float, Lacking]:
    """What is lacking where a report has a value. Raises ValueError where one value would mean two things."""
    sets = [frozenset(names) for size in range(len(FACTORS) + 1) for names in combinations(FACTORS, size)]
    values = {confidence(lacks): lacks for lacks in sets}
    if len(values) < len(sets):
        raise ValueError("two sets of what is lacking have one value")
    return values


def reports() -> Iterator[tuple[Lacking, bool]]:
    """What each report lacks, and whether it is right."""
    lacks = by_value()
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))}
    scores = [score_seeds(tables_of(texts), read_rows(GOLD / "seed_events.csv"))]
    for name in SENTENCES:
        held_out = [row for row in read_rows(GOLD / f"{name}.csv") if row["half"] == "held_out"]
        scores.append(score_sentences(held_out))
    yield from ((lacks[value], is_right) for score in scores for value, is_right in score.trust)


def fitted(told: Sequence[tuple[Lacking, bool]]) -> Mapping[str, float]:
    """The figures with the least squared error."""
    figures = dict.fromkeys((WHOLE, *FACTORS), 0.9)

    def error(tried: Mapping[str, float]) -> float:
        values = ((tried[WHOLE] * prod(tried[name] for name in lacks), is_right) for lacks, is_right in told)
        return sum((value - is_right) ** 2 for value, is_right in values)

    while True:
        best = dict(figures)
        for name in figures:
            best = min(({**best, name: step / 100} for step in range(50, 100)), key=error)
        if best == figures:
            return figures
        figures = best


def main() -> None:
    """Print the figures."""
    told = list(reports())
    print(f"fitted to {len(told)} reports, {sum(is_right for _, is_right in told)} of them right")
    for name, value in fitted(told).items():
        count = sum(name in lacks for lacks, _ in told) if name in FACTORS else len(told)
        print(f"{name:<12} {value:.2f}   ({count} reports)")


if __name__ == "__main__":
    main()
