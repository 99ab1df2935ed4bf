"""The pattern language of data/date_words.toml, translated into regular expressions over the codes of tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

SYMBOL = re.compile(r"<(?P<name>[a-z_0-9]+)(?::(?P<alias>[a-z_0-9]+))?>|(?P<word>[A-Za-z]+)|(?P<look>\(\?<?[=!])|.")


class Capture(NamedTuple):
    """What a pattern takes hold of: its name in the templates, the class it must have, the name of its group."""

    alias: str
    name: str
    group: str


class Pattern(NamedTuple):
    """A pattern as a regular expression, and the codes of the tokens that it can begin with."""

    source: str
    captures: tuple[Capture, ...]
    starts: frozenset[str]


class _Piece(NamedTuple):
    source: str
    starts: frozenset[str]
    is_optional: bool
    """Whether it can match nothing, so that what stands behind it can begin a match too."""


def translate(pattern: str, group: str, codes: Mapping[str, str]) -> Pattern:
    """A pattern of a rule; see the head of date_words.toml for the language.

    group: the prefix of the names of its groups; `<group>__span` is that of its braces. codes: of each class, and of
    each word after "=", the codes of the tokens in it. Raises ValueError when the pattern names an unknown class or
    its brackets do not match.
    """
    reader = _Reader(pattern, group, codes)
    whole = reader.choice()
    if reader.symbol:
        raise ValueError(f"nothing is open that {reader.symbol!r} could close")
    return Pattern(whole.source, tuple(reader.captures.values()), whole.starts)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, group: str, codes: Mapping[str, str]) -> None:
        self._found = SYMBOL.finditer(pattern)
        self._here = next(self._found, None)
        self._group = group
        self._codes = codes
        self._refused = 0
        self.captures: dict[str, Capture] = {}

    @property
    def symbol(self) -> str:
        """The symbol that comes next; empty at the end."""
        return self._here[0] if self._here else ""

    def choice(self) -> _Piece:
        """One or several sequences with | between them."""
        pieces = [self._sequence()]
        while self.symbol == "|":
            self._take()
            pieces.append(self._sequence())
        return _Piece(
            "|".join(piece.source for piece in pieces),
            frozenset().union(*(piece.starts for piece in pieces)),
            any(piece.is_optional for piece in pieces),
        )

    def _sequence(self) -> _Piece:
        sources = []
        starts: frozenset[str] = frozenset()
        is_optional = True
        while self.symbol and self.symbol not in "|)}":
            piece = self._piece()
            sources.append(piece.source)
            if is_optional:
                starts |= piece.starts
                is_optional = piece.is_optional
        return _Piece("".join(sources), starts, is_optional)

    def _piece(self) -> _Piece:
        piece = self._token()
        if self.symbol != "?":
            return piece
        self._take()
        return _Piece(f"{piece.source}?", piece.starts, is_optional=True)

    def _token(self) -> _Piece:
        found = self._take()
        symbol = found[0]
        if found["look"]:
            return _Piece(f"{symbol}{self._inside(symbol).source})", frozenset(), is_optional=True)
        if symbol in "({":
            piece = self._inside(symbol)
            opening = "(?:" if symbol == "(" else f"(?P<{self._group}__span>"
            return piece._replace(source=f"{opening}{piece.source})")
        if symbol in "^$":
            return _Piece(symbol, frozenset(), is_optional=True)
        if symbol == "~":
            return _of_codes("-–")
        if found["word"]:
            return _of_codes(self._codes_of(f"={symbol.lower()}"))
        return self._capture(found) if found["name"] else _of_codes(symbol)

    def _inside(self, opening: str) -> _Piece:
        """What stands between brackets; in a negative look nothing is captured."""
        self._refused += opening.endswith("!")
        piece = self.choice()
        self._refused -= opening.endswith("!")
        if self.symbol != ("}" if opening == "{" else ")"):
            raise ValueError(f"{opening!r} is not closed")
        self._take()
        return piece

    def _capture(self, found: re.Match[str]) -> _Piece:
        name, alias = found["name"], found["alias"] or found["name"]
        piece = _of_codes(self._codes_of(name))
        if self._refused or alias in self.captures:
            return piece
        self.captures[alias] = Capture(alias, name, f"{self._group}_{alias}")
        return piece._replace(source=f"(?P<{self._group}_{alias}>{piece.source})")

    def _codes_of(self, name: str) -> str:
        if name not in self._codes:
            raise ValueError(f"no class <{name}>")
        return self._codes[name]

    def _take(self) -> re.Match[str]:
        assert self._here
        found, self._here = self._here, next(self._found, None)
        return found


def _of_codes(codes: str) -> _Piece:
    return _Piece(f"[{re.escape(codes)}]", frozenset(codes), is_optional=False)
