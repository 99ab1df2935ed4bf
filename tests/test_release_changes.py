"""What changes between releases: rows by key, ids that move, files that are shared, words."""

from __future__ import annotations

import json
import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from benchmarks.releases import DAYS, IDS, copied
from hypothesis import given
from hypothesis import strategies as st

from kcpipe import release, store
from kcpipe.release import shards
from kcpipe.release.changes import REDIRECTS, apply, compare, counts, differ, redirects, unlike
from kcpipe.release.without import put
from kcpipe.store import contents, parquet
from kcpipe.tables import TABLES, Table, arrange, build, empty
from sample_release import ROWS
from sample_release import tables as sample
from test_release import NOW, publish
from test_store import sample_rows

# --- rows ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True), st.integers(1, 5))
def test_the_old_rows_and_the_changes_give_the_new_rows(old: list[int], new: list[int], every: int) -> None:
    table = TABLES["events"]
    kinds = sample_rows(table)
    before = build(table, [kinds[i % 3] | {"event_id": f"{i:02}"} for i in old])
    after = build(table, [kinds[(i + (i % every == 0)) % 3] | {"event_id": f"{i:02}"} for i in new])
    changes = compare(table, before, after)
    assert apply(table, before, changes).equals(arrange(table, after))
    found = counts(changes)
    assert (found["added"], found["removed"]) == (len({*new} - {*old}), len({*old} - {*new}))
    assert found["changed"] == sum(i % every == 0 for i in {*old} & {*new})
    assert compare(table, after, after).num_rows == 0


@given(*[st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12)] * 2)
def test_what_two_files_have_in_common_is_put_aside(old: list[tuple[int, int]], new: list[tuple[int, int]]) -> None:
    """Rows of a few documents, each with its number and one of three texts: none is put aside that is not in both."""
    table = TABLES["lines"]
    [like, *_] = sample_rows(table)

    def file(drawn: list[tuple[int, int]]) -> list[dict[str, Any]]:
        of_document: Counter[int] = Counter()
        rows = []
        for document, word in sorted(drawn, key=lambda each: each[0]):
            of_document[document] += 1
            number = of_document[document]
            rows.append(like | {"document_id": f"{document:032}", "line_number": number, "text": str(word)})
        return rows

    before, after = file(old), file(new)
    left = [part.to_pylist() for part in unlike(table, build(table, before), build(table, after))]
    assert left[0] == [row for row in before if row not in after]
    assert left[1] == [row for row in after if row not in before]


def test_a_changed_row_says_what_it_was() -> None:
    table = TABLES["documents"]
    old = sample_rows(table)
    new = [dict(row) for row in old]
    day = {"start": date(2024, 2, 14), "end": date(2024, 2, 15)}
    new[0] |= {"title": None, "published_start": date(2024, 2, 15), "published_candidates": [day]}
    [row] = compare(table, build(table, old), build(table, new)).to_pylist()
    assert row["_change"] == "changed"
    assert row["_changed_columns"] == ["title", "published_start", "published_candidates"]
    before = json.loads(row["_before"])
    assert before["title"] == old[0]["title"]
    assert before["published_start"] == "1949-07-01"
    assert before["published_candidates"][0] == {"start": "2024-02-14", "end": None}
    assert row["title"] is None


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ([1, None, None, 4], [1, None, 3, 5], [False, False, True, True]),
        ([["a"], [], ["a", "b"], None], [["a"], ["a"], ["a", "c"], None], [False, True, True, False]),
        ([[{"s": 1}], [{"s": None}], None], [[{"s": 2}], [{"s": None}], []], [True, False, True]),
    ],
)
def test_values_of_every_shape_are_compared(one: list[Any], two: list[Any], expected: list[bool]) -> None:
    kind = pa.array(one).type
    assert differ(pa.array(one, kind), pa.array(two, kind)).tolist() == expected


def test_a_new_column_and_one_that_is_gone_are_changes_of_every_row() -> None:
    table = TABLES["mention_members"]
    now = build(table, [{"mention_id": "m", "entity_id": "e"}])
    wider = now.append_column("score", pa.array([0.5]))
    [row] = compare(table, wider, now).to_pylist()
    assert (row["_change"], row["_changed_columns"], json.loads(row["_before"])) == (
        "changed",
        ["score"],
        {"score": 0.5},
    )
    facts = TABLES["facts"]
    rows = build(facts, sample_rows(facts))
    changes = compare(facts, rows.drop_columns("unit"), rows)
    assert {tuple(row["_changed_columns"]) for row in changes.to_pylist()} == {("unit",)}
    assert apply(facts, rows.drop_columns("unit"), changes).equals(arrange(facts, rows))


# --- releases -----------------------------------------------------------------------------------------------------


def with_events(*summaries: tuple[str, str], reports: Mapping[str, str]) -> dict[str, pa.Table]:
    """Events by id and summary, and the event of each report."""
    event, report = ROWS["events"][0], ROWS["event_mentions"][0]
    events = [event | {"event_id": key, "summary": words} for key, words in summaries]
    mentions = [report | {"event_mention_id": key, "event_id": goal} for key, goal in reports.items()]
    return {"event_mentions": build(TABLES["event_mentions"], mentions), "events": build(TABLES["events"], events)}


def test_the_changelog_says_in_words_what_is_new_merged_and_withdrawn(tmp_path: Path) -> None:
    output = tmp_path / "output"
    a, b, c = (("a", "A visited B."), ("b", "B met A."), ("c", "C left."))
    first = publish(output, with_events(a, b, c, reports={"1": "a", "2": "b", "3": "c"}))
    assert "The first release." in (first.path / "CHANGELOG.md").read_text()
    second = publish(
        output, with_events(a, ("d", "D came."), reports={"1": "a", "2": "a", "4": "d"}), quality={"passed": 4}
    )
    words = (second.path / "CHANGELOG.md").read_text()
    assert f"Against {first.id}." in words
    assert "| events | 2 | 3 | 1 | 2 | 0 |" in words
    assert "1 new:\n\n- D came. (d)" in words
    assert "1 merged or under another id:\n\n- B met A. (b) -> a" in words
    assert "1 withdrawn:\n\n- C left. (c)" in words
    assert "- passed: 3 is now 4" in words
    assert second.manifest["tables"]["events"]["changes"] == {"added": 1, "removed": 2, "changed": 0}
    assert release.diff(output, first.id, "latest").counts["events"] == {"added": 1, "removed": 2, "changed": 0}
    backwards = release.diff(output, second.id, first.id)
    assert backwards.counts["events"] == {"added": 2, "removed": 1, "changed": 0}
    assert release.diff(output, first.id, first.id).changes == {}


def test_withdrawn_ids_lead_to_what_stands_for_them_today(tmp_path: Path) -> None:
    output = tmp_path / "output"

    def moves(found: release.Release) -> list[tuple[str, str, str]]:
        path = found.path / "changes" / "id_redirects.parquet"
        rows = [] if not path.exists() else pq.read_table(path).to_pylist()
        return [(row["old_id"], row["new_id"], row["reason"]) for row in rows]

    first = with_events(("a", "A."), ("b", "B."), reports={"1": "a", "2": "a", "3": "b"})
    assert moves(publish(output, first)) == []
    merged = with_events(("b", "B."), reports={"1": "b", "2": "b", "3": "b"})
    assert moves(publish(output, merged)) == [("a", "b", "merged")]
    renamed = with_events(("c", "B."), reports={"1": "c", "2": "c", "3": "c"})
    assert moves(publish(output, renamed)) == [("a", "c", "merged"), ("b", "c", "renamed")]
    split = with_events(("d", "D."), ("e", "E."), reports={"1": "d", "2": "e", "3": "e"})
    assert ("c", "d", "split") in moves(publish(output, split))
    again = with_events(("c", "B."), reports={"1": "c", "2": "c", "3": "c"})
    assert {old for old, _, _ in moves(publish(output, again))} == {"a", "b", "d", "e"}


def test_a_file_with_new_bytes_leads_from_the_old_document_to_the_new(tmp_path: Path) -> None:
    records, documents = TABLES["records"], TABLES["documents"]

    def of(key: str) -> dict[str, pa.Table]:
        record = {"source_uri": "a.txt", "source_name": "a.txt", "document_id": key}
        return {
            "records": build(records, [record]),
            "documents": build(documents, [ROWS["documents"][0] | {"document_id": key, "source_uri": "a.txt"}]),
        }

    publish(tmp_path / "output", of("old"))
    changes = publish(tmp_path / "output", of("new")).changes()
    [row] = redirects(changes, empty(REDIRECTS), "r").to_pylist()
    assert (row["table_name"], row["old_id"], row["new_id"], row["reason"]) == ("documents", "old", "new", "replaced")


# --- files --------------------------------------------------------------------------------------------------------

SEED = {name: sample()[name] for name in IDS}


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables become folders, years are cut by months, months by days, and those by documents, at a size that tests can
    afford."""
    monkeypatch.setattr(shards, "LARGE", 40)
    monkeypatch.setattr(shards, "FULL", 10)
    monkeypatch.setattr(shards, "CROWDED", 12)


SCATTERED = DAYS.take(pa.array([number * 47 % len(DAYS) for number in range(len(DAYS))]))


def corpus(copies: range, undated: bool = True) -> dict[str, pa.Table]:
    """Copies of the sample over two years, a seventh of the documents without a date."""
    made = copied(SEED, copies, SCATTERED)
    if undated:
        documents = made["documents"]
        is_known = pa.array([number % 7 != 0 for number in range(documents.num_rows)])
        for name in ("published_start", "published_end"):
            days = pc.if_else(is_known, documents.column(name), None)
            documents = documents.set_column(documents.column_names.index(name), documents.schema.field(name), days)
        made["documents"] = documents
    return made


def files(found: release.Release) -> dict[str, str]:
    return {file["path"]: file["sha256"] for entry in found.manifest["tables"].values() for file in entry["files"]}


@pytest.mark.usefixtures("small_files")
def test_a_large_table_is_a_folder_of_parts_of_years(tmp_path: Path) -> None:
    found = publish(tmp_path / "output", corpus(range(24 * 3)))
    folder = found.path / "mentions.parquet"
    assert {path.name[:7] for path in folder.iterdir()} >= {"2024-01", "2025-12", "undated"}
    assert any(path.stem[7:] in ("-09", "-17", "-25") for path in folder.iterdir()), "a full month is cut by days"
    assert any("-of-" in path.name for path in folder.iterdir()), "what is crowded all the same by documents"
    assert (found.path / "documents.parquet").is_dir()
    for name, rows in corpus(range(24 * 3)).items():
        assert arrange(TABLES[name], found.table(name)).equals(arrange(TABLES[name], rows))


@pytest.mark.usefixtures("small_files")
def test_a_publication_holds_the_rows_of_no_more_than_two_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[pa.Table]] = []
    most = 0

    def encoded(rows: pa.Table) -> bytes:
        nonlocal most
        held.append(weakref.ref(rows))
        most = max(most, sum(each() is not None for each in held))
        return encode(rows)

    encode = store.encoded
    monkeypatch.setattr(store, "encoded", encoded)
    for number in (24, 48):
        publish(tmp_path / "output", corpus(range(number)), str(number))
        assert len(held) > 100
        assert most <= 2
        held.clear()


def test_what_is_few_rows_a_year_is_a_file_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LARGE", 40)

    def names(full: int) -> list[str]:
        monkeypatch.setattr(shards, "FULL", full)
        paths = [each.path.removeprefix("events.parquet/") for each in shards.split("events", made)]
        return [path.removesuffix(".parquet") for path in paths]

    made = copied(SEED, range(48), SCATTERED)
    per_year = made["events"].num_rows // 2
    assert names(per_year * 4) == ["2024", "2025"]
    assert names(per_year * 4 - 1) == ["2024-01", "2024-07", "2025-01", "2025-07"]
    assert names(per_year) == [f"{year}-{month:02}" for year in (2024, 2025) for month in (1, 4, 7, 10)]
    assert {"2024-03", "2024-11"} <= set(names(per_year - 1))


def test_a_period_that_grows_is_cut_into_its_parts_and_no_other_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LARGE", 40)
    monkeypatch.setattr(shards, "FULL", 30)
    old, more = copied(SEED, range(48), SCATTERED), copied(SEED, range(48, 80), DAYS[31:60])
    first = publish(tmp_path / "output", old, "1")
    second = publish(tmp_path / "output", {name: pa.concat_tables([old[name], more[name]]) for name in old}, "2")
    before, after = ({path: sha for path, sha in files(each).items() if "/" in path} for each in (first, second))
    assert {path for path in before if before[path] != after.get(path)} == {
        f"{name}.parquet/2024-02.parquet" for name in SEED
    }
    cut = sorted(path for path in after if path not in before)
    assert all("/2024-02-" in path for path in cut)
    published = second.table("documents", ["document_id", "published_start"])
    for name in ("event_mentions", "mentions"):
        parts = [path for path in cut if path.startswith(name)]
        assert len(parts) > 1
        firsts = [date.fromisoformat(path[-18:-8]) for path in parts]
        for path, begin, end in zip(parts, firsts, [*firsts[1:], date(2024, 3, 1)], strict=True):
            rows = second.rows(name, [path]).select(["document_id"])
            found = published.filter(pc.is_in(published["document_id"], rows["document_id"].combine_chunks()))
            assert begin <= pc.min(found["published_start"]).as_py() <= pc.max(found["published_start"]).as_py() < end


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize(
    ("before", "after"), [(range(60), range(5, 62)), (range(3), range(40)), (range(40), range(3)), (range(9), range(9))]
)
def test_a_release_built_step_by_step_has_the_bytes_of_one_built_at_once(
    before: range, after: range, tmp_path: Path
) -> None:
    """Also when tables grow into folders or shrink to files."""
    old, new = corpus(before), corpus(after, undated=before != after)
    publish(tmp_path / "step", old, "1")
    stepwise = publish(tmp_path / "step", new, "2")
    at_once = publish(tmp_path / "once", new, "2")
    assert files(stepwise) == files(at_once)
    assert stepwise.manifest["content_digest"] == at_once.manifest["content_digest"]
    assert release.verify_all(tmp_path / "step", deep=True) == {}


def test_what_is_no_number_stays_what_it_is(tmp_path: Path) -> None:
    rows = sample()["event_mentions"]
    rows = put(rows, "event_link_score", pa.array([float("nan")] * rows.num_rows))
    publish(tmp_path / "output", {"event_mentions": rows}, "1")
    fewer = publish(tmp_path / "output", {"event_mentions": rows.slice(1)}, "2")
    assert counts(fewer.changes()["event_mentions"]) == {"added": 0, "removed": 1, "changed": 0}


@pytest.mark.usefixtures("small_files")
def test_a_small_change_writes_its_files_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = corpus(range(60), undated=False)
    first = publish(tmp_path / "output", made, "1")
    written: list[bytes] = []
    encoded = store.encoded

    def listening(rows: pa.Table) -> bytes:
        written.append(rows.schema.metadata[b"table"])
        return encoded(rows)

    monkeypatch.setattr(store, "encoded", listening)
    assert publish(tmp_path / "output", {name: rows.slice(0) for name, rows in made.items()}, "1") == first
    assert written == []
    key = made["documents"].column("document_id")[0].as_py()
    mine = pc.equal(made["mentions"].column("document_id"), key)
    scores = pc.if_else(mine, 0.25, made["mentions"].column("link_score"))
    second = publish(tmp_path / "output", {**made, "mentions": put(made["mentions"], "link_score", scores)}, "2")
    assert written == [b"mentions"]
    new = set(files(second).items()) - set(files(first).items())
    assert {path.split("/")[0] for path, _ in new} == {"mentions.parquet"}
    assert len(new) == 1
    assert set(second.changes()) == {"mentions"}
    assert counts(second.changes()["mentions"]) == {"added": 0, "removed": 0, "changed": pc.sum(mine).as_py()}


def test_files_of_another_writer_are_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a release built step by step would keep bytes that a full build does not give."""
    made = {"facts": sample()["facts"]}
    first = publish(tmp_path / "output", made, "1")
    monkeypatch.setattr(parquet, "PARQUET", {"compression": "gzip"})
    assert files(publish(tmp_path / "output", made, "2")) == files(first)
    monkeypatch.setattr(store, "WRITER", "another")
    third = publish(tmp_path / "output", made, "3")
    assert files(third) == files(publish(tmp_path / "once", made)) != files(first)
    assert third.changes() == {}


@pytest.mark.parametrize("column", [column.name for column in TABLES["event_mentions"].columns])
def test_a_change_of_any_column_is_seen(column: str, tmp_path: Path) -> None:
    rows = sample()["event_mentions"]
    values = pa.concat_arrays([rows.column(column).combine_chunks().slice(1), rows.column(column).slice(0, 1).chunk(0)])
    other = put(rows, column, pa.chunked_array([values]))
    assert (
        shards.split("event_mentions", {"event_mentions": rows})[0].rows_digest
        != (shards.split("event_mentions", {"event_mentions": other})[0].rows_digest)
    ) == (not values.equals(rows.column(column).combine_chunks()))


@pytest.mark.usefixtures("small_files")
def test_a_digest_depends_on_the_rows_of_its_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on chunks, slices, what lies under a null, or rows of other files between them; not on how long all is."""

    def digests(made: Mapping[str, pa.Table]) -> dict[str, str]:
        return {each.path: each.rows_digest for name in made for each in shards.split(name, made)}

    made = corpus(range(24))
    expected = digests(made)
    cut = {name: pa.concat_tables([rows.slice(0, 7), rows.slice(7, 2), rows.slice(9)]) for name, rows in made.items()}
    assert digests(cut) == expected
    with monkeypatch.context() as small:
        small.setattr(contents, "NARROW", 100)
        assert digests(cut) == expected
    for gathered in (0, 1 << 40):
        with monkeypatch.context() as other:
            other.setattr(contents, "LONG", gathered)
            assert digests(cut) == expected, "whether values are hashed where they lie or copied first"
    doubled = {name: pa.concat_tables([rows, rows]).combine_chunks() for name, rows in made.items()}
    assert digests({name: rows.slice(rows.num_rows // 2) for name, rows in doubled.items()}) == expected
    is_known = made["mentions"].column("link_score").is_valid()
    for under_nulls in (0.5, 0.75):
        scores = pc.if_else(is_known, made["mentions"].column("link_score"), under_nulls)
        values = scores.combine_chunks().buffers()[1]
        nulls = made["mentions"].column("link_score").combine_chunks().buffers()[0]
        column = pa.Array.from_buffers(pa.float64(), len(scores), [nulls, values])
        assert digests({**made, "mentions": put(made["mentions"], "link_score", column)}) == expected
    documents = made["documents"]
    early = pc.fill_null(pc.less(documents.column("published_start"), pa.scalar(date(2025, 6, 1))), False)
    kept = documents.filter(early).column("document_id").combine_chunks()
    alone = {
        name: rows.filter(pc.is_in(rows.column("document_id"), value_set=kept))
        for name, rows in made.items()
        if "document_id" in rows.column_names
    }
    months = {path: each for path, each in digests(alone).items() if "/2024" in path}
    assert len(months) > 5
    assert months.items() <= expected.items()


def test_rows_that_lead_to_no_table_with_days_are_undated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LARGE", 1)
    made = {name: sample()[name] for name in ("participants", "event_mentions", "entities")}
    assert {name: [each.path for each in shards.split(name, made)] for name in made} == {
        name: [f"{name}.parquet/undated.parquet"] for name in made
    }


@pytest.mark.usefixtures("small_files")
def test_rows_in_another_order_or_of_an_older_digest_are_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = corpus(range(24))
    with monkeypatch.context() as earlier:
        earlier.setattr(store, "digests", lambda *given: ["1"] * (given[3] if given[3:] else 1))
        first = publish(tmp_path / "output", {name: made[name] for name in ("documents", "mentions")}, "1")
    back = {name: made[name].take(list(reversed(range(made[name].num_rows)))) for name in ("documents", "mentions")}
    second = publish(tmp_path / "output", back, "2")
    assert files(second) == files(first)
    assert second.changes() == {}


def test_a_schema_change_is_told_and_rewrites_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "output"
    first = publish(output, {"facts": sample()["facts"]}, "1")
    table = TABLES["facts"]
    narrow = Table(table.name, table.description, table.without("unit"), table.key)
    monkeypatch.setitem(TABLES, "facts", narrow)
    rows = sample()["facts"].drop_columns("unit")
    second = publish(output, {"facts": rows}, "2", now=NOW + timedelta(days=1))
    assert "- facts.unit is gone" in (second.path / "CHANGELOG.md").read_text()
    assert "unit" in first.table("facts").column_names
    assert "unit" not in release.find(output).table("facts").column_names
    assert release.verify_all(output, deep=True) == {}


@pytest.mark.usefixtures("small_files")
def test_a_new_column_and_other_files_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that come and go have no counterpart, and those of the parent another schema."""
    mentions, old, new = TABLES["mentions"], corpus(range(30)), corpus(range(5, 62))
    monkeypatch.setitem(TABLES, "mentions", replace(mentions, columns=mentions.without("link_score")))
    publish(tmp_path / "output", {**old, "mentions": old["mentions"].drop_columns("link_score")}, "1")
    monkeypatch.setitem(TABLES, "mentions", mentions)
    changes = publish(tmp_path / "output", new, "2").changes()["mentions"]
    both = pc.is_in(new["mentions"]["mention_id"], old["mentions"]["mention_id"].combine_chunks())
    assert counts(changes)["changed"] == pc.sum(both).as_py() > 0
    kept = changes.filter(pc.equal(changes["_change"], "changed"))
    assert kept.column("_changed_columns").combine_chunks().flatten().unique().to_pylist() == ["link_score"]
