"""Whose holiday and whose fiscal year it is, by what the text names: the words alone do not say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kcpipe.dates.grammar import Reading
from kcpipe.intervals import parse
from kcpipe.lexicon import Lexicons

_FISCAL = re.compile(r"FY\d{4}(?:-[QH]\d)?")


@dataclass(frozen=True)
class Owners:
    """The countries that keep a holiday on days of their own, and the governments whose fiscal years are known."""

    keepers: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]
    governments: Sequence[tuple[str, re.Pattern[str]]]
    private: re.Pattern[str]

    @classmethod
    def of(cls, lexicons: Lexicons) -> Owners:
        """From the lexicons `date_words` (its sections countries, fiscal_years, private_years) and `holidays`."""
        rules = lexicons["date_words"].rules
        names = rules["countries"]["names"]
        found: dict[str, dict[str, re.Pattern[str]]] = {}
        for row in lexicons["holidays"].rows:
            if (code := row["country_code"]) in names:
                found.setdefault(row["holiday"], {})[code] = re.compile(rf"\b(?:{'|'.join(names[code])})")
        keepers = {holiday: sorted(countries.items()) for holiday, countries in found.items() if len(countries) > 1}
        governments = [(code, _any_word(row["owners"])) for code, row in sorted(rules["fiscal_years"].items())]
        return cls(keepers, governments, _any_word(rules["private_years"]["words"]))

    def owned(self, reading: Reading, text: str, sentence: str) -> Reading:
        """The reading with its owner's country code at its end, where the text or the sentence tells that one."""
        holiday = reading.symbolic.rpartition("holiday=")[2]
        if holiday in self.keepers:
            code = self._keeper(holiday, text)
        elif _FISCAL.fullmatch(reading.symbolic):
            code = self._government(sentence)
        else:
            return reading
        if code is None:
            return reading
        symbolic = f"{reading.symbolic}_{code}"
        return replace(reading, symbolic=symbolic, expression=parse(symbolic))

    def _keeper(self, holiday: str, text: str) -> str | None:
        """Of the countries that keep it, the one which the text names at least twice as often as the others."""
        counts = sorted(((len(pattern.findall(text)), code) for code, pattern in self.keepers[holiday]), reverse=True)
        return counts[0][1] if counts[0][0] >= max(1, 2 * counts[1][0]) else None

    def _government(self, sentence: str) -> str | None:
        """The only government that the sentence names, when it names nothing that has fiscal years of its own."""
        named = [code for code, pattern in self.governments if pattern.search(sentence)]
        return named[0] if len(named) == 1 and not self.private.search(sentence) else None


def _any_word(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")
