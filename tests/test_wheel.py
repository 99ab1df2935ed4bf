"""The wheel, installed in an empty environment far from the checkout: it runs, with all its data files."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import SEEDS

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `python -m build` would, without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel; the packages it needs are lent from this one."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    # A path in a .pth file comes behind the environment's own packages, and the .pth files there are not read: so the
    # checkout, which is installed here as editable, stays out.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "bin"


def run(binaries: Path, *command: str, cwd: Path) -> str:
    """What a program of the environment prints. Fails when it does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [str(binaries / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_it_holds_code_data_expectations_flows_and_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (
        ("src/kcpipe", "kcpipe"),
        ("flows", "kcpipe_flows"),
        ("expectations", "kcpipe/expectations"),
    ):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert len(files) > 1
        assert {f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" for path in files} <= names
    assert "kcpipe/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "seeds/", "src/", "docs/"))]


def test_it_runs_the_seeds_outside_the_checkout(binaries: Path, tmp_path: Path) -> None:
    where = "import kcpipe, kcpipe.quality as q; print(kcpipe.__file__, q.default_folder())"
    modules, suites = run(binaries, "python", "-c", where, cwd=tmp_path).split()
    for path in (modules, suites):
        assert Path(path).is_relative_to(binaries.parent)
    assert run(binaries, "kcpipe", "run", str(SEEDS), cwd=tmp_path).startswith("Published release ")
    told = run(binaries, "kcpipe", "events", "--kind", "establish_relations", "--from", "2024", cwd=tmp_path)
    assert "Cuba and South Korea established diplomatic relations on 14 February 2024." in told
    assert run(binaries, "kcpipe", "check", cwd=tmp_path).endswith(" checks hold\n")
    assert Path(tmp_path / "output" / "latest" / "quality" / "report.html").is_file()


def test_it_starts_projects_and_carries_the_flows(binaries: Path, tmp_path: Path) -> None:
    assert "kcpipe.toml" in run(binaries, "kcpipe", "init", "horn", cwd=tmp_path)
    flows = "from kcpipe_flows.corpus import corpus; print(corpus.name)"
    assert run(binaries, "python", "-c", flows, cwd=tmp_path) == "corpus\n"


def test_its_metadata_say_what_it_is(binaries: Path, tmp_path: Path) -> None:
    code = "from importlib.metadata import metadata as m; print(m('kcpipe')['License-Expression'], m('kcpipe')['Name'])"
    assert run(binaries, "python", "-c", code, cwd=tmp_path) == "Apache-2.0 kcpipe\n"
