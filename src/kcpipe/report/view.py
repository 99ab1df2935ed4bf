"""What the report shows, in the order it is shown: plain rows of words made from the tables, nothing of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import by_key, rows_with
from kcpipe.quality import Verdict
from kcpipe.release import EventNews
from kcpipe.report.words import BASES, REASONS, date_in_words, precision_in_words

MAX_EVENTS = 2_000
MAX_FURTHER_REPORTS = 3
MAX_ROWS = 500
MAX_NEWS = 50
"""Events of one kind that are told as new, merged, withdrawn or told otherwise."""
MAX_QUOTED = 600
"""Characters of a sentence that are shown: longer ones are tables that no splitter could split."""

Tables = Mapping[str, pa.Table]
Row = Mapping[str, Any]

_SEVERITY_ORDER = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows that are shown, of how many there are."""

    rows: Sequence[Mapping[str, Any]]
    total: int

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


def _pieces(text: str, marks: Iterable[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Text cut at marks (start, end, kind) into pieces with their kind, "" between; of two that overlap the first."""
    pieces: list[tuple[str, str]] = []
    position = 0
    for start, end, kind in sorted(marks):
        if position <= start < end <= len(text):
            pieces += [(text[position:start], ""), (text[start:end], kind)]
            position = end
    pieces.append((text[position:], ""))
    return [piece for piece in pieces if piece[0]]


def _named(names: Mapping[str, str], codes: Sequence[str]) -> str:
    return ", ".join(names.get(code, code) for code in codes)


# parts of the page


def checks(verdict: Verdict) -> Mapping[str, Sequence[Row]]:
    """The checks that did not hold, the gravest first, those that were allowed not to, and those that did, by suite."""
    rows = verdict.checks.to_pylist()
    failed = [row for row in rows if not row["success"] and row["allowed_because"] is None]
    return {
        "allowed": [row for row in rows if row["allowed_because"] is not None],
        "failed": sorted(failed, key=lambda row: _SEVERITY_ORDER.index(row["severity"])),
        "passed": [row for row in rows if row["success"]],
    }


def news(found: EventNews) -> Sequence[Row]:
    """What became of the events of the release before, kind by kind; nothing of a kind that there is none of."""
    kinds = (
        ("New events", found.new),
        ("Events merged into another one, or under another id", found.moved),
        ("Events withdrawn", found.withdrawn),
        ("Events told otherwise", found.told_otherwise),
    )
    return [
        {"kind": kind, "shown": Shown([each._asdict() for each in told[:MAX_NEWS]], len(told))}
        for kind, told in kinds
        if told
    ]


def events(tables: Tables) -> Shown:
    """The best supported events as a timeline, the undated last, each with its reports."""
    best = best_supported(tables["events"], MAX_EVENTS).to_pylist()
    reports = _reports(tables, [row["event_id"] for row in best])
    names = country_names(tables)
    rows = [_event(row, reports.get(row["event_id"], []), names) for row in sorted(best, key=_in_time)]
    return Shown(rows, tables["events"].num_rows)


def best_supported(events: pa.Table, count: int) -> pa.Table:
    """The rows of `events` that most sources, articles and reports tell, at most `count`, the best first."""
    support = [(name, "descending") for name in ("source_count", "document_count", "mention_count", "confidence")]
    return events.take(pc.select_k_unstable(events, count, [*support, ("event_id", "ascending")]))


def _in_time(row: Row) -> tuple[date, date, int, str]:
    start, end = row["date_start"], row["date_end"]
    return start or end or date.max, end or date.max, -row["source_count"], row["event_id"]


def _event(row: Row, reports: Sequence[Row], names: Mapping[str, str]) -> Row:
    first = [each for each in reports if each["id"] == row["best_event_mention_id"]]
    others = [each for each in reports if each["id"] != row["best_event_mention_id"]]
    return {
        "id": row["event_id"],
        "date": date_in_words(row["date_start"], row["date_end"], row["date_precision"]) or "no date",
        "is_dated": row["unresolved_reason"] is None,
        "precision": precision_in_words(row),
        "kind": row["event_kind"].replace("_", " "),
        "summary": row["summary"],
        "who": _who(row, names),
        "place": row["place_name"] or "",
        "status": row["status"],
        "is_occurred": row["is_occurred"],
        "has_conflict": row["has_conflict"],
        "source_count": row["source_count"],
        "document_count": row["document_count"],
        "mention_count": row["mention_count"],
        "publishers": ", ".join(row["publishers"]),
        "confidence": f"{row['confidence']:.2f}",
        "reports": first,
        "further": others[:MAX_FURTHER_REPORTS],
        "not_shown": len(others[MAX_FURTHER_REPORTS:]),
    }


def _who(row: Row, names: Mapping[str, str]) -> str:
    actors, recipients = row["actor_countries"], row["recipient_countries"]
    if actors and recipients:
        return f"{_named(names, actors)} → {_named(names, recipients)}"
    return _named(names, row["countries"])


def _reports(tables: Tables, event_ids: Sequence[str]) -> Mapping[str, list[Row]]:
    """The reports of some events, by event: their sentence in pieces, the words of their date, and their article."""
    mentions = tables["event_mentions"]
    wanted = mentions.filter(pc.is_in(mentions.column("event_id"), pa.array(event_ids, pa.string())))
    times = _by_key(tables["time_expressions"], "time_expression_id", wanted.column("time_expression_id"))
    anchors = _by_key(
        tables["time_expressions"],
        "time_expression_id",
        pa.chunked_array([[row["anchor_time_expression_id"] for row in times.values()]], pa.string()),
    )
    parties = _parties(tables["participants"], wanted.column("event_mention_id"))
    articles = _by_key(tables["documents"], "document_id", wanted.column("document_id"), leave_out="text")
    by_event: dict[str, list[Row]] = {}
    for row in wanted.sort_by([("document_id", "ascending"), ("char_start", "ascending")]).to_pylist():
        start = row["char_start"]
        marks = [(row["trigger_start"] - start, row["trigger_end"] - start, "trigger")]
        marks += [(first - start, last - start, "party") for first, last in parties.get(row["event_mention_id"], ())]
        time = times.get(row["time_expression_id"])
        if time is not None and row["date_scope"] != "story":
            marks.append((time["char_start"] - start, time["char_end"] - start, "date"))
        by_event.setdefault(row["event_id"], []).append(
            {
                "id": row["event_mention_id"],
                "pieces": _pieces(row["evidence"][:MAX_QUOTED], marks),
                "is_cut": len(row["evidence"]) > MAX_QUOTED,
                "date_text": row["date_text"] or "",
                "chain": _chain(
                    row, time, anchors.get(time["anchor_time_expression_id"]) if time is not None else None
                ),
                "attributed_to": row["attributed_to"] or "",
                "article": _article(articles.get(row["document_id"])),
            }
        )
    return by_event


def _parties(participants: pa.Table, wanted: pa.ChunkedArray) -> Mapping[str, list[tuple[int, int]]]:
    """Where the participants of some reports stand in their sentences, by report."""
    told = rows_with(participants, "event_mention_id", wanted)
    named = told.filter(pc.invert(told.column("is_implicit")))
    found: dict[str, list[tuple[int, int]]] = {}
    for row in named.to_pylist():
        if row["role"] != "place":
            found.setdefault(row["event_mention_id"], []).append((row["char_start"], row["char_end"]))
    return found


def _chain(row: Row, time: Row | None, anchor: Row | None) -> str:
    """How the words of a date became days: from what they were counted, and what came out."""
    resolved = date_in_words(row["date_start"], row["date_end"], row["date_precision"])
    if row["date_scope"] == "news":
        return f"told as new in an article of that day: {resolved}"
    if time is None or not resolved:
        return ""
    counted = {
        "publication": "counted from the day of publication",
        "expression": f"counted from “{anchor['text']}”" if anchor is not None else "counted from another time told",
        "event": "counted from another event",
        "none": "told in full",
    }
    before = "told elsewhere in the story, " if row["date_scope"] == "story" else ""
    return f"{before}{counted[time['anchor']]}: {resolved}"


def _by_key(table: pa.Table, key: str, wanted: pa.ChunkedArray, leave_out: str = "") -> Mapping[str, Row]:
    """The rows of a table whose key is wanted, by that key."""
    found = rows_with(table, key, wanted)
    return by_key(found.drop_columns([leave_out]) if leave_out else found, key)


def _article(row: Row | None) -> str:
    if row is None:
        return ""
    return str(row["publisher"] or row["source_name"])


def country_names(tables: Tables) -> Mapping[str, str]:
    """Country code to name, for the countries among the entities."""
    entities = tables["entities"]
    countries = entities.filter(pc.equal(entities.column("entity_type"), "COUNTRY"))
    return dict(zip(countries.column("country_code").to_pylist(), countries.column("name").to_pylist(), strict=True))


def shown_keys(events: Shown, documents: Shown) -> set[tuple[str, str]]:
    """Table and key of what stands on the page, so that a failing key can lead there."""
    reports = (each["id"] for row in events.rows for each in (*row["reports"], *row["further"]))
    return {
        *(("events", row["id"]) for row in events.rows),
        *(("event_mentions", key) for key in reports),
        *(("documents", row["id"]) for row in documents.rows),
    }


def documents(tables: Tables) -> Shown:
    """The articles, the newest first, the undated last."""
    table = tables["documents"].drop_columns(["text"])
    order = [("published_end", "descending"), ("document_id", "ascending")]
    rows = [
        {
            "id": row["document_id"],
            "title": row["title"] or "no title",
            # Any other scheme could run something.
            "url": row["url"] if (row["url"] or "").lower().startswith(("http://", "https://")) else "",
            "publisher": row["publisher"] or "unknown",
            "published": _published(row) or "unknown",
            "basis": BASES[row["published_basis"]],
            "words": row["published_text"] or "",
            "reason": row["published_reason"] or "",
            "source_name": row["source_name"],
            "copy_of": row["duplicate_of"] or "",
        }
        for row in table.sort_by(order).slice(0, MAX_ROWS).to_pylist()
    ]
    return Shown(rows, table.num_rows)


def _published(row: Row) -> str:
    return date_in_words(row["published_start"], row["published_end"], row["published_precision"])


def unresolved(tables: Tables) -> Shown:
    """Words of time that could not be resolved, by reason."""
    times = tables["time_expressions"]
    found = times.filter(pc.is_valid(times.column("unresolved_reason")))
    order = [(name, "ascending") for name in ("unresolved_reason", "document_id", "char_start")]
    shown = found.sort_by(order).slice(0, MAX_ROWS)
    articles = _by_key(tables["documents"], "document_id", shown.column("document_id"), leave_out="text")
    rows = [
        {
            "words": row["text"],
            "reason": REASONS[row["unresolved_reason"]],
            "title": (articles.get(row["document_id"]) or {}).get("title") or "no title",
        }
        for row in shown.to_pylist()
    ]
    return Shown(rows, found.num_rows)


def conflicts(tables: Tables) -> Shown:
    """Claims that cannot both hold, side by side."""
    table = tables["conflicts"]
    shown = table.sort_by([("attribute", "ascending"), ("conflict_id", "ascending")]).slice(0, MAX_ROWS)
    reports = _sentences(tables, shown)
    rows = [
        {
            "attribute": row["attribute"],
            "sides": [
                {
                    "claim": row[f"claim_{side}"],
                    "evidence": reports.get(row[f"event_mention_id_{side}"] or row[f"fact_id_{side}"], ""),
                    "event_id": row[f"event_id_{side}"] or "",
                }
                for side in ("a", "b")
            ],
        }
        for row in shown.to_pylist()
    ]
    return Shown(rows, table.num_rows)


def _sentences(tables: Tables, shown: pa.Table) -> Mapping[str, str]:
    """The sentence of every report and fact that the conflicts name."""
    found: dict[str, str] = {}
    for table, key in (("event_mentions", "event_mention_id"), ("facts", "fact_id")):
        wanted = pa.chunked_array([*shown.column(f"{key}_a").chunks, *shown.column(f"{key}_b").chunks], pa.string())
        found |= {name: row["evidence"][:MAX_QUOTED] for name, row in _by_key(tables[table], key, wanted).items()}
    return found


def quarantine(tables: Tables) -> Shown:
    """What could not be used, and why."""
    table = tables["quarantine"]
    order = [(name, "ascending") for name in ("reason", "source_uri", "quarantine_id")]
    rows = [
        {
            "where": row["source_uri"] or row["table_name"] or "",
            "stage": row["stage"],
            "reason": row["reason"].replace("_", " "),
            "message": row["message"],
        }
        for row in table.sort_by(order).slice(0, MAX_ROWS).to_pylist()
    ]
    return Shown(rows, table.num_rows)
