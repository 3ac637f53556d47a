"""One thread for BLAS, OpenMP and FFT libraries.

The number of threads changes the last digits of a matrix product, so results that are to be
bit-identical for any number of workers need one thread in each of them, serial runs included.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Final

VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


@contextlib.contextmanager
def single_thread() -> Iterator[None]:
    """Hold numerical libraries to one thread: those loaded already, and those loaded inside."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    # A library reads its variable when it is loaded; afterwards only threadpoolctl reaches it.
    import scipy.linalg  # noqa: F401 - loads the BLAS of scipy, which is not the one of numpy

    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
