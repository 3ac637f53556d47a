"""Committed numbers of networks and their kernels once more, by routes of their own.

Networks are written out in numpy, gradients included; attacks take differences. Only random draws,
data and the target on the circle are shared with the package.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from ratecheck.datasets import load
from ratecheck.domains import Circle
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.width_to_kernel import WidthToKernel
from ratecheck.noise import Gaussian
from ratecheck.types import Array, IntArray
from tests.system.naive import differences, ntk, rows, streams, studies, supremum, value

Function = Callable[[Array], Array]


def test_width_to_kernel() -> None:
    """A network of width 64 written out, small steps of Runge-Kutta, up to t = 10."""
    name, width, replicate, n, h = "circle-depth-2", 64, 0, 32, 0.005
    study, draw = studies("width_to_kernel")[name], streams(name, width, replicate)
    assert isinstance(study, MeasuredStudy)
    m = study.measurement
    assert isinstance(m, WidthToKernel)
    assert isinstance(m.noise, Gaussian)
    f = m.target.realise(Circle(), draw("target"))
    X, G = Circle().design(n, draw("design")), Circle().grid(768)
    y = f(X) + m.noise.sigma * draw("noise").standard_normal(n)
    init, c = draw("init"), math.sqrt(2 / width)
    shapes = ((2, width), (width,), (width,), (1,))
    start = [init.standard_normal(shape) for shape in shapes]

    def network(p: list[Array], Z: Array) -> Array:
        return np.asarray(c * np.maximum(Z @ p[0] + p[1], 0) @ p[2] + p[3])

    offset, kept = network(start, X), network(start, G)

    def velocity(p: list[Array]) -> list[Array]:
        before = X @ p[0] + p[1]
        missing = (y + offset - c * np.maximum(before, 0) @ p[2] - p[3]) / n
        back = c * np.outer(missing, p[2]) * (before > 0)
        after = c * missing @ np.maximum(before, 0)
        return [X.T @ back, back.sum(axis=0), after, missing.sum(keepdims=True)]

    def moved(p: list[Array], v: list[Array], step: float) -> list[Array]:
        return [a + step * b for a, b in zip(p, v, strict=True)]

    values, vectors = np.linalg.eigh(ntk(X, X, 2, 1.0) / n)
    p, now = start, 0.0
    where = {"study": name, "size": str(width)}
    for t in (0.3162, 1.0, 3.162, 10.0):
        steps = math.ceil((t - now) / h)
        for step in [(t - now) / steps] * steps:
            slopes = [velocity(p)]
            for share in (0.5, 0.5, 1.0):
                slopes.append(velocity(moved(p, slopes[-1], share * step)))
            for share, slope in zip((1, 2, 2, 1), slopes, strict=True):
                p = moved(p, slope, share * step / 6)
        now = t
        fit = network(p, G) - kept
        growth = -np.expm1(-t * values) / values * (vectors.T @ y)
        flow = ntk(G, X, 2, 1.0) @ (vectors @ growth) / n
        naive = {
            ("network", f"sup distance at t={t:g}"): (float(np.abs(fit - flow).max()), 2e-3),
            ("network", "adversarial"): (risk(fit, f(G)), 5e-4),
            ("network", "training error"):
                (float(np.mean((network(p, X) - offset - y) ** 2)), 5e-4),
            ("infinite width", "adversarial"): (risk(flow, f(G)), 1e-6),
        }  # fmt: skip
        for (series, quantity), (found, near) in naive.items():
            held, other = (
                value("width_to_kernel", **where, replicate=str(r), stopping=series, risk=quantity,
                      time=str(t))
                for r in (replicate, replicate + 1)
            )  # fmt: skip
            assert found == pytest.approx(held, rel=near), (series, quantity, t)
            assert found != pytest.approx(other, rel=near)


def risk(fit: Array, truth: Array) -> float:
    """Return the mean squared supremum over twelve steps of a circle's grid."""
    return float(np.mean(supremum(fit, truth, 12, "wrap") ** 2))


def patches(image: Array, stride: int) -> Array:
    """Return the 3 x 3 surroundings of every ``stride``-th pixel."""
    h, w = image.shape[1:3]
    framed = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.concatenate(
        [framed[:, i : i + h : stride, j : j + w : stride] for i in range(3) for j in range(3)],
        axis=3,
    )


class Convolutions:
    """Two convolutions and a linear layer on 8 x 8 pixels, back-propagation by hand."""

    def __init__(self, init: np.random.Generator) -> None:
        """Draw the weights."""
        self.weights = [init.standard_normal(shape) for shape in ((9, 16), (144, 16), (256, 10))]
        self.factors = [math.sqrt(2 / len(w)) for w in self.weights]

    def forward(self, X: Array) -> None:
        """Keep the inputs of all layers and the scores."""
        one, two, three = (c * w for c, w in zip(self.factors, self.weights, strict=True))
        self.p = patches(X.reshape(-1, 8, 8, 1), 1)
        self.h = self.p @ one
        self.q = patches(np.maximum(self.h, 0), 2)
        self.g = self.q @ two
        self.a = np.maximum(self.g, 0).reshape(len(X), -1)
        self.scores = self.a @ three

    def signals(self, E: Array) -> tuple[Array, Array]:
        """Return what comes back to the outputs of both convolutions, factors included."""
        _, two, three = (c * w for c, w in zip(self.factors, self.weights, strict=True))
        second = (E @ three.T).reshape(self.g.shape) * (self.g > 0)
        spread = (second @ two.T).reshape(len(E), 4, 4, 3, 3, 16)
        framed = np.zeros((len(E), 10, 10, 16))
        for i in range(3):
            for j in range(3):
                framed[:, i : i + 8 : 2, j : j + 8 : 2] += spread[:, :, :, i, j]
        first = framed[:, 1:-1, 1:-1] * (self.h > 0)
        return self.factors[0] * first, self.factors[1] * second

    def gradients(self, E: Array) -> list[Array]:
        """Return the gradients of sum E_ic f_c(x_i)."""
        first, second = self.signals(E)
        return [
            self.p.reshape(-1, 9).T @ first.reshape(-1, 16),
            self.q.reshape(-1, 144).T @ second.reshape(-1, 16),
            self.factors[2] * self.a.T @ E,
        ]

    def kernel(self, Z: Array) -> Array:
        """Return the tangent kernel, the mean over outputs, from rows of the Jacobian."""
        self.forward(Z)
        K = 10 * self.factors[2] ** 2 * self.a @ self.a.T
        for output in np.eye(10):
            signals = self.signals(np.tile(output, (len(Z), 1)))
            for inputs, back in zip((self.p, self.q), signals, strict=True):
                J = np.einsum("nhwp,nhwc->npc", inputs, back, optimize=True).reshape(len(Z), -1)
                K += J @ J.T
        return np.asarray(K / 10)


def images(draw: np.random.Generator, count: int) -> tuple[Array, IntArray]:
    """Return random rows of digits, pixels in [0, 1], and their classes."""
    data = load("digits")
    order = draw.permutation(data.size)[:count]
    return data.X[order], data.y[order].astype(np.int64)


def test_kernel_evolution() -> None:
    """Eight epochs of the standard training in numpy, kernels from Jacobians."""
    name, size, replicate = "digits", 500, 1
    draw = streams(name, size, replicate)
    pixels, labels = images(draw("split"), size + 300)
    X, y, Z = 2 * pixels[:size] - 1, labels[:size], 2 * pixels[size : size + 100] - 1
    network, order = Convolutions(draw("init")), draw("attack")
    kernels, speed = [network.kernel(Z)], [0 * w for w in network.weights]
    for epoch in range(1, 9):
        for batch in order.permutation(size).reshape(-1, 25):
            network.forward(X[batch])
            shares = np.exp(network.scores)
            shares /= shares.sum(axis=1, keepdims=True)
            errors = (shares - np.eye(10)[y[batch]]) / 25
            speed = [0.9 * v + g for v, g in zip(speed, network.gradients(errors), strict=True)]
            network.weights = [w - 0.1 * v for w, v in zip(network.weights, speed, strict=True)]
        if epoch in (1, 2, 4, 8):
            kernels.append(network.kernel(Z))
    centring = np.eye(100) - 0.01
    for ending, C in (("", np.eye(100)), (", kernels centred", centring)):
        first, *later = (C @ K @ C / np.linalg.norm(C @ K @ C) for K in kernels)
        naive = [1 - float(np.sum(first * K)) for K in later]
        held, other = (
            [float(row["value"]) for row in rows(
                "kernel_evolution", study=name, replicate=str(r), stopping="standard",
                risk=f"distance of checkpoints{ending}",
            )[1:5]]
            for r in (replicate, replicate + 1)
        )  # fmt: skip
        assert naive == pytest.approx(held, rel=1e-5)
        assert naive[-1] != pytest.approx(other[-1], rel=1e-2)


def test_adv_ntk() -> None:
    """Interpolant and early-stopped kernel fit on digits; the published attack by differences."""
    name, depth, replicate, radius = "r=0.1", 3, 1, 0.1
    draw = streams(name, depth, replicate)
    pixels, labels = images(draw("split"), 480)
    Z, truth = pixels[320:], labels[320:]
    away = Z + radius * draw("attack").uniform(-1, 1, Z.shape)
    start = np.clip(away, 0, 1)
    where = {"study": name, "size": str(depth), "replicate": str(replicate)}
    time = value("adv_ntk", **where, risk="stopping time")
    for series, n in (("NTK", 320), ("NTK, early stopped", 240)):
        X, Y = pixels[:n], np.eye(10)[labels[:n]]
        theta = ntk(X, X, depth, 0.1)
        values, vectors = np.linalg.eigh(theta)
        grown = -np.expm1(-time / np.mean(np.diag(theta)) * values) if n == 240 else 1.0
        weights = vectors @ ((grown / values)[:, None] * (vectors.T @ (Y - Y.mean(axis=0))))

        def fit(P: Array, X: Array = X, Y: Array = Y, weights: Array = weights) -> Array:
            return np.asarray(ntk(P, X, depth, 0.1) @ weights + Y.mean(axis=0))

        def loss(P: Array, fit: Function = fit) -> Array:
            return np.asarray(0.5 * np.sum((fit(P) - np.eye(10)[truth]) ** 2, axis=1))

        moved = np.clip(start + radius * np.sign(differences(loss, start, 1e-5)), 0, 1)
        shares = {
            "clean accuracy": np.mean(fit(Z).argmax(axis=1) == truth),
            "accuracy under the published attack": np.mean(fit(moved).argmax(axis=1) == truth),
        }
        for quantity, found in shares.items():
            assert found == value("adv_ntk", **where, stopping=series, risk=quantity)
        within = np.clip(Z + radius * np.sign(moved - Z), 0, 1)  # inside the ball round Z
        robust = value("adv_ntk", **where, stopping=series, risk="robust accuracy")
        assert robust <= np.mean(fit(within).argmax(axis=1) == truth) < shares["clean accuracy"]
