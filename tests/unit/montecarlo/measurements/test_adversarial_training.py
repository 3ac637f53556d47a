"""The measurements of the two studies, at sizes of seconds."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest

from ratecheck.adversarial_flow import PGD, Descent, Restarts
from ratecheck.kernels import NTK
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements import adversarial_dynamics as dynamics
from ratecheck.montecarlo.measurements import degeneration, robust_network
from ratecheck.montecarlo.measurements.adv_ntk import (
    CLEAN,
    CURVE,
    LEARNT,
    PLAIN,
    ROBUST,
    STOPPED,
    TIME,
    AdvNTKGain,
    published_attack,
)
from ratecheck.montecarlo.measurements.adversarial_dynamics import TrainingGap, Varied
from ratecheck.montecarlo.measurements.degeneration import (
    Degeneration,
    Schedule,
    SyntheticDegeneration,
)
from ratecheck.montecarlo.measurements.labelled import Labelled, Rows
from ratecheck.montecarlo.measurements.robust_network import RobustNetwork
from ratecheck.streams import Role, generator
from ratecheck.types import InputError
from tests.unit.adversarial_flow.test_outputs import KERNELS, outputs

QUICK = Restarts(starts=1, steps=5)
SCHEDULE = Schedule(decades=(-1.0, 5.0), per_decade=1, spread=1.0)


def streams(seed: int = 0) -> Streams:
    def give(role: Role) -> np.random.Generator:
        return generator(seed, "test", role=role)

    return give


def sorted_(readings: list[Reading]) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for reading in readings:
        found.setdefault((reading.series, reading.quantity), []).append(reading.value)
    return found


def test_rows_are_disjoint_and_only_fitted_labels_are_wrong() -> None:
    plain = Labelled(data="digits", held=40, test=30)
    wrong = Labelled(data="digits", held=40, test=30, wrong=0.5)
    train, held, test = plain.draw(50, streams())
    other = wrong.draw(50, streams())
    assert [len(rows.X) for rows in (train, held, test)] == [50, 40, 30]
    everything = np.vstack((train.X, held.X, test.X))
    assert len(np.unique(everything, axis=0)) == 120
    np.testing.assert_array_equal(test.labels, other[2].labels)
    changed = np.mean(np.concatenate((train.labels, held.labels))
                      != np.concatenate((other[0].labels, other[1].labels)))  # fmt: skip
    assert 0.3 < changed < 0.6  # half are drawn anew, a tenth of them as they were
    np.testing.assert_array_equal(train.Y.argmax(axis=1), train.labels)
    np.testing.assert_array_equal(plain.draw(50, streams())[0].X, train.X)


@pytest.mark.parametrize("make", [
    lambda: Labelled(data="faces", held=0, test=1), lambda: Labelled(data="digits", held=0, test=0),
    lambda: Labelled(data="digits", held=0, test=1, wrong=2.0),
    lambda: Labelled(data="digits", held=0, test=1797).draw(1, streams()),
    lambda: Labelled(data="diabetes", held=0, test=1).draw(1, streams()),
    lambda: Schedule(decades=(1.0, 0.0), per_decade=1, spread=1.0),
    lambda: TrainingGap(vary="time"),  # type: ignore[arg-type] # wrong on purpose
])  # fmt: skip
def test_bad_settings(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator] # a lambda


def test_published_attack_is_one_step_that_may_leave_the_ball() -> None:
    f, X, _ = outputs(KERNELS[0])
    rows = Rows(X=X, labels=np.zeros(5, dtype=np.int64), Y=np.eye(3)[np.zeros(5, dtype=np.int64)])
    moved = published_attack(f, rows, 0.1, np.random.default_rng(0))
    start = np.clip(X + 0.1 * np.random.default_rng(0).uniform(-1, 1, X.shape), 0, 1)
    np.testing.assert_allclose(np.abs(moved - start)[(moved > 0) & (moved < 1)], 0.1, rtol=1e-12)
    assert 0.1 < np.abs(moved - X).max() <= 0.2
    assert moved.min() >= 0
    assert moved.max() <= 1


@pytest.mark.parametrize("measurement", [
    Degeneration(kernel=NTK(depth=2, bias=0.1), schedule=SCHEDULE, radii=(0.1,), box=(0.0, 1.0),
                 problem=Labelled(data="digits", held=0, test=30), search=QUICK),
    SyntheticDegeneration(kernel=NTK(depth=2, bias=1.0), dimension=2, noise=0.5, test=20,
                          schedule=SCHEDULE, radii=(0.1,), search=QUICK),
], ids=lambda m: type(m).__name__)  # fmt: skip
def test_degeneration(measurement: Measurement) -> None:
    readings = measurement.measure(30, streams())
    found = sorted_(readings)
    errors = (degeneration.EVEN, degeneration.UNEVEN)
    assert found[degeneration.UNTOUCHED, degeneration.DISTANCE][-1] > 1e-3
    assert (degeneration.UNTOUCHED, degeneration.CLEAN) not in found
    for series in errors:
        distance = found[series, degeneration.DISTANCE]
        clean, attacked = found[series, degeneration.CLEAN], found[series, degeneration.robust(0.1)]
        assert len(clean) == len(distance) + 1 == 8
        assert all(a >= c - 1e-12 for a, c in zip(attacked, clean, strict=True))
        assert distance[-1] < 1e-3
    last = [r for r in readings if r.index == 7]
    assert all(r.time == math.inf for r in last)
    ends = {s: found[s, degeneration.CLEAN][-1] for s in errors}
    assert len(set(ends.values())) == 1  # one interpolant


def test_adv_ntk_gain() -> None:
    descent = Descent(steps=10, rate=1.0, batch=10, attack=PGD(steps=2))
    measurement = AdvNTKGain(
        problem=Labelled(data="digits", held=20, test=30), train=40, bias=0.1, radius=0.1,
        times=(0.1, 10.0), published=descent, longer=descent, search=QUICK,
    )  # fmt: skip
    found = sorted_(measurement.measure(2, streams()))
    for series in (PLAIN, STOPPED, LEARNT):
        assert 0 <= found[series, ROBUST][0] <= found[series, CLEAN][0] <= 1
    assert found[STOPPED, TIME][0] in (0.1, 10.0)
    assert len(found[LEARNT, CURVE]) == 2
    assert found == sorted_(measurement.measure(2, streams()))
    assert found[PLAIN, CLEAN][0] > 0.4


def test_robust_network() -> None:
    pytest.importorskip("jax")
    both = (robust_network.ADVERSARIAL, robust_network.STANDARD)
    measurement = RobustNetwork(
        problem=Labelled(data="digits", held=0, test=30), train=50, width=32, bias=0.1, radius=0.1,
        rate=0.1, epochs=(2, 30), steps=2, search=QUICK, trainings=both,
    )  # fmt: skip
    found = sorted_(measurement.measure(2, streams()))
    for series in both:
        clean, loss = found[series, robust_network.CLEAN], found[series, robust_network.TRAINING]
        assert len(clean) == 2
        assert clean[1] < clean[0]
        assert loss[1] < loss[0]
        assert found[series, robust_network.robust(0.1)][1] >= clean[1]


@pytest.mark.parametrize("vary", get_args(Varied))
def test_training_gap(vary: Varied) -> None:
    measurement = TrainingGap(vary=vary, points=6, width=30, steps=20, ascents=3)
    first, second = (sorted_(measurement.measure(size, streams())) for size in (10, 40))
    assert all(value[0] > 0 for value in first.values())
    if vary == "steps":
        gap = (dynamics.FROZEN, dynamics.GAP)
        assert first[gap][0] / second[gap][0] == pytest.approx(4, rel=0.3)
    elif vary == "inverse strength":
        gap = (dynamics.LINEAR, dynamics.GAP)
        assert first[gap][0] > 2 * second[gap][0]
    else:
        assert first.keys() >= {(dynamics.NETWORK, dynamics.TO_LINEAR)}
