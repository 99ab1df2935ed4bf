"""Engines: who carries out the batches of per-document stages. A batch is a pure function of what is said in it, so any
process may do it, and do it again when the one that had it died: the result is the same, byte for byte.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from kcpipe.pipeline.extract import Each, in_turn
from kcpipe.pipeline.worker import become_worker
from kcpipe.settings import RunSettings, UserError

T = TypeVar("T")
R = TypeVar("R")

TRIES = 3
"""A batch whose worker died so often is what they die of."""
_SECONDS_TO_ANSWER = 5
_BETWEEN_LOOKS = 1
"""Seconds."""


class Engine(Protocol):
    """Workers that a function can be called on, from several threads at once."""

    workers: int
    """How many calls are carried out at the same time."""

    def call(self, function: Callable[[T], R], batch: T) -> R:
        """The function's result, from some worker. Raises what it raises, and UserError when workers die of it."""


@contextmanager
def engine(settings: RunSettings) -> Iterator[Engine]:
    """The engine that the settings ask for. Raises UserError when it is not to be had."""
    with _dask(settings) if settings.engine == "dask" else Processes(settings.workers or cores()) as found:
        yield found


def spread(over: Engine, meanwhile: Callable[[], object] = lambda: None) -> Each:
    """A way of carrying out steps: the batches on the workers; one batch alone, or for one worker, in this process.

    meanwhile: what this process does when it has handed out the batches of a step and would only wait.
    """

    def each(name: str, function: Callable[[T], R], batches: Sequence[T]) -> Iterator[R]:
        if min(over.workers, len(batches)) < 2:
            yield from in_turn(name, function, batches)
            return
        with ThreadPoolExecutor(over.workers) as threads:
            calls = [threads.submit(over.call, function, batch) for batch in batches]
            try:
                meanwhile()
                for waiting in calls:
                    yield waiting.result()
            finally:
                threads.shutdown(cancel_futures=True)

    return each


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Processes of this machine, started at the first call."""

    def __init__(self, workers: int) -> None:
        """workers: how many."""
        self.workers = workers
        self._turn = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._is_over = False

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._turn:
            self._is_over, pool = True, self._pool
        if pool is None:
            return
        if kind is not None:  # perhaps because one of them hangs; what it is on is done again by the next run
            for process in [*pool._processes.values()]:
                process.kill()
        pool.shutdown(cancel_futures=True)

    def call(self, function: Callable[[T], R], batch: T) -> R:
        """See Engine. When a process dies all are started anew, and what was on them is done again."""
        for _ in range(TRIES):
            pool = self._started()
            try:
                return _result(pool.submit(function, batch))
            except BrokenProcessPool:
                self._drop(pool)
        raise UserError(
            f"a worker process died {TRIES} times over one batch: is there memory for run.batch_size? (A script of "
            "your own does its work under `if __name__ == '__main__':`, since worker processes read it again.)"
        )

    def _started(self) -> ProcessPoolExecutor:
        with self._turn:
            if self._is_over:
                raise UserError("the run has ended before this batch")
            if self._pool is None:
                # Forked from a process that has loaded the model and done nothing else: quick, and its memory is
                # shared. A fork of this one would be unsound, for Arrow has threads here.
                context = get_context("forkserver")
                context.set_forkserver_preload(["kcpipe.pipeline.preload"])
                self._pool = ProcessPoolExecutor(self.workers, context, initializer=become_worker)
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._turn:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


def _result(waiting: Future[R]) -> R:
    """What a worker makes of a batch, waited for a second at a time: between two of them who called may be told to stop
    waiting, as Prefect tells a task that takes too long. The worker may hang."""
    while not waiting.done():
        wait([waiting], _BETWEEN_LOOKS)
    return waiting.result()


class _Dask:
    """Workers of a Dask cluster, which sees to those that die."""

    def __init__(self, client: Any) -> None:
        self.workers = max(sum(client.nthreads().values()), 1)
        self._client = client
        self._gave_up: type[Exception] = import_module("distributed").KilledWorker

    def call(self, function: Callable[[T], R], batch: T) -> R:
        """See Engine."""
        try:
            result: R = self._client.submit(function, batch, pure=False).result()
        except self._gave_up as error:
            raise UserError(f"Dask gave a batch up: {error}") from error
        return result


@contextmanager
def _dask(settings: RunSettings) -> Iterator[_Dask]:
    """The cluster at the address in the settings, else one on this machine for as long as it is used."""
    try:
        found: Any = import_module("distributed")  # an extra, and it takes a second
    except ImportError as error:
        raise UserError('the engine dask needs a package: pip install "kcpipe[dask]"') from error
    with ExitStack() as opened:
        where: Any = settings.dask_address
        try:
            if where is None:
                workers = settings.workers or cores()
                cluster = found.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
                where = opened.enter_context(cluster)
            client = opened.enter_context(found.Client(where, set_as_default=False, timeout=_SECONDS_TO_ANSWER))
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask cluster at {where}: {error}") from error
        yield _Dask(client)
