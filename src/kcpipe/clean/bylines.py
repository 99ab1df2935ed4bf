"""What one line of a page says about its article: whose byline it is, which date it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from kcpipe.clean.lines import Block, Line, folded
from kcpipe.clean.rules import Pattern, Rules, key

_LETTERS = r"[^\W\d_](?:[^\W\d_]|[.'’-])*"
_NAME = re.compile(rf"{_LETTERS}(?:\s{{1,3}}{_LETTERS}){{1,5}}")
_INVERTED = re.compile(r"[^\W\d_][\w'’-]+,\s{1,3}[^\W\d_][\w.'’-]+")
_SINGLE = re.compile(r"[^\W\d_a-z][\w.]{2,24}")
_HANDLE = re.compile(r"[^\W_][\w.-]{1,29}")
_CREDENTIAL = re.compile(r"(?:[A-Z][A-Za-z]{0,2}\.?){1,3}[A-Z]{0,5}®?")
"""Letters behind a name: MD, Ph.D., CPA."""
_SEPARATORS = re.compile(r"\s{0,3}(?:[,;&/]|\band\b|\bwith\b)\s{0,3}", re.IGNORECASE)
_AND = re.compile(r"(?:\band|&)\s{0,3}$", re.IGNORECASE)
_MARKS = re.compile(r"[|•·⋅●∙–—/\t]|\s-\s|\(?@\w{1,40}\)?|\b\d+\s?-?min(?:ute)?s?\b(?: read)?", re.IGNORECASE)
_READING_TIME = re.compile(r"\b\d+ ?-?min(?:ute)?s?\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_PLAIN_WORD = re.compile(r"\S+")
_MAX_COMPANY = 110
_FIGURES = frozenset("%$€£¥₩")
"""In the row of a table a date has these beside it."""
_NUMBERS = re.compile(r"\d+")
_NUMERIC_YEAR = re.compile(r"[/.-](?:19|20)\d\d")
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")
_WEEKDAY_DATE = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s{1,3}(\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d)(?!\d)", re.IGNORECASE
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME_LENGTH, _TEAM_LENGTH = 45, 60
_MOST_WORDS = 2
"""So many names of one word may stand in a byline: "By Maria and Katerina"."""
_NAME_WORDS, _NAME_PARTS, _TEAM_PARTS = 2, 4, 7
_SHORTEST_WITH_OFFICE = 3
_OFFICE_WORDS = 3
_TIME_LENGTH = 100
_LABELLED = ("published.posted", "published.released", "published.updated")
"""Rules whose match begins with the words that say what the date is of."""
_SHIFT = re.compile(r"\((?:and )?(?:now|earlier|previously)\)", re.IGNORECASE)
"""What stands behind the names of those who wrote one after the other, on a page that tells live."""
_AFFILIATION = "0123456789 *†‡§✉"
"""What stands behind a name in the byline of a paper."""
_EDGES = " \t\u00a0.:–—-"
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
class About:
    """A line that speaks about the page, and the index of its block."""

    block: int
    line: Line


@dataclass(frozen=True, slots=True)
class Published:
    """The publication date that the page states, inclusive; `at` only when the page states the zone."""

    start: date | None
    """None: any day up to the end."""
    end: date
    precision: str
    at: datetime | None
    field: Field
    is_update: bool = False
    """The words say when the page was changed."""

    def as_bound(self) -> Published:
        """The same as the last day on which the page may have been published."""
        return Published(None, self.end, "interval", None, self.field, is_update=True)


def byline(text: str, rules: Rules) -> Pattern | None:
    """The rule by which a line is a byline; None when it names nobody."""
    return next((pattern for pattern, _ in _bylines(text, 0, rules)), None)


def names_of(text: str, offset: int, rules: Rules) -> list[Field]:
    """The authors that a line names as a byline; empty when it is none. offset: of `text` in the raw text."""
    return next((names for _, names in _bylines(text, offset, rules)), [])


def _bylines(text: str, offset: int, rules: Rules) -> Iterator[tuple[Pattern, list[Field]]]:
    for pattern in rules.authors if rules.any_author.fits(text) else ():
        match = pattern.regex.search(text)
        if match is not None:
            start = offset + match.start("names")
            names = names_in(_words_of(match, rules), start, pattern.rule_id, rules, kind=pattern.kind)
            if names:
                yield pattern, names


def _words_of(match: re.Match[str], rules: Rules) -> str:
    """The names of a byline; where they seem to end with a month, with the digit behind, which a surname ("Tom May")
    has not; without a day of the week before a digit, but a surname ("Yun Sun")."""
    names, behind = match["names"], match.string[match.end("names") :][:1]
    words = names.split()
    if not words or not behind.isdigit():
        return names
    if _plain(words[-1]) in rules.months:
        return names + behind
    is_day = len(words) > _NAME_WORDS and _plain(words[-1].rstrip(",")) in rules.weekdays
    return names[: names.rindex(words[-1])] if is_day else names


def date_line(text: str, rules: Rules) -> Pattern | None:
    """The rule by which a line states when the page was published or updated; None when it does not."""
    return (
        next((pattern for pattern in rules.published if pattern.regex.search(text)), None)
        if _YEAR.search(text)
        else None
    )


def names_in(text: str, offset: int, rule_id: str, rules: Rules, *, kind: str = "") -> list[Field]:
    """The authors in the words of a byline: parts that have the shape of a person's name; the first part must be one.

    The byline ends where a date, an office or a word such as "Published" begins, and at a part that is neither a name
    nor letters such as "MD". kind, for bylines that say so: "team" also takes a team ("Staff Writers"), "single" also
    one capitalised word, "handle" also one word in lower case. An outlet is no author. offset: of `text` in the raw
    text.
    """
    text = without_shifts(text)
    whole, text = text, text[: end_of_names(text, rules)]
    found: list[Field] = []
    is_behind_office = False
    alone = text.strip(_EDGES + ",")
    if kind and _is_team(alone, rules) and not _is_member(alone, rules):
        begin = offset + text.index(alone)
        return [Field("author", folded(alone), begin, begin + len(alone), rule_id)]
    for start, part in _listed(whole):
        end = end_of_names(part, rules)
        name = part[:end].strip(_EDGES)
        if kind == "numbered":
            name = name.rstrip(_AFFILIATION)
        person = _without_office(name, rules) if name else ""
        is_desk = person != name and _plain(person.split()[-1]) in rules.desks
        is_no_person = is_desk or _is_institution(name[len(person) :], rules)
        is_person = bool(person) and not is_no_person and is_person_name(person, rules)
        if is_person:
            begin = offset + start + part.index(person)
            found.append(Field("author", folded(person), begin, begin + len(person), rule_id))
        is_whole = is_person and person == name and (end == len(part) or is_place(part[end:]))
        if found and _plain(name) in rules.companies:
            found.pop()
        if is_behind_office and name and not (is_person and _AND.search(whole[:start])):
            if is_person:
                found.pop()
            break
        is_behind_office = (
            bool(found) and not is_person and (_is_office(name, rules) or (is_behind_office and not name))
        )
        if not found or (name and not is_whole and not is_behind_office and not _CREDENTIAL.fullmatch(name)):
            break
    if kind and not found:
        words = [(start, part.strip(_EDGES)) for start, part in _listed(text)]
        if len(words) <= _MOST_WORDS and all(_is_one_word(word, kind, rules) for _, word in words):
            begins = [offset + text.index(word, start) for start, word in words]
            return [
                Field("author", word, begin, begin + len(word), rule_id)
                for begin, (_, word) in zip(begins, words, strict=True)
            ]
    return found


def _is_office(text: str, rules: Rules) -> bool:
    """Whether the words between two names are an office's and nothing else: "Senior Fellow"."""
    words = text.split()
    return bool(words) and len(words) <= _OFFICE_WORDS and _plain(words[-1]) in rules.offices


def without_shifts(text: str) -> str:
    """The text with "(now)" and "(earlier)" as so many spaces, its other characters in their places."""
    return _SHIFT.sub(lambda match: " " * len(match[0]), text) if "(" in text else text


def _plain(word: str) -> str:
    return word.casefold().strip(".'’-").replace("’", "'")


def is_inverted(text: str) -> bool:
    """Whether a name has its surname first and a comma behind that."""
    return "," in text


def is_degree(text: str) -> bool:
    """Whether the words behind a name are nothing but degrees: ", Ph.D., MBA"; "MD" alone may be a state."""
    parts = text.strip(" ,").split(", ")
    return all(len(part) > 2 and _CREDENTIAL.fullmatch(part) for part in parts)


def is_body(text: str, rules: Rules) -> bool:
    """Whether the words behind a name are an outlet's or another body's it writes for: "The Daily Ledger"."""
    return rules.outlet(text) is not None or not rules.bodies.isdisjoint(key(text).replace(",", " ").split())


def is_for_body(text: str, rules: Rules) -> bool:
    """Whether the words behind a name tell for whom its bearer wrote: "for Example News"."""
    return text.startswith("for ") and is_body(text.removeprefix("for "), rules)


def _is_institution(text: str, rules: Rules) -> bool:
    """Whether the words behind a name make it a body's: "Press Office" behind "White House"."""
    words = [_plain(word) for word in text.split()]
    return bool(words) and rules.institutions.issuperset(words) and rules.outlet(text) is None


def is_place(text: str) -> bool:
    """Whether the words behind a name tell where its bearer wrote: "in Madrid"."""
    return text.startswith("in ")


def _listed(text: str) -> list[tuple[int, str]]:
    """The parts of a list of names, with where they start; "Suh, Bo-hyuk" is one."""
    if _INVERTED.fullmatch(text.strip()):
        return [(0, text)]
    borders = [0, *(border for match in _SEPARATORS.finditer(text) for border in match.span()), len(text)]
    return [(start, text[start:end]) for start, end in zip(borders[::2], borders[1::2], strict=True)]


def _without_office(name: str, rules: Rules) -> str:
    """A name without the office, the outlet or the letters that stand behind it: "Ann Lee Senior Editor"."""
    words = list(_PLAIN_WORD.finditer(name))
    half = len(words) // 2
    if half > 1 and [word[0] for word in words[:half]] == [word[0] for word in words[half:]]:
        return name[: words[half - 1].end()]
    if len(words) < _SHORTEST_WITH_OFFICE:
        return name
    smalls = [_plain(word[0]) for word in words]
    has_office = any(small in rules.offices for small in smalls[2:])
    for word, small, after in zip(words[2:], smalls[2:], [*smalls[3:], ""], strict=True):
        is_letters = word[0].isupper() and len(word[0]) > 2 and not words[0][0].isupper() and word[0] != "III"
        is_office = small in rules.offices or small in rules.no_names or (has_office and small in rules.desks)
        is_outlet = after in rules.bodies or rules.outlet(name[word.start() :]) is not None
        is_desk = f"{small} {after}" in rules.no_people or (has_office and small in rules.bodies)
        if is_letters or is_office or is_outlet or is_desk:
            return name[: word.start()].rstrip(_EDGES)
    return name


def _is_member(text: str, rules: Rules) -> bool:
    """Whether the words name one of a team, and not the team: "Ann Lee Contributor", "Ann Lee, Globe Staff"."""
    first = _listed(text)[0][1]
    person = _without_office(first, rules)
    if not is_person_name(person, rules):
        return False
    behind = [_plain(word) for word in first[len(person) :].split()]
    is_single = (
        bool(behind)
        and behind[-1] in rules.offices
        and (f"{behind[-1]}s" in rules.team_words or behind[0] not in rules.offices)
    )
    return is_single or (first != text and not behind)


def _is_team(text: str, rules: Rules) -> bool:
    """Whether the words are those of a team: "Staff Writers", "The Example Team"."""
    words = text.split()
    small = [_plain(word) for word in words]
    return (
        0 < len(words) <= _TEAM_PARTS
        and len(text) <= _TEAM_LENGTH
        and (small[0] in rules.team_words - rules.institutions or small[-1] in rules.team_words)
        and key(text).removeprefix("by ") not in rules.no_people
        and all(
            word[0].isupper() or known in rules.team_words | rules.prose_words
            for word, known in zip(words, small, strict=True)
        )
    )


def _is_one_word(text: str, kind: str, rules: Rules) -> bool:
    """Whether a byline names somebody by one word, in lower case only where its kind is "handle"."""
    if kind == "team" or not text or rules.outlet(text) is not None:
        return False
    if text.casefold() in rules.no_names | rules.offices | rules.page_words:
        return False
    return (_HANDLE if kind == "handle" else _SINGLE).fullmatch(text) is not None


def end_of_names(text: str, rules: Rules) -> int:
    """Where the names of a byline end: before a word that names none, also when it is glued to them."""
    match = rules.byline_end.regex.search(text, 1)
    return match.start() if match is not None else len(text)


def is_person_name(text: str, rules: Rules) -> bool:
    """Whether a text has the shape of a person's name: two to four capitalised words, none of them an office's."""
    if len(text) > _NAME_LENGTH or not (_NAME.fullmatch(text) or _INVERTED.fullmatch(text)):
        return False
    parts = text.replace(",", " ").split()
    small = [_plain(part) for part in parts]
    if any(part in rules.no_names or part in rules.offices for part in small) or small[-1] in rules.institutions:
        return False
    if all(part in rules.page_words for part in small) or rules.outlet(text) is not None:
        return False
    if small[-1].endswith(("'s", "s'")) or key(text) in rules.no_people or rules.outlet(parts[0]) is not None:
        return False
    if small[0] in rules.no_first_names and len(parts) < _NAME_PARTS and not is_inverted(text):
        return False
    full = [part for part in parts if part.casefold().rstrip(".") not in rules.name_particles]
    return 0 < len(full) <= _NAME_PARTS < len(text) and all(_is_capitalised(part, rules) for part in full)


def _is_capitalised(part: str, rules: Rules) -> bool:
    return part[0].isupper() or (
        part.partition("-")[0] in rules.name_particles and part.partition("-")[2][:1].isupper()
    )


def parts_of(text: str, rules: Rules) -> list[tuple[int, str]]:
    """The parts of a line that dates, reading times, handles and marks such as "|" set off, with where they start."""
    borders = [match.span() for match in _MARKS.finditer(text)]
    if _YEAR.search(text):
        borders = sorted([*borders, *(match.span() for match in rules.any_date.regex.finditer(text))])
    parts, start = [], 0
    for begin, end in [*borders, (len(text), len(text))]:
        if text[start:begin].strip():
            parts.append((start, text[start:begin]))
        start = max(start, end)
    return parts


def is_about_time(text: str, rules: Rules) -> bool:
    """Whether a short line holds a date or a reading time."""
    if len(text) > _TIME_LENGTH:
        return False
    return _READING_TIME.search(text) is not None or (
        _YEAR.search(text) is not None and rules.any_date.regex.search(text) is not None
    )


def dates_in_line(line: Line, rules: Rules, order: str | None) -> list[Published]:
    """What a line outside the text states of the publication date: the date itself, or the day of an update.

    order: which number comes first in the page's numeric dates, day or month; None when nothing tells.
    """
    if len(line.text) > MAX_META or not _YEAR.search(line.text):
        return []
    text = line.text
    update = None
    for pattern in rules.published:
        match = pattern.regex.search(text)
        if match is None:
            continue
        if pattern.kind == "other":
            return []
        found = _published(match, pattern, line.start, rules, order)
        if found is not None and pattern.kind != "updated":
            return [found]
        if pattern.kind == "updated":
            update, text = found, text[: match.start()]
    if update is not None:
        return [update]
    found = _date_in_company(line, rules, order)
    return [] if found is None else [found]


def _published(
    match: re.Match[str], pattern: Pattern, offset: int, rules: Rules, order: str | None
) -> Published | None:
    groups = match.groupdict()
    day = parse_date(groups["date"], rules, order)
    if day is None:
        return None
    side = "_before" if groups.get("clock_before") else ""
    clock, zone = _clock(groups.get(f"clock{side}")), _zone(groups.get(f"zone{side}"), rules)
    parts = ["date", *([f"clock{side}"] if clock else []), *([f"zone{side}"] if zone is not None else [])]
    is_labelled = pattern.rule_id in _LABELLED
    start = _label_start(match) if is_labelled else min(match.start(part) for part in parts)
    end = max(match.end(part) for part in parts)
    at = None
    if clock is not None and zone is not None:
        at = datetime(day.year, day.month, day.day, *clock, tzinfo=timezone(timedelta(minutes=zone))).astimezone(UTC)
    field = Field("published", match.string[start:end], offset + start, offset + end, pattern.rule_id)
    return Published(day, day, "minute" if clock else "day", at, field, pattern.kind == "updated")


def _label_start(match: re.Match[str]) -> int:
    """Where the label's first letter stands, behind the marks that the pattern begins with."""
    return next(at for at in range(match.start(), match.end()) if match.string[at].isalnum())


def date_in_company(text: str, rules: Rules) -> re.Match[str] | None:
    """The date in a line that holds, besides, only names and words of a page's header: "Ann Lee May 5, 2025 3 min"."""
    match = rules.any_date.regex.search(text) if len(text) <= _MAX_COMPANY and _YEAR.search(text) else None
    if match is None or not _FIGURES.isdisjoint(text):
        return None
    beside = _WORD.findall(f"{text[: match.start('date')]} {text[match.end() :]}")
    is_alone = all(word[0].isupper() or word[0].isdigit() or word.casefold() in rules.date_company for word in beside)
    return match if is_alone else None


def _date_in_company(line: Line, rules: Rules, order: str | None) -> Published | None:
    """What such a date says of the publication: the day, or that of a change."""
    match = date_in_company(line.text, rules)
    if match is None:
        return None
    found = _published(match, rules.any_date, line.start, rules, order)
    above = {word.casefold() for word in _WORD.findall(line.text[: match.start("date")])}
    return found if found is None or above.isdisjoint(rules.changed_words) else replace(found, is_update=True)


def numeric_order(blocks: Sequence[Block], lines: Sequence[About], usual: str | None, rules: Rules) -> str | None:
    """Which number comes first in the page's numeric dates, "day" or "month": where one of them can only be a day, or
    stands behind the name of its weekday, else where the page writes the same day in words, too.

    usual: what the outlet writes, where no date of the page tells. None also where no line about the page holds a
    numeric date.
    """
    asked = [found for about in lines for found in _NUMERIC_DATE.findall(about.line.text)]
    if not asked:
        return None
    firsts = {first for about in lines for first in _by_weekday(about.line.text, rules)}
    for block in blocks:
        if _NUMERIC_YEAR.search(block.text):
            for first, second, _ in _NUMERIC_DATE.findall(block.text):
                if int(first) > 12 >= int(second):
                    firsts.add("day")
                elif int(second) > 12 >= int(first):
                    firsts.add("month")
    if not firsts:
        in_words = set(_days_in_words(blocks, {year for _, _, year in asked}, rules))
        for found in asked:
            readings = {order: parse_date("/".join(found), rules, order) for order in ("day", "month")}
            firsts |= {order for order, day in readings.items() if len(set(readings.values())) > 1 and day in in_words}
    return usual if not firsts else firsts.pop() if len(firsts) == 1 else None


def _by_weekday(text: str, rules: Rules) -> Iterator[str]:
    """Which number comes first in numeric dates behind the name of a weekday: that for which it is the right one."""
    for name, words in _WEEKDAY_DATE.findall(text) if _NUMERIC_YEAR.search(text) else ():
        days = {order: parse_date(words, rules, order) for order in ("day", "month")}
        right = [order for order, day in days.items() if day and _WEEKDAYS[day.weekday()] == name.casefold()]
        if len(set(days.values())) > 1 and len(right) == 1:
            yield right[0]


def _days_in_words(blocks: Sequence[Block], years: Set[str], rules: Rules) -> Iterator[date]:
    """The days of these years that the page writes with the name of the month."""
    for block in blocks:
        if any(year in block.text for year in years):
            for match in rules.any_date.regex.finditer(block.text):
                is_in_words = any(letter.isalpha() for letter in match["date"])
                if is_in_words and (day := parse_date(match["date"], rules)) is not None:
                    yield day


def parse_date(text: str, rules: Rules, order: str | None = None) -> date | None:
    """The day that the words of a full date name; None when day and month could be swapped or no such day is.

    order: "day" or "month", whichever comes first where both could.
    """
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
        if first <= 12 and second <= 12 and first != second and order is None:
            return None
        is_day_first = first > 12 or (second <= 12 and order == "day")
        month, day = (second, first) if is_day_first else (first, second)
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
    if half.rstrip().endswith(("pm", "p")) and hour < 12:
        hour += 12
    elif half.rstrip().endswith(("am", "a")) and hour == 12:
        hour = 0
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _zone(text: str | None, rules: Rules) -> int | None:
    """Minutes east of UTC."""
    if text is None:
        return None
    signed = re.search(r"([+-])(\d{1,2}?)(?::?(\d\d))?$", text)
    if signed:
        minutes = int(signed[2]) * 60 + int(signed[3] or 0)
        return (-minutes if signed[1] == "-" else minutes) if minutes < 24 * 60 else None
    return rules.zones.get(text.upper())
