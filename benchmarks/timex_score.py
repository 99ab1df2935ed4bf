"""TIMEX3 predictions against gold, scored as TempEval-3 task A does (UzZaman et al. 2013).

A gold folder holds `docs.jsonl` (doc, dct, body_start, body_end), `gold.jsonl` (doc, start, end, text, type, value;
offsets are code points) and `txt/<doc>.txt`. strict: the same characters; relaxed: at least one word in common, one
to one; type, value: relaxed, and the same TIMEX3 type, value. resolved, our own: value over the expressions that name
a day, a month or a year, the ones that can date an event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

_WORD = re.compile(r"[^\W\d_]+|\d+")
_RESOLVED = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(T(\d\d(:\d\d){0,2}|MO|AF|EV|NI|MI|DT))?")
_BETWEEN = re.compile(r"\s+(?:and|to|until|till|through)\s+|\s*[-–—/]\s*", re.IGNORECASE)
_LEAD = re.compile(r"(?:between|from)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Gold:
    """A gold folder."""

    documents: Sequence[Row]
    texts: Mapping[str, str]
    expressions: Sequence[Row]

    @classmethod
    def read(cls, folder: Path) -> Gold:
        """From the files of a folder; raises OSError when one is missing."""
        documents = _rows(folder / "docs.jsonl")
        texts = {row["doc"]: (folder / "txt" / f"{row['doc']}.txt").read_text(encoding="utf-8") for row in documents}
        return cls(documents, texts, _rows(folder / "gold.jsonl"))


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def as_timex3(text: str, start: int, end: int, kind: str, value: str | None) -> list[dict[str, Any]]:
    """A row of time_expressions as TIMEX3 has it: a range is the two expressions of its ends."""
    cut = _LEAD.match(text, start, end)
    begin = cut.end() if cut else start
    between = _BETWEEN.search(text, begin, end)
    if value and value.count("/") == 1 and between:
        pieces = [(begin, between.start()), (between.end(), end)]
        return [
            {"start": a, "end": b, "type": kind, "value": one}
            for (a, b), one in zip(pieces, value.split("/"), strict=True)
        ]
    return [{"start": start, "end": end, "type": kind, "value": value}]


def score(gold: Gold, predictions: Iterable[Row]) -> dict[str, float]:
    """F1 in percent: strict, relaxed, type, value, resolved. Predictions outside a document's body do not count."""
    bodies = {row["doc"]: (row["body_start"], row["body_end"]) for row in gold.documents}
    predicted: dict[str, dict[tuple[int, int], Row]] = {}
    for row in predictions:
        first, last = bodies[row["doc"]]
        if row["start"] < last and row["end"] > first:
            predicted.setdefault(row["doc"], {}).setdefault((row["start"], row["end"]), row)
    hits = dict.fromkeys(("strict", "relaxed", "type", "value", "resolved"), 0)
    sizes = {"all": [0, 0], "resolved": [0, 0]}
    for document in bodies:
        wanted = [row for row in gold.expressions if row["doc"] == document]
        found = list(predicted.get(document, {}).values())
        for side, rows in enumerate((found, wanted)):
            sizes["all"][side] += len(rows)
            sizes["resolved"][side] += sum(_is_resolved(row) for row in rows)
        for one, other in _matched(wanted, found, gold.texts[document]):
            same = _value(one) == _value(other)
            hits["relaxed"] += 1
            hits["strict"] += (one["start"], one["end"]) == (other["start"], other["end"])
            hits["type"] += one["type"] == other["type"]
            hits["value"] += same
            hits["resolved"] += same and _is_resolved(one)
    return {
        name: round(200 * count / max(1, sum(sizes["resolved" if name == "resolved" else "all"])), 2)
        for name, count in hits.items()
    }


def _value(row: Row) -> str:
    return re.sub(r"\s+", "", str(row["value"] or "")).upper()


def _is_resolved(row: Row) -> bool:
    return _RESOLVED.fullmatch(_value(row)) is not None


def _matched(wanted: Sequence[Row], found: Sequence[Row], text: str) -> list[tuple[Row, Row]]:
    """One to one: the same characters first, then by overlap, then in order."""
    words = [match.span() for match in _WORD.finditer(text)]

    def inside(row: Row) -> set[int]:
        return {number for number, (a, b) in enumerate(words) if a < row["end"] and b > row["start"]}

    one, other = [inside(row) for row in wanted], [inside(row) for row in found]
    pairs = sorted(
        (
            (wanted[i]["start"], wanted[i]["end"]) != (found[j]["start"], found[j]["end"]),
            -len(one[i] & other[j]) / len(one[i] | other[j]),
            i,
            j,
        )
        for i in range(len(one))
        for j in range(len(other))
        if one[i] & other[j]
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    chosen = []
    for _, _, i, j in pairs:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            chosen.append((wanted[i], found[j]))
    return chosen
