"""Clean offsets to raw and back, through the runs of `text_spans`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

Run = tuple[int, int, int | None]
"""char_start, char_end, raw_start: a run of code points that are the same in both texts; raw_start None: inserted."""

_char_start = itemgetter(0)
_raw_start = itemgetter(2)


@dataclass(frozen=True, slots=True)
class SpanMap:
    """The runs of one document in the order of the clean text, which is that of the raw text but where the raw text
    prints columns side by side."""

    runs: tuple[Run, ...]
    _raw_runs: tuple[Run, ...] = field(init=False, repr=False, compare=False)
    _is_in_order: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        raw_runs = tuple(run for run in self.runs if run[2] is not None)
        in_order = tuple(sorted(raw_runs, key=_raw_start))
        object.__setattr__(self, "_raw_runs", in_order)
        object.__setattr__(self, "_is_in_order", in_order == raw_runs)

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of the clean span [start, end): of its first raw character and one past its last, in the
        order of the raw text.

        Raises ValueError when the span is empty, lies outside the text, or holds only inserted characters.
        """
        if not self._is_in_order and self.runs and 0 <= start < end <= self.runs[-1][1]:
            pieces = [(raw, raw + last - first) for first, last, raw in self.pieces(start, end) if raw is not None]
            if pieces:
                return min(pieces)[0], max(last for _, last in pieces)
        elif self.runs and 0 <= start < end <= self.runs[-1][1]:
            first = bisect_right(self.runs, start, key=_char_start) - 1
            last = bisect_right(self.runs, end - 1, key=_char_start) - 1
            while first <= last and self.runs[first][2] is None:
                first += 1
            while first <= last and self.runs[last][2] is None:
                last -= 1
            if first <= last:
                begin, _, raw_begin = self.runs[first]
                finish, finish_end, raw_finish = self.runs[last]
                if raw_begin is not None and raw_finish is not None:
                    return raw_begin + max(start - begin, 0), raw_finish + min(end, finish_end) - finish
        raise ValueError(f"no raw characters under [{start}, {end})")

    def pieces(self, start: int, end: int) -> Iterator[Run]:
        """The runs under the clean span [start, end), cut to it, in order."""
        index = max(bisect_right(self.runs, start, key=_char_start) - 1, 0)
        while index < len(self.runs) and self.runs[index][0] < end:
            begin, finish, raw_start = self.runs[index]
            first, last = max(begin, start), min(finish, end)
            yield first, last, None if raw_start is None else raw_start + first - begin
            index += 1

    def to_clean(self, raw_offset: int) -> int | None:
        """The clean offset of the raw character, or None when it was dropped."""
        index = bisect_right(self._raw_runs, raw_offset, key=_raw_start) - 1
        if index < 0:
            return None
        char_start, char_end, raw_start = self._raw_runs[index]
        offset = char_start + raw_offset - (raw_start or 0)
        return offset if offset < char_end else None


def span_maps(text_spans: pa.Table) -> Mapping[str, SpanMap]:
    """For each document_id of `text_spans`, in whatever order its rows come, its map.

    One sort and one slice per document: the cost is that of turning the columns into Python numbers.
    """
    spans = text_spans.select(["document_id", "char_start", "char_end", "raw_start"])
    spans = spans.sort_by([("document_id", "ascending"), ("char_start", "ascending")])
    documents = pc.run_end_encode(spans.column("document_id").combine_chunks())
    borders = [0, *documents.run_ends.to_pylist()]
    runs: list[Run] = list(zip(*(spans.column(index).to_pylist() for index in (1, 2, 3)), strict=True))
    return {
        document: SpanMap(tuple(runs[begin:end]))
        for document, begin, end in zip(documents.values.to_pylist(), borders, borders[1:], strict=False)
    }
