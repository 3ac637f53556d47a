"""Schedulers and workers that last as long as a run: on this machine, or as SLURM jobs."""

from __future__ import annotations

import atexit
import contextlib
import logging
from collections.abc import Iterator
from importlib import import_module
from multiprocessing import active_children, resource_tracker
from typing import Any, Final

from ratecheck.montecarlo.signals import deaf_children
from ratecheck.montecarlo.threads import VARIABLES
from ratecheck.types import MissingExtraError

_CLOSING: Final = 30.0  # seconds
_MEMORY: Final = 4 * 2**30  # of a SLURM job, where neither the user nor dask's settings name it


@contextlib.contextmanager
def started(kind: str, count: int, memory: int | None) -> Iterator[Any]:
    """Start a scheduler and ``count`` workers of one thread each.

    Parameters
    ----------
    kind : {"local", "slurm"}
    count : int
    memory : int, optional
        Bytes that each worker may use.
    """
    cluster = slurm(memory) if kind == "slurm" else _local(count, memory)
    try:
        if kind == "slurm":
            cluster.adapt(minimum_jobs=count, maximum_jobs=count)  # a lost job is replaced
        yield cluster
    finally:
        close(cluster)


def close(cluster: Any, timeout: float = _CLOSING) -> None:  # noqa: ANN401 - dask is untyped
    """Close a cluster; what does not answer within ``timeout`` seconds is killed.

    Some releases of Dask wait for ever for a worker that was killed while it started.
    """
    try:
        cluster.close(timeout=timeout)
    except TimeoutError:
        _forget_clusters()
        for child in active_children():
            child.kill()


def slurm(memory: int | None = None, **options: Any) -> Any:  # noqa: ANN401 - dask is untyped
    """Return a cluster whose workers are SLURM jobs of one thread; nothing is submitted yet.

    Parameters
    ----------
    memory : int, optional
        Bytes of a job; else what dask's setting ``jobqueue.slurm.memory`` says, else 4 GiB.
    options
        Of ``dask_jobqueue.SLURMCluster``; queue, account and walltime are better set in
        ``~/.config/dask/jobqueue.yaml``.

    Raises
    ------
    MissingExtraError
        Without the extra ``cluster``.
    """
    try:
        library = import_module("dask_jobqueue")
    except ImportError as error:
        raise _missing("dask-jobqueue") from error
    config = import_module("dask").config
    known = memory or config.get("jobqueue.slurm.memory", None) or _MEMORY
    before = config.get("jobqueue.slurm.job-script-prologue", None) or []
    prologue = [*before, *(f"export {name}=1" for name in VARIABLES)]
    fixed = {"cores": 1, "processes": 1, "memory": str(known), "job_script_prologue": prologue}
    return library.SLURMCluster(**{**fixed, **options})


def distributed() -> Any:  # noqa: ANN401 - hardly annotated: a module of Any
    """Return Dask's library of schedulers, or raise `MissingExtraError`."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise _missing("distributed") from error


def _missing(name: str) -> MissingExtraError:
    return MissingExtraError(
        f"--cluster needs {name}: install the extra 'cluster', pip install 'ratecheck[cluster]'"
    )


def _local(count: int, memory: int | None) -> Any:  # noqa: ANN401 - dask is untyped
    with deaf_children(resource_tracker.ensure_running), _abandoned():
        return distributed().LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # a free port: the usual one may be another run's
            memory_limit=memory or 0,
            silence_logs=logging.CRITICAL,
            env=dict.fromkeys(VARIABLES, "1"),
        )


@contextlib.contextmanager
def _abandoned() -> Iterator[None]:
    """Let a cluster that is interrupted while it starts go without a word.

    Dask cannot close it and would say so with a traceback when the program ends; its processes
    are reaped all the same.
    """
    try:
        yield
    except KeyboardInterrupt:
        _forget_clusters()
        raise


def _forget_clusters() -> None:
    atexit.unregister(import_module("distributed.deploy.spec").close_clusters)
