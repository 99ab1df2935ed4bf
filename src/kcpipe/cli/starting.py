"""The commands before a run: init, doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kcpipe.cli.app import BUILD, STOPPED, Config, Json, Output, command, print_json


@command(BUILD)
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make; an empty one may be there.")],
    as_json: Json = False,
) -> None:
    """Write a small project for a topic of your own: settings, names, kinds of event, an article.

    Example: kcpipe init horn-of-africa
    """
    from kcpipe import projects

    files = projects.start(folder)
    if as_json:
        print_json({"folder": str(folder), "files": files})
        return
    for name in files:
        typer.echo(f"  {folder / name}")
    typer.echo(f"Next: cd {folder} && kcpipe run news")


@command(BUILD)
def doctor(output: Output = Path("output"), config: Config = None, as_json: Json = False) -> None:
    """Say whether all is well with the installation, the settings and the store, and what to do where it is not.

    Exit code 1 when something will fail.

    Example: kcpipe doctor --output output
    """
    from kcpipe import console as show
    from kcpipe import doctor as examination
    from kcpipe import settings

    console = show.standard_output()
    findings = []
    for finding in examination.examine(output, settings.load(config)):
        findings.append(finding)
        if not as_json:
            show.show_finding(console, finding)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    raise typer.Exit(STOPPED if any(finding.level == "fail" for finding in findings) else 0)
