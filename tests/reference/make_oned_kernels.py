"""Make oned_kernels.json: eigenvalues and values of one-dimensional kernels to 30 digits.

Run ``python tests/reference/make_oned_kernels.py`` from the root of the project. Formulas of theory
note A4; every number is accepted where two working precisions agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("oned_kernels.json")
DIGITS = 30
COUNT = 20
PLACES = ["0", "0.1", "0.25", "0.5", "0.8"]
PAIRS = ["0,0", "0.3,-0.8", "1,-1", "0.25,0.75", "2,-3"]


def text(compute: Callable[[], Any]) -> str:
    """Return the digits on which two working precisions agree, or fail."""
    with mpmath.workdps(DIGITS + 10):
        low = compute()
    with mpmath.workdps(DIGITS + 30):
        high = compute()
        if abs(low - high) > mpf(10) ** (-DIGITS) * max(1, abs(high)):
            raise ArithmeticError(f"two precisions differ: {low} and {high}")
        return str(mpmath.nstr(high, DIGITS))


def root(f: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Return the only root of a continuous function that changes sign between two points."""
    rising = f(high) > f(low)
    for _ in range(int(3.4 * mpmath.mp.dps) + 10):
        middle = (low + high) / 2
        low, high = (low, middle) if (f(middle) > 0) == rising else (middle, high)
    return (low + high) / 2


def one_plus_min(j: int) -> Any:
    """Return w_j, j = 1, 2, ...: w tan w = 1, written without poles."""
    return root(
        lambda w: w * mpmath.sin(w) - mpmath.cos(w), (j - 1) * mpmath.pi, (j - 0.5) * mpmath.pi
    )


def exponential(j: int, c: Any) -> Any:
    """Return w_j, j = 0, 1, ...: w tan(w/2) = c (even j), w cot(w/2) = -c (odd j)."""

    def even(w: Any) -> Any:
        return w * mpmath.sin(w / 2) - c * mpmath.cos(w / 2)

    def odd(w: Any) -> Any:
        return w * mpmath.cos(w / 2) + c * mpmath.sin(w / 2)

    return root(odd if j % 2 else even, j * mpmath.pi, (j + 1) * mpmath.pi)


def eigen(omega: Callable[[int], Any], value: Callable[[Any], Any], start: int) -> dict[str, Any]:
    """Return roots of a characteristic equation and the eigenvalues that belong to them."""
    order = range(start, start + COUNT)
    return {
        "omega": [text(partial(omega, j)) for j in order],
        "lambda": [text(partial(_then, value, omega, j)) for j in order],
    }


def _then(value: Callable[[Any], Any], omega: Callable[[int], Any], j: int) -> Any:
    return value(omega(j))


def _lorentz(w: Any, c: int) -> Any:
    return 2 * c / (w**2 + c**2)


def green(c: int) -> dict[str, str]:
    """Return values of the Neumann and the periodic first-order kernels."""

    def neumann(x: str, y: str) -> Any:
        m, M = mpf(min(x, y)), mpf(max(x, y))
        return mpmath.cosh(c * m) * mpmath.cosh(c * (1 - M)) / (c * mpmath.sinh(c))

    def periodic(x: str, y: str) -> Any:
        z = abs(mpf(x) - mpf(y)) - mpf(1) / 2
        return mpmath.cosh(c * z) / (2 * c * mpmath.sinh(mpf(c) / 2))

    return {
        f"{name} K({x},{y})": text(partial(f, x, y))
        for name, f in (("neumann", neumann), ("periodic", periodic))
        for x, y in (("0.2", "0.7"), ("0", "0"))
    }


def bernoulli(m: int, x: str) -> Any:
    """Return (-1)^{m-1} B_{2m}(x) / (2m)!."""
    return (-1) ** (m - 1) * mpmath.bernpoly(2 * m, mpf(x)) / mpmath.factorial(2 * m)


def matern_density(nu: str, d: int) -> dict[str, str]:
    """Return S(0) and the constant of the tail of the spectral density, length 1."""

    def lead() -> Any:
        half = mpf(d) / 2
        ratio = mpmath.gamma(mpf(nu) + half) / mpmath.gamma(mpf(nu))
        return 2**d * mpmath.pi**half * ratio * (2 * mpf(nu)) ** mpf(nu)

    return {
        "S(0),l=1": text(lambda: lead() * (2 * mpf(nu)) ** -(mpf(nu) + mpf(d) / 2)),
        "tail const (S~c|w|^-(2nu+d))": text(lead),
    }


def lifted(x: str, y: str) -> Any:
    """Return |x~| |y~| NTK_2 of the lifted points, from the arc-cosine functions."""
    a, b = mpf(x), mpf(y)
    size = mpmath.sqrt((1 + a * a) * (1 + b * b))
    u = min(mpf(1), (1 + a * b) / size)
    rest = mpmath.pi - mpmath.acos(u)
    return size * (2 * u * rest + mpmath.sqrt(1 - u * u)) / mpmath.pi


def main() -> None:
    """Write the table."""
    table: dict[str, Any] = {
        "one_plus_min": eigen(one_plus_min, lambda w: 1 / w**2, 1),
        "min": eigen(lambda j: (j - mpf(1) / 2) * mpmath.pi, lambda w: 1 / w**2, 1),
    }
    for c in (1, 2, 5):
        table[f"exp_c{c}"] = eigen(partial(exponential, c=mpf(c)), partial(_lorentz, c=c), 0)
    for c in (1, 2):
        table[f"green_values_c{c}"] = green(c)
    table["bernoulli_(-1)^(m-1)B_2m(x)/(2m)!"] = {
        f"m={m}": {x: text(partial(bernoulli, m, x)) for x in PLACES} for m in (1, 2, 3, 4)
    }
    table["matern"] = {
        f"nu={nu},d={d}": matern_density(nu, d) for nu in ("0.5", "1.5", "2.5") for d in (1, 2, 3)
    }
    table["ntk_1d_bias_values"] = {pair: text(partial(lifted, *pair.split(","))) for pair in PAIRS}
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
