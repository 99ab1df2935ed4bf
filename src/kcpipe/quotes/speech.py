"""Quotations: what is between quotation marks, what follows "said that", and who said it.

Four kinds of evidence tie words to a speaker, tried from the surest on: a reporting verb right before the marks
("X said, "), right behind them (" said X"), a reporting verb that governs quoted words ("stressed the 'need to ...'"),
and, for words that stand alone, the sentence before or behind. Words in quotation marks without any of these are a
quotation only when they read as speech; single terms are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kcpipe.ids import span_id
from kcpipe.lexicon import Lexicon
from kcpipe.quotes.marks import Quoted, opens_with_mark, quoted_spans
from kcpipe.quotes.reading import SUBJECTS, Reading, Sentence, Token
from kcpipe.quotes.speakers import Speaker, named_before_colon, noun_phrase, speaker_of

_TERMINAL = ".!?…"
_ENDS_CONTENT = ".!?…,—–"
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_QUOTATION_MARKS = frozenset(["“", "”", "‘", "’", "«", "»", '"', "'", "``", "''", "`"])
_EDGES = " \t,;:.-–—…"
_STARTS_NEXT = frozenset({"cc", "mark", "prep", "advmod", "npadvmod", "conj"})
_LONG = 8
"""Words from which quoted words without any reporting verb are taken for speech."""


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


def quotation_rows(document: Reading, words: SpeechWords) -> list[dict[str, Any]]:
    """The rows of `quotation_drafts` of one document, in the order of the text.

    `text` stands without its quotation marks; `cue` is the reporting word's lemma ("according to" for those words);
    `speaker_method` is one of subject_before, subject_after (subject of the reporting verb, on that side of the
    words), same_speaker ("..., adding, ..."), previous_sentence, next_sentence, continued (the paragraph before left
    its quotation open), colon ("Cuba: ..."), according_to; null exactly when nobody is named.
    """
    marked = _marked(document, words)
    found = {(q.start, q.end, q.kind): q for q in [*marked, *_indirect(document, marked, words)]}
    ordered = sorted(found.values(), key=lambda q: (q.start, -q.end, q.kind))
    rows = []
    for quotation, raw in zip(ordered, [document.spans.to_raw(q.start, q.end) for q in ordered], strict=True):
        speaker = quotation.report.speaker
        parent = _innermost(ordered, quotation)
        rows.append(
            {
                "quotation_id": _quotation_id(document, quotation, raw),
                "document_id": document.document_id,
                "char_start": quotation.start,
                "char_end": quotation.end,
                "text": document.text[quotation.start : quotation.end],
                "speaker_text": document.text[speaker.start : speaker.end] if speaker else None,
                "speaker_start": speaker.start if speaker else None,
                "speaker_end": speaker.end if speaker else None,
                "speaker_mention_id": _speaker_mention(document.mentions, speaker) if speaker else None,
                "speaker_method": quotation.report.method if speaker else None,
                "cue": quotation.report.cue,
                "quotation_kind": quotation.kind,
                "parent_quotation_id": parent and _quotation_id(document, parent),
            }
        )
    return rows


def _quotation_id(document: Reading, quotation: Quotation, raw: tuple[int, int] | None = None) -> str:
    raw = raw or document.spans.to_raw(quotation.start, quotation.end)
    return span_id("quotation", document.document_id, *raw, quotation.kind)


def _innermost(ordered: list[Quotation], inner: Quotation) -> Quotation | None:
    around = [
        q
        for q in ordered
        if q.start <= inner.start and inner.end <= q.end and (q.start, q.end) != (inner.start, inner.end)
    ]
    return min(around, key=lambda q: (q.end - q.start, q.kind), default=None)


def _speaker_mention(mentions: Iterable[Mapping[str, Any]], speaker: Speaker) -> str | None:
    """The longest mention around the head of the speaker's words, else the one person named at their end."""
    around = [m for m in mentions if m["char_start"] <= speaker.head_start and speaker.head_end <= m["char_end"]]
    within = [m for m in around if m["char_start"] >= speaker.start and m["char_end"] <= speaker.end]
    at_end = [
        m
        for m in mentions
        if m["entity_type"] == "PERSON" and m["char_start"] >= speaker.start and m["char_end"] == speaker.end
    ]
    for candidates in (within, around, at_end):
        if candidates:
            best = max(candidates, key=lambda m: (m["char_end"] - m["char_start"], m["mention_id"]))
            return str(best["mention_id"])
    return None


# --- words in quotation marks ---------------------------------------------------------------------------------------


def _marked(document: Reading, words: SpeechWords) -> list[Quotation]:
    quotations: list[Quotation] = []
    unclosed: Quotation | None = None
    for paragraph in document.paragraphs:
        start, end = paragraph[0].start, paragraph[-1].end
        pieces = quoted_spans(document.text, start, end, words.elisions)
        continues = unclosed is not None and opens_with_mark(document.text, start)
        last = unclosed
        unclosed = None
        for piece in pieces:
            is_first = piece.start <= start + 2
            if continues and is_first and last is not None:
                quotation: Quotation | None = Quotation(
                    piece.start,
                    piece.end,
                    "direct",
                    replace(last.report, method="continued"),
                    document.position_at(piece.end),
                )
            else:
                quotation = _quotation(document, piece, pieces, quotations, words)
            if quotation is None:
                continue
            if piece.is_closed:
                quotations.append(quotation)
            else:
                unclosed = quotation
        if unclosed is not None and _next_paragraph_continues(document, end):
            quotations.append(unclosed)
        else:
            unclosed = None
    return quotations


def _next_paragraph_continues(document: Reading, end: int) -> bool:
    position = document.position_at(end - 1) + 1
    return position < len(document.sentences) and opens_with_mark(document.text, document.sentences[position].start)


def _quotation(
    document: Reading, piece: Quoted, pieces: list[Quoted], before: list[Quotation], words: SpeechWords
) -> Quotation | None:
    """The quotation that a quoted stretch is, or None when it is a mere term or title.

    pieces: all stretches of the paragraph. before: the quotations found so far.
    """
    content = document.text[piece.start : piece.end]
    last = document.position_at(piece.end - 1)
    frame = _Frame.around(document, piece, pieces)
    report = _stated_before(frame, before, words)
    if report is not None:
        return Quotation(piece.start, piece.end, "direct", report, last)
    after = _stated_after(frame, content, words)
    if after is not None:
        return Quotation(piece.start, piece.end, "direct", after, document.position_at(frame.after_end - 1))
    fragment = _governed(document, piece, pieces, words)
    if fragment is not None:
        return Quotation(piece.start, piece.end, "mixed", fragment, last)
    colon = named_before_colon(document, frame.before_text_start, piece.start - 1)
    if colon is not None:
        return Quotation(piece.start, piece.end, "direct", Report(None, colon, "colon"), last)
    if not _reads_as_speech(document, piece, content):
        return None
    if not frame.opens:
        is_long = not piece.is_single and len(content.split()) >= _LONG
        return Quotation(piece.start, piece.end, "mixed", Report(), last) if is_long else None
    report = _from_neighbours(document, piece, pieces, before, words) if frame.closes else Report()
    return Quotation(piece.start, piece.end, "direct", report, last)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The words around a quoted stretch, up to its neighbours or the ends of its sentences."""

    first: Sentence
    before: tuple[int, ...]
    """Tokens of `first` before the opening mark."""
    before_text_start: int
    before_text: str
    last: Sentence
    after: tuple[int, ...]
    """Tokens of `last` behind the closing mark."""
    after_end: int
    after_text: str
    opens: bool
    """The opening mark begins its sentence, or stands behind a colon."""
    closes: bool
    """The closing mark ends its sentence, or nothing but another stretch follows."""
    follows_end: int | None
    """Where the stretch ends, in the same sentence, behind which `before` begins."""

    @classmethod
    def around(cls, document: Reading, piece: Quoted, pieces: list[Quoted]) -> _Frame:
        text = document.text
        outer = next((other for other in reversed(pieces) if other.holds(piece)), None)
        opening, closing = piece.start - 1, piece.end + 1
        first = document.sentence_at(opening)
        last_position = document.position_at(piece.end - 1)
        last = document.sentences[last_position]
        low = max(first.start, outer.start if outer else 0)
        high = min(last.end, outer.end) if outer else last.end
        # A sentence splitter may cut behind "...?” he said": the reporting clause then begins in lower case.
        if (
            outer is None
            and not any(map(str.isalnum, text[closing:high]))
            and last_position + 1 < len(document.sentences)
        ):
            following = document.sentences[last_position + 1]
            if following.paragraph == last.paragraph and text[following.start].islower():
                last, high = following, following.end
        siblings = [p for p in pieces if not p.holds(piece) and not piece.holds(p) and p != piece]
        ends = [p.end for p in siblings if p.end <= opening]
        starts = [p.start for p in siblings if p.start >= piece.end and not p.is_single]
        follows_end = max((end for end in ends if end >= low), default=None)
        low = max([low, *(end + 1 for end in ends)])
        high = min([high, *(start - 1 for start in starts)])
        before_text = text[low:opening].rstrip("`")
        return cls(
            first,
            tuple(i for i in first.within(low, opening) if first.tokens[i].text not in _QUOTATION_MARKS),
            low,
            before_text,
            last,
            tuple(i for i in last.within(closing, high) if last.tokens[i].text not in _QUOTATION_MARKS),
            max(high, piece.end),
            text[closing:high],
            not any(map(str.isalnum, before_text)) or before_text.rstrip().endswith(":"),
            not any(map(str.isalnum, text[closing:high])),
            follows_end,
        )


def _stated_before(frame: _Frame, before: list[Quotation], words: SpeechWords) -> Report | None:
    """The report of a verb in front: "X said, ...", "X announced on Monday that ...", "..., adding, ..."."""
    sentence = frame.first
    verbs = [i for i in frame.before if sentence.tokens[i].is_verb]
    if not verbs or sentence.tokens[verbs[-1]].lemma not in words.reporting:
        return None
    verb = verbs[-1]
    text = frame.before_text.rstrip()
    last_word = next((i for i in reversed(frame.before) if sentence.tokens[i].is_word), verb)
    if not (text.endswith((",", ":")) or last_word == verb or sentence.tokens[last_word].lemma == "that"):
        return None
    if (
        sentence.tokens[last_word].lemma == "that"
        and not text.endswith((",", ":"))
        and not frame.before_text.endswith(" ")
    ):
        return None
    cue = sentence.tokens[verb].lemma
    has_subject = any(
        child in frame.before for child in sentence.children[verb] if sentence.tokens[child].dependency in SUBJECTS
    )
    if frame.follows_end is not None and not has_subject:
        told = next((q for q in reversed(before) if q.end == frame.follows_end), None)
        if told is not None and told.report.speaker is not None:
            return Report(cue, told.report.speaker, "same_speaker")
    return Report(cue, *_subject(sentence, verb, before_offset=sentence.tokens[verb].end))


def _stated_after(frame: _Frame, content: str, words: SpeechWords) -> Report | None:
    """The report of a verb behind: "...," he said; "...," said Song, a professor; "...," according to Song."""
    sentence = frame.last
    tokens = [i for i in frame.after if sentence.tokens[i].is_word]
    if not tokens or not (content[-1] in _ENDS_CONTENT or frame.after_text.lstrip().startswith(",")):
        return None
    if sentence.tokens[tokens[0]].lemma == "accord" and len(tokens) > 2:
        speaker = _according_speaker(sentence, tokens[0], words)
        return Report("according to", speaker, "according_to") if speaker else None
    verb = next((i for i in tokens if sentence.tokens[i].is_verb), None)
    if verb is None or sentence.tokens[verb].lemma not in words.reporting or sentence.tokens[verb].tag == "VBG":
        return None
    if sentence.tokens[tokens[0]].dependency in ("cc", "mark") or sentence.tokens[tokens[0]].tag in ("IN", "CC"):
        return None
    speaker = speaker_of(sentence, verb) or (_inverted(sentence, verb) if verb == tokens[0] else None)
    if speaker is None or speaker.start < sentence.tokens[frame.after[0]].start or speaker.end > frame.after_end:
        return None
    return Report(sentence.tokens[verb].lemma, speaker, "subject_after")


def _inverted(sentence: Sentence, verb: int) -> Speaker | None:
    """The speaker of "...?" asked Mr. Park, whom the parser takes for the one asked."""
    noun = sentence.child(verb, "dobj", "attr")
    if (
        noun is None
        or sentence.tokens[verb].tag not in _FINITE
        or sentence.tokens[noun].start < sentence.tokens[verb].end
    ):
        return None
    return noun_phrase(sentence, noun)


def _subject(sentence: Sentence, verb: int, before_offset: int) -> tuple[Speaker | None, str | None]:
    speaker = speaker_of(sentence, verb)
    if speaker is None:
        return None, None
    return speaker, "subject_before" if speaker.start < before_offset else "subject_after"


def _governed(document: Reading, piece: Quoted, pieces: list[Quoted], words: SpeechWords) -> Report | None:
    """The report of quoted words that a reporting or characterising verb of their sentence governs."""
    sentence = document.sentence_at(piece.start)
    inside = sentence.within(piece.start, piece.end)
    count = sum(sentence.tokens[i].is_word for i in inside)
    if piece.end > sentence.end or count < (3 if piece.is_single else 2) or _is_title(sentence, inside):
        return None
    top = next((i for i in inside if sentence.tokens[i].head not in inside), None)
    if top is None:
        return None
    others = [p for p in pieces if p != piece and not p.holds(piece)]
    for index, arc in sentence.ancestors(top):
        token = sentence.tokens[index]
        if any(p.start <= token.start < p.end for p in others):
            return None
        is_report = token.lemma in words.governing and arc in ("ccomp", "xcomp", "dobj", "parataxis", "oprd")
        is_character = token.lemma in words.characterising and arc in ("prep", "oprd", "dobj", "ccomp", "xcomp")
        if token.is_verb and (is_report or is_character):
            if (arc != "ccomp" and count < 3) or _is_unreal(sentence, index, words):
                return None
            speaker, method = _subject(sentence, index, before_offset=piece.start)
            return Report(token.lemma, speaker, method) if speaker else None
    return None


def _is_title(sentence: Sentence, inside: list[int]) -> bool:
    """Whether all longer words are capitalised: the name of a work or a slogan."""
    long = [sentence.tokens[i].text for i in inside if len(sentence.tokens[i].text) > 3]
    return bool(long) and all(word[0].isupper() or word[0].isdigit() for word in long)


def _reads_as_speech(document: Reading, piece: Quoted, content: str) -> bool:
    """Whether quoted words without a reporting verb are a clause, or too long for a term."""
    first, last = document.sentence_at(piece.start), document.sentence_at(piece.end - 1)
    if first is not last:
        return True
    inside = first.within(piece.start, piece.end)
    number_of_words = len(content.split())
    if number_of_words < 3 or (inside and _is_title(first, inside)):
        return False
    has_verb = any(first.tokens[i].tag in _FINITE or first.tokens[i].dependency == "ROOT" for i in inside)
    is_clause = any(first.tokens[i].tag in _FINITE for i in inside) or (content[-1] in _TERMINAL and has_verb)
    return is_clause or (number_of_words >= _LONG)


def _from_neighbours(
    document: Reading, piece: Quoted, pieces: list[Quoted], before: list[Quotation], words: SpeechWords
) -> Report:
    """The report of words that stand alone, by the sentence before or behind them; empty when neither tells."""
    position = document.position_at(piece.start - 1)
    sentence = document.sentences[position]
    if sentence.role != "body":
        return Report()
    previous = document.sentences[position - 1] if position else None
    if previous is not None and previous.role == "body":
        last = before[-1] if before else None
        if last is not None and last.kind == "direct" and last.last_sentence == position - 1 and last.report.speaker:
            return Report(last.report.cue, last.report.speaker, "previous_sentence")
        if previous.paragraph == sentence.paragraph:
            root = _root(previous)
            if (
                root is not None
                and previous.tokens[root].lemma in words.reporting
                and not _is_quoted(previous, root, pieces)
            ):
                speaker = speaker_of(previous, root)
                if speaker is not None:
                    return Report(previous.tokens[root].lemma, speaker, "previous_sentence")
    following_at = document.position_at(piece.end - 1) + 1
    if following_at < len(document.sentences):
        following = document.sentences[following_at]
        root = _root(following)
        if root is not None and following.role == "body" and following.tokens[root].lemma in words.reporting:
            pointer = following.child(root, "dobj", "advmod")
            speaker = speaker_of(following, root)
            if pointer is not None and speaker is not None and following.tokens[pointer].lemma in words.pointing:
                return Report(following.tokens[root].lemma, speaker, "next_sentence")
    return Report()


def _is_quoted(sentence: Sentence, index: int, pieces: list[Quoted]) -> bool:
    return any(piece.start <= sentence.tokens[index].start < piece.end for piece in pieces)


def _root(sentence: Sentence) -> int | None:
    return next((i for i, token in enumerate(sentence.tokens) if token.dependency == "ROOT" and token.is_verb), None)


# --- words without quotation marks ----------------------------------------------------------------------------------


def _indirect(document: Reading, marked: list[Quotation], words: SpeechWords) -> Iterator[Quotation]:
    for position, sentence in enumerate(document.sentences):
        for index, token in enumerate(sentence.tokens):
            if token.is_verb and token.lemma in words.indirect:
                found = _reported_clause(document, sentence, index, words)
            elif token.lemma == "accord" and token.tag == "VBG":
                found = _according_to(document, sentence, index, words)
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
    document: Reading, sentence: Sentence, verb: int, words: SpeechWords
) -> tuple[int, int, Report, Token] | None:
    """The clause that a reporting verb governs: "X said that ...", "..., X reported", "it is said that ..."."""
    clause = sentence.child(verb, "ccomp")
    if clause is None or _is_unreal(sentence, verb, words) or not _is_clause(sentence, clause):
        return None
    tree = sentence.subtree(clause)
    if verb in range(tree[0], tree[-1] + 1):
        return None
    if not _ends_cleanly(sentence, tree[-1]):
        return None
    has_that = sentence.tokens[tree[0]].lemma == "that" and sentence.tokens[tree[0]].dependency == "mark"
    passive_it = sentence.child(verb, "nsubjpass")
    if passive_it is not None:
        if sentence.tokens[passive_it].lemma != "it" or not has_that:
            return None
        report = Report(sentence.tokens[verb].lemma)
    else:
        speaker, method = _subject(sentence, verb, before_offset=sentence.tokens[tree[0]].start)
        if speaker is None or method is None or _overlaps(sentence, tree, speaker):
            return None
        report = Report(sentence.tokens[verb].lemma, speaker, method)
    if clause > verb:
        between = document.text[sentence.tokens[verb].end : sentence.tokens[tree[0]].start]
        if not has_that and between.strip():
            return None
        first = tree[1] if has_that and len(tree) > 1 else tree[0]
    else:
        if tree[0] > 0 and any(token.is_word for token in sentence.tokens[: tree[0]]):
            return None
        between = document.text[sentence.tokens[tree[-1]].end :].lstrip()
        if has_that or not (between.startswith(",") or sentence.tokens[tree[-1]].text == ","):
            return None
        first = tree[0]
    return sentence.tokens[first].start, sentence.tokens[tree[-1]].end, report, sentence.tokens[clause]


def _ends_cleanly(sentence: Sentence, last: int) -> bool:
    """Whether a clause that ends with this token was not cut in the middle by the parser."""
    following = sentence.tokens[last + 1] if last + 1 < len(sentence.tokens) else None
    starts_next = following is None or not following.is_word or following.dependency in _STARTS_NEXT
    return starts_next and sentence.tokens[last].tag not in ("DT", "IN", "TO", "CC", "PRP$", "POS")


def _is_clause(sentence: Sentence, head: int) -> bool:
    """Whether a verb has a subject and a tense."""
    verbs = [head, *(c for c in sentence.children[head] if sentence.tokens[c].dependency in ("aux", "auxpass"))]
    has_tense = any(sentence.tokens[i].tag in _FINITE for i in verbs)
    return has_tense and sentence.child(head, *SUBJECTS, "expl") is not None


def _overlaps(sentence: Sentence, tree: list[int], speaker: Speaker) -> bool:
    return speaker.start < sentence.tokens[tree[-1]].end and sentence.tokens[tree[0]].start < speaker.end


def _according_to(
    document: Reading, sentence: Sentence, index: int, words: SpeechWords
) -> tuple[int, int, Report, Token] | None:
    """The rest of the sentence that "according to X," opens or ", according to X" closes."""
    speaker = _according_speaker(sentence, index, words)
    if speaker is None:
        return None
    report = Report("according to", speaker, "according_to")
    phrase_end = sentence.tokens[sentence.subtree(index)[-1]].end
    head = sentence.tokens[sentence.tokens[index].head]
    if index == 0:
        comma = document.text.find(",", speaker.end, sentence.end)
        if comma < 0 or any(map(str.isalnum, document.text[phrase_end:comma])):
            return None
        return comma + 1, sentence.end, report, head
    if any(map(str.isalnum, document.text[phrase_end : sentence.end])):
        return None
    return sentence.start, sentence.tokens[index].start, report, head


def _according_speaker(sentence: Sentence, index: int, words: SpeechWords) -> Speaker | None:
    preposition = sentence.child(index, "prep")
    if preposition is None or sentence.tokens[preposition].lemma != "to" or preposition != index + 1:
        return None
    head = sentence.child(preposition, "pobj")
    if head is None or sentence.tokens[head].lemma in words.not_speakers:
        return None
    return noun_phrase(sentence, head)


def _is_unreal(sentence: Sentence, verb: int, words: SpeechWords) -> bool:
    """Whether the verb of speaking is denied, supposed or still to come."""
    arcs = {sentence.tokens[child].dependency: sentence.tokens[child] for child in sentence.children[verb]}
    helpers = {
        sentence.tokens[c].text.lower() for c in sentence.children[verb] if sentence.tokens[c].dependency == "aux"
    }
    if "neg" in arcs or helpers & words.unreal_auxiliaries:
        return True
    if any(
        sentence.tokens[c].lemma in words.unreal_openers and sentence.tokens[c].dependency == "mark"
        for c in sentence.children[verb]
    ):
        return True
    is_infinitive = "to" in helpers or sentence.tokens[verb].tag == "VB"
    return is_infinitive and sentence.tokens[sentence.tokens[verb].head].lemma not in words.resuming


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
