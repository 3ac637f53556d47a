"""What a setting of a regressor may be: a kernel or its name, a stopping rule or a time."""

from __future__ import annotations

from typing import Any, Final

from ratecheck import check
from ratecheck.kernels import NNGP, NTK, Gaussian, Kernel, Laplace, Matern
from ratecheck.stopping import GCV, Discrepancy, FixedTime, Lepski
from ratecheck.types import InputError

KERNELS: Final[dict[str, Kernel]] = {
    "ntk": NTK(depth=3, bias=0.1),
    "nngp": NNGP(depth=3, bias=0.1),
    "laplace": Laplace(),
    "matern": Matern(nu=1.5, length=1.0),
    "gaussian": Gaussian(length=1.0),
}
Rule = Lepski | GCV | Discrepancy | FixedTime
RULES: Final[dict[str, Rule]] = {"lepski": Lepski(), "gcv": GCV()}


def kernel_of(value: Any) -> Kernel:  # noqa: ANN401 - whatever the user passed
    """Return a kernel given as an object, or by one of the names `KERNELS`.

    Raises
    ------
    InputError
        For anything else.

    Examples
    --------
    >>> kernel_of("laplace")
    Laplace(scale=1.0)
    """
    if isinstance(value, Kernel):
        return value
    if isinstance(value, str) and value in KERNELS:
        return KERNELS[value]
    raise InputError(
        f"kernel must be one of {', '.join(KERNELS)} or a kernel such as "
        f"ratecheck.kernels.NTK(depth=3), got {check.shown(value)}"
    )


def rule_of(value: Any) -> Rule:  # noqa: ANN401
    """Return a stopping rule given as an object, a name of `RULES`, or a time t > 0.

    Rules that need a declared smoothness, or the truth, are refused: a regressor has neither.

    Raises
    ------
    InputError
        For anything else.

    Examples
    --------
    >>> rule_of("gcv"), rule_of(20)
    (GCV(), FixedTime(t=20.0))
    """
    if isinstance(value, Rule):
        return value
    if isinstance(value, str):
        if value in RULES:
            return RULES[value]
        raise InputError(
            f"stopping must be {', '.join(RULES)}, a time t > 0, or Lepski(...), GCV(), "
            f"Discrepancy(), FixedTime(t); got {check.shown(value)}"
        )
    return FixedTime(t=check.positive("stopping", value))
