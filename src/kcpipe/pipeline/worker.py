"""How a process that was forked for work behaves."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process


def become_worker() -> None:
    """Leave Ctrl-C to the process that gives the work, and end when it is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    giver = parent_process()
    assert giver is not None

    def wait() -> None:
        giver.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
