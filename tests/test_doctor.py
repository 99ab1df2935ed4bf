"""The doctor: all well here, and each thing that may be wrong is found and says what to do."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from kcpipe import doctor, store
from kcpipe.doctor import Finding, examine
from kcpipe.settings import EventSettings, QualitySettings, Settings
from test_cli import kcpipe


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def found(what: str, output: Path, settings: Settings | None = None) -> Finding:
    return next(each for each in examine(output, settings or Settings()) if each.what == what)


def test_all_is_well_with_this_installation(seed_output: Path) -> None:
    findings = {each.what: each for each in examine(seed_output, Settings())}
    assert {each.level for each in findings.values() if each.what != "pins"} == {"ok"}, findings
    assert findings["reading"].found == doctor.SENTENCE
    assert findings["releases"].found.startswith("2024-03-01.1: 5 documents, ")


def test_the_command_says_it_line_by_line(seed_output: Path, tmp_path: Path) -> None:
    result = kcpipe("doctor", "--output", seed_output)
    assert result.returncode == 0, result.stdout
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("ok ")][:2] == [
        "Python",
        "packages",
    ]
    (tmp_path / "file").write_text("in the way")
    result = kcpipe("doctor", "--output", tmp_path / "file" / "output", "--json")
    assert result.returncode == 1
    assert [each["what"] for each in json.loads(result.stdout) if each["level"] == "fail"] == ["output"]


def test_broken_data_files_and_suites_are_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "peple.csv").write_text("person_id,source\n")
    settings = Settings(events=EventSettings(data=tmp_path / "data"))
    finding = found("data files", tmp_path, settings)
    assert finding.level == "fail"
    assert "peple.csv" in finding.found
    assert found("reading", tmp_path, settings).level == "fail"
    (tmp_path / "expectations").mkdir()
    settings = Settings(quality=QualitySettings(expectations=tmp_path / "expectations"))
    assert found("expectations", tmp_path, settings).level == "fail"


def test_a_package_outside_the_range_and_one_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["rich>=14", "rich<2", "no-such-package", 'no-such-extra; extra == "s3"']
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: asked)
    finding = found("packages", tmp_path)
    assert finding.level == "fail"
    assert "is not <2; no-such-package is missing" in finding.found
    assert "no-such-extra" not in finding.found


def test_a_package_that_is_not_as_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "rich==1.0 \\\n    --hash=sha256:00\n    # via kcpipe\nno-such-package==3\n"
        "typer==1 ; sys_platform == 'no-such-platform' \\\n    --hash=sha256:00\n"
    )
    monkeypatch.setattr(doctor, "LOCK", lock)
    finding = found("pins", tmp_path)
    assert finding.level == "warn"
    assert finding.found.endswith(", not 1.0")
    assert finding.found.startswith("rich ")
    monkeypatch.setattr(doctor, "LOCK", tmp_path / "missing")
    assert found("pins", tmp_path).level == "ok"


def test_a_store_that_another_process_works_on(tmp_path: Path) -> None:
    assert found("lock", tmp_path / "output").level == "ok"
    with store.lock(tmp_path / "output"):
        finding = found("lock", tmp_path / "output")
        assert finding.level == "warn"
        assert f"in use by process {os.getpid()} on " in finding.found
    assert found("lock", tmp_path / "output").level == "ok"


def test_a_damaged_release(seed_output: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(seed_output, tmp_path / "output", symlinks=True))
    manifest = output / "latest" / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text("{")
    finding = found("releases", output)
    assert (finding.level, "manifest.json is not JSON" in finding.found) == ("fail", True)


class Healthy(BaseHTTPRequestHandler):
    """Answers as a Prefect server does when asked for its health."""

    def do_GET(self) -> None:
        """True at /api/health, and something else elsewhere."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true" if self.path == "/api/health" else b"<html>")

    def log_message(self, format: str, *args: object) -> None:
        """Not on the tests' output."""


@pytest.fixture
def server() -> Iterator[str]:
    running = HTTPServer(("127.0.0.1", 0), Healthy)
    thread = Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_prefect_api_that_answers_and_one_that_does_not(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"{server}/api")
    assert found("Prefect", tmp_path).level == "ok"
    monkeypatch.setenv("PREFECT_API_URL", server)
    assert found("Prefect", tmp_path).level == "fail"
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert "does not answer" in found("Prefect", tmp_path).found
    monkeypatch.setenv("PREFECT_API_URL", "localhost:4200/api")
    assert found("Prefect", tmp_path).level == "fail"


def test_nothing_is_written(tmp_path: Path) -> None:
    list(examine(tmp_path / "output", Settings()))
    assert list(tmp_path.iterdir()) == []
