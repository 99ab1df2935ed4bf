"""The commands of a standing installation: serve, settings."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcpipe.cli.app import BUILD, Config, Json, Output, command, print_json
from kcpipe.cli.runs import INPUTS, say_file

if TYPE_CHECKING:
    from types import ModuleType


@command(BUILD)
def serve(
    inputs: Annotated[list[str] | None, typer.Argument(help=INPUTS)] = None,
    output: Output = Path("output"),
    config: Config = None,
    cron: Annotated[str | None, typer.Option(help="When to run: minute, hour, day, month, weekday.")] = None,
    timezone: Annotated[str, typer.Option(help="The zone of --cron, such as Europe/Paris.")] = "UTC",
    watch: Annotated[
        Path | None, typer.Option(help="Run when files have arrived in this folder; it is an input, too.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Of the deployment; that of the inputs when not given.")] = None,
    as_json: Json = False,
) -> None:
    """Run on a schedule, or when files arrive, with a Prefect server; ends with Ctrl-C.

    Example: kcpipe serve seeds --output output --cron "0 6 * * *" --timezone Europe/Paris
    """
    from httpx import TransportError

    from kcpipe import settings, store
    from kcpipe.settings import UserError

    if cron is None and watch is None:
        raise UserError("say when to run: --cron '0 6 * * *', --watch FOLDER, or both")
    if watch is not None and not watch.is_dir():
        raise UserError(f"cannot watch {watch}: it is no folder")
    given = list(inputs or [])
    if watch is None:
        store.find(given, without=output)  # a mistyped input is told now, not at the first run
    else:
        given = list(dict.fromkeys([*given, str(watch)]))
    chosen, file = settings.load(config), settings.used_file(config)
    flows = _flows()
    if cron is not None:
        flows.check_schedule(cron, timezone)
    flows.check_server()
    if as_json:
        print_json({"inputs": given, "output": output, "cron": cron, "timezone": timezone, "watch": watch})
    else:
        when = [f"at {cron!r} ({timezone})"] if cron is not None else []
        when += [f"when files arrive in {watch}"] if watch is not None else []
        say_file(config)
        typer.echo(f"Serving {', '.join(given)} into {output}, {' and '.join(when)}. Ctrl-C ends it.")
    try:
        flows.serve(
            [each if "://" in each else os.path.abspath(each) for each in given],  # noqa: PTH100 - it may be a pattern
            output.absolute(),
            file.absolute() if file is not None else None,
            chosen.flow,
            cron=cron,
            timezone=timezone,
            watch=watch,
            name=name,
        )
    except TransportError as error:
        raise UserError(f"the Prefect server does not answer any more ({error}): start it, then serve again") from error


def _flows() -> ModuleType:
    """The module `serving` of the flows: of the checkout that this is run from, else as the wheel carries them.

    Only here, and only when asked to serve, does the command line reach up to them.
    """
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "flows" / "serving.py").is_file():
        sys.path.insert(0, str(checkout))
        return importlib.import_module("flows.serving")
    return importlib.import_module("kcpipe_flows.serving")


@command(BUILD, "settings")
def show_settings(config: Config = None, as_json: Json = False) -> None:
    """Show every setting: its value, where that is from, and what it means.

    Example: kcpipe settings --config kcpipe.toml
    """
    from kcpipe import console as show
    from kcpipe import settings

    rows, file = settings.explain(config), settings.used_file(config)
    if as_json:
        print_json({"file": file, "settings": [row._asdict() for row in rows]})
    else:
        show.show_settings(show.standard_output(), rows, file)
