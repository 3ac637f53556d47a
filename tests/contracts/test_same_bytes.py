"""The same study, seed and version: the same bytes, whatever happens on the way."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck.montecarlo.executors import Job
from ratecheck.montecarlo.journal import Journal, open_journal
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.records import rows_of, to_csv
from ratecheck.montecarlo.runner import execute
from ratecheck.montecarlo.shard import Shard
from ratecheck.types import Row
from tests.unit.montecarlo.fakes import FakeStudy, compute, design

STUDIES = (FakeStudy(name="a", replicates=2), FakeStudy(name="b", sizes=(8, 512), replicates=3))
PLAN = Plan.of(STUDIES)
HISTORIES = st.lists(
    st.tuples(
        st.integers(1, 3),  # parts of the plan
        st.integers(1, 3),  # which of them is computed
        st.sampled_from([1, 1, 1, 1, 2]),  # workers
        st.none() | st.integers(0, 11),  # after how many cells it is interrupted
    ),
    max_size=5,
)


class Interrupting(Journal):  # type: ignore[misc] # final, but for this test of what surrounds it
    """A journal whose run is interrupted after some cells."""

    def __init__(self, journal: Journal, after: int | None) -> None:
        super().__init__(journal.path, journal._connection)
        self.after = after

    def append(self, outcome: object) -> None:
        if self.after == 0:
            raise KeyboardInterrupt
        super().append(outcome)  # type: ignore[arg-type] # an outcome
        self.after = None if self.after is None else self.after - 1


def job(seed: int = 0) -> Job:
    return Job(compute=compute, studies=tuple((s.name, s) for s in STUDIES), seed=seed)


def bytes_after(history: list[tuple[int, int, int, int | None]], seed: int = 0) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        for count, index, workers, after in [*history, (1, 1, 1, None)]:
            part = Shard(index=min(index, count), count=count).part(PLAN)
            with open_journal(path, design(*STUDIES, seed=seed)) as journal:
                try:
                    execute(part, job(seed), Interrupting(journal, after), workers=workers)
                except KeyboardInterrupt:
                    continue
        with open_journal(path, design(*STUDIES, seed=seed)) as journal:
            return to_csv(rows_of(PLAN, journal.outcomes()))


@pytest.fixture(scope="module")
def reference() -> bytes:
    outcomes = {cell.key: job().run(cell) for cell in PLAN.cells}
    return to_csv(rows_of(PLAN, outcomes))


@given(history=HISTORIES)
@settings(max_examples=20)
def test_any_history_gives_the_same_bytes(
    reference: bytes, history: list[tuple[int, int, int, int | None]]
) -> None:
    assert bytes_after(history) == reference


def test_another_seed_does_not(reference: bytes) -> None:
    assert bytes_after([(2, 1, 1, 3)], seed=1) != reference


def test_nor_does_a_cell_that_depends_on_what_ran_before() -> None:
    seen: list[str] = []

    def impure(study: FakeStudy, cell: Cell, seed: int) -> list[Row]:
        seen.append(cell.key)
        return [row | {"time": float(len(seen))} for row in compute(study, cell, seed)]

    def run_in(cells: tuple[Cell, ...]) -> bytes:
        seen.clear()
        wrong = Job(compute=impure, studies=job().studies, seed=0)
        return to_csv(rows_of(PLAN, {cell.key: wrong.run(cell) for cell in cells}))

    assert run_in(PLAN.cells) != run_in(PLAN.dispatch)
