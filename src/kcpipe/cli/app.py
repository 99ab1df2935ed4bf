"""The application every command joins: its options, its panels, its exit codes, how an error ends."""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kcpipe.cli import completion

STOPPED, USER_ERROR, INTERNAL_ERROR, INTERRUPTED = 1, 2, 3, 130
EXIT_CODES = (
    "Exit codes: 0 done or nothing new, 1 a check stopped the release or found something wrong, 2 the input, the "
    "settings or the command are wrong, 3 an internal error (the log is named), 130 stopped by Ctrl-C."
)
BUILD, LOOK, VERSIONS, SHARE = "Build", "Look", "Versions", "Share and take down"
PANELS = (BUILD, LOOK, VERSIONS, SHARE)
FIRST = ("init", "doctor", "run", "check")
"""Of their panel, for who comes new."""


class Panels(TyperGroup):
    """The commands by panel, in the order of the work."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names in that order."""
        del ctx

        def place(name: str) -> tuple[int, int]:
            panel = getattr(self.commands[name], "rich_help_panel", None)
            return PANELS.index(panel), FIRST.index(name) if name in FIRST else len(FIRST)

        return sorted(self.commands, key=place)


app = typer.Typer(
    name="kcpipe",
    cls=Panels,
    help="Raw news text in, a checked and versioned dataset of events out.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _on_this_machine(output: Path) -> Path:
    from kcpipe.settings import on_this_machine

    return on_this_machine(output)


Output = Annotated[
    Path, typer.Option("--output", "-o", help="The store: releases, log and work.", callback=_on_this_machine)
]
Store = Annotated[str, typer.Option("--output", "-o", help="The store, a folder or a URL such as s3://bucket/news.")]
Version = Annotated[
    str, typer.Argument(help="A release id, or latest, stable or candidate.", autocompletion=completion.versions)
]
Release = Annotated[
    str,
    typer.Option("--release", help="A release id, or latest, stable or candidate.", autocompletion=completion.versions),
]
Config = Annotated[Path | None, typer.Option(help="A kcpipe.toml; every setting has a default.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for machines.")]

Function = Callable[..., Any]


def command(panel: str, name: str | None = None) -> Callable[[Function], Function]:
    """A command of the application, shown in a panel of the help; called as its function when no name is given."""
    return app.command(name, rich_help_panel=panel, epilog=EXIT_CODES)


def print_json(value: object) -> None:
    """One JSON document on standard output; what JSON has no type for (days, paths) as text."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def guarded(run: Callable[[], int | None]) -> int:
    """Run a command; turn the user's mistakes into one line and any other error into a log file. The exit code."""
    try:
        return run() or 0
    except KeyboardInterrupt:
        typer.echo("kcpipe: stopped; what was done so far is kept and the next run goes on from there", err=True)
        return INTERRUPTED
    except Exception as error:
        if _is_the_users(error):
            typer.echo(f"kcpipe: {error}", err=True)
            return USER_ERROR
        with tempfile.NamedTemporaryFile("w", prefix="kcpipe-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(f"kcpipe: internal error: {type(error).__name__}: {error}; the log lies in {log.name}", err=True)
        return INTERNAL_ERROR


def _is_the_users(error: Exception) -> bool:
    from kcpipe.lexicon import LexiconError
    from kcpipe.settings import UserError

    return isinstance(error, UserError | LexiconError)


def main() -> None:
    """The console script."""
    sys.exit(guarded(app))
