"""The seeds' tables against approved ones, so that a change of output is seen, read and approved.

python tests/test_golden.py     writes tests/golden/ anew; read the difference before it is committed
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

GOLDEN = Path(__file__).parent / "golden"

# What is read in review; ids are left out where they only repeat others, and texts where they stand elsewhere.
COLUMNS: dict[str, tuple[str, ...]] = {
    "documents": (
        "source_name",
        "title",
        "authors",
        "publisher",
        "section",
        "published_start",
        "published_end",
        "published_precision",
        "published_basis",
        "published_text",
        "language",
    ),
    "lines": ("line_number", "role", "rule_id", "is_kept", "text"),
    "sentences": ("sentence_number", "char_start", "char_end", "role"),
    "time_expressions": (
        "char_start",
        "text",
        "timex_type",
        "symbolic_value",
        "timex_value",
        "date_start",
        "date_end",
        "date_precision",
        "date_extent",
        "date_basis",
        "anchor",
        "unresolved_reason",
    ),
    "mentions": (
        "char_start",
        "text",
        "entity_type",
        "mention_kind",
        "entity_id",
        "is_metonym",
        "role_text",
        "role_time",
        "link_method",
    ),
    "quotations": ("char_start", "text", "speaker_text", "cue", "quotation_kind", "speaker_method"),
    "quantities": ("char_start", "text", "quantity_kind", "value", "value_low", "value_high", "unit", "object_text"),
    "event_mentions": (
        "trigger_start",
        "trigger_text",
        "event_kind",
        "status",
        "is_negated",
        "actor_countries",
        "recipient_countries",
        "countries",
        "date_text",
        "date_start",
        "date_end",
        "unresolved_reason",
        "attributed_to",
        "flags",
        "event_link_method",
    ),
    "events": ("summary", "status", "date_precision", "mention_count", "document_count", "source_count", "publishers"),
    "facts": ("char_start", "property", "value", "is_negated"),
    "conflicts": ("attribute", "claim_a", "claim_b"),
    "entities": ("entity_id", "entity_type", "name", "country_code", "aliases", "mention_count", "document_count"),
}


def rendered(name: str, tables: dict[str, pa.Table]) -> str:
    """A table as JSON lines, ordered by the file they come from and the columns."""
    names = {row["document_id"]: row["source_name"] for row in tables["documents"].to_pylist()}
    lines = sorted(_lines(name, tables[name], names))
    return "".join(f"{json.dumps(values, ensure_ascii=False, default=str)}\n" for _, _, values in lines)


def _lines(name: str, table: pa.Table, names: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    columns = COLUMNS[name]
    for row in table.to_pylist():
        place = row[columns[0]]
        order = f"{place:09d}" if isinstance(place, int) else str(place)
        document = names.get(row.get("document_id", ""), "")[:3]
        values = {"seed": document} if document else {}
        yield document, f"{order} {json.dumps(row, default=str)}", {**values, **{c: row[c] for c in columns}}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_is_as_approved(name: str, seeds: dict[str, pa.Table]) -> None:
    assert rendered(name, seeds) == (GOLDEN / f"{name}.jsonl").read_text()


def approve() -> None:
    """Write the golden files from a fresh build."""
    from conftest import NOW, SEEDS  # noqa: PLC0415 - only when run as a script
    from kcpipe import pipeline  # noqa: PLC0415
    from kcpipe.settings import Settings  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        outcome = pipeline.run([SEEDS], Path(folder) / "output", Settings(), now=NOW)
        assert outcome.release is not None
        tables = outcome.release.tables()
    GOLDEN.mkdir(exist_ok=True)
    for name in COLUMNS:
        (GOLDEN / f"{name}.jsonl").write_text(rendered(name, tables))


if __name__ == "__main__":
    approve()
