"""What the texts of documents say of the day they were written: the date in their dateline, and constraints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dating.constraints import Constraint, constraints_of, span_of
from kcpipe.dating.offices import of_offices, terms_of_office
from kcpipe.intervals import Conventions
from kcpipe.lexicon import Lexicons

Row = Mapping[str, Any]

_LONGEST_PLACE = 80
_LONGEST_AGENCY = 45
_TIMES = (
    "time_expression_id",
    "char_start",
    "char_end",
    "text",
    "symbolic_value",
    "direction",
    "asserted",
    "anchor_time_expression_id",
)


class Told(NamedTuple):
    """What one text tells of its day."""

    dateline: Row | None
    """The time draft of a full date in its dateline."""
    constraints: Sequence[Constraint]


def told_by(
    documents: Collection[str],
    *,
    clean_documents: pa.Table,
    sentences: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
    lexicons: Lexicons,
    conventions: Conventions,
) -> dict[str, Told]:
    """What each of these documents tells; nothing for one without an expression of time.

    Tables of those names, for the whole corpus. lexicons: `date_words` (datelines, occasions), `people`.
    """
    times = _rows_of(time_drafts, documents, _TIMES)
    texts = {key: rows[0]["text"] for key, rows in _rows_of(clean_documents, times, ("text",)).items()}
    spans = _rows_of(sentences, times, ("char_start", "char_end"))
    holders = pc.starts_with(mention_drafts.column("entity_id"), "person:")
    titled = mention_drafts.filter(pc.and_(holders, pc.is_valid(mention_drafts.column("role_text"))))
    mentions = _rows_of(titled, times, ("char_start", "char_end", "entity_id", "role_text", "role_time"))
    terms = terms_of_office(lexicons["people"])
    occasions = frozenset(lexicons["date_words"].rules["occasions"]["words"])
    dateline = _Dateline(lexicons["date_words"].rules["dateline"])
    found = {}
    for key, rows in times.items():
        ordered = sorted(rows, key=lambda row: (row["char_start"], row["char_end"]))
        text = texts[key]
        sentence_of = _sentences_of(ordered, spans.get(key, []))
        words = {time: text[sentence["char_start"] : sentence["char_end"]] for time, sentence in sentence_of.items()}
        filed = dateline.find(ordered, text)
        is_full = filed is not None and _is_absolute(filed)
        made = constraints_of(ordered, words, None if is_full else filed, occasions, conventions)
        held = of_offices(mentions.get(key, []), ordered, sentence_of, terms)
        found[key] = Told(filed if is_full else None, [*made, *held])
    return found


def _rows_of(table: pa.Table, documents: Collection[str], columns: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of these documents, by document."""
    found: dict[str, list[Row]] = {}
    wanted = pa.array(sorted(documents), pa.string())
    for row in (
        table.select(["document_id", *columns]).filter(pc.is_in(table.column("document_id"), wanted)).to_pylist()
    ):
        found.setdefault(row["document_id"], []).append(row)
    return found


def _sentences_of(times: Sequence[Row], sentences: Iterable[Row]) -> dict[str, Row]:
    """The sentence of each time expression, by its id."""
    ordered = iter(sorted(sentences, key=lambda row: row["char_start"]))
    here = next(ordered, None)
    found: dict[str, Row] = {}
    for time in times:
        while here is not None and here["char_end"] <= time["char_start"]:
            here = next(ordered, None)
        if here is not None and here["char_start"] <= time["char_start"]:
            found[time["time_expression_id"]] = here
    return found


class _Dateline:
    """The head of an agency's report: "ACCRA, Oct. 9 (Xinhua) -- ..."."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        """rules: the section `dateline` of the lexicon `date_words`."""
        self._place = re.compile(rules["place"])
        self._agency = re.compile(rules["agency"])
        self._dash = re.compile(rules["dash"])

    def find(self, times: Sequence[Row], text: str) -> Row | None:
        """The day in the dateline of a text; None when there is none, or when several datelines differ."""
        found = [row for row in times if _is_day(row) and self._is_in_dateline(row, text)]
        return found[0] if len({row["symbolic_value"] for row in found}) == 1 else None

    def _is_in_dateline(self, row: Row, text: str) -> bool:
        start, end = row["char_start"], row["char_end"]
        place = text[text.rfind("\n", 0, start) + 1 : start]
        if len(place) > _LONGEST_PLACE or self._place.fullmatch(place) is None:
            return False
        rest = text[end : end + _LONGEST_AGENCY]
        is_capital = place == place.upper()
        return self._agency.match(rest) is not None or (is_capital and self._dash.match(rest) is not None)


def _is_day(row: Row) -> bool:
    """Whether it names one day, with or without its year."""
    span = span_of(row)
    if span is None or span.kind != "point":
        return False
    units = [step.unit for step in span.points[0].steps if step.op == "="]
    return units in (["month", "day"], ["year", "month", "day"]) and len(units) == len(span.points[0].steps)


def _is_absolute(row: Row) -> bool:
    span = span_of(row)
    return span is not None and all(point.is_absolute for point in span.points)
