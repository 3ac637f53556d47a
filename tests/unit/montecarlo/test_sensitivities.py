"""Measurements of sensitivities: against direct calls, synthetic data and class pairs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ratecheck.filters import GradientFlowFilter
from ratecheck.montecarlo.measured import Measurement, Reading, Streams
from ratecheck.montecarlo.measurements import adversarial_change as attacks
from ratecheck.montecarlo.measurements import sensitivities as measured
from ratecheck.montecarlo.measurements.adversarial_change import AdversarialChange, Model
from ratecheck.montecarlo.measurements.feature_data import ClassPair, FeatureData, Synthetic
from ratecheck.montecarlo.measurements.sensitivities import (
    EXCESS,
    LAW,
    LIMIT,
    ORDER,
    SENSITIVITY,
    SHARE,
    AboveLimit,
    AgainstSamples,
    AgainstWidth,
    at,
)
from ratecheck.montecarlo.measurements.stopped_features import (
    PLAIN,
    RIDGE,
    RISK,
    STOPPED,
    TRUTH,
    WIDE,
    StoppedFeatures,
)
from ratecheck.random_features import (
    fit_of,
    leading_order,
    parameters,
    sensitivity_of,
    universal_bound,
)
from ratecheck.random_features.features import FeatureName
from ratecheck.streams import Role, generator
from ratecheck.types import Array, InputError, Status
from tests.unit.datasets.writers import write_cifar10, write_mnist

BOTH: list[FeatureName] = ["rf", "ntk"]
both = pytest.mark.parametrize("features", BOTH)
D, K, SAMPLES = 8, 90, (7, 12)


def streams(replicate: int = 0) -> Streams:
    def of(role: Role) -> np.random.Generator:
        return generator(0, "test", replicate, role=role)

    return of


def readings(measurement: Measurement, size: int) -> dict[tuple[str, str], Reading]:
    found = measurement.measure(size, streams())
    assert len({(r.series, r.quantity) for r in found}) == len(found)
    again = measurement.measure(size, streams())
    assert found == again  # pure
    return {(r.series, r.quantity): r for r in found}


def data(source: FeatureData, N: int) -> tuple[Array, Array, Array, Array]:
    X, Y, z = source.draw(N, 3, streams())
    d = source.dimension
    return X, Y, z, streams()("init").standard_normal((K, d)).T / np.sqrt(d)


@both
def test_against_width(features: FeatureName) -> None:
    source = Synthetic(d=D)
    X, Y, z, W = data(source, SAMPLES[-1])
    kinds = {"features": features, "data": source, "samples": SAMPLES, "tests": 3}
    found = readings(AgainstWidth(activations=("tanh", "square"), **kinds), K)  # type: ignore[arg-type] # a table of keywords
    for N in SAMPLES:
        bound = universal_bound(N, D, parameters(features, D, K))
        for name in ("tanh", "square"):
            S = np.asarray(sensitivity_of(features, name, X[:N], Y[:N], z, W))
            one = found[name, at(SENSITIVITY, N)]
            assert one.value == pytest.approx(S.mean(), rel=1e-9)
            assert one.status is Status.CONVERGED
            assert 0 < one.error < 1e-9 * one.value
            assert found[name, at(SHARE, N)].value == pytest.approx(S.mean() / bound, rel=1e-9)
        law = leading_order(features, "square", N, K, D) ** 2 * np.mean(Y[:N] ** 2)
        assert found["square", at(LAW, N)].value == pytest.approx(np.mean(S**2) / law, rel=1e-9)
        assert ("tanh", at(LAW, N)) not in found


@both
def test_above_limit(features: FeatureName) -> None:
    source = Synthetic(d=D, inputs="sphere")
    N = 7
    X, Y, z, W = data(source, N)
    measurement = AboveLimit(
        features=features, activations=("cos", "tanh", "relu"), data=source, samples=(N,), tests=3
    )
    found = readings(measurement, K)
    narrow, wide = (np.asarray(sensitivity_of(features, "cos", X, Y, z, V)) for V in (W, None))
    assert found["cos", at(LIMIT, N)].value == pytest.approx(wide.mean(), rel=1e-8)
    excess = np.mean(narrow**2) - np.mean(wide**2)
    assert found["cos", at(EXCESS, N)].value == pytest.approx(excess, rel=1e-6)
    order = narrow.mean() / (1 + np.sqrt(N / K))
    assert found["cos", at(ORDER, N)].value == pytest.approx(order, rel=1e-9)
    assert ("tanh", at(EXCESS, N)) not in found
    assert (("relu", at(LIMIT, N)) in found) == (features == "rf")


@both
@pytest.mark.parametrize("width", [None, K])
def test_against_samples(features: FeatureName, width: int | None) -> None:
    source = Synthetic(d=D)
    X, Y, z, W = data(source, 7)
    found = readings(
        AgainstSamples(features=features, activations=("erf",), data=source, width=width, tests=3),
        7,
    )
    S = np.asarray(sensitivity_of(features, "erf", X, Y, z, None if width is None else W))
    assert found["erf", SENSITIVITY].value == pytest.approx(S.mean(), rel=1e-8)
    assert (("erf", SHARE) in found) == (width is not None)


def test_a_singular_fit_says_so() -> None:
    measurement = AgainstWidth(
        features="rf", activations=("tanh",), data=Synthetic(d=D), samples=(12,), tests=3
    )
    found = readings(measurement, 5)
    assert {r.status for r in found.values()} == {Status.RANK_DEFICIENT}


def test_digits_are_centred_and_have_the_length_of_the_theory() -> None:
    source = ClassPair(dataset="digits", first="3", second="8", pixels="centred")
    X, Y, z = source.draw(50, 20, streams())
    assert X.shape == (50, 64) == (50, source.dimension)
    assert z.shape == (20, 64)
    assert set(Y) == {-1.0, 1.0}
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    assert np.mean(np.sum(X**2, axis=1)) == pytest.approx(64)
    together = np.vstack([X, z])
    assert len(np.unique(together, axis=0)) == 70  # without replacement


def test_raw_pixels_are_left_alone() -> None:
    source = ClassPair(dataset="digits", first="3", second="8")
    X, _, z = source.draw(50, 20, streams())
    centred = replace(source, pixels="centred").draw(50, 20, streams())
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert set(np.unique(np.round(z * 16, 9))) <= set(range(17))
    scale = np.linalg.norm(centred[0]) / np.linalg.norm(X - X.mean(axis=0))
    np.testing.assert_allclose(centred[2], (z - X.mean(axis=0)) * scale, atol=1e-12)


def test_random_labels_keep_the_points() -> None:
    source = ClassPair(dataset="digits", first="3", second="8")
    X, Y, z = source.draw(50, 20, streams())
    A, B, c = replace(source, labels="random").draw(50, 20, streams())
    np.testing.assert_array_equal(X, A)
    np.testing.assert_array_equal(z, c)
    assert not set(B) <= {-1.0, 1.0}
    assert not np.array_equal(Y, B)


@pytest.mark.parametrize(
    ("name", "classes", "d"), [("mnist", ("3", "8"), 784), ("cifar10", ("cat", "dog"), 3072)]
)
def test_class_pairs_of_a_local_folder(
    name: str, classes: tuple[str, str], d: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mnist(tmp_path, 120)
    write_cifar10(tmp_path, 30)
    monkeypatch.setenv("RATECHECK_DATA", str(tmp_path))
    source = ClassPair(dataset=name, first=classes[0], second=classes[1])
    measurement = AgainstWidth(
        features="ntk", activations=("cos",), data=source, samples=(5, 8), tests=3
    )
    found = readings(measurement, 20)
    assert found["cos", at(SENSITIVITY, 8)].value > 0
    assert source.dimension == d


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (ClassPair(dataset="digits", first="3", second="8"), "has 357 rows, 400 \\+ 3"),
        (ClassPair(dataset="diabetes", first="3", second="8"), "dataset must be one of"),
        (ClassPair(dataset="digits", first="3", second="x"), "class"),
    ],
)
def test_bad_pairs_are_named(source: ClassPair, message: str) -> None:
    with pytest.raises(InputError, match=message):
        source.draw(400, 3, streams())


def test_bad_kinds_are_named() -> None:
    with pytest.raises(InputError, match="pixels must be one of raw, centred"):
        ClassPair(dataset="digits", first="3", second="8", pixels="white")  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="labels must be one of class, random"):
        ClassPair(dataset="digits", first="3", second="8", labels="none")  # type: ignore[arg-type] # on purpose


def test_adversarial_change() -> None:
    models = (
        Model(features="ntk", activation="tanh", width=40),
        Model(features="rf", activation="square", width=60),
    )
    measurement = AdversarialChange(models=models, data=Synthetic(d=D), samples=10, tests=6)
    small, large = readings(measurement, 1000), readings(measurement, 1)
    for name in ("NTK tanh", "RF square"):
        assert small[name, attacks.RATIO].value == pytest.approx(1.0, abs=0.02)
        assert small[name, attacks.RANKS].value > 0.9
        assert small[name, attacks.CHANGE].radius == pytest.approx(np.sqrt(D) / 1000)
        for found in (small, large):
            ratio, ceiling = (found[name, q].value for q in (attacks.RATIO, attacks.CEILING))
            assert ratio <= ceiling
            assert found[name, attacks.RATIO].error == pytest.approx(ceiling - ratio)
    assert large["RF square", attacks.RATIO].value > 1.2
    assert large["RF square", attacks.RATIO].error < 1e-6  # exact


def test_stopped_features() -> None:
    measurement = StoppedFeatures(
        activation="tanh", d=6, samples=20, held_out=30, tests=40, sigma=0.5, decades=4.0
    )
    found = readings(measurement, 80)
    for suffix in ("", WIDE):
        for name in (PLAIN, STOPPED, RIDGE):
            assert found[name + suffix, RISK].value > 0
            assert found[name + suffix, measured.SENSITIVITY].value > 0
        assert found[PLAIN + suffix, RISK].time is None
        time = found[STOPPED + suffix, RISK].time
        assert time is not None
        assert 1.0 <= time <= 1e4
    assert found[TRUTH, measured.SENSITIVITY].value > 0


def test_stopped_features_are_those_of_the_chosen_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from ratecheck.montecarlo.measurements import stopped_features as module

    seen: list[Any] = []
    drawn = module._drawn

    def spy(setting: StoppedFeatures, of: Streams) -> Any:
        seen.append(drawn(setting, of))
        return seen[-1]

    monkeypatch.setattr(module, "_drawn", spy)
    measurement = StoppedFeatures(activation="tanh", d=6, samples=20, held_out=30, tests=40)
    found = {(r.series, r.quantity): r for r in measurement.measure(80, streams())}
    problem = seen[0]
    W = streams()("init").standard_normal((80, 6)).T / np.sqrt(6)
    errors = {}
    for time in np.geomspace(1.0, 1e6, 25):
        fit = fit_of("rf", "tanh", problem.X, problem.Y, W, filter=GradientFlowFilter(), time=time)
        errors[time] = np.mean((fit.function(problem.held[0]) - problem.held[1]) ** 2)
    best = min(errors, key=lambda t: errors[t])
    reading = found[STOPPED, measured.SENSITIVITY]
    assert reading.time == pytest.approx(best)
    S = np.asarray(sensitivity_of("rf", "tanh", problem.X, problem.Y, problem.z, W, times=best))
    assert reading.value == pytest.approx(S.mean(), rel=1e-7)
    numeric = [
        [
            (_target(problem, x + step) - _target(problem, x - step)) / 2e-6
            for step in 1e-6 * np.eye(6)
        ]
        for x in problem.z[:3]
    ]
    np.testing.assert_allclose(problem.slopes[:3], numeric, rtol=1e-6, atol=1e-8)


def _target(problem: Any, x: Array) -> float:
    """Return f(x), with its unit vectors read off the gradients at the test points."""
    rng = streams()("target")
    u, v = (w / np.linalg.norm(w) for w in rng.standard_normal((2, 6)))
    return float(x @ u + 0.5 * ((x @ v) ** 2 - 1))
