"""Words without quotation marks: what somebody is reported to have said.

Taken only where the parse is clear: a clause with subject and tense right behind a reporting verb ("said that ..."), or
right before it ("..., the paper reported"), or the rest of a sentence beside "according to". What was not said, or only
may be, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kcpipe.quotes.reading import FINITE, SUBJECTS, Reading
from kcpipe.quotes.reports import Quotation, Report, SpeechWords, according_speaker, is_unreal, subject_of
from kcpipe.syntax import Sentence, Token

_EDGES = " \t,;:.-–—…"
_STARTS_NEXT = frozenset({"cc", "mark", "prep", "advmod", "npadvmod", "conj"})


def indirect_quotations(document: Reading, marked: list[Quotation], words: SpeechWords) -> Iterator[Quotation]:
    """The quotations without marks; `marked` are those with, whose words are not told twice."""
    for position, sentence in enumerate(document.sentences):
        for token in sentence.tokens:
            if token.is_verb and token.lemma in words.indirect:
                found = _reported_clause(document, sentence, token, words)
            elif token.lemma == "accord" and token.tag == "VBG":
                found = _according_to(document, sentence, token, words)
            else:
                continue
            if found is None:
                continue
            start, end, report, head = found
            start, end = _content(document.text, start, end)
            covers_head = any(
                q.kind == "direct" and q.start <= head.start < q.end and not (q.start <= token.start < q.end)
                for q in marked
            )
            if start < end and not covers_head:
                yield Quotation(start, end, "indirect", report, position)


def _reported_clause(
    document: Reading, sentence: Sentence, verb: Token, words: SpeechWords
) -> tuple[int, int, Report, Token] | None:
    """The clause that a reporting verb governs: "X said that ...", "..., X reported", "it is said that ..."."""
    clause = sentence.child(verb, "ccomp")
    if clause is None or is_unreal(sentence, verb, words) or not _is_clause(sentence, clause):
        return None
    tree = sentence.subtree(clause)
    first, last = tree[0], tree[-1]
    if first <= verb <= last or not _ends_cleanly(sentence, last):
        return None
    has_that = first.lemma == "that" and first.dependency == "mark"
    passive_it = sentence.child(verb, "nsubjpass")
    if passive_it is not None:
        if passive_it.lemma != "it" or not has_that:
            return None
        report = Report(verb.lemma)
    else:
        speaker, method = subject_of(sentence, verb, before_offset=first.start)
        if speaker is None or method is None or (speaker.start < last.end and first.start < speaker.end):
            return None
        report = Report(verb.lemma, speaker, method)
    if clause > verb:
        if not has_that and document.text[verb.end : first.start].strip():
            return None
        first = tree[1] if has_that and len(tree) > 1 else first
    else:
        if any(token.is_word for token in sentence.tokens[: first.number]):
            return None
        between = document.text[last.end :].lstrip()
        if has_that or not (between.startswith(",") or last.text == ","):
            return None
    return first.start, last.end, report, clause


def _ends_cleanly(sentence: Sentence, last: Token) -> bool:
    """Whether a clause that ends with this token was not cut in the middle by the parser."""
    following = sentence.tokens[last.number + 1 : last.number + 2]
    starts_next = all(not token.is_word or token.dependency in _STARTS_NEXT for token in following)
    return starts_next and last.tag not in ("DT", "IN", "TO", "CC", "PRP$", "POS")


def _is_clause(sentence: Sentence, head: Token) -> bool:
    """Whether a verb has a subject and a tense."""
    has_tense = any(verb.tag in FINITE for verb in (head, *sentence.children(head, "aux", "auxpass")))
    return has_tense and sentence.child(head, *SUBJECTS, "expl") is not None


def _according_to(
    document: Reading, sentence: Sentence, verb: Token, words: SpeechWords
) -> tuple[int, int, Report, Token] | None:
    """The rest of the sentence that "according to X," opens or ", according to X" closes."""
    speaker = according_speaker(sentence, verb, words)
    if speaker is None:
        return None
    report = Report("according to", speaker, "according_to")
    phrase_end = sentence.subtree(verb)[-1].end
    head = sentence.tokens[verb.head]
    if verb.number == 0:
        comma = document.text.find(",", speaker.end, sentence.end)
        if comma < 0 or any(map(str.isalnum, document.text[phrase_end:comma])):
            return None
        return comma + 1, sentence.end, report, head
    if any(map(str.isalnum, document.text[phrase_end : sentence.end])):
        return None
    return sentence.start, verb.start, report, head


def _content(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and punctuation at its edges, and with both or neither of a pair of quotation marks."""
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and (text[end - 1] in _EDGES or (text[end - 1] in "”»" and _surplus(text[start:end]) < 0)):
        end -= 1
    if _surplus(text[start:end]) > 0:
        closing = re.compile(r"[.,;:!?…]?[”»\"]").match(text, end)
        end = closing.end() if closing else end
    return start, end


def _surplus(piece: str) -> int:
    """How many quotation marks stay open at the end of a piece; below 0 when it closes more than it opens."""
    return sum(map(piece.count, "“«")) - sum(map(piece.count, "”»")) or piece.count('"') % 2
