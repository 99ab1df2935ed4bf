"""The application every command joins: its options, its exit codes, how an error ends."""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

STOPPED, USER_ERROR, INTERNAL_ERROR = 1, 2, 3

app = typer.Typer(
    name="kcpipe",
    help="Raw news text in, a checked and versioned dataset of events out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Output = Annotated[Path, typer.Option("--output", "-o", help="The store: releases, log and work.")]
Store = Annotated[str, typer.Option("--output", "-o", help="The store, a folder or a URL such as s3://bucket/news.")]
Version = Annotated[str, typer.Argument(help="A release id, or latest, stable or candidate.")]
Release = Annotated[str, typer.Option("--release", help="A release id, or latest, stable or candidate.")]
Config = Annotated[Path | None, typer.Option(help="A kcpipe.toml; every setting has a default.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for machines.")]


def print_json(value: object) -> None:
    """One JSON document on standard output; what JSON has no type for (days, paths) as text."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def guarded(command: Callable[[], int | None]) -> int:
    """Run a command; turn the user's mistakes into one line and any other error into a log file. The exit code."""
    from kcpipe.lexicon import LexiconError
    from kcpipe.settings import UserError

    try:
        return command() or 0
    except (UserError, LexiconError) as error:
        typer.echo(f"kcpipe: {error}", err=True)
        return USER_ERROR
    except KeyboardInterrupt:
        typer.echo("kcpipe: stopped; what was done so far is kept and the next run goes on from there", err=True)
        return 130
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="kcpipe-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(f"kcpipe: internal error: {type(error).__name__}: {error}; the log lies in {log.name}", err=True)
        return INTERNAL_ERROR


def main() -> None:
    """The console script."""
    sys.exit(guarded(app))
