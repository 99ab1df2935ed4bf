"""Figures, drawn by Vega-Lite: their specs as data, the library for a page that draws them, and drawings as SVG.

A figure is a JSON file of this folder, without data, without words that depend on it, and without colours of its own:
it names the custom properties of the page's style, so that it follows light, dark and paper. `config.json` is what all
have in common. The explorer fills and draws them in the browser, the report when it is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs
import vl_convert

from kcpipe.store.disk import write_file

__all__ = ["config", "filled", "library", "spec", "svg"]

_HERE = Path(__file__).parent
_EXPORT = "window.vegaEmbed = vegaEmbed;"


def spec(name: str) -> dict[str, Any]:
    """A fresh copy of the Vega-Lite spec of a figure (`time`, `spans`, `pairs`, `trend`), without data."""
    return _json(name)


def filled(name: str, rows: Sequence[Mapping[str, Any]], **params: Any) -> dict[str, Any]:
    """The spec of a figure with its rows and the values of its params."""
    made = spec(name)
    made["data"]["values"] = rows
    for param in made["params"]:
        param["value"] = params[param["name"]]
    return made


def config() -> dict[str, Any]:
    """What all figures have in common, as a Vega-Lite config."""
    return _json("config")


def svg(filled: Mapping[str, Any]) -> str:
    """A filled spec drawn as an SVG element, for pages without a script. Equal specs give equal bytes."""
    return vl_convert.vegalite_to_svg({**filled, "config": config()})


@cache
def library() -> str:
    """Vega-Embed with all it needs, as a JavaScript module that defines `vegaEmbed`, under its licences.

    Bundling it takes longer than all else of a page; so it is kept in the user's cache, where there is one, under the
    version of the package that it comes from.
    """
    kept = platformdirs.user_cache_path("kcpipe") / f"vega-{version('vl-convert-python')}.js"
    try:
        bundle = kept.read_text(encoding="utf-8")
    except OSError:
        bundle = vl_convert.javascript_bundle(_EXPORT)
        with suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_file(kept, bundle.encode())
    return f"/*\n{(_HERE / 'notice.txt').read_text(encoding='utf-8')}*/\n{bundle}"


def _json(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
    return loaded
