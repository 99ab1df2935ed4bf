"""Releases: immutable folders of Parquet tables over shared objects, and one append-only log that says which count.

    log/00000001.json ...    the truth: what was published, rolled back, yanked, pruned; what `latest` means
    releases/2026-11-22.1/   a release: tables, changes, descriptors, report, manifest.json; never changed
    objects/<table>/...      the files of the tables by SHA-256; releases share them by hard links
    latest -> releases/...   a projection of the log, as are stable, candidate, latest.json and index.json
    store.json               the format of all this
    pruned/                  what tells of releases whose tables are gone: manifest, changes, CHANGELOG
    rejected/                builds that a check stopped, with their report
    orphans/                 whole releases that never came into the log (a publication was killed just before)
    staging/                 what is being built; emptied at the next publication

Two reads through `latest` may straddle a switch; `find` gives the folder of one release.
"""

from __future__ import annotations

from kcpipe.release.comparing import Difference, copy, diff
from kcpipe.release.exports import delta, iceberg
from kcpipe.release.keeping import POLICY, prune, verify, verify_all
from kcpipe.release.log import REFS, LogEntry, State
from kcpipe.release.naming import promote, rollback, yank
from kcpipe.release.news import EventNews
from kcpipe.release.publishing import publish, recover, reject
from kcpipe.release.purging import purge
from kcpipe.release.reading import Release, built, find, history, latest, standing

__all__ = [
    "POLICY",
    "REFS",
    "Difference",
    "EventNews",
    "LogEntry",
    "Release",
    "State",
    "built",
    "copy",
    "delta",
    "diff",
    "find",
    "history",
    "iceberg",
    "latest",
    "promote",
    "prune",
    "publish",
    "purge",
    "recover",
    "reject",
    "rollback",
    "standing",
    "verify",
    "verify_all",
    "yank",
]
