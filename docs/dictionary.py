"""Writes docs/dictionary.md: the tables as `src/kcpipe/tables/` declares them. Run it when they have changed."""

from __future__ import annotations

from pathlib import Path

from kcpipe.release.descriptors import dictionary
from kcpipe.release.shards import described
from kcpipe.tables import RELEASED, TABLES

PAGE = Path(__file__).with_suffix(".md")


def page() -> str:
    """The page as it should be."""
    tables = {
        name: {"description": TABLES[name].description, "key": TABLES[name].key, "schema": described(name)}
        for name in RELEASED
    }
    return dictionary({"tables": tables}).decode()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
