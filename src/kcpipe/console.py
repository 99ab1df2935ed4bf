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

from kcpipe.trace import Chain, DateTrace, Evidence, Report, Trace

if TYPE_CHECKING:
    from kcpipe.doctor import Finding
    from kcpipe.pipeline import Each, Outcome
    from kcpipe.release import Release
    from kcpipe.settings import Setting
    from kcpipe.timeline import Entry

T = TypeVar("T")
R = TypeVar("R")
Row = Mapping[str, Any]

SHORT_ID = 10
"""Characters of an id that a timeline shows; `kcpipe trace` takes them."""
LONGEST_LIST = 50
"""Events in one section of a run's summary."""
_INDENT = 4
_LABEL = 12
_NARROWEST = 30
"""Characters before the fields of a report, of a field's name, and at least of its words."""
_STYLES = {
    "trigger": "bold reverse",
    "actor": "bold green",
    "recipient": "bold blue",
    "party": "bold cyan",
    "place": "magenta",
    "instrument": "cyan",
    "topic": "underline",
    "date": "bold yellow",
}
_LEVELS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def standard_output() -> Console:
    """The console of results: as wide as the terminal, and never cut or coloured in a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    return console


@contextmanager
def progress() -> Iterator[Callable[[Each], Each]]:
    """What turns a way of carrying out steps into the same one with a bar, when standard error is a terminal."""
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

    def shown(each: Each) -> Each:
        def with_bar(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
            task = bar.add_task(name, total=len(batches))
            for result in each(name, function, batches):
                bar.advance(task)
                yield result

        return with_bar

    with bar:
        yield shown


def show_outcome(console: Console, outcome: Outcome, output: Path) -> None:
    """The end of a run: what was published, or why nothing was."""
    release = outcome.release
    if outcome.status == "unchanged" and release is not None:
        same = outcome.rolled_back or release.id
        console.print(f"Nothing new: release {same} is made of the same inputs, code and settings.")
        if outcome.rolled_back is not None:
            console.print(f"It was rolled back; {release.id} stays the latest release.")
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
        if (explorer := outcome.report.with_name("explorer.html")).is_file():
            console.print(f"Explorer {_shown(explorer, output)}", soft_wrap=True)
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


def show_settings(console: Console, settings: Sequence[Setting], file: Path | None) -> None:
    """Every setting by section: value, origin, meaning; and which file was read."""
    console.print(f"Settings of {file if file is not None else 'no file: there is no kcpipe.toml in this folder'}\n")
    table = _table("setting", "value", "origin", "meaning")
    for row in settings:
        value = ", ".join(row.value) if isinstance(row.value, list) else "not set" if row.value is None else row.value
        table.add_row(*map(Text, (f"{row.section}.{row.name}", str(value), row.origin, row.meaning)))
    console.print(table)


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


def show_timeline(console: Console, entries: Sequence[Entry], *, left_out: int) -> None:
    """Events one below the other: when, what sort, who, how many sources; in words; a quote and where it stands."""
    for entry in entries:
        event = entry.event
        when = _days_only(event) if event["unresolved_reason"] is None else f"? {event['unresolved_reason']}"
        precision = "" if event["unresolved_reason"] or when.count("-") == 2 else event["date_precision"]
        head = Text.assemble(
            (when, _STYLES["date"]),
            *(f"  {part}" for part in (precision, event["event_kind"], event["status"], _who(event)) if part),
            f"  {_counted(event, 'source')}, {_counted(event, 'mention', 'report')}  ",
            (event["event_id"][:SHORT_ID], "dim"),
        )
        _show_lines(console, "", head)
        _show_lines(console, " " * _INDENT, Text(event["summary"], "bold"))
        source = ", ".join(entry.document[name] for name in ("publisher", "source_uri") if entry.document[name])
        _show_lines(console, " " * _INDENT, Text.assemble(f"“{entry.quote}”", (f" {source}", "dim")))
    if not entries:
        console.print("No event fits.")
    if left_out:
        console.print(f"... and {left_out} more: ask for less, or for more with --limit")


def _who(event: Row) -> str:
    """CUB → KOR where one side acts on another, else the countries that take part."""
    acting, acted_upon = (", ".join(event[f"{side}_countries"]) for side in ("actor", "recipient"))
    return f"{acting} → {acted_upon}" if acting and acted_upon else ", ".join(event["countries"])


def _counted(event: Row, what: str, noun: str = "") -> str:
    count = event[f"{what}_count"]
    return f"{count} {noun or what}{'' if count == 1 else 's'}"


def show_finding(console: Console, finding: Finding) -> None:
    """One line of the doctor, and what to do in a second one."""
    style = _LEVELS[finding.level]
    head = f"{finding.level:<6}{finding.what:<{_LABEL + 2}}"
    _show_lines(console, head, Text(finding.found, "" if finding.level == "ok" else style))
    if finding.advice:
        _show_lines(console, " " * len(head), Text(finding.advice, "bold"))


def show_releases(console: Console, rows: Sequence[Row]) -> None:
    """The releases, one in a row, with the refs that mean them and why one was yanked."""
    table = _table("release", "published", "documents", "events", "notes")
    for row in rows:
        notes = [*row["refs"], *([f"yanked: {row['yanked']}"] if row["yanked"] else [])]
        counts = [str(row["rows"].get(name, 0)) for name in ("documents", "events")]
        table.add_row(row["release"], row["created"], *counts, Text(", ".join(notes)))
    console.print(table)


def show_meanings(console: Console, rows: Sequence[Row]) -> None:
    """Tables or columns, each with its meaning, its vocabulary and what it points to."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for row in rows:
        values = f" One of: {', '.join(row['values'])}." if row.get("values") else ""
        points = f" See {row['references']}." if row.get("references") else ""
        table.add_row(row.get("table") or row["column"], Text(f"{row['description']}{values}{points}"))
    console.print(table)


def show_trace(console: Console, found: Trace | DateTrace) -> None:
    """An event and each report of it, or one date: down to the words, what they were counted from, the characters."""
    if isinstance(found, Trace):
        _show_event(console, found)
    else:
        _show_document(console, found.evidence.document)
        _show_evidence(console, "", found.evidence)
        _show_field(console, "date", chain_words(found.chain, found.evidence.document))
        _show_place(console, found.evidence)


def _show_event(console: Console, found: Trace) -> None:
    event = found.event
    _show_lines(console, "", Text(event["summary"], "bold"))
    _show_field(console, "event", event["event_id"], indent=0)
    _show_field(console, "kind", " · ".join((event["event_type"], event["event_kind"], event["status"])), indent=0)
    _show_field(console, "parties", ", ".join(event["countries"]) or "none told", indent=0)
    _show_field(console, "date", _days_words(event), indent=0)
    told = (_counted(event, "mention", "report"), _counted(event, "document"), _counted(event, "source"))
    _show_field(console, "told in", ", ".join(told), indent=0)
    document = None
    for number, report in enumerate(found.reports, start=1):
        console.print()
        if report.evidence.document is not document:
            document = report.evidence.document
            _show_document(console, document)
        _show_report(console, number, report)


def _show_document(console: Console, document: Row) -> None:
    _show_lines(console, "", Text(document["title"] or document["source_name"], "bold underline"))
    published = _interval(document["published_start"], document["published_end"], document["published_precision"])
    pieces = [_interval(piece["start"], piece["end"]) for piece in document["published_candidates"] or []]
    words = f"“{document['published_text']}”" if document["published_text"] else None
    basis = ", ".join(part for part in (document["published_basis"], words) if part)
    _show_field(console, "in", f"{document['publisher'] or 'unknown publisher'}, {document['source_uri']}", indent=0)
    _show_field(console, "published", f"{' or '.join(pieces) or published} ({basis})", indent=0)
    if document["published_reason"]:
        _show_field(console, "because", document["published_reason"], indent=0)
    console.print()


def _show_report(console: Console, number: int, report: Report) -> None:
    mention, evidence = report.mention, report.evidence
    _show_evidence(console, f"{number}.", evidence)
    for words in report.implicit:
        _show_field(console, "understood", words)
    _show_field(console, "date", _date_words(report))
    joined = mention["event_link_method"]
    how = f"joined as {joined}" if joined else "first of its event"
    _show_field(console, "found by", f"{mention['pattern_id']}, {how}")
    if mention["attributed_to"]:
        _show_field(console, "said by", mention["attributed_to"])
    _show_place(console, evidence)


def _show_evidence(console: Console, number: str, evidence: Evidence) -> None:
    _show_lines(console, f"{number:<{_INDENT}}", marked(evidence))


def _show_place(console: Console, evidence: Evidence) -> None:
    places = ", ".join(f"{mark.role} {mark.raw_start}-{mark.raw_end}" for mark in evidence.marks)
    _show_field(console, "source", f"raw characters {evidence.raw_start}-{evidence.raw_end} ({places})")


def _show_field(console: Console, label: str, words: str, indent: int = _INDENT) -> None:
    _show_lines(console, f"{'':{indent}}{label:<{_LABEL}}", Text(words))


def _show_lines(console: Console, head: str, words: Text) -> None:
    """The words after the head, as wide as the console; further lines stand under the first."""
    width = max(console.width - len(head), _NARROWEST)
    for number, line in enumerate(words.wrap(console, width)):
        line.rstrip()
        console.print(Text.assemble(head if number == 0 else " " * len(head), line), soft_wrap=True)


def marked(evidence: Evidence) -> Text:
    """The evidence sentence; trigger, parties, place and date in their styles, and in brackets for those without."""
    words = Text(evidence.text)
    for mark in evidence.marks:
        words.stylize(_STYLES[mark.role], mark.start, mark.end)
    pieces: list[Text] = []
    position = 0
    for mark in evidence.marks:
        if mark.start < position:
            continue  # a place inside a party's words is styled, but brackets do not nest
        pieces += [words[position : mark.start], Text("["), words[mark.start : mark.end], Text(f"]{{{mark.role}}}")]
        position = mark.end
    return Text.assemble(*pieces, words[position:])


def _date_words(report: Report) -> str:
    """What dates a report, and where its words stand when that is not its clause."""
    mention = report.mention
    if mention["date_scope"] == "news":
        return f"told as new on “{mention['date_text']}” → {_days_words(mention)}"
    if report.chain is None:
        return "none in the sentence (no_time_expression)"
    words = chain_words(report.chain, report.evidence.document)
    return f"{words}, told elsewhere in the story" if mention["date_scope"] == "story" else words


def chain_words(chain: Chain, document: Row) -> str:
    """Words, anchors, interval: “last week” (week-1) → published 2015-06-29..2015-07-05 → 2015-06-22..2015-06-28."""
    links = [_link(chain.time), *(f"{_link(anchor)}, {_days_only(anchor)}" for anchor in chain.anchors)]
    if (chain.anchors or (chain.time,))[-1]["anchor"] == "publication":
        links.append(f"published {_interval(document['published_start'], document['published_end'])}")
    return " → ".join([*links, _days_words(chain.time)])


def _link(time: Row) -> str:
    return f"“{time['text']}” ({time['symbolic_value']})"


def _days_only(row: Row) -> str:
    """The days of an expression or an event, or why there are none."""
    if row["unresolved_reason"] is not None:
        return f"not resolved ({row['unresolved_reason']})"
    return _interval(row["date_start"], row["date_end"], row["date_precision"])


def _days_words(row: Row) -> str:
    """The same, with precision and basis."""
    told = "" if row["unresolved_reason"] is not None else f" ({row['date_precision']}, {row['date_basis']})"
    return _days_only(row) + told
