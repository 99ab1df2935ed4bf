"""What a text in Markdown shows: its words without the marks, and where in the raw text each of them stands.

Nobody says which record is Markdown: its marks do, where they are unmistakable. Marks are cut and words stay, so that
an article reads the same as from plain text. Block marks are those of CommonMark, read line by line; marks inside a
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

from kcpipe.clean.front_matter import front_matter
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
    r"|kbd|li|mark|ol|p|picture|pre|q|s|section|small|source|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead"
    r"|tr|u|ul|video"
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
_RULE = 3
_WORDS = ("text", "item", "title", "heading", "row")
_WRAPPED_LENGTH, _WRAPPED_SHARE = 40, 0.4
_LONGEST_NAME = 103
"""Characters of a name under which the text tells where a link leads, with its brackets."""


def unmarked(raw: str, lines: Sequence[Line], rules: Rules) -> Shown:
    """The text without marks of Markdown and without front matter but what it says of the article.

    raw: a decoded record; lines: its lines. A text without such marks is shown as it is.
    """
    front = front_matter(lines, rules)
    start = lines[front.stop].start if front.stop < len(lines) else len(raw)
    if _is_markdown(raw, start):
        found = _blocks(raw, lines[front.stop :])
        title = front.title if front.title is not None else _titled(raw, start, found.titles)
        return edited(raw, [*front.edits, *found.edits], title, found.continued)
    return edited(raw, front.edits, front.title) if front.edits else as_it_is(raw, lines)


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


# ---- blocks


class _Blocks(NamedTuple):
    """What blocks of a text are marked by."""

    edits: list[Edit]
    titles: list[int]
    """Raw offsets of the headings of the first level."""
    continued: list[int]
    """Raw offsets of the lines that go on with the one above."""


class _Read(NamedTuple):
    """A line: its kind, how deeply it is quoted, the raw offsets of its words, the marks around them."""

    line: Line
    kind: str
    depth: int = 0
    start: int = 0
    end: int = 0
    cuts: Sequence[Edit] = ()


def _blocks(raw: str, lines: Sequence[Line]) -> _Blocks:
    """Cut the marks of blocks and of what stands in them; part blocks by a line end."""
    read = list(_read(lines))
    edits = [cut for each in read for cut in each.cuts]
    paragraphs: list[list[_Read]] = []
    for above, each in pairwise([_Read(lines[0], "blank"), *read] if lines else []):
        if each.kind == "text" and above.kind in ("text", "item") and each.depth == above.depth:
            paragraphs[-1].append(each)
            continue
        paragraphs.append([each])
        if "blank" not in (above.kind, each.kind):
            edits.append(Edit(each.line.start, each.line.start, "\n"))
    leading = frozenset(found["name"].casefold() for line in lines if (found := _DEFINED.match(line.text)))
    for paragraph in paragraphs:
        if paragraph[0].kind in _WORDS:
            edits += _inline(raw, paragraph[0].start, paragraph[-1].end, leading)
    titles = [each.start for each in read if each.kind == "title"]
    underlined = (above for above, (below, *_) in pairwise(paragraphs) if below.kind == "underline")
    titles += [above[0].start for above in underlined if above[0].kind == "text"]
    return _Blocks(edits, sorted(titles), _continued(paragraphs))


def _read(lines: Sequence[Line]) -> Iterator[_Read]:
    tables = _table_lines(lines)
    is_fenced = False
    for index, line in enumerate(lines):
        quoted = None if is_fenced else _QUOTED.match(line.text)
        begin = quoted.end() if quoted else 0
        kind, start, end = _kind(line.text, begin, is_fenced=is_fenced, is_row=index in tables)
        is_fenced ^= kind == "fence"
        around = [Edit(line.start, line.start + start), Edit(line.start + end, line.end)]
        bars = _PIPE.finditer(line.text, start, end) if kind == "row" else ()
        cuts = [
            *(edit for edit in around if edit.start < edit.end),
            *(Edit(line.start + bar.start(), line.start + bar.end(), " ") for bar in bars),
        ]
        yield _Read(line, kind, line.text.count(">", 0, begin), line.start + start, line.start + end, cuts)


def _kind(text: str, begin: int, *, is_fenced: bool, is_row: bool) -> tuple[str, int, int]:
    """What a line is behind its marks of quotation, which end at `begin`; where its words begin and end."""
    rest = text[begin:]
    marks = "".join(rest.split())
    if _FENCE.match(rest):
        return "fence", len(text), len(text)
    if is_fenced:
        return "code", begin, len(text)
    if not marks:
        return "blank", len(text), len(text)
    if len(marks) >= _RULE and len(set(marks)) == 1 and marks[0] in "-*_=":
        return "underline" if marks[0] == "=" else "rule", len(text), len(text)
    if (is_row and set(marks) <= _TABLE_LINE) or _DEFINED.match(rest):
        return "mark", len(text), len(text)
    if is_row:
        return "row", begin, len(text)
    if note := _NOTE.match(rest):
        return "item", begin + note.end(), len(text)
    if heading := _HEADING.match(rest):
        start = begin + heading.end()
        end = next(closing.start() for closing in _CLOSING.finditer(text, start))
        return "title" if len(heading[1]) == 1 else "heading", start, end
    if bullet := _BULLET.match(rest):
        # Before a lower case the mark parts the item from the one before, as the sign of a list does on a page.
        is_part = rest[bullet.end() :].lstrip(_MARKS_BEFORE)[:1].islower()
        return "item", begin if is_part else begin + bullet.end(), len(text)
    return "item" if _NUMBERED.match(rest) else "text", begin, len(text)


def _continued(paragraphs: Sequence[Sequence[_Read]]) -> list[int]:
    """The raw offsets of the lines that go on with the line above: all of a paragraph's where the text is hard-wrapped.

    Many texts call themselves Markdown and print a paragraph on each line: in these most lines end a sentence.
    """
    pairs = [pair for paragraph in paragraphs for pair in pairwise(paragraph)]
    above = [text for before, _ in pairs if len(text := before.line.text.rstrip()) >= _WRAPPED_LENGTH]
    if 2 * sum(text.endswith(SENTENCE_ENDS) for text in above) >= len(above):
        return []
    least = _WRAPPED_SHARE * median(map(len, above))
    return [after.start for before, after in pairs if len(before.line.text) >= least]


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
    opens = not after.isspace() and (after.isalnum() or not _is_latin(before))
    closes = not before.isspace() and (before.isalnum() or not _is_latin(after))
    if raw[begin] == "_":
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


def _is_latin(character: str) -> bool:
    """Whether a letter or number is of a script in which no word goes on behind marks; in Korean a particle may."""
    return character.isascii() and character.isalnum()
