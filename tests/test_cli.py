"""The command line as its users meet it: what it prints, its exit codes, no traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import SEEDS
from kcpipe import release
from kcpipe.tables import RELEASED

FLOW = Path(__file__).parents[1] / "flows" / "corpus.py"


def kcpipe(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the console script in a process of its own."""
    command = [sys.executable, "-m", "kcpipe", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def assert_one_line(result: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert result.returncode == code, result.stderr
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stderr.startswith("kcpipe: ")
    assert "Traceback" not in result.stderr + result.stdout
    for word in words:
        assert word in result.stderr


def test_run_publishes_and_says_what(tmp_path: Path) -> None:
    output = tmp_path / "output"
    result = kcpipe("run", SEEDS, "--output", output)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Published release ")
    established = [line for line in lines if "Cuba and South Korea established diplomatic relations on 14" in line]
    assert [line.split()[:3] for line in established] == [["2024-02-14", "day", "3"]]
    assert any(
        line.startswith("2015-06-23 ") and "Cuba paid a visit to South Korea on 23 June 2015." in line for line in lines
    )
    assert any(line.startswith("Checks") and "0 failed" in line for line in lines)
    assert any(line == f"Tables   {output}/latest/<table>.parquet" for line in lines)
    [report] = [line.split(maxsplit=1)[1] for line in lines if line.startswith("Report")]
    assert Path(report).read_text().startswith("<!doctype html>")

    again = kcpipe("run", SEEDS, "--output", output)
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing new: release ")
    assert len(release.history(output)) == 1


def test_run_as_json(seed_output: Path) -> None:
    result = kcpipe("run", SEEDS, "--output", seed_output, "--json")
    answer = json.loads(result.stdout)
    assert answer["status"] == "unchanged"
    assert answer["rows"]["documents"] == 5
    assert set(answer["rows"]) == set(RELEASED)


def test_a_missing_input_folder(tmp_path: Path) -> None:
    assert_one_line(kcpipe("run", tmp_path / "nowhere", "--output", tmp_path / "o"), 2, "nowhere")


def test_an_empty_input_folder_publishes_nothing_over_a_good_release(seed_output: Path, tmp_path: Path) -> None:
    before = release.find(seed_output).id
    (tmp_path / "empty").mkdir()
    assert_one_line(kcpipe("run", tmp_path / "empty", "--output", seed_output), 2, "empty")
    assert release.find(seed_output).id == before


def test_an_input_that_cannot_be_read_now_is_one_clear_line_and_no_release_without_it(tmp_path: Path) -> None:
    """A web server that tells of its file and then has trouble of its own."""

    class Troubled(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "9")
            self.send_header("Accept-Ranges", "bytes")
            self.end_headers()

        def do_GET(self) -> None:
            if self.path != "/a.txt":
                self.send_error(404)
            elif "Range" in self.headers:
                self.send_error(503)
            else:  # is it a page of links?
                self.do_HEAD()
                self.wfile.write(b"It rains.")

        def log_message(self, format: str, *args: object) -> None:
            """Said nowhere."""

    shutil.copy(SEEDS / "003_fe038283e5cca842.txt", tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), Troubled) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/a.txt"
        result = kcpipe("run", tmp_path / "003_fe038283e5cca842.txt", url, "--output", tmp_path / "output")
        server.shutdown()
    assert_one_line(result, 2, f"cannot read {url}: 503")
    assert not list((tmp_path / "output" / "releases").iterdir())


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert_one_line(kcpipe("run", SEEDS, "--output", tmp_path / "file" / "output"), 2, "output")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("[run]\nbatch = 3\n", "run.batch"),
        ("[run]\nbatch_size = 'many'\n", "run.batch_size"),
        ("[run\n", "not TOML"),
    ],
)
def test_a_broken_config(content: str, word: str, tmp_path: Path) -> None:
    config = tmp_path / "kcpipe.toml"
    config.write_text(content)
    result = kcpipe("run", SEEDS, "--output", tmp_path / "o", "--config", config)
    assert_one_line(result, 2, word, "kcpipe.toml")


def test_the_flow_ends_bad_input_the_same_way(tmp_path: Path) -> None:
    command = [sys.executable, str(FLOW), str(tmp_path / "nowhere"), "--output", str(tmp_path / "o")]
    assert_one_line(subprocess.run(command, capture_output=True, text=True, check=False), 2, "nowhere")


def test_a_mistyped_expectation_stops_the_run(tmp_path: Path) -> None:
    suites = Path(shutil.copytree(Path(__file__).parents[1] / "expectations", tmp_path / "expectations"))
    events = suites / "events.json"
    mistyped = events.read_text().replace("expect_column_values_to_be_between", "expect_column_values_to_be_betwen", 1)
    assert mistyped != events.read_text()
    events.write_text(mistyped)
    (tmp_path / "kcpipe.toml").write_text("[quality]\nexpectations = 'expectations'\n")
    result = kcpipe("run", SEEDS, "--output", tmp_path / "o", "--config", tmp_path / "kcpipe.toml")
    assert_one_line(result, 2, "events", "expect_column_values_to_be_betwen")
    assert release.latest(tmp_path / "o") is None


def test_a_failed_critical_check_exits_1_and_keeps_the_report(tmp_path: Path) -> None:
    suites = Path(shutil.copytree(Path(__file__).parents[1] / "expectations", tmp_path / "expectations"))
    documents = json.loads((suites / "documents.json").read_text())
    documents["expectations"].append(
        {
            "type": "expect_table_row_count_to_be_between",
            "kwargs": {"min_value": 6},
            "severity": "critical",
            "meta": {"id": "DOC-999", "why": "This test wants a sixth document."},
        }
    )
    (suites / "documents.json").write_text(json.dumps(documents))
    (tmp_path / "kcpipe.toml").write_text("[quality]\nexpectations = 'expectations'\n")
    output = tmp_path / "output"
    result = kcpipe("run", SEEDS, "--output", output, "--config", tmp_path / "kcpipe.toml")
    assert result.returncode == 1, result.stderr
    assert "DOC-999: This test wants a sixth document." in result.stdout
    assert "There is no release yet." in result.stdout
    assert release.latest(output) is None
    [report] = [line.split(maxsplit=1)[1] for line in result.stdout.splitlines() if line.startswith("Report")]
    assert "This test wants a sixth document." in Path(report).read_text()

    refused = kcpipe("run", SEEDS, "--output", output, "--config", tmp_path / "kcpipe.toml", "--allow", "DOC-999")
    assert_one_line(refused, 2, "--allow", "reason")
    leave = "DOC-999=the sixth comes tomorrow"
    allowed = kcpipe("run", SEEDS, "--output", output, "--config", tmp_path / "kcpipe.toml", "--allow", leave)
    assert allowed.returncode == 0, allowed.stderr
    assert "1 allowed to fail" in allowed.stdout
    published = release.latest(output)
    assert published is not None
    [kept] = published.manifest["quality"]["allowed"]
    assert (kept["expectation_id"], kept["allowed_because"]) == ("DOC-999", "the sixth comes tomorrow")
    assert "the sixth comes tomorrow" in (published.path / "quality" / "report.html").read_text()

    files = "--junit", tmp_path / "checks.xml", "--data-docs", tmp_path / "docs"
    checked = kcpipe("check", "--output", output, "--config", tmp_path / "kcpipe.toml", *files)
    assert checked.returncode == 0, checked.stdout
    [suite] = [each for each in ElementTree.parse(tmp_path / "checks.xml").getroot() if each.get("name") == "documents"]
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    assert "sixth document" not in (tmp_path / "docs" / "events.html").read_text()
    assert "Great Expectations" in (tmp_path / "docs" / "documents.html").read_text()


def test_trace_leads_to_the_characters(seed_output: Path) -> None:
    events = release.find(seed_output).table("events").to_pylist()
    [event] = [
        row
        for row in events
        if row["summary"].startswith("Cuba and South Korea established")
        and row["date_start"]
        and row["date_start"].year == 2024
    ]
    result = kcpipe("trace", event["event_id"][:10], "--output", seed_output)
    assert result.returncode == 0, result.stderr
    for words in (
        event["summary"],
        "[South Korea]{party} and [Cuba]{party} officially [established]{trigger} diplomatic ties",
        "[Wednesday]{date}",
        "“Wednesday” (weekday=3) → published 2024-02-16 → 2024-02-14 (day, relative)",
    ):
        assert words in " ".join(result.stdout.split()), result.stdout
    as_json = json.loads(kcpipe("trace", event["event_id"], "--output", seed_output, "--json").stdout)
    for report in as_json["reports"]:
        evidence = report["evidence"]
        raw = (SEEDS / evidence["document"]["source_uri"]).read_bytes().decode()
        assert raw[evidence["raw_start"] : evidence["raw_end"]].split() == report["mention"]["evidence"].split()


def test_trace_of_an_unknown_event(seed_output: Path) -> None:
    assert_one_line(kcpipe("trace", "nothing", "--output", seed_output), 2, "nothing")


def test_an_unknown_option_is_the_users_mistake() -> None:
    result = kcpipe("run", "--no-such-option")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_check_holds_for_a_release_and_finds_damage(seed_output: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(seed_output, tmp_path / "output", symlinks=True))
    assert "checks hold" in kcpipe("check", "--output", output).stdout
    damaged = output / "latest" / "events.parquet"
    damaged.chmod(0o644)
    raw = bytearray(damaged.read_bytes())
    raw[len(raw) // 2] ^= 1
    damaged.write_bytes(raw)
    result = kcpipe("check", "--output", output)
    assert result.returncode == 1
    assert "damaged" in result.stdout
    assert "events.parquet" in result.stdout


def test_releases_are_listed(seed_output: Path) -> None:
    assert "2024-03-01.1" in kcpipe("releases", "--output", seed_output).stdout
    assert json.loads(kcpipe("releases", "--output", seed_output, "--json").stdout)[0]["release"] == "2024-03-01.1"


def test_tables_are_explained() -> None:
    listed = kcpipe("tables").stdout
    assert all(any(line.startswith(name) for line in listed.splitlines()) for name in RELEASED)
    assert "One of: occurred, ongoing, planned" in kcpipe("tables", "events").stdout
    assert_one_line(kcpipe("tables", "evnts"), 2, "evnts")


def test_an_internal_error_leaves_a_log_and_no_traceback(seed_output: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(seed_output, tmp_path / "output", symlinks=True))
    broken = output / "latest" / "events.parquet"
    broken.chmod(0o644)
    pq.write_table(pa.table({"event": ["a table without the columns of events"]}), broken)
    result = kcpipe("trace", "abc", "--output", output)
    assert_one_line(result, 3, "internal error", "the log lies in ")
    log = Path(result.stderr.split("the log lies in ")[1].strip())
    assert "Traceback" in log.read_text()
    log.unlink()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from kcpipe import cli; "
        "print(sorted({'prefect', 'great_expectations', 'pandas', 'spacy', 'pyarrow'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_output_of_a_run_is_a_folder(tmp_path: Path) -> None:
    result = kcpipe("run", SEEDS, "--output", "s3://bucket/news", cwd=tmp_path)
    assert_one_line(result, 2, "a folder of this machine", "kcpipe publish")
    assert not list(tmp_path.iterdir())


def test_run_is_told_how_to_work(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for option, value, words in (
        ("--engine", "ray", "run.engine: Input should be 'processes' or 'dask'"),
        ("--workers", "0", "run.workers: Input should be greater than or equal to 1"),
        ("--wait", "-1", "run.wait_seconds: Input should be greater than or equal to 0"),
    ):
        assert_one_line(kcpipe("run", SEEDS, "--output", output, option, value), 2, words)
    assert not output.exists()
