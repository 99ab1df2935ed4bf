"""Arrows point one way: flows, then command line and pipeline, then stages and edge, then tables, then the ground."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcpipe.pipeline import GROUND, STAGES

SOURCE = Path(__file__).parents[1] / "src" / "kcpipe"
FLOWS = Path(__file__).parents[1] / "flows"

GROUND_MODULES = {name.removesuffix(".py") for name in GROUND} | {"settings"}
STAGE_MODULES = {stage.name for stage in STAGES}
EDGE_MODULES = {
    *("store", "quality", "report", "explorer", "figures", "release", "trace", "timeline"),
    *("console", "notify", "projects"),
}
TOP_MODULES = {"pipeline", "doctor", "cli", "__main__", "__init__"}
HEAVY = {"prefect", "great_expectations", "pandas", "spacy"}


def modules() -> list[str]:
    return sorted({path.stem if path.is_file() else path.name for path in SOURCE.iterdir() if _is_module(path)})


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())


def files(module: str) -> list[Path]:
    path = SOURCE / module
    return sorted(path.rglob("*.py")) if path.is_dir() else [SOURCE / f"{module}.py"]


def imports(path: Path, *, everywhere: bool = True) -> Iterator[str]:
    """Dotted names that a file imports; only at module level, outside TYPE_CHECKING, unless `everywhere`."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(module: str) -> set[str]:
    """The modules of kcpipe that a module of kcpipe imports, itself apart."""
    found = {name.split(".")[1] for path in files(module) for name in imports(path) if name.startswith("kcpipe.")}
    return found & set(modules()) - {module}


def test_every_module_has_its_place() -> None:
    assert set(modules()) == GROUND_MODULES | STAGE_MODULES | EDGE_MODULES | TOP_MODULES


@pytest.mark.parametrize("module", sorted(GROUND_MODULES))
def test_the_ground_imports_only_the_ground(module: str) -> None:
    assert imported_modules(module) <= GROUND_MODULES


@pytest.mark.parametrize("module", sorted(STAGE_MODULES))
def test_a_stage_imports_only_the_ground(module: str) -> None:
    assert imported_modules(module) <= GROUND_MODULES - {"settings"}


@pytest.mark.parametrize("module", sorted(EDGE_MODULES))
def test_the_edge_imports_no_stage(module: str) -> None:
    assert imported_modules(module) <= GROUND_MODULES | EDGE_MODULES | {"pipeline", "doctor"}
    runtime = {
        name.split(".")[1]
        for path in files(module)
        for name in imports(path, everywhere=False)
        if name.startswith("kcpipe.")
    }
    assert not {"pipeline", "doctor"} & runtime, "only their types may be named there"


def test_only_flows_import_prefect() -> None:
    importers = {
        path.name for path in SOURCE.rglob("*.py") for name in imports(path) if name.split(".")[0] == "prefect"
    }
    assert importers == set()
    assert any(name.split(".")[0] == "prefect" for path in FLOWS.glob("*.py") for name in imports(path))


def test_only_serving_reaches_up_to_the_flows() -> None:
    """By name and when called: no module imports them."""
    naming = {
        path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if "flows.serving" in path.read_text()
    }
    assert naming == {"cli/serving.py"}
    importers = {name for path in SOURCE.rglob("*.py") for name in imports(path) if "flows" in name.split(".")[0]}
    assert importers == set()


def test_only_quality_imports_great_expectations() -> None:
    importers = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] == "great_expectations"
    }
    assert importers == {"quality"}


def test_only_the_store_reads_and_writes_parquet() -> None:
    importers = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.py")
        for name in imports(path)
        if name.startswith("pyarrow.parquet") or name == "pyarrow.parquet"
    }
    assert importers == {"store"}


@pytest.mark.parametrize("module", sorted(set(modules()) - {"quality"}))
def test_nothing_heavy_is_imported_with_a_module(module: str) -> None:
    at_once = {name.split(".")[0] for path in files(module) for name in imports(path, everywhere=False)}
    assert not at_once & HEAVY
