"""Learning training times by attack."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest

from ratecheck.adversarial_flow import PGD, AdversarialFlow, Descent, Learnt, ball, learn_times
from ratecheck.adversarial_flow.learning import _batches, _Family
from ratecheck.adversarial_flow.parametrisation import PARAMETRISATIONS, parametrisation
from ratecheck.kernels import NTK
from ratecheck.types import Array, InputError

KERNEL = NTK(depth=3, bias=0.1)
Data = tuple[tuple[Array, Array], tuple[Array, Array]]


def data(n: int = 40, m: int = 20, seed: int = 0) -> Data:
    """Return fitting and validation points with two noisy outputs."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n + m, 3))
    Y = np.column_stack((np.sin(3 * X[:, 0]), X[:, 1] * X[:, 2]))
    Y += 0.3 * rng.standard_normal(Y.shape)
    return (X[:n], Y[:n]), (X[n:], Y[n:])


def learn(rules: Descent, radius: float = 0.1, seed: int = 1, where: Data | None = None) -> Learnt:
    rng = np.random.default_rng(seed)
    return learn_times(KERNEL, *(where or data()), ball(radius, math.inf, None), rng, rules)


@pytest.mark.parametrize("name", list(PARAMETRISATIONS))
def test_parametrisations(name: str) -> None:
    chart = PARAMETRISATIONS[name]
    xi = np.array([1e-3, 0.5, 2.0])
    u = chart.inverse(xi)
    np.testing.assert_allclose(chart.value(u), xi, rtol=1e-12)
    difference = (chart.value(u + 1e-6) - chart.value(u - 1e-6)) / 2e-6
    np.testing.assert_allclose(chart.slope(u), difference, rtol=1e-8)
    assert (chart.value(np.linspace(-5, 5, 11)) >= 0).all()


def test_gradient_of_the_loss_in_the_times() -> None:
    (X, Y), (Z, V) = data()
    family = _Family(kernel=KERNEL, X=X, Theta=KERNEL(X, X), Y=Y, offset=Y.mean(axis=0))
    rng = np.random.default_rng(0)
    xi, move = rng.uniform(0, 0.2, 40), rng.standard_normal(40)
    rise, loss = family.slope(*family.member(xi), Z, V)

    def at(step: float) -> float:
        return family.slope(*family.member(xi + step * move), Z, V)[1]

    assert loss == pytest.approx(0.5 * np.mean(np.sum((family.member(xi)[1](Z) - V) ** 2, axis=1)))
    assert rise @ move == pytest.approx((at(1e-5) - at(-1e-5)) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("rules", [
    Descent(), Descent(start=0.0), Descent(parametrisation="softplus", rate=1.0),
    Descent(parametrisation="exp", rate=1.0, start=0.1),
], ids=lambda r: f"{r.parametrisation}, {r.start}")  # fmt: skip
def test_descent_lowers_the_attacked_loss(rules: Descent) -> None:
    learnt = learn(rules)
    assert learnt.robust.shape == learnt.clean.shape == (50,)
    assert learnt.robust[-5:].mean() < 0.8 * learnt.robust[0]
    assert (learnt.robust >= learnt.clean - 1e-12).mean() > 0.9
    assert (learnt.xi >= 0).all()
    assert learnt.xi.std() > 0.01 * learnt.xi.mean()  # points are not all alike
    flow = AdversarialFlow(KERNEL(data()[0][0], data()[0][0]), learnt.xi)
    centred = data()[0][1] - data()[0][1].mean(axis=0)
    np.testing.assert_allclose(learnt.function.weights, flow.weights(centred), atol=1e-12)


def test_the_port_trap(monkeypatch: pytest.MonkeyPatch) -> None:
    """With xi = |u|, u = 0 and sign(0) = 0, the descent never leaves the start (theory note F)."""
    import ratecheck.adversarial_flow.learning as module
    from ratecheck.adversarial_flow.parametrisation import ABSOLUTE, Parametrisation

    trap = Parametrisation(
        value=ABSOLUTE.value, slope=np.sign, inverse=ABSOLUTE.inverse, starts_at_zero=True
    )
    monkeypatch.setattr(module, "parametrisation", lambda *_: trap)
    stuck = learn(Descent(start=0.0))
    assert not stuck.xi.any()
    assert not stuck.function.weights.any()
    assert learn(Descent(start=0.05)).xi.max() > 0  # a start inside would have saved it
    monkeypatch.undo()
    assert learn(Descent(start=0.0)).xi.max() > 0


def test_equal_generators_give_equal_times() -> None:
    first, again, other = learn(Descent()), learn(Descent()), learn(Descent(), seed=2)
    assert np.array_equal(first.xi, again.xi)
    assert not np.array_equal(first.xi, other.xi)


def test_a_factor_of_the_kernel_changes_nothing() -> None:
    where, region = data(), ball(0.1, math.inf, None)
    plain, scaled = (
        learn_times(k, *where, region, np.random.default_rng(1), Descent(steps=10))
        for k in (KERNEL, 7.0 * KERNEL)
    )
    np.testing.assert_allclose(7.0 * scaled.xi, plain.xi, rtol=1e-6)
    np.testing.assert_allclose(scaled.robust, plain.robust, rtol=1e-6)


def test_outliers_are_trained_less() -> None:
    """What the times are for: points whose responses mislead get shorter ones."""
    (X, Y), held = data(n=60, m=60)
    Y = Y.copy()
    Y[:6] += 5.0
    learnt = learn(Descent(steps=100), where=((X, Y), held))
    assert learnt.xi[:6].mean() < 0.7 * learnt.xi[6:].mean()


def test_batches_are_without_replacement() -> None:
    found = list(islice(_batches(10, 3, np.random.default_rng(0)), 6))
    assert all(len(rows) == 3 for rows in found)
    assert len(set(np.concatenate(found[:3]))) == 9
    assert [len(r) for r in islice(_batches(4, 9, np.random.default_rng(0)), 2)] == [4, 4]


@pytest.mark.parametrize("make", [
    lambda: Descent(steps=0), lambda: Descent(rate=0.0), lambda: Descent(batch=0),
    lambda: Descent(start=-1.0), lambda: Descent(parametrisation="square"),
    lambda: Descent(parametrisation="softplus", start=0.0),
    lambda: Descent(parametrisation="exp", start=0.0), lambda: parametrisation("exp", math.nan),
])  # fmt: skip
def test_bad_settings(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator] # a lambda


def test_unequal_columns_are_refused() -> None:
    fitting, (Z, V) = data()
    with pytest.raises(InputError, match="columns"):
        learn(Descent(steps=1), where=(fitting, (Z, V[:, :1])))


def test_attack_settings_are_used() -> None:
    strong = learn(Descent(steps=2, attack=PGD(steps=10)), radius=0.3)
    weak = learn(Descent(steps=2, attack=PGD(steps=1, share=1e-6)), radius=0.3)
    assert strong.robust[0] > weak.robust[0]
