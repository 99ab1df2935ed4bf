"""What stands above a text about it: the front matter between fences, the head of a mail or of a page converter.

An entry stays with its label when it says who wrote the article, when or where, and is then read as any other line
about the page; of a title only its words stay, and all else is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kcpipe.clean.lines import Line
from kcpipe.clean.rules import Rules
from kcpipe.clean.shown import Edit

_LONGEST_FRONT = 80
"""Lines of a front matter at most."""
_FENCES = ("---", "+++")
_INVISIBLE = " \t\ufeff"
_ENTRY = re.compile(r"(?P<key>[^\W\d][\w .:-]{0,39}?)[ \t]{0,3}[:=](?=\s|$)[ \t]{0,9}")
_INSIDE = re.compile(r"[ \t]{1,9}\S|[ \t]{0,9}-[ \t]|[ \t]{0,9}[#\]}]|[ \t]{0,9}$")
_ITEM = re.compile(r"[ \t]{0,9}-[ \t]{1,9}")
_QUOTES = "\"'"
_LIST_QUOTES = re.compile(r"""^["']|(?<=,)["']|(?<=, )["']|["'](?=,)|["']$""")
_HEAD_ENTRIES = 2
"""So many entries without a fence make a head, as of a mail: one label may begin any text."""


class FrontMatter(NamedTuple):
    """What stands above a text."""

    stop: int
    """The index of the line behind it; 0: there is none."""
    title: int | None
    """The raw offset of the title that it states."""
    edits: Sequence[Edit]


def front_matter(lines: Sequence[Line], rules: Rules) -> FrontMatter:
    """The front matter of a text, which lies between fences ("---"), or has several entries of known names and no
    fence, as at the head of a mail, one of them a title's. lines: those of the raw text.
    """
    first = next((index for index, line in enumerate(lines) if line.text.strip(_INVISIBLE)), len(lines))
    fence = lines[first].text.strip(_INVISIBLE) if first < len(lines) else ""
    stop = _end_of_front(lines, first + 1, fence) if fence in _FENCES else _end_of_head(lines, first, rules)
    title: int | None = None
    edits: list[Edit] = []
    listed: Line | None = None
    for line in lines[first:stop]:
        entry = _ENTRY.match(line.text)
        name = _name(entry["key"]) if entry else ""
        value = entry.end() if entry else 0
        if title is None and name in rules.front_titles and value < len(line.text):
            title, listed = line.start + value, None
            edits += [Edit(line.start, title), *_yaml_marks(line, value)]
        elif name in rules.front_labels:
            listed = line
            edits += _yaml_marks(line, value)
        elif listed is not None and (item := _ITEM.match(line.text)):
            comma = "" if listed.text.rstrip().endswith((":", "=")) else ","
            edits += [Edit(listed.end, line.start + item.end(), f"{comma} "), *_yaml_marks(line, item.end())]
            listed = line
        else:
            listed = None
            edits.append(Edit(line.start, line.end))
        if entry is not None:
            edits.append(Edit(line.start, line.start, "\n"))
    return FrontMatter(stop, title, edits)


def _end_of_front(lines: Sequence[Line], start: int, fence: str) -> int:
    """The index behind the closing fence; 0 when what stands between is no front matter."""
    entries = 0
    for index in range(start, min(start + _LONGEST_FRONT, len(lines))):
        text = lines[index].text
        if text.strip() in (fence, "..."):
            return index + 1 if entries else 0
        is_entry = _ENTRY.match(text) is not None
        if not is_entry and _INSIDE.match(text) is None:
            return 0
        entries += is_entry
    return 0


def _end_of_head(lines: Sequence[Line], start: int, rules: Rules) -> int:
    """The index behind the last of several entries of known names that begin the text; 0 without a title's."""
    stop, names = start, list[str]()
    known = rules.front_titles | rules.front_labels | rules.front_others
    for index, line in enumerate(lines[start : start + _LONGEST_FRONT], start):
        entry = _ENTRY.match(line.text)
        if entry is not None and _name(entry["key"]) in known:
            names.append(_name(entry["key"]))
            stop = index + 1
        elif line.text.strip():
            break
    return stop if len(names) >= _HEAD_ENTRIES and not rules.front_titles.isdisjoint(names) else 0


def _name(key: str) -> str:
    return key.casefold().replace("_", " ").replace("-", " ")


def _yaml_marks(line: Line, start: int) -> Iterator[Edit]:
    """What YAML puts around the value that begins at `start` of a line: quotation marks, and the brackets of a list."""
    text, begin, end = line.text, start, len(line.text.rstrip())
    is_quoted = is_list = False
    while end - begin > 1:
        is_bracket = (text[begin], text[end - 1]) == ("[", "]")
        is_list |= is_bracket
        if not is_bracket and (is_quoted or is_list or text[begin] not in _QUOTES or text[begin] != text[end - 1]):
            break
        is_quoted |= not is_bracket
        yield Edit(line.start + begin, line.start + begin + 1)
        yield Edit(line.start + end - 1, line.start + end)
        begin, end = begin + 1, end - 1
    for quote in _LIST_QUOTES.finditer(text[begin:end]) if is_list else ():
        yield Edit(line.start + begin + quote.start(), line.start + begin + quote.end())
