"""Which solver interpolates fastest for a kernel and a design."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ratecheck.charts import CircleChart, turns
from ratecheck.interpolation.circulant import CircleSolver, PeriodicSolver, equispaced
from ratecheck.interpolation.dense import dense_solver
from ratecheck.interpolation.design import Design, increasing
from ratecheck.interpolation.firstorder import FirstOrderKernel
from ratecheck.interpolation.markov import MarkovSolver
from ratecheck.interpolation.solver import ScaledSolver, Solver
from ratecheck.kernels import Kernel, PeriodicSobolev, Scaled
from ratecheck.types import Array, InputError, UnsupportedError

Route = Literal["auto", "markov", "fft", "dense"]
LARGEST_DENSE = 12_000  # 1.2 GB


def solver(kernel: Kernel, design: Design, route: Route, tolerance: float) -> Solver:
    """Return the prepared solver; `UnsupportedError` where the forced route does not apply."""
    X = design.X[design.kept]
    if X.shape[0] == 0:
        raise InputError(
            f"every function of the space of {kernel!r} vanishes on the whole design: "
            "nothing can be interpolated"
        )
    if route != "dense" and (fast := _fast(kernel, X, route, tolerance)) is not None:
        return fast
    if route == "markov":
        raise UnsupportedError(
            f"{kernel!r} is no first-order kernel of the line for points with {X.shape[1]} "
            "columns: use operator='auto'"
        )
    if route == "fft":
        raise UnsupportedError(
            f"operator='fft' needs equispaced points on the torus or the circle and a kernel that "
            f"is stationary there; got {kernel!r} and {len(X)} points: use operator='auto'"
        )
    if len(X) > LARGEST_DENSE:
        raise UnsupportedError(
            f"interpolation at {len(X)} points needs their kernel matrix, which is limited to "
            f"{LARGEST_DENSE}: use fewer points, a first-order kernel, or an equispaced design"
        )
    return dense_solver(kernel, X, tolerance)


def _fast(kernel: Kernel, X: Array, route: Route, tolerance: float) -> Solver | None:
    """Return a solver without a matrix, if there is one."""
    if isinstance(kernel, Scaled):
        inner = _fast(kernel.kernel, X, route, tolerance)
        return None if inner is None else ScaledSolver(inner=inner, factor=kernel.factor)
    if route != "fft" and isinstance(kernel, FirstOrderKernel) and X.shape[1] == 1:
        return MarkovSolver.of(kernel, X)
    return _circulant(kernel, X, tolerance) if route != "markov" else None


def _circulant(kernel: Kernel, X: Array, tolerance: float) -> Solver | None:
    if isinstance(kernel, PeriodicSobolev):
        z = turns(X[:, 0])
    elif kernel.is_zonal and _on_circle(X):
        z = CircleChart().coordinate(X)
    else:
        return None
    order = increasing(z)
    origin = equispaced(z[order])
    if origin is None:
        return None
    if isinstance(kernel, PeriodicSobolev):
        return PeriodicSolver(kernel=kernel, origin=origin, order=order)
    return CircleSolver(kernel=kernel, X=X, turn=origin, order=order, tolerance=tolerance)


def _on_circle(X: Array) -> bool:
    return X.shape[1] == 2 and bool(np.allclose(np.sum(X**2, axis=1), 1.0, atol=1e-9))
