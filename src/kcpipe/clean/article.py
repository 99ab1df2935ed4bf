"""Which blocks are the article, and what each other block is.

Every block is judged twice. A phrase or pattern of the data files says what it is, where one fits: that verdict stands.
For the others the line model says how much they read as the article of their page, and as much is kept as gives
the greatest expected F1. The title stands in or before what is kept; rules by place then tell body, deck and subheading
apart, drop what is printed twice, and close the gap where page furniture cut a sentence in two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from kcpipe.clean.apart import apart
from kcpipe.clean.bylines import MAX_META, byline, date_in_company, date_line
from kcpipe.clean.characters import Floats
from kcpipe.clean.lines import Block, goes_on, is_unfinished
from kcpipe.clean.model import chosen
from kcpipe.clean.portraits import portraits
from kcpipe.clean.rules import Pattern, Rules, Verdict, key
from kcpipe.clean.teasers import teasers
from kcpipe.clean.threads import commented
from kcpipe.clean.titles import find_title, words

KEPT_ROLES = frozenset({"title", "deck", "subheading", "body", "caption"})
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"""[.!?…。！？]["'”’»)\]]*(?=\s|$)""")
_BULLET_HEADING = re.compile(r"[●■▲◆▶◇○□◎★☆▼►◈]")
_ENDS = re.compile(r"""[.!?…。！？]["'”’»)\]]*$""")

_YEAR = "pattern.year"
_DAYS = ("published.", _YEAR)
_COMMENT = Verdict("comments", "structure.thread")
_TEASER = Verdict("related", "structure.teaser")
_PORTRAIT = Verdict("furniture", "structure.portrait")
_DATED = Verdict("dateline", "published.beside")
_SIGNATURES = ("byline", "dateline")
"""Among comments they are those of the comments."""
_CREDITS = ("publisher.source", "publisher.report")
"""Rules of lines that credit a known outlet and are therefore no text: "Published in The Korea Herald on May 5"."""
_ADDRESS = ("http://", "https://", "www.")
_TITLE_WORDS = range(3, 36)
_NEARBY = 12
_PROSE_WORDS = 7
_DECK_WORDS = 6
_TELLING_WORDS = 4
"""Fewer words may stand twice in one article: Pros, Cons, Pros, Cons."""
_BESIDE = 3
"""Blocks within which a short line stands twice by mistake: the caption of a picture that is shown in two sizes."""
_HEADING_WORDS = 7
_HEADER, _BELOW, _TAIL = 4, 8, 8
"""Blocks before the title, behind the first sentence and behind the last in which a byline or a date still belongs to
the article."""


@dataclass(frozen=True, slots=True)
class Article:
    """The verdict on every block, and the borders between which the page speaks of this article."""

    verdicts: tuple[Verdict, ...]
    title: int | None
    """Index of the title's block."""
    header: range
    """Blocks around the title up to just behind the first paragraph, which may stand above the byline."""
    body: range
    """From the first paragraph to the last, furniture between them included."""
    tail: range
    """Blocks right after the last paragraph, up to a heading such as "Related Posts"."""
    others: frozenset[int]
    """Blocks below the text whose nearest heading above is one of other articles."""


def is_prose(text: str, rules: Rules) -> bool:
    """Whether a folded text reads as a sentence rather than as a menu entry, a heading or a list of names."""
    count = words(text)
    if count < _PROSE_WORDS:
        return False
    if _ENDS.search(text):
        return True
    tokens = [token.casefold() for token in _WORD.findall(text)]
    share = sum(token in rules.prose_words for token in tokens) / max(len(tokens), 1)
    return count >= 20 and (share >= 0.2 or bool(_SENTENCE_END.search(text)))


class Sorted(NamedTuple):
    """What the rules and the model say of the blocks of a page, before its title is known."""

    judged: Sequence[Verdict | None]
    """By phrases and patterns."""
    prose: Sequence[bool]
    """Reads as a sentence."""
    kept: Sequence[bool]
    body: range
    """From the first kept block to the last."""

    @property
    def told(self) -> list[bool]:
        """The sentences that are kept."""
        return [is_kept and is_text for is_kept, is_text in zip(self.kept, self.prose, strict=True)]


def sort_blocks(blocks: Sequence[Block], known: Sequence[Verdict | None], rules: Rules, log_odds: Floats) -> Sorted:
    """Which blocks are known for what they are, and which of the others are kept.

    known: what the phrases and patterns say of each block (`Rules.judge`); log_odds: of each block, by the line model,
    that it is the article's.
    """
    judged = [_judge(block, verdict, rules) for block, verdict in zip(blocks, known, strict=True)]
    for index in list(commented(blocks, judged, rules)):
        verdict = judged[index]
        if verdict is None or verdict.role in _SIGNATURES:
            judged[index] = _COMMENT
    for index in list(teasers(blocks, judged, rules)):
        judged[index] = judged[index] or _TEASER
    for index, verdict in apart(blocks, judged, rules).items():
        judged[index] = judged[index] or verdict
    prose = [verdict is None and is_prose(block.text, rules) for block, verdict in zip(blocks, judged, strict=True)]
    kept = _kept(blocks, judged, prose, log_odds)
    for index in list(portraits(blocks, judged, kept, rules)):
        judged[index], kept[index] = _PORTRAIT, False
    found = Sorted(judged, prose, kept, _body(kept, prose))
    if blocks and not any(found.told) and _is_bare_text(blocks, judged):
        return Sorted(judged, [True] * len(blocks), [True] * len(blocks), range(len(blocks)))
    return found


def analyse(
    blocks: Sequence[Block],
    known: Sequence[Verdict | None],
    rules: Rules,
    log_odds: Floats,
    marked_title: int | None = None,
) -> Article:
    """The article of a page: a verdict for every block.

    known: what the phrases and patterns say of each block (`Rules.judge`); log_odds: of each block, by the line model,
    that it is the article's. marked_title: where a title begins that the text marks as such, in the blocks' frame.
    """
    found = sort_blocks(blocks, known, rules, log_odds)
    judged, prose, kept, body = found
    title = _at(marked_title, blocks)
    if title is None or 2 * sum(found.told[:title]) >= sum(found.told[title + 1 :]):
        title = find_title(blocks, judged, found.told, body, rules)
    if title is not None and title in body:
        body = range(title + 1, body.stop)
    first = next((at for at in body if kept[at] and prose[at] and _ENDS.search(blocks[at].text)), body.start)
    header = range(max((first if title is None else title) - _HEADER, 0), min(first + _BELOW, max(body.stop, first)))
    title_key = "" if title is None else key(blocks[title].text)
    page = _Page(blocks, judged, prose, kept, body, title, first, title_key, _chronology(found, body, first))
    verdicts = [
        _structural(index, page) if verdict is None or index in page.chronology else verdict
        for index, verdict in enumerate(judged)
    ]
    if title is not None:
        verdicts[title] = Verdict("title", "structure.title")
    for index, verdict in enumerate(verdicts):
        if verdict.role == "deck" and date_in_company(blocks[index].text, rules):
            verdicts[index] = _DATED
    _extend_sections(verdicts, page)
    tail, others = _tail(blocks, judged, body), _others(verdicts, body)
    return Article(tuple(verdicts), title, header, range(first, body.stop), tail, others)


def _at(place: int | None, blocks: Sequence[Block]) -> int | None:
    """The index of the block that holds a place of the text."""
    if place is None:
        return None
    holds = (index for index, block in enumerate(blocks) if block.lines[0].start <= place < block.lines[-1].end)
    return next(holds, None)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of a page before its blocks get their roles."""

    blocks: Sequence[Block]
    judged: Sequence[Verdict | None]
    prose: Sequence[bool]
    kept: Sequence[bool]
    body: range
    title: int | None
    first: int
    title_key: str
    chronology: frozenset[int]
    """Headings that are dates."""


def _kept(
    blocks: Sequence[Block], judged: Sequence[Verdict | None], prose: Sequence[bool], log_odds: Floats
) -> list[bool]:
    """Which blocks the model keeps, without paragraphs that stand a second time, with the rest of cut sentences."""
    kept = chosen(log_odds, [words(block.text) for block in blocks])
    seen: dict[str, int] = {}
    for index, block in enumerate(blocks):
        if judged[index] is not None:
            kept[index] = False
        elif kept[index] and words(block.text) >= _TELLING_WORDS:
            # The entry of a list may stand again as the heading of a section.
            is_told = block.text in seen and (prose[index] or index - seen[block.text] <= _BESIDE)
            kept[index] = not is_told
            seen[block.text] = index
    copies = Counter(block.text for block in blocks)
    is_furniture = [
        verdict is not None or copies[block.text] > 1 for block, verdict in zip(blocks, judged, strict=True)
    ]
    for index in range(len(blocks)):
        rest = _rest(index, blocks, prose, is_furniture) if kept[index] else None
        if rest is not None:
            kept[index + 1 : rest] = [False] * (rest - index - 1)
            kept[rest] = True
    for index in chain.from_iterable(_gaps(kept.copy(), judged, prose)):
        kept[index] = blocks[index].text not in seen
    told = max((index for index, is_kept in enumerate(kept) if is_kept and prose[index]), default=len(blocks))
    scraps = (index for index in range(told, len(blocks)) if not kept[index] and _ends_run(judged[index]))
    end = next(scraps, len(blocks))
    kept[end:] = [False] * (len(blocks) - end)  # scraps behind the last paragraph's run
    last = max((index for index, is_kept in enumerate(kept) if is_kept), default=0)
    if last and kept[last - 1] and prose[last - 1] and _is_heading(blocks[last].text):
        # A heading with nothing under it is a tag, or the name of what follows the article.
        kept[last] = False
    return kept


def _ends_run(verdict: Verdict | None) -> bool:
    """Whether the last run of blocks ends at one that is not kept: by the model, or as a heading of other articles."""
    return verdict is None or verdict.is_heading


def _is_bare_text(blocks: Sequence[Block], judged: Sequence[Verdict | None]) -> bool:
    """Whether a record is no page but a few sentences: the model, which learnt on pages, may take them for scraps."""
    return all(
        verdict is None and words(block.text) >= _TELLING_WORDS and _ENDS.search(block.text) is not None
        for block, verdict in zip(blocks, judged, strict=True)
    )


def _is_heading(text: str) -> bool:
    return words(text) <= _HEADING_WORDS and _ENDS.search(text) is None


def _gaps(kept: Sequence[bool], judged: Sequence[Verdict | None], prose: Sequence[bool]) -> Iterator[list[int]]:
    """What the model doubts between two kept sentences, where most of it are sentences and none known for furniture.

    Nothing is dropped for its topic, and a long article wearies the model. (Measured over sites: less is lost, and the
    word F1 rises; to let the text run on behind the last kept sentence in the same way costs more than it brings.)
    """
    told = [index for index, is_kept in enumerate(kept) if is_kept and prose[index]]
    for before, after in pairwise(told):
        gap = [index for index in range(before + 1, after) if not kept[index]]
        is_known = any(judged[index] is not None for index in gap)
        if not is_known and 3 * sum(prose[index] for index in gap) >= 2 * len(gap):
            yield gap


def _rest(index: int, blocks: Sequence[Block], prose: Sequence[bool], is_furniture: Sequence[bool]) -> int | None:
    """Where the sentence goes on that this paragraph leaves unfinished: the next prose, when that reads on.

    is_furniture: known for it, or standing more than once, as the heads of pages do. A line that does not read as a
    sentence is one only where nothing else stands between; other lines between must be short.
    """
    if not is_unfinished(blocks[index].text):
        return None
    for at in range(index + 1, min(index + 1 + _NEARBY, len(blocks))):
        if prose[at]:
            return at if goes_on(blocks[index].text, blocks[at].text) else None
        if not is_furniture[at] and (not prose[index] or words(blocks[at].text) >= _PROSE_WORDS):
            return None
    return None


def _body(kept: Sequence[bool], prose: Sequence[bool]) -> range:
    """From the first block that is kept to the last, where one of them is prose."""
    places = [index for index, is_kept in enumerate(kept) if is_kept]
    if not any(prose[index] for index in places):
        return range(0)
    return range(places[0], places[-1] + 1)


def _judge(block: Block, known: Verdict | None, rules: Rules) -> Verdict | None:
    """What a block's words alone say it is: furniture, a byline, a date line."""
    if known is not None:
        return known
    if block.text.startswith(_ADDRESS) and all(word.startswith(_ADDRESS) for word in block.text.split(" ")):
        return Verdict("furniture", "structure.addresses")
    if len(block.lines) > 1 or len(block.text) > MAX_META:
        return None
    author = byline(block.text, rules)
    if author is not None:
        return Verdict("byline", author.rule_id)
    dated = date_line(block.text, rules)
    if dated is not None:
        return Verdict("dateline", dated.rule_id)
    if any(_names_outlet(block.text, pattern, rules) for pattern in rules.publishers if pattern.rule_id in _CREDITS):
        return Verdict("credit", "publisher.credit")
    address = next((pattern for pattern in rules.urls if pattern.regex.search(block.text)), None)
    return None if address is None else Verdict("furniture", address.rule_id)


def _names_outlet(text: str, pattern: Pattern, rules: Rules) -> bool:
    match = pattern.regex.search(text) if rules.any_publisher.fits(text) else None
    return match is not None and rules.outlet(match["name"]) is not None


def _tail(blocks: Sequence[Block], judged: Sequence[Verdict | None], body: range) -> range:
    """What follows the last paragraph, up to a heading such as "Related Posts" or the teaser of another article."""
    stop = min(body.stop + _TAIL, len(judged))
    for index in range(body.stop, stop):
        verdict = judged[index]
        if verdict.is_heading if verdict is not None else words(blocks[index].text) >= 4:
            return range(body.stop, index)
    return range(body.stop, stop)


def _structural(index: int, page: _Page) -> Verdict:
    """The verdict on a block that no phrase or pattern knows, by the model and by where it stands."""
    text, title = page.blocks[index].text, page.title
    if title is not None and index != title and len(text) < MAX_META and key(text) == page.title_key:
        return Verdict("furniture", "structure.repeated_title")
    if index in page.chronology:
        return Verdict("subheading", "structure.chronology")
    if page.kept[index] and index in page.body:
        return _kept_role(index, page)
    if index >= page.body.stop:
        return Verdict("other", "model.after_article")
    if index < page.first and title is not None and index > title:
        if _is_cut(index, page):
            return Verdict("body", "model.body")
        is_deck = words(text) >= _DECK_WORDS
        return Verdict("deck", "structure.deck") if is_deck else Verdict("furniture", "model.header")
    if index < page.body.start:
        return Verdict("navigation", "model.before_article")
    return Verdict("furniture", "model.inside_article")


def _others(verdicts: Sequence[Verdict], body: range) -> frozenset[int]:
    """The blocks under the headings of other articles."""
    heading, found = "", set[int]()
    for index in range(body.stop, len(verdicts)):
        heading = verdicts[index].role if verdicts[index].is_heading else heading
        if heading == "related":
            found.add(index)
    return frozenset(found)


def _chronology(page: Sorted, body: range, first: int) -> frozenset[int]:
    """The headings of a chronology, which are no lines about the page: dates between two paragraphs, or several years
    above text that is kept. A lone date right below the first paragraph, which may be a deck, is the page's, if none
    stands above it.

    first: the index of the first paragraph.
    """
    above = [
        (index, verdict.rule_id)
        for index, verdict in enumerate(page.judged[: max(body.stop - 1, 0)])
        if verdict is not None and page.kept[index + 1] and _is_day(verdict)
    ]
    years = [index for index, rule_id in above if rule_id == _YEAR]
    days = [index for index, _ in above if first < index and page.kept[index - 1] and page.prose[index + 1]]
    if days == [first + 1] and not any(verdict is not None and _is_day(verdict) for verdict in page.judged[:first]):
        days = []
    return frozenset([*days, *(years if len(years) > 1 else [])])


def _is_day(verdict: Verdict) -> bool:
    return verdict.rule_id.startswith(_DAYS)


def _kept_role(index: int, page: _Page) -> Verdict:
    text = page.blocks[index].text
    if _BULLET_HEADING.match(text) and words(text) <= _TITLE_WORDS.stop:
        return Verdict("subheading", "structure.bullet_heading")
    is_cut = _is_cut(index, page)
    if index < page.first and not is_cut:
        return Verdict("deck", "structure.deck")
    if page.prose[index]:
        return Verdict("body", "model.body")
    following = _next_kept(index, page)
    if following is not None and page.prose[following] and not is_cut and _ENDS.search(text) is None:
        return Verdict("subheading", "structure.subheading")
    return Verdict("body", "model.short")


def _next_kept(index: int, page: _Page) -> int | None:
    nearby = range(index + 1, min(index + 1 + _NEARBY, page.body.stop))
    return next((at for at in nearby if page.kept[at]), None)


def _is_cut(index: int, page: _Page) -> bool:
    """Whether what is kept next goes on with the sentence that a block begins."""
    following = _next_kept(index, page)
    return following is not None and goes_on(page.blocks[index].text, page.blocks[following].text)


def _extend_sections(verdicts: list[Verdict], page: _Page) -> None:
    """Give the blocks after a heading such as "Related Posts" its role, as long as nothing is kept."""
    heading: Verdict | None = None
    for index, verdict in enumerate(page.judged):
        if verdict is not None:
            heading = verdict if verdict.is_heading else heading
        elif page.kept[index] and index in page.body:
            heading = None
        elif heading is not None and index >= page.body.start and verdicts[index].role not in KEPT_ROLES:
            verdicts[index] = Verdict(heading.role, f"{heading.rule_id}.after")
