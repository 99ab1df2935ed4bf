"""The edge to the disk: inputs found, read and kept, Parquet written and read, the work of earlier runs kept.

All Parquet I/O of kcpipe is here. Whatever is written appears under its name at once and whole: written beside it,
flushed to the disk, then renamed.
"""

from __future__ import annotations

from kcpipe.store.contents import digests, first_of_runs
from kcpipe.store.disk import exclusive, holder, lock, sync, write_file, writing_to
from kcpipe.store.inputs import Source, find, load
from kcpipe.store.kept import Kept, forget_inputs
from kcpipe.store.mapped import Laying, lay_down
from kcpipe.store.parquet import WRITER, encoded, prepared, read_table, spark_schema, table_bytes, write_table
from kcpipe.store.places import Bucket, Disk, Place, place, share
from kcpipe.store.segments import Parts, Segment, read_segments, write_segment
from kcpipe.store.stumbles import may_pass
from kcpipe.store.workspace import Workspace

__all__ = [
    "WRITER",
    "Bucket",
    "Disk",
    "Kept",
    "Laying",
    "Parts",
    "Place",
    "Segment",
    "Source",
    "Workspace",
    "digests",
    "encoded",
    "exclusive",
    "find",
    "first_of_runs",
    "forget_inputs",
    "holder",
    "lay_down",
    "load",
    "lock",
    "may_pass",
    "place",
    "prepared",
    "read_segments",
    "read_table",
    "share",
    "spark_schema",
    "sync",
    "table_bytes",
    "write_file",
    "write_segment",
    "write_table",
    "writing_to",
]
