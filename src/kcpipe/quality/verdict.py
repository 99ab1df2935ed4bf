"""The verdict over a release: one row per check, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kcpipe.tables import TABLES, arrange, build


@dataclass(frozen=True)
class Verdict:
    """What the checks found. `checks` and `profile` are the declared tables of those names, in their order."""

    checks: pa.Table
    profile: pa.Table
    passed: int
    """Checks that held."""
    failed: int
    """Critical checks that did not: any one of them blocks the release."""
    allowed: int
    """Checks that did not and were allowed to, for a reason that stands beside them."""
    warned: int
    """Checks of severity warning that did not hold."""
    informed: int
    """Checks of severity info that did not hold."""

    @property
    def is_blocked(self) -> bool:
        """Whether the release must not be published."""
        return self.failed > 0

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], profile: pa.Table) -> Verdict:
        """The verdict from the rows of `checks`, in any order, and the release in numbers."""
        allowed = sum(not row["success"] and row.get("allowed_because") is not None for row in rows)
        broken = [row["severity"] for row in rows if not row["success"] and row.get("allowed_because") is None]
        return cls(
            checks=arrange(TABLES["checks"], build(TABLES["checks"], rows)),
            profile=profile,
            passed=len(rows) - len(broken) - allowed,
            allowed=allowed,
            failed=broken.count("critical"),
            warned=broken.count("warning"),
            informed=broken.count("info"),
        )
