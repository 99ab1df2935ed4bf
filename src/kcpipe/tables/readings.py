"""The nouns of reading closely: time expressions, mentions, entities, quotations, quantities."""

from __future__ import annotations

from kcpipe.tables.declare import Table, day, flag, integer, number, text, texts
from kcpipe.tables.texts import CHAR_END, CHAR_START, DOCUMENT_ID, UNRESOLVED_REASONS

DATE_PRECISIONS = (
    "minute",
    "day",
    "week",
    "month",
    "quarter",
    "half",
    "season",
    "year",
    "decade",
    "century",
    "interval",
    "unknown",
)
DATE_BASES = ("absolute", "relative", "calendar", "corroborated", "unresolved")
ENTITY_TYPES = ("PERSON", "ORG", "COUNTRY", "PLACE", "GROUP", "EVENT", "WORK", "OTHER")

DATE_START = day("date_start", "First day of the interval, inclusive; null when open or unresolved.")
DATE_END = day("date_end", "Last day of the interval, inclusive; null when open or unresolved.")
DATE_PRECISION = text(
    "date_precision", "How finely the words tell the time; unknown when unresolved.", values=DATE_PRECISIONS
)
DATE_EXTENT = text(
    "date_extent",
    "within: on some day of the interval; throughout: all of it; null when unresolved.",
    nullable=True,
    values=("within", "throughout"),
)
DATE_BASIS = text("date_basis", "How the interval was worked out.", values=DATE_BASES)
UNRESOLVED_REASON = text(
    "unresolved_reason",
    "Why there is no date; null exactly when a date bound is set.",
    nullable=True,
    values=UNRESOLVED_REASONS,
)

TIME_EXPRESSIONS = Table(
    "time_expressions",
    "One row per expression of time, with its words, its symbolic value, and the interval they resolve to.",
    (
        text("time_expression_id", "Hash of document and raw span."),
        DOCUMENT_ID,
        CHAR_START,
        CHAR_END,
        text("text", "The words."),
        text("timex_type", "TIMEX3 type.", values=("DATE", "TIME", "DURATION", "SET")),
        text(
            "symbolic_value",
            "What the words say before any anchor is known; the grammar is in kcpipe.intervals.",
        ),
        text("timex_value", "TIMEX3 value after anchoring; X stands for what stayed unknown.", nullable=True),
        text("timex_mod", "TIMEX3 modifier, such as START, MID, END, APPROX, BEFORE, AFTER.", nullable=True),
        text("timex_quant", "TIMEX3 quantifier of a SET, such as EVERY.", nullable=True),
        text("timex_freq", "TIMEX3 frequency of a SET, such as 3X.", nullable=True),
        DATE_START,
        DATE_END,
        DATE_PRECISION,
        DATE_EXTENT,
        DATE_BASIS,
        text(
            "anchor",
            "What the words were counted from.",
            values=("publication", "expression", "event", "none"),
        ),
        text(
            "anchor_time_expression_id",
            "The expression it was counted from.",
            nullable=True,
            references="time_expressions.time_expression_id",
        ),
        text(
            "anchor_event_mention_id",
            "The event report it was counted from.",
            nullable=True,
            references="event_mentions.event_mention_id",
        ),
        UNRESOLVED_REASON,
    ),
    ("time_expression_id",),
)

MENTIONS = Table(
    "mentions",
    "One row per place where a text names, describes or points to an entity.",
    (
        text("mention_id", "Hash of document and raw span."),
        DOCUMENT_ID,
        CHAR_START,
        CHAR_END,
        text("text", "The words."),
        text("entity_type", "What kind of thing is meant.", values=ENTITY_TYPES),
        text("mention_kind", "How it is mentioned.", values=("name", "adjectival", "nominal", "pronoun")),
        text(
            "entity_id",
            "The entity meant; null when the evidence is not clear.",
            nullable=True,
            references="entities.entity_id",
        ),
        flag("is_metonym", "A place name that acts for its government: 'Havana will continue'."),
        text("role_text", "The office the text gives the person.", nullable=True),
        text(
            "role_time",
            "Whether the office is held now.",
            nullable=True,
            values=("current", "former", "then"),
        ),
        text("link_method", "How the entity was found.", nullable=True),
        number("link_score", "Trust in the link, 0 to 1.", nullable=True),
    ),
    ("mention_id",),
)

MENTION_MEMBERS = Table(
    "mention_members",
    "The members of a plural mention, such as 'the two countries'.",
    (
        text("mention_id", "The plural mention.", references="mentions.mention_id"),
        text("entity_id", "One of its members.", references="entities.entity_id"),
    ),
    ("mention_id", "entity_id"),
)

ENTITIES = Table(
    "entities",
    "One row per country, person, organisation, place or other thing that mentions were linked to.",
    (
        text("entity_id", "country: and code, a gazetteer key, or a hash of normalised name and country."),
        text("entity_type", "What kind of thing it is.", values=ENTITY_TYPES),
        text("name", "Its name: the gazetteer's, else the fullest form in the texts."),
        text("country_code", "Country it belongs to, ISO 3166-1 alpha-3.", nullable=True),
        text("wikidata_id", "Wikidata item, only from a library or a cited row.", nullable=True),
        texts("successors", "Countries that followed a historical state, sorted; empty for all others."),
        texts("aliases", "Other forms met in the texts, sorted."),
        integer("mention_count", "Mentions linked to it."),
        integer("document_count", "Documents that mention it."),
        text(
            "first_document_id",
            "The first document that mentions it.",
            nullable=True,
            references="documents.document_id",
        ),
    ),
    ("entity_id",),
)

QUOTATIONS = Table(
    "quotations",
    "One row per stretch of reported speech or thought, with who said it.",
    (
        text("quotation_id", "Hash of document and raw span."),
        DOCUMENT_ID,
        CHAR_START,
        CHAR_END,
        text("text", "What was said, without the quotation marks."),
        text("speaker_text", "The words for who said it.", nullable=True),
        integer("speaker_start", "First character of those words in documents.text.", nullable=True),
        integer("speaker_end", "One past their last character.", nullable=True),
        text("speaker_mention_id", "The mention they are.", nullable=True, references="mentions.mention_id"),
        text("speaker_entity_id", "The entity they mean.", nullable=True, references="entities.entity_id"),
        text("speaker_method", "How the speaker was found.", nullable=True),
        text("cue", "The reporting word.", nullable=True),
        text("quotation_kind", "How it is reported.", values=("direct", "mixed", "indirect")),
        text(
            "parent_quotation_id",
            "The quotation that it is reported in.",
            nullable=True,
            references="quotations.quotation_id",
        ),
    ),
    ("quotation_id",),
)

QUANTITIES = Table(
    "quantities",
    "One row per amount, count or share.",
    (
        text("quantity_id", "Hash of document and raw span."),
        DOCUMENT_ID,
        CHAR_START,
        CHAR_END,
        text("text", "The words."),
        text(
            "quantity_kind",
            "What kind of quantity it is.",
            values=("cardinal", "ordinal", "money", "percent", "frequency", "duration"),
        ),
        number("value", "The number; null when only a bound is told.", nullable=True),
        number("value_low", "Lower bound; null is open.", nullable=True),
        number("value_high", "Upper bound; null is open.", nullable=True),
        text("unit", "Unit; ISO 4217 for money.", nullable=True),
        text("unit_basis", "Whether the text states the unit.", nullable=True, values=("stated", "assumed")),
        text("object_text", "What is counted.", nullable=True),
        text(
            "time_expression_id",
            "The time it holds for.",
            nullable=True,
            references="time_expressions.time_expression_id",
        ),
        text(
            "event_mention_id",
            "The event of its clause.",
            nullable=True,
            references="event_mentions.event_mention_id",
        ),
    ),
    ("quantity_id",),
)
