r"""Sensitivity S(z) = ||z|| ||grad f(z)|| of random features and tangent features.

f is the fit of minimum norm (or a regularised one) to N points; all work is done with N x N
kernels, never with the N x dk matrix of tangent features.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ratecheck.filters import Filter
from ratecheck.numerics.activations import Activation
from ratecheck.random_features.activations import ActivationLike, as_activation
from ratecheck.random_features.features import Data, FeatureName, Features, features_called
from ratecheck.random_features.infinite import wide_fit
from ratecheck.random_features.inputs import (
    Inputs,
    checked_data,
    checked_tests,
    checked_weights,
    checked_widths,
    draw_problem,
    regularised,
)
from ratecheck.random_features.sweep import Task, run
from ratecheck.random_features.weights import GivenWeights
from ratecheck.types import Array


def sensitivity_of(
    features: FeatureName,
    activation: ActivationLike,
    X: Array,
    Y: Array,
    z: Array,
    W: Array | None,
    *,
    filter: Filter | None = None,
    times: float | Array | None = None,
) -> float | Array:
    r"""Return S(z) = ||z|| ||grad f(z)|| of the fit f to (X, Y) with first-layer weights W.

    Parameters
    ----------
    features : {"rf", "ntk"}
        Random features phi(W^T x), p = k, or tangent features x (x) phi'(W^T x), p = dk.
    activation : str, sympy expression or Activation
        See `as_activation`; "square" is x^2.
    X : ndarray, shape (N, d)
    Y : ndarray, shape (N,)
    z : ndarray, shape (d,) or (m, d)
        One or several test points.
    W : ndarray, shape (d, k), or None
        One column for each neuron; None means infinitely many with N(0, I/d) weights.
    filter : Filter, optional
        Regularised instead of minimum-norm fits: `ratecheck.filters`; gradient flow if only
        ``times`` is given.
    times : float or ndarray, shape (T,), optional
        Stopping times (1/lambda for ridge) on K / (k N): fitted values of gradient flow are
        (I - exp(-t K / (k N))) Y, whatever the width.

    Returns
    -------
    float or ndarray
        A number for one z and no array of times; else shape (m,), (T,) or (T, m).

    Raises
    ------
    InputError
        Shapes that do not fit together, numbers that are not finite, unknown names, a filter
        without times.
    UnsupportedError
        Infinite width with an activation that has no dual here.

    Notes
    -----
    grad f(z) = W (phi'(W^T z) o Phi^T c) for random features and
    X^T (c o Phi' phi'_z) + W ((Phi'^T (c o X z)) o phi''_z) for tangent features, c = K^+ Y
    (theory note G). `fit_of` tells the condition number, the rank and the status behind the
    number; a kernel matrix that is singular to rounding gives the least-squares fit of minimum
    norm, with eigenvalues up to N eps lambda_max left out.

    Examples
    --------
    >>> import numpy as np
    >>> X, Y, z = np.eye(3), np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 2.0])
    >>> sensitivity_of("rf", "square", X, Y, z, np.eye(3))  # f(x) = x_1^2 + 2 x_2^2 + 3 x_3^2
    24.0
    """
    kind, phi = features_called(features), as_activation(activation)
    points, values = checked_data(X, Y)
    data = Data(X=points, z=checked_tests(z, points.shape[1]))
    rule, grid = regularised(filter, times)
    if W is None:
        found = _wide(kind, phi, data, values, (rule, grid))
    else:
        weights = GivenWeights(checked_weights(W, points.shape[1]))
        task = Task(
            features=kind, activations=(phi,), data=data, Y=values, weights=weights,
            widths=(weights.width,), sizes=(values.size,), rule=rule, times=grid,
        )  # fmt: skip
        found = run(task).values[0, 0, 0]
    return _shaped(found, 0 if times is None else np.ndim(times), np.ndim(z) - 1)


def sensitivity(  # noqa: PLR0913 - six fixed arguments, the others are settings by name
    features: FeatureName,
    activation: ActivationLike,
    N: int,
    k: int | float | Sequence[int],
    d: int,
    rng: np.random.Generator,
    *,
    inputs: Inputs = "gaussian",
    tests: int | None = None,
    filter: Filter | None = None,
    times: float | Array | None = None,
) -> float | Array:
    """Return S(z) for random data, labels, test point and weights (theory note G).

    x_i and z ~ N(0, I_d), or uniform on the sphere of radius sqrt(d); y_i ~ N(0, 1);
    W ~ N(0, 1/d), drawn neuron by neuron and never held as a whole.

    Parameters
    ----------
    features, activation
        See `sensitivity_of`.
    N, d : int
        Sample size and dimension.
    k : int, sequence of int, or infinity
        Width; several increasing widths share neurons and are served by one pass.
    rng : numpy.random.Generator
        Advanced by the call.
    inputs : {"gaussian", "sphere"}
    tests : int, optional
        Number of test points; None for a single number.
    filter, times
        See `sensitivity_of`.

    Returns
    -------
    float or ndarray
        With one axis each, in this order, for several widths, times and test points.

    Examples
    --------
    >>> import numpy as np
    >>> bool(0 < sensitivity("rf", "tanh", 20, 300, 10, np.random.default_rng(0)) < 100)
    True
    """
    kind, phi = features_called(features), as_activation(activation)
    rule, grid = regularised(filter, times)
    widths = checked_widths(k)
    draw = draw_problem(inputs, N, 1 if tests is None else tests, d, rng)
    if widths is None:
        found = _wide(kind, phi, draw.data, draw.Y, (rule, grid))
    else:
        task = Task(
            features=kind, activations=(phi,), data=draw.data, Y=draw.Y, sizes=(N,),
            weights=draw.weights(widths[-1]), widths=widths, rule=rule, times=grid,
        )  # fmt: skip
        found = run(task).values[0, 0]
        found = found if np.ndim(k) else found[0]
    return _shaped(found, 0 if times is None else np.ndim(times), 0 if tests is None else 1)


def _wide(
    kind: Features,
    phi: Activation,
    data: Data,
    Y: Array,
    regularisation: tuple[Filter | None, Array | None],
) -> Array:
    """Return the sensitivities of infinite width, shape (T, m)."""
    gradients = wide_fit(kind, phi, data.X, Y, *regularisation).gradients(data.z)
    return np.asarray(np.linalg.norm(gradients, axis=-1) * np.linalg.norm(data.z, axis=1))


def _shaped(found: Array, fits: int, tests: int) -> float | Array:
    """Drop the axes of fits and of test points, the last two, where one was asked for."""
    kept = found if fits else found[..., 0, :]
    kept = kept if tests else kept[..., 0]
    return kept if np.ndim(kept) else float(kept)
