"""A connection to a scheduler, as an executor of cells."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Generator, Iterable, Iterator
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


@final
class Cluster:
    """An open connection; use `connected`."""

    def __init__(self, client: Client, address: Address) -> None:
        self._client = client
        self._address = address
        self._looked = -_LOOK
        self._threads = 0

    @property
    def threads(self) -> int:
        """How many cells are computed at once, as of the last look at the workers; at least 1."""
        if time.monotonic() - self._looked > _LOOK:
            with self._told():
                self._threads = sum(self._client.nthreads().values())
            self._looked = time.monotonic()
        return max(self._threads, 1)

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
        flight = Flight(self._client, job, iter(groups), self._gone)
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
        if address.managed:
            where = {"address": stack.enter_context(started(*address.managed, memory))}
        elif address.is_file:
            where = {"scheduler_file": address.text}
        client = stack.enter_context(_client(address, where))
        if not client.nthreads():
            print(f"waiting for the first worker of {address.text}", file=sys.stderr)
        yield Cluster(client, address)


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
    try:
        yield
    finally:
        for handler, level in zip(handlers, before, strict=True):
            handler.setLevel(level)
