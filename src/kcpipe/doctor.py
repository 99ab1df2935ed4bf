"""What may be wrong with an installation or a store, found out before a long run does, each with what to do."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement

from kcpipe import pipeline, quality, release, store
from kcpipe.lexicon import LexiconError
from kcpipe.pipeline.keys import MODEL_PACKAGE
from kcpipe.settings import Settings, UserError
from kcpipe.tables import TABLES, build

Level = Literal["ok", "warn", "fail"]

TESTED = ((3, 11), (3, 12), (3, 13))
"""Versions of Python that the tests run on."""
LOCK = Path(__file__).parents[2] / "requirements.lock"
"""Of a checkout; an installed wheel has none beside it."""
SENTENCE = "Japan and Mongolia established diplomatic relations on 24 February 1972."
FREE_BYTES = 1_000_000_000
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Finding:
    """One line of the answer: how it stands, with what, what was found, and what to do about it."""

    level: Level
    what: str
    found: str
    advice: str = ""


def examine(output: Path, settings: Settings) -> Iterator[Finding]:
    """The findings on this installation and a store, one after the other.

    output: the store, which need not exist. settings: as a run would use them. Nothing is written but an empty file
    that is removed again; nobody is contacted but the Prefect API, where one is configured.
    """
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _requirements,
        _pins,
        lambda: _data_files(settings),
        lambda: _suites(settings),
        lambda: _reading(settings),
        lambda: _output(output),
        lambda: _lock(output),
        lambda: _latest(output),
        _prefect,
    )
    for check in checks:
        yield check()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] in TESTED:
        return Finding("ok", "Python", version)
    tested = ", ".join(f"{major}.{minor}" for major, minor in TESTED)
    return Finding("warn", "Python", version, f"the tests run on {tested}: use one of these")


def _requirements() -> Finding:
    """Every package that kcpipe asks for, in a version that it takes."""
    wrong = []
    required = [Requirement(line) for line in metadata.requires("kcpipe") or []]
    for each in (*required, Requirement(MODEL_PACKAGE)):
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            version = _installed(each.name)
            if version is None:
                wrong.append(f"{each.name} is missing")
            elif not each.specifier.contains(version, prereleases=True):
                wrong.append(f"{each.name} {version} is not {each.specifier}")
    if not wrong:
        return Finding("ok", "packages", f"kcpipe {metadata.version('kcpipe')} and all that it asks for")
    return Finding("fail", "packages", "; ".join(wrong), "install them: make run in a checkout, else pip install")


def _pins() -> Finding:
    """The versions that the tests ran with, where a lock file tells them."""
    if not LOCK.is_file():
        return Finding("ok", "pins", "an installed wheel: no lock file to compare with")
    pinned = {name: version for line in LOCK.read_text().splitlines() for name, version in _pin(line)}
    installed = {name: version for name in pinned if (version := _installed(name)) is not None}
    other = [f"{name} {installed[name]}, not {pinned[name]}" for name in installed if installed[name] != pinned[name]]
    if other:
        return Finding("warn", "pins", "; ".join(other), "make a new environment (rm -r .venv; make run)")
    return Finding("ok", "pins", f"{len(installed)} packages as in {LOCK.name}")


def _pin(line: str) -> Iterator[tuple[str, str]]:
    """The name and the version of a line of a lock file that pins one for this machine."""
    try:
        requirement = Requirement(line.rstrip(" \\"))
    except InvalidRequirement:
        return
    if requirement.marker is None or requirement.marker.evaluate():
        yield requirement.name, str(requirement.specifier).removeprefix("==")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _data_files(settings: Settings) -> Finding:
    try:
        lexicons = pipeline.lexicons_of(settings.events)
    except LexiconError as error:
        return Finding("fail", "data files", str(error), "mend the file, or the setting that names it")
    return Finding("ok", "data files", f"{len(lexicons)} gazetteers and rules")


def _suites(settings: Settings) -> Finding:
    try:
        suites = quality.load(quality.folder_of(settings.quality))
    except UserError as error:
        return Finding("fail", "expectations", str(error), "mend the suite that is named")
    return Finding("ok", "expectations", f"{sum(len(suite.expectations) for suite in suites)} in {len(suites)} suites")


def _reading(settings: Settings) -> Finding:
    """One sentence through every stage: the model loads, the data files fit one another, an event comes out."""
    rows = [{"source_uri": "sentence.txt", "source_name": "sentence.txt", "raw": f"{SENTENCE}\n".encode()}]
    tables = {"inputs": build(TABLES["inputs"], rows)}
    try:
        for stage in pipeline.STAGES:
            tables.update(pipeline.carry_out(stage, tables, settings.events))
    except (LexiconError, UserError) as error:
        return Finding("fail", "reading", str(error), "mend what is named")
    except Exception as error:  # whatever is wrong with a package or the model, it is told here and not in a run
        return Finding("fail", "reading", f"{type(error).__name__}: {error}", "make a new environment")
    summaries = tables["events"].column("summary").to_pylist()
    if not summaries:
        level: Level = "warn" if settings.events.kinds or settings.events.patterns else "fail"
        return Finding(level, "reading", f"no event in “{SENTENCE}”", "right only for patterns of another topic")
    return Finding("ok", "reading", summaries[0])


def _output(output: Path) -> Finding:
    there = next(path for path in (output.absolute(), *output.absolute().parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".kcpipe-"):
            free = shutil.disk_usage(there).free
    except OSError as error:
        return Finding(
            "fail", "output", f"{output}: {error.strerror}", "name another with --output, or let it be written"
        )
    found = f"{output} {'can be written' if there == output.absolute() else 'can be made'}, {free // 10**9} GB free"
    if free < FREE_BYTES:
        return Finding("warn", "output", found, "make room, or `kcpipe prune` old releases")
    return Finding("ok", "output", found)


def _lock(output: Path) -> Finding:
    holder = store.holder(output)
    if holder is None:
        return Finding("ok", "lock", "nobody is working on it")
    return Finding("warn", "lock", f"in use by {holder}", "wait until it has ended")


def _latest(output: Path) -> Finding:
    try:
        latest = release.latest(output)
        if latest is None:
            return Finding("ok", "releases", "none yet")
        rows = {name: latest.manifest["tables"][name]["rows"] for name in ("documents", "events")}
    except UserError as error:
        return Finding(
            "fail", "releases", str(error), "`kcpipe verify` says what is damaged; `kcpipe rollback` goes back"
        )
    return Finding("ok", "releases", f"{latest.id}: {rows['documents']} documents, {rows['events']} events")


def _prefect() -> Finding:
    """Whether the Prefect API of the environment answers."""
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        return Finding("ok", "Prefect", "no PREFECT_API_URL: flows start a server of their own")
    if not url.startswith(("http://", "https://")):
        return Finding("fail", "Prefect", f"PREFECT_API_URL is {url!r}", "an address ends in /api")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            healthy = json.loads(answer.read()) is True
    except (OSError, ValueError) as error:
        return Finding("fail", "Prefect", f"{url} does not answer: {error}", "start it: prefect server start")
    if not healthy:
        return Finding("fail", "Prefect", f"{url} answers, but not as Prefect does", "an address ends in /api")
    return Finding("ok", "Prefect", f"{url} answers")
