"""Gazetteers load strictly; the matcher keeps to token borders, takes the longest, and counts in code points."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcpipe import lexicon
from kcpipe.lexicon import Keywords, LexiconError, Match, Matcher


def found(patterns: list[str], text: str, **options: bool) -> list[str]:
    return [text[match.start : match.end] for match in Matcher({p: p for p in patterns}, **options).find(text)]


def test_a_word_is_not_found_inside_another() -> None:
    assert found(["assad"], "the ambassador met assad, assad's man", ignore_case=True) == ["assad", "assad"]


def test_the_longest_of_overlapping_names_counts() -> None:
    text = "South Korean and North Korea; Papua New Guinea"
    assert found(["Korea", "North Korea", "South Korean", "Guinea", "Papua New Guinea"], text) == [
        "South Korean",
        "North Korea",
        "Papua New Guinea",
    ]


def test_case_counts_unless_told_otherwise() -> None:
    assert found(["US"], "US told us") == ["US"]
    assert found(["US"], "US told us", ignore_case=True) == ["US", "us"]


def test_offsets_are_code_points_even_behind_letters_that_grow_in_lower_case() -> None:
    text = "İİİ 🙂 café Cuba 쿠바 韓-쿠바"
    matches = Matcher({"cuba": "a", "쿠바": "b", "韓": "c"}, ignore_case=True).find(text)
    assert [(text[m.start : m.end], m.value) for m in matches] == [
        ("Cuba", "a"),
        ("쿠바", "b"),
        ("韓", "c"),
        ("쿠바", "b"),
    ]


def test_a_name_that_ends_in_a_stop_is_found_at_the_end_and_before_a_word() -> None:
    assert found(["U.S."], "the U.S. and U.S.-led forces of the U.S.") == ["U.S."] * 3


def test_no_pattern_finds_nothing() -> None:
    assert Matcher[str]({}).find("Cuba") == []


def test_keywords_stand_wherever_their_letters_do_in_their_case() -> None:
    keywords = Keywords(["Party", " party", "©"])
    assert [keywords.stand_in(text) for text in ("the Partying", "a party", "party", "PARTY", "© 2024", "")] == [
        *(True, True, False),
        *(False, True, False),
    ]
    assert not Keywords([]).stand_in("Cuba")


words = st.text(alphabet="ab -.", min_size=1, max_size=4).filter(str.strip)


@given(st.lists(words, min_size=1, max_size=5), st.text(alphabet="ab -.", max_size=30))
def test_matches_are_what_a_plain_search_from_left_to_right_finds(patterns: list[str], text: str) -> None:
    expected: list[Match[str]] = []
    position = 0
    while position < len(text):
        fitting = [
            p
            for p in patterns
            if text.startswith(p, position) and lexicon.on_borders(text, position, position + len(p))
        ]
        if fitting:
            longest = max(fitting, key=len)
            expected.append(Match(position, position + len(longest), longest))
            position += len(longest)
        else:
            position += 1
    assert Matcher({p: p for p in patterns}).find(text) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,note\nCuba,x\n", "no column 'source'"),
        ("name,source\nCuba\n", "broken.csv:2: 2 columns are due"),
        ("name,source\nCuba,ISO,more\n", "broken.csv:2: 2 columns are due"),
        ("name,source\nCuba,\n", "must be filled"),
        ("name,source\n ,ISO\n", "must be filled"),
        ("name,source\nCuba,ISO\nPeru,ISO\nCuba,ISO\n", "broken.csv:4: the same row stands at line 2"),
    ],
)
def test_a_broken_csv_is_refused_with_file_and_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "broken.csv").write_text(content)
    with pytest.raises(LexiconError, match=message):
        lexicon.load("broken", tmp_path)


def test_broken_toml_bytes_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("a = ")
    (tmp_path / "latin.csv").write_bytes(b"name,source\ncaf\xe9,x\n")
    for name in ("rules", "latin", "nothing"):
        with pytest.raises(LexiconError, match=name):
            lexicon.load(name, tmp_path)


def test_a_lexicon_is_known_by_its_bytes(tmp_path: Path) -> None:
    for folder, source in (("a", "ISO"), ("b", "ISO"), ("c", "me")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(f"name,source\nCuba,{source}\n")
    a, b, c = (lexicon.load("x", tmp_path / folder) for folder in "abc")
    assert a == b
    assert a != c
    assert a.digest != c.digest
    assert [dict(row) for row in a.rows] == [{"name": "Cuba", "source": "ISO"}]


def test_every_data_file_of_the_project_loads() -> None:
    for path in lexicon.DATA.iterdir():
        assert lexicon.load(path.stem).digest
