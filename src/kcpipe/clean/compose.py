"""The clean text as runs of raw characters: what is kept, in order, with inserted white space between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from kcpipe.clean.lines import INVISIBLE_CHARACTERS, Line

_RUN = re.compile(rf"[^\s{INVISIBLE_CHARACTERS}]+(?: [^\s{INVISIBLE_CHARACTERS}]+)*")
_BROKEN = re.compile(r"(?<!\w)([^\W\d_]{2,40})-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN_INSIDE = re.compile(r"(?<!\w)[^\W\d_]{2,40}- [^\W\d_]+")
PARAGRAPH = "\n\n"
FOLD = " "


def spelled(texts: Iterable[str]) -> frozenset[str]:
    """The words of folded texts in lower case, with their inner hyphens, and the parts of these; without those that a
    line end breaks."""
    words = {word for text in texts for word in _WORD.findall(_BROKEN_INSIDE.sub(" ", text.casefold()))}
    return frozenset(words.union(*(word.split("-") for word in words)))


def hyphen(before: str, after: str, known: Callable[[], AbstractSet[str]]) -> str | None:
    """The hyphen between two lines that are one word's: empty where it only marks the line's end ("chap-", "ter"), "-"
    where it is the word's own ("state-", "owned"); None where the line does not end inside a word.

    known: the words of the page and other words. It is the word's own before a capital ("Franco-", "German"), and where
    they know the word with it, or both parts and not the whole.
    """
    head, tail = _BROKEN.search(before.rstrip()), _WORD.match(after.lstrip())
    if head is None or tail is None:
        return None
    if not tail[0][0].islower() and not (head[1].isupper() and tail[0].isupper()):
        return "-"
    first, second = head[1].casefold(), tail[0].casefold()
    words = known()
    if f"{first}-{second}" in words or (first + second not in words and {first, second} <= words):
        return "-"
    return ""


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
        if self.length and separator:
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
