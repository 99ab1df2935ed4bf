"""Descriptors: what a release says about itself to people and to programs that know nothing of kcpipe.

All of them follow from the manifest. A data card and a dictionary to read; JSON Schema, Frictionless and Croissant
for programs; SQL views for DuckDB; the lineage apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kcpipe.release import sql
from kcpipe.release.log import as_json
from kcpipe.release.words import quality_lines

Manifest = Mapping[str, Any]
Entry = Mapping[str, Any]

SUMMARY = (
    "Events, statements and facts read out of plain-text news: who did what to whom, when and where, who says so, "
    "and in which words. Every value leads back to characters of a source."
)


def files(manifest: Manifest) -> dict[str, bytes]:
    """The descriptors of a release by name."""
    return {name: make(manifest) for name, make in _MAKERS.items()}


def data_card(manifest: Manifest) -> bytes:
    """README.md: what this is, how it is read, what it is made of and what it is not."""
    lineage = manifest["lineage"]
    tables = [f"| `{n}` | {e['rows']} | {e['description']} |" for n, e in manifest["tables"].items()]
    inputs = lineage.get("inputs", [])
    count = len(inputs) if isinstance(inputs, list) else inputs
    lines = [
        f"# kcpipe release {manifest['release']}",
        "",
        SUMMARY,
        "",
        f"Published {manifest['created']}, schema version {manifest['schema_version']}, content digest",
        f"`{manifest['content_digest']}`.",
        "Cite it by release and digest: the release never changes.",
        "",
        "## Reading it",
        "",
        "Each table is `<table>.parquet`, a file or, when it is large, a folder of files: one path for pandas,",
        "pyarrow, Polars, DuckDB, Dask and Spark. `views.sql`, run by DuckDB in this folder, names them all and",
        "joins them (`events_with_evidence`, `sources_per_event`, `dyads_per_month`, `foreign_keys`).",
        "`data_dictionary.md` explains the columns, `schema.json`, `datapackage.json` and `croissant.json` tell them",
        "to programs, `CHANGELOG.md` and `changes/` tell what is new (`changes/id_redirects.parquet` where withdrawn",
        "ids went), `quality/report.html` how good it is; `quality/explorer.html` shows the events with their words,",
        "`SHA256SUMS` proves the bytes (`sha256sum --check`).",
        "",
        "| table | rows | a row is |",
        "|--|--:|--|",
        *tables,
        "",
        "## Made of",
        "",
        f"{count} input records, listed with their hashes in `lineage.json` with the digests of code, settings, data",
        "files, model and expectations.",
        "",
        "## Quality",
        "",
        *quality_lines(manifest),
        "",
        "## Take care",
        "",
        "- What happened is `events WHERE is_occurred`; plans, denials and hypotheses are rows of their own status.",
        "- A date is an inclusive interval; where there is none, `unresolved_reason` says why.",
        "- The texts belong to their publishers: check their terms before passing on `documents`, `lines` or quotes.",
        "- The values were read by a program. Look at the evidence before you rely on a single one.",
    ]
    return ("\n".join(lines) + "\n").encode()


def dictionary(manifest: Manifest) -> bytes:
    """data_dictionary.md: every column of every table."""
    lines = ["# Data dictionary", ""]
    for name, entry in manifest["tables"].items():
        lines += [f"## {name}", "", entry["description"], "", f"Key: {', '.join(entry['key'])}.", ""]
        lines += ["| column | type | null | meaning |", "|--|--|--|--|"]
        lines += [
            f"| `{column['name']}` | {column['type']} | {'yes' if column['nullable'] else 'no'} | {_meaning(column)} |"
            for column in entry["schema"]
        ]
        lines.append("")
    return "\n".join(lines).encode()


def _meaning(column: Entry) -> str:
    words = column["description"].replace("|", "\\|")
    if column["values"]:
        words += f" One of: {', '.join(column['values'])}."
    return f"{words} See `{column['references']}`." if column["references"] else str(words)


# --- JSON Schema -------------------------------------------------------------------------------------------------

_JSON: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "double": {"type": "number"},
    "date32[day]": {"type": "string", "format": "date"},
    "timestamp[us, tz=UTC]": {"type": "string", "format": "date-time"},
}
_DAYS = {"start": {"type": ["string", "null"], "format": "date"}, "end": {"type": ["string", "null"], "format": "date"}}


def json_schema(manifest: Manifest) -> bytes:
    """schema.json: a JSON Schema (2020-12) of a row of each table, under $defs."""
    tables = {
        name: {
            "description": entry["description"],
            "type": "object",
            "properties": {column["name"]: _json_column(column) for column in entry["schema"]},
            "required": [column["name"] for column in entry["schema"]],
            "additionalProperties": False,
        }
        for name, entry in manifest["tables"].items()
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rows of a kcpipe release"}
    return as_json(head | {"version": manifest["schema_version"], "$defs": tables})


def _json_column(column: Entry) -> dict[str, Any]:
    if column["type"].startswith("list<element: struct"):
        found: dict[str, Any] = {"type": "array", "items": {"type": "object", "properties": _DAYS}}
    elif column["type"].startswith("list<"):
        words = {"enum": list(column["values"])} if column["values"] else {}
        found = {"type": "array", "items": {"type": "string"} | words}
    else:
        found = dict(_JSON[column["type"]])
        if column["values"]:
            found["enum"] = [*column["values"], *([None] if column["nullable"] else [])]
    if column["nullable"]:
        found["type"] = [found["type"], "null"]
    return {"description": column["description"]} | found


# --- Frictionless ------------------------------------------------------------------------------------------------

_FRICTIONLESS = {
    "string": "string",
    "bool": "boolean",
    "int32": "integer",
    "int64": "integer",
    "double": "number",
    "date32[day]": "date",
    "timestamp[us, tz=UTC]": "datetime",
}


def datapackage(manifest: Manifest) -> bytes:
    """datapackage.json: a Frictionless Data Package. A nested column is of type `any`."""
    resources = [
        {
            "name": name,
            "path": f"{name}.parquet",
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "description": entry["description"],
            "schema": {
                "fields": [_field(column) for column in entry["schema"]],
                "primaryKey": list(entry["key"]),
            },
        }
        for name, entry in manifest["tables"].items()
    ]
    return as_json(
        {
            "profile": "data-package",
            "name": f"kcpipe-{manifest['release']}",
            "title": f"kcpipe release {manifest['release']}",
            "description": SUMMARY,
            "version": manifest["release"],
            "created": manifest["created"],
            "resources": resources,
        }
    )


def _field(column: Entry) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if not column["nullable"] else {}
    if column["values"] and not column["type"].startswith("list"):
        constraints["enum"] = list(column["values"])
    kind = _FRICTIONLESS.get(column["type"], "any")
    # An empty string is a value here, and Frictionless would take it for a missing one.
    return {"name": column["name"], "type": kind, "description": column["description"]} | (
        {"constraints": constraints} if constraints and kind != "any" and column["type"] != "string" else {}
    )


# --- Croissant ---------------------------------------------------------------------------------------------------

_CROISSANT = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "double": "sc:Float",
    "date32[day]": "sc:Date",
    "timestamp[us, tz=UTC]": "sc:DateTime",
}
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(manifest: Manifest) -> bytes:
    """croissant.json: Croissant 1.1 metadata: a file object per file, a record set per table with its flat columns.

    The record set of a table that is a folder reads all its files through a file set.
    """
    distribution: list[dict[str, Any]] = []
    records = []
    for name, entry in manifest["tables"].items():
        distribution += [
            {
                "@type": "cr:FileObject",
                "@id": file["path"],
                "name": file["path"],
                "contentUrl": file["path"],
                "contentSize": f"{file['bytes']} B",
                "encodingFormat": "application/x-parquet",
                "sha256": file["sha256"],
            }
            for file in entry["files"]
        ]
        source: dict[str, Any] = {"fileObject": {"@id": f"{name}.parquet"}}
        if [file["path"] for file in entry["files"]] != [f"{name}.parquet"]:
            source = {"fileSet": {"@id": f"{name}-files"}}
            distribution.append(
                {
                    "@type": "cr:FileSet",
                    "@id": f"{name}-files",
                    "name": f"{name}-files",
                    "containedIn": [{"@id": file["path"]} for file in entry["files"]],
                    "encodingFormat": "application/x-parquet",
                    "includes": f"{name}.parquet/*.parquet",
                }
            )
        records.append(_record_set(name, entry, source))
    return as_json(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "name": f"kcpipe-{manifest['release']}",
            "description": SUMMARY,
            "conformsTo": "http://mlcommons.org/croissant/1.1",
            "version": manifest["schema_version"],
            "datePublished": manifest["created"],
            "distribution": distribution,
            "recordSet": records,
        }
    )


def _record_set(name: str, entry: Entry, source: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": entry["description"],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column['name']}",
                "name": column["name"],
                "description": column["description"],
                "dataType": _CROISSANT[column["type"]],
                "source": {**source, "extract": {"column": column["name"]}},
            }
            for column in entry["schema"]
            if column["type"] in _CROISSANT
        ],
    }


# --- SQL and lineage ---------------------------------------------------------------------------------------------


def views(manifest: Manifest) -> bytes:
    """views.sql: for DuckDB, started in the folder of the release: a view per table with its comments, and joins."""
    head = "-- Run by DuckDB in this folder, or after: SET file_search_path = '<this folder>';"
    return f"{head}\n{sql.statements(manifest)}".encode()


def lineage(manifest: Manifest) -> bytes:
    """lineage.json: what the release is made from, and by what."""
    names = ("release", "parent", "created", "schema_version", "build_digest", "content_digest", "lineage")
    return as_json({name: manifest[name] for name in names})


_MAKERS: Mapping[str, Callable[[Manifest], bytes]] = {
    "README.md": data_card,
    "data_dictionary.md": dictionary,
    "schema.json": json_schema,
    "datapackage.json": datapackage,
    "croissant.json": croissant,
    "views.sql": views,
    "lineage.json": lineage,
}
NAMES = tuple(_MAKERS)
