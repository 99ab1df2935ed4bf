"""From bytes to text: a document is its bytes, and its text is what those bytes say, character for character.

Nothing is repaired or normalised here, so that a raw offset is an exact code point of the decoded record; white space,
zero-width and direction marks, line ends and stray NULs stay as they are. Only the byte-order mark is not part of the
text. decode.py tells what bytes say. What is no text goes to quarantine with its reason code, and what is to be known
about a text that was read all the same stands there, too, with its document; a problem the store met is passed on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe import ids
from kcpipe.read.decode import MAX_CONTROL_SHARE, UnusableError, decode
from kcpipe.tables import TABLES, build

__all__ = ["MAX_CONTROL_SHARE", "Read", "read"]


class Read(NamedTuple):
    """One row per input in `records`, one per distinct readable bytes in `raw_documents`, the rest explained."""

    records: pa.Table
    raw_documents: pa.Table
    quarantine: pa.Table


def read(*, inputs: pa.Table) -> Read:
    """Decode every input.

    inputs: raw bytes, or the problem the store met. Returns one `records` row per input (document_id null when it
    went to quarantine), one `raw_documents` row per distinct readable bytes, and a `quarantine` row per input that is
    no text, or of which something is to be known. Equal bytes under two names share one document.
    """
    records: list[dict[str, Any]] = []
    documents: dict[str, dict[str, Any]] = {}
    quarantine: list[dict[str, Any]] = []
    for row in inputs.to_pylist():
        raw: bytes | None = row.pop("raw")
        problem, message = row.pop("problem"), row.pop("message")
        sha256 = None if raw is None else ids.digest(raw)
        document = None if sha256 is None else ids.document_id(sha256)
        try:
            if raw is None or sha256 is None or document is None or problem:
                raise UnusableError(problem or "unreadable", message or "the record could not be read")
            decoded = decode(raw)
        except UnusableError as unusable:
            quarantine.append(_set_aside(row["source_uri"], document, sha256, unusable.reason, unusable.message))
            records.append({**row, "document_id": None})
            continue
        for note in decoded.notes:
            quarantine.append(_set_aside(row["source_uri"], document, sha256, note.reason, note.message))
        records.append({**row, "document_id": document})
        documents[document] = {
            "document_id": document,
            "raw_sha256": sha256,
            "raw_bytes": len(raw),
            "encoding": decoded.encoding,
            "raw_text": decoded.text,
        }
    return Read(
        build(TABLES["records"], records),
        build(TABLES["raw_documents"], documents.values()),
        build(TABLES["quarantine"], quarantine),
    )


def _set_aside(source_uri: str, document: str | None, sha256: str | None, reason: str, message: str) -> dict[str, Any]:
    return {
        "quarantine_id": ids.name_id("quarantine", source_uri, "read", reason),
        "source_uri": source_uri,
        "document_id": document,
        "raw_sha256": sha256,
        "stage": "read",
        "reason": reason,
        "message": message,
    }
