"""Tokens as vectors, the larger part of the model's work: the network `Tok2Vec` without what only its training needs.

It embeds each word, whatever stands around it, and then looks at a word's neighbours in a few layers
(https://explosion.ai/blog/deep-learning-formula-nlp). A word's embedding is worked out once and remembered. The layers
are those of `spacy.MaxoutWindowEncoder.v2` step by step, in arrays that lie as they are read and are used again, where
thinc allocates new ones at every step for the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

Floats = npt.NDArray[np.float32]
Word = tuple[int, int, int]
"""The values of _SEEN of a token: the rest of what is embedded of it follows from its letters."""
_SEEN: list[int | str] = ["ORTH", "NORM", "SPACY"]

MOST_WORDS = 50_000
"""So many words are remembered, in some 20 megabytes; then it begins anew."""
_AT_ONCE = 64
"""Words are embedded so many at once, never more or fewer: the last bits of sums depend on the shape of the arrays, but
the embedding of a word must not depend on which others were new."""
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


class _Embedding:
    """What a network knows of words by themselves."""

    def __init__(self, layer: Any, vocab: Vocab) -> None:
        self._layer, self._vocab = layer, vocab
        self._known: dict[Word, Floats] = {}

    def embed(self, docs: Sequence[Doc]) -> list[Floats]:
        """For each document a row for each of its tokens."""
        words: list[Word] = [(*word,) for doc in docs for word in doc.to_array(_SEEN).tolist()]
        if len(self._known) > MOST_WORDS:
            self._known.clear()
        self._learn([word for word in dict.fromkeys(words) if word not in self._known])
        rows = np.stack([self._known[word] for word in words])
        return np.split(rows, np.cumsum([len(doc) for doc in docs])[:-1])

    def _learn(self, words: Sequence[Word]) -> None:
        for first in range(0, len(words), _AT_ONCE):
            new = words[first : first + _AT_ONCE]
            rows = self._worked_out([*new, *[new[-1]] * (_AT_ONCE - len(new))])
            self._known.update(zip(new, rows, strict=False))

    def _worked_out(self, words: Sequence[Word]) -> Floats:
        from spacy.tokens import Doc  # noqa: PLC0415 - takes seconds

        spelled = [self._vocab.strings[orth] for orth, _, _ in words]
        doc = Doc(self._vocab, words=spelled, spaces=[bool(space) for *_, space in words])
        for token, (_, norm, _) in zip(doc, words, strict=True):
            token.norm_ = self._vocab.strings[norm]
        rows: Floats
        [rows] = self._layer.predict([doc])
        return rows


class _Layer(NamedTuple):
    """Weights of a step: what a row and its neighbours are multiplied with, and what is added; gain and bias after."""

    weights: Floats
    bias: Floats
    gain: Floats
    shift: Floats


class _Encoder:
    """The layers that look at a word's neighbours."""

    def __init__(self, encode: Any) -> None:
        nodes = list(encode.walk())
        self._pad: int = encode.attrs["pad"]
        self._pieces: int = next(node.get_dim("nP") for node in nodes if node.name == "maxout")
        self._layers = [
            _Layer(*_by_piece(one.get_param("W"), one.get_param("b")), two.get_param("G"), two.get_param("b"))
            for one, two in zip(
                (node for node in nodes if node.name == "maxout"),
                (node for node in nodes if node.name == "layernorm"),
                strict=True,
            )
        ]

    def encode(self, documents: Sequence[Floats]) -> list[Floats]:
        """The rows of each document, changed by those around them; documents do not see each other."""
        lengths = [len(rows) for rows in documents]
        starts = np.cumsum([self._pad, *(length + self._pad for length in lengths)]).tolist()
        count, width = starts[-1], documents[0].shape[1]
        rows = np.zeros((count + 2, width), np.float32)  # one more at either end: neighbours of the outermost
        inner = rows[1:-1]
        for start, document in zip(starts, documents, strict=False):
            inner[start : start + len(document)] = document
        windows = np.empty((count, 3 * width), np.float32)
        products = np.empty((count, self._pieces * width), np.float32)
        for layer in self._layers:
            np.concatenate((rows[:-2], inner, rows[2:]), axis=1, out=windows)
            np.dot(windows, layer.weights, out=products)
            products += layer.bias
            inner += _normal(products.reshape(count, self._pieces, width).max(axis=1), layer)
        return [inner[start : start + length] for start, length in zip(starts, lengths, strict=False)]


def _by_piece(weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """Weights of shape (outputs, pieces, inputs) and their bias so that a product's columns stand piece by piece."""
    outputs, pieces, inputs = weights.shape
    turned = weights.transpose(1, 0, 2).reshape(pieces * outputs, inputs).T
    return np.ascontiguousarray(turned), np.ascontiguousarray(bias.T.reshape(-1))


def _normal(rows: Floats, layer: _Layer) -> Floats:
    """Rows of mean 0 and variance 1, then with the layer's gain and shift; in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1]) + _TINY
    rows *= (variance ** np.float32(-0.5))[:, None]
    rows *= layer.gain
    rows += layer.shift
    return rows
