"""Comments on an article, told by what the page prints at each of them: a button to reply, a name above date and clock.

The line model weighs a comment by its words, and a long comment reads like an article's paragraph; a thread is known by
its regular marks, however long it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Rules, Verdict
from kcpipe.clean.titles import words

_MARKS = 3
"""Fewer marks are no thread."""
_BLOCKS_BETWEEN, _WORDS_BETWEEN = 25, 400
"""More between two marks is no comment: marks above an article and below it are of two threads."""
_MARK_LENGTH = 90
_NAME_WORDS = 4
_STAMP = "published.date_line"
_ARTICLE_WORDS, _PROSE_WORDS = 150, 12
"""Comments follow an article, of at least so many words in blocks of at least so many; what begins a page with a name
and a clock at each entry is the article itself, told live."""


def commented(blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> Iterator[int]:
    """The indices of the blocks from the first mark of a thread to its last, in order.

    judged: what is known of each block by its words alone.
    """
    run: list[int] = []
    for index in range(len(blocks)):
        if not _is_mark(index, blocks, judged, rules):
            continue
        if run and _is_far(blocks[run[-1] + 1 : index]):
            yield from _thread(run, blocks)
            run = []
        run.append(index)
    yield from _thread(run, blocks)


def _thread(marks: Sequence[int], blocks: Sequence[Block]) -> range:
    if len(marks) < _MARKS:
        return range(0)
    above = [words(block.text) for block in blocks[: marks[0]]]
    is_below_article = sum(count for count in above if count >= _PROSE_WORDS) >= _ARTICLE_WORDS
    return range(marks[0], marks[-1] + 1) if is_below_article else range(0)


def _is_far(between: Sequence[Block]) -> bool:
    return len(between) > _BLOCKS_BETWEEN or sum(words(block.text) for block in between) > _WORDS_BETWEEN


def _is_mark(index: int, blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> bool:
    """Whether a block is a button to reply, or states a date with its clock under a name."""
    text, verdict = blocks[index].text, judged[index]
    if len(text) > _MARK_LENGTH:
        return False
    if rules.reply.regex.fullmatch(text) is not None:
        return True
    if verdict is None or verdict.rule_id != _STAMP or index == 0 or not rules.clock.regex.search(text):
        return False
    above = blocks[index - 1].text
    return words(above) <= _NAME_WORDS and above[0].isalnum() and above[-1].isalnum()
