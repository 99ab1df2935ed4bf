"""Names: kcpipe beside the plain language model, on one gold set, in one run.

python benchmarks/names.py GOLD [--show N]

GOLD is a gold.jsonl or its folder, as in name_score.py. Both read the same texts with the same model: the plain one
takes its entities as they come, kcpipe the rules of `names` on top of them. The speed of kcpipe is that of `names`
alone, that of the model is the parse, which kcpipe needs too: their quotient is what the rules cost on top.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import name_score
import pyarrow as pa
from name_score import Name

from kcpipe import lexicon, pipeline
from kcpipe.names import names
from kcpipe.names.reading import documents, model_names
from kcpipe.parse import parse
from kcpipe.split import split
from kcpipe.tables import TABLES, build

Row = Mapping[str, Any]


def clean_tables(gold: Sequence[Row]) -> dict[str, pa.Table]:
    """The texts as `clean` would hand them on if every line of them were kept."""
    texts = {row["id"]: row["text"] for row in gold}
    empty = {"authors": [], "language": "en", "is_extractable": True}
    runs = [{"document_id": key, "char_start": 0, "char_end": len(text), "raw_start": 0} for key, text in texts.items()]
    return {
        "clean_documents": build(
            TABLES["clean_documents"], [{"document_id": key, "text": text, **empty} for key, text in texts.items()]
        ),
        "text_spans": build(TABLES["text_spans"], [{**run, "raw_end": run["char_end"]} for run in runs]),
        "lines": build(
            TABLES["lines"],
            [
                {**run, "raw_end": run["char_end"], "line_number": 1, "text": texts[run["document_id"]]}
                | {"role": "body", "rule_id": "benchmark", "is_kept": True}
                for run in runs
            ],
        ),
    }


def found_by_both(gold: Sequence[Row]) -> dict[str, tuple[dict[str, list[Name]], float]]:
    """By each reader's name the names by id and the seconds it took."""
    tables = clean_tables(gold)
    clean_documents, text_spans = tables["clean_documents"], tables["text_spans"]
    sentences = split(clean_documents=clean_documents, lines=tables["lines"]).sentences
    model = pipeline.language_model()
    begin = time.process_time()
    tokens = parse(clean_documents=clean_documents, sentences=sentences, model=model).tokens
    parsed = time.process_time()
    stage = next(stage for stage in pipeline.STAGES if stage.name == "names")
    lexicons = {name: lexicon.load(name) for name in stage.lexicons}
    read: dict[str, Any] = {"sentences": sentences, "text_spans": text_spans, "tokens": tokens, "lexicons": lexicons}
    names(clean_documents=clean_documents, **read)
    warm = time.process_time()
    drafts = names(clean_documents=clean_documents, **read).mention_drafts
    named = time.process_time()
    plain = {
        document.document_id: name_score.of_model(
            name for sentence in document.sentences for name in model_names(sentence)
        )
        for document in documents(clean_documents, sentences, tokens)
    }
    mentions: dict[str, list[Row]] = {}
    for row in drafts.to_pylist():
        mentions.setdefault(row["document_id"], []).append(row)
    ours = {key: name_score.of_mentions(rows) for key, rows in mentions.items()}
    return {"plain model": (plain, parsed - begin), "kcpipe": (ours, named - warm)}


def errors(gold: Sequence[Row], found: Mapping[str, Sequence[Name]]) -> Counter[tuple[str, str, str]]:
    """What is missing (-) and what is too much (+): sign, type, words."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in gold:
        wanted = set(name_score.of_gold(row))
        given = set(found.get(row["id"], ()))
        for sign, names_of in (("-", wanted - given), ("+", given - wanted)):
            counted.update((sign, kind, row["text"][start:end]) for start, end, kind in names_of)
    return counted


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="kcpipe's most frequent errors")
    options = parser.parse_args()
    gold = name_score.read(options.gold)
    words = sum(len(row["text"].split()) for row in gold)
    print(f"{options.gold}: {len(gold)} texts, {words} words")
    both = found_by_both(gold)
    for name, (found, seconds) in both.items():
        print(f"\n{name}: {words / seconds:.0f} words a second{' of the parse' if name != 'kcpipe' else ' on top'}")
        print(f"{'':<8}{'gold':>7}{'precision':>11}{'recall':>8}{'F1':>7}")
        for kind, figures in name_score.score(gold, found).items():
            print(f"{kind:<8}{figures.gold:>7}{figures.precision:>11}{figures.recall:>8}{figures.f1:>7}")
    for (sign, kind, text), count in errors(gold, both["kcpipe"][0]).most_common(options.show):
        print(f"{count:>4} {sign} {kind:<7} {text}")


if __name__ == "__main__":
    main()
