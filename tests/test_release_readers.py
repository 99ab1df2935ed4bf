"""Every reader reads every table by the same path, and the descriptors are what their own tools accept."""

from __future__ import annotations

import datetime
import gc
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from benchmarks import readers

import kcpipe
from kcpipe import release
from kcpipe.release import shards
from kcpipe.settings import UserError
from kcpipe.tables import RELEASED, TABLES, empty
from kcpipe.trace import Trace
from sample_release import tables as sample
from test_release import publish

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of libraries that call newer Pythons' modules by old names
    import dask
    import dask.dataframe as dd
    import deltalake
    import fastparquet
    import frictionless
    import mlcroissant
    from pyiceberg.catalog.sql import SqlCatalog


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> release.Release:
    """Tables of one file each, one of them without rows."""
    return publish(tmp_path_factory.mktemp("small") / "output", {**sample(), "facts": empty(TABLES["facts"])})


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> release.Release:
    """The same, every table with more than one row a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "LARGE", 1)
        return publish(tmp_path_factory.mktemp("large") / "output", {**sample(), "facts": empty(TABLES["facts"])})


@pytest.fixture(params=["small", "large"])
def published(request: pytest.FixtureRequest) -> release.Release:
    found: release.Release = request.getfixturevalue(request.param)
    return found


def by_duckdb(path: str) -> tuple[int, list[str]]:
    with duckdb.connect() as connection:
        found = connection.sql("SELECT * FROM read_parquet($path)", params={"path": path}).to_arrow_table()
    return found.num_rows, found.column_names


def by_fastparquet(path: str) -> tuple[int, list[str]]:
    """fastparquet has no lists of structs, and must be told the type of days: pandas is told one of its own."""
    file = fastparquet.ParquetFile(path)
    flat = [name for name in file.columns if "." not in name and name != "published_candidates"]
    types = {name: "M8[ns]" if str(file.dtypes[name]).startswith("date32") else file.dtypes[name] for name in flat}
    found = len(file.to_pandas(dtypes=types)), [name.partition(".")[0] for name in file.columns]
    del file
    gc.collect()  # it leaves its files open, and says so only now
    return found


def by_dask(path: str) -> tuple[int, list[str]]:
    with dask.config.set(scheduler="synchronous"):
        frame = dd.read_parquet(path)
        return len(frame.compute()), list(frame.columns)


READERS: dict[str, Callable[[str], tuple[int, list[str]]]] = {
    "pandas": lambda path: (len(pd.read_parquet(path)), list(pd.read_parquet(path).columns)),
    "pyarrow": lambda path: (pq.read_table(path).num_rows, pq.read_table(path).column_names),
    "polars": lambda path: (pl.read_parquet(path).height, pl.read_parquet(path).columns),
    "duckdb": by_duckdb,
    "fastparquet": by_fastparquet,
    "dask": by_dask,
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_reads_every_table_by_its_path(reader: str, published: release.Release) -> None:
    for name in RELEASED:
        with warnings.catch_warnings():
            if reader in ("dask", "fastparquet"):
                warnings.simplefilter("ignore")  # dask of pandas' plans, fastparquet of files left open
            rows, columns = READERS[reader](f"{published.path.parent.parent}/latest/{name}.parquet")
        assert rows == published.manifest["tables"][name]["rows"], name
        assert list(dict.fromkeys(columns)) == TABLES[name].schema.names, name


def test_readers_that_the_machine_has_besides_read_every_table(published: release.Release) -> None:
    """Spark where there are Java and pyspark, JavaScript where there is Node, after `make readers`."""
    expected = {name: published.manifest["tables"][name]["rows"] for name in RELEASED}
    for name, read in readers.there().items():
        assert read(published.path, list(RELEASED)) == expected, name


def test_a_table_that_is_a_folder_reads_as_the_one_that_is_a_file(
    small: release.Release, large: release.Release
) -> None:
    assert {path.name for path in large.path.glob("*.parquet") if path.is_dir()} >= {"documents.parquet"}
    for name in RELEASED:
        key = list(TABLES[name].key)
        one, two = (pl.read_parquet(each.path / f"{name}.parquet").sort(key) for each in (small, large))
        assert one.equals(two), name


def test_the_views_of_duckdb_name_and_explain_every_table(published: release.Release) -> None:
    with duckdb.connect() as connection:
        connection.sql(f"SET file_search_path = '{published.path}'")
        connection.execute((published.path / "views.sql").read_text())
        for name in RELEASED:
            [(rows,)] = connection.sql(f"SELECT count(*) FROM {name}").fetchall()
            assert rows == published.manifest["tables"][name]["rows"]
        [(comment,)] = connection.sql("SELECT comment FROM duckdb_views() WHERE view_name = 'events'").fetchall()
        assert comment == TABLES["events"].description


@pytest.fixture
def views(published: release.Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """What views.sql makes, as in a shell started in the release's folder."""
    with duckdb.connect() as connection:
        connection.sql(f"SET file_search_path = '{published.path}'")
        connection.execute((published.path / "views.sql").read_text())
        yield connection


def test_a_view_joins_events_with_their_evidence(views: duckdb.DuckDBPyConnection) -> None:
    rows = views.sql("SELECT summary, evidence, source_uri FROM events_with_evidence").fetchall()
    assert len(rows) == 7  # eight reports, one of them negated
    established = [row[1:] for row in rows if row[0].startswith("South Korea and Cuba established")]
    assert established == [
        ("On the 14th, the two countries established diplomatic relations.", "000.txt"),
        ("South Korea and Cuba established diplomatic ties in New York on Wednesday.", "003.txt"),
    ]


def test_a_view_counts_the_sources_of_events(views: duckdb.DuckDBPyConnection) -> None:
    rows = views.sql("SELECT publisher, documents, reports, source_count FROM sources_per_event").fetchall()
    assert rows[:2] == [("The Dong-A Ilbo", 1, 1, 2), ("unknown", 1, 1, 2)]
    assert len(rows) == 7


def test_a_view_counts_dyads_by_month(views: duckdb.DuckDBPyConnection) -> None:
    """What is known to the year only has no month, and what is planned did not happen."""
    assert views.sql("FROM dyads_per_month").fetchall() == [
        ("CUB", "KOR", datetime.date(2024, 2, 1), 1, ["establish_relations"])
    ]


def test_the_foreign_keys_hold(published: release.Release) -> None:
    """Each is named in Python and in SQL, and every value that is not null stands where it points."""
    declared = {
        (name, column.name, *column.references.split("."))
        for name in RELEASED
        for column in TABLES[name].columns
        if column.references
    }
    assert set(published.foreign_keys) == declared
    with published.duckdb() as connection:
        assert set(connection.sql("FROM foreign_keys").fetchall()) == declared
        for table, column, target, key in declared:
            kind = str(TABLES[table].column(column).type)
            values = f"unnest({column})" if kind.startswith("list") else column
            missing = f"SELECT {values} AS key FROM {table} EXCEPT SELECT {key} FROM {target}"
            [(count,)] = connection.sql(f"SELECT count(*) FROM ({missing}) WHERE key IS NOT NULL").fetchall()
            assert count == 0, (table, column)


def test_a_release_gives_its_tables_to_pandas_polars_and_duckdb(published: release.Release) -> None:
    with published.duckdb() as connection:
        for name in RELEASED:
            rows = published.manifest["tables"][name]["rows"]
            nullable, arrow = published.pandas(name), published.pandas(name, "pyarrow")
            frame, relation = published.polars(name), connection.table(name)
            for columns in (nullable.columns, arrow.columns, frame.columns, relation.columns):
                assert list(columns) == TABLES[name].schema.names, name
            assert len(nullable) == len(arrow) == frame.height == len(relation.fetchall()) == rows
            assert {type(kind) for kind in arrow.dtypes} == {pd.ArrowDtype}


def test_pandas_knows_what_is_missing(small: release.Release) -> None:
    types = small.pandas("event_mentions").dtypes
    assert types["event_count"] == pd.Int32Dtype()
    assert types["is_negated"] == pd.BooleanDtype()
    assert types["evidence"] == pd.StringDtype()
    counts = small.pandas("event_mentions")["event_count"]
    assert counts.isna().sum() == len(counts) - 1
    assert small.pandas("events")["date_start"].dropna().max() == datetime.date(2024, 2, 14)


def test_a_release_traces(small: release.Release) -> None:
    key = small.table("events").column("event_id")[0].as_py()
    found = small.trace(key)
    assert isinstance(found, Trace)
    assert found.event["event_id"] == key
    with pytest.raises(UserError, match="no event and no date"):
        small.trace("nothing")


def test_the_public_names_are_closed() -> None:
    """What users may rely on: a name more or less is a decision, and a line of the changelog."""
    assert kcpipe.__all__ == ["open"]
    public = {name for name in dir(release.Release) if not name.startswith("_")} | set(
        release.Release.__dataclass_fields__
    )
    assert public == set(
        "id place manifest location path table rows tables changes pandas polars duckdb foreign_keys trace".split()
    )


def test_a_library_that_is_missing_is_named(small: release.Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UserError, match=r'polars is not installed: pip install "kcpipe\[analysis\]"'):
        small.polars("events")


def test_frictionless_accepts_the_data_package(published: release.Release) -> None:
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package.from_descriptor(str(published.path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note", "rowNumber", "fieldName"])[:5]
    assert len(report.tasks) == len(RELEASED)


def test_croissant_accepts_its_description_and_reads_the_rows(small: release.Release, large: release.Release) -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # rdflib of its own next version; pytest puts this back
    for published in (small, large):
        dataset = mlcroissant.Dataset(jsonld=str(published.path / "croissant.json"))
        assert dataset.metadata.issues.errors == set()
        assert {record.name for record in dataset.metadata.record_sets} == set(RELEASED)
    rows = list(mlcroissant.Dataset(jsonld=str(small.path / "croissant.json")).records("events"))
    assert {row["events/event_id"].decode() for row in rows} == set(
        small.table("events").column("event_id").to_pylist()
    )


def test_rows_are_as_the_json_schema_says(published: release.Release) -> None:
    schema = json.loads((published.path / "schema.json").read_bytes())
    for name, definition in schema["$defs"].items():
        checker = jsonschema.Draft202012Validator(definition, format_checker=jsonschema.FormatChecker())
        for row in json.loads(json.dumps(published.table(name).to_pylist(), default=_iso)):
            checker.validate(row)


def _iso(value: Any) -> str:
    return str(value.isoformat())


def test_every_column_is_in_the_dictionary_and_every_table_on_the_card(small: release.Release) -> None:
    words, card = ((small.path / name).read_text() for name in ("data_dictionary.md", "README.md"))
    for name in RELEASED:
        assert f"| `{name}` | {small.manifest['tables'][name]['rows']} |" in card
        for column in TABLES[name].columns:
            assert f"| `{column.name}` | {column.type} |" in words
    assert small.manifest["content_digest"] in card
    assert json.loads((small.path / "lineage.json").read_bytes())["lineage"] == small.manifest["lineage"]


def test_delta_reads_an_export_without_copies(published: release.Release, tmp_path: Path) -> None:
    folder = release.delta(published, published.path.parents[1] / "exports" / "delta")
    assert release.delta(published, folder) == folder
    for name in RELEASED:
        table = deltalake.DeltaTable(str(folder / name))
        assert table.to_pyarrow_table().num_rows == published.manifest["tables"][name]["rows"]
        assert {path.stat().st_nlink for path in (folder / name).glob("*.parquet")} == {3}
        assert table.metadata().description == TABLES[name].description


def test_iceberg_reads_an_export_without_copies(published: release.Release, tmp_path: Path) -> None:
    folder = release.iceberg(published, tmp_path / "iceberg")
    catalog = SqlCatalog("kcpipe", uri=f"sqlite:///{folder}/catalog.db", warehouse=folder.as_uri())
    for name in RELEASED:
        found = catalog.load_table(f"kcpipe.{name}").scan().to_arrow()
        assert found.num_rows == published.manifest["tables"][name]["rows"], name
    assert not list((folder / "kcpipe").rglob("data/*.parquet"))
    catalog.close()
