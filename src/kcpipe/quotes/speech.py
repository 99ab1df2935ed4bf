"""Quotations: what is said in quotation marks, what follows "said that", and who said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kcpipe.ids import span_id
from kcpipe.quotes.indirect import indirect_quotations
from kcpipe.quotes.marked import marked_quotations
from kcpipe.quotes.reading import Reading
from kcpipe.quotes.reports import Quotation, SpeechWords
from kcpipe.quotes.speakers import Speaker


def quotation_rows(document: Reading, words: SpeechWords) -> list[dict[str, Any]]:
    """The rows of `quotation_drafts` of one document, in the order of the text.

    `text` stands without its quotation marks; `cue` is the reporting word's lemma ("according to" for those words);
    `speaker_method` is one of subject_before, subject_after (subject of the reporting verb, on that side of the
    words), same_speaker ("..., adding, ..."), previous_sentence, next_sentence, continued (the paragraph before left
    its quotation open), colon ("Cuba: ..."), according_to; null exactly when nobody is named.
    """
    marked = marked_quotations(document, words)
    found = {(q.start, q.end, q.kind): q for q in [*marked, *indirect_quotations(document, marked, words)]}
    ordered = sorted(found.values(), key=lambda q: (q.start, -q.end, q.kind))
    rows = []
    around: list[Quotation] = []
    for quotation in ordered:
        around = [q for q in around if q.end > quotation.start]
        parent = _innermost(around, quotation)
        around.append(quotation)
        speaker = quotation.report.speaker
        rows.append(
            {
                "quotation_id": _quotation_id(document, quotation),
                "document_id": document.document_id,
                "char_start": quotation.start,
                "char_end": quotation.end,
                "text": document.text[quotation.start : quotation.end],
                "speaker_text": document.text[speaker.start : speaker.end] if speaker else None,
                "speaker_start": speaker.start if speaker else None,
                "speaker_end": speaker.end if speaker else None,
                "speaker_mention_id": _speaker_mention(document.mentions_near(speaker.start), speaker)
                if speaker
                else None,
                "speaker_method": quotation.report.method if speaker else None,
                "cue": quotation.report.cue,
                "quotation_kind": quotation.kind,
                "parent_quotation_id": parent and _quotation_id(document, parent),
            }
        )
    return rows


def _quotation_id(document: Reading, quotation: Quotation) -> str:
    raw = document.spans.to_raw(quotation.start, quotation.end)
    return span_id("quotation", document.document_id, *raw, quotation.kind)


def _innermost(around: list[Quotation], inner: Quotation) -> Quotation | None:
    """The shortest of the quotations that hold another one."""
    holding = [q for q in around if q.end >= inner.end and (q.start, q.end) != (inner.start, inner.end)]
    return min(holding, key=lambda q: (q.end - q.start, q.kind), default=None)


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
