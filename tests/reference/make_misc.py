"""Make misc.json: noise factors of periodic interpolants and smoothed functions, to 25 digits.

Run ``python tests/reference/make_misc.py`` from the root of the project (half a minute): numbers
by a closed form and by a quadrature, or by one at two precisions, that agree (notes D and E).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("misc.json")
DIGITS = 25
X, S = "0.2", "0.3"  # point and standard deviation of the smoothing


def noise_factor(m: int) -> Any:
    """Return c_m = int_0^1 S_{4m} / S_{2m}^2 with S_p(x) = sum_k |x + k|^-p."""

    def total(x: Any, p: int) -> Any:
        return mpmath.zeta(p, x) + mpmath.zeta(p, 1 - x)

    return 2 * mpmath.quad(lambda x: total(x, 4 * m) / total(x, 2 * m) ** 2, [0, 0.125, 0.25, 0.5])


def smoothed() -> dict[str, tuple[Any, Callable[[Any], Any]]]:
    """Return closed forms of E f(x + s Z) beside f."""
    x, s, c = mpf(X), mpf(S), 2
    phi, cdf = mpmath.npdf, mpmath.ncdf
    z, w = x / s, 6 * mpmath.pi
    both = mpmath.exp(-c * x) * cdf(z - c * s) + mpmath.exp(c * x) * cdf(-z - c * s)
    width = mpf(1) / 4
    bump = mpmath.sqrt(width / (width + s * s)) * mpmath.exp(-x * x / (2 * (width + s * s)))
    return {
        "E exp(-2|x+sZ|)": (
            mpmath.exp((c * s) ** 2 / 2) * both,
            lambda y: mpmath.exp(-c * abs(y)),
        ),
        "E|x+sZ|": (2 * s * phi(z) + x * (1 - 2 * cdf(-z)), abs),
        "E relu(x+sZ)": (x * cdf(z) + s * phi(z), lambda y: max(y, mpf(0))),
        "E cos(6pi(x+sZ))": (
            mpmath.exp(-((w * s) ** 2) / 2) * mpmath.cos(w * x),
            lambda y: mpmath.cos(w * y),
        ),
        "E exp(-(x+sZ)^2/(2*0.25))": (bump, lambda y: mpmath.exp(-y * y / (2 * width))),
    }


def mean(f: Callable[[Any], Any]) -> Any:
    """Return E f(x + s Z) by quadrature, split at the kink of f and in eighths beyond."""
    x, s = mpf(X), mpf(S)
    kink = -x / s
    places = sorted({kink, *(mpf(i) / 2 for i in range(-24, 25))})
    return mpmath.quad(lambda z: f(x + s * z) * mpmath.npdf(z), places)


def _agreed(name: str, first: Any, second: Any) -> str:
    if abs(first - second) > mpf(10) ** -DIGITS:
        raise ArithmeticError(f"{name}: {mpmath.nstr(first, 30)} and {mpmath.nstr(second, 30)}")
    return str(mpmath.nstr(first, DIGITS))


def smoothing() -> dict[str, str]:
    """Return the smoothed values."""
    return {name: _agreed(name, value, mean(f)) for name, (value, f) in smoothed().items()}


def lipschitz() -> Any:
    """Return sqrt(2 / pi) / s, the Lipschitz constant of smoothed functions bounded by one."""
    return mpmath.sqrt(2 / mpmath.pi) / mpf(S)


def factor(m: int) -> str:
    """Return the digits of c_m on which two precisions agree."""
    with mpmath.workdps(DIGITS + 10):
        low = noise_factor(m)
    with mpmath.workdps(DIGITS + 25):
        return _agreed(f"c_{m}", noise_factor(m), low)


def main() -> None:
    """Write the table."""
    factors = {f"m={m}": factor(m) for m in (1, 2, 3, 4)}
    with mpmath.workdps(DIGITS + 15):
        smooth: dict[str, Any] = {
            f"x={X},s={S}": smoothing(),
            f"lipschitz const s={S}, ||f||inf=1": str(mpmath.nstr(lipschitz(), DIGITS)),
        }
    table = {"interpolant_L2_noise_factor_c_m": factors, "smoothing": smooth}
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
