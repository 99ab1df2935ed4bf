"""Time expressions by their words alone: where they stand, their type, their symbolic value, their direction.

Nothing here needs to know when the text was written: `anchor` turns symbolic values into days later. The words and
rules are data (data/date_words.toml), the engine is in `grammar`, tense in `tense`, what counts from what in `story`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.dates.assertion import asserted
from kcpipe.dates.grammar import Grammar, Reading
from kcpipe.dates.owners import Owners
from kcpipe.dates.story import Told, tie
from kcpipe.dates.tense import direction, governing_verb, governors, is_appointed, presumption
from kcpipe.ids import span_id
from kcpipe.intervals import ENDS, Conventions, Every, Expression, Length, Span
from kcpipe.lexicon import Lexicon, Lexicons
from kcpipe.spans import span_maps
from kcpipe.syntax import Sentence, documents
from kcpipe.tables import TABLES, build

_SENTENCE = ["document_id", "sentence_number"]
_NEAR_UNITS = ("weekday", "weekend", "day", "daypart", "time", "month", "season")
"""What a reader of news takes for the next one or the last one where the tense does not tell."""
_MAIN = ("ROOT", "conj", "ccomp")
"""How a verb stands in its sentence when that tells on by it; ccomp: "it withdrew on the 9th, witnesses said"."""
_OPENING = 2
"""Words before a time with which a sentence opens: "Then in April"."""


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
    readings = _readings(extractable, sentences, grammar)
    keys = pa.schema([sentences.schema.field(name) for name in _SENTENCE])
    told_in = pa.Table.from_pylist([dict(zip(_SENTENCE, key, strict=True)) for key in readings], keys)
    owners = Owners.of(lexicons)
    stories: dict[str, list[Told]] = {}
    texts: dict[str, str] = {}
    with_times = (table.join(told_in, _SENTENCE, join_type="left semi") for table in (sentences, tokens))
    for document in documents(extractable, *with_times):
        texts[document.document_id] = document.text
        story = stories.setdefault(document.document_id, [])
        for sentence in document.sentences:
            for reading in readings[document.document_id, sentence.number]:
                words = document.text[sentence.start : sentence.end]
                told = _told(owners.owned(reading, document.text, words), sentence, document.text)
                if not (reading.is_only_ahead and told.direction == "past"):
                    story.append(told)
    maps = span_maps(
        text_spans.filter(pc.is_in(text_spans.column("document_id"), pa.array(list(stories), pa.string())))
    )
    rows: list[dict[str, Any]] = []
    for key, story in stories.items():
        tied = tie(story, conventions)
        ids = [span_id("time_expression", key, *maps[key].to_raw(told.char_start, told.char_end)) for told in tied]
        rows += [_row(key, texts[key], told, ids, index) for index, told in enumerate(tied)]
    return Dates(build(TABLES["time_drafts"], rows))


def _readings(documents: pa.Table, sentences: pa.Table, grammar: Grammar) -> dict[tuple[str, int], list[Reading]]:
    """What is read in each sentence that holds an expression, by document and number."""
    texts = dict(zip(documents.column("document_id").to_pylist(), documents.column("text").to_pylist(), strict=True))
    columns = [sentences.column(name).to_pylist() for name in (*_SENTENCE, "char_start", "char_end")]
    found = {}
    for document, number, start, end in zip(*columns, strict=True):
        if document in texts and (readings := grammar.read(texts[document][start:end])):
            found[document, number] = readings
    return found


def _told(reading: Reading, sentence: Sentence, text: str) -> Told:
    start, end = sentence.start + reading.start, sentence.start + reading.end
    side = reading.direction or direction(sentence, start, end)
    if _is_near(reading.expression) and is_appointed(sentence, start, end):
        side = "future"
    elif side == "either" and _is_near(reading.expression):
        side = reading.presumed or presumption(sentence, start, end)
    verb = governing_verb(sentence, start, end)
    above = tuple(token.number for token in governors(sentence, start, end))
    return Told(
        reading,
        start,
        end,
        sentence.number,
        sentence.paragraph,
        side,
        above,
        None if verb is None else verb.number,
        sentence.role == "subheading",
        asserted=asserted(sentence.tokens, above),
        is_quoted=_is_quoted(text[sentence.start : start]),
        is_fronted=len(text[sentence.start : start].split()) <= _OPENING,
        is_main=verb is not None and verb.dependency in _MAIN,
    )


def _is_quoted(before: str) -> bool:
    """Whether the words before it in its sentence leave a quotation open."""
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _is_near(expression: Expression) -> bool:
    """Whether it is a weekday, a day of a month, a time of day that recurs."""
    first = expression[0]
    if not isinstance(first, Span) or len(first.points) > 1:
        return False
    return first.points[0].recurs and first.points[0].unit in _NEAR_UNITS


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
    if not isinstance(first, Span):
        return "DATE"
    # "two days after" something, "the first nine months of 2021": TIMEX3 has the length
    if first.points[0].base == "event" or first.points[0].unit in ENDS:
        return "DURATION"
    return "TIME" if first.points[0].unit in ("daypart", "time") else "DATE"
