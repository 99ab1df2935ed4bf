"""How well and how fast raw text is cleaned, against its baselines: one table in one run.

    python benchmarks/clean.py GOLD_DIR [--folds N]

GOLD_DIR holds `gold.jsonl` (id, host, text, title, authors, date, *_seen) and `docs/ID.txt`: news pages as plain text
with their wanted text. The line model is learned anew for every fold, without the sites of the fold, so no page is
scored by a model that saw its site. The baselines run on the lines of the same texts, each line as one paragraph.

A second table says what the errors are made of. The baselines come with `pip install kcpipe[benchmarks]`.

Measures, as of the scorer of the gold: word F1 (multisets of words, mean over pages), 4-shingle F1 (of mean precision
and mean recall), kept (share of the clutter's words that stayed), lost (share of the wanted words that went), of all
pages together; title, authors and date: right among those that can be read in the text / right among those given.
"""

from __future__ import annotations

import argparse
import html
import random
import re
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from train_clean import Source, count_words, folded, learn, part_of, read_gold, rows_of, tokens, without_blanks

from kcpipe import ids, lexicon
from kcpipe.clean import clean
from kcpipe.clean.lines import blocks, raw_lines
from kcpipe.clean.model import line_model, scores
from kcpipe.clean.rules import rules
from kcpipe.lexicon import Lexicon
from kcpipe.tables import TABLES, build

BATCH = 64
REFERENCE = (
    "trafilatura on the HTML, other pages (word F1 0.958; title 0.60, authors 0.65, date 0.87): figures of the "
    "project's brief (issue 3), not measured here"
)


@dataclass(frozen=True)
class Cleaned:
    """What a cleaner gives for a page."""

    text: str
    title: str | None = None
    authors: Sequence[str] = ()
    date: str | None = None
    kept: frozenset[int] = frozenset()
    """Numbers of the raw lines that stayed."""


@dataclass
class Score:
    """Sums over pages."""

    word_f1: list[float] = field(default_factory=list)
    precision4: list[float] = field(default_factory=list)
    recall4: list[float] = field(default_factory=list)
    kept: int = 0
    clutter: int = 0
    lost: int = 0
    wanted: int = 0
    metadata: Counter[str] = field(default_factory=Counter)

    def add(self, gold: Mapping[str, Any], source: str, cleaned: Cleaned) -> None:
        """Count one page."""
        wanted, given, there = tokens(gold["text"]), tokens(cleaned.text), tokens(source)
        self.word_f1.append(_f1(Counter(wanted), Counter(given))[2])
        precision, recall, _ = _f1(_shingles(wanted), _shingles(given))
        self.precision4.append(precision)
        self.recall4.append(recall)
        of_wanted, of_given, of_source = Counter(wanted), Counter(given), Counter(there)
        clutter, reachable = of_source - of_wanted, of_wanted & of_source
        self.kept += (clutter & (of_given - of_wanted)).total()
        self.clutter += clutter.total()
        self.lost += (reachable - of_given).total()
        self.wanted += reachable.total()
        for name, value in (("title", cleaned.title), ("authors", cleaned.authors), ("date", cleaned.date)):
            if gold[name]:
                right = bool(value) and _same(name, gold[name], value)
                self.metadata[f"{name} seen"] += gold[f"{name}_seen"]
                self.metadata[f"{name} seen right"] += right and gold[f"{name}_seen"]
                self.metadata[f"{name} given"] += bool(value)
                self.metadata[f"{name} right"] += right

    @property
    def mean_f1(self) -> float:
        """Mean word F1."""
        return statistics.fmean(self.word_f1)

    @property
    def shingle_f1(self) -> float:
        """F1 of the mean precision and the mean recall of shingles."""
        precision, recall = statistics.fmean(self.precision4), statistics.fmean(self.recall4)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def row(self) -> str:
        """The measures of the text."""
        whole = statistics.fmean(f1 >= 0.95 for f1 in self.word_f1)
        return (
            f"{self.mean_f1:8.4f} {statistics.median(self.word_f1):8.4f} {self.shingle_f1:8.4f} "
            f"{self.kept / self.clutter:8.4f} {self.lost / self.wanted:8.4f} {whole:8.4f}"
        )

    def metadata_row(self) -> str:
        """The measures of what the page says about itself."""
        counts = self.metadata
        return "   ".join(
            f"{name} {counts[f'{name} seen right'] / counts[f'{name} seen']:.3f} / "
            f"{counts[f'{name} right'] / max(counts[f'{name} given'], 1):.3f} (of {counts[f'{name} seen']})"
            for name in ("title", "authors", "date")
        )


HEADING = f"{'':34}{'word F1':>8} {'median':>8} {'4-shing.':>8} {'kept':>8} {'lost':>8} {'F1>=.95':>8}"


_SENTENCE_WORDS = 12
_WORST = 20
_LITTLE = 0.5
_BESIDE = {
    (False, True): "before the wanted text",
    (True, True): "between wanted lines",
    (True, False): "behind the wanted text",
    (False, False): "on pages without it",
}


@dataclass
class Errors:
    """Where the words stand that are kept or lost in error, block by block of the pages."""

    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By error and by where it stands."""
    pages: list[tuple[int, int, float]] = field(default_factory=list)
    """For each page the words kept in error, the words lost, the wanted share of what it keeps."""

    def add(self, source: Source, cleaned: Cleaned) -> None:
        """Count one page."""
        page = source.examples["as it is"]
        places = [at for at, is_wanted in enumerate(page.wanted) if is_wanted]
        first, last = (places[0], places[-1]) if places else (len(page.wanted), -1)
        kept = lost = right = 0
        goes_on = False
        for at, block in enumerate(blocks(raw_lines(source.raw))):
            size = int(page.sizes[at])
            is_kept = any(line.number in cleaned.kept for line in block.lines)
            goes_on = is_kept and (goes_on or bool(page.wanted[at]))
            length = "sentences" if size >= _SENTENCE_WORDS else "short lines"
            if is_kept and not page.wanted[at]:
                kept += size
                self.words["kept", f"{length} {_BESIDE[at > first, at < last]}"] += size
                self.words["goes on", "nothing was dropped since a wanted line"] += size * goes_on
            elif page.wanted[at] and not is_kept:
                lost += size
                self.words["lost", length] += size
            elif is_kept:
                right += size
        self.pages.append((kept, lost, right / max(right + kept, 1)))

    def table(self) -> str:
        """Shares by error, greatest first."""
        rows = []
        for error, of_page in (("kept", 0), ("lost", 1)):
            total = sum(page[of_page] for page in self.pages)
            worst = sum(sorted((page[of_page] for page in self.pages), reverse=True)[:_WORST])
            rows.append(f"{error} in error: {total} words; {worst / total:.3f} of them on {_WORST} pages")
            for (found, where), count in self.words.most_common():
                if found == error:
                    rows.append(f"    {where:52}{count / total:.3f}")
            if error == "kept":
                running = self.words["goes on", "nothing was dropped since a wanted line"]
                partial = sum(kept for kept, _, share in self.pages if share < _LITTLE)
                rows.append(f"    {'of these, in one run with wanted lines':52}{running / total:.3f}")
                rows.append(f"    {'of these, where most of what is kept is not wanted':52}{partial / total:.3f}")
        return "\n".join(rows)


def _f1(wanted: Counter[Any], given: Counter[Any]) -> tuple[float, float, float]:
    both = (wanted & given).total()
    precision = both / given.total() if given else float(not wanted)
    recall = both / wanted.total() if wanted else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shingles(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    if len(words) < 4:
        return Counter([tuple(words)]) if words else Counter()
    return Counter(tuple(words[index : index + 4]) for index in range(len(words) - 3))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).lower().split())


def _same(name: str, gold: Any, value: Any) -> bool:
    if name == "title":
        return tokens(gold) == tokens(value)
    if name == "authors":
        return {_plain(author) for author in gold} == {_plain(author) for author in value}
    return bool(gold == value)


# --- cleaners ---------------------------------------------------------------------------------------------------------


def lexicons_with(model: Sequence[Lexicon]) -> dict[str, Lexicon]:
    """The project's data files with another line model."""
    named = {name: lexicon.load(name) for name in ("boilerplate", "outlets", "line_model", "line_words")}
    return {**named, **{made.name: made for made in model}}


def raw_table(texts: Iterable[str]) -> Any:
    """The texts as the stage gets them."""
    rows = []
    for text in dict.fromkeys(texts):
        raw = text.encode()
        rows.append(
            {
                "document_id": id_of(text),
                "raw_sha256": ids.digest(raw),
                "raw_bytes": len(raw),
                "encoding": "utf-8",
                "raw_text": text,
            }
        )
    return build(TABLES["raw_documents"], rows)


def id_of(text: str) -> str:
    """The document that the text is."""
    return ids.document_id(ids.digest(text.encode()))


def ours(texts: Sequence[str], lexicons: Mapping[str, Lexicon]) -> list[Cleaned]:
    """The stage's articles; the text without its first line when that is the title, which the gold holds apart."""
    made = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        cleaned = clean(raw_documents=raw_table(batch), lexicons=lexicons)
        rows = {row["document_id"]: row for row in cleaned.clean_documents.to_pylist()}
        kept: dict[str, set[int]] = {document_id: set() for document_id in rows}
        for line in cleaned.lines.filter(cleaned.lines["is_kept"]).select(["document_id", "line_number"]).to_pylist():
            kept[line["document_id"]].add(line["line_number"])
        for row in (rows[id_of(text)] for text in batch):
            text = row["text"]
            if row["title"] and row["title"] in text:
                before, after = text.split(row["title"], 1)
                text = before + after
            first, last = row["stated_start"], row["stated_end"]
            day = first.isoformat() if first is not None and first == last else None
            lines = frozenset(kept[row["document_id"]])
            made.append(Cleaned(text, row["title"], row["authors"], day, lines))
    return made


def best_choice(source: Source) -> str:
    """The blocks that mostly hold wanted words: what no cleaner can be expected to better."""
    page = source.examples["as it is"]
    parts = zip(blocks(raw_lines(source.raw)), page.wanted, strict=True)
    return "\n\n".join(block.text for block, is_wanted in parts if is_wanted)


def justext_on_lines(texts: Sequence[str]) -> list[Cleaned]:
    """JusText with each line as a paragraph."""
    import justext  # noqa: PLC0415

    words = justext.get_stoplist("English")
    return [
        Cleaned("\n\n".join(p.text for p in justext.justext(_page(text), words) if not p.is_boilerplate))
        for text in texts
    ]


def boilerpy3_on_lines(texts: Sequence[str]) -> list[Cleaned]:
    """Boilerpy3's article extractor with each line as a paragraph."""
    from boilerpy3 import extractors  # noqa: PLC0415

    extractor = extractors.ArticleExtractor(raise_on_failure=False)
    return [Cleaned(extractor.get_content(_page(text))) for text in texts]


def trafilatura_on_lines(texts: Sequence[str]) -> list[Cleaned]:
    """Trafilatura with each line as a paragraph."""
    import trafilatura  # noqa: PLC0415

    return [Cleaned(trafilatura.extract(_page(text), include_comments=False) or "") for text in texts]


def _page(text: str) -> str:
    # Control characters are no characters of XML.
    lines = (re.sub(r"[\x00-\x08\x0b-\x1f]", "", line) for line in text.split("\n") if line.strip())
    return f"<html><body>{''.join(f'<p>{html.escape(line)}</p>' for line in lines)}</body></html>"


BASELINES: Mapping[str, tuple[str, Callable[[Sequence[str]], list[Cleaned]]]] = {
    "keep all": ("json", lambda texts: [Cleaned(text) for text in texts]),
    "jusText on lines": ("justext", justext_on_lines),
    "boilerpy3 on lines": ("boilerpy3", boilerpy3_on_lines),
    "trafilatura on lines": ("trafilatura", trafilatura_on_lines),
}


def speeds(texts: Sequence[str], lexicons: Mapping[str, Lexicon]) -> str:
    """Megabytes of UTF-8 a second: of the whole stage, and of the model's features and networks on blocks."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    tables = [raw_table(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
    clean(raw_documents=tables[0], lexicons=lexicons)
    begun = time.process_time()
    for table in tables:
        clean(raw_documents=table, lexicons=lexicons)
    stage = time.process_time() - begun
    cut = [blocks(raw_lines(text)) for text in texts]
    known, model = rules(lexicons), line_model(lexicons)
    judged = [[known.judge(block.text) for block in parts] for parts in cut]
    begun = time.process_time()
    for start in range(0, len(cut), BATCH):
        scores(cut[start : start + BATCH], judged[start : start + BATCH], model)
    return (
        f"{size / stage:.1f} MB/s the whole stage, {size / (time.process_time() - begun):.1f} MB/s the model, per core"
    )


def main() -> None:
    """Learn, clean, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    gold = {row["id"]: row for row in rows_of(arguments.gold / "gold.jsonl")}
    sources = read_gold(arguments.gold)
    counts = count_words(sources)
    sites = {source.site for source in sources}
    variants: Mapping[str, Callable[[str], str]] = {
        "as it is": lambda raw: raw,
        "folded at 72 columns": lambda raw: folded(raw, random.Random(0)),
        "without blank lines": lambda raw: without_blanks(raw, random.Random(0)),
    }
    results, errors = {name: Score() for name in variants}, Errors()
    for fold in range(arguments.folds):
        lexicons = lexicons_with(
            learn(sources, counts, {site for site in sites if part_of(site, arguments.folds) != fold})
        )
        tested = [source for source in sources if part_of(source.site, arguments.folds) == fold]
        for name, variant in variants.items():
            made = ours([variant(source.raw) for source in tested], lexicons)
            for source, cleaned in zip(tested, made, strict=True):
                results[name].add(gold[source.id], source.raw, cleaned)
                if name == "as it is":
                    errors.add(source, cleaned)
    print(f"{len(sources)} pages of {len(sites)} sites; {arguments.folds} folds over sites\n\n{HEADING}")
    for name, score in results.items():
        print(f"{'kcpipe, ' + name:34}{score.row()}")
    best = Score()
    for source in sources:
        best.add(gold[source.id], source.raw, Cleaned(best_choice(source)))
    print(f"{'best choice of blocks':34}{best.row()}")
    texts = [source.raw for source in sources]
    for name, (package, cleaner) in BASELINES.items():
        if find_spec(package) is None:
            print(f"{name:34}not installed")
            continue
        score = Score()
        for source, cleaned in zip(sources, cleaner(texts), strict=True):
            score.add(gold[source.id], source.raw, cleaned)
        print(f"{name:34}{score.row()}")
    print(f"\nwhat the errors of kcpipe, as it is, are made of\n{errors.table()}")
    print(f"\nmetadata, right among seen / among given: {results['as it is'].metadata_row()}")
    print(f"speed: {speeds(texts, lexicons)}\n{REFERENCE}")


if __name__ == "__main__":
    main()
