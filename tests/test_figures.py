"""The figures: specs of data alone, drawings that stay the same, the library that a page carries."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kcpipe import figures

HERE = Path(figures.__file__).parent
SPECS = sorted(path.stem for path in HERE.glob("*.json") if path.stem != "config")
SVG = "{http://www.w3.org/2000/svg}"


def trend(*values: int, release: str = "r7") -> str:
    """The drawing of a trend."""
    rows = [{"release": f"{release}.{number}", "value": value} for number, value in enumerate(values)]
    return figures.svg(figures.filled("trend", rows, isShare=False, highest=max(values) or 1))


def test_the_figures_are_these() -> None:
    assert SPECS == ["pairs", "spans", "time", "trend"]


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_holds_no_data_and_its_colours_are_the_page_s(name: str) -> None:
    spec = figures.spec(name)
    assert spec["data"] == {"values": []}
    assert spec["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"
    written = json.dumps([spec, figures.config()])
    colours = re.findall(r'"(?:color|fill|stroke|\w+Color)": "([^"]+)"', written)
    assert colours
    assert all(re.fullmatch(r"(rgb\()?var\(--[a-z]+\)\)?", colour) for colour in colours), colours
    assert "#" not in written
    assert "http" not in written.replace(spec["$schema"], "")


def test_a_spec_is_a_copy() -> None:
    figures.spec("trend")["data"]["values"] = [1]
    assert figures.spec("trend")["data"]["values"] == []


def test_a_drawing_is_the_same_every_time_and_its_words_are_words() -> None:
    hostile = "</text><script>alert(1)</script>&"
    drawings = {trend(1, 5, 3, release=hostile) for _ in range(2)}
    assert len(drawings) == 1
    root = ElementTree.fromstring(drawings.pop())
    assert {element.tag for element in root.iter()} <= {
        SVG + tag for tag in ("svg", "g", "path", "line", "text", "rect")
    }
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {f"{hostile}.0", "release", "0"} <= set(words)


def test_a_drawing_depends_on_no_font_of_the_machine() -> None:
    """Widths of words are measured where a figure is written: nothing may follow them."""
    [short, long] = [trend(1, 2, release=release) for release in ("r", "W" * 40)]
    assert long.replace("W" * 40, "r") == short


def test_the_line_goes_through_the_values() -> None:
    root = ElementTree.fromstring(trend(0, 10, 5))
    [line] = [path for group in root.iter() if "mark-line" in group.get("class", "") for path in group]
    heights = [float(y) for y in re.findall(r",([\d.]+)", line.get("d", ""))]
    assert heights == [84, 0, 42]


def test_a_trend_of_nothing_lies_on_the_ground() -> None:
    root = ElementTree.fromstring(trend(0, 0))
    [line] = [path for group in root.iter() if "mark-line" in group.get("class", "") for path in group]
    assert [float(y) for y in re.findall(r",([\d.]+)", line.get("d", ""))] == [84, 84]


def library(cache: Path) -> tuple[str, str]:
    """The library as a fresh process with this cache has it, and what it printed of trouble."""
    program = "import sys; from kcpipe import figures; sys.stdout.write(figures.library())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout, done.stderr


def test_the_library_is_kept_between_runs_and_needs_no_cache(tmp_path: Path) -> None:
    first = library(tmp_path)
    [kept] = tmp_path.rglob("*.js")
    assert first[0].endswith(kept.read_text(encoding="utf-8"))
    kept.write_text("kept", encoding="utf-8")
    assert library(tmp_path)[0].endswith("*/\nkept")
    no_folder = tmp_path / "file"
    no_folder.touch()
    assert library(no_folder) == first


def test_the_library_can_stand_in_a_page_under_its_licences() -> None:
    script = figures.library()
    assert script.startswith("/*\n")
    notice, code = script.split("*/", 1)
    for words in ("University of Washington Interactive Data Lab", "Mike Bostock", "BSD-3-Clause.", "ISC.", "MIT."):
        assert words in notice
    assert "vegaEmbed" in code
    assert not re.search(r"<!--|</?script", script, re.IGNORECASE)
    assert len(script) < 1_000_000
