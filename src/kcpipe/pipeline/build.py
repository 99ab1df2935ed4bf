"""The run, from inputs to a published release.

Per-document stages run in batches (extract), those behind them over all documents each time (corpus). `run` does it
all; how its steps are carried out (in turn, in other processes, under Prefect) is the caller's `each`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import explorer, quality, release, report, store
from kcpipe.joins import look_up
from kcpipe.pipeline import failures
from kcpipe.pipeline.corpus import Corpus
from kcpipe.pipeline.extract import Each, Tables, extract, in_turn
from kcpipe.pipeline.ingest import ingest
from kcpipe.pipeline.keys import stage_keys
from kcpipe.pipeline.lineage import accuracy, build_digest, lineage
from kcpipe.pipeline.stages import CORPUS_STAGES
from kcpipe.settings import EventSettings, Settings, on_this_machine
from kcpipe.tables import RELEASED, TABLES, concat

if TYPE_CHECKING:
    from kcpipe.quality import Verdict
    from kcpipe.quality.gate import Gated
    from kcpipe.release import EventNews, Release

REPORT = "quality/report.html"
EXPLORER = "quality/explorer.html"
PROFILE = "quality/profile.parquet"
RELEASES_IN_TREND = 20


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    status: Literal["published", "unchanged", "stopped"]
    release: Release | None
    """The new release; when nothing is new or the release was stopped, the one that is still the latest."""
    report: Path | None
    """The quality report of what was built; of a stopped build where it was kept."""
    verdict: Verdict | None = None
    processed: int = 0
    """Documents that at least one stage had to process anew."""
    rolled_back: str | None = None
    """When nothing is new: the release of the same inputs, if that is not the latest because it was rolled back."""


@dataclass(frozen=True)
class Opened:
    """An output that a run holds, and the inputs, read."""

    output: Path
    workspace: store.Workspace
    settings: Settings
    records: pa.Table
    quarantine: pa.Table
    """What `read` set aside."""

    @cached_property
    def document_ids(self) -> list[str]:
        """All documents that were read, in order."""
        return sorted({value for value in self.records.column("document_id").to_pylist() if value is not None})

    @cached_property
    def lineage(self) -> dict[str, Any]:
        """What a release of it is made from, for the manifest."""
        return lineage(self.records, self.quarantine, self.settings)

    @cached_property
    def build_digest(self) -> str:
        """The same when a release would be made of the same inputs by the same code and settings."""
        return build_digest(self.lineage)

    def nothing_new(self) -> Outcome | None:
        """The outcome where a release is made of just this; None when there is something to do."""
        last, same = release.latest(self.output), release.built(self.output, self.build_digest)
        if last is None or same is None:
            return None
        return Outcome("unchanged", last, last.path / REPORT, rolled_back=None if same == last.id else same)


def run(
    inputs: Sequence[Path | str],
    output: Path,
    settings: Settings,
    *,
    now: datetime,
    flow_run_id: str | None = None,
    each: Each = in_turn,
    engine: Each | None = None,
    allow: Mapping[str, str] | None = None,
    is_full: bool = False,
) -> Outcome:
    """Build, check and publish a release of the inputs.

    inputs: files, folders, patterns and URLs. output: the store, made when missing. now: the time of publication,
    UTC; it stands in the manifest only. flow_run_id: of the Prefect run, for the lineage. each: how the steps are
    carried out. engine: the same for the batches of per-document stages, which may be carried out in other processes.
    allow: expectations that may fail in this release, by id, each with the reason, which stays in it. is_full: work on
    every document anew, whatever results there are; the tables are the same, byte for byte.
    A failed critical check stops the release: the outcome is "stopped" and the last release stays the latest.
    Raises settings.UserError for missing or empty inputs, an output that cannot be written, or one that another run
    is working on; quality.SuiteError and lexicon.LexiconError for broken suites or data files.
    """
    with opened(inputs, output, settings, each, is_full=is_full) as build:
        return carry_on(build, now=now, flow_run_id=flow_run_id, each=each, engine=engine, allow=allow, is_full=is_full)


@contextmanager
def opened(
    inputs: Sequence[Path | str], output: Path, settings: Settings, each: Each = in_turn, *, is_full: bool = False
) -> Iterator[Opened]:
    """Read the inputs, under the lock of the output, after what a killed run left behind is put right.

    Arguments and errors are those of `run`, of which this is the first half and `carry_on` the second.
    """
    sources = store.find(inputs, without=on_this_machine(output))
    with (
        store.lock(output, wait=settings.run.wait_seconds),
        store.Workspace(output, settings.run.cache) as workspace,
    ):
        release.recover(output)
        records, quarantine = ingest(
            sources,
            workspace,
            settings,
            purged=release.standing(output).purged,
            kept=store.Kept(output) if settings.input.mode == "accumulate" else None,
            each=each,
            is_full=is_full,
        )
        yield Opened(output, workspace, settings, records, quarantine)


def carry_on(
    build: Opened,
    *,
    now: datetime,
    flow_run_id: str | None = None,
    each: Each = in_turn,
    engine: Each | None = None,
    allow: Mapping[str, str] | None = None,
    is_full: bool = False,
) -> Outcome:
    """Build, check and publish a release of what was read; arguments and errors are those of `run`."""
    if not is_full and (outcome := build.nothing_new()) is not None:
        return outcome
    output, settings, last = build.output, build.settings, release.latest(build.output)
    extracted = extract(
        build.workspace,
        build.document_ids,
        settings.events,
        batch_size=settings.run.batch_size,
        each=engine or each,
        is_full=is_full,
    )
    tables = _assemble(build, extracted.failed, each)
    [(tables, verdict)] = each("check", partial(_check, settings=settings, last=last, allow=allow or {}), [tables])
    render = partial(_quality_files, tables, verdict, _earlier_profiles(output, last), settings.events)
    summary = _quality_summary(verdict, settings.events)
    if verdict.is_blocked:
        kept = release.reject(output, tables, render=render, build_digest=build.build_digest, quality=summary, now=now)
        return Outcome("stopped", last, kept / REPORT, verdict, len(extracted.processed))
    publish = partial(
        release.publish,
        output,
        render=render,
        build_digest=build.build_digest,
        lineage={**build.lineage, "flow_run_id": flow_run_id},
        quality=summary,
        now=now,
    )
    [published] = each("publish", publish, [tables])
    is_same = last is not None and published.id == last.id
    return Outcome(
        "unchanged" if is_same else "published",
        published,
        published.path / REPORT,
        verdict,
        len(extracted.processed),
    )


def _check(tables: Tables, *, settings: Settings, last: Release | None, allow: Mapping[str, str]) -> Gated:
    before = store.read_table(last.path / PROFILE) if last is not None else None
    return quality.judge(
        tables,
        quality.folder_of(settings.quality),
        previous=before,
        max_share_lost=settings.quality.max_share_lost,
        max_share_set_aside=settings.quality.max_share_set_aside,
        memory_megabytes=settings.run.memory_megabytes,
        allow=allow,
    )


def _quality_summary(verdict: Verdict, events: EventSettings) -> dict[str, Any]:
    """What the manifest says of the checks; what was allowed to fail, and why, stays with the release."""
    allowed = [
        {name: row[name] for name in ("expectation_id", "why", "observed", "allowed_because")}
        for row in verdict.checks.to_pylist()
        if row["allowed_because"] is not None
    ]
    counts = {"passed": verdict.passed, "warned": verdict.warned, "failed": verdict.failed}
    return {**counts, "allowed": allowed, "accuracy": accuracy(events)}


def _assemble(build: Opened, failed: Mapping[str, Collection[str]], each: Each) -> Tables:
    """Run the stages behind the per-document ones and gather every table of the release.

    failed: by per-document stage the documents over which it raised an error.
    """
    corpus = Corpus(build.workspace, build.document_ids, build.settings)
    corpus.put("records", _of_those_read(build.records, corpus.whole("clean_documents")))
    for place, stage in enumerate(CORPUS_STAGES, start=1):
        list(each(stage.name, corpus.run, [stage]))
        corpus.keep_only({*RELEASED, *(need for later in CORPUS_STAGES[place:] for need in later.needs)})
    set_aside = [build.quarantine, _set_aside(corpus), _failed(build, failed)]
    corpus.put("quarantine", concat(TABLES["quarantine"], set_aside))
    return {name: corpus.whole(name) for name in RELEASED}


def _of_those_read(records: pa.Table, clean_documents: pa.Table) -> pa.Table:
    """The records, without a document where cleaning failed over it."""
    column = records.schema.get_field_index("document_id")
    is_read = pc.is_in(records.column(column), clean_documents.column("document_id").combine_chunks())
    return records.set_column(column, records.field(column), pc.if_else(is_read, records.column(column), None))


def _failed(build: Opened, failed: Mapping[str, Collection[str]]) -> pa.Table:
    """The rows of `quarantine` for documents over which a stage raised an error."""
    of_stage, load = stage_keys(build.settings.events), build.workspace.load
    parts = [load(of_stage[stage], TABLES[failures.NAME], documents) for stage, documents in failed.items()]
    raw_documents = load(of_stage["read"], TABLES["raw_documents"], set[str]().union(*failed.values()))
    return failures.reasons(concat(TABLES[failures.NAME], parts), build.records, raw_documents)


def _set_aside(corpus: Corpus) -> pa.Table:
    """What the documents' own stages set aside, with the file of the document."""
    later = corpus.whole("quarantine")
    [source_uri] = look_up(later.column("document_id"), corpus.whole("documents"), "document_id", "source_uri")
    index = later.column_names.index("source_uri")
    later = later.set_column(index, "source_uri", pc.coalesce(later.column("source_uri"), source_uri))
    return later.cast(TABLES["quarantine"].schema)


def _earlier_profiles(output: Path, last: Release | None) -> dict[str, pa.Table]:
    """The profiles of the last releases that are still there by their ids, oldest first."""
    profiles: dict[str, pa.Table] = {}
    kept = release.standing(output).kept
    while last is not None and len(profiles) < RELEASES_IN_TREND:
        profiles[last.id] = store.read_table(last.path / PROFILE)
        parent = last.manifest["parent"]
        last = release.find(output, parent) if parent in kept else None
    return dict(reversed(profiles.items()))


def _quality_files(
    tables: Tables,
    verdict: Verdict,
    earlier: Mapping[str, pa.Table],
    events: EventSettings,
    release_id: str,
    news: EventNews,
) -> dict[str, bytes | str]:
    # What the checks stopped may point to what is not there; the report can show it.
    explored = {} if verdict.is_blocked else {EXPLORER: explorer.render(tables, release_id=release_id)}
    return {
        **explored,
        REPORT: report.render(
            tables, verdict, release_id=release_id, earlier=earlier, accuracy=accuracy(events), news=news
        ),
        PROFILE: store.table_bytes(TABLES["profile"], verdict.profile),
        "quality/checks.parquet": store.table_bytes(TABLES["checks"], verdict.checks),
    }
