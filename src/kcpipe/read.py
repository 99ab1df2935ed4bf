"""From bytes to text: a document is its bytes, and its text is what those bytes say, character for character.

Nothing is repaired or normalised here, so that a raw offset is an exact code point of the decoded record. Only the
byte-order mark is not part of the text. What cannot be read as text goes to quarantine with a reason code:
`empty`, `whitespace_only`, `binary`, `undecodable` (a byte-order mark promises an encoding that the bytes break) and
`not_utf8`; a problem the store met (`unreadable`, `too_large`) is passed on.
"""

from __future__ import annotations

import codecs
import unicodedata
from typing import Any, NamedTuple

import pyarrow as pa
from charset_normalizer import from_bytes

from kcpipe import ids
from kcpipe.tables import TABLES, build


class Read(NamedTuple):
    """One row per input in `records`, one per distinct readable bytes in `raw_documents`, the rest explained."""

    records: pa.Table
    raw_documents: pa.Table
    quarantine: pa.Table


class _UnusableError(Exception):
    """Bytes that are no text: the reason code and the message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


# UTF-32's little-endian mark begins with UTF-16's, so it is asked for first. Each codec drops its own mark.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes by which file formats name themselves; those that hold no NUL and few control characters need them.
_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
)
# White space and the escape of terminal colours are at home in text; no other control character is.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
MAX_CONTROL_SHARE = 0.02
"""More control characters than this make bytes binary: random bytes hold eleven in a hundred, real text none."""
_GUESS_BYTES = 100_000


def read(*, inputs: pa.Table) -> Read:
    """Decode every input.

    inputs: raw bytes, or the problem the store met. Returns one `records` row per input (document_id null when it
    went to quarantine), one `raw_documents` row per distinct readable bytes, and one `quarantine` row per input
    that is no text. Equal bytes under two names share one document.
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
                raise _UnusableError(problem or "unreadable", message or "the record could not be read")
            encoding, text = _decode(raw)
        except _UnusableError as unusable:
            quarantine.append(
                {
                    "quarantine_id": ids.name_id("quarantine", row["source_uri"], "read", unusable.reason),
                    "source_uri": row["source_uri"],
                    "document_id": document,
                    "raw_sha256": sha256,
                    "stage": "read",
                    "reason": unusable.reason,
                    "message": unusable.message,
                }
            )
            records.append({**row, "document_id": None})
            continue
        records.append({**row, "document_id": document})
        documents[document] = {
            "document_id": document,
            "raw_sha256": sha256,
            "raw_bytes": len(raw),
            "encoding": encoding,
            "raw_text": text,
        }
    return Read(
        build(TABLES["records"], records),
        build(TABLES["raw_documents"], documents.values()),
        build(TABLES["quarantine"], quarantine),
    )


def _decode(raw: bytes) -> tuple[str, str]:
    """The codec's name and the text. Raises _UnusableError when the bytes are no text."""
    if not raw:
        raise _UnusableError("empty", "the record holds no bytes")
    for magic, what in _MAGIC:
        if raw.startswith(magic):
            raise _UnusableError("binary", f"the record is {what}")
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding not in ("utf-16", "utf-32"):  # their bytes are full of NULs
        _refuse_binary(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _UnusableError(
                "undecodable", f"a byte-order mark says {encoding}, byte {error.start} breaks it: {error.reason}"
            ) from error
        guess = from_bytes(raw[:_GUESS_BYTES]).best()
        likely = f"it looks like {guess.encoding}" if guess else "no known encoding fits"
        raise _UnusableError(
            "not_utf8", f"not UTF-8: byte {error.start} (0x{raw[error.start]:02x}): {error.reason}; {likely}"
        ) from error
    if "\0" in text:
        raise _UnusableError("binary", f"NUL character at {text.index(chr(0))}")
    if all(character.isspace() or unicodedata.category(character) == "Cf" for character in text):
        raise _UnusableError("whitespace_only", f"the record holds {len(text)} characters, all of them white space")
    return encoding, text


def _refuse_binary(raw: bytes) -> None:
    if b"\0" in raw:
        raise _UnusableError("binary", f"NUL byte at {raw.index(0)}")
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if controls > MAX_CONTROL_SHARE * len(raw):
        raise _UnusableError("binary", f"{controls} of {len(raw)} bytes are control characters")
