"""Which time expression dates an event: the one whose clause the event's word heads or shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kcpipe.events.factuality import Factuality
from kcpipe.events.patterns import Trigger
from kcpipe.events.syntax import PASSIVE_SUBJECTS, RELATIVE_TAGS, SUBJECTS, VERBAL, Sentence
from kcpipe.intervals import Span, parse
from kcpipe.syntax import Token

Time = Mapping[str, Any]


_PASSING = ("take", "occur", "happen", "come")


def is_dating(time: Time) -> bool:
    """Whether a row of time_drafts can date an event: a date, a time, a length counted from an event or of a period."""
    is_counted = time["symbolic_value"].startswith("event ") or "=" in time["symbolic_value"]
    return time["timex_type"] in ("DATE", "TIME") or (time["timex_type"] == "DURATION" and is_counted)


def is_clock(time: Time) -> bool:
    """Whether an expression names an hour of a day that it leaves to be understood: "at 6:40 p.m."."""
    return bool(time["symbolic_value"].removeprefix("then day+0 ").startswith("time="))


class _Hanging(NamedTuple):
    """A time expression in the tree: what it hangs on, from its head up to the first verb, and that verb."""

    time: Time
    path: Sequence[Token]
    verb: Token


def date_of(sentence: Sentence, trigger: Trigger, times: Sequence[Time], words: Factuality) -> Time | None:
    """The row of time_drafts that dates the trigger, None when the sentence gives it no date.

    times: the sentence's expressions that can (`is_dating`). A time dates an event when it hangs on the event's word
    or on its predicate; on a participle without a subject of its own ("..., exchanging notes on Wednesday"); on
    the occasion ("at a conference held in May", "Monday's raid, in which X killed Y"); when the clause says what was
    then ("in 1961, when X recognised Y"); on the verb that the predicate is joined to, when it opens the clause
    ("On Monday, X met Y and signed"); on a verb that only passes the event on ("began on Monday to"); or on the
    announcement by which it was done. The ways are tried in this order; of several times in one way the nearest
    is taken.
    """
    clause = _EventClause(sentence, trigger, words)
    hanging = [found for time in times if (found := _hang(sentence, time)) is not None]
    for dates in (
        clause.holds,
        clause.holds_by_participle,
        clause.holds_by_occasion,
        clause.happens_on_occasion,
        clause.says_what_was_then,
        clause.shares,
        clause.goes_with,
        clause.passes_on,
        clause.is_announced,
    ):
        fitting = [found for found in hanging if dates(found)]
        if fitting:
            return min(fitting, key=clause.distance).time
    return None


def time_of(sentence: Sentence, words: Sequence[Token], times: Sequence[Time]) -> Time | None:
    """The first time that hangs on one of the words, or on the verb that is one of them."""
    for time in times:
        found = _hang(sentence, time)
        if found is not None and any(word in found.path for word in words):
            return time
    return None


def is_point(time: Time) -> bool:
    """Whether an expression names one time, and not what begins or ends there: "in 1959", but not "since 1959"."""
    expression = parse(time["symbolic_value"])
    return len(expression) == 1 and isinstance(expression[0], Span) and expression[0].kind == "point"


class Adverbial(NamedTuple):
    """The verb of the clause that a time belongs to, and whether it is that verb's own: "met on Monday"."""

    verb: Token
    is_own: bool


def adverbial(sentence: Sentence, time: Time) -> Adverbial | None:
    """The clause that a time belongs to; not its verb's own is the time of "the meeting on Monday failed"."""
    found = _hang(sentence, time)
    if found is None:
        return None
    return Adverbial(found.verb, all(word.dependency == "prep" for word in found.path if word != found.verb))


def _hang(sentence: Sentence, time: Time) -> _Hanging | None:
    """Where a time hangs.

    A time that stands before "after", "when" or "that" cannot belong to the clause which that word opens, even
    where the parser hangs it there: "on the 14th, nine days after Cuba announced it, ties were established".
    """
    head = sentence.covering(time["char_start"], time["char_end"])
    path: list[Token] = []
    for ancestor in sentence.ancestors(head) if head is not None else ():
        is_verb = ancestor.part_of_speech in VERBAL
        marks = sentence.children(ancestor, "mark") if is_verb else ()
        if any(time["char_start"] < mark.start < ancestor.start for mark in marks):
            continue
        if is_verb and _is_of_reporting(sentence, ancestor, time):
            continue
        path.append(ancestor)
        if is_verb:
            return _Hanging(time, path, ancestor)
    return None


def _is_of_reporting(sentence: Sentence, verb: Token, time: Time) -> bool:
    """Whether a time stands between a reporting verb and what it reports: "said on Tuesday it would send"."""
    over = sentence.head(verb)
    doers = sentence.children(verb, *SUBJECTS, *PASSIVE_SUBJECTS)
    if verb.dependency != "ccomp" or over is None or not doers or not over.end < time["char_start"] < doers[0].start:
        return False
    before = sentence.text[over.end - sentence.start : time["char_start"] - sentence.start]
    return all(character.isalpha() or character.isspace() for character in before)  # not: said, “Last year it


@dataclass(frozen=True)
class _EventClause:
    """The clause of a trigger, and the ways in which a time can date it."""

    sentence: Sentence
    trigger: Trigger
    words: Factuality

    @property
    def _predicate(self) -> Token:
        return self.trigger.predicate

    def _class_of(self, word: Token) -> str | None:
        return self.words.governors.get(word.lemma)

    def distance(self, hanging: _Hanging) -> tuple[bool, int, int]:
        """What counts from another event or day comes last; then steps in the tree to the trigger, then characters."""
        path = hanging.path
        steps = path.index(self.trigger.token) if self.trigger.token in path else len(path)
        symbolic = hanging.time["symbolic_value"]
        is_counted = symbolic.startswith("event") or symbolic == "then day+0"
        return is_counted, steps, abs(hanging.time["char_start"] - self.trigger.token.start)

    def holds(self, hanging: _Hanging) -> bool:
        """The time hangs on the event's word, its object or its predicate."""
        noun = self.trigger.token
        on = (noun, *self.trigger.objects)
        if self._is_of_another(hanging, on):
            return False
        if hanging.verb == self._predicate or any(token in hanging.path for token in on):
            return True
        # Between a subject and its verb the time is the subject's: "the closure in 2011 followed a riot".
        is_subject = noun.dependency in SUBJECTS + PASSIVE_SUBJECTS and self.sentence.head(noun) == hanging.verb
        return is_subject and noun.end <= hanging.time["char_start"] < hanging.verb.start

    def _is_of_another(self, hanging: _Hanging, on: Sequence[Token]) -> bool:
        """Whether the time tells when something else was: "after the earthquake of 2010".

        "After the advent of the regime in 1959" is as often read as the date of the clause, and is left to it.
        """
        if hanging.path and hanging.path[0].lemma in ("in", "on", "at"):
            return False
        way = next((n for n, word in enumerate(hanging.path) if word in on), len(hanging.path))
        prepositions = [word for word in hanging.path[1:way] if word.dependency == "prep"]
        return any(word.lemma in self.words.aside_prepositions for word in prepositions)

    def holds_by_participle(self, hanging: _Hanging) -> bool:
        """The time hangs on a participle that tells more of the same act."""
        verb = hanging.verb
        is_participle = verb.dependency == "advcl" and verb.tag == "VBG" and not self.sentence.children(verb, *SUBJECTS)
        return is_participle and self.sentence.head(verb) == self._predicate

    def holds_by_occasion(self, hanging: _Hanging) -> bool:
        """The time belongs to the occasion: "met him at a conference held in Guatemala in May"."""
        noun = self.sentence.head(hanging.verb) if hanging.verb.dependency in ("acl", "relcl") else None
        if noun is None or noun.dependency != "pobj":
            return False
        preposition = self.sentence.tokens[noun.head]
        on = (self.trigger.token, self._predicate, *self.trigger.objects)
        return preposition.lemma in ("at", "during") and self.sentence.head(preposition) in on

    def happens_on_occasion(self, hanging: _Hanging) -> bool:
        """The time is that of the occasion which the clause tells more of: "Monday's raid, which killed two"."""
        noun = self.sentence.head(self._predicate)
        if self._predicate.dependency != "relcl" or self._predicate.tag != "VBD" or noun is None:
            return False
        if noun.lemma not in self.words.occasions or self.sentence.children(self._predicate, "aux"):
            return False
        is_told_of = noun.dependency in SUBJECTS and hanging.verb.lemma in _PASSING
        is_of_noun = noun in hanging.path or (is_told_of and self.sentence.head(noun) == hanging.verb)
        openers = [word for word in self.sentence.subtree(self._predicate) if word.tag in RELATIVE_TAGS]
        return is_of_noun and any(self._is_on_occasion(word) for word in openers)

    def _is_on_occasion(self, pronoun: Token) -> bool:
        """Whether "which" is who does it, or stands behind "in", "at" or "during"."""
        over = self.sentence.head(pronoun)
        if pronoun.dependency in SUBJECTS:
            return over == self._predicate
        is_behind = over is not None and over.lemma in ("in", "at", "during")
        return is_behind and over is not None and self.sentence.head(over) == self._predicate

    def says_what_was_then(self, hanging: _Hanging) -> bool:
        """The clause stands behind the time and says what was then: "in 1961, when X", "2010, the year in which X"."""
        clause, time = self._predicate, hanging.time
        noun = self.sentence.head(clause)
        if clause.dependency not in ("relcl", "advcl") or noun is None or not is_point(time):
            return False
        names_time = clause.dependency == "relcl" and noun.lemma in self.words.spans
        words = self.sentence.subtree(noun if names_time and noun.start >= time["char_end"] else clause)
        behind = [word for word in words if word.start >= time["char_end"] and word.is_word]
        if not behind or not (names_time or behind[0].lemma == "when"):
            return False
        between = self.sentence.text[time["char_end"] - self.sentence.start : behind[0].start - self.sentence.start]
        return not between.strip(" ,")

    def shares(self, hanging: _Hanging) -> bool:
        """The time opens a clause, before its subject, whose second verb is the predicate."""
        is_second = self._predicate.dependency == "conj" and self.sentence.head(self._predicate) == hanging.verb
        doers = self.sentence.children(hanging.verb, *SUBJECTS, *PASSIVE_SUBJECTS)
        return is_second and all(hanging.time["char_end"] <= word.start for word in (*doers, hanging.verb))

    def goes_with(self, hanging: _Hanging) -> bool:
        """The time hangs on the verb beside which the predicate is a participle: "on Monday bought X, raising Y"."""
        predicate = self._predicate
        is_beside = predicate.dependency == "advcl" and predicate.tag == "VBG" and predicate.start > hanging.verb.start
        has_own = self.sentence.children(predicate, *SUBJECTS, *PASSIVE_SUBJECTS, "mark")
        is_of_verb = hanging.verb in hanging.path and hanging.time["char_end"] <= predicate.start
        return is_beside and not has_own and is_of_verb and self.sentence.head(predicate) == hanging.verb

    def passes_on(self, hanging: _Hanging) -> bool:
        """The time hangs on a verb that happens when its complement does: "began to", "the attempt to X failed"."""
        over = self.sentence.head(self._predicate)
        if over is None:
            return False
        kind = self._class_of(over)
        if self._predicate.dependency == "pobj":  # "leading up to the establishment of ties on the 14th"
            verb = next((word for word in self.sentence.ancestors(over) if word.part_of_speech in VERBAL), None)
            leads = self._class_of(hanging.verb) == "occurred" and hanging.verb.dependency == "acl"
            return leads and verb == hanging.verb and hanging.time["char_start"] > self._predicate.end
        if self._predicate.dependency == "pcomp":  # "has made efforts towards resuming"
            noun = self.sentence.head(over)
            is_tried = noun is not None and noun.dependency == "dobj" and self._class_of(noun) == "attempted"
            return is_tried and noun is not None and self.sentence.head(noun) == hanging.verb
        if self._predicate.dependency == "acl" and over.dependency in SUBJECTS:
            return kind == "attempted" and self.sentence.head(over) == hanging.verb
        return self._predicate.dependency == "xcomp" and over == hanging.verb and kind in ("occurred", "ongoing")

    def is_announced(self, hanging: _Hanging) -> bool:
        """The time hangs on the announcement by which a party performed the act."""
        if hanging.verb.lemma not in self.words.announcing or hanging.verb == self._predicate:
            return False
        clause = self._predicate
        while clause.dependency == "xcomp" and (over := self.sentence.head(clause)) is not None:
            clause = over
        return self.sentence.governor(clause) == hanging.verb and clause.tag in ("VBD", "VBN")
