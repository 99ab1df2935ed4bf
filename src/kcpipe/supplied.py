"""What comes with a record in words of its own, in the terms of the tables: outlets and languages by their one name."""

from __future__ import annotations

import re
from functools import lru_cache

from kcpipe.lexicon import Lexicon

_SUBTAG = re.compile(r"[-_,;\s]")


def outlet_name(words: str, outlets: Lexicon) -> str:
    """The name of an outlet in the gazetteer; the words themselves when it does not know them.

    outlets: the lexicon of that name. Case, white space and a leading "the" do not matter.
    """
    names = _outlet_names(outlets)
    folded = _folded(words)
    return names.get(folded) or names.get(folded.removeprefix("the ")) or words


@lru_cache(maxsize=2)
def _outlet_names(outlets: Lexicon) -> dict[str, str]:
    return {_folded(alias): row["name"] for row in outlets.rows for alias in (row["name"], row["alias"])}


def language_code(words: str, languages: Lexicon) -> str | None:
    """The ISO 639-1 code of a language given as "en", "en-US", "eng", "eng_Latn" or "English"; None for anything else.

    languages: the lexicon of that name. Of several codes ("eng,fra") the first counts.
    """
    known = _language_codes(languages)
    folded = _folded(words)
    return known.get(folded) or known.get(_SUBTAG.split(folded, maxsplit=1)[0])


@lru_cache(maxsize=2)
def _language_codes(languages: Lexicon) -> dict[str, str]:
    spellings = ("name", "bibliographic", "alpha_3", "code")
    return {row[spelling].casefold(): row["code"] for spelling in spellings for row in languages.rows}


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())
