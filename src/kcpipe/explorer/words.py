"""Codes of the tables as the explorer says them."""

from __future__ import annotations

from collections.abc import Mapping

STATUSES: Mapping[str, str] = {
    "occurred": "told as having happened",
    "ongoing": "told as going on",
    "planned": "intended or expected, not told as done",
    "attempted": "sought or tried, not told as done",
    "hypothetical": "a forecast, a condition or a recommendation",
    "denied": "a source denies it",
}
DATE_BASES: Mapping[str, str] = {
    "absolute": "the words tell it in full",
    "relative": "counted from another date",
    "calendar": "worked out from the calendar",
    "corroborated": "worked out with other articles",
    "unresolved": "",
}
JOINED: Mapping[str, str] = {
    "same_date": "an event of the same kind, parties and date",
    "same_date_words": "an event of the same kind, parties and words of a date that has no days",
    "only_in_text": "the only dated event of its kind and parties in its text",
    "only_in_corpus": "the only dated event of its kind and parties in all texts",
    "more_parties": "an event of the same kind and date of which it names some parties",
}
"""To what a report was joined: `event_mentions.event_link_method`."""
FLAGS: Mapping[str, str] = {
    "self_dyad": "a country with itself",
    "domestic": "between parties of one country",
    "implicit_party": "a party is understood, not named in the sentence",
    "hearsay": "told at second hand",
}
