"""The IDX reader against idx2numpy (extra ``dev``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ratecheck.datasets.folder import Stored
from ratecheck.datasets.idx import TYPES, read_idx
from tests.unit.datasets.writers import idx

idx2numpy = pytest.importorskip("idx2numpy")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4)])
def test_both_read_what_either_wrote(kind: int, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(TYPES[kind])
    theirs = idx2numpy.convert_to_string(array.astype(array.dtype.newbyteorder("=")))
    assert theirs == idx(array, kind)
    found = read_idx(Stored(path=Path("file"), raw=theirs))
    np.testing.assert_array_equal(found, idx2numpy.convert_from_string(idx(array, kind)))
