from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate

from ratecheck.networks import ConvNet
from ratecheck.types import Array, InputError


def by_scipy(params: Any, image: Array) -> Array:
    """One image (h, w, c): correlations with zero padding, every second with stride 2, ReLU."""
    for layer, weight in enumerate(params[:-1]):
        filters = (2 / len(weight)) ** 0.5 * weight.reshape(3, 3, image.shape[2], -1)
        framed = np.pad(image, ((1, 1), (1, 1), (0, 0)))
        maps = [correlate(framed, filters[..., k], mode="valid")[..., 0] for k in range(5)]
        stride = 1 + layer % 2
        image = np.maximum(np.stack(maps, axis=2)[::stride, ::stride], 0)
    return np.asarray(image.ravel() @ ((2 / len(params[-1])) ** 0.5 * params[-1]))


@pytest.mark.parametrize("image", [(4, 4, 1), (5, 3, 2)])
@pytest.mark.parametrize("convolutions", [1, 2, 3])
def test_scores_are_those_of_scipys_correlations(
    image: tuple[int, int, int], convolutions: int, rng: np.random.Generator
) -> None:
    network = ConvNet(image=image, channels=5, convolutions=convolutions, outputs=3)
    pixels = int(np.prod(image))
    params, X = network.init(rng, pixels), rng.random((2, pixels))
    expected = [by_scipy(params, x.reshape(image)) for x in X]
    np.testing.assert_allclose(network(params, X), expected, rtol=1e-11)


def test_both_parametrisations_start_as_one_function() -> None:
    values = []
    for kind in ("ntk", "standard"):
        network = ConvNet(image=(4, 4, 1), channels=3, parametrisation=kind)
        values.append(network(network.init(np.random.default_rng(2), 16), np.ones((1, 16))))
    np.testing.assert_allclose(values[0], values[1], rtol=1e-12)


@pytest.mark.parametrize(
    "wrong", [{"image": (4, 4)}, {"image": (0, 4, 1)}, {"channels": 0}, {"convolutions": 0}]
)
def test_bad_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        ConvNet(**{"image": (4, 4, 1), "channels": 2, **wrong})


def test_points_that_are_no_images_are_refused(rng: np.random.Generator) -> None:
    network = ConvNet(image=(4, 4, 1), channels=2)
    with pytest.raises(InputError, match="15 columns"):
        network.init(rng, 15)
    with pytest.raises(InputError, match="images of shape"):
        network(network.init(rng, 16), np.zeros((1, 15)))
