"""Tokens as vectors, the larger part of the model's work: the network `Tok2Vec` without what only its training needs.

It embeds each word, whatever stands around it, and then looks at a word's neighbours in a few layers
(https://explosion.ai/blog/deep-learning-formula-nlp). A word's embedding is worked out once and remembered, from tables
that hold what their rows would be multiplied with. The layers are those of `spacy.MaxoutWindowEncoder.v2` step by step,
in arrays that lie as they are read, where thinc keeps what it would need for the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from kcpipe.parse.distinct import Numbers, distinct

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

Floats = npt.NDArray[np.float32]
_SEEN: list[int | str] = ["ORTH", "NORM", "SPACY"]
"""What tells words apart: the rest of what is embedded of one follows from its letters."""

MOST_WORDS = 50_000
"""So many words are remembered, in some 20 megabytes for each network; then it begins anew."""
_TINY = np.float32(1e-8)
"""What thinc adds to a variance."""


def make_quick(network: Any, tok2vec: Any, vocab: Vocab) -> None:
    """Put quick layers in the place of those of a node `Tok2Vec` of a network."""
    from thinc.api import Model  # noqa: PLC0415 - comes with spaCy, which takes seconds

    embed, encode = tok2vec.get_ref("embed"), tok2vec.get_ref("encode")
    embedding, encoder = _Embedding(embed, vocab), _Encoder(encode)

    def step(name: str, function: Callable[[Any], list[Floats]]) -> Any:
        def forward(_: Any, given: Any, is_train: bool) -> tuple[list[Floats], Any]:  # noqa: ARG001 - thinc's names
            return function(given), _no_way_back

        return Model(name, forward)

    network.replace_node(embed, step("embedding", embedding.embed))
    network.replace_node(encode, step("encoder", encoder.encode))


def _no_way_back(_: object) -> object:
    raise NotImplementedError("this model cannot be trained")


class _Layer(NamedTuple):
    """A layer of maxout: `pieces` products for each number that comes out, the largest of which is taken.

    weights: of shape (inputs, pieces, outputs), the bias as the last of the inputs; gain and shift come after.
    """

    weights: Floats
    gain: Floats
    shift: Floats

    @property
    def flat(self) -> Floats:
        """The weights with the outputs piece by piece, one behind the other."""
        return self.weights.reshape(len(self.weights), -1)

    def chosen(self, products: Floats) -> Floats:
        """The largest of each product's pieces, every row then of mean 0 and variance 1, with gain and shift."""
        _, pieces, outputs = self.weights.shape
        by_piece = products.reshape(-1, pieces, outputs)
        rows = np.maximum(by_piece[:, 0], by_piece[:, 1])
        for piece in range(2, pieces):
            np.maximum(rows, by_piece[:, piece], out=rows)
        rows -= (rows @ np.full(outputs, 1 / outputs, np.float32))[:, None]  # a product is quicker than a mean
        variance = np.vecdot(rows, rows) / np.float32(outputs) + _TINY
        rows *= (variance ** np.float32(-0.5))[:, None]
        rows *= self.gain
        rows += self.shift
        return rows


def _layers(node: Any) -> Iterator[_Layer]:
    """The layers of maxout below a node, each with the norm behind it."""
    nodes = list(node.walk())
    maxouts, norms = ([node for node in nodes if node.name == name] for name in ("maxout", "layernorm"))
    for maxout, norm in zip(maxouts, norms, strict=True):
        weights = np.concatenate((maxout.get_param("W"), maxout.get_param("b")[:, :, None]), axis=2)
        yield _Layer(np.ascontiguousarray(weights.transpose(2, 1, 0)), norm.get_param("G"), norm.get_param("b"))


class _Table(NamedTuple):
    """What one attribute of a word adds to the products: the sum of the rows that four hashes of its value name."""

    attribute: str
    seed: int
    products: Floats


class _Embedding:
    """What a network knows of words by themselves.

    It looks up rows for a word's attributes and its vector, puts them side by side and multiplies them with the
    weights of one layer. That is the sum of what each is alone, so the rows are multiplied beforehand.
    """

    def __init__(self, node: Any, vocab: Vocab) -> None:
        self._vocab = vocab
        nodes = list(node.walk())
        [self._layer] = _layers(node)
        [features] = [each.attrs["columns"] for each in nodes if each.name == "extract_features"]
        hashed = [each for each in nodes if each.name == "hashembed"]
        [static] = [each for each in nodes if each.name == "static_vectors"]
        width = self._layer.weights.shape[2]
        *parts, self._bias = np.split(self._layer.flat, range(width, len(self._layer.flat), width))
        self._tables = [
            _Table(name, each.attrs["seed"], each.get_param("E") @ part)
            for name, each, part in zip(features, hashed, parts, strict=False)
        ]
        self._vectors: Floats = vocab.vectors.data @ (static.get_param("W").T @ parts[-1])
        self._places: dict[int, int] = {}
        self._rows = np.empty((0, width), np.float32)

    def embed(self, docs: Sequence[Doc]) -> list[Floats]:
        """For each document a row for each of its tokens."""
        if len(self._places) > MOST_WORDS:
            self._places.clear()
        seen = np.concatenate([doc.to_array([*_SEEN, *(table.attribute for table in self._tables)]) for doc in docs])
        words = distinct(seen[:, : len(_SEEN)])
        new, firsts = words.new_to(self._places)
        self._learn(new, seen[firsts])
        places = np.array([self._places[word] for word in words.keys])
        rows = self._rows[places[words.of_rows]]
        borders = np.cumsum([0, *(len(doc) for doc in docs)]).tolist()
        return [rows[start:end] for start, end in pairwise(borders)]

    def _learn(self, words: Sequence[int], seen: Numbers) -> None:
        first = len(self._places)
        self._places.update(zip(words, range(first, first + len(words)), strict=True))
        if len(self._places) > len(self._rows):
            self._rows.resize((2 * len(self._places), self._rows.shape[1]), refcheck=False)
        self._rows[first : len(self._places)] = self._worked_out(seen)

    def _worked_out(self, seen: Numbers) -> Floats:
        """The embeddings of words: each row by itself, so that none depends on which others were new."""
        from thinc.api import NumpyOps  # noqa: PLC0415

        products = np.repeat(self._bias, len(seen), axis=0)
        vectors = self._vocab.vectors.find(keys=seen[:, 0].tolist())
        products[vectors >= 0] += self._vectors[vectors[vectors >= 0]]
        for table, values in zip(self._tables, seen.T[len(_SEEN) :], strict=True):
            hashes = NumpyOps().hash(np.ascontiguousarray(values), table.seed)
            products += table.products[hashes % len(table.products)].sum(axis=1)
        return self._layer.chosen(products)


class _Encoder:
    """The layers that look at a word's neighbours."""

    def __init__(self, node: Any) -> None:
        self._pad: int = node.attrs["pad"]
        self._layers = list(_layers(node))

    def encode(self, documents: Sequence[Floats]) -> list[Floats]:
        """The rows of each document, changed by those around them; documents do not see each other."""
        lengths = [len(rows) for rows in documents]
        starts = np.cumsum([self._pad, *(length + self._pad for length in lengths)]).tolist()
        count, width = starts[-1], documents[0].shape[1]
        rows = np.zeros((count + 2, width), np.float32)  # one more at either end: neighbours of the outermost
        inner = rows[1:-1]
        for start, document in zip(starts, documents, strict=False):
            inner[start : start + len(document)] = document
        threes = sliding_window_view(rows.reshape(-1), 3 * width)[::width]
        windows = np.ones((count, 3 * width + 1), np.float32)  # the last is the bias's
        for layer in self._layers:
            windows[:, :-1] = threes
            inner += layer.chosen(windows @ layer.flat)
        return [inner[start : start + length] for start, length in zip(starts, lengths, strict=False)]
