"""Make sphere_eigenvalues.json: Funk-Hecke eigenvalues on S^1, S^2, S^3, S^9 to 25 digits.

Run ``python tests/reference/make_sphere_eigenvalues.py`` from the root of the project (about a
minute). The kernels are written out again, from the recursions of theory note A1; the integrals
are Gauss-Legendre sums in the angle, accepted where two numbers of nodes agree to 40 places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

TARGET = Path(__file__).with_name("sphere_eigenvalues.json")
DIGITS = 25
PLACES = 40  # absolute accuracy that two rules must share; zeros are zero to it
WORK = 80
LAST = 60
DIMENSIONS = (1, 2, 3, 9)
NODES = (112, 128)


def kappa(order: int, angle: Any) -> Any:
    """Return the arc-cosine kernel of order 0, 1 or 2 at an angle (Cho and Saul's J / pi)."""
    rest, sine, cosine = mpmath.pi - angle, mpmath.sin(angle), mpmath.cos(angle)
    forms = (rest, sine + cosine * rest, 3 * sine * cosine + rest * (1 + 2 * cosine**2))
    return forms[order] / mpmath.pi


def ntk(depth: int, bias: int, angle: Any) -> Any:
    """Return Theta_L on the unit sphere."""
    size, covariance = mpf(1 + bias), mpmath.cos(angle) + bias
    tangent = covariance
    for _ in range(depth - 1):
        between = angle if bias == 0 and covariance is tangent else mpmath.acos(covariance / size)
        covariance = size * kappa(1, between) + bias
        tangent = tangent * kappa(0, between) + covariance
        size += bias
    return tangent


def lifted(angle: Any) -> Any:
    """Return the lifted NTK of depth 2: |(x, 1)| |(y, 1)| = 2 on the sphere."""
    between = mpmath.acos((1 + mpmath.cos(angle)) / 2)
    return 2 * ntk(2, 0, between) + 1


KERNELS: dict[str, Callable[[Any], Any]] = {
    **{f"kappa{n}": partial(kappa, n) for n in (0, 1, 2)},
    **{f"ntk{L}": partial(ntk, L, 0) for L in (2, 3, 5)},
    **{f"ntk{L}_bias1": partial(ntk, L, 1) for L in (2, 3, 5)},
    "ntk2_lift": lifted,
    "laplace": lambda angle: mpmath.exp(-2 * mpmath.sin(angle / 2)),
}


@lru_cache(maxsize=4)
def rule(count: int) -> tuple[tuple[Any, Any], ...]:
    """Return angles in (0, pi) and weights of Gauss-Legendre quadrature, at `WORK` digits."""
    with mpmath.workdps(WORK + 10):
        return tuple(_node(count, float(x)) for x in np.polynomial.legendre.leggauss(count)[0])


def _node(count: int, guess: float) -> tuple[Any, Any]:
    """Newton's method on P_n from a double; P_n' = n (P_{n-1} - x P_n) / (1 - x^2)."""
    x = mpf(guess)
    for _ in range(4):
        now, before = legendre(count, x)
        slope = count * (before - x * now) / (1 - x * x)
        x -= now / slope
    now, before = legendre(count, x)
    slope = count * (before - x * now) / (1 - x * x)
    return mpmath.pi * (1 + x) / 2, mpmath.pi / ((1 - x * x) * slope**2)


def legendre(count: int, x: Any) -> tuple[Any, Any]:
    """Return P_n(x) and P_{n-1}(x)."""
    before, now = mpf(1), x
    for k in range(1, count):
        before, now = now, ((2 * k + 1) * x * now - k * before) / (k + 1)
    return now, before


def moments(name: str, d: int, last: int, count: int) -> list[Any]:
    """Return mu_0 ... mu_last by one rule."""
    totals = [mpf(0)] * (last + 1)
    for angle, weight in rule(count):
        u = mpmath.cos(angle)
        mass = weight * heights(name, count)[angle] * mpmath.sin(angle) ** (d - 1)
        before, now = mpf(0), mpf(1)
        for k in range(last + 1):
            totals[k] += mass * now
            step = u * now if k == 0 else ((2 * k + d - 1) * u * now - k * before) / (k + d - 1)
            before, now = now, step
    half = mpf(d) / 2
    factor = mpmath.gamma(half + mpf(1) / 2) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(half))
    return [factor * total for total in totals]


@lru_cache(maxsize=64)
def heights(name: str, count: int) -> dict[Any, Any]:
    """Return the kernel at the angles of a rule; they serve every dimension."""
    return {angle: KERNELS[name](angle) for angle, _ in rule(count)}


def entry(name: str, d: int, last: int = LAST) -> list[str]:
    """Return the digits of mu_0 ... mu_last, or fail if two rules differ."""
    with mpmath.workdps(WORK):
        low, high = (moments(name, d, last, count) for count in NODES)
        worst = max(abs(a - b) for a, b in zip(low, high, strict=True))
        if worst > mpf(10) ** -PLACES:
            raise ArithmeticError(f"{name} on S^{d}: two rules differ by {mpmath.nstr(worst, 3)}")
        return [_text(value) for value in high]


def _text(value: Any) -> str:
    return "0" if abs(value) < mpf(10) ** -PLACES else str(mpmath.nstr(value, DIGITS))


def table(names: Iterable[str] = KERNELS, dimensions: Iterable[int] = DIMENSIONS) -> dict[str, Any]:
    """Return the eigenvalues by kernel and sphere."""
    spheres = tuple(dimensions)
    return {name: {f"S{d}": entry(name, d) for d in spheres} for name in names}


def main() -> None:
    """Write the table."""
    content = {
        "description": "Eigenvalues mu_k, k = 0..60, on S^d with the uniform probability measure: "
        "kernel(<x, y>) = sum_k mu_k N(d, k) P_k(<x, y>), P_k(1) = 1 (theory note A2)",
        "mu": table(),
    }
    TARGET.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
