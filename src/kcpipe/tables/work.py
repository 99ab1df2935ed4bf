"""The nouns that stages hand to one another and no release carries, and the record of the checks."""

from __future__ import annotations

import pyarrow as pa

from kcpipe.tables.declare import Column, Table, day, flag, integer, moment, number, optional, text, texts
from kcpipe.tables.happenings import EVENT_MENTIONS, FACTS, PARTICIPANTS
from kcpipe.tables.readings import MENTIONS, QUANTITIES, QUOTATIONS, TIME_EXPRESSIONS
from kcpipe.tables.texts import DOCUMENT_ID, DOCUMENTS, RECORDS

OFFICE = pa.struct([pa.field(name, pa.string()) for name in ("role", "country_code", "words")])

INPUTS = Table(
    "inputs",
    "Made by the store: one row per input record as it lies outside, before anything is understood.",
    (
        *RECORDS.without("document_id"),
        Column("raw", pa.binary(), "The raw bytes; null when they could not be read.", nullable=True),
        text("problem", "Reason code when the bytes could not be read.", nullable=True),
        text("message", "That problem in words.", nullable=True),
    ),
    ("source_uri",),
    "work",
)

RAW_DOCUMENTS = Table(
    "raw_documents",
    "Made by read: the decoded text of distinct raw bytes.",
    (
        *DOCUMENTS.only("document_id", "raw_sha256", "raw_bytes", "encoding"),
        text("raw_text", "The decoded raw record; every raw offset counts its code points."),
    ),
    ("document_id",),
    "work",
)

CLEAN_DOCUMENTS = Table(
    "clean_documents",
    "Made by clean: the article and what its own page says about it.",
    (
        *DOCUMENTS.only(
            "document_id",
            "language",
            "language_score",
            "title",
            "authors",
            "publisher",
            "section",
            "url",
            "text",
        ),
        day("stated_start", "First day of the publication date that the page states."),
        day("stated_end", "Last day of it."),
        optional(DOCUMENTS.column("published_precision")),
        text("stated_text", "The words that state it.", nullable=True),
        moment("stated_at", "The stated time in UTC, when the page states its zone."),
        flag(
            "is_extractable",
            "Whether later stages read it: its language is supported and it holds an article.",
        ),
    ),
    ("document_id",),
    "work",
)

TOKENS = Table(
    "tokens",
    "Made by parse: one row per token of each sentence.",
    (
        DOCUMENT_ID,
        integer("sentence_number", "The sentence."),
        integer("token_number", "From 0 in the sentence."),
        integer("char_start", "First character in documents.text."),
        integer("char_end", "One past the last character."),
        text("text", "The token."),
        text("lemma", "Its lemma, lower-cased."),
        text("part_of_speech", "Universal part of speech."),
        text("tag", "Penn Treebank tag."),
        text("dependency", "Label of the arc from its head."),
        integer("head", "token_number of its head; its own for the root."),
        text("entity_label", "The model's OntoNotes entity label, empty outside entities."),
        flag("entity_begins", "It is the first token of the model's entity."),
    ),
    ("document_id", "sentence_number", "token_number"),
    "work",
)

MENTION_DRAFTS = Table(
    "mention_drafts",
    "Made by names: mentions, with the entity as far as one document can tell.",
    (
        *MENTIONS.without("entity_id"),
        text(
            "entity_id",
            "The entity by the document's own evidence; null when that is not clear.",
            nullable=True,
        ),
        text(
            "name",
            "The fullest name the document or the gazetteer gives it; null without an entity.",
            nullable=True,
        ),
        text("country_code", "Country it belongs to or acts for.", nullable=True),
        text("wikidata_id", "From the gazetteer's row.", nullable=True),
    ),
    ("mention_id",),
    "work",
)

MENTION_LINKS = Table(
    "mention_links",
    "Made by link: for each draft entity the entity it is across documents.",
    (
        text("draft_entity_id", "entity_id in mention_drafts."),
        text("entity_id", "entity_id in entities.", references="entities.entity_id"),
        text("link_method", "Why they are the same; null when the id did not change.", nullable=True),
        number("link_score", "Trust in that, 0 to 1.", nullable=True),
    ),
    ("draft_entity_id",),
    "work",
)

TIME_DRAFTS = Table(
    "time_drafts",
    "Made by dates: time expressions by their words alone.",
    (
        *TIME_EXPRESSIONS.only(
            "time_expression_id",
            "document_id",
            "char_start",
            "char_end",
            "text",
            "timex_type",
            "symbolic_value",
            "timex_mod",
            "timex_quant",
            "timex_freq",
        ),
        text(
            "direction",
            "On which side of the anchor it lies, by tense and words.",
            values=("past", "future", "either"),
        ),
        text(
            "asserted",
            "On which side of the writing it lies, where the verb it depends on says so itself.",
            nullable=True,
            values=("past", "future"),
        ),
        text(
            "anchor_time_expression_id",
            "The expression of the same text that it is counted from, when it is not the publication date.",
            nullable=True,
        ),
    ),
    ("time_expression_id",),
    "work",
)

PUBLICATION_DATES = Table(
    "publication_dates",
    "Made by dating: when each document was published.",
    (
        *DOCUMENTS.only(
            "document_id",
            "published_start",
            "published_end",
            "published_precision",
            "published_basis",
            "published_text",
            "published_at",
            "published_candidates",
            "published_score",
            "published_reason",
        ),
        text(
            "evidence_rule_id",
            "The rule that found published_text, where the cleaning of the page did not: a dateline, an address, what "
            "was supplied.",
            nullable=True,
        ),
        integer("evidence_raw_start", "Where it stands in the decoded raw record; null when supplied.", nullable=True),
        integer("evidence_raw_end", "One past its last character there; null when supplied.", nullable=True),
    ),
    ("document_id",),
    "work",
)

RESOLVED_TIMES = Table(
    "resolved_times",
    "Made by anchor: the interval of each time expression.",
    TIME_EXPRESSIONS.only(
        "time_expression_id",
        "timex_value",
        "date_start",
        "date_end",
        "date_precision",
        "date_extent",
        "date_basis",
        "anchor",
        "anchor_time_expression_id",
        "unresolved_reason",
    ),
    ("time_expression_id",),
    "work",
)

QUOTATION_DRAFTS = Table(
    "quotation_drafts",
    "Made by quotes: quotations, the speaker as a mention.",
    QUOTATIONS.without("speaker_entity_id"),
    ("quotation_id",),
    "work",
)

QUANTITY_DRAFTS = Table(
    "quantity_drafts",
    "Made by quotes: quantities before they are tied to events.",
    QUANTITIES.without("event_mention_id"),
    ("quantity_id",),
    "work",
)

EVENT_DRAFTS = Table(
    "event_drafts",
    "Made by events: reports of events, their dates as words and their places as mentions.",
    (
        *EVENT_MENTIONS.without(
            "event_id",
            "date_start",
            "date_end",
            "date_precision",
            "date_extent",
            "date_basis",
            "date_text",
            "unresolved_reason",
            "place_entity_id",
            "event_link_method",
            "event_link_score",
        ),
        text("place_mention_id", "Where it happened.", nullable=True),
        text("quantity_id", "The quantity in its clause.", nullable=True),
        flag("is_told_again", "The words take it as known to the reader: 'the visit', 'the deal'."),
        text("matter", "The kind of event that is proposed, accepted or announced in it.", nullable=True),
    ),
    ("event_mention_id",),
    "work",
)

EVENT_DATES = Table(
    "event_dates",
    "Made by anchor: the interval of each report.",
    EVENT_MENTIONS.only(
        "event_mention_id",
        "date_start",
        "date_end",
        "date_precision",
        "date_extent",
        "date_basis",
        "date_scope",
        "date_text",
        "unresolved_reason",
    ),
    ("event_mention_id",),
    "work",
)

PARTICIPANT_DRAFTS = Table(
    "participant_drafts",
    "Made by events: participants as mentions.",
    PARTICIPANTS.without("entity_id"),
    ("event_mention_id", "ordinal"),
    "work",
)

FACT_DRAFTS = Table(
    "fact_drafts",
    "Made by events: facts, their subject and object as mentions, their time as words.",
    (
        *FACTS.without("subject_entity_id", "object_entity_id", "as_of_start", "as_of_end"),
        text("subject_mention_id", "What it is about.", nullable=True),
        text("object_mention_id", "What it relates to.", nullable=True),
    ),
    ("fact_id",),
    "work",
)

FINGERPRINTS = Table(
    "fingerprints",
    "Made by fingerprint: what a text is compared with others by, one row per document with words.",
    (
        DOCUMENT_ID,
        text("text_digest", "SHA-256 of the clean text, every run of white space as one space."),
        Column(
            "shingles",
            pa.list_(pa.field("element", pa.int32(), nullable=False)),
            "Hashes of its shingles of five words, in the order of the text.",
        ),
        Column(
            "bands",
            pa.list_(pa.field("element", pa.int64(), nullable=False)),
            "Keys made of its MinHash signature: texts that share many shingles have one of them in the same place.",
        ),
    ),
    ("document_id",),
    "work",
)

DOCUMENT_COPIES = Table(
    "document_copies",
    "Made by duplicates: which documents are copies of one another, one row per document that has or is a copy.",
    (
        DOCUMENT_ID,
        text("copy_group", "The smallest document_id among the copies: the same for all of them."),
        text("text_digest", "The same for those whose clean text is the same."),
    ),
    ("document_id",),
    "work",
)

FIRST_COPIES = Table(
    "first_copies",
    "Made by dating: of each copy the document that was published first, one row per document that is a copy.",
    DOCUMENTS.only("document_id", "duplicate_of", "duplicate_kind"),
    ("document_id",),
    "work",
)

REPORTS = Table(
    "reports",
    "Made by liken: what each report of an event is compared with others by.",
    (
        *EVENT_DRAFTS.only(
            "event_mention_id",
            "document_id",
            "event_type",
            "event_kind",
            "status",
            "is_negated",
            "countries",
            "actor_countries",
            "recipient_countries",
            "event_count",
            "char_start",
            "trigger_start",
            "time_expression_id",
            "is_told_again",
            "matter",
        ),
        flag("is_self_dyad", "A country deals with itself in it."),
        *EVENT_DATES.only("date_start", "date_end", "date_scope"),
        text("symbolic_value", "Of the words that date it, where they tell a time at all.", nullable=True),
        *DOCUMENTS.only("published_start", "published_end"),
        texts("topic", "The words that modify what is signed or proposed: 'trade' in 'a trade agreement'."),
        text("place_draft_entity_id", "Where it happened: entity_id in mention_drafts.", nullable=True),
        Column(
            "offices",
            pa.list_(pa.field("element", OFFICE, nullable=False)),
            "Of each party that is told by an office its role and country, and the words of that office.",
        ),
        texts("others", "Role and entity, else words, of each party without a country."),
        text("unit", "Of the amount that belongs to it, when exact.", nullable=True),
        number("value", "Of that amount.", nullable=True),
        flag("is_nameless", "No party is a country or known by name: 'gunmen' of two texts need not be the same."),
    ),
    ("event_mention_id",),
    "work",
)

EVENT_MEMBERS = Table(
    "event_members",
    "Made by corroborate: which reports tell of one event.",
    EVENT_MENTIONS.only("event_mention_id", "document_id", "event_id", "event_link_method", "event_link_score"),
    ("event_mention_id",),
    "work",
)

FAILURES = Table(
    "failures",
    "Made by the run: the documents over which a per-document stage raised an error, and gave no other row.",
    (
        DOCUMENT_ID,
        text("stage", "The stage."),
        text("error", "Class of the error."),
        text("traceback", "Where in the program it was raised, for who mends it."),
    ),
    ("document_id",),
    "work",
)

PROFILE = Table(
    "profile",
    "One row per thing counted in a release, beside what the release before had; lies in quality/, outside the tables.",
    (
        text(
            "measure",
            "What is counted.",
            values=(
                "rows",
                "filled",
                "filled_by_publisher",
                "language",
                "published_basis",
                "kind",
                "status",
                "resolved",
                "quarantined",
                "reports_of_document",
            ),
        ),
        text("table_name", "Table it is counted in."),
        text("subject", "Of what: a column, a publisher and a column, a kind, a status, a reason, a document."),
        integer("count", "How many."),
        integer("total", "Of how many."),
        number("share", "count of total; null when there are none.", nullable=True),
        integer("previous_count", "How many in the release before; null for the first.", nullable=True),
        integer("previous_total", "Of how many in the release before.", nullable=True),
        number("previous_share", "Their share in the release before.", nullable=True),
        number("share_change", "How much the share grew since the release before.", nullable=True),
    ),
    key=("measure", "table_name", "subject"),
    scope="quality",
)

CHECKS = Table(
    "checks",
    "One row per expectation of a release's quality check; lies in quality/, outside the tables.",
    (
        text("suite", "Name of the suite."),
        text("expectation_id", "Id of the expectation in its suite, meta.id."),
        text("expectation_type", "Great Expectations' name of the check."),
        text("table_name", "Table it ran on."),
        text("column_name", "Column it looks at, when it is one.", nullable=True),
        text(
            "severity",
            "critical blocks the release, warning shows, info counts.",
            values=("critical", "warning", "info"),
        ),
        flag("success", "It held."),
        text("why", "Why it is checked, in plain words."),
        text("observed", "What was found, in words.", nullable=True),
        integer("unexpected_count", "Rows that broke it, when it looks at rows.", nullable=True),
        Column(
            "sample_keys",
            pa.list_(pa.field("element", pa.string(), nullable=False)),
            "Keys of the first rows that broke it.",
        ),
        text("allowed_because", "Why it was allowed to fail in this release, when it was.", nullable=True),
    ),
    ("suite", "expectation_id"),
    "quality",
)
