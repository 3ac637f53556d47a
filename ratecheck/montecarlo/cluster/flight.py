"""The groups of cells that are at the workers, and what comes back."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Any, Final, TypeAlias, final

from ratecheck.montecarlo.cluster.payload import Group, outcomes, packed, work
from ratecheck.montecarlo.cluster.starting import distributed
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job, settings
from ratecheck.types import ResultsError

Client: TypeAlias = Any
"""``distributed.Client``, which is hardly annotated."""

Future: TypeAlias = Any
"""``distributed.Future``."""

_LOSSES: Final = 3
"""How often a cell is sent again after Dask gave it up (each time, several workers died of it)."""

_FETCH: Final = 10.0
"""Seconds to fetch an answer; without workers left Dask would wait for it for ever."""

_LOOK: Final = 1.0  # seconds between looks at the scheduler


@final
class Flight:
    """Sends groups, a few more than there are threads, and collects the answers.

    Parameters
    ----------
    client : distributed.Client
    job : Job
    waiting : iterator of groups
        Asked for the next group when there is room for it.
    gone : callable
        Makes the error for a scheduler that does not answer.
    look : callable
        Called every second while there is no answer; raises when there will be none.
    """

    def __init__(
        self,
        client: Client,
        job: Job,
        waiting: Iterator[Group],
        gone: Callable[[], ResultsError],
        look: Callable[[], None],
    ) -> None:
        self._client = client
        self._job = job
        self._waiting = waiting
        self._gone = gone
        self._look = look
        self._ready: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._losses: dict[str, int] = {}
        self.groups: dict[Future, Group] = {}

    def fill(self, count: int) -> None:
        """Send groups until ``count`` of them are under way."""
        while len(self.groups) < count and (group := next(self._waiting, None)) is not None:
            self._send(group)

    def next(self) -> list[Outcome]:
        """Wait for one answer; empty if the group was lost and is on its way again."""
        future = self._wait()
        status = future.status
        if status in {"lost", "pending"}:
            # The worker died between the answer and its fetching: Dask computes it once more.
            future.add_done_callback(self._ready.put)
            return []
        group = self.groups.pop(future)
        try:
            if status != "cancelled":
                return outcomes(future.result(timeout=_FETCH))
        except distributed().KilledWorker as error:
            self._again(group, error)
            return []
        except (OSError, CancelledError):  # the answer went down with its worker, or takes too long
            self._look()
        except ResultsError:
            raise
        except Exception as error:
            raise _unable(group, error) from error
        if self._client.status != "running":
            raise self._gone()
        self._send(group)
        return []

    def cancel(self) -> None:
        """Forget what is under way; what workers still compute of it is of no use."""
        if self.groups and self._client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                self._client.cancel(list(self.groups), force=True)
        self.groups.clear()

    def _wait(self) -> Future:
        while True:
            try:
                return self._ready.get(timeout=_LOOK)
            except queue.Empty:
                self._look()

    def _send(self, group: Group) -> None:
        sent = packed(self._job, group)
        future = self._client.submit(work, sent, settings(), pure=False)
        self.groups[future] = group
        future.add_done_callback(self._ready.put)

    def _again(self, group: Group, error: BaseException) -> None:
        """Send the cells of a lost group again, each by itself, so that a deadly one is found."""
        for cell in group:
            self._losses[cell.key] = self._losses.get(cell.key, 0) + 1
            if self._losses[cell.key] > _LOSSES:
                raise ResultsError(
                    f"workers keep dying of cell {cell.key} (out of memory?): the finished cells "
                    "are kept; give each worker more memory and run the same command again"
                ) from error
            self._send((cell,))


def _unable(group: Group, error: Exception) -> ResultsError:
    return ResultsError(
        f"a worker cannot compute {group[0].key} ({type(error).__name__}: {error}): install the "
        "same ratecheck there, with the same extras"
    )
