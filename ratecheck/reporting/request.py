"""What a run is asked for, checked before any work; and the computing of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from ratecheck import check
from ratecheck.montecarlo.compute import compute
from ratecheck.montecarlo.design import Design
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import open_journal
from ratecheck.montecarlo.memory import parse, require_room
from ratecheck.montecarlo.plan import Plan
from ratecheck.montecarlo.records import JOURNAL, SUMMARY, read_summary, stored_design
from ratecheck.montecarlo.runner import execute
from ratecheck.montecarlo.studies import Study, require
from ratecheck.montecarlo.study import STANDARD, Suite
from ratecheck.operators.room import machine
from ratecheck.reporting.suites import as_suite, data_only
from ratecheck.types import DesignChangedError, InputError

if TYPE_CHECKING:
    from ratecheck.montecarlo.cluster.connection import Cluster

_WORKERS: Final = 64  # allowed on any machine


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A suite at a profile with its identity, and the folder of its results."""

    suite: Suite
    design: Design
    folder: Path

    @classmethod
    def of(
        cls, study: Study | Suite, results: str | Path, profile: str | None, seed: int
    ) -> Request:
        """Return the request, or raise `InputError` for a profile or seed that does not exist.

        So it does for an empty folder of results.
        """
        if not str(results).strip():
            raise InputError("results is empty: name a folder; for the current folder write .")
        check.integer("seed", seed, low=0)
        profile = profile or STANDARD
        suite = as_suite(study).at(profile)
        design = Design.of(data_only(suite), profile=profile, seed=seed)
        return cls(suite=suite, design=design, folder=Path(results) / suite.name / profile)

    @property
    def plan(self) -> Plan:
        """Every cell."""
        return Plan.of(self.suite.studies)

    def refuse_other(self) -> None:
        """Refuse to write over results of another design, when no journal is there to tell."""
        if (self.folder / JOURNAL).exists() or not (self.folder / SUMMARY).exists():
            return
        held = stored_design(read_summary(self.folder), self.folder)
        # Results from another machine may have other versions: they may be computed again.
        stored = replace(held, versions=self.design.versions)
        if stored.fingerprint != self.design.fingerprint:
            raise DesignChangedError(
                f"{self.folder} holds results of another design: "
                f"{self.design.difference(stored)}. "
                "Replace them with --fresh or choose another folder with --results"
            )


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """Where cells are computed: worker processes here, or a Dask cluster.

    Attributes
    ----------
    workers : int
        Processes of this machine; does not count with a cluster.
    cluster : str, optional
        See `ratecheck.montecarlo.cluster.address.Address`.
    memory : int, optional
        Bytes that each worker may use.
    """

    workers: int = 1
    cluster: str | None = None
    memory: int | None = None

    @classmethod
    def of(cls, workers: int, cluster: str | None, memory: str | None) -> Resources:
        """Return the resources that ``--workers --cluster --memory-per-worker`` name."""
        room = None if memory is None else parse(memory)
        return cls(workers=workers, cluster=cluster, memory=room)

    def __post_init__(self) -> None:
        """Validate the number of workers; a machine starts a few per core, and no thousands."""
        most = max(_WORKERS, 4 * (os.cpu_count() or 1))
        check.integer("workers (processes of this machine)", self.workers, low=1, high=most)

    @contextlib.contextmanager
    def remote(self) -> Iterator[Cluster | None]:
        """Connect to the cluster, if there is one."""
        if self.cluster is None:
            yield None
            return
        from ratecheck.montecarlo.cluster.connection import connected

        with connected(self.cluster, self.memory) as remote:
            yield remote

    def require_room(self, studies: Sequence[Study], remote: Cluster | None) -> None:
        """Raise `InputError` if a cell of the studies cannot fit into a worker."""
        limit = self.memory or (remote.memory if remote else None)
        if limit is not None:
            require_room(studies, limit, "a worker")
        elif remote is None or remote.is_here:
            cells = sum(study.replicates_at(max(study.sizes)) for study in studies)
            count = min(remote.threads if remote else self.workers, cells)
            where = f"each of {count} workers here" if count > 1 else "this machine"
            require_room(studies, machine() / count, where)


def computed(
    request: Request, plan: Plan, journal: str, resources: Resources, *, fresh: bool
) -> Mapping[str, Outcome]:
    """Compute what a journal of the request's folder lacks of a plan; return all it holds."""
    if not fresh:
        request.refuse_other()
    suite, design = request.suite, request.design
    require(suite.studies)
    job = Job(compute=compute, studies=tuple((s.name, s) for s in suite.studies), seed=design.seed)
    title = f"{suite.name} ({design.profile})"
    with resources.remote() as remote:
        resources.require_room(suite.studies, remote)
        with open_journal(request.folder / journal, design, fresh=fresh) as opened:
            execute(plan, job, opened, workers=resources.workers, title=title, cluster=remote)
            return opened.outcomes()
