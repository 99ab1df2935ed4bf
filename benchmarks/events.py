"""Events against human gold: the seeds, single sentences, and MEANTIME, with 95 % intervals; and what stages cost.

python benchmarks/events.py [--meantime GOLD_DIR --scorer PATH] [--errors]

The gold of the seeds and the sentences is in tests/gold. GOLD_DIR holds txt/ and events.jsonl of MEANTIME as its
scorer wants them; PATH is that scorer, which is run on what kcpipe reports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from event_score import (
    REAL,
    SENTENCES,
    Score,
    read_rows,
    score_articles,
    score_seeds,
    score_sentences,
    tables_of,
)

from kcpipe import pipeline
from kcpipe.settings import EventSettings
from kcpipe.spans import span_maps
from kcpipe.tables import TABLES, build

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"


def show(name: str, score: Score, *, with_errors: bool) -> None:
    """One line of figures, and what went wrong."""
    figures = score.figures()
    told = [
        f"{figures[name]:.3f} ({low:.3f} to {high:.3f})" for name in figures for low, high in [score.interval(name)]
    ]
    print(f"{name:<28}" + "".join(f"{each:>26}" for each in told) + f"{len(score.unreal_asserted):>8}")
    for error in (*score.errors, *score.unreal_asserted) if with_errors else ():
        print(f"    {error}")


def reliability(scores: Sequence[Score]) -> Iterator[str]:
    """For each value of confidence, how many of the reports have it and how many of those are right."""
    found: dict[float, list[bool]] = {}
    for confidence, is_right in (pair for score in scores for pair in score.trust):
        found.setdefault(confidence, []).append(is_right)
    for confidence, right in sorted(found.items()):
        yield f"confidence {confidence:.2f}: {sum(right)} of {len(right)} reports are right"


def costs(texts: Mapping[str, str]) -> Iterator[str]:
    """Processor time of the stages that read meaning, for a thousand words, beside that of the parse."""
    words = sum(len(text.split()) for text in texts.values())
    rows = [{"source_uri": name, "source_name": name, "raw": text.encode()} for name, text in texts.items()]
    tables = {"inputs": build(TABLES["inputs"], rows)}
    taken: dict[str, float] = {}
    for stage in pipeline.STAGES:
        start = time.process_time()
        tables.update(pipeline.carry_out(stage, tables, EventSettings()))
        taken[stage.name] = (time.process_time() - start) * 1000 / words
    for name in ("parse", "names", "quotes", "events", "link", "corroborate"):
        cost, share = 1000 * taken[name], taken[name] / taken["parse"]
        yield f"{name:<12} {cost:7.1f} ms of processor time for 1,000 words, {share:.2f} of the parse"


def predictions(tables: Mapping[str, pa.Table]) -> Iterator[dict[str, Any]]:
    """What kcpipe reports, as the scorer of MEANTIME reads it."""
    names = {row["document_id"]: row["source_name"] for row in tables["documents"].to_pylist()}
    maps = span_maps(tables["text_spans"])
    for row in tables["event_mentions"].to_pylist():
        start, end = maps[row["document_id"]].to_raw(row["trigger_start"], row["trigger_end"])
        is_certain = row["status"] not in ("hypothetical", "attempted")
        yield {
            "doc": names[row["document_id"]],
            "start": start,
            "end": end,
            "text": row["trigger_text"],
            "date": as_value(row["date_start"], row["date_end"]),
            "polarity": "NEG" if row["is_negated"] or row["status"] == "denied" else "POS",
            "certainty": "CERTAIN" if is_certain else "POSSIBLE",
            "time": "NON_FUTURE" if row["status"] in (*REAL, "denied") else "FUTURE",
            "cluster": row["event_id"] or row["event_mention_id"],
        }


def as_value(start: date | None, end: date | None) -> str:
    """An interval as the finest of day, month and year that holds it, for the scorer knows no other; else its ends."""
    if start is None or end is None or start.year != end.year:
        return f"{start or ''}/{end or ''}" if start or end else ""
    if start == end:
        return str(start)
    return f"{start:%Y-%m}" if start.month == end.month else f"{start:%Y}"


def by_scope(tables: Mapping[str, pa.Table], gold: Path) -> Iterator[str]:
    """For each scope of a date, how many of the gold's dates the intervals of the reports meet."""
    told: dict[str, list[dict[str, Any]]] = {}
    for line in (gold / "events.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["date"][:4].isdigit() or row["date"].startswith("/"):
            told.setdefault(row["doc"], []).append(row)
    met: dict[str, list[bool]] = {}
    for report, found in zip(tables["event_mentions"].to_pylist(), predictions(tables), strict=True):
        for row in told.get(found["doc"], ()):
            if row["start"] < found["end"] and found["start"] < row["end"]:
                first, last = days_of(row["date"])
                start, end = report["date_start"] or date.max, report["date_end"] or date.max
                met.setdefault(report["date_scope"] or "none", []).append(start <= last and first <= end)
    for scope, hits in sorted(met.items()):
        yield f"dated by {scope}: {sum(hits)} of {len(hits)} meet the gold's days"


def days_of(value: str) -> tuple[date, date]:
    """First and last day of a gold value: a day, a month, a year, or two of them with a stroke between."""
    first, _, last = value.partition("/")
    last = last if "/" in value else first
    start = date.fromisoformat(f"{first}-01-01"[:10]) if first else date.min
    end = last.split("-")
    if len(end) == 3 or not last:
        return start, date.fromisoformat(last) if last else date.max
    year, month = int(end[0]), int(end[1]) if len(end) == 2 else 12
    return start, date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def score_meantime(gold: Path, scorer: Path) -> None:
    """Run the scorer of MEANTIME on what kcpipe reports in its texts."""
    tables = tables_of({path.stem: path.read_text(encoding="utf-8") for path in sorted((gold / "txt").glob("*.txt"))})
    rows = list(predictions(tables))
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "predictions.jsonl"
        found.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        print(f"\nMEANTIME, {len(rows)} reports", flush=True)
        command = [sys.executable, str(scorer), "score", "--gold", str(gold / "events.jsonl"), "--pred", str(found)]
        subprocess.run(command, check=True)
    print(*by_scope(tables, gold), sep="\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meantime", type=Path, help="folder with txt/ and events.jsonl")
    parser.add_argument("--scorer", type=Path, help="the scorer of MEANTIME")
    parser.add_argument("--errors", action="store_true", help="also print what went wrong")
    options = parser.parse_args()
    print(f"{'':<28}" + "".join(f"{name:>26}" for name in ("precision", "recall", "F1")) + f"{'unreal':>8}")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))}
    seeds = tables_of(texts)
    score = score_seeds(seeds, read_rows(GOLD / "seed_events.csv"))
    show("seeds", score, with_errors=options.errors)
    unseen = [score]
    for name in SENTENCES:
        for half in ("tuning", "held_out"):
            told = score_sentences([row for row in read_rows(GOLD / f"{name}.csv") if row["half"] == half])
            show(f"{name.replace('_', ' ')}, {half}", told, with_errors=options.errors and half == "tuning")
            unseen += [told] if half == "held_out" else []
    for half in ("tuning", "held_out"):
        told = score_articles([row for row in read_rows(GOLD / "article_events.csv") if row["half"] == half])
        show(f"articles, {half}", told, with_errors=options.errors and half == "tuning")
        unseen += [told] if half == "held_out" else []
    print("of the seeds and the sentences held out:", *reliability(unseen), *costs(texts), sep="\n")
    if options.meantime is not None and options.scorer is not None:
        score_meantime(options.meantime, options.scorer)


if __name__ == "__main__":
    main()
