"""Pictures of the explorer, taken in headless Chromium.

python docs/pictures/explorer.py RELEASE

RELEASE is the folder of a release of the seeds (`output/latest`). Writes explorer-timeline.png and
explorer-event.png beside this script, in few colours, so that they stay small.
"""

from __future__ import annotations

import base64
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

HERE = Path(__file__).parent
COLOURS = 64
SIZE = {"width": 1180, "height": 1000, "deviceScaleFactor": 1, "mobile": False}


def started() -> webdriver.Chrome:
    """A browser without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def save(browser: webdriver.Chrome, name: str) -> None:
    """Write what the browser shows, once its figures are drawn."""
    busy = "[aria-busy='true']"
    WebDriverWait(browser, 20).until(lambda shown: not shown.find_elements(By.CSS_SELECTOR, busy))
    taken = Image.open(io.BytesIO(base64.b64decode(browser.get_screenshot_as_base64()))).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def main() -> None:
    """Take the pictures of the release named."""
    page = Path(sys.argv[1]).resolve() / "quality" / "explorer.html"
    browser = started()
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
    browser.get(page.as_uri())
    save(browser, "explorer-timeline")
    browser.find_element(By.CSS_SELECTOR, ".lede a").click()  # the event that most sources tell
    save(browser, "explorer-event")
    browser.quit()


if __name__ == "__main__":
    main()
