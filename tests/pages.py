"""What a page of documentation claims to print, and what is really printed.

A block of Python or SQL followed by a block of text is a program and its output. A block of a console is a session:
lines that begin with `$` are commands, the lines below what they print, a line of dots stands for what is left out.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANSWERED = re.compile(r"^```(python|sql)\n(.*?)^```\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
VARIES = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+|(?<=^Took     )\d+(?= s$)")
"""The id of a release, the seconds that a run took."""
ASK = "import sys, kcpipe; kcpipe.open('output').duckdb().sql(sys.stdin.read()).show(max_width=120)"


@dataclass(frozen=True)
class Program:
    """A block of Python or SQL of a page, and the output told below it (None: it is not told)."""

    page: str
    language: str
    code: str
    output: str | None

    @property
    def name(self) -> str:
        """For the list of tests."""
        return f"{self.page}: {' '.join(self.code.split()[:6])}"


@dataclass(frozen=True)
class Command:
    """A command of a console on a page, and what is told of its output."""

    page: str
    line: str
    output: str

    @property
    def name(self) -> str:
        """For the list of tests."""
        return f"{self.page}: {self.line}"


def checkout(folder: Path, output: Path, seeds: Path) -> Path:
    """A folder like a checkout after `make run`: seeds/ and output/."""
    folder.mkdir()
    (folder / "output").symlink_to(output)
    (folder / "seeds").symlink_to(seeds)
    return folder


def programs(page: Path) -> Iterator[Program]:
    """The blocks of Python and SQL."""
    blocks = [*BLOCK.findall(page.read_text()), ("", "")]
    for (language, code), (following, output) in pairwise(blocks):
        if language in ("python", "sql"):
            yield Program(page.name, language, code, output if following == "text" else None)


def commands(page: Path) -> Iterator[Command]:
    """The commands of the consoles; one that ends in a backslash or opens a document goes on in the next lines."""
    for language, content in BLOCK.findall(page.read_text()):
        if language == "console":
            for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
                yield Command(page.name, *_parted(part))


def _parted(part: str) -> tuple[str, str]:
    """The command and its output."""
    lines = part.splitlines(keepends=True)
    last = 0
    if document := re.search(r"<<\s*'?(\w+)'?", lines[0]):
        last = next(number for number, line in enumerate(lines) if line.strip() == document[1])
    return "".join(lines[: last + 1]).rstrip("\n"), "".join(lines[last + 1 :])


def run(program: Program, folder: Path) -> str:
    """What a program prints in a folder with an output folder in it. Fails when it does."""
    code = program.code if program.language == "python" else ASK
    given = None if program.language == "python" else program.code
    environment = {**os.environ, "COLUMNS": "120"}
    result = subprocess.run(
        [sys.executable, "-c", code],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of a console, run by a shell that finds `kcpipe` and `python`."""
    binaries = folder.parent / "binaries"
    binaries.mkdir(exist_ok=True)
    for name, arguments in (("kcpipe", "-m kcpipe "), ("python", "")):
        (binaries / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {arguments}"$@"\n')
        (binaries / name).chmod(0o755)
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
    )


def lines(text: str) -> list[str]:
    """The lines that are not empty, without the white space at their ends."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def not_printed(told: str, printed: str) -> list[str]:
    """The lines told that are not printed in that order; dots stand for lines left out; what varies may."""
    found = [VARIES.sub("_", line) for line in lines(printed)]
    position = 0
    missing = []
    for line in lines(told):
        wanted = VARIES.sub("_", line)
        if line.strip() == "...":
            continue
        if wanted in found[position:]:
            position = found.index(wanted, position) + 1
        else:
            missing.append(line)
    return missing


def rewritten(page: Path, folder: Path) -> str:
    """The page with the outputs of its programs as they are printed now."""

    def printed(found: re.Match[str]) -> str:
        output = "\n".join(lines(run(Program(page.name, found[1], found[2], None), folder)))
        return f"```{found[1]}\n{found[2]}```\n```text\n{output}\n```"

    return ANSWERED.sub(printed, page.read_text())
