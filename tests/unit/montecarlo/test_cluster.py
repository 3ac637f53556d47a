"""Addresses, the script of a SLURM job, lost cells, other versions: what needs no cluster."""

from __future__ import annotations

import asyncio
import gc
import logging
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import pytest

from ratecheck.montecarlo.cluster import connection, payload, starting
from ratecheck.montecarlo.cluster.address import Address
from ratecheck.montecarlo.cluster.flight import Flight
from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.threads import VARIABLES
from ratecheck.types import InputError, MissingExtraError, ResultsError
from tests.unit.montecarlo.fakes import FakeStudy, compute

distributed = pytest.importorskip("distributed")

STUDY = FakeStudy(sizes=(16,))
CELLS = Plan.of([STUDY]).cells
JOB = Job(compute=compute, studies=(("fake", STUDY),), seed=0)


@pytest.mark.parametrize("text", ["", "local", "local:0", "slurm:", "a b:1", "host", "http://a:1"])
def test_no_address(text: str) -> None:
    with pytest.raises(InputError, match="a cluster is local:4"):
        Address(text=text)


@pytest.mark.parametrize("text", ["local:2", "tls://a.b:80", "127.0.0.1:8786", "my dir/s.json"])
def test_address(text: str) -> None:
    assert Address(text=text).text == text


class FakeFuture:
    """A future that is done at once."""

    def __init__(self, result: object) -> None:
        self.value = result
        self.status = "error" if isinstance(result, BaseException) else "finished"

    def result(self, timeout: float) -> object:
        assert timeout > 0
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value

    def add_done_callback(self, function: Any) -> None:
        function(self)


class FakeClient:
    """Computes in this process; ``deadly`` cells are given up by Dask, ``lost`` loses all."""

    def __init__(self, deadly: dict[str, int], lost: bool = False) -> None:
        self.status = "running"
        self.deadly = deadly
        self.lost = lost
        self.sent: list[tuple[str, ...]] = []

    def submit(self, function: Any, sent: bytes, variables: Any, pure: bool) -> FakeFuture:
        assert not pure
        group: tuple[Cell, ...] = pickle.loads(sent)[1]
        self.sent.append(tuple(cell.key for cell in group))
        for cell in group:
            if self.deadly.get(cell.key, 0) > 0:
                self.deadly[cell.key] -= 1
                return FakeFuture(distributed.KilledWorker("key", None, 3))
        future = FakeFuture(function(sent, variables))
        if self.lost:
            future.status, self.status = "cancelled", "connecting"
        return future

    def cancel(self, futures: list[FakeFuture], force: bool) -> None:
        self.sent.append(("cancelled", *(str(force) for _ in futures)))


def flight(client: FakeClient, *groups: tuple[Cell, ...]) -> Flight:
    return Flight(client, JOB, iter(groups), lambda: ResultsError("gone"), lambda: None)


def collected(under_way: Flight) -> Iterator[str]:
    under_way.fill(10)
    while under_way.groups:
        yield from (outcome.cell.key for outcome in under_way.next())


def test_a_lost_group_is_sent_again_cell_by_cell() -> None:
    client = FakeClient({"fake/16/1": 2})
    assert sorted(collected(flight(client, CELLS))) == [cell.key for cell in CELLS]
    assert client.sent[1:5] == [(cell.key,) for cell in CELLS]


def test_a_deadly_cell_is_named() -> None:
    with pytest.raises(ResultsError, match="workers keep dying of cell fake/16/1"):
        list(collected(flight(FakeClient({"fake/16/1": 99}), CELLS)))


def test_a_lost_scheduler_ends_the_run() -> None:
    with pytest.raises(ResultsError, match="gone"):
        list(collected(flight(FakeClient({}, lost=True), CELLS)))


@pytest.mark.parametrize("error", [OSError("closed in the middle"), TimeoutError()])
def test_an_answer_that_cannot_be_fetched_is_asked_for_again(error: Exception) -> None:
    under_way = flight(FakeClient({}), CELLS)
    under_way.fill(1)
    (future,) = under_way.groups
    future.value = error
    assert under_way.next() == []
    assert [outcome.cell for outcome in under_way.next()] == list(CELLS)


@pytest.mark.parametrize("status", ["lost", "cancelled"])
def test_an_answer_that_went_down_with_its_worker_is_waited_for(status: str) -> None:
    under_way = flight(FakeClient({}), CELLS)
    under_way.fill(1)
    (future,) = under_way.groups
    future.status = status
    assert under_way.next() == []
    future.status = "finished"
    assert [outcome.cell for outcome in under_way.next()] == list(CELLS)
    assert not under_way.groups


def test_no_more_is_sent_than_there_is_room_for() -> None:
    client = FakeClient({})
    under_way = flight(client, *((cell,) for cell in CELLS))
    under_way.fill(2)
    assert client.sent == [(cell.key,) for cell in CELLS[:2]]
    under_way.cancel()
    assert client.sent[2:] == [("cancelled", "True", "True")]


def test_a_worker_without_the_package_is_reported() -> None:
    client = FakeClient({})
    under_way = flight(client, CELLS)
    under_way.fill(1)
    (future,) = under_way.groups
    future.status, future.value = "error", ModuleNotFoundError("No module named 'ratecheck'")
    with pytest.raises(ResultsError, match=r"cannot compute fake/16/0 .*install the same"):
        under_way.next()


def test_other_versions_are_refused() -> None:
    versions, outcomes = payload.work(payload.packed(JOB, CELLS[:1]), {})
    assert payload.outcomes((versions, outcomes)) == outcomes
    other = tuple((name, "1.0" if name == "numpy" else text) for name, text in versions)
    with pytest.raises(ResultsError, match=r"numpy 1.0 \(here \d"):
        payload.outcomes((other, outcomes))


def test_the_job_script_of_slurm() -> None:
    pytest.importorskip("dask_jobqueue")
    options = {"queue": "long", "account": "kernels", "walltime": "24:00:00"}
    where = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with starting.slurm(3 * 2**30, scheduler_options=where, n_workers=0, **options) as cluster:
        script = cluster.job_script()
    for line in ("#SBATCH -p long", "#SBATCH -A kernels", "#SBATCH -t 24:00:00"):
        assert line in script.splitlines()
    assert "#SBATCH --cpus-per-task=1" in script
    assert "#SBATCH --mem=3G" in script
    assert all(f"export {name}=1" in script.splitlines() for name in VARIABLES)
    assert "distributed.cli.dask_worker" in script
    assert "--nthreads 1" in script
    assert "--memory-limit 3.00GiB" in script


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(starting, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"pip install 'ratecheck\[cluster\]'"):
        starting.distributed()
    with pytest.raises(MissingExtraError, match="needs dask-jobqueue"):
        starting.slurm()


class Workers:
    """A client and a managed cluster that has lost its workers."""

    status = "running"

    def __init__(self) -> None:
        self.scaled: list[int] = []

    def nthreads(self) -> dict[str, int]:
        return {}

    def scale(self, count: int) -> None:
        self.scaled.append(count)


def test_workers_that_are_gone_for_good_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Workers()
    ours = connection.Cluster(lost, Address(text="local:3"), lost)
    assert ours.threads == 1
    assert lost.scaled == [3]
    monkeypatch.setattr(connection, "_LOOK", 0.0)
    monkeypatch.setattr(connection, "_ABSENCE", -1.0)
    with pytest.raises(ResultsError, match=r"workers of local:3 keep dying.*cells are kept"):
        _ = ours.threads


def test_a_foreign_scheduler_without_workers_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connection, "_LOOK", 0.0)
    theirs = connection.Cluster(Workers(), Address(text="tcp://here:1"))
    assert [theirs.threads, theirs.threads] == [1, 1]
    assert capsys.readouterr().err == "waiting for a worker of tcp://here:1\n"


def drop_a_task(error: Exception) -> None:
    """Let a task fail whose outcome nobody asks for, as Dask's client does."""

    async def fail() -> None:
        raise error

    async def drop() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.sleep(0.01)
        assert task.done()

    asyncio.run(drop())
    gc.collect()


def test_tasks_that_dask_drops_are_no_business_of_the_user(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with connection._quiet():
        drop_a_task(distributed.client.AllExit())
        assert caplog.records == []
        drop_a_task(ValueError("of our own"))
    (ours,) = caplog.records
    assert ours.exc_text is not None
    assert "of our own" in ours.exc_text
    drop_a_task(distributed.client.AllExit())
    assert len(caplog.records) == 2  # afterwards everything is told again


def test_an_interrupted_start_is_abandoned_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**options: object) -> None:
        raise KeyboardInterrupt

    dropped: list[str] = []
    monkeypatch.setattr(distributed, "LocalCluster", interrupted)
    monkeypatch.setattr("atexit.unregister", lambda function: dropped.append(function.__name__))
    handlers = [logging.NullHandler()]
    monkeypatch.setattr(logging.getLogger("distributed"), "handlers", handlers)
    before = [handler.level for handler in handlers]
    with pytest.raises(KeyboardInterrupt), connection.connected("local:2"):
        pass
    assert dropped == ["close_clusters"]
    assert all(handler.level > logging.CRITICAL for handler in handlers)  # until the end
    connection._loud(handlers, before)
    with pytest.raises(ResultsError), connection._quiet():
        raise ResultsError("an error of ours")
    assert [handler.level for handler in handlers] == before


@dataclass
class StuckCluster:
    """Has ``patience`` seconds of work left when it is told to close."""

    work: float

    def close(self, timeout: float) -> None:
        """Close, or say that there was no time."""
        if self.work > timeout:
            raise TimeoutError


@pytest.mark.parametrize(("work", "alive"), [(10.0, False), (0.0, True)])
def test_a_cluster_that_does_not_close_is_killed(work: float, alive: bool) -> None:
    """The processes of one that closes in time are none of our business."""
    child = get_context("spawn").Process(target=time.sleep, args=(60,), daemon=True)
    child.start()
    try:
        starting.close(StuckCluster(work), timeout=1.0)
        child.join(0.0 if alive else 20.0)
        assert child.is_alive() is alive
    finally:
        child.kill()
