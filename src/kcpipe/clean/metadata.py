"""What a page says about its article: authors, publisher, section, address and publication date, with the words.

Only lines that are no article text are asked, and of those only the ones around the title and right after the last
paragraph: menus and lists of other articles carry names and dates too. A date inside a sentence never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from kcpipe.clean.article import KEPT_ROLES, Article
from kcpipe.clean.bylines import MAX_META, Field, Published, date_in_line, end_of_names, names_in
from kcpipe.clean.lines import Block, Line, folded
from kcpipe.clean.rules import Rules, key

_PAGE_END = 8
"""Blocks below the last paragraph with which a page ends soon enough to hold no list of other articles."""
_SHORT_LINE = 100
_READING_TIME = re.compile(r"\b\d+ ?-?min(?:ute)?s?\b", re.IGNORECASE)
_SPLIT_CRUMBS = re.compile(r"\s{0,3}(?:>|»|›|→|::|\||/)\s{0,3}")


def find_authors(blocks: Sequence[Block], article: Article, rules: Rules) -> list[Field]:
    """The authors of the first byline above the text; else of a line that only a name stands in, and that the page
    confirms; else of the first byline below the text."""
    return (
        _stated_authors(blocks, article, article.header, rules)
        or _bare_author(blocks, article, rules)
        or _stated_authors(blocks, article, article.tail, rules)
        or _only_authors(blocks, article, rules)
    )


def _only_authors(blocks: Sequence[Block], article: Article, rules: Rules) -> list[Field]:
    """The authors of the page's bylines, wherever they stand, when all of them name the same."""
    found = []
    for index, verdict in enumerate(article.verdicts):
        if verdict.role == "byline":
            found.append(_stated_authors(blocks, article, range(index, index + 1), rules))
    different = {tuple(field.value for field in fields) for fields in found if fields}
    return next(fields for fields in found if fields) if len(different) == 1 else []


def _stated_authors(blocks: Sequence[Block], article: Article, zone: range, rules: Rules) -> list[Field]:
    """The authors that a line says to be such, or that stand under a label such as "Written by"."""
    label = False
    for line in _lines(blocks, article, zone):
        if label:
            found = names_in(line.text, line.start, "author.label", rules, single=True)
            if found:
                return found
        label = key(line.text) in rules.byline_labels
        for pattern in rules.authors:
            match = pattern.regex.search(line.text)
            if match is None:
                continue
            start = line.start + match.start("names")
            found = names_in(match["names"], start, pattern.rule_id, rules, single=pattern.kind == "single")
            if found:
                return found
    return []


def _bare_author(blocks: Sequence[Block], article: Article, rules: Rules) -> list[Field]:
    """The name that stands alone, or before a date, near the title, when something vouches for it.

    That is its place right under the title, a date or a reading time beside it, or the author's portrait: a text
    elsewhere on the page that begins with the name and goes on with "is", "was" or "has".
    """
    zone = list(_lines(blocks, article, article.header))
    titled = -1 if article.title is None else blocks[article.title].lines[-1].start
    below = next((line.start for line in zone if line.start > titled), -1)
    for place, line in enumerate(zone):
        stop = min(
            (at for at in (line.text.find("|"), line.text.find("•"), line.text.find("·")) if at > 0),
            default=len(line.text),
        )
        head = line.text[:stop]
        found = names_in(head, line.start, "author.bare", rules)
        rest = line.text[end_of_names(head, rules) :]
        if len(found) != 1 or key(head[: end_of_names(head, rules)]) != key(found[0].value):
            continue
        beside = [rest, *(zone[at].text for at in (place - 1, place + 1, place + 2) if 0 <= at < len(zone))]
        if _has_portrait(found[0].value, blocks):
            return found
        is_vouched = line.start == below or any(_is_about_time(text, rules) for text in beside)
        if is_vouched and not _are_plain_words(found[0].value, blocks):
            return found
    return []


def _are_plain_words(name: str, blocks: Sequence[Block]) -> bool:
    """Whether the page uses a word of it in lower case: "Order Now" is nobody's name."""
    parts = {part.casefold() for part in name.split() if len(part) > 2}
    return any(part in block.text and part in block.text.split() for block in blocks for part in parts)


def _is_about_time(text: str, rules: Rules) -> bool:
    return len(text) <= _SHORT_LINE and (
        _READING_TIME.search(text) is not None or rules.any_date.regex.search(text) is not None
    )


def _has_portrait(name: str, blocks: Sequence[Block]) -> bool:
    return any(block.text.startswith((f"{name} is ", f"{name} was ", f"{name} has ")) for block in blocks)


def find_publisher(blocks: Sequence[Block], article: Article, rules: Rules) -> Field | None:
    """The outlet that a credit, a copyright note, a login prompt or the masthead names, when it is a known one."""
    lines = list(_lines(blocks, article, range(len(blocks))))
    mastheads = [line for index in _outlet_lines(article) for line in _lines(blocks, article, range(index, index + 1))]
    for pattern in rules.publishers:
        for line in mastheads if pattern.rule_id == "publisher.masthead" else lines:
            match = pattern.regex.search(line.text)
            if match and (name := rules.outlet(match["name"])):
                start = line.start + match.start("name")
                return Field("publisher", name, start, start + len(match["name"]), pattern.rule_id)
    return None


def _outlet_lines(article: Article) -> Iterator[int]:
    return (index for index, verdict in enumerate(article.verdicts) if verdict.rule_id == "outlets")


def find_url(blocks: Sequence[Block], article: Article, rules: Rules) -> Field | None:
    """The address that the page gives itself."""
    for line in _lines(blocks, article, range(len(blocks))):
        for pattern in rules.urls:
            if match := pattern.regex.search(line.text):
                start = line.start + match.start("url")
                return Field("url", match["url"], start, start + len(match["url"]), pattern.rule_id)
    return None


def find_section(blocks: Sequence[Block], article: Article, title: str | None) -> Field | None:
    """The last step of the breadcrumb that is not the article itself."""
    for block, verdict in zip(blocks, article.verdicts, strict=True):
        if verdict.rule_id != "pattern.breadcrumb" or len(block.lines) > 1:
            continue
        line = block.lines[0]
        borders = [border for match in _SPLIT_CRUMBS.finditer(line.text) for border in match.span()]
        steps = list(zip(borders[1::2], [*borders[2::2], len(line.text)], strict=True))
        for start, end in reversed(steps):
            words = line.text[start:end].strip()
            is_section = words and len(words) <= 40 and not (title and folded(words) in title)
            if is_section:
                begin = line.start + start + line.text[start:end].index(words)
                return Field("section", folded(words), begin, begin + len(words), verdict.rule_id)
    return None


def find_published(blocks: Sequence[Block], article: Article, rules: Rules) -> Published | None:
    """The stated publication date: above the text, else below it, else the year of the copyright note.

    A date that only says when the page was updated is not the day it was published. Below the text a bare date is
    mostly that of another article: it counts behind a byline, or when the page ends there.
    """
    above = list(_dates(blocks, article, article.header, rules))
    if above:
        return next((found for found in above if found.field.rule_id == "published.posted"), above[0])
    higher = list(_dates(blocks, article, range(article.header.start), rules))
    posted = [
        found
        for found in _dates(blocks, article, range(len(blocks)), rules)
        if found.field.rule_id == "published.posted"
    ]
    for only in (posted, higher):
        if len({found.start for found in only}) == 1:
            return only[0]
    is_page_end = len(blocks) - article.body.stop <= _PAGE_END
    below = [
        found
        for index in article.tail
        for found in _dates(blocks, article, range(index, index + 1), rules)
        if found.field.rule_id != "published.date_line"
        or is_page_end
        or (index > article.tail.start and article.verdicts[index - 1].role == "byline")
    ]
    days = {found.start for found in below}
    return below[0] if len(days) == 1 else _copyright_year(blocks, article, rules) if not days else None


def _dates(blocks: Sequence[Block], article: Article, zone: range, rules: Rules) -> Iterator[Published]:
    for line in _lines(blocks, article, zone):
        if found := date_in_line(line, rules):
            yield found


def _copyright_year(blocks: Sequence[Block], article: Article, rules: Rules) -> Published | None:
    """The year of a copyright note that ends a paragraph, or stands below the last one and names a known outlet.

    The note of a site's footer names the year of the visit.
    """
    ends = [blocks[index].lines[-1] for index in article.body]
    inline = [(line, match.start()) for line in ends if (match := rules.inline_credit.regex.search(line.text))]
    below = [(line, 0) for line in _lines(blocks, article, article.tail[:2]) if _names_outlet(line, rules)]
    for line, begin in [*below, *reversed(inline)]:
        match = rules.copyright_year.regex.search(line.text, begin)
        if match is not None:
            year = int(match["first"] or match["last"])
            start, end = line.start + match.start(), line.start + match.end()
            field = Field("published", match[0], start, end, rules.copyright_year.rule_id)
            return Published(date(year, 1, 1), date(year, 12, 31), "year", None, field)
    return None


def _names_outlet(line: Line, rules: Rules) -> bool:
    matches = (pattern.regex.search(line.text) for pattern in rules.publishers)
    return any(match is not None and rules.outlet(match["name"]) is not None for match in matches)


def _lines(blocks: Sequence[Block], article: Article, zone: range) -> Iterator[Line]:
    """The blocks of a zone that are no text of the article, or that only a place in the header keeps, as one line each.

    The line ends inside a folded block become as many spaces, so that offsets stay raw.
    """
    for index in zone:
        verdict, lines = article.verdicts[index], blocks[index].lines
        if verdict.role not in KEPT_ROLES or verdict.rule_id == "structure.deck":
            gaps = [after.start - before.end for before, after in pairwise(lines)]
            text = "".join(line.text + " " * gap for line, gap in zip(lines, [*gaps, 0], strict=True))
            if len(text) <= MAX_META:
                yield Line(lines[0].number, lines[0].start, lines[-1].end, text)
