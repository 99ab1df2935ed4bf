"""What a page says about its article: publisher, section, address and publication date, with the words.

Only lines that are no article text are asked: a date inside a sentence never counts. Menus and lists of other articles
carry dates too, so each is weighed by how it is put and by where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kcpipe.clean.article import KEPT_ROLES, Article
from kcpipe.clean.authors import find_authors
from kcpipe.clean.bylines import MAX_META, About, Field, Published, dates_in_line, numeric_order
from kcpipe.clean.lines import Block, Line, folded
from kcpipe.clean.rules import Pattern, Rules, key
from kcpipe.clean.titles import masthead

_SPLIT_CRUMBS = re.compile(r"\s{0,3}(?:>|»|›|→|::|\||/)\s{0,3}")
_CRUMB_ENDS = re.compile(r"\s{0,3}(?:>|»|›|→|::|\s/\s)\s{0,3}")
_CRUMBS, _SECTION = "pattern.breadcrumb", "pattern.section"
_HOMES = ("home", "main", "frontpage", "front page", "news")
"""The first steps of breadcrumbs, which name no section."""
_MENU_STEPS = 3
_HIGH = 4
"""Blocks above the title among which its section is told."""
_PAGE_END = 8
"""Blocks below the last paragraph with which a page ends soon enough to hold no list of other articles."""
_FAR = 12
"""Blocks before the title: what stands higher is a menu."""
_LABEL_LENGTH = 40
_COMMENTS = ("pattern.comment_count", "section.comments")
"""Rules of the lines above comments."""
_STATED = ("published.originally", "published.posted", "published.by")
"""Rules of dates that are told from a comment's by their words."""
_ORIGINALLY, _POSTED, _DATE = 5.0, 3.0, 2.0
"""How clearly a line states the date: "This article was first published ...", "Published ...", a date alone or among
names and words about the page."""
_CLEARLY = {"published.originally": _ORIGINALLY, "published.posted": _POSTED}
_HEADER, _ABOVE, _BODY, _TAIL, _ELSEWHERE, _OTHERS = 1.0, 0.0, -1.0, -0.5, -1.0, -3.0
_BESIDE_AUTHOR, _AT_PAGE_END, _ONLY = 1.0, 0.5, 1.0
_WITH_UPDATE = 1.0
"""A day of publication beside one of an update is the article's own: lists of other articles print one day of each."""
_BESIDE = 2
"""Lines."""
_ENOUGH = 2.0


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page states about its article, each value with its evidence."""

    authors: Sequence[Field]
    publisher: Field | None
    section: Field | None
    url: Field | None
    published: Published | None


def find_metadata(blocks: Sequence[Block], article: Article, title: str | None, rules: Rules) -> Metadata:
    """Everything that the page states about its article but the title, which is given."""
    lines = list(_about_lines(blocks, article))
    authors = find_authors(lines, blocks, article, rules)
    publisher = find_publisher(lines, blocks, article, authors, rules)
    order = numeric_order(blocks, lines, rules.date_orders.get(publisher.value) if publisher else None, rules)
    return Metadata(
        authors,
        publisher,
        find_section(lines, blocks, article, title, rules),
        find_url(lines, rules),
        find_published(lines, blocks, article, authors, order, rules),
    )


def find_publisher(
    lines: Sequence[About], blocks: Sequence[Block], article: Article, authors: Sequence[Field], rules: Rules
) -> Field | None:
    """The outlet that a credit, a copyright note, a login prompt, the masthead, the byline or the dateline names, when
    it is known.

    An outlet's name that stands alone is a masthead above the title or right below the text; between them it is the
    credit of a picture, but right below the author it is the byline's.
    """
    top = article.body.start if article.title is None else article.title
    credits = [about.line for about in lines if rules.any_publisher.fits(about.line.text)]
    mastheads = [
        about.line
        for about in lines
        if article.verdicts[about.block].rule_id == "outlets" and (about.block < top or about.block in article.tail)
    ]
    for pattern in rules.publishers:
        for line in mastheads if pattern.rule_id == "publisher.masthead" else credits:
            found = _outlet(line, pattern, rules)
            if found is not None:
                return found
    return (
        _headline_outlet(blocks, article, rules)
        or _byline_outlet(lines, article, authors, rules)
        or _dateline_outlet(lines, blocks, article, rules)
    )


def _headline_outlet(blocks: Sequence[Block], article: Article, rules: Rules) -> Field | None:
    """The known outlet whose name stands behind the title, or behind the same words above it."""
    if article.title is None:
        return None
    title = key(blocks[article.title].text)
    for block in blocks[max(article.title - _FAR, 0) : article.title + 1]:
        line = block.lines[-1]
        found = masthead(line.text, rules)
        name = rules.outlet(found["name"]) if found else None
        if found and name and title.startswith(key(block.text.removesuffix(folded(found[0])))):
            start = line.start + found.start("name")
            return Field("publisher", name, start, start + len(found["name"]), "publisher.headline")
    return None


def _byline_outlet(lines: Sequence[About], article: Article, authors: Sequence[Field], rules: Rules) -> Field | None:
    """The outlet for which the byline says that its author writes: "By Ann Lee, The Korea Herald", or on the next line;
    or which is all that a byline names: "By AFP"."""
    header = [about.line for about in lines if about.block in article.header]
    for at, line in enumerate(header):
        last = max((author.end - line.start for author in authors if line.start <= author.start < line.end), default=0)
        behind = line._replace(start=line.start + last, text=line.text[last:])
        found = _outlet(behind, rules.byline_outlet if last else rules.byline_agency, rules)
        if found is None and last and at + 1 < len(header) and len(header[at + 1].text) <= _LABEL_LENGTH:
            found = _outlet(header[at + 1], rules.byline_outlet, rules)
        if found is not None:
            return found
    return None


def _dateline_outlet(lines: Sequence[About], blocks: Sequence[Block], article: Article, rules: Rules) -> Field | None:
    """The agency of the dateline, which begins the text or stands on a line above it."""
    above = (about.line for about in lines if about.block in article.header and about.block < article.body.start)
    first = [blocks[article.body.start].lines[0]] if article.body else []
    found = (_outlet(line, rules.dateline, rules) for line in [*first, *above])
    return next((field for field in found if field is not None), None)


def _outlet(line: Line, pattern: Pattern, rules: Rules) -> Field | None:
    match = pattern.regex.search(line.text)
    if match is None:
        return None
    name = rules.outlet(match["name"]) or (folded(match["name"]) if pattern.kind == "stated" else None)
    if name is None:
        return None
    start = line.start + match.start("name")
    return Field("publisher", name, start, start + len(match["name"]), pattern.rule_id)


def find_url(lines: Sequence[About], rules: Rules) -> Field | None:
    """The address that the page gives itself."""
    for about in lines:
        if "://" not in about.line.text:
            continue
        for pattern in rules.urls:
            if match := pattern.regex.search(about.line.text):
                start = about.line.start + match.start("url")
                return Field("url", match["url"], start, start + len(match["url"]), pattern.rule_id)
    return None


def find_section(
    lines: Sequence[About], blocks: Sequence[Block], article: Article, title: str | None, rules: Rules
) -> Field | None:
    """What a front matter states, else the last step of the breadcrumb that is not the article itself, else what the
    header says of the section, or the name of one right above the title."""
    for about in lines:
        is_entry = article.verdicts[about.block].rule_id == _SECTION and about.block <= article.body.start
        if is_entry and (found := _section(about.line, rules.section)):
            return found
    for block, verdict in zip(blocks, article.verdicts, strict=True):
        is_crumb = verdict.rule_id == _CRUMBS and not _is_menu(block.text, title)
        if is_crumb and len(block.lines) == 1 and (found := _last_step(block.lines[0], title)):
            return found
    above = range(0) if article.title is None else range(max(article.title - _HIGH, 0), article.title)
    for index in above:
        line = blocks[index].lines[0]
        begins = _CRUMB_ENDS.search(line.text)
        if begins and key(line.text[: begins.start()]) in rules.sections and (found := _last_step(line, title)):
            return found
    header = (about.line for about in lines if about.block in article.header)
    labelled = (_section(line, rules.section_label) for line in header)
    return next((found for found in labelled if found), None) or _name_above(blocks, article, above, rules)


def _section(line: Line, pattern: Pattern) -> Field | None:
    match = pattern.regex.search(line.text)
    if match is None:
        return None
    start = line.start + match.start("name")
    return Field("section", folded(match["name"]), start, start + len(match["name"]), pattern.rule_id)


def _is_menu(text: str, title: str | None) -> bool:
    """Whether what looks like a breadcrumb is a row of a menu: several names between bars, none of them the title."""
    steps = [step.strip() for step in text.split("|")]
    return len(steps) > _MENU_STEPS and not any(title and step and step in title for step in steps)


def _last_step(line: Line, title: str | None) -> Field | None:
    """The last step of a breadcrumb that is not the article itself."""
    borders = [border for match in _SPLIT_CRUMBS.finditer(line.text) for border in match.span()]
    steps = list(zip([0, *borders[1::2]], [*borders[::2], len(line.text)], strict=True))
    is_home = key(line.text[: steps[0][1]]).removeprefix("you are here: ") in _HOMES
    for start, end in reversed(steps[1:] if is_home else steps):
        words = line.text[start:end].strip()
        if words and len(words) <= _LABEL_LENGTH and not (title and folded(words) in title):
            begin = line.start + start + line.text[start:end].index(words)
            return Field("section", folded(words), begin, begin + len(words), _CRUMBS)
    return None


def _name_above(blocks: Sequence[Block], article: Article, above: range, rules: Rules) -> Field | None:
    """The name of a section that stands alone above the title, with nothing but a date between; two are a menu's."""
    names = [index for index in above if key(blocks[index].text) in rules.sections]
    if len(names) != 1 or any(article.verdicts[at].role != "dateline" for at in range(names[0] + 1, above.stop)):
        return None
    line = blocks[names[0]].lines[0]
    words = line.text.strip()
    start = line.start + line.text.index(words)
    return Field("section", folded(words), start, start + len(words), "section.kicker")


def find_published(
    lines: Sequence[About],
    blocks: Sequence[Block],
    article: Article,
    authors: Sequence[Field],
    order: str | None,
    rules: Rules,
) -> Published | None:
    """The stated publication date; else the day of an update as its latest; else the year of the copyright note.

    order: which number comes first in the page's numeric dates, day or month; None when nothing tells.
    A date that only says when the page was updated is not the day on which it was published, but bounds it from above.
    """
    dated: list[tuple[float, Published]] = []
    updated: list[Published] = []
    posted: int | None = None
    """The line of the last date, where it says that it is the publication's."""
    thread = _thread(article)
    for place, about in enumerate(lines):
        for found in dates_in_line(about.line, rules, order):
            if about.block in article.others or (about.block in thread and found.field.rule_id not in _STATED):
                continue
            label = _label(lines[place - 1].line) if place else ""
            if found.is_update or label in rules.updated_labels:
                if about.block in article.header:
                    updated.append(found.as_bound())
                if posted is not None and place - posted <= _BESIDE:
                    weight, day = dated[-1]
                    dated[-1], posted = (weight + _WITH_UPDATE, day), None
            else:
                weight = _POSTED if label in rules.published_labels else _CLEARLY.get(found.field.rule_id, _DATE)
                posted = place if weight > _DATE else None
                dated.append((weight + _place(about.block, found, blocks, article, authors), found))
    best = max((weight for weight, _ in dated), default=0)
    is_only = len(dated) == 1 and not updated and _is_at_end(dated[0][1], blocks, article)
    foremost = [found for weight, found in dated if weight == best >= _ENOUGH - _ONLY * is_only]
    if foremost and (best > _DATE or len({found.end for found in foremost}) == 1):
        return foremost[0]
    return next(iter(updated), None) or _copyright_year(lines, blocks, article, rules)


def _thread(article: Article) -> range:
    """What stands below the number of comments, or their heading, under the text."""
    verdicts = article.verdicts
    heads = (at for at in range(article.body.stop, len(verdicts)) if verdicts[at].rule_id in _COMMENTS)
    return range(next(heads, len(verdicts)), len(verdicts))


def _is_at_end(found: Published, blocks: Sequence[Block], article: Article) -> bool:
    """Whether the words stand right below the last paragraph."""
    below = blocks[article.body.stop : article.body.stop + _PAGE_END]
    return bool(below) and below[0].lines[0].start <= found.field.start < below[-1].lines[-1].end


def _label(line: Line) -> str:
    return key(line.text) if len(line.text) <= _LABEL_LENGTH else ""


def _place(block: int, found: Published, blocks: Sequence[Block], article: Article, authors: Sequence[Field]) -> float:
    """What the place of a line says for the date in it."""
    if article.verdicts[block].role in {"related", "comments"}:
        return _OTHERS
    is_beside = any(abs(author.start - found.field.start) <= MAX_META for author in authors)
    weight = _BESIDE_AUTHOR * is_beside
    if block in article.header:
        return weight + (_HEADER if article.title is None or block > article.title else _HEADER / 2)
    if block in article.tail:
        return weight + _TAIL + _AT_PAGE_END * (len(blocks) - article.body.stop <= _PAGE_END)
    if block in article.body:
        return weight + _BODY
    return weight + (_ABOVE if article.header.start - _FAR <= block < article.header.start else _ELSEWHERE)


def _copyright_year(
    lines: Sequence[About], blocks: Sequence[Block], article: Article, rules: Rules
) -> Published | None:
    """The year of a copyright note that ends a paragraph, or stands below the last one and names a known outlet.

    The note of a site's footer names the year of the visit.
    """
    ends = [blocks[index].lines[-1] for index in article.body]
    inline = [(line, match.start()) for line in ends if (match := rules.inline_credit.regex.search(line.text))]
    below = [(about.line, 0) for about in lines if about.block in article.tail[:2] and _names_outlet(about.line, rules)]
    for line, begin in [*below, *reversed(inline)]:
        match = rules.copyright_year.regex.search(line.text, begin)
        if match is not None:
            year = int(match["first"] or match["last"])
            start, end = line.start + match.start(), line.start + match.end()
            field = Field("published", match[0], start, end, rules.copyright_year.rule_id)
            return Published(date(year, 1, 1), date(year, 12, 31), "year", None, field)
    return None


def _names_outlet(line: Line, rules: Rules) -> bool:
    return any(_outlet(line, pattern, rules) is not None for pattern in rules.publishers)


def _about_lines(blocks: Sequence[Block], article: Article) -> Iterator[About]:
    """The blocks that are no text of the article, or that only a place in the header keeps, as one line each.

    The line ends inside a folded block become as many spaces, so that offsets stay raw.
    """
    for index, (block, verdict) in enumerate(zip(blocks, article.verdicts, strict=True)):
        if len(block.text) > MAX_META or (verdict.role in KEPT_ROLES and verdict.rule_id != "structure.deck"):
            continue
        first, last = block.lines[0], block.lines[-1]
        if first is last:
            yield About(index, first)
            continue
        gaps = [after.start - before.end for before, after in pairwise(block.lines)]
        text = "".join(line.text + " " * gap for line, gap in zip(block.lines, [*gaps, 0], strict=True))
        yield About(index, Line(first.number, first.start, last.end, text))
