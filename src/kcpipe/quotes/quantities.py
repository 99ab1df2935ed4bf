"""Quantities: amounts of money, shares, counts, ranks, frequencies and lengths of time, with what they count.

Most numbers in news are dates, ages, scores, addresses and names. A number becomes a quantity only by what stands
beside it: a currency, a percent sign, a unit of time, "times", or a noun that it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kcpipe.ids import span_id
from kcpipe.lexicon import on_borders
from kcpipe.quotes.numbers import Number, numbers
from kcpipe.quotes.objects import counted_noun, measured_noun, noun_of
from kcpipe.quotes.quantity_words import Quantity, QuantityWords
from kcpipe.quotes.reading import Reading
from kcpipe.quotes.shares import halves, share_of, vague_amounts
from kcpipe.syntax import Sentence, Token

_AMOUNT_LABELS = frozenset({"", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY", "DATE", "TIME"})
_PERCENT = re.compile(r"[ \u00a0]?%|[ -](?:percentage[ -]points?|percent|per[ -]cent|pct)\b")
_TIMES = re.compile(r" times\b(?! (?:as|more|less|larger|bigger|higher|lower|smaller|greater|faster|the)\b)")
_OF_ONE = re.compile(r"(?:half|third|quarter)s? of $")
"""Before "a million" this makes it another number, which nothing here works out."""
_UNIT_WORD = re.compile(r"[ -]([a-z]+)")
_MEASURE = re.compile(r"-([a-z]{3,})")
"""Behind a number, in "a 15-member council"."""
_RANGE = re.compile(
    r"(?P<unit>[a-z]{1,2}| ?%| percent| per cent)?(?P<link> ?[-–] ?| to | and )(?P<sign>[^\w\s-]{0,2}|[A-Z]{1,3}\$?)"
)
_DESCRIBING = frozenset({"amod", "appos", "acl", "relcl", "poss"})
_LARGE = 10
"""Under this "over" and its like are prepositions whatever the parser says: "flew over two islands"."""


def quantity_rows(document: Reading, words: QuantityWords) -> list[dict[str, Any]]:
    """The rows of `quantity_drafts` of one document, in the order of the text.

    `text` is the number with its bound, sign and unit, without what it counts. An exact amount has value, value_low
    and value_high alike; "about 30" has the value alone; "more than 30" only value_low; "nearly 30" only value_high;
    a range both bounds and no value. `unit` is the ISO 4217 code of money, "percent" or "percentage point", the unit
    of a length of time, "time" of a frequency; `unit_basis` is assumed where the word is shared by several currencies
    ("$", "won"). `object_text` is the noun counted with what stands between number and noun.
    """
    rows = []
    for sentence in document.sentences:
        for quantity in _quantities(document, sentence, words):
            raw = document.spans.to_raw(quantity.start, quantity.end)
            rows.append(
                {
                    "quantity_id": span_id("quantity", document.document_id, *raw, quantity.kind),
                    "document_id": document.document_id,
                    "char_start": quantity.start,
                    "char_end": quantity.end,
                    "text": document.text[quantity.start : quantity.end],
                    "quantity_kind": quantity.kind,
                    "value": quantity.value,
                    "value_low": quantity.low,
                    "value_high": quantity.high,
                    "unit": quantity.unit,
                    "unit_basis": quantity.unit_basis,
                    "object_text": quantity.object_span and document.text[slice(*quantity.object_span)],
                    "time_expression_id": quantity.time_expression_id,
                }
            )
    return rows


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number, or a range of two, in its place in the document."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    number: Number


def _quantities(document: Reading, sentence: Sentence, words: QuantityWords) -> list[Quantity]:
    text = document.text[sentence.start : sentence.end]
    found = []
    for amount in _amounts(sentence.start, text, words):
        if _touches_name(document, sentence, amount, words):
            continue
        quantity = (
            _share(document, sentence, amount, words)
            or _percent(document, sentence, amount, words)
            or _money(document, sentence, amount, words)
            or _timed(document, sentence, amount, words)
            or _counted(document, sentence, amount, words)
        )
        if quantity is not None and not _is_dated(document, quantity):
            found.append(_bounded(document, sentence, quantity, words))
    found += [_bounded(document, sentence, half, words) for half in halves(document, sentence, words)]
    found += vague_amounts(document, sentence, words)
    found = [_held_for(document, sentence, quantity) for quantity in found]
    found += _frequency_words(document, sentence, words)
    kept = [quantity for quantity in found if not any(_namescounted_noun(other, quantity) for other in found)]
    return sorted(kept, key=lambda quantity: (quantity.start, quantity.end))


def _namescounted_noun(other: Quantity, quantity: Quantity) -> bool:
    """Whether a number stands between another one and what that one counts: "five new 737 aircraft"."""
    return (
        other.kind == quantity.kind == "cardinal"
        and other.object_span is not None
        and other.end <= quantity.start
        and quantity.end <= other.object_span[1]
    )


def _amounts(offset: int, text: str, words: QuantityWords) -> list[_Amount]:
    """The numbers of a sentence, two that make a range as one."""
    found = numbers(text, words.numbers)
    amounts: list[_Amount] = []
    index = 0
    while index < len(found):
        first = found[index]
        second = found[index + 1] if index + 1 < len(found) else None
        index += 1
        joined = second is not None and _joined(text, first, second)
        if second is not None and joined:
            index += 1
            scale = _shared_scale(text, first, second, words)
            amounts.append(
                _Amount(offset + first.start, offset + second.end, first.value * scale, second.value, second)
            )
        else:
            amounts.append(_Amount(offset + first.start, offset + first.end, first.value, first.value, first))
    return amounts


def _joined(text: str, first: Number, second: Number) -> bool:
    """Whether two numbers are a range: "10 to 20 million", "3-5", "between $30m and $40m"."""
    between = _RANGE.fullmatch(text, first.end, second.start)
    if between is None or first.is_ordinal or second.is_ordinal or first.value >= second.value:
        return False
    before, sign, unit = text[: first.start].rstrip(), between["sign"], between["unit"] or ""
    if not before.endswith(sign) or not text.startswith(unit, second.end):
        return False
    before = before.removesuffix(sign).rstrip().lower()
    return before.endswith("between") if between["link"] == " and " else not before.endswith("from")


def _shared_scale(text: str, first: Number, second: Number, words: QuantityWords) -> int:
    """What "10 to 20 million" multiplies its first number by."""
    last_word = re.split("[ -]", text[second.start : second.end])[-1].lower()
    has_own = any(scale in text[first.start : first.end].lower() for scale in words.numbers.scales)
    scale = words.numbers.scales.get(last_word, 1)
    return 1 if has_own or first.value * scale >= second.value else scale


def _touches_name(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> bool:
    """Whether the number is part of a name, a code or a larger figure: F-16, 24-15, 10:30, 007, Group of Seven."""
    text = document.text
    before = text[amount.start - 1] if amount.start > sentence.start else " "
    two_before = text[amount.start - 2] if amount.start > sentence.start + 1 else " "
    after = text[amount.end] if amount.end < sentence.end else " "
    two_after = text[amount.end + 1] if amount.end + 1 < sentence.end else " "
    if words.currency_before.search(text[max(sentence.start, amount.start - 6) : amount.start]):
        before = " "
    if before.isalnum() or before in "#@_/\\+=&" or (before in "-–—.:," and two_before.isalnum()):
        return True
    if after in "@_/\\=&" or (after in "-–.:," and two_after.isdigit()):
        return True
    digits = text[amount.start : amount.end]
    if digits[0] == "0" and digits[1:2].isdigit():
        return True
    if digits[0] == "a" and _OF_ONE.search(text, max(sentence.start, amount.start - 12), amount.start):
        return True
    if amount.number.is_capitalised and amount.start != _first_letter(text, sentence):
        return True
    inside = sentence.within(amount.start, amount.end)
    if any(token.entity_label not in _AMOUNT_LABELS for token in inside):
        return True
    return any(
        mention["mention_kind"] == "name"
        and mention["char_start"] <= amount.start
        and amount.end <= mention["char_end"]
        for mention in document.mentions_near(amount.start)
    )


def _first_letter(text: str, sentence: Sentence) -> int:
    return next((at for at in range(sentence.start, sentence.end) if text[at].isalnum()), sentence.start)


def _is_dated(document: Reading, quantity: Quantity) -> bool:
    """Whether the number belongs to an expression of a date rather than of an amount."""
    return quantity.kind not in ("duration", "frequency") and any(
        time["char_start"] < quantity.end and quantity.start < time["char_end"]
        for time in document.times_near(quantity.start)
    )


def _share(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> Quantity | None:
    """A share told by a fraction, in per cent: "two-thirds of voters"."""
    text = document.text
    noun = words.share.match(text, amount.end + 1, sentence.end)
    start, part = amount.start, amount.high
    if amount.number.is_ordinal and re.search(
        r"\b[Aa][ -]$", text[max(sentence.start, amount.start - 3) : amount.start]
    ):
        # The parts are the number itself: "a fifth of". Those of "one fifth of" are the number before it.
        noun = words.share.match(text, amount.start, sentence.end)
        start, part = amount.start - len("a "), Decimal(1)
    if noun is None or noun["noun"] is None or part >= words.fractions[noun["noun"]]:
        return None
    return share_of(sentence, start, noun.end(), float(part), words.fractions[noun["noun"]], words)


def _percent(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> Quantity | None:
    match = _PERCENT.match(document.text, amount.end, sentence.end)
    if match is None or amount.number.is_ordinal:
        return None
    unit = "percentage point" if "point" in match.group() else "percent"
    end = match.end()
    noun = measured_noun(sentence, amount.start, end, words.idle_nouns)
    return _quantity(amount, "percent", amount.start, end, unit, "stated", noun)


def _money(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> Quantity | None:
    if amount.number.is_ordinal:
        return None
    text, start, end = document.text, amount.start, amount.end
    sign = words.currency_before.search(text[max(sentence.start, start - 6) : start])
    if sign is not None:
        start -= len(sign.group())
        factor, end = _short_scale(text, end, sentence.end, words)
        if factor is None:
            return None
        code, basis = words.currencies[sign.group(1)]
        noun = measured_noun(sentence, start, end, words.idle_nouns)
        return _quantity(amount, "money", start, end, code, basis, noun, factor)
    word = words.currency_after.match(text, end, sentence.end)
    if word is None or _is_verb_at(sentence, word.start(1)):
        return None
    code, basis = words.currencies[word.group(1)]
    end = word.end()
    return _quantity(amount, "money", start, end, code, basis, measured_noun(sentence, start, end, words.idle_nouns))


def _short_scale(text: str, end: int, limit: int, words: QuantityWords) -> tuple[int | None, int]:
    """The factor of "$3bn" and where it ends; None for a letter that is no scale."""
    last = end
    while last < limit and last < end + 4 and text[last].isalpha():
        last += 1
    if last == end:
        return 1, end
    return words.short_scales.get(text[end:last].lower()), last


def _is_verb_at(sentence: Sentence, offset: int) -> bool:
    """Whether the word there is a verb: "the team of 11 won"."""
    return any(token.is_verb and token.start == offset for token in sentence.tokens)


def _timed(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> Quantity | None:
    """A length of time ("64 years", "10-day") or how often ("three times")."""
    if amount.number.is_ordinal:
        return None
    text = document.text
    often = _TIMES.match(text, amount.end, sentence.end)
    if often is not None:
        quantity = _quantity(amount, "frequency", amount.start, often.end(), "time", "stated", None)
        return _with_time(document, quantity, ("SET", "DURATION"))
    unit = _UNIT_WORD.match(text, amount.end, sentence.end)
    if unit is None or unit.group(1) not in words.time_units:
        return None
    rest = text[unit.end() : sentence.end].lstrip(" -").lower()
    if any(rest.startswith(word) and on_borders(rest, 0, len(word)) for word in words.not_durations):
        return None
    covering = [
        t for t in document.times_near(amount.start) if t["char_start"] < unit.end() and amount.start < t["char_end"]
    ]
    if any(time["timex_type"] in ("DATE", "TIME") for time in covering):
        return None
    quantity = _quantity(amount, "duration", amount.start, unit.end(), words.time_units[unit.group(1)], "stated", None)
    return _with_time(document, quantity, ("DURATION",))


def _with_time(document: Reading, quantity: Quantity, timex_types: tuple[str, ...]) -> Quantity:
    """The same, tied to the expression of time whose words it shares."""
    return _replace(
        quantity,
        time_expression_id=next(
            (
                time["time_expression_id"]
                for time in document.times_near(quantity.start)
                if time["timex_type"] in timex_types
                and time["char_start"] < quantity.end
                and quantity.start < time["char_end"]
            ),
            None,
        ),
    )


def _held_for(document: Reading, sentence: Sentence, quantity: Quantity) -> Quantity:
    """The same, tied to the time it holds for: a rate right behind it ("a year"), else the one date of its clause."""
    is_definite = document.text[: quantity.start].endswith((" the ", "The ", " both "))
    if quantity.kind not in ("money", "percent", "cardinal") or is_definite:
        return quantity
    clause = _verb_over(sentence, quantity.start, quantity.end)
    times = [time for time in document.times_near(quantity.start) if time["timex_type"] in ("DATE", "SET")]
    rates = [
        time
        for time in times
        if time["timex_type"] == "SET" and document.text[quantity.end : time["char_start"]] in (" ", "-")
    ]
    told = rates or [
        time
        for time in times
        if time["timex_type"] == "DATE" and clause == _verb_over(sentence, time["char_start"], time["char_end"])
    ]
    return (
        _replace(quantity, time_expression_id=told[0]["time_expression_id"]) if clause and len(told) == 1 else quantity
    )


def _verb_over(sentence: Sentence, start: int, end: int) -> Token | None:
    """The verb of whose clause a span tells; none for what only describes a noun: "the deal, worth $3 million, was"."""
    token = sentence.covering(start, end)
    while token is not None and not token.is_verb:
        token = None if token.dependency in _DESCRIBING else sentence.head(token)
    return token


def _frequency_words(document: Reading, sentence: Sentence, words: QuantityWords) -> list[Quantity]:
    """ "twice" and its like, unless they compare ("twice as many")."""
    found = []
    for token in [token for token in sentence.tokens if token.lemma in words.frequencies]:
        behind = sentence.tokens[token.number + 1 : token.number + 2]
        if not any(other.lemma in ("as", "the", "that") for other in behind):
            value = float(words.frequencies[token.lemma])
            quantity = Quantity(token.start, token.end, "frequency", value, value, value, "time", "stated")
            found.append(_with_time(document, quantity, ("SET",)))
    return found


def _counted(document: Reading, sentence: Sentence, amount: _Amount, words: QuantityWords) -> Quantity | None:
    """A count or a rank, when the parse says of what."""
    inside = sentence.within(amount.start, amount.end)
    root = sentence.covering(amount.start, amount.end)
    touches_letter = document.text[amount.end : amount.end + 1].isalpha()
    if root is None or touches_letter or _is_label(sentence, inside[0], words):
        return None
    counted = counted_noun(sentence, inside, root, words.idle_nouns)
    if root.dependency == "npadvmod" and document.text.startswith("-strong ", amount.end):
        counted = noun_of(sentence, sentence.tokens[root.head])
    if counted is None:
        return None
    measure = _MEASURE.match(document.text, amount.end, sentence.end)
    if measure is not None and measure[1] != "strong":
        counted = measure.span(1)
    noun = sentence.touching(*counted)[-1]
    if amount.number.is_ordinal:
        return _rank(document, sentence, amount, root, noun, counted, words)
    is_plural = noun.tag.endswith("S") or noun.lemma in words.invariant_nouns
    # "the 787", "their 737 airliner", "the 2016 vote": digits before a single thing are its name or its year.
    if amount.number.is_bare and not is_plural and measure is None and noun.start > amount.end:
        return None
    if amount.number.is_bare and 1000 <= amount.number.value < 2200 and noun.start < amount.start:
        return None
    if (
        noun.lemma in words.time_units
        or noun.lemma in words.fractions
        or (amount.number.value == 1 and not amount.number.is_bare)
    ):
        return None
    return _quantity(amount, "cardinal", amount.start, amount.end, None, None, counted)


def _rank(
    document: Reading,
    sentence: Sentence,
    amount: _Amount,
    root: Token,
    noun: Token,
    counted: tuple[int, int],
    words: QuantityWords,
) -> Quantity | None:
    """A rank; "a third country" is merely another one, and "38th Parallel" a name."""
    is_in_digits = document.text[amount.start].isdigit()
    sisters = sentence.children(sentence.tokens[root.head])
    is_definite = any(
        (s.dependency == "det" and s.lemma in ("the", "this", "that")) or s.dependency == "poss"
        for s in sisters
        if s.start < amount.start
    )
    if noun.tag.startswith("NNP") or noun.lemma in words.not_ranked or not (is_in_digits or is_definite):
        return None
    return _quantity(amount, "ordinal", amount.start, amount.end, None, None, counted)


def _is_label(sentence: Sentence, first: Token, words: QuantityWords) -> bool:
    """Whether the word before makes the number a name: "No. 1", "Article 5", "Operation 007", "July 5"."""
    before = [token for token in sentence.tokens[max(first.number - 2, 0) : first.number] if token.is_word]
    return bool(before) and before[-1].lemma.rstrip(".") in words.labels


def _quantity(
    amount: _Amount,
    kind: str,
    start: int,
    end: int,
    unit: str | None,
    unit_basis: str | None,
    object_span: tuple[int, int] | None,
    factor: int = 1,
) -> Quantity:
    low, high = float(amount.low * factor), float(amount.high * factor)
    value = high if low == high else None
    return Quantity(start, end, kind, value, low, high, unit, unit_basis, object_span)


def _replace(quantity: Quantity, **changes: Any) -> Quantity:
    values = {name: getattr(quantity, name) for name in Quantity.__slots__}
    return Quantity(**(values | changes))


def _bounded(document: Reading, sentence: Sentence, quantity: Quantity, words: QuantityWords) -> Quantity:
    """The same with what the words before it say: "more than", "about", "up to"."""
    if quantity.kind == "ordinal" or quantity.value is None:
        return quantity
    before = document.text[sentence.start : quantity.start].rstrip()
    for phrase, kind in words.bounds:
        at = len(before) - len(phrase)
        if at < 0 or before[at:].lower() != phrase or not on_borders(before, at, len(before)):
            continue
        start = sentence.start + at
        value = quantity.value
        is_coded = document.text[quantity.start].isalpha() and quantity.kind == "money"  # "over USD 3 million"
        if phrase in words.prepositions and (value < _LARGE or not (is_coded or _modifies_number(sentence, start))):
            return quantity
        if kind == "exact":
            return quantity
        if kind == "approximate":
            return _replace(quantity, start=start, low=None, high=None)
        if kind in ("above", "at_least"):
            return _replace(quantity, start=start, value=None, high=None, low=value)
        return _replace(quantity, start=start, value=None, low=None, high=value)
    return quantity


def _modifies_number(sentence: Sentence, offset: int) -> bool:
    return any(
        token.start == offset and token.dependency in ("quantmod", "advmod", "amod", "det") for token in sentence.tokens
    )
