"""How far a report can be trusted: the less its words tell, the less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from kcpipe.events.participants import Party
from kcpipe.syntax import Token

WHOLE = 0.98
"""The share of right reports among those that lack nothing."""
FACTORS = {
    "main_clause": 0.92,
    "other_side": 0.77,
    "country": 0.8,
    "words": 0.99,
}
"""What that share is multiplied by where something is lacking; `benchmarks/confidence.py` fits all these figures."""


def lacking(predicate: Token, parties: Sequence[Party]) -> Iterator[str]:
    """What a report lacks, by the names of FACTORS.

    It may stand in a clause of its own under the sentence's main one, name one side only, name somebody whose country
    the words do not tell, or leave a party to be understood.
    """
    if predicate.dependency != "ROOT":
        yield "main_clause"
    if len({party.side for party in parties}) < 2:
        yield "other_side"
    if not all(party.country_code for party in parties):
        yield "country"
    if any(party.is_implicit for party in parties):
        yield "words"


def confidence(lacks: Iterable[str]) -> float:
    """The share of reports that lack as much and are right, to three places; it falls with all that is lacking."""
    return round(WHOLE * prod(FACTORS[name] for name in lacks), 3)
