"""What a terminal shows: the progress of a run, its summary, a timeline, a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow.compute as pc
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from kcpipe.pipeline import Each, Outcome
    from kcpipe.release import Release
    from kcpipe.trace import Report, Trace

T = TypeVar("T")
R = TypeVar("R")
Row = Mapping[str, Any]

SHORT_ID = 10
"""Characters of an id that a timeline shows; `kcpipe trace` takes them."""
LONGEST_LIST = 50
"""Events in one section of a run's summary."""
_STYLES = {
    "trigger": "bold reverse",
    "actor": "bold green",
    "recipient": "bold blue",
    "party": "bold cyan",
    "place": "magenta",
    "date": "bold yellow",
}


def standard_output() -> Console:
    """The console of results: as wide as the terminal, and never cut or coloured in a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    return console


@contextmanager
def progress(each: Each) -> Iterator[Each]:
    """The same way of carrying out steps, with a bar when standard error is a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

    def with_bar(name: str, function: Callable[[T], R], batches: Sequence[T]) -> list[R]:
        task = bar.add_task(name, total=len(batches))

        def advance(batch: T) -> R:
            result = function(batch)
            bar.advance(task)
            return result

        return each(name, advance, batches)

    with bar:
        yield with_bar


def show_outcome(console: Console, outcome: Outcome, output: Path) -> None:
    """The end of a run: what was published, or why nothing was."""
    release = outcome.release
    if outcome.status == "unchanged" and release is not None:
        console.print(f"Nothing new: release {release.id} is made of the same inputs, code and settings.")
    if outcome.status == "stopped":
        console.print("[bold red]Stopped: a critical check failed; nothing was published.[/]")
        show_failures(console, outcome)
        still = f"{release.id} stays the latest release." if release is not None else "There is no release yet."
        console.print(still)
    if outcome.status == "published" and release is not None:
        console.print(f"[bold green]Published release {release.id}[/]\n")
        show_documents(console, release)
        show_events(console, release.table("events").to_pylist())
        show_quarantine(console, release)
    if outcome.verdict is not None:
        v = outcome.verdict
        allowed = f", {v.allowed} allowed to fail" if v.allowed else ""
        console.print(f"Checks   {v.passed} passed, {v.warned} warned, {v.informed} noted, {v.failed} failed{allowed}")
    if outcome.report is not None:
        console.print(f"Report   {_shown(outcome.report, output)}", soft_wrap=True)
    if outcome.status != "stopped" and release is not None:
        console.print(f"Tables   {output / 'latest'}/<table>.parquet", soft_wrap=True)


def _shown(path: Path, output: Path) -> Path:
    """A path below the output as the user named the output."""
    return output / path.resolve().relative_to(output.resolve())


def show_failures(console: Console, outcome: Outcome) -> None:
    """The critical checks that failed, with what was found."""
    if outcome.verdict is None:
        return
    for row in outcome.verdict.checks.to_pylist():
        if not row["success"] and row["severity"] == "critical" and row["allowed_because"] is None:
            console.print(f"  {row['suite']} {row['expectation_id']}: {row['why']} ({row['observed']})", markup=False)


def show_documents(console: Console, release: Release) -> None:
    """The documents: file, publication date and where it comes from, publisher, title."""
    table = _table("document", "published", "publisher", "title")
    columns = ["source_name", "title", "publisher", "published_start", "published_end", "published_basis"]
    for row in release.table("documents").select(columns).sort_by("source_name").to_pylist():
        published = _interval(row["published_start"], row["published_end"])
        basis = "" if row["published_basis"] == "unknown" else f" ({row['published_basis']})"
        cells = (row["source_name"], published + basis, row["publisher"] or "unknown", row["title"] or "none")
        table.add_row(*map(Text, cells))
    console.print(table)
    console.print()


def _table(*headers: str) -> Table:
    """A table without lines; its last column takes what width is left, the others are never cut."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers[:-1]:
        table.add_column(header, no_wrap=True)
    table.add_column(headers[-1], overflow="fold")
    return table


def show_quarantine(console: Console, release: Release) -> None:
    """How many records or rows could not be used, by reason."""
    reasons = release.table("quarantine").column("reason")
    if len(reasons):
        counts = ", ".join(f"{c['counts']} {c['values']}" for c in pc.value_counts(reasons).to_pylist())
        console.print(f"Set aside {counts} (see quarantine.parquet)")


def show_events(console: Console, events: Sequence[Row]) -> None:
    """A timeline: what happened by date, then what is undated, then what did not happen or not yet."""
    for heading, rows in _sections(events):
        if not rows:
            continue
        best = sorted(rows, key=lambda row: -row["source_count"])[:LONGEST_LIST]
        shown = {row["event_id"] for row in best}
        table = _table("when", "precision", "sources", "reports", "event", heading)
        for row in (row for row in rows if row["event_id"] in shown):
            is_open = row["unresolved_reason"] is not None
            table.add_row(
                "?" if is_open else _interval(row["date_start"], row["date_end"], row["date_precision"]),
                row["unresolved_reason"] if is_open else row["date_precision"],
                str(row["source_count"]),
                str(row["mention_count"]),
                row["event_id"][:SHORT_ID],
                Text(row["summary"]),
            )
        console.print(table)
        if len(shown) < len(rows):
            console.print(f"... and {len(rows) - len(shown)} more, see events.parquet")
        console.print()


def _sections(events: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    def order(row: Row) -> tuple[str, str]:
        return str(row["date_start"] or row["date_end"] or "undated"), row["summary"]  # digits sort before letters

    dated = [r for r in events if r["is_occurred"] and r["unresolved_reason"] is None]
    undated = [r for r in events if r["is_occurred"] and r["unresolved_reason"] is not None]
    other = [r for r in events if not r["is_occurred"]]
    return [
        ("Happened", sorted(dated, key=order)),
        ("Happened, date not resolved", sorted(undated, key=order)),
        ("Not (yet) happened", sorted(other, key=order)),
    ]


def _interval(start: date | None, end: date | None, precision: str = "") -> str:
    """An interval as short as its precision allows: 2024-02-14, 1949-07, 1959, 2024-02-01..2024-02-10, 1959-01-01.."""
    if start is None and end is None:
        return "unknown"
    if start is not None and precision in ("month", "year"):
        return start.isoformat()[: 7 if precision == "month" else 4]
    return str(start) if start == end else f"{start or ''}..{end or ''}"


def show_trace(console: Console, found: Trace) -> None:
    """An event, and each report of it down to the characters of its file."""
    event = found.event
    console.print(Text(event["summary"], "bold"))
    console.print(
        f"event {event['event_id']}  {event['event_type']} · {event['event_kind']} · {event['status']}  "
        f"{', '.join(event['countries'])}  {event['mention_count']} reports in {event['document_count']} documents, "
        f"{event['source_count']} sources",
        highlight=False,
    )
    for number, report in enumerate(found.reports, start=1):
        console.print()
        _show_report(console, number, report)


def _show_report(console: Console, number: int, report: Report) -> None:
    mention, document = report.mention, report.document
    console.print(Text(f"{number}. {document['title'] or document['source_name']}", "bold"))
    published = _interval(document["published_start"], document["published_end"])
    console.print(
        Text(
            f"   {document['publisher'] or 'publisher unknown'}, published {published} ({document['published_basis']})"
        )
    )
    if document["published_basis"] in ("calendar", "corroborated"):
        console.print(Text(f"   dated by   {document['published_reason']}"), soft_wrap=True)
    console.print(Text("   ") + marked(report))
    for words in report.implicit:
        console.print(Text(f"   understood: {words}"))
    console.print(Text(f"   date       {_date_words(report)}"))
    joined = mention["event_link_method"]
    console.print(
        Text(f"   found by   {mention['pattern_id']}, {f'joined as {joined}' if joined else 'first of its event'}")
    )
    if mention["attributed_to"]:
        console.print(Text(f"   said by    {mention['attributed_to']}"))
    places = ", ".join(f"{mark.role} {mark.raw_start}-{mark.raw_end}" for mark in report.marks)
    console.print(
        Text(f"   source     {document['source_uri']}, raw characters {report.raw_start}-{report.raw_end} ({places})"),
        soft_wrap=True,
    )


def marked(report: Report) -> Text:
    """The evidence sentence; trigger, parties, place and date in their styles, and in brackets for those without."""
    evidence = Text(report.mention["evidence"])
    for mark in report.marks:
        evidence.stylize(_STYLES[mark.role], mark.start, mark.end)
    pieces: list[Text] = []
    position = 0
    for mark in report.marks:
        if mark.start < position:
            continue  # a place inside a party's words is styled, but brackets do not nest
        pieces += [
            evidence[position : mark.start],
            Text("["),
            evidence[mark.start : mark.end],
            Text(f"]{{{mark.role}}}"),
        ]
        position = mark.end
    return Text.assemble(*pieces, evidence[position:])


def _date_words(report: Report) -> str:
    time = report.time
    if time is None:
        return "none in the sentence (no_time_expression)"
    chain = f"“{time['text']}” = {time['symbolic_value']}"
    if report.anchor_time is not None:
        anchor = report.anchor_time
        days = anchor["unresolved_reason"] or _interval(anchor["date_start"], anchor["date_end"])
        chain += f", counted from “{anchor['text']}” ({days})"
    elif time["anchor"] == "publication":
        document = report.document
        chain += ", counted from the publication date"
        if document["published_start"] != document["published_end"]:
            chain += f" ({_interval(document['published_start'], document['published_end'])})"
    if time["unresolved_reason"] is not None:
        return f"{chain}: not resolved ({time['unresolved_reason']})"
    return (
        f"{chain}: {_interval(time['date_start'], time['date_end'])} ({time['date_precision']}, {time['date_basis']})"
    )
