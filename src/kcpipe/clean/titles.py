"""Which block of a page names its article: features of every block around its beginning, weighed.

The weights are those of a conditional logit (which of the candidates is the title), learned by
`benchmarks/train_titles.py`; they lie in `boilerplate.toml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log2

from kcpipe.clean.bylines import MAX_META, is_body
from kcpipe.clean.lines import Block, folded, goes_on
from kcpipe.clean.rules import Rules, Verdict, key

_BEFORE, _AFTER = 40, 20
"""Blocks before the first kept one, and behind it, among which the title is looked for."""
_WORDS = range(2, 36)
_OPENING_WORDS = 6
"""Menus hold shorter entries: the first longer line of a page is often its headline."""
_DECK_WORDS = range(8, 61)
_LONG_TITLE = 9
_LEAST_TITLE, _LONGER, _FEW_CAPITALS = 4, 1.5, 0.25
"""A deck without a full stop is by so much longer than its title, which a kicker has too few words to be."""
_MOST = 3.0
"""Bits that a word's frequency in the article counts for at most."""
_NEAR, _FAR = 3, 7
"""Blocks below a title in which its byline or date stands."""
_CUTTING = {"advertisement", "furniture", "navigation", "related", "caption"}
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_NUMBERED = re.compile(r"\W{0,2}\d{1,2}[.):]\s")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MASTHEAD = re.compile(r"\s{1,3}(?P<mark>[|–—-])\s{1,3}(?P<name>[^|–—]{2,45}?)\s{0,3}$")
_LEAST_BEFORE_MASTHEAD = 3
_NO_TITLE = Verdict("byline", "title.none")
"""Who translated or speaks stands below a title, as the author does."""
SENTENCE_ENDS = (".", "!", "?", '."', ".”", ".’", ".)")


def masthead(text: str, rules: Rules) -> re.Match[str] | None:
    """The outlet's name behind a headline, as a page's tab shows it: "... open relations | The Daily Ledger"; its group
    is `name`. Without a bar it must be a known outlet."""
    match = _MASTHEAD.search(text)
    if match is None or words(folded(text[: match.start()])) < _LEAST_BEFORE_MASTHEAD:
        return None
    is_outlet = rules.outlet(match["name"]) is not None or (match["mark"] == "|" and is_body(match["name"], rules))
    return match if is_outlet else None


def words(text: str) -> int:
    """How many words a folded text has; scripts without spaces count two characters as one."""
    spaced = text.count(" ") + 1 if text else 0
    return spaced if text.isascii() else max(spaced, len(_WIDE.findall(text)) // 2)


def find_title(
    blocks: Sequence[Block], judged: Sequence[Verdict | None], prose: Sequence[bool], body: range, rules: Rules
) -> int | None:
    """The index of the block that names the article; None when no block reads so.

    judged: the verdicts of phrases and patterns. prose: which blocks are kept sentences. body: from the first kept
    block to the last.
    """
    weights = rules.title_weights
    best, best_score = None, weights["minimum"]
    told = [
        _NO_TITLE if verdict is None and rules.no_title.regex.search(block.text) else verdict
        for block, verdict in zip(blocks, judged, strict=True)
    ]
    for index, features in candidates(blocks, told, prose, body):
        score = sum(weights[name] * value for name, value in features.items())
        if score > best_score:
            best, best_score = index, score
    return best


def candidates(
    blocks: Sequence[Block], judged: Sequence[Verdict | None], prose: Sequence[bool], body: range
) -> Iterator[tuple[int, Mapping[str, float]]]:
    """The blocks that may be the title, each with what speaks for it or against it; numbers from 0 to about 1."""
    if not body:
        return
    start = max(body.start - _BEFORE, 0)
    # Behind the title an article must be left.
    stop = min(body.start + _AFTER, max(index for index in body if prose[index]))
    vocabulary = Counter(content_words("\n".join(blocks[index].text for index in body)))
    first = next(index for index in body if prose[index])
    opening_words = set(content_words(blocks[first].text))
    crumbs = [
        key(blocks[index].text)
        for index, verdict in enumerate(judged[:stop])
        if verdict is not None and verdict.rule_id == "pattern.breadcrumb"
    ]
    opening = next((at for at in range(stop) if judged[at] is None and words(blocks[at].text) >= _OPENING_WORDS), None)
    prose_before = 0
    for index in range(start, stop):
        text = blocks[index].text
        count = words(text) if len(text) <= MAX_META or prose[index] else 0
        if judged[index] is None and count in _WORDS and len(text) <= MAX_META and not _is_cut(index, blocks, judged):
            found = content_words(text)
            own = Counter(found) if index in body else Counter[str]()
            many = max(len(found), 1)
            below = [verdict.role if verdict is not None else "" for verdict in judged[index + 1 : index + 1 + _FAR]]
            dated = [role in ("byline", "dateline") for role in below]
            yield (
                index,
                {
                    "shared": sum(min(log2(1 + vocabulary[word] - own[word]), _MOST) for word in found) / many / _MOST,
                    "in_first_paragraph": sum(word in opening_words for word in found) / many,
                    "length": min(count, _LONG_TITLE) / _LONG_TITLE,
                    "two_words": count == _WORDS.start,
                    "full_stop": text.endswith(".") and index != opening,
                    "colon": text.endswith(":"),
                    "numbered": _NUMBERED.match(text) is not None,
                    "parts": "|" in text or " - " in text,
                    "capitals": _capitals(text),
                    "crumb": any(crumb.endswith(key(text)) for crumb in crumbs),
                    "opening": index == opening,
                    "share_below": index == opening and key(blocks[index + 1].text).startswith("share"),
                    "byline_near": any(dated[:_NEAR]),
                    "byline_below": any(dated),
                    "deck_below": any(
                        judged[at] is None and _is_deck(text, blocks[at].text)
                        for at in range(index + 1, min(index + 1 + _NEAR, len(blocks)))
                    ),
                    "deck": index > 0 and judged[index - 1] is None and _is_deck(blocks[index - 1].text, text),
                    "before": max(body.start - index, 0) / _BEFORE,
                    "kept": index in body,
                    "prose_before": prose_before / _AFTER,
                },
            )
        prose_before += count * prose[index]


def _is_cut(index: int, blocks: Sequence[Block], judged: Sequence[Verdict | None]) -> bool:
    """Whether an advertisement parts the text from the rest of its sentence."""
    after = index + 1
    while after < len(blocks) and (verdict := judged[after]) is not None and verdict.role in _CUTTING:
        after += 1
    if not index + 1 < after < len(blocks) or words(blocks[after].text) < _OPENING_WORDS:
        return False
    return goes_on(blocks[index].text, blocks[after].text)


def content_words(text: str) -> list[str]:
    """The longer words, in lower case."""
    return _CONTENT.findall(text.casefold())


def _capitals(text: str) -> float:
    """The share of longer words with a capital."""
    longer = [word for word in text.split() if len(word) > 3]
    return sum(word[0].isupper() for word in longer) / max(len(longer), 1)


def _is_deck(title: str, text: str) -> bool:
    """Whether a text may be the deck under a title: a sentence where the title is none, or as long as one and written
    like it, with small letters."""
    if title.endswith(".") or words(text) not in _DECK_WORDS:
        return False
    is_longer = words(title) >= _LEAST_TITLE and words(text) >= _LONGER * words(title)
    return text.endswith(SENTENCE_ENDS) or (is_longer and _capitals(text) <= _FEW_CAPITALS)
