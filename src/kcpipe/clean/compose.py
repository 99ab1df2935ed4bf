"""The clean text as runs of raw characters: what is kept, in order, with inserted white space between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kcpipe.clean.lines import INVISIBLE_CHARACTERS, Line

_RUN = re.compile(rf"[^\s{INVISIBLE_CHARACTERS}]+(?: [^\s{INVISIBLE_CHARACTERS}]+)*")
PARAGRAPH = "\n\n"
FOLD = " "


def _runs(text: str, length: int) -> list[tuple[int, int]]:
    """Where characters stand that are kept as they are: between single plain spaces, visible."""
    if length == len(text) and text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return [(0, length)] if text else []  # most lines: nothing to look for
    return [run.span() for run in _RUN.finditer(text, 0, length)]


@dataclass(slots=True)
class Composition:
    """A clean text in the making."""

    length: int = 0
    runs: list[tuple[int, int, int | None, int | None]] = field(default_factory=list)
    """char_start, char_end, raw_start, raw_end; the last two None for inserted characters."""
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    """For each kept line number its clean offsets."""
    _pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What has been put together so far."""
        return "".join(self._pieces)

    def keep(self, line: Line, length: int, separator: str) -> None:
        """Add the first `length` characters of a line, behind the separator when it is not the first.

        White space around it is trimmed; inside, one plain space is itself, any other white space becomes an inserted
        space, and invisible characters go.
        """
        runs = _runs(line.text, length)
        if not runs:
            return
        if self.length:
            self._add(separator, None)
        start, previous = self.length, runs[0][0]
        for begin, end in runs:
            if any(character.isspace() for character in line.text[previous:begin]):
                self._add(FOLD, None)
            self._add(line.text[begin:end], line.start + begin)
            previous = end
        self.places[line.number] = (start, self.length)

    def _add(self, characters: str, raw_start: int | None) -> None:
        end = self.length + len(characters)
        self.runs.append((self.length, end, raw_start, None if raw_start is None else raw_start + len(characters)))
        self._pieces.append(characters)
        self.length = end
