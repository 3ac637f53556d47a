"""Make rates.json: Pinsker constants, exact linear minimax risks, Bayes risks, E_N.

Run ``python tests/reference/make_rates.py`` from the root of the project. Formulas of theory note
B4, B5 and D, written independently of the package; every number is accepted where two working
precisions agree. The exact linear minimax risks are good to double precision only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("rates.json")
SIZES = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10**4, 10**5, 10**6]
SAMPLES = [1e2, 1e3, 1e4, 1e6, 1e8, 1e10]


def text(compute: Callable[[], Any], digits: int) -> str:
    """Return the digits on which two working precisions agree, or fail."""
    with mpmath.workdps(digits + 10):
        low = compute()
    with mpmath.workdps(digits + 25):
        high = compute()
        if abs(low - high) > mpf(10) ** (-digits) * max(1, abs(high)):
            raise ArithmeticError(f"two precisions differ: {low} and {high}")
        return str(mpmath.nstr(high, digits))


def pinsker(s: str) -> Any:
    """Return Pinsker's constant on the circle of length 1, R = sigma = 1."""
    p = mpf(s)
    return (2 * p + 1) ** (1 / (2 * p + 1)) * (p / (mpmath.pi * (p + 1))) ** (2 * p / (2 * p + 1))


def pinsker_torus(s: int, d: int) -> Any:
    """Return Pinsker's constant on [0, 1]^d, periodic."""
    ball = mpmath.pi ** (mpf(d) / 2) / mpmath.gamma(mpf(d) / 2 + 1)
    volume = (2 * mpmath.pi) ** d / ball
    rho = (volume * (d + s) * (d + 2 * s) / mpf(d * s)) ** (mpf(1) / (2 * s + d))
    return mpf(s) / (s + d) * rho**d / volume


def linear_minimax(n: float, s: int) -> float:
    """Return the risk of the best linear estimator over the ellipsoid, with R = sigma = 1."""
    count = int(4 * n ** (1 / (2 * s + 1))) + 20
    axes = [mpf(0)] + [(2 * mpmath.pi * k) ** s for k in range(1, count)]
    twice = [1] + [2] * (count - 1)
    low, high = mpf(0), axes[-1]
    for _ in range(80):
        c = (low + high) / 2
        energy = sum(g * a * (c - a) for a, g in zip(axes, twice, strict=True) if a < c) / n
        low, high = (c, high) if energy < 1 else (low, c)
    return float(sum(g * (1 - a / low) for a, g in zip(axes, twice, strict=True) if a < low) / n)


def two_point(t: str) -> Any:
    """Return the Bayes risk of a sign of size t in unit noise, t^2 (1 - E tanh(t^2 + t Z))."""
    p = mpf(t)
    ends = [mpf(i) for i in range(-14, 15, 2)]
    return p**2 * (1 - mpmath.quad(lambda z: mpmath.tanh(p * p + p * z) * mpmath.npdf(z), ends))


def max_square(N: int) -> Any:
    """Return E max_{i <= N} Z_i^2, integrating over the value of the maximum."""
    rise = mpmath.sqrt(2 * mpmath.log(2 * N + 1))
    ends = [0, rise / 2, 3 * rise / 4, rise, 5 * rise / 4, 3 * rise / 2, 2 * rise, rise + 16]

    def excess(t: Any) -> Any:
        return 2 * t * (1 - mpmath.erf(t / mpmath.sqrt(2)) ** N)

    return mpmath.quad(excess, ends)


def linear_rows(s: int) -> list[list[float]]:
    """Return (n, risk, risk over Pinsker's asymptote) for the sample sizes."""
    rows = []
    for n in SAMPLES:
        risk = linear_minimax(n, s)
        rows.append(
            [n, risk, float(risk / (pinsker(str(s)) * mpf(n) ** (-mpf(2 * s) / (2 * s + 1))))]
        )
    return rows


def table() -> dict[str, Any]:
    """Return the whole content of the file."""
    smoothness = ["0.75", "1", "1.5", "2", "3", "4"]
    pairs = [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (2, 3), (3, 3)]
    return {
        "pinsker_1d_torus_[0,1]_R=1_sigma=1": {
            s: text(partial(pinsker, s), 30) for s in smoothness
        },
        "pinsker_d_torus": {
            f"s={s},d={d}": text(partial(pinsker_torus, s, d), 30) for s, d in pairs
        },
        "exact_linear_minimax_1d (n, risk, ratio to Pinsker asymptote)": {
            str(s): linear_rows(s) for s in (1, 2, 3)
        },
        "bayes_two_point g(t)=t^2(1-E tanh(t^2+tZ))": {
            t: text(partial(two_point, t), 25) for t in ("0.5", "1", "1.05", "2")
        },
        "E_max_eps2": {str(N): text(partial(max_square, N), 25) for N in SIZES},
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(table(), indent=0) + "\n")
    print(f"wrote {TARGET.name}")
