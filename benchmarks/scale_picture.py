"""The picture of where a run's time goes: a bar per step, as scale.py measured them, beside plain `nlp.pipe`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

PLAIN = "nlp.pipe alone"
WIDTH, ROW, BAR, MARGIN, NAMES, FIGURES = 720, 22, 14, 16, 130, 70
INK, STEP, OTHER = "#1f2328", "#0969da", "#a0a6ad"


def draw(steps: Mapping[str, float], plain: float, title: str) -> str:
    """An SVG without script or outside font.

    steps: CPU seconds per million words by step, in their order. plain: those of `nlp.pipe`, the last bar.
    """
    bars = {**steps, PLAIN: plain}
    longest = WIDTH - 2 * MARGIN - NAMES - FIGURES
    scale = longest / max(bars.values())
    rows = []
    for number, (name, seconds) in enumerate(bars.items(), start=1):
        top = MARGIN + number * ROW
        colour = OTHER if name == PLAIN else STEP
        start = MARGIN + NAMES
        rows += [
            f'<text x="{start - 8}" y="{top + BAR - 3}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{start}" y="{top}" width="{max(seconds * scale, 1):.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{start + seconds * scale + 6:.1f}" y="{top + BAR - 3}">{seconds:.1f}</text>',
        ]
    height = 2 * MARGIN + (len(bars) + 1) * ROW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="{MARGIN + 6}" font-weight="bold">{escape(title)}</text>',
        *rows,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
