"""One document as the rules read it: its sentences, mentions and time expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from kcpipe.spans import SpanMap, span_maps
from kcpipe.syntax import Document, Sentence, documents

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Reading(Document):
    """One document and what was read in it so far."""

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


def readings(
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
) -> Iterator[Reading]:
    """The documents of a batch that have sentences, in the order of `clean_documents`."""
    maps = span_maps(text_spans)
    mentions_of = _by_document(mention_drafts)
    times_of = _by_document(time_drafts)
    for document in documents(clean_documents, sentences, tokens):
        key = document.document_id
        of_document = mentions_of.get(key, ()), times_of.get(key, ()), maps[key]
        yield Reading(key, document.text, document.sentences, *of_document)


def _by_document(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(table.to_pylist(), key=lambda row: (row["document_id"], row["char_start"], row["char_end"])):
        rows.setdefault(row["document_id"], []).append(row)
    return rows
