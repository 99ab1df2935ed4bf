"""Who speaks: the subject of a reporting verb, as the words of its noun phrase."""

from __future__ import annotations

from dataclasses import dataclass

from kcpipe.quotes.reading import Reading
from kcpipe.syntax import Sentence, Token

_CLAUSES = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp", "punct"})
_RELATIVE = frozenset({"who", "which", "that"})
_NOBODY = frozenset({"this", "these", "those", "there", "what", "whoever"})
_CLIMBS = frozenset({"conj", "advcl", "xcomp", "pcomp", "prep", "pobj", "dep", "parataxis", "ccomp"})
_WITHIN_NAMES = frozenset("-‐.'’/&")


@dataclass(frozen=True, slots=True)
class Speaker:
    """The words for who speaks, and the word that heads them; clean offsets."""

    start: int
    end: int
    head_start: int
    head_end: int


def speaker_of(sentence: Sentence, verb: Token) -> Speaker | None:
    """Who utters what a verb reports.

    The verb's own subject; the agent of a passive ("it was announced by X"); for "adding", "and added", "went on to
    say" the subject of the verb above; for "who said" the noun before. None when nobody is named.
    """
    if _is_passive(sentence, verb):
        agent = sentence.child(verb, "agent")
        by = None if agent is None else sentence.child(agent, "pobj")
        return None if by is None else noun_phrase(sentence, by)
    above = list(sentence.ancestors(verb))
    for token in (verb, *(above[1:] if joins_the_verb_above(sentence, verb) else above)):
        subject = sentence.child(token, "nsubj", "nsubjpass")
        if subject is not None and (token.is_verb or token != verb):
            return _named(sentence, token, subject)
        if token.dependency == "acl" and token.tag == "VBG" and token == verb:
            return noun_phrase(sentence, sentence.tokens[token.head])
        # A clause with its own subject elsewhere is left only downward of the reporting verb.
        if token.dependency not in _CLIMBS or (token.dependency == "ccomp" and token == verb):
            return None
    return None


def joins_the_verb_above(sentence: Sentence, verb: Token) -> bool:
    """Whether a verb that the parser joins to one with "would" goes on with what stands above both.

    A past tense cannot share the "would": "said it would end and| urged them to agree".
    """
    joined = sentence.tokens[verb.head]
    has_modal = any(helper.tag == "MD" for helper in sentence.children(joined, "aux"))
    return verb.dependency == "conj" and verb.tag == "VBD" and has_modal and not sentence.children(verb, "nsubj", "aux")


def _is_passive(sentence: Sentence, verb: Token) -> bool:
    return sentence.child(verb, "auxpass", "nsubjpass") is not None or (
        verb.tag == "VBN" and sentence.child(verb, "agent") is not None
    )


def _named(sentence: Sentence, verb: Token, subject: Token) -> Speaker | None:
    if subject.lemma in _RELATIVE and verb.dependency == "relcl":
        return noun_phrase(sentence, sentence.tokens[verb.head])
    if subject.lemma in _NOBODY or subject.lemma in _RELATIVE:
        return None
    return noun_phrase(sentence, subject)


def noun_phrase(sentence: Sentence, head: Token, *, without_case: bool = False) -> Speaker:
    """The words of a noun phrase around its head, without clauses, asides and appositions behind a comma.

    without_case: without the "'s" of a possessor.
    """
    left_out = _CLAUSES | {"case"} if without_case else _CLAUSES
    kept = {token.number for token in sentence.subtree(head, without=left_out)}
    for preposition in sentence.children(head, "prep"):
        when = sentence.child(preposition, "pobj")
        if when is not None and when.entity_label in ("DATE", "TIME"):  # "the rulers| on Friday ordered"
            kept -= {token.number for token in sentence.subtree(preposition)}
    tokens = sentence.tokens
    first = last = head.number
    while first > 0 and (first - 1 in kept or _joins(sentence, first - 1, kept)):
        first -= 1
    while last + 1 < len(tokens) and (last + 1 in kept or _joins(sentence, last + 1, kept)):
        last += 1
    while last > head.number and not (tokens[last].is_word and tokens[last].dependency not in ("cc", "prep", "case")):
        last -= 1
    while first < head.number and (not tokens[first].is_word or tokens[first].dependency in ("cc", "preconj")):
        first += 1
    return Speaker(tokens[first].start, tokens[last].end, head.start, head.end)


def _joins(sentence: Sentence, index: int, kept: set[int]) -> bool:
    """Whether a mark is inside the name ("Jun-guk") or sets off the next of several speakers ("A, B and C")."""
    token = sentence.tokens[index]
    if index - 1 not in kept or index + 1 not in kept:
        return False
    if token.text in _WITHIN_NAMES:
        return True
    return token.text == "," and sentence.tokens[index + 1].dependency in ("conj", "compound", "nmod")


def named_before_colon(document: Reading, start: int, end: int) -> Speaker | None:
    """The one who is named between start and a colon before end ("● Cuba: "), if a mention covers those words."""
    words = document.text[start:end].rstrip()
    if not words.endswith(":"):
        return None
    last = start + len(words) - 1
    while start < last and not document.text[start].isalnum():
        start += 1
    for mention in document.mentions_near(start):
        begin, kind = mention["char_start"], mention["entity_type"]
        # "Police Chief Carmen Best: "
        is_titled = kind == "PERSON" and all(word[0].isupper() for word in document.text[start:begin].split())
        is_whole = start == begin and kind in ("PERSON", "ORG", "COUNTRY", "GROUP")
        if mention["char_end"] == last and (is_whole or is_titled):
            return Speaker(start, last, begin, last)
    return None
