"""Make hermite_duals.json: Hermite coefficients and dual activations to 20 digits.

Run ``python tests/reference/make_hermite_duals.py`` from the root of the project (about a minute).
Coefficients by the trapezoidal rule, duals by the trapezoidal rule in two dimensions, which know
nothing of each other; both are accepted where two step sizes agree.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("hermite_duals.json")
DIGITS = 20
COUNT = 21
RHOS = ["-0.9", "-0.5", "0.3", "0.6"]
FUNCTIONS = {"tanh": mpmath.tanh, "cos": mpmath.cos, "erf": mpmath.erf}
REACH = 13  # exp(-13^2/2) = 2e-37


def grid(steps: int) -> list[tuple[Any, Any]]:
    """Return nodes and Gaussian masses with ``steps`` nodes to the unit."""
    scale = steps * mpmath.sqrt(2 * mpmath.pi)
    nodes = [mpf(i) / steps for i in range(-REACH * steps, REACH * steps + 1)]
    return [(z, mpmath.exp(-z * z / 2) / scale) for z in nodes]


def coefficients(name: str, count: int = COUNT, steps: int = 14) -> list[Any]:
    """Return a_k = E[phi(Z) h_k(Z)] at the working precision."""
    totals = [mpf(0)] * count
    for z, mass in grid(steps):
        value, before, h = mass * FUNCTIONS[name](z), mpf(0), mpf(1)
        for k in range(count):
            totals[k] += value * h
            before, h = h, (z * h - mpmath.sqrt(k) * before) / mpmath.sqrt(k + 1)
    return totals


def second_moment(name: str, steps: int = 14) -> Any:
    """Return E phi(Z)^2."""
    return mpmath.fsum(mass * FUNCTIONS[name](z) ** 2 for z, mass in grid(steps))


def dual(name: str, rho: str, steps: int = 9) -> Any:
    """Return E phi(X) phi(Y) with correlation rho, by the trapezoidal rule in two dimensions."""
    u, phi = mpf(rho), FUNCTIONS[name]
    v = mpmath.sqrt(1 - u * u)
    points = [(z, mass) for z, mass in grid(steps) if mass > mpf(10) ** -(DIGITS + 12)]
    return mpmath.fsum(
        phi(x) * a * mpmath.fsum(b * phi(u * x + v * y) for y, b in points) for x, a in points
    )


def relu_coefficient(k: int) -> Any:
    """Return a_k of relu in closed form (theory note A5)."""
    if k < 2:
        return (1 / mpmath.sqrt(2 * mpmath.pi), mpf(1) / 2)[k]
    if k % 2:
        return mpf(0)
    sign = (-1) ** (k // 2 - 1)
    return sign * mpmath.fac2(k - 3) / mpmath.sqrt(2 * mpmath.pi * mpmath.factorial(k))


def text(fine: Any, coarse: Any) -> str:
    """Return the digits of ``fine`` if ``coarse`` agrees with it, or fail."""
    if abs(fine - coarse) > mpf(10) ** -(DIGITS + 1):
        raise ArithmeticError(f"two rules differ: {fine} and {coarse}")
    return "0" if abs(fine) < mpf(10) ** -28 else str(mpmath.nstr(fine, DIGITS + 2))


def smooth(name: str) -> dict[str, Any]:
    """Return the entry of a smooth activation."""
    fine, coarse = coefficients(name), coefficients(name, steps=11)
    return {
        "a_k (k=0..20)": [text(a, b) for a, b in zip(fine, coarse, strict=True)],
        "E[phi^2]=dual(1)": text(second_moment(name), second_moment(name, steps=11)),
        "dual(rho) by 2-D trapezoid": {
            rho: text(dual(name, rho), dual(name, rho, steps=8)) for rho in RHOS
        },
    }


def main() -> None:
    """Write the table."""
    with mpmath.workdps(DIGITS + 20):
        table: dict[str, Any] = {name: smooth(name) for name in FUNCTIONS}
        table["relu"] = {
            "a_k": [mpmath.nstr(relu_coefficient(k), 28) for k in range(COUNT)],
            "dual": "kappa1(rho)/2",
        }
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
