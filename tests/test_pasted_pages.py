"""Pages as a stranger pastes them: mail, press release, wire copy, PDF, blog, interview, and what surrounds them.

tests/gold/pasted_pages/ holds the pages, written for this test: a head that says what the page states, then its lines,
each behind "+ " when it is the article's, "- " when it is not, "? " when editors may differ.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from test_clean import cleaning

PAGES = sorted((Path(__file__).parent / "gold" / "pasted_pages").glob("*.txt"))
# A short headline above a deck that is full of names and has no full stop: the deck is taken for the title.
KNOWN_ERRORS = {"substack": {"title", "The embassy above the bakery"}}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_pasted_page(path: Path) -> None:
    head, _, marked = path.read_text().partition("---\n")
    stated = {name: value.strip() for name, _, value in (line.partition(":") for line in head.splitlines())}
    marks, lines = zip(*((line[:1], line[2:]) for line in marked.splitlines()), strict=True)
    made = cleaning("\n".join(lines) + "\n")
    (row,) = made.clean_documents.to_pylist()
    found = {
        "title": row["title"] or "",
        "authors": "; ".join(row["authors"]),
        "date": str(row["stated_start"] or ""),
        "publisher": row["publisher"] or "",
    }
    errors = {name for name, value in found.items() if value != stated[name]}
    kept = {"+": True, "-": False}
    errors |= {
        line["text"]
        for mark, line in zip(marks, made.lines.to_pylist(), strict=True)
        if line["text"] and mark in kept and line["is_kept"] != kept[mark]
    }
    assert errors == KNOWN_ERRORS.get(path.stem, set())


def test_there_are_pages() -> None:
    assert len(PAGES) >= 25
    assert KNOWN_ERRORS.keys() <= {path.stem for path in PAGES}
