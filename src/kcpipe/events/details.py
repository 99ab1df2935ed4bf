"""What a clause tells besides who and when: of what, by what means, at what level, how much, on whose word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kcpipe.events.factuality import Factuality
from kcpipe.events.participants import Mentions, Party
from kcpipe.events.patterns import Trigger
from kcpipe.events.syntax import VERBAL, Sentence
from kcpipe.syntax import Token

Row = Mapping[str, Any]

_TIMES = ("DATE", "TIME")
_MEANS = ("through", "via", "using")
_CLAUSES = ("relcl", "acl", "advcl", "ccomp", "conj", "cc")
_AMOUNTS = ("money", "percent", "cardinal")


def topic(sentence: Sentence, trigger: Trigger, parties: Iterable[Party]) -> Party | None:
    """What is signed, proposed or refused: the phrase of the object, unless it names a party or is part of the kind."""
    if trigger.pattern.understood:
        return None
    taken = {(party.start, party.end) for party in parties}
    about = sentence.about(trigger.token) if trigger.token.part_of_speech == "NOUN" else []
    for noun in (*trigger.objects, *about):
        phrase = _phrase(sentence, noun)
        told_by = (noun, *sentence.children(noun, "appos"))  # "the Kenyan president, William Ruto"
        is_party = any(start <= word.start and word.end <= end for word in told_by for start, end in taken)
        if noun.part_of_speech == "NOUN" and not is_party:
            return Party("topic", "", None, phrase[0].start, phrase[-1].end)
    return None


def where(mentions: Mentions, sentence: Sentence, trigger: Trigger) -> Party | None:
    """Where it happened: a place behind "in" or "at" that is not itself a party."""
    hosts = [h for h in (trigger.token, *trigger.objects, trigger.carrier) if h is not None]
    hosts += [clause for host in hosts for clause in sentence.children(host, "advcl")]
    hosts += [noun for host in hosts for noun in sentence.children(host, "dobj")]
    for host in hosts:
        for noun in sentence.behind(host, ("in", "at")):
            for row in mentions.covering(noun.start, noun.end):
                if row["entity_type"] in ("PLACE", "COUNTRY") and not row["is_metonym"] and row["entity_id"]:
                    code = row["country_code"] or ""
                    return Party("place", code, row["mention_id"], row["char_start"], row["char_end"])
    return None


def instrument(sentence: Sentence, trigger: Trigger) -> Party | None:
    """By what means: "through an exchange of notes"."""
    hosts = (trigger.token, trigger.predicate, *trigger.objects)
    for noun in (noun for host in hosts for noun in sentence.behind(host, _MEANS)):
        if noun.entity_label in _TIMES:
            continue
        phrase = _phrase(sentence, noun)
        return Party("instrument", "", None, phrase[0].start, phrase[-1].end)
    return None


def _phrase(sentence: Sentence, noun: Token) -> list[Token]:
    """The noun with what stands before it and what it is of."""
    words = sentence.subtree(noun, without=_CLAUSES)
    behind = [child for child in sentence.children(noun) if child.start > noun.start]
    end = next((child.start for child in behind if child.lemma != "of"), words[-1].end)
    return [word for word in words if word.end <= end]


def level(sentence: Sentence, trigger: Trigger) -> str | None:
    """The level that the words tell: "ambassador-level" relations, "high-level" talks."""
    for noun in (*trigger.objects, trigger.token):
        words = [
            word for child in sentence.children(noun, "amod", "compound", "nmod") for word in _phrase(sentence, child)
        ]
        for word in words:
            if word.lemma == "level" and word.number >= 2 and sentence.tokens[word.number - 1].text == "-":
                first = sentence.tokens[word.number - 2]
                return sentence.text[first.start - sentence.start : word.end - sentence.start].lower()
    return None


def quantity(sentence: Sentence, trigger: Trigger, rows: Sequence[Row]) -> Row | None:
    """The amount of the event's clause: of money before others, the first of several. rows: those of the sentence."""
    own = []
    for row in rows:
        head = sentence.covering(row["char_start"], row["char_end"])
        if head is None or row["quantity_kind"] not in _AMOUNTS:
            continue
        path = [head]
        for word in sentence.ancestors(head):
            path.append(word)
            if word.part_of_speech in VERBAL:
                break
        counts_object = len(path) > 1 and path[1] in trigger.objects
        if (counts_object or row["quantity_kind"] != "cardinal") and (
            path[-1] == trigger.predicate or trigger.token in path
        ):
            own.append(row)
    return min(own, key=lambda row: (_AMOUNTS.index(row["quantity_kind"]), row["char_start"]), default=None)


def is_hearsay(sentence: Sentence, trigger: Trigger, words: Factuality) -> bool:
    """Whether nobody in particular says so: "it is said that", "is believed to have"."""
    for word in sentence.ancestors(trigger.predicate):
        passive = word.tag == "VBN" and sentence.children(word, "auxpass")
        if passive and word.lemma in words.telling and not sentence.behind(word, ("by",)):
            return True
    return False


def source(quotations: Sequence[Row], token: Token, sentence: Sentence) -> tuple[str | None, str | None]:
    """The id of the smallest quotation around a word, and who is named for what it tells.

    Who is quoted comes first, then who reports the quotation, then the one behind "according to".
    """
    around = [row for row in quotations if row["char_start"] <= token.start and token.end <= row["char_end"]]
    around.sort(key=lambda row: int(row["char_end"]) - int(row["char_start"]))
    speaker = next((row["speaker_text"] for row in around if row["speaker_text"]), None)
    return (around[0]["quotation_id"] if around else None), speaker or _according_to(sentence, token)


def _according_to(sentence: Sentence, token: Token) -> str | None:
    over = [token, *sentence.ancestors(token)]
    for according in (child for word in over for child in sentence.children(word, "prep") if child.lemma == "accord"):
        for noun in sentence.behind(according, ("to",)):
            phrase = _phrase(sentence, noun)
            return sentence.text[phrase[0].start - sentence.start : phrase[-1].end - sentence.start]
    return None
