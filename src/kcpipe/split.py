"""Sentences of the cleaned text.

A block of the text (what stands between blank lines) is a paragraph; a sentence never crosses its border. sentencex
finds the borders inside; it knows abbreviations ("U.S.", "Feb.", "No."). Two habits of it are mended: a closing
quotation mark stays with the sentence it closes, and what begins in lower case goes on with the sentence before. And
what only stands at the head of a paragraph is a sentence of its own, lest the parser read it as one with the first: the
dateline of a report, and in a transcript the name of who speaks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa
from sentencex import segment

from kcpipe.tables import TABLES, build

BLOCK_BREAK = "\n\n"
_WHITE_SPACE = re.compile(r"\s")
_CLOSERS = re.compile(r"[”’»)\]]+(?=\s|$)")
# Behind this, a sentence may begin without a space: "ties.He", but not "anti-U.S.".
_GLUED = re.compile(r"[a-z]{2}[.!?][”’\"']?$")

# "NAIROBI, Kenya (AP) — ", "BRASILIA, March 4 (Reuters) - ", "Bissau, 3 October 2024 — ": a place in capitals, or
# one with an agency or a day behind it.
_CAPITALS = r"[^\W\d_a-zß-ÿ][^\W\d_a-zß-ÿ.'’-]{1,30}"
_PLACE = r"[^\W\d_a-z][\w.'’-]{0,30}(?: [^\W\d_a-z][\w.'’-]{0,30}){0,4}"
_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?:,? \d{4})?"
_AGENCY = r"[(/][A-Z][^()/\n]{1,40}[)/]"
_DATELINE = re.compile(
    rf"(?:{_CAPITALS}(?: {_CAPITALS}){{0,4}}(?:, {_PLACE}){{0,2}}(?:, {_DAY})?[.,]? ?(?:{_AGENCY})?"
    rf"|{_PLACE}(?:, {_PLACE})?(?:,? {_DAY}[.,]?(?: ?{_AGENCY})?|,? ?{_AGENCY}))"
    r" ?(?:—|–|--|-) (?=[^\W_a-z]|[“\"‘'])"
)
# "Randhir Jaiswal: ", "Meera Bhatt, The Hindu: ", "Q: ". Words in quotation marks stay with who says them.
_TURN = re.compile(rf"(?:{_PLACE}(?:, {_PLACE})?|[QA]): (?=[A-ZÀ-Þ])")


class Split(NamedTuple):
    """The sentences of all extractable documents."""

    sentences: pa.Table


def split(*, clean_documents: pa.Table, lines: pa.Table) -> Split:
    """Cut every extractable document into sentences.

    clean_documents: the texts. lines: their lines, for the role of the line a sentence begins in. Returns one
    `sentences` row per sentence with offsets in `documents.text`, trimmed of white space, sentence and paragraph
    numbers from 1.
    """
    roles = _roles(lines)
    rows: list[dict[str, Any]] = []
    for document in clean_documents.select(["document_id", "text", "is_extractable"]).to_pylist():
        if not document["is_extractable"]:
            continue
        starts, names = roles.get(document["document_id"], ([], []))
        for number, (paragraph, start, end) in enumerate(_sentences(document["text"]), start=1):
            line = bisect_right(starts, start) - 1
            rows.append(
                {
                    "document_id": document["document_id"],
                    "sentence_number": number,
                    "char_start": start,
                    "char_end": end,
                    "paragraph_number": paragraph,
                    "role": names[line],
                }
            )
    return Split(build(TABLES["sentences"], rows))


def _roles(lines: pa.Table) -> dict[str, tuple[list[int], list[str]]]:
    """For each document where its kept lines begin in the clean text, in order, and their roles."""
    kept = lines.filter(pa.compute.is_valid(lines.column("char_start")))
    kept = kept.sort_by([("document_id", "ascending"), ("char_start", "ascending")])
    found: dict[str, tuple[list[int], list[str]]] = {}
    columns = (kept.column(name).to_pylist() for name in ("document_id", "char_start", "role"))
    for document, start, role in zip(*columns, strict=True):
        starts, names = found.setdefault(document, ([], []))
        starts.append(start)
        names.append(role)
    return found


def _sentences(text: str) -> Iterator[tuple[int, int, int]]:
    """Paragraph number, start and end of each sentence of a clean text."""
    offset = 0
    for paragraph, block in enumerate(text.split(BLOCK_BREAK), start=1):
        borders = _borders(block)
        for start, end in pairwise(borders):
            sentence = block[start:end]
            trimmed = sentence.strip()
            if trimmed:
                begin = offset + start + len(sentence) - len(sentence.lstrip())
                yield paragraph, begin, begin + len(trimmed)
        offset += len(block) + len(BLOCK_BREAK)


def _borders(block: str) -> list[int]:
    """Where the sentences of one block begin, and its end."""
    head = _DATELINE.match(block) or _TURN.match(block)
    borders = [0, head.end()] if head else [0]
    position = 0
    # sentencex 1.0.32 panics when an initial stands before white space of several bytes, such as a no-break space.
    for piece in segment("en", _WHITE_SPACE.sub(" ", block))[:-1]:
        position += len(piece)
        closers = _CLOSERS.match(block, position)
        border = closers.end() if closers else position
        following = block[border:].lstrip()[:1]
        stands_apart = block[border : border + 1].isspace() or _stands_apart(block, border)
        if border > borders[-1] and following and not following.islower() and stands_apart:
            borders.append(border)
    return [*borders, len(block)]


def _stands_apart(block: str, border: int) -> bool:
    """Whether a new sentence may begin at a border: behind white space, or glued to the end of a whole word."""
    return block[border - 1].isspace() or _GLUED.search(block[max(border - 4, 0) : border]) is not None
