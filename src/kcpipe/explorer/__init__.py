"""The explorer: one HTML page on which an analyst searches the events of a release and reads the words behind each.

All lies inside the page: the data as JSON, the style, the script, the library that draws its figures. It asks for
nothing from outside, and a policy in its head lets nothing run but the scripts whose digests it names, so that a
hostile headline stays words even if one of them got through. The scripts make elements and text, never markup. Equal
input gives an equal page: it knows no clock.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kcpipe import figures, report
from kcpipe.explorer.contents import gather

__all__ = ["render"]

_HERE = Path(__file__).parent
# Later ones use what earlier ones define; together they are one script.
_SCRIPTS = ("elements", "address", "figures", "timeline", "event", "pages", "main")
_FIGURES = ("time", "spans", "pairs")
MAX_BYTES = 3_900_000
"""Of the data in the page: with scripts and style the page stays under five million bytes."""
# What would end the element, open a comment in it, or end a line of the script where JSON does not.
_ESCAPES = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def render(tables: Mapping[str, pa.Table], *, release_id: str) -> str:
    """The explorer of a release as one HTML page.

    tables: all released tables by name. release_id: the name of the release or of the stopped build. Of a large release
    the best supported events are embedded, as many as fit `MAX_BYTES`; the page says how many there are.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    data = gather(tables, release_id, size=lambda row: len(as_json(row).encode()), limit=MAX_BYTES)
    style = report.style() + _text("page.css")
    drawn = {"config": figures.config(), **{name: figures.spec(name) for name in _FIGURES}}
    script = f"const FIGURES = {as_json(drawn)};\n" + "".join(_text(f"script/{name}.js") for name in _SCRIPTS)
    return environment.get_template("page.html").render(
        release_id=release_id,
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=_policy_digest(style),
        script=Markup(script),  # noqa: S704 - our own file
        script_digest=_policy_digest(script),
        library=Markup(figures.library()),  # noqa: S704 - the plotting library
        library_digest=_policy_digest(figures.library()),
        data=Markup(as_json(data)),  # noqa: S704 - nothing that could end the element is left in it
    )


def as_json(value: Any) -> str:
    """A value as JSON that can stand inside a script element, whatever its words; dates as ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _policy_digest(text: str) -> str:
    """How a content security policy names an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
