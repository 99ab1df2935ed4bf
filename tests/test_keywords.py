"""Where none of its keywords stands an expression is not tried: so each of its matches must hold one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from kcpipe.clean.rules import rules
from kcpipe.lexicon import Keywords, load
from kcpipe.names import bodies, occasions, pairs, people, references
from kcpipe.names.gazetteer import LEXICONS, gazetteer
from kcpipe.names.reading import plain
from kcpipe.quotes.numbers import numbers
from kcpipe.quotes.quantity_words import QuantityWords

ROOT = Path(__file__).parents[1]
KNOWN = gazetteer({name: load(name) for name in LEXICONS})
AMOUNTS = QuantityWords.of(load("number_words"), load("currencies"))
PAGES = rules({name: load(name) for name in ("boilerplate", "outlets", "line_words")})
MANY = 20
"""Matches in the texts below which they show little."""


@cache
def lines() -> frozenset[str]:
    """The lines of the project's real texts, as read and in capitals."""
    gold = ROOT / "tests" / "gold"
    paths = [*(ROOT / "seeds").glob("*.txt"), *gold.rglob("*.txt"), *gold.rglob("*.csv")]
    read = {plain(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()}
    return frozenset(read | {line.upper() for line in read})


def matches(expressions: Iterable[re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    return ((line, found[0]) for line in lines() for each in expressions for found in each.finditer(line))


NAMES, PEOPLE, EVENTS = bodies.patterns(KNOWN), people.patterns(KNOWN), occasions.patterns(KNOWN)
POINTING, PAIRS = references.patterns(KNOWN), pairs.patterns(KNOWN)


@pytest.mark.parametrize(
    ("expressions", "keywords", "fold", "most"),
    [
        pytest.param(NAMES.names, NAMES.keywords, str, MANY, id="organisations"),
        pytest.param([EVENTS.votes, EVENTS.events, EVENTS.works], EVENTS.keywords, str, MANY, id="occasions"),
        pytest.param([PEOPLE.korean, PEOPLE.byline], PEOPLE.surnames, str, MANY, id="surnames"),
        pytest.param([PEOPLE.titled], PEOPLE.titles, str.casefold, MANY, id="titles"),
        pytest.param(
            [POINTING.bodies, POINTING.governments, POINTING.persons, POINTING.countries],
            POINTING.keywords,
            str,
            MANY,
            id="references",
        ),
        pytest.param([PAIRS.both], PAIRS.plurals, str, 1, id="both"),
        pytest.param([PAIRS.two], PAIRS.nouns, str, MANY, id="two"),
        pytest.param([AMOUNTS.share], AMOUNTS.share_words, str, MANY, id="shares"),
        pytest.param([AMOUNTS.plurals], AMOUNTS.plural_words, str.casefold, MANY, id="plurals"),
        pytest.param([PAGES.any_author.inside], PAGES.any_author.keywords, str.casefold, 1, id="authors"),
        pytest.param([PAGES.any_publisher.inside], PAGES.any_publisher.keywords, str.casefold, MANY, id="publishers"),
    ],
)
def test_every_match_holds_a_keyword(
    expressions: list[re.Pattern[str]], keywords: Keywords, fold: Callable[[str], str], most: int
) -> None:
    found = list(matches(expressions))
    assert len(found) >= most
    assert [match for line, match in found if not keywords.stand_in(fold(line))] == []


def test_every_number_in_words_holds_a_keyword() -> None:
    """The words that only open one ("a", "half") make none by themselves."""
    openers = sorted(AMOUNTS.numbers.opening - AMOUNTS.numbers.cardinals.keys() - AMOUNTS.numbers.ordinals.keys())
    assert openers == ["a", "an", "half"]
    assert not any(AMOUNTS.numbers.keywords.stand_in(word) for word in openers)
    assert [number.value for number in numbers("Half a million, an hour, a Hundred", AMOUNTS.numbers)] == [500_000, 100]
    assert numbers("half an hour of a day", AMOUNTS.numbers) == []
