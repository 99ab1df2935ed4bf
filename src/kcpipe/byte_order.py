"""Byte-order marks: the first bytes by which a text names its encoding."""

from __future__ import annotations

import codecs

# UTF-32's little-endian mark begins with UTF-16's, so it is asked for first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(head: bytes) -> str | None:
    """The Python codec named by the mark at the beginning of some bytes, which drops it; None without a mark.

    head: the bytes, or at least the first four of them.
    """
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)
