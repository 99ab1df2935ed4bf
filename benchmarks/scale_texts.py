"""Any number of news texts, made of the project's real ones: the same lines and sentences with other names and numbers.

Each text is one of the seeds, of tests/gold/meantime or of the pages of tests/gold/clean_wcxb (those of an article's
length), told of other countries, with other names and numbers, and with a part of its longer words exchanged for words
of the same ending; so sentences keep their grammar, and no text is a copy of another. Text n is the same in every run.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from kcpipe import lexicon

ROOT = Path(__file__).parents[1]
SOURCES = ("seeds/*.txt", "tests/gold/meantime/txt/*.txt", "tests/gold/clean_wcxb/docs/*.txt")
LONGEST = 2_000
"""Words of an article; the longest pages are lists."""
EXCHANGED = 0.3
"""Share of the longer words, and of names, for which others are put: two texts of one page then share fewer than half
of their shingles of five words."""
KINDS = ("name", "adjective", "capital")
"""What a country's words stand for: a name is put for a name."""
_WORD = re.compile(r"[A-Za-z][a-z]{4,}|\d+")
_ENDING = 3


def texts(numbers: range) -> Iterator[str]:
    """The texts of these numbers."""
    return (_text(number) for number in numbers)


def _text(number: int) -> str:
    chosen = random.Random(number)
    page = _pages()[number % len(_pages())]
    if number < len(_pages()):
        return page
    moved = _other_countries(page, chosen)
    names: dict[str, str] = {}
    earlier = chosen.randrange(5)

    def other(found: re.Match[str]) -> str:
        word = found.group()
        if word.isdigit():
            # Days stay as they are, and all years move alike: a text goes on telling what happened after it happened.
            return str(int(word) - earlier) if len(word) == 4 else word if len(word) < 3 else str(chosen.randrange(999))
        if word in _countries():
            return word
        if word[0].isupper() and word in names:
            return names[word]
        alike = _words().get((word[0].isupper(), word[-_ENDING:]), [word])
        exchanged = chosen.choice(alike) if chosen.random() < EXCHANGED else word
        return names.setdefault(word, exchanged) if word[0].isupper() else exchanged

    return _WORD.sub(other, moved)


def _other_countries(page: str, chosen: random.Random) -> str:
    """The page told of other countries: the same one everywhere in it, a name for a name."""
    codes = sorted({_countries()[found] for found in _country_pattern().findall(page)})
    others = dict(zip(codes, chosen.sample(sorted(_forms()), len(codes)), strict=True))

    def other(found: re.Match[str]) -> str:
        word = found.group()
        code = _countries()[word]
        kind = next(kind for kind in KINDS if word in _forms()[code][kind])
        return _forms()[others[code]][kind][0]

    return _country_pattern().sub(other, page)


@cache
def _pages() -> Sequence[str]:
    paths = [path for pattern in SOURCES for path in sorted(ROOT.glob(pattern))]
    pages = [path.read_text(encoding="utf-8") for path in paths]
    return [page for page in pages if len(page.split()) <= LONGEST]


@cache
def _words() -> Mapping[tuple[bool, str], Sequence[str]]:
    """The words of the pages by capital and ending."""
    found: dict[tuple[bool, str], set[str]] = defaultdict(set)
    for page in _pages():
        for word in _WORD.findall(page):
            found[word[0].isupper(), word[-_ENDING:]].add(word)
    return {key: sorted(words) for key, words in found.items()}


@cache
def _forms() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By code and kind how the countries of today are called that have all kinds."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {kind: [] for kind in KINDS})
    for row in lexicon.load("countries").rows:
        if row["kind"] in KINDS and row["alias"].isascii() and not (row["ambiguity"] or row["valid_to"]):
            found[row["country_code"]][row["kind"]].append(row["alias"])
    return {code: forms for code, forms in found.items() if all(forms.values())}


@cache
def _countries() -> Mapping[str, str]:
    return {form: code for code, forms in _forms().items() for kind in forms.values() for form in kind}


@cache
def _country_pattern() -> re.Pattern[str]:
    longest_first = sorted(_countries(), key=lambda form: (-len(form), form))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
