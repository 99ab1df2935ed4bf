"""Learn the line model of cleaning from pages whose article is known, and write it as plain data.

    python benchmarks/train_clean.py GOLD_DIR [--leave-out GOLD_JSONL] [--output FOLDER]

GOLD_DIR holds `gold.jsonl` (id, host, text) and `docs/ID.txt`. --leave-out names the rows of an excerpt: no page of its
sites is learned from, so that it can be a test. --output is `src/kcpipe/data` when not given; it gets
`line_words.csv` (words and what they speak for) and `line_model.csv` (the network's matrices as whole numbers).

How it learns: a block of the page is the article's when at least half of its words lie in the alignment of page and
wanted text (runs of three words and more). Each page is learned in several renderings (as it is, without blank lines,
folded at 72 columns, with words of links on lines of their own, with menus on one line, cut down to the article), so
that the model does not lean on one converter from HTML. Words are weighed by the log-odds of standing in an article's
block, counted once per site; a page's own site never weighs the words that it is trained with. Everything is
seeded and runs on numpy alone.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import json
import random
import re
import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kcpipe import lexicon
from kcpipe.clean import characters as ch
from kcpipe.clean.features import Page, WordSets, shape_features
from kcpipe.clean.lines import Block, blocks, raw_lines
from kcpipe.clean.model import (
    LIMIT,
    POOLED_AFTER,
    REACH,
    WORD_KINDS,
    Weighed,
    hashes_of,
    page_of,
    page_words,
    word_features,
)
from kcpipe.clean.rules import Rules, rules
from kcpipe.lexicon import Lexicon

Array = npt.NDArray[np.float32]
SOURCE = "WCXB"
"""Murrough-Foley/web-content-extraction-benchmark, CC BY 4.0; docs/cleaning.md says more."""
NETWORKS = 3
WIDTH = 40
EPOCHS = 40
BATCH = 16
RATE, DECAY, DROPOUT = 5e-3, 1e-3, 0.2
SHARES = {"as it is": 0.34, "no blanks": 0.13, "folded": 0.13, "links apart": 0.13, "menus joined": 0.13, "bare": 0.14}
"""How often each rendering of a page is learned from."""
INNER = 5
"""Parts of the training sites among which words are weighed without the own part."""
MIN_SITES = {"word": 8, "pair": 8, "first": 8, "line": 4}
LONGEST_LINE = 12
MIN_SIGNIFICANCE = {"word": 3.0, "pair": 3.0, "first": 3.0, "line": 1.0}
PRIOR = 3.0


@dataclass(frozen=True)
class Example:
    """A page in one rendering: its blocks, what the network sees of them, and which are the article's."""

    page: Page
    shape: Array
    wanted: npt.NDArray[np.bool_]
    sizes: npt.NDArray[np.int64]
    """Words of each block, as the scorer counts them."""


@dataclass(frozen=True)
class Source:
    """A page of the gold, in all renderings."""

    id: str
    site: str
    raw: str
    text: str
    examples: Mapping[str, Example]
    spelled: Sequence[Sequence[str]]
    """The words of each block of the page as it is, numbers as 0."""


# --- pages ------------------------------------------------------------------------------------------------------------


def site_of(host: str | None) -> str:
    """The registered domain, near enough: sister hosts of one publisher share its page furniture."""
    if not host:
        return "unknown"
    parts = host.lower().split(".")
    has_second_level = (
        len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in ("co", "com", "org", "gov", "ac", "net", "edu")
    )
    return ".".join(parts[-3:] if has_second_level else parts[-2:])


def part_of(site: str, parts: int, salt: str = "") -> int:
    """The fold of a site: it depends on its name alone."""
    return int(hashlib.sha256(f"{salt}{site}".encode()).hexdigest(), 16) % parts


def without_blanks(raw: str, _: random.Random) -> str:
    """No empty lines: nothing tells where a paragraph ends but the line end."""
    return "\n".join(line for line in raw.split("\n") if line.strip()) + "\n"


def folded(raw: str, _: random.Random) -> str:
    """Lines folded at 72 columns."""
    fold = textwrap.TextWrapper(72, break_long_words=False, break_on_hyphens=False)
    return "\n".join(fold.fill(line) if line.strip() else line for line in raw.split("\n"))


def links_apart(raw: str, chance: random.Random) -> str:
    """A few words of many paragraphs on a line of their own, as converters do that end a line at every element."""
    made: list[str] = []
    for line in raw.split("\n"):
        words = line.split(" ")
        if len(words) >= 12 and chance.random() < 0.5:
            start = chance.randrange(2, len(words) - 4)
            stop = start + chance.randrange(1, 5)
            made += [" ".join(words[:start]), " ".join(words[start:stop]), " ".join(words[stop:])]
        else:
            made.append(line)
    return "\n".join(made if chance.random() < 0.5 else [line for line in made if line.strip()])


def menus_joined(raw: str, chance: random.Random) -> str:
    """Runs of short lines on one line, or as a list with bullets."""
    separator, bullet = chance.choice([" | ", " ", " · ", " / ", "   "]), chance.choice(["* ", "- ", "• ", ""])
    made: list[str] = []
    run: list[str] = []

    def flush() -> None:
        if len(run) >= 3 and chance.random() < 0.8:
            made.append(separator.join(run))
        else:
            made.extend(f"{bullet}{line}" if len(run) > 1 else line for line in run)
        run.clear()

    for line in raw.split("\n"):
        if line.strip() and len(line) < 30:
            run.append(line)
        elif line.strip() or chance.random() < 0.2:
            flush()
            made.append(line)
        elif not run:
            made.append(line)
    flush()
    return "\n".join(made)


RENDERINGS: Mapping[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda raw, _: raw,
    "no blanks": without_blanks,
    "folded": folded,
    "links apart": links_apart,
    "menus joined": menus_joined,
}


def cut_down(parts: Sequence[Block], wanted: npt.NDArray[np.bool_], chance: random.Random) -> tuple[int, int]:
    """A stretch that is mostly article: from just before its first block to somewhere behind its beginning."""
    places = np.flatnonzero(wanted)
    if not len(places):
        return 0, len(parts)
    start = max(int(places[0]) - chance.choice([0, 0, 1, 2, 4, 8]), 0)
    stop = int(places[min(chance.choice([0, 2, 5, 10, 20, 10_000]), len(places) - 1)]) + 1
    return start, min(stop + chance.choice([0, 0, 1, 3, 8]), len(parts))


def wanted_blocks(
    texts: Sequence[str], text: str, tokens: Callable[[str], list[str]]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Which blocks are the wanted text's, by alignment of runs of three words; and how many words each has."""
    words = [tokens(part) for part in texts]
    flat = [word for part in words for word in part]
    found = bytearray(len(flat))
    matcher = difflib.SequenceMatcher(None, _triples(flat), _triples(tokens(text)), autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        if size:
            found[start : start + size + 2] = b"\1" * (size + 2)
    sizes = np.array([len(part) for part in words], np.int64)
    ends = np.cumsum(sizes)
    covered = np.concatenate(([0], np.cumsum(np.frombuffer(found, np.uint8).astype(np.int64))))
    share = (covered[ends] - covered[ends - sizes]) / np.maximum(sizes, 1)
    return share >= 0.5, sizes


def _triples(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[index : index + 3]) for index in range(max(len(words) - 2, 0))]


def tokens(text: str) -> list[str]:
    """Words as the scorer of the gold counts them."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())


def rows_of(gold: Path) -> list[dict[str, Any]]:
    """The rows of a gold.jsonl."""
    return [json.loads(line) for line in gold.read_text().strip("\n").split("\n")]


def read_gold(folder: Path) -> list[Source]:
    """The pages of the gold in every rendering."""
    known = rules({name: lexicon.load(name) for name in ("boilerplate", "outlets", "line_words")})
    sets = page_words(lexicon.load("boilerplate"))
    sources = []
    for row in rows_of(folder / "gold.jsonl"):
        raw = (folder / "docs" / f"{row['id']}.txt").read_bytes().decode()
        chance = random.Random(row["id"])
        examples: dict[str, Example] = {}
        for name, rendering in RENDERINGS.items():
            parts = blocks(raw_lines(rendering(raw, chance)))
            wanted, sizes = wanted_blocks([part.text for part in parts], row["text"], tokens)
            examples[name] = _example(parts, wanted, sizes, known, sets)
            if name == "as it is":
                start, stop = cut_down(parts, wanted, chance)
                spelled = spell([part.text for part in parts])
                bare = _example(parts[start:stop], wanted[start:stop], sizes[start:stop], known, sets)
        examples["bare"] = bare
        sources.append(Source(row["id"], site_of(row["host"]), raw, row["text"], examples, spelled))
    return sources


def _example(
    parts: Sequence[Block], wanted: npt.NDArray[np.bool_], sizes: npt.NDArray[np.int64], known: Rules, sets: WordSets
) -> Example:
    page = page_of([parts], [[known.judge(part.text) for part in parts]])
    return Example(page, shape_features(page, sets), wanted, sizes)


def spell(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text as `characters.count` cuts them, numbers as 0."""
    kinds, *_ = ch._tables()
    made = []
    for text in texts:
        words: list[str] = []
        held = ""
        for character in f"{text}\n":
            code = ord(character)
            kind = kinds[code] if code < len(kinds) else kinds[0xFFFD]
            if ch.LOWER <= kind <= ch.DIGIT:
                held += character
            elif held:
                is_number = all(kinds[ord(inner)] == ch.DIGIT for inner in held)
                words.append("0" if is_number else "".join(c.lower() if len(c.lower()) == 1 else c for c in held))
                held = ""
        made.append(words)
    return made


# --- words ------------------------------------------------------------------------------------------------------------


def texts_of(kind: str, words: Sequence[str]) -> list[str]:
    """What a block gives to the counts of a kind."""
    if kind == "word":
        return list(words)
    if kind == "pair":
        return [f"{first} {second}" for first, second in pairwise(words)]
    if kind == "first":
        return list(words[:1])
    return [" ".join(words)] if 0 < len(words) <= LONGEST_LINE else []


@dataclass(frozen=True)
class Counts:
    """For each kind: of texts that enough sites have, by site in how many blocks of page furniture and of an article;
    of all others together, by site, the damped counts."""

    common: Mapping[str, Mapping[str, Mapping[str, tuple[int, int]]]]
    others: Mapping[str, Mapping[str, npt.NDArray[np.float64]]]


def count_words(sources: Iterable[Source]) -> Counts:
    """In how many blocks of either sort each text stands, by site."""
    counts: dict[str, dict[str, dict[str, tuple[int, int]]]] = {kind: defaultdict(dict) for kind in WORD_KINDS}
    for source in sources:
        wanted = source.examples["as it is"].wanted.tolist()
        for words, is_wanted in zip(source.spelled, wanted, strict=True):
            for kind in WORD_KINDS:
                for text in texts_of(kind, words):
                    of_text = counts[kind][text]
                    clutter, article = of_text.get(source.site, (0, 0))
                    of_text[source.site] = (clutter, article + 1) if is_wanted else (clutter + 1, article)
    others: dict[str, dict[str, npt.NDArray[np.float64]]] = {
        kind: defaultdict(lambda: np.zeros(2)) for kind in WORD_KINDS
    }
    for kind, of_kind in counts.items():
        for of_text in of_kind.values():
            if len(of_text) < MIN_SITES[kind]:
                for site, pair in of_text.items():
                    others[kind][site] += np.log2(1 + np.array(pair))
    common = {
        kind: {text: of_text for text, of_text in of_kind.items() if len(of_text) >= MIN_SITES[kind]}
        for kind, of_kind in counts.items()
    }
    return Counts(common, others)


def weigh_words(counts: Counts, sites: set[str]) -> dict[str, dict[str, float]]:
    """For each kind the texts that speak for an article or against it, by these sites."""
    weights: dict[str, dict[str, float]] = {}
    for kind, of_kind in counts.common.items():
        sums: dict[str, npt.NDArray[np.float64]] = {}
        total = sum((pair for site, pair in counts.others[kind].items() if site in sites), np.zeros(2))
        for text, of_text in of_kind.items():
            pairs = [pair for site, pair in of_text.items() if site in sites]
            if pairs:
                damped = np.log2(1 + np.array(pairs)).sum(axis=0)
                total = total + damped
                if len(pairs) >= MIN_SITES[kind]:
                    sums[text] = damped
        prior = PRIOR * total / total.sum()
        chosen = {}
        for text, damped in sums.items():
            clutter, article = damped + prior
            weight = np.log(article / clutter) - np.log(total[1] / total[0])
            if abs(weight) > MIN_SIGNIFICANCE[kind] * np.sqrt(1 / article + 1 / clutter):
                chosen[text] = round(float(weight), 2)
        weights[kind] = chosen
    return weights


def weighed(weights: Mapping[str, Mapping[str, float]]) -> dict[str, Weighed]:
    """The same as the model looks them up."""
    made = {}
    for kind, of_kind in weights.items():
        hashes = hashes_of(kind, list(of_kind))
        order = np.argsort(hashes)
        made[kind] = Weighed(hashes[order], np.array(list(of_kind.values()))[order])
    return made


# --- the network ------------------------------------------------------------------------------------------------------

Layers = dict[str, Array]


def fresh(features: int, generator: np.random.Generator) -> Layers:
    """Matrices to begin with."""

    def normal(rows: int, columns: int, scale: float) -> Array:
        return (generator.standard_normal((rows, columns)) * np.sqrt(scale / rows)).astype(np.float32)

    layers = {"enter": normal(features, WIDTH, 2), "enter_bias": np.zeros(WIDTH, np.float32)}
    for number in range(len(REACH)):
        layers[f"look_{number}"] = normal(3 * WIDTH, WIDTH, 1)
        layers[f"look_{number}_bias"] = np.zeros(WIDTH, np.float32)
    layers["pool"] = normal(WIDTH, WIDTH, 0.25)
    layers["leave"] = normal(WIDTH, 1, 1)
    layers["leave_bias"] = np.zeros(1, np.float32)
    return layers


@dataclass(frozen=True)
class Batch:
    """Documents one after the other with rows of zeros between, so that no layer looks into a neighbour."""

    features: Array
    inside: Array
    """1 where a row is a block's."""
    starts: npt.NDArray[np.int64]
    document_of: npt.NDArray[np.int64]
    sizes: Array
    wanted: Array
    weights: Array


def packed(documents: Sequence[tuple[Array, Array, Array]]) -> Batch:
    """documents: features, wanted, weights of each."""
    gap = max(REACH)
    lengths = np.array([len(wanted) for _, wanted, _ in documents])
    starts = np.concatenate(([0], np.cumsum(lengths + gap)[:-1]))
    rows = int((lengths + gap).sum())
    features = np.zeros((rows, documents[0][0].shape[1]), np.float32)
    inside, wanted, weights = np.zeros((rows, 1), np.float32), np.zeros(rows, np.float32), np.zeros(rows, np.float32)
    for start, length, (of_features, of_wanted, of_weights) in zip(starts, lengths, documents, strict=True):
        place = slice(start, start + length)
        features[place], wanted[place], weights[place] = of_features, of_wanted, of_weights / len(documents)
        inside[place] = 1
    document_of = np.repeat(np.arange(len(documents)), lengths + gap)
    return Batch(features, inside, starts, document_of, lengths.astype(np.float32), wanted, weights)


def _moved(hidden: Array, rows: int) -> Array:
    moved = np.zeros_like(hidden)
    if rows > 0:
        moved[rows:] = hidden[:-rows]
    else:
        moved[:rows] = hidden[-rows:]
    return moved


def gradients(layers: Layers, batch: Batch, generator: np.random.Generator) -> Layers:
    """The gradient of the weighted log loss, with dropout."""

    def dropped(hidden: Array) -> tuple[Array, Array]:
        mask = (generator.random(hidden.shape, dtype=np.float32) > DROPOUT) * np.float32(1 / (1 - DROPOUT))
        return hidden * mask, mask

    inside, features = batch.inside, batch.features
    hidden, first_mask = dropped(np.maximum(features @ layers["enter"] + layers["enter_bias"], 0) * inside)
    entered, kept = hidden, []
    for number, reach in enumerate(REACH):
        sides = np.concatenate((_moved(hidden, reach), hidden, _moved(hidden, -reach)), axis=1)
        seen = np.maximum(sides @ layers[f"look_{number}"] + layers[f"look_{number}_bias"], 0) * inside
        added, mask = dropped(seen)
        kept.append((sides, seen, mask))
        hidden = hidden + added
        if number == POOLED_AFTER:
            mean = np.add.reduceat(hidden, batch.starts, axis=0) / batch.sizes[:, None]
            pooled = np.maximum(mean @ layers["pool"], 0)
            hidden = (hidden + pooled[batch.document_of]) * inside
    odds = (hidden @ layers["leave"] + layers["leave_bias"])[:, 0]
    error = ((1 / (1 + np.exp(-np.clip(odds, -50, 50))) - batch.wanted) * batch.weights).astype(np.float32)[:, None]
    made: Layers = {"leave": hidden.T @ error, "leave_bias": error.sum(axis=0)}
    back = error @ layers["leave"].T
    width = back.shape[1]
    for number in reversed(range(len(REACH))):
        reach = REACH[number]
        if number == POOLED_AFTER:
            back = back * inside
            of_pool = np.add.reduceat(back, batch.starts, axis=0) * (pooled > 0)
            made["pool"] = mean.T @ of_pool
            back = back + (of_pool @ layers["pool"].T / batch.sizes[:, None])[batch.document_of] * inside
        sides, seen, mask = kept[number]
        of_seen = back * (seen > 0) * mask
        made[f"look_{number}"], made[f"look_{number}_bias"] = sides.T @ of_seen, of_seen.sum(axis=0)
        of_sides = of_seen @ layers[f"look_{number}"].T
        back = back + of_sides[:, width : 2 * width]
        back = back + _moved(of_sides[:, :width], -reach) + _moved(of_sides[:, 2 * width :], reach)
    of_entered = back * (entered > 0) * first_mask
    made["enter"], made["enter_bias"] = features.T @ of_entered, of_entered.sum(axis=0)
    return made


def train(documents: Sequence[Mapping[str, tuple[Array, Array, Array]]], seed: int) -> Layers:
    """The network that fits the documents, each given in every rendering: Adam with decay, a falling rate."""
    generator = np.random.default_rng(seed)
    names = list(SHARES)
    layers = fresh(documents[0][names[0]][0].shape[1], generator)
    first = {name: np.zeros_like(matrix) for name, matrix in layers.items()}
    second = {name: np.zeros_like(matrix) for name, matrix in layers.items()}
    steps = EPOCHS * -(-len(documents) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = generator.permutation(len(documents))
        for start in range(0, len(order), BATCH):
            chosen = generator.choice(names, size=BATCH, p=list(SHARES.values()))
            batch = packed([documents[i][name] for i, name in zip(order[start : start + BATCH], chosen, strict=False)])
            step += 1
            rate = RATE * min(1, step / 50) * 0.5 * (1 + np.cos(np.pi * step / steps))
            for name, slope in gradients(layers, batch, generator).items():
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.99 * second[name] + 0.01 * slope**2
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.99**step)) + 1e-8)
                layers[name] = layers[name] - np.float32(rate) * (move + DECAY * layers[name] * (slope.ndim > 1))
    return layers


# --- the whole --------------------------------------------------------------------------------------------------------


def learn(sources: Sequence[Source], counts: Counts, sites: set[str]) -> tuple[Lexicon, Lexicon]:
    """The two data files as lexicons, from the pages of these sites."""
    chosen = [source for source in sources if source.site in sites]
    documents: list[dict[str, tuple[Array, Array, Array]]] = []
    for part in range(INNER):
        others = {site for site in sites if part_of(site, INNER, "words") != part}
        words = weighed(weigh_words(counts, others))
        for source in chosen:
            if part_of(source.site, INNER, "words") == part:
                documents.append({name: _seen(example, words) for name, example in source.examples.items()})
    everything = np.concatenate([document["as it is"][0] for document in documents])
    mean, deviation = everything.mean(axis=0), everything.std(axis=0) + 1e-3
    documents = [
        {
            name: (np.clip((features - mean) / deviation, -LIMIT, LIMIT).astype(np.float32), wanted, weights)
            for name, (features, wanted, weights) in document.items()
        }
        for document in documents
    ]
    scales = {"mean": mean, "deviation": deviation}
    networks = [train(documents, seed) for seed in range(NETWORKS)]
    return _model_rows([scales, *networks]), _word_rows(weigh_words(counts, sites))


def _seen(example: Example, words: Mapping[str, Weighed]) -> tuple[Array, Array, Array]:
    features = np.hstack((example.shape, word_features(example.page, words))).astype(np.float32)
    weights = (example.sizes + 1.0) ** 0.6
    return features, example.wanted.astype(np.float32), (weights / weights.sum()).astype(np.float32)


def _model_rows(networks: Sequence[Mapping[str, Array]]) -> Lexicon:
    rows = []
    for network, layers in enumerate(networks):
        for name, matrix in layers.items():
            steps = 1_000_000 if matrix.ndim == 1 else 511
            for number, values in enumerate(np.atleast_2d(matrix)):
                scale = float(f"{max(float(np.abs(values).max()), 1e-9) / steps:.6g}")
                whole = " ".join(str(round(float(value) / scale)) for value in values)
                place = {"matrix": name, "network": str(network), "row": str(number)}
                rows.append({**place, "scale": repr(scale), "values": whole, "source": SOURCE})
    return _lexicon("line_model", rows)


def _word_rows(weights: Mapping[str, Mapping[str, float]]) -> Lexicon:
    rows = [
        {"words": text, "kind": kind, "weight": str(weight), "source": SOURCE}
        for kind in WORD_KINDS
        for text, weight in sorted(weights[kind].items())
    ]
    return _lexicon("line_words", rows)


def _lexicon(name: str, rows: Sequence[Mapping[str, str]]) -> Lexicon:
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return Lexicon(name, digest, rows=tuple(rows))


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--leave-out", type=Path)
    parser.add_argument("--output", type=Path, default=lexicon.DATA)
    arguments = parser.parse_args()
    sources = read_gold(arguments.gold)
    left_out = {row["id"] for row in rows_of(arguments.leave_out)} if arguments.leave_out else set()
    held = {source.site for source in sources if source.id in left_out}
    for made in learn(sources, count_words(sources), {source.site for source in sources} - held):
        with (arguments.output / f"{made.name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(made.rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(made.rows)


if __name__ == "__main__":
    main()
