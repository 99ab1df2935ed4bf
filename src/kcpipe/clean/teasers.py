"""Teasers of other articles below an article: headline, sentence and date or byline, again and again.

Each of them reads like a short paragraph under a subheading; a row of them is known by its regular plan. Its dates
fall; those of a list of events or of a chronology rise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kcpipe.clean.bylines import parse_date
from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Rules, Verdict
from kcpipe.clean.threads import end_of_article
from kcpipe.clean.titles import SENTENCE_ENDS, words

_TEASERS = 3
_PERIOD = 3
"""Blocks of a teaser: its mark, its headline, its sentence; with a place besides, it is of a list of events."""
_SENTENCE_WORDS, _MOST_WORDS = 7, 60
_DATE = "published."
_MARKS = ("pattern.ago", "pattern.minutes", "author.", _DATE)


def teasers(blocks: Sequence[Block], judged: Sequence[Verdict | None], rules: Rules) -> Iterator[int]:
    """The indices of the blocks of rows of teasers below the article, in order.

    judged: what is known of each block by its words alone.
    """
    marks = [at for at in range(end_of_article(blocks), len(blocks)) if _kind(judged[at])]
    runs: list[list[int]] = []
    for mark in marks:
        if runs and _is_next(runs[-1], mark, judged):
            runs[-1].append(mark)
        else:
            runs.append([mark])
    for run in runs:
        if _kind(judged[run[0]]) != _DATE or _fall([blocks[mark].text for mark in run], rules):
            yield from _row(run, blocks)


def _kind(verdict: Verdict | None) -> str:
    return next((kind for kind in _MARKS if verdict is not None and verdict.rule_id.startswith(kind)), "")


def _is_next(run: Sequence[int], mark: int, judged: Sequence[Verdict | None]) -> bool:
    return mark - run[-1] == _PERIOD and _kind(judged[mark]) == _kind(judged[run[0]])


def _fall(texts: Sequence[str], rules: Rules) -> bool:
    """Whether the dates of the texts, from the first to the last, do not rise."""
    matches = [rules.any_date.regex.search(text) for text in texts]
    days = [parse_date(match["date"], rules) for match in matches if match is not None]
    known = [day for day in days if day is not None]
    return len(known) == len(texts) and all(before >= after for before, after in pairwise(known))


def _row(marks: Sequence[int], blocks: Sequence[Block]) -> range:
    """The teasers with these marks; empty where they are too few or what stands between is no headline and sentence."""
    between = [blocks[before + 1 : after] for before, after in pairwise(marks)]
    is_below = _is_teaser(blocks[marks[-1] + 1 : marks[-1] + _PERIOD])
    # Where marks stand above the teasers, what is above the first one is the article's.
    is_above = not is_below and _is_teaser(blocks[max(marks[0] - _PERIOD + 1, 0) : marks[0]])
    if len(between) + (is_above or is_below) < _TEASERS or not all(_is_teaser(parts) for parts in between):
        return range(0)
    return range(marks[0] - is_above * (_PERIOD - 1), marks[-1] + 1 + is_below * (_PERIOD - 1))


def _is_teaser(parts: Sequence[Block]) -> bool:
    """Whether the blocks but for the mark are a headline and a sentence."""
    if len(parts) != _PERIOD - 1 or sum(words(part.text) for part in parts) > _MOST_WORDS:
        return False
    return sum(words(part.text) >= _SENTENCE_WORDS and part.text.endswith(SENTENCE_ENDS) for part in parts) == 1
