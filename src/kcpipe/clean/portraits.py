"""What the end of an article's text tells of its author ("Ann Lee is a reporter in Seoul."): no part of the text, no
more than the byline is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from kcpipe.clean.bylines import names_of
from kcpipe.clean.lines import Block
from kcpipe.clean.rules import Rules, Verdict, key
from kcpipe.clean.titles import words

_END_WORDS = 60
"""So few words may stand behind a portrait: what stands higher tells of somebody in the article."""
_HEAD_WORDS, _BELOW = 40, 4
"""What stands below a byline tells of its author in a few words; the date may stand below both."""
_VERB_WITHIN = 4
_HEADING_WORDS = 8
_MARKS = "*—–-_ "


def portraits(
    blocks: Sequence[Block], judged: Sequence[Verdict | None], kept: Sequence[bool], rules: Rules
) -> Iterator[int]:
    """The indices of the kept blocks at the end of the text that tell of somebody whom a byline names, with the
    headings above them; and of those, kept or not, right below such a byline, or below a name beside a date.

    judged: what is known of each block by its words alone.
    """
    named = {
        index: [key(name.value) for name in names_of(block.text, 0, rules)]
        for index, (block, verdict) in enumerate(zip(blocks, judged, strict=True))
        if verdict is not None and verdict.role == "byline"
    }
    bylines = [name for names in named.values() for name in names]
    for index in range(1, len(blocks)):
        if judged[index] is None and words(blocks[index].text) <= _HEAD_WORDS:
            above = [*named.get(index - 1, []), *named.get(index - 2, [])]
            above += [key(blocks[index - 1].text)] * _is_beside_date(index - 1, judged)
            if any(_tells_of(name, blocks[index].text, rules.portrait_verbs | rules.reporting_verbs) for name in above):
                yield index
    behind = 0
    for index in reversed([index for index, is_kept in enumerate(kept) if is_kept]):
        if behind > _END_WORDS or index == 0:
            return
        if any(_tells_of(name, blocks[index].text, rules.portrait_verbs) for name in bylines):
            yield index
            if kept[index - 1] and words(blocks[index - 1].text) <= _HEADING_WORDS:
                yield index - 1
        else:
            behind += words(blocks[index].text)


def _is_beside_date(index: int, judged: Sequence[Verdict | None]) -> bool:
    """Whether one of the lines around a name, or around the text below it, is a date's."""
    nearby = judged[max(index - 2, 0) : index + _BELOW]
    return any(verdict is not None and verdict.rule_id.startswith("published.") for verdict in nearby)


def _tells_of(name: str, text: str, verbs: Set[str]) -> bool:
    """Whether a text begins with a name of two words or more, or with its first one, and one of the verbs soon
    follows."""
    parts = name.split()
    opening = [key(word) for word in text.lstrip(_MARKS)[:120].split()]
    if not 1 < len(parts) <= _VERB_WITHIN or opening[:1] != parts[:1]:
        return False
    length = len(parts) if opening[: len(parts)] == parts else 1
    return not verbs.isdisjoint(opening[length : length + _VERB_WITHIN])
