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
    with_it: frozenset[str]
    with_out: frozenset[str]
    indirect: frozenset[str]
    thinking: frozenset[str]
    asking: frozenset[str]
    question_openers: frozenset[str]
    showing: frozenset[str]
    directing: frozenset[str]
    with_on: frozenset[str]
    clausal: frozenset[str]
    """All verbs whose clause is content."""
    infinitival: frozenset[str]
    """All verbs whose infinitive is content."""
    nouns: frozenset[str]
    telling: frozenset[str]
    """All words that may tell content without marks."""
    noun_verbs: frozenset[str]
    documents: frozenset[str]
    governing: frozenset[str]
    manner: frozenset[str]
    stressing: frozenset[str]
    characterising: frozenset[str]
    speaking_of: frozenset[str]
    prepositions_of: frozenset[str]
    resuming: frozenset[str]
    unreal_auxiliaries: frozenset[str]
    unreal_openers: frozenset[str]
    unreal_nouns: frozenset[str]
    pointing: frozenset[str]
    not_speakers: frozenset[str]
    elisions: frozenset[str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> SpeechWords:
        """The rules of the lexicon `speech`."""
        rules = lexicon.rules

        def verbs(*sections: str) -> frozenset[str]:
            return frozenset(verb for section in sections for verb in rules[section]["verbs"])

        with_it = frozenset(rules["reporting"]["with_it"])
        clausal = verbs("indirect", "thinking", "finding", "showing", "demanding", "asking")
        infinitival = verbs("undertaking", "directing", "demanding")
        nouns = frozenset(rules["nouns"]["words"])
        return cls(
            reporting=verbs("reporting"),
            with_it=with_it,
            with_out=frozenset(rules["reporting"]["with_out"]),
            indirect=verbs("indirect"),
            thinking=verbs("thinking"),
            asking=verbs("asking"),
            question_openers=frozenset(rules["asking"]["openers"]),
            showing=verbs("showing"),
            directing=verbs("directing"),
            with_on=frozenset(rules["directing"]["with_on"]),
            clausal=clausal,
            infinitival=infinitival,
            nouns=nouns,
            telling=clausal | infinitival | with_it | nouns | {"accord"},
            noun_verbs=verbs("nouns"),
            documents=frozenset(rules["documents"]["words"]),
            governing=verbs("reporting") - verbs("beside_marks_only"),
            manner=frozenset(rules["manner"]["words"]),
            stressing=verbs("stressing"),
            characterising=verbs("characterising"),
            speaking_of=verbs("speaking_of"),
            prepositions_of=frozenset(rules["speaking_of"]["prepositions"]),
            resuming=verbs("resuming"),
            unreal_auxiliaries=frozenset(rules["unreal"]["auxiliaries"]),
            unreal_openers=frozenset(rules["unreal"]["openers"]),
            unreal_nouns=frozenset(rules["unreal"]["nouns"]),
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


def subject_of(
    sentence: Sentence, verb: Token, words: SpeechWords, before_offset: int
) -> tuple[Speaker | None, str | None]:
    """The speaker that a reporting verb names, and whether before or behind an offset.

    In "issued a statement saying" the one who issued it, in "quoted Kim as saying" the one quoted.
    """
    speaker = speaker_of(sentence, verb)
    if speaker is None:
        return None, None
    above = sentence.tokens[verb.head]
    if verb.dependency == "acl" and above.lemma in words.nouns:
        speaker = source_of_noun(sentence, above, words) or speaker
    elif verb.dependency == "pcomp" and above.lemma == "as":
        quoted = sentence.child(sentence.tokens[above.head], "dobj")
        speaker = noun_phrase(sentence, quoted) if quoted is not None and quoted < above else speaker
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


def source_of_noun(sentence: Sentence, noun: Token, words: SpeechWords) -> Speaker | None:
    """Whose a noun of speech is: "the minister's claim", "a claim by the minister", "the minister made the claim"."""
    owner = sentence.child(noun, "poss")
    if owner is not None and owner.tag != "PRP$":
        return noun_phrase(sentence, owner, without_case=True)
    for preposition in sentence.children(noun, "prep"):
        by = sentence.child(preposition, "pobj") if preposition.lemma in ("by", "from") else None
        if by is not None:
            return noun_phrase(sentence, by)
    verb = sentence.tokens[noun.head]
    if noun.dependency == "dobj" and verb.lemma in words.noun_verbs:
        return speaker_of(sentence, verb)
    return None if owner is None else noun_phrase(sentence, owner, without_case=True)


def lacks_particle(sentence: Sentence, verb: Token, words: SpeechWords) -> bool:
    """Whether a verb that reports only with "out" stands without it: "pointed at the ruins"."""
    particle = sentence.child(verb, "prt") if verb.lemma in words.with_out else None
    return verb.lemma in words.with_out and (particle is None or particle.lemma != "out")


def is_unreal(sentence: Sentence, verb: Token, words: SpeechWords) -> bool:
    """Whether the verb of speaking is denied, supposed or still to come."""
    below = sentence.children(verb)
    # "neither confirmed nor denied that ..."
    above = [sentence.tokens[verb.head]] if verb.dependency == "conj" else []
    if any(token.lemma in ("neither", "nor") for joined in (verb, *above) for token in sentence.children(joined)):
        return True
    helpers = {token.text.lower() for token in below if token.dependency == "aux"}
    if helpers & words.unreal_auxiliaries or any(token.dependency == "neg" for token in below):
        return True
    if any(token.dependency == "mark" and token.lemma in words.unreal_openers for token in below):
        return True
    if verb.dependency == "acl" and sentence.tokens[verb.head].lemma in words.unreal_nouns:
        return True
    is_infinitive = verb.tag == "VB" and not helpers & {"do", "does", "did"}
    return is_infinitive and sentence.tokens[verb.head].lemma not in words.resuming
