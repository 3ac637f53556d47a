"""The empirical tangent kernel K_c(x, y) = <df_c(x)/dtheta, df_c(y)/dtheta> of each output c."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from ratecheck import check
from ratecheck.kernels.tiling import blocks
from ratecheck.networks import tangent_jacobian, tangent_layers
from ratecheck.networks.backend import Params
from ratecheck.networks.mlp import MLP
from ratecheck.networks.model import Model
from ratecheck.types import Array, InputError

Route = Literal["auto", "layers", "jacobian"]
Groups = tuple[tuple[int, ...], ...]
_ENTRIES = 2**24  # numbers that a block of points may take: 128 MiB


def empirical_ntk(
    network: Model,
    params: Params,
    X: Array,
    Y: Array | None = None,
    *,
    logits: int | str = "mean",
    route: Route = "auto",
) -> Array:
    """Return the empirical tangent kernel of a model at ``params``.

    Parameters
    ----------
    network : Model
    params : tree of arrays
    X : ndarray, shape (n, d)
    Y : ndarray, shape (m, d), optional
        X itself unless given; then the result is symmetric to the last bit.
    logits : {"mean", "each"} or int
        The mean of K_c over the outputs (the trace divided by C, as neural-tangents has it), all
        K_c one by one, or a single one.
    route : {"auto", "layers", "jacobian"}
        Layer by layer (an `MLP` only), or by Jacobians of blocks of points, contracted with each
        other; "auto" takes the former if it can. They agree to rounding.

    Returns
    -------
    ndarray, shape (n, m), or (C, n, m) for ``logits="each"``

    Raises
    ------
    InputError
        Points of the wrong shape, an unknown option, an output that is not there.

    Examples
    --------
    >>> linear = MLP(depth=1, width=1, bias=1.0)
    >>> params = linear.init(np.random.default_rng(0), dimension=2)
    >>> empirical_ntk(linear, params, np.array([[1.0, 2.0]]))
    array([[6.]])
    """
    X = check.points("X", X)
    Z = X if Y is None else check.points("Y", Y, dimension=X.shape[1])
    groups = _groups(network.scores, logits)
    K = _by_blocks(_route(network, route), network, params, groups, X, Z)
    return K if logits == "each" else K[0]


def _groups(scores: int, logits: int | str) -> Groups:
    """Return groups of outputs: the kernel of a group is its mean."""
    if isinstance(logits, str):
        check.choice("logits", logits, ("mean", "each"))
        every = tuple(range(scores))
        return (every,) if logits == "mean" else tuple((c,) for c in every)
    return ((check.integer("logits", logits, low=0, high=scores - 1),),)


def _route(network: Model, route: Route) -> Any:  # noqa: ANN401 - one of two modules
    check.choice("route", route, get_args(Route))
    if route == "layers" and not isinstance(network, MLP):
        raise InputError(f"route='layers' is for an MLP, not for {type(network).__name__}")
    layered = isinstance(network, MLP) and route != "jacobian"
    return tangent_layers if layered else tangent_jacobian


def _by_blocks(
    route: Any,  # noqa: ANN401 - one of two modules
    network: Model,
    params: Params,
    groups: Groups,
    X: Array,
    Y: Array,
) -> Array:
    step = max(1, _ENTRIES // route.entries(network, params, sum(map(len, groups))))
    out = np.empty((len(groups), len(X), len(Y)))
    for i in blocks(len(X), step):
        side = route.prepare(network, params, groups, X[i])
        for j in blocks(len(Y), step):
            if X is not Y:
                other = route.prepare(network, params, groups, Y[j])
                out[:, i, j] = route.contract(side, other)
            elif j.start == i.start:
                tile = np.asarray(route.contract(side, side))
                out[:, i, i] = 0.5 * (tile + tile.swapaxes(1, 2))
            elif j.start > i.start:
                tile = np.asarray(
                    route.contract(side, route.prepare(network, params, groups, X[j]))
                )
                out[:, i, j], out[:, j, i] = tile, tile.swapaxes(1, 2)
    return out
