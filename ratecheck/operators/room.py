"""Memory: what there is, and what the reduction of a band of coefficients takes.

Beside what n points take, a reduction holds vectors of one number per coefficient: those of the
rational Krylov space and its products, or the Lanczos basis. How many coefficients there are is
decided by the last time. Numbers of vectors were fitted to the largest resident set on S^2, T^2,
T^3 and the line (`tests/unit/montecarlo/test_memory.py` measures again).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np

from ratecheck.numerics.lanczos import longest
from ratecheck.types import UnsupportedError

_RATIONAL: Final = 240  # vectors: 8 for each of up to 28 poles, transforms
_BESIDE: Final = 100  # vectors beside the Lanczos basis
_STEPS: Final = 64  # and half the root of t mu_max: 1.5 times what uniform designs took
_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def rational_bytes(count: int) -> float:
    """Return the bytes of a rational Krylov reduction with so many coefficients."""
    return 8.0 * _RATIONAL * count


def lanczos_bytes(count: int, t: float, largest: float) -> float:
    """Return the bytes of a Lanczos reduction up to time t, mu_max given, for even designs.

    Uneven designs take more steps: up to `ratecheck.numerics.lanczos.BASIS_BYTES` in all.
    """
    steps = min(_STEPS + 0.5 * float(np.sqrt(t * largest)), longest(count))
    return 8.0 * count * (_BESIDE + steps)


def require(n: int, t: float, needed: float) -> None:
    """Raise `UnsupportedError` if a reduction needs more bytes than there are."""
    if needed > (room := machine()):
        raise UnsupportedError(
            f"a fit to n = {n} points up to time t = {t:.4g} needs about {told(needed)} for its "
            f"coefficients, but this machine has {told(room)}: stop at shorter times, with a "
            "smaller n, or take a machine with more memory"
        )


def machine() -> float:
    """Return the bytes of memory that this process may use."""
    limits = [float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))]
    for path in _LIMITS:
        if path.is_file() and (text := path.read_text().strip()).isdecimal():
            limits.append(float(text))
    return min(limits)


def told(count: float) -> str:
    """Return bytes as a text for people.

    Examples
    --------
    >>> told(1.5 * 2**30)
    '1.5 GB'
    """
    for unit, factor in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} bytes"
