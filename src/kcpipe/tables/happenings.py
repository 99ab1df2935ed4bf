"""The nouns of what happens and what holds: event reports, events, facts, conflicts, kinds."""

from __future__ import annotations

from kcpipe.tables.declare import Table, day, flag, integer, number, text, texts
from kcpipe.tables.readings import (
    DATE_BASIS,
    DATE_END,
    DATE_EXTENT,
    DATE_PRECISION,
    DATE_START,
    UNRESOLVED_REASON,
)
from kcpipe.tables.texts import CHAR_END, CHAR_START, DOCUMENT_ID

PLOVER_TYPES = (
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
)
EVENT_TYPES = (*PLOVER_TYPES, "STATEMENT", "APPROVE")
STATUSES = ("occurred", "ongoing", "planned", "attempted", "hypothetical", "denied")
FITS = ("exact", "partial", "none")
FLAGS = ("self_dyad", "domestic", "implicit_party", "hearsay")

EVENT_TYPE = text("event_type", "PLOVER's sixteen types, and STATEMENT and APPROVE.", values=EVENT_TYPES)
EVENT_KIND = text("event_kind", "Our finer kind.", references="event_kinds.event_kind")
STATUS = text("status", "Whether it happened, by the words of the text.", values=STATUSES)
ACTOR_COUNTRIES = texts("actor_countries", "Countries that act, sorted.")
RECIPIENT_COUNTRIES = texts("recipient_countries", "Countries acted upon, sorted.")
COUNTRIES = texts("countries", "Countries of all parties, sorted.")
CONFIDENCE = number("confidence", "Trust in the report, 0 to 1.")

DATE_SCOPES = ("clause", "story", "news")
DATE_SCOPE = text(
    "date_scope",
    "What dates it: a time in its clause; the day the story is told of, named before (story); only that its article, "
    "whose day is stated, tells it as new (news: a day of the week up to that day). Null without a date.",
    nullable=True,
    values=DATE_SCOPES,
)

EVENT_MENTIONS = Table(
    "event_mentions",
    "One row per report of an event in a sentence.",
    (
        text("event_mention_id", "Hash of document, raw span of the trigger and kind."),
        text("event_id", "The event reported; null when negated.", nullable=True, references="events.event_id"),
        DOCUMENT_ID,
        integer("sentence_number", "The sentence."),
        CHAR_START,
        CHAR_END,
        text("evidence", "The sentence."),
        integer("trigger_start", "First character of the trigger in documents.text."),
        integer("trigger_end", "One past the last character of the trigger."),
        text("trigger_text", "The word that tells the event."),
        EVENT_TYPE,
        EVENT_KIND,
        STATUS,
        flag("is_negated", "Negated outside a reporting verb: told as not having happened."),
        integer("event_count", "How many times, when the text tells.", nullable=True),
        text("level", "At what level, when the text tells: 'ambassador-level'.", nullable=True),
        ACTOR_COUNTRIES,
        RECIPIENT_COUNTRIES,
        COUNTRIES,
        DATE_START,
        DATE_END,
        DATE_PRECISION,
        DATE_EXTENT,
        DATE_BASIS,
        DATE_SCOPE,
        text("date_text", "The words of its date; for news those of the day that the page states.", nullable=True),
        text(
            "time_expression_id",
            "The expression that dates it.",
            nullable=True,
            references="time_expressions.time_expression_id",
        ),
        UNRESOLVED_REASON,
        text("place_entity_id", "Where it happened.", nullable=True, references="entities.entity_id"),
        text(
            "quotation_id",
            "The quotation it stands in.",
            nullable=True,
            references="quotations.quotation_id",
        ),
        text("attributed_to", "The source that the article names for it.", nullable=True),
        texts("flags", "What a reader should know about the report.", values=FLAGS),
        CONFIDENCE,
        text("pattern_id", "The pattern that found it."),
        text("event_link_method", "How it was joined to its event.", nullable=True),
        number("event_link_score", "Trust in that, 0 to 1.", nullable=True),
    ),
    ("event_mention_id",),
)

PARTICIPANTS = Table(
    "participants",
    "Who takes part in a reported event, as the text names them.",
    (
        text("event_mention_id", "The report.", references="event_mentions.event_mention_id"),
        integer("ordinal", "Order within the report, from 1."),
        text("role", "The part taken.", values=("actor", "recipient", "party", "place", "instrument", "topic")),
        text("entity_id", "The entity.", nullable=True, references="entities.entity_id"),
        text("mention_id", "The mention.", nullable=True, references="mentions.mention_id"),
        text("country_code", "The country it acts for or lies in.", nullable=True),
        CHAR_START,
        CHAR_END,
        flag("is_implicit", "Stands outside the sentence of the report, and was understood from there."),
    ),
    ("event_mention_id", "ordinal"),
)

EVENTS = Table(
    "events",
    "One row per thing in the world that was reported, planned ones too.",
    (
        text("event_id", "The event_mention_id of its first report, by publication, document and place in it."),
        EVENT_TYPE,
        EVENT_KIND,
        STATUS,
        flag("is_occurred", "It happened or is going on: filter by this to count events."),
        COUNTRIES,
        ACTOR_COUNTRIES,
        RECIPIENT_COUNTRIES,
        DATE_START,
        DATE_END,
        DATE_PRECISION,
        DATE_EXTENT,
        DATE_BASIS,
        DATE_SCOPE,
        text("date_text", "The words of its date, in the report that dates it.", nullable=True),
        UNRESOLVED_REASON,
        text("place_name", "Where it happened.", nullable=True),
        text("place_country_code", "Country of that place.", nullable=True),
        text("summary", "One plain sentence made from the columns."),
        integer("mention_count", "Reports of it."),
        integer("document_count", "Documents that report it."),
        integer(
            "source_count",
            "Distinct known publishers, plus one if any is unknown; copies count once; a lower bound.",
        ),
        texts("publishers", "The known publishers, sorted."),
        day("first_published", "Last day by which the first dated report of it was published."),
        text(
            "best_event_mention_id",
            "The report to read first.",
            references="event_mentions.event_mention_id",
        ),
        CONFIDENCE,
        flag("has_conflict", "Some reports of it cannot both hold."),
    ),
    ("event_id",),
)

EVENT_COUNTRIES = Table(
    "event_countries",
    "Events by country, flat.",
    (
        text("event_id", "The event.", references="events.event_id"),
        text("country_code", "A country that takes part, ISO 3166-1 alpha-3."),
        text("role", "The part it takes.", values=("actor", "recipient", "party")),
    ),
    ("event_id", "country_code", "role"),
)

EVENT_LINKS = Table(
    "event_links",
    "How events belong together.",
    (
        text("event_id", "The event.", references="events.event_id"),
        text("related_event_id", "The other event.", references="events.event_id"),
        text(
            "relation",
            "The event is part of the other, on the same occasion, or realises the plan.",
            values=("part_of", "same_occasion", "realises"),
        ),
    ),
    ("event_id", "related_event_id", "relation"),
)

FACTS = Table(
    "facts",
    "What holds rather than happens: 'the 193rd country', 'no diplomatic ties'.",
    (
        text("fact_id", "Hash of document, raw span and property."),
        DOCUMENT_ID,
        integer("sentence_number", "The sentence."),
        CHAR_START,
        CHAR_END,
        text("evidence", "The sentence."),
        text("subject_entity_id", "What it is about.", nullable=True, references="entities.entity_id"),
        text("property", "What is said to hold."),
        text("object_entity_id", "The entity it relates to.", nullable=True, references="entities.entity_id"),
        text("value", "The value in words, when it has one.", nullable=True),
        text("unit", "Unit of the value.", nullable=True),
        text("quantity_id", "The quantity of the value.", nullable=True, references="quantities.quantity_id"),
        text(
            "time_expression_id",
            "The words for when it holds.",
            nullable=True,
            references="time_expressions.time_expression_id",
        ),
        day("as_of_start", "First day on which it is said to hold."),
        day("as_of_end", "Last day on which it is said to hold."),
        flag("is_negated", "Said not to hold."),
        text("attributed_to", "The source that the article names for it.", nullable=True),
    ),
    ("fact_id",),
)

CONFLICTS = Table(
    "conflicts",
    "Claims that cannot both hold, side by side.",
    (
        text("conflict_id", "Hash of the two claims and the attribute."),
        text(
            "attribute",
            "What they differ in.",
            values=("date", "actor", "recipient", "count", "value", "polarity", "kind"),
        ),
        text("claim_a", "The first claim in words."),
        text("claim_b", "The second claim in words."),
        text("document_id_a", "Document of the first.", references="documents.document_id"),
        text("document_id_b", "Document of the second.", references="documents.document_id"),
        text(
            "event_mention_id_a",
            "Report that makes the first claim.",
            nullable=True,
            references="event_mentions.event_mention_id",
        ),
        text(
            "event_mention_id_b",
            "Report that makes the second claim.",
            nullable=True,
            references="event_mentions.event_mention_id",
        ),
        text("fact_id_a", "Fact that makes the first claim.", nullable=True, references="facts.fact_id"),
        text("fact_id_b", "Fact that makes the second claim.", nullable=True, references="facts.fact_id"),
        text("event_id_a", "Event of the first claim.", nullable=True, references="events.event_id"),
        text("event_id_b", "Event of the second claim.", nullable=True, references="events.event_id"),
    ),
    ("conflict_id",),
)

EVENT_KINDS = Table(
    "event_kinds",
    "Reference: our kinds of event, and what they are nearest to in PLOVER and CAMEO.",
    (
        text("event_kind", "Our kind."),
        EVENT_TYPE,
        text("definition", "What counts as one, in our words."),
        text("plover_type", "PLOVER event type.", nullable=True, values=PLOVER_TYPES),
        text("plover_mode", "PLOVER mode.", nullable=True),
        text("cameo_code", "CAMEO code.", nullable=True),
        text("fit", "How well the nearest code says the same.", values=FITS),
    ),
    ("event_kind",),
)
