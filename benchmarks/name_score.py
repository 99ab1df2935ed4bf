"""Names against gold: which spans of which type were found.

A gold file holds one JSON object a line: id, text, entities (start, end, type; offsets are code points). Types are
those common to the corpora: PERSON, ORG, LOC, NORP, EVENT; others are not scored. A span counts as found when it has
the same characters and type, a leading article and a closing possessive left aside.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Row = Mapping[str, Any]

TYPES = ("PERSON", "ORG", "LOC", "NORP", "EVENT")
_OF_MODEL = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "NORP": "NORP", "EVENT": "EVENT"}
_OF_MENTION = {"PERSON": "PERSON", "ORG": "ORG", "COUNTRY": "LOC", "PLACE": "LOC", "GROUP": "NORP", "EVENT": "EVENT"}
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s?)$")


class Name(NamedTuple):
    """A name in a text: half-open offsets, one of TYPES."""

    start: int
    end: int
    kind: str


def read(path: Path) -> list[Row]:
    """The rows of a gold file, or of the gold.jsonl of a folder."""
    file = path / "gold.jsonl" if path.is_dir() else path
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def of_gold(row: Row) -> list[Name]:
    """The names of a row of gold."""
    return [Name(e["start"], e["end"], e["type"]) for e in row["entities"] if e["type"] in TYPES]


def of_model(entities: Iterable[tuple[int, int, str]]) -> list[Name]:
    """The model's entities (start, end, OntoNotes label)."""
    return [Name(start, end, _OF_MODEL[label]) for start, end, label in entities if label in _OF_MODEL]


def of_mentions(mentions: Iterable[Row]) -> list[Name]:
    """The outermost names among kcpipe's mentions of one text."""
    named = [row for row in mentions if row["mention_kind"] in ("name", "adjectival")]
    named.sort(key=lambda row: (row["char_start"], -row["char_end"]))
    found: list[Name] = []
    for row in named:
        if row["entity_type"] in _OF_MENTION and not (found and row["char_end"] <= found[-1].end):
            kind = "NORP" if row["mention_kind"] == "adjectival" else _OF_MENTION[row["entity_type"]]
            found.append(Name(row["char_start"], row["char_end"], kind))
    return found


class Figures(NamedTuple):
    """Of one type: names in the gold, precision, recall and F1 in per cent."""

    gold: int
    precision: float
    recall: float
    f1: float


def score(gold: Sequence[Row], found: Mapping[str, Iterable[Name]]) -> dict[str, Figures]:
    """Figures per type that the gold marks, and of all of them together under "all"; found: names by id."""
    right: Counter[str] = Counter()
    in_gold: Counter[str] = Counter()
    in_found: Counter[str] = Counter()
    for row in gold:
        wanted = Counter(_trimmed(row["text"], name) for name in of_gold(row))
        given = Counter(_trimmed(row["text"], name) for name in found.get(row["id"], ()))
        right.update(name.kind for name in (wanted & given).elements())
        in_gold.update(name.kind for name in wanted.elements())
        in_found.update(name.kind for name in given.elements())
    kinds = [kind for kind in TYPES if in_gold[kind]]
    figures = {kind: _figures(right[kind], in_gold[kind], in_found[kind]) for kind in kinds}
    return figures | {"all": _figures(*(sum(c[kind] for kind in kinds) for c in (right, in_gold, in_found)))}


def _figures(right: int, gold: int, found: int) -> Figures:
    precision, recall = right / max(found, 1), right / max(gold, 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Figures(gold, *(round(100 * share, 1) for share in (precision, recall, f1)))


def _trimmed(text: str, name: Name) -> Name:
    start, end, kind = name
    article = _ARTICLE.match(text, start, end)
    start = article.end() if article and article.end() < end else start
    possessive = _POSSESSIVE.search(text, start, end)
    end = possessive.start() if possessive and possessive.start() > start else end
    return Name(start, end, kind)
