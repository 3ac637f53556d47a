"""Arc-cosine functions and the layers of ReLU networks, in float64 (theory note A1).

Arguments are t = 1 - u and v = 1 + u (see `geometry`): kappa_0 has a square-root singularity at
u = 1, so that only t carries its digits. Deeper layers carry t_l = 1 - rho_l the same way.
"""

from __future__ import annotations

import math

import numpy as np

from ratecheck.types import Array


def angle_and_sine(t: Array, v: Array) -> tuple[Array, Array]:
    """Return theta in [0, pi] with cos theta = u, and sin theta."""
    a, c = np.sqrt(t), np.sqrt(v)
    theta = np.arctan2(a, c)
    theta *= 2.0
    a *= c
    return theta, a


def kappa(order: int, t: Array, v: Array) -> Array:
    """Return kappa_order(u) for order 0, 1, 2, without loss of digits near u = 1."""
    theta, sine = angle_and_sine(t, v)
    rest = np.pi - theta
    if order == 0:
        return rest / np.pi
    u = 1.0 - t
    if order == 1:
        return (u * rest + sine) / np.pi
    return (3.0 * u * sine + rest * (1.0 + 2.0 * u * u)) / np.pi


def drop(t: Array, theta: Array, sine: Array) -> Array:
    """Return 1 - kappa_1(u) = t + ((1 - t) theta - sin theta)/pi, which keeps the digits of t."""
    out = np.subtract(1.0, t)
    out *= theta
    out -= sine
    out *= 1.0 / math.pi
    out += t
    return np.maximum(out, 0.0, out=out)


def layers(t: Array, v: Array, depth: int) -> tuple[Array, Array]:
    """Return the covariance and the tangent kernel of ``depth`` weight layers without bias.

    Both for unit vectors: Sigma_1 = Theta_1 = u, Sigma_{l+1} = kappa_1(Sigma_l),
    Theta_{l+1} = Theta_l kappa_0(Sigma_l) + Sigma_{l+1}.
    """
    tangent = np.subtract(1.0, t)
    for layer in range(1, depth):
        theta, sine = angle_and_sine(t, v) if layer == 1 else _inner(t)
        t = drop(t, theta, sine)
        theta *= -1.0 / math.pi
        theta += 1.0  # kappa_0
        tangent *= theta
        tangent += np.subtract(1.0, t, out=theta)
    return np.subtract(1.0, t), tangent


def _inner(t: Array) -> tuple[Array, Array]:
    """Return angle and sine where u >= 0, as in every layer but the first: half the cost."""
    half = 0.5 * t
    cosine = np.sqrt(1.0 - half)
    np.sqrt(half, out=half)
    cosine *= half
    cosine *= 2.0
    theta = np.arcsin(half, out=half)
    theta *= 2.0
    return theta, cosine


def biased_layers(
    t: Array, v: Array, p: Array, q: Array, depth: int, bias: float
) -> tuple[Array, Array]:
    """Return covariance and tangent kernel with bias variance ``bias`` in every layer.

    ``p`` (n, 1) and ``q`` (1, m) are the squared lengths of (x, sqrt bias) and (y, sqrt bias);
    t and v belong to the angle between those vectors. (1, 1) arrays do where all lengths agree.
    """
    size = np.sqrt(p * q)
    sigma = size * (1.0 - t)
    tangent = sigma
    for layer in range(1, depth):
        theta, sine = angle_and_sine(t, v) if layer == 1 else _inner(t)
        fall = drop(t, theta, sine)
        sigma = size * (1.0 - fall) + bias
        theta *= -1.0 / math.pi
        theta += 1.0
        tangent = tangent * theta + sigma
        gap = bias * (np.sqrt(p) - np.sqrt(q)) ** 2  # 1 - rho without subtracting near-equals
        p, q, old = p + bias, q + bias, size
        size = np.sqrt(p * q)
        t = (gap / (size + old + bias) + old * fall) / size
    return sigma, tangent
