"""Scores of event reports against human gold: the seeds' events, and single sentences.

Gold is in tests/gold (its README says how it was made). Every score is a count of right, found and wanted things per
article or sentence, so that an interval can be told by drawing articles or sentences anew.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe import pipeline
from kcpipe.settings import EventSettings
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]
Tables = Mapping[str, pa.Table]

REAL = ("occurred", "ongoing")
SENTENCES = ("event_sentences", "actor_sentences", "wire_sentences", "world_sentences")
_NEXT_STORY = "The report could not be confirmed at once."
_DRAWS = 1000
_NOBODY = frozenset({"-"})
_OURS = ("STATEMENT", "APPROVE")


class Count(NamedTuple):
    """Counts of one article or sentence."""

    right: int
    """Reports that are right."""
    found: int
    """Reports in all."""
    told: int
    """Rows of gold that were found."""
    wanted: int
    """Rows of gold that are to be found."""

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(*map(sum, zip(self, other, strict=True)))


_NOTHING = Count(0, 0, 0, 0)


@dataclass
class Score:
    """Counts by article or sentence, and what went wrong."""

    counts: dict[str, Count] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    unreal_asserted: list[str] = field(default_factory=list)
    """What is not told as having happened, and was reported as if it were."""
    trust: list[tuple[float, bool]] = field(default_factory=list)
    """The confidence of each report, and whether it is right."""

    def figures(self) -> dict[str, float]:
        """Precision, recall and F1."""
        return _figures(list(self.counts.values()))

    def interval(self, figure: str) -> tuple[float, float]:
        """The 95 % interval of a figure, from a thousand draws of as many articles or sentences (bootstrap)."""
        generator, counts = random.Random(0), list(self.counts.values())
        drawn = sorted(_figures(generator.choices(counts, k=len(counts)))[figure] for _ in range(_DRAWS))
        return drawn[_DRAWS // 40], drawn[-_DRAWS // 40 - 1]


def _figures(counts: Sequence[Count]) -> dict[str, float]:
    right, found, told, wanted = (sum(column) for column in zip(*counts, strict=True))
    precision, recall = right / max(found, 1), told / max(wanted, 1)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a gold file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tables_of(texts: Mapping[str, str]) -> dict[str, pa.Table]:
    """Every table, work tables too, of some texts by name."""
    rows = [{"source_uri": name, "source_name": name, "raw": text.encode()} for name, text in texts.items()]
    tables = {"inputs": build(TABLES["inputs"], rows)}
    for stage in pipeline.STAGES:
        tables.update(pipeline.carry_out(stage, tables, EventSettings()))
    return tables


# --- the seeds -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wanted:
    """A row of gold at its place in a document."""

    row: Row
    triggers: tuple[tuple[int, int], ...]

    @property
    def is_required(self) -> bool:
        return bool(self.row["is_required"] == "yes")

    @property
    def is_unreal(self) -> bool:
        return self.row["is_negated"] != "no" or not set(self.row["status"].split("|")) & set(REAL)

    def touches(self, report: Row) -> bool:
        return any(start < report["trigger_end"] and report["trigger_start"] < end for start, end in self.triggers)

    def differences(self, report: Row) -> list[str]:
        """In what a report differs: status, countries, date."""
        row = self.row
        found: list[str] = []
        if report["status"] not in row["status"].split("|"):
            found.append(f"status {report['status']}")
        if row["is_negated"] != "any" and report["is_negated"] != (row["is_negated"] == "yes"):
            found.append("negation")
        told = {code for code in row["countries"].split() if not code.startswith("(")}
        allowed = {code.strip("()") for code in row["countries"].split()}
        if not told <= set(report["countries"]) <= allowed:
            found.append(f"countries {'+'.join(report['countries'])}")
        if not date_fits(row["date"], report["date_start"], report["date_end"]):
            found.append(f"date {report['date_start']}..{report['date_end']}")
        return found


def date_fits(wanted: str, start: date | None, end: date | None) -> bool:
    """Whether an interval is the wanted one; a wanted date in brackets may also be missing, or be told more loosely.

    wanted: "2024-02-14", "2023-01-01/2023-12-31", open as in "2010-01-01/", or nothing.
    """
    first, _, last = wanted.strip("()").partition("/")
    interval = (first, last if "/" in wanted else first)
    found = (str(start or ""), str(end or ""))
    if not wanted.startswith("("):
        return found == interval
    return (found[0] or "0") <= (interval[1] or "9") and (interval[0] or "0") <= (found[1] or "9")


def score_seeds(tables: Tables, gold: Iterable[Row]) -> Score:
    """Reports of the seeds against `seed_events.csv`.

    tables: event_mentions and documents. A report is right when a row at its trigger has its kind, and its status,
    negation, countries and date; a row that is not required adds to what may be found, not to what must be.
    Raises ValueError when the words of a row do not stand in the clean text.
    """
    texts = {row["source_name"]: row["text"] for row in tables["documents"].to_pylist()}
    names = {row["document_id"]: row["source_name"] for row in tables["documents"].to_pylist()}
    wanted: dict[str, list[_Wanted]] = {name: [] for name in texts}
    for row in gold:
        wanted[row["source_name"]].append(_Wanted(row, _places(texts[row["source_name"]], row)))
    score = Score()
    for name, rows in wanted.items():
        reports = [row for row in tables["event_mentions"].to_pylist() if names[row["document_id"]] == name]
        right_rows: set[int] = set()
        right = 0
        for report in reports:
            label = f"{name[:3]} {report['event_kind']} “{report['trigger_text']}” in: {report['evidence'][:160]}"
            here = [n for n, row in enumerate(rows) if row.touches(report)]
            same = [n for n in here if report["event_kind"] in rows[n].row["event_kind"].split("|")]
            if report["status"] in REAL and not report["is_negated"] and same and all(rows[n].is_unreal for n in same):
                score.unreal_asserted.append(label)
            fitting = [n for n in same if not rows[n].differences(report)]
            score.trust.append((report["confidence"], bool(fitting)))
            if fitting:
                right += 1
                right_rows.update(fitting)
            else:
                why = ", ".join(rows[same[0]].differences(report)) if same else "spurious"
                score.errors.append(f"wrong ({why}): {label}")
        missed = [row for n, row in enumerate(rows) if row.is_required and n not in right_rows]
        score.errors += [
            f"missed: {name[:3]} {row.row['event_kind']} “{row.row['trigger']}” in: {row.row['context']}"
            for row in missed
        ]
        required = sum(row.is_required for row in rows)
        score.counts[name] = Count(right, len(reports), required - len(missed), required)
    return score


def _places(text: str, row: Row) -> tuple[tuple[int, int], ...]:
    """Where the trigger stands, wherever the context does."""
    starts = [match.start() for match in re.finditer(re.escape(row["context"]), text)]
    if not starts:
        raise ValueError(f"{row['source_name']}: no {row['context']!r}")
    within = [(at, word) for word in row["trigger"].split("|") if (at := row["context"].find(word)) >= 0]
    return tuple((start + at, start + at + len(word)) for start in starts for at, word in within)


# --- sentences -------------------------------------------------------------------------------------------------------


Side = frozenset[str]
Direction = tuple[Side, Side]


class Told(NamedTuple):
    """An event of a sentence: its type, status, and the directions from source to target that it has."""

    event_type: str
    status: str
    directions: frozenset[Direction]


def told_by_gold(events: str) -> list[Told]:
    """The events of one row of gold: "TYPE SOURCE>TARGET status", parties that take part alike joined by "+".

    A side is a country or a word that its party must be told by, alternatives with "/"; "-" is no country.
    """
    found = []
    for event in filter(None, events.split(";")):
        event_type, parties, *status = event.split()
        source, is_directed, target = parties.partition(">")
        sources, targets = (
            [frozenset(side.casefold().split("/")) for side in sides.split("+")] for sides in (source, target)
        )
        directions = {(one, other) for one in sources for other in targets} if is_directed else _among(sources)
        found.append(Told(event_type, status[0] if status else "occurred", frozenset(directions)))
    return found


def told_by_report(report: Row, participants: Iterable[Row]) -> Told:
    """The event of one row of event_mentions, its sides as countries and as the words of its participants."""
    words = report["evidence"]
    roles: dict[str, list[Side]] = {"actor": [], "recipient": [], "party": []}
    for row in participants:
        if row["role"] in roles:
            told = words[row["char_start"] - report["char_start"] : row["char_end"] - report["char_start"]]
            names = re.findall(r"\w+", told.casefold())
            roles[row["role"]].append(frozenset([*names, (row["country_code"] or "-").casefold()]))
    nobody = [_NOBODY]
    directions = (
        {(one, other) for one in roles["actor"] or nobody for other in roles["recipient"] or nobody}
        if roles["actor"] or roles["recipient"]
        else _among(roles["party"])
    )
    status = "negated" if report["is_negated"] else "occurred" if report["status"] in REAL else report["status"]
    return Told(report["event_type"], status, frozenset(directions))


def _among(sides: Sequence[Side]) -> set[Direction]:
    return {(one, other) for one in sides for other in sides if one != other} or {(side, _NOBODY) for side in sides}


def score_sentences(gold: Sequence[Row]) -> Score:
    """Type, source and target of what sentences tell, end to end, each sentence an article of its own.

    gold: rows of `event_sentences.csv`, or of the others like it. What is reported as having happened counts as found,
    what happened or is planned as wanted; a report that is planned counts as found when gold has it so. The two types
    that are ours alone count only where gold has them.
    """
    texts = {f"{number:04}.txt": f"{row['sentence']}\n\n{_NEXT_STORY}\n" for number, row in enumerate(gold)}
    tables = tables_of(texts)
    numbers = {name: number for number, name in enumerate(texts)}
    names = {row["document_id"]: row["source_name"] for row in tables["records"].to_pylist()}
    return _score(gold, tables, lambda report: numbers[names[report["document_id"]]])


def score_articles(gold: Sequence[Row]) -> Score:
    """Type, source and target of what the sentences of articles tell, each read in its article.

    gold: rows of `article_events.csv`, in the order of the text; paragraph 0 is the title. Counted as for sentences,
    but summed by article. Raises ValueError when a sentence does not stand in the clean text of its article.
    """
    paragraphs: dict[str, dict[str, list[str]]] = {}
    for row in gold:
        paragraphs.setdefault(row["article"], {}).setdefault(row["paragraph"], []).append(row["sentence"])
    tables = tables_of({name: "\n\n".join(map(" ".join, told.values())) for name, told in paragraphs.items()})
    clean = {row["source_name"]: (row["document_id"], row["text"]) for row in tables["documents"].to_pylist()}
    starts: dict[str, list[tuple[int, int]]] = {}
    for number, row in enumerate(gold):
        document_id, text = clean[row["article"]]
        starts.setdefault(document_id, []).append((text.index(row["sentence"]), number))
    return _score(
        gold,
        tables,
        lambda report: max(each for each in starts[report["document_id"]] if each[0] <= report["trigger_start"])[1],
    )


def _score(gold: Sequence[Row], tables: Tables, row_of: Callable[[Row], int]) -> Score:
    """The reports of tables against rows of gold; row_of gives the number of the row that a report belongs to."""
    reports: list[list[Row]] = [[] for _ in gold]
    participants: dict[str, list[Row]] = {}
    for party in tables["participants"].to_pylist():
        participants.setdefault(party["event_mention_id"], []).append(party)
    for report in tables["event_mentions"].to_pylist():
        reports[row_of(report)].append(report)
    score = Score()
    for number, (rows, row) in enumerate(zip(reports, gold, strict=True)):
        own = [told_by_report(report, participants.get(report["event_mention_id"], ())) for report in rows]
        trusted = [report["confidence"] for report in rows]
        wanted = told_by_gold(row["events"])
        asserted = [told for told in wanted if told.status in ("occurred", "planned")]
        open_rows = list(asserted)
        found = right = 0
        for told, confidence in zip(own, trusted, strict=True):
            match = next((w for w in open_rows if _is_same(w, told)), None)
            if match is not None:
                open_rows.remove(match)
                right += 1
            is_claim = told.status == "occurred" and told.event_type not in _OURS
            if is_claim or match is not None:
                found += 1
                score.trust.append((confidence, match is not None))
            unreal = [w for w in wanted if w.status not in REAL and _is_same(w._replace(status="occurred"), told)]
            if is_claim and match is None and unreal:
                score.unreal_asserted.append(row["sentence"])
        unit = row.get("article") or str(number)
        score.counts[unit] = score.counts.get(unit, _NOTHING).plus(Count(right, found, right, len(asserted)))
        if open_rows or found > right:
            reported = "; ".join(f"{r['event_kind']} {_short(told)}" for r, told in zip(rows, own, strict=True))
            score.errors.append(f"{row['events'] or 'nothing'} | {row['sentence']} | found: {reported}")
    return score


def _is_same(wanted: Told, told: Told) -> bool:
    fits = any(one & own and other & theirs for one, other in wanted.directions for own, theirs in told.directions)
    return wanted[:2] == told[:2] and fits


def _short(told: Told) -> str:
    pairs = sorted(f"{' '.join(sorted(one))}>{' '.join(sorted(other))}" for one, other in told.directions)
    return f"{told.event_type} {', '.join(pairs)} {told.status}"
