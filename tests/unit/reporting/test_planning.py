"""Plans: replicates from a pilot's spread, hours from its seconds, where they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.cli import main
from ratecheck.montecarlo.costs import COSTS, Cost, read_costs, write_costs
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.reporting.planning import RunPlan, machines, plan
from ratecheck.types import InputError

SIZES = (16, 32, 64, 128, 256)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Noisy(Measurement):
    """n^-1 times a log-normal factor of known spread."""

    spread: float = 0.2

    def measure(self, size: int, streams: Streams) -> list[Reading]:
        factor = float(np.exp(self.spread * streams("noise").standard_normal()))
        return [Reading(series="a", quantity="b", value=factor / size)]


CLAIM = replace(rc.theory.clean_minimax("3/2", 1), quantity="b")


def study(spread: float = 0.2, replicates: int = 4, paper: bool = False) -> rc.MeasuredStudy:
    held = rc.Expectation(claim=CLAIM, stopping="a", risk="b", margin=0.1)
    profiles = (rc.Profile(name="paper", sizes=SIZES, replicates=50),) if paper else ()
    return rc.MeasuredStudy(
        name="noisy", measurement=Noisy(spread=spread), sizes=SIZES, replicates=replicates,
        claims=(held,), profiles=profiles,
    )  # fmt: skip


def needed(made: RunPlan) -> int:
    (line,) = made.lines
    assert line.needed is not None
    return line.needed


def slope_error(spread: float, replicates: int) -> float:
    """Return the standard error of a least squares slope, from first principles."""
    x = np.log(SIZES)
    single = np.sqrt(np.exp(spread**2) - 1)
    return float(single / np.sqrt(replicates * np.sum((x - x.mean()) ** 2)))


def test_the_replicates_reach_the_target(tmp_path: Path) -> None:
    """The answer, made from ten replicates, has a reserve of less than a factor of three."""
    found = needed(plan(study(replicates=40), target_se=0.02, results=tmp_path))
    assert slope_error(0.2, found) <= 0.02
    assert slope_error(0.2, found // 3) > 0.02


def test_half_the_target_takes_four_times_the_replicates(tmp_path: Path) -> None:
    counts = [needed(plan(study(), target_se=t, results=tmp_path)) for t in (0.02, 0.01)]
    assert counts[1] == pytest.approx(4 * counts[0], rel=0.1)


def test_the_pilot_is_kept_and_not_computed_again(tmp_path: Path) -> None:
    first, again = (plan(study(), results=tmp_path) for _ in range(2))
    assert first == again
    assert "pilot" in first.source
    assert not list(tmp_path.glob("*/*/summary.json"))  # no result that verify would judge


def test_timed_results_are_the_evidence(tmp_path: Path) -> None:
    rc.run(study(replicates=12), results=tmp_path)
    folder = tmp_path / "noisy" / "standard"
    assert set(read_costs(folder)) == {"noisy"}
    write_costs(folder, {"noisy": Cost(seconds=tuple((n, 12, n / 16.0) for n in SIZES))})
    made = plan(study(replicates=12), target_se=10.0, results=tmp_path)
    assert made.source == str(folder)
    assert made.hours == pytest.approx(12 * sum(n / 16 for n in SIZES) / 3600)
    assert made.lines[0].exponent == pytest.approx(1.0, abs=1e-3)
    assert made.wall(10**6) == pytest.approx(16.0 / 3600)  # no less than the longest cell
    assert [count for count, _ in machines(made, 1)] == [1, 2, 4, 8, 16]


def test_results_without_costs_or_of_another_design_are_none(tmp_path: Path) -> None:
    rc.run(study(), results=tmp_path)
    assert "pilot" not in plan(study(), results=tmp_path).source
    assert "pilot" in plan(study(spread=0.3), results=tmp_path).source
    (tmp_path / "noisy" / "standard" / COSTS).unlink()
    assert "pilot" in plan(study(spread=0.2), results=tmp_path / "other").source


def test_the_paper_profile_is_planned_where_there_is_one(tmp_path: Path) -> None:
    assert plan(study(), results=tmp_path).profile == "standard"
    made = plan(study(paper=True), results=tmp_path)
    assert (made.profile, made.lines[0].replicates) == ("paper", 50)


def test_the_pilot_of_an_earlier_design_is_set_aside(tmp_path: Path) -> None:
    counts = [needed(plan(study(spread=s), results=tmp_path)) for s in (0.2, 0.4)]
    assert counts[1] > 3 * counts[0]
    assert (tmp_path / "noisy" / "pilot" / "journal.old.sqlite").exists()


def test_exact_numbers_need_no_replicates(tmp_path: Path) -> None:
    made = plan(study(spread=0.0), results=tmp_path)
    assert made.lines[0].needed is None
    assert made.lines[0].hours > 0


def test_no_such_plan(tmp_path: Path) -> None:
    for wrong in ({"target_se": 0.0}, {"target_se": float("nan")}, {"budget": -1.0}):
        with pytest.raises(InputError):
            plan(study(), results=tmp_path, **wrong)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="has no profile"):
        plan(study(), results=tmp_path, profile="nonsense")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*options: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["plan", "torus_rate", "--profile", "smoke", "--results", str(tmp_path), *options])
        return int(caught.value.code or 0), *capsys.readouterr()

    code, out, _ = said("--workers", "8", "--target-se", "0.1")
    assert code == 0
    assert "core hours; machines of 8 workers x hours:" in out
    assert "fourier: transforms" in out
    code, out, _ = said("--json", "--target-se", "0.1")
    assert json.loads(out)["lines"][0]["memory"]["operator"] == "fourier"
    code, _, error = said("--memory-per-worker", "10M")
    assert code == 2
    assert "needs about" in error
