"""Inputs: which records lie in the files, folders and URLs given, and their bytes.

locate.py finds the files; sheet.py reads what SOURCES.csv says about them; unpack.py decompresses within limits;
formats.py and archives.py take the records out of a file one by one; stream.py puts all that together. Nothing is held
but one batch of records, whatever the size of an archive, and nothing that lies in a file makes the run fail: what
cannot be read is a row with a problem.
"""

from __future__ import annotations

from kcpipe.store.inputs.locate import Source, find
from kcpipe.store.inputs.stream import load

__all__ = ["Source", "find", "load"]
