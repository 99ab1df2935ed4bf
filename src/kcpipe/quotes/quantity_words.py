"""What quantities are made of: the words and patterns of the data files, and the quantity itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kcpipe.lexicon import Keywords, Lexicon
from kcpipe.quotes.numbers import NumberWords


@dataclass(frozen=True, slots=True)
class QuantityWords:
    """The rules of `number_words.toml` and `currencies.csv`."""

    numbers: NumberWords
    short_scales: Mapping[str, int]
    bounds: tuple[tuple[str, str], ...]
    """(words before a number, what they say of it), longest first."""
    prepositions: frozenset[str]
    time_units: Mapping[str, str]
    not_durations: tuple[str, ...]
    frequencies: Mapping[str, int]
    labels: frozenset[str]
    invariant_nouns: frozenset[str]
    idle_nouns: frozenset[str]
    """Nouns before "of" and a number that say nothing of what is measured."""
    fractions: Mapping[str, int]
    """Nouns of shares, and the parts that make the whole."""
    share: re.Pattern[str]
    share_words: Keywords
    """Every match of `share` holds one."""
    vague: Mapping[str, int]
    """Plurals ("dozens") and what they tell at least."""
    plurals: re.Pattern[str]
    plural_words: Keywords
    """Every match of `plurals` holds one, its case folded."""
    only_of: frozenset[str]
    not_ranked: frozenset[str]
    currency_before: re.Pattern[str]
    currency_after: re.Pattern[str]
    currencies: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, number_words: Lexicon, currencies: Lexicon) -> QuantityWords:
        """The rules of the two lexicons."""
        rules = {
            name: {key: value for key, value in section.items() if key != "source"}
            for name, section in number_words.rules.items()
        }
        bounds = [
            (phrase, kind) for kind, phrases in rules["bounds"].items() if kind != "prepositions" for phrase in phrases
        ]
        units = {word: word for word in rules["time_units"]["words"]}
        units |= {word + "s": word for word in rules["time_units"]["words"]} | rules["time_units"]["plurals"]
        codes = {row["word"]: (row["code"], row["basis"]) for row in currencies.rows}
        signs = sorted((w for w in codes if " " not in w and not w[0].islower()), key=lambda w: (-len(w), w))
        after = sorted((w for w in codes if w[-1].isalpha()), key=lambda w: (-len(w), w))
        return cls(
            numbers=NumberWords(rules["cardinals"], rules["scales"], rules["ordinals"]),
            short_scales=rules["short_scales"],
            bounds=tuple(sorted(bounds, key=lambda pair: (-len(pair[0]), pair))),
            prepositions=frozenset(rules["bounds"]["prepositions"]),
            time_units=units,
            not_durations=tuple(rules["time_units"]["not_durations"]),
            frequencies=rules["frequencies"],
            labels=frozenset(rules["labels"]["words"]),
            invariant_nouns=frozenset(rules["invariant_nouns"]["words"]),
            fractions=rules["fractions"],
            share=_share_pattern(rules["fractions"], rules["whole"]["words"]),
            share_words=Keywords((*rules["fractions"], "Half")),
            vague=rules["vague"],
            plurals=_plural_pattern(rules["vague"]),
            plural_words=Keywords(rules["vague"]),
            only_of=frozenset(rules["only_of"]["words"]),
            not_ranked=frozenset(rules["not_ranked"]["words"]) | frozenset(units.values()),
            idle_nouns=frozenset(rules["not_measured"]["words"]) | frozenset(units.values()),
            currency_before=re.compile(rf"(?<![\w$])({'|'.join(map(re.escape, signs))})[ \u00a0]?$"),
            currency_after=re.compile(rf"[ \u00a0-]({'|'.join(map(re.escape, after))})s?\b"),
            currencies=codes,
        )


def _share_pattern(fractions: Mapping[str, int], whole: Sequence[str]) -> re.Pattern[str]:
    """ "a third of", "two-thirds of", "half the": the words between number and "of" as `noun`."""
    nouns = "|".join(noun for noun in fractions if noun != "half")
    return re.compile(
        rf"(?:(?<=[^\W_] )|(?<=[^\W_]-))(?P<noun>{nouns})s?(?= of (?!an? (?:{'|'.join(whole)})\b))"
        rf"|\b(?P<half>[Hh]alf)(?= (?:of )?(?:the|its|their|his|her|our|all|those|these)\b)"
    )


def _plural_pattern(vague: Mapping[str, int]) -> re.Pattern[str]:
    """ "hundreds", "tens of thousands"."""
    plural = "|".join(vague)
    return re.compile(rf"\b(?:{plural})(?: of (?:{plural}))*\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity, clean offsets; the columns of its row by name where they say the same."""

    start: int
    end: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    unit: str | None = None
    unit_basis: str | None = None
    object_span: tuple[int, int] | None = None
    time_expression_id: str | None = None
