"""Quotation marks: which stretches of a paragraph stand between them, and which marks are apostrophes.

Marks are paired from left to right with a stack. Three things that running text does break a plain pairing and are
told apart here: an apostrophe, a quotation in a quotation, and a mark that opens again before the last one closed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_OPENING_DOUBLE = "“«"
_CLOSING_DOUBLE = "”»"
_DOUBLE = _OPENING_DOUBLE + _CLOSING_DOUBLE + '"'
_SINGLE = "‘’'"
_MARK = re.compile(rf"[{_DOUBLE}{_SINGLE}]|(?<=`)`")
_BEFORE_OPENING = " \t\u00a0\u202f\n([{—–-:,/…●•" + _OPENING_DOUBLE + '"‘'
_ENDS_SPEECH = ".!?…,—–"
_DEEPEST = 4
"""Quotations in quotations in quotations: beyond that the marks are noise."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch between quotation marks, offsets without the marks."""

    start: int
    end: int
    is_single: bool
    is_closed: bool = True

    def holds(self, other: Quoted) -> bool:
        """Whether the other one lies in it."""
        return self != other and self.start <= other.start and other.end <= self.end


def quoted_spans(text: str, start: int, end: int, elisions: Collection[str] = ()) -> list[Quoted]:
    """The quoted stretches of the paragraph text[start:end], outer before inner, from left to right.

    elisions: words that begin with an apostrophe, lower case. A mark that opens again before the last one closed
    ends the earlier stretch where its last sentence ended, or, when no sentence ended there, voids it. A stretch
    still open at the end of the paragraph is returned with `is_closed` False.
    """
    found: list[Quoted] = []
    marks = _marks(text, start, end, elisions)
    if not marks:
        return found
    nested = _nested_openings(marks)
    stack: list[tuple[int, bool]] = []
    for number, (at, is_single, opens) in enumerate(marks):
        if opens:
            if not is_single and number not in nested:
                while any(not single for _, single in stack):
                    opened, single = stack.pop()
                    if not single:
                        found += _reopened(text, opened, at)
            if is_single or len(stack) == _DEEPEST:
                stack = [entry for entry in stack if not entry[1]][: _DEEPEST - 1]
            stack.append((at, is_single))
        elif any(single == is_single for _, single in stack):
            while True:
                opened, single = stack.pop()
                if single == is_single:
                    found += _trimmed(text, opened + 1, at, is_single, is_closed=True)
                    break
    found += [
        piece
        for opened, single in stack
        if not single
        for piece in _trimmed(text, opened + 1, end, is_single=False, is_closed=False)
    ][-1:]
    return sorted(found, key=lambda piece: (piece.start, -piece.end))


def opens_with_mark(text: str, start: int) -> bool:
    """Whether a paragraph begins with a double quotation mark."""
    return text[start : start + 1] in (*_OPENING_DOUBLE, '"') or text[start : start + 2] == "``"


def _trimmed(text: str, start: int, end: int, is_single: bool, is_closed: bool) -> list[Quoted]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return [Quoted(start, end, is_single, is_closed)] if any(map(str.isalnum, text[start:end])) else []


def _reopened(text: str, opened: int, at: int) -> list[Quoted]:
    pieces = _trimmed(text, opened + 1, at, is_single=False, is_closed=True)
    return [piece for piece in pieces if text[piece.end - 1] in _ENDS_SPEECH]


def _marks(text: str, start: int, end: int, elisions: Collection[str]) -> list[tuple[int, bool, bool]]:
    """(offset, is_single, opens) of every quotation mark that is no apostrophe."""
    marks: list[tuple[int, bool, bool]] = []
    positions = [mark.start() for mark in _MARK.finditer(text, start, end)]
    closers = _closing_singles(text, positions, start, end)
    is_open = {True: False, False: False}
    for at in positions:
        mark = text[at]
        if mark == "`" or (mark == "'" and text[at : at + 2] == "''" and is_open[False]):
            # Typewriter style, ``so'': the mark that touches the words stands for both.
            is_open[False] = mark == "`"
            marks.append((at, False, mark == "`"))
            continue
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        is_single = mark in _SINGLE
        if mark in _OPENING_DOUBLE or mark in _CLOSING_DOUBLE:
            opens = mark in _OPENING_DOUBLE
        elif mark == '"':
            could_open = before in _BEFORE_OPENING and not after.isspace()
            opens = could_open and (not is_open[False] or before.isspace())
            if not opens and not is_open[False]:
                continue
        elif mark != "’" and before in _BEFORE_OPENING and not after.isspace() and not _elides(text, at, end, elisions):
            opens = True
        elif at in closers and is_open[True]:
            # "the two countries’ missions": a plural's apostrophe, if the quotation closes further on.
            if before in "sS" and after == " " and closers[at] and at + 2 < end and text[at + 2].islower():
                continue
            opens = False
        else:
            continue
        is_open[is_single] = opens
        marks.append((at, is_single, opens))
    return marks


def _elides(text: str, at: int, end: int, elisions: Collection[str]) -> bool:
    """Whether the mark stands for left-out letters: '90s, 'em, 'tis."""
    last = at + 1
    while last < end and last < at + 8 and text[last].isalnum():
        last += 1
    word = text[at + 1 : last].lower()
    return word in elisions or (word[:2].isdigit() and (word[2:] in ("", "s")) and text[at] == "'")


def _closing_singles(text: str, positions: list[int], start: int, end: int) -> dict[int, bool]:
    """The single marks that could close, each with whether another one follows before the next opening one."""
    closers: dict[int, bool] = {}
    another = False
    for at in reversed(positions):
        if text[at] == "‘":
            another = False
        if text[at] not in "’'" or text[at : at + 2] == "''" or text[at - 1 : at + 1] == "''":
            continue
        follows_word = at > start and not text[at - 1].isspace()
        precedes_word = at + 1 < end and text[at + 1].isalnum()
        if follows_word and not precedes_word:
            closers[at] = another
            another = True
    return closers


def _nested_openings(marks: list[tuple[int, bool, bool]]) -> set[int]:
    """The double openings, by place in `marks`, after which enough marks close to close an outer one too."""
    depth = 0
    depths: list[int] = []
    for _, is_single, opens in marks:
        if not is_single:
            depth += 1 if opens else -1
        depths.append(depth)
    lowest = depth
    nested: set[int] = set()
    for number in range(len(marks) - 1, -1, -1):
        if marks[number][2] and not marks[number][1] and lowest <= depths[number] - 2:
            nested.add(number)
        lowest = min(lowest, depths[number])
    return nested
