"""Time expressions by their words alone: where they stand, their type, their symbolic value, their direction.

Nothing here needs to know when the text was written: `anchor` turns symbolic values into days later. The words and
rules are data (data/date_words.toml), the engine is in `grammar`, tense in `tense`, what counts from what in `story`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dates.assertion import asserted
from kcpipe.dates.grammar import Grammar, Reading
from kcpipe.dates.story import Told, tie
from kcpipe.dates.tense import Sentence, Token
from kcpipe.ids import span_id
from kcpipe.intervals import Conventions, Direction, Every, Expression, Length, Span
from kcpipe.intervals import parse as parse_symbolic
from kcpipe.lexicon import Lexicon, Lexicons
from kcpipe.spans import span_maps
from kcpipe.tables import TABLES, build

_UNPARSED = Sentence(())
_TOKEN_COLUMNS = ("document_id", "sentence_number", "token_number", *Token._fields)


class Dates(NamedTuple):
    """What `dates` makes."""

    time_drafts: pa.Table


@lru_cache(maxsize=4)
def _grammar(lexicon: Lexicon) -> Grammar:
    return Grammar(lexicon)


def dates(
    *, clean_documents: pa.Table, sentences: pa.Table, text_spans: pa.Table, tokens: pa.Table, lexicons: Lexicons
) -> Dates:
    """The time expressions of every extractable document.

    Tables of those names; tokens may lack sentences (their direction is then `either`). lexicons: `date_words`,
    `holidays`.
    Offsets are clean (documents.text). A span leaves out the preposition ("since", "until"), whose meaning stands in
    symbolic_value, and holds articles and words of approximation.
    """
    grammar = _grammar(lexicons["date_words"])
    conventions = Conventions.of(lexicons["date_words"].rules, lexicons["holidays"].rows)
    extractable = clean_documents.filter(clean_documents.column("is_extractable"))
    texts: Mapping[str, str] = dict(
        zip(extractable.column("document_id").to_pylist(), extractable.column("text").to_pylist(), strict=True)
    )
    found: dict[tuple[str, int], tuple[int, int, list[Reading]]] = {}
    ordered = sentences.sort_by([("document_id", "ascending"), ("sentence_number", "ascending")])
    for row in ordered.to_pylist():
        text = texts.get(row["document_id"])
        if text is None:
            continue
        readings = grammar.read(text[row["char_start"] : row["char_end"]])
        if readings:
            key = (row["document_id"], row["sentence_number"])
            found[key] = (row["char_start"], row["paragraph_number"], readings)
    parses = _parses(tokens, found.keys())
    keepers = _keepers(lexicons)
    stories: dict[str, list[Told]] = {}
    for (document, number), (offset, paragraph, readings) in found.items():
        parsed = parses.get((document, number), _UNPARSED)
        kept = [_kept_in(reading, texts[document], keepers) for reading in readings]
        told = [_told(reading, offset, number, paragraph, parsed) for reading in kept]
        stories.setdefault(document, []).extend(one for one in told if not _is_soon_after(one))
    maps = span_maps(
        text_spans.filter(pc.is_in(text_spans.column("document_id"), pa.array(list(stories), pa.string())))
    )
    rows: list[dict[str, Any]] = []
    for document, story in stories.items():
        tied = tie(story, conventions)
        ids = [
            span_id("time_expression", document, *maps[document].to_raw(told.char_start, told.char_end))
            for told in tied
        ]
        rows += [_row(document, texts[document], told, ids, index) for index, told in enumerate(tied)]
    return Dates(build(TABLES["time_drafts"], rows))


def _parses(tokens: pa.Table, keys: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Sentence]:
    """The parses of the sentences asked for, as far as they were parsed."""
    wanted = set(keys)
    documents = pa.array(sorted({document for document, _ in wanted}), pa.string())
    kept = tokens.select(_TOKEN_COLUMNS).filter(pc.is_in(tokens.column("document_id"), documents))
    kept = kept.sort_by([(name, "ascending") for name in _TOKEN_COLUMNS[:3]])
    parses: dict[tuple[str, int], list[Token]] = {}
    columns = [kept.column(name).to_pylist() for name in _TOKEN_COLUMNS]
    for document, sentence, _, *fields in zip(*columns, strict=True):
        if (document, sentence) in wanted:
            parses.setdefault((document, sentence), []).append(Token(*fields))
    return {key: Sentence(of_sentence) for key, of_sentence in parses.items()}


def _told(reading: Reading, offset: int, sentence: int, paragraph: int, parsed: Sentence) -> Told:
    start, end = offset + reading.start, offset + reading.end
    side: Direction = "past" if reading.direction == "past" else parsed.direction(start, end)
    verb = parsed.governing_verb(start, end)
    above = tuple(parsed.governors(start, end))
    firm = asserted(parsed.tokens, above)
    return Told(reading, start, end, sentence, paragraph, side, above, verb, asserted=firm)


def _keepers(lexicons: Lexicons) -> Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]:
    """For each holiday that several countries keep on days of their own: the countries, with their names."""
    names = lexicons["date_words"].rules["countries"]["names"]
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for row in lexicons["holidays"].rows:
        if (code := row["country_code"]) in names:
            found.setdefault(row["holiday"], {})[code] = re.compile(rf"\b(?:{'|'.join(names[code])})")
    return {holiday: sorted(countries.items()) for holiday, countries in found.items() if len(countries) > 1}


def _kept_in(reading: Reading, text: str, keepers: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]) -> Reading:
    """A holiday of several countries: that of the one which the text names at least twice as often as the others."""
    holiday = reading.symbolic.rpartition("holiday=")[2]
    if holiday not in keepers:
        return reading
    counts = sorted(((len(pattern.findall(text)), code) for code, pattern in keepers[holiday]), reverse=True)
    if counts[0][0] < max(1, 2 * counts[1][0]):
        return reading
    symbolic = f"{reading.symbolic}_{counts[0][1]}"
    return replace(reading, symbolic=symbolic, expression=parse_symbolic(symbolic))


def _is_soon_after(told: Told) -> bool:
    """ "Soon they left" tells a sequence; only what lies ahead is in the future."""
    return told.reading.symbolic == "FUTURE_REF" and told.direction == "past"


def _row(document: str, text: str, told: Told, ids: Sequence[str], index: int) -> dict[str, Any]:
    reading = told.reading
    return {
        "time_expression_id": ids[index],
        "document_id": document,
        "char_start": told.char_start,
        "char_end": told.char_end,
        "text": text[told.char_start : told.char_end],
        "timex_type": timex_type(reading.expression),
        "symbolic_value": reading.symbolic,
        "timex_mod": reading.mod,
        "timex_quant": reading.quant,
        "timex_freq": reading.freq,
        "direction": told.direction,
        "asserted": told.asserted,
        "anchor_time_expression_id": None if told.anchor is None else ids[told.anchor],
    }


def timex_type(expression: Expression) -> str:
    """DATE, TIME, DURATION or SET."""
    first = expression[0]
    if isinstance(first, Length):
        return "DURATION"
    if isinstance(first, Every):
        return "SET"
    is_time = isinstance(first, Span) and first.points[0].unit in ("daypart", "time")
    return "TIME" if is_time else "DATE"
