"""Articles with their gold marked in the text: names with entity and country, quotations, quantities.

A mark is a pair of braces with a head: `{p:ruto:KEN William Ruto}` a person, `o` an organisation, `c` a country by
name, `a` by adjective, `l` a place (entity of persons and organisations, country or `-`); `{d|speaker|words}` a
direct quotation, `m` a mixed one, `i` an indirect one; `{n|kind|value|unit|words}` a quantity, its value exact,
`low..high`, `low..`, `..high` or `~about`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "gold" / "marked_articles"
NAMES = {"p": "PERSON", "o": "ORG", "c": "COUNTRY", "a": "adjectival", "l": "PLACE"}
QUOTATIONS = {"d": "direct", "m": "mixed", "i": "indirect"}
_HEAD = re.compile(r"\{(?:([pocal])(?::([^: ]*))?:([A-Z]{3}|-) |([dmi])\|([^|]*)\||n\|([^|]*)\|([^|]*)\|([^|]*)\|)")


class Mark(NamedTuple):
    """One mark: half-open offsets in the bare text, its letter, and what its head tells."""

    start: int
    end: int
    letter: str
    told: tuple[str, ...]


def read(path: Path) -> tuple[str, list[Mark]]:
    """The bare text of an article and its marks. Raises ValueError for a brace that begins no mark."""
    source = path.read_text(encoding="utf-8").rstrip("\n")
    text, marks = "", []
    opened: list[tuple[int, str, tuple[str, ...]]] = []
    at = 0
    while at < len(source):
        if source[at] == "{":
            head = _HEAD.match(source, at)
            if head is None:
                raise ValueError(f"{path.name}: {source[at : at + 30]!r}")
            name, entity, country, quotation, speaker, *amount = head.groups()
            letter = name or quotation or "n"
            told = (entity or "", country) if name else (speaker,) if quotation else tuple(amount)
            opened.append((len(text), letter, told))
            at = head.end()
            continue
        if source[at] == "}":
            start, letter, told = opened.pop()
            marks.append(Mark(start, len(text), letter, told))
        else:
            text += source[at]
        at += 1
    return text, marks


def bounds(value: str) -> tuple[float | None, float | None, float | None]:
    """Value, lower and upper bound that a mark of a quantity tells."""
    if value.startswith("~"):
        return float(value[1:]), None, None
    low, dots, high = value.partition("..")
    if not dots:
        return float(value), float(value), float(value)
    return None, float(low) if low else None, float(high) if high else None
