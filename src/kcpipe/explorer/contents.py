"""What the explorer embeds: events with their reports, conflicts and quotations; documents and paragraphs once each.

Offsets of marks count code points of the paragraph they stand in; raw offsets those of the raw record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.explorer.words import DATE_BASES, FLAGS, JOINED, STATUSES
from kcpipe.joins import by_key
from kcpipe.report.view import best_supported, country_names
from kcpipe.report.words import BASES, REASONS, date_in_words, precision_in_words
from kcpipe.spans import SpanMap, span_maps
from kcpipe.trace import Chain, Report, in_reading_order, reports

MAX_EVENTS = 3_000
REPORTS_OF_EACH = (40, 20, 10, 5, 3)
"""How many reports of one event are shown, at most: the first that leaves room for ENOUGH events."""
ENOUGH = 1_000
BYTES_OF_A_REPORT = 1_200
"""With its share of paragraphs and of its event's row: the seeds' take somewhat less."""
MAX_CONFLICTS = 200
MAX_QUOTATIONS = 500
MAX_PARAGRAPH = 1_500
"""Characters: longer ones are cut around the sentence."""

Row = Mapping[str, Any]
Tables = Mapping[str, pa.Table]

_OF_EVENTS = (
    "event_id",
    "event_kind",
    "event_type",
    "status",
    "is_occurred",
    "countries",
    "actor_countries",
    "recipient_countries",
    "date_start",
    "date_end",
    "date_extent",
    "place_name",
    "summary",
    "mention_count",
    "document_count",
    "source_count",
    "publishers",
    "confidence",
    "has_conflict",
)
_OF_QUOTATIONS = ("quotation_id", "text", "speaker_text", "quotation_kind")
_QUOTATION_ORDER = ("direct", "mixed", "indirect")


def gather(tables: Tables, release_id: str, *, size: Callable[[Row], int], limit: int) -> dict[str, Any]:
    """The data of the page. Numbers in place of documents and paragraphs are places in their lists; what is empty is
    left out of a row, and so are reports and conflicts that point to rows which are not there.

    size: the bytes that a row takes. limit: about how many bytes all rows may take; the best supported events are
    taken until it is reached.
    """
    tables = {**tables, **_of_documents(tables)}
    shared = _Shared(size)
    conflicts = _conflicts(tables, shared)
    quotations = _quotations(tables, shared)
    left = limit - sum(map(size, conflicts)) - sum(map(size, quotations))
    events: list[Row] = []
    for event in _events(tables, shared, left):
        left -= size(event)
        if left < shared.size and events:
            break
        events.append(event)
    names = country_names(tables)
    kinds = {event["event_kind"] for event in events}
    return {
        "release": release_id,
        "totals": {name: tables[name].num_rows for name in ("documents", "events", "conflicts", "quotations")},
        "happened": _happened(tables["events"]),
        "statuses": STATUSES,
        "countries": {code: names.get(code, code) for event in events for code in event.get("countries", ())},
        "kinds": {
            row["event_kind"]: row["definition"]
            for row in tables["event_kinds"].to_pylist()
            if row["event_kind"] in kinds
        },
        "documents": shared.documents,
        "paragraphs": shared.paragraphs,
        "events": events,
        "conflicts": conflicts,
        "quotations": quotations,
    }


def _happened(events: pa.Table) -> Row:
    """How many events happened, and the first and last day told of them."""
    happened = events.filter(events.column("is_occurred"))
    bounds = [pc.min_max(happened.column(name)).as_py() for name in ("date_start", "date_end")]
    days = [day for bound in bounds for day in bound.values() if day is not None]
    return {"count": happened.num_rows, "first": min(days, default=None), "last": max(days, default=None)}


def _of_documents(tables: Tables) -> Tables:
    """What is told, of documents that are there: a missing one was let through by whoever allowed its check to fail."""
    there = tables["documents"].column("document_id").combine_chunks()
    told = ("event_mentions", "facts", "quotations")
    return {name: tables[name].filter(pc.is_in(tables[name].column("document_id"), there)) for name in told}


class _Shared:
    """Documents and paragraphs that several rows point to, each once, by their number in a list."""

    def __init__(self, size: Callable[[Row], int]) -> None:
        self.documents: list[Row] = []
        self.paragraphs: list[Row] = []
        self.size = 0
        self._weigh = size
        self._numbers: dict[tuple[str, ...] | tuple[str, int, int], int] = {}

    def _number(self, key: Any, rows: list[Row], make: Callable[[], Row]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(rows)
            rows.append(make())
            self.size += self._weigh(rows[-1])
        return self._numbers[key]

    def document(self, row: Row) -> int:
        """The number of a document."""
        return self._number((row["document_id"],), self.documents, lambda: _document(row))

    def paragraph(self, document: Row, char_start: int, char_end: int) -> tuple[int, int]:
        """The number of the paragraph around a stretch of the clean text, and where it starts in that text."""
        text = document["text"]
        start, end = _bounds(text, char_start, char_end)

        def make() -> Row:
            return _filled(
                document=self.document(document),
                text=text[start:end],
                is_cut_before=start > 0 and text[start - 1] != "\n",
                is_cut_after=end < len(text) and text[end] != "\n",
            )

        return self._number((document["document_id"], start, end), self.paragraphs, make), start


def _bounds(text: str, char_start: int, char_end: int) -> tuple[int, int]:
    """Of the paragraph of a stretch: paragraphs are parted by a blank line; a long one is cut around the stretch."""
    start = text.rfind("\n\n", 0, char_start + 1)
    start = 0 if start < 0 else start + 2
    end = text.find("\n\n", char_end)
    end = len(text) if end < 0 else end
    if end - start > MAX_PARAGRAPH:
        start = max(start, char_start - MAX_PARAGRAPH // 4)
        end = min(end, start + MAX_PARAGRAPH)
    return start, end


def _filled(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {name: value for name, value in values.items() if value or type(value) in (int, float)}


def _document(row: Row) -> Row:
    published = date_in_words(row["published_start"], row["published_end"], row["published_precision"])
    return _filled(
        document_id=row["document_id"],
        title=row["title"],
        publisher=row["publisher"],
        source_name=row["source_name"],
        # Any other scheme could run something.
        url=row["url"] if (row["url"] or "").lower().startswith(("http://", "https://")) else None,
        published=published,
        published_basis=BASES[row["published_basis"]],
        published_text=row["published_text"],
        published_reason=row["published_reason"],
        is_copy=row["duplicate_of"] is not None,
    )


def _with_keys(table: pa.Table, column: str, keys: Iterable[str | None]) -> pa.Table:
    return table.filter(pc.is_in(table.column(column), pa.array({key for key in keys if key}, pa.string())))


# events and their reports


def _events(tables: Tables, shared: _Shared, limit: int) -> Iterable[Row]:
    """The best supported events, the best first, each with its reports."""
    best = best_supported(tables["events"], MAX_EVENTS).to_pylist()
    told = _chosen_reports(tables, best, reports_of_each([row["mention_count"] for row in best], limit))
    links = _links(tables["event_links"], [row["event_id"] for row in best])
    for row in best:
        found = in_reading_order(told.get(row["event_id"], ()), row["best_event_mention_id"])
        yield _filled(
            **{name: row[name] for name in _OF_EVENTS},
            date=date_in_words(row["date_start"], row["date_end"], row["date_precision"]),
            precision=precision_in_words(row),
            basis=DATE_BASES[row["date_basis"]],
            reports=[_report(each, shared) for each in found],
            links=links.get(row["event_id"]),
        )


def reports_of_each(mention_counts: Sequence[int], limit: int) -> int:
    """How many reports of one event are shown so that the first ENOUGH events fit about `limit` bytes.

    mention_counts: how many reports the events have, in the order in which they are taken.
    """
    for most in REPORTS_OF_EACH:
        if sum(min(count, most) for count in mention_counts[:ENOUGH]) * BYTES_OF_A_REPORT <= limit:
            return most
    return REPORTS_OF_EACH[-1]


def _chosen_reports(tables: Tables, events: Sequence[Row], most: int) -> Mapping[str, list[Report]]:
    """At most so many reports of each event, by event: the best one first, then those of other articles."""
    best = {row["best_event_mention_id"] for row in events}
    mentions = _with_keys(tables["event_mentions"], "event_id", (row["event_id"] for row in events))
    keys = zip(*(mentions.column(n).to_pylist() for n in ("event_id", "document_id", "event_mention_id")), strict=True)
    in_document: Counter[tuple[str, str]] = Counter()
    ranked: dict[str, list[tuple[bool, int, int]]] = {}
    for position, (event, document, mention) in enumerate(keys):
        ranked.setdefault(event, []).append((mention not in best, in_document[event, document], position))
        in_document[event, document] += 1
    chosen = sorted(position for ranks in ranked.values() for _, _, position in sorted(ranks)[:most])
    found: dict[str, list[Report]] = {}
    for report in reports(tables.__getitem__, mentions.take(pa.array(chosen, pa.int64()))):
        found.setdefault(report.mention["event_id"], []).append(report)
    return found


def _report(report: Report, shared: _Shared) -> dict[str, Any]:
    mention, evidence = report.mention, report.evidence
    paragraph, start = shared.paragraph(evidence.document, mention["char_start"], mention["char_end"])
    shift = mention["char_start"] - start
    method = mention["event_link_method"]
    return _filled(
        paragraph=paragraph,
        sentence=[shift, mention["char_end"] - start],
        raw=[evidence.raw_start, evidence.raw_end],
        marks=[
            [mark.role, mark.start + shift, mark.end + shift, mark.raw_start, mark.raw_end] for mark in evidence.marks
        ],
        chain=_steps(report),
        attributed_to=mention["attributed_to"],
        quotation_id=mention["quotation_id"],
        understood=list(report.implicit),
        flags=[FLAGS[flag] for flag in mention["flags"]],
        joined=method and JOINED.get(method, method.replace("_", " ")),
    )


def _steps(report: Report) -> list[str]:
    """How a report came by its days, step by step; empty when nothing dates it."""
    mention = report.mention
    if mention["date_scope"] == "news":
        return [f"told as new in an article of “{mention['date_text']}”", f"so: {_days(mention)}"]
    if report.chain is None:
        return []
    steps = _chain(report.chain, report.evidence.document)
    return ["told elsewhere in the story", *steps] if mention["date_scope"] == "story" else steps


def _chain(chain: Chain, document: Row) -> list[str]:
    """How the words of a date became days, step by step."""
    steps = [f"“{chain.time['text']}” is read as {chain.time['symbolic_value']}"]
    steps += [f"counted from “{anchor['text']}”, {_days(anchor)}" for anchor in chain.anchors]
    last = (chain.anchors or (chain.time,))[-1]
    if last["anchor"] == "publication":
        row = _document(document)
        told = ", ".join(row[name] for name in ("published", "published_basis") if name in row)
        steps.append(f"counted from the day of publication: {told or 'not known'}")
    return [*steps, f"so: {_days(chain.time)}"]


def _days(time: Row) -> str:
    days = date_in_words(time["date_start"], time["date_end"], time["date_precision"])
    return days or f"no days ({REASONS[time['unresolved_reason']]})"


def _links(event_links: pa.Table, shown: Sequence[str]) -> Mapping[str, list[list[str]]]:
    """By event how it belongs together with others that are shown: the words and the other's id."""
    there = {"part_of": "is part of", "same_occasion": "on the same occasion", "realises": "makes true the plan"}
    back = {"part_of": "has as a part", "same_occasion": "on the same occasion", "realises": "was made true by"}
    found: dict[str, list[list[str]]] = {}
    for row in _with_keys(_with_keys(event_links, "event_id", shown), "related_event_id", shown).to_pylist():
        one, other = row["event_id"], row["related_event_id"]
        found.setdefault(one, []).append([there[row["relation"]], other])
        found.setdefault(other, []).append([back[row["relation"]], one])
    return found


# conflicts and quotations


def _conflicts(tables: Tables, shared: _Shared) -> list[Row]:
    """Claims that cannot both hold: what they differ in and its two sides, each in its paragraph."""
    order = [("attribute", "ascending"), ("conflict_id", "ascending")]
    rows = tables["conflicts"].sort_by(order).slice(0, MAX_CONFLICTS).to_pylist()
    mentions = _with_keys(
        tables["event_mentions"], "event_mention_id", (row[f"event_mention_id_{side}"] for row in rows for side in "ab")
    )
    told = {each.mention["event_mention_id"]: each for each in reports(tables.__getitem__, mentions)}
    held = by_key(
        _with_keys(tables["facts"], "fact_id", (row[f"fact_id_{s}"] for row in rows for s in "ab")), "fact_id"
    )
    places = _Places(tables, (fact["document_id"] for fact in held.values()))

    def sides(row: Row) -> Iterable[Row]:
        for name in "ab":
            words = _filled(claim=row[f"claim_{name}"], event_id=row[f"event_id_{name}"])
            if report := told.get(row[f"event_mention_id_{name}"]):
                yield _report(report, shared) | words
            elif fact := held.get(row[f"fact_id_{name}"]):
                yield places.of(fact, shared) | words

    found = [{"attribute": row["attribute"], "sides": list(sides(row))} for row in rows]
    return [conflict for conflict in found if len(conflict["sides"]) == 2]


def _quotations(tables: Tables, shared: _Shared) -> list[Row]:
    """Who said what: quotations with a known speaker and direct ones first."""
    table = tables["quotations"]
    ranks = pa.table(
        {
            "unnamed": pc.is_null(table.column("speaker_text")),
            "kind": pc.index_in(table.column("quotation_kind"), pa.array(_QUOTATION_ORDER)),
        }
    )
    order = pc.sort_indices(ranks, [("unnamed", "ascending"), ("kind", "ascending")])
    rows = table.take(order.slice(0, MAX_QUOTATIONS)).to_pylist()
    places = _Places(tables, (row["document_id"] for row in rows))
    speakers = by_key(
        _with_keys(tables["entities"], "entity_id", (row["speaker_entity_id"] for row in rows)), "entity_id"
    )
    return [
        {
            **_filled(**{name: row[name] for name in _OF_QUOTATIONS}),
            **_filled(speaker=speakers[row["speaker_entity_id"]]["name"] if row["speaker_entity_id"] else None),
            **places.of(row, shared),
        }
        for row in rows
    ]


class _Places:
    """Where rows with char_start and char_end stand: in their paragraphs and in the raw records."""

    def __init__(self, tables: Tables, document_ids: Iterable[str]) -> None:
        keys = set(document_ids)
        self._documents = by_key(_with_keys(tables["documents"], "document_id", keys), "document_id")
        self._maps: Mapping[str, SpanMap] = span_maps(_with_keys(tables["text_spans"], "document_id", keys))

    def of(self, row: Row, shared: _Shared) -> dict[str, Any]:
        document, stretch = self._documents[row["document_id"]], (row["char_start"], row["char_end"])
        paragraph, start = shared.paragraph(document, *stretch)
        return {
            "paragraph": paragraph,
            "sentence": [each - start for each in stretch],
            "raw": self._maps[row["document_id"]].to_raw(*stretch),
        }
