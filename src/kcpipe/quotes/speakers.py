"""Who speaks: the subject of a reporting verb, as the words of its noun phrase."""

from __future__ import annotations

from dataclasses import dataclass

from kcpipe.quotes.reading import Reading, Sentence

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


def speaker_of(sentence: Sentence, verb: int) -> Speaker | None:
    """Who utters what a verb reports.

    The verb's own subject; the agent of a passive ("it was announced by X"); for "adding", "and added", "went on to
    say" the subject of the verb above; for "who said" the noun before. None when nobody is named.
    """
    if _is_passive(sentence, verb):
        agent = sentence.child(verb, "agent")
        by = None if agent is None else sentence.child(agent, "pobj")
        return None if by is None else noun_phrase(sentence, by)
    index, is_reported_verb = verb, True
    for _ in range(len(sentence.tokens)):
        token = sentence.tokens[index]
        subject = sentence.child(index, "nsubj", "nsubjpass")
        if subject is not None and (token.is_verb or not is_reported_verb):
            return _named(sentence, index, subject)
        if token.dependency == "acl" and token.tag == "VBG" and is_reported_verb:
            return noun_phrase(sentence, token.head)
        # A clause with its own subject elsewhere is left only downward of the reporting verb.
        if token.head == index or token.dependency not in _CLIMBS or (token.dependency == "ccomp" and is_reported_verb):
            return None
        index, is_reported_verb = token.head, False
    return None


def _is_passive(sentence: Sentence, verb: int) -> bool:
    return sentence.child(verb, "auxpass", "nsubjpass") is not None or (
        sentence.tokens[verb].tag == "VBN" and sentence.child(verb, "agent") is not None
    )


def _named(sentence: Sentence, verb: int, subject: int) -> Speaker | None:
    word = sentence.tokens[subject].lemma
    if word in _RELATIVE and sentence.tokens[verb].dependency == "relcl":
        return noun_phrase(sentence, sentence.tokens[verb].head)
    if word in _NOBODY or word in _RELATIVE:
        return None
    return noun_phrase(sentence, subject)


def noun_phrase(sentence: Sentence, head: int) -> Speaker:
    """The words of a noun phrase around its head, without clauses, asides and appositions behind a comma."""
    kept = set(sentence.subtree(head, without=_CLAUSES))
    tokens = sentence.tokens
    first = last = head
    while first > 0 and (first - 1 in kept or _joins(sentence, first - 1, kept)):
        first -= 1
    while last + 1 < len(tokens) and (last + 1 in kept or _joins(sentence, last + 1, kept)):
        last += 1
    while last > head and not (tokens[last].is_word and tokens[last].dependency not in ("cc", "prep", "case")):
        last -= 1
    while first < head and (not tokens[first].is_word or tokens[first].dependency in ("cc", "preconj")):
        first += 1
    return Speaker(tokens[first].start, tokens[last].end, tokens[head].start, tokens[head].end)


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
        if (mention["char_start"], mention["char_end"]) == (start, last) and mention["entity_type"] in (
            "PERSON",
            "ORG",
            "COUNTRY",
            "GROUP",
        ):
            return Speaker(start, last, start, last)
    return None
