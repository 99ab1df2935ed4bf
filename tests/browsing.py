"""Pages in a real browser: opening them, what they asked for, how well their words can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from selenium import webdriver

LEAST_CONTRAST = 4.5
"""WCAG 2 AA for running text."""
CONTRAST = """
const luminance = rgb => {
  const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const channels = colour => colour.match(/[\\d.]+/g).map(Number);
const ground = element => {
  for (let e = element; e; e = e.parentElement) {
    const [r, g, b, a = 1] = channels(getComputedStyle(e).backgroundColor);
    if (a > 0) return [r, g, b];
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility())
  .map(e => {
    const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(ground(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.tagName + '.' + e.className];
  })
  .sort((a, b) => a[0] - b[0])[0];
"""


def opened(browser: webdriver.Chrome, page: Path) -> list[dict[str, Any]]:
    """Open a page anew; what the browser asked for while it did."""
    browser.get("about:blank")
    for log in ("performance", "browser"):
        browser.get_log(log)  # forget what was before
    browser.get(page.as_uri())
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [each["params"]["request"] for each in messages if each["method"] == "Network.requestWillBeSent"]
