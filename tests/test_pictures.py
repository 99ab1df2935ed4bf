"""The pictures of the docs: all of the page, all of the clean text, and nothing that runs."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs.pictures.draw import FAINT, HERE, cleaned, draw

from conftest import SEEDS
from kcpipe.pipeline import STAGES

SVG = "{http://www.w3.org/2000/svg}"
LINKED = re.findall(r"\]\(pictures/([^)]+)\)", (HERE.parent / "cleaning.md").read_text())


def words(elements: list[ElementTree.Element]) -> list[str]:
    return " ".join(element.text or "" for element in elements).split()


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_a_picture_shows_the_page_and_the_clean_text(path: Path) -> None:
    drawing = draw(path)
    assert len(drawing) < 200_000
    root = ElementTree.fromstring(drawing)
    assert {element.tag for element in root.iter()} <= {SVG + tag for tag in ("svg", "title", "rect", "text", "line")}
    rows = [row for row in root.iter(f"{SVG}text") if row.get("text-anchor") is None and row.get("font-size") is None]
    middle = float(next(iter(root.iter(f"{SVG}line"))).get("x1", 0))
    raw = [
        row
        for row in rows[1:]
        if float(row.get("x", 0)) < middle and not re.fullmatch(r"\(\d+ blank\)", row.text or "")
    ]
    lines, text = cleaned(path)
    assert words(raw) == " ".join(line["text"] for line in lines).split()
    assert words([row for row in rows if float(row.get("x", 0)) > middle]) == text.split()
    kept = [line["text"][: line["kept"]] for line in lines if line["is_kept"]]
    assert words([row for row in raw if row.get("fill") != FAINT]) == " ".join(kept).split()


@pytest.mark.parametrize("name", LINKED)
def test_the_pictures_of_the_docs_are_there(name: str) -> None:
    assert ElementTree.fromstring((HERE / name).read_text()).tag == f"{SVG}svg"


def test_the_docs_have_pictures_of_two_seeds() -> None:
    assert len(LINKED) == 2


def test_the_page_of_the_explorer_has_its_pictures_and_they_are_small() -> None:
    names = re.findall(r"\]\(pictures/([^)]+)\)", (HERE.parent / "explorer.md").read_text())
    assert len(names) == 2
    for name in names:
        assert (HERE / name).read_bytes().startswith(b"\x89PNG")
        assert (HERE / name).stat().st_size < 150_000


def test_the_picture_of_costs_has_a_bar_for_each_stage() -> None:
    """As `benchmarks/scale.py --picture` draws it: a stage that is new or gone has to be measured."""
    root = ElementTree.parse(HERE / "scale.svg").getroot()
    assert {element.tag for element in root.iter()} == {SVG + tag for tag in ("svg", "title", "rect", "text")}
    names = [row.text for row in root.iter(f"{SVG}text") if row.get("text-anchor") == "end"]
    assert names == [stage.name for stage in STAGES] + ["check", "publish", "nlp.pipe alone"]
    lengths = [float(bar.get("width", 0)) for bar in root.iter(f"{SVG}rect")][1:]
    assert len(lengths) == len(names)
    assert all(length > 0 for length in lengths)
