"""Made-up articles through the stages at once, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from kcpipe import pipeline
from kcpipe.ids import digest
from kcpipe.settings import EventSettings
from kcpipe.tables import RELEASED, TABLES, build

Tables = dict[str, pa.Table]


class Article(NamedTuple):
    """A text and what was supplied with it."""

    text: str
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None


def tables_of(articles: Mapping[str, Article]) -> Tables:
    """Every table, work tables too, of some articles by file name."""
    names, given = list(articles), list(articles.values())
    nothing = pa.nulls(len(articles), pa.string())
    inputs = {
        "source_uri": names,
        "source_name": names,
        "url": pa.array([article.url for article in given], pa.string()),
        "publisher_supplied": pa.array([article.publisher for article in given], pa.string()),
        "published_supplied": pa.array([article.published for article in given], pa.string()),
        "title_supplied": pa.array([article.title for article in given], pa.string()),
        "language_supplied": pa.array([article.language for article in given], pa.string()),
        "raw": pa.array([article.text.encode() for article in given], pa.binary()),
        "problem": nothing,
        "message": nothing,
    }
    tables = _run(pipeline.STAGES, {"inputs": pa.table(inputs)})
    assert set(RELEASED) <= set(tables)
    return tables


def tables_of_sentences(sentences: Mapping[str, str]) -> Tables:
    """What the stages from `parse` to `events` read in sentences, each a text of its own: sentence to its line's role.

    The document_id is that of the sentence's bytes.
    """
    ids = {sentence: digest(sentence.encode())[:32] for sentence in sentences}
    ends = {"char_start": 0, "raw_start": 0}
    tables = {
        "clean_documents": build(
            TABLES["clean_documents"],
            [
                {"document_id": ids[s], "text": s, "authors": [], "language": "en", "is_extractable": True}
                for s in sentences
            ],
        ),
        "sentences": build(
            TABLES["sentences"],
            [
                {
                    "document_id": ids[sentence],
                    "sentence_number": 1,
                    "char_start": 0,
                    "char_end": len(sentence),
                    "paragraph_number": 1,
                    "role": role,
                }
                for sentence, role in sentences.items()
            ],
        ),
        "text_spans": build(
            TABLES["text_spans"],
            [{"document_id": ids[s], **ends, "char_end": len(s), "raw_end": len(s)} for s in sentences],
        ),
    }
    stages = [stage for stage in pipeline.STAGES if stage.name in ("parse", "names", "dates", "quotes", "events")]
    return _run(stages, tables)


def _run(stages: Sequence[pipeline.Stage], tables: Tables) -> Tables:
    for stage in stages:
        tables.update(pipeline.carry_out(stage, tables, EventSettings()))
    return tables
