"""The release in numbers: rows now and before, what drifted, the trend over releases, how far each text was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import figures
from kcpipe.joins import rows_with
from kcpipe.report.view import MAX_ROWS, Row, Shown, Tables
from kcpipe.tables import RELEASED, TABLES

SHOWN_DRIFT = 0.05
"""A share that moved by less is not worth a line."""
MAX_DRIFTS = 10
LEAST_TOTAL = 5
"""Shares of fewer rows than this say nothing."""
TRENDS: Mapping[str, str] = {
    "documents": "documents",
    "events": "events",
    "reports of events": "reports",
    "conflicts": "conflicts",
    "share of times resolved": "share of times",
    "share of records set aside": "share of records",
}
"""What is followed over releases, with its unit."""
MEASURES: Mapping[str, str] = {
    "filled": "filled",
    "filled_by_publisher": "filled",
    "language": "in the language",
    "published_basis": "dated as",
    "kind": "of the kind",
    "status": "with the status",
    "resolved": "dates",
    "quarantined": "set aside as",
}


@dataclass(frozen=True, slots=True)
class Trend:
    """One number over releases, the newest last. unit: what is counted, or of what it is the share."""

    name: str
    releases: Sequence[str]
    values: Sequence[float]
    unit: str
    is_share: bool

    @property
    def newest(self) -> str:
        """The newest value in figures."""
        return _figures(self.values[-1], self.is_share)

    @property
    def words(self) -> str:
        """All values, for those who do not see the line."""
        return f"{self.name}: {', '.join(_figures(value, self.is_share) for value in self.values)}"

    @property
    def drawing(self) -> str:
        """The line, as an SVG element; the axis begins at 0."""
        rows = [{"release": each, "value": value} for each, value in zip(self.releases, self.values, strict=True)]
        spec = figures.filled("trend", rows, isShare=self.is_share, highest=max(self.values) or 1)
        spec["encoding"]["x"]["axis"]["values"] = [self.releases[0], self.releases[-1]]
        spec["encoding"]["y"]["axis"]["title"] = self.unit
        return figures.svg(spec)


def _figures(value: float, is_share: bool) -> str:
    return f"{value:.1%}" if is_share else f"{value:,.0f}"


def totals(tables: Tables, profile: pa.Table) -> Sequence[Row]:
    """Rows per table now and in the release before, in the order of the contract."""
    before = {row["table_name"]: row["previous_count"] for row in profile.to_pylist() if row["measure"] == "rows"}
    return [
        {
            "name": name,
            "rows": tables[name].num_rows,
            "before": before.get(name),
            "change": None if before.get(name) is None else tables[name].num_rows - before[name],
            "description": TABLES[name].description,
        }
        for name in RELEASED
    ]


def drifts(profile: pa.Table) -> Sequence[Row]:
    """The shares that moved most since the release before, the largest first."""
    moved = [
        row
        for row in profile.to_pylist()
        if row["measure"] in MEASURES
        and row["share_change"] is not None
        and abs(row["share_change"]) >= SHOWN_DRIFT
        and min(row["total"], row["previous_total"]) >= LEAST_TOTAL
    ]
    moved.sort(key=lambda row: (-abs(row["share_change"]), row["measure"], row["table_name"], row["subject"]))
    return [
        {
            "what": f"{row['table_name']} {MEASURES[row['measure']]} {row['subject'].replace('_', ' ')}",
            "now": f"{row['share']:.1%} of {row['total']:,}",
            "before": f"{row['previous_share']:.1%} of {row['previous_total']:,}",
            "change": f"{row['share_change'] * 100:+.1f} points",
        }
        for row in moved[:MAX_DRIFTS]
    ]


def trends(profile: pa.Table, release_id: str, earlier: Mapping[str, pa.Table]) -> Sequence[Trend]:
    """The trends over the profiles of earlier releases by their ids, oldest first, and this one; none for the first."""
    if not earlier:
        return []
    over_time = [_numbers(each) for each in (*earlier.values(), profile)]
    return [
        Trend(name, (*earlier, release_id), [numbers[name] for numbers in over_time], unit, name.startswith("share"))
        for name, unit in TRENDS.items()
    ]


def _numbers(profile: pa.Table) -> Mapping[str, float]:
    rows = {(row["measure"], row["table_name"], row["subject"]): row for row in profile.to_pylist()}

    def rows_of(table: str) -> int:
        return int(rows["rows", table, "rows"]["count"])

    resolved = rows.get(("resolved", "time_expressions", "resolved"), {"share": None})["share"]
    set_aside = sum(row["count"] for (measure, _, _), row in rows.items() if measure == "quarantined")
    return {
        "documents": rows_of("documents"),
        "events": rows_of("events"),
        "reports of events": rows_of("event_mentions"),
        "conflicts": rows_of("conflicts"),
        "share of times resolved": resolved or 0.0,
        "share of records set aside": set_aside / rows_of("records") if rows_of("records") else 0.0,
    }


def coverage(tables: Tables) -> Shown:
    """How far each article was read: the text kept, the times resolved, the reports and quotations found."""
    documents = tables["documents"].select(["document_id", "title", "publisher", "source_name"])
    shown = documents.sort_by("source_name").slice(0, MAX_ROWS)

    def of_shown(name: str) -> pa.Table:
        return rows_with(tables[name], "document_id", shown.column("document_id"))

    lines, times = of_shown("lines"), of_shown("time_expressions")
    raw, clean = _characters(lines), _characters(lines.filter(lines.column("is_kept")))
    counts = {
        "times": _count(times),
        "resolved": _count(times.filter(pc.is_null(times.column("unresolved_reason")))),
        "reports": _count(of_shown("event_mentions")),
        "quotations": _count(of_shown("quotations")),
    }
    rows = [
        {
            "id": row["document_id"],
            "title": row["title"] or row["source_name"],
            "publisher": row["publisher"] or "unknown",
            "dropped": f"{1 - clean.get(row['document_id'], 0) / raw[row['document_id']]:.0%}"
            if raw.get(row["document_id"])
            else "",
            **{name: found.get(row["document_id"], 0) for name, found in counts.items()},
        }
        for row in shown.to_pylist()
    ]
    return Shown(rows, documents.num_rows)


def by_publisher(tables: Tables) -> Shown:
    """The same summed up by publisher, those with the most articles first."""
    documents = tables["documents"]
    publishers = dict(
        zip(
            documents.column("document_id").to_pylist(),
            pc.fill_null(documents.column("publisher"), "unknown").to_pylist(),
            strict=True,
        )
    )
    times = tables["time_expressions"]
    columns: Mapping[str, Mapping[str, Any]] = {
        "articles": dict.fromkeys(publishers, 1),
        "dated": _count(documents.filter(pc.is_valid(documents.column("published_end")))),
        "times": _count(times),
        "resolved": _count(times.filter(pc.is_null(times.column("unresolved_reason")))),
        "reports": _count(tables["event_mentions"]),
    }
    summed: dict[str, dict[str, int]] = {}
    for document, publisher in publishers.items():
        row = summed.setdefault(publisher, dict.fromkeys(columns, 0))
        for name, found in columns.items():
            row[name] += found.get(document, 0)
    ordered = sorted(summed.items(), key=lambda entry: (-entry[1]["articles"], entry[0]))
    return Shown([{"publisher": name, **row} for name, row in ordered[:MAX_ROWS]], len(ordered))


def _count(table: pa.Table) -> Mapping[str, int]:
    """Rows by document."""
    counts = pc.value_counts(table.column("document_id")).to_pylist()
    return {entry["values"]: entry["counts"] for entry in counts}


def _characters(lines: pa.Table) -> Mapping[str, int]:
    """Characters of the lines by document."""
    lengths = pc.utf8_length(pc.utf8_trim_whitespace(lines.column("text")))
    summed = pa.table({"document_id": lines.column("document_id"), "length": lengths})
    rows = summed.group_by("document_id").aggregate([("length", "sum")]).to_pylist()
    return {row["document_id"]: row["length_sum"] for row in rows}
