"""A small project to begin with: settings, data files that add to the project's own, one article."""

from __future__ import annotations

import shutil
from pathlib import Path

from kcpipe.settings import UserError
from kcpipe.store import writing_to

TEMPLATE = Path(__file__).parent / "template"


def start(folder: Path) -> list[str]:
    """Copy the template into a new or empty folder; the files written, named from it.

    Raises UserError when something is in the folder, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is not empty: name a new folder")
    files = sorted(path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*") if path.is_file())
    with writing_to(folder):
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TEMPLATE / file, folder / file)
    return [file.as_posix() for file in files]
