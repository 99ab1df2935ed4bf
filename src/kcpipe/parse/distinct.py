"""The different ones among many tokens, by what is seen of them: of a text's tokens fewer than half are."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
_FACTORS = np.array([0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
"""Odd numbers without a pattern: those of xxHash (https://github.com/Cyan4973/xxHash)."""


class Distinct(NamedTuple):
    """The different rows of an array, and which of them each row is."""

    keys: list[int]
    """A number for each, the same in any array."""
    firsts: npt.NDArray[np.intp]
    """A row that is it."""
    of_rows: npt.NDArray[np.intp]
    """For each row its place in `keys`."""

    def new_to(self, known: Container[int]) -> tuple[list[int], npt.NDArray[np.intp]]:
        """The keys that are not known yet, and a row for each."""
        places = [place for place, each in enumerate(self.keys) if each not in known]
        return [self.keys[place] for place in places], self.firsts[places]


def distinct(seen: Numbers) -> Distinct:
    """The different rows of an array of shape (tokens, 3), most of whose values are hashes.

    A row's number is a hash of 64 bits: that two of the some hundred thousand that are ever remembered share one does
    not happen.
    """
    keys, firsts, of_rows = np.unique(seen @ _FACTORS, return_index=True, return_inverse=True)
    return Distinct(keys.tolist(), firsts, of_rows)
