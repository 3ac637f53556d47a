"""The minimum-norm interpolant, with the face of an estimator: prepare, path, predict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final, get_args

import numpy as np

from ratecheck import check
from ratecheck.functions import Function
from ratecheck.interpolation.design import Design
from ratecheck.interpolation.prepare import Route, solver
from ratecheck.interpolation.solver import Solution, Solver
from ratecheck.kernels import Kernel
from ratecheck.types import Array, InputError, Status


@final
@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class InterpolantState:
    """A prepared design: everything that needs no responses."""

    design: Design
    solver: Solver
    tolerance: float


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class InterpolantPath:
    """The path of fits that consists of its end.

    Attributes
    ----------
    X, y : ndarray, shapes (n, d), (n,)
    weights : ndarray, shape (n,)
        K^{-1} y; a repeated point carries its weight once.
    solution : Solution
    solver : Solver
    tolerance : float
        Of the residual at the design, relative to the largest |y|.
    """

    X: Array
    y: Array
    weights: Array
    solution: Solution
    solver: Solver
    tolerance: float

    @property
    def times(self) -> Array:
        """One time, infinity."""
        return np.array([np.inf])

    @property
    def condition(self) -> float:
        """Condition number of K over the distinct points; the solver says how it is obtained."""
        return self.solver.condition

    @property
    def norm_squared(self) -> float:
        """The squared norm y' K^{-1} y of the fit in the kernel's space."""
        return self.solution.norm_squared

    @cached_property
    def residual(self) -> float:
        """Largest |f_hat(x_i) - y_i| over the design."""
        return float(np.abs(self.solution.function(self.X) - self.y).max())

    @property
    def interpolates(self) -> bool:
        """Whether the residual is below the tolerance times the largest |y|."""
        return self.residual <= self.tolerance * float(np.abs(self.y).max())

    @property
    def status(self) -> tuple[Status, ...]:
        """How the solve ended, for the one time."""
        return (self.solution.status,)

    def function(self, index: int = 0) -> Function:
        """Return the interpolant."""
        if index not in (0, -1):
            raise InputError(f"an interpolant has one time, index 0; got {index!r}")
        return self.solution.function


@final
@dataclass(frozen=True, kw_only=True, slots=True)
class Interpolant:
    """The function of smallest norm through all data: gradient flow at t = infinity.

    f = K(., X) K(X, X)^{-1} y, without the normalisation by n that cancels. Other functions
    through the data differ from it by something orthogonal, so that they have larger norms.

    Parameters
    ----------
    operator : {"auto", "markov", "fft", "dense"}
        "markov": first-order kernels on the line (`Brownian`, `BrownianPlusOne`,
        `NeumannSobolev`, `Laplace`), O(n), nothing is solved. "fft": equispaced points of the
        torus (`PeriodicSobolev`) or the circle (zonal kernels). "dense": Cholesky, or eigenpairs
        where the matrix is singular to rounding. "auto": the first that applies.
    tolerance : float
        Largest residual at the design, relative to the largest |y|, that counts as interpolation:
        beyond it, and where float64 does not determine the fit, the status is ILL_CONDITIONED,
        RANK_DEFICIENT or CLIPPED; no ridge is ever added.

    Examples
    --------
    >>> import numpy as np
    >>> from ratecheck.kernels import BrownianPlusOne
    >>> X = np.array([[0.0], [0.5], [1.0]])
    >>> interpolant = Interpolant()
    >>> path = interpolant.path(interpolant.prepare(BrownianPlusOne(), X), np.array([1.0, 2, 0]))
    >>> interpolant.predict(path, np.array([[0.25], [0.5]])), path.norm_squared
    (array([[1.5, 2. ]]), 11.0)
    """

    operator: Route = "auto"
    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        """Validate the options."""
        check.choice("operator", self.operator, get_args(Route))
        check.positive("tolerance", self.tolerance)

    def prepare(self, kernel: Kernel, X: Array) -> InterpolantState:
        """Return the state of a design X (n, d): all work that needs no responses.

        Raises
        ------
        InputError
            Points that the kernel does not admit, or on which its space is trivial.
        UnsupportedError
            A forced operator that does not apply; more than 12 000 points for a dense matrix.
        """
        X = check.points("X", X)
        kernel.diagonal(X[:1])  # raises for points outside the kernel's domain, before any work
        design = Design.of(kernel, X)
        prepared = solver(kernel, design, self.operator, self.tolerance)
        return InterpolantState(design=design, solver=prepared, tolerance=self.tolerance)

    def path(
        self, state: InterpolantState, y: Array, times: Array | None = None
    ) -> InterpolantPath:
        """Return the interpolant of responses y (n,).

        ``times`` may be given as (inf,), for the face of other estimators.

        Raises
        ------
        InputError
            Wrong length, NaN, other times; responses that differ at one point, or that are not
            zero where every function of the space is.
        """
        y = check.values("y", y, length=state.design.X.shape[0])
        if times is not None and not np.array_equal(np.atleast_1d(times), [np.inf]):
            raise InputError(f"an interpolant is the fit at t = inf only, got times {times!r}")
        solution = state.solver.solve(state.design.reduce(y))
        return InterpolantPath(
            X=state.design.X,
            y=y,
            weights=state.design.expand(solution.weights),
            solution=solution,
            solver=state.solver,
            tolerance=state.tolerance,
        )

    def predict(self, path: InterpolantPath, X_new: Array) -> Array:
        """Return the values (1, m) at the points X_new (m, d)."""
        return path.function(0)(check.points("X_new", X_new))[None, :]
