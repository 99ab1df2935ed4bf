"""The gate: the suites in `expectations/` against the tables of a release, and the verdict.

A suite is reviewed JSON: what must hold, how severe it is when it does not, and why, in plain words. Great
Expectations runs it, in memory, and only when `check` is called: nothing else of kcpipe imports that library, and it
takes seconds to import. Types, nulls, keys and vocabularies are held by `kcpipe.tables`; the suites hold meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from kcpipe.quality.suites import SuiteError, default_folder, suites_digest
from kcpipe.quality.verdict import Verdict

__all__ = ["SuiteError", "Verdict", "check", "default_folder", "suites_digest"]


def check(
    tables: Mapping[str, pa.Table],
    folder: Path,
    *,
    previous: Mapping[str, int] | None = None,
    max_share_lost: float = 0.1,
) -> Verdict:
    """Run every suite of a folder on the tables of a release.

    tables: all released tables by name. folder: where the suites lie. previous: rows per table of the last release,
    None for the first. max_share_lost: the share of the last release's rows that a table may lose, where a suite
    watches that. Equal input gives an equal verdict; nothing is written and nobody is contacted. Raises SuiteError
    when a suite is broken.
    """
    from kcpipe.quality.run import check as run_suites  # noqa: PLC0415 - imports Great Expectations, which takes seconds

    return run_suites(tables, folder, previous=previous, max_share_lost=max_share_lost)
