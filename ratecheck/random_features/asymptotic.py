r"""What sensitivities should be: the universal bound, and the leading order of even activations.

For x, z ~ N(0, I_d), y ~ N(0, 1), W ~ N(0, 1/d) and an activation without linear part (a_1 = 0),
when N << p and N << d^2 the kernel matrix is nearly diagonal (apart from the constant feature),
c = Y / K_11, and sums over data and neurons can be averaged one by one:

.. math:: S^2 \approx \frac{E \phi'^2}{Var \phi} \frac{N d}{k}
          + 4 \Big(\frac{a_2^2}{Var \phi}\Big)^2 \frac{N}{d} \quad \text{(random features)},

.. math:: S^2 \approx \Big(1 + \frac{E \phi''^2}{E \phi'^2}\Big) \frac{N}{k}
          + 4 \Big(\frac{(E \phi'')^2}{E \phi'^2}\Big)^2 \frac{N}{d}
          \quad \text{(tangent features)},

moments under N(0, 1), a_2 the second Hermite coefficient. Derived here (D), to leading order. The
first terms are the squared universal bound N d / p times a constant of at least 2 (2 for x^2, in
both models); the second is what is left at infinite width. So an even activation makes random
features as robust, parameter for parameter, as tangent features.

Left out: random features with a_0 not 0 have a constant feature whose length changes with |x|, and
which adds 2 (a_2/a_0)^2 / N; it counts below N = sqrt(d), about.
"""

from __future__ import annotations

import math

import numpy as np

from ratecheck import check
from ratecheck.numerics import duals, hermite
from ratecheck.numerics.activations import Activation
from ratecheck.random_features.activations import ActivationLike, as_activation
from ratecheck.random_features.features import FeatureName, features_called
from ratecheck.types import UnsupportedError


def universal_bound(N: int, d: int, p: float) -> float:
    """Return sqrt(N d / p), Bubeck and Sellke's lower bound up to constants; p may be infinite.

    Examples
    --------
    >>> universal_bound(400, 100, 10_000)
    2.0
    """
    return math.sqrt(check.integer("N", N, low=1) * check.integer("d", d, low=1) / p)


def parameters(features: FeatureName, d: int, k: float) -> float:
    """Return the number of parameters p: k of random features, d k of tangent features."""
    per_neuron = features_called(features).parameters(check.integer("d", d, low=1), 1)
    return per_neuron * (k if math.isinf(k) else check.integer("k", k, low=1))


def leading_order(
    features: FeatureName, activation: ActivationLike, N: int, k: float, d: int
) -> float:
    """Return S to leading order for a smooth activation without linear part; k may be infinite.

    Raises
    ------
    UnsupportedError
        For activations with a linear part (a_1 not 0) or with a kink.

    Examples
    --------
    >>> leading_order("ntk", "square", 400, 100, 800)  # sqrt(2 N / k + 4 N / d)
    3.1622776601683795
    >>> round(leading_order("rf", "square", 400, 100 * 800, 800), 12)
    3.162277660168
    """
    phi = as_activation(activation)
    wide, narrow = _constants(features, phi)
    bound = universal_bound(N, d, parameters(features, d, k))
    return math.sqrt(narrow * bound**2 + wide * N / d)


def _constants(features: FeatureName, phi: Activation) -> tuple[float, float]:
    """Return the factors of N/d and of N d / p."""
    if phi.degree is not None:
        raise UnsupportedError(f"{phi.name!r} has a kink: the leading order needs phi''")
    one = np.ones(1)
    second = [float(duals.second_moments(phi, one, order)[0]) for order in (0, 1, 2)]
    a = hermite.coefficients(phi, 3)
    variance = second[0] - float(a[0]) ** 2
    if abs(a[1]) > 1e-9 * math.sqrt(variance):
        raise UnsupportedError(f"{phi.name!r} has a linear part: S grows with N at any width")
    square = 2.0 * float(a[2]) ** 2  # (E phi'')^2, for E phi'' = sqrt(2) a_2
    if features == "rf":
        return (square / variance) ** 2, second[1] / variance
    return 4.0 * (square / second[1]) ** 2, 1.0 + second[2] / second[1]
