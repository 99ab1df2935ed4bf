"""What becomes of a document over which a stage raises an error: it is set aside, and the run goes on.

One odd page must not end a night's run over a million. But nothing is passed over in silence: the error stands in
`failures` with its traceback, the record in the quarantine, and a check warns of it, or stops the release when there
are many. The result counts as any other: the stage tries again when it, its data files or the document change.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import name_id
from kcpipe.joins import by_key, look_up, rows_with
from kcpipe.lexicon import LexiconError
from kcpipe.pipeline.stages import Stage
from kcpipe.settings import UserError
from kcpipe.tables import TABLES, build, empty

log = logging.getLogger(__name__)

NAME = "failures"
REASON = "stage_failed"
OF_THE_MACHINE = (UserError, LexiconError, OSError, MemoryError, ImportError)
"""No document is to blame for these: the next one would meet them, too."""


def failed(document_id: str, stage: Stage, error: Exception) -> dict[str, pa.Table]:
    """What a stage makes of a document over which it raised an error: no rows, but why."""
    row = {
        "document_id": document_id,
        "stage": stage.name,
        "error": type(error).__name__,
        "traceback": "".join(traceback.format_exception(error)),
    }
    return {name: empty(TABLES[name]) for name in stage.makes} | {NAME: build(TABLES[NAME], [row])}


def tell(home: store.Place, segment: store.Segment) -> None:
    """Log the failures that a segment holds."""
    documents = [document for document, tables in segment.made.items() if NAME in tables]
    if not documents:
        return
    place = f"{segment.folder}/{NAME}.parquet"
    for row in store.read_segments(home, {segment.folder: documents}, TABLES[NAME]).to_pylist():
        told = "%s: %s over document %s, which is set aside; the traceback is kept in work, %s"
        log.warning(told, row["stage"], row["error"], row["document_id"], place)
        log.debug("%s", row["traceback"])


def reasons(failures: pa.Table, records: pa.Table, raw_documents: pa.Table) -> pa.Table:
    """The rows of `quarantine` for failures: one for each record of such a document.

    records: as they were read. raw_documents: those of the failures, perhaps with others.
    """
    [sha256] = look_up(failures.column("document_id"), raw_documents, "document_id", "raw_sha256")
    of_document = by_key(failures.append_column("raw_sha256", sha256), "document_id")
    of_failures = rows_with(records, "document_id", failures.column("document_id"))
    rows = [
        reason(record, found["stage"], found["error"]) | {name: found[name] for name in ("document_id", "raw_sha256")}
        for record in of_failures.to_pylist()
        if (found := of_document[record["document_id"]])
    ]
    return build(TABLES["quarantine"], rows)


def reason(record: Mapping[str, Any], stage: str, error: str) -> dict[str, Any]:
    """A row of `quarantine`: a stage raised an error of this class over a record."""
    return {
        "quarantine_id": name_id("quarantine", record["source_uri"], stage, REASON),
        "source_uri": record["source_uri"],
        "stage": stage,
        "reason": REASON,
        "message": f"the stage raised {error} over it: a mistake of the program; the run's log tells where",
    }
