"""The documentation is true: what it says is printed is printed, its commands exist, its pages and links hold.

Run as a program this writes the outputs of programs and the generated page anew.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from importlib import util
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer.main

import pages
from conftest import NOW, SEEDS
from kcpipe import pipeline
from kcpipe.cli import app
from kcpipe.settings import Settings

DOCS = pages.ROOT / "docs"
DOC_PAGES = sorted(DOCS.glob("*.md"))
EVERY_PAGE = [*DOC_PAGES, *sorted(pages.ROOT.glob("*.md"))]
PROGRAMS = [program for page in DOC_PAGES for program in pages.programs(page)]
COMMANDS = [command for page in DOC_PAGES if page.name != "tutorial.md" for command in pages.commands(page)]


@pytest.fixture(scope="module")
def folder(seed_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout after `make run`: seeds/ and output/."""
    return pages.checkout(tmp_path_factory.mktemp("docs") / "checkout", seed_output, SEEDS)


# --- what is printed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_a_program_prints_what_the_page_says(program: pages.Program, folder: Path) -> None:
    """One of which no output is told needs what only the reader has; it must be Python at least."""
    if program.output is not None:
        assert pages.lines(pages.run(program, folder)) == pages.lines(program.output)
    elif program.language == "python":
        compile(program.code, program.page, "exec")


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_a_command_exists_and_prints_what_the_page_says(command: pages.Command, folder: Path) -> None:
    """Where nothing is told of the output it may need inputs that only the reader has: it must be a command at all."""
    program, name, *words = shlex.split(command.line)
    if command.output:
        printed = pages.shell(command.line, folder)
        assert printed.returncode == 0, printed.stderr
        assert pages.not_printed(command.output, printed.stdout) == []
    elif program == "kcpipe":
        typer.main.get_group(app).commands[name].make_context(name, words)
    else:
        assert program in ("cd", "marimo", "pip", "prefect", "python"), command.line


def test_the_tutorial_works_word_by_word_in_an_empty_folder(tmp_path: Path) -> None:
    here = tmp_path / "empty"
    here.mkdir()
    commands = list(pages.commands(DOCS / "tutorial.md"))
    assert len(commands) > 8
    for command in commands:
        if command.line.startswith("cd "):
            here = here / command.line.split()[1]
            continue
        if command.line.startswith("kcpipe serve"):  # it would run until stopped
            typer.main.get_group(app).commands["serve"].make_context("serve", shlex.split(command.line)[2:])
            continue
        if command.line.startswith(("prefect ", "export ")):  # tests/test_scheduling.py starts a server
            continue
        printed = pages.shell(command.line, here)
        assert printed.returncode == 0, command.line + printed.stderr + printed.stdout
        assert pages.not_printed(command.output, printed.stdout) == [], command.line + printed.stdout


# --- the pages ----------------------------------------------------------------------------------------------------


def _dictionary() -> str:
    spec = util.spec_from_file_location("dictionary", DOCS / "dictionary.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: str = module.page()
    return made


def test_the_dictionary_is_that_of_the_tables() -> None:
    assert (DOCS / "dictionary.md").read_text() == _dictionary(), "run python docs/dictionary.py"


def test_every_command_is_on_its_page() -> None:
    told = {word for words in re.findall(r"^\| (`.+?) \|", (DOCS / "commands.md").read_text(), re.MULTILINE)
            for word in re.findall(r"`(\w+)", words)}  # fmt: skip
    assert told == set(typer.main.get_group(app).commands)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built by the strict rules: a broken link or anchor fails."""
    here = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, here / "docs")
    (here / "zensical.toml").write_text((pages.ROOT / "zensical.toml").read_text())
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, capture_output=True, text=True, check=False, cwd=here)
    assert built.returncode == 0, built.stdout + built.stderr
    return here / "build" / "docs"


class _Links(HTMLParser):
    """What a page points to, what it loads, and the anchors it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every tag."""
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in given:
            self.loaded.append(given["src"])
        elif tag == "link" and given.get("rel") not in ("canonical", "next", "prev", "alternate"):
            self.loaded.append(given["href"])


def test_every_page_is_built_and_every_link_leads_somewhere(site: Path) -> None:
    parsed = {path.name: _Links(path.read_text()) for path in site.glob("*.html")}
    assert set(parsed) == {page.with_suffix(".html").name for page in DOC_PAGES} | {"404.html"}
    for name, page in parsed.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or name == "404.html":
                continue
            target = parts.path or name
            assert (site / unquote(target)).exists(), (name, link)
            if parts.fragment and target.endswith(".html"):
                assert unquote(parts.fragment) in parsed[Path(target).name].anchors | {"__toc"}, (name, link)


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        outside = [each for each in _Links(path.read_text()).loaded if urlsplit(each).netloc]
        assert outside == [], path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?https?://|@import", path.read_text()), path.name


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r'"([\w-]+\.md)"', (pages.ROOT / "zensical.toml").read_text())
    assert sorted(listed) == [page.name for page in DOC_PAGES]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_the_links_between_files_hold(page: Path) -> None:
    """As the files are read in the repository, before any site is built."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        parts = urlsplit(target)
        if not parts.scheme and parts.path:
            assert (page.parent / parts.path).exists(), target


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_the_files_that_a_page_names_are_there(page: Path) -> None:
    for name in re.findall(
        r"`((?:src|tests|flows|benchmarks|docs|expectations|seeds|notebooks)/[^`\s]+?)[`:]", page.read_text()
    ):
        if not set("<>*{}").intersection(name):
            assert (pages.ROOT / name).exists(), name


def _rewrite() -> None:
    """Write the outputs of programs, and the generated page, as they are now."""
    with tempfile.TemporaryDirectory() as made:
        pipeline.run([SEEDS], Path(made) / "output", Settings(), now=NOW)
        for page in pages.PAGES:
            page.write_text(pages.rewritten(page, Path(made)), encoding="utf-8")
    (DOCS / "dictionary.md").write_text(_dictionary(), encoding="utf-8")


if __name__ == "__main__":
    _rewrite()
