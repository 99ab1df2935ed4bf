"""What ties words to a speaker: the rules of `speech.toml`, and the reporting verb's subject and reality."""

from __future__ import annotations

from dataclasses import dataclass, field

from kcpipe.lexicon import Lexicon
from kcpipe.quotes.speakers import Speaker, noun_phrase, speaker_of
from kcpipe.syntax import Sentence, Token


@dataclass(frozen=True, slots=True)
class SpeechWords:
    """The rules of `speech.toml`."""

    reporting: frozenset[str]
    indirect: frozenset[str]
    governing: frozenset[str]
    characterising: frozenset[str]
    resuming: frozenset[str]
    unreal_auxiliaries: frozenset[str]
    unreal_openers: frozenset[str]
    pointing: frozenset[str]
    not_speakers: frozenset[str]
    elisions: frozenset[str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> SpeechWords:
        """The rules of the lexicon `speech`."""
        rules = lexicon.rules
        return cls(
            reporting=frozenset(rules["reporting"]["verbs"]),
            indirect=frozenset(rules["indirect"]["verbs"]),
            governing=frozenset(rules["reporting"]["verbs"]) - frozenset(rules["beside_marks_only"]["verbs"]),
            characterising=frozenset(rules["characterising"]["verbs"]),
            resuming=frozenset(rules["resuming"]["verbs"]),
            unreal_auxiliaries=frozenset(rules["unreal"]["auxiliaries"]),
            unreal_openers=frozenset(rules["unreal"]["openers"]),
            pointing=frozenset(rules["pointing"]["words"]),
            not_speakers=frozenset(rules["according_to"]["not_speakers"]),
            elisions=frozenset(rules["elisions"]["words"]),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What ties words to a speaker: the reporting word's lemma, who, and how that was found."""

    cue: str | None = None
    speaker: Speaker | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quotation, clean offsets."""

    start: int
    end: int
    kind: str
    report: Report
    last_sentence: int = field(default=0, compare=False)
    """Position of the sentence in which it, or the clause that reports it, ends."""


def subject_of(sentence: Sentence, verb: Token, before_offset: int) -> tuple[Speaker | None, str | None]:
    """The speaker that a reporting verb names, and whether before or behind an offset."""
    speaker = speaker_of(sentence, verb)
    if speaker is None:
        return None, None
    return speaker, "subject_before" if speaker.start < before_offset else "subject_after"


def according_speaker(sentence: Sentence, verb: Token, words: SpeechWords) -> Speaker | None:
    """Whom "according to", beginning at its verb, names; None for a plan, a law and the like."""
    preposition = sentence.child(verb, "prep")
    if preposition is None or preposition.lemma != "to" or preposition.number != verb.number + 1:
        return None
    head = sentence.child(preposition, "pobj")
    if head is None or head.lemma in words.not_speakers:
        return None
    return noun_phrase(sentence, head)


def is_unreal(sentence: Sentence, verb: Token, words: SpeechWords) -> bool:
    """Whether the verb of speaking is denied, supposed or still to come."""
    below = sentence.children(verb)
    helpers = {token.text.lower() for token in below if token.dependency == "aux"}
    if helpers & words.unreal_auxiliaries or any(token.dependency == "neg" for token in below):
        return True
    if any(token.dependency == "mark" and token.lemma in words.unreal_openers for token in below):
        return True
    is_infinitive = verb.tag == "VB" and not helpers & {"do", "does", "did"}
    return is_infinitive and sentence.tokens[verb.head].lemma not in words.resuming
