"""The command line explains itself: panels, examples, exit codes, completion, and quickly."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from kcpipe.cli import app
from kcpipe.cli.app import PANELS
from test_cli import kcpipe

COMMANDS = typer.main.get_group(app).commands
ENDLESS = {"serve"}
"""Commands that print nothing at their end."""
HEAVY = (
    "ahocorasick_rs duckdb fsspec great_expectations jinja2 numpy pandas polars prefect pyarrow pydantic s3fs spacy "
    "sqlite3"
).split()


def script(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The console script as a shell starts it, under its own name."""
    code = "import sys; sys.argv[0] = 'kcpipe'; from kcpipe.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **environment}
    )


def test_the_help_groups_the_commands_in_the_order_of_the_work() -> None:
    printed = kcpipe("--help").stdout
    assert [panel for panel in re.findall(r"╭─ (.+?) ─", printed) if panel != "Options"] == list(PANELS)
    listed = re.findall(r"^│ (\w+) ", printed, re.MULTILINE)
    assert listed[:4] == ["init", "doctor", "run", "check"]
    assert set(listed) == set(COMMANDS)
    assert "Exit codes: 0 done or nothing new, 1 " in printed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_parses_exit_codes_and_json(name: str) -> None:
    command = COMMANDS[name]
    assert command.help is not None
    [example] = re.findall(r"^Example: kcpipe (.+)$", command.help, re.MULTILINE)
    words = shlex.split(example)
    assert words[0] == name
    command.make_context(name, words[1:])
    assert command.epilog is not None
    assert command.epilog.startswith("Exit codes: 0 ")
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options or name in ENDLESS


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import atexit, sys; sys.argv = ['kcpipe', '--help']; "
        f"atexit.register(lambda: print('loaded', sorted({set(HEAVY)} & set(sys.modules)))); "
        "from kcpipe.cli import main; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "loaded []"


def test_nothing_is_coloured_in_a_pipe(seed_output: Path) -> None:
    environment = dict.fromkeys(("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TTY_COMPATIBLE"), "")
    for command in (["--help"], ["events", "--output", str(seed_output)], ["releases", "--output", str(seed_output)]):
        result = script(*command, **environment)
        assert result.returncode == 0, result.stderr
        assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kcpipe ev", {"events"}),
        ("kcpipe diff 20", {"2024-03-01.1"}),
        ("kcpipe rollback la", {"latest"}),
        ("kcpipe events --country KW", {"KWT"}),
        ("kcpipe events --country CU", {"CUB", "CUW"}),
        ("kcpipe events --kind sign", {"sign_agreement"}),
        ("kcpipe events --type CONS", {"CONSULT"}),
        ("kcpipe events --status pl", {"planned"}),
        ("kcpipe tables event_l", {"event_links"}),
    ],
)
def test_the_shell_completes(line: str, offered: set[str], seed_output: Path) -> None:
    words = line.split()
    result = script(
        cwd=seed_output.parent,
        _KCPIPE_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
    )
    assert set(result.stdout.split()) == offered, result.stderr


def test_where_there_is_no_store_nothing_is_completed(tmp_path: Path) -> None:
    result = script(cwd=tmp_path, _KCPIPE_COMPLETE="complete_bash", COMP_WORDS="kcpipe diff 20", COMP_CWORD="2")
    assert (result.stdout.split(), result.stderr) == ([], "")
