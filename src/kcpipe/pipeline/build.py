"""The run, from inputs to a published release.

Per-document stages run in batches and are cached in `output/work` under a key of everything their result depends on;
whole-corpus stages run over all documents each time. `run` does it all; how its steps are carried out (in turn, under
Prefect) is the caller's `each`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import lexicon, quality, release, report, store
from kcpipe.ids import digest, name_id
from kcpipe.joins import look_up
from kcpipe.pipeline.keys import environment, extraction_key, lexicons_of, source_digest, stage_keys
from kcpipe.pipeline.stages import CORPUS_STAGES, DOCUMENT_STAGES, STAGES, Stage, language_model
from kcpipe.read import Read, read
from kcpipe.settings import EventSettings, Settings
from kcpipe.tables import RELEASED, TABLES, concat
from kcpipe.tables import build as build_table

if TYPE_CHECKING:
    from kcpipe.quality import Verdict
    from kcpipe.quality.gate import Gated
    from kcpipe.release import EventNews, Release

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Tables = Mapping[str, pa.Table]

REPORT = "quality/report.html"
PROFILE = "quality/profile.parquet"
RELEASES_IN_TREND = 20


class Each(Protocol):
    """How the steps of a run are carried out: a function over batches, in order, results in that order."""

    def __call__(self, name: str, function: Callable[[T], R], batches: Sequence[T]) -> list[R]:
        """Call function on each batch; `name` is what to show for it."""


def in_turn(name: str, function: Callable[[T], R], batches: Sequence[T]) -> list[R]:
    """The plain way: one after the other, in this process."""
    log.debug("%s: %d batches", name, len(batches))
    return [function(batch) for batch in batches]


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


@dataclass
class _Build:
    """The state of one run: where it works, and what has been made so far."""

    workspace: store.Workspace
    settings: Settings
    each: Each
    records: pa.Table
    quarantine: pa.Table
    """What `read` set aside."""

    @cached_property
    def document_ids(self) -> list[str]:
        return sorted({value for value in self.records.column("document_id").to_pylist() if value is not None})

    def load(self, table: str, document_ids: Sequence[str]) -> pa.Table:
        """The rows of these documents in a table that per-document stages make."""
        makers = [stage for stage in STAGES if table in stage.makes and stage.scope == "document"]
        of_stage = stage_keys(self.settings.events)
        keys = [of_stage[stage.name] for stage in makers if table == "raw_documents" or stage.function is not read]
        return concat(TABLES[table], [self.workspace.load(key, TABLES[table], document_ids) for key in keys])


def run(
    inputs: Sequence[Path | str],
    output: Path,
    settings: Settings,
    *,
    now: datetime,
    flow_run_id: str | None = None,
    each: Each = in_turn,
    allow: Mapping[str, str] | None = None,
) -> Outcome:
    """Build, check and publish a release of the inputs.

    inputs: files, folders, patterns and URLs. output: the store, made when missing. now: the time of publication,
    UTC; it stands in the manifest only. flow_run_id: of the Prefect run, for the lineage. each: how the steps are
    carried out. allow: expectations that may fail in this release, by id, each with the reason, which stays in it.
    A failed critical check stops the release: the outcome is "stopped" and the last release stays the latest.
    Raises settings.UserError for missing or empty inputs, an output that cannot be written, or one that another run
    is working on; quality.SuiteError and lexicon.LexiconError for broken suites or data files.
    """
    with _opened(inputs, output, settings, each) as build:
        last = release.latest(output)
        same = release.built(output, _build_digest(build))
        if last is not None and same is not None:
            return _nothing_new(last, same)
        processed = _extract(build)
        tables = _assemble(build)
        [(tables, verdict)] = each("check", partial(_check, settings=settings, last=last, allow=allow or {}), [tables])
        render = partial(_quality_files, tables, verdict, _earlier_profiles(output, last), settings.events)
        build_digest = _build_digest(build)
        summary = _quality_summary(verdict, settings.events)
        if verdict.is_blocked:
            kept = release.reject(output, tables, render=render, build_digest=build_digest, quality=summary, now=now)
            return Outcome("stopped", last, kept / REPORT, verdict, processed)
        publish = partial(
            release.publish,
            output,
            render=render,
            build_digest=build_digest,
            lineage={**_lineage(build), "flow_run_id": flow_run_id},
            quality=summary,
            now=now,
        )
        [published] = each("publish", publish, [tables])
        return Outcome("published", published, published.path / REPORT, verdict, processed)


def unchanged(inputs: Sequence[Path | str], output: Path, settings: Settings) -> Outcome | None:
    """The outcome of a run when nothing is new, without running it; None when there is something to do.

    Raises what `run` raises for the user's mistakes.
    """
    with _opened(inputs, output, settings, in_turn) as build:
        last = release.latest(output)
        same = release.built(output, _build_digest(build))
        return _nothing_new(last, same) if last is not None and same is not None else None


def _nothing_new(last: Release, same: str) -> Outcome:
    return Outcome("unchanged", last, last.path / REPORT, rolled_back=None if same == last.id else same)


@contextmanager
def _opened(inputs: Sequence[Path | str], output: Path, settings: Settings, each: Each) -> Iterator[_Build]:
    """The inputs read, under the lock of the output, after what a killed run left behind is put right."""
    sources = store.find(inputs, without=output)
    with store.lock(output), store.Workspace(output) as workspace:
        release.recover(output)
        purged = release.standing(output).purged
        yield _ingest(sources, workspace, settings, each, purged)


def _check(tables: Tables, *, settings: Settings, last: Release | None, allow: Mapping[str, str]) -> Gated:
    before = store.read_table(last.path / PROFILE) if last is not None else None
    return quality.judge(
        tables,
        _suites(settings),
        previous=before,
        max_share_lost=settings.quality.max_share_lost,
        max_share_set_aside=settings.quality.max_share_set_aside,
        memory_megabytes=settings.quality.memory_megabytes,
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


def accuracy(events: EventSettings) -> list[dict[str, Any]]:
    """How right the extraction is on gold sets, as last measured by `benchmarks/accuracy.py`.

    Rows of data/accuracy.csv, with numbers as numbers; `is_current` tells whether they were measured with just this
    code, data files, model and package versions.
    """
    key = extraction_key(events)
    return [
        {
            **{name: row[name] for name in ("measure", "of", "on", "source")},
            **{name: float(row[name]) for name in ("value", "low", "high")},
            "size": row["size"],
            "is_current": row["extraction_key"] == key,
        }
        for row in lexicon.load("accuracy").rows
    ]


def _suites(settings: Settings) -> Path:
    return settings.quality.expectations or quality.default_folder()


def _batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _ingest(
    sources: Sequence[store.Source],
    workspace: store.Workspace,
    settings: Settings,
    each: Each,
    purged: Collection[str],
) -> _Build:
    """Read every record; put the text of documents never seen before into the workspace."""
    key = stage_keys(settings.events)["read"]
    known = workspace.done(key)

    def read_batch(batch: Sequence[store.Source]) -> tuple[pa.Table, pa.Table]:
        # A batch of files may hold an archive of any size: only the names of its records are kept here.
        made = [
            keep(_without(purged, read(inputs=inputs)))
            for inputs in store.load(batch, settings.input, settings.run.batch_size)
        ]
        records, quarantine = zip(*made, strict=True)
        return concat(TABLES["records"], records), concat(TABLES["quarantine"], quarantine)

    def keep(made: Read) -> tuple[pa.Table, pa.Table]:
        new = sorted(set(made.raw_documents.column("document_id").to_pylist()) - known)
        if new:
            known.update(new)
            workspace.save("read", key, new, {"raw_documents": _of_documents(made.raw_documents, new)})
        return made.records, made.quarantine

    parts = each("read", read_batch, _batches(sources, settings.run.batch_size))
    records = concat(TABLES["records"], [records for records, _ in parts])
    quarantine = concat(TABLES["quarantine"], [quarantine for _, quarantine in parts])
    return _Build(workspace, settings, each, records, quarantine)


def _without(purged: Collection[str], made: Read) -> Read:
    """What was read without the documents that were taken down: their records stay, set aside."""
    gone = pc.is_in(made.records.column("document_id"), pa.array(purged, pa.string()))
    if not pc.any(gone).as_py():
        return made
    rows = [
        {
            "quarantine_id": name_id("quarantine", record["source_uri"], "purged"),
            "source_uri": record["source_uri"],
            "stage": "read",
            "reason": "purged",
            "message": "the document was taken down: the log of releases says when and why",
        }
        for record in made.records.filter(gone).to_pylist()
    ]
    ids = pc.if_else(gone, None, made.records.column("document_id"))
    records = made.records.set_column(
        made.records.column_names.index("document_id"), made.records.schema.field("document_id"), ids
    )
    kept = [each for each in made.raw_documents.column("document_id").to_pylist() if each not in purged]
    return Read(
        records,
        _of_documents(made.raw_documents, kept),
        concat(TABLES["quarantine"], [made.quarantine, build_table(TABLES["quarantine"], rows)]),
    )


def _of_documents(table: pa.Table, document_ids: Sequence[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("document_id"), pa.array(document_ids, pa.string())))


def _extract(build: _Build) -> int:
    """Run every per-document stage on the documents that have no result under its key; returns how many had none."""
    processed: set[str] = set()
    for stage in DOCUMENT_STAGES:
        key = stage_keys(build.settings.events)[stage.name]
        done = build.workspace.done(key)
        missing = [document for document in build.document_ids if document not in done]

        def run_batch(document_ids: Sequence[str], stage: Stage = stage, key: str = key) -> None:
            made = carry_out(
                stage, {need: build.load(need, document_ids) for need in stage.needs}, build.settings.events
            )
            build.workspace.save(stage.name, key, document_ids, made)

        build.each(stage.name, run_batch, _batches(missing, build.settings.run.batch_size))
        processed.update(missing)
    return len(processed)


def _assemble(build: _Build) -> Tables:
    """Run the whole-corpus stages and gather every table of the release."""
    made: dict[str, pa.Table] = {"records": build.records}

    def table(name: str) -> pa.Table:
        if name not in made:
            made[name] = build.load(name, build.document_ids)
        return made[name]

    def run_stage(stage: Stage) -> Tables:
        return carry_out(stage, {need: table(need) for need in stage.needs}, build.settings.events)

    for stage in CORPUS_STAGES:
        [result] = build.each(stage.name, run_stage, [stage])
        made.update(result)
    made["quarantine"] = _quarantine(build, made["documents"])
    return {name: table(name) for name in RELEASED}


def _quarantine(build: _Build, documents: pa.Table) -> pa.Table:
    """All that was set aside; what a document's own stages set aside gets the file of the document."""
    later = build.load("quarantine", build.document_ids)
    [source_uri] = look_up(later.column("document_id"), documents, "document_id", "source_uri")
    index = later.column_names.index("source_uri")
    later = later.set_column(index, "source_uri", pc.coalesce(later.column("source_uri"), source_uri))
    return concat(TABLES["quarantine"], [build.quarantine, later.cast(TABLES["quarantine"].schema)])


def carry_out(stage: Stage, tables: Tables, events: EventSettings) -> dict[str, pa.Table]:
    """What a stage makes, by name; tables: those it needs, and perhaps more. Nothing is stored."""
    arguments: dict[str, Any] = {need: tables[need] for need in stage.needs}
    if stage.lexicons:
        known = lexicons_of(events)
        arguments["lexicons"] = {name: known[name] for name in stage.lexicons}
    if stage.needs_model:
        arguments["model"] = language_model()
    result: dict[str, pa.Table] = stage.function(**arguments)._asdict()
    return result


# How fast it is worked on, and paths: the digests of the files they name stand beside the settings.
_NOT_OF_A_BUILD: Any = {"run": True, "events": True, "quality": {"expectations", "memory_megabytes"}}


def _lineage(build: _Build) -> dict[str, Any]:
    """What the release is made from."""
    records = build.records.sort_by("source_uri").to_pylist()
    refused = build.quarantine.select(["source_uri", "reason", "raw_sha256"]).sort_by("source_uri").to_pylist()
    return {
        "inputs": [{name: row[name] for name in ("source_uri", "document_id")} for row in records],
        "inputs_digest": _json_digest([records, refused]),
        "code_digest": source_digest("."),
        "suites_digest": quality.suites_digest(_suites(build.settings)),
        "lexicons": {
            "accuracy": lexicon.load("accuracy").digest,
            **{name: each.digest for name, each in lexicons_of(build.settings.events).items()},
        },
        "packages": dict(environment()),
        "settings": build.settings.model_dump(mode="json", exclude=_NOT_OF_A_BUILD),
    }


def _build_digest(build: _Build) -> str:
    """With an equal digest nothing is new."""
    return _json_digest(_lineage(build))


def _json_digest(value: object) -> str:
    return digest(json.dumps(value, sort_keys=True).encode())


def _earlier_profiles(output: Path, last: Release | None) -> list[pa.Table]:
    """The profiles of the last releases that are still there, oldest first."""
    profiles: list[pa.Table] = []
    kept = release.standing(output).kept
    while last is not None and len(profiles) < RELEASES_IN_TREND:
        profiles.insert(0, store.read_table(last.path / PROFILE))
        parent = last.manifest["parent"]
        last = release.find(output, parent) if parent in kept else None
    return profiles


def _quality_files(
    tables: Tables,
    verdict: Verdict,
    earlier: Sequence[pa.Table],
    events: EventSettings,
    release_id: str,
    news: EventNews,
) -> dict[str, bytes | str]:
    return {
        REPORT: report.render(
            tables, verdict, release_id=release_id, earlier=earlier, accuracy=accuracy(events), news=news
        ),
        PROFILE: store.table_bytes(TABLES["profile"], verdict.profile),
        "quality/checks.parquet": store.table_bytes(TABLES["checks"], verdict.checks),
    }
