"""From a page's text to its article: every raw line gets a role and a rule, kept lines make the clean text.

lines.py cuts the raw text; markdown.py takes away its marks, front_matter.py what stands above it, columns.py puts
columns one below the other (shown.py: what is then shown, and the way back); lines.py folds hard-wrapped lines to
blocks; rules.py holds the data's rules; bylines.py reads names and dates in one line; article.py judges the blocks;
metadata.py finds what the page says about the article; compose.py builds the clean text as runs of raw characters, so
that every clean offset has a raw one. Nothing is dropped for what it is about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe import ids
from kcpipe.clean.article import KEPT_ROLES, Article, analyse
from kcpipe.clean.bylines import Field
from kcpipe.clean.columns import columns_in_order
from kcpipe.clean.compose import FOLD, PARAGRAPH, Composition, hyphen, spelled
from kcpipe.clean.language import LANGUAGE, Language, language_of
from kcpipe.clean.lines import Block, Line, blocks, folded, goes_on, raw_lines
from kcpipe.clean.markdown import unmarked
from kcpipe.clean.metadata import find_metadata
from kcpipe.clean.model import line_model, scores
from kcpipe.clean.rules import Rules, Verdict, rules
from kcpipe.clean.shown import Shown
from kcpipe.clean.titles import masthead
from kcpipe.lexicon import Lexicons
from kcpipe.spans import SpanMap
from kcpipe.tables import TABLES, build, conform

_LONG = {
    "lines": (
        "line_number",
        "raw_start",
        "raw_end",
        "char_start",
        "char_end",
        "text",
        "role",
        "rule_id",
        "is_kept",
    ),
    "text_spans": ("char_start", "char_end", "raw_start", "raw_end"),
}
"""Tables with many rows a document, made by column: all but document_id."""
_BLANK = Verdict("blank", "structure.blank")
_MARKS = Verdict("furniture", "structure.marks")
"""A line of nothing but marks of Markdown, or of a front matter."""


class Clean(NamedTuple):
    """The articles, their lines with roles, the map to the raw text, the evidence for metadata, what was set aside."""

    clean_documents: pa.Table
    lines: pa.Table
    text_spans: pa.Table
    document_fields: pa.Table
    quarantine: pa.Table


def clean(*, raw_documents: pa.Table, lexicons: Lexicons) -> Clean:
    """Clean every document.

    raw_documents: decoded texts. lexicons: boilerplate, outlets, line_model, line_words. Returns one
    `clean_documents` row per document; its raw lines that tile the raw text, its runs that tile the clean text, the
    raw spans of its metadata; and a `quarantine` row for a document without an article (`only_clutter`) or in a
    language that later stages cannot read (`unsupported_language`).
    """
    known = rules(lexicons)
    documents = raw_documents.to_pylist()
    read = [raw_lines(row["raw_text"]) for row in documents]
    shown = [_show(row["raw_text"], lines, known) for row, lines in zip(documents, read, strict=True)]
    parts = [blocks(text.lines, text.widths) for text in shown]
    rows: dict[str, list[Any]] = {name: [] for name in Clean._fields}
    owners: dict[str, list[str]] = {name: [] for name in _LONG}
    judged = [[known.judge(part.text) for part in of_document] for of_document in parts]
    odds = scores(parts, judged, line_model(lexicons))
    for row, lines, text, of_document, verdicts, of_blocks in zip(
        documents, read, shown, parts, judged, odds, strict=True
    ):
        article = analyse(of_document, verdicts, known, of_blocks, text.title)
        for name, made in _clean_one(row, lines, text.spans, of_document, article, known).items():
            if name in _LONG:
                owners[name] += [row["document_id"]] * len(made)
                rows[name] += made
            else:
                rows[name].extend({"document_id": row["document_id"], **values} for values in made)
    return Clean(
        **{
            name: _by_column(name, owners[name], made) if name in _LONG else build(TABLES[name], made)
            for name, made in rows.items()
        }
    )


def _show(raw: str, lines: Sequence[Line], known: Rules) -> Shown:
    """What a reader sees: a text in columns column by column, any other without marks of Markdown."""
    return columns_in_order(raw, lines) or unmarked(raw, lines, known)


def _by_column(name: str, owners: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """The table of rows that are tuples in the order of _LONG, each with its document: a page has hundreds of lines."""
    values = zip(*rows, strict=True) if rows else [()] * len(_LONG[name])
    columns = {"document_id": owners, **dict(zip(_LONG[name], values, strict=True))}
    schema = TABLES[name].schema
    return conform(
        TABLES[name], pa.table({column: pa.array(held, schema.field(column).type) for column, held in columns.items()})
    )


def _clean_one(
    row: dict[str, Any],
    lines: Sequence[Line],
    shown: SpanMap,
    parts: Sequence[Block],
    article: Article,
    known: Rules,
) -> dict[str, Sequence[Any]]:
    """The rows of one document by table, without its id.

    lines: the raw ones. parts: blocks of the text that is shown. shown: from there to the raw text.
    """
    raw: str = row["raw_text"]
    verdicts = article.verdicts
    composition = _compose(parts, verdicts, known)
    text = composition.text
    title = article.title
    name = None if title is None else _clean_text(parts[title], composition)
    language = language_of(text)
    has_body = any(verdict.role == "body" for verdict in verdicts)
    stated = find_metadata(parts, article, name, known)
    published = stated.published
    single = [stated.publisher, stated.section, stated.url, published.field if published else None]
    evidence = [
        *_title_field(parts, title, name, article, known),
        *stated.authors,
        *(found for found in single if found is not None),
    ]
    values = {found.name: found.value for found in evidence}
    return {
        "clean_documents": [
            {
                "language": language.code,
                "language_score": language.score,
                "title": name,
                "authors": [author.value for author in stated.authors],
                "publisher": values.get("publisher"),
                "section": values.get("section"),
                "url": values.get("url"),
                "text": text,
                "stated_start": published.start if published else None,
                "stated_end": published.end if published else None,
                "published_precision": published.precision if published else None,
                "stated_text": published.field.value if published else None,
                "stated_at": published.at if published else None,
                "is_extractable": has_body and not language.is_foreign,
            }
        ],
        "lines": _line_rows(lines, parts, verdicts, composition, shown),
        "text_spans": list(_raw_runs(composition.runs, shown)),
        "document_fields": _field_rows(evidence, raw, shown),
        "quarantine": _quarantine(row, has_body, language),
    }


def _line_rows(
    lines: Sequence[Line], parts: Sequence[Block], verdicts: Sequence[Verdict], composition: Composition, shown: SpanMap
) -> list[tuple[Any, ...]]:
    """A row for each raw line, by the verdict on what is shown of it."""
    starts = [line.start for line in lines]
    found: dict[int, tuple[Verdict, tuple[int, int] | None]] = {}
    for part, verdict in zip(parts, verdicts, strict=True):
        for line in part.lines:
            number = bisect_right(starts, shown.to_raw(line.start, line.end)[0])
            if number not in found or found[number][1] is None:  # of two columns the first that is kept
                found[number] = verdict, composition.places.get(line.number)
    made = []
    for line in lines:
        verdict, place = found.get(line.number) or (_MARKS if folded(line.text) else _BLANK, None)
        start, end = place or (None, None)
        made.append(
            (line.number, line.start, line.end, start, end, line.text, verdict.role, verdict.rule_id, place is not None)
        )
    return made


def _raw_runs(
    runs: Iterable[tuple[int, int, int | None, int | None]], shown: SpanMap
) -> Iterator[tuple[int, int, int | None, int | None]]:
    """The runs of the clean text with raw offsets instead of those in the text that is shown."""
    for char_start, char_end, start, end in runs:
        if start is None or end is None:
            yield char_start, char_end, None, None
            continue
        for first, last, raw in shown.pieces(start, end):
            at = char_start + first - start
            yield at, at + last - first, raw, None if raw is None else raw + last - first


def _compose(parts: Sequence[Block], verdicts: Sequence[Verdict], known: Rules) -> Composition:
    """The kept blocks as one text; a paragraph that page furniture cut in two is joined again, and so are words that
    the end of a line broke."""
    composition = Composition()
    kept = list(_kept_lines(parts, verdicts, known))

    @cache
    def words() -> frozenset[str]:
        return spelled(part.text for part in parts) | known.prose_words | known.page_words

    is_joined = False
    for (line, length, separator), following in zip_longest(kept, kept[1:]):
        is_folded = following is not None and following[2] == FOLD and length == len(line.text)
        mark = hyphen(line.text, following[0].text, words) if is_folded else None
        end = len(line.text.rstrip()) - 1 if mark == "" else length
        composition.keep(line, end, "" if is_joined else separator)
        is_joined = mark is not None
    return composition


def _kept_lines(parts: Sequence[Block], verdicts: Sequence[Verdict], known: Rules) -> Iterator[tuple[Line, int, str]]:
    """The lines of the kept blocks in order, each with how many of its characters are kept and what goes before it."""
    before: Block | None = None
    for part, verdict in zip(parts, verdicts, strict=True):
        if verdict.role not in KEPT_ROLES:
            continue
        separator = PARAGRAPH
        if before is not None and verdict.role == "body" and goes_on(before.text, part.text):
            separator = FOLD
        for line in part.lines:
            credit = known.inline_credit.regex.search(line.text)
            if verdict.role == "title" and line is part.lines[-1]:
                credit = masthead(line.text, known) or credit
            yield line, credit.start() if credit else len(line.text), separator
            separator = FOLD
        before = part if verdict.role == "body" else None


def _clean_text(part: Block, composition: Composition) -> str:
    start = composition.places[part.lines[0].number][0]
    return composition.text[start : composition.places[part.lines[-1].number][1]]


def _title_field(
    parts: Sequence[Block], title: int | None, name: str | None, article: Article, known: Rules
) -> list[Field]:
    if title is None or name is None:
        return []
    first, last = parts[title].lines[0], parts[title].lines[-1]
    start = first.start + len(first.text) - len(first.text.lstrip())
    outlet = masthead(last.text, known)
    end = last.start + (outlet.start() if outlet else len(last.text.rstrip()))
    return [Field("title", name, start, end, article.verdicts[title].rule_id)]


def _field_rows(evidence: Sequence[Field], raw: str, shown: SpanMap) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    rows = []
    for found in evidence:
        counts[found.name] = counts.get(found.name, 0) + 1
        start, end = shown.to_raw(found.start, found.end)
        rows.append(
            {
                "field": found.name,
                "ordinal": counts[found.name],
                "text": raw[start:end],
                "raw_start": start,
                "raw_end": end,
                "basis": "stated",
                "rule_id": found.rule_id,
            }
        )
    return rows


def _quarantine(row: dict[str, Any], has_body: bool, language: Language) -> list[dict[str, Any]]:
    if language.is_foreign:
        found = f"{language.code} with score {language.score}"
        reason, message = "unsupported_language", f"the text is in {found}; only {LANGUAGE} is read"
    elif not has_body:
        reason, message = "only_clutter", "no line of the record reads as an article's text"
    else:
        return []
    return [
        {
            "quarantine_id": ids.name_id("quarantine", row["document_id"], "clean", reason),
            "raw_sha256": row["raw_sha256"],
            "stage": "clean",
            "reason": reason,
            "message": message,
        }
    ]
