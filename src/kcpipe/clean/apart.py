"""What stands apart from the article though it reads like it: the heads and notes of pages, what follows an end mark,
the same text in another language. Each is told by the plan of the whole page, not by a line's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from kcpipe.clean.language import language_of
from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Rules, Verdict
from kcpipe.clean.titles import SENTENCE_ENDS, words

_PAGE, _PAGE_END = "pattern.pager", "\f"
_PROSE_WORDS, _PROSE_LENGTH = 12, 40
_END_LENGTH = 40
_SIGNATURE, _SIGNATURE_LINES = "--", 10
_HEAD_LENGTH, _HEAD_WORDS, _HEADS = 100, 3, 2
_GAP = r"(?:[ \t\u00a0]{2,99}|[ \t]?[|•·–—][ \t]?)"
_HEAD = re.compile(
    rf"[\s]{{0,99}}(?:(?P<head>\S.{{1,90}}?){_GAP}(?:page |p\. ?)?(?P<last>\d{{1,4}})"
    rf"|(?:page |p\. ?)?(?P<first>\d{{1,4}}){_GAP}(?P<tail>\S.{{1,90}}?))\s{{0,99}}",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(\d{1,3})[.)]? ?(?=[^\W\d_]|[\"“‘(])")
_NOTED = re.compile(r"(?<=[^\W\d_])(?<![A-Z])[.,;:!?”\"’)]{0,3}(\d{1,3})(?=\s|$)")
_WIDE_GAP = "   "
_ENGLISH_WORDS, _FOREIGN_WORDS = 40, 20
"""A translation stands beside an English article; so few words in another language may be quoted there."""
_ABOVE = 3
"""Lines above a translation that may be its heading and date."""


def apart(blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> dict[int, Verdict]:
    """The indices of the blocks that stand apart from the article, with what each is.

    judged: what is known of each block by its words alone.
    """
    found = dict.fromkeys(_after_end(blocks, rules), Verdict("furniture", "structure.after_end"))
    found |= dict.fromkeys(_signature(blocks), Verdict("furniture", "structure.signature"))
    found |= dict.fromkeys(_translation(blocks, judged, rules), Verdict("furniture", "structure.translation"))
    heads = {*_repeated_heads(blocks, judged), *_numbered_heads(blocks)}
    found |= dict.fromkeys(_notes(blocks, judged, heads), Verdict("furniture", "structure.note"))
    return found | dict.fromkeys(heads, Verdict("furniture", "structure.running_head"))


def _after_end(blocks: Sequence[Block], rules: Rules) -> range:
    """The end mark of a statement or a wire's copy and what follows, where that is less than half of what is above."""
    ends = (
        index
        for index, block in enumerate(blocks)
        if len(block.text) <= _END_LENGTH and rules.end_mark.regex.fullmatch(block.text)
    )
    end = next(ends, len(blocks))
    is_last = 2 * _prose_words(blocks[end:]) < _prose_words(blocks[:end])
    return range(end, len(blocks)) if is_last else range(0)


def _signature(blocks: Sequence[Block]) -> range:
    """The signature of a mail, few lines below the last line of two hyphens (RFC 3676), where it is less than half of
    what stands above."""
    last = blocks[-_SIGNATURE_LINES - 1 :]
    marks = [index for index, block in enumerate(last, len(blocks) - len(last)) if block.text == _SIGNATURE]
    if not marks:
        return range(0)
    mark = marks[-1]
    lines = sum(len(block.lines) for block in blocks[mark + 1 :])
    is_last = lines <= _SIGNATURE_LINES and 2 * _prose_words(blocks[mark:]) < _prose_words(blocks[:mark])
    return range(mark, len(blocks)) if is_last else range(0)


def _prose_words(blocks: Sequence[Block]) -> int:
    return sum(count for block in blocks if (count := words(block.text)) >= _PROSE_WORDS)


def _repeated_heads(blocks: Sequence[Block], judged: Sequence[Verdict | None]) -> Iterator[int]:
    """Lines that stand again wherever a page begins or ends; the first of them may be the title, but where it has two
    parts with a wide gap between."""
    borders = [
        _PAGE_END in block.lines[0].text or _is_page_number(verdict)
        for block, verdict in zip(blocks, judged, strict=True)
    ]
    copies: dict[str, list[int]] = {}
    for index, block in enumerate(blocks if any(borders) else ()):
        if len(block.text) <= _HEAD_LENGTH and words(block.text) >= _HEAD_WORDS:
            copies.setdefault(block.text, []).append(index)
    for first, *later in copies.values():
        # A number alone may also be the rank of an entry of a list.
        is_paged = len(later) >= _HEADS or any(_PAGE_END in blocks[index].lines[0].text for index in later)
        if is_paged and all(any(borders[max(index - 1, 0) : index + 2]) for index in later):
            yield from ([first, *later] if _WIDE_GAP in blocks[first].lines[0].text.strip() else later)


def _numbered_heads(blocks: Sequence[Block]) -> Iterator[int]:
    """Lines that stand several times but for the number of the page beside them, which rises."""
    heads: dict[str, list[tuple[int, int]]] = {}
    for index, block in enumerate(blocks):
        line, is_numbered = block.lines[0].text, block.text[-1].isdigit() or block.text[0] in "0123456789Pp"
        if is_numbered and len(line) <= 2 * _HEAD_LENGTH and (match := _HEAD.fullmatch(line)):
            head, number = match["head"] or match["tail"], match["first"] or match["last"]
            heads.setdefault(head.strip().casefold(), []).append((index, int(number)))
    for found in heads.values():
        if len(found) > 1 and all(before < after for (_, before), (_, after) in pairwise(found)):
            yield from (index for index, _ in found)


def _notes(blocks: Sequence[Block], judged: Sequence[Verdict | None], heads: AbstractSet[int]) -> Iterator[int]:
    """Footnotes: what begins with a number that a paragraph bears behind a word ("for themselves.1"), at the foot of a
    page, which its head or number tells."""
    noted = {number for block in blocks for number in _NOTED.findall(block.text)} if heads else set[str]()
    for head in heads:
        index = head - 1
        if index >= 0 and _is_page_number(judged[index]):
            index -= 1
        while index >= 0 and (note := _NOTE.match(blocks[index].text)) is not None and note[1] in noted:
            yield index
            index -= 1


def _is_page_number(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.rule_id == _PAGE


def _translation(blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> Sequence[int]:
    """The sentences in another language, where they are many and an English article stands beside them, with the
    shorter lines between them and above."""
    counts = [words(block.text) if len(block.text) > _PROSE_LENGTH else 0 for block in blocks]
    prose = [index for index, count in enumerate(counts) if count >= _PROSE_WORDS and judged[index] is None]
    english = {index for index in prose if _is_english(blocks[index].text, rules)}
    others = [index for index in prose if index not in english and blocks[index].text.endswith(SENTENCE_ENDS)]
    if sum(counts[index] for index in english) < _ENGLISH_WORDS:
        return []
    found = [index for index in others if language_of(blocks[index].text).is_foreign]
    if sum(counts[index] for index in found) < _FOREIGN_WORDS:
        return []
    above = range(max(found[0] - _ABOVE, 0), found[0])
    start = next((index for index in above if language_of(blocks[index].text).is_foreign), found[0])
    return [index for index in range(start, found[-1] + 1) if not _is_english(blocks[index].text, rules)]


def _is_english(text: str, rules: Rules) -> bool:
    return not rules.english_words.isdisjoint(text.casefold().split())
