"""Exact theory: claims, exponents, extreme values, eigenvalue decay; never numpy, never a float.

Names resolve lazily, so that a study file that needs one exponent does not load sympy.

Notation: ``s`` smoothness of the target, ``d`` dimension, ``m`` order of the kernel's Sobolev
space, ``n`` sample size, ``r`` radius of the attack, ``t`` time of the flow, ``k`` degree.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "claims": ("Claim",),
    "exponents": (
        "minimax_exponent",
        "adversarial_exponents",
        "critical_radius_exponent",
        "stopping_exponent",
        "mistuned_exponent",
        "phase_exponent",
    ),
    "statements": ("adversarial_minimax", "clean_minimax", "mistuned", "phase"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605  # computed from the one table above


def __getattr__(name: str) -> Any:
    """Load the sub-module that holds ``name`` on first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
