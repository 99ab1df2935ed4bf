"""Parquet: equal rows are equal bytes, and a file explains itself to those who read it without kcpipe.

A file holds nothing that depends on when, where or by which run it was written. Descriptions stand in the Arrow
fields, for Spark as comments, and pandas is told which columns are dates and nullable numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kcpipe.ids import digest
from kcpipe.store.disk import appearing
from kcpipe.tables import Table, arrange, conform

# zstd above 3 costs seconds for a per cent; smaller row groups find a key faster but grow the file.
# A page is ended by its bytes (a megabyte), not by rows: unpacking begins anew with each, and a month's file has few
# rows, so that reading a release of many months would cost an eighth more than one file (benchmarks/releases.py).
PARQUET: Mapping[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "row_group_size": 122_880,
    "max_rows_per_page": 122_880,
    "write_statistics": True,
    "write_page_index": True,
}
SAMPLED_ROWS = 1_000
MANY_ROWS = 1 << 14
"""Rows from which dictionaries make a file shorter; of fewer zstd makes less by itself, in two thirds of the time."""
WRITER = digest(Path(__file__).read_bytes() + pa.__version__.encode())
"""What makes bytes of rows: under another one the same rows may be other bytes."""
SPARK_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "string",
    pa.binary(): "binary",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.int64(): "long",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamp",
}
# Left alone, pandas makes of these with a null inside: floats, and objects.
PANDAS_TYPES: Mapping[pa.DataType, tuple[str, str]] = {
    pa.int32(): ("int32", "Int32"),
    pa.int64(): ("int64", "Int64"),
    pa.bool_(): ("bool", "boolean"),
    pa.date32(): ("date", "date32[day][pyarrow]"),
    pa.timestamp("us", tz="UTC"): ("datetimetz", "datetime64[us]"),  # fastparquet reads none that is not told
}


def write_table(path: Path, table: Table, rows: pa.Table) -> None:
    """Write rows as a Parquet file that appears whole, sorted by key, with the declaration's words inside.

    Equal rows give equal bytes, in whatever order and chunks they come. Raises ContractError when the rows do not
    fit the declaration, OSError when the disk refuses.
    """
    made = prepared(table, rows)
    with appearing(path) as beside:
        pq.write_table(made, beside, **PARQUET, use_dictionary=repetitive(made))


def table_bytes(table: Table, rows: pa.Table) -> bytes:
    """What `write_table` would write. Raises ContractError when the rows do not fit the declaration."""
    return encoded(prepared(table, rows))


def encoded(made: pa.Table) -> bytes:
    """The bytes of a file with the rows that `prepared` gave."""
    return _written(made, **PARQUET, use_dictionary=repetitive(made))


def passing_bytes(made: pa.Table) -> bytes:
    """The bytes of a file for this program alone: rows as they are given, without what readers of a release need."""
    return _written(made, compression="zstd", write_statistics=False, use_dictionary=made.num_rows >= MANY_ROWS)


def _written(made: pa.Table, **how: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(made, sink, **how)
    return bytes(sink.getvalue().to_pybytes())


def repetitive(made: pa.Table) -> list[str]:
    """The columns worth a dictionary: those with a value twice among the first rows.

    For ids and texts Parquet would begin a dictionary, give it up when it is full, and leave both to be read: a fifth
    of the time of writing and a tenth of that of reading (benchmarks/releases.py).
    """
    first = made.slice(0, SAMPLED_ROWS)
    flat = {field.name: _leaves(first.column(field.name).combine_chunks()) for field in made.schema}
    return [name for name, values in flat.items() if any(len(pc.unique(each)) < len(each) for each in values)]


def _leaves(values: pa.Array) -> list[pa.Array]:
    """The values without lists and structs around them."""
    if pa.types.is_list(values.type):
        return _leaves(values.flatten())
    if pa.types.is_struct(values.type):
        return [leaf for field in values.flatten() for leaf in _leaves(field)]
    return [values]


def read_table(source: Path | IO[bytes], columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a file that `write_table` wrote, under the schema that it was written with; `columns`: only these.

    Raises FileNotFoundError, and pyarrow.ArrowInvalid when it is not a Parquet file.
    """
    # What lies in Python's hands is read on one thread: others may still hold it when Python ends, which then hangs
    # (apache/arrow#50482).
    is_arrows = isinstance(source, (Path, pa.OSFile))
    with pq.ParquetFile(source) as file:
        rows = file.read(columns=columns, use_threads=is_arrows)
    return rows.replace_schema_metadata({"description": rows.schema.metadata[b"description"]})


def prepared(table: Table, rows: pa.Table) -> pa.Table:
    """Rows as a file has them: held to the declaration, ordered by key, explained. Raises ContractError."""
    rows = arrange(table, conform(table, rows))  # in one chunk: Parquet's pages would show the chunks
    return rows.replace_schema_metadata(
        {
            "dataset": "kcpipe",
            "table": table.name,
            "description": table.description,
            "org.apache.spark.sql.parquet.row.metadata": json.dumps(spark_schema(table)),
            "pandas": json.dumps(_pandas_schema(table)),
        }
    )


def spark_schema(table: Table) -> dict[str, Any]:
    """The table as Spark's StructType, with the descriptions as comments."""
    schema = _spark_type(pa.struct(list(table.schema)))
    for field, column in zip(schema["fields"], table.columns, strict=True):
        field["metadata"] = {"comment": column.description}
    return dict(schema)


def _spark_type(data_type: pa.DataType) -> Any:
    if pa.types.is_list(data_type):
        element = data_type.value_field
        return {"type": "array", "elementType": _spark_type(element.type), "containsNull": element.nullable}
    if pa.types.is_struct(data_type):
        fields = [
            {"name": field.name, "type": _spark_type(field.type), "nullable": field.nullable, "metadata": {}}
            for field in data_type
        ]
        return {"type": "struct", "fields": fields}
    return SPARK_TYPES[data_type]


def _pandas_schema(table: Table) -> dict[str, Any]:
    """The columns for which plain `pandas.read_parquet` must be told the type; it is right about all others."""
    columns = [
        dict(zip(("name", "field_name", "pandas_type", "numpy_type", "metadata"), entry, strict=True))
        for column in table.columns
        if column.nullable and column.type in PANDAS_TYPES
        for zone in [{"timezone": "UTC"} if pa.types.is_timestamp(column.type) else None]
        for entry in [(column.name, column.name, *PANDAS_TYPES[column.type], zone)]
    ]
    return {"index_columns": [], "column_indexes": [], "columns": columns}
