"""Clean offsets to raw and back, through the runs of `text_spans`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SpanMap:
    """The runs of one document in order: (char_start, char_end, raw_start or None when inserted)."""

    runs: tuple[tuple[int, int, int | None], ...]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of the clean span [start, end): of its first raw character and one past its last.

        Raises ValueError when the span is empty, lies outside the text, or holds only inserted characters.
        """
        first = last = None
        index = max(bisect_right(self.runs, start, key=lambda run: run[0]) - 1, 0)
        for run_start, run_end, raw_start in self.runs[index:]:
            if run_start >= end:
                break
            if raw_start is None or run_end <= start:
                continue
            if first is None:
                first = raw_start + max(start - run_start, 0)
            last = raw_start + min(end, run_end) - run_start
        if first is None or last is None or start < 0 or end > self.runs[-1][1]:
            raise ValueError(f"no raw characters under [{start}, {end})")
        return first, last

    def to_clean(self, raw_offset: int) -> int | None:
        """The clean offset of the raw character, or None when it was dropped."""
        for run_start, run_end, raw_start in self.runs:
            if raw_start is not None and raw_start <= raw_offset < raw_start + run_end - run_start:
                return run_start + raw_offset - raw_start
        return None


def span_maps(text_spans: pa.Table) -> Mapping[str, SpanMap]:
    """For each document_id of `text_spans` its map."""
    runs: dict[str, list[tuple[int, int, int | None]]] = {}
    columns: Iterable[list[object]] = (
        text_spans.column(name).to_pylist() for name in ("document_id", "char_start", "char_end", "raw_start")
    )
    for document, char_start, char_end, raw_start in zip(*columns, strict=True):
        runs.setdefault(document, []).append((char_start, char_end, raw_start))
    return {document: SpanMap(tuple(sorted(rows))) for document, rows in runs.items()}
