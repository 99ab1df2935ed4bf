"""When each document was published: as it states itself, else as it was supplied, else as its text lets one work out.

Two ways are worked out. `calendar`: what the text's own dates, tenses, weekdays and offices allow (constraints).
`corroborated`: the same event told in a dated document (agreement). Both give an interval, never a guess inside it;
what rests on a document that was itself dated by corroboration does not exist, so nothing can go round in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dating.agreement import Agreement, agreements
from kcpipe.dating.constraints import Constraint, Office, constraints_of, narrow
from kcpipe.dating.days import ANY, Days, hull
from kcpipe.dating.page import read_supplied, stated, supplied, unknown
from kcpipe.intervals import Conventions, Interval, period
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build

__all__ = ["Dating", "dating", "read_supplied"]

Row = Mapping[str, Any]

_CALENDAR_SCORE = 0.9
"""Trust in what hard constraints leave: a tense or a title may have been misread."""
_LONE_AGREEMENT = 0.7
"""Trust in the agreement with one dated document; each further one divides what is missing."""
_LONGEST = 366
"""Days: what is known to within more than a year dates nothing; the reason says what is known."""
_LESSER = frozenset(("vice", "deputy", "acting", "assistant", "elect", "candidate"))
_WORD = re.compile(r"[^\W\d_]+")


class Dating(NamedTuple):
    """What `dating` makes."""

    publication_dates: pa.Table


def dating(
    *,
    clean_documents: pa.Table,
    records: pa.Table,
    document_copies: pa.Table,
    sentences: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
    event_drafts: pa.Table,
    lexicons: Lexicons,
) -> Dating:
    """One row per document with its publication interval, or null bounds and the reason in words.

    Tables of those names for the whole corpus. `clean_documents` gives what the page states, `records` what came
    with it (`published_supplied`, ISO 8601: a year, a month, a day, or a time with or without zone); what the page
    states goes before what was supplied, and the day is the one the words name, in their own time zone. The other
    tables give what the text says of its time. lexicons: `date_words` (conventions, occasions), `holidays`,
    `people` (terms of office), `event_kinds` (which kinds recur).

    When several intervals fit, `published_start`..`published_end` reaches over all of them and
    `published_candidates` lists them.
    """
    words = _supplied_words(records)
    columns = ["document_id", "stated_start", "stated_end", "published_precision", "stated_text", "stated_at"]
    rows: dict[str, dict[str, Any]] = {}
    for document in clean_documents.select(columns).to_pylist():
        key = document["document_id"]
        answer = stated(document) or supplied(words.get(key, [])) or unknown(words.get(key, []))
        rows[key] = {"document_id": key, "published_candidates": [], **answer}
    coarse = {key for key, row in rows.items() if row["published_precision"] not in ("minute", "day")}
    conventions = Conventions.of(lexicons["date_words"].rules, lexicons["holidays"].rows)
    limits = _constraints(coarse, clean_documents, sentences, mention_drafts, time_drafts, lexicons, conventions)
    undated: dict[str, Days] = {}
    for key in coarse:
        before = _days(rows[key])
        days, effective = narrow(before, limits[key])
        ends = hull(days)
        if ends is not None and days != before and all((end - start).days <= _LONGEST for start, end in days):
            rows[key] = _worked_out(rows[key], days, ends, effective)
        elif rows[key]["published_basis"] == "unknown":
            undated[key] = days or before
            rows[key]["published_reason"] += _so_far(days, effective)
    dated = {key: Interval(*ends) for key, row in rows.items() if (ends := hull(_days(row))) is not None}
    copies = dict(
        zip(document_copies["document_id"].to_pylist(), document_copies["copy_group"].to_pylist(), strict=True)
    )
    agreeing = agreements(event_drafts, time_drafts, pa.array(sorted(undated), pa.string()), dated, conventions)
    recurring = {row["event_kind"] for row in lexicons["event_kinds"].rows if row["recurs"] == "yes"}
    names = _source_names(records)
    for key, found in agreeing.items():
        if not _is_enough(found, recurring):
            continue
        days, effective = narrow(undated[key], [*(agreement.constraint for agreement in found), *limits[key]])
        ends = hull(days)
        if ends is not None and len(days) == 1 and (ends[1] - ends[0]).days <= _LONGEST:
            agreed = sorted({document for agreement in found for document in agreement.documents}, reverse=True)
            witnesses = {copies.get(document, document): names.get(document, document) for document in agreed}
            rows[key] = _corroborated(rows[key], ends, effective, list(witnesses.values()))
    return Dating(build(TABLES["publication_dates"], list(rows.values())))


def _supplied_words(records: pa.Table) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for row in records.select(["document_id", "published_supplied"]).to_pylist():
        if row["document_id"] and row["published_supplied"]:
            found.setdefault(row["document_id"], set()).add(row["published_supplied"])
    return {key: sorted(words) for key, words in found.items()}


def _source_names(records: pa.Table) -> dict[str, str]:
    """The name of the first record of each document."""
    found: dict[str, str] = {}
    for row in records.select(["source_uri", "source_name", "document_id"]).sort_by("source_uri").to_pylist():
        found.setdefault(row["document_id"], row["source_name"])
    return found


def _days(row: Row) -> Days:
    """The days on which a document may have been published."""
    if row.get("published_start") is None or row.get("published_end") is None:
        return ANY
    return ((row["published_start"], row["published_end"]),)


# --- the text's own calendar -----------------------------------------------------------------------------------------


def _constraints(
    documents: set[str],
    clean_documents: pa.Table,
    sentences: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
    lexicons: Lexicons,
    conventions: Conventions,
) -> dict[str, list[Constraint]]:
    """The constraints of each of these documents."""
    wanted = pa.array(sorted(documents), pa.string())

    def rows_of(table: pa.Table, *columns: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        kept = table.filter(pc.is_in(table.column("document_id"), wanted)).select(["document_id", *columns])
        for row in kept.to_pylist():
            found.setdefault(row["document_id"], []).append(row)
        return found

    texts = {key: rows[0]["text"] for key, rows in rows_of(clean_documents, "text").items()}
    spans = rows_of(sentences, "char_start", "char_end")
    times = rows_of(
        time_drafts,
        "time_expression_id",
        "char_start",
        "char_end",
        "text",
        "symbolic_value",
        "direction",
        "anchor_time_expression_id",
    )
    holders = pc.starts_with(mention_drafts.column("entity_id"), "person:")
    titled = mention_drafts.filter(pc.and_(holders, pc.is_valid(mention_drafts.column("role_text"))))
    mentions = rows_of(titled, "char_start", "char_end", "entity_id", "role_text", "role_time")
    terms = _terms(lexicons)
    occasions = frozenset(lexicons["date_words"].rules["occasions"]["words"])
    found = {}
    for key in documents:
        told = sorted(times.get(key, []), key=lambda row: (row["char_start"], row["char_end"]))
        sentence_of = _sentences_of(told, spans.get(key, []))
        sentence_texts = {
            time: texts[key][sentence["char_start"] : sentence["char_end"]] for time, sentence in sentence_of.items()
        }
        offices = list(_offices(mentions.get(key, []), told, sentence_of, terms))
        found[key] = constraints_of(told, sentence_texts, offices, occasions, conventions)
    return found


def _sentences_of(times: Sequence[Row], sentences: Sequence[Row]) -> dict[str, Row]:
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


def _terms(lexicons: Lexicons) -> dict[str, list[Office]]:
    """The terms of office of each person in the gazetteer."""
    found: dict[str, list[Office]] = {}
    for row in lexicons["people"].rows:
        term = Office(row["name"], row["office"], _first_day(row["valid_from"]), _last_day(row["valid_to"]))
        terms = found.setdefault(row["person_id"], [])
        if row["office"] and term not in terms:
            terms.append(term)
    return found


def _first_day(words: str) -> date | None:
    read = read_supplied(words)
    return None if read is None else read.start


def _last_day(words: str) -> date | None:
    read = read_supplied(words)
    return None if read is None else read.end


def _offices(
    mentions: Sequence[Row], times: Sequence[Row], sentence_of: Mapping[str, Row], terms: Mapping[str, list[Office]]
) -> Iterator[tuple[Office, list[Row]]]:
    """The only term of a person in the office that the text gives them, with the times of that sentence."""
    inside: dict[int, list[Row]] = {}
    for time in times:
        sentence = sentence_of.get(time["time_expression_id"])
        if sentence is not None:
            inside.setdefault(sentence["char_start"], []).append(time)
    bounds = {start: sentence_of[rows[0]["time_expression_id"]]["char_end"] for start, rows in inside.items()}
    for mention in mentions:
        if mention["role_time"] in ("former", "then"):
            continue
        held = [term for term in terms.get(mention["entity_id"], []) if _is_office(mention["role_text"], term.office)]
        for start, end in bounds.items():
            if len(held) == 1 and start <= mention["char_start"] < end:
                yield held[0], inside[start]


def _is_office(role: str, office: str) -> bool:
    """Whether the words of one are among those of the other: "Minister of Foreign Affairs", "Foreign Minister"."""
    one, other = ({word.lower() for word in _WORD.findall(text)} for text in (role, office))
    return (one <= other or other <= one) and not (one ^ other) & _LESSER


def _worked_out(row: dict[str, Any], days: Days, ends: tuple[date, date], effective: Sequence[str]) -> dict[str, Any]:
    reason = "; ".join(effective)
    if row.get("published_text"):
        reason = f"{row['published_basis']} as “{row['published_text']}”; {reason}"
    return {
        **row,
        "published_start": ends[0],
        "published_end": ends[1],
        "published_precision": _precision(*ends),
        "published_basis": "calendar",
        "published_at": None,
        "published_candidates": [{"start": start, "end": end} for start, end in days] if len(days) > 1 else [],
        "published_score": _CALENDAR_SCORE,
        "published_reason": reason,
    }


def _precision(start: date, end: date) -> str:
    if start == end:
        return "day"
    for unit in ("month", "year"):
        piece = period(unit, start)
        if (piece.start, piece.end) == (start, end):
            return unit
    return "interval"


def _so_far(days: Days, effective: Sequence[str]) -> str:
    """What the calendar says of a document that it does not date."""
    if not effective:
        return ""
    told = "; ".join(effective)
    if not days:
        return f"; its own dates do not fit together: {told}"
    start, end = days[0][0], days[-1][1]
    bounds = [f"not before {start}"] if start > date.min else []
    bounds += [f"not after {end}"] if end < date.max else []
    return f"; {' and '.join(bounds)}: {told}"


# --- agreement with dated documents ----------------------------------------------------------------------------------


def _is_enough(found: Sequence[Agreement], recurring: set[str]) -> bool:
    """One event of a kind that countries have once; of visits and talks there are many, so that two must agree."""
    return len(found) > 1 or any(agreement.key[0] not in recurring for agreement in found)


def _corroborated(
    row: dict[str, Any], ends: tuple[date, date], effective: Sequence[str], names: Sequence[str]
) -> dict[str, Any]:
    return {
        **row,
        "published_start": ends[0],
        "published_end": ends[1],
        "published_precision": _precision(*ends),
        "published_basis": "corroborated",
        "published_score": round(1 - (1 - _LONE_AGREEMENT) / len(names), 3),
        "published_reason": f"{'; '.join(effective)}; as dated by {', '.join(sorted(names))}",
    }
