"""The command line: build, look, and keep the releases. Only `serve` needs Prefect.

Exit codes: 0 done or nothing new, 1 a check stopped the release, 2 the user's input or settings are wrong, 3 an
internal error, whose traceback goes to a log file and not to the terminal. Heavy libraries are imported by the
command that needs them.
"""

from __future__ import annotations

from kcpipe.cli import starting  # noqa: F401 - its commands come first in the help

# isort: split
from kcpipe.cli import keeping, looking, serving  # noqa: F401 - their commands join the application
from kcpipe.cli.app import app, guarded, main
from kcpipe.cli.processor import settle
from kcpipe.cli.runs import INPUTS, execute, reasons

settle()  # none of the above has loaded numpy yet

__all__ = ["INPUTS", "app", "execute", "guarded", "main", "reasons"]
