"""Gazetteers and rules: data files with a digest, and a matcher that respects token borders.

A lexicon is one file of `kcpipe/data`: CSV (rows of a gazetteer) or TOML (rules). Its digest enters the key of every
cached result that used it, so that editing a file recomputes just what read it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

from kcpipe.ids import digest

T = TypeVar("T")

DATA = Path(__file__).parent / "data"


class LexiconError(ValueError):
    """A data file is missing or broken; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One data file: `columns` and `rows` of a CSV, or `rules` of a TOML. Equal when the bytes are equal."""

    name: str
    digest: str
    columns: tuple[str, ...] = field(default=(), compare=False)
    rows: tuple[Mapping[str, str], ...] = field(default=(), compare=False)
    rules: Mapping[str, Any] = field(default_factory=dict, compare=False)


Lexicons = Mapping[str, Lexicon]


@lru_cache
def load(name: str, folder: Path = DATA) -> Lexicon:
    """The lexicon `name`.csv or `name`.toml of a folder.

    A CSV is UTF-8 with a header; every row must fill the columns `source` (who says so) and the first one (the
    key). Raises LexiconError for a missing file, a file that cannot be parsed, a row of another length, an empty
    key or source, and a row that stands twice.
    """
    for path in (folder / f"{name}.csv", folder / f"{name}.toml"):
        if path.is_file():
            return load_file(name, path)
    raise LexiconError(f"no {name}.csv or {name}.toml in {folder}")


@lru_cache
def load_file(name: str, path: Path) -> Lexicon:
    """The lexicon `name` of a CSV or TOML file with any name. Raises what `load` raises."""
    try:
        raw = path.read_bytes()
        content = raw.decode()
        if path.suffix == ".toml":
            return Lexicon(name, digest(raw), rules=tomllib.loads(content))
    except OSError as error:
        raise LexiconError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise LexiconError(f"{path}: {error}") from error
    reader = csv.DictReader(content.splitlines())
    columns = tuple(reader.fieldnames or ())
    return Lexicon(name, digest(raw), columns, tuple(_rows(path, reader, columns)))


@lru_cache
def extended(lexicon: Lexicon, path: Path) -> Lexicon:
    """The lexicon with what a file of the user's adds to it.

    The rows of a CSV stand behind the lexicon's; the file has the lexicon's first column first and `source`, and may
    leave out any other, which is then empty. The lists of a TOML stand before the lexicon's, so that of two patterns
    for one word the user's counts. Raises what `load` raises, also for a column or a rule the lexicon does not have.
    """
    own = load_file(lexicon.name, path)
    both = digest((lexicon.digest + own.digest).encode())
    unknown = set(own.columns) - set(lexicon.columns) or set(own.rules) - set(lexicon.rules)
    if unknown or own.columns[:1] != lexicon.columns[:1]:
        known = ", ".join(lexicon.columns or lexicon.rules)
        what = f"nothing called {min(unknown)!r}" if unknown else f"the first column is {lexicon.columns[0]!r}"
        raise LexiconError(f"{path}: {what}: {lexicon.name} has {known}")
    rows = ({column: row.get(column, "") for column in lexicon.columns} for row in own.rows)
    try:
        rules = _joined(own.rules, lexicon.rules)
    except TypeError as error:
        raise LexiconError(f"{path}: {error} where {lexicon.name} has another form") from error
    return Lexicon(lexicon.name, both, lexicon.columns, (*lexicon.rows, *rows), rules)


def _joined(own: Any, rules: Any) -> Any:
    """Two trees of rules as one: lists in a row, sections of one name joined; a single value is the second tree's.

    Raises TypeError where one has a section, a list or a value and the other has not.
    """
    if type(own) is not type(rules):
        raise TypeError(f"a {type(own).__name__}")
    if isinstance(rules, Mapping):
        common = own.keys() & rules.keys()
        return {**own, **rules, **{key: _joined(own[key], rules[key]) for key in common}}
    return [*own, *rules] if isinstance(rules, list) else rules


def _rows(path: Path, reader: csv.DictReader[str], columns: Sequence[str]) -> Iterable[Mapping[str, str]]:
    if "source" not in columns:
        raise LexiconError(f"{path}: no column 'source': every row says who says so")
    seen: dict[tuple[str, ...], int] = {}
    for row in reader:
        where = f"{path}:{reader.line_num}"
        if None in row or None in row.values():
            raise LexiconError(f"{where}: {len(columns)} columns are due")
        if not row[columns[0]].strip() or not row["source"].strip():
            raise LexiconError(f"{where}: {columns[0]!r} and 'source' must be filled")
        content_of_row = tuple(row.values())
        if content_of_row in seen:
            raise LexiconError(f"{where}: the same row stands at line {seen[content_of_row]}")
        seen[content_of_row] = reader.line_num
        yield row


class Match(NamedTuple, Generic[T]):
    """A pattern found: half-open offsets in the text that was searched, and what the pattern stands for."""

    start: int
    end: int
    value: T


def _fold(text: str) -> str:
    """Lower case, one character for one: 'İ'.lower() has two, which would shift every offset behind it."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Matcher(Generic[T]):
    """Finds many literal patterns in one pass; "assad" is not found inside "ambassador"."""

    def __init__(self, patterns: Mapping[str, T], *, ignore_case: bool = False) -> None:
        """patterns: literal words and what each stands for. ignore_case: match whatever the case."""
        self._fold = _fold if ignore_case else str
        folded = {self._fold(pattern): value for pattern, value in patterns.items()}
        self._values = list(folded.values())
        self._automaton = AhoCorasick(list(folded), matchkind=MatchKind.Standard) if folded else None

    def find(self, text: str) -> list[Match[T]]:
        """The matches in text from left to right, on token borders, without overlaps, the longest first.

        Offsets are code points in `text`. A border is where a letter or digit does not meet another one.
        """
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(self._fold(text), overlapping=True)
        chosen: list[Match[T]] = []
        for index, start, end in sorted(found, key=lambda hit: (hit[1], -hit[2])):
            if (not chosen or start >= chosen[-1].end) and on_borders(text, start, end):
                chosen.append(Match(start, end, self._values[index]))
        return chosen


class Keywords:
    """Literal words of which whatever a rule finds holds one: where none stands, its expression need not be tried."""

    def __init__(self, words: Iterable[str]) -> None:
        """words: with the spaces and letters around them that the expression asks for, in its case."""
        self._automaton = AhoCorasick(sorted(set(words)))

    def stand_in(self, text: str) -> bool:
        """Whether one of them does, also within a word; told in a fraction of the time that an expression takes."""
        return bool(self._automaton.find_matches_as_indexes(text))


def on_borders(text: str, start: int, end: int) -> bool:
    """Whether [start, end) neither begins nor ends inside a word."""
    begins = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    ends = end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
    return begins and ends
