"""The README tells the truth: its queries are run and its outputs compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pages
from conftest import SEEDS
from kcpipe.tables import RELEASED, TABLES

README = pages.ROOT / "README.md"
PROGRAMS = [program for program in pages.programs(README) if program.output is not None]
COMMANDS = list(pages.commands(README))


@pytest.fixture(scope="module")
def folder(seed_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout after `make run`: seeds/ and output/."""
    return pages.checkout(tmp_path_factory.mktemp("readme") / "checkout", seed_output, SEEDS)


def test_there_are_examples() -> None:
    languages = {word for program in PROGRAMS for word in ("duckdb", "pandas", "polars") if word in program.code}
    assert languages == {"duckdb", "pandas", "polars"}
    assert {command.line.split()[0] for command in COMMANDS} >= {"make"}


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_a_query_prints_what_the_readme_says(program: pages.Program, folder: Path) -> None:
    assert pages.lines(pages.run(program, folder)) == pages.lines(program.output or "")


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_a_command_prints_what_the_readme_says(command: pages.Command, folder: Path) -> None:
    """`make run` is the flow; here the same run without Prefect."""
    if command.line == "make test":
        assert command.output == ""  # it is what runs now
        return
    line = "kcpipe run seeds --output fresh" if command.line == "make run" else command.line
    printed = pages.shell(line, folder)
    assert printed.returncode == 0, printed.stderr
    assert pages.not_printed(command.output, printed.stdout.replace("fresh/", "output/")) == []


def test_every_table_is_in_the_table_of_tables() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", README.read_text(), re.MULTILINE))
    assert rows == {name: TABLES[name].description for name in RELEASED}


def test_it_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 200
