"""Pictures of the quality report of the seeds, as a browser shows it: light, dark, and on a telephone.

python docs/pictures/photograph.py

publishes the seeds twice in a temporary folder, first without two of the articles, and writes `report_*.png` beside
this script. Needs Chromium and its driver: on Debian, apt-get install chromium chromium-driver.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from selenium import webdriver

from kcpipe import pipeline
from kcpipe.settings import Settings

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Picture(NamedTuple):
    """What is shown: the part of the page at the top, the size of the window, the colours that the reader prefers."""

    part: str = ""
    width: int = 1280
    height: int = 900
    scheme: str = "light"


PICTURES: Mapping[str, Picture] = {
    "report_light": Picture(),
    "report_changes": Picture("changes"),
    "report_dark": Picture("events", scheme="dark"),
    "report_phone": Picture(width=390, height=844),
}


def report(folder: Path) -> Path:
    """The report of the second of two releases of the seeds."""
    seeds = sorted(SEEDS.glob("*.txt"))
    for inputs in ([seeds[0], *seeds[3:]], seeds):
        outcome = pipeline.run(inputs, folder, Settings.model_validate({"quality": {"max_share_lost": 1}}), now=NOW)
    assert outcome.report is not None
    return outcome.report


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """Headless Chromium."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield started
    finally:
        started.quit()


def photograph(shown: webdriver.Chrome, page: Path, picture: Picture) -> bytes:
    """The picture, as PNG."""
    shown.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": picture.width, "height": picture.height, "deviceScaleFactor": 1, "mobile": picture.width < 600},
    )
    scheme = {"name": "prefers-color-scheme", "value": picture.scheme}
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    shown.get(page.as_uri())
    if picture.part:
        shown.execute_script(
            "document.documentElement.style.scrollBehavior = 'auto';"
            f"document.getElementById('{picture.part}').scrollIntoView()"
        )
    return bytes(shown.get_screenshot_as_png())


def main() -> None:
    """Draw them all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, browser() as shown:
        page = report(Path(folder) / "output")
        for name, picture in PICTURES.items():
            (HERE / f"{name}.png").write_bytes(photograph(shown, page, picture))


if __name__ == "__main__":
    main()
