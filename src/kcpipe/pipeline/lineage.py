"""What a release is made from and how right that is: what its manifest tells, and what says that nothing is new."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from kcpipe import lexicon, quality
from kcpipe.ids import digest
from kcpipe.pipeline.keys import environment, extraction_key, lexicons_of, source_digest
from kcpipe.settings import EventSettings, Settings

# How fast it is worked on, and paths: the digests of the files they name stand beside the settings.
_NOT_OF_A_BUILD: Any = {"run": True, "events": True, "quality": {"expectations"}}


def lineage(records: pa.Table, quarantine: pa.Table, settings: Settings) -> dict[str, Any]:
    """What a release is made from, as JSON values. records, quarantine: as `ingest` gave them."""
    read = records.sort_by("source_uri").to_pylist()
    refused = quarantine.select(["source_uri", "reason", "raw_sha256"]).sort_by("source_uri").to_pylist()
    return {
        "inputs": [{name: row[name] for name in ("source_uri", "document_id")} for row in read],
        "inputs_digest": _json_digest([read, refused]),
        "code_digest": source_digest("."),
        "suites_digest": quality.suites_digest(quality.folder_of(settings.quality)),
        "lexicons": {
            "accuracy": lexicon.load("accuracy").digest,
            **{name: each.digest for name, each in lexicons_of(settings.events).items()},
        },
        "packages": dict(environment()),
        "settings": settings.model_dump(mode="json", exclude=_NOT_OF_A_BUILD),
    }


def build_digest(of: dict[str, Any]) -> str:
    """Digest of a lineage: with an equal one nothing is new."""
    return _json_digest(of)


def accuracy(events: EventSettings) -> list[dict[str, Any]]:
    """How right the extraction is on gold sets, as last measured by `benchmarks/accuracy.py`.

    Rows of data/accuracy.csv, with numbers as numbers; `is_current` tells whether they were measured with just this
    code, data files, model and package versions.
    """
    key = extraction_key(events)
    return [
        {
            **{name: row[name] for name in ("measure", "of", "on", "source")},
            **{name: float(row[name]) for name in ("value", "low", "high")},
            "size": row["size"],
            "is_current": row["extraction_key"] == key,
        }
        for row in lexicon.load("accuracy").rows
    ]


def _json_digest(value: object) -> str:
    return digest(json.dumps(value, sort_keys=True).encode())
