"""The README tells the truth: its queries are run and its outputs compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import SEEDS
from kcpipe.tables import RELEASED, TABLES

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
RELEASE_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")
BLOCKS: list[tuple[str, str]] = BLOCK.findall(README.read_text())
PROGRAMS = [
    (code, output)
    for (language, code), (next_language, output) in pairwise(BLOCKS)
    if (language, next_language) == ("python", "text")
]
SESSIONS = [
    (command, output)
    for language, content in BLOCKS
    if language == "console"
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", content, re.MULTILINE)
]


@pytest.fixture(scope="module")
def folder(seed_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout after `make run`: seeds/ and output/."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "output").symlink_to(seed_output)
    (folder / "seeds").symlink_to(SEEDS)
    return folder


def test_there_are_examples() -> None:
    languages = {word for code, _ in PROGRAMS for word in ("duckdb", "pandas", "polars") if word in code}
    assert languages == {"duckdb", "pandas", "polars"}
    assert {command.split()[0] for command, _ in SESSIONS} >= {"make"}


@pytest.mark.parametrize(("code", "output"), PROGRAMS, ids=[code.split()[1] for code, _ in PROGRAMS])
def test_a_query_prints_what_the_readme_says(code: str, output: str, folder: Path) -> None:
    environment = {**os.environ, "COLUMNS": "120"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert result.returncode == 0, result.stderr
    assert _lines(result.stdout) == _lines(output)


@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_a_command_prints_what_the_readme_says(command: str, output: str, folder: Path) -> None:
    """A line of dots stands for lines left out. `make run` is the flow; here the same run without Prefect."""
    if command == "make test":
        assert output == ""  # it is what runs now
        return
    words = ["run", "seeds", "--output", "fresh"] if command == "make run" else command.split()[1:]
    result = subprocess.run(
        [sys.executable, "-m", "kcpipe", *words], capture_output=True, text=True, check=False, cwd=folder
    )
    assert result.returncode == 0, result.stderr
    printed = [RELEASE_ID.sub("ID", line.replace("fresh/", "output/")) for line in _lines(result.stdout)]
    position = 0
    for line in _lines(output):
        if line.strip() == "...":
            continue
        wanted = RELEASE_ID.sub("ID", line)
        assert wanted in printed[position:], f"not printed: {line}"
        position = printed.index(wanted, position) + 1


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_every_table_is_in_the_table_of_tables() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", README.read_text(), re.MULTILINE))
    assert rows == {name: TABLES[name].description for name in RELEASED}


def test_it_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 200
