"""Quotations and quantities: who is reported to have said what, and how much of what the text tells.

Both are read from the text and its parse alone; nothing here needs to know when the document was published.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from kcpipe.lexicon import Lexicons
from kcpipe.quotes.quantities import quantity_rows
from kcpipe.quotes.quantity_words import QuantityWords
from kcpipe.quotes.reading import readings
from kcpipe.quotes.reports import SpeechWords
from kcpipe.quotes.speech import quotation_rows
from kcpipe.tables import TABLES, build

__all__ = ["Quotes", "quotes"]


class Quotes(NamedTuple):
    """What `quotes` makes."""

    quotation_drafts: pa.Table
    quantity_drafts: pa.Table


def quotes(
    *,
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    mention_drafts: pa.Table,
    time_drafts: pa.Table,
    lexicons: Lexicons,
) -> Quotes:
    """The quotations and quantities of each document, in the order of documents and text.

    Tables of those names; `lexicons` holds speech, number_words and currencies. Offsets are clean
    (documents.text). A sentence without tokens gives its quotations without a speaker and no counts of things.
    """
    speech = SpeechWords.of(lexicons["speech"])
    amounts = QuantityWords.of(lexicons["number_words"], lexicons["currencies"])
    documents = readings(clean_documents, sentences, text_spans, tokens, mention_drafts, time_drafts)
    quotations = []
    quantities = []
    for document in documents:
        quotations += quotation_rows(document, speech)
        quantities += quantity_rows(document, amounts)
    return Quotes(
        build(TABLES["quotation_drafts"], quotations),
        build(TABLES["quantity_drafts"], quantities),
    )
