"""The verdict over a release: one row per check, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kcpipe.tables import TABLES, arrange, build


@dataclass(frozen=True)
class Verdict:
    """What the checks found. `checks` is the declared table `checks`, ordered by suite and expectation id."""

    checks: pa.Table
    passed: int
    """Checks that held."""
    failed: int
    """Critical checks that did not: any one of them blocks the release."""
    warned: int
    """Checks of severity warning that did not hold."""
    informed: int
    """Checks of severity info that did not hold."""

    @property
    def is_blocked(self) -> bool:
        """Whether the release must not be published."""
        return self.failed > 0

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Verdict:
        """The verdict from the rows of `checks`, in any order."""
        broken = [row["severity"] for row in rows if not row["success"]]
        return cls(
            checks=arrange(TABLES["checks"], build(TABLES["checks"], rows)),
            passed=len(rows) - len(broken),
            failed=broken.count("critical"),
            warned=broken.count("warning"),
            informed=broken.count("info"),
        )
