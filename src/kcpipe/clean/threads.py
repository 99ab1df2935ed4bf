"""Comments on an article, told by what the page prints at each of them: a button to reply, a name above its age or
above date and clock.

The line model weighs a comment by its words, and a long comment reads like an article's paragraph; a thread is known by
its regular marks, however long it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Rules, Verdict
from kcpipe.clean.titles import words

_MARKS, _HEADED_MARKS = 3, 2
"""Fewer marks are no thread; under a heading of comments two are one."""
_BLOCKS_BETWEEN, _WORDS_BETWEEN = 25, 400
"""More between two marks is no comment: marks above an article and below it are of two threads."""
_LONG_COMMENT = 1500
"""So many words between two threads below one article are a comment, too."""
_MARK_LENGTH = 90
_NAME_WORDS = 4
_STAMP = "published.date_line"
_HEADINGS = frozenset({"section.comments", "pattern.comment_count"})
_ARTICLE_WORDS, _PROSE_WORDS = 150, 12
"""Comments follow an article, of at least so many words in blocks of at least so many; what begins a page with a name
and a clock at each entry is the article itself, told live."""


def commented(blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> Iterator[int]:
    """The indices of the blocks of the threads below the article, in order.

    A thread goes from its first mark to its last; under a heading, from there to the end of the last comment. What
    stands between two threads is of them, if one comment may be so long.
    judged: what is known of each block by its words alone.
    """
    start = end_of_article(blocks)
    marks = [index for index in range(start, len(blocks)) if _is_mark(index, blocks, judged, rules)]
    borders = [0, *(at + 1 for at, pair in enumerate(pairwise(marks)) if _is_far(blocks[pair[0] + 1 : pair[1]]))]
    runs = [marks[begin:end] for begin, end in pairwise([*borders, len(marks)])] if marks else []
    threads = [thread for run in runs if (thread := _thread(run, start, blocks, judged, rules))]
    before = range(0)
    for thread in threads:
        gap = range(before.stop, thread.start)
        if before and sum(words(blocks[index].text) for index in gap) <= _LONG_COMMENT:
            yield from gap
        yield from thread
        before = thread


def end_of_article(blocks: Sequence[Block]) -> int:
    """The index of the first block above which the words of an article may stand."""
    count = 0
    for index, block in enumerate(blocks):
        if count >= _ARTICLE_WORDS:
            return index
        size = words(block.text)
        count += size if size >= _PROSE_WORDS else 0
    return len(blocks)


def _thread(
    marks: Sequence[int], start: int, blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules
) -> range:
    """From the heading or the first mark to the end of the last comment; empty where the marks are too few.

    start: above it no thread begins.
    """
    above = range(marks[0] - 1, max(marks[0] - _BLOCKS_BETWEEN, start) - 1, -1)
    heading = next((index for index in above if _rule_id(judged[index]) in _HEADINGS), None)
    if heading is not None and _is_far(blocks[heading + 1 : marks[0]]):
        heading = None
    if len(marks) < (_MARKS if heading is None else _HEADED_MARKS):
        return range(0)
    stop = marks[-1] + 1
    if heading is None:
        return range(marks[0], stop)
    is_below = rules.reply.regex.fullmatch(blocks[marks[-1]].text) is not None
    below = range(stop, min(stop + _BLOCKS_BETWEEN, len(blocks)))
    end = next((index for index in below if judged[index] is not None), below.stop)
    return range(heading + 1, stop if is_below or _is_far(blocks[stop:end]) else end)


def _is_far(between: Sequence[Block]) -> bool:
    return len(between) > _BLOCKS_BETWEEN or sum(words(block.text) for block in between) > _WORDS_BETWEEN


def _rule_id(verdict: Verdict | None) -> str:
    return "" if verdict is None else verdict.rule_id


def _is_mark(index: int, blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> bool:
    """Whether a block is a button to reply, says who wrote when, or states its age, or date and clock, under a name."""
    text = blocks[index].text
    if len(text) > _MARK_LENGTH:
        return False
    if rules.reply.regex.fullmatch(text) is not None or rules.comment_head.regex.fullmatch(text) is not None:
        return True
    is_stamp = _rule_id(judged[index]) == _STAMP and rules.clock.regex.search(text) is not None
    if index == 0 or not (is_stamp or rules.comment_age.regex.fullmatch(text) is not None):
        return False
    above = blocks[index - 1].text.removesuffix(":")
    return words(above) <= _NAME_WORDS and above[:1].isalnum() and above[-1:].isalnum()
