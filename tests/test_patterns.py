"""No regular expression of the project takes more than linear time, whatever text it is given.

Every pattern that kcpipe compiles while it reads an article, every one that stands in its source, and those of the
expectations are searched for in strings made to confuse them: the usual suspects and the pattern's own words, repeated,
with an end that fits nothing. Processor time is counted, which other work on the machine does not change, and no time
is a limit by itself: a search that takes more than a tick of that clock is done again on a string four or eight times
as long, and fails when the time grows far more than that. What is worse than quadratic is cut off.
"""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LENGTH = 4_000
TICK = 0.004
"""Processor time is counted in such steps on some machines: what takes less than one is fast, a sum may be one off.

The cheapest quadratic search takes a nanosecond a step, and so two ticks for LENGTH characters.
"""
MOST_SECONDS = 1
CUT_OFF = float("inf")
MOST_GROWTH = 2.5
"""Times what linear growth would give, a tick's error and some noise allowed for; quadratic gives 4 to 8 times it."""
SUSPECTS = [
    *("a", "A", "Aa ", "a ", " ", "\n", "\t ", "0", "0,", "1 ", "-", "- ", ".", "a.", "A. ", ",", ", a", "'", '"'),
    *("“a", "’s ", "/", "a/", "a-", "http://", "@a", "(", ")", "[", "한"),
]
RECORDER = """
import json, re, sys
import re._compiler as compiler
made, compile = {}, compiler.compile
class Watched:
    def __init__(self, pattern, uses):
        self._pattern, self._uses = pattern, uses
    def __getattr__(self, name):
        found = getattr(self._pattern, name)
        if not callable(found):
            return found
        def used(*arguments, **named):
            is_short = name == "search" and len(arguments) == 3 and arguments[2] - arguments[1] < 1000
            self._uses.add("short" if is_short else name)
            return found(*arguments, **named)
        return used
def record(pattern, flags=0):
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__", "").split(".")[0] == "re":
        frame = frame.f_back
    compiled = compile(pattern, flags)
    if frame.f_globals.get("__name__", "").split(".")[0] != "kcpipe" or not isinstance(pattern, str):
        return compiled
    return Watched(compiled, made.setdefault((pattern, int(flags)), set()))
compiler.compile = record
from pathlib import Path
import importlib, pkgutil, kcpipe
for module in pkgutil.walk_packages(kcpipe.__path__, "kcpipe."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from conftest import tables_of_text
for seed in Path("seeds").glob("*.txt"):
    tables_of_text(seed.read_text())
print(json.dumps([[*key, sorted(uses)] for key, uses in sorted(made.items())]))
"""
ANCHORED = {"match", "fullmatch", "short"}
"""Uses that try one place, or a short stretch of text."""
Pattern = tuple[str, int]


class _TooLongError(Exception):
    pass


def compiled() -> dict[Pattern, bool]:
    """What kcpipe's own code compiles, its data files included, while it is imported and reads the seeds.

    For each whether it is searched for in texts of any length; what the seeds give no use for counts as such.
    """
    result = subprocess.run(
        [sys.executable, "-c", RECORDER],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "tests"), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return {
        (pattern, flags): not uses or not ANCHORED.issuperset(uses)
        for pattern, flags, uses in json.loads(result.stdout)
    }


def written() -> set[Pattern]:
    """The patterns that stand in the source as they are, in calls of the re module, and in the expectations."""
    found = set()
    for path in (*(ROOT / "src").rglob("*.py"), *(ROOT / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add((first.value, 0))
    for suite in (ROOT / "expectations").rglob("*.json"):
        for expectation in json.loads(suite.read_text())["expectations"]:
            if regex := expectation["kwargs"].get("regex"):
                found.add((regex, 0))
    return found


def words(parsed: Any) -> Iterator[str]:
    """Strings of characters that the pattern itself names, in its order."""
    word = ""
    for operation, argument in parsed:
        if str(operation) == "LITERAL":
            word += chr(argument)
            continue
        if word:
            yield word
        word = ""
        if str(operation) == "IN":
            for kind, value in argument:
                if str(kind) in ("LITERAL", "RANGE"):
                    yield chr(value if str(kind) == "LITERAL" else value[0])
                    break
        elif isinstance(argument, (list, tuple)):
            for part in argument:
                if isinstance(part, _parser.SubPattern):
                    yield from words(part)
                elif isinstance(part, list):
                    for branch in part:
                        yield from words(branch)
    if word:
        yield word


def seconds(pattern: re.Pattern[str], text: str, *, is_searched: bool) -> float:
    """Processor time to look for every match, or for one at the start; CUT_OFF after MOST_SECONDS."""

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    start = time.process_time()
    try:
        if is_searched:
            for _ in pattern.finditer(text):
                pass
        else:
            pattern.match(text)
            pattern.fullmatch(text)
        return time.process_time() - start
    except _TooLongError:
        return CUT_OFF
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_slow_on(pattern: re.Pattern[str], pump: str, *, is_searched: bool) -> bool:
    """Whether the repeated pump, with an end that fits nothing, takes more than linear time."""

    def measured(length: int) -> float:
        return seconds(pattern, pump * (length // len(pump)) + "\0", is_searched=is_searched)

    first = measured(LENGTH)
    if first < TICK or first == CUT_OFF:
        return first == CUT_OFF
    short = max(first, measured(LENGTH), TICK)
    factor = 8 if short < 5 * TICK else 4
    return min(measured(factor * LENGTH) for _ in range(2)) > MOST_GROWTH * factor * short


def slow_pump(pattern: re.Pattern[str], *, is_searched: bool = True) -> str | None:
    """The first repeated string that takes more than linear time."""
    own = list(dict.fromkeys(words(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))))[:12]
    pumps = (*SUSPECTS, *own, "".join(own)[:200] or "x")
    return next(
        (
            pump
            for pump in pumps
            if is_slow_on(pattern, pump, is_searched=is_searched)
            and is_slow_on(pattern, pump, is_searched=is_searched)  # not only because the machine was busy just then
        ),
        None,
    )


QUADRATIC = [(r"\s+$", " "), (r"\d+(?:,\d+)*;", "0,"), (r"\s*[|>]", "\t "), (r"\[([^\]]*)\]", "[")]
EXPONENTIAL = [(r"(a+)+$", "a"), (r"(\w+,?)*!", "A"), (r"(?:x|xx)*y", "x")]


@pytest.mark.parametrize(("expression", "pump"), QUADRATIC + EXPONENTIAL)
def test_the_test_finds_what_is_slow(expression: str, pump: str) -> None:
    pattern = re.compile(expression)
    # A busy machine may stretch the first, short measurement; not three times on end.
    assert any(is_slow_on(pattern, pump, is_searched=True) for _ in range(3))


@pytest.mark.parametrize(("expression", "pump"), QUADRATIC)
def test_what_is_only_matched_at_one_place_may_be_slow_to_search_for(expression: str, pump: str) -> None:
    assert not is_slow_on(re.compile(expression), pump, is_searched=False)


@pytest.mark.parametrize("expression", [r"\s$", r"(?<!\s)\s+$", r".{0,20}\bphoto\b", r"[^\W\d_]+"])
def test_what_is_linear_passes(expression: str) -> None:
    assert slow_pump(re.compile(expression)) is None


def test_no_pattern_takes_more_than_linear_time() -> None:
    made, stand = compiled(), written()
    assert len(made) > 50
    assert len(stand) > 50
    known = {pattern for pattern, _ in made}
    searched = {**dict.fromkeys((key for key in stand if key[0] not in known), True), **made}
    slow = {
        pattern: pump
        for (pattern, flags), is_searched in sorted(searched.items())
        if (pump := slow_pump(re.compile(pattern, flags), is_searched=is_searched)) is not None
    }
    assert not slow, "\n".join(f"{pattern}\n    on repeated {pump!r}" for pattern, pump in slow.items())
