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


_NAMES = frozenset({"GPE", "LOC", "NORP", "PERSON"})
_ENDINGS = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"))
_FUNCTION_WORDS = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})
_HEADLINE_VERBS = frozenset({"VB", "VBD", "VBP", "VBZ"})
_FEWEST_WORDS, _LONG = 4, 5


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
            plain = [_sentence_cased(text[start:end].translate(_PLAIN), model) for _, start, end in of_document]
            analysed = model.pipe(plain, batch_size=len(plain))
            for (number, start, _), doc in zip(of_document, analysed, strict=True):
                rows += _token_rows(document_id, number, start, text, doc)
    return Parse(build(TABLES["tokens"], rows))


def _sentence_cased(text: str, model: Language) -> str:
    """A Headline In Title Case with its common words in lower case, one character for one; else the text as it is.

    The model was trained on sentences: in title case it takes verbs for names. A word stays as it is when the model
    takes it for a name of a place, people or person, and when its index of English words does not hold it. What has
    no verb in a tense then was no headline but a name, and what ends in a full stop is a sentence full of names.
    """
    if not _is_title_case(text):
        return text
    index = model.get_pipe("lemmatizer").lookups.get_table("lemma_index")  # type: ignore[attr-defined]
    words = frozenset().union(*index.values())
    characters = list(text)
    for token in model(text)[1:]:
        is_name = token.ent_type_ in _NAMES or token.text.isupper()
        if token.pos_ in _FUNCTION_WORDS or (not is_name and _is_common(token.lower_, words)):
            characters[token.idx] = characters[token.idx].lower()
    cased = "".join(characters)
    return cased if any(token.dep_ == "ROOT" and token.tag_ in _HEADLINE_VERBS for token in model(cased)) else text


def _is_title_case(text: str) -> bool:
    """Whether nearly every long word begins with a capital, and there are enough of them to tell."""
    words = text.split()
    long = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
    return (
        len(words) >= _FEWEST_WORDS
        and len(long) > 1
        and not text.endswith(".")
        and sum(word[0].islower() for word in long) * _LONG <= len(long)
        and sum(word[0].isupper() for word in words) > len(words) / 2
    )


def _is_common(word: str, words: frozenset[str]) -> bool:
    return any(word.endswith(end) and word.removesuffix(end) + base in words for end, base in _ENDINGS)


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
