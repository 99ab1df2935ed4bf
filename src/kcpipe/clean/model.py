"""The learned part of cleaning: how much each block of a page reads as its article.

A few small convolutional networks over the page's sequence of blocks: each block's features, then residual layers that
look 1, 2, 4, 8 and 16 blocks back and ahead, then one number; what counts is the mean of the networks, which differ
only in what they began with. The share of the page that is kept is chosen for the greatest expected F1. Weights and
words are plain data (`line_model.csv`, `line_words.csv`), made by `benchmarks/train_clean.py`; plain matrix products
run them. Each document is computed on its own, so its numbers do not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kcpipe.clean import characters as ch
from kcpipe.clean.characters import Floats, Hashes, Integers
from kcpipe.clean.features import ROLES, Page, Singles, WordSets, shape_features
from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Verdict
from kcpipe.lexicon import Lexicon, LexiconError, Lexicons

REACH = (1, 2, 4, 8, 16)
"""How far each layer looks, in blocks."""
LAYERS = (
    *("enter", "enter_bias", "pool", "leave", "leave_bias"),
    *(f"look_{number}{part}" for number in range(len(REACH)) for part in ("", "_bias")),
)
POOLED_AFTER = 2
"""The layer behind which a block also sees the mean of its page."""
SOFTNESS = 2.2
"""The network is surer than it is right."""
LIMIT = 4.0
"""Standardised features are cut off here."""
_LONGEST_BLOCK = 20_000
"""Characters of a block that are looked at: what reads like an article so far will go on so."""
_GROUP_CHARACTERS = 400_000
"""Measured: larger groups fall out of the processor's cache."""
_CODES = {role: code for code, role in enumerate(ROLES, start=1)}
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
    """Everything the networks need."""

    sets: WordSets
    words: Mapping[str, Weighed]
    mean: Singles
    deviation: Singles
    layers: Mapping[str, Singles]
    """Matrices by name, each with one more axis in front: the network."""


def page_of(documents: Sequence[Sequence[Block]], judged: Sequence[Sequence[Verdict | None]]) -> Page:
    """What the features are made from, for the blocks of some documents and what the rules say of them."""
    verdicts = [verdict for document in judged for verdict in document]
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
        roles=np.array([0 if verdict is None else _CODES.get(verdict.role, 0) for verdict in verdicts], np.int64),
        opens=np.array([verdict is not None and verdict.is_heading for verdict in verdicts], bool),
    )


def word_features(page: Page, words: Mapping[str, Weighed]) -> Singles:
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
    columns += [np.where(counted.keys == 0, 0.0, whole), first]
    return np.column_stack([column.astype(np.float32) for column in columns])


def _summary(weights: Floats, known: npt.NDArray[np.bool_], line_of: Integers, number: int) -> list[Floats]:
    count = np.maximum(np.bincount(line_of[known], minlength=number), 1)
    total = np.bincount(line_of, weights, minlength=number)
    greatest, least = np.zeros(number), np.zeros(number)
    if len(line_of):
        begins = np.flatnonzero(np.concatenate(([True], line_of[1:] != line_of[:-1])))
        greatest[line_of[begins]] = np.maximum(np.maximum.reduceat(weights, begins), 0)
        least[line_of[begins]] = np.minimum(np.minimum.reduceat(weights, begins), 0)
    return [total / count, greatest, least, total / np.sqrt(count)]


def scores(
    documents: Sequence[Sequence[Block]], judged: Sequence[Sequence[Verdict | None]], model: LineModel
) -> list[Floats]:
    """For each document the log-odds of each block that it is the article's.

    judged: what the rules say of each block (`Rules.judge`).
    """
    made: list[Floats] = []
    for group in _groups(documents):
        filled = [index for index in group if documents[index]]
        odds = iter(_scores([documents[i] for i in filled], [judged[i] for i in filled], model) if filled else ())
        made += [next(odds) if documents[index] else np.zeros(0) for index in group]
    return made


def _groups(documents: Sequence[Sequence[Block]]) -> Iterator[list[int]]:
    """The documents' indices in order, as many together as memory should hold at once."""
    group: list[int] = []
    size = 0
    for index, document in enumerate(documents):
        own = sum(min(len(block.text), _LONGEST_BLOCK) for block in document)
        if group and size + own > _GROUP_CHARACTERS:
            yield group
            group, size = [], 0
        group.append(index)
        size += own
    if group:
        yield group


def _scores(
    documents: Sequence[Sequence[Block]], judged: Sequence[Sequence[Verdict | None]], model: LineModel
) -> Iterator[Floats]:
    page = page_of(documents, judged)
    features = np.hstack((shape_features(page, model.sets), word_features(page, model.words)))
    features -= model.mean
    features /= model.deviation
    np.clip(features, -LIMIT, LIMIT, out=features)
    borders = np.cumsum([len(document) for document in documents])[:-1]
    return (forward(part, model.layers) for part in np.split(features, borders))


def forward(features: Singles, layers: Mapping[str, Singles]) -> Floats:
    """The mean of the networks on the standardised features of one document."""
    hidden = np.maximum(features @ layers["enter"] + layers["enter_bias"], 0)
    width = hidden.shape[2]
    for number, reach in enumerate(REACH):
        look = layers[f"look_{number}"]
        seen = hidden @ look[:, width : 2 * width] + layers[f"look_{number}_bias"]
        seen[:, reach:] += hidden[:, :-reach] @ look[:, :width]
        seen[:, :-reach] += hidden[:, reach:] @ look[:, 2 * width :]
        hidden += np.maximum(seen, 0, out=seen)
        if number == POOLED_AFTER:
            hidden += np.maximum(hidden.mean(axis=1, keepdims=True) @ layers["pool"], 0)
    odds: Singles = hidden @ layers["leave"] + layers["leave_bias"]
    mean: Floats = odds[:, :, 0].mean(axis=0).astype(np.float64)
    return mean


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
    by_kind: dict[str, list[tuple[str, float]]] = {kind: [] for kind in WORD_KINDS}
    rows: dict[str, dict[str, list[Singles]]] = {}
    for row in weights.rows:
        values = np.array(row["values"].split(), np.float32) * np.float32(row["scale"])
        rows.setdefault(row["matrix"], {}).setdefault(row["network"], []).append(values)
    try:
        for row in words.rows:
            by_kind[row["kind"]].append((row["words"], float(row["weight"])))
        matrices = {
            name: np.stack([np.vstack(of_network) for of_network in rows[name].values()])
            for name in ("mean", "deviation", *LAYERS)
        }
    except KeyError as error:
        raise LexiconError(f"line_model or line_words: no {error}") from error
    return LineModel(
        sets=page_words(boilerplate),
        words={kind: _weighed(kind, rows) for kind, rows in by_kind.items()},
        mean=matrices.pop("mean")[0, 0],
        deviation=matrices.pop("deviation")[0, 0],
        layers=matrices,
    )


def page_words(boilerplate: Lexicon) -> WordSets:
    """The function words and the names of months of the lexicon."""
    data = boilerplate.rules
    return WordSets(
        prose=np.sort(ch.word_hashes(data["prose"]["words"])), months=np.sort(ch.word_hashes(data["dates"]["months"]))
    )


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
