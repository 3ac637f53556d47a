"""Committed sensitivities and changes of feature models once more, by routes of their own.

Fits of minimum norm come from least squares on all features, sensitivities from differences, balls
are searched by a fixed-point iteration. Only random draws are shared with the package.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from ratecheck.types import Array
from tests.system.naive import differences, rows, streams, value

Function = Callable[[Array], Array]


ACTIVATIONS: dict[str, tuple[Function, Function, Function]] = {
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, lambda x: -2 * np.tanh(x) / np.cosh(x) ** 2),
    "square": (np.square, lambda x: 2 * x, lambda x: np.full_like(x, 2.0)),
    "cos": (np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)),
    "softplus": (
        lambda x: np.logaddexp(0, x), lambda x: 1 / (1 + np.exp(-x)),
        lambda x: 1 / (2 + 2 * np.cosh(x)),
    ),
}  # fmt: skip


def sensitivities(f: Function, z: Array) -> Array:
    """Return ||z|| ||grad f(z)||."""
    return np.asarray(np.linalg.norm(differences(f, z), axis=1) * np.linalg.norm(z, axis=1))


def fitted(features: str, activation: str, X: Array, Y: Array, W: Array) -> tuple[Function, ...]:
    """Return the fit of minimum norm, by least squares on all features, and its gradient."""
    zero, one, two = ACTIVATIONS[activation]
    if features == "rf":
        c = np.linalg.lstsq(zero(X @ W), Y, rcond=None)[0]
        return (lambda P: zero(P @ W) @ c), (lambda P: (one(P @ W) * c) @ W.T)
    columns = (X[:, :, None] * one(X @ W)[:, None, :]).reshape(len(X), -1)
    theta = np.linalg.lstsq(columns, Y, rcond=None)[0].reshape(W.shape)
    return (
        lambda P: ((P @ theta) * one(P @ W)).sum(axis=1),
        lambda P: one(P @ W) @ theta.T + ((P @ theta) * two(P @ W)) @ W.T,
    )


def gaussian_problem(draw: np.random.Generator, d: int) -> tuple[Array, Array, Array]:
    """Return 100 points, labels, and 16 test points."""
    return draw.standard_normal((100, d)), draw.standard_normal(100), draw.standard_normal((16, d))


def wide(features: str, activation: str, P: Array, A: Array) -> Array:
    """Return the kernel of infinitely many features (closed forms, weights N(0, 1/d))."""
    d = A.shape[1]
    s, p, a = P @ A.T / d, (P * P).sum(axis=1) / d, (A * A).sum(axis=1) / d
    if activation == "square":
        return np.asarray(4 * s * s if features == "ntk" else np.outer(p, a) + 2 * s * s)
    both = s * np.sinh(s) if features == "ntk" else np.cosh(s)
    return np.asarray(np.exp(-np.add.outer(p, a) / 2) * both)


@pytest.mark.parametrize(("features", "k"), [("ntk", 20), ("rf", 2_000)])
def test_activation_parity(features: str, k: int) -> None:
    """S at finite and at infinite width by difference quotients."""
    d, N, replicate, name = 150, 100, 3, f"gauss-{features}"
    draw = streams(name, k, replicate)
    X, Y, z = gaussian_problem(draw("design"), d)
    W = draw("init").standard_normal((k, d)).T / math.sqrt(d)
    for activation in ("square", "cos", "tanh"):
        S = sensitivities(fitted(features, activation, X, Y, W)[0], z)
        naive = {"S": S.mean(), "S / (1 + sqrt(N/k))": S.mean() / (1 + math.sqrt(N / k))}
        if activation != "tanh":
            c = np.linalg.solve(wide(features, activation, X, X), Y)
            far = sensitivities(lambda P, a=activation, c=c: wide(features, a, P, X) @ c, z)  # type: ignore[misc] # defaults bind the loop's values
            naive["S at infinite width"] = far.mean()
            naive["S^2 above infinite width"] = np.mean(S**2) - np.mean(far**2)
        where = {"study": name, "size": str(k), "stopping": activation}
        for quantity, found in naive.items():
            held, other = (
                value("activation_parity", **where, replicate=str(r), risk=f"{quantity}, N = {N}")
                for r in (replicate, replicate + 1)
            )
            assert found == pytest.approx(held, rel=1e-5), (activation, quantity)
            assert found != pytest.approx(other, rel=1e-5)


def test_changes_in_a_ball() -> None:
    """The largest change by the fixed points of z' = z +- r grad f(z')/|grad f(z')|."""
    d, size, replicate = 100, 4, 1
    draw = streams("gauss", size, replicate)
    X, Y, z = gaussian_problem(draw("design"), d)
    init, r = draw("init"), math.sqrt(d) / size
    widths = {"rf tanh": 4_000, "rf square": 8_000, "ntk tanh": 200, "ntk square": 200}
    for name, width in widths.items():
        features, activation = name.split()
        W = init.standard_normal((width, d)).T / math.sqrt(d)
        f, gradient = fitted(features, activation, X, Y, W)
        first, change = r * np.linalg.norm(differences(f, z[:2]), axis=1), np.zeros(len(z))
        linear = r * np.linalg.norm(gradient(z), axis=1)
        assert linear[:2] == pytest.approx(first, rel=1e-6)
        for sign in (1, -1):
            step = np.zeros_like(z)
            for _ in range(60):
                slope = gradient(z + step)
                step = sign * r * slope / np.linalg.norm(slope, axis=1, keepdims=True)
            change = np.maximum(change, np.abs(f(z + step) - f(z)))
        S = linear / r * np.linalg.norm(z, axis=1)
        where = {"study": "gauss", "size": str(size), "replicate": str(replicate)}
        held = {
            row["risk"]: float(row["value"])
            for row in rows("sensitivity_is_not_attack", **where)
            if row["stopping"].lower() == name
        }
        assert change.mean() == pytest.approx(held["change of f"], rel=1e-5)
        assert change.mean() / linear.mean() == pytest.approx(
            held["change / first order"], rel=1e-5
        )
        assert S.mean() == pytest.approx(held["S"], rel=1e-5)
        for label, proxy in (("S", S), ("|grad f|", linear)):
            ranks = spearmanr(proxy, change).statistic
            assert ranks == pytest.approx(held[f"rank correlation of {label} and change"], abs=1e-6)
        assert change.mean() <= held["certified change / first order"] * linear.mean() * (1 + 1e-6)
        assert linear.mean() != pytest.approx(held["change of f"], rel=1e-3)


@pytest.mark.parametrize(("activation", "k", "replicate"), [("tanh", 400, 0), ("softplus", 800, 3)])
def test_early_stopping(activation: str, k: int, replicate: int) -> None:
    """Gradient flow and ridge by the singular values of the features."""
    d, N, phi = 50, 200, ACTIVATIONS[activation][0]
    draw = streams(activation, k, replicate)
    design, noise = draw("design"), draw("noise")
    u, v = (x / np.linalg.norm(x) for x in draw("target").standard_normal((2, d)))

    def truth(P: Array) -> Array:
        return np.asarray(P @ u + ((P @ v) ** 2 - 1) / 2)

    X, V, z = (design.standard_normal((n, d)) for n in (N, 50, 200))
    Y, H = truth(X) + noise.standard_normal(N), truth(V) + noise.standard_normal(50)
    W = draw("init").standard_normal((k, d)).T / math.sqrt(d)
    U, s, right = np.linalg.svd(phi(X @ W) / math.sqrt(k * N), full_matrices=False)
    own, seen = U.T @ Y, phi(V @ W)

    def chosen(rule: Callable[[float], Array]) -> tuple[Array, float]:
        times = np.geomspace(1, 1e8, 33)
        fits = [right.T @ (rule(t) * own) / math.sqrt(k * N) for t in times]
        best = int(np.argmin([np.mean((seen @ c - H) ** 2) for c in fits]))
        return fits[best], float(times[best])

    found = {
        "minimum norm": (np.linalg.lstsq(phi(X @ W), Y, rcond=None)[0], math.nan),
        "early stopped": chosen(lambda t: -np.expm1(-t * s * s) / s),
        "ridge": chosen(lambda t: s / (s * s + 1 / t)),
    }
    where = {"study": activation, "size": str(k), "replicate": str(replicate)}
    for series, (c, time) in found.items():
        S = float(sensitivities(lambda P, c=c: phi(P @ W) @ c, z).mean())  # type: ignore[misc] # as above
        risk = float(np.mean((phi(z @ W) @ c - truth(z)) ** 2))
        held = rows("early_stopping_beats_width", **where, stopping=series)
        assert {row["risk"]: float(row["value"]) for row in held} == pytest.approx(
            {"S": S, "clean risk": risk}, rel=1e-5
        )
        assert series == "minimum norm" or float(held[0]["time"]) == pytest.approx(time, rel=1e-6)
        assert pytest.approx(1.01 * float(held[0]["value"]), rel=1e-5) != S
