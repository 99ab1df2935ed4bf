"""Words without quotation marks: what somebody is reported to have said, thought, found, promised or demanded.

Taken only where the parse is clear: a clause with subject and tense behind a reporting verb ("said on Monday that
...") or before it ("..., the paper reported"), the sentence around one ("The attack, Kyiv says, killed ..."), the
infinitive of an undertaking or a demand ("vowed to ...", "urged them to ..."), the clause of a noun ("the claim that
..."), and the rest of a sentence beside "according to". What was not said, or only may be, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kcpipe.quotes.reading import SUBJECTS, Reading
from kcpipe.quotes.reports import (
    Quotation,
    Report,
    SpeechWords,
    according_speaker,
    is_unreal,
    lacks_particle,
    source_of_noun,
    subject_of,
)
from kcpipe.quotes.speakers import joins_the_verb_above
from kcpipe.syntax import FINITE, Sentence, Token

_EDGES = " \t,;:.-–—…"
_STARTS_NEXT = frozenset({"cc", "mark", "prep", "advmod", "npadvmod", "conj"})
_FIRST_PERSON = frozenset({"i", "we"})
_PERSONAL = frozenset({"he", "she", "i", "we"})
_LONGEST_ASIDE = 8
"""Words that may stand between a reporting verb and a clause without "that": "said in an interview on Friday he"."""


class _Reported(NamedTuple):
    """One stretch of content, clean offsets, with its report and the word that heads it."""

    start: int
    end: int
    report: Report
    head: Token


def indirect_quotations(document: Reading, marked: list[Quotation], words: SpeechWords) -> Iterator[Quotation]:
    """The quotations without marks; `marked` are those with, whose words are not told twice."""
    for position, sentence in enumerate(document.sentences):
        for token in [token for token in sentence.tokens if token.lemma in words.telling]:
            for told in _reported(document, sentence, token, words):
                start, end = _content(document.text, told.start, told.end)
                covers_head = any(
                    q.kind == "direct" and q.start <= told.head.start < q.end and not (q.start <= token.start < q.end)
                    for q in marked
                )
                if start < end and not covers_head:
                    yield Quotation(start, end, "indirect", told.report, position)


def _reported(document: Reading, sentence: Sentence, token: Token, words: SpeechWords) -> Iterable[_Reported]:
    """The content that one word reports, in the order of the text."""
    if token.lemma == "accord" and token.tag == "VBG":
        found = _according_to(document, sentence, token, words)
    elif token.dependency == "parataxis" and token.lemma in words.indirect:
        return _around(document, sentence, token, words)
    elif token.is_verb and not is_unreal(sentence, token, words):
        is_clausal = token.lemma in words.clausal and not lacks_particle(sentence, token, words)
        found = _reported_clause(document, sentence, token, words) if is_clausal else None
        if found is None and token.dependency == "advcl" and token.lemma in words.indirect | words.with_it:
            found = _as_told(document, sentence, token, words)
        if found is None and token.lemma in words.infinitival:
            found = _infinitive(sentence, token, words)
    elif token.tag in ("NN", "NNS") and token.lemma in words.nouns:
        found = _noun_clause(sentence, token, words)
    else:
        return ()
    return () if found is None else (found,)


def _reported_clause(document: Reading, sentence: Sentence, verb: Token, words: SpeechWords) -> _Reported | None:
    """The clause that a reporting verb governs: "X said that ...", "..., X reported", "it is said that ..."."""
    clauses = sentence.children(verb, "ccomp")
    clause = next((clause for clause in clauses if clause > verb), next(iter(clauses), None))
    if clause is None:
        return None
    if clause < verb and verb.lemma in words.infinitival and sentence.child(verb, "xcomp") is not None:
        return None  # "EU fines airline, Minsk vows to retaliate"
    tree = _without_next(sentence, clause)
    first, last = tree[0], tree[-1]
    if first <= verb <= last or not _ends_cleanly(sentence, last):
        return None
    has_that = first.lemma == "that" and first.dependency == "mark"
    # "demanded that the company reinstate him", "expect prices to fall": these show no tense.
    is_tenseless = (has_that and verb.lemma in words.infinitival) or verb.lemma in words.thinking
    if not _is_clause(sentence, clause, needs_tense=not is_tenseless):
        return None
    passive_it = sentence.child(verb, "nsubjpass")
    report = _told_by(sentence, verb, first.start, words) if passive_it is None else Report(verb.lemma)
    if report is None or (report.speaker and report.speaker.start < last.end and first.start < report.speaker.end):
        return None
    if passive_it is not None and (passive_it.lemma != "it" or not has_that or verb.lemma not in words.indirect):
        return None
    is_question = verb.lemma in words.asking and first.lemma.lower() in words.question_openers and clause > verb
    is_asked = verb.tag == "VBN" and not sentence.children(verb, "aux")  # "Asked if he would, he said ..."
    if verb.lemma in words.asking and (is_asked or not is_question):
        return None
    if (
        not has_that
        and not is_question
        and not (_is_aside(sentence, verb, first) if clause > verb else _opens(document, sentence, tree, verb))
    ):
        return None
    if has_that:
        if clause < verb or len(tree) < 2:
            return None
        first = tree[1]
    return _Reported(first.start, last.end, report, clause)


def _without_next(sentence: Sentence, clause: Token) -> list[Token]:
    """The tokens of a clause without what the parser hangs on it though it goes on with the reporting verb.

    A past tense cannot share a "would": "said it would| breathe life into the towns| and urged them to agree".
    """
    tree = sentence.subtree(clause)
    for joined in sentence.children(clause, "conj"):
        if joins_the_verb_above(sentence, joined):
            border = next((token for token in reversed(sentence.children(clause, "cc")) if token < joined), joined)
            tree = [token for token in tree if token < border]
    source = next((token for token in tree[1:] if token.text == "according"), None)
    is_set_off = source is not None and sentence.tokens[source.number - 1].text == ","
    return [token for token in tree if token < source] if source is not None and is_set_off else tree


def _told_by(sentence: Sentence, verb: Token, content_start: int, words: SpeechWords) -> Report | None:
    """The report of a verb whose subject can utter, think or show it; None where nobody is named who can."""
    speaker, method = subject_of(sentence, verb, words, before_offset=content_start)
    if speaker is None or method is None:
        return None
    head = sentence.at(speaker.head_start)
    if head is None:
        return None
    if verb.lemma in words.thinking and (head.lemma.lower() in _FIRST_PERSON or head.lemma.lower() == "it"):
        return None
    is_somebody = head.entity_label == "PERSON" or head.lemma.lower() in _PERSONAL
    if verb.lemma in words.showing and not (is_somebody or head.lemma.lower() in words.documents):
        return None
    return Report(verb.lemma, speaker, method)


def _is_aside(sentence: Sentence, verb: Token, first: Token) -> bool:
    """Whether what stands between a verb and its clause only tells when, where or whom: "told them on Monday"."""
    between = [token for token in sentence.tokens[verb.number + 1 : first.number] if token.is_word]
    if not between:
        return sentence.text[verb.end - sentence.start : first.start - sentence.start].strip() == ""
    asides = {
        token.number
        for child in sentence.children(verb, "npadvmod", "advmod", "dobj", "dative", "prep", "prt")
        for token in sentence.subtree(child)
    }
    return len(between) <= _LONGEST_ASIDE and all(token.number in asides for token in between)


def _as_told(document: Reading, sentence: Sentence, verb: Token, words: SpeechWords) -> _Reported | None:
    """The rest of the sentence beside "as the president said last week", set off by a comma."""
    mark = sentence.child(verb, "mark")
    told_of = sentence.child(verb, "ccomp", "dobj", "xcomp")
    tree = [token for token in sentence.subtree(verb) if token.is_word]
    if mark is None or mark.lemma != "as" or tree[0] != mark or verb.tag not in FINITE:
        return None
    if (told_of is None) == (verb.lemma in words.with_it) or (told_of is not None and told_of.lemma != "it"):
        return None
    if any(preposition.lemma in words.prepositions_of for preposition in sentence.children(verb, "prep")):
        return None
    speaker, method = subject_of(sentence, verb, words, before_offset=sentence.end)
    head = sentence.tokens[verb.head]
    if speaker is None or not _is_clause(sentence, head, needs_tense=False):
        return None
    report = Report(verb.lemma, speaker, method)
    if mark.number == 0:
        behind = [token for token in sentence.tokens[verb.number :] if token < head]
        comma = next((token for token in behind if token.text == ","), None)
        return None if comma is None else _Reported(comma.end, sentence.end, report, head)
    is_last = not any(map(str.isalnum, document.text[tree[-1].end : sentence.end]))
    is_set_off = document.text[sentence.start : mark.start].rstrip().endswith(",")
    return _Reported(sentence.start, mark.start, report, head) if is_last and is_set_off else None


def _opens(document: Reading, sentence: Sentence, clause: list[Token], verb: Token) -> bool:
    """Whether a clause, as its tokens, opens its sentence, and a comma, no quotation, sets it off from its verb."""
    if any(token.is_word for token in sentence.tokens[: clause[0].number]):
        return False
    if _surplus(document.text[clause[0].start : verb.start]) > 0:
        return False
    return clause[-1].text == "," or document.text[clause[-1].end :][:9].lstrip().startswith(",")


def _around(document: Reading, sentence: Sentence, verb: Token, words: SpeechWords) -> list[_Reported]:
    """The two parts of a sentence around a reporting clause set off by commas: "The attack, Kyiv says, killed ..."."""
    if verb.tag not in FINITE or is_unreal(sentence, verb, words):
        return []
    subject = sentence.child(verb, "nsubj")
    if subject is None:
        return []
    head = sentence.tokens[verb.head]
    clause = [token for token in sentence.subtree(verb) if token.is_word]
    first, last = clause[0], clause[-1]
    before, behind = document.text[sentence.start : first.start], document.text[last.end : sentence.end]
    is_set_off = before.rstrip().endswith(",") and behind.lstrip().startswith(",")
    if not is_set_off or not any(map(str.isalnum, behind)) or not _is_clause(sentence, head, needs_tense=False):
        return []
    speaker, _ = subject_of(sentence, verb, words, before_offset=sentence.end)
    if speaker is None:
        return []
    return [
        _Reported(sentence.start, first.start, Report(verb.lemma, speaker, "subject_after"), head),
        _Reported(last.end, sentence.end, Report(verb.lemma, speaker, "subject_before"), head),
    ]


def _infinitive(sentence: Sentence, verb: Token, words: SpeechWords) -> _Reported | None:
    """What somebody undertakes or demands, from "to" on: "vowed to stay", "urged Congress to act", "called on X to"."""
    if sentence.child(verb, "auxpass") is not None:
        return None
    on = next(
        (child for child in sentence.children(verb, "prep") if child.lemma in ("on", "upon") and child > verb), None
    )
    if verb.lemma in words.with_on and on is None:
        return None
    holders = [verb]
    if verb.lemma in words.directing:
        for addressed in (*sentence.children(verb, "dobj"), on):
            if addressed is not None:
                holders += [addressed, *sentence.children(addressed, "pobj")]
    goals = [
        goal
        for holder in holders
        for goal in sentence.children(holder, "xcomp", "ccomp", *(("acl", "relcl") if holder != verb else ()))
        if goal > verb and goal.tag == "VB"
    ]
    if verb.lemma in words.directing:
        goals += [goal for goal in sentence.children(verb, "advcl") if goal > verb and goal.tag == "VB"]
    for goal in goals:
        to = next((token for token in sentence.children(goal, "aux") if token.tag == "TO"), None)
        if to is None:
            continue
        negation = sentence.child(goal, "neg")
        first = negation if negation is not None and negation < to else to
        last = sentence.subtree(goal)[-1]
        told = _told_by(sentence, verb, first.start, words)
        if told is None or not _ends_cleanly(sentence, last):
            return None
        return _Reported(first.start, last.end, told, goal)
    return None


def _noun_clause(sentence: Sentence, noun: Token, words: SpeechWords) -> _Reported | None:
    """The clause of a noun of speech: "the minister's claim that ...", "expressed hope that ..."."""
    clause = sentence.child(noun, "acl", "ccomp", "relcl")
    if clause is None or clause < noun or not _is_clause(sentence, clause):
        return None
    tree = sentence.subtree(clause)
    mark = tree[0]
    # A relative clause ("the report that he wrote") leaves a place open; a told one has its own subject behind "that".
    if mark.lemma != "that" or mark.dependency != "mark" or len(tree) < 2:
        return None
    source = source_of_noun(sentence, noun, words)
    method = None if source is None else "subject_before" if source.start < mark.start else "subject_after"
    return _Reported(tree[1].start, tree[-1].end, Report(noun.lemma, source, method), clause)


def _ends_cleanly(sentence: Sentence, last: Token) -> bool:
    """Whether a clause that ends with this token was not cut in the middle by the parser."""
    following = sentence.tokens[last.number + 1 : last.number + 2]
    starts_next = last.text == "," or all(not token.is_word or token.dependency in _STARTS_NEXT for token in following)
    return starts_next and last.tag not in ("DT", "IN", "TO", "CC", "PRP$", "POS")


def _is_clause(sentence: Sentence, head: Token, *, needs_tense: bool = True) -> bool:
    """Whether a verb has a subject and a tense."""
    return (sentence.has_tense(head) or not needs_tense) and sentence.child(head, *SUBJECTS, "expl") is not None


def _according_to(document: Reading, sentence: Sentence, verb: Token, words: SpeechWords) -> _Reported | None:
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
        return _Reported(comma + 1, sentence.end, report, head)
    if any(map(str.isalnum, document.text[phrase_end : sentence.end])):
        return None
    return _Reported(sentence.start, verb.start, report, head)


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
