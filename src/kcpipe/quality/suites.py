"""The strict way to read the suites: the library drops what it cannot build and passes what is empty; this refuses.

    expectations/<table>.json          one per released table, and one for what is counted in them (profile)
    expectations/joins/<table>.json    that table's references to others, names its table

    {"name": "events", "meta": {"why": "...", "may_be_empty": "..."},
     "expectations": [{"type": "expect_...", "kwargs": {...}, "severity": "critical", "on_fail": "quarantine_row",
                       "meta": {"id": "EV-001", "why": "..."}}]}

`on_fail` is what a critical expectation does: block the release (so without it) or set the rows that break it aside.
A warning warns, an info informs. An expectation may look at the declared columns of its table and at the columns that
`views` adds. A suite of a table either says why the table may be empty or expects a row count of at least one.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcpipe.quality.views import VIEWS
from kcpipe.settings import QualitySettings, UserError
from kcpipe.tables import RELEASED, TABLES

SEVERITIES = ("critical", "warning", "info")
ON_FAIL = ("block", "quarantine_row")
JUDGED = (*RELEASED, "profile")
"""The tables that a suite can be about: those of the release, and what is counted in them."""
ROW_COUNT = "expect_table_row_count_to_be_between"
_COLUMN_KWARGS = ("column", "column_A", "column_B")
_COLUMN_LIST_KWARGS = ("column_list", "column_set")


class SuiteError(UserError):
    """A suite is broken and no release can be judged by it; the message names the file and the expectation."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation as its JSON declares it."""

    id: str
    type: str
    kwargs: Mapping[str, Any]
    severity: str
    why: str
    on_fail: str = "block"
    """Of a critical one: block or quarantine_row."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it looks at: those it is about, then those of its row condition."""
        named = [self.kwargs[key] for key in _COLUMN_KWARGS if key in self.kwargs]
        listed = [column for key in _COLUMN_LIST_KWARGS for column in self.kwargs.get(key, ())]
        return (*named, *listed, *_names(self.kwargs.get("row_condition", "None")))


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of `expectations/`: its name is its path there without the ending."""

    name: str
    table: str
    expectations: tuple[Expectation, ...]


def default_folder() -> Path:
    """The project's own suites: `expectations/` of the checkout, else the copy that the wheel carries."""
    here = Path(__file__).resolve()
    in_checkout = here.parents[3] / "expectations"
    return in_checkout if in_checkout.is_dir() else here.parents[1] / "expectations"


def folder_of(settings: QualitySettings) -> Path:
    """Where the suites lie: the folder of the settings, else the project's own."""
    return settings.expectations or default_folder()


def suites_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of all suites of a folder. Raises SuiteError when there are none."""
    state = hashlib.sha256()
    for path in _files(folder):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()


def load(folder: Path) -> tuple[Suite, ...]:
    """All suites of a folder, ordered by name.

    Raises SuiteError for a file that is not JSON or holds a key twice, an unknown or missing key, a name that is not
    the file's, a table or column that is not declared, an id met twice, a severity outside critical, warning and info,
    an empty suite, a released table without a suite, and a table suite that would pass on no rows without saying why.
    """
    suites = tuple(_read(path, path.relative_to(folder).with_suffix("").as_posix()) for path in _files(folder))
    missing = sorted(set(JUDGED) - {suite.name for suite in suites})
    if missing:
        raise SuiteError(f"{folder}: no suite for {', '.join(missing)}")
    seen: dict[str, str] = {}
    for suite in suites:
        for expectation in suite.expectations:
            if expectation.id in seen:
                raise SuiteError(f"{suite.name}: the id {expectation.id} stands in {seen[expectation.id]} already")
            seen[expectation.id] = suite.name
    return suites


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise SuiteError(f"no suites in {folder}")
    return files


def _read(path: Path, name: str) -> Suite:
    try:
        declared = json.loads(path.read_bytes().decode(), object_pairs_hook=_once)
    except ValueError as error:
        raise SuiteError(f"{path}: {error}") from error
    is_join = name.startswith("joins/")
    _keys(str(path), declared, ("name", "meta", "expectations", *(("table",) if is_join else ())))
    _keys(f"{path}: meta", declared["meta"], ("why",), () if is_join else ("may_be_empty",))
    table = declared["table"] if is_join else declared["name"]
    if declared["name"] != name:
        raise SuiteError(f"{path}: is named {declared['name']!r}, must be {name!r}")
    if table not in JUDGED:
        raise SuiteError(f"{path}: {table!r} is not a released table")
    if not isinstance(declared["expectations"], list) or not declared["expectations"]:
        raise SuiteError(f"{path}: expects nothing, so it would always pass")
    suite = Suite(name, table, tuple(_expectation(path, table, each) for each in declared["expectations"]))
    if not is_join and "may_be_empty" not in declared["meta"] and not any(_wants_rows(e) for e in suite.expectations):
        raise SuiteError(
            f"{path}: would pass on an empty table: expect a row count of at least one, "
            "or say in meta.may_be_empty why no rows are fine"
        )
    return suite


def _expectation(path: Path, table: str, declared: Any) -> Expectation:
    where = f"{path}: {declared.get('meta', {}).get('id', declared) if isinstance(declared, dict) else declared}"
    _keys(where, declared, ("type", "kwargs", "severity", "meta"), ("on_fail",))
    _keys(f"{where}: meta", declared["meta"], ("id", "why"))
    for key, value in {"type": declared["type"], **declared["meta"]}.items():
        if not isinstance(value, str) or not value.strip():
            raise SuiteError(f"{where}: {key} must be words, is {value!r}")
    if declared["severity"] not in SEVERITIES:
        raise SuiteError(f"{where}: severity must be one of {', '.join(SEVERITIES)}, is {declared['severity']!r}")
    if not isinstance(declared["kwargs"], dict):
        raise SuiteError(f"{where}: kwargs must be an object, is {declared['kwargs']!r}")
    made = Expectation(
        id=declared["meta"]["id"],
        type=declared["type"],
        kwargs=declared["kwargs"],
        severity=declared["severity"],
        why=declared["meta"]["why"],
        on_fail=declared.get("on_fail", "block"),
    )
    _check_on_fail(where, table, made)
    try:
        columns = made.columns
    except (SyntaxError, TypeError) as error:
        raise SuiteError(f"{where}: cannot tell its columns: {error}") from error
    known = {column.name for column in TABLES[table].columns} | VIEWS.get(table, frozenset())
    unknown = [column for column in columns if column not in known]
    if unknown:
        raise SuiteError(f"{where}: {table} has no column {', '.join(map(str, unknown))}")
    if "reference" in made.kwargs:
        _check_reference(where, made.kwargs["reference"])
    return made


def _check_on_fail(where: str, table: str, made: Expectation) -> None:
    if made.on_fail not in ON_FAIL:
        raise SuiteError(f"{where}: on_fail must be one of {', '.join(ON_FAIL)}, is {made.on_fail!r}")
    if made.on_fail == "block":
        return
    if made.severity != "critical" or not made.type.startswith("expect_column") or len(TABLES[table].key) != 1:
        raise SuiteError(f"{where}: only a critical check of rows that have an id can set rows aside")


def _check_reference(where: str, reference: object) -> None:
    table, _, column = str(reference).partition(".")
    if table not in RELEASED or column not in {each.name for each in TABLES[table].columns}:
        raise SuiteError(f"{where}: there is no released column {reference!r}")


def _names(row_condition: str) -> Iterator[str]:
    """The columns that a row condition speaks of. Raises SyntaxError."""
    tree = ast.parse(row_condition, mode="eval")
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _wants_rows(expectation: Expectation) -> bool:
    least = expectation.kwargs.get("min_value")
    return expectation.type == ROW_COUNT and isinstance(least, int) and least >= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} stands twice in one object")
    return dict(pairs)


def _keys(where: str, found: object, due: tuple[str, ...], allowed: tuple[str, ...] = ()) -> None:
    if not isinstance(found, dict):
        raise SuiteError(f"{where}: must be an object, is {found!r}")
    missing, extra = sorted(set(due) - found.keys()), sorted(found.keys() - {*due, *allowed})
    if missing or extra:
        raise SuiteError(f"{where}: missing keys {missing}, unknown keys {extra}")
