"""Tokens, tags, dependencies and raw entity labels: the only stage that calls the language model.

Each sentence is analysed on its own: measured on news, 99.8 % of heads and labels are those of the whole paragraph,
and a sentence then never depends on its neighbours. The sentences of one document make one batch of the model,
because floating-point sums differ in their last bits with the shape of a batch: so a document's tokens are the
same whatever else is read in the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from kcpipe.tables import TABLES, build

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# The model was trained on straight quotation marks and plain spaces; one character for one, so offsets stay.
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "})


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
    for row in sentences.to_pylist():
        span = (row["sentence_number"], row["char_start"], row["char_end"])
        spans.setdefault(row["document_id"], []).append(span)
    rows: list[dict[str, Any]] = []
    with model.memory_zone():
        for document_id, of_document in spans.items():
            text = texts[document_id]
            plain = [text[start:end].translate(_PLAIN) for _, start, end in of_document]
            analysed = model.pipe(plain, batch_size=len(plain))
            for (number, start, _), doc in zip(of_document, analysed, strict=True):
                rows += _token_rows(document_id, number, start, text, doc)
    return Parse(build(TABLES["tokens"], rows))


def _token_rows(document_id: str, number: int, offset: int, text: str, doc: Doc) -> Iterable[dict[str, Any]]:
    for token in doc:
        start = offset + token.idx
        yield {
            "document_id": document_id,
            "sentence_number": number,
            "token_number": token.i,
            "char_start": start,
            "char_end": start + len(token),
            "text": text[start : start + len(token)],
            "lemma": token.lemma_.lower(),
            "part_of_speech": token.pos_,
            "tag": token.tag_,
            "dependency": token.dep_,
            "head": token.head.i,
            "entity_label": token.ent_type_,
            "entity_begins": token.ent_iob_ == "B",
        }
