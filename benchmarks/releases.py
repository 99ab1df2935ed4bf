"""Releases at a million events: what a full publication costs, what one of a 1 % change, what reading an old one.

python benchmarks/releases.py [--events 1000000] [--folder DIR]

The rows are those of the seeds' release, copied under new ids with publication dates spread evenly over the days of two
years: documents, events, one report of each, and five mentions to an event. The change is a day's work: 0.8 % new
documents, published on the last six days, of which at that pace they are the news, and 0.2 % of the documents, of the
same days, read anew. Each time all rows are handed over, as a run does: looking at every one for what is new costs what
the release is large ("finding", measured by publishing the same again), writing it what the change is large. Prints a
table and the ratios against what must hold; exit code 1 if one does not.

Then the same once more, for comparison only, with documents that are all published on the first day of a month: no file
is smaller than a month then, and the change writes one whole.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from seed_copies import NOW, put, renamed, seed_tables

from kcpipe import release
from kcpipe.tables import TABLES, conform

IDS = {
    "documents": ("document_id",),
    "events": ("event_id", "best_event_mention_id"),
    "event_mentions": ("event_mention_id", "event_id", "document_id"),
    "mentions": ("mention_id", "document_id"),
}
PUBLISHED = {"documents": ("published_start", "published_end"), "events": ("first_published",)}
DAYS = pa.array(np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]"), pa.date32())
NEWS = 6
"""Days of which the new documents are: as many as 0.8 % of two years."""
FIRSTS = pa.array(np.arange("2024-01", "2026-01", dtype="datetime64[M]").astype("datetime64[D]"), pa.date32())
MENTIONS_TO_AN_EVENT = 5
TARGETS = {
    "1 % change, time of full": 0.10,
    "1 % change, bytes of full": 0.08,
    "nothing new, seconds": 1.0,
    "nothing new, bytes": 0.0,
    "old release, time of a plain file": 1.2,
}

Tables = Mapping[str, pa.Table]


def real_rows() -> dict[str, pa.Table]:
    """The rows of the seeds' release that are copied: events with their best report, and five mentions to each."""
    tables = seed_tables(IDS)
    best = pc.is_in(
        tables["event_mentions"].column("event_mention_id"),
        tables["events"].column("best_event_mention_id").combine_chunks(),
    )
    tables["event_mentions"] = tables["event_mentions"].filter(best)
    mentions = tables["events"].num_rows * MENTIONS_TO_AN_EVENT
    tables["mentions"] = tables["mentions"].slice(0, mentions)
    return tables


def copied(tables: Tables, copies: range, days: pa.Array) -> dict[str, pa.Table]:
    """Copies of the rows under ids of their own, published on these days in turn."""
    numbers = np.arange(copies.start, copies.stop)
    made = {}
    for name, rows in tables.items():
        # Tiled by column: a take of the whole table would copy every string twice.
        repeated = rows.take(np.tile(np.arange(rows.num_rows), len(numbers)))
        copy = np.repeat(numbers, rows.num_rows)
        for column in IDS[name]:
            repeated = put(repeated, column, renamed(repeated.column(column), copy))
        day = days.take(pa.array(copy % len(days)))
        for column in PUBLISHED.get(name, ()):
            repeated = put(repeated, column, day)
        if name == "documents":
            for column in ("duplicate_of", "duplicate_kind"):
                repeated = put(repeated, column, pa.nulls(len(copy), pa.string()))
        made[name] = conform(TABLES[name], repeated)
    return made


def days_work(tables: Tables, seeds: Tables, copies: int, days: pa.Array) -> tuple[dict[str, pa.Table], int]:
    """The rows with documents that are new and others that were read anew; and how many those documents are.

    days: on which the new ones were published, and some of those that are read anew.
    """
    new = copied(seeds, range(copies, copies + max(1, round(copies * 0.008))), days)
    documents = tables["documents"]
    recent = documents.filter(pc.is_in(documents.column("published_start"), value_set=days))
    again = recent.column("document_id").slice(0, max(1, round(documents.num_rows * 0.002))).combine_chunks()
    scores = tables["mentions"].column("link_score")
    better = pc.fill_null(pc.divide(scores, 2.0), 0.5)
    is_again = pc.is_in(tables["mentions"].column("document_id"), again)
    changed = {**tables, "mentions": put(tables["mentions"], "link_score", pc.if_else(is_again, better, scores))}
    made = {name: pa.concat_tables([changed[name], new[name]]) for name in tables}
    return as_handed_over(made), len(again) + new["documents"].num_rows


def as_handed_over(tables: Tables) -> dict[str, pa.Table]:
    """The rows in the order in which a run has them: by the id of their document, which is chance."""
    return {
        name: (rows.sort_by("document_id") if "document_id" in rows.column_names else rows).combine_chunks()
        for name, rows in tables.items()
    }


def publish(store: Path, tables: Tables, build: str) -> release.Release:
    """Publish without the report, whose cost is not that of the release."""
    return release.publish(store, tables, render=lambda *_: {}, build_digest=build, lineage={}, quality={}, now=NOW)


def size(store: Path) -> int:
    """Bytes on the disk: a file with many names counts once."""
    files = {
        (status.st_ino, status.st_size) for status in map(Path.stat, store.rglob("*")) if status.st_mode & 0o100000
    }
    return sum(length for _, length in files)


@contextmanager
def measured(results: dict[str, tuple[float, float, int]], name: str, store: Path) -> Iterator[None]:
    """Note wall seconds, CPU seconds and bytes added."""
    before, wall, cpu = size(store), time.perf_counter(), time.process_time()
    yield
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    results[name] = (*seconds, size(store) - before)


def best_of(times: int, *acts: Callable[[], object]) -> list[float]:
    """CPU seconds of the quickest call of each act; they take turns, so that other work on the machine hits all."""
    seconds: list[list[float]] = [[] for _ in acts]
    for _ in range(times):
        for act, found in zip(acts, seconds, strict=True):
            begin = time.process_time()
            act()
            found.append(time.process_time() - begin)
    return [min(found) for found in seconds]


def run(seeds: Tables, copies: int, store: Path, days: pa.Array, recent: pa.Array) -> dict[str, float]:
    """Publish copies of the rows over these days, then a day's work of the recent; measure, print, return ratios."""
    tables = as_handed_over(copied(seeds, range(copies), days))
    after, documents = days_work(tables, seeds, copies, recent)
    print("rows: " + ", ".join(f"{name} {rows.num_rows:,}" for name, rows in tables.items()))
    print(f"change: {documents:,} documents")
    results: dict[str, tuple[float, float, int]] = {}
    with measured(results, "full", store):
        first = publish(store, tables, "full")
    plain = store.parent / "plain.parquet"
    pq.write_table(first.table("events"), plain, compression="zstd", row_group_size=122_880)
    with measured(results, "1 % change", store):
        second = publish(store, after, "change")
    with measured(results, "finding: the same again", store):
        publish(store, after, "change")
    with measured(results, "nothing new, as a run asks", store):
        release.recover(store)
        if release.built(store, "change") != second.id:
            raise RuntimeError("a run would not know that nothing is new")
    old, flat = best_of(7, lambda: release.find(store, first.id).table("events"), lambda: pq.read_table(plain))
    print(f"\n{'':<28}{'seconds':>9}{'CPU':>9}{'MB':>9}")
    for name, (wall, cpu, added) in results.items():
        print(f"{name:<28}{wall:>9.2f}{cpu:>9.2f}{added / 1e6:>9.1f}")
    print(f"{'read old events, plain':<28}{'':>9}{flat:>9.3f}\n{'read old events, release':<28}{'':>9}{old:>9.3f}")
    for name, entry in second.manifest["tables"].items():
        print(f"{name:<28}{entry['changes']}, {len(entry['files'])} files")
    full, change, finding, nothing = results.values()
    print(f"{'1 % change, time of full, but for finding':<45}{(change[1] - finding[1]) / full[1]:>8.3f}")
    return dict(
        zip(TARGETS, (change[1] / full[1], change[2] / full[2], nothing[0], nothing[2], old / flat), strict=True)
    )


def compared(events: int, folder: Path) -> bool:
    """Measure over days and over months' first days, and say whether every target holds over days."""
    seeds = real_rows()
    copies = -(-events // seeds["events"].num_rows)
    print("Published over all days\n")
    found = run(seeds, copies, folder / "days", DAYS, DAYS[-NEWS:])
    for name, value in found.items():
        print(f"{name:<45}{value:>8.3f}   at most {TARGETS[name]}   {'holds' if value <= TARGETS[name] else 'MISSED'}")
    print("\nPublished on the first days of months\n")
    for name, value in run(seeds, copies, folder / "firsts", FIRSTS, FIRSTS[-1:]).items():
        print(f"{name:<45}{value:>8.3f}")
    return all(value <= TARGETS[name] for name, value in found.items())


def main() -> int:
    """Parse the arguments and measure in a folder that is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder when not given")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kcpipe-releases-", dir=given.folder))
    try:
        return 0 if compared(given.events, folder) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
