"""What comes with a record, in the terms of the tables."""

from __future__ import annotations

import pytest

from kcpipe import lexicon
from kcpipe.supplied import language_code, outlet_name


@pytest.mark.parametrize("words", ["Donga", "dong-a  ilbo", "THE DONG-A ILBO", "The Donga", "donga.com"])
def test_an_outlet_goes_by_one_name(words: str) -> None:
    assert outlet_name(words, lexicon.load("outlets")) == "The Dong-A Ilbo"


def test_an_unknown_outlet_keeps_its_words() -> None:
    assert outlet_name("The Valley Gazette", lexicon.load("outlets")) == "The Valley Gazette"


@pytest.mark.parametrize("words", ["en", "EN", "en-US", "en_GB", "eng", "eng_Latn", "English", " english ", "eng,fra"])
def test_english_has_many_spellings(words: str) -> None:
    assert language_code(words, lexicon.load("languages")) == "en"


@pytest.mark.parametrize(("words", "code"), [("ger", "de"), ("deu", "de"), ("zh-Hans", "zh"), ("kor", "ko")])
def test_languages_by_their_codes(words: str, code: str) -> None:
    assert language_code(words, lexicon.load("languages")) == code


@pytest.mark.parametrize("words", ["", "-", "unknown", "xx", "the English language"])
def test_what_is_no_language_is_none(words: str) -> None:
    assert language_code(words, lexicon.load("languages")) is None
