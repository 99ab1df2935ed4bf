"""One document as the rules read it: text, sentences with their tokens, mentions and time expressions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from kcpipe.spans import SpanMap, span_maps

FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
"""Tags of verbs that carry a tense."""
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})


Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Token:
    """One token; offsets in documents.text, `head` an index among the tokens of its sentence."""

    start: int
    end: int
    text: str
    lemma: str
    part_of_speech: str
    tag: str
    dependency: str
    head: int
    entity_label: str

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb in any form."""
        return self.tag.startswith("VB")

    @property
    def is_word(self) -> bool:
        """Whether it holds a letter or a digit."""
        return any(character.isalnum() for character in self.text)


@dataclass(frozen=True)
class Sentence:
    """One sentence; no tokens when it was not parsed."""

    number: int
    start: int
    end: int
    paragraph: int
    role: str
    tokens: tuple[Token, ...]

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each token the indices of the tokens that depend on it, from left to right."""
        of: list[list[int]] = [[] for _ in self.tokens]
        for index, token in enumerate(self.tokens):
            if token.head != index:
                of[token.head].append(index)
        return tuple(map(tuple, of))

    def child(self, index: int, *dependencies: str) -> int | None:
        """The first child of a token under one of these arcs."""
        return next((child for child in self.children[index] if self.tokens[child].dependency in dependencies), None)

    def subtree(self, index: int, without: frozenset[str] = frozenset()) -> list[int]:
        """The token and all below it, in order, leaving out the branches under the arcs of `without`."""
        found: list[int] = []
        waiting = [index]
        while waiting:
            at = waiting.pop()
            found.append(at)
            waiting += [child for child in self.children[at] if self.tokens[child].dependency not in without]
        return sorted(found)

    def ancestors(self, index: int) -> Iterator[tuple[int, str]]:
        """The heads above a token up to the root, each with the arc by which it was reached."""
        while self.tokens[index].head != index:
            arc = self.tokens[index].dependency
            index = self.tokens[index].head
            yield index, arc

    def within(self, start: int, end: int) -> list[int]:
        """The indices of the tokens that lie in [start, end) of the text."""
        return [index for index, token in enumerate(self.tokens) if token.start >= start and token.end <= end]


@dataclass(frozen=True)
class Reading:
    """One document and what was read in it so far."""

    document_id: str
    text: str
    sentences: tuple[Sentence, ...]
    mentions: Rows
    times: Rows
    spans: SpanMap

    @cached_property
    def paragraphs(self) -> tuple[tuple[Sentence, ...], ...]:
        """The sentences of each paragraph, in order."""
        of: dict[int, list[Sentence]] = {}
        for sentence in self.sentences:
            of.setdefault(sentence.paragraph, []).append(sentence)
        return tuple(tuple(of[number]) for number in sorted(of))

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def position_at(self, offset: int) -> int:
        """The index of the sentence in which, or behind which, a character stands."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def mentions_near(self, offset: int) -> Rows:
        """The mentions that begin in the sentence of a character, in the order of the text."""
        return self._mentions_by_sentence.get(self.position_at(offset), ())

    def times_near(self, offset: int) -> Rows:
        """The expressions of time that begin in the sentence of a character, in the order of the text."""
        return self._times_by_sentence.get(self.position_at(offset), ())

    @cached_property
    def _mentions_by_sentence(self) -> Mapping[int, Rows]:
        return self._by_sentence(self.mentions)

    @cached_property
    def _times_by_sentence(self) -> Mapping[int, Rows]:
        return self._by_sentence(self.times)

    def _by_sentence(self, rows: Rows) -> Mapping[int, Rows]:
        of: dict[int, list[Mapping[str, Any]]] = {}
        for row in rows:
            of.setdefault(self.position_at(row["char_start"]), []).append(row)
        return of

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence in which, or behind which, a character stands."""
        return self.sentences[self.position_at(offset)]


def readings(
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
) -> Iterable[Reading]:
    """The documents of a batch that have sentences, in the order of `clean_documents`."""
    maps = span_maps(text_spans)
    tokens_of: dict[tuple[str, int], list[tuple[int, Token]]] = {}
    for row in tokens.to_pylist():
        tokens_of.setdefault((row["document_id"], row["sentence_number"]), []).append(
            (row["token_number"], _token(row))
        )
    sentences_of: dict[str, list[Sentence]] = {}
    for row in sentences.sort_by([("document_id", "ascending"), ("sentence_number", "ascending")]).to_pylist():
        of_sentence = sorted(tokens_of.get((row["document_id"], row["sentence_number"]), ()), key=lambda pair: pair[0])
        sentence = Sentence(
            row["sentence_number"],
            row["char_start"],
            row["char_end"],
            row["paragraph_number"],
            row["role"],
            tuple(token for _, token in of_sentence),
        )
        sentences_of.setdefault(row["document_id"], []).append(sentence)
    mentions_of = _by_document(mention_drafts)
    times_of = _by_document(time_drafts)
    for document_id, text in zip(
        clean_documents.column("document_id").to_pylist(), clean_documents.column("text").to_pylist(), strict=True
    ):
        if document_id in sentences_of:
            yield Reading(
                document_id,
                text,
                tuple(sentences_of[document_id]),
                mentions_of.get(document_id, ()),
                times_of.get(document_id, ()),
                maps[document_id],
            )


def _token(row: Mapping[str, Any]) -> Token:
    return Token(
        row["char_start"],
        row["char_end"],
        row["text"],
        row["lemma"],
        row["part_of_speech"],
        row["tag"],
        row["dependency"],
        row["head"],
        row["entity_label"],
    )


def _by_document(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(table.to_pylist(), key=lambda row: (row["document_id"], row["char_start"], row["char_end"])):
        rows.setdefault(row["document_id"], []).append(row)
    return rows
