"""Made-up articles through all the stages at once, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from kcpipe import lexicon, pipeline
from kcpipe.tables import RELEASED


def tables_of(articles: Mapping[str, str]) -> dict[str, pa.Table]:
    """Every table, work tables too, of some articles (file name to text)."""
    count = len(articles)
    nothing = pa.nulls(count, pa.string())
    tables = {
        "inputs": pa.table(
            {
                "source_uri": list(articles),
                "source_name": list(articles),
                "url": nothing,
                "publisher_supplied": nothing,
                "published_supplied": nothing,
                "raw": pa.array([text.encode() for text in articles.values()], pa.binary()),
                "problem": nothing,
                "message": nothing,
            }
        )
    }
    for stage in pipeline.STAGES:
        arguments: dict[str, object] = {need: tables[need] for need in stage.needs}
        if stage.lexicons:
            arguments["lexicons"] = {name: lexicon.load(name) for name in stage.lexicons}
        if stage.needs_model:
            arguments["model"] = pipeline.language_model()
        tables.update(stage.function(**arguments)._asdict())
    assert set(RELEASED) <= set(tables)
    return tables
