"""The checks of a release at millions of rows: seconds and memory to a million rows, and what a second million adds.

python benchmarks/quality.py [--rows 2000000]

The rows are those of the seeds' release, every table of it, copied under new ids, so that all that holds of the seeds
holds of them. Half of the rows and all of them are judged, each in a process of its own. Prints a table; exit code 1
when the two verdicts differ, or the memory used beside the tables is more than is allowed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from seed_copies import SHARED, is_named, put, renamed, seed_tables

from kcpipe import quality
from kcpipe.tables import RELEASED, TABLES, conform

ALLOWED_MEGABYTES = 1_000
"""What DuckDB may use (`run.memory_megabytes`)."""
FRAMES_MEGABYTES = 300
"""What the frames, the library and Python's own share may take on top, however many rows there are."""

Tables = dict[str, pa.Table]


def copied(tables: Tables, copies: int) -> dict[str, pa.Table]:
    """So many copies of the rows, each under ids and addresses of its own, telling of the same entities."""
    made = {name: _copied(name, rows, copies) for name, rows in tables.items() if name not in SHARED}
    entities = tables["entities"]
    for column in ("mention_count", "document_count"):
        entities = put(entities, column, pc.multiply(entities.column(column), pa.scalar(copies, pa.int32())))
    first = renamed(entities.column("first_document_id"), np.zeros(entities.num_rows))
    return tables | made | {"entities": put(entities, "first_document_id", first)}


def _copied(name: str, rows: pa.Table, copies: int) -> pa.Table:
    numbers = np.repeat(np.arange(copies), rows.num_rows)
    repeated = rows.take(np.tile(np.arange(rows.num_rows), copies))
    for column in TABLES[name].columns:
        if is_named(name, column):
            repeated = put(repeated, column.name, renamed(repeated.column(column.name), numbers))
    return conform(TABLES[name], repeated)


def measure(seeds: Tables, copies: int) -> dict[str, Any]:
    """Judge so many copies; what it cost, and what was found. Memory is the whole process's at its highest, in MB."""
    tables = copied(seeds, copies)
    quality.judge({name: rows.slice(0, 0) for name, rows in tables.items()}, quality.default_folder())  # imports
    before, start = _peak(), time.process_time()
    folder = quality.default_folder()
    verdict = quality.judge(tables, folder, memory_megabytes=ALLOWED_MEGABYTES).verdict
    return {
        "rows": sum(rows.num_rows for rows in tables.values()),
        "megabytes": sum(rows.nbytes for rows in tables.values()) / 1e6,
        "seconds": time.process_time() - start,
        "grown": _peak() - before,
        "broken": sorted(row["expectation_id"] for row in verdict.checks.to_pylist() if not row["success"]),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> int:
    """Measure half of the rows and all of them, each in a new process, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    rows = parser.parse_args().rows
    seeds = seed_tables(RELEASED)
    of_one = sum(table.num_rows for name, table in seeds.items() if name not in SHARED)
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found = [pool.apply(measure, (seeds, max(1, count // of_one))) for count in (rows // 2, rows)]
    print(f"{'rows':>12}{'tables MB':>12}{'CPU seconds':>14}{'MB beside them':>16}{'seconds a million':>20}")
    for each in found:
        cost = each["seconds"] / each["rows"] * 1e6
        print(
            f"{each['rows']:>12,}{each['megabytes']:>12.0f}{each['seconds']:>14.1f}{each['grown']:>16.0f}{cost:>20.1f}"
        )
    half, whole = found
    print(json.dumps({"broken": whole["broken"]}))
    is_bounded = whole["grown"] <= ALLOWED_MEGABYTES + FRAMES_MEGABYTES
    return 0 if half["broken"] == whole["broken"] and is_bounded else 1


if __name__ == "__main__":
    sys.exit(main())
