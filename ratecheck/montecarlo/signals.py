"""Ctrl-C is this process's business alone: worker processes must not print tracebacks of it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker


@contextlib.contextmanager
def deaf_children(ensure_running: Callable[[], None]) -> Iterator[None]:
    """Block SIGINT for threads and processes that are begun inside, for good.

    The terminal sends it to workers as well, long before they can ask to be left alone. The mask
    of signals is inherited, by workers that replace lost ones too. A Ctrl-C waits until the end.

    Parameters
    ----------
    ensure_running : callable
        Starts the tracker of resources of the library that starts the processes; called before,
        because that start takes the mask off the thread.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    ensure_running()
    resource_tracker.ensure_running()  # loky's processes may use the standard library's as well
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
