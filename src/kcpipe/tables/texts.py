"""The nouns of reading and cleaning: records, documents, their lines, spans and sentences, and the quarantine."""

from __future__ import annotations

import pyarrow as pa

from kcpipe.tables.declare import (
    STRUCT_OF_DAYS,
    Column,
    Table,
    day,
    flag,
    integer,
    moment,
    number,
    text,
    texts,
)

LINE_ROLES = (
    "title",
    "deck",
    "byline",
    "dateline",
    "subheading",
    "body",
    "caption",
    "navigation",
    "advertisement",
    "share",
    "comments",
    "tags",
    "related",
    "credit",
    "furniture",
    "blank",
    "other",
)
PUBLISHED_PRECISIONS = ("minute", "day", "month", "year", "interval", "unknown")
PUBLISHED_BASES = ("stated", "supplied", "calendar", "corroborated", "unknown")
UNRESOLVED_REASONS = (
    "no_time_expression",
    "no_publication_date",
    "ambiguous_direction",
    "ambiguous_order",
    "vague",
    "not_calendar",
)

DOCUMENT_ID = text(
    "document_id",
    "First 32 hex digits of the SHA-256 of the record's raw bytes.",
    references="documents.document_id",
)
CHAR_START = integer("char_start", "First character in documents.text, in Unicode code points from 0.")
CHAR_END = integer("char_end", "One past the last character in documents.text.")
RAW_START = integer("raw_start", "First character in the decoded raw record, in Unicode code points from 0.")
RAW_END = integer("raw_end", "One past the last character in the decoded raw record.")

RECORDS = Table(
    "records",
    "One row per input record: a file, or an entry of a container.",
    (
        text("source_uri", "Path relative to the input root, or URI; #key inside a container."),
        text("source_name", "File name, or key inside the container."),
        text(
            "document_id",
            "The document these bytes make; null when the record is in quarantine instead.",
            nullable=True,
            references="documents.document_id",
        ),
        text("url", "Address the text was saved from, as supplied with the record.", nullable=True),
        text(
            "publisher_supplied",
            "Publisher as supplied with the record, not read in the text.",
            nullable=True,
        ),
        text("published_supplied", "Publication date as supplied with the record, in its words.", nullable=True),
        text("title_supplied", "Headline as supplied with the record, not read in the text.", nullable=True),
        text("language_supplied", "Language as supplied with the record, in its words.", nullable=True),
    ),
    ("source_uri",),
)

DOCUMENTS = Table(
    "documents",
    "One row per distinct bytes: the cleaned article, what is known about it, and when it was published.",
    (
        text("document_id", "First 32 hex digits of the SHA-256 of the record's raw bytes."),
        text("source_uri", "source_uri of its first record.", references="records.source_uri"),
        text("source_name", "source_name of its first record."),
        text("raw_sha256", "SHA-256 of the raw bytes, 64 hex digits."),
        Column("raw_bytes", pa.int64(), "Length of the raw record in bytes."),
        text("encoding", "Encoding the raw bytes were decoded with."),
        text(
            "language",
            "Language of the cleaned text, ISO 639-1; as supplied when it has too few words, else null.",
            nullable=True,
        ),
        number("language_score", "The language detector's score, 0 to 1.", nullable=True),
        text("title", "Headline as the text shows it, else as supplied.", nullable=True),
        texts("authors", "Names in the byline, in its order."),
        text(
            "publisher",
            "Publisher as the text shows it, else as supplied, under its gazetteer name where known.",
            nullable=True,
        ),
        text("section", "Section of the publication as the text shows it.", nullable=True),
        text("url", "Address the text was saved from: supplied, or read in the text.", nullable=True),
        day("published_start", "First day on which it may have been published."),
        day("published_end", "Last day on which it may have been published."),
        text("published_precision", "How finely the publication date is known.", values=PUBLISHED_PRECISIONS),
        text("published_basis", "Where the publication date comes from.", values=PUBLISHED_BASES),
        text("published_text", "The words that state the publication date.", nullable=True),
        moment("published_at", "Publication time in UTC; only when the time zone is stated or supplied."),
        Column(
            "published_candidates",
            pa.list_(pa.field("element", STRUCT_OF_DAYS, nullable=False)),
            "The intervals that fit when several do; empty when there is one or none.",
        ),
        number("published_score", "Trust in the publication date, 0 to 1; 1 when stated.", nullable=True),
        text(
            "published_reason",
            "How it was worked out, or why it could not be, or not whole; null when the date is stated.",
            nullable=True,
        ),
        text("text", "The cleaned article: title, then kept blocks in reading order, joined by blank lines."),
        text(
            "duplicate_of",
            "document_id of the first copy, when this is a copy.",
            nullable=True,
            references="documents.document_id",
        ),
        text(
            "duplicate_kind",
            "exact: the same cleaned text; near: nearly the same.",
            nullable=True,
            values=("exact", "near"),
        ),
    ),
    ("document_id",),
)

DOCUMENT_FIELDS = Table(
    "document_fields",
    "Evidence for a document's metadata: the words and where they stand in the raw record.",
    (
        DOCUMENT_ID,
        text(
            "field",
            "Which field of documents this is evidence for.",
            values=("title", "author", "publisher", "section", "published", "url", "language"),
        ),
        integer("ordinal", "Order among several of one field, from 1."),
        text("text", "The words."),
        integer("raw_start", "First character in the decoded raw record; null when supplied.", nullable=True),
        integer(
            "raw_end",
            "One past the last character in the decoded raw record; null when supplied.",
            nullable=True,
        ),
        text("basis", "Read in the text, or supplied with the record.", values=("stated", "supplied")),
        text("rule_id", "The rule that found it."),
    ),
    ("document_id", "field", "ordinal"),
)

LINES = Table(
    "lines",
    "One row per raw line of every document, with its role and the rule that judged it.",
    (
        DOCUMENT_ID,
        integer("line_number", "From 1; a line ends at LF, CRLF or CR."),
        RAW_START,
        integer("raw_end", "One past the last character of the line, its line end not counted."),
        integer("char_start", "First character in documents.text; null when dropped.", nullable=True),
        integer("char_end", "One past the last character in documents.text; null when dropped.", nullable=True),
        text("text", "The raw line without its line end."),
        text("role", "What the line is.", values=LINE_ROLES),
        text("rule_id", "The rule that judged it."),
        flag("is_kept", "Whether it stands in documents.text."),
    ),
    ("document_id", "line_number"),
)

TEXT_SPANS = Table(
    "text_spans",
    "The map between cleaned and raw text: runs of code points that are the same in both, and inserted ones.",
    (
        DOCUMENT_ID,
        CHAR_START,
        CHAR_END,
        integer(
            "raw_start",
            "Where the run begins in the raw record; null for inserted characters.",
            nullable=True,
        ),
        integer("raw_end", "Where the run ends in the raw record; null for inserted characters.", nullable=True),
    ),
    ("document_id", "char_start"),
)

SENTENCES = Table(
    "sentences",
    "One row per sentence of the cleaned text.",
    (
        DOCUMENT_ID,
        integer("sentence_number", "From 1 in the order of the text."),
        CHAR_START,
        CHAR_END,
        integer("paragraph_number", "Block of the text it stands in, from 1."),
        text("role", "Role of the line it begins in.", values=LINE_ROLES),
    ),
    ("document_id", "sentence_number"),
)

QUARANTINE = Table(
    "quarantine",
    "What could not be used, and why.",
    (
        text("quarantine_id", "Hash of what and where."),
        text("source_uri", "The record it comes from.", nullable=True, references="records.source_uri"),
        text("document_id", "The document it comes from, when its bytes could be read.", nullable=True),
        text("raw_sha256", "SHA-256 of the raw bytes, when they could be read.", nullable=True),
        text("stage", "The stage that set it aside."),
        text("reason", "Reason code, such as empty, binary, undecodable, unreadable, only_clutter."),
        text("message", "The reason in words, with the particulars."),
        integer(
            "char_start",
            "First character concerned in documents.text, when it concerns a span.",
            nullable=True,
        ),
        integer("char_end", "One past the last character concerned.", nullable=True),
        text("table_name", "The table the row was meant for, when a row was set aside.", nullable=True),
        text("row_key", "The key of that row.", nullable=True),
        text("rule_id", "The rule or expectation that set it aside.", nullable=True),
    ),
    ("quarantine_id",),
)
