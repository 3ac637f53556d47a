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


def kappa_slope(order: int, t: Array, v: Array) -> Array:
    """Return kappa_order'(u): 1/(pi sin theta), kappa_0 or 4 kappa_1; 0 where it is infinite."""
    if order == 0:
        return jump(np.sqrt(t * v))
    return kappa(0, t, v) if order == 1 else 4.0 * kappa(1, t, v)


def jump(sine: Array) -> Array:
    """Return kappa_0'(u) = 1/(pi sin theta), and 0 at theta = 0 and pi.

    Both one-sided derivatives are infinite there, of opposite sign: 0 is their mean.
    """
    positive = sine > 0
    return np.where(positive, 1.0 / (math.pi * np.where(positive, sine, 1.0)), 0.0)


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


def layers_and_slopes(
    t: Array, v: Array, depth: int
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return covariance and tangent kernel of `layers`, each with its derivative in u."""
    sigma, slope = np.subtract(1.0, t), np.ones_like(t)
    tangent, tangent_slope = sigma, slope
    for layer in range(1, depth):
        theta, sine = angle_and_sine(t, v) if layer == 1 else _inner(t)
        t, step = drop(t, theta, sine), 1.0 - theta / math.pi
        tangent_slope = tangent_slope * step
        tangent_slope += tangent * jump(sine) * slope
        slope = step * slope
        tangent_slope += slope
        sigma = np.subtract(1.0, t)
        tangent = tangent * step
        tangent += sigma
    return (sigma, slope), (tangent, tangent_slope)


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
    size = np.sqrt(p) * np.sqrt(q)
    sigma = np.subtract(1.0, t)
    sigma *= size
    tangent = sigma.copy()
    for layer in range(1, depth):
        theta, sine = angle_and_sine(t, v) if layer == 1 else _inner(t)
        fall = drop(t, theta, sine)
        np.subtract(1.0, fall, out=sigma)
        sigma *= size
        sigma += bias
        theta *= -1.0 / math.pi
        theta += 1.0
        tangent *= theta
        tangent += sigma
        if layer + 1 < depth:
            t, p, q, size = _next(fall, p, q, size, bias)
    return sigma, tangent


def layer_slopes(
    t: Array, v: Array, p: Array, q: Array, depth: int, bias: float
) -> tuple[Array, Array]:
    """Return derivatives (2, n, m) of covariance and tangent kernel.

    Row 0 is the derivative in Sigma_1 = <x, y> + b, row 1 in q_1(x) = |x|^2 + b; arguments as in
    `biased_layers`, with full lengths ``p`` (n, 1), positive, and ``q`` (1, m).
    """
    size = np.sqrt(p * q)
    tangent = size * (1.0 - t)
    slope = tangent_slope = np.stack((np.ones_like(tangent), np.zeros_like(tangent)))
    for layer in range(1, depth):
        theta, sine = angle_and_sine(t, v) if layer == 1 else _inner(t)
        fall, step = drop(t, theta, sine), 1.0 - theta / math.pi
        size_slope = np.stack((np.zeros_like(tangent), size / (2.0 * p)))
        rho_slope = slope - (1.0 - t) * size_slope
        rho_slope /= np.where(size > 0, size, 1.0)
        slope = (1.0 - fall) * size_slope + size * step * rho_slope
        tangent_slope = step * tangent_slope + tangent * jump(sine) * rho_slope + slope
        tangent = step * tangent + size * (1.0 - fall) + bias
        t, p, q, size = _next(fall, p, q, size, bias)
    return slope, tangent_slope


def _next(
    fall: Array, p: Array, q: Array, size: Array, bias: float
) -> tuple[Array, Array, Array, Array]:
    """Return t = 1 - rho of the next layer, its squared lengths and the root of their product.

    1 - rho = fall size/new + bias (|x| - |y|)^2 / (new (new + size + bias)), with no difference of
    nearly equal numbers. The array ``fall`` is overwritten.
    """
    roots = np.sqrt(p) - np.sqrt(q)
    p, q = p + bias, q + bias
    new = np.sqrt(p) * np.sqrt(q)
    scale = new if bias > 0 else np.where(new > 0, new, 1.0)  # all is 0 at the origin
    roots *= roots
    roots /= scale + size + bias
    roots *= bias
    fall *= size
    fall += roots
    fall /= scale
    return fall, p, q, new
