"""Whether a verb itself says of a date that it has been or is to come: firm enough to bound the day of the writing.

`tense` finds the side on which a date most likely lies, by the next verb above it. That is not enough here: in "you may
remember the testimony in October 2021" and "announced a summit on 12 May" the date belongs to a noun, and its side is
not told. A date is asserted only where it is the verb's own, and the verb is a plain past or a plain future.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kcpipe.dates.tense import AHEAD
from kcpipe.syntax import Token

Side = Literal["past", "future"]

_WILL = frozenset(("will", "shall", "'ll", "’ll", "wo"))
_HAVE = frozenset(("have", "'ve", "’ve"))
_OCCASION = frozenset(("in", "at", "on", "during", "after", "following"))
"""Before what was done at a time: "in a briefing on the 15th"."""
_NO_TIME = frozenset(("for", "to", "into", "toward", "towards", "of", "than", "like", "as", "with", "about", "from"))
"""Before a date that tells something else than when: "updated for 2026", "up from 2023"."""
_CONDITIONS = frozenset(("if", "unless"))
_FAR = 40
"""Tokens before a verb among which its helpers stand."""


def asserted(tokens: Sequence[Token], governors: Sequence[int]) -> Side | None:
    """past or future when the verb that the expression depends on says so itself; else None.

    tokens: of one sentence, each at its number. governors: the numbers of those above the expression, nearest first.
    """
    above = list(governors)
    preposition = tokens[above.pop(0)].lemma if above and tokens[above[0]].dependency == "prep" else ""
    if preposition and len(above) > 2 and _is_occasion(tokens[above[0]], tokens[above[1]]):
        above = above[2:]
    if not above or not tokens[above[0]].tag.startswith("VB"):
        return None
    helpers = _helpers(tokens, above[0])
    if any(helper.lemma in _CONDITIONS for helper in helpers):
        return None
    verb = tokens[above[0]]
    if verb.lemma in AHEAD and verb.tag == "VBN" and _is_present(helpers):
        return "future" if preposition == "for" else None  # is scheduled for May; but a film is set in 1992
    if preposition in _NO_TIME:
        return None
    if any(helper.lemma in _WILL for helper in helpers):
        return "future"
    if any(helper.tag == "TO" for helper in helpers):
        return "future" if _is_planned(tokens, verb.head) else None
    return "past" if _is_past(verb, helpers) else None


def _is_occasion(noun: Token, preposition: Token) -> bool:
    """ "in a briefing on the 15th", "for the first time on the 15th": the date of the noun is that of the verb."""
    return noun.dependency == "pobj" and (preposition.lemma in _OCCASION or noun.lemma == "time")


def _helpers(tokens: Sequence[Token], verb: int) -> list[Token]:
    """Its auxiliaries and conjunctions, which stand before it; from no farther off, so that a monster stays linear."""
    before = tokens[max(verb - _FAR, 0) : verb]
    return [token for token in before if token.head == verb and token.dependency in ("aux", "auxpass", "mark")]


def _is_present(helpers: Sequence[Token]) -> bool:
    return any(helper.tag in ("VBZ", "VBP") for helper in helpers) and not any(h.lemma in _HAVE for h in helpers)


def _is_planned(tokens: Sequence[Token], number: int) -> bool:
    """ "plans to open", "is expected to open", "is due to open": planned now, not then."""
    plan = tokens[number]
    if plan.lemma not in AHEAD:
        return False
    if plan.tag in ("VBZ", "VBP"):
        return True
    return _is_present(_helpers(tokens, number)) if plan.tag == "VBN" else tokens[plan.head].tag in ("VBZ", "VBP")


def _is_past(verb: Token, helpers: Sequence[Token]) -> bool:
    tags = {helper.tag for helper in helpers}
    if "MD" in tags or (verb.lemma in AHEAD and verb.tag == "VBN"):
        return False
    if verb.tag == "VBD" or "VBD" in tags:
        return True
    return verb.tag == "VBN" and verb.dependency in ("acl", "relcl") and not helpers
