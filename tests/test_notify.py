"""Who is told how a run ended: a webhook and a command, with real receivers; and what is never said."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from conftest import SEEDS, nothing_new
from kcpipe import notify, release
from kcpipe.notify import Notice
from kcpipe.pipeline import Outcome
from kcpipe.settings import NotifySettings, UserError
from receiver import receiving

NOTICE = Notice("kcpipe, seeds: failed: gone", "failed", ["seeds"], "output")


def test_an_ending_says_what_became_of_the_release(seed_output: Path) -> None:
    outcome = nothing_new(SEEDS, seed_output)
    assert outcome is not None
    notice = notify.ending(outcome, ["seeds"], seed_output)
    assert notice.status == "unchanged"
    assert notice.text == "kcpipe, seeds: nothing new; 2024-03-01.1 stays the latest release"
    assert notice.release == release.find(seed_output).id
    assert notice.report is not None
    assert Path(notice.report).is_file()


def test_a_first_build_that_was_stopped_has_no_release() -> None:
    notice = notify.ending(Outcome("stopped", None, Path("r.html")), ["a", "b"], Path("output"))
    assert (notice.status, notice.release, notice.report) == ("stopped", None, "r.html")
    assert notice.text == "kcpipe, a, b: a critical check failed; there is no release yet"


def test_a_failure_is_one_line() -> None:
    assert notify.failure(ValueError("two\nlines"), ["seeds"], Path("o")).text == "kcpipe, seeds: failed: two lines"
    assert notify.failure(KeyError(), ["seeds"], Path("o")).text == "kcpipe, seeds: failed: KeyError"


def test_a_password_in_a_url_is_not_told() -> None:
    notice = notify.failure("gone", ["s3://key:geheim@bucket/news", "seeds"], Path("o"))
    assert notice.inputs == ["s3://bucket/news", "seeds"]
    assert "geheim" not in notice.text


def test_a_webhook_and_a_command_get_the_same_json(tmp_path: Path) -> None:
    told = tmp_path / "a file.json"
    with receiving() as receiver:
        settings = NotifySettings(webhook=SecretStr(f"{receiver.url}/hook"), command=f"tee '{told}'")
        notify.tell(settings, NOTICE)
    expected = {
        "text": "kcpipe, seeds: failed: gone",
        "status": "failed",
        "inputs": ["seeds"],
        "output": "output",
        "release": None,
        "report": None,
    }
    assert receiver.received == [("/hook", expected)]
    assert json.loads(told.read_text()) == expected


def test_only_the_endings_asked_for_are_told() -> None:
    with receiving() as receiver:
        url = SecretStr(receiver.url)
        notify.tell(NotifySettings(webhook=url, on=("stopped", "published")), NOTICE)
        assert receiver.received == []
        notify.tell(NotifySettings(webhook=url), NOTICE)
        assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (NotifySettings(webhook=SecretStr("http://127.0.0.1:9/geheim")), "by webhook: Connection refused"),
        (NotifySettings(webhook=SecretStr("http://127.0.0.1:geheim/")), "by webhook: InvalidURL"),
        (NotifySettings(webhook=SecretStr("http:///geheim")), "by webhook: URLError"),
        (NotifySettings(command="false geheim"), "by command: exit code 1"),
        (NotifySettings(command="no-such-geheim"), "by command: No such file or directory"),
        (NotifySettings(command="'geheim"), "by command: ValueError"),
    ],
)
def test_what_cannot_be_told_is_one_line_without_the_secret(
    settings: NotifySettings, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        notify.tell(settings, NOTICE)
    [line] = caplog.messages
    assert line.endswith(words)
    assert "geheim" not in line


def test_what_a_run_raises_is_told_and_goes_on() -> None:
    def fail() -> Outcome:
        raise UserError("no such folder")

    with receiving() as receiver, pytest.raises(UserError, match="no such folder"):
        notify.telling(fail, NotifySettings(webhook=SecretStr(receiver.url)), ["seeds"], Path("output"))
    assert [body["text"] for _, body in receiver.received] == ["kcpipe, seeds: failed: no such folder"]


def test_the_command_line_tells_and_a_dead_webhook_fails_nothing(seed_output: Path, tmp_path: Path) -> None:
    (tmp_path / "kcpipe.toml").write_text(
        '[notify]\non = ["unchanged", "failed"]\nwebhook = "http://127.0.0.1:9/geheim"\n'
    )
    command = [sys.executable, "-m", "kcpipe", "run", "--output", str(seed_output)]

    def run(*inputs: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *inputs],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, **variables},
        )

    dead = run(str(SEEDS))
    assert dead.returncode == 0
    assert dead.stderr.splitlines() == ["kcpipe: the run's end could not be told by webhook: Connection refused"]
    with receiving() as receiver:
        failed = run("nowhere", KCPIPE_NOTIFY__WEBHOOK=receiver.url)
    assert failed.returncode == 2
    assert [body["status"] for _, body in receiver.received] == ["failed"]
