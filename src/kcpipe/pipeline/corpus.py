"""The tables of a run behind the per-document stages, and the stages that make them: over the whole corpus, or over a
slice of its documents at a time.

No table is held in memory. Each lies in a file that is mapped, in slices of documents where its rows belong to
documents; what takes memory is what a stage makes of a slice, or of the few columns that it reads of the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import store
from kcpipe.pipeline.extract import carry_out
from kcpipe.pipeline.keys import stage_keys
from kcpipe.pipeline.stages import DOCUMENT_STAGES, Stage
from kcpipe.settings import Settings
from kcpipe.tables import TABLES, Table

HELD = 40
"""Bytes of memory that a stage takes for one byte of the raw text of a slice: its rows as Python's objects."""
SHARE_OF_READING = 8
"""The part of the memory that rows may take when they are read: in order they are copied twice."""
_MAKERS = {"raw_documents": "read"} | {name: stage.name for stage in DOCUMENT_STAGES for name in stage.makes}


class Corpus:
    """The tables of a run by name, read from the workspace when they are asked for first."""

    def __init__(self, workspace: store.Workspace, document_ids: Sequence[str], settings: Settings) -> None:
        """document_ids: of all documents, in order."""
        self._workspace, self._events = workspace, settings.events
        self._memory = settings.run.memory_megabytes * 1_000_000
        self._keys = stage_keys(settings.events)
        self._ids = document_ids
        self._slices = self._cut()
        self._wholes: dict[str, pa.Table] = {}
        self._parts: dict[str, Sequence[pa.Table]] = {}
        self._places: dict[str, store.Parts] = {}

    def whole(self, name: str) -> pa.Table:
        """All rows of a table, by document where they belong to documents."""
        return self._wholes[name] if name in self._wholes else pa.concat_tables(self.parts(name))

    def parts(self, name: str) -> Sequence[pa.Table]:
        """The rows of a table by slice of documents; all of them for each where they belong to no document."""
        if name not in self._parts:
            self._parts[name] = self._sliced(name) if name in self._wholes else self._loaded(name)
        return self._parts[name]

    def put(self, name: str, rows: pa.Table) -> None:
        """Lay down a table."""
        self._parts.pop(name, None)
        [self._wholes[name]] = store.lay_down(self._workspace.folder, TABLES[name].schema, [rows])

    def run(self, stage: Stage) -> None:
        """Make the tables of a stage."""
        if stage.scope == "corpus":
            made = carry_out(stage, {need: self.whole(need) for need in stage.needs}, self._events)
            for name, rows in made.items():
                self.put(name, rows)
            return
        folder, needed = self._workspace.folder, {need: self.parts(need) for need in stage.needs}
        with ExitStack() as opened:
            laying = {name: opened.enter_context(store.Laying(folder, TABLES[name].schema)) for name in stage.makes}
            for number in range(len(self._slices)):
                made = carry_out(stage, {need: parts[number] for need, parts in needed.items()}, self._events)
                for name, rows in made.items():
                    laying[name].add(rows)
            self._parts |= {name: each.parts() for name, each in laying.items()}
        for name in stage.makes:
            self._wholes.pop(name, None)

    def keep_only(self, names: Collection[str]) -> None:
        """Let go of all other tables, and of the room that they take."""
        for kept in (self._wholes, self._parts):
            for name in kept.keys() - set(names):
                del kept[name]
        pa.default_memory_pool().release_unused()

    def _cut(self) -> list[Sequence[str]]:
        """The documents in runs of so much raw text as a stage has memory for; one run, where there are none."""
        sizes = self._workspace.load(self._keys["read"], _only("raw_documents", "document_id", "raw_bytes"), self._ids)
        number = np.cumsum(sizes.column("raw_bytes").to_numpy()) * HELD // self._memory
        borders = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(self._ids)]
        return [self._ids[first:end] for first, end in pairwise(borders)]

    def _loaded(self, name: str) -> Sequence[pa.Table]:
        """What a per-document stage made; of the raw text all but the text."""
        table = TABLES[name]
        if name == "raw_documents":  # no stage behind reads the text, and it is long
            table = replace(table, columns=table.without("raw_text"))
        room = self._memory // SHARE_OF_READING
        return self._workspace.load_slices(self._lying(_MAKERS[name]), table, self._slices, room=room)

    def _lying(self, stage: str) -> store.Parts:
        """Where the rows of all documents lie that a stage made: asked once for all its tables."""
        if stage not in self._places:
            self._places[stage] = self._workspace.parts(self._keys[stage], self._ids)
        return self._places[stage]

    def _sliced(self, name: str) -> Sequence[pa.Table]:
        rows, count = self._wholes[name], len(self._slices)
        if "document_id" not in rows.column_names or count == 1:
            return [rows] * count
        places = pc.index_in(rows.column("document_id"), value_set=pa.array(self._ids, pa.string()))
        ends = np.cumsum([len(documents) for documents in self._slices])
        # A record that is no document is of the first slice.
        of_slice = np.searchsorted(ends, places.fill_null(0).to_numpy(), side="right")
        parts = (rows.filter(pa.array(of_slice == number)) for number in range(count))
        return store.lay_down(self._workspace.folder, TABLES[name].schema, parts)


def _only(name: str, *columns: str) -> Table:
    """A table's declaration with some of its columns."""
    return replace(TABLES[name], columns=TABLES[name].only(*columns))
