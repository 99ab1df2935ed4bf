"""Terms of office as bounds: "President Barack Obama said last week" was written in his term, or soon after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from kcpipe.dating.constraints import Constraint, span_of
from kcpipe.dating.days import plus, union
from kcpipe.dating.page import read_supplied
from kcpipe.lexicon import Lexicon

Row = Mapping[str, Any]

_LESSER = frozenset(("vice", "deputy", "acting", "assistant", "elect", "candidate"))
_WORD = re.compile(r"[^\W\d_]+")
_REACH = {"day": 1, "week": 14, "weekend": 14, "weekday": 14, "month": 62, "quarter": 190, "season": 400, "year": 732}


class Term(NamedTuple):
    """A term of office; null bounds are open."""

    name: str
    office: str
    start: date | None
    end: date | None


def terms_of_office(people: Lexicon) -> dict[str, list[Term]]:
    """The terms of each person in the gazetteer, by the person's id."""
    found: dict[str, list[Term]] = {}
    for row in people.rows:
        first, last = read_supplied(row["valid_from"]), read_supplied(row["valid_to"])
        term = Term(row["name"], row["office"], first and first.start, last and last.end)
        terms = found.setdefault(row["person_id"], [])
        if row["office"] and term not in terms:
            terms.append(term)
    return found


def of_offices(
    mentions: Sequence[Row], times: Sequence[Row], sentence_of: Mapping[str, Row], terms: Mapping[str, Sequence[Term]]
) -> Iterator[Constraint]:
    """The constraints of the offices that a document gives to people.

    mentions: those of people with the office told in the text. times: its time drafts; sentence_of: by their ids, the
    sentences they stand in. terms: of each person, by id.

    Who holds an office in a sentence about the days or months before its writing held it then. Only where every time
    of the sentence points from its writing back: a title alone is a courtesy that outlives the term, and with another
    date in the sentence the office may be of that time.
    """
    inside: dict[tuple[int, int], list[Row]] = {}
    for time in times:
        sentence = sentence_of.get(time["time_expression_id"])
        if sentence is not None:
            inside.setdefault((sentence["char_start"], sentence["char_end"]), []).append(time)
    for mention in mentions:
        if mention["role_time"] in ("former", "then"):
            continue
        held = [term for term in terms.get(mention["entity_id"], []) if _is_office(mention["role_text"], term.office)]
        for (start, end), rows in inside.items():
            if held and start <= mention["char_start"] < end and (back := _reach_of_all(rows)) is not None:
                yield _holding(held, back)


def _holding(terms: Sequence[Term], back: int) -> Constraint:
    """Within one of the terms, or so many days after it."""
    days = union((term.start or date.min, date.max if term.end is None else plus(term.end, back)) for term in terms)
    spells = ", ".join(f"{term.start or ''}..{term.end or ''}" for term in terms)
    words = f"{terms[0].name} held the office of {terms[0].office} ({spells})"
    return Constraint(words, lambda _: days)


def _is_office(role: str, office: str) -> bool:
    """Whether the words of one are among those of the other: "Minister of Foreign Affairs", "Foreign Minister"."""
    one, other = ({word.lower() for word in _WORD.findall(text)} for text in (role, office))
    return (one <= other or other <= one) and not (one ^ other) & _LESSER


def _reach_of_all(times: Sequence[Row]) -> int | None:
    """How many days before its writing the times of a sentence can lie at most; None when one does not point back."""
    reach = [_reach_back(row) for row in times]
    known = [days for days in reach if days is not None]
    return max(known) if known and len(known) == len(reach) else None


def _reach_back(row: Row) -> int | None:
    span = span_of(row)
    if span is None or row["direction"] != "past" or row["anchor_time_expression_id"] or span.kind != "point":
        return None
    point = span.points[0]
    first = point.steps[0]
    if point.base or point.is_absolute:
        return None
    if first.op == "=":
        return {"weekday": 7, "day": 31, "month": 366, "season": 400}.get(first.unit)
    if first.op == "<":
        return {"weekday": 14}.get(first.unit, 400)
    if int(first.value) >= 0 or first.unit not in _REACH:
        return None
    return _REACH[first.unit] * -int(first.value)
