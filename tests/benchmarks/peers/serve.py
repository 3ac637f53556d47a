"""neural-tangents behind a pipe: one JSON object per line in, one out.

Runs in the peers' environment and imports nothing of this project. Requests name a job and an
``.npz`` file with its arrays; answers hold CPU seconds, peak memory in MB, and where the arrays
go. The caller's environment variables ask for
float64 and one thread.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import types
from typing import Any

import jax
import numpy as np

# the TensorFlow side of neural-tangents, which is not needed and would not install
EXPERIMENTAL = "neural_tangents.experimental"


def library() -> Any:
    """Return neural-tangents."""
    sys.modules.setdefault(EXPERIMENTAL, types.ModuleType(EXPERIMENTAL))
    import neural_tangents  # type: ignore[import-not-found,unused-ignore]  # not in our venv

    return neural_tangents


def kernel(depth: int, bias: float) -> Any:
    """Return the compiled tangent kernel; points are scaled so that the first layer matches."""
    stax = library().stax
    settings = {"W_std": 2**0.5, "b_std": bias**0.5 if bias else None}
    layers = [part for _ in range(depth - 1) for part in (stax.Dense(1, **settings), stax.Relu())]
    _, _, function = stax.serial(*layers, stax.Dense(1, **settings))
    return jax.jit(lambda X, Y: function(X, Y, "ntk"))


def gram(arrays: Any, job: dict[str, Any]) -> Any:
    """Return a function that computes the Gram matrix."""
    X = jax.numpy.asarray(arrays["X"] * (arrays["X"].shape[1] / 2) ** 0.5)
    function = kernel(job["depth"], job["bias"])
    return lambda: function(X, None).block_until_ready()


def path(arrays: Any, job: dict[str, Any]) -> Any:
    """Return a function that gives the predictions of gradient flow at all times."""
    root = (arrays["X"].shape[1] / 2) ** 0.5
    X, new = (jax.numpy.asarray(arrays[name] * root) for name in ("X", "new"))
    y = jax.numpy.asarray(arrays["y"][:, None])
    function = kernel(job["depth"], job["bias"])

    def run() -> Any:
        predict = library().predict.gradient_descent_mse(function(X, None), y)
        cross = function(new, X)
        # its loss is the mean of squares over two: its time is t for K/n
        rows = [predict(t, 0.0, 0.0, cross)[1][:, 0] for t in arrays["times"]]
        return jax.numpy.stack(rows).block_until_ready()

    return run


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job as often as asked and return what it took."""
    arrays = np.load(job["file"])
    run = {"gram": gram, "path": path}[job["job"]](arrays, job)
    if job["warm"]:
        run()
    taken = []
    for _ in range(job["repeats"]):
        start = time.process_time()
        value = run()
        taken.append(time.process_time() - start)
    kept = np.asarray(value)
    np.save(job["out"], kept[tuple(arrays["pairs"])] if "pairs" in arrays else kept)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": taken, "peak": peak}


if __name__ == "__main__":
    print(
        json.dumps({"neural-tangents": library().__version__, "jax": jax.__version__}), flush=True
    )
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
