"""On which side of its writing a date lies, by the verb that governs it."""

from __future__ import annotations

from collections.abc import Iterator

from kcpipe.intervals import Direction
from kcpipe.syntax import Sentence, Token

# What is expected, planned, due, lies ahead of the verb's own time.
AHEAD = frozenset(
    "expect plan schedule set slate due intend aim hope prepare agree promise pledge vow propose decide go want seek "
    "likely unlikely ready about poise forecast project".split()
)
_AHEAD_MODALS = frozenset(("will", "shall", "'ll", "’ll", "wo", "may", "might", "must", "can", "should"))
_CONDITIONS = frozenset(("if", "unless", "once", "until"))
_PERFECT = frozenset(("have", "'ve", "’ve"))
_SPEECH = frozenset(
    "say tell announce declare confirm report add warn predict promise vow pledge insist claim hint rule".split()
)
_STATES = frozenset("be have say tell show fall mark date contain include mean suggest know think believe".split())
"""Verbs whose present tense tells no plan: "it is Wednesday's second loss", "the holiday falls on Friday"."""
_PUT_OFF = frozenset("postpone delay defer extend adjourn suspend push move reschedule give allow grant".split())
_CALLED = frozenset("call announce arrange order convene fix summon declare book".split())
_SINGULAR = ("NN", "NNP")
_UNTIL = frozenset(("until", "till", "through", "to"))
_BEFORE = frozenset(("ahead", "until", "till", "through"))
_AFTER = frozenset(("after", "since", "following", "follow"))


def governors(sentence: Sentence, start: int, end: int) -> Iterator[Token]:
    """The tokens above the expression [start, end), nearest first; offsets as in the tokens."""
    inside = sentence.touching(start, end)
    numbers = {token.number for token in inside}
    top = next((token for token in inside if token.head == token.number or token.head not in numbers), None)
    if top is not None:
        yield from sentence.ancestors(top)


def governing_verb(sentence: Sentence, start: int, end: int) -> Token | None:
    """The nearest verb above the expression; None when there is none."""
    return next((token for token in governors(sentence, start, end) if _is_verb(sentence, token)), None)


def direction(sentence: Sentence, start: int, end: int) -> Direction:
    """past, future, or either when the tense does not tell (present, a headline, no verb)."""
    verb = governing_verb(sentence, start, end)
    return "either" if verb is None else _of_verb(sentence, verb)


def is_appointed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether it is the day for which something was called, or until which it was put off, in the past.

    "Called a rally for Saturday", "postponed until Wednesday": the day lies ahead although the verb is past.
    """
    preposition = next(governors(sentence, start, end), None)
    verb = governing_verb(sentence, start, end)
    if preposition is None or verb is None:
        return False
    if preposition.lemma == "for":
        return verb.lemma in _CALLED
    return preposition.lemma in _UNTIL and preposition.head == verb.number and verb.lemma in _PUT_OFF


def presumption(sentence: Sentence, start: int, end: int) -> Direction:
    """Where the tense does not tell: what is presumed of a near day, a weekday or a date without a year, in a report.

    "The summit opens Thursday", "is meeting on Saturday", "said it would reopen Thursday" lie ahead, the days of
    "after Sunday's vote" and "until Sunday" on the side that the preposition says.
    """
    above = list(governors(sentence, start, end))
    number = next((number for number, token in enumerate(above) if _is_verb(sentence, token)), None)
    if number is None:
        tags = {token.tag for token in sentence.tokens}
        return "past" if "VBD" in tags and not tags & {"VBZ", "VBP", "MD"} else "either"
    between, verb = above[:number], above[number]
    words = {word.lemma for word in between}
    if words & _AFTER or verb.lemma == "follow":
        return "past"
    if words & _BEFORE:
        return "future"
    if sentence.role != "body":  # captions and headlines tell the past in the present tense
        return "either"
    is_present = verb.tag in ("VBZ", "VBP")
    if is_present and words & AHEAD:  # "is due back on Saturday"
        return "future"
    if any(word.part_of_speech in ("NOUN", "PROPN", "ADJ") for word in between):
        return "either"
    helpers = _helpers(sentence, verb)
    lemmas = {helper.lemma for helper in helpers}
    if "could" in lemmas:  # "could be signed on Friday", but "could not be reached on Friday"
        return "past" if sentence.child(verb, "neg") else "future"
    if "would" in lemmas:
        return "future" if any(token.lemma in _SPEECH for token in sentence.ancestors(verb)) else "either"
    if verb.lemma == "be" and is_present and all(word.part_of_speech == "ADP" for word in between):
        return "future"  # "the deadline is Monday"
    is_progressive = verb.tag == "VBG" and any(helper.tag in ("VBZ", "VBP") for helper in helpers)
    is_plan = is_present and not helpers and verb.lemma not in _STATES
    return "future" if is_progressive or is_plan else "either"


def _helpers(sentence: Sentence, verb: Token) -> list[Token]:
    return sentence.children(verb, "aux", "auxpass")


def _is_conditional(sentence: Sentence, token: Token) -> bool:
    """Whether it heads a clause with "if": its present tense lies ahead."""
    return any(child.lemma in _CONDITIONS for child in sentence.children(token, "mark"))


def _is_verb(sentence: Sentence, token: Token) -> bool:
    """Whether a token is a verb, by its tag or because it heads a clause with "if"."""
    return token.is_verb or token.tag == "MD" or _is_conditional(sentence, token)


def _of_verb(sentence: Sentence, verb: Token) -> Direction:
    helpers = _helpers(sentence, verb)
    lemmas = {helper.lemma for helper in helpers}
    tags = {helper.tag for helper in helpers}
    is_perfect = bool(lemmas & _PERFECT) and verb.tag in ("VBN", "VBG", "VBD")
    if is_perfect or "VBD" in tags or (verb.tag == "VBD" and not helpers):
        # "was expected on Friday", "had planned for May": ahead of then, not of now.
        return "either" if verb.lemma in AHEAD and verb.tag != "VBD" else "past"
    if "MD" in tags:
        return "future" if lemmas & _AHEAD_MODALS else "either"
    if "TO" in tags:
        return _of_infinitive(sentence, verb)
    if helpers or verb.tag in ("VBZ", "VBP", "NNS", "NN"):
        return "future" if verb.lemma in AHEAD or _is_conditional(sentence, verb) else "either"
    return _of_bare_form(sentence, verb)


def _above(sentence: Sentence, token: Token) -> Direction:
    """The direction of the next verb above."""
    verb = next((above for above in sentence.ancestors(token) if _is_verb(sentence, above)), None)
    return "either" if verb is None else _of_verb(sentence, verb)


def _of_infinitive(sentence: Sentence, verb: Token) -> Direction:
    above = _above(sentence, verb)
    if verb.dependency == "advcl":  # "met to talk": the purpose shares the time
        return above
    head = sentence.head(verb)
    if above == "past" or head is None:  # "agreed to meet on Friday": ahead of then
        return "either"
    return "future" if above == "future" or head.lemma in AHEAD else "either"


def _of_bare_form(sentence: Sentence, verb: Token) -> Direction:
    """A participle, a second verb without an auxiliary of its own, a past tense taken for a bare form ("retook")."""
    if verb.dependency == "conj" or verb.tag == "VBG":
        return _above(sentence, verb)
    if verb.tag == "VB":
        subject = sentence.child(verb, "nsubj")
        if subject is None or verb.dependency != "ROOT":
            return _above(sentence, verb)
        return "past" if subject.tag in _SINGULAR else "either"  # "voters go", "the army retook"
    if verb.tag in ("VBN", "VBD"):  # "a conference held in May", "scheduled for Friday"
        return "future" if verb.lemma in AHEAD else "past"
    return "either"
