"""A connection to a scheduler, as an executor of cells."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, Final, final

from ratecheck.montecarlo.cluster.address import Address
from ratecheck.montecarlo.cluster.flight import Client, Flight
from ratecheck.montecarlo.cluster.payload import Group
from ratecheck.montecarlo.cluster.starting import distributed, started
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job
from ratecheck.types import ResultsError

_PATIENCE: Final = "10s"  # to find a scheduler, or to find it again
_LOOK: Final = 1.0  # seconds between looks at the number of workers
_ABSENCE: Final = 120.0  # seconds without any worker after which our own cluster is given up


@final
class Cluster:
    """An open connection; use `connected`."""

    def __init__(self, client: Client, address: Address, managed: Any = None) -> None:  # noqa: ANN401 - a cluster of dask
        self._client = client
        self._address = address
        self._managed = managed
        self._looked = -_LOOK
        self._seen = time.monotonic()
        self._threads = 0

    @property
    def threads(self) -> int:
        """How many cells are computed at once, as of the last look at the workers; at least 1."""
        self._look()
        return max(self._threads, 1)

    def _look(self) -> None:
        """Count the workers, replace those of our own that are gone for good, or give up."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        if self._client.status != "running":
            raise self._gone()
        with self._told():
            workers = self._client.nthreads()
        self._looked, self._threads = time.monotonic(), sum(workers.values())
        if workers:
            self._seen = now
        elif self._address.managed is None and self._seen:
            print(f"waiting for a worker of {self._address.text}", file=sys.stderr)
            self._seen = 0.0  # said once
        if self._address.managed and self._managed is not None:
            self._replace(len(workers), *self._address.managed)

    def _replace(self, present: int, kind: str, count: int) -> None:
        """Start workers anew: a nanny whose worker dies while it starts gives up, and Dask with it.

        SLURM's jobs are replaced by dask-jobqueue.
        """
        if kind == "local" and present < count:
            self._managed.scale(count)  # counts those that are starting as well
        if kind == "local" and time.monotonic() - self._seen > _ABSENCE:
            raise ResultsError(
                f"the workers of {self._address.text} keep dying (out of memory?): the finished "
                "cells are kept; run the same command again to compute the rest"
            )

    @property
    def memory(self) -> int | None:
        """Smallest memory limit among the present workers in bytes; None if none has a limit."""
        with self._told():
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return min((limit for w in workers if (limit := w["memory_limit"])), default=None)

    @property
    def is_here(self) -> bool:
        """Whether the workers were started on this machine."""
        return (self._address.managed or ("",))[0] == "local"

    def compute(self, job: Job, groups: Iterable[Group]) -> Generator[Outcome]:
        """Yield outcomes as they arrive.

        Raises
        ------
        ResultsError
            If the scheduler is lost, a cell keeps killing workers, or a worker has other versions.
        """
        flight = Flight(self._client, job, iter(groups), self._gone, self._look)
        try:
            flight.fill(2 * self.threads + 2)
            while flight.groups:
                yield from flight.next()
                flight.fill(2 * self.threads + 2)
        finally:
            flight.cancel()

    def _gone(self) -> ResultsError:
        return ResultsError(
            f"the Dask scheduler {self._address.text} is gone: the finished cells are kept; "
            "start it again and run the same command to compute the rest"
        )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimeoutError) as error:
            raise self._gone() from error


@contextlib.contextmanager
def connected(text: str, memory: int | None = None) -> Iterator[Cluster]:
    """Connect to a running scheduler, or start one with its workers for as long as this lasts.

    Parameters
    ----------
    text : str
        See `Address`.
    memory : int, optional
        Bytes that each started worker may use (``local`` and ``slurm``).

    Raises
    ------
    InputError
        For an address of no known form.
    MissingExtraError
        Without the extra ``cluster``.
    ResultsError
        If no scheduler answers.
    """
    address = Address(text=text)
    distributed()  # asked for before anything is started
    with _quiet(), contextlib.ExitStack() as stack:
        where: dict[str, Any] = {"address": address.text}
        managed = None
        if address.managed:
            managed = stack.enter_context(started(*address.managed, memory))
            where = {"address": managed}
        elif address.is_file:
            where = {"scheduler_file": address.text}
        client = stack.enter_context(_client(address, where))
        yield Cluster(client, address, managed)


def _client(address: Address, where: dict[str, Any]) -> Client:
    options = {"timeout": _PATIENCE, "set_as_default": False, "name": "ratecheck"}
    try:
        return distributed().Client(**where, **options)
    except (OSError, TimeoutError, ValueError) as error:
        raise ResultsError(
            f"no Dask scheduler answers at {address.text}: start one (dask scheduler), or use "
            "--cluster local:4"
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own remarks on lost workers off the screen."""
    # Its loggers have levels of their own, but they share the handlers.
    handlers = logging.getLogger("distributed").handlers
    before = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    loop = logging.getLogger("asyncio")
    loop.addFilter(_is_ours)
    try:
        yield
    except KeyboardInterrupt:
        raise  # stay quiet: what Dask reaps while the program ends is no business of the user
    except BaseException:
        _loud(handlers, before)
        raise
    else:
        _loud(handlers, before)


def _loud(handlers: Sequence[logging.Handler], levels: Sequence[int]) -> None:
    """Let Dask and asyncio speak again."""
    logging.getLogger("asyncio").removeFilter(_is_ours)
    for handler, level in zip(handlers, levels, strict=True):
        handler.setLevel(level)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a remark of asyncio is not about a task that Dask dropped with its own error.

    It drops them where an answer took too long to fetch; `Flight` asks for it again.
    """
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__module__.partition(".")[0] != "distributed"
