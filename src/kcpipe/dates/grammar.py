"""The engine behind the rules of data/date_words.toml: a cascade of regular expressions over classes of tokens.

A sentence becomes a string with one code per token, where a code stands for the set of classes the token is in
("May" is a month, a capitalised word, a homonym). Each level is one compiled alternation over that string; what it
finds becomes a single token with classes of its own ("a year", "a recurring month"), so that the next level can
build on it: "the end" + "last year", "between" + "January" + "November 2014". Every level is linear in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise, product
from typing import Any, NamedTuple

from kcpipe.dates.patterns import SYMBOL, Capture, translate
from kcpipe.dates.values import BUILDERS, added, fill
from kcpipe.intervals import CALENDAR_UNITS, ENDS, Direction, Every, Expression, Length, Reference, Span, parse
from kcpipe.lexicon import Lexicon

Classes = frozenset[str]

_TOKEN = re.compile(r"[^\W\d_]+|\s+|\d{1,3}(?:,\d{3})+(?![\d])|\d+|.", re.DOTALL)
_PLAIN = ".,-–':/%"
_APOSTROPHES = "’‘`"
_HYPHENS = "‐‑"
_CURRENCIES = "$€£¥₩"
_BRACKETS = "()[]"
_SAMPLE_NUMBERS = (*map(str, range(100)), *(f"{number:02}" for number in range(10)), "123", "1500", "1600")
_SAMPLE_YEARS = (
    *("0030", "0099", "1000", "1099", "1701", "1799", "1800", "1900", "2001", "2050", "2099", "2230", "2599"),
    *("12345", "1,000", "19980213"),
)
_TOKENS_KNOWN = 100_000
"""Forms whose codes are kept: the vocabulary of news, but not every number of a corpus."""
_LONG = 14
"""Characters of a form that is not kept."""
_AMOUNT: Classes = frozenset({"word", "amount"})
_OPEN: Classes = frozenset({"any_date"})
_RANGE: Classes = frozenset({"any_date", "range_recurring"})
_MODIFIERS = {"start": "START", "early": "START", "mid": "MID", "late": "END", "end": "END"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A time expression as its words say it; offsets are those of the text that was read."""

    start: int
    end: int
    symbolic: str
    expression: Expression
    mod: str | None = None
    quant: str | None = None
    freq: str | None = None
    direction: Direction | None = None
    presumed: Direction | None = None
    is_part: bool = False
    is_only_ahead: bool = False
    of_period: str | None = None
    """Finest unit of the periods of which it may be the one a year before."""


class _Kind(NamedTuple):
    code: str
    values: Mapping[str, Any]


class _Kinds(dict[str, _Kind]):
    """The kinds of tokens, those of short forms kept. A sentence is little but tokens met before: no call for each."""

    def __init__(self, kind_of: Callable[[str], _Kind]) -> None:
        super().__init__()
        self._kind_of = kind_of

    def __missing__(self, token: str) -> _Kind:
        kind = self._kind_of(token)
        if len(token) < _LONG and len(self) < _TOKENS_KNOWN:
            self[token] = kind
        return kind


class _Item(NamedTuple):
    code: str
    start: int
    end: int
    values: Mapping[str, Any]
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    settings: Mapping[str, Any]
    captures: tuple[Capture, ...]


class _Level:
    """The rules of a level by the code that they can begin with: of two hundred, eight on the average."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """sources: of each code the alternation of the rules that can begin with it, in their order."""
        self._sources = sources
        self._patterns: dict[str, re.Pattern[str]] = {}
        self.starts = re.compile(f"[{re.escape(''.join(sorted(sources)))}]")

    def pattern(self, code: str) -> re.Pattern[str]:
        """What is tried at a token of that code; compiled when first met."""
        source = self._sources[code]
        if source not in self._patterns:
            self._patterns[source] = re.compile(source)
        return self._patterns[source]


def _number_classes(digits: str) -> Classes:
    """What a run of digits can be."""
    plain, size = digits.replace(",", ""), len(digits)
    found = {"digits", "number"}
    if size > _LONG:  # no date; and int() takes no number of thousands of figures
        return frozenset(found)
    value = int(plain)
    if size <= 2:
        found |= {name for name, low, high in _SMALL if low <= value <= high}
        found |= {"two_decade"} if size == 2 and value >= 20 and value % 10 == 0 else set()
        found |= {"two", "minute"} & ({"two"} | ({"minute"} if value < 60 else set())) if size == 2 else set()
    if size == 4 and plain == digits and value // 100 < 24 and value % 100 < 60:
        found.add("clock_figures")
    if size == 8 and plain == digits and 1900 <= value // 10_000 < 2100:
        found.add("compact_date")
    if size == 4 and plain == digits and 1000 <= value <= 2100:
        found.add("year")
        if 1700 <= value <= 2049:
            found |= {"modern_year", "plain_year"} if value % 100 else {"modern_year"}
    return frozenset(found)


_SMALL = (("day", 1, 31), ("month_number", 1, 12), ("hour", 0, 24), ("quarter", 1, 4))


def _reading_classes(expression: Expression) -> Classes:
    """The classes of what a level found, for the levels above."""
    if len(expression) > 1:
        return _OPEN
    found = expression[0]
    if isinstance(found, Span):
        if found.kind != "point":
            return _RANGE if found.kind == "range" and len(found.points) == 2 and found.points[0].recurs else _OPEN
        point = found.points[0]
        origin = point.base or ("absolute" if point.is_absolute else "recurring" if point.recurs else "relative")
        units = [step.unit for step in point.steps]
        shape = "dated" if units[:2] == ["month", "day"] else "bare_day" if units == ["day"] else ""
        return _date_classes(point.unit, origin, shape)
    return _OTHER_CLASSES[type(found)]


_OTHER_CLASSES: Mapping[type, Classes] = {
    Length: frozenset({"length"}),
    Every: frozenset({"set"}),
    Reference: frozenset({"reference"}),
}


@lru_cache
def _date_classes(unit: str, origin: str, shape: str) -> Classes:
    kind = "day" if unit == "weekday" else unit
    found = {"any_date", "date_point", f"{kind}_date", f"{unit}_{origin}"}
    if unit in ("week", "month", "season", "year", "decade", "century"):
        found.add("cuttable")
    if shape:
        found.add(f"{shape}_{origin}")
    return frozenset(found)


_DATE_UNITS = (*CALENDAR_UNITS, *ENDS, "season", "holiday", "weekday", "daypart", "time", "part")
_ORIGINS = ("absolute", "relative", "recurring", "then", "event")


class Grammar:
    """The compiled rules of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """lexicon: `date_words`. Raises ValueError naming the rule that cannot be compiled."""
        rules: Sequence[Mapping[str, Any]] = lexicon.rules["rules"]
        self._literals = {
            found["word"].lower()
            for rule in rules
            for found in SYMBOL.finditer(rule["pattern"])
            if found["word"] is not None
        }
        self._lexicon_words = _by_form(lexicon.rules["words"])
        forms = {form for word in (*self._literals, *self._lexicon_words) for form in _cased(word)}
        signatures = {self._word_classes(form)[0] for form in forms}
        signatures |= {_number_classes(number) for number in (*_SAMPLE_NUMBERS, *_SAMPLE_YEARS)}
        signatures |= {_date_classes(*made) for made in product(_DATE_UNITS, _ORIGINS, ("", "dated", "bare_day"))}
        signatures |= {
            *_OTHER_CLASSES.values(),
            *map(frozenset, ({"number"}, {"word"}, {"word", "name"})),
        }
        signatures |= {frozenset({"punct", "bracket"}), frozenset({"currency"}), frozenset({"punct"})}
        signatures |= {_AMOUNT, _OPEN, _RANGE}
        ordered = sorted(signatures, key=sorted)
        self._codes = {signature: chr(0xE000 + index) for index, signature in enumerate(ordered)}
        self._by_class: dict[str, str] = {}
        for signature, code in self._codes.items():
            for name in signature:
                self._by_class[name] = self._by_class.get(name, "") + code
        self._by_class["punct"] += ".,:%"
        opening = lexicon.rules["triggers"]
        triggers = [self._by_class[name] for name in opening["classes"]]
        triggers += [self._by_class[f"={word}"] for word in opening["words"]]
        self._trigger = re.compile(f"[{re.escape(''.join(triggers))}]")
        self._rules: dict[str, _Rule] = {}
        self._levels = [self._level(level, rules) for level in sorted({rule["level"] for rule in rules})]
        self._kinds = _Kinds(self._kind_of)

    def read(self, text: str) -> list[Reading]:
        """The time expressions of one sentence, in order; offsets count from the beginning of `text`."""
        tokens = _TOKEN.findall(text)
        kinds = [self._kinds[token] for token in tokens]
        codes = "".join([kind.code for kind in kinds])
        if not self._trigger.search(codes):
            return []
        borders = pairwise(accumulate(map(len, tokens), initial=0))
        items = [_Item(code, start, end, values) for (code, values), (start, end) in zip(kinds, borders, strict=True)]
        for level in self._levels:
            codes, items = self._apply(level, codes, items)
        return [item.reading for item in items if item.reading and not item.reading.is_part]

    def _level(self, number: int, rules: Iterable[Mapping[str, Any]]) -> _Level:
        # No rule begins with a blank, a stop or a word of no class: most places need not be tried at all.
        never = {*" .,", *(self._codes[frozenset(kind)] for kind in ({"word"}, {"word", "name"}))}
        sources: dict[str, list[str]] = {}
        for rule in rules:
            if rule["level"] == number:
                group = f"r{len(self._rules)}"
                try:
                    pattern = translate(rule["pattern"], group, self._by_class)
                    re.compile(pattern.source)
                except (ValueError, re.error) as error:
                    raise ValueError(f"date_words: rule {rule['name']}: {error}") from error
                self._rules[group] = _Rule(rule["name"], rule, pattern.captures)
                for code in pattern.starts - never:
                    sources.setdefault(code, []).append(f"(?P<{group}>{pattern.source})")
        return _Level({code: "|".join(branches) for code, branches in sources.items()})

    # -------------------------------------------------------------------------------------------------- reading

    def _kind_of(self, token: str) -> _Kind:
        """The code of a token, and what it is worth in the classes that it is in."""
        if token[0].isspace():
            return _Kind(" ", {})
        if token[0].isdecimal():
            value = token.replace(",", "")
            number = int(value) if value.isascii() and len(value) < 10 else 0
            return _Kind(self._codes[_number_classes(token)], {"": number, "number": value})
        if token[0].isalpha():
            classes, values = self._word_classes(token)
            return _Kind(self._codes[classes], values)
        return _Kind(self._sign(token), {})

    def _sign(self, sign: str) -> str:
        if sign in _PLAIN:
            return sign
        if sign in _APOSTROPHES:
            return "'"
        if sign in _HYPHENS:
            return "-"
        kind = {"currency"} if sign in _CURRENCIES else {"punct", "bracket"} if sign in _BRACKETS else {"punct"}
        return self._codes[frozenset(kind)]

    def _word_classes(self, token: str) -> tuple[Classes, dict[str, Any]]:
        lower = token.lower()
        case = "lower" if token == lower else "capital" if token[1:] == lower[1:] else "upper"
        values = {
            name: value
            for name, (wanted, value) in self._lexicon_words.get(lower, {}).items()
            if wanted in (case, "any")
        }
        if case == "upper":  # "UTC": what the data write in capitals is looked up as written
            values |= {name: value for name, (_, value) in self._lexicon_words.get(token, {}).items()}
        classes = {"word", *values}
        if lower in self._literals:
            classes.add(f"={lower}")
        elif case != "lower" and not values:
            classes.add("name")
        return frozenset(classes), values

    def _apply(self, level: _Level, codes: str, items: list[_Item]) -> tuple[str, list[_Item]]:
        """The items with what a level makes of them, after their codes."""
        made_codes = ""
        made: list[_Item] = []
        done = after = 0
        for start in level.starts.finditer(codes):
            at = start.start()
            found = None if at < after else level.pattern(start[0]).match(codes, at)
            if found is None:
                continue
            after = max(found.end(), at + 1)
            group = str(found.lastgroup)
            spanned = f"{group}__span"
            first, last = found.span(spanned) if spanned in found.re.groupindex else found.span()
            item = self._build(self._rules[group], found, items, first, last)
            if item is not None:
                made_codes += codes[done:first] + item.code
                made += items[done:first]
                made.append(item)
                done = last
        return made_codes + codes[done:], made + items[done:]

    def _build(self, rule: _Rule, found: re.Match[str], items: Sequence[_Item], first: int, last: int) -> _Item | None:
        captured = {}
        readings = []
        for alias, name, group in rule.captures:
            if found[group] is not None:
                item = items[found.start(group)]
                if item.reading:
                    readings.append(item.reading)
                    captured[alias] = item.reading.symbolic
                else:
                    captured[alias] = item.values.get(name, item.values.get(""))
        start, end = items[first].start, items[last - 1].end
        settings = rule.settings
        if settings.get("is_no_time"):
            return _Item(self._codes[_AMOUNT if "is_amount" in settings else frozenset({"word"})], start, end, {})
        if "number" in settings:
            return _Item(
                self._codes[frozenset({"number"})], start, end, {"number": added(settings["number"], captured)}
            )
        try:
            make = BUILDERS.get(settings.get("build", ""))
            symbolic = make(captured) if make else fill(settings["says"], captured)
            expression = parse(symbolic)
        except ValueError:  # no such date: February 30, 25:00, 1950-49
            return None
        part = captured.get("part") or captured.get("edge")
        inner = next((reading.mod for reading in readings if reading.mod), None)
        reading = Reading(
            start,
            end,
            symbolic,
            expression,
            settings.get("mod") or captured.get("approximately") or _MODIFIERS.get(str(part)) or inner,
            settings.get("quant"),
            fill(settings["freq"], captured) if "freq" in settings else None,
            settings.get("direction") or next((reading.direction for reading in readings if reading.direction), None),
            settings.get("presumed"),
            settings.get("part_of", False),
            settings.get("only_ahead", False),
            settings.get("of_period"),
        )
        return _Item(self._codes[_reading_classes(expression)], start, end, {}, reading)


def _cased(word: str) -> tuple[str, ...]:
    """A word in each way of writing it that the classes tell apart: may, May, MAY, mAY."""
    return word, word.capitalize(), word.upper(), word.capitalize().swapcase()


def _by_form(words: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, Any]]]:
    """Word (lower-cased, but as written when all in capitals or inner ones) -> class -> (case, value)."""
    found: dict[str, dict[str, tuple[str, Any]]] = {}
    for name, entry in words.items():
        for word, value in entry["values"].items():
            key = word.lower() if word[1:] == word[1:].lower() else word
            found.setdefault(key, {})[name] = (entry["case"], value)
    return found
