"""jax and optax, imported here first: float64, one thread, the CPU.

Importing this module prepares jax before its first use: one thread inside an operation, so that
results do not depend on the number of workers; the CPU, unless ``JAX_PLATFORMS`` says otherwise;
64-bit numbers (``jax_enable_x64``, a switch of the whole process). Settings of the user's own in
``XLA_FLAGS`` are kept. jax's own random numbers are not used: they changed between versions.
"""

from __future__ import annotations

import os
from typing import Any, Final, TypeAlias

from ratecheck.types import MissingExtraError

# The second word has no dashes: XLA reads it as an option of its thread pool.
_ONE_THREAD: Final = ("--xla_cpu_multi_thread_eigen=false", "intra_op_parallelism_threads=1")


def _flags(before: str) -> str:
    """Return XLA's options with those for one thread that the user has not set."""
    missing = [flag for flag in _ONE_THREAD if flag.partition("=")[0] not in before]
    return " ".join([before, *missing]).strip()


os.environ["XLA_FLAGS"] = _flags(os.environ.get("XLA_FLAGS", ""))
os.environ.setdefault("JAX_PLATFORMS", "cpu")

try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError as error:
    raise MissingExtraError(
        "networks need jax and optax: install the extra 'nn', pip install 'ratecheck[nn]'"
    ) from error

jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call] # not annotated

Params: TypeAlias = Any
"""A tree of float64 arrays: tuples and dictionaries with numpy or jax arrays as leaves."""

__all__ = ["Params", "jax", "jnp", "optax"]
