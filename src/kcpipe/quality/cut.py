"""Characters of texts at given offsets, for whole columns at once: views of the texts where they lie, not copies.

A text is UTF-8, an offset counts characters. Most are one byte; from where the others stand follows at which byte any
character begins, and nobody has to count from the beginning of the text for each row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

INLINE = 12
"""Bytes that a view holds itself, or the first four and where the others are (Arrow columnar format: Variable-size
Binary View Layout)."""

Numbers = npt.NDArray[np.int64]


def cut(texts: pa.ChunkedArray, rows: pa.Array, firsts: pa.Array, ends: pa.Array) -> pa.Array:
    """The characters [first, end) of the text in each of these rows of a column, as an array of string views.

    texts: strings, none null. rows, firsts, ends: integers, as many of each. An offset counts code points; one outside
    of the text means the text's own bound, and an end that is not behind the first gives the empty text. Null where
    one of the three is null.
    """
    has_all = pc.and_(rows.is_valid(), pc.and_(firsts.is_valid(), ends.is_valid()))
    is_known = has_all.to_numpy(zero_copy_only=False)
    row, first, end = (each.fill_null(0).to_numpy().astype(np.int64) for each in (rows, firsts, ends))
    starts = np.cumsum([0, *(len(chunk) for chunk in texts.chunks)])
    chunk_of_row = np.searchsorted(starts, row, side="right") - 1
    views = np.zeros((len(row), 4), np.int32)
    buffers: list[pa.Buffer] = []
    for number in np.unique(chunk_of_row[is_known]).tolist():
        chosen = np.flatnonzero(is_known & (chunk_of_row == number))
        content = texts.chunk(number).buffers()[2] or pa.py_buffer(b"\0")
        begins, lengths = _bytes(texts.chunk(number), row[chosen] - starts[number], first[chosen], end[chosen])
        views[chosen] = _views(np.frombuffer(content, np.uint8), begins, lengths, len(buffers))
        buffers.append(content)
    return pa.Array.from_buffers(pa.string_view(), len(row), [has_all.buffers()[1], pa.py_buffer(views), *buffers])


def _bytes(texts: pa.StringArray, rows: Numbers, first: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """The byte at which the characters [first, end) of the text in each row begin, and how many bytes they are."""
    _, offsets, content = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    low, high = bounds[int(np.min(rows))], bounds[int(np.max(rows)) + 1]
    # The bytes of characters but for their first, and the number of the character behind each: those before `low` are
    # counted as if they had one byte.
    inner = np.flatnonzero((np.frombuffer(content or b"", np.uint8)[low:high] & 0xC0) == 0x80) + low
    behind = inner - np.arange(len(inner))
    start, stop = (byte - np.searchsorted(inner, byte) for byte in (bounds[rows], bounds[rows + 1]))
    characters = (np.clip(start + offset, start, stop) for offset in (first, end))
    begins, stops = (character + np.searchsorted(behind, character, side="right") for character in characters)
    return begins, np.maximum(stops - begins, 0)


def _views(content: npt.NDArray[np.uint8], begins: Numbers, lengths: Numbers, buffer: int) -> npt.NDArray[np.int32]:
    """Views of so many bytes from each of these on, which lie in the buffer of this number: the length, then the bytes
    themselves, or four of them, the number of the buffer, and the place in it."""
    views = np.zeros((len(begins), 4), np.int32)
    views[:, 0] = lengths
    steps = np.arange(INLINE)
    heads = content[np.minimum(begins[:, np.newaxis] + steps, len(content) - 1)]
    views.view(np.uint8)[:, 4:] = np.where(steps < lengths[:, np.newaxis], heads, 0)
    is_long = lengths > INLINE
    views[is_long, 2:] = np.stack([np.full(len(begins), buffer), begins], axis=1)[is_long]
    return views
