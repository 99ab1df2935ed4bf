"""The commands that show what a release holds: trace, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kcpipe.cli.app import Json, Output, Release, app, print_json


@app.command()
def trace(
    key: Annotated[str, typer.Argument(help="An event_id or time_expression_id, or enough of its beginning.")],
    output: Output = Path("output"),
    version: Release = "latest",
    as_json: Json = False,
) -> None:
    """Show an event or a date: its words, what they were counted from, and where each value stands in its file.

    Example: kcpipe trace 3f2a91 --output output
    """
    from dataclasses import asdict

    from kcpipe import console as show
    from kcpipe import release
    from kcpipe.trace import trace as find_trace

    found = find_trace(release.find(output, version), key)
    if as_json:
        print_json(asdict(found))
    else:
        show.show_trace(show.standard_output(), found)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table; without it, all of them in a line each.")] = None,
    as_json: Json = False,
) -> None:
    """Explain the tables of a release, or the columns of one.

    Example: kcpipe tables events
    """
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
        return
    width = max(len(str(row.get("table") or row.get("column"))) for row in rows)
    for row in rows:
        title = row.get("table") or row.get("column")
        values = f" One of: {', '.join(row['values'])}." if row.get("values") else ""
        typer.echo(f"{title:<{width}}  {row['description']}{values}")
