from __future__ import annotations

import pytest

from ratecheck.montecarlo.cost import CostModel
from ratecheck.montecarlo.entries import Outcome
from ratecheck.montecarlo.plan import Cell, Plan
from ratecheck.montecarlo.progress import ProgressBar
from tests.unit.montecarlo.fakes import FakeStudy

CELLS = Plan.of([FakeStudy(sizes=(256, 2**20), replicates=10)]).dispatch


def finish(bar: ProgressBar, cost: CostModel, cell: Cell, seconds: float) -> None:
    cost.observe(cell, seconds)
    bar.advance(Outcome(cell=cell, rows=(), seconds=seconds, error=None))


def test_time_left_is_weighted_by_cost_and_divided_by_workers() -> None:
    cost = CostModel()
    bar = ProgressBar("x", CELLS, cost, done=0, workers=2)
    for cell in CELLS[:5]:
        finish(bar, cost, cell, 2.0)
    # Half of the large cells are left, at 2 s each; the ten small ones cost next to nothing.
    assert bar.seconds_left == pytest.approx(5 * 2.0 / 2, rel=0.05)
    assert bar.cells == "5/20"


def test_cells_of_an_earlier_run_count_as_done() -> None:
    bar = ProgressBar("x", CELLS[:3], CostModel(), done=17, workers=1)
    bar.advance(Outcome(cell=CELLS[0], rows=(), seconds=1.0, error="Traceback"))
    assert bar.cells == "18/20, 1 failed"


def test_nothing_is_drawn_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("x", CELLS, cost := CostModel(), done=0, workers=1) as bar:
        finish(bar, cost, CELLS[0], 1.0)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_the_bar_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # what makes rich take the stream for a terminal
    monkeypatch.setenv("COLUMNS", "120")
    with ProgressBar("torus", CELLS, cost := CostModel(), done=0, workers=1) as bar:
        finish(bar, cost, CELLS[0], 60.0)
    out, err = capsys.readouterr()
    assert not out
    assert "torus" in err
    assert "1/20 cells" in err
    assert "0:09:0" in err  # nine large cells at a minute each


def test_a_log_gets_a_line_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 10_000, 25))  # seconds
    monkeypatch.setattr("ratecheck.montecarlo.progress.time.monotonic", lambda: float(next(now)))
    with ProgressBar("torus", CELLS, cost := CostModel(), done=0, workers=1) as bar:
        for cell in CELLS[:6]:
            finish(bar, cost, cell, 25.0)
    out, err = capsys.readouterr()
    assert not out
    assert [line.partition(",")[0] for line in err.splitlines()] == [
        "torus: 3/20 cells", "torus: 6/20 cells",
    ]  # fmt: skip
    assert err.endswith("left\n")
