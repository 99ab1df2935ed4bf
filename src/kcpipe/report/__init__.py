"""The quality report: one HTML page that a reviewer reads before a release is trusted.

Everything lies inside the page: it asks for nothing from outside, needs no script, and a policy in its head forbids
both, so that a hostile headline stays words. What comes from articles is escaped by the template engine. Equal input
gives an equal page: it knows no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kcpipe.quality import Verdict
from kcpipe.release import EventNews
from kcpipe.report import numbers, view

__all__ = ["render", "style"]

_HERE = Path(__file__).parent
# Control characters do not belong in HTML and could hide words; tab, line feed and carriage return stay.
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "�")


def render(
    tables: Mapping[str, pa.Table],
    verdict: Verdict,
    *,
    release_id: str,
    earlier: Mapping[str, pa.Table] | None = None,
    accuracy: Sequence[Mapping[str, Any]] = (),
    news: EventNews | None = None,
) -> str:
    """The report of a release as one HTML page.

    tables: all released tables by name. verdict: what the checks found. release_id: the name of the release or of the
    stopped build. earlier: the profiles of the releases before by their ids, oldest first, for the trend. accuracy:
    how right the extraction is on gold sets (`kcpipe.pipeline.accuracy`). news: what became of the events of the
    release before.
    """
    events, documents = view.events(tables), view.documents(tables)
    page = _environment().get_template("page.html")
    return page.render(
        release_id=release_id,
        verdict=verdict,
        checks=view.checks(verdict),
        totals=numbers.totals(tables, verdict.profile),
        drifts=numbers.drifts(verdict.profile),
        trends=numbers.trends(verdict.profile, release_id, earlier or {}),
        coverage=numbers.coverage(tables),
        publishers=numbers.by_publisher(tables),
        is_first=not earlier,
        news=view.news(news) if news is not None else [],
        accuracy=accuracy,
        events=events,
        documents=documents,
        shown_keys=view.shown_keys(events, documents),
        unresolved=view.unresolved(tables),
        conflicts=view.conflicts(tables),
        quarantine=view.quarantine(tables),
        style=Markup(style()),  # noqa: S704 - our own file
    )


def style() -> str:
    """The style of the report, which the explorer shares."""
    return (_HERE / "page.css").read_text(encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["drawing"] = Markup  # an SVG element of the plotting library, which escapes its words
    return environment


def _printable(value: object) -> object:
    return value if isinstance(value, Markup) or not isinstance(value, str) else value.translate(_CONTROLS)
