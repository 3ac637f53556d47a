"""Numerical confirmation of a derived decay: eigenvalues to many digits against the law."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import mpmath
import sympy as sp

from ratecheck.numerics.mp import Real
from ratecheck.theory.decay import EigenDecay, decay_constant, eigendecay
from ratecheck.theory.evaluate import value
from ratecheck.theory.expansions import expansion
from ratecheck.theory.fields import Zonal
from ratecheck.theory.funk_hecke import eigenvalues
from ratecheck.types import UnsupportedError

_RELATIVE = 15  # digits of an eigenvalue that a ratio is made of


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """An eigenvalue beside its prediction.

    Attributes
    ----------
    degree : int
        k.
    eigenvalue, predicted : mpmath number
        mu_k by Funk-Hecke quadrature, and the finite-k form of the law (0 where it predicts 0).
    allowed : float
        Largest deviation of the ratio from 1: ``(2 + d)^2/k^2`` (theory note A3, verified for
        k >= 60). It knows no length: a Laplace or Matern kernel of length l < 1 needs ``l k``
        in place of k, or `refined`, which takes the next powers along.
    """

    degree: int
    eigenvalue: Real
    predicted: Real
    allowed: float

    @property
    def ratio(self) -> float | None:
        """Eigenvalue over prediction; None where the prediction is 0."""
        return None if self.predicted == 0 else float(self.eigenvalue / self.predicted)

    @property
    def holds(self) -> bool:
        """Whether the ratio is within what is allowed; a predicted 0 must be 0 to 25 places."""
        if (ratio := self.ratio) is None:
            return bool(abs(self.eigenvalue) < mpmath.mpf(10) ** -25)
        return abs(ratio - 1) <= self.allowed


def ratio_table(
    kernel: Zonal, d: int, degrees: Iterable[int] = (60, 61, 90, 91)
) -> tuple[Ratio, ...]:
    """Compare eigenvalues on S^d with the derived law at the degrees given.

    Raises
    ------
    UnsupportedError
        If the eigenvalues follow no power law, or a parity decays faster than the law.

    Examples
    --------
    >>> from ratecheck.kernels import NTK
    >>> [row.holds for row in ratio_table(NTK(depth=3), 2, (60, 61))]
    [True, True]
    """
    return compare(eigendecay(kernel, d), kernel, d, degrees)


def refined(kernel: Zonal, d: int, k: int, upto: Fraction) -> Real:
    """Return the prediction of mu_k from every fractional power up to one, not the first alone.

    Each power p contributes ``(c_p + (-1)^k c_{-p}) C(d, p) Gamma(k-p)/Gamma(k+p+d)``, exactly
    the eigenvalue of ``c (1 -+ u)^p``; what is left out is smaller by ``k^{-2}`` per unit of p.
    This checks the constants to many digits where the first term alone would need k ~ 10^7.
    """
    ends = [expansion(kernel, end, beyond=upto - 1) for end in (1, -1)]
    parts = []
    for p in sorted({p for e in ends for p, _ in e.terms if p.denominator > 1 and p <= upto}):
        amplitude = ends[0].coefficient(p) + (-1) ** k * ends[1].coefficient(p)
        order = sp.Rational(p)
        decay = sp.gamma(k - order) / sp.gamma(k + order + d)
        parts.append(value(amplitude * decay_constant(d, p) * decay, 40))
    with mpmath.workdps(40):
        return mpmath.fsum(parts)


def compare(law: EigenDecay, kernel: Zonal, d: int, degrees: Iterable[int]) -> tuple[Ratio, ...]:
    """Compare a given law, right or wrong, with the kernel's eigenvalues."""
    if not law.is_power:
        raise UnsupportedError(f"{law.kernel} follows no power law: there is no ratio to take")
    wanted = tuple(degrees)
    predicted = {k: value(law.finite_k(k)) for k in wanted}
    smallest = min(abs(p) for p in predicted.values() if p != 0)
    digits = max(28, _RELATIVE - int(mpmath.floor(mpmath.log10(smallest))))
    mu = eigenvalues(kernel, d, wanted, digits=digits)
    return tuple(
        Ratio(degree=k, eigenvalue=mu[k], predicted=predicted[k], allowed=((2 + d) / k) ** 2)
        for k in wanted
    )
