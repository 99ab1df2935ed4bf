"""The commands that show what a release holds: events, trace, tables."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kcpipe.cli import completion
from kcpipe.cli.app import LOOK, Json, Release, Store, command, print_json

LONGEST = 100
"""Events that a terminal shows of a timeline."""


@command(LOOK)
def events(
    output: Store = "output",
    version: Release = "latest",
    country: Annotated[
        list[str] | None,
        typer.Option(
            "--country", "-c", help="Code or name of a country that takes part.", autocompletion=completion.countries
        ),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", "-k", help="A kind, see event_kinds.", autocompletion=completion.kinds)
    ] = None,
    event_type: Annotated[
        list[str] | None, typer.Option("--type", help="A type, such as CONSULT.", autocompletion=completion.types)
    ] = None,
    start: Annotated[str, typer.Option("--from", help="On this day or later: 2024, 2024-02 or 2024-02-14.")] = "",
    end: Annotated[str, typer.Option("--to", help="On this day or earlier.")] = "",
    status: Annotated[
        list[str] | None,
        typer.Option("--status", "-s", help="occurred, planned, denied ...", autocompletion=completion.statuses),
    ] = None,
    text: Annotated[str, typer.Option(help="Words in the summary or in a report, in any case.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Events shown at most; --json has all.")] = LONGEST,
    as_json: Json = False,
) -> None:
    """Show events by date: when, who, what, how many sources, and the words of the best report.

    Countries narrow to events in which all of them take part; kinds, types and statuses to events of any of them.
    Events without a date come last, and are left out where days are asked for.

    Example: kcpipe events -c KOR -c Cuba --from 2024-02 --status occurred
    """
    from kcpipe import console as show
    from kcpipe import release
    from kcpipe import timeline as lines

    question = lines.Question(
        countries=[lines.country_code(each) for each in country or ()],
        kinds=kind or (),
        types=[each.upper() for each in event_type or ()],
        statuses=status or (),
        start=lines.first_day(start) if start else None,
        end=lines.last_day(end) if end else None,
        text=text,
    )
    found = lines.timeline(release.find(output, version), question)
    if as_json:
        print_json([{**entry.event, "quote": entry.quote, "document": entry.document} for entry in found])
    else:
        show.show_timeline(show.standard_output(), found[:limit], left_out=len(found[limit:]))


@command(LOOK)
def trace(
    key: Annotated[str, typer.Argument(help="An event_id or time_expression_id, or enough of its beginning.")],
    output: Store = "output",
    version: Release = "latest",
    as_json: Json = False,
) -> None:
    """Show an event or a date: its words, what they were counted from, and where each value stands in its file.

    Example: kcpipe trace 38d9f93e73
    """
    from dataclasses import asdict

    import kcpipe
    from kcpipe import console as show

    found = kcpipe.open(output, version).trace(key)
    if as_json:
        print_json(asdict(found))
    else:
        show.show_trace(show.standard_output(), found)


@command(LOOK)
def tables(
    name: Annotated[
        str | None,
        typer.Argument(help="A table; without it, all of them in a line each.", autocompletion=completion.tables),
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain the tables of a release, or the columns of one.

    Example: kcpipe tables events
    """
    from kcpipe import console as show
    from kcpipe.settings import UserError
    from kcpipe.tables import RELEASED, TABLES

    if name is not None and name not in RELEASED:
        raise UserError(f"there is no table {name!r}; there are: {', '.join(RELEASED)}")
    if name is None:
        rows: list[dict[str, Any]] = [
            {"table": table, "key": TABLES[table].key, "description": TABLES[table].description} for table in RELEASED
        ]
    else:
        rows = [
            {
                "column": column.name,
                "type": str(column.type),
                "nullable": column.nullable,
                "description": column.description,
                "values": column.values,
                "references": column.references,
            }
            for column in TABLES[name].columns
        ]
    if as_json:
        print_json(rows)
    else:
        show.show_meanings(show.standard_output(), rows)
