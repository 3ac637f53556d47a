"""High precision by agreement: a value counts when two working precisions give it.

mpmath's global precision is touched only inside ``workdps``, so that no caller's setting leaks.
Imports no numpy: the exact layers use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ratecheck.types import UnsupportedError

if TYPE_CHECKING:
    from mpmath import mpf

Real: TypeAlias = "mpf"
GUARD = 10  # digits beyond the wanted ones at the lower of the two precisions


def agreed(compute: Callable[[], Real], *, digits: int = 20, scale: float = 0.0) -> Real:
    """Evaluate ``compute`` at two precisions and return the value if they agree.

    Parameters
    ----------
    compute : callable
        Returns one mpmath number at the precision in force when it is called.
    digits : int
        Number of digits that must agree.
    scale : float
        Size against which an error counts, at least; 0 demands relative agreement.

    Raises
    ------
    UnsupportedError
        If the two values differ by more than ``10^-digits`` of the larger of value and scale.

    Examples
    --------
    >>> import mpmath
    >>> mpmath.nstr(agreed(lambda: mpmath.pi / 2, digits=20), 20)
    '1.5707963267948966192'
    """
    low, high = _at(digits + GUARD, compute), _at(digits + 3 * GUARD, compute)
    _refuse_disagreement(low, high, digits, scale)
    return high


def agreed_list(
    compute: Callable[[], list[Real]], *, digits: int = 20, scale: float = 0.0
) -> list[Real]:
    """Evaluate a list at two precisions; every entry must agree, as in `agreed`."""
    low: list[Real] = _at(digits + GUARD, compute)
    high: list[Real] = _at(digits + 3 * GUARD, compute)
    for one, other in zip(low, high, strict=True):
        _refuse_disagreement(one, other, digits, scale)
    return high


def _at(digits: int, compute: Callable[[], Any]) -> Any:
    import mpmath

    with mpmath.workdps(digits):
        return compute()


def _refuse_disagreement(low: Real, high: Real, digits: int, scale: float) -> None:
    import mpmath

    with mpmath.workdps(digits + 3 * GUARD):
        allowed = max(abs(high), mpmath.mpf(scale)) * mpmath.mpf(10) ** -digits
        if not abs(low - high) <= allowed:  # a NaN must not pass
            raise UnsupportedError(
                f"two precisions give {mpmath.nstr(low, digits)} and "
                f"{mpmath.nstr(high, digits)}: not {digits} common digits, ask for fewer"
            )
