"""SOURCES.csv: what is known about the files beside it that does not stand in them.

Its columns are `file` (the path from the folder of SOURCES.csv; `#key` behind it means one record of a container),
`publisher`, `url`, `date`, `title` and `language`. What is supplied never replaces what a text says of itself.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO, NamedTuple

from kcpipe.store.inputs.formats import SUPPLIED, Entry, header_with, words
from kcpipe.store.stumbles import may_pass, reason, refusal

Supplied = Mapping[str, Mapping[str, str]]
"""What is supplied for a file: by the key of a record ("" for all of them), then by column of `records`."""
NOTHING: Supplied = MappingProxyType({})
_FILE = "file"
_COLUMNS = (_FILE, *SUPPLIED)
_LARGEST = 50_000_000


class SheetRow(NamedTuple):
    """A row of SOURCES.csv: the file as it stands there, what is supplied by column, and the line."""

    file: str
    values: Mapping[str, str]
    line: int


def read_sheet(name: str, open_sheet: Callable[[], IO[bytes]]) -> tuple[list[SheetRow], list[Entry]]:
    """The rows of a SOURCES.csv, and what is wrong with it.

    A problem has the key "" when it is the sheet's, else the name of the file that a row is about. Raises StumbleError
    where asking again may help: what the sheet says must not be missing from a release. name: of the sheet, for that.
    """
    try:
        with open_sheet() as file:
            raw = file.read(_LARGEST)
        text = raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Entry("", None, "undecodable", f"SOURCES.csv is not {error.encoding}: byte {error.start}")]
    except Exception as error:  # each file system has errors of its own
        if may_pass(error):
            raise refusal(f"cannot read {name}", error) from error
        return [], [Entry("", None, "unreadable", f"SOURCES.csv cannot be read: {reason(error)}")]
    known = header_with(_FILE, text.lstrip().partition("\n")[0])
    if known is None:
        return [], [Entry("", None, "malformed_csv", f"SOURCES.csv has no column {_FILE!r}: it is not used")]
    delimiter, header = known
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[Entry] = []
    lines: list[tuple[int, list[str]]] = []
    try:
        for fields in reader:
            if any(map(str.strip, fields)):
                lines.append((reader.line_num, fields))
    except csv.Error as error:
        message = f"SOURCES.csv, line {reader.line_num}: {error}; nothing after it is used"
        problems.append(Entry("", None, "malformed_csv", message))
    if unknown := sorted(set(header).difference(_COLUMNS)):
        message = f"SOURCES.csv has columns that are not used: {', '.join(unknown)}; known are {', '.join(_COLUMNS)}"
        problems.append(Entry("", None, "unknown_column", message))
    rows: dict[str, SheetRow] = {}
    for line, fields in lines[1:]:
        row = dict(zip(header, fields, strict=False))
        name = words(row.get(_FILE)) or ""
        if len(fields) != len(header) or not name:
            message = f"SOURCES.csv, line {line}: {len(fields)} fields under a header of {len(header)}, file {name!r}"
            problems.append(Entry(f"line {line}", None, "malformed_csv", message))
        elif name in rows:
            message = f"SOURCES.csv, line {line}: {name} stands in line {rows[name].line} already, which is used"
            problems.append(Entry(f"line {line}", None, "repeated_file", message))
        else:
            found = {column: words(row.get(field)) for field, column in SUPPLIED.items()}
            rows[name] = SheetRow(name, {column: value for column, value in found.items() if value is not None}, line)
    return list(rows.values()), problems
