"""Scheduling without a server: what docs/scheduling.md and docs/systemd/ say is run; `serve` refuses in one line."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from conftest import SEEDS
from kcpipe.settings import Settings
from test_cli import assert_one_line, kcpipe

ROOT = Path(__file__).parents[1]
UNITS = ROOT / "docs" / "systemd"


@pytest.fixture(scope="module")
def installation(seed_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the units take for /srv/kcpipe: a virtual environment, the articles, an output with their release."""
    folder = tmp_path_factory.mktemp("srv")
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("kcpipe", "prefect"):
        program = folder / ".venv" / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {name} "$@"\n')
        program.chmod(0o755)
    (folder / "seeds").symlink_to(SEEDS)
    shutil.copytree(seed_output, folder / "output", symlinks=True)
    return folder


def unit(name: str, installation: Path) -> Mapping[str, str]:
    """The section [Service] of a unit, as if it lay in the installation."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text().replace("/srv/kcpipe", str(installation)))
    return parser["Service"]


def test_the_unit_of_one_run_runs(installation: Path) -> None:
    service = unit("kcpipe.service", installation)
    result = subprocess.run(
        shlex.split(service["ExecStart"]), cwd=service["WorkingDirectory"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Nothing new: release ")


def test_the_line_of_a_crontab_runs(installation: Path) -> None:
    [line] = re.findall(r"^0 6 \* \* \* (.*)$", (ROOT / "docs" / "scheduling.md").read_text(), re.MULTILINE)
    command = line.replace("/srv/kcpipe", str(installation))
    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Nothing new: release ")


def test_the_unit_that_serves_asks_for_its_server(installation: Path) -> None:
    """Everything in its command is understood: only the server is missing."""
    service = unit("kcpipe-serve.service", installation)
    assert "Environment=PREFECT_API_URL=" in (UNITS / "kcpipe-serve.service").read_text()
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    result = subprocess.run(
        shlex.split(service["ExecStart"]),
        cwd=service["WorkingDirectory"],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "PREFECT_HOME": str(installation)},
    )
    assert_one_line(result, 2, "serving needs a Prefect server", "PREFECT_API_URL")


def test_systemd_understands_the_units(installation: Path, tmp_path: Path) -> None:
    """Where there is systemd; elsewhere that every unit names a program that is there."""
    for path in UNITS.iterdir():
        text = path.read_text().replace("/srv/kcpipe", str(installation)).replace("User=kcpipe\n", "")
        (tmp_path / path.name).write_text(text)
        for program in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            assert os.access(program, os.X_OK)
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_the_deployment_does_what_the_documentation_says() -> None:
    [deployment] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert (ROOT / deployment["entrypoint"].partition(":")[0]).is_file()
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    assert Settings().flow.overlap == "cancel"
    assert deployment["schedules"] == [{"slug": "daily", "cron": "0 6 * * *", "timezone": "Europe/Paris"}]


def test_serve_wants_to_know_when() -> None:
    assert_one_line(kcpipe("serve", SEEDS), 2, "--cron", "--watch")


def test_serve_wants_inputs_that_are_there(tmp_path: Path) -> None:
    assert_one_line(kcpipe("serve", tmp_path / "nowhere", "--cron", "0 6 * * *"), 2, "nowhere")
    assert_one_line(kcpipe("serve", "--watch", tmp_path / "nowhere"), 2, "cannot watch", "nowhere")


def test_settings_are_shown_with_their_origin(tmp_path: Path) -> None:
    (tmp_path / "kcpipe.toml").write_text('[run]\nbatch_size = 8\n[notify]\nwebhook = "https://example.org/geheim"\n')
    result = kcpipe("settings", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Settings of kcpipe.toml\n")
    assert re.search(r"^run\.batch_size +8 +file +Documents per batch", result.stdout, re.MULTILINE)
    assert re.search(r"^notify\.webhook +\*{6} +file ", result.stdout, re.MULTILINE)
    assert re.search(r"^notify\.on +stopped, failed +default ", result.stdout, re.MULTILINE)
    as_json = kcpipe("settings", "--json", cwd=tmp_path)
    assert '"file": "kcpipe.toml"' in as_json.stdout
    assert "geheim" not in result.stdout + as_json.stdout


def test_a_file_that_is_found_is_named(seed_output: Path, tmp_path: Path) -> None:
    (tmp_path / "kcpipe.toml").write_text("[run]\nbatch_size = 8\n")
    lines = kcpipe("run", SEEDS, "--output", seed_output, cwd=tmp_path).stdout.splitlines()
    assert lines[-1] == "Settings kcpipe.toml, found in this folder"
    (tmp_path / "kcpipe.toml").write_text("[run]\nbatch = 8\n")
    assert_one_line(kcpipe("run", SEEDS, "--output", seed_output, cwd=tmp_path), 2, "kcpipe.toml: run.batch")


def test_a_wheel_carries_the_flows(tmp_path: Path) -> None:
    """Without a checkout around it, `serve` finds them under another name."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    code = "from kcpipe.cli import serving; print(serving._flows().__file__)"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]),
    }
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.stdout.strip() == str(tmp_path / "site" / "kcpipe_flows" / "serving.py"), result.stderr
