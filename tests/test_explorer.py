"""The explorer: what it embeds stands where it says, no words of an article can act, and it stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

import sample_release as sample
from conftest import SEEDS
from kcpipe.explorer import as_json, render
from kcpipe.explorer import words as explorer_words
from kcpipe.explorer.contents import MAX_EVENTS, MAX_PARAGRAPH, REPORTS_OF_EACH, gather, reports_of_each
from kcpipe.report import words as report_words
from kcpipe.tables import RELEASED, TABLES, happenings, readings, texts

HOSTILE = "</script><!--<script>alert(1)</script>\u2028\u2029&amp;<img src=x onerror=alert(1)>"
Row = Mapping[str, Any]


def size(row: Row) -> int:
    return len(as_json(row).encode())


def embedded(tables: Mapping[str, pa.Table], limit: int = 4_000_000) -> dict[str, Any]:
    """The data as the page's script reads it."""
    data: dict[str, Any] = json.loads(as_json(gather(tables, "r7", size=size, limit=limit)))
    return data


@pytest.fixture(scope="module")
def data(seeds: dict[str, pa.Table]) -> dict[str, Any]:
    return embedded(seeds)


class Page(HTMLParser):
    """The elements of a page, and what the script and style elements hold."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.held: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.is_holding = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.is_holding = tag in ("script", "style")
        if self.is_holding:
            self.held.append("")
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.is_holding = False

    def handle_data(self, data: str) -> None:
        if self.is_holding:
            self.held[-1] += data


# --- every word stands where the page says ---


def reports(data: Mapping[str, Any]) -> Iterator[tuple[Row, Row]]:
    """Every report of an event, with its paragraph."""
    for event in data["events"]:
        for report in event["reports"]:
            yield report, data["paragraphs"][report["paragraph"]]


def test_every_event_of_the_seeds_is_there_with_every_report(data: dict[str, Any], seeds: dict[str, pa.Table]) -> None:
    events = {event["event_id"]: event for event in data["events"]}
    assert set(events) == set(seeds["events"].column("event_id").to_pylist())
    for row in seeds["events"].to_pylist():
        event = events[row["event_id"]]
        assert len(event["reports"]) == row["mention_count"]
        assert event["summary"] == row["summary"]
        assert event.get("is_occurred", False) == row["is_occurred"]
        assert event.get("date_start") == (row["date_start"] and row["date_start"].isoformat())
    assert len(data["quotations"]) == seeds["quotations"].num_rows
    assert len(data["conflicts"]) == seeds["conflicts"].num_rows > 0


def test_marks_stand_on_their_words_in_the_paragraph_and_in_the_file(
    data: dict[str, Any], seeds: dict[str, pa.Table]
) -> None:
    raw = {path.name: path.read_bytes().decode() for path in SEEDS.glob("*.txt")}
    roles = set()
    dates = set(seeds["event_mentions"].column("date_text").to_pylist())
    for report, paragraph in reports(data):
        text, file = paragraph["text"], raw[data["documents"][paragraph["document"]]["source_name"]]
        start, end = report["sentence"]
        assert file[report["raw"][0] : report["raw"][1]].split() == text[start:end].split()
        for role, first, last, raw_first, raw_last in report["marks"]:
            assert start <= first < last <= end
            assert file[raw_first:raw_last].split() == text[first:last].split()
            roles.add(role)
            if role == "date":
                assert text[first:last] in dates
    assert {"trigger", "actor", "recipient", "party", "date", "place"} <= roles


def test_quotations_and_conflicts_stand_in_their_paragraphs(data: dict[str, Any]) -> None:
    for quotation in data["quotations"]:
        start, end = quotation["sentence"]
        assert data["paragraphs"][quotation["paragraph"]]["text"][start:end] == quotation["text"]
    claims = [side for conflict in data["conflicts"] for side in conflict["sides"]]
    for side in claims:
        text = data["paragraphs"][side["paragraph"]]["text"]
        assert text[slice(*side["sentence"])] == side["claim"]
    # What a text denies is no event, and still has its words beside what another text tells.
    assert any("event_id" not in side for side in claims)


def test_the_way_of_a_date_is_told_step_by_step(data: dict[str, Any]) -> None:
    [established] = [event for event in data["events"] if event["summary"].endswith("relations on 14 February 2024.")]
    assert established is data["events"][0], "the best supported event stands first"
    assert [
        "“Wednesday” is read as weekday=3",
        "counted from the day of publication: 16 February 2024, stated on the page",
        "so: 14 February 2024",
    ] in [report.get("chain") for report in established["reports"]]
    anchored = [step for report, _ in reports(data) for step in report.get("chain", []) if "counted from “" in step]
    assert anchored
    undated = [event["precision"] for event in data["events"] if "date" not in event]
    assert set(undated) == {"the text tells no time", "too vague for a calendar"}


def test_a_fact_in_a_conflict_shows_its_sentence() -> None:
    fact = sample.ROWS["facts"][0]
    rows = [
        sample.ROWS["conflicts"][0]
        | {"attribute": "count", "claim_b": "193rd", "document_id_b": fact["document_id"], "fact_id_b": fact["fact_id"]}
        | {"event_mention_id_b": None, "event_id_b": None}
    ]
    data = embedded(sample.with_rows("conflicts", rows))
    side = data["conflicts"][0]["sides"][1]
    text = data["paragraphs"][side["paragraph"]]["text"]
    assert text[slice(*side["sentence"])] == fact["evidence"]
    assert sample.A.raw[slice(*side["raw"])] == fact["evidence"]


# --- what is shown of much ---


def test_the_page_of_ten_thousand_documents_stays_small() -> None:
    names = ("documents", "text_spans", "events", "event_mentions", "participants", "time_expressions")
    tables = sample.tables(**{name: sample.many(name, 5_000) for name in names})
    html = render(tables, release_id="r7")
    assert tables["documents"].num_rows == 10_000
    assert len(html.encode()) < 5_000_000
    data = json.loads(Page(html).held[1])
    assert data["totals"]["events"] == 30_000
    assert 1_000 < len(data["events"]) <= MAX_EVENTS
    assert {event["source_count"] for event in data["events"]} == {2}, (
        "those with two sources come before those with one"
    )


def test_long_paragraphs_and_many_reports_are_cut_around_what_counts() -> None:
    best = sample.ROWS["event_mentions"][0]
    copies = [best | {"event_mention_id": f"{number:032x}"} for number in range(REPORTS_OF_EACH[0])] + [best]
    long = "x" * 3 * MAX_PARAGRAPH
    documents = [
        row | {"text": row["text"].replace("\n\nSouth Korea and", f"\n\n{long}. South Korea and")}
        if row["document_id"] == best["document_id"]
        else row
        for row in sample.ROWS["documents"]
    ]
    shift = len(long) + 2
    offsets = ("char_start", "char_end", "trigger_start", "trigger_end")
    rows = [row | {name: row[name] + shift for name in offsets} for row in copies]
    spans = [
        {
            "document_id": each["document_id"],
            "char_start": 0,
            "char_end": len(each["text"]),
            "raw_start": 0,
            "raw_end": 0,
        }
        for each in documents
    ]
    tables = {
        **sample.with_rows("event_mentions", rows),
        "documents": pa.Table.from_pylist(documents, schema=TABLES["documents"].schema),
        "text_spans": pa.Table.from_pylist(spans, schema=TABLES["text_spans"].schema),
        "participants": TABLES["participants"].schema.empty_table(),
        "events": pa.Table.from_pylist([sample.EVENTS[0]], schema=TABLES["events"].schema),
        "conflicts": TABLES["conflicts"].schema.empty_table(),
        "quotations": TABLES["quotations"].schema.empty_table(),
    }
    data = embedded(tables)
    [event] = data["events"]
    assert len(event["reports"]) == REPORTS_OF_EACH[0]
    [paragraph] = data["paragraphs"]
    assert len(paragraph["text"]) < MAX_PARAGRAPH
    assert paragraph["is_cut_before"]
    assert "is_cut_after" not in paragraph
    for report in event["reports"]:
        [(role, start, end, *_)] = [mark for mark in report["marks"] if mark[0] == "trigger"]
        assert (role, paragraph["text"][start:end]) == ("trigger", "established")


@pytest.mark.parametrize(("reports_each", "shown"), [(1, 40), (3, 40), (30, 3), (1_000, 3)])
def test_many_events_with_few_reports_come_before_few_with_many(reports_each: int, shown: int) -> None:
    assert reports_of_each([reports_each] * 5_000, 4_000_000) == shown
    assert reports_of_each([reports_each] * 5, 4_000_000) == 40


def test_what_points_to_nothing_is_left_out() -> None:
    """A check may be allowed to fail for one release, and its page still stands."""
    gone = sample.ROWS["documents"][0]["document_id"]
    tables = sample.with_rows("documents", [row for row in sample.ROWS["documents"] if row["document_id"] != gone])
    data = embedded(tables)
    assert {event["event_id"] for event in data["events"]} == {row["event_id"] for row in sample.EVENTS}
    assert {document["document_id"] for document in data["documents"]} == {sample.B.id}
    assert data["conflicts"] == []


def test_an_empty_release_has_a_page() -> None:
    bare = {name: each.slice(0, 0) for name, each in sample.tables().items()}
    assert embedded(bare)["events"] == []
    assert "<main" in render(bare, release_id="r7")


# --- nothing acts but the page's own script ---


def test_equal_input_gives_an_equal_page() -> None:
    assert len({render(sample.tables(), release_id="r7") for _ in range(2)}) == 1


def test_the_policy_names_the_script_and_the_style_and_lets_nothing_else_run() -> None:
    page = Page(render(sample.tables(), release_id="r7"))
    style, _, library, script = page.held
    [policy] = [value for value in page.attributes["content"] if "default-src" in value]
    [style_digest, library_digest, script_digest] = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (style, library, script)
    ]
    assert f"script-src {library_digest} {script_digest}; style-src {style_digest};" in policy
    assert policy.startswith("default-src 'none';")
    assert "require-trusted-types-for 'script'; trusted-types default;" in policy
    assert "unsafe" not in policy
    assert set(page.attributes["href"]) == {"#", "#main", "report.html"}
    assert not {"src", "style", "onclick"} & set(page.attributes)
    addresses = re.findall(r"https?:[^\"]*", script)
    assert all(re.search(r"^http://www\.w3\.org/|/schema/vega-lite/", each) for each in addresses), addresses
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(", script)
    assert not re.search(r"url\(|@import|@font-face", style)


def is_free_text(table: str, column: str) -> bool:
    declared = TABLES[table].column(column)
    return column not in TABLES[table].key and not declared.values and not declared.references


def test_no_words_of_an_article_can_end_the_data() -> None:
    tables = {
        name: pa.Table.from_pylist(
            [
                {
                    key: value + HOSTILE if isinstance(value, str) and is_free_text(name, key) else value
                    for key, value in row.items()
                }
                for row in sample.ROWS[name]
            ],
            schema=TABLES[name].schema,
        )
        for name in RELEASED
    }
    html = render(tables, release_id=HOSTILE)
    page, sound = Page(html), Page(render(sample.tables(), release_id="r7"))
    assert page.tags == sound.tags
    assert "<!--" not in html
    assert json.loads(page.held[1])["events"][0]["summary"].endswith(HOSTILE)
    assert "\u2028" not in page.held[1]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_web_addresses_are_links(url: str) -> None:
    rows = [row | {"url": url} for row in sample.ROWS["documents"]]
    assert all("url" not in document for document in embedded(sample.with_rows("documents", rows))["documents"])


def test_every_code_of_the_tables_has_words() -> None:
    assert set(explorer_words.FLAGS) == set(happenings.FLAGS)
    assert set(explorer_words.STATUSES) == set(happenings.STATUSES)
    assert set(explorer_words.DATE_BASES) == set(readings.DATE_BASES)
    assert set(report_words.BASES) == set(texts.PUBLISHED_BASES)
    assert set(report_words.REASONS) == set(texts.UNRESOLVED_REASONS)
