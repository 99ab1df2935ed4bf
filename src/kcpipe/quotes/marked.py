"""Words in quotation marks: which of them are speech, and whose.

Tried from the surest evidence on: a reporting verb right before the marks ("X said, "), right behind them (" said X"),
a reporting verb that governs the words ("stressed the 'need to ...'"), a name and a colon, and, for words that stand
alone, the sentence before or behind. Without any of these, words in marks are a quotation only when they read as
speech; single terms and titles are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kcpipe.quotes.marks import Quoted, opens_with_mark, quoted_spans
from kcpipe.quotes.reading import SUBJECTS, Reading
from kcpipe.quotes.reports import (
    Quotation,
    Report,
    SpeechWords,
    according_speaker,
    is_unreal,
    lacks_particle,
    subject_of,
)
from kcpipe.quotes.speakers import Speaker, named_before_colon, noun_phrase, speaker_of
from kcpipe.syntax import FINITE, Sentence, Token

_TERMINAL = ".!?…"
_ENDS_CONTENT = ".!?…,—–"
_QUOTATION_MARKS = frozenset(["“", "”", "‘", "’", "«", "»", '"', "'", "``", "''", "`"])
_BESIDE_THE_CLAUSE = frozenset({"acl", "relcl", "aux", "auxpass", "nsubj", "compound", "appos"})
"""What a verb is that does not carry the clause behind the marks: "an official, speaking in private, said"."""
_PREDICATES = frozenset({"acomp", "attr", "oprd"})
_OPEN_A_CLAUSE = SUBJECTS | {"aux", "auxpass"}
_LONG = 8
"""Words from which quoted words without any reporting verb are taken for speech."""


def marked_quotations(document: Reading, words: SpeechWords) -> list[Quotation]:
    """The quotations in quotation marks, in the order of the text."""
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
        kind = "mixed" if _goes_on_from(frame, piece) else "direct"
        return Quotation(piece.start, piece.end, kind, after, document.position_at(frame.after_end - 1))
    fragment = _governed(document, piece, pieces, words)
    if fragment is not None:
        return Quotation(piece.start, piece.end, "mixed", fragment, last)
    colon = named_before_colon(document, frame.before_text_start, piece.start - 1)
    if colon is not None:
        return Quotation(piece.start, piece.end, "direct", Report(None, colon, "colon"), last)
    if frame.opens and frame.closes and content[-1] in _TERMINAL:
        # A whole sentence of the marks' own, however short: "Vote."
        goes_on = _from_neighbours(document, piece, pieces, before, words)
        if goes_on.speaker is not None:
            return Quotation(piece.start, piece.end, "direct", goes_on, last)
    if not _reads_as_speech(document, piece, content):
        return None
    if not frame.opens:
        is_long = not piece.is_single and len(content.split()) >= _LONG
        return Quotation(piece.start, piece.end, "mixed", Report(), last) if is_long else None
    return Quotation(
        piece.start,
        piece.end,
        "direct",
        _from_neighbours(document, piece, pieces, before, words) if frame.closes else Report(),
        last,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The words around a quoted stretch, up to its neighbours or the ends of its sentences."""

    first: Sentence
    before: Sequence[Token]
    """Tokens of `first` before the opening mark."""
    before_text_start: int
    before_text: str
    last: Sentence
    after: Sequence[Token]
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
            [token for token in first.within(low, opening) if token.text not in _QUOTATION_MARKS],
            low,
            before_text,
            last,
            [token for token in last.within(closing, high) if token.text not in _QUOTATION_MARKS],
            max(high, piece.end),
            text[closing:high],
            not any(map(str.isalnum, before_text)) or before_text.rstrip().endswith(":"),
            not any(map(str.isalnum, text[closing:high])),
            follows_end,
        )


def _stated_before(frame: _Frame, before: list[Quotation], words: SpeechWords) -> Report | None:
    """The report of a verb in front: "X said, ...", "X announced on Monday that ...", "..., adding, ..."."""
    sentence = frame.first
    verbs = [token for token in frame.before if token.is_verb]
    while len(verbs) > 1 and verbs[-1].tag == "VBG" and not _reports(frame, verbs[-1], words):
        verbs.pop()  # "he said, smiling, ..."
    verb = verbs[-1] if verbs else None
    if verb is None or not _reports(frame, verb, words):
        return None
    leads_in = frame.before_text.rstrip().endswith((",", ":"))
    if not leads_in and not frame.closes and any(token.is_word for token in _same_clause(frame)):
        return None
    last_word = next((token for token in reversed(frame.before) if token.is_word), verb)
    if not (leads_in or last_word == verb or last_word.lemma == "that"):
        return None
    if last_word.lemma == "that" and not leads_in and not frame.before_text.endswith(" "):
        return None
    has_subject = any(subject in frame.before for subject in sentence.children(verb, *SUBJECTS))
    if frame.follows_end is not None and not has_subject:
        told = next((q for q in reversed(before) if q.end == frame.follows_end), None)
        if told is not None and told.report.speaker is not None:
            return Report(verb.lemma, told.report.speaker, "same_speaker")
    return Report(verb.lemma, *subject_of(sentence, verb, words, before_offset=verb.end))


def _goes_on_from(frame: _Frame, piece: Quoted) -> bool:
    """Whether the words before the marks make one clause with those in them: 'Voters are tired of "politics."'."""
    tokens = frame.first.tokens
    inside = [token for token in frame.first.within(piece.start, piece.end) if token.is_word]
    before = [token for token in frame.before if token.is_word]
    begins_it = any(token.dependency in _OPEN_A_CLAUSE and tokens[token.head] in inside for token in before)
    return begins_it or any(tokens[token.head] in before for token in inside)


def _reports(frame: _Frame, verb: Token, words: SpeechWords) -> bool:
    """Whether a verb before a mark reports: "said", "put" in "as Roosevelt put it", "was" in "was blunt: "."""
    if verb.lemma == "be":
        manner = frame.first.child(verb, "acomp")
        return (
            manner is not None
            and manner in frame.before
            and manner.lemma in words.manner
            and frame.before_text.rstrip().endswith(":")
        )
    if verb.lemma in words.with_it:
        thing = frame.first.child(verb, "dobj")
        return thing is not None and thing.lemma == "it"
    return verb.lemma in words.reporting and not lacks_particle(frame.first, verb, words)


def _same_clause(frame: _Frame) -> Sequence[Token]:
    """What follows the closing mark without a break: in 'that "mistakes were made" in the case', the last words."""
    return () if frame.after_text.lstrip()[:1] in ("", *",;:.!?—–(") else frame.after


def _stated_after(frame: _Frame, content: str, words: SpeechWords) -> Report | None:
    """The report of a verb behind: "...," he said; "...," said Song, a professor; "...," according to Song."""
    sentence = frame.last
    tokens = [token for token in frame.after if token.is_word]
    if not tokens or not (content[-1] in _ENDS_CONTENT or frame.after_text.lstrip().startswith(",")):
        return None
    if tokens[0].lemma == "accord" and len(tokens) > 2:
        speaker = according_speaker(sentence, tokens[0], words)
        return Report("according to", speaker, "according_to") if speaker else None
    verb = next((token for token in tokens if token.is_verb and token.dependency not in _BESIDE_THE_CLAUSE), None)
    if verb is None or verb.lemma not in words.reporting or verb.tag == "VBG":
        return None
    if tokens[0].dependency in ("cc", "mark") or tokens[0].tag in ("IN", "CC"):
        return None
    speaker = speaker_of(sentence, verb)
    if verb == tokens[0] and (speaker is None or speaker.end <= frame.after[0].start):
        speaker = _inverted(sentence, verb)
    if speaker is None and sentence.child(verb, "auxpass") is not None:
        quoted = sentence.child(verb, "nsubjpass") if verb.lemma in ("quote", "cite") else None
        return Report(verb.lemma, noun_phrase(sentence, quoted), "subject_after") if quoted else Report(verb.lemma)
    if speaker is None or speaker.start < frame.after[0].start or speaker.end > frame.after_end:
        return None
    return Report(verb.lemma, speaker, "subject_after")


def _inverted(sentence: Sentence, verb: Token) -> Speaker | None:
    """The speaker of "...?" asked Mr. Park, whom the parser takes for the one asked, or for a second subject."""
    noun = next((noun for noun in sentence.children(verb, "nsubj", "dobj", "attr") if noun > verb), None)
    return None if noun is None or verb.tag not in FINITE else noun_phrase(sentence, noun)


def _governed(document: Reading, piece: Quoted, pieces: list[Quoted], words: SpeechWords) -> Report | None:
    """The report of quoted words that a reporting or characterising verb of their sentence governs."""
    sentence = document.sentence_at(piece.start)
    inside = sentence.within(piece.start, piece.end)
    count = sum(token.is_word for token in inside)
    top = next((token for token in inside if sentence.tokens[token.head] not in inside), None)
    if top is None:
        return None
    least = 3 if piece.is_single else 1 if _says_something_of(sentence, top, words) else 2
    if piece.end > sentence.end or count < least or _is_title(inside):
        return None
    others = [p for p in pieces if p != piece and not p.holds(piece)]
    for below, token in pairwise((top, *sentence.ancestors(top))):
        arc = below.dependency
        if arc != "conj" and any(p.start <= token.start < p.end for p in others):
            return None
        is_report = token.lemma in words.governing and arc in ("ccomp", "xcomp", "dobj", "parataxis", "oprd")
        is_character = token.lemma in words.characterising and arc in ("prep", "oprd", "dobj", "ccomp", "xcomp")
        speaks_of = token.lemma in words.speaking_of and below.lemma in words.prepositions_of and arc == "prep"
        if token.is_verb and (is_report or is_character or speaks_of):
            is_telling = (
                speaks_of or token.lemma in words.stressing or (is_character and _is_judgement(inside, top, arc))
            )
            is_short = arc != "ccomp" and count < 3 and not is_telling
            if is_short or is_unreal(sentence, token, words):
                return None
            speaker, method = subject_of(sentence, token, words, before_offset=piece.start)
            return Report(token.lemma, speaker, method) if speaker else None
    return None


def _says_something_of(sentence: Sentence, top: Token, words: SpeechWords) -> bool:
    """Whether one word may be somebody's own: 'the charge was "baseless"', 'accused them of "fraud"'."""
    while top.dependency == "conj":
        top = sentence.tokens[top.head]
    link = sentence.tokens[top.head]
    is_told_of = link.lemma in words.prepositions_of and sentence.tokens[link.head].lemma in words.speaking_of
    return top.dependency in _PREDICATES or link.lemma == "as" or is_told_of


def _is_judgement(inside: Sequence[Token], top: Token, arc: str) -> bool:
    """Whether few words say what a thing is like, not only what it is called: "corrupt", "a farce", 'as "a farce"'."""
    return top.part_of_speech == "ADJ" or inside[0].lemma in ("a", "an") or arc == "prep"


def _is_title(inside: Sequence[Token]) -> bool:
    """Whether all longer words are capitalised: the name of a work or a slogan."""
    long = [token.text for token in inside if len(token.text) > 3]
    return bool(long) and all(word[0].isupper() or word[0].isdigit() for word in long)


def _reads_as_speech(document: Reading, piece: Quoted, content: str) -> bool:
    """Whether quoted words without a reporting verb are a clause, or too long for a term."""
    first, last = document.sentence_at(piece.start), document.sentence_at(piece.end - 1)
    if first is not last:
        return True
    inside = first.within(piece.start, piece.end)
    number_of_words = len(content.split())
    if number_of_words < 3 or (inside and _is_title(inside)):
        return False
    has_root = any(token.dependency == "ROOT" for token in inside)
    is_clause = any(token.tag in FINITE for token in inside) or (content[-1] in _TERMINAL and has_root)
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
            if root is not None and root.lemma in words.reporting and not _is_quoted(root, pieces):
                speaker = speaker_of(previous, root)
                if speaker is not None:
                    return Report(root.lemma, speaker, "previous_sentence")
    following_at = document.position_at(piece.end - 1) + 1
    if following_at < len(document.sentences):
        following = document.sentences[following_at]
        root = _root(following)
        if root is not None and following.role == "body" and root.lemma in words.reporting:
            pointer = following.child(root, "dobj", "advmod")
            speaker = speaker_of(following, root)
            if pointer is not None and speaker is not None and pointer.lemma in words.pointing:
                return Report(root.lemma, speaker, "next_sentence")
    return Report()


def _is_quoted(token: Token, pieces: list[Quoted]) -> bool:
    return any(piece.start <= token.start < piece.end for piece in pieces)


def _root(sentence: Sentence) -> Token | None:
    return next((token for token in sentence.tokens if token.dependency == "ROOT" and token.is_verb), None)
