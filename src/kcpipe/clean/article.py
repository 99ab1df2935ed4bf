"""Which blocks are the article, and what each other block is.

First every block is judged alone: by a phrase or pattern, or as prose by its own words. Then the article is the stretch
of blocks with the greatest sum of weights, prose counting for and furniture against it (maximum subsequence
segmentation, Pasternack and Roth 2009): one linear pass that needs no markup. The title stands in or before that
stretch; what lies outside is not the article, and short lines inside are headings, list items, or leftovers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from kcpipe.clean.bylines import MAX_META, byline, date_line
from kcpipe.clean.lines import Block, goes_on
from kcpipe.clean.rules import Rules, Verdict, key

KEPT_ROLES = frozenset({"title", "deck", "subheading", "body", "caption"})
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"""[.!?…。！？]["'”’»)\]]*(?=\s|$)""")
_BULLET_HEADING = re.compile(r"[●■▲◆▶◇○□◎★☆▼►◈]")
_ENDS = re.compile(r"""[.!?…。！？]["'”’»)\]]*$""")

_CREDIT_PER_WORD_LIMIT = 60
_COST_SHORT = 4.0
_COST_JUDGED = 8.0
_COST_HEADING = 120.0
_TITLE_WORDS = range(3, 36)
_TITLE_SEARCH = 40
_NEARBY = 12
_OPENING_WORDS = 6
"""Menus hold shorter entries: the first longer line of a page is often its headline."""
_TITLE_MINIMUM = 1.3
_HEADER, _TAIL = 4, 8
"""Blocks before the title and after the last sentence in which a byline or a date still belongs to the article."""


@dataclass(frozen=True, slots=True)
class Article:
    """The verdict on every block, and the borders between which the page speaks of this article."""

    verdicts: tuple[Verdict, ...]
    title: int | None
    """Index of the title's block."""
    header: range
    """Blocks around the title up to the first paragraph."""
    body: range
    """From the first paragraph to the last, furniture between them included."""
    tail: range
    """Blocks right after the last paragraph, up to a heading such as "Related Posts"."""


def words(text: str) -> int:
    """How many words; scripts without spaces count two characters as one."""
    return max(len(text.split()), len(_WIDE.findall(text)) // 2)


def is_prose(text: str, rules: Rules) -> bool:
    """Whether a folded text reads as a sentence rather than as a menu entry, a heading or a list of names."""
    count = words(text)
    if count < 7:
        return False
    if _ENDS.search(text):
        return True
    tokens = [token.casefold() for token in _WORD.findall(text)]
    share = sum(token in rules.prose_words for token in tokens) / max(len(tokens), 1)
    return count >= 20 and (share >= 0.2 or bool(_SENTENCE_END.search(text)))


def analyse(blocks: Sequence[Block], rules: Rules) -> Article:
    """The article of a page: a verdict for every block."""
    judged = [_judge(block, rules) for block in blocks]
    prose = [verdict is None and is_prose(block.text, rules) for block, verdict in zip(blocks, judged, strict=True)]
    weights = [_weight(*block) for block in zip(blocks, judged, prose, strict=True)]
    body = _best_stretch(weights)
    title = _title(blocks, judged, prose, body)
    if title is not None and title in body:
        body = range(title + 1, body.stop)
    first = next((index for index in body if prose[index] and _ENDS.search(blocks[index].text)), body.start)
    header = range(max((first if title is None else title) - _HEADER, 0), first)
    verdicts = [
        verdict
        if verdict is not None and not (verdict.role == "dateline" and first < index < body.stop)
        # A date between paragraphs is a heading of a chronology.
        else _structural(index, blocks, judged, prose, body, title, first)
        for index, verdict in enumerate(judged)
    ]
    if title is not None:
        verdicts[title] = Verdict("title", "structure.title")
    _extend_sections(verdicts, judged, prose, body)
    return Article(tuple(verdicts), title, header, range(first, body.stop), _tail(blocks, judged, body))


def _judge(block: Block, rules: Rules) -> Verdict | None:
    """What a block's words alone say it is: furniture, a byline, a date line."""
    known = rules.judge(block.text)
    if known is not None or len(block.lines) > 1 or len(block.text) > MAX_META:
        return known
    author = byline(block.text, rules)
    if author is not None:
        return Verdict("byline", author.rule_id)
    dated = date_line(block.text, rules)
    return None if dated is None else Verdict("dateline", dated.rule_id)


def _weight(block: Block, verdict: Verdict | None, is_text: bool) -> float:
    if verdict is not None:
        return -_COST_HEADING if verdict.is_heading else 0.0 if verdict.role == "caption" else -_COST_JUDGED
    return float(min(words(block.text), _CREDIT_PER_WORD_LIMIT)) if is_text else -_COST_SHORT


def _best_stretch(weights: Sequence[float]) -> range:
    """The stretch with the greatest sum, the first of equals; empty when nothing is positive."""
    best, best_sum = range(0), 0.0
    start, running = 0, 0.0
    for index, weight in enumerate(weights):
        if running <= 0:
            start, running = index, 0.0
        running += weight
        if running > best_sum:
            best, best_sum = range(start, index + 1), running
    return best


def _title(blocks: Sequence[Block], judged: Sequence[Verdict | None], prose: Sequence[bool], body: range) -> int | None:
    """The block that names the article: near its beginning, in words that the article goes on using.

    A line that the page repeats, that its breadcrumb ends with, or that a byline, a date or share buttons follow, is
    the title rather than another.
    """
    if not body:
        return None
    vocabulary = Counter(word for index in body for word in _content_words(blocks[index].text))
    start = max(body.start - _TITLE_SEARCH, 0)
    # Behind the title an article must be left.
    stop = min(body.start + _TITLE_SEARCH // 2, max(index for index in body if prose[index]))
    crumbs = [
        key(block.text)
        for block, verdict in zip(blocks[:stop], judged, strict=False)
        if verdict is not None and verdict.rule_id == "pattern.breadcrumb"
    ]
    copies = Counter(key(block.text) for block in blocks[:stop])
    best, best_score = None, _TITLE_MINIMUM
    prose_before = 0
    opening = next((at for at in range(stop) if judged[at] is None and words(blocks[at].text) >= _OPENING_WORDS), None)
    for index in range(start, stop):
        text = blocks[index].text
        count = words(text)
        if judged[index] is None and count in _TITLE_WORDS and len(text) <= MAX_META:
            score = _title_score(text, vocabulary, index in body)
            score += 2 * any(crumb.endswith(key(text)) for crumb in crumbs) + 0.5 * (copies[key(text)] > 1)
            score += (
                _furniture_below(index, judged)
                + 0.6 * (index == opening)
                - prose_before / 20
                - max(body.start - index, 0) / _TITLE_SEARCH
            )
            if score > best_score:
                best, best_score = index, score
        prose_before += count * (index in body and prose[index])
    return best


def _title_score(text: str, vocabulary: Counter[str], counted: bool) -> float:
    """How much a text looks like the name of an article with this vocabulary; `counted`: it is part of it."""
    found = _content_words(text)
    own = Counter(found) if counted else Counter[str]()
    shared = sum(min(log2(1 + vocabulary[word] - own[word]), 3) for word in found) / (3 * max(len(found), 1))
    return 3 * shared + 1.5 * min(words(text), 9) / 9 - 0.3 * text.endswith(".")


def _content_words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text) if len(word) > 3]


def _furniture_below(index: int, judged: Sequence[Verdict | None]) -> float:
    """Weight of what stands right under a block, as under titles: a byline, a date, share buttons."""
    below = [verdict.role for verdict in judged[index + 1 : index + 4] if verdict is not None]
    return 0.7 * any(role in {"byline", "dateline"} for role in below) + 0.6 * (below[:1] == ["share"])


def _tail(blocks: Sequence[Block], judged: Sequence[Verdict | None], body: range) -> range:
    """What follows the last paragraph, up to a heading such as "Related Posts" or the teaser of another article."""
    stop = min(body.stop + _TAIL, len(judged))
    for index in range(body.stop, stop):
        verdict = judged[index]
        if verdict.is_heading if verdict is not None else words(blocks[index].text) >= 4:
            return range(body.stop, index)
    return range(body.stop, stop)


def _structural(
    index: int,
    blocks: Sequence[Block],
    judged: Sequence[Verdict | None],
    prose: Sequence[bool],
    body: range,
    title: int | None,
    first: int,
) -> Verdict:
    """The verdict on a block that no phrase or pattern knows, by where it stands."""
    text = blocks[index].text
    if title is not None and index != title and key(text) == key(blocks[title].text):
        return Verdict("furniture", "structure.repeated_title")
    if index >= body.stop:
        return Verdict("other", "structure.after_article")
    if index < body.start and (title is None or index < title):
        return Verdict("navigation", "structure.before_article")
    if index < first:
        return Verdict("deck", "structure.deck") if words(text) >= 6 else Verdict("furniture", "structure.header")
    if _BULLET_HEADING.match(text) and words(text) <= _TITLE_WORDS.stop:
        return Verdict("subheading", "structure.bullet_heading")
    if prose[index]:
        return Verdict("body", "structure.prose")
    return _short(index, blocks, judged, prose, body)


def _short(
    index: int, blocks: Sequence[Block], judged: Sequence[Verdict | None], prose: Sequence[bool], body: range
) -> Verdict:
    """The verdict on a short block between two paragraphs of the article."""
    before = _nearest(prose, range(index - 1, body.start - 1, -1))
    after = _nearest(prose, range(index + 1, body.stop))
    if before is not None and after is not None and goes_on(blocks[before].text, blocks[after].text):
        return Verdict("furniture", "structure.interrupts")
    following = _nearest([verdict is None for verdict in judged[index + 1 : index + 1 + _NEARBY]], range(_NEARBY))
    is_above_prose = following is not None and index + 1 + following in body and prose[index + 1 + following]
    if is_above_prose and _ENDS.search(blocks[index].text) is None:
        return Verdict("subheading", "structure.subheading")
    return Verdict("body", "structure.short")


def _nearest(flags: Sequence[bool], places: range) -> int | None:
    """The first of the places that is flagged, within reach: page furniture between two paragraphs is short."""
    return next((at for at in places[:_NEARBY] if at < len(flags) and flags[at]), None)


def _extend_sections(
    verdicts: list[Verdict],
    judged: Sequence[Verdict | None],
    prose: Sequence[bool],
    body: range,
) -> None:
    """Give the short blocks after a heading such as "Related Posts" its role, inside the article and after it."""
    heading: Verdict | None = None
    for index, verdict in enumerate(judged):
        if verdict is not None:
            heading = verdict if verdict.is_heading else heading
        elif heading is not None:
            if index in body and prose[index]:
                heading = None
            elif index >= body.start:
                verdicts[index] = Verdict(heading.role, f"{heading.rule_id}.after")
