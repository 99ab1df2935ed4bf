"""Dates that stand outside an event's clause: the day that a news story is told of, or only that it is news.

A report says once, in its opening, "on Monday", and tells on: what it goes on to tell in the past tense happened that
day, until another time is named. A headline, the opening and what somebody says to the press are news even where no
day is named at all: they lie in the days up to the writing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kcpipe.events.factuality import Factuality, Judgement
from kcpipe.events.patterns import Trigger
from kcpipe.events.syntax import PASSIVE_SUBJECTS, SUBJECTS, VERBAL, Sentence
from kcpipe.events.timing import Adverbial, Time, adverbial
from kcpipe.intervals import Point, Span, parse
from kcpipe.syntax import Token

# Sentences for which a day told once goes on to hold, and sentences that open a story.
_REACH = 4
_OPENING = 3
HEADLINES = ("title", "deck")
"""Lines over a whole story, which tell what it tells; a subheading only names what a part of it is about."""
_DAYS = ("day", "weekday", "daypart", "time")
_PERFECT = frozenset({"has", "have", "'ve", "’ve", "'s", "’s"})
_PAST = frozenset({"was", "were", "did"}) | _PERFECT


class Day(NamedTuple):
    """The day that a sentence is told of, and how many sentences ago it was named."""

    time: Time
    sentences_ago: int
    said: str | None
    """The verb beside which it was named, when that only reports: "said on Friday that"."""


@dataclass(frozen=True)
class StoryLine:
    """A document's opening, and for each of its sentences the day that the story stands at."""

    days: Mapping[int, Day]
    opening: Sequence[int]
    """Numbers of the first sentences of the body."""
    times: Mapping[int, Sequence[Time]]
    """The expressions that can date, by sentence."""
    words: Factuality

    def day_of(self, sentence: Sentence, trigger: Trigger, judgement: Judgement) -> Time | None:
        """The row of time_drafts for the day that the story stands at, when it tells the trigger in its main line.

        The day of a headline's verb is that of the sentence under it.
        """
        if not self._tells_on(sentence, trigger, judgement):
            return None
        if sentence.role in HEADLINES:
            under = self.days.get(self.opening[0]) if self.opening else None
            if under is None or trigger.token.part_of_speech not in VERBAL:
                return None
            return under.time if under.said in (None, trigger.token.lemma) else None
        if self._is_perfect(sentence, trigger):
            return None
        day = self.days.get(sentence.number)
        return day.time if day is not None and (day.sentences_ago or not self.times.get(sentence.number)) else None

    def is_news(self, sentence: Sentence, trigger: Trigger, judgement: Judgement, *, is_said: bool) -> bool:
        """Whether the text tells the trigger as new: in a headline, in its opening, or as said to the press."""
        if is_said and judgement == Judgement("ongoing"):
            judgement = Judgement("occurred")  # "Kenya says"
        if not self._tells_on(sentence, trigger, judgement, is_said=is_said):
            return False
        if sentence.role in HEADLINES or is_said or sentence.number in self.opening[:1]:
            return True
        is_timed = sentence.number not in self.opening or bool(self.times.get(sentence.number))
        return not is_timed and not self._is_perfect(sentence, trigger)

    def _is_perfect(self, sentence: Sentence, trigger: Trigger) -> bool:
        """Whether it "has opened": news only where the text begins with it, else of any time up to the writing."""
        return bool(_auxiliaries(sentence, _main_line(sentence, trigger.predicate)) & _PERFECT)

    def _tells_on(self, sentence: Sentence, trigger: Trigger, judgement: Judgement, *, is_said: bool = False) -> bool:
        """Whether the trigger is told as having happened, in the main line of its sentence and in no other time."""
        if judgement != Judgement("occurred"):
            return False
        line = _main_line(sentence, trigger.predicate)
        if not line or not _is_told(sentence, line, in_present=is_said or sentence.role in HEADLINES):
            return False
        adverbials = [adverbial(sentence, time) for time in self.times.get(sentence.number, ())]
        is_timed = any(each is not None and each.is_own and each.verb in line for each in adverbials)
        return not is_timed and not _leaves(sentence, line, self.words)


def read_story(sentences: Sequence[Sentence], times: Sequence[Time], words: Factuality) -> StoryLine:
    """The story line of a document.

    sentences: all of them, in order. times: its rows of time_drafts that can date an event. A day is named where it
    is the adverbial of the main line of a sentence of the body; any other time there ("in 2006", "last month") leaves
    that day, and so does the end of its reach.
    """
    body = [sentence for sentence in sentences if sentence.role == "body" and sentence.tokens]
    starts = [sentence.start for sentence in sentences]
    by_sentence: dict[int, list[Time]] = {sentence.number: [] for sentence in sentences}
    for time in times:
        around = sentences[max(bisect_right(starts, time["char_start"]) - 1, 0)]
        if time["char_end"] <= around.end:
            by_sentence[around.number].append(time)
    days: dict[int, Day] = {}
    here: Day | None = None
    for sentence in body:
        here = here._replace(sentences_ago=here.sentences_ago + 1) if here and here.sentences_ago < _REACH else None
        told = [(each, found) for each in by_sentence[sentence.number] if (found := _on_main_line(sentence, each))]
        own = [(each, found.verb) for each, found in told if found.is_own]
        if len(own) == 1 and _is_day_of_news(own[0][0]):
            [(day, verb)] = own
            here = Day(day, 0, verb.lemma if sentence.children(verb, "ccomp") else None)
        elif told or _leaves(sentence, [token for token in sentence.tokens if token.dependency == "ROOT"], words):
            here = None
        if here is not None:
            days[sentence.number] = here
    return StoryLine(days, [sentence.number for sentence in body[:_OPENING]], by_sentence, words)


def _on_main_line(sentence: Sentence, time: Time) -> Adverbial | None:
    found = adverbial(sentence, time)
    return found if found is not None and _main_line(sentence, found.verb) else None


def _leaves(sentence: Sentence, verbs: Collection[Token], words: Factuality) -> bool:
    """Whether what stands beside the verbs points to another time: "previously", "prior to that", "on the day of"."""
    beside = [word for verb in verbs for word in sentence.children(verb, "advmod", "npadvmod", "prep", "mark")]
    behind = [noun for word in beside for noun in sentence.children(word, "pobj")]
    return any(word.lemma in words.looking_back for word in beside) or any(noun.lemma in words.spans for noun in behind)


def is_day(time: Time) -> bool:
    """Whether an expression names one day, or a time of it, that has been."""
    return _day_of(time) is not None


def _day_of(time: Time) -> Point | None:
    expression = parse(time["symbolic_value"])
    if time["direction"] == "future" or len(expression) != 1 or not isinstance(expression[0], Span):
        return None
    [point, *more] = expression[0].points
    is_one = not more and expression[0].kind == "point"
    return point if is_one and point.unit in _DAYS else None


def _is_day_of_news(time: Time) -> bool:
    """Whether an expression names a day the way news does, without its year."""
    point = _day_of(time)
    return point is not None and not point.is_absolute


def _main_line(sentence: Sentence, predicate: Token) -> list[Token]:
    """The predicate and the verbs over it up to the sentence's own, when all tell one line; else nothing.

    Joined verbs, and participles without a subject of their own ("..., raising its stake"), go with their head.
    """
    line = [predicate]
    while (over := sentence.head(line[-1])) is not None:
        verb = line[-1]
        is_beside = verb.dependency == "advcl" and verb.tag == "VBG" and not _has_own(sentence, verb)
        if verb.dependency != "conj" and not is_beside:
            return []
        line.append(over)
    return line if line[-1].part_of_speech in VERBAL else []


def _has_own(sentence: Sentence, verb: Token) -> bool:
    return bool(sentence.children(verb, *SUBJECTS, *PASSIVE_SUBJECTS, "mark"))


def _is_told(sentence: Sentence, line: Collection[Token], *, in_present: bool) -> bool:
    """Whether a finite past or perfect bears the line (in a headline also the present), and no pluperfect."""
    auxiliaries = _auxiliaries(sentence, line)
    if "had" in auxiliaries:
        return False
    return in_present or any(verb.tag == "VBD" for verb in line) or bool(auxiliaries & _PAST)


def _auxiliaries(sentence: Sentence, line: Collection[Token]) -> set[str]:
    return {child.text.lower() for verb in line for child in sentence.children(verb, "aux", "auxpass")}
