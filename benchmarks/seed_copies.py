"""Many rows out of few real ones: the tables of the seeds' release, and ids that part one copy of a row from others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe import pipeline
from kcpipe.settings import Settings
from kcpipe.tables import TABLES, Column

SHARED = ("entities", "event_kinds")
"""Tables whose rows all copies speak of; all others are copied."""
SEEDS = Path(__file__).parents[1] / "seeds"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def seed_tables(names: Iterable[str]) -> dict[str, pa.Table]:
    """The tables of these names of the seeds' release, built and published in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        published = pipeline.run([SEEDS], Path(folder), Settings(), now=NOW).release
        assert published is not None
        tables = {name: published.table(name) for name in names}
        for read_only in Path(folder).rglob("*"):
            if read_only.is_dir() and not read_only.is_symlink():
                read_only.chmod(0o755)
    return tables


def renamed(ids: pa.ChunkedArray, copies: np.ndarray[Any, Any]) -> pa.ChunkedArray:
    """The values with the number of their copy in place of the first eight characters, scattered as hashes are."""
    scattered = (copies.astype("uint64") * 2654435761 + 12345) % 2**32
    names, places = np.unique(scattered, return_inverse=True)
    digits = pa.array([f"{name:08x}" for name in names], pa.string()).take(pa.array(places))
    return pc.binary_join_element_wise(digits, pc.utf8_slice_codeunits(ids, 8), "")


def put(table: pa.Table, name: str, values: Any) -> pa.Table:
    """The table with other values in a column."""
    return table.set_column(table.column_names.index(name), table.schema.field(name), values)


@cache
def is_named(table: str, column: Column) -> bool:
    """Whether the column names something that each copy has of its own."""
    owner, _, key = column.references.partition(".")
    if owner:
        return owner not in SHARED and is_named(owner, TABLES[owner].column(key))
    is_id = column.name.endswith("_id") and column.name in (*TABLES[table].key, "document_id")
    return is_id or column.name in ("source_uri", "raw_sha256")
