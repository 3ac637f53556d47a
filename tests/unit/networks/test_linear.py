from __future__ import annotations

import jax
import numpy as np
import pytest

from ratecheck.networks import MLP, linearise
from ratecheck.types import Array

NETWORK = MLP(depth=3, width=8, activation="tanh", bias=0.2, outputs=2)


def test_the_centred_model_is_zero_where_it_was_made(rng: np.random.Generator, X: Array) -> None:
    params = NETWORK.init(rng, 4)
    assert (linearise(NETWORK, params, centred=True)(params, X) == 0).all()
    model = linearise(NETWORK, params)
    np.testing.assert_allclose(model(params, X), NETWORK(params, X), rtol=1e-13)
    assert np.abs(model(params, X)).max() > 0.1


@pytest.mark.parametrize("centred", [True, False])
def test_it_is_linear_and_touches_the_network(
    centred: bool, rng: np.random.Generator, X: Array
) -> None:
    params, way = NETWORK.init(rng, 4), NETWORK.init(rng, 4)
    model = linearise(NETWORK, params, centred=centred)

    def along(t: float) -> tuple[Array, Array]:
        at = jax.tree.map(lambda a, b: a + t * b, params, way)
        return model(at, X), NETWORK(at, X) - centred * NETWORK(params, X)

    np.testing.assert_allclose(along(2.0)[0] - along(0.0)[0], 2 * (along(1.0)[0] - along(0.0)[0]))
    gaps = [np.abs(np.subtract(*along(t))).max() for t in (1e-2, 1e-3)]
    assert 70 < gaps[0] / gaps[1] < 140  # second order
