"""A release as DuckDB sees it: a view per table with its comments, the joins asked for most, the references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]

JOINS = Path(__file__).parent / "views.sql"


class ForeignKey(NamedTuple):
    """A column whose values (or, in a list, elements) stand in a column of another table, or are null."""

    table_name: str
    column_name: str
    references_table: str
    references_column: str


def foreign_keys(manifest: Manifest) -> tuple[ForeignKey, ...]:
    """The references between the tables of a release."""
    return tuple(
        ForeignKey(name, column["name"], *column["references"].split("."))
        for name, entry in manifest["tables"].items()
        for column in entry["schema"]
        if column["references"]
    )


def statements(manifest: Manifest, location: str = "") -> str:
    """The SQL that makes all views. location: of the release, ending in `/`; empty inside its folder."""
    return "\n".join((*_tables(manifest, location), *_references(manifest), JOINS.read_text(encoding="utf-8")))


def _tables(manifest: Manifest, location: str) -> Iterator[str]:
    for name, entry in manifest["tables"].items():
        paths = [file["path"] for file in entry["files"]]
        place = location + (paths[0] if paths == [f"{name}.parquet"] else f"{name}.parquet/*.parquet")
        yield f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet({_quoted(place)});"  # noqa: S608 - our own names
        yield f"COMMENT ON VIEW {name} IS {_quoted(entry['description'])};"
        for column in entry["schema"]:
            yield f"COMMENT ON COLUMN {name}.{column['name']} IS {_quoted(column['description'])};"


def _references(manifest: Manifest) -> Iterator[str]:
    rows = ", ".join(f"({', '.join(map(_quoted, key))})" for key in foreign_keys(manifest))
    columns = ", ".join(ForeignKey._fields)
    yield f"CREATE OR REPLACE VIEW foreign_keys AS SELECT * FROM (VALUES {rows}) AS keys ({columns});"  # noqa: S608
    yield "COMMENT ON VIEW foreign_keys IS 'Which column points to which: its values stand there, or are null.';"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
