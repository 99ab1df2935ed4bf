"""A small release that holds every promise: two articles on how South Korea and Cuba opened relations, one quarantined.

Written as text with marks rather than as offsets, so that every span is true by construction. What the tests break,
they break from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.ids import digest, document_id, name_id, span_id
from kcpipe.tables import RELEASED, TABLES, build

Row = dict[str, Any]

TITLE_A = "S. Korea and Cuba establish diplomatic relations"
TITLE_B = "A top-secret phone call came from Cuba"
LINES_A = (
    ("Go to contents", "navigation"),
    ("", "blank"),
    (TITLE_A, "title"),
    ("Posted February 16, 2024 08:12", "dateline"),
    (
        "South Korea and Cuba established diplomatic ties in New York on Wednesday. "
        "“We had under-the-table contacts with Cuba,” said a government official. "
        "Cuba became the 193rd country to establish ties with South Korea. "
        "South Korea cut ties with Cuba in 1961.",
        "body",
    ),
    ("한국어", "furniture"),
)
LINES_B = (
    ("No menu items!", "navigation"),
    (TITLE_B, "title"),
    (
        "On the 5th of this month, Cuba called South Korea. "
        "On the 14th, the two countries established diplomatic relations. "
        "South Korea severed relations with Cuba in 1959. "
        "Cuba did not recognize South Korea. "
        "South Korea plans to open an embassy in Havana.",
        "body",
    ),
    ("- Advertisement -", "advertisement"),
    ("South Korea provided $3 million to Cuba.", "body"),
)
KINDS = (
    ("establish_relations", "COOPERATE", "Two states open diplomatic relations.", "COOPERATE", "057", "partial"),
    ("sever_relations", "RETREAT", "A state ends diplomatic relations.", "RETREAT", None, "exact"),
    ("call", "CONSULT", "Someone telephones someone.", "CONSULT", "041", "exact"),
    ("recognize", "APPROVE", "A state recognises another.", None, "054", "partial"),
    ("open_mission", "COOPERATE", "A state opens an embassy or another mission.", None, None, "none"),
    ("aid", "AID", "Someone gives money or goods.", "AID", "070", "exact"),
)


class Article:
    """One article: its lines laid out raw and clean, and where words stand in them."""

    def __init__(self, source_name: str, lines: tuple[tuple[str, str], ...]) -> None:
        self.raw = "\n".join(text for text, _ in lines) + "\n"
        self.sha256 = digest(self.raw.encode())
        self.id = document_id(self.sha256)
        self.source_name = source_name
        self.lines: list[Row] = []
        self.spans: list[Row] = []
        self.text = ""
        raw_start = 0
        for number, (text, role) in enumerate(lines, 1):
            kept = role in ("title", "body")
            raw_end = raw_start + len(text)
            if kept and self.text:
                self._span("\n\n", None)
            start = len(self.text)
            if kept:
                self._span(text, raw_start)
            self.lines.append(
                {
                    "document_id": self.id,
                    "line_number": number,
                    "raw_start": raw_start,
                    "raw_end": raw_end,
                    "char_start": start if kept else None,
                    "char_end": len(self.text) if kept else None,
                    "text": text,
                    "role": role,
                    "rule_id": f"line.{role}",
                    "is_kept": kept,
                }
            )
            raw_start = raw_end + 1
        self.sentences = self._sentences()

    def _span(self, text: str, raw_start: int | None) -> None:
        start = len(self.text)
        self.text += text
        self.spans.append(
            {
                "document_id": self.id,
                "char_start": start,
                "char_end": len(self.text),
                "raw_start": raw_start,
                "raw_end": None if raw_start is None else raw_start + len(text),
            }
        )

    def _sentences(self) -> list[Row]:
        rows: list[Row] = []
        position = 0
        for paragraph, block in enumerate(self.text.split("\n\n"), 1):
            pieces = [block] if paragraph == 1 else [piece.rstrip(".") + "." for piece in block.split(". ")]
            for piece in pieces:
                start = self.text.index(piece, position)
                position = start + len(piece)
                rows.append(
                    {
                        "document_id": self.id,
                        "sentence_number": len(rows) + 1,
                        "char_start": start,
                        "char_end": position,
                        "paragraph_number": paragraph,
                        "role": "title" if paragraph == 1 else "body",
                    }
                )
        return rows

    def at(self, words: str, within: str = "") -> tuple[int, int]:
        """Where words stand, in the first sentence that holds `within`."""
        start = self.text.index(words, self.text.index(within or words))
        return start, start + len(words)

    def span(self, words: str, within: str = "") -> Row:
        start, end = self.at(words, within)
        return {"document_id": self.id, "char_start": start, "char_end": end}

    def sentence(self, words: str) -> Row:
        start, _ = self.at(words)
        return next(row for row in self.sentences if row["char_start"] <= start < row["char_end"])

    def key(self, kind: str, words: str, within: str = "") -> str:
        return span_id(kind, self.id, *self.at(words, within))


A = Article("003.txt", LINES_A)
B = Article("000.txt", LINES_B)
ARTICLES = (A, B)
FIRST_A, FIRST_B = "South Korea and Cuba established", "On the 5th"


def _document(article: Article, title: str, **more: Any) -> Row:
    return {
        "document_id": article.id,
        "source_uri": article.source_name,
        "source_name": article.source_name,
        "raw_sha256": article.sha256,
        "raw_bytes": len(article.raw.encode()),
        "encoding": "utf-8",
        "language": "en",
        "language_score": 0.99,
        "title": title,
        "authors": [],
        "published_precision": "unknown",
        "published_basis": "unknown",
        "published_candidates": [],
        "text": article.text,
    } | more


def _mention(article: Article, words: str, within: str, entity: str | None, entity_type: str, **more: Any) -> Row:
    return {
        "mention_id": article.key("mention", words, within),
        **article.span(words, within),
        "text": words,
        "entity_type": entity_type,
        "mention_kind": "name",
        "entity_id": entity,
        "is_metonym": False,
        "link_method": None if entity is None else "gazetteer",
        "link_score": None if entity is None else 1.0,
    } | more


def _time(article: Article, words: str, within: str, symbolic: str, start: date | None, **more: Any) -> Row:
    return {
        "time_expression_id": article.key("time_expression", words, within),
        **article.span(words, within),
        "text": words,
        "timex_type": "DATE",
        "symbolic_value": symbolic,
        "date_start": start,
        "date_end": start,
        "date_precision": "day" if start else "unknown",
        "date_extent": "within" if start else None,
        "date_basis": "absolute" if start else "unresolved",
        "anchor": "none",
        "unresolved_reason": None if start else "no_publication_date",
    } | more


YEAR_1959 = {"date_start": date(1959, 1, 1), "date_end": date(1959, 12, 31), "date_precision": "year"}
YEAR_1961 = {"date_start": date(1961, 1, 1), "date_end": date(1961, 12, 31), "date_precision": "year"}
DAY_2024 = {"date_start": date(2024, 2, 14), "date_end": date(2024, 2, 14), "date_precision": "day"}

TIMES = [
    _time(A, "Wednesday", FIRST_A, "WEDNESDAY", None)
    | DAY_2024
    | {
        "date_extent": "within",
        "date_basis": "relative",
        "anchor": "publication",
        "timex_value": "2024-02-14",
        "unresolved_reason": None,
    },
    _time(A, "1961", "cut ties", "1961", date(1961, 1, 1)) | YEAR_1961,
    _time(B, "the 5th of this month", "On the 5th", "DAY 5", None),
    _time(B, "the 14th", "On the 14th", "DAY 14", None),
    _time(B, "1959", "severed", "1959", date(1959, 1, 1)) | YEAR_1959,
]


def _report(article: Article, trigger: str, within: str, kind: str, countries: list[str], **more: Any) -> Row:
    sentence = article.sentence(within)
    start, end = article.at(trigger, within)
    event_type = next(each[1] for each in KINDS if each[0] == kind)
    return {
        "event_mention_id": span_id("event_mention", article.id, start, end, kind),
        "document_id": article.id,
        "sentence_number": sentence["sentence_number"],
        "char_start": sentence["char_start"],
        "char_end": sentence["char_end"],
        "evidence": article.text[sentence["char_start"] : sentence["char_end"]],
        "trigger_start": start,
        "trigger_end": end,
        "trigger_text": trigger,
        "event_type": event_type,
        "event_kind": kind,
        "status": "occurred",
        "is_negated": False,
        "actor_countries": [],
        "recipient_countries": [],
        "countries": countries,
        "date_precision": "unknown",
        "date_basis": "unresolved",
        "unresolved_reason": "no_time_expression",
        "flags": [],
        "confidence": 0.9,
        "pattern_id": f"{kind}.verb",
    } | more


def _when(article: Article, words: str, within: str) -> Row:
    """The date columns of a report from its time expression."""
    key = article.key("time_expression", words, within)
    found = next(each for each in TIMES if each and each["time_expression_id"] == key)
    names = ("date_start", "date_end", "date_precision", "date_extent", "date_basis", "unresolved_reason")
    return {name: found.get(name) for name in names} | {
        "date_scope": "clause",
        "date_text": words,
        "time_expression_id": key,
    }


BOTH = ["CUB", "KOR"]
REPORTS = [
    _report(A, "established", FIRST_A, "establish_relations", BOTH, **_when(A, "Wednesday", FIRST_A)),
    _report(A, "cut", "cut ties", "sever_relations", BOTH, actor_countries=["KOR"], recipient_countries=["CUB"])
    | _when(A, "1961", "cut ties"),
    _report(B, "called", FIRST_B, "call", BOTH, actor_countries=["CUB"], recipient_countries=["KOR"])
    | _when(B, "the 5th of this month", FIRST_B),
    _report(B, "established", "On the 14th", "establish_relations", BOTH)
    | _when(B, "the 14th", "On the 14th")
    | {"event_link_method": "same_parties", "event_link_score": 0.8},
    _report(B, "severed", "severed", "sever_relations", BOTH, actor_countries=["KOR"], recipient_countries=["CUB"])
    | _when(B, "1959", "severed"),
    _report(B, "recognize", "did not", "recognize", BOTH, is_negated=True, actor_countries=["CUB"]),
    _report(B, "open", "plans", "open_mission", ["KOR"], status="planned", actor_countries=["KOR"]),
    _report(
        B, "provided", "provided", "aid", BOTH, actor_countries=["KOR"], recipient_countries=["CUB"], event_count=1
    ),
]
ESTABLISHED, CUT, CALLED, ESTABLISHED_B, SEVERED, RECOGNIZED, OPEN, PROVIDED = (r["event_mention_id"] for r in REPORTS)
for _row in REPORTS:
    _row["event_id"] = (
        None
        if _row["is_negated"]
        else ESTABLISHED
        if _row["event_mention_id"] == ESTABLISHED_B
        else _row["event_mention_id"]
    )


def _event(report: Row, summary: str, **more: Any) -> Row:
    shared = ("event_id", "event_type", "event_kind", "status", "countries", "actor_countries", "recipient_countries")
    dates = ("date_start", "date_end", "date_precision", "date_extent", "date_basis", "date_scope", "unresolved_reason")
    publisher = ["The Dong-A Ilbo"] if report["document_id"] == A.id else []
    return {
        **{name: report.get(name) for name in (*shared, *dates)},
        "is_occurred": report["status"] == "occurred",
        "summary": summary,
        "mention_count": 1,
        "document_count": 1,
        "source_count": 1,
        "publishers": publisher,
        "first_published": date(2024, 2, 16) if publisher else None,
        "best_event_mention_id": report["event_mention_id"],
        "confidence": 0.9,
        "has_conflict": False,
    } | more


EVENTS = [
    _event(
        REPORTS[0],
        "South Korea and Cuba established relations on 14 February 2024.",
        mention_count=2,
        document_count=2,
        source_count=2,
        place_name="New York",
        place_country_code="USA",
    ),
    _event(REPORTS[1], "South Korea severed relations with Cuba in 1961.", has_conflict=True),
    _event(REPORTS[2], "Cuba called South Korea."),
    _event(REPORTS[4], "South Korea severed relations with Cuba in 1959.", has_conflict=True),
    _event(REPORTS[6], "South Korea plans to open a mission."),
    _event(REPORTS[7], "South Korea gave aid to Cuba."),
]

MENTIONS = [
    _mention(A, "South Korea", FIRST_A, "country:KOR", "COUNTRY"),
    _mention(A, "Cuba", "Cuba established", "country:CUB", "COUNTRY"),
    _mention(A, "New York", "New York", "place:new_york", "PLACE"),
    _mention(
        A,
        "a government official",
        "said a government",
        None,
        "PERSON",
        mention_kind="nominal",
        role_text="government official",
        role_time="current",
    ),
    _mention(A, "Cuba", "Cuba became", "country:CUB", "COUNTRY"),
    _mention(B, "Cuba", "Cuba called", "country:CUB", "COUNTRY"),
    _mention(B, "South Korea", "called", "country:KOR", "COUNTRY"),
    _mention(B, "the two countries", "the two", None, "GROUP", mention_kind="nominal"),
    _mention(B, "South Korea", "South Korea plans", "country:KOR", "COUNTRY"),
    _mention(B, "Havana", "Havana", "place:havana", "PLACE"),
]
TWO_COUNTRIES = B.key("mention", "the two countries")


def _entity(key: str, entity_type: str, name: str, code: str, mentions: int, documents: int, **more: Any) -> Row:
    return {
        "entity_id": key,
        "entity_type": entity_type,
        "name": name,
        "country_code": code,
        "successors": [],
        "aliases": [],
        "mention_count": mentions,
        "document_count": documents,
        "first_document_id": A.id,
    } | more


def _participant(article: Article, report: str, ordinal: int, role: str, words: str, within: str, **more: Any) -> Row:
    start, end = article.at(words, within)
    return {
        "event_mention_id": report,
        "ordinal": ordinal,
        "role": role,
        "entity_id": {"South Korea": "country:KOR", "Cuba": "country:CUB"}.get(words),
        "mention_id": article.key("mention", words, within),
        "country_code": {"South Korea": "KOR", "Cuba": "CUB"}.get(words),
        "char_start": start,
        "char_end": end,
        "is_implicit": False,
    } | more


QUOTE = "We had under-the-table contacts with Cuba,"
MONEY, RANK = "$3 million", "193rd"
FACT = A.sentence("Cuba became")

ROWS: Mapping[str, list[Row]] = {
    "records": [
        *({"source_uri": each.source_name, "source_name": each.source_name, "document_id": each.id} for each in (B, A)),
        *({"source_uri": f"copy{n}.txt", "source_name": f"copy{n}.txt", "document_id": A.id} for n in range(7)),
        {"source_uri": "empty.txt", "source_name": "empty.txt", "document_id": None},
    ],
    "documents": [
        _document(
            A,
            TITLE_A,
            publisher="The Dong-A Ilbo",
            url="https://www.donga.com/en/article/1",
            published_start=date(2024, 2, 16),
            published_end=date(2024, 2, 16),
            published_precision="day",
            published_basis="stated",
            published_text="February 16, 2024",
            published_score=1.0,
        ),
        _document(B, TITLE_B, published_reason="no date on the page"),
    ],
    "document_fields": [
        {
            "document_id": A.id,
            "field": "published",
            "ordinal": 1,
            "text": "February 16, 2024",
            "raw_start": A.raw.index("February"),
            "raw_end": A.raw.index(" 08:12"),
            "basis": "stated",
            "rule_id": "dateline.posted",
        },
        {
            "document_id": A.id,
            "field": "url",
            "ordinal": 1,
            "text": "https://www.donga.com/en/article/1",
            "basis": "supplied",
            "rule_id": "supplied",
        },
    ],
    "lines": [row for each in ARTICLES for row in each.lines],
    "text_spans": [row for each in ARTICLES for row in each.spans],
    "sentences": [row for each in ARTICLES for row in each.sentences],
    "quarantine": [
        {
            "quarantine_id": name_id("quarantine", "empty.txt"),
            "source_uri": "empty.txt",
            "stage": "read",
            "reason": "empty",
            "message": "the file has no bytes",
        }
    ],
    "time_expressions": [each for each in TIMES if each],
    "mentions": MENTIONS,
    "mention_members": [
        {"mention_id": TWO_COUNTRIES, "entity_id": "country:CUB"},
        {"mention_id": TWO_COUNTRIES, "entity_id": "country:KOR"},
    ],
    "entities": [
        _entity("country:KOR", "COUNTRY", "South Korea", "KOR", 3, 2, wikidata_id="Q884", aliases=["Korea", "Seoul"]),
        _entity("country:CUB", "COUNTRY", "Cuba", "CUB", 3, 2, wikidata_id="Q241"),
        _entity("place:new_york", "PLACE", "New York", "USA", 1, 1),
        _entity("place:havana", "PLACE", "Havana", "CUB", 1, 1),
        _entity("person:park-jin", "PERSON", "Park Jin", "KOR", 0, 0),
        _entity("person:hwang-jun-guk", "PERSON", "Hwang Jun-guk", "KOR", 0, 0),
    ],
    "quotations": [
        {
            "quotation_id": A.key("quotation", QUOTE),
            **A.span(QUOTE),
            "text": QUOTE,
            "speaker_text": "a government official",
            "speaker_start": A.at("a government official")[0],
            "speaker_end": A.at("a government official")[1],
            "speaker_mention_id": A.key("mention", "a government official"),
            "speaker_method": "after_cue",
            "cue": "said",
            "quotation_kind": "direct",
        }
    ],
    "quantities": [
        {
            "quantity_id": B.key("quantity", MONEY),
            **B.span(MONEY),
            "text": MONEY,
            "quantity_kind": "money",
            "value": 3e6,
            "unit": "USD",
            "unit_basis": "assumed",
            "event_mention_id": PROVIDED,
        },
        {
            "quantity_id": A.key("quantity", RANK),
            **A.span(RANK),
            "text": RANK,
            "quantity_kind": "ordinal",
            "value": 193.0,
            "object_text": "country",
        },
    ],
    "event_mentions": REPORTS,
    "participants": [
        _participant(A, ESTABLISHED, 1, "party", "South Korea", FIRST_A),
        _participant(A, ESTABLISHED, 2, "party", "Cuba", "Cuba established"),
        _participant(B, CALLED, 1, "actor", "Cuba", "Cuba called"),
        _participant(B, CALLED, 2, "recipient", "South Korea", "called"),
        _participant(B, ESTABLISHED_B, 1, "party", "the two countries", "the two"),
        _participant(B, OPEN, 1, "actor", "South Korea", "South Korea plans"),
        *(
            {
                "event_mention_id": report,
                "ordinal": 1,
                "role": "actor",
                "entity_id": "country:KOR",
                "mention_id": None,
                "country_code": "KOR",
                "char_start": article.at(words, within)[0],
                "char_end": article.at(words, within)[1],
                "is_implicit": False,
            }
            for article, report, words, within in (
                (A, CUT, "South Korea", "South Korea cut"),
                (B, SEVERED, "South Korea", "South Korea severed"),
                (B, RECOGNIZED, "Cuba", "Cuba did"),
                (B, PROVIDED, "South Korea", "South Korea provided"),
            )
        ),
    ],
    "events": EVENTS,
    "event_countries": [
        {
            "event_id": event["event_id"],
            "country_code": code,
            "role": "actor"
            if code in event["actor_countries"]
            else "recipient"
            if code in event["recipient_countries"]
            else "party",
        }
        for event in EVENTS
        for code in event["countries"]
    ],
    "event_links": [{"event_id": ESTABLISHED, "related_event_id": OPEN, "relation": "realises"}],
    "facts": [
        {
            "fact_id": span_id("fact", A.id, FACT["char_start"], FACT["char_end"], "rank"),
            "document_id": A.id,
            "sentence_number": FACT["sentence_number"],
            "char_start": FACT["char_start"],
            "char_end": FACT["char_end"],
            "evidence": A.text[FACT["char_start"] : FACT["char_end"]],
            "subject_entity_id": "country:CUB",
            "property": "rank",
            "object_entity_id": "country:KOR",
            "value": "193rd",
            "quantity_id": A.key("quantity", RANK),
            "as_of_start": date(2024, 2, 16),
            "as_of_end": date(2024, 2, 16),
            "is_negated": False,
        }
    ],
    "conflicts": [
        {
            "conflict_id": name_id("conflict", SEVERED, CUT, "date"),
            "attribute": "date",
            "claim_a": "in 1959",
            "claim_b": "in 1961",
            "document_id_a": B.id,
            "document_id_b": A.id,
            "event_mention_id_a": SEVERED,
            "event_mention_id_b": CUT,
            "event_id_a": SEVERED,
            "event_id_b": CUT,
        }
    ],
    "event_kinds": [
        dict(zip(("event_kind", "event_type", "definition", "plover_type", "cameo_code", "fit"), kind, strict=True))
        for kind in KINDS
    ],
}


@cache
def _sound() -> Mapping[str, pa.Table]:
    return {name: build(TABLES[name], ROWS[name]) for name in RELEASED}


def tables(**changed: pa.Table) -> dict[str, pa.Table]:
    """All released tables of the sample, some replaced."""
    return {**_sound(), **changed}


def with_rows(table: str, rows: list[Row]) -> dict[str, pa.Table]:
    """The sample with other rows in one table, whether they hold the contract or not: a test breaks them on purpose."""
    return tables(**{table: pa.Table.from_pylist(rows, schema=TABLES[table].schema)})


KEYS = ("document_id", "event_id", "event_mention_id", "best_event_mention_id", "time_expression_id")


def many(name: str, copies: int) -> pa.Table:
    """A table of the sample many times over, with ids of their own."""
    rows = tables()[name]
    table = rows.take(np.tile(np.arange(rows.num_rows), copies))
    numbers = pa.array([f"{number:06d}" for number in np.repeat(np.arange(copies), rows.num_rows)])
    for key in {*KEYS} & {*table.column_names}:
        ids = pc.binary_join_element_wise(numbers, pc.utf8_slice_codeunits(table.column(key), 6), "")
        table = table.set_column(table.column_names.index(key), table.schema.field(key), ids)
    return table
