"""What a text in Markdown shows: its words without the marks, and where in the raw text each of them stands.

Nobody says which record is Markdown: its marks do, where they are unmistakable. Marks are cut and words stay, so that
an article reads the same as from plain text; an entry of the front matter stays with its label when it says who wrote
the article, when, where, and is cut otherwise. Block marks are those of CommonMark, read line by line; marks inside a
paragraph are read in one pass, brackets and emphasis with a stack each, in time linear in the text. Libraries give the
lines of blocks, but no offsets inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, islice, pairwise
from statistics import median
from typing import NamedTuple

from kcpipe.clean.lines import Line
from kcpipe.clean.rules import Rules
from kcpipe.clean.shown import Edit, Shown, as_it_is, edited
from kcpipe.clean.titles import SENTENCE_ENDS

# Each begins with one character or a line end, which is looked for quickly.
_CERTAIN = (
    re.compile(r"\]\((?:https?://|/|\#|mailto:)[^()\s]"),
    re.compile(r"!\[[^\[\]\n]{0,300}\]\(\S"),
    re.compile(r"\*\*[^\s*](?:[^*\n]|\*(?!\*)){0,300}(?<!\s)\*\*"),
    re.compile(r"[\r\n] {0,3}(?:```|\[[^\[\]\n]{1,80}\]:[ \t]{1,3}<?https?://|\|?[ \t]?:?---+:?[ \t]?\|)"),
)
"""One of these is enough: a link, an image, strong words, a fence, where a link leads, the line below a table's
head."""
_LIKELY = (
    re.compile(r"[\r\n] {0,3}(?:>[ \t]?){1,9}\S"),
    re.compile(r"[\r\n](?:(?<=\n\n)|(?<=\n\r\n))\#{1,6}[ \t]{1,3}[^\W_][^\r\n]{0,300}(?=\r?\n\r?\n|\Z)"),
    re.compile(r"\*(?<![\w*]\*)[^\W_][^*\n]{0,100}(?<!\s)\*(?![\w*])"),
)
"""Two of these are enough: a line that is quoted, a heading, words with stress. At the beginning one heading is."""
_ENOUGH = 2
_OPENS = re.compile(r"\s{0,20}\#{1,6}[ \t]{1,3}[^\W_]")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,9}")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~|:::)")
_DEFINED = re.compile(r"[ \t]{0,3}\[(?!\^)(?P<name>[^\[\]]{1,100})\]:[ \t]{1,9}\S")
_NOTE = re.compile(r"[ \t]{0,3}\[\^[^\[\]\s]{1,30}\]:[ \t]{0,9}")
_HEADING = re.compile(r"[ \t]{0,3}(\#{1,6})(?:[ \t]{1,9}|$)")
_CLOSING = re.compile(r"(?:[ \t]{1,9}\#{1,9})?(?:[ \t]{1,9}\{[^{}]{1,200}\})?[ \t]{0,9}$")
_BULLET = re.compile(r"[ \t]{0,40}[-*+][ \t]{1,9}(?:\[[ xX]\][ \t]{1,9})?(?=\S)")
_MARKS_BEFORE = "*_[`"
_NUMBERED = re.compile(r"[ \t]{0,40}\d{1,3}[.)][ \t]")
_TAGS = (
    r"a|abbr|b|big|blockquote|br|center|cite|code|del|details|div|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|ins"
    r"|kbd|li|mark|ol|p|picture|pre|q|s|section|small|source|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u"
    r"|ul|video"
)
_TARGET = r"<?[^()\s<>]{0,1000}(?:\([^()\s]{0,200}\)[^()\s<>]{0,200}){0,3}>?"
_ATTRIBUTES = r"(?:\{[^{}\n]{1,200}\})?"
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~]|(?=\r?$))"
    r"|(?<!`)(?P<ticks>`{1,3})(?!`)[^`]{1,500}(?<!`)(?P=ticks)(?!`)"
    r"|<(?P<address>(?:https?://|mailto:)[^<>\s]{1,500}|[\w.+-]{1,60}@[\w.-]{1,100})>"
    rf"|(?P<tag></?(?:{_TAGS})\b[^<>]{{0,300}}>|<!--[^<>]{{0,1000}}-->)"
    r"|(?P<note>\[\^[^\[\]\s]{1,30}\])"
    r"|(?P<opens>!?\[)"
    rf"|\](?P<closes>\(\s?{_TARGET}(?:\s{{1,3}}(?:\"[^\"]{{0,500}}\"|'[^']{{0,500}}'))?\s?\){_ATTRIBUTES}"
    r"|\[[^\[\]]{0,100}\]|\{[^{}\n]{1,200}\})?"
    r"|(?P<stress>\*{1,3}|_{1,3}|~~)",
    re.MULTILINE,
)
_TABLE_LINE = frozenset("|:- \t")
_PIPE = re.compile(r"(?<!\\)\|")
_WRAPPED_LENGTH, _WRAPPED_SHARE = 40, 0.4
_LONGEST_NAME = 103
"""Characters of a name under which the text tells where a link leads, with its brackets."""
_LONGEST_FRONT = 80
"""Lines of a front matter at most."""
_FENCES = ("---", "+++")
_ENTRY = re.compile(r"(?P<key>[^\W\d][\w .:-]{0,39}?)[ \t]{0,3}[:=](?=\s|$)[ \t]{0,9}")
_INSIDE = re.compile(r"[ \t]{1,9}\S|[ \t]{0,9}-[ \t]|[ \t]{0,9}[#\]}]|[ \t]{0,9}$")
_ITEM = re.compile(r"[ \t]{0,9}-[ \t]{1,9}")
_YAML_MARKS = re.compile(r"""^["'\[{]{1,4}|["'\]}]{1,4}$|(?<=,\s)["']|(?<=,)["']|["'](?=,)|^[>|]-?$""")
_HEAD_ENTRIES = 2
"""So many entries without a fence make a head, as of a mail: one label may begin any text."""


def unmarked(raw: str, lines: Sequence[Line], rules: Rules) -> Shown:
    """The text without marks of Markdown and without front matter but what it says of the article.

    raw: a decoded record; lines: its lines. A text without such marks is shown as it is.
    """
    edits: list[Edit] = []
    front, title = _front_matter(lines, rules, edits)
    start = lines[front].start if front < len(lines) else len(raw)
    continued: list[int] = []
    if _is_markdown(raw, start):
        headings, below = _blocks(raw, lines[front:], edits)
        continued = _continued(below)
        title = title if title is not None else _titled(raw, start, headings)
    return edited(raw, edits, title, continued) if edits else as_it_is(raw, lines)


def _is_markdown(raw: str, start: int) -> bool:
    if any(pattern.search(raw, start) for pattern in _CERTAIN) or _OPENS.match(raw, start):
        return True
    likely = chain.from_iterable(pattern.finditer(raw, start) for pattern in _LIKELY)
    return sum(1 for _ in islice(likely, _ENOUGH)) == _ENOUGH


def _titled(raw: str, start: int, headings: Sequence[int]) -> int | None:
    """Where the title begins: the only heading of the first level, or the first one when nothing stands above it."""
    if headings and (len(headings) == 1 or not raw[start : headings[0]].strip("# \t\r\n\ufeff")):
        return headings[0]
    return None


# ---- front matter, and the head of a mail


def _front_matter(lines: Sequence[Line], rules: Rules, edits: list[Edit]) -> tuple[int, int | None]:
    """Cut the front matter to what it says of the article; the index of the line behind it, the raw offset of a title.

    It stands between fences ("---") at the beginning, or there are several entries of known names and no fence, as at
    the head of a mail, one of them a title's.
    """
    first = next((index for index, line in enumerate(lines) if line.text.strip(" \t\ufeff")), len(lines))
    fence = lines[first].text.strip(" \t\ufeff") if first < len(lines) else ""
    stop = _end_of_front(lines, first + 1, fence) if fence in _FENCES else _end_of_head(lines, first, rules)
    if stop is None:
        return 0, None
    title: int | None = None
    last: Line | None = None
    for line in lines[first:stop]:
        entry = _ENTRY.match(line.text)
        name = _name(entry["key"]) if entry else ""
        if entry is not None and name in rules.front_titles and title is None and line.end > line.start + entry.end():
            title = line.start + entry.end()
            edits.append(Edit(line.start, title))
            edits += _yaml_marks(line, entry.end())
            last = None
        elif entry is not None and name in rules.front_labels:
            edits += _yaml_marks(line, entry.end())
            last = line
        elif last is not None and (item := _ITEM.match(line.text)):
            is_first = last.text.rstrip().endswith((":", "="))
            edits.append(Edit(last.end, line.start + item.end(), " " if is_first else ", "))
            edits += _yaml_marks(line, item.end())
            last = line
        else:
            edits.append(Edit(line.start, line.end))
            last = None
        if entry is not None:
            edits.append(Edit(line.start, line.start, "\n"))
    return stop, title


def _end_of_front(lines: Sequence[Line], start: int, fence: str) -> int | None:
    """The index behind the closing fence; None when what stands between is no front matter."""
    entries = 0
    for index in range(start, min(start + _LONGEST_FRONT, len(lines))):
        text = lines[index].text
        if text.strip() in (fence, "..."):
            return index + 1 if entries else None
        is_entry = _ENTRY.match(text) is not None
        if not is_entry and _INSIDE.match(text) is None:
            return None
        entries += is_entry
    return None


def _end_of_head(lines: Sequence[Line], start: int, rules: Rules) -> int | None:
    """The index behind the last of several entries of known names that begin the text; None without a title's."""
    stop, names = start, list[str]()
    known = rules.front_titles | rules.front_labels | rules.front_others
    for index, line in enumerate(lines[start : start + _LONGEST_FRONT], start):
        entry = _ENTRY.match(line.text)
        if entry is not None and _name(entry["key"]) in known:
            names.append(_name(entry["key"]))
            stop = index + 1
        elif line.text.strip():
            break
    return stop if len(names) >= _HEAD_ENTRIES and not rules.front_titles.isdisjoint(names) else None


def _name(key: str) -> str:
    return key.casefold().replace("_", " ").replace("-", " ")


def _yaml_marks(line: Line, start: int) -> list[Edit]:
    """What YAML puts around the value that begins at `start` of a line."""
    value = line.text[start:].rstrip()
    return [
        Edit(line.start + start + mark.start(), line.start + start + mark.end()) for mark in _YAML_MARKS.finditer(value)
    ]


# ---- blocks


def _blocks(raw: str, lines: Sequence[Line], edits: list[Edit]) -> tuple[list[int], list[tuple[str, int]]]:
    """Cut the marks of blocks and of what stands in them, part blocks by a line end.

    Returns the raw offsets of the headings of the first level, and for each line that stands below another of its
    paragraph that other line and the raw offset of its own words.
    """
    titles: list[int] = []
    below: list[tuple[str, int]] = []
    tables = _table_lines(lines)
    leading = frozenset(found["name"].casefold() for line in lines if (found := _DEFINED.match(line.text)))
    is_fenced = False
    kind, depth, paragraph = "blank", 0, list[int]()

    def flush() -> None:
        if paragraph:
            edits.extend(_inline(raw, paragraph[0], paragraph[-1], leading))
            paragraph.clear()

    for index, line in enumerate(lines):
        quoted = None if is_fenced else _QUOTED.match(line.text)
        begin = quoted.end() if quoted else 0
        before, depth_before = kind, depth
        depth = line.text.count(">", 0, begin)
        kind, cuts, end = _block_marks(line.text, begin, is_fenced=is_fenced, is_row=index in tables)
        is_fenced ^= kind == "fence"
        if kind == "rule" and before == "text" and "=" in line.text and paragraph:
            titles.append(paragraph[0])
        if kind == "title":
            titles.append(line.start + cuts[-1].end if cuts else line.start)
        goes_on = kind == "text" and before in ("text", "item") and depth == depth_before
        if goes_on:
            below.append((lines[index - 1].text, line.start + begin))
        else:
            flush()
            if "blank" not in (kind, before):
                edits.append(Edit(line.start, line.start, "\n"))
        if begin:
            edits.append(Edit(line.start, line.start + begin))
        edits += [Edit(line.start + cut.start, line.start + cut.end, cut.shown) for cut in cuts]
        if kind in ("text", "item", "title", "heading", "row"):
            paragraph += [line.start + begin, line.start + end]
    flush()
    return titles, below


def _continued(below: Sequence[tuple[str, int]]) -> list[int]:
    """The raw offsets of the lines that go on with the line above: all of a paragraph's where the text is hard-wrapped.

    Many texts call themselves Markdown and print a paragraph on each line: in these most lines end a sentence.
    """
    above = [text.rstrip() for text, _ in below if len(text) >= _WRAPPED_LENGTH]
    if 2 * sum(text.endswith(SENTENCE_ENDS) for text in above) >= len(above):
        return []
    least = _WRAPPED_SHARE * median(map(len, above))
    return [start for text, start in below if len(text) >= least]


def _block_marks(text: str, begin: int, *, is_fenced: bool, is_row: bool) -> tuple[str, list[Edit], int]:
    """What a line is behind its marks of quotation, the marks to cut in it, and where what it says ends."""
    rest = text[begin:]
    if _FENCE.match(rest):
        return "fence", [Edit(begin, len(text))], begin
    if is_fenced:
        return "code", [], len(text)
    marks = set(rest.split())
    if not marks:
        return "blank", [], begin
    if len(set("".join(marks))) == 1 and rest.strip()[0] in "-*_=" and len(rest.replace(" ", "")) > 2:
        return "rule", [Edit(begin, len(text))], begin
    if is_row:
        is_line = set(rest) <= _TABLE_LINE
        cuts = [Edit(begin, len(text))] if is_line else [Edit(*bar.span(), " ") for bar in _PIPE.finditer(text, begin)]
        return "row", cuts, len(text)
    if _DEFINED.match(rest):
        return "mark", [Edit(begin, len(text))], begin
    if note := _NOTE.match(rest):
        return "item", [Edit(begin, begin + note.end())], len(text)
    if heading := _HEADING.match(rest):
        end = next(closing.start() for closing in _CLOSING.finditer(text, begin + heading.end()))
        kind = "title" if len(heading[1]) == 1 else "heading"
        return kind, [Edit(end, len(text)), Edit(begin, begin + heading.end())], end
    if bullet := _BULLET.match(rest):
        # Before a lower case the mark parts the item from the one before, as the sign of a list does on a page.
        is_part = rest[bullet.end() :].lstrip(_MARKS_BEFORE)[:1].islower()
        return "item", [] if is_part else [Edit(begin, begin + bullet.end())], len(text)
    return "item" if _NUMBERED.match(rest) else "text", [], len(text)


def _table_lines(lines: Sequence[Line]) -> frozenset[int]:
    """The indices of the lines of tables: around the line of dashes below a head."""
    found: set[int] = set()
    for index, (above, line) in enumerate(pairwise(lines), start=1):
        text = line.text.strip()
        if "|" in text and index - 1 in found:
            found.add(index)
        elif "|" in text and "-" in text and "|" in above.text and set(text) <= _TABLE_LINE:
            found |= {index - 1, index}
    return frozenset(found)


# ---- marks inside a paragraph


class _Stress(NamedTuple):
    """Marks that may begin stress: where, and how many of them are left."""

    start: int
    length: int


def _inline(raw: str, start: int, end: int, leading: AbstractSet[str]) -> Iterator[Edit]:
    """The marks inside a paragraph: raw[start:end]; leading: the names under which the text tells where links lead."""
    brackets: list[tuple[int, bool]] = []
    stress: dict[str, list[_Stress]] = {"*": [], "_": [], "~": []}
    for token in _TOKEN.finditer(raw, start, end):
        begin, stop = token.span()
        match token.lastgroup:
            case "escaped":
                yield Edit(begin, begin + 1)
            case "ticks":
                yield Edit(begin, token.end("ticks"))
                yield Edit(stop - len(token["ticks"]), stop)
            case "address":
                yield Edit(begin, begin + 1)
                yield Edit(stop - 1, stop)
            case "tag" | "note":
                yield Edit(begin, stop)
            case "opens":
                brackets.append((begin, token["opens"] == "!["))
            case "stress":
                yield from _pair(raw, token, start, end, stress[raw[begin]])
            case _ if brackets:
                opened, is_image = brackets.pop()
                words = raw[opened + 1 + is_image : min(begin, opened + _LONGEST_NAME)]
                target = token["closes"] or "[]"
                if target[0] != "[" or (target[1:-1] or words).casefold() in leading:
                    yield Edit(opened, stop if is_image else opened + 1)
                    yield Edit(begin, stop)


def _pair(raw: str, token: re.Match[str], start: int, end: int, open_ones: list[_Stress]) -> Iterator[Edit]:
    """Marks of stress, and those before that they end; what ends nothing may begin it."""
    begin, stop = token.span()
    before = raw[begin - 1] if begin > start else " "
    after = raw[stop] if stop < end else " "
    is_word_mark = raw[begin] == "_"
    opens = not after.isspace() and (after.isalnum() or not before.isalnum())
    closes = not before.isspace() and (before.isalnum() or not after.isalnum())
    if is_word_mark:
        opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
    count = stop - begin
    while closes and count and open_ones:
        opener = open_ones.pop()
        paired = min(count, opener.length)
        yield Edit(opener.start + opener.length - paired, opener.start + opener.length)
        yield Edit(stop - count, stop - count + paired)
        count -= paired
        if opener.length > paired:
            open_ones.append(_Stress(opener.start, opener.length - paired))
    if opens and count:
        open_ones.append(_Stress(stop - count, count))
