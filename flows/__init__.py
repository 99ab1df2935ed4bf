"""Thin Prefect flows; the only place that imports Prefect. A wheel carries them as `kcpipe_flows`."""

from __future__ import annotations

from . import corpus  # noqa: F401 - first of all: it sets what Prefect reads while it is imported
