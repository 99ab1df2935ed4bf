"""The rules of `boilerplate.toml` and `outlets.csv`, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kcpipe.lexicon import Keywords, Lexicon, LexiconError, Lexicons

_MAX_LENGTH = 300
"""Longer lines are prose whatever they say; it also bounds what a pattern can cost."""

_QUOTES = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is, and the rule that says so."""

    role: str
    rule_id: str
    is_heading: bool = False
    """The short lines that follow belong to it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression whose named group is the value; `kind` is posted, updated or other, for dates."""

    rule_id: str
    regex: re.Pattern[str]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Whether one of several expressions fits: most lines fit none, and this is cheaper than to try each."""

    begins: re.Pattern[str]
    """Those that begin with ^, tried at one place."""
    inside: re.Pattern[str]
    keywords: Keywords | None
    """Every text in which `inside` is found holds one, its case folded; None when not all rules name theirs."""

    def fits(self, text: str) -> bool:
        """Whether any of them is found."""
        if self.begins.match(text) is not None:
            return True
        may_fit = self.keywords is None or self.keywords.stand_in(text.casefold())
        return may_fit and self.inside.search(text) is not None


@dataclass(frozen=True)
class Rules:
    """Everything that is known about pages in general."""

    phrases: Mapping[str, Verdict]
    patterns: Sequence[tuple[re.Pattern[str], Verdict]]
    any_pattern: re.Pattern[str]
    """All patterns that tell at a line's beginning whether they fit."""
    pattern_words: Keywords
    """The keys of lines that the other patterns fit hold one."""
    any_author: AnyOf
    authors: Sequence[Pattern]
    published: Sequence[Pattern]
    publishers: Sequence[Pattern]
    any_publisher: AnyOf
    dateline: Pattern
    urls: Sequence[Pattern]
    section: Pattern
    section_label: Pattern
    sections: frozenset[str]
    byline_outlet: Pattern
    byline_agency: Pattern
    copyright_year: Pattern
    inline_credit: Pattern
    byline_end: Pattern
    any_date: Pattern
    clock: Pattern
    reply: Pattern
    comment_head: Pattern
    comment_age: Pattern
    end_mark: Pattern
    no_title: Pattern
    byline_labels: frozenset[str]
    list_labels: frozenset[str]
    list_joints: frozenset[str]
    other_labels: frozenset[str]
    published_labels: frozenset[str]
    updated_labels: frozenset[str]
    changed_words: frozenset[str]
    portrait_verbs: frozenset[str]
    reporting_verbs: frozenset[str]
    date_company: frozenset[str]
    months: Mapping[str, int]
    weekdays: frozenset[str]
    zones: Mapping[str, int]
    date_orders: Mapping[str, str]
    """By outlet, which number comes first in its numeric dates: "day" or "month"."""
    outlets: Mapping[str, str]
    title_weights: Mapping[str, float]
    prose_words: frozenset[str]
    english_words: frozenset[str]
    """Those that no other language writes."""
    name_particles: frozenset[str]
    no_names: frozenset[str]
    offices: frozenset[str]
    desks: frozenset[str]
    bodies: frozenset[str]
    team_words: frozenset[str]
    institutions: frozenset[str]
    companies: frozenset[str]
    no_first_names: frozenset[str]
    no_people: frozenset[str]
    front_titles: frozenset[str]
    """Names of entries of a front matter."""
    front_labels: frozenset[str]
    front_others: frozenset[str]
    page_words: frozenset[str]
    """Words that pages use so much that the line model weighs them, but for frequent names: a name is not made of these
    alone."""

    def judge(self, text: str) -> Verdict | None:
        """The verdict of the phrases and patterns on a folded line; None when none fits."""
        if len(text) > _MAX_LENGTH:
            return None
        known = key(text)
        if not known:
            return Verdict("furniture", "structure.symbols")
        if known in self.phrases:
            return self.phrases[known]
        if known in self.outlets:
            return Verdict("credit", "outlets")
        if self.any_pattern.fullmatch(text) is None and not self.pattern_words.stand_in(known):
            return None  # most lines: two calls instead of dozens
        return next((verdict for regex, verdict in self.patterns if regex.fullmatch(text)), None)

    def outlet(self, name: str) -> str | None:
        """The gazetteer name of an outlet by any of its names, those of several words also without their article."""
        folded = key(name)
        with_article = f"the {folded}" if " " in folded else folded
        return (
            self.outlets.get(folded) or self.outlets.get(folded.removeprefix("the ")) or self.outlets.get(with_article)
        )


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """A line as phrases are compared: lower case, plain quotes, no punctuation or symbols at its ends."""
    folded = " ".join(text.casefold().split())
    if not folded.isascii():
        for curly, plain in _QUOTES:
            folded = folded.replace(curly, plain)
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while start < end and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end]


def rules(lexicons: Lexicons) -> Rules:
    """The compiled rules of the lexicons `boilerplate`, `outlets` and `line_words`.

    Raises LexiconError when an entry lacks a key or holds a regular expression that does not compile.
    """
    return _compile(lexicons["boilerplate"], lexicons["outlets"], lexicons["line_words"])


@lru_cache(maxsize=4)
def _compile(boilerplate: Lexicon, outlets: Lexicon, line_words: Lexicon) -> Rules:
    data = boilerplate.rules
    try:
        dates = data["dates"]
        months = {name: number for number, name in enumerate(dates["months"], start=1)} | dates["month_abbreviations"]
        words = _date_words(months, dates["weekdays"], data["zones"]["minutes"], data["zones"]["unclear"])
        return Rules(
            phrases={
                key(phrase): Verdict(entry["role"], entry["id"], is_heading)
                for kind, is_heading in (("phrase", False), ("section", True))
                for entry in data[kind]
                for phrase in entry["words"]
            },
            patterns=[
                (re.compile(entry["regex"], re.IGNORECASE), Verdict(entry["role"], entry["id"]))
                for entry in data["pattern"]
            ],
            any_pattern=re.compile(
                "|".join(f"(?:{entry['regex']})" for entry in data["pattern"] if "has" not in entry), re.IGNORECASE
            ),
            pattern_words=Keywords(word for entry in data["pattern"] for word in entry.get("has", ())),
            any_author=_any_of(data["author"], "names"),
            any_publisher=_any_of(
                [entry for entry in data["publisher"] if entry["id"] != "publisher.masthead"], "name"
            ),
            authors=[_pattern(entry) for entry in data["author"]],
            published=[_pattern(entry, words) for entry in data["published"]],
            publishers=[_pattern(entry) for entry in data["publisher"]],
            dateline=_pattern(data["dateline"]),
            urls=[_pattern(entry) for entry in data["url"]],
            section=_pattern(data["section_entry"]),
            section_label=_pattern(data["section_label"]),
            sections=frozenset(data["sections"]["words"]),
            byline_outlet=_pattern(data["byline_outlet"]),
            byline_agency=_pattern(data["byline_agency"]),
            copyright_year=_pattern(data["copyright_year"]),
            inline_credit=_pattern(data["inline_credit"]),
            byline_end=_pattern(data["byline_end"]),
            any_date=_pattern({"id": "published.beside", "regex": "(?P<date>{date}){time}"}, words),
            clock=_pattern({"id": "clock", "regex": "{clock}"}, words),
            reply=_pattern(data["reply"]),
            comment_head=_pattern(data["comment_head"], words),
            comment_age=_pattern(data["comment_age"]),
            end_mark=_pattern(data["end_mark"]),
            no_title=_pattern(data["no_title"]),
            byline_labels=frozenset(data["byline_labels"]["words"]),
            list_labels=frozenset(data["byline_labels"]["lists"]),
            list_joints=frozenset(data["byline_labels"]["joints"]),
            other_labels=frozenset(data["other_labels"]["words"]),
            published_labels=frozenset(data["date_labels"]["published"]),
            updated_labels=frozenset(data["date_labels"]["updated"]),
            changed_words=frozenset(data["date_labels"]["changed"]),
            reporting_verbs=frozenset(data["names"]["reporting_verbs"]),
            portrait_verbs=frozenset(data["names"]["portrait_verbs"]),
            date_company=frozenset(data["date_company"]["words"]),
            months=months,
            weekdays=frozenset(dates["weekdays"]),
            zones=data["zones"]["minutes"],
            date_orders={
                row["name"]: number
                for number in ("day", "month")
                for row in outlets.rows
                if row["country"] in data["date_order"][f"{number}_first"]
            },
            outlets={key(row["alias"]): row["name"] for row in outlets.rows},
            title_weights=data["title"]["weights"],
            prose_words=frozenset(data["prose"]["words"]),
            english_words=frozenset(data["prose"]["english"]),
            name_particles=frozenset(data["names"]["particles"]),
            no_names=frozenset(data["names"]["no_names"]),
            offices=frozenset(data["names"]["offices"]),
            desks=frozenset(data["names"]["desks"]),
            bodies=frozenset(data["names"]["bodies"]),
            team_words=frozenset(data["names"]["team_words"]),
            institutions=frozenset(data["names"]["institutions"]),
            companies=frozenset(data["names"]["companies"]),
            no_first_names=frozenset(data["names"]["no_first_names"]),
            no_people=frozenset(data["names"]["no_people"]),
            front_titles=frozenset(data["front_matter"]["titles"]),
            front_labels=frozenset(data["front_matter"]["labels"]),
            front_others=frozenset(data["front_matter"]["others"]),
            page_words=frozenset(row["words"] for row in line_words.rows if row["kind"] == "word")
            - frozenset(data["names"]["frequent"]),
        )
    except KeyError as error:
        raise LexiconError(f"boilerplate or outlets: no {error}") from error
    except re.error as error:
        raise LexiconError(f"boilerplate: {error.pattern!r}: {error}") from error


def _any_of(entries: Sequence[Mapping[str, Any]], group: str) -> AnyOf:
    at_start = [entry for entry in entries if entry["regex"].startswith("^")]
    anywhere = [entry for entry in entries if entry not in at_start]
    begins, inside = (
        re.compile(
            "|".join(f"(?:{entry['regex'].replace(f'?P<{group}>', '?:')})" for entry in chosen) or r"(?!)",
            re.IGNORECASE,
        )
        for chosen in (at_start, anywhere)
    )
    has_words = all("has" in entry for entry in anywhere)
    return AnyOf(begins, inside, Keywords(word for entry in anywhere for word in entry["has"]) if has_words else None)


def _pattern(entry: Mapping[str, Any], words: Mapping[str, str] | None = None) -> Pattern:
    source = entry["regex"]
    for name, alternatives in (words or {}).items():
        source = source.replace(f"{{{name}}}", alternatives)
    return Pattern(entry["id"], re.compile(source, re.IGNORECASE), entry.get("kind", ""))


def _date_words(
    months: Mapping[str, int], weekdays: Sequence[str], zones: Mapping[str, int], unclear: Sequence[str]
) -> dict[str, str]:
    """What {date}, {before}, {time}, {clock} and {weekday} stand for in a [[published]] rule; {date} holds no group.

    {before} is a clock and zone before the date, {time} behind it. A clock, a capital, another date, a reading time or
    "by" may be glued to the year: "February 14, 202410:05 AM"; so may be a word to the day: "Ann Lee14 February 2024".
    """
    month = rf"(?:{_any(months)})\.?"
    day, year = r"\d{1,2}(?:st|nd|rd|th)?", r"(?:19|20)\d\d"
    end = rf"(?!\d(?!\d?[:.]\d\d|\d?\s{{1,3}}{month}|\d?[\s-]{{0,3}}min))(?-i:(?!(?!by\b)[a-z]))"
    date = (
        rf"(?:{year}(?:[-./]|\.\s)\d{{1,2}}(?:[-./]|\.\s)\d{{1,2}}(?!\d)"
        rf"|{year}\s?[년年]\s?\d{{1,2}}\s?[월月]\s?\d{{1,2}}\s?[일日]|{year}\s{{1,3}}{month}\s{{1,3}}{day}\b"
        rf"|{month}[\s.-]{{1,3}}{day}[.,]?[\s-]{{1,3}}{year}{end}"
        rf"|(?<!\d){day}[\s./-]{{1,3}}(?:of\s{{1,3}})?{month},?[\s./-]{{1,3}}{year}{end}"
        rf"|\b\d{{1,2}}[/.-]\d{{1,2}}[/.-]{year}{end})"
    )
    half = r"\s*[ap]\.?m(?-i:(?![a-z]))\.?"
    hours = r"\s?(?:hours|hrs?|h)(?-i:(?![a-z]))"
    clock = rf"\d{{1,2}}[:.h]\d\d(?::\d\d(?:\.\d{{1,9}})?)?(?:{half}|{hours}|[ap]\b)?|\d{{1,2}}{half}"
    offset = r"(?:UTC|GMT)\s{0,3}[+-]\d{1,2}(?::?\d\d)?(?!\d)|[+-]\d\d:?\d\d"
    zone = rf"{offset}|(?:{_any(zones)})(?-i:(?![a-z]))"
    clock_and_zone = rf"(?P<clock>{clock})(?:\s{{0,3}}\(?(?P<zone>{zone})\)?)?"
    time = rf"(?:(?:T|[\s,|·•@–—-]{{0,4}})(?:at\s{{1,3}})?\W{{0,2}}{clock_and_zone})?"
    before = (
        rf"(?:(?<!\d)(?P<clock_before>{clock})(?:\s{{0,3}}\(?(?:(?P<zone_before>{zone})|{_any(unclear)})\)?)?"
        r"[\s,|·•]{1,4}(?:on\s{1,3})?)?"
    )
    return {
        "date": date,
        "before": before,
        "time": time,
        "clock": rf"(?<!\d)(?:{clock})",
        "weekday": rf"(?:{_any(weekdays)})\.?",
    }


def _any(words: Mapping[str, int] | Sequence[str]) -> str:
    """Alternatives, the longer first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
