"""From symbolic values to days: each time expression and each event report gets its interval, or the reason why not.

A document dated better later is anchored again without being read again: this needs the words' symbolic values, the
reports that they date and the publication dates, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.intervals import (
    Conventions,
    Direction,
    Expression,
    Interval,
    Reference,
    Resolution,
    Span,
    named,
    parse,
    resolve,
    template,
)
from kcpipe.joins import by_key
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]
Resolve = Callable[[str, Interval | None, Direction, bool], Resolution]
"""What a symbolic value comes to, told from a base; where it is true, without the openness around the date named."""


class Anchor(NamedTuple):
    """What `anchor` makes."""

    resolved_times: pa.Table
    event_dates: pa.Table


def anchor(*, time_drafts: pa.Table, event_drafts: pa.Table, publication_dates: pa.Table, lexicons: Lexicons) -> Anchor:
    """One row per draft, in the same order. lexicons: `date_words` (its conventions), `holidays`.

    A report has the interval of the expression that dates it. One that is only told as new (scope `news`) lies in the
    days up to the day that its page states, as many as `conventions.news`; where the page states no day it has none.

    `anchor` says what the words count from: `expression` whenever they point to another expression of the text, also
    when that one has no date (its reason is then theirs); `publication` when the publication date gave the interval;
    `none` when no anchor was needed or nothing could be resolved. `date_basis` is that of the publication date where
    this was worked out (calendar, corroborated) and the interval rests on it, else `relative`. Where a document has
    several candidate dates, only what all of them give is given. Raises ValueError when expressions count from one
    another in a circle, or from one that is not there.
    """
    conventions = Conventions.of(lexicons["date_words"].rules, lexicons["holidays"].rows)

    @cache  # texts of one day say the same words of the same days
    def resolve_from(symbolic: str, base: Interval | None, direction: Direction, only_named: bool) -> Resolution:
        return resolve(_expression(symbolic, only_named=only_named), base, direction, conventions)

    columns = ["document_id", "published_start", "published_end", "published_basis", "published_candidates"]
    publications = publication_dates.select(columns).to_pylist()
    published = {row["document_id"]: _intervals(row) for row in publications}
    bases = {row["document_id"]: row["published_basis"] for row in publications}
    columns = ["time_expression_id", "document_id", "symbolic_value", "direction", "anchor_time_expression_id"]
    drafts: dict[str, Row] = {row["time_expression_id"]: row for row in time_drafts.select(columns).to_pylist()}
    resolved: dict[str, Resolution] = {}
    for key in drafts:
        for link in reversed(_chain(key, drafts, resolved)):
            resolved[link] = _resolve(drafts[link], drafts, published, resolve_from, resolved)
    rows = {key: _row(draft, resolved[key], _basis(draft, drafts, bases)) for key, draft in drafts.items()}
    event_rows = _event_rows(event_drafts, time_drafts, rows, publication_dates, conventions.news)
    return Anchor(build(TABLES["resolved_times"], list(rows.values())), build(TABLES["event_dates"], event_rows))


def _intervals(row: Row) -> list[Interval]:
    """The intervals in which a document may have been published; none when nothing is known."""
    candidates = [Interval(candidate["start"], candidate["end"]) for candidate in row["published_candidates"]]
    if candidates or row["published_start"] is None or row["published_end"] is None:
        return candidates
    return [Interval(row["published_start"], row["published_end"])]


def _chain(key: str, drafts: Mapping[str, Row], resolved: Mapping[str, Resolution]) -> list[str]:
    """An expression, the one it counts from, and so on, up to what is resolved."""
    chain: list[str] = []
    here: str | None = key
    while here is not None and here not in resolved:
        if here in chain:
            raise ValueError(f"time expressions count from one another in a circle: {' -> '.join([*chain, here])}")
        if here not in drafts:
            raise ValueError(f"time expression {chain[-1]} counts from {here}, which is not there")
        chain.append(here)
        here = drafts[here]["anchor_time_expression_id"]
    return chain


def _resolve(
    draft: Row,
    drafts: Mapping[str, Row],
    published: Mapping[str, Sequence[Interval]],
    resolve_from: Resolve,
    resolved: Mapping[str, Resolution],
    *,
    only_named: bool = False,
) -> Resolution:
    """Resolve a draft; `only_named`: the date in its words, without the openness around it."""
    symbolic, direction, former = draft["symbolic_value"], draft["direction"], draft["anchor_time_expression_id"]
    if former is None:
        # What counts from the story must not fall back on the publication date.
        from_story = _counts_from_story(symbolic)
        bases: Sequence[Interval | None] = [] if from_story else published.get(draft["document_id"], [])
        answers = {resolve_from(symbolic, base, direction, only_named) for base in bases or [None]}
        answer = answers.pop()
        if answers:  # the candidates do not say the same
            value = template(_expression(symbolic, only_named=only_named))
            return Resolution(None, None, "unknown", None, value, "vague")
        return answer._replace(reason="vague") if from_story and answer.reason else answer
    told = resolved[former]
    if told.start is None or told.end is None:
        told = _resolve(drafts[former], drafts, published, resolve_from, resolved, only_named=True)
    base = Interval(told.start, told.end)
    answer = resolve_from(symbolic, base, direction, only_named)
    if answer.reason == "ambiguous_direction":
        # That a story goes forward is a presumption; a date just before the one told last is as good.
        answer = resolve_from(symbolic, base, "either", only_named)
    if answer.reason == "no_publication_date":
        # There is nothing to count from, for the reason that the former expression has no date.
        return answer._replace(reason=told.reason or "vague")
    return answer


def _expression(symbolic: str, *, only_named: bool) -> Expression:
    return named(parse(symbolic)) if only_named else parse(symbolic)


def _basis(draft: Row, drafts: Mapping[str, Row], bases: Mapping[str, str]) -> str:
    """What an interval rests on in the end: the words alone, or a publication date that was told or worked out."""
    is_counted = False
    here: str | None = draft["time_expression_id"]
    while here is not None:
        draft, is_absolute = drafts[here], _is_absolute(drafts[here]["symbolic_value"])
        here = draft["anchor_time_expression_id"]
        is_counted = is_counted or here is not None or not is_absolute
    if not is_counted:
        return "absolute"
    published = bases.get(draft["document_id"], "unknown")
    return published if published in ("calendar", "corroborated") and not is_absolute else "relative"


def _row(draft: Row, answer: Resolution, basis: str) -> Row:
    former = draft["anchor_time_expression_id"]
    needs_anchor = former is not None or not _is_absolute(draft["symbolic_value"])
    return {
        "time_expression_id": draft["time_expression_id"],
        "timex_value": answer.value,
        "date_start": answer.start,
        "date_end": answer.end,
        "date_precision": answer.precision,
        "date_extent": answer.extent,
        "date_basis": "unresolved" if answer.reason else basis,
        "anchor": "expression" if former else "publication" if needs_anchor and not answer.reason else "none",
        "anchor_time_expression_id": former,
        "unresolved_reason": answer.reason,
    }


@lru_cache(maxsize=16_384)
def _counts_from_story(symbolic: str) -> bool:
    return any(point.base for part in parse(symbolic) if isinstance(part, Span) for point in part.points)


@lru_cache(maxsize=16_384)
def _is_absolute(symbolic: str) -> bool:
    """Whether the words alone say it: dates with their year, and a government's fiscal year."""
    return all(
        isinstance(part, Reference) or (isinstance(part, Span) and all(point.is_absolute for point in part.points))
        for part in parse(symbolic)
    )


# --- event reports -------------------------------------------------------------------------------------------------

_UNDATED = {
    "date_start": None,
    "date_end": None,
    "date_precision": "unknown",
    "date_extent": None,
    "date_basis": "unresolved",
    "date_scope": None,
    "date_text": None,
    "unresolved_reason": "no_time_expression",
}


def _event_rows(
    event_drafts: pa.Table,
    time_drafts: pa.Table,
    resolved: Mapping[str, Row],
    publication_dates: pa.Table,
    news_days: int,
) -> Iterator[dict[str, Any]]:
    """For each report the date of its expression; for news the days up to the one that the page states."""
    words = dict(zip(*(time_drafts.column(name).to_pylist() for name in ("time_expression_id", "text")), strict=True))
    stated = by_key(
        publication_dates.filter(pc.equal(publication_dates.column("published_basis"), "stated")).select(
            ["document_id", "published_start", "published_end", "published_text"]
        ),
        "document_id",
    )
    columns = ["event_mention_id", "document_id", "time_expression_id", "date_scope"]
    for report in event_drafts.select(columns).to_pylist():
        row = {"event_mention_id": report["event_mention_id"], **_UNDATED}
        key, page = report["time_expression_id"], stated.get(report["document_id"])
        if key is not None:
            row.update({name: resolved[key][name] for name in row.keys() & resolved[key].keys()})
            row.update(date_scope=report["date_scope"], date_text=words[key])
        elif report["date_scope"] == "news" and page is not None and page["published_start"] == page["published_end"]:
            row.update(
                date_start=page["published_end"] - timedelta(days=news_days - 1),
                date_end=page["published_end"],
                date_precision="interval",
                date_extent="within",
                date_basis="relative",
                date_scope="news",
                date_text=page["published_text"],
                unresolved_reason=None,
            )
        yield row
