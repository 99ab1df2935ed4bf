"""The gate: the suites in `expectations/` against the tables of a release, and the verdict.

A suite is reviewed JSON: what must hold, how severe it is when it does not, and why, in plain words. Great
Expectations runs it, in memory, and only when `gate` is called: nothing else of kcpipe imports that library, and it
takes seconds to import. Types, nulls, keys and vocabularies are held by `kcpipe.tables`; the suites hold meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from kcpipe.quality.suites import SuiteError, default_folder, folder_of, load, suites_digest
from kcpipe.quality.verdict import Verdict

if TYPE_CHECKING:
    from kcpipe.quality.gate import Gated

__all__ = ["SuiteError", "Verdict", "default_folder", "folder_of", "judge", "load", "make_ready", "suites_digest"]


def make_ready() -> None:
    """Import what judging needs, Great Expectations, which takes seconds: for who has to wait anyhow."""
    import kcpipe.quality.gate  # noqa: F401, PLC0415


def judge(
    tables: Mapping[str, pa.Table],
    folder: Path,
    *,
    previous: pa.Table | None = None,
    max_share_lost: float = 0.1,
    max_share_set_aside: float = 0.01,
    memory_megabytes: int = 1_000,
    allow: Mapping[str, str] | None = None,
) -> Gated:
    """Run every suite of a folder on the tables of a release; the tables as they may be published, and the verdict.

    tables: all released tables by name. folder: where the suites lie. previous: the profile of the last release,
    None for the first. max_share_lost: the share of the last release's rows that a table may lose, where a suite
    watches that. max_share_set_aside: the share of a table's rows that one expectation may set aside; when more break
    it, it stops the release. memory_megabytes: what may be used beside the tables; what needs more goes to a temporary
    folder. allow: expectations that may fail, by id, and why. Equal input gives an equal verdict;
    nothing is written and nobody is contacted. Raises SuiteError when a suite is broken, UserError when there is no
    such expectation to allow.
    """
    from kcpipe.quality.gate import gate  # noqa: PLC0415 - see make_ready

    return gate(
        tables,
        load(folder),
        previous=previous,
        max_share_lost=max_share_lost,
        max_share_set_aside=max_share_set_aside,
        memory_megabytes=memory_megabytes,
        allow=allow or {},
    )
