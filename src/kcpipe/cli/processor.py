"""What numpy's OpenBLAS is told of the processor, before it is loaded.

Measured with the language model: more threads in one process are useless, and kernels for AVX-512 twice as quick, which
OpenBLAS leaves alone on processors that it takes for older ones (on AMD's it does).
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def settle(environment: MutableMapping[str, str] = os.environ, described: Path = Path("/proc/cpuinfo")) -> None:
    """Set what is not set yet. described: where Linux tells what the processor can do; elsewhere nothing is known."""
    for name in _THREADS:
        environment.setdefault(name, "1")
    if described.is_file() and "avx512f" in described.read_text(encoding="utf-8", errors="replace").split():
        environment.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
