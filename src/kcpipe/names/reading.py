"""What the rules of `names` read and write: documents in plain characters, and drafts of mentions."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

import pyarrow as pa

from kcpipe import syntax
from kcpipe.lexicon import Matcher
from kcpipe.syntax import Sentence

# One character for one, so that offsets stay: gazetteers and rules are written with plain quotes and spaces.
_PLAIN = {"‘": "'", "’": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "}


_JOINING = frozenset("_#-")
_JOINED = frozenset("_-")
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'.&-]{0,40}"
"""A capitalised word, as a piece of a regular expression."""


class ModelName(NamedTuple):
    """An entity of the language model: clean offsets and label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Document(syntax.Document):
    """A document that the rules read in plain quotation marks and spaces; what goes out is its `text`.

    publisher: who published it, if known. names: for each sentence's number the model's names, corrected.
    """

    publisher: str | None = None
    names: Mapping[int, Sequence[ModelName]] = field(default_factory=dict)

    @cached_property
    def plain(self) -> str:
        """The text with plain quotation marks and spaces, one character for one."""
        return plain(self.text)

    @cached_property
    def _plain_sentences(self) -> Mapping[int, str]:
        return {sentence.number: self.plain[sentence.start : sentence.end] for sentence in self.sentences}

    def plain_of(self, sentence: Sentence) -> str:
        """The plain text of a sentence."""
        return self._plain_sentences[sentence.number]


def documents(clean_documents: pa.Table, sentences: pa.Table, tokens: pa.Table) -> Iterator[Document]:
    """The documents that have sentences, in the order of `clean_documents`."""
    publishers = dict(
        zip(
            clean_documents.column("document_id").to_pylist(),
            clean_documents.column("publisher").to_pylist(),
            strict=True,
        )
    )
    for document in syntax.documents(clean_documents, sentences, tokens):
        publisher = publishers[document.document_id]
        yield Document(document.document_id, document.text, document.sentences, publisher)


@lru_cache(maxsize=1024)
def is_headline(text: str) -> bool:
    """Whether most words of a plain sentence are capitalised and no full stop ends it: then capitals tell nothing."""
    if text.rstrip("\"')")[-1:] in (".", "!", "?"):
        return False
    words = [word for word in re.findall(r"[^\W\d_][\w'-]*", text) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) > 4 and capitals > 0.7 * len(words)


def in_headlines(document: Document, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where names that the body tells stand in the document's headlines, in which capitals tell nothing."""
    headlines = [sentence for sentence in document.sentences if is_headline(document.plain_of(sentence))]
    matcher = Matcher({name: name for name in names} if headlines else {})
    for sentence in headlines:
        for match in matcher.find(document.plain_of(sentence)):
            yield sentence.start + match.start, sentence.start + match.end


def occurrences(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where single words stand in a plain text, in order: no part of another word, a hyphened one or a hashtag."""
    found = []
    for word in words:
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            before, behind = text[start - 1 : start], text[end : end + 1]
            if not (before.isalnum() or before in _JOINING or behind.isalnum() or behind in _JOINED):
                found.append((start, end))
            start = text.find(word, end)
    return sorted(found)


def labels(sentence: Sentence, start: int, end: int) -> set[str]:
    """The model's entity labels of the tokens in [start, end), the empty one too."""
    return {token.entity_label for token in sentence.touching(start, end)}


def model_names(sentence: Sentence) -> Iterator[ModelName]:
    """The model's entities in the order of the text."""
    start = end = 0
    label = ""
    for token in sentence.tokens:
        if label and (token.entity_begins or token.entity_label != label):
            yield ModelName(start, end, label)
            label = ""
        if token.entity_label:
            start = start if label else token.start
            end, label = token.end, token.entity_label
    if label:
        yield ModelName(start, end, label)


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
    for character, one in _PLAIN.items():  # over whole texts a tenth of what str.translate takes
        text = text.replace(character, one)
    return text


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A name without case, accents, hyphens and doubled spaces: what makes two spellings one name in a text."""
    bare = "".join(c for c in unicodedata.normalize("NFD", plain(name)) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-.,]", " ", bare).casefold().split())


class Index:
    """Drafts of one document, found by where they stand, without a walk over all of them.

    Where they stand and what type they are does not change; what is not asked for is not worked out.
    """

    def __init__(self, length: int, drafts: Iterable[Draft]) -> None:
        """length: of the text. drafts: in any order."""
        self._length = length
        self.drafts = sorted(drafts, key=lambda draft: (draft.start, -draft.end))

    @cached_property
    def _starts(self) -> list[int]:
        return [draft.start for draft in self.drafts]

    @cached_property
    def _countries(self) -> Mapping[int, Draft]:
        return {draft.end: draft for draft in self.drafts if draft.entity_type == "COUNTRY"}

    @cached_property
    def _bodies(self) -> Mapping[int, Draft]:
        return {draft.end: draft for draft in self.drafts if draft.entity_type == "ORG"}

    @cached_property
    def _covered(self) -> bytearray:
        covered = bytearray(self._length)
        for draft in self.drafts:
            covered[draft.start : draft.end] = b"\1" * (draft.end - draft.start)
        return covered

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
        return self._countries.get(offset)

    def body_ending_at(self, offset: int) -> Draft | None:
        """The organisation that ends at the offset."""
        return self._bodies.get(offset)
