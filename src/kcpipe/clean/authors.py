"""Who wrote the article: every name that a line of the page puts forward, weighed by how and where it stands.

A name is put forward by a byline ("By Ann Lee"), by a label on the line above it ("Written by"), or by standing alone,
or between a date, a reading time and other words about the page. The last kind needs something that vouches for it: a
date beside it, an office ("Political correspondent"), a text about that person, its place right under the title. The
weights were set by hand on development pages; docs/cleaning.md says how well they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kcpipe.clean.article import Article
from kcpipe.clean.bylines import (
    About,
    Field,
    end_of_names,
    is_about_time,
    is_body,
    is_degree,
    is_for_body,
    is_inverted,
    is_person_name,
    is_place,
    names_in,
    names_of,
    parts_of,
    without_shifts,
)
from kcpipe.clean.lines import Block, Line
from kcpipe.clean.rules import Rules, key

_BYLINE, _LABEL, _BARE, _GROUP = 3.3, 3.3, 0.5, 2.8
"""How strongly a name is put forward: by a byline, by a label, by standing alone, as a team or one word."""
_DATED, _DATED_NEARBY, _OFFICE, _UNDER_TITLE = 1.0, 1.0, 1.0, 0.8
_PORTRAIT, _PORTRAIT_BELOW = 1.5, 2.3
_COMMON_WORD, _COMMON_WORDS = -0.8, -3.0
"""One, or all, of its words also stand in lower case on the page: "Order Now" is nobody's name."""
_HEADER, _ABOVE_TITLE, _BELOW_FIRST, _AUTHOR_SECTION, _NEAR_BEFORE, _ELSEWHERE = 0.7, 0.5, 0.1, 1.5, -0.3, -0.9
_FAR_BEFORE, _NEAR_AFTER, _BODY, _OTHERS = -2.0, -0.5, -0.5, -2.0
_ENOUGH = 2.0
_HOPELESS = _ENOUGH - _BARE - _OFFICE - _PORTRAIT_BELOW
"""At such a place no name that stands alone is vouched for enough."""
_REPEATED_TITLE = "structure.repeated_title"
_FAR = 12
"""Blocks before the title: what stands higher is a menu."""
_CLOSE = 8
"""Blocks behind the text among which an author is told."""
_SHORT = 80
_BARE_LENGTH = 150
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*")
_JOINT_BEFORE = re.compile(r"\s{0,3}(?:[,;&]|,?\s{0,3}\band\b)\s{0,3}", re.IGNORECASE)
_JOINT_BEHIND = re.compile(r"(?:[,;&]|\band)\s{0,3}$", re.IGNORECASE)
"""Between names on lines of their own."""
_ALIKE = 0.5
"""A name above the best one belongs to it when as much speaks for it, near enough."""
_BETWEEN = 2
"""Lines that may stand between two authors: an office, initials."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    """Of its line among those about the page."""
    block: int
    zone: int
    """0 above the title, 1 below it, 2 below the beginning of the text, 3 below its end: names of two are no list."""
    names: Sequence[Field]
    weight: float
    is_bare: bool


def find_authors(lines: Sequence[About], blocks: Sequence[Block], article: Article, rules: Rules) -> list[Field]:
    """The authors that the page states; empty when it names none.

    lines: those of the page that are no text of the article, in order.
    """
    page = _Page(lines, blocks, article, rules)
    found = [candidate for candidate in page.candidates() if candidate.weight >= _ENOUGH]
    names = _best(found, article)
    if names is None:  # bylines of several texts: nothing tells which is this one's, if not its place below the title
        names = _best(
            [candidate for candidate in found if candidate.zone and candidate.block in article.header], article
        )
    return list({key(name.value): name for name in reversed(names or [])}.values())[::-1]


def _best(found: Sequence[_Candidate], article: Article) -> list[Field] | None:
    """The names that most speaks for; None where as much speaks for others and the header holds none of them."""
    if not found:
        return []
    best = max(found, key=lambda candidate: (candidate.weight, -candidate.place))
    names = [name for candidate in _together(best, found) for name in candidate.names]
    rivals = [candidate for candidate in found if candidate.weight == best.weight and candidate.place > best.place]
    return names if best.block in article.header or not any(_differ(rival, names) for rival in rivals) else None


def _together(best: _Candidate, found: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates that stand with the best one: several authors on lines of their own."""
    reach = 1 + (_BETWEEN if best.is_bare else 0)
    alike = [candidate for candidate in found if candidate.is_bare == best.is_bare]
    first = last = alike.index(best)
    while (
        first > 0
        and _is_next(alike[first - 1], alike[first], reach)
        and alike[first - 1].weight >= best.weight - _ALIKE
    ):
        first -= 1
    while last + 1 < len(alike) and _is_next(alike[last], alike[last + 1], reach):
        last += 1
    return alike[first : last + 1]


def _is_next(before: _Candidate, after: _Candidate, reach: int) -> bool:
    return after.place - before.place <= reach and after.zone == before.zone


def _differ(candidate: _Candidate, names: Sequence[Field]) -> bool:
    return not {key(name.value) for name in candidate.names} <= {key(name.value) for name in names}


def _label_words(line: Line) -> str:
    return line.text.casefold().strip(" \t\u00a0:.-–—|*") if len(line.text) <= _SHORT else ""


class _Page:
    """The lines of a page with what the names in them are weighed by."""

    def __init__(self, lines: Sequence[About], blocks: Sequence[Block], article: Article, rules: Rules) -> None:
        self._lines, self._blocks, self._article, self._rules = lines, blocks, article, rules
        self._timed: dict[int, bool] = {}

    def candidates(self) -> Iterator[_Candidate]:
        """Every name that is put forward, with its weight."""
        label = None
        for place, about in enumerate(self._lines):
            line = about.line
            if label is not False:
                names, weight = self._stated(place, label)
                if names:
                    weight += self._by_place(about.block)
                    if about.block < self._article.header.start:
                        weight += _DATED_NEARBY * self._is_dated(place)
                    yield self._candidate(place, names, weight, is_bare=False)
                elif self._may_be_bare(about):
                    yield from self._bare(place, about)
            label = self._label(line)

    def _candidate(self, place: int, names: Sequence[Field], weight: float, *, is_bare: bool) -> _Candidate:
        block, article = self._lines[place].block, self._article
        title = article.header.start if article.title is None else article.title
        zone = sum(block >= border for border in (title, article.body.start, article.body.stop))
        return _Candidate(place, block, zone, names, weight, is_bare)

    def _label(self, line: Line) -> bool | None:
        """Whether a line says that the next one names the author; False when it says that of somebody else."""
        words = _label_words(line)
        return True if words in self._rules.byline_labels else False if words in self._rules.other_labels else None

    def _stated(self, place: int, label: bool | None) -> tuple[list[Field], float]:
        """The names that a byline states, or that stand under a label."""
        rules, about = self._rules, self._lines[place]
        line = about.line
        if label:
            text = line.text
            start, part = next(iter(parts_of(text, rules)), (0, text))
            names = names_in(part, line.start + start, "author.label", rules, kind="single")
            if names:
                above = self._lines[place - 1].line
                names += self._listed_below(place, is_list=_label_words(above) in rules.list_labels)
                return names, _LABEL if is_person_name(names[0].value, rules) else _GROUP
        names = [] if self._is_no_byline(about.block) else names_of(line.text, line.start, rules)
        if not names:
            return [], 0
        names += self._listed_below(place)
        return names, _BYLINE if is_person_name(names[0].value, rules) else _GROUP

    def _listed_below(self, place: int, *, is_list: bool = False) -> Iterator[Field]:
        """The names below a stated one: where the line above ends with a comma or "and", or the next one begins so or
        is nothing else; or, under a label of several authors, each on its line, with an office between."""
        rules = self._rules
        above, office = self._lines[place].line.text, False
        for about in self._lines[place + 1 :]:
            line = about.line
            start = match.end() if (match := _JOINT_BEFORE.match(line.text)) else 0
            if key(line.text) not in rules.list_joints:
                kind = "team" if start or key(above) in rules.list_joints else ""
                names = names_in(line.text[start:], line.start + start, "author.label", rules, kind=kind)
                rest = line.text[names[-1].end - line.start :] if names else ""
                is_whole = bool(names) and (is_list or key(rest) in rules.list_joints or is_degree(rest))
                if not is_whole or not (is_list or start or _JOINT_BEHIND.search(above)):
                    if office or not (is_list and self._is_office(line.text)):
                        return
                    office = True
                    continue
                yield from names
            above, office = line.text, False

    def _is_no_byline(self, block: int) -> bool:
        """Whether the block was already searched for a byline in vain: a line that no phrase or pattern knew before."""
        rule_id = self._article.verdicts[block].rule_id
        return len(self._blocks[block].lines) == 1 and (
            rule_id.startswith(("model.", "structure.", "published.")) or rule_id.endswith(".after")
        )

    def _may_be_bare(self, about: About) -> bool:
        """Whether a name that stands alone in the line could be vouched for enough: away from the header a text of the
        page must tell of its bearer."""
        text = about.line.text
        if len(text) > _BARE_LENGTH or self._by_place(about.block) <= _HOPELESS:
            return False
        if self._article.verdicts[about.block].rule_id == _REPEATED_TITLE:
            return False
        if about.block in self._article.header or about.block + 1 == len(self._blocks):
            return True
        is_told = len(self._blocks[about.block + 1].text) > _SHORT
        return is_told or not self._openings.keys().isdisjoint(_WORD.findall(text))

    def _bare(self, place: int, about: About) -> Iterator[_Candidate]:
        """Names that stand alone in a line, or in a part of it that a date or a mark sets off."""
        line, rules = about.line, self._rules
        is_dated = self._is_about_time(place)
        for start, part in parts_of(without_shifts(line.text), rules):
            if " " not in part.strip() and key(part) not in rules.team_words:
                continue
            names = names_in(part, line.start + start, "author.bare", rules, kind="team")
            if not names or key(part[: names[0].start - line.start - start]) or is_inverted(names[0].value):
                continue
            last = end_of_names(part, rules)
            rest = part[names[-1].end - line.start - start : last]
            rest = "" if is_degree(rest) else key(rest)
            behind = part[last:]
            is_known = is_place(behind) or self._is_office(behind) or is_for_body(behind, rules)
            is_cut = bool(behind) and not (is_dated or is_known)
            if is_cut or (rest and not (self._is_office(rest) or is_body(rest, rules))):
                continue
            weight = _BARE + self._by_place(about.block) + self._vouched(place, names[0].value, rest)
            weight += _DATED * (is_dated and about.block in self._article.header) + self._commonness(names[0].value)
            yield self._candidate(place, names, weight, is_bare=True)

    def _vouched(self, place: int, name: str, rest: str) -> float:
        """What the neighbours of a name say for it."""
        below = self._lines[place + 1].line.text if place + 1 < len(self._lines) else ""
        weight = _DATED_NEARBY * (self._lines[place].block in self._article.header and self._is_dated(place))
        weight += _OFFICE * (bool(rest) or self._is_office(below))
        weight += self._portrait(name, self._lines[place].block)
        return weight + _UNDER_TITLE * (place == self._under_title and not self._opens_title(name))

    def _opens_title(self, name: str) -> bool:
        """Whether the title begins with a name and goes on: it tells of its bearer; behind a colon, that one speaks."""
        title = "" if self._article.title is None else key(self._blocks[self._article.title].text)
        return title.startswith((f"{key(name)} ", f"{key(name)},"))

    def _is_dated(self, place: int) -> bool:
        """Whether a neighbouring line holds a date or a reading time."""
        return any(self._is_about_time(at) for at in (place - 1, place + 1, place + 2))

    def _is_about_time(self, place: int) -> bool:
        if not 0 <= place < len(self._lines):
            return False
        if place not in self._timed:
            self._timed[place] = is_about_time(self._lines[place].line.text, self._rules)
        return self._timed[place]

    def _is_office(self, text: str) -> bool:
        return len(text) <= _SHORT and not self._rules.offices.isdisjoint(key(text).replace(",", " ").split())

    @cached_property
    def _under_title(self) -> int:
        """The place of the first line below the title and its deck."""
        title, verdicts = self._article.title, self._article.verdicts
        if title is None:
            return -1
        below = ((place, about) for place, about in enumerate(self._lines) if about.block > title)
        return next(
            (
                place
                for place, about in below
                if len(about.line.text) <= _SHORT or verdicts[about.block].rule_id != "structure.deck"
            ),
            -1,
        )

    @cached_property
    def _words(self) -> set[str]:
        """Every word as the page writes it."""
        return set().union(*(block.text.split() for block in self._blocks))

    def _commonness(self, name: str) -> float:
        parts = [part.casefold() for part in name.split() if len(part) > 2 and not part.islower()]
        parts = [part for part in parts if part not in self._rules.team_words]
        common = sum(part in self._words for part in parts)
        return 0.0 if not common else _COMMON_WORDS if common == len(parts) else _COMMON_WORD

    @cached_property
    def _openings(self) -> dict[str, list[list[str]]]:
        """The first words of the page's longer blocks, by the first."""
        found: dict[str, list[list[str]]] = {}
        for block in self._blocks:
            if len(block.text) > _SHORT:
                opening = block.text[:120].split()[:6]
                found.setdefault(opening[0], []).append(opening)
        return found

    def _portrait(self, name: str, block: int) -> float:
        """What a text of the page that tells of that person says for it: "Ann Lee is a reporter", "Ann has covered"."""
        parts = name.split()
        if block + 1 < len(self._blocks) and len(self._blocks[block + 1].text) > _SHORT:
            opening = key(self._blocks[block + 1].text[:_SHORT]).split()[:6]
            if key(parts[0]) in opening or opening[:1] in (["i'm"], ["i"], ["hi"]):
                return _PORTRAIT_BELOW
        for opening in self._openings.get(parts[0], ()):
            length = len(parts) if opening[: len(parts)] == parts else 1
            if len(opening) > length and opening[length] in self._rules.portrait_verbs:
                return _PORTRAIT
        return 0

    def _by_place(self, block: int) -> float:
        """What the place of a line on the page says for the names in it."""
        article = self._article
        verdict = article.verdicts[block]
        if verdict.rule_id.startswith("section.author"):
            return _AUTHOR_SECTION
        if verdict.role in {"related", "comments"} or block in article.others:
            return _OTHERS
        if block in article.header:
            if article.title is not None and block < article.title:
                return _ABOVE_TITLE
            return _HEADER if block < article.body.start else _BELOW_FIRST
        if block in article.body:
            return _BODY
        if block in article.tail:
            return 0
        if block < article.header.start:
            return _NEAR_BEFORE if block >= article.header.start - _FAR else _FAR_BEFORE
        return _NEAR_AFTER if block < article.body.stop + _CLOSE else _ELSEWHERE
