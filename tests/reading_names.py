"""Mentions of a made-up text, through the stages split, parse and names at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcpipe import lexicon, pipeline
from kcpipe.names import names
from kcpipe.names.gazetteer import LEXICONS
from kcpipe.parse import parse
from kcpipe.split import split
from kcpipe.tables import TABLES, build

Row = dict[str, Any]
KNOWN: lexicon.Lexicons = {name: lexicon.load(name) for name in LEXICONS}


def read(text: str, lexicons: lexicon.Lexicons = KNOWN, publisher: str | None = None) -> list[Row]:
    """The mentions of a text whose every line is kept, each with the codes of its `members`."""
    key = "d" * 32
    span = {"document_id": key, "char_start": 0, "char_end": len(text), "raw_start": 0, "raw_end": len(text)}
    line = {**span, "line_number": 1, "text": text, "role": "body", "rule_id": "test", "is_kept": True}
    document: Row = {"document_id": key, "text": text, "authors": [], "publisher": publisher, "is_extractable": True}
    documents = build(TABLES["clean_documents"], [document])
    sentences = split(clean_documents=documents, lines=build(TABLES["lines"], [line])).sentences
    tokens = parse(clean_documents=documents, sentences=sentences, model=pipeline.language_model()).tokens
    spans = build(TABLES["text_spans"], [span])
    made = names(clean_documents=documents, sentences=sentences, text_spans=spans, tokens=tokens, lexicons=lexicons)
    members: dict[str, list[str]] = {}
    for row in made.mention_members.to_pylist():
        members.setdefault(row["mention_id"], []).append(row["entity_id"].removeprefix("country:"))
    rows: list[Row] = made.mention_drafts.to_pylist()
    return [{**row, "members": sorted(members.get(row["mention_id"], []))} for row in rows]


def texts(rows: list[Row], **wanted: object) -> list[str]:
    """The words of the mentions that have these values."""
    return [row["text"] for row in rows if all(row[column] == value for column, value in wanted.items())]


def the(rows: list[Row], text: str) -> Mapping[str, Any]:
    """The only mention with these words."""
    fitting = [row for row in rows if row["text"] == text]
    assert len(fitting) == 1, [row["text"] for row in rows]
    return fitting[0]
