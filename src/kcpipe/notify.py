"""Notifications: who is told how a run ended, by a webhook or a command of the settings.

Telling never fails a run: what cannot be delivered is one line in the log, without the address, which is a secret.
"""

from __future__ import annotations

import json
import logging
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from kcpipe.settings import USER_IN_URL, NotifySettings, Occasion

if TYPE_CHECKING:
    from kcpipe.pipeline import Outcome

log = logging.getLogger(__name__)

WEBHOOK_SECONDS, COMMAND_SECONDS = 10, 60
"""How long each may take."""


Send = Callable[["Notice"], None]


@dataclass(frozen=True)
class Notice:
    """How a run ended; as JSON it is what a webhook and a command get."""

    text: str
    """One line that says it all."""
    status: Occasion
    inputs: list[str]
    output: str
    release: str | None = None
    """The release that is the latest now; None when there is none, or it is not known."""
    report: str | None = None
    """The path of the quality report, where one was made."""


def shown(given: str) -> str:
    """An input as it may be told: a URL without the name and password in it."""
    return USER_IN_URL.sub("//", given)


def ending(outcome: Outcome, inputs: Sequence[str], output: Path) -> Notice:
    """What is told of a run that came to its end."""
    release, verdict = outcome.release, outcome.verdict
    latest = f"{release.id} stays the latest release" if release is not None else "there is no release yet"
    words = {
        "published": f"published release {release.id}" if release is not None else "published",
        "unchanged": f"nothing new; {latest}",
        "stopped": f"a critical check failed; {latest}",
    }[outcome.status]
    checks = f" ({verdict.passed} checks passed, {verdict.warned} warned, {verdict.failed} failed)" if verdict else ""
    return _notice(
        words + checks,
        outcome.status,
        inputs,
        output,
        release=release.id if release is not None else None,
        report=str(outcome.report) if outcome.report is not None else None,
    )


def failure(reason: object, inputs: Sequence[str], output: Path) -> Notice:
    """What is told of a run that broke off; reason: the exception, or words."""
    words = " ".join(str(reason).split()) or type(reason).__name__
    return _notice(f"failed: {words}", "failed", inputs, output)


def _notice(
    words: str,
    status: Occasion,
    inputs: Sequence[str],
    output: Path,
    release: str | None = None,
    report: str | None = None,
) -> Notice:
    names = [shown(each) for each in inputs]
    return Notice(f"kcpipe, {', '.join(names)}: {words}", status, names, str(output), release, report)


def telling(run: Callable[[], Outcome], settings: NotifySettings, inputs: Sequence[str], output: Path) -> Outcome:
    """Run, and tell how it ended; an exception is told and goes on its way."""
    try:
        outcome = run()
    except Exception as error:
        tell(settings, failure(error, inputs, output))
        raise
    tell(settings, ending(outcome, inputs, output))
    return outcome


def tell(settings: NotifySettings, notice: Notice, also: Mapping[str, Send] | None = None) -> None:
    """Deliver a notice by every means that is set, if this ending is to be told; also: further means, by name."""
    means: dict[str, Send] = dict(also or {})
    if settings.webhook is not None:
        means["webhook"] = partial(_post, settings.webhook)
    if settings.command is not None:
        means["command"] = partial(_call, settings.command)
    for name, send in means.items() if notice.status in settings.on else ():
        try:
            send(notice)
        except Exception as error:
            log.warning("kcpipe: the run's end could not be told by %s: %s", name, _reason(error))


def _post(url: SecretStr, notice: Notice) -> None:
    body, headers = json.dumps(asdict(notice)).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(url.get_secret_value(), body, headers)  # noqa: S310 - the settings ask for http(s)
    with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310
        pass


def _call(command: str, notice: Notice) -> None:
    subprocess.run(  # noqa: S603 - the user's own command
        shlex.split(command),
        input=json.dumps(asdict(notice)).encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=COMMAND_SECONDS,
        check=True,
    )


def _reason(error: Exception) -> str:
    """Why it was not delivered. Only what cannot hold an address or a secret: the words of other errors may."""
    match error:
        case urllib.error.HTTPError():
            return f"HTTP {error.code}"
        case urllib.error.URLError(reason=OSError() as reason):
            return reason.strerror or type(reason).__name__
        case subprocess.CalledProcessError():
            return f"exit code {error.returncode}"
        case OSError(strerror=str(words)):
            return words
        case _:
            return type(error).__name__
