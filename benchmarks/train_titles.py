"""Learn what speaks for a block being the title of its page, and print the weights for `boilerplate.toml`.

    python benchmarks/train_titles.py GOLD_DIR [--leave-out GOLD_JSONL]

GOLD_DIR holds `gold.jsonl` (id, host, title) and `docs/ID.txt`. --leave-out names the rows of an excerpt: no page of
its sites is learned from. A conditional logit: the probability that a candidate of a page is its title is the soft-max
of its weighed features; the log-likelihood, with a penalty on squared weights, is climbed by Adam. Printed are the
share of pages of each half of the sites whose title is found with the weights learned on the other half, and the
weights learned on all.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from train_clean import part_of, rows_of, site_of, tokens

from kcpipe import lexicon
from kcpipe.clean.article import sort_blocks
from kcpipe.clean.lines import blocks, raw_lines
from kcpipe.clean.model import line_model, scores
from kcpipe.clean.rules import rules
from kcpipe.clean.titles import candidates

SET_BY_HAND = {"share_below"}
"""Too rare in the gold to be learned."""
STEPS, RATE, PENALTY = 400, 0.05, 0.5


@dataclass(frozen=True)
class Example:
    """A page: the features of its candidates by name, and which of them are its title."""

    site: str
    features: Sequence[Mapping[str, float]]
    right: npt.NDArray[np.bool_]


def read(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[Example]:
    """The pages whose title is known."""
    lexicons = {name: lexicon.load(name) for name in ("boilerplate", "outlets", "line_model", "line_words")}
    known, model = rules(lexicons), line_model(lexicons)
    examples = []
    for row in rows:
        parts = blocks(raw_lines((folder / "docs" / f"{row['id']}.txt").read_bytes().decode()))
        judged = [known.judge(part.text) for part in parts]
        page = sort_blocks(parts, judged, known, scores([parts], [judged], model)[0])
        found = list(candidates(parts, page.judged, page.told, page.body))
        right = np.array([tokens(parts[index].text) == tokens(row["title"]) for index, _ in found], bool)
        examples.append(Example(site_of(row["host"]), [features for _, features in found], right))
    return examples


def learn(examples: Sequence[Example], names: Sequence[str]) -> npt.NDArray[np.float64]:
    """The weights in the order of the names."""
    pages = [(matrix(example, names), example.right) for example in examples if example.right.any()]
    weights, mean, square = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        slope = -PENALTY * weights
        for features, right in pages:
            likely = np.exp(features @ weights - (features @ weights).max())
            likely /= likely.sum()
            slope += features.T @ (likely * right / (likely * right).sum() - likely)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights += RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def matrix(example: Example, names: Sequence[str]) -> npt.NDArray[np.float64]:
    """The features of the candidates as numbers."""
    return np.array([[float(features[name]) for name in names] for features in example.features])


def found(examples: Sequence[Example], names: Sequence[str], weights: npt.NDArray[np.float64]) -> float:
    """The share of pages whose title comes first."""
    hits = [bool(e.features) and bool(e.right[int((matrix(e, names) @ weights).argmax())]) for e in examples]
    return float(np.mean(hits))


def main() -> None:
    """Learn on halves and on all, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--leave-out", type=Path)
    arguments = parser.parse_args()
    left_out = {site_of(row["host"]) for row in rows_of(arguments.leave_out)} if arguments.leave_out else set()
    rows = [
        row for row in rows_of(arguments.gold / "gold.jsonl") if row["title"] and site_of(row["host"]) not in left_out
    ]
    examples = read(arguments.gold, rows)
    names = [name for name in next(e.features[0] for e in examples if e.features) if name not in SET_BY_HAND]
    for part in (0, 1):
        tested = [example for example in examples if part_of(example.site, 2, "half") == part]
        others = [example for example in examples if part_of(example.site, 2, "half") != part]
        print(f"half {part}: {found(tested, names, learn(others, names)):.3f} of {len(tested)} pages")
    weights = learn(examples, names)
    print(f"all: {found(examples, names, weights):.3f} of {len(examples)} pages")
    print("weights = {", ", ".join(f"{name} = {weight:.2f}" for name, weight in zip(names, weights, strict=True)), "}")


if __name__ == "__main__":
    main()
