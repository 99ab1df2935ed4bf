"""What OpenBLAS is told before it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kcpipe.cli.processor import settle


def test_kernels_for_avx_512_are_asked_for_only_where_the_processor_has_it(tmp_path: Path) -> None:
    told = {}
    for name, flags in {"new": "fpu avx2 avx512f avx512bw", "old": "fpu avx avx2", "like": "avx512fx"}.items():
        described = tmp_path / name
        described.write_text(f"model name : a processor\nflags\t\t: {flags}\n")
        told[name] = dict[str, str]()
        settle(told[name], described)
    settle(elsewhere := dict[str, str](), tmp_path / "missing")
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    assert told == {"new": {**threads, "OPENBLAS_CORETYPE": "SkylakeX"}, "old": threads, "like": threads}
    assert elsewhere == threads


def test_what_is_set_stays(tmp_path: Path) -> None:
    settle(told := {"OMP_NUM_THREADS": "4"}, tmp_path / "missing")
    assert told["OMP_NUM_THREADS"] == "4"


def test_it_is_told_before_numpy_is_loaded() -> None:
    script = "import os, sys, kcpipe.cli; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS", "OMP"))}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, env=environment)
    assert done.stdout == "False 1\n"
