"""Readers that no Python package brings, or too large a one: every table of a release read by Spark, and by JavaScript.

python benchmarks/readers.py spark RELEASE         with pyspark installed, and Java
python benchmarks/readers.py javascript RELEASE    with Node, after `make readers`

RELEASE is a folder such as output/latest. Compares the rows that each reads with those of the manifest, and what
Spark shows of types and comments with the declaration. Exit code 1 when a table is read otherwise.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kcpipe.store.parquet import spark_schema
from kcpipe.tables import TABLES

SCRIPT = Path(__file__).parent / "javascript" / "read.mjs"


def by_spark(release: Path, tables: list[str]) -> dict[str, int]:
    """Rows by table as Spark reads them by the path of the table; all values are read."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - the user's own

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    rows = {}
    for name in tables:
        frame = session.read.parquet(str((release / f"{name}.parquet").resolve()))
        declared = {field["name"]: field["metadata"]["comment"] for field in spark_schema(TABLES[name])["fields"]}
        found = {field.name: field.metadata.get("comment") for field in frame.schema.fields}
        if found != declared:
            print(f"{name}: other columns or comments than declared")
        rows[name] = len(frame.collect()) if found == declared else -1
    session.stop()
    return rows


def by_javascript(release: Path, tables: list[str]) -> dict[str, int]:
    """Rows by table as hyparquet reads them, file by file; all values are read. -1 for other columns than declared."""
    paths = {name: (release / f"{name}.parquet").resolve() for name in tables}
    files = {
        name: [str(each) for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
        for name, path in paths.items()
    }
    done = subprocess.run(["node", SCRIPT, json.dumps(files)], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return {name: each["rows"] if each["columns"] == TABLES[name].schema.names else -1 for name, each in found.items()}


def there() -> dict[str, Callable[[Path, list[str]], dict[str, int]]]:
    """The readers that this machine has."""
    is_java = shutil.which("java") and importlib.util.find_spec("pyspark")
    is_node = shutil.which("node") and (SCRIPT.parent / "node_modules" / "hyparquet").is_dir()
    return {
        name: read for name, read, has in (("spark", by_spark, is_java), ("javascript", by_javascript, is_node)) if has
    }


def main() -> int:
    """Read the tables and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", choices=("spark", "javascript"))
    parser.add_argument("release", type=Path)
    given = parser.parse_args()
    manifest = json.loads((given.release / "manifest.json").read_bytes())
    expected = {name: entry["rows"] for name, entry in manifest["tables"].items()}
    found = {"spark": by_spark, "javascript": by_javascript}[given.reader](given.release, list(expected))
    for name, rows in expected.items():
        print(f"{name:<20}{rows:>10,}{found[name]:>10,}{'' if rows == found[name] else '   OTHERWISE'}")
    return 0 if found == expected else 1


if __name__ == "__main__":
    sys.exit(main())
