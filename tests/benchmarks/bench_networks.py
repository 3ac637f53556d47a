"""The empirical tangent kernel layer by layer against its Jacobian; the cost of linearising.

Peer of the kernel: the whole Jacobian by `jax.jacrev`, contracted with itself, both compiled (what
a direct contraction does). Peer of linearised training: the same epochs of the network itself.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from threadpoolctl import threadpool_limits

from ratecheck.networks import MLP, PGD, SGD, Ball, ConvNet, empirical_ntk, linearise, train
from ratecheck.networks.model import Model
from ratecheck.types import Array, IntArray
from tests.benchmarks.harness import Ratio, medians, write

POINTS = 64
NETWORK = MLP(depth=3, width=256, bias=0.1, outputs=10)
WANTED = 50


@jax.jit
def by_jacobian(params: Any, X: jax.Array) -> jax.Array:
    """Contract the whole Jacobian with itself; mean over the outputs."""
    tree = jax.jacrev(lambda at: NETWORK.apply(at, X))(params)
    parts = [leaf.reshape(X.shape[0], -1) for leaf in jax.tree.leaves(tree)]
    return sum((J @ J.T for J in parts), jnp.zeros(())) / NETWORK.outputs


def kernel() -> Ratio:
    """Time the kernel of a fully connected network."""
    rng = np.random.default_rng(0)
    X, params = rng.standard_normal((POINTS, 64)), NETWORK.init(rng, 64)
    ours, theirs = partial(empirical_ntk, NETWORK, params, X), partial(by_jacobian, params, X)
    worst = float(np.abs(ours() - np.asarray(theirs())).max() / np.abs(ours()).max())
    times = medians({"ours": ours, "peer": lambda: theirs().block_until_ready()}, repeats=5)
    return Ratio(
        name=f"empirical NTK, depth 3, width 256, 10 outputs, n = {POINTS}",
        peer="compiled jacrev and contraction",
        ours_seconds=times["ours"],
        peer_seconds=times["peer"],
        ratio=times["peer"] / times["ours"],
        wanted=f">= {WANTED}",
        remark=f"largest relative difference {worst:.1e}",
    )


def run(model: Model, params: Any, X: Array, y: IntArray) -> None:
    """Train two epochs on attacked points."""
    train(
        model, params, X, y, loss="cross_entropy", method=SGD(rate=1e-3, epochs=2, batch=25),
        attack=PGD(ball=Ball(radius=0.1), steps=5), rng=np.random.default_rng(0),
    )  # fmt: skip


def linearised() -> Ratio:
    """Time adversarial training of a linearised network."""
    rng = np.random.default_rng(0)
    network = ConvNet(image=(8, 8, 1), channels=16, outputs=10)
    params, X, y = network.init(rng, 64), rng.random((500, 64)), np.arange(500) % 10
    frozen = linearise(network, params, centred=True)
    times = medians(
        {"ours": partial(run, frozen, params, X, y), "peer": partial(run, network, params, X, y)},
        repeats=5,
    )
    return Ratio(
        name="linearised adversarial training, 16 channels, n = 500, two epochs",
        peer="the network's own training",
        ours_seconds=times["ours"],
        peer_seconds=times["peer"],
        ratio=times["ours"] / times["peer"],
        wanted="<= 4",
    )


def main() -> None:
    """Measure and store."""
    with threadpool_limits(limits=1):
        write("networks", [kernel(), linearised()])


if __name__ == "__main__":
    main()
