"""The parse as stages ask it: documents with their sentences, each a tree of tokens.

Every stage that looks at grammar reads the same three tables; here they become objects once. What only one stage asks
(who is the subject, what is a headline, who speaks) stays in that stage.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from kcpipe.tables import in_order

FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
"""Tags of verbs that carry a tense."""
_TOKEN_VALUES = (
    "token_number",
    "char_start",
    "char_end",
    "text",
    "lemma",
    "part_of_speech",
    "tag",
    "dependency",
    "head",
    "entity_label",
    "entity_begins",
)
_SENTENCE_KEY = ("document_id", "sentence_number")
_SENTENCE_VALUES = ("char_start", "char_end", "paragraph_number", "role")


class Token(NamedTuple):
    """One row of `tokens`. Offsets are clean; `number` is its place in the sentence, `head` that of its head."""

    number: int
    start: int
    end: int
    text: str
    lemma: str
    part_of_speech: str
    tag: str
    dependency: str
    head: int
    entity_label: str
    entity_begins: bool

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb in any form."""
        return self.tag.startswith("VB")

    @property
    def is_word(self) -> bool:
        """Whether it holds a letter or a digit."""
        return any(character.isalnum() for character in self.text)


_AS_TOKEN = partial(tuple.__new__, Token)
"""A token of its values, which is what `Token._make` does, without a call for each."""


@dataclass(frozen=True)
class Sentence:
    """One sentence as a tree of its tokens (none when it was not parsed); offsets are clean.

    Where a span [start, end) is asked for, it is one of the clean text, and the answer is in the order of the text.
    """

    document_id: str
    number: int
    start: int
    end: int
    text: str
    paragraph: int
    role: str
    tokens: tuple[Token, ...]

    @cached_property
    def _children(self) -> list[list[Token]]:
        children: list[list[Token]] = [[] for _ in self.tokens]
        for token in self.tokens:
            if token.head != token.number:
                children[token.head].append(token)
        return children

    @cached_property
    def _ends(self) -> list[int]:
        return [token.end for token in self.tokens]

    def children(self, token: Token, *dependencies: str) -> list[Token]:
        """Its dependents, in the order of the text; only those with one of the dependencies, when given."""
        children = self._children[token.number]
        return [child for child in children if child.dependency in dependencies] if dependencies else children.copy()

    def child(self, token: Token, *dependencies: str) -> Token | None:
        """The first of its dependents with one of the dependencies."""
        return next((child for child in self._children[token.number] if child.dependency in dependencies), None)

    def head(self, token: Token) -> Token | None:
        """Its head, None for the root."""
        return None if token.head == token.number else self.tokens[token.head]

    @property
    def roots(self) -> list[Token]:
        """The tokens that hang on no other: one, or several where the parser found no tree over all."""
        return [token for token in self.tokens if token.head == token.number]

    def has_tense(self, verb: Token) -> bool:
        """Whether a verb, or an auxiliary of it, carries a tense."""
        return any(word.tag in FINITE for word in (verb, *self.children(verb, "aux", "auxpass")))

    def ancestors(self, token: Token) -> Iterator[Token]:
        """Its head, the head of that, up to the root."""
        while token.head != token.number:
            token = self.tokens[token.head]
            yield token

    def subtree(self, token: Token, without: Collection[str] = ()) -> list[Token]:
        """The token and all that hangs on it, but for the branches that hang by a dependency of `without`."""
        found: list[Token] = []
        waiting = [token]
        while waiting:
            found.append(waiting.pop())
            waiting += [child for child in self._children[found[-1].number] if child.dependency not in without]
        return sorted(found)

    def at(self, char: int) -> Token | None:
        """The token that holds a character."""
        return next(iter(self.touching(char, char + 1)), None)

    def touching(self, start: int, end: int) -> list[Token]:
        """The tokens that share a character with the span."""
        tokens = self.tokens[bisect_right(self._ends, start) : bisect_left(self._ends, end) + 1]
        return [token for token in tokens if token.start < end]

    def within(self, start: int, end: int) -> list[Token]:
        """The tokens that lie in the span."""
        return [token for token in self.touching(start, end) if start <= token.start and token.end <= end]

    def covering(self, start: int, end: int) -> Token | None:
        """The token that heads the span: the first within it whose own head lies outside."""
        inside = self.within(start, end)
        numbers = {token.number for token in inside}
        return next((token for token in inside if token.head == token.number or token.head not in numbers), None)


@dataclass(frozen=True)
class Document:
    """One clean text with its sentences in order."""

    document_id: str
    text: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def position_at(self, offset: int) -> int:
        """The place in `sentences` of the one in which, or behind which, a character stands."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence in which, or behind which, a character stands."""
        return self.sentences[self.position_at(offset)]

    def sentence_of(self, start: int, end: int) -> Sentence | None:
        """The sentence that holds the whole span."""
        sentence = self.sentence_at(start)
        return sentence if sentence.start <= start and end <= sentence.end else None


def documents(clean_documents: pa.Table, sentences: pa.Table, tokens: pa.Table) -> Iterator[Document]:
    """The documents that have sentences, in the order of `clean_documents`.

    Tables of those names; the rows of the other two in any order. Raises KeyError for sentences of no document.
    """
    of_sentence = _of_sentences(tokens)
    texts: dict[str, str] = dict(
        zip(clean_documents.column("document_id").to_pylist(), clean_documents.column("text").to_pylist(), strict=True)
    )
    of_document: dict[str, list[Sentence]] = {}
    ordered = in_order(sentences, _SENTENCE_KEY)
    for row in zip(*_listed(ordered, (*_SENTENCE_KEY, *_SENTENCE_VALUES)), strict=True):
        document_id, number, start, end, paragraph, role = row
        parsed = of_sentence.get((document_id, number), ())
        of_document.setdefault(document_id, []).append(
            Sentence(document_id, number, start, end, texts[document_id][start:end], paragraph, role, parsed)
        )
    for document_id, text in texts.items():
        if document_id in of_document:
            yield Document(document_id, text, tuple(of_document[document_id]))


def _of_sentences(tokens: pa.Table) -> dict[tuple[str, int], tuple[Token, ...]]:
    """The tokens of each sentence, by document and number. Of no other table are there as many rows."""
    ordered = in_order(tokens, (*_SENTENCE_KEY, "token_number"))
    rows = list(map(_AS_TOKEN, zip(*_listed(ordered, _TOKEN_VALUES), strict=True)))
    firsts = np.flatnonzero(ordered.column("token_number").to_numpy() == 0)
    keys = zip(*_listed(ordered.take(firsts), _SENTENCE_KEY), strict=True)
    borders = pairwise([*firsts.tolist(), len(rows)])
    return {key: tuple(rows[first:end]) for key, (first, end) in zip(keys, borders, strict=True)}


def _listed(table: pa.Table, names: Sequence[str]) -> list[list[Any]]:
    """The values of columns without nulls; equal words of one are one object."""
    return [_values(table.column(name)) for name in names]


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_string(column.type):
        return list(column.to_numpy().tolist())
    encoded = column.combine_chunks().dictionary_encode()
    words = np.array(encoded.dictionary.to_pylist(), object)
    return list(words[encoded.indices.to_numpy()].tolist())
