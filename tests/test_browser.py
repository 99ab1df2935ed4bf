"""The report in a real browser: headless Chromium, driven by Selenium, with its own log of requests and errors."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import sample_release as sample
from browsing import CONTRAST, LEAST_CONTRAST, opened
from kcpipe.quality import Verdict
from kcpipe.quality.profile import profile
from kcpipe.release import EventNews
from kcpipe.release.news import Told
from kcpipe.report import render

HOSTILE = '"><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a stopped build in which everything that comes from outside is hostile."""
    tables = sample.with_rows(
        "documents",
        [
            dict(row, title=HOSTILE, publisher=HOSTILE, url="javascript:window.hacked=1")
            for row in sample.ROWS["documents"]
        ],
    )
    first = profile(sample.tables(), None)
    rows = [
        {
            "suite": "events",
            "expectation_id": f"EV-00{number}",
            "expectation_type": "expect_column_values_to_not_be_null",
            "table_name": "events",
            "severity": severity,
            "success": False,
            "why": "A test.",
            "observed": HOSTILE,
            "unexpected_count": 1,
            "sample_keys": [sample.ESTABLISHED],
            "allowed_because": reason,
        }
        for number, (severity, reason) in enumerate((("critical", None), ("warning", None), ("critical", HOSTILE)), 1)
    ]
    news = EventNews(withdrawn=[Told(HOSTILE, HOSTILE)], told_otherwise=[Told(sample.OPEN, HOSTILE, before=HOSTILE)])
    file = tmp_path_factory.mktemp("report") / "report.html"
    verdict = Verdict.of(rows, profile(tables, first))
    file.write_text(render(tables, verdict, release_id=HOSTILE, earlier={HOSTILE: first, "r6": first}, news=news))
    return file


def test_it_asks_for_nothing_but_itself_and_logs_no_error(browser: webdriver.Chrome, page: Path) -> None:
    requests = opened(browser, page)
    assert [request["url"] for request in requests] == [page.as_uri()]
    assert browser.get_log("browser") == []


def test_hostile_words_stay_words(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page)
    assert HOSTILE in browser.find_element(By.TAG_NAME, "main").text
    assert browser.execute_script("return typeof window.hacked") == "undefined"
    assert browser.execute_script("return document.scripts.length + document.images.length") == 0
    addresses = [link.get_attribute("href") or "" for link in browser.find_elements(By.TAG_NAME, "a")]
    assert addresses
    assert all(address.startswith(page.as_uri() + "#") for address in addresses)


def test_the_keyboard_reaches_the_checks_and_what_failed(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the checks"
    assert skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("#main")
    summary = browser.find_element(By.XPATH, "//summary[starts-with(., '0 checks that held')]")
    summary.send_keys(Keys.ENTER)
    assert summary.find_element(By.XPATH, "..").get_attribute("open") is not None


def test_a_failing_key_leads_to_its_evidence(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page)
    browser.find_element(By.CSS_SELECTOR, f"a[href='#events-{sample.ESTABLISHED}']").click()
    target = browser.find_element(By.CSS_SELECTOR, ":target")
    assert "establish relations" in target.text
    assert "established" in [mark.text for mark in target.find_elements(By.CSS_SELECTOR, "mark.trigger")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read(browser: webdriver.Chrome, page: Path, scheme: str) -> None:
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    opened(browser, page)
    lowest, where = browser.execute_script(CONTRAST)
    assert lowest >= LEAST_CONTRAST, (lowest, where)
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(251, 250, 248)", "dark": "rgb(21, 23, 27)"}[scheme]


def test_it_fits_a_telephone(browser: webdriver.Chrome, page: Path) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    opened(browser, page)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size["width"]
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_prints_with_every_detail_open(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page)
    hidden = "return [...document.querySelectorAll('details td')].filter(e => !e.checkVisibility()).length"
    on_screen = browser.execute_script(hidden)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    on_paper = browser.execute_script(hidden)
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert printed.startswith(b"%PDF-")
    assert on_screen > 0
    assert on_paper == 0
