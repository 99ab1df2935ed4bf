"""Raw lines, and the blocks they make: a block is a paragraph, a heading, a menu entry, whatever stood alone.

Lines tile the raw text. A hard-wrapped paragraph spreads over several lines; it is told from a list by its lines being
full (the next word would not have fitted) or by going on in lower case after an unfinished line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")
# What no reader sees and no one means: controls, soft hyphen, zero-width space, word joiner, bidi marks, BOM. The
# zero-width joiners stay: they are part of emoji and of some scripts' spelling.
INVISIBLE_CHARACTERS = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_INVISIBLE = re.compile(f"[{INVISIBLE_CHARACTERS}]+")
_FINISHED = re.compile(r"""[.!?…:;。！？]["'”’»)\]*]*$""")
_BROKEN = re.compile(r"[^\W\d_]{2}-$")
_MIN_WRAP, _MAX_WRAP = 40, 130
_FULL = 0.9
"""A wrapped line reaches nine tenths of the width when the next line's first word is added."""
_UNFINISHED_LENGTH = 40


class Line(NamedTuple):
    """A raw line without its line end; offsets in the raw text."""

    number: int
    start: int
    end: int
    text: str


class Block(NamedTuple):
    """Lines that read as one; `text` is folded: visible characters, single spaces."""

    lines: tuple[Line, ...]
    text: str


def raw_lines(text: str) -> list[Line]:
    """The lines of a raw text; they end at LF, CRLF or CR only, and a line end at the very end opens no new one."""
    lines: list[Line] = []
    start = 0
    for line_end in _LINE_END.finditer(text):
        lines.append(Line(len(lines) + 1, start, line_end.start(), text[start : line_end.start()]))
        start = line_end.end()
    if start < len(text):
        lines.append(Line(len(lines) + 1, start, len(text), text[start:]))
    return lines


def folded(text: str) -> str:
    """The text without invisible characters, every run of white space one space, trimmed."""
    visible = text if text.isprintable() else _INVISIBLE.sub("", text)
    return " ".join(visible.split())


def is_unfinished(text: str) -> bool:
    """Whether a folded text stops in mid-sentence: long, and no mark at its end."""
    return len(text) >= _UNFINISHED_LENGTH and not _FINISHED.search(text)


def goes_on(before: str, after: str) -> bool:
    """Whether `after` continues the unfinished sentence of `before`; both folded."""
    return after[:1].islower() and is_unfinished(before)


def _goes_on_below(before: str, after: str) -> bool:
    """Whether a line goes on in the one right below it: inside a sentence or a word."""
    return goes_on(before, after) or (after[:1].isalpha() and _BROKEN.search(before) is not None)


def blocks(lines: Sequence[Line], widths: Mapping[int, int] | None = None) -> list[Block]:
    """The blocks of a document in order; lines without visible characters belong to none.

    widths: by the number of a line, how much the line above it holds when it is full and goes on here, where that is
    known.
    """
    texts = [folded(line.text) for line in lines]
    known = widths or {}
    width = _wrap_width(["" if line.number in known else text for line, text in zip(lines, texts, strict=True)])
    found: list[Block] = []
    held: list[int] = []
    for index, text in enumerate(texts):
        before, limit = texts[index - 1], known.get(lines[index].number, width)
        joins = bool(held) and bool(text) and (_is_full(before, text, limit) or _goes_on_below(before, text))
        if held and not joins:
            found.append(_block(lines, texts, held))
            held = []
        if text:
            held.append(index)
    return [*found, _block(lines, texts, held)] if held else found


def _block(lines: Sequence[Line], texts: Sequence[str], held: Sequence[int]) -> Block:
    return Block(tuple(lines[index] for index in held), " ".join(texts[index] for index in held))


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbouring lines without a blank one between."""
    return ((before, after) for before, after in pairwise(texts) if before and after)


def _wrap_width(texts: Sequence[str]) -> int:
    """The width the document was wrapped at, 0 when it was not."""
    pairs = list(_pairs(texts))
    width = max((len(before) for before, _ in pairs), default=0)
    if not _MIN_WRAP <= width <= _MAX_WRAP:
        return 0
    full = sum(_is_full(before, after, width) for before, after in pairs)
    return width if full >= 3 and full >= 0.7 * len(pairs) else 0


def _is_full(before: str, after: str, width: int) -> bool:
    return width > 0 and len(before) + 1 + len(after.split(" ", 1)[0]) >= _FULL * width
