"""The per-document stages: in batches, each a pure function from segments to a segment, and none done twice.

A batch says all that whoever carries it out must know, so that any process that has the folder can. What a document's
rows were when a stage read them is kept with its result: the stage has to read it again only where they are others now,
or where its own code, data files or libraries are.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, TypeVar

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import name_id
from kcpipe.pipeline import failures
from kcpipe.pipeline.keys import lexicons_of, stage_keys
from kcpipe.pipeline.stages import DOCUMENT_STAGES, Stage, language_model
from kcpipe.settings import EventSettings, UserError
from kcpipe.tables import TABLES, concat

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Tables = Mapping[str, pa.Table]


class Each(Protocol):
    """How the steps of a run are carried out: a function over batches, in order, results in that order."""

    def __call__(self, name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterable[R]:
        """Call function on each batch, at the latest when its result is asked for; `name` is what to show for it."""


def in_turn(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
    """The plain way: one after the other, in this process."""
    log.debug("%s: %d batches", name, len(batches))
    return map(function, batches)


@dataclass(frozen=True)
class Batch:
    """Some documents for a stage to work on."""

    home: store.Place
    """Where all segments lie."""
    stage: Stage
    stage_key: str
    events: EventSettings
    seen: Mapping[str, str]
    """By document the digest of its rows in the tables that the stage needs."""
    parts: Mapping[str, store.Parts]
    """By table where these rows lie."""

    def only(self, documents: Collection[str]) -> Batch:
        """The same for some of its documents."""
        parts = {
            name: {
                folder: kept
                for folder, held in of_table.items()
                if (kept := [each for each in held if each in documents])
            }
            for name, of_table in self.parts.items()
        }
        return replace(self, seen={each: self.seen[each] for each in documents}, parts=parts)


class Extracted(NamedTuple):
    """What became of the documents."""

    processed: set[str]
    """Those that at least one stage had to work on."""
    failed: Mapping[str, Collection[str]]
    """By stage those over which it raised an error; what they gave before that stays."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Meanwhile Python looks for no cycles: a stage makes a million objects and hardly one, and the search goes through
    all of them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def work_on(batch: Batch) -> store.Segment:
    """Carry out a stage on a batch, from its segments to a new one; the caller records it.

    A document over which the stage raises an error has a row in `failures` and no other; the rows of the others are
    what they always are. Raises UserError in a process whose code, data files or libraries are not those of who made
    the batch, and what is the matter with the machine (failures.OF_THE_MACHINE) as it is.
    """
    if stage_keys(batch.events)[batch.stage.name] != batch.stage_key:
        raise UserError(
            "a worker has another kcpipe, other data files or other libraries than the run: install the same"
        )
    return store.write_segment(batch.home, batch.stage.name, batch.stage_key, batch.seen, _made_of(batch))


def _made_of(batch: Batch) -> dict[str, pa.Table]:
    """What a stage makes of a batch; of one over which it fails, what it makes of each half."""
    tables = {name: store.read_segments(batch.home, parts, TABLES[name]) for name, parts in batch.parts.items()}
    try:
        return carry_out(batch.stage, tables, batch.events)
    except failures.OF_THE_MACHINE:
        raise
    except Exception as error:
        documents = list(batch.seen)
        if len(documents) == 1:
            return failures.failed(documents[0], batch.stage, error)
    half = (len(documents) + 1) // 2
    halves = [_made_of(batch.only(some)) for some in in_batches(documents, half)]
    return {
        name: concat(TABLES[name], [made[name] for made in halves if name in made]) for name in halves[0] | halves[1]
    }


def carry_out(stage: Stage, tables: Tables, events: EventSettings) -> dict[str, pa.Table]:
    """What a stage makes, by name; tables: those it needs, and perhaps more. Nothing is stored."""
    arguments: dict[str, Any] = {need: tables[need] for need in stage.needs}
    if stage.lexicons:
        known = lexicons_of(events)
        arguments["lexicons"] = {name: known[name] for name in stage.lexicons}
    if stage.needs_model:
        arguments["model"] = language_model()
    with _uncollected():
        result: dict[str, pa.Table] = stage.function(**arguments)._asdict()
    return result


def extract(
    workspace: store.Workspace,
    document_ids: Sequence[str],
    events: EventSettings,
    *,
    batch_size: int,
    each: Each,
    is_full: bool = False,
) -> Extracted:
    """Run every per-document stage where it has no result for what it would read now.

    document_ids: all that were read, in order. each: carries out `work_on`; it may hand it to other processes. is_full:
    work on all documents anew, whatever results there are. A document over which a stage failed is read no further: to
    the stages behind it has no rows, until that stage, what it reads of the document, or its data files change.
    """
    keys = stage_keys(events)
    maker = {"raw_documents": keys["read"]}
    rows = {"raw_documents": _of_table("raw_documents", workspace.digests(keys["read"]))}
    processed: set[str] = set()
    failed: dict[str, set[str]] = {}
    lost: set[str] = set()
    for stage in DOCUMENT_STAGES:
        key = keys[stage.name]
        seen = {
            document: name_id("rows", *(rows[need].get(document, "") for need in stage.needs if document not in lost))
            for document in document_ids
        }
        done = {} if is_full else workspace.done(stage.name, key)
        missing = [document for document in document_ids if done.get(document) != seen[document]]
        batches = [
            Batch(
                workspace.home,
                stage,
                key,
                events,
                {document: seen[document] for document in of_batch},
                {need: workspace.parts(maker[need], set(of_batch) - lost) for need in stage.needs},
            )
            for of_batch in in_batches(missing, batch_size)
        ]
        for segment in each(stage.name, work_on, batches):
            workspace.record(segment)
            failures.tell(workspace.home, segment)
        processed.update(missing)
        made = workspace.digests(key)
        for name in stage.makes:
            maker[name], rows[name] = key, _of_table(name, made)
        failed[stage.name] = _of_table(failures.NAME, made).keys() & seen.keys()
        lost |= failed[stage.name]
    return Extracted(processed, failed)


def _of_table(name: str, digests: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """By document the digest of its rows of a table, where it has any."""
    return {document: tables[name] for document, tables in digests.items() if name in tables}


def in_batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in runs of at most `size`."""
    return [items[first : first + size] for first in range(0, len(items), size)]
