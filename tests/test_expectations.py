"""Every expectation in every suite is seen failing on a row that was broken on purpose; the sound sample passes all.

`BROKEN` says for each expectation, by its id, what to break: an expectation that nothing here breaks fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

import sample_release as sample
from kcpipe.ids import ID_LENGTH
from kcpipe.quality import Verdict, default_folder, judge, run, views
from kcpipe.quality.profile import profile
from kcpipe.quality.suites import Expectation, Suite, load
from kcpipe.tables import RELEASED, TABLES

NOWHERE = "0" * ID_LENGTH
PAST, PRESENT, FUTURE = date(1700, 1, 1), date(2024, 2, 14), date(2124, 1, 1)


class Break(NamedTuple):
    """Change these values in one row (-1: every row) of a table (the suite's own, unless named); None: no rows."""

    row: int = 0
    values: Mapping[str, Any] | Callable[[sample.Row], Mapping[str, Any]] | None = None
    table: str = ""
    is_added: bool = False
    """The values are a row of their own, beside the sound ones."""


def to(row: int = 0, table: str = "", **values: Any) -> Break:
    return Break(row, values, table)


def every(table: str = "", **values: Any) -> Break:
    return Break(-1, values, table)


def by(change: Callable[[sample.Row], Mapping[str, Any]], row: int = 0) -> Break:
    return Break(row, change)


def counted(measure: str, subject: str, count: int, total: int, before: int | None = None, **more: Any) -> Break:
    """A row of the profile, of as many rows before as now unless told otherwise."""
    previous_total = more.pop("previous_total", total if before is not None else None)
    share = count / total if total else None
    was = before / previous_total if before is not None and previous_total else None
    values = {
        "measure": measure,
        "table_name": "events",
        "subject": subject,
        "count": count,
        "total": total,
        "share": share,
        "previous_count": before,
        "previous_total": previous_total,
        "previous_share": was,
        "share_change": share - was if share is not None and was is not None else None,
    }
    return Break(values=values | more, is_added=True)


NO_ROWS = Break()
EMPTY_SPAN = by(lambda row: {"char_end": row["char_start"]})
BACKWARDS = by(lambda row: {"char_end": row["char_start"] - 1})
OTHER_WORDS = to(text="other words")


def dates(prefix: str, first: int, undated: int, dated: int, year: int) -> dict[str, Break]:
    """What breaks the expectations that all tables with a date share: row `undated`, a day in `dated`, a `year`."""
    changes = (
        to(undated, unresolved_reason=None),
        to(dated, unresolved_reason="vague"),
        to(year, date_start=date(1990, 1, 1)),
        to(dated, date_end=date(2024, 2, 15)),
        to(year, date_precision="month"),
        to(undated, date_precision="day"),
        to(dated, date_precision="unknown"),
        to(undated, date_basis="absolute"),
        to(dated, date_basis="unresolved"),
    )
    return {f"{prefix}-{number:03d}": change for number, change in enumerate(changes, first)}


BROKEN: Mapping[str, Break] = {
    "RE-001": NO_ROWS,
    "RE-002": Break(0, None, "quarantine"),
    "RE-003": to(1, document_id=None),
    "RE-004": to(source_uri="../elsewhere/003.txt"),
    "RE-005": to(1, published_supplied="2024-02-18T10:00:00Z"),
    "RE-006": to(1, publisher_supplied="Yonhap"),
    "RE-007": to(1, url="https://www.donga.com/en/article/2"),
    "RE-008": to(1, title_supplied="North Korea launches a satellite"),
    "RE-009": to(1, language_supplied="ko"),
    "RE-010": to(1, published_supplied="16 February 2024"),
    "DO-001": NO_ROWS,
    "DO-002": NO_ROWS,
    "DO-003": to(title=" "),
    "DO-004": to(title=None),
    "DO-005": to(text=" \n "),
    "DO-006": to(text="South Korea"),
    "DO-007": by(lambda row: {"text": row["text"] + "more"}),
    "DO-008": Break(0, None, "lines"),
    "DO-009": Break(0, None, "sentences"),
    "DO-010": to(title="Another headline"),
    "DO-011": to(raw_sha256=NOWHERE * 2),
    "DO-012": to(source_uri="000.txt"),
    "DO-013": to(published_end=date(2024, 2, 15)),
    "DO-014": to(published_start=PAST),
    "DO-015": to(published_end=date(2024, 2, 17)),
    "DO-016": to(published_end=date(2024, 2, 17)),
    "DO-017": to(1, published_basis="calendar"),
    "DO-018": to(published_basis="unknown"),
    "DO-019": to(published_text=None),
    "DO-020": to(1, published_reason=None),
    "DO-021": to(published_start=None),
    "DO-022": to(publisher=None),
    "DO-023": to(language="ko"),
    "DO-024": to(published_score=1.5),
    "DO-025": to(url="javascript:alert(1)"),
    "DO-026": by(lambda row: {"duplicate_of": row["document_id"], "duplicate_kind": "near"}),
    "DO-027": to(duplicate_of=sample.B.id),
    "DO-028": to(duplicate_of=sample.B.id),
    "DO-029": to(1, duplicate_of=sample.A.id, duplicate_kind="near", published_start=date(2024, 2, 1)),
    "DF-001": to(text=""),
    "DF-002": to(ordinal=0),
    "DF-003": by(lambda row: {"raw_end": row["raw_start"]}),
    "DF-004": to(raw_start=None),
    "DF-005": to(1, raw_start=0),
    "LI-001": NO_ROWS,
    "LI-002": to(text="Go to content"),
    "LI-003": to(1, line_number=30),
    "LI-004": to(1, raw_start=18),
    "LI-005": to(2, char_start=None),
    "LI-006": to(0, char_start=0),
    "LI-007": to(2, char_end=-1),
    "LI-008": to(4, char_end=100_000),
    "LI-009": to(0, is_kept=True),
    "LI-010": to(1, is_kept=True),
    "LI-011": every(role="other"),
    "TS-001": NO_ROWS,
    "TS-002": to(2, raw_start=0),
    "TS-003": to(2, raw_start=None),
    "TS-004": to(2, char_start=0),
    "TS-005": EMPTY_SPAN,
    "SE-001": NO_ROWS,
    "SE-002": to(char_start=-1),
    "SE-003": EMPTY_SPAN,
    "SE-004": to(4, char_end=100_000),
    "SE-005": by(lambda row: {"char_end": row["char_end"] + 1}),
    "SE-006": to(1, sentence_number=20),
    "SE-007": to(1, char_start=0),
    "SE-008": to(1, char_end=100_000),
    "SE-009": to(paragraph_number=0),
    "QU-001": to(reason="It is empty"),
    "QU-002": to(message=" "),
    "QU-003": to(char_start=2, char_end=1),
    "QU-004": to(reason="stage_failed"),
    "TE-001": NO_ROWS,
    "TE-002": OTHER_WORDS,
    "TE-003": EMPTY_SPAN,
    **dates("TE", 4, undated=2, dated=0, year=1),
    "TE-013": to(date_start=PAST),
    "TE-014": to(date_end=FUTURE),
    "TE-015": to(symbolic_value=""),
    "TE-016": to(anchor="none"),
    "TE-017": to(published_start=None, published_end=None, table="documents"),
    "TE-018": every(unresolved_reason="vague"),
    "ME-001": NO_ROWS,
    "ME-002": OTHER_WORDS,
    "ME-003": EMPTY_SPAN,
    "ME-004": to(text="South Korea "),
    "ME-005": to(link_score=1.1),
    "ME-006": to(link_method=None),
    "ME-007": to(entity_id=None),
    "ME-008": to(3, role_text=None),
    "ME-009": to(text="a" * 201),
    "ME-010": every(entity_id=None),
    "MM-001": to(mention_id=sample.A.key("mention", "New York")),
    "EN-001": to(name=" "),
    "EN-002": to(entity_id="country:South Korea"),
    "EN-003": to(country_code="PRK"),
    "EN-004": to(country_code="kor"),
    "EN-005": to(wikidata_id="884"),
    "EN-006": to(mention_count=-1),
    "EN-007": to(mention_count=2),
    "EN-008": to(document_count=9),
    "EN-009": to(aliases=["South Korea"]),
    "EN-010": to(1, name="South Korea", country_code="KOR"),
    "EN-011": to(5, name="Park Jin", country_code="USA"),
    "QT-001": OTHER_WORDS,
    "QT-002": EMPTY_SPAN,
    "QT-003": to(speaker_text="another official"),
    "QT-004": to(speaker_text=None),
    "QT-005": to(speaker_method=None),
    "QT-006": to(speaker_text=None),
    "QT-007": to(text="…"),
    "QN-001": OTHER_WORDS,
    "QN-002": EMPTY_SPAN,
    "QN-003": to(value_low=2.0, value_high=1.0),
    "QN-004": to(value_low=4e6),
    "QN-005": to(value_high=1.0),
    "QN-006": to(value=None),
    "QN-007": to(unit="dollars"),
    "QN-008": to(unit=None),
    "QN-009": to(unit_basis=None),
    "QN-010": to(1, value=0.0),
    "QN-011": to(quantity_kind="percent"),
    "EM-001": NO_ROWS,
    "EM-002": to(evidence="other words"),
    "EM-003": to(trigger_text="severed"),
    "EM-004": EMPTY_SPAN,
    "EM-005": by(lambda row: {"trigger_end": row["trigger_start"]}),
    "EM-006": by(lambda row: {"char_start": row["trigger_start"] + 1}),
    "EM-007": by(lambda row: {"char_end": row["trigger_end"] - 1}),
    "EM-008": to(sentence_number=99),
    "EM-009": by(lambda row: {"char_end": row["char_end"] + 1}),
    **dates("EM", 10, undated=2, dated=0, year=1),
    "EM-019": to(date_start=date(219, 2, 14)),
    "EM-020": to(date_start=PAST),
    "EM-021": to(date_end=FUTURE),
    "EM-022": to(date_text=None),
    "EM-023": to(date_text="Thursday"),
    "EM-024": to(document_id=sample.B.id),
    "EM-025": to(date_start=date(2024, 2, 18)),
    "EM-026": to(status="rumoured"),
    "EM-027": to(5, event_id=sample.CALLED),
    "EM-028": to(event_id=None),
    "EM-029": to(event_kind="call"),
    "EM-030": to(countries=["Cuba", "KOR"]),
    "EM-031": to(countries=["KOR", "CUB"]),
    "EM-032": to(1, actor_countries=["PRK"]),
    "EM-033": to(event_type="AID"),
    "EM-034": to(1, actor_countries=["CUB"]),
    "EM-035": to(1, actor_countries=["CUB"], flags=["self_dyad"]),
    "EM-036": Break(0, None, "participants"),
    "EM-037": to(confidence=1.1),
    "EM-038": to(3, event_link_score=-0.1),
    "EM-039": to(7, event_count=0),
    "EM-040": to(pattern_id=""),
    "EM-041": every(unresolved_reason="vague"),
    "EM-042": to(date_scope=None),
    "EM-043": to(time_expression_id=None),
    "PA-001": to(ordinal=0),
    "PA-002": EMPTY_SPAN,
    "PA-003": to(char_start=-1),
    "PA-004": to(char_start=0),
    "PA-005": to(char_end=100_000),
    "PA-006": to(event_mention_id=sample.CALLED),
    "PA-007": by(lambda row: {"char_start": row["char_start"] + 1}),
    "PA-008": to(country_code="kr"),
    "PA-009": to(4, mention_id=None, entity_id=None, is_implicit=True),
    "PA-010": to(entity_id="person:park-jin", country_code="CUB"),
    "EV-001": to(mention_count=0),
    "EV-002": to(mention_count=3),
    "EV-003": to(document_count=1),
    "EV-004": to(source_count=0),
    "EV-005": to(source_count=3),
    "EV-006": to(publishers=["a", "b", "c"]),
    "EV-007": to(best_event_mention_id=sample.CALLED),
    **dates("EV", 8, undated=2, dated=0, year=1),
    "EV-017": to(date_start=date(219, 2, 14)),
    "EV-018": to(date_start=PAST),
    "EV-019": to(date_end=FUTURE),
    "EV-020": to(date_start=date(2024, 2, 18)),
    "EV-021": to(status="rumoured"),
    "EV-022": to(is_occurred=False),
    "EV-023": to(4, is_occurred=True),
    "EV-024": to(countries=["Cuba", "KOR"]),
    "EV-025": to(countries=["KOR", "CUB"]),
    "EV-026": to(1, actor_countries=["PRK"]),
    "EV-027": to(event_type="AID"),
    "EV-028": to(0, "event_countries", country_code="PRK"),
    "EV-029": every(countries=[]),
    "EV-030": to(place_country_code="US"),
    "EV-031": to(summary=""),
    "EV-032": to(confidence=-0.1),
    "EV-033": to(has_conflict=True),
    "EV-034": every(has_conflict=True),
    "EV-035": every(unresolved_reason="vague"),
    "EV-036": to(countries=["KOR"]),
    "EC-001": to(country_code="Cuba"),
    "EC-002": to(country_code="DDR"),
    "EL-001": to(related_event_id=sample.ESTABLISHED),
    "EL-002": to(event_id=sample.OPEN),
    "FA-001": to(evidence="other words"),
    "FA-002": EMPTY_SPAN,
    "FA-003": to(sentence_number=99),
    "FA-004": by(lambda row: {"char_end": row["char_end"] + 1}),
    "FA-005": to(as_of_end=PAST),
    "FA-006": to(property="Rank among states"),
    "FA-007": to(subject_entity_id=None),
    "CO-001": to(event_mention_id_a=None),
    "CO-002": to(fact_id_b=NOWHERE),
    "CO-003": to(document_id_a=sample.A.id),
    "CO-004": to(document_id_b=sample.B.id),
    "CO-005": to(claim_b="in 1959"),
    "EK-001": NO_ROWS,
    "EK-002": to(definition=""),
    "EK-003": to(cameo_code="5"),
    "EK-004": to(1, plover_type=None),
    "EK-005": to(plover_type="AID"),
    "PR-001": NO_ROWS,
    "PR-002": counted("kind", "meet", 3, 2),
    "PR-003": counted("filled", "title", 4, 10, table_name="documents"),
    "PR-004": counted("filled", "published_start", 1, 10, table_name="documents"),
    "PR-005": counted("filled", "duplicate_of", 10, 10, table_name="documents"),
    "PR-006": counted("filled", "date_start", 3, 20, table_name="event_mentions"),
    "PR-007": counted("filled", "speaker_text", 9, 20, table_name="quotations"),
    "PR-008": counted("resolved", "resolved", 5, 20, table_name="time_expressions"),
    "PR-009": counted("status", "denied", 19, 20),
    "PR-010": counted("kind", "meet", 31, 50),
    "PR-011": counted("filled", "place_entity_id", 5, 50, before=20),
    "PR-012": counted("filled_by_publisher", "Donga: authors", 5, 20, before=15),
    "PR-013": counted("kind", "meet", 20, 50, before=5),
    "PR-014": counted("status", "planned", 20, 50, before=5),
    "PR-015": counted("resolved", "vague", 20, 50, before=5),
    "PR-016": counted("quarantined", "binary", 20, 50, before=5),
    "PR-017": counted("language", "ko", 20, 50, before=5),
    "PR-018": counted("published_basis", "unknown", 20, 50, before=5),
    "PR-019": counted("reports_of_document", NOWHERE, 0, 9, before=3),
    "PR-020": counted("rows", "rows", 0, 0, before=4, previous_total=4),
    "PR-021": counted("quarantined", "stage_failed", 6, 50, table_name="records"),
    "PR-022": counted("quarantined", "stage_failed", 3, 5, table_name="records"),
}


NO_SIEVE = lambda *_: None  # noqa: E731 - with it, Great Expectations judges every row itself
PROFILE = profile(sample.tables(), None)
"""Of the sound sample, which serves as the release before, too."""


@cache
def suites() -> tuple[Suite, ...]:
    return load(default_folder())


@cache
def sound() -> Verdict:
    return judge(sample.tables(), default_folder(), previous=PROFILE).verdict


def expectations() -> list[Any]:
    return [pytest.param(suite, each, id=each.id) for suite in suites() for each in suite.expectations]


def broken(suite: Suite, expectation: Expectation) -> tuple[str, list[sample.Row]]:
    """The table to break for an expectation, and its broken rows. A reference is broken by a key that nobody has."""
    if expectation.type == "expect_column_values_to_resolve":
        column = expectation.kwargs["column"]
        values = [NOWHERE] if column == "countries" else NOWHERE
        change = to(**{column: values} | ({"char_start": 0} if "row_condition" in expectation.kwargs else {}))
    else:
        change = BROKEN[expectation.id]
    table = change.table or suite.table
    rows = profile(sample.tables(), PROFILE).to_pylist() if table == "profile" else list(map(dict, sample.ROWS[table]))
    if change.is_added:
        return table, [*rows, dict(change.values)]
    if change.values is None:
        return table, []
    for row in rows if change.row < 0 else [rows[change.row]]:
        row.update(change.values(row) if callable(change.values) else change.values)
    return table, rows


def test_the_sound_sample_passes_every_expectation() -> None:
    failed = [(row["expectation_id"], row["observed"]) for row in sound().checks.to_pylist() if not row["success"]]
    assert failed == []


def test_what_is_sifted_out_is_sound_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "sieve", NO_SIEVE)
    assert judge(sample.tables(), default_folder(), previous=PROFILE).verdict.checks.equals(sound().checks)


def test_every_expectation_is_broken_here_and_nothing_else_is() -> None:
    declared = {e.id for suite in suites() for e in suite.expectations if e.type != "expect_column_values_to_resolve"}
    assert declared == BROKEN.keys()


@pytest.mark.parametrize(("suite", "expectation"), expectations())
def test_fails_on_what_is_broken(suite: Suite, expectation: Expectation, monkeypatch: pytest.MonkeyPatch) -> None:
    table, rows = broken(suite, expectation)
    tables = sample.with_rows(table, rows)
    counted_in = {} if table == "profile" else {"profile": profile(tables, PROFILE)}
    alone = Suite(suite.name, suite.table, (expectation,))
    found = run.check_suites({**tables, **counted_in}, [alone], max_share_lost=0.1, memory_megabytes=200)
    assert [(row["success"], row["severity"]) for row in found] == [(False, expectation.severity)]
    assert "check itself failed" not in found[0]["observed"]
    if found[0]["unexpected_count"] is not None:
        assert found[0]["sample_keys"]
    monkeypatch.setattr(run, "sieve", NO_SIEVE)
    over_all_rows = run.check_suites({**tables, **counted_in}, [alone], max_share_lost=0.1, memory_megabytes=200)
    assert over_all_rows == found


@pytest.mark.parametrize("words", ["2024", "2024-02", "16/02/2024", "February"])
@pytest.mark.parametrize("is_sieved", [True, False])
def test_a_supplied_date_that_names_no_day_contradicts_none(
    words: str, is_sieved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sieved:
        monkeypatch.setattr(run, "sieve", NO_SIEVE)
    rows = sample.tables()["records"].to_pylist()
    tables = sample.with_rows("records", [row | {"published_supplied": words} for row in rows])
    chosen = [(suite, one) for suite in suites() for one in suite.expectations if one.id == "RE-005"]
    alone = [Suite(suite.name, suite.table, (one,)) for suite, one in chosen]
    counted = {"profile": profile(tables, PROFILE)}
    (found,) = run.check_suites({**tables, **counted}, alone, max_share_lost=0.1, memory_megabytes=200)
    assert found["success"]


def test_namesakes_that_are_noted_to_be_two_people_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [dict(row) for row in sample.ROWS["entities"]]
    rows[5].update(name="Park Jin", country_code="USA")
    tables = sample.with_rows("entities", rows) | {"profile": PROFILE}
    [watched] = [Suite("entities", "entities", (e,)) for s in suites() for e in s.expectations if e.id == "EN-011"]
    known = views._known()
    for noted, holds in (([], False), ([{"one": rows[5]["entity_id"], "other": rows[4]["entity_id"]}], True)):
        apart = pa.Table.from_pylist(noted, known["noted_apart"].schema)
        monkeypatch.setattr(views, "_known", lambda apart=apart: known | {"noted_apart": apart})
        [found] = run.check_suites(tables, [watched], max_share_lost=0.1, memory_megabytes=200)
        assert found["success"] is holds


def test_every_reference_of_the_contract_is_watched() -> None:
    declared = {
        (name, column.name, column.references)
        for name in RELEASED
        for column in TABLES[name].columns
        if column.references
    }
    watched = {
        (suite.table, e.kwargs["column"], e.kwargs["reference"])
        for suite in suites()
        if suite.name.startswith("joins/")
        for e in suite.expectations
        if "row_condition" not in e.kwargs and e.severity == "critical" and "mostly" not in e.kwargs
    }
    assert declared <= watched
