"""Exports: a release as a table of another format, over the same bytes.

They are projections for engines that want one; the release stays the truth. Never let such an engine vacuum them.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

from kcpipe import store
from kcpipe.release.reading import Release
from kcpipe.settings import UserError
from kcpipe.tables import TABLES


def delta(release: Release, folder: Path) -> Path:
    """Each table of a release as a Delta table in `folder/<table>`, its files hard links to the release's own.

    Made anew in place of an earlier export. Returns the folder. Raises UserError when the disk refuses or the release
    does not lie on this machine.
    """
    source = _local(release)
    with store.writing_to(folder):
        for name, entry in release.manifest["tables"].items():
            table = folder / name
            shutil.rmtree(table, ignore_errors=True)
            (table / "_delta_log").mkdir(parents=True)
            created = int(datetime.fromisoformat(release.manifest["created"]).timestamp() * 1000)
            actions = [
                {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
                {
                    "metaData": {
                        "id": release.manifest["content_digest"][:32],
                        "name": name,
                        "description": entry["description"],
                        "format": {"provider": "parquet", "options": {}},
                        "schemaString": json.dumps(store.spark_schema(TABLES[name])),
                        "partitionColumns": [],
                        "configuration": {},
                        "createdTime": created,
                    }
                },
                {"commitInfo": {"timestamp": created, "operation": "WRITE", "kcpipe.release": release.id}},
            ]
            for file in entry["files"]:
                store.share(source / file["path"], table / f"{file['sha256']}.parquet")
                add = {"path": f"{file['sha256']}.parquet", "partitionValues": {}, "size": file["bytes"]}
                actions.append({"add": {**add, "modificationTime": created, "dataChange": True}})
            log = "".join(json.dumps(action) + "\n" for action in actions)
            store.write_file(table / "_delta_log" / f"{0:020d}.json", log.encode())
    return folder


def iceberg(release: Release, folder: Path) -> Path:
    """Each table of a release as an Iceberg table `kcpipe.<table>` of a SQLite catalog in `folder/catalog.db`.

    Made anew in place of an earlier export; it names the release's files by absolute path, so it moves with them or
    not at all. Returns the folder. Raises UserError when pyiceberg is missing or the disk refuses.
    """
    try:
        from pyiceberg.catalog.sql import SqlCatalog  # noqa: PLC0415 - only with the extra iceberg
    except ImportError as error:
        raise UserError('kcpipe export iceberg needs pyiceberg: pip install "kcpipe[iceberg]"') from error
    source = _local(release).resolve()
    with store.writing_to(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        where = folder.resolve()
        catalog = SqlCatalog("kcpipe", uri=f"sqlite:///{where}/catalog.db", warehouse=where.as_uri())
        catalog.create_namespace("kcpipe")
        for name, entry in release.manifest["tables"].items():
            table = catalog.create_table(f"kcpipe.{name}", TABLES[name].schema)
            if entry["rows"]:
                table.add_files([(source / file["path"]).as_uri() for file in entry["files"]], {"release": release.id})
        catalog.engine.dispose()
    return folder


def _local(release: Release) -> Path:
    if not isinstance(release.place, store.Disk):
        raise UserError(f"{release.location} lies in an object store: exports are made beside files on this machine")
    return release.path
