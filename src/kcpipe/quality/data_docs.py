"""Great Expectations' own Data Docs of a release, for those who know them.

They load fonts, styles and scripts from the web; the release's own report does not, and is what the project reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from kcpipe.quality.profile import profile
from kcpipe.quality.run import validated_suites
from kcpipe.quality.suites import load


def data_docs(tables: Mapping[str, pa.Table], folder: Path, *, memory_megabytes: int) -> dict[str, str]:
    """A page of HTML per suite of a folder, by file name; tables: all released tables by name."""
    judged = {**tables, "profile": profile(tables, None)}
    renderer: Any = ValidationResultsPageRenderer()
    view: Any = DefaultJinjaPageView()
    return {
        f"{suite.name.replace('/', '-')}.html": view.render(renderer.render(result))
        for suite, result in validated_suites(judged, load(folder), max_share_lost=0, memory_megabytes=memory_megabytes)
    }
