"""The seeds are built once a session; most tests read that release."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import settings
from selenium import webdriver

from kcpipe import pipeline, quality, release
from kcpipe.settings import EventSettings, QualitySettings, Settings
from kcpipe.tables import RELEASED, TABLES, build

# The same examples on every machine: what Hypothesis finds elsewhere is added as an @example.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

SEEDS = Path(__file__).parents[1] / "seeds"
NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def seed_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with one release of the seeds."""
    output = tmp_path_factory.mktemp("seeds") / "output"
    outcome = pipeline.run([SEEDS], output, Settings(), now=NOW)
    assert outcome.status == "published", outcome
    return output


@pytest.fixture(scope="session")
def seeds(seed_output: Path) -> dict[str, pa.Table]:
    """Every table of the seeds' release."""
    return release.find(seed_output).tables()


@pytest.fixture(scope="session")
def source_names(seeds: dict[str, pa.Table]) -> dict[str, str]:
    """The first three characters of the file's name, by document_id."""
    return {row["document_id"]: row["source_name"][:3] for row in seeds["documents"].to_pylist()}


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> QualitySettings:
    """The project's suites, each with its first row count or else its first expectation."""
    folder = tmp_path_factory.mktemp("suites")
    for path in quality.default_folder().glob("*.json"):
        suite = json.loads(path.read_bytes())
        counts = [each for each in suite["expectations"] if "row_count" in each["type"]]
        suite["expectations"] = (counts or suite["expectations"])[:1]
        (folder / path.name).write_text(json.dumps(suite))
    return QualitySettings(expectations=folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Headless Chromium. Its absence fails the tests: on Debian, apt-get install chromium chromium-driver."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert chromium, "the tests of the pages need Chromium: apt-get install chromium chromium-driver"
    assert driver, "the tests of the pages need its driver: apt-get install chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--disable-background-networking")
    options.add_argument("--window-size=1280,1000")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


def nothing_new(inputs: Path, output: Path, settings: Settings | None = None) -> pipeline.Outcome | None:
    """The outcome of a run that would have nothing to do; None when there is something."""
    with pipeline.opened([inputs], output, settings or Settings()) as build:
        return build.nothing_new()


def tables_of_text(text: str, events: EventSettings | None = None) -> dict[str, pa.Table]:
    """Every table, work tables too, of one document that holds a text: the stages in turn, nothing stored."""
    rows = [{"source_uri": "article.txt", "source_name": "article.txt", "raw": text.encode()}]
    tables = {"inputs": build(TABLES["inputs"], rows)}
    for stage in pipeline.STAGES:
        tables.update(pipeline.carry_out(stage, tables, events or EventSettings()))
    assert set(RELEASED) <= set(tables)
    return tables
