"""The arc-cosine kernels as sympy functions: exact at 0 and +-1, differentiable, evaluable.

Kept unevaluated elsewhere, so that the nested constants of deep networks, such as
``kappa0(kappa1(1/pi))``, stay short. Closed forms: theory note A1.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from ratecheck.theory.evaluate import value


class _ArcCosine(sp.Function):  # type: ignore[misc]  # sympy has no annotations
    """Shared parts: closed form, rewriting, numerical value."""

    nargs = 1
    is_real = True
    is_commutative = True

    @classmethod
    def closed(cls, u: Any) -> Any:
        """Return the closed form at ``u`` in terms of acos and sqrt."""
        raise NotImplementedError

    @staticmethod
    def numeric(u: Any) -> Any:
        """Return the closed form at an mpmath number, at the precision in force."""
        raise NotImplementedError

    def doit(self, **hints: Any) -> Any:
        """Replace the function by its closed form, inside out."""
        return self.closed(self.args[0].doit(**hints))

    def _eval_evalf(self, prec: int) -> Any:
        if self.free_symbols:
            return None
        return sp.Float(value(self, int(prec / 3.3) + 3), precision=prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = f"\\kappa_{self.func.__name__[-1]}\\left({printer._print(self.args[0])}\\right)"
        return body if exp is None else f"{body}^{{{exp}}}"


class kappa0(_ArcCosine):  # noqa: N801  # sympy functions print under their class names
    """``(pi - acos u)/pi``, twice the probability that two correlated Gaussians are positive.

    >>> kappa0(0), kappa0(1), kappa0(-1)
    (1/2, 1, 0)
    """

    @classmethod
    def eval(cls, u: Any) -> Any:
        """Evaluate at -1, 0, 1 and reflect at 0: ``kappa0(-u) = 1 - kappa0(u)``."""
        special = {-1: sp.Integer(0), 0: sp.Rational(1, 2), 1: sp.Integer(1)}
        if u in special:
            return special[u]
        return 1 - cls(-u) if u.could_extract_minus_sign() else None

    @classmethod
    def closed(cls, u: Any) -> Any:
        """Return the closed form, for sympy."""
        return 1 - sp.acos(u) / sp.pi

    @staticmethod
    def numeric(u: Any) -> Any:
        """Return the value to the working precision of mpmath."""
        return 1 - mpmath.acos(u) / mpmath.pi

    def fdiff(self, argindex: int = 1) -> Any:
        """Differentiate: ``1/(pi sqrt(1 - u^2))``."""
        return 1 / (sp.pi * sp.sqrt(1 - self.args[0] ** 2))


class kappa1(_ArcCosine):  # noqa: N801  # sympy functions print under their class names
    """``(u (pi - acos u) + sqrt(1 - u^2))/pi``.

    >>> kappa1(0), kappa1(1), kappa1(-1), kappa1(sp.Symbol("u")).diff()
    (1/pi, 1, 0, kappa0(u))
    """

    @classmethod
    def eval(cls, u: Any) -> Any:
        """Evaluate at -1, 0, 1 and reflect at 0: ``kappa1(-u) = kappa1(u) - u``."""
        special = {-1: sp.Integer(0), 0: 1 / sp.pi, 1: sp.Integer(1)}
        if u in special:
            return special[u]
        return cls(-u) + u if u.could_extract_minus_sign() else None

    @classmethod
    def closed(cls, u: Any) -> Any:
        """Return the closed form, for sympy."""
        return (u * (sp.pi - sp.acos(u)) + sp.sqrt(1 - u**2)) / sp.pi

    @staticmethod
    def numeric(u: Any) -> Any:
        """Return the value to the working precision of mpmath."""
        return u - (u * mpmath.acos(u) - mpmath.sqrt(1 - u * u)) / mpmath.pi

    def fdiff(self, argindex: int = 1) -> Any:
        """Differentiate: ``kappa0``."""
        return kappa0(self.args[0])


class kappa2(_ArcCosine):  # noqa: N801  # sympy functions print under their class names
    """``(3 u sqrt(1 - u^2) + (pi - acos u)(1 + 2 u^2))/pi``.

    >>> kappa2(0), kappa2(1), kappa2(-1)
    (1/2, 3, 0)
    """

    @classmethod
    def eval(cls, u: Any) -> Any:
        """Evaluate at -1, 0, 1 and reflect at 0: ``kappa2(-u) = 1 + 2 u^2 - kappa2(u)``."""
        special = {-1: sp.Integer(0), 0: sp.Rational(1, 2), 1: sp.Integer(3)}
        if u in special:
            return special[u]
        return 1 + 2 * u**2 - cls(-u) if u.could_extract_minus_sign() else None

    @classmethod
    def closed(cls, u: Any) -> Any:
        """Return the closed form, for sympy."""
        root = sp.sqrt(1 - u**2)
        return (3 * u * root + (sp.pi - sp.acos(u)) * (1 + 2 * u**2)) / sp.pi

    @staticmethod
    def numeric(u: Any) -> Any:
        """Return the value to the working precision of mpmath."""
        return (1 - mpmath.acos(u) / mpmath.pi) * (1 + 2 * u * u) + 3 * u * mpmath.sqrt(
            1 - u * u
        ) / mpmath.pi

    def fdiff(self, argindex: int = 1) -> Any:
        """Differentiate: ``4 kappa1``."""
        return 4 * kappa1(self.args[0])
