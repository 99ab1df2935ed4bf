"""The report: what it shows, that it asks for nothing from outside, and that no words from an article can act."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe.quality import Verdict
from kcpipe.quality.profile import profile
from kcpipe.release import EventNews
from kcpipe.release.news import Told
from kcpipe.report import render, view
from kcpipe.report.words import date_in_words
from kcpipe.tables import RELEASED, TABLES

PROFILE = profile(sample.tables(), None)
CHECK = {
    "suite": "events",
    "expectation_id": "EV-002",
    "expectation_type": "expect_column_pair_values_to_be_equal",
    "table_name": "events",
    "severity": "critical",
    "success": True,
    "why": "An event counts exactly the reports that point to it.",
    "observed": "all 6 rows hold",
    "sample_keys": [],
}
FAILED = CHECK | {
    "success": False,
    "observed": "2 of 6 rows break it, such as “3” against “2”",
    "unexpected_count": 2,
    "sample_keys": [sample.ESTABLISHED, "0" * 32],
}
SOUND = Verdict.of([CHECK], PROFILE)


INLINE = ("mark", "code")


class Page(HTMLParser):
    """A page taken apart as a browser would."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words = ""
        self.marked: list[str] = []
        self.in_mark = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.words += "" if tag in INLINE else " "
        self.in_mark = tag == "mark"
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.words += "" if tag in INLINE else " "
        self.in_mark = False

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words += data
        if self.in_mark:
            self.marked.append(data)

    def text(self) -> str:
        return " ".join(self.words.split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def page(tables: dict[str, pa.Table] | None = None, verdict: Verdict = SOUND) -> Page:
    return Page(render(tables or sample.tables(), verdict, release_id="r7"))


def changed(table: str, row: int, **values: Any) -> dict[str, pa.Table]:
    rows = [dict(each) for each in sample.ROWS[table]]
    rows[row] |= values
    return sample.with_rows(table, rows)


def test_equal_input_gives_an_equal_page() -> None:
    pages = {render(sample.tables(), SOUND, release_id="r7") for _ in range(2)}
    assert len(pages) == 1


def test_the_verdict_and_the_totals_stand_first() -> None:
    told = page().text()
    assert told.startswith("Quality of release r7 Skip to the checks Quality of release r7 ✓ Passed: no critical check")
    assert "2 documents 6 events 1 checks passed 0 critical failed 0 warnings 0 notes" in told
    assert "records 10 One row per input record" in told
    stopped = page(verdict=Verdict.of([FAILED, CHECK | {"expectation_id": "EV-001"}], PROFILE)).text()
    assert "✗ Stopped: 1 critical check failed" in stopped
    assert "Explore the events" in told
    assert "Explore the events" not in stopped
    assert "1 of 2 did not hold" in stopped


def test_failures_come_first_the_gravest_first_with_reasons_and_keys() -> None:
    rows = [
        CHECK | {"expectation_id": "A-1"},
        FAILED | {"expectation_id": "A-2", "severity": "info"},
        FAILED | {"expectation_id": "A-3", "severity": "warning"},
        FAILED | {"expectation_id": "A-4"},
    ]
    shown = page(verdict=Verdict.of(rows, PROFILE))
    places = [shown.text().index(key) for key in ("A-4", "A-3", "A-2", "A-1")]
    assert places == sorted(places)
    assert FAILED["why"] in shown.text()
    assert FAILED["observed"] in shown.text()
    assert "2 failing rows" in shown.text()
    # A key that stands on the page leads there; one that does not leads nowhere.
    assert shown.values("href").count(f"#events-{sample.ESTABLISHED}") == 3
    assert f"#events-{'0' * 32}" not in shown.values("href")


def test_every_inner_link_has_its_place_and_every_place_is_one() -> None:
    shown = page(verdict=Verdict.of([FAILED], PROFILE))
    places = shown.values("id")
    assert len(places) == len(set(places))
    inner = {link.removeprefix("#") for link in shown.values("href") if link.startswith("#")}
    assert inner
    assert inner <= set(places)


def test_events_stand_in_time_with_words_and_marks() -> None:
    shown = page()
    told = shown.text()
    assert (
        "14 February 2024 known to the day establish relations Cuba, South Korea in New York 10b094f6d0 occurred "
        "2 of 2 articles South Korea and Cuba established diplomatic ties in New York on Wednesday. "
        "The Dong-A Ilbo; its date: “Wednesday”, counted from the day of publication: 14 February 2024 1 more report "
        "On the 14th, the two countries"
    ) in told.replace(sample.ESTABLISHED[:10], "10b094f6d0")
    assert "1959 known to the year sever relations South Korea → Cuba" in told
    assert "no date counted from the publication date, which is not known call Cuba → South Korea" in told
    assert "no date the text tells no time open mission South Korea" in told
    order = [told.index(words) for words in ("1959 known", "1961 known", "14 February 2024 known", "no date counted")]
    assert order == sorted(order)
    legend = ["word that tells the event", "those who take part", "words of its date"]
    assert shown.marked[:7] == [*legend, "South Korea", "severed", "1959", "South Korea"]
    assert told.count("conflict ") >= 2


def test_the_rest_is_told() -> None:
    told = page().text()
    assert "16 February 2024 stated on the page: “February 16, 2024”" in told
    assert "the 5th of this month counted from the publication date, which is not known" in told
    assert "date in 1959 South Korea severed relations with Cuba in 1959. in 1961 South Korea cut ties" in told
    assert "empty.txt read empty the file has no bytes" in told
    bare = page({name: each.slice(0, 0) for name, each in sample.tables().items()}).text()
    for words in ("No events.", "No documents.", "No conflicts.", "Everything could be used."):
        assert words in bare


def is_free_text(table: str, column: str) -> bool:
    declared = TABLES[table].column(column)
    return column not in TABLES[table].key and not declared.values and not declared.references


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "\x00\x1b"]
)
def test_no_words_of_an_article_can_act(hostile: str) -> None:
    """Hostile words in every free text column of every table, and in what the checks quote."""
    spoilt = {
        name: [
            {
                key: hostile + value if isinstance(value, str) and is_free_text(name, key) else value
                for key, value in row.items()
            }
            for row in sample.ROWS[name]
        ]
        for name in RELEASED
    }
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].schema) for name, rows in spoilt.items()}
    verdict = Verdict.of([FAILED | {"observed": hostile, "sample_keys": [hostile]}], PROFILE)
    html = render(tables, verdict, release_id=hostile)
    shown, sound = Page(html), page()
    assert set(shown.tags) <= {*sound.tags}
    assert {name for _, name, _ in shown.attributes} <= {name for _, name, _ in sound.attributes} | {"open"}
    assert re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", html) is None
    if hostile.isprintable():
        assert shown.words.count(hostile) > 20


def outward(shown: Page) -> list[str]:
    """The pages that a page leads to."""
    return [link.split("#")[0] for link in shown.values("href") if not link.startswith("#")]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", " https:x"]
)
def test_only_web_addresses_are_links(url: str) -> None:
    assert set(outward(page(changed("documents", 0, url=url)))) == {"explorer.html"}


def test_nothing_is_asked_from_outside() -> None:
    html = render(sample.tables(), SOUND, release_id="r7")
    shown = Page(html)
    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(shown.tags)
    assert set(outward(shown)) == {"explorer.html", "https://www.donga.com/en/article/1"}
    assert f"explorer.html#event={sample.ESTABLISHED}" in shown.values("href")
    assert shown.values("src") == shown.values("style") == []
    assert not re.search(r"url\(|@import|@font-face", html)
    [policy] = [value for _, name, value in shown.attributes if name == "content" and "default-src" in value]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_the_best_supported_events_are_shown_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MAX_EVENTS", 1)
    told = page().text()
    assert "2 of 2 articles South Korea and Cuba established" in told
    assert "severed relations with Cuba in 1959. 000.txt" not in told
    assert "5 more events, those with the fewest sources, are not shown here; they are in events.parquet." in told


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        (date(2024, 2, 14), date(2024, 2, 14), "day", "14 February 2024"),
        (date(1949, 7, 1), date(1949, 7, 31), "month", "July 1949"),
        (date(2024, 2, 1), date(2024, 2, 29), "month", "February 2024"),
        (date(1959, 1, 1), date(1959, 12, 31), "year", "1959"),
        (date(1950, 1, 1), date(1953, 12, 31), "interval", "1950 to 1953"),
        (date(2024, 2, 1), date(2024, 2, 10), "interval", "1 to 10 February 2024"),
        (date(2024, 2, 1), date(2024, 3, 10), "interval", "1 February 2024 to 10 March 2024"),
        (date(1959, 1, 1), None, "year", "since 1959"),
        (date(2023, 12, 1), None, "month", "since December 2023"),
        (None, date(2015, 7, 5), "day", "until 5 July 2015"),
        (date(219, 1, 1), date(219, 12, 31), "year", "219"),
        (date(9999, 12, 31), date(9999, 12, 31), "day", "31 December 9999"),
        (date(9999, 1, 1), date(9999, 12, 31), "year", "9999"),
        (None, None, "unknown", ""),
    ],
)
def test_dates_in_words(start: date | None, end: date | None, precision: str, words: str) -> None:
    assert date_in_words(start, end, precision) == words


# --- since the last release, coverage, leave to fail ---


def test_the_first_release_has_nothing_to_compare_with() -> None:
    told = page().text()
    assert "This is the first release: there is nothing to compare it with." in told
    assert "svg" not in page().tags


def test_a_later_release_shows_what_moved_and_draws_the_trend() -> None:
    before = sample.with_rows("time_expressions", sample.ROWS["time_expressions"][:3])
    first = profile(before, None)
    verdict = Verdict.of([CHECK], profile(sample.tables(), first))
    shown = Page(render(sample.tables(), verdict, release_id="r8", earlier={"r7": first}))
    rows = len(sample.ROWS["time_expressions"])
    assert f"time_expressions {rows} 3 +{rows - 3} " in shown.text()
    labels = [value for tag, name, value in shown.attributes if (tag, name) == ("div", "aria-label")]
    assert "documents: 2, 2" in labels
    assert len(labels) == shown.tags.count("svg") == 6
    told = shown.text()
    assert "Over the last 2 releases" in told
    assert "Source: quality/profile.parquet of the releases r7 to r8, the newest of 2 documents, kcpipe." in told
    # Each drawing has its unit at the axis and the releases that it runs over.
    for unit in ("documents", "events", "reports", "conflicts", "share of times", "share of records"):
        assert unit in told
    assert told.count(" r7 r8 release ") == 6
    assert " r7 r8 release 0 1 conflicts " in told


def test_the_events_that_changed_are_told_in_their_words_and_lead_to_where_they_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = sample.ROWS["events"][0]
    news = EventNews(
        new=[Told(known["event_id"], known["summary"]), Told("b" * 32, "Second.")],
        moved=[Told("c" * 32, "Once two.", goals=[known["event_id"]])],
        withdrawn=[Told("d" * 32, "<b>Never</b> was.")],
        told_otherwise=[Told(known["event_id"], "Now so.", before="Once so.")],
    )
    monkeypatch.setattr(view, "MAX_NEWS", 1)
    shown = Page(render(sample.tables(), SOUND, release_id="r8", earlier={"r7": PROFILE}, news=news))
    told = shown.text()
    assert f"New events 2 {known['summary']} {known['event_id'][:10]} 1 more events are not shown here" in told
    assert "they are in changes/events.parquet" in told
    assert f"Once two. {'c' * 10} → {known['event_id'][:10]}" in told
    assert "Events withdrawn 1 <b>Never</b> was." in told
    assert "Events told otherwise 1 Once so. Now so." in told
    assert shown.values("href").count(f"#events-{known['event_id']}") == 3


def test_coverage_counts_what_each_article_gave() -> None:
    told = page().text()
    resolved = sum(row["unresolved_reason"] is None for row in sample.ROWS["time_expressions"])
    assert "The Dong-A Ilbo 1 1 " in told
    total = sample.ROWS["time_expressions"]
    by_article = dict.fromkeys((row["document_id"] for row in total), 0)
    for row in total:
        by_article[row["document_id"]] += row["unresolved_reason"] is None
    assert sum(by_article.values()) == resolved
    for document, count in by_article.items():
        all_of_it = sum(row["document_id"] == document for row in total)
        assert f"{count} of {all_of_it}" in told


def test_what_was_allowed_to_fail_stands_with_its_reason() -> None:
    allowed = FAILED | {"allowed_because": "the paper counts down"}
    shown = page(verdict=Verdict.of([allowed, CHECK | {"expectation_id": "EV-001"}], PROFILE))
    assert "✓ Passed" in shown.text()
    assert "Allowed because: the paper counts down" in shown.text()
    assert "1 allowed to fail" in shown.text()


def test_the_page_of_ten_thousand_documents_stays_small() -> None:
    copies = 5_000
    keys = ("document_id", "event_id", "event_mention_id", "best_event_mention_id", "time_expression_id")

    def many(name: str) -> pa.Table:
        rows = [
            {key: f"{number:06d}{value[6:]}" if key in keys and value else value for key, value in row.items()}
            for number in range(copies)
            for row in sample.ROWS[name]
        ]
        return pa.Table.from_pylist(rows, schema=TABLES[name].schema)

    names = ("documents", "lines", "events", "event_mentions", "participants", "time_expressions", "conflicts")
    tables = sample.tables(**{name: many(name) for name in names})
    counted = profile(tables, None)
    html = render(tables, Verdict.of([FAILED], counted), release_id="r7")
    assert tables["documents"].num_rows == 10_000
    assert len(html.encode()) < 5_000_000
    assert "they are in <code>events.parquet</code>" in html
