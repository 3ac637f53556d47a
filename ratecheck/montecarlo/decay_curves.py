"""Curves of eigenvalues of zonal kernels on spheres against the degree, and of their law."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, final

from ratecheck.kernels import Kernel, Laplace, Matern
from ratecheck.montecarlo.exact import Curve, Number

if TYPE_CHECKING:
    from ratecheck.theory.decay import EigenDecay

EIGENVALUE = "eigenvalue"
SHARE = "share of the allowed deviation"


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Eigenvalue(Curve):
    """mu_k on S^d by Funk-Hecke quadrature to ``digits`` digits: degrees <= ``last`` at once."""

    quantity: ClassVar[str] = EIGENVALUE
    kernel: Kernel
    dimension: int
    last: int
    digits: int = 40

    @property
    def name(self) -> str:
        """The kernel."""
        return repr(self.kernel)

    def value(self, x: int) -> Number:
        """Eigenvalue of degree x."""
        mu = spectrum(self.kernel, self.dimension, self.last, self.digits)[x]
        return Number(value=float(mu), error=10.0**-self.digits)


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class AllowedShare(Curve):
    """|mu_k / law - 1| over what is allowed: ((2 + d)^2 + nu (2 nu + d) / l^2) / k^2.

    The law is the finite-k form of what sympy derives. The first term of the allowance is theory
    note A3's. It knows no length l: the spectral density of a Matern kernel (theory note A4),
    (2 nu / l^2 + w^2)^{-nu - d/2}, leaves its own power by the second (Laplace: nu = 1/2).
    """

    quantity: ClassVar[str] = SHARE
    kernel: Kernel
    dimension: int
    last: int
    digits: int = 40

    @property
    def name(self) -> str:
        """The kernel."""
        return repr(self.kernel)

    @property
    def allowance(self) -> float:
        """k^2 times the allowed deviation."""
        return (2 + self.dimension) ** 2 + _from_length(self.kernel, self.dimension)

    def value(self, x: int) -> Number:
        """Share at degree x, with the error of the quadrature in the same units."""
        from ratecheck.theory.evaluate import value

        mu = spectrum(self.kernel, self.dimension, self.last, self.digits)[x]
        law = value(derived(self.kernel, self.dimension).finite_k(x))
        scale = x**2 / self.allowance
        return Number(
            value=float(abs(mu / law - 1)) * scale,
            error=float(abs(10.0**-self.digits / law)) * scale,
        )


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class LargestShare(Curve):
    """The largest share of several kernels: one number to judge them all by."""

    quantity: ClassVar[str] = SHARE
    name: ClassVar[str] = "largest of all kernels"
    shares: tuple[AllowedShare, ...]

    def value(self, x: int) -> Number:
        """Largest share at degree x."""
        return max((share.value(x) for share in self.shares), key=lambda number: number.value)


def _from_length(kernel: Kernel, d: int) -> float:
    """Return nu (2 nu + d) / l^2 for a kernel with a length l, else 0."""
    if isinstance(kernel, Matern):
        return kernel.nu * (2 * kernel.nu + d) / kernel.length**2
    return 0.5 * (1 + d) / kernel.scale**2 if isinstance(kernel, Laplace) else 0.0


@lru_cache(maxsize=256)
def derived(kernel: Kernel, dimension: int) -> EigenDecay:
    """Return the law that sympy derives from the kernel's own formula."""
    from ratecheck.theory import eigendecay

    return eigendecay(kernel, dimension)


@lru_cache(maxsize=256)
def spectrum(kernel: Kernel, dimension: int, last: int, digits: int) -> dict[int, Any]:
    """Return mu_0 ... mu_last as mpmath numbers."""
    from ratecheck.theory.funk_hecke import eigenvalues

    return eigenvalues(_remembering(kernel), dimension, range(last + 1), digits=digits)


@final
class _Remembering:
    """A kernel whose profile is evaluated once at each node: all spheres share the nodes."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._values: dict[tuple[int, Any], Any] = {}

    def exact_profile(self, u: Any, field: Any) -> Any:  # noqa: ANN401 - numbers of any field
        import mpmath

        key = (mpmath.mp.prec, u)
        if key not in self._values:
            self._values[key] = self._kernel.exact_profile(u, field)
        return self._values[key]

    def __repr__(self) -> str:
        return repr(self._kernel)


@lru_cache(maxsize=64)
def _remembering(kernel: Kernel) -> _Remembering:
    return _Remembering(kernel)
