"""Made-up articles, and what a careful reader can say of the day each was written (gold/dating.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kcpipe import pipeline
from kcpipe.settings import EventSettings

ARTICLES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "gold" / "dating.toml").read_text())["article"]


def carried_out(stage: pipeline.Stage, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    return pipeline.carry_out(stage, tables, EventSettings())


@pytest.fixture(scope="module")
def dated() -> dict[str, dict[str, Any]]:
    """The row of publication_dates of each article, by name; each collection is dated as a corpus of its own."""
    count = len(ARTICLES)
    tables = {
        "inputs": pa.table(
            {
                "source_uri": [article["name"] for article in ARTICLES],
                "source_name": [article["name"] for article in ARTICLES],
                "url": pa.array([article.get("url") for article in ARTICLES], pa.string()),
                "publisher_supplied": pa.nulls(count, pa.string()),
                "published_supplied": pa.array([article.get("supplied") for article in ARTICLES], pa.string()),
                "raw": pa.array([article["text"].strip().encode() for article in ARTICLES], pa.binary()),
                "problem": pa.nulls(count, pa.string()),
                "message": pa.nulls(count, pa.string()),
            }
        )
    }
    stages = {stage.name: stage for stage in pipeline.STAGES}
    for stage in stages.values():
        if stage.scope == "document":
            tables |= carried_out(stage, tables)
    keys = {row["source_name"]: row["document_id"] for row in tables["records"].to_pylist()}
    collections: dict[str, list[str]] = {}
    for article in ARTICLES:
        collections.setdefault(article.get("collection", article["name"]), []).append(keys[article["name"]])
    found: dict[str, dict[str, Any]] = {}
    for members in collections.values():
        corpus = {name: of(table, members) for name, table in tables.items() if "document_id" in table.column_names}
        corpus |= carried_out(stages["duplicates"], corpus)
        found |= {
            row["document_id"]: row for row in carried_out(stages["dating"], corpus)["publication_dates"].to_pylist()
        }
    return {name: found[key] for name, key in keys.items()}


def of(table: pa.Table, documents: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("document_id"), pa.array(documents, pa.string())))


def written(start: object, end: object) -> str:
    return "" if start is None else str(start) if start == end else f"{start}..{end}"


@pytest.mark.parametrize("article", ARTICLES, ids=[article["name"] for article in ARTICLES])
def test_an_article_is_dated_as_a_careful_reader_would(
    dated: dict[str, dict[str, Any]], article: dict[str, Any]
) -> None:
    row = dated[article["name"]]
    reason = row["published_reason"] or ""
    assert (written(row["published_start"], row["published_end"]), row["published_basis"]) == (
        article["published"],
        article["basis"],
    ), reason
    pieces = [written(piece["start"], piece["end"]) for piece in row["published_candidates"]]
    assert pieces == article.get("candidates", [])
    assert [words for words in article.get("says", []) if words not in reason] == [], reason
    assert [words for words in article.get("silent", []) if words in reason] == [], reason
    if "score" in article:
        assert row["published_score"] == article["score"]
