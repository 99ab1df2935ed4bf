"""The explorer in a real browser: search, filters, events and their words, the address, the keyboard, reading aids."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from typer.testing import CliRunner

import sample_release as sample
from browsing import CONTRAST, LEAST_CONTRAST, opened
from kcpipe import release
from kcpipe.cli import app
from kcpipe.explorer import render
from kcpipe.report.view import best_supported
from kcpipe.tables import TABLES

HOSTILE = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">'
SMALL_TARGETS = """
const links = [...document.querySelectorAll("a, button, input, select, summary")];
const shown = links.filter(e => e.checkVisibility() && getComputedStyle(e).display !== "inline");
const boxes = shown.map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).filter(([_, box]) => box.right > 0);
return boxes.filter(([_, box]) => box.width > 0 && Math.min(box.width, box.height) < 24).map(([words]) => words);
"""
"""What is smaller than the 24 pixels that WCAG 2.2 asks of a target; links in running text may be."""
OF_EVENTS = ("events", "event_mentions", "participants", "time_expressions")
VIEWS = ("", "view=countries", "view=conflicts", "view=quotations", "q=embassy&from=2015&to=2024")


@pytest.fixture(scope="module")
def page(seed_output: Path) -> Path:
    """The explorer as it was published with the seeds."""
    return release.find(seed_output).path / "quality" / "explorer.html"


@pytest.fixture(autouse=True)
def usual(browser: webdriver.Chrome) -> Iterator[None]:
    """A screen in light colours, before and after."""
    yield
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def at(browser: webdriver.Chrome, page: Path, view: str = "") -> None:
    """Open the page anew at a view."""
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#{view}")


def found(browser: webdriver.Chrome, selector: str) -> WebElement:
    return WebDriverWait(browser, 20).until(lambda b: b.find_element(By.CSS_SELECTOR, selector))


def texts(browser: webdriver.Chrome, selector: str) -> list[str]:
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, selector)]


def wait_for(browser: webdriver.Chrome, words: str, selector: str = "main") -> None:
    WebDriverWait(browser, 20).until(lambda b: words in b.find_element(By.CSS_SELECTOR, selector).text)


def drawn(browser: webdriver.Chrome) -> list[WebElement]:
    """The figures of the page, once all of them are drawn."""
    busy = "[aria-busy='true']"
    WebDriverWait(browser, 20).until(lambda b: not b.find_elements(By.CSS_SELECTOR, busy))
    return browser.find_elements(By.CSS_SELECTOR, "figure:has(svg)")


def marks(browser: webdriver.Chrome, beginning: str = "") -> list[WebElement]:
    """The links in figures whose name begins so."""
    drawn(browser)
    links = browser.find_elements(By.CSS_SELECTOR, "figure a")
    return [link for link in links if str(link.get_attribute("aria-label")).startswith(beginning)]


def choose(browser: webdriver.Chrome, name: str, words: str) -> None:
    """Choose in a list by the keyboard, as everybody can."""
    browser.find_element(By.ID, name).send_keys(words)


Row = dict[str, Any]


def told(seeds: dict[str, pa.Table], kind: str, day: str) -> Row:
    """The best supported event of a kind that begins on a day."""
    events = best_supported(seeds["events"], seeds["events"].num_rows).to_pylist()
    found: Row = next(row for row in events if row["event_kind"] == kind and str(row["date_start"]) == day)
    return found


@pytest.fixture
def established(seeds: dict[str, pa.Table]) -> Row:
    """What all five articles lead to."""
    return told(seeds, "establish_relations", "2024-02-14")


# --- what an analyst meets ---


def test_it_asks_for_nothing_but_itself_and_logs_no_error(browser: webdriver.Chrome, page: Path) -> None:
    requests = opened(browser, page)
    for view in VIEWS:
        browser.execute_script("location.hash = arguments[0]", view)
        drawn(browser)
    assert [request["url"] for request in requests] == [page.as_uri()]
    assert browser.get_log("browser") == []


def test_the_story_stands_first(
    browser: webdriver.Chrome, page: Path, seeds: dict[str, pa.Table], established: Row
) -> None:
    at(browser, page)
    lede = found(browser, ".lede").text
    happened = sum(seeds["events"].column("is_occurred").to_pylist())
    assert f"5 articles tell of {seeds['events'].num_rows} events: {happened} happened, from 1949 to 2024" in lede
    assert f"Told most widely: {established['summary'].rstrip('.')} (" in lede
    widely = [str(mark.get_attribute("aria-label")) for mark in marks(browser)]
    assert any(each.startswith("1959:") and "severed relations" in each for each in widely)
    assert f"14 February 2024: {established['summary']}" in widely


def test_from_the_first_page_to_the_words_in_one_click(browser: webdriver.Chrome, page: Path, established: Row) -> None:
    at(browser, page)
    found(browser, ".lede a").click()
    assert found(browser, "#event-title").text == established["summary"]
    assert "established" in texts(browser, "mark.trigger")
    assert "Wednesday" in texts(browser, "mark.date")
    assert "South Korea" in texts(browser, "mark.party")
    by_what = next(text for text in texts(browser, ".sources mark.means") if "exchange" in text)
    assert by_what not in texts(browser, "mark.party"), "a means is nobody who takes part"
    shown = found(browser, "main").text
    assert "“Wednesday” is read as weekday=3 → counted from the day of publication: 16 February 2024" in shown
    assert f"at least {established['source_count']} sources" in shown
    assert f"kcpipe trace {established['event_id'][:12]} " in shown
    assert len(texts(browser, "article.source")) == established["document_count"]


def test_raw_positions_lead_to_the_file(browser: webdriver.Chrome, page: Path, established: Row) -> None:
    at(browser, page, f"event={established['event_id']}")
    summary = found(browser, ".behind summary")
    summary.click()
    words, stretch = texts(browser, ".behind details[open] .places tr")[0].split(" ", 1)[1].rsplit(" ", 1)
    name = summary.text.split(" of ")[1]
    start, end = map(int, stretch.split("–"))
    raw = (Path(__file__).parents[1] / "seeds" / name).read_bytes().decode()
    assert raw[start:end] == words


def test_the_command_that_checks_it_shows_the_same(
    browser: webdriver.Chrome, page: Path, seed_output: Path, established: Row
) -> None:
    at(browser, page, f"event={established['event_id']}")
    program, *words = found(browser, ".command").text.replace("--output output", f"--output {seed_output}").split()
    assert program == "kcpipe"
    shown = CliRunner().invoke(app, words, env={"COLUMNS": "400"})
    assert shown.exit_code == 0, shown.output
    [(start, end)] = re.findall(r"raw characters (\d+)-(\d+) ", shown.output)[:1]
    assert f"Raw characters {start}–{end}" in found(browser, ".behind summary").text


def test_search_leaves_what_holds_all_words(browser: webdriver.Chrome, page: Path, seeds: dict[str, pa.Table]) -> None:
    at(browser, page)
    found(browser, "#q").send_keys("kotra HAVANA")
    wait_for(browser, "search “kotra HAVANA”", "#told")
    assert any("opened up an office in Havana in 2005" in row for row in texts(browser, ".events > li"))
    assert "q=kotra+HAVANA" in browser.current_url
    assert found(browser, "#told").text.startswith(
        f"{len(texts(browser, '.events > li'))} of {seeds['events'].num_rows} events"
    )
    found(browser, "#q").send_keys(Keys.CONTROL, "a")
    found(browser, "#q").send_keys("no such words")
    wait_for(browser, "No event fits")


def test_filters_live_in_the_address_and_reopen(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    found(browser, "#country")
    choose(browser, "country", "North Korea")
    wait_for(browser, "country North Korea", "#told")
    choose(browser, "with", "Cuba")
    wait_for(browser, "and country Cuba", "#told")
    found(browser, "#from").send_keys("2015")
    wait_for(browser, "from “2015”", "#told")
    assert browser.current_url.endswith("#country=PRK&with=CUB&from=2015")
    rows, address = texts(browser, ".events > li"), browser.current_url
    assert not any("1960" in row for row in rows)
    assert 0 < len(rows) < 20
    browser.get("about:blank")
    browser.get(address)
    assert texts(browser, ".events > li") == rows
    assert found(browser, "#from").get_attribute("value") == "2015"
    browser.back()
    browser.back()
    found(browser, "#clear").click()
    WebDriverWait(browser, 20).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".events > li")) > len(rows))
    assert browser.current_url == page.as_uri() + "#"


def test_a_date_that_is_none_is_told_and_filters_nothing(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "from=last+year")
    assert "is no year, month or day" in found(browser, "#told").text
    assert found(browser, "#from").get_attribute("aria-invalid") == "true"
    assert "1959" in found(browser, ".events").text


def test_what_did_not_happen_stands_apart_and_can_be_chosen(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    apart = found(browser, "section:last-of-type")
    assert apart.text.startswith("Told, but not as happened")
    border = "return getComputedStyle(document.querySelector(arguments[0])).borderLeftStyle"
    assert browser.execute_script(border, ".events.other > li") == "dashed"
    assert browser.execute_script(border, ".events:not(.other) > li") == "none"
    choose(browser, "status", "not happened")
    wait_for(browser, "status not happened", "#told")
    assert [title.split(" but")[0] for title in texts(browser, "h2")] == ["Told,"]
    at(browser, page, "status=planned")
    assert {each.split("\n")[0] for each in texts(browser, ".events .badge")} == {"planned"}


def test_undated_events_say_why(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    found(browser, "#happened-without-a-date")
    rows = [row for row in texts(browser, ".events > li") if row.startswith("no date")]
    assert rows
    assert all("tells no time" in row or "too vague" in row for row in rows)


@pytest.mark.parametrize(
    ("kind", "day", "share"),
    [("sever_relations", "1959-01-01", 1), ("recognize", "1949-07-01", 31 / 365), ("establish_relations", "", 0)],
)
def test_a_date_is_as_wide_as_it_is_known(
    browser: webdriver.Chrome, page: Path, seeds: dict[str, pa.Table], kind: str, day: str, share: float
) -> None:
    """To scale within its calendar year; a single day is a mark of its own."""
    at(browser, page, f"event={told(seeds, kind, day or '2024-02-14')['event_id']}")
    [figure] = drawn(browser)
    bars, points = (figure.find_elements(By.CSS_SELECTOR, f".{mark} path") for mark in ("mark-rect", "mark-symbol"))
    frame = figure.find_element(By.CSS_SELECTOR, ".role-frame path.background").rect["width"]
    widths = [bar.rect["width"] / frame for bar in bars if bar.get_attribute("aria-hidden") != "true"]
    assert (len(points), len(bars)) == ((0, 2) if share else (1, 1))
    assert min(widths, default=0) == pytest.approx(share or 1, abs=0.02)


def test_the_chart_leads_to_its_events(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    [column] = marks(browser, "2015: ")
    counts = re.findall(r"\d+", str(column.get_attribute("aria-label")))[1:]
    column.click()
    wait_for(browser, "from “2015”, to “2015”", "#told")
    assert "Events by month of 2015" in drawn(browser)[0].text
    # What lasted from before into the year, or may lie in it, is there too.
    assert len(texts(browser, ".events > li")) >= sum(map(int, counts)) > 0
    [month, *_] = [each for each in marks(browser) if " 2015: " in str(each.get_attribute("aria-label"))]
    month.send_keys(Keys.ENTER)
    wait_for(browser, "from “2015-", "#told")
    assert browser.execute_script("return document.activeElement.id") == "main"


def test_a_mark_opens_its_event(browser: webdriver.Chrome, page: Path, established: Row) -> None:
    at(browser, page)
    [mark] = marks(browser, f"14 February 2024: {established['summary']}")
    mark.click()
    assert found(browser, "#event-title").text == established["summary"]


def test_a_pair_of_countries_leads_to_its_events(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "view=countries")
    [cell] = marks(browser, "Cuba and North Korea: ")
    count = int(str(cell.get_attribute("aria-label")).split(": ")[1].split()[0])
    cell.click()
    wait_for(browser, "country Cuba, and country North Korea", "#told")
    happened = texts(browser, ".events:not(.other) > li")
    assert len(happened) == count
    assert all("North Korea" in row or "PRK" in row for row in happened)


# --- figures ---


def test_every_figure_says_what_it_shows_in_which_unit_and_from_where(
    browser: webdriver.Chrome, page: Path, seeds: dict[str, pa.Table], established: Row
) -> None:
    axes = set()
    for view in ("", "view=countries", f"event={established['event_id']}"):
        at(browser, page, view)
        figures = drawn(browser)
        assert figures
        for figure in figures:
            caption = figure.find_element(By.TAG_NAME, "figcaption")
            assert caption.find_element(By.TAG_NAME, "strong").text
            assert "Unit: " in caption.text
            events = f"events.parquet ({seeds['events'].num_rows} events of 5 articles) of release"
            assert f"Source: {events} {page.parents[1].name}, kcpipe." in caption.text
            drawing = figure.find_element(By.CSS_SELECTOR, ".vega-embed")
            assert drawing.get_attribute("role") == "graphics-document"
            assert len(str(drawing.get_attribute("aria-label"))) > 20
            axes |= {title.text for title in figure.find_elements(By.CSS_SELECTOR, ".role-axis-title")}
    assert axes == {"year", "events", "time", "country", "country (ISO 3166)"}


def test_the_columns_count_the_events(browser: webdriver.Chrome, page: Path, seeds: dict[str, pa.Table]) -> None:
    at(browser, page)
    counted = {
        label.split(":")[0]: sum(map(int, re.findall(r"\d+", label)[1:]))
        for label in (str(mark.get_attribute("aria-label")) for mark in marks(browser))
        if " event" in label
    }
    expected: dict[str, int] = {}
    for row in seeds["events"].to_pylist():
        start, end = row["date_start"], row["date_end"]
        if start and end and start.year == end.year:
            expected[str(start.year)] = expected.get(str(start.year), 0) + 1
    assert counted == expected


def test_figures_follow_the_width_of_the_window(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    assert "Events by year" in drawn(browser)[0].text
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wait_for(browser, "Events by decade", "figure")
    [column] = marks(browser, "2010s: ")
    column.click()
    wait_for(browser, "from “2010”, to “2019”", "#told")
    assert "Events by year" in drawn(browser)[0].text


COLOURS = """
const resolved = value => {
  const probe = document.createElement("i");
  probe.style.color = value;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
  probe.remove();
  return colour.slice(0, 3);
};
const luminance = colour => {
  const [r, g, b] = colour.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const shown = selector => [...document.querySelectorAll(selector)].map(element => getComputedStyle(element));
const card = resolved(shown("figure")[0].backgroundColor);
const cells = shown("figure a > path").filter(style => style.opacity !== "0").map(style =>
  resolved(style.fill).map((value, at) => style.fillOpacity * value + (1 - style.fillOpacity) * card[at]));
const least = (styles, name, grounds) =>
  Math.min(...styles.flatMap(style => grounds.map(ground => contrast(resolved(style[name]), ground))));
return {
  words: least(shown("figure svg text"), "fill", [card]),
  counts: least(shown("figure .mark-text.role-mark text"), "fill", [card, ...cells]),
  marks: least(shown("figure .mark-rect > path, figure .mark-symbol > path"), "stroke", [card]),
};
"""
"""The least contrast of words and counts to what lies under them, and of the outlines of marks to the card."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_marks_of_figures_can_be_seen(browser: webdriver.Chrome, page: Path, scheme: str) -> None:
    """WCAG 1.4.3 and 1.4.11."""
    colours(browser, scheme)
    for view in ("", "view=countries"):
        at(browser, page, view)
        drawn(browser)
        least = browser.execute_script(COLOURS)
        assert min(least["words"], least["counts"]) >= LEAST_CONTRAST, (view, least)
        if not view:
            assert least["marks"] >= 3, least


def test_what_has_no_picture_has_none(browser: webdriver.Chrome, page: Path, tmp_path: Path) -> None:
    at(browser, page, "q=no+such+words")
    assert "No event fits." in found(browser, "main").text
    assert drawn(browser) == []
    undated = {"date_start": None, "date_end": None, "date_precision": "unknown", "unresolved_reason": "vague"}
    for rows, figures in (
        ([event | undated for event in sample.EVENTS], 0),
        ([sample.EVENTS[0]], 1),
    ):
        file = tmp_path / "explorer.html"
        file.write_text(render(sample.with_rows("events", rows), release_id="r7"), encoding="utf-8")
        at(browser, file)
        found(browser, ".events")
        assert len(drawn(browser)) == figures


def test_conflicts_stand_beside_each_other(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "view=conflicts")
    found(browser, ".conflict")
    sides = browser.find_elements(By.CSS_SELECTOR, ".conflict:last-of-type article")
    assert len(sides) == 2
    assert sides[0].rect["y"] == sides[1].rect["y"]
    assert sides[0].rect["x"] < sides[1].rect["x"]
    sides[0].find_element(By.CSS_SELECTOR, "a").click()
    wait_for(browser, "What does not agree")


def test_quotations_have_speakers_and_lead_to_events(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "view=quotations&q=socialist+allies")
    [quotation] = [each for each in texts(browser, ".quotations > li") if "normalizes relationship with Cuba" in each]
    assert "Song Gi-do" in quotation
    at(browser, page, "view=quotations")
    found(browser, ".quotations p.soft a").click()
    assert found(browser, "#event-title").text


# --- back, keyboard, assistive technology, paper ---


def test_back_leads_to_the_same_place_in_the_list(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "country=CUB")
    link = browser.find_elements(By.CSS_SELECTOR, ".events .what > a")[12]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", link)
    top, name = browser.execute_script("return scrollY"), link.get_attribute("id")
    link.click()
    assert browser.execute_script("return document.activeElement.id") == "event-title"
    assert browser.execute_script("return scrollY") == 0
    browser.back()
    assert browser.current_url.endswith("#country=CUB")
    assert browser.execute_script("return document.activeElement.id") == name
    assert browser.execute_script("return scrollY") == pytest.approx(top, abs=2)


def test_the_keyboard_alone_reaches_the_words(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page)
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the events"
    assert skip.rect["x"] >= 0
    body.send_keys("/")
    assert browser.switch_to.active_element.get_attribute("id") == "q"
    browser.switch_to.active_element.send_keys("severed 1959")
    wait_for(browser, "search “severed 1959”", "#told")
    for _ in range(30):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        here = browser.switch_to.active_element
        assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", here) != "none"
        if (here.get_attribute("id") or "").startswith("row-"):
            break
    name = here.get_attribute("id")
    here.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "event-title"
    assert "severed" in texts(browser, "mark.trigger")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.switch_to.active_element.get_attribute("id") == name


def colours(browser: webdriver.Chrome, scheme: str) -> None:
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_rule_of_wcag_is_broken(
    browser: webdriver.Chrome, page: Path, established: Row, scheme: str, width: int
) -> None:
    """axe-core, rules of WCAG A and AA and of good practice, on every view; it fits a telephone."""
    colours(browser, scheme)
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.set_script_timeout(120)
    for view in (*VIEWS, f"event={established['event_id']}", "event=none"):
        at(browser, page, view)
        found(browser, "main > *")
        drawn(browser)
        lowest, where = browser.execute_script(CONTRAST)
        assert lowest >= LEAST_CONTRAST, (view, lowest, where)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, view
        assert browser.execute_script(SMALL_TARGETS) == [], view
        broken: list[dict[str, Any]] = Axe().run(browser)["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in broken] == [], view


def test_it_prints_what_is_shown_and_says_which(browser: webdriver.Chrome, page: Path) -> None:
    at(browser, page, "country=PRK")
    found(browser, ".events")
    colours(browser, "dark")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not found(browser, "#q").is_displayed()
    assert not found(browser, "nav").is_displayed()
    assert "country North Korea" in found(browser, "#told").text
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"]).startswith(b"%PDF-")


# --- hostile and large ---


def test_hostile_words_stay_words(browser: webdriver.Chrome, tmp_path: Path) -> None:
    changed = {
        "documents": ("title", "publisher", "source_name"),
        "events": ("summary",),
        "entities": ("name",),
        "quotations": ("text", "speaker_text"),
        "conflicts": ("claim_a", "claim_b"),
    }
    tables = sample.tables(
        **{
            name: pa.Table.from_pylist(
                [row | dict.fromkeys(columns, HOSTILE) for row in sample.ROWS[name]],
                schema=TABLES[name].schema,
            )
            for name, columns in changed.items()
        }
    )
    file = tmp_path / "explorer.html"
    file.write_text(render(tables, release_id=HOSTILE), encoding="utf-8")
    opened(browser, file)
    for view in (*VIEWS[:4], f"event={sample.ESTABLISHED}", 'q=<img src=x onerror="window.hacked=1">'):
        browser.execute_script("location.hash = arguments[0]", view)
        WebDriverWait(browser, 20).until(lambda b: b.find_element(By.CSS_SELECTOR, "main > *"))
        assert browser.execute_script("return typeof window.hacked") == "undefined"
        assert browser.execute_script("return document.images.length") == 0
    assert HOSTILE in found(browser, "h1").text
    assert browser.execute_script("return document.scripts.length") == 3
    # Even a script that got into the page would not run, nor markup become elements.
    smuggled = "const s = document.createElement('script'); s.append('window.hacked = 1'); document.body.append(s)"
    with pytest.raises(JavascriptException, match="Trusted"):
        browser.execute_script("document.body.innerHTML = '<p>x'")
    browser.execute_script(f"try {{ {smuggled} }} catch {{}}")
    assert browser.execute_script("return typeof window.hacked") == "undefined"


def test_marks_stand_right_after_characters_beyond_the_basic_plane(browser: webdriver.Chrome, tmp_path: Path) -> None:
    article = sample.Article("emoji.txt", (("Title", "title"), ("😀😀 𝔎orea established ties.", "body")))
    start = article.text.index("😀")
    trigger = article.text.index("established")
    report = sample.REPORTS[0] | {
        "document_id": article.id,
        "char_start": start,
        "char_end": len(article.text),
        "evidence": article.text[start:],
        "trigger_start": trigger,
        "trigger_end": trigger + len("established"),
        "time_expression_id": None,
    }
    document = sample.ROWS["documents"][0] | {"document_id": article.id, "text": article.text, "title": "😀"}
    empty = {n: TABLES[n].schema.empty_table() for n in ("participants", "conflicts", "quotations", "event_links")}
    tables = {
        **sample.tables(**empty),
        **{
            name: pa.Table.from_pylist(rows, schema=TABLES[name].schema)
            for name, rows in (
                ("documents", [document]),
                ("text_spans", article.spans),
                ("event_mentions", [report]),
                ("events", [sample.EVENTS[0]]),
            )
        },
    }
    file = tmp_path / "explorer.html"
    file.write_text(render(tables, release_id="r7"), encoding="utf-8")
    at(browser, file, f"event={sample.EVENTS[0]['event_id']}")
    assert found(browser, "blockquote mark").text == "established"


def test_thousands_of_events_are_drawn_as_they_are_asked_for(browser: webdriver.Chrome, tmp_path: Path) -> None:
    copies = 300
    tables = sample.tables(**{name: sample.many(name, copies) for name in ("documents", "text_spans", *OF_EVENTS)})
    file = tmp_path / "explorer.html"
    file.write_text(render(tables, release_id="r7"), encoding="utf-8")
    at(browser, file)
    rows = len(texts(browser, ".events > li"))
    assert rows < copies
    assert browser.execute_script("return document.querySelectorAll('*').length") < 3_000
    more = found(browser, "button.more")
    more.click()
    assert len(texts(browser, ".events > li")) > rows
    first_new = browser.switch_to.active_element
    name = first_new.get_attribute("id") or ""
    assert name.startswith("row-")
    first_new.click()
    browser.back()
    assert browser.switch_to.active_element.get_attribute("id") == name
