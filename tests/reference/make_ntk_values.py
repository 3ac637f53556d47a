"""Make ntk_values.json: NNGP, NTK and lifted NTK of ReLU networks to 25 digits.

Run ``python tests/reference/make_ntk_values.py`` from the root of the project. Recursion of theory
note A1 in mpmath, accepted where two working precisions agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

TARGET = Path(__file__).with_name("ntk_values.json")
DIGITS = 25
SPHERE = [(2, "0"), (3, "0"), (2, "1"), (3, "1"), (2, "0.1"), (3, "0.1")]
COSINES = ["-1", "-0.5", "0", "0.25", "0.9", "1"]
PAIR = (("0.3", "-1.2", "2"), ("1", "0.5", "-0.25"))
CONVENTION = (
    "Theta_1=Sigma_1=x.y+b; Sigma_{l+1}=sqrt(qq)kappa1(Sigma_l/sqrt(qq))+b; "
    "Theta_{l+1}=Theta_l kappa0(.)+Sigma_{l+1}; b=beta^2; L=number of weight layers"
)


def text(compute: Callable[[], Any]) -> str:
    """Return the digits on which two working precisions agree, or fail."""
    with mpmath.workdps(DIGITS + 10):
        low = compute()
    with mpmath.workdps(DIGITS + 30):
        high = compute()
        if abs(low - high) > mpf(10) ** (-DIGITS):
            raise ArithmeticError(f"two precisions differ: {low} and {high}")
    return str(mpmath.nstr(high, DIGITS, strip_zeros=True))


def layers(dot: Any, p: Any, q: Any, depth: int, b: Any) -> tuple[Any, Any]:
    """Return (Sigma_L, Theta_L) of a pair with inner product ``dot``, squared lengths p and q."""
    sigma = theta = dot + b
    p, q = p + b, q + b
    for _ in range(depth - 1):
        size = mpmath.sqrt(p * q)
        u = max(mpf(-1), min(mpf(1), sigma / size))
        rest = mpmath.pi - mpmath.acos(u)
        sigma = size * (u * rest + mpmath.sqrt(1 - u * u)) / mpmath.pi + b
        theta = theta * rest / mpmath.pi + sigma
        p, q = p + b, q + b
    return sigma, theta


def on_sphere(depth: int, b: str, u: str) -> dict[str, str]:
    """Return one entry of the sphere table."""

    def value(i: int) -> str:
        return text(lambda: layers(mpf(u), mpf(1), mpf(1), depth, mpf(b))[i])

    return {"nngp": value(0), "ntk": value(1)}


def moments() -> tuple[Any, Any, Any]:
    """Return inner product and squared lengths of the pair in R^3."""
    x, y = ([mpf(c) for c in point] for point in PAIR)
    return mpmath.fdot(x, y), mpmath.fdot(x, x), mpmath.fdot(y, y)


def of_pair(depth: int, b: str) -> list[str]:
    """Return [NNGP, NTK] of the pair."""
    return [
        text(lambda: layers(*moments(), depth, mpf(b))[0]),
        text(lambda: layers(*moments(), depth, mpf(b))[1]),
    ]


def lifted(depth: int) -> str:
    """Return the lifted NTK of the pair: bias in the first layer and at the output."""

    def value() -> Any:
        dot, p, q = moments()
        return layers(dot + 1, p + 1, q + 1, depth, mpf(0))[1] + 1

    return text(value)


def main() -> None:
    """Write the table."""
    pairs: dict[str, Any] = {
        f"L={depth},b={b}": of_pair(depth, b) for depth in (2, 3, 5) for b in ("0", "0.1", "1")
    }
    table = {
        "convention": CONVENTION,
        "sphere": {
            f"L={depth},b={b}": {u: on_sphere(depth, b, u) for u in COSINES} for depth, b in SPHERE
        },
        "R3 x=(0.3,-1.2,2), y=(1,0.5,-0.25)": pairs,
        "lift convention (bias in layer 1 and output)": {
            f"L={depth}": lifted(depth) for depth in (2, 3, 5)
        },
    }
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
