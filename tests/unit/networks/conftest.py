"""Small problems shared by the tests of networks."""

from __future__ import annotations

import numpy as np
import pytest

from ratecheck import streams
from ratecheck.types import Array


@pytest.fixture
def rng() -> np.random.Generator:
    return streams.generator(0, "tests of networks", role="init")


@pytest.fixture
def X(rng: np.random.Generator) -> Array:
    points = rng.standard_normal((9, 4))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))
