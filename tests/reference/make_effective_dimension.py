"""Make effective_dimension.json: constants of effective dimensions on the torus, to 28 digits.

Run ``python tests/reference/make_effective_dimension.py`` from the root of the project. With
mu = (2 pi k)^{-2m}, N_j(t) ~ (t^{1/2m} / pi) I_j where I_j = int_0^inf g(x^{-2m})^j dx and g is the
share fitted (theory note B2). Closed forms, accepted where they agree with that integral.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("effective_dimension.json")
DIGITS = 28
ORDERS = (1, 2, 3)
AGREEMENT = 1e-15  # of closed form and quadrature, whose tail is algebraic


def closed(a: Any) -> dict[str, Any]:
    """Return the constants as functions of a = 1/(2m)."""
    ridge = mpmath.pi * a / mpmath.sin(mpmath.pi * a)
    flow = mpmath.gamma(1 - a)
    return {
        "GF N1: Gamma(1-1/2m)": flow,
        "GF N2: (2-2^{1/2m})Gamma(1-1/2m)": (2 - 2**a) * flow,
        "KRR N1: (pi/2m)/sin(pi/2m)": ridge,
        "KRR N2: (1-1/2m)(pi/2m)/sin(pi/2m)": (1 - a) * ridge,
    }


def integral(key: str, m: int) -> Any:
    """Return I_j by quadrature; beyond 1 in y = x^{1-2m}, in which the tail is smooth."""
    share: Callable[[Any], Any] = (
        (lambda z: -mpmath.expm1(-z)) if key.startswith("GF") else (lambda z: z / (1 + z))
    )
    power = int(key.split("N")[1][0])
    head = mpmath.quad(lambda x: share(x ** (-2 * m)) ** power, [mpf(10) ** -30, 0.25, 0.5, 1])

    def tail(y: Any) -> Any:
        x = y ** (mpf(-1) / (2 * m - 1))
        return share(x ** (-2 * m)) ** power * x ** (2 * m) / (2 * m - 1)

    return head + mpmath.quad(tail, [mpf(10) ** -40, 0.01, 0.25, 1])


def row(m: int) -> dict[str, str]:
    """Return the entry of one order."""
    with mpmath.workdps(DIGITS + 20):
        values = closed(mpf(1) / (2 * m))
        for key, value in values.items():
            if abs(integral(key, m) - value) > AGREEMENT:
                raise ArithmeticError(f"m={m}, {key}: closed form and integral differ")
        return {key: str(mpmath.nstr(value, DIGITS)) for key, value in values.items()}


def main() -> None:
    """Write the table."""
    table = {f"m={m}": row(m) for m in ORDERS}
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
