"""The photographs of the report in the docs: they are there, they are pictures, and the script draws no others."""

from __future__ import annotations

import re

from docs.pictures.photograph import HERE, PICTURES

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def test_the_docs_show_every_photograph_and_no_other() -> None:
    shown = re.findall(r"\]\(pictures/([^)]+)\.png\)", (HERE.parent / "quality.md").read_text())
    assert sorted(shown) == sorted(PICTURES)
    for name, picture in PICTURES.items():
        content = (HERE / f"{name}.png").read_bytes()
        assert content.startswith(SIGNATURE)
        assert int.from_bytes(content[16:20], "big") == picture.width
        assert len(content) < 400_000
