"""What the rules of `names` read and write: documents with their sentences and tokens, and drafts of mentions."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

# One character for one, so that offsets stay: gazetteers and rules are written with plain quotes and spaces.
_PLAIN = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})

_TOKEN_COLUMNS = (
    "document_id",
    "sentence_number",
    "char_start",
    "char_end",
    "text",
    "lemma",
    "part_of_speech",
    "dependency",
    "head",
    "entity_label",
    "entity_begins",
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the parse; offsets in the clean text, `head` its head's place in the sentence."""

    start: int
    end: int
    text: str
    lemma: str
    part_of_speech: str
    dependency: str
    head: int
    entity_label: str
    entity_begins: bool


@dataclass(frozen=True)
class Sentence:
    """One sentence with its tokens."""

    start: int
    end: int
    paragraph: int
    text: str
    tokens: tuple[Token, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    def index_at(self, offset: int) -> int | None:
        """The place of the token that covers a clean offset."""
        index = bisect_right(self._starts, offset) - 1
        return index if index >= 0 and offset < self.tokens[index].end else None

    def labels(self, start: int, end: int) -> set[str]:
        """The model's entity labels of the tokens in [start, end), the empty one too."""
        return {token.entity_label for token in self.tokens if token.start < end and start < token.end}

    @cached_property
    def is_headline(self) -> bool:
        """Whether most words are capitalised and no full stop ends it, so that capitals tell nothing."""
        words = [word for word in re.findall(r"[^\W\d_][\w'-]*", self.text) if len(word) > 3]
        capitals = sum(word[0].isupper() for word in words)
        return len(words) > 4 and capitals > 0.7 * len(words) and self.text.rstrip("\"')")[-1:] not in (".", "!", "?")

    def model_names(self) -> Iterator[tuple[int, int, str]]:
        """The model's entities: clean start and end, label."""
        start = end = 0
        label = ""
        for token in self.tokens:
            if label and (token.entity_begins or token.entity_label != label):
                yield start, end, label
                label = ""
            if token.entity_label:
                start = start if label else token.start
                end, label = token.end, token.entity_label
        if label:
            yield start, end, label


@dataclass(frozen=True)
class Document:
    """One clean text with its sentences in order."""

    document_id: str
    text: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def plain(self) -> str:
        """The text with plain quotation marks and spaces, one character for one."""
        return plain(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_number(self, offset: int) -> int | None:
        """Which of `sentences` covers a clean offset."""
        index = bisect_right(self._starts, offset) - 1
        return index if index >= 0 and offset < self.sentences[index].end else None

    def sentence_of(self, start: int, end: int) -> Sentence | None:
        """The sentence that holds the whole of [start, end)."""
        index = self.sentence_number(start)
        return self.sentences[index] if index is not None and end <= self.sentences[index].end else None


@dataclass(slots=True)
class Draft:
    """A mention being made out; offsets in the clean text."""

    start: int
    end: int
    entity_type: str
    mention_kind: str = "name"
    entity_id: str | None = None
    name: str | None = None
    country_code: str | None = None
    wikidata_id: str | None = None
    is_metonym: bool = False
    role_text: str | None = None
    role_time: str | None = None
    link_method: str | None = None
    link_score: float | None = None
    members: tuple[str, ...] = ()

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a character with [start, end)."""
        return self.start < end and start < self.end


def plain(text: str) -> str:
    """The text with plain quotation marks and spaces, one character for one."""
    return text.translate(_PLAIN)


def normal(name: str) -> str:
    """A name without case, accents, hyphens and doubled spaces: what makes two spellings one name in a text."""
    bare = "".join(c for c in unicodedata.normalize("NFD", plain(name)) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-.,]", " ", bare).casefold().split())


class Index:
    """Drafts of one document, found by where they stand, without a walk over all of them."""

    def __init__(self, length: int, drafts: Iterable[Draft]) -> None:
        """length: of the text. drafts: in any order."""
        self.drafts = sorted(drafts, key=lambda draft: (draft.start, -draft.end))
        self._starts = [draft.start for draft in self.drafts]
        self._by_end = {draft.end: draft for draft in self.drafts if draft.entity_type == "COUNTRY"}
        self._covered = bytearray(length)
        for draft in self.drafts:
            self.cover(draft)

    def cover(self, draft: Draft) -> None:
        """From now on the draft's span is not free."""
        self._covered[draft.start : draft.end] = b"\1" * (draft.end - draft.start)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no draft shares a character with [start, end)."""
        return not any(self._covered[start:end])

    def starting_in(self, start: int, end: int) -> list[Draft]:
        """The drafts that begin in [start, end), in order."""
        return self.drafts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def country_ending_at(self, offset: int) -> Draft | None:
        """The country that ends at the offset."""
        return self._by_end.get(offset)


def documents(clean_documents: pa.Table, sentences: pa.Table, tokens: pa.Table) -> Iterator[Document]:
    """The documents that have sentences, each with its own, in the order of the table."""
    tokens_of: dict[tuple[str, int], list[Token]] = {}
    ordered = tokens.sort_by([(name, "ascending") for name in ("document_id", "sentence_number", "token_number")])
    for values in zip(*(ordered.column(name).to_pylist() for name in _TOKEN_COLUMNS), strict=True):
        tokens_of.setdefault(values[:2], []).append(Token(*values[2:]))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in sentences.sort_by([("document_id", "ascending"), ("sentence_number", "ascending")]).to_pylist():
        rows.setdefault(row["document_id"], []).append(row)
    for document in clean_documents.select(["document_id", "text"]).to_pylist():
        document_id, text = document["document_id"], document["text"]
        if document_id in rows:
            yield Document(document_id, text, tuple(_sentence(row, text, tokens_of) for row in rows[document_id]))


def _sentence(row: Mapping[str, Any], text: str, tokens_of: Mapping[tuple[str, int], list[Token]]) -> Sentence:
    start, end = row["char_start"], row["char_end"]
    tokens = tokens_of.get((row["document_id"], row["sentence_number"]), ())
    return Sentence(start, end, row["paragraph_number"], plain(text[start:end]), tuple(tokens))
