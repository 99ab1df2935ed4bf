"""What one line of a page says about its article: whose byline it is, which date it states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from kcpipe.clean.lines import Line, folded
from kcpipe.clean.rules import Pattern, Rules

_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s{1,3}[^\W\d_][\w.'’-]*){1,3}")
_INVERTED = re.compile(r"[^\W\d_][\w'’-]+,\s{1,3}[^\W\d_][\w.'’-]+")
_SINGLE = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]{2,15}")
_SEPARATORS = re.compile(r"\s{0,3}(?:,|;|&|\band\b|\bwith\b)\s{0,3}", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_MAX_COMPANY = 110
_NUMBERS = re.compile(r"\d+")
MAX_META = 250
"""A longer line is no byline and states no date of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its evidence: the words raw[start:end]."""

    name: str
    value: str
    start: int
    end: int
    rule_id: str


@dataclass(frozen=True, slots=True)
class Published:
    """The publication date that the page states, inclusive; `at` only when the page states the zone."""

    start: date
    end: date
    precision: str
    at: datetime | None
    field: Field


def byline(text: str, rules: Rules) -> Pattern | None:
    """The rule by which a line is a byline; None when it names nobody."""
    if rules.any_author.search(text) is None:  # most lines: one search instead of six
        return None
    for pattern in rules.authors:
        match = pattern.regex.search(text)
        if match is not None and names_in(match["names"], 0, pattern.rule_id, rules, single=pattern.kind == "single"):
            return pattern
    return None


def date_line(text: str, rules: Rules) -> Pattern | None:
    """The rule by which a line states when the page was published or updated; None when it does not."""
    return (
        next((pattern for pattern in rules.published if pattern.regex.search(text)), None)
        if _YEAR.search(text)
        else None
    )


def names_in(text: str, offset: int, rule_id: str, rules: Rules, *, single: bool = False) -> list[Field]:
    """The names in a byline: parts that have the shape of a person's name; the first part must be one.

    The byline ends where a date or a word such as "Published" begins. single: one name alone may be one word.
    """
    text = text[: end_of_names(text, rules)]
    if _INVERTED.fullmatch(text.strip()):
        parts = [(text.strip(), text.index(text.strip()))]
    else:
        borders = [0, *(border for match in _SEPARATORS.finditer(text) for border in match.span()), len(text)]
        parts = [(text[start:end], start) for start, end in zip(borders[::2], borders[1::2], strict=True)]
    found: list[Field] = []
    for part, start in parts:
        name = part.strip(" \t\u00a0.–—-")
        if name and is_person_name(name, rules):
            begin = offset + start + part.index(name)
            found.append(Field("author", folded(name), begin, begin + len(name), rule_id))
        elif not found:
            break
    alone = text.strip(" \t\u00a0.–—-")
    if single and not found and _SINGLE.fullmatch(alone) and alone.casefold() not in rules.no_names | rules.page_words:
        begin = offset + text.index(alone)
        return [Field("author", alone, begin, begin + len(alone), rule_id)]
    return found


def end_of_names(text: str, rules: Rules) -> int:
    """Where the names of a byline end: before a word that names none, also when it is glued to them."""
    match = rules.byline_end.regex.search(text, 1)
    return match.start() if match is not None else len(text)


def is_person_name(text: str, rules: Rules) -> bool:
    """Whether a text has the shape of a person's name: two to four capitalised words, none of them an office's."""
    if not (_NAME.fullmatch(text) or _INVERTED.fullmatch(text)) or len(text) > 40:
        return False
    parts = re.split(r"[\s,]+", text)
    small = [part.casefold() for part in parts]
    if any(part in rules.no_names for part in small) or all(part in rules.page_words for part in small):
        return False
    return parts[0][0].isupper() and all(part[0].isupper() or part in rules.name_particles for part in parts)


def date_in_line(line: Line, rules: Rules) -> Published | None:
    """The publication date that a line outside the text states; None for a line that tells of an update alone."""
    if len(line.text) > MAX_META:
        return None
    for pattern in rules.published:
        match = pattern.regex.search(line.text)
        if match is None:
            continue
        if pattern.kind == "updated":
            return None
        day = parse_date(match["date"], rules)
        if day is None:
            continue
        groups = match.groupdict()
        clock, offset = _clock(groups.get("clock")), _zone(groups.get("zone"), rules)
        parts = ["date", *(["clock"] if clock else []), *(["zone"] if offset is not None else [])]
        first = match.start() if pattern.rule_id == "published.posted" else min(match.start(part) for part in parts)
        end = max(match.end(part) for part in parts)
        words = line.text[first:end]
        at = None
        if clock is not None and offset is not None:
            zoned = datetime(day.year, day.month, day.day, *clock, tzinfo=timezone(timedelta(minutes=offset)))
            at = zoned.astimezone(UTC)
        field = Field("published", words, line.start + first, line.start + end, pattern.rule_id)
        return Published(day, day, "minute" if clock else "day", at, field)
    return _date_in_company(line, rules)


def _date_in_company(line: Line, rules: Rules) -> Published | None:
    """The date of a line that holds, besides, only names and words of a page's header: "Ann Lee May 5, 2025 3 min"."""
    match = rules.any_date.regex.search(line.text)
    if match is None or len(line.text) > _MAX_COMPANY:
        return None
    beside = _WORD.findall(f"{line.text[: match.start('date')]} {line.text[match.end() :]}")
    if not all(word[0].isupper() or word[0].isdigit() or word.casefold() in rules.date_company for word in beside):
        return None
    day = parse_date(match["date"], rules)
    if day is None:
        return None
    start, end = line.start + match.start("date"), line.start + match.end("date")
    return Published(day, day, "day", None, Field("published", match["date"], start, end, "published.company"))


def parse_date(text: str, rules: Rules) -> date | None:
    """The day that the words of a full date name; None when day and month could be swapped or no such day is."""
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    month = next((rules.months[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in rules.months), None)
    if month is not None:
        year, day = (numbers[0], numbers[1]) if numbers[0] > 31 else (numbers[1], numbers[0])
    elif len(numbers) != 3:  # a letter that only ignoring case makes a month's, such as a dotless i
        return None
    elif numbers[0] > 31:
        year, month, day = numbers
    else:
        first, second, year = numbers
        if first <= 12 and second <= 12 and first != second:
            return None
        month, day = (second, first) if first > 12 else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str | None) -> tuple[int, int, int] | None:
    if text is None:
        return None
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    hour, minute, second = [*numbers, 0, 0][:3]
    half = text.lower().replace(".", "")
    if half.rstrip().endswith("pm") and hour < 12:
        hour += 12
    elif half.rstrip().endswith("am") and hour == 12:
        hour = 0
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _zone(text: str | None, rules: Rules) -> int | None:
    """Minutes east of UTC."""
    if text is None:
        return None
    signed = re.search(r"([+-])(\d\d):?(\d\d)$", text)
    if signed:
        minutes = int(signed[2]) * 60 + int(signed[3])
        return (-minutes if signed[1] == "-" else minutes) if minutes < 24 * 60 else None
    return rules.zones.get(text.upper())
