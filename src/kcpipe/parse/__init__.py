"""Tokens, tags, dependencies and raw entity labels: the only stage that calls the language model.

Each sentence is analysed on its own: measured on news, 99.8 % of heads and labels are those of the whole paragraph,
and a sentence then never depends on its neighbours. The sentences of one document make one batch of the model,
because floating-point sums differ in their last bits with the shape of a batch: so a document's tokens are the
same whatever else is read in the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.parse.headlines import is_clause, is_title_case, lower_cased, may_have_verb, with_verb
from kcpipe.tables import TABLES, conform, empty

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# The model was trained on straight quotation marks and plain spaces; one character for one, so offsets stay.
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "})


_MAKE_TREES = frozenset({"tok2vec", "tagger", "parser"})
# What is taken of a token, by the model's names; the words of the others stand in the text.
_NUMBERS = ("IDX", "LENGTH", "HEAD", "ENT_IOB")
_WORDS = {
    "lemma": "LEMMA",
    "part_of_speech": "POS",
    "tag": "TAG",
    "dependency": "DEP",
    "entity_label": "ENT_TYPE",
}
_BEGINS = 3
"""ENT_IOB of the first token of an entity."""

MOST_WORDS = 100_000
"""What it finds out of so many words the model keeps, in some 50 megabytes; of later ones until their batch ends."""

Numbers = npt.NDArray[np.uint64]


class Parse(NamedTuple):
    """What `parse` makes."""

    tokens: pa.Table


def parse(*, clean_documents: pa.Table, sentences: pa.Table, model: Language) -> Parse:
    """The tokens of every sentence.

    clean_documents, sentences: tables of those names. model: a spaCy pipeline with tagger, parser, lemmatizer and
    entity recogniser. Offsets are clean (documents.text); `head` and `token_number` count from 0 in the sentence.
    """
    texts: Mapping[str, str] = dict(
        zip(clean_documents.column("document_id").to_pylist(), clean_documents.column("text").to_pylist(), strict=True)
    )
    spans: dict[str, list[tuple[int, int, int]]] = {}
    columns = ("document_id", "sentence_number", "char_start", "char_end")
    for document_id, *span in zip(*(sentences.column(name).to_pylist() for name in columns), strict=True):
        spans.setdefault(document_id, []).append((span[0], span[1], span[2]))
    parts = []
    # Of the words that came first, the most frequent of a language among them, the model keeps what it found out.
    with nullcontext() if len(model.vocab) < MOST_WORDS else model.memory_zone():
        for document_id, of_document in spans.items():
            text = texts[document_id]
            analysed = _analysed([text[start:end].translate(_PLAIN) for _, start, end in of_document], model)
            parts.append(_tokens(document_id, text, of_document, analysed))
        tokens = _spelled(pa.concat_tables(parts), model.vocab.strings) if parts else empty(TABLES["tokens"])
    return Parse(conform(TABLES["tokens"], tokens))


def _analysed(texts: Sequence[str], model: Language) -> list[Doc]:
    """The texts as the model reads them, headlines In Title Case with their common words in lower case.

    What has no verb in a tense then was no headline but a name, and what ends in a full stop is a sentence full of
    names. Of a line without a verb that one of its nouns may be, the reading in which it is.
    """
    make_trees = [step for name, step in model.pipeline if name in _MAKE_TREES]
    others = [step for name, step in model.pipeline if name not in _MAKE_TREES]
    found = _read(map(model.make_doc, texts), [*make_trees, *others])
    in_title_case = [place for place, text in enumerate(texts) if is_title_case(text)]
    cased = {place: lower_cased(found[place], _common_words(model)) for place in in_title_case}
    changed = {place: text for place, text in cased.items() if text != texts[place]}
    trees = dict(zip(changed, _read(map(model.make_doc, changed.values()), make_trees), strict=True))
    clauses = {place: doc for place, doc in trees.items() if is_clause(doc)}
    for place, doc in zip(clauses, _read(clauses.values(), others), strict=True):
        found[place] = doc
    for place in [place for place, doc in enumerate(found) if may_have_verb(doc)]:
        found[place] = with_verb(trees.get(place, found[place]), model) or found[place]
    return found


def _read(docs: Iterable[Doc], steps: Iterable[Any]) -> list[Doc]:
    """The documents as the steps leave them, all as one batch: what the parsers are told they cut into four."""
    batch = list(docs)
    for step in steps if batch else ():
        batch = list(step.pipe(batch, batch_size=4 * len(batch)))
    return batch


@cache
def _common_words(model: Language) -> frozenset[str]:
    """The model's index of English words."""
    index = model.get_pipe("lemmatizer").lookups.get_table("lemma_index")  # type: ignore[attr-defined]
    return frozenset().union(*index.values())


def _tokens(
    document_id: str, text: str, sentences: Sequence[tuple[int, int, int]], analysed: Sequence[Doc]
) -> pa.Table:
    """The rows of one document, words as the hashes that the model has for them (`_spelled`).

    Whole columns at a time, for of nothing else there are so many.
    """
    lengths = [len(doc) for doc in analysed]
    numbers = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    found = np.concatenate([doc.to_array([*_NUMBERS, *_WORDS.values()]) for doc in analysed])
    values = dict(zip((*_NUMBERS, *_WORDS), found.T, strict=True))
    starts = np.repeat([start for _, start, _ in sentences], lengths) + values["IDX"].astype(np.int64)
    ends = starts + values["LENGTH"].astype(np.int64)
    columns: dict[str, Any] = {
        "document_id": pa.repeat(document_id, len(numbers)),
        "sentence_number": np.repeat([number for number, _, _ in sentences], lengths).astype(np.int32),
        "token_number": numbers,
        "char_start": starts.astype(np.int32),
        "char_end": ends.astype(np.int32),
        "text": [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)],
        # Told from the token, in two's complement.
        "head": numbers + values["HEAD"].astype(np.int64).astype(np.int32),
        "entity_begins": values["ENT_IOB"] == _BEGINS,
        **{name: values[name] for name in _WORDS},
    }
    return pa.table(columns)


def _spelled(tokens: pa.Table, strings: Any) -> pa.Table:
    """The rows with the words that the hashes stand for."""
    for name in _WORDS:
        known, places = np.unique(tokens.column(name).to_numpy(), return_inverse=True)
        words = pa.array([strings[found] if found else "" for found in known.tolist()], pa.string())
        if name == "lemma":
            words = pc.utf8_lower(words)
        tokens = tokens.set_column(tokens.column_names.index(name), name, words.take(pa.array(places)))
    return tokens
