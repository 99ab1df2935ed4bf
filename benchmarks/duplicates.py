"""Copies: how many kinds of copies are found, what is taken for one wrongly, and what it costs as a corpus grows.

python benchmarks/duplicates.py GOLD.jsonl [--documents 100000]

GOLD.jsonl: a line per article with `text`, such as tests/gold/clean_wcxb/gold.jsonl. Its articles are copied in the
ways that newsrooms copy; briefs from templates are made beside them, which are no copies. Then a corpus of made-up
texts of 60 to 480 words, one in five of them a near copy, is fingerprinted once and looked up at growing sizes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from kcpipe.duplicates import duplicates
from kcpipe.fingerprint import fingerprint

BATCH = 64
JACCARD = 0.8
Edit = Callable[[str, random.Random], str]


def reformatted(text: str, _: random.Random) -> str:
    """Other quotes, dashes, case and line breaks."""
    changed = text.replace("’", "'").replace("“", '"').replace("”", '"').replace(" – ", " - ").replace("\n\n", "\n")
    return changed.upper()


def headlined(text: str, chance: random.Random) -> str:
    """Another headline, a dateline, a credit below."""
    words = text.split()
    title = " ".join(chance.sample(words, min(9, len(words))))
    return f"{title}\n\nSEOUL (AP) - {text}\n\nReporting by the Associated Press"


def cut(share: float) -> Edit:
    """Another headline, and the tail cut so that this share is left."""
    return lambda text, chance: headlined(" ".join(text.split()[: int(share * len(text.split()))]), chance)


def corrected(text: str, chance: random.Random) -> str:
    """One word in a hundred changed."""
    words = text.split()
    for place in chance.sample(range(len(words)), len(words) // 100):
        words[place] = "corrected"
    return " ".join(words)


def updated(text: str, chance: random.Random) -> str:
    """A new lead, and two new paragraphs of a tenth of the length each."""
    words = text.split()
    for place in (0, len(words) // 3, 2 * len(words) // 3):
        words[place:place] = chance.choices(words, k=len(words) // 10)
    return " ".join(words)


EDITS: Mapping[str, Edit] = {
    "reformatted": reformatted,
    "another headline": headlined,
    "cut to 80 %": cut(0.8),
    "cut to 60 %": cut(0.6),
    "corrected": corrected,
    "updated": updated,
}


def briefs(chance: random.Random) -> Iterator[str]:
    """Short texts from three templates, each of other facts."""
    names = "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon".split()
    towns = "Pohang Jeju Ulsan Busan Daegu Gwangju Incheon Suwon Sokcho Mokpo Andong Gimje Naju Iksan Asan".split()
    for name, town in zip(names, towns, strict=True):
        day, tenth, points = chance.randint(1, 28), chance.randint(1, 9), chance.randint(2000, 2900)
        yield (
            f"An earthquake of magnitude 3.{tenth} struck {day} kilometers off {town} on Tuesday, the weather agency "
            "said. There were no immediate reports of damage or injuries. The agency said the quake was felt by "
            "people in the region and warned that aftershocks may follow in the coming days."
        )
        yield (
            f"South Korean shares closed at {points}.{day} on Monday, moving {tenth / 10} percent from the session "
            f"before. Trade volume was moderate at {day * 17} million shares worth {day}.{tenth} trillion won, with "
            "losers outnumbering gainers. The local currency was quoted unchanged against the dollar."
        )
        yield (
            f"Vice Foreign Minister {name} met the ambassador in Seoul on Feb. {day} and discussed bilateral "
            "relations, the situation on the Korean Peninsula and cooperation in international organizations, "
            "the ministry said in a statement. The two sides agreed to keep in close touch."
        )


def fingerprints(texts: list[str]) -> pa.Table:
    """Of texts, in batches as a run makes them; ids count from 0."""
    ids = [f"{number:032x}" for number in range(len(texts))]
    batches = [
        pa.table({"document_id": ids[start : start + BATCH], "text": texts[start : start + BATCH]})
        for start in range(0, len(texts), BATCH)
    ]
    return pa.concat_tables([fingerprint(clean_documents=batch).fingerprints for batch in batches]).combine_chunks()


def groups(texts: list[str]) -> list[str]:
    """The group of each text; its own id when it has no copy."""
    copies = duplicates(fingerprints=fingerprints(texts)).document_copies
    found = dict(zip(copies["document_id"].to_pylist(), copies["copy_group"].to_pylist(), strict=True))
    return [found.get(f"{number:032x}", f"{number:032x}") for number in range(len(texts))]


def jaccard(one: str, other: str) -> float:
    """The share of the five-word shingles of two texts that both have."""
    first, second = (
        {" ".join(words[start : start + 5]) for start in range(max(len(words) - 4, 1))}
        for words in (one.casefold().split(), other.casefold().split())
    )
    return len(first & second) / len(first | second)


def print_accuracy(articles: list[str]) -> None:
    """Pairs found by kind of copy, pairs found among texts that are no copies, and F1 over all of them.

    Beside the pairs found those that a Jaccard index of at least JACCARD alone would tell, every pair compared.
    """
    chance = random.Random(1)
    copies = [edit(text, chance) for edit in EDITS.values() for text in articles]
    no_copies = list(briefs(chance))
    group = groups([*articles, *copies, *no_copies])
    count = len(articles)
    hits = {
        name: sum(group[article] == group[count * (number + 1) + article] for article in range(count))
        for number, name in enumerate(EDITS)
    }
    print(f"{count} articles{'':<12}found  Jaccard >= {JACCARD}")
    for number, (name, hit) in enumerate(hits.items()):
        pairs = zip(articles, copies[number * count :], strict=False)
        alike = sum(jaccard(article, copy) >= JACCARD for article, copy in pairs)
        print(f"{name:<20}{hit:>9}{alike:>16}")
    others = [*group[:count], *group[-len(no_copies) :]]
    wrong = sum(one == other for one, other in combinations(others, 2))
    print(f"{'no copies':<20}{wrong:>5} of {len(others) * (len(others) - 1) // 2} pairs taken for copies")
    true = sum(hits.values())
    print(f"pair F1 {2 * true / (true + wrong + len(EDITS) * count):.4f}\n")


def made_up(count: int) -> list[str]:
    """Texts of words drawn by Zipf's law; each fifth is the one before with another headline and a cut tail."""
    numbers = np.random.default_rng(1)
    texts: list[str] = []
    for number in range(count):
        if number % 5 == 4:
            words = texts[-1].split()
            texts.append(" ".join(["Another", "headline", *words[5 : len(words) * 4 // 5]]))
        else:
            drawn = numbers.zipf(1.2, numbers.integers(60, 480)) % 50_000
            texts.append(" ".join(f"w{word}" for word in drawn))
    return texts


def print_cost(count: int) -> None:
    """Processor seconds to fingerprint once, and to look up among ever more."""
    texts = made_up(count)
    begin = time.process_time()
    prints = fingerprints(texts)
    seconds = time.process_time() - begin
    size = sum(map(len, texts)) / 1e6
    kept = prints.nbytes / len(texts)
    print(f"in processor seconds; fingerprint: {count / seconds:,.0f} documents/s, {size / seconds:.1f} MB/s")
    print(f"kept of each document: {kept:,.0f} bytes")
    del texts
    for size_of in (count // 4, count // 2, count):
        begin = time.process_time()
        found = duplicates(fingerprints=prints.slice(0, size_of)).document_copies.num_rows
        seconds = time.process_time() - begin
        print(f"duplicates: {size_of:>8,} documents in {seconds:.1f} s ({found:,} in groups)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    arguments = parser.parse_args()
    lines = arguments.gold.read_text().strip().split("\n")
    print_accuracy([text for line in lines if len((text := json.loads(line)["text"]).split()) >= 100])
    print_cost(arguments.documents)


if __name__ == "__main__":
    main()
