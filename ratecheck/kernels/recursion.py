"""The layer recursion of ReLU networks over any field, for unit vectors (theory note A1)."""

from __future__ import annotations

from ratecheck.kernels.field import Field, Value, exact


def exact_layers(u: Value, field: Field, depth: int, bias: float) -> tuple[Value, Value]:
    """Return Sigma_L(u) and Theta_L(u) on the unit sphere, with L = ``depth`` weight layers."""
    if bias == 0:
        return _plain(u, field, depth)
    b = field.number(exact(bias))
    sigma = tangent = u + b
    size = 1 + b
    for _ in range(1, depth):
        rho = sigma / size
        sigma = size * field.kappa1(rho) + b
        tangent = tangent * field.kappa0(rho) + sigma
        size = size + b
    return sigma, tangent


def _plain(u: Value, field: Field, depth: int) -> tuple[Value, Value]:
    sigma = tangent = u
    for _ in range(1, depth):
        tangent = tangent * field.kappa0(sigma) + field.kappa1(sigma)
        sigma = field.kappa1(sigma)
    return sigma, tangent
