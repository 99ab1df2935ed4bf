"""The learned part of cleaning: how much each block of a page reads as its article.

A small convolutional network over the page's sequence of blocks: each block's features, then residual layers that look
1, 2, 4, 8 and 16 blocks back and ahead, then one number. The share of the page that is kept is chosen for the
greatest expected F1. Weights and words are plain data (`line_model.csv`, `line_words.csv`), made by
`benchmarks/train_clean.py`; plain matrix products run them. Each document is computed on its own, so its numbers do
not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kcpipe.clean import characters as ch
from kcpipe.clean.characters import Floats, Hashes, Integers
from kcpipe.clean.features import Page, WordSets, shape_features, word_sets
from kcpipe.clean.lines import Block
from kcpipe.lexicon import Lexicon, LexiconError, Lexicons

REACH = (1, 2, 4, 8, 16)
"""How far each layer looks, in blocks."""
POOLED_AFTER = 2
"""The layer behind which a block also sees the mean of its page."""
SOFTNESS = 2.0
"""The network is surer than it is right."""
LIMIT = 4.0
"""Standardised features are cut off here."""
_LONGEST_BLOCK = 20_000
"""Characters of a block that are looked at: what reads like an article so far will go on so."""
_GROUP_CHARACTERS = 400_000
"""Measured: larger groups fall out of the processor's cache."""
_PHRASE_ROLES = ("navigation", "furniture", "advertisement", "share", "comments")
_HEADING_ROLES = ("related", "comments", "furniture", "tags")
WORD_KINDS = ("word", "pair", "line", "first")


@dataclass(frozen=True, slots=True)
class Weighed:
    """Words with what they speak for: positive for an article, negative for page furniture."""

    hashes: Hashes
    """Sorted."""
    weights: Floats

    def of(self, hashes: Hashes) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The weights of these words, 0 for unknown ones; and which are known."""
        if not len(self.hashes):
            return np.zeros(len(hashes)), np.zeros(len(hashes), bool)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = self.hashes[places] == hashes
        return np.where(known, self.weights[places], 0.0), known


@dataclass(frozen=True, slots=True)
class LineModel:
    """Everything the network needs; `layers` are the matrices by name."""

    sets: WordSets
    words: Mapping[str, Weighed]
    layers: Mapping[str, Floats]


def page_of(documents: Sequence[Sequence[Block]]) -> Page:
    """What the features are made from, for the blocks of some documents."""
    blocks = [block for document in documents for block in document]
    before = [
        index == 0 or block.lines[0].number > document[index - 1].lines[-1].number + 1
        for document in documents
        for index, block in enumerate(document)
    ]
    return Page(
        counted=ch.count([block.text[:_LONGEST_BLOCK] for block in blocks]),
        document_of=np.repeat(np.arange(len(documents)), [len(document) for document in documents]),
        is_parted=np.array(before, bool),
        lines=np.array([len(block.lines) for block in blocks], np.int64),
    )


def word_features(page: Page, words: Mapping[str, Weighed]) -> Floats:
    """blocks × features: mean, greatest, least and damped sum of the weights of words and of pairs of words, the
    weight of the block's first word and of the whole block."""
    counted = page.counted
    number = len(page.document_of)
    follows = counted.line_of[1:] == counted.line_of[:-1]
    pairs = ch.pair_hashes(counted.forms[:-1], counted.forms[1:])[follows]
    columns = [
        *_summary(*words["word"].of(counted.forms), counted.line_of, number),
        *_summary(*words["pair"].of(pairs), counted.line_of[:-1][follows], number),
    ]
    whole, _ = words["line"].of(counted.keys)
    filled = np.flatnonzero(np.diff(counted.starts))
    first = np.zeros(number)
    first[filled], _ = words["first"].of(counted.forms[counted.starts[filled]])
    return np.column_stack([*columns, np.where(counted.keys == 0, 0.0, whole), first])


def _summary(weights: Floats, known: npt.NDArray[np.bool_], line_of: Integers, number: int) -> list[Floats]:
    count = np.maximum(np.bincount(line_of[known], minlength=number), 1)
    total = np.bincount(line_of, weights, minlength=number)
    greatest, least = np.zeros(number), np.zeros(number)
    if len(line_of):
        begins = np.flatnonzero(np.concatenate(([True], line_of[1:] != line_of[:-1])))
        greatest[line_of[begins]] = np.maximum(np.maximum.reduceat(weights, begins), 0)
        least[line_of[begins]] = np.minimum(np.minimum.reduceat(weights, begins), 0)
    return [total / count, greatest, least, total / np.sqrt(count)]


def scores(documents: Sequence[Sequence[Block]], model: LineModel) -> list[Floats]:
    """For each document the log-odds of each block that it is the article's."""
    made: list[Floats] = []
    for group in _groups(documents):
        filled = [document for document in group if document]
        odds = iter(_scores(filled, model) if filled else ())
        made += [next(odds) if document else np.zeros(0) for document in group]
    return made


def _groups(documents: Sequence[Sequence[Block]]) -> Iterator[list[Sequence[Block]]]:
    """The documents in order, as many together as memory should hold at once."""
    group: list[Sequence[Block]] = []
    size = 0
    for document in documents:
        own = sum(min(len(block.text), _LONGEST_BLOCK) for block in document)
        if group and size + own > _GROUP_CHARACTERS:
            yield group
            group, size = [], 0
        group.append(document)
        size += own
    if group:
        yield group


def _scores(documents: Sequence[Sequence[Block]], model: LineModel) -> Iterator[Floats]:
    page = page_of(documents)
    features = np.hstack((shape_features(page, model.sets), word_features(page, model.words)))
    layers = model.layers
    features = np.clip((features - layers["mean"]) / layers["deviation"], -LIMIT, LIMIT)
    borders = np.cumsum([len(document) for document in documents])[:-1]
    return (forward(part, layers) for part in np.split(features, borders))


def forward(features: Floats, layers: Mapping[str, Floats]) -> Floats:
    """The network on the standardised features of one document."""
    hidden = np.maximum(features @ layers["enter"] + layers["enter_bias"], 0)
    width = hidden.shape[1]
    for number, reach in enumerate(REACH):
        sides = np.zeros((len(hidden), 3 * width))
        sides[reach:, :width] = hidden[:-reach]
        sides[:, width : 2 * width] = hidden
        sides[:-reach, 2 * width :] = hidden[reach:]
        hidden = hidden + np.maximum(sides @ layers[f"look_{number}"] + layers[f"look_{number}_bias"], 0)
        if number == POOLED_AFTER:
            hidden = hidden + np.maximum(hidden.mean(axis=0) @ layers["pool"], 0)
    return (hidden @ layers["leave"] + layers["leave_bias"])[:, 0]


def chosen(log_odds: Floats, words: Sequence[int]) -> list[bool]:
    """Which blocks to keep for the greatest expected F1 over words: the most probable ones, as many as pay.

    words: how many each block holds. Blocks of one probability are taken in their order.
    """
    probability = 1 / (1 + np.exp(-np.clip(np.round(log_odds / SOFTNESS, 6), -50, 50)))
    size = np.asarray(words, np.float64)
    order = np.argsort(-probability, kind="stable")
    wanted = float((probability * size).sum())
    gain = 2 * np.cumsum((probability * size)[order]) / np.maximum(np.cumsum(size[order]) + wanted, 1e-9)
    keep = np.zeros(len(order), bool)
    if len(order):
        keep[order[: int(np.argmax(gain)) + 1]] = True
    return [bool(flag) for flag in keep]


def line_model(lexicons: Lexicons) -> LineModel:
    """The model of the lexicons `line_model` and `line_words`, and of the words and phrases of `boilerplate`.

    Raises LexiconError for a matrix or a kind of words that is missing.
    """
    return _read(lexicons["line_model"], lexicons["line_words"], lexicons["boilerplate"])


@lru_cache(maxsize=8)
def _read(weights: Lexicon, words: Lexicon, boilerplate: Lexicon) -> LineModel:
    rows: dict[str, list[Floats]] = {}
    for row in weights.rows:
        values = np.array(row["values"].split(), np.float64) * float(row["scale"])
        rows.setdefault(row["matrix"], []).append(values)
    by_kind: dict[str, list[tuple[str, float]]] = {kind: [] for kind in WORD_KINDS}
    try:
        for row in words.rows:
            by_kind[row["kind"]].append((row["words"], float(row["weight"])))
        layers = {name: values[0] if len(values) == 1 else np.vstack(values) for name, values in rows.items()}
        layers["leave"] = layers["leave"].reshape(-1, 1)
        for name in ("mean", "deviation", "enter", "pool", *(f"look_{number}" for number in range(len(REACH)))):
            layers[name]
    except KeyError as error:
        raise LexiconError(f"line_model or line_words: no {error}") from error
    return LineModel(
        sets=page_words(boilerplate),
        words={kind: _weighed(kind, rows) for kind, rows in by_kind.items()},
        layers=layers,
    )


def page_words(boilerplate: Lexicon) -> WordSets:
    """The words and phrases of the lexicon that features count."""
    data = boilerplate.rules

    def of(section: str, roles: Sequence[str]) -> list[list[str]]:
        return [
            [words for entry in data[section] if entry["role"] == role for words in entry["words"]] for role in roles
        ]

    headings = of("section", _HEADING_ROLES)
    headings[_HEADING_ROLES.index("comments")].extend(data["comment_headings"]["words"])
    return word_sets(data["prose"]["words"], data["dates"]["months"], of("phrase", _PHRASE_ROLES), headings)


def _weighed(kind: str, rows: Sequence[tuple[str, float]]) -> Weighed:
    hashes = hashes_of(kind, [words for words, _ in rows])
    order = np.argsort(hashes)
    return Weighed(hashes[order], np.array([weight for _, weight in rows])[order])


def hashes_of(kind: str, texts: Sequence[str]) -> Hashes:
    """The hashes by which words of a kind are found; "0" stands for any number."""
    counted = ch.count(texts)
    if kind == "line":
        return counted.keys
    starts = counted.starts[:-1]
    if kind == "pair":
        return ch.pair_hashes(counted.forms[starts], counted.forms[starts + 1])
    return counted.forms[starts]
