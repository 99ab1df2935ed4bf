from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from kcpipe.tables import (
    RELEASED,
    TABLES,
    Column,
    ContractError,
    Table,
    arrange,
    build,
    concat,
    conform,
    empty,
    in_order,
)
from kcpipe.tables.declare import day, flag, integer, moment, number, optional, text, texts

STRUCT = pa.struct([pa.field("start", pa.date32()), pa.field("end", pa.date32())])
SAMPLE = Table(
    "sample",
    "One row per thing.",
    (
        text("name", "Its name."),
        integer("count", "How many."),
        number("share", "Which part."),
        flag("is_true", "Whether it holds."),
        day("day", "When."),
        moment("moment", "When exactly."),
        texts("codes", "Countries.", values=("KOR", "CUB")),
        text("kind", "What kind.", nullable=True, values=("meet", "visit")),
        Column("raw", pa.binary(), "The bytes.", True),
        Column("spans", pa.list_(pa.field("element", STRUCT, nullable=False)), "Intervals."),
    ),
    ("name", "count"),
)
NOW = datetime(2024, 2, 14, 9, 30, tzinfo=UTC)
ROW: dict[str, Any] = {
    "name": "쿠바 “Cuba”",
    "count": 3,
    "share": 0.5,
    "is_true": True,
    "day": date(2024, 2, 14),
    "moment": NOW,
    "codes": ["KOR", "CUB"],
    "kind": "meet",
    "raw": b"\x00\xff",
    "spans": [{"start": date(2024, 2, 1), "end": None}],
}


def test_build_gives_back_what_was_put_in() -> None:
    made = build(SAMPLE, [ROW])
    assert made.to_pylist() == [ROW]
    assert made.schema.equals(SAMPLE.schema, check_metadata=True)


def test_nullable_columns_may_be_left_out_and_whole_numbers_are_numbers() -> None:
    row = {"name": "a", "count": 0, "share": 1, "is_true": False, "codes": (), "spans": []}
    made = build(SAMPLE, [row]).to_pylist()[0]
    assert (made["day"], made["moment"], made["kind"], made["raw"]) == (None, None, None, None)
    assert made["share"] == 1.0
    assert isinstance(made["share"], float)


def test_rows_keep_their_order() -> None:
    rows = [ROW | {"name": name} for name in "cab"]
    assert build(SAMPLE, rows).column("name").to_pylist() == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nmae": "a"}, "no such column: nmae"),
        ({"name": None}, "sample.name: 1 nulls"),
        ({"name": 3}, "sample.name: 3 is not string"),
        ({"count": "3"}, "sample.count"),
        ({"count": 3.0}, "sample.count"),
        ({"count": True}, "sample.count: True is not int32"),
        ({"count": 2**31}, "sample"),
        ({"share": True}, "sample.share: True is not double"),
        ({"share": "0.5"}, "sample.share"),
        ({"is_true": 1}, "sample.is_true: 1 is not bool"),
        ({"day": NOW}, "sample.day"),
        ({"day": "2024-02-14"}, "sample.day"),
        ({"moment": date(2024, 2, 14)}, "sample.moment"),
        ({"codes": "KOR"}, "sample.codes"),
        ({"codes": [None]}, "sample.codes: 1 nulls inside lists"),
        ({"codes": ["KOR", "XXX"]}, "outside the vocabulary: ['XXX']"),
        ({"codes": [3]}, "sample"),
        ({"kind": "met"}, "outside the vocabulary: ['met']"),
        ({"raw": "text"}, "sample.raw"),
        ({"spans": [None]}, "sample.spans: 1 nulls inside lists"),
    ],
)
def test_build_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError) as caught:
        build(SAMPLE, [ROW | change])
    assert message in str(caught.value)


def test_build_refuses_a_row_without_a_column_that_must_be_filled() -> None:
    row = {key: value for key, value in ROW.items() if key != "count"}
    with pytest.raises(ContractError, match=r"sample\.count: 1 nulls"):
        build(SAMPLE, [row])


def test_build_refuses_a_key_met_twice() -> None:
    with pytest.raises(ContractError, match="keys met more than once"):
        build(SAMPLE, [ROW, ROW | {"kind": None}])
    with pytest.raises(ContractError, match="keys met more than once"):
        build(SAMPLE, [ROW, ROW | {"count": 9}, ROW])
    assert build(SAMPLE, [ROW, ROW | {"count": 4}]).num_rows == 2


def test_conform_puts_columns_in_order_and_gives_them_their_descriptions() -> None:
    made = build(SAMPLE, [ROW])
    bare = pa.table({name: made.column(name).cast(made.schema.field(name).type) for name in made.column_names[::-1]})
    assert conform(SAMPLE, bare).schema.equals(SAMPLE.schema, check_metadata=True)
    assert conform(SAMPLE, bare).to_pylist() == [ROW]


def test_conform_refuses_other_columns_other_types_and_nulls() -> None:
    made = build(SAMPLE, [ROW])
    with pytest.raises(ContractError, match=r"missing \['kind'\]"):
        conform(SAMPLE, made.drop_columns(["kind"]))
    with pytest.raises(ContractError, match=r"extra \['more'\]"):
        conform(SAMPLE, made.append_column("more", pa.array([1])))
    at = made.column_names.index("count")
    with pytest.raises(ContractError, match="is int64, must be int32"):
        conform(SAMPLE, made.set_column(at, "count", pa.array([3], pa.int64())))
    with pytest.raises(ContractError, match=r"sample\.count: 1 nulls"):
        conform(SAMPLE, made.set_column(at, "count", pa.array([None], pa.int32())))


def test_concat_checks_keys_across_parts() -> None:
    one, two = build(SAMPLE, [ROW]), build(SAMPLE, [ROW | {"count": 9}])
    together = concat(SAMPLE, [one, two])
    assert together.column("count").to_pylist() == [3, 9]
    assert together.column("count").num_chunks == 1
    assert concat(SAMPLE, []).equals(empty(SAMPLE))
    with pytest.raises(ContractError, match="keys met more than once"):
        concat(SAMPLE, [one, one])


def test_what_lies_in_order_is_left_as_it_is() -> None:
    rows = pa.table({"name": ["a", "a", "b", "b"], "count": [1, 2, 1, 1], "kind": ["x", "y", "z", "w"]})
    assert in_order(rows, ["name", "count"]) is rows
    assert in_order(rows.slice(0, 1), ["name"]).num_rows == 1
    assert in_order(rows.slice(0, 0), ["name"]).num_rows == 0
    for order in ([3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 3, 2]):
        sorted_by_all = in_order(rows.take(order), ["name", "count", "kind"])
        assert sorted_by_all.column("kind").to_pylist() == ["x", "y", "w", "z"]


def test_order_is_seen_across_chunks() -> None:
    parts = [pa.table({"name": names}) for names in (["b"], ["c"], ["a", "d"])]
    assert in_order(pa.concat_tables(parts), ["name"]).column("name").to_pylist() == ["a", "b", "c", "d"]


def test_arrange_orders_by_key_whatever_the_order_before() -> None:
    rows = [ROW | {"name": name, "count": count} for name, count in (("b", 1), ("a", 2), ("a", 1))]
    made = arrange(SAMPLE, build(SAMPLE, rows))
    assert list(zip(*(made.column(c).to_pylist() for c in SAMPLE.key), strict=True)) == [("a", 1), ("a", 2), ("b", 1)]
    assert made.equals(arrange(SAMPLE, build(SAMPLE, rows[::-1])))


def test_a_declaration_is_shared_by_name() -> None:
    assert [column.name for column in SAMPLE.only("kind", "name")] == ["kind", "name"]
    assert "kind" not in [column.name for column in SAMPLE.without("kind")]
    assert optional(SAMPLE.column("name")).nullable
    for call in (SAMPLE.column, SAMPLE.only, SAMPLE.without):
        with pytest.raises(KeyError, match="no column 'nmae'"):
            call("nmae")


# --- the declared tables ----------------------------------------------------------------------------------------------


def columns() -> list[tuple[Table, Column]]:
    return [(table, column) for table in TABLES.values() for column in table.columns]


def test_released_tables_are_those_of_the_contract() -> None:
    assert set(RELEASED) == {
        "records", "documents", "document_fields", "lines", "text_spans", "sentences", "time_expressions", "mentions",
        "mention_members", "entities", "quotations", "quantities", "event_mentions", "participants", "events",
        "event_countries", "event_links", "facts", "conflicts", "event_kinds", "quarantine",
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_can_be_made_and_is_described(table: Table) -> None:
    assert build(table, []).equals(empty(table))
    assert table.description.endswith(".")
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.key
    assert set(table.key) <= set(names)
    assert len(set(table.key)) == len(table.key)
    assert not any(table.column(name).nullable for name in table.key)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_carries_a_sentence_into_the_schema(table: Table) -> None:
    for column in table.columns:
        assert column.description.endswith("."), column
        assert len(column.description.split()) > 1, column
        metadata = table.schema.field(column.name).metadata
        assert metadata == {b"description": column.description.encode()}


def test_every_vocabulary_is_a_tuple_of_distinct_words() -> None:
    for table, column in columns():
        assert isinstance(column.values, tuple)
        assert len(set(column.values)) == len(column.values), (table.name, column.name)
        assert all(value and value == value.strip() for value in column.values)


def test_every_reference_names_a_column_of_its_type() -> None:
    for table, column in columns():
        if column.references:
            target_table, target_column = column.references.split(".")
            target = TABLES[target_table].column(target_column)
            own = column.type.value_type if pa.types.is_list(column.type) else column.type
            assert target.type == own, (table.name, column.name)
            assert TABLES[target_table].scope == "release", (table.name, column.name)
            assert target_column in TABLES[target_table].key, (table.name, column.name)


def test_ids_offsets_and_dates_have_one_type_everywhere() -> None:
    types = {"_id": pa.string(), "_start": pa.int32(), "_end": pa.int32()}
    dated = {"published_start", "published_end", "stated_start", "stated_end", "date_start", "date_end"}
    dated |= {"as_of_start", "as_of_end"}
    for table, column in columns():
        for ending, due in types.items():
            if column.name.endswith(ending):
                assert column.type == (pa.date32() if column.name in dated else due), (table.name, column.name)
