"""What stages made of documents, kept in an object store that several machines share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest

from conftest import NOW, SEEDS
from kcpipe import pipeline, release, store
from kcpipe.settings import QualitySettings, RunSettings, Settings
from object_store import s3_server
from test_engine import DOCUMENT_STAGES
from test_pipeline import Watched, parquet_hashes

CACHE = "s3://machines/work"


@pytest.fixture
def bucket() -> Iterator[fsspec.AbstractFileSystem]:
    with s3_server("machines"):
        yield fsspec.filesystem("s3", use_listings_cache=False)


def texts(bucket: fsspec.AbstractFileSystem) -> dict[str, str]:
    """By document the raw text that the cache holds."""
    found = [
        store.read_table(pa.BufferReader(bucket.cat_file(path))) for path in bucket.glob(f"{CACHE}/read/*/*/*.parquet")
    ]
    return {row["document_id"]: row["raw_text"] for table in found for row in table.to_pylist()}


@pytest.mark.filterwarnings("default")  # of the libraries of the server and its client
def test_a_second_machine_goes_on_where_the_first_one_ended(
    bucket: fsspec.AbstractFileSystem, quick: QualitySettings, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    settings = Settings(run=RunSettings(cache=CACHE), quality=quick)
    spread = RunSettings(cache=CACHE, engine="dask", workers=2, batch_size=2)
    with pipeline.engine(spread) as workers:
        made = pipeline.run(
            [SEEDS], first, Settings(run=spread, quality=quick), now=NOW, engine=pipeline.spread(workers)
        )
    assert made.release is not None
    assert not list((first / "work").rglob("*.parquet")), "nothing of it lies on the machine"
    watched = Watched()
    outcome = pipeline.run([SEEDS], second, settings, now=NOW, each=watched)
    assert outcome.release is not None
    assert outcome.processed == 0
    assert not any(watched.documents(stage.name) for stage in DOCUMENT_STAGES)
    assert parquet_hashes(outcome.release.path) == parquet_hashes(made.release.path)

    document_id, *_ = sorted(texts(bucket))
    release.purge(second, document_id, why="a test", now=NOW, cache=CACHE)
    assert document_id not in texts(bucket)
    again = pipeline.run([SEEDS], second, settings, now=NOW)
    assert again.release is not None
    assert (again.status, again.release.table("documents").num_rows) == ("published", 4)
    assert document_id not in texts(bucket)
