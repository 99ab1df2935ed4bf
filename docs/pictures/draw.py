"""Pictures of what cleaning does: the raw lines of a page with their roles, and beside them the text that is kept.

python docs/pictures/draw.py FILE...

writes FILE's name with `.svg` for its suffix beside this script: text and lines only, no script, no outside font. With
no FILE, those of docs/cleaning.md. The page is read and cleaned as a run does it; nothing is drawn that is not in
`lines` or in `documents.text`.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from kcpipe import lexicon
from kcpipe.clean import clean
from kcpipe.pipeline import STAGES
from kcpipe.read import read
from kcpipe.tables import TABLES, build

HERE = Path(__file__).parent
SHOWN = ("001_90b89dafc0ad33b2.txt", "002_6a3f0c60e6fef7a6.txt")

COLUMNS = 82
"""Characters of a row; a letter of the font is six pixels wide at ten pixels."""
LETTER, ROW, MARGIN, GUTTER, HEAD = 6.02, 14, 16, 96, 52
PANEL = MARGIN + GUTTER + round(COLUMNS * LETTER)
WIDTH = 2 * PANEL - GUTTER + 2 * MARGIN
PAPER, INK, FAINT = "#ffffff", "#1f2328", "#a0a6ad"
COLOURS: Mapping[str, str] = {
    "title": "#8250df",
    "deck": "#9a6700",
    "subheading": "#bc4c00",
    "body": "#0969da",
    "caption": "#1a7f37",
}
"""Of what is kept; a line that is dropped is grey, whatever its role."""


class Row(NamedTuple):
    """A row of a panel: what it says, its colour, the role in the gutter."""

    text: str
    colour: str = INK
    role: str = ""
    bar: str = ""


def cleaned(path: Path) -> tuple[list[dict[str, Any]], str]:
    """The rows of `lines` of a file, each with `kept`, how many of its characters are kept; and the clean text."""
    inputs = build(TABLES["inputs"], [{"source_uri": path.name, "source_name": path.name, "raw": path.read_bytes()}])
    [stage] = [stage for stage in STAGES if stage.function is clean]
    lexicons = {name: lexicon.load(name) for name in stage.lexicons}
    made = clean(raw_documents=read(inputs=inputs).raw_documents, lexicons=lexicons)
    lines, spans = made.lines.to_pylist(), made.text_spans.to_pylist()
    for line in lines:
        ends = [span["raw_end"] for span in spans if line["raw_start"] < (span["raw_end"] or 0) <= line["raw_end"]]
        line["kept"] = max(ends, default=line["raw_start"]) - line["raw_start"]
    return lines, made.clean_documents.column("text")[0].as_py()


def raw_rows(lines: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Every raw line, folded to the width; blank ones that follow one another as one row that counts them."""
    blank = 0
    for line in [*lines, None]:
        if line is not None and not line["text"].strip():
            blank += 1
            continue
        if blank:
            yield Row(f"({blank} blank)" if blank > 1 else "", FAINT)
            blank = 0
        if line is not None:
            kept, dropped = line["text"][: line["kept"]], line["text"][line["kept"] :]
            bar = COLOURS[line["role"]] if line["is_kept"] else FAINT
            rows = [Row(text, INK, "", bar) for text in folded(kept)] + [
                Row(text, FAINT, "", FAINT) for text in folded(dropped)
            ]
            yield rows[0]._replace(role=line["role"])
            yield from rows[1:]


def clean_rows(text: str, lines: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """The clean text, folded to the width, with a bar in the colour of the line that each paragraph begins with."""
    roles = {line["char_start"]: line["role"] for line in lines if line["is_kept"]}
    start = 0
    for paragraph in text.split("\n\n"):
        colour = COLOURS[roles[start]]
        yield from (Row(row, INK, "", colour) for row in folded(paragraph))
        yield Row("")
        start += len(paragraph) + len("\n\n")


def folded(text: str) -> list[str]:
    """A line as rows."""
    return textwrap.wrap(text, COLUMNS, break_on_hyphens=False)


def panel(rows: Sequence[Row], left: float) -> Iterator[str]:
    """The elements of a panel whose text begins at `left`."""
    for number, row in enumerate(rows):
        base = HEAD + (number + 1) * ROW
        if row.bar:
            yield f'<rect x="{left - 8:g}" y="{base - 10}" width="3" height="{ROW}" fill="{row.bar}"/>'
        if row.role:
            yield f'<text x="{left - 14:g}" y="{base}" text-anchor="end" fill="{row.bar}">{row.role}</text>'
        if row.text:
            yield f'<text x="{left:g}" y="{base}" fill="{row.colour}">{escape(row.text, quote=False)}</text>'


def draw(path: Path) -> str:
    """The picture of a file, as SVG."""
    lines, text = cleaned(path)
    before, after = list(raw_rows(lines)), list(clean_rows(text, lines))
    height = HEAD + (max(len(before), len(after)) + 2) * ROW
    kept = sum(line["is_kept"] for line in lines)
    written = sum(bool(line["text"].strip()) for line in lines)
    left, right = MARGIN + GUTTER, PANEL + MARGIN
    body = "\n".join([*panel(before, left), *panel(after, right + MARGIN)])
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"
 font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="10">
<title>{escape(path.name)}: raw lines with their roles, and the clean text</title>
<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>
<text x="{left}" y="22" font-size="13" fill="{INK}">{escape(path.name)}: {written} lines with words, {kept} kept</text>
<text x="{left}" y="40" fill="{FAINT}">grey: dropped; in colour: the role of what is kept</text>
<text x="{right + MARGIN}" y="22" font-size="13" fill="{INK}">documents.text</text>
<line x1="{right}" y1="{MARGIN}" x2="{right}" y2="{height - MARGIN}" stroke="{FAINT}"/>
{body}
</svg>
"""


def main() -> None:
    """Draw the files named, or those of the docs."""
    seeds = HERE.parents[1] / "seeds"
    for path in [Path(name) for name in sys.argv[1:]] or [seeds / name for name in SHOWN]:
        (HERE / path.name).with_suffix(".svg").write_text(draw(path), encoding="utf-8")


if __name__ == "__main__":
    main()
