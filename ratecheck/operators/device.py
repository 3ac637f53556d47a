"""Where matrices of kernel values live and are multiplied: the CPU (NumPy) or a GPU through jax.

The environment variable RATECHECK_DEVICE decides, so that worker processes inherit it: ``cpu``,
``gpu``, or ``jax-cpu``, the route of the GPU on jax's CPU, for tests. Kernel values themselves are
computed by NumPy. All numbers are float64: jax's ``jax_enable_x64``, a switch of the process, is
set. Results agree to rounding, not to the bit.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import scipy.linalg as sl

from ratecheck import check
from ratecheck.types import Array, MissingExtraError, UnsupportedError

Held: TypeAlias = Any
"""A numpy array or one of jax, which is no type without the extra."""
Handle: TypeAlias = Any
"""jax's device."""
VARIABLE = "RATECHECK_DEVICE"
CPU = "cpu"
_PLATFORMS = {"gpu": "gpu", "jax-cpu": "cpu"}


def chosen() -> str:
    """Return the device of this process, or raise `InputError` for an unknown one."""
    name = os.environ.get(VARIABLE, CPU)
    check.choice(VARIABLE, name, (CPU, *_PLATFORMS))
    return name


def use(name: str) -> None:
    """Make a device the one of this process and of those it starts.

    Raises
    ------
    InputError
        Unknown name.
    MissingExtraError
        For a GPU without jax.
    UnsupportedError
        For a GPU that jax does not find.
    """
    check.choice("--device", name, (CPU, *_PLATFORMS))
    if name != CPU:
        _found(name)
    os.environ[VARIABLE] = name


def hold(matrix: Array) -> Held:
    """Return the matrix on the device: what ``@`` and `fetch` work with."""
    name = chosen()
    return matrix if name == CPU else _jax(name).device_put(matrix, _found(name))


def fetch(values: Held) -> Array:
    """Return values of the device as an array that can be written."""
    if isinstance(values, np.ndarray):
        return values
    return np.array(values, dtype=np.float64)


def eigh(matrix: Array) -> tuple[Array, Array]:
    """Return all eigenvalues, increasing, and eigenvectors of a symmetric matrix."""
    if chosen() == CPU:
        values, vectors = sl.eigh(matrix, check_finite=False)
        return values, vectors
    values, vectors = _jax(chosen()).numpy.linalg.eigh(hold(matrix))
    return fetch(values), fetch(vectors)


def _found(name: str) -> Handle:
    """Return jax's handle of a device."""
    platform = _PLATFORMS[name]
    try:
        return _jax(name).devices(platform)[0]
    except RuntimeError as error:
        raise UnsupportedError(
            f"jax finds no {platform} here: run with --device cpu, or install jax for your GPU, "
            "for example pip install 'jax[cuda12]'"
        ) from error


def _jax(name: str) -> ModuleType:
    """Return jax in float64; networks, which use its first platform, stay on the CPU."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu,cuda" if name == "gpu" else "cpu")
    try:
        import jax
    except ImportError as error:
        raise MissingExtraError(
            "a GPU needs jax: install the extra 'nn', pip install 'ratecheck[nn]' 'jax[cuda12]'"
        ) from error
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call] # not annotated
    return jax
