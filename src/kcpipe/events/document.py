"""One document with all that was read in it, as finding events asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kcpipe.events.participants import Mentions, index_mentions
from kcpipe.events.syntax import Sentence
from kcpipe.events.timing import is_dating
from kcpipe.spans import SpanMap, span_maps
from kcpipe.syntax import documents

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """One document with all that was read in it."""

    text: str
    sentences: Sequence[Sentence]
    mentions: Mentions
    times: Sequence[Row]
    quotations: Sequence[Row]
    quantities: Sequence[Row]
    spans: SpanMap

    @property
    def direct_speech(self) -> Iterator[Row]:
        """The quotations in the speaker's own words, whose tenses are not the story's."""
        return (row for row in self.quotations if row["quotation_kind"] != "indirect")


def read_documents(
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    mention_drafts: pa.Table,
    mention_members: pa.Table,
    time_drafts: pa.Table,
    quotation_drafts: pa.Table,
    quantity_drafts: pa.Table,
) -> Iterator[Document]:
    """The documents of the tables of those names, those with sentences; of the times those that can date."""
    mentions, times, quotations, quantities = (
        _by_document(table) for table in (mention_drafts, time_drafts, quotation_drafts, quantity_drafts)
    )
    members: dict[str, list[str]] = {}
    for row in mention_members.to_pylist():
        kind, _, code = row["entity_id"].partition(":")
        if kind == "country":
            members.setdefault(row["mention_id"], []).append(code)
    maps = span_maps(text_spans)
    for document in documents(clean_documents, sentences, tokens):
        key = document.document_id
        yield Document(
            document.text,
            [Sentence.of(sentence) for sentence in document.sentences],
            index_mentions(mentions.get(key, []), members),
            [row for row in times.get(key, []) if is_dating(row)],
            quotations.get(key, []),
            quantities.get(key, []),
            maps[key],
        )


def _by_document(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        groups.setdefault(row["document_id"], []).append(row)
    return groups


def within(rows: Iterable[Row], sentence: Sentence) -> list[Row]:
    """The rows whose span lies in the sentence."""
    return [row for row in rows if sentence.start <= row["char_start"] and row["char_end"] <= sentence.end]
