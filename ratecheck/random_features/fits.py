"""One fit as an object: the function, what its linear system went through, and its split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from ratecheck.filters import Filter
from ratecheck.random_features.activations import ActivationLike, as_activation
from ratecheck.random_features.features import Data, FeatureName, Neurons, features_called
from ratecheck.random_features.finite import FeatureFunction
from ratecheck.random_features.infinite import WideFunction, wide_fit
from ratecheck.random_features.inputs import (
    checked_data,
    checked_tests,
    checked_weights,
    regularised,
)
from ratecheck.random_features.solving import Solution
from ratecheck.random_features.split import Split
from ratecheck.random_features.sweep import Task, run
from ratecheck.random_features.weights import GivenWeights
from ratecheck.types import Array

Fitted: TypeAlias = FeatureFunction | WideFunction


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A fitted function with condition number, rank and status of its linear system."""

    function: Fitted
    solution: Solution


def fit_of(
    features: FeatureName,
    activation: ActivationLike,
    X: Array,
    Y: Array,
    W: Array | None,
    *,
    filter: Filter | None = None,
    time: float | None = None,
) -> Fit:
    """Return the fitted function with its conditioning.

    Parameters
    ----------
    features, activation, X, Y, W, filter
        See `ratecheck.random_features.sensitivity_of`.
    time : float, optional
        One stopping time; the fit of minimum norm when left out.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.standard_normal((6, 3)), rng.standard_normal(6)
    >>> fit = fit_of("rf", "tanh", X, Y, rng.standard_normal((3, 50)))
    >>> bool(np.allclose(fit.function(X), Y)), fit.solution.status.name
    (True, 'CONVERGED')
    >>> fit_of("rf", "tanh", X, Y, rng.standard_normal((3, 4))).solution.status.name
    'RANK_DEFICIENT'
    """
    kind, phi = features_called(features), as_activation(activation)
    points, values = checked_data(X, Y)
    rule, grid = regularised(filter, time)
    if W is None:
        wide = wide_fit(kind, phi, points, values, rule, grid)
        return Fit(function=wide.function(0), solution=wide.solution)
    weights = GivenWeights(checked_weights(W, points.shape[1]))
    task = Task(
        features=kind, activations=(phi,), data=Data(X=points, z=points[:1]), Y=values,
        weights=weights, widths=(weights.width,), sizes=(values.size,), rule=rule, times=grid,
    )  # fmt: skip
    solution = run(task).solutions[0, 0, 0]
    inner = phi.derivatives[kind.order](points @ weights.matrix)
    theta = kind.theta(inner, points, solution.coefficients[:, 0])
    function = FeatureFunction(features=kind, activation=phi, weights=weights.matrix, theta=theta)
    return Fit(function=function, solution=solution)


def split_of(
    features: FeatureName, activation: ActivationLike, X: Array, z: Array, W: Array
) -> Split:
    """Return kernel and interaction matrices of features at data X and test points z.

    Parameters
    ----------
    features, activation, X, z, W
        See `ratecheck.random_features.sensitivity_of`; W must be given.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X, z, W = (rng.standard_normal(shape) for shape in ((6, 3), (2, 3), (3, 50)))
    >>> split = split_of("ntk", "tanh", X, z, W)
    >>> split.kernel.shape, split.interaction.shape
    ((6, 6), (2, 3, 6))
    """
    kind, phi = features_called(features), as_activation(activation)
    points, _ = checked_data(X, np.zeros(len(np.atleast_1d(X))))
    data = Data(X=points, z=checked_tests(z, points.shape[1]))
    weights = checked_weights(W, points.shape[1])
    neurons = Neurons(weights=weights, at_test=data.z @ weights)
    values = phi.derivatives[kind.order](points @ weights)
    return Split(
        kernel=kind.kernel(values @ values.T, data),
        interaction=kind.interaction(phi, neurons, values, data),
        lengths=np.linalg.norm(data.z, axis=1),
    )
