"""Every reader reads every table by the same path, and the descriptors are what their own tools accept."""

from __future__ import annotations

import gc
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from tests.sample_release import tables as sample

from kcpipe import release
from kcpipe.release import shards
from kcpipe.tables import RELEASED, TABLES, empty
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
