"""Ids are hashes of raw bytes and raw offsets, never of cleaned text or the order of a run.

So a better cleaner does not rename the world, and two runs over the same bytes agree.
"""

from __future__ import annotations

import hashlib

ID_LENGTH = 32
"""Hex digits of an id: 128 bits, so that a billion ids meet by chance once in 10^20 corpora."""


def digest(raw: bytes) -> str:
    """SHA-256 of bytes, 64 hex digits."""
    return hashlib.sha256(raw).hexdigest()


def document_id(raw_sha256: str) -> str:
    """The id of a document from the SHA-256 of its raw bytes: its first 32 hex digits."""
    return raw_sha256[:ID_LENGTH]


def span_id(kind: str, document: str, raw_start: int, raw_end: int, discriminator: str = "") -> str:
    """The id of something that stands in a text.

    kind: what it is, such as "mention". document: its document_id. raw_start, raw_end: offsets in the decoded raw
    record of the first character of its first piece and one past the last of its last piece. discriminator: tells
    apart two of one kind that may share a span, such as the event kind. Returns 32 hex digits.
    """
    return name_id(kind, document, str(raw_start), str(raw_end), discriminator)


def name_id(kind: str, *parts: str) -> str:
    """The id of something that is known by words rather than by a span, such as a person by name and country."""
    return digest("\x1f".join((kind, *parts)).encode())[:ID_LENGTH]
