"""What a file is by its name, and the records of text, JSON lines, CSV, Parquet and WET files, one after the other."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from kcpipe.byte_order import marked_encoding
from kcpipe.settings import InputSettings
from kcpipe.store.inputs.unpack import RecordError, read_record, refuse_bomb

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
SUFFIXES = {
    ".txt": "text",
    ".md": "text",
    ".text": "text",
    ".markdown": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".zip": "zip",
    ".tar": "tar",
    ".wet": "wet",
}
SOURCES = "sources.csv"
"""Lower-cased name of the file that describes the ones beside it."""
_ABOUT = {"readme", "license", "licence", "copying", "notice", "changelog", "contributing"}
"""Files that tell of the others: no articles, unless they are named themselves."""
TEXT, ID = "text", "id"
SUPPLIED = {
    "url": "url",
    "publisher": "publisher_supplied",
    "date": "published_supplied",
    "title": "title_supplied",
    "language": "language_supplied",
}
"""What may come with a record, by the name of its field, and the column it goes to."""
_LONGEST_KEY = 200
_HOPELESS = 100
"""Lines of which none is a record, after which a file is given up: pretty-printed JSON would be a row a line."""
_PARQUET_ROWS = 16
"""Rows taken from a Parquet file at once: each may hold a text of the largest size."""
_FOREIGN_BYTES = re.compile("[\udc80-\udcff]")
"""What `surrogateescape` makes of bytes that are not UTF-8."""
_SURROGATE = re.compile("[\ud800-\udfff]")
# JSON and the header of a CSV file begin with an ASCII character: where its NULs stand tells a width without a mark.
_NULS = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]"), "utf-16-be"),
)


class Kind(NamedTuple):
    """What a file is: a value of SUFFIXES, and how it is compressed."""

    format: str
    compression: str | None


class Entry(NamedTuple):
    """A record of a file: its key ("" for the file as a whole), its bytes or the problem, what came with it."""

    key: str
    raw: bytes | None = None
    reason: str | None = None
    message: str | None = None
    supplied: Mapping[str, str] = {}


def kind(name: str) -> Kind | None:
    """What the file of that name is; None when its suffix is unknown."""
    name = name.lower()
    compression = None
    if name.endswith(".tgz"):
        return Kind("tar", "gzip")
    for suffix, known in COMPRESSIONS.items():
        if name.endswith(suffix):
            name, compression = name.removesuffix(suffix), known
            break
    for suffix, known in SUFFIXES.items():
        if name.endswith(suffix):
            return Kind(known, compression)
    return None


def is_article_file(place: str) -> bool:
    """Whether the file at that place in a folder or an archive is taken for input: known, not hidden, no README."""
    parts = place.split("/")
    name = parts[-1].lower()
    is_hidden = any(part.startswith(".") and part not in (".", "..") for part in parts) or parts[0] == "__MACOSX"
    return not is_hidden and name != SOURCES and name.split(".")[0] not in _ABOUT and kind(name) is not None


# --- one record --------------------------------------------------------------------------------------------------


def text_entries(stream: io.BufferedReader, limits: InputSettings) -> Iterator[Entry]:
    """The file itself."""
    yield Entry("", read_record(stream, limits))


def words(value: object) -> str | None:
    """A supplied value as text that can be stored; None when there is none, or it is no plain value."""
    if value is None or isinstance(value, (bool, list, dict, bytes)):
        return None
    if isinstance(value, float) and math.isnan(value):  # how some programs write that there is nothing
        return None
    return _SURROGATE.sub("\ufffd", str(value).strip()) or None


def _entry(row: Mapping[str, object], key: str, raw: bytes, limits: InputSettings) -> Entry:
    if len(raw) > limits.max_record_bytes:
        return Entry(key, None, "too_large", f"{key}: the text is larger than {limits.max_record_bytes:,} bytes")
    found = {column: words(row.get(name)) for name, column in SUPPLIED.items()}
    return Entry(key, raw, supplied={column: value for column, value in found.items() if value is not None})


def _folded(name: str) -> str:
    """The name of a field as it is known by: `Text` and ` TEXT ` are `text`."""
    return name.strip().casefold()


def _key(row: Mapping[str, object], number: int) -> str:
    """The record's own id where it has a sane one, else its number."""
    key = words(row.get(ID)) or ""
    return key if 0 < len(key) <= _LONGEST_KEY and key.isprintable() else str(number)


# --- lines -------------------------------------------------------------------------------------------------------


def _as_text(stream: io.BufferedReader) -> io.TextIOWrapper:
    """The stream as text: UTF-16 and UTF-32 as their first bytes show, else UTF-8, of which foreign bytes come through
    escaped. Lines end at LF, CRLF or CR, and keep their ends."""
    head = stream.peek(4)[:4]
    encoding = marked_encoding(head) or next((name for nuls, name in _NULS if nuls.match(head)), "utf-8")
    return io.TextIOWrapper(stream, encoding=encoding, errors=_errors(encoding), newline="")


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding.startswith("utf-8") else "surrogatepass"


def _lines(text: io.TextIOWrapper, limits: InputSettings) -> Iterator[str | None]:
    """The lines; None for one that is longer than a record may be, of which no more is held than that."""
    while line := text.readline(limits.max_record_bytes + 1):
        if len(line) > limits.max_record_bytes and not line.endswith(("\n", "\r")):
            while (rest := text.readline(1 << 16)) and not rest.endswith(("\n", "\r")):
                pass
            yield None
        else:
            yield line


def json_entries(stream: io.BufferedReader, limits: InputSettings) -> Iterator[Entry]:
    """A record per line: an object with `text` and, if known, `id`, `url`, `publisher`, `date`, `title`, `language`.

    Raises RecordError after _HOPELESS lines of which none is an object: the file is of another kind.
    """
    objects = others = 0
    for number, line in enumerate(_lines(_as_text(stream), limits), 1):
        if line is None:
            message = f"line {number} is longer than {limits.max_record_bytes:,} characters"
            yield Entry(str(number), None, "too_large", message)
        elif line.strip():
            entry = _json_entry(line, number, limits)
            yield entry
            others += entry.reason == "malformed_json"
            objects += entry.reason != "malformed_json"
            if not objects and others == _HOPELESS:
                message = f"none of the first {number} lines is a JSON object: nothing after them is read"
                raise RecordError("malformed_json", message)


def _json_entry(line: str, number: int, limits: InputSettings) -> Entry:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return Entry(str(number), None, "malformed_json", f"line {number} is not JSON: {why}")
    if not isinstance(row, dict):
        return Entry(str(number), None, "malformed_json", f"line {number} is JSON, but not an object")
    row = {_folded(name): value for name, value in row.items()} | row
    key = _key(row, number)
    text = row.get(TEXT)
    if not isinstance(text, str):
        have = ", ".join(f"{name!r} ({type(value).__name__})" for name, value in list(row.items())[:10]) or "nothing"
        return Entry(key, None, "no_text", f"line {number} has no string {TEXT!r}; it has {have}")
    try:
        return _entry(row, key, _encoded(text, line), limits)
    except UnicodeEncodeError as error:
        return Entry(key, None, "undecodable", f"line {number} mixes foreign bytes and lone surrogates: {error.reason}")


def _encoded(text: str, line: str) -> bytes:
    """The bytes of a record. Raises UnicodeEncodeError when it holds both of what follows."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Bytes of the line that are not UTF-8 are those of the record; a lone surrogate from \\ud83d is no such byte.
        return text.encode("utf-8", "surrogateescape" if _FOREIGN_BYTES.search(line) else "surrogatepass")


def csv_entries(stream: io.BufferedReader, limits: InputSettings) -> Iterator[Entry]:
    """A record per row of a CSV file whose header names a column `text`; `,`, `;` and tab may part the columns."""
    csv.field_size_limit(limits.max_record_bytes)
    text = _as_text(stream)
    errors = _errors(text.encoding)
    lines = _whole_lines(text, limits)
    before, first = next(((count, line) for count, line in enumerate(lines, 1) if line.strip()), (0, ""))
    delimiter, header = _csv_header(first)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # Where quotes are broken nobody can tell where the next record begins.
            line = before + reader.line_num
            raise RecordError("malformed_csv", f"line {line}: {error}; nothing after it is read") from error
        number += 1
        if not fields:
            continue
        row = dict(zip(header, fields, strict=False))
        key = _key(row, number)
        if len(fields) != len(header):
            message = f"line {before + reader.line_num}: {len(fields)} fields under a header of {len(header)}"
            yield Entry(key, None, "malformed_csv", message)
        else:
            yield _entry(row, key, row[TEXT].encode("utf-8", errors), limits)


def _csv_header(line: str) -> tuple[str, list[str]]:
    """What parts the columns, and their names. Raises RecordError when none of them is `text`."""
    if (header := header_with(TEXT, line)) is None:
        raise RecordError("no_text", f"the header names no column {TEXT!r}: {line.strip()[:200]!r}")
    return header


def header_with(column: str, line: str) -> tuple[str, list[str]] | None:
    """What parts the columns of a header that has this column, and their names; None when no delimiter gives it."""
    for delimiter in ",;\t":
        names = [_folded(name) for name in next(csv.reader([line], delimiter=delimiter), [])]
        if column in names:
            return delimiter, names
    return None


def _whole_lines(text: io.TextIOWrapper, limits: InputSettings) -> Iterator[str]:
    for number, line in enumerate(_lines(text, limits), 1):
        if line is None:
            raise RecordError("too_large", f"line {number} is longer than {limits.max_record_bytes:,} characters")
        yield line


# --- Parquet and WET ---------------------------------------------------------------------------------------------


def parquet_entries(file: IO[bytes], limits: InputSettings) -> Iterator[Entry]:
    """A record per row of a Parquet file with a column `text` of strings or bytes."""
    try:
        parquet = pq.ParquetFile(file, buffer_size=1 << 20)
    except (pa.ArrowInvalid, OSError) as error:
        raise RecordError("corrupt", f"it is not a whole Parquet file: {error}") from error
    with parquet:
        schema = parquet.schema_arrow
        spelled = {_folded(name): name for name in schema.names} | {name: name for name in schema.names}
        columns = {spelled[name]: name for name in (TEXT, ID, *SUPPLIED) if name in spelled}
        if TEXT not in spelled or not _is_textual(schema.field(spelled[TEXT]).type):
            raise RecordError(
                "no_text", f"it has no column {TEXT!r} of strings; its columns: {', '.join(schema.names)}"
            )
        _refuse_packed_columns(parquet.metadata, limits)
        number = 0
        for batch in parquet.iter_batches(batch_size=_PARQUET_ROWS, columns=[*columns], use_threads=False):
            for row in batch.rename_columns([columns[name] for name in batch.schema.names]).to_pylist():
                number += 1
                key, text = _key(row, number), row[TEXT]
                if text is None:
                    yield Entry(key, None, "no_text", f"row {number} has no {TEXT!r}")
                else:
                    yield _entry(row, key, text.encode() if isinstance(text, str) else text, limits)


def _is_textual(data_type: pa.DataType) -> bool:
    if pa.types.is_dictionary(data_type):
        return _is_textual(data_type.value_type)
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
    )
    return any(test(data_type) for test in tests)


def _refuse_packed_columns(metadata: Any, limits: InputSettings) -> None:
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            refuse_bomb(column.total_compressed_size, column.total_uncompressed_size, limits)


def wet_entries(stream: io.BufferedReader, limits: InputSettings) -> Iterator[Entry]:
    """A record per page of a Common Crawl WET file. The date there is that of the crawl: it is no publication date."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - only those who read WET files need it

    for record in ArchiveIterator(stream):
        if record.rec_type != "conversion":
            continue
        head = record.rec_headers.get_header
        key = (head("WARC-Record-ID") or "").strip("<>") or (head("WARC-Target-URI") or "")
        try:
            raw = read_record(record.content_stream(), limits)
        except RecordError as error:
            yield Entry(key, None, error.reason, error.message)
            continue
        length = head("Content-Length") or ""
        if not length.isdecimal() or len(raw) < int(length):
            yield Entry(key, None, "truncated", f"the file ends within it, after {len(raw):,} bytes")
        else:
            supplied = {"url": head("WARC-Target-URI"), "language": head("WARC-Identified-Content-Language")}
            yield _entry(supplied, key, raw, limits)
