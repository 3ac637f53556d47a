"""A peer in a process of its own environment, asked through a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ratecheck.types import Array, IntArray
from tests.benchmarks.peers.environment import HERE, python

SETTINGS = {
    "JAX_ENABLE_X64": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """CPU seconds of each repetition, peak memory of the process in MB, and the values."""

    seconds: list[float]
    peak: float
    values: Array


@dataclass(kw_only=True)
class Peer:
    """A running peer; use it as a context. Its memory peak is that of all jobs so far."""

    versions: dict[str, str] = field(init=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [python(), HERE / "serve.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | SETTINGS,
        )
        self.versions = self._read()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._process:  # closes the pipes and waits
            pass

    def ask(self, job: str, arrays: Mapping[str, Array | IntArray], **settings: Any) -> Answer:
        """Send a job with its arrays and wait for what it took and gave."""
        with tempfile.TemporaryDirectory() as folder:
            file, out = Path(folder, "in.npz"), Path(folder, "out.npy")
            np.savez(file, **arrays)  # type: ignore[arg-type]  # names, not the option allow_pickle
            request = {"job": job, "file": str(file), "out": str(out), **settings}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            told = self._read()
            return Answer(seconds=told["seconds"], peak=told["peak"], values=np.load(out))

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer ended with code {self._process.wait()}")
        return dict(json.loads(line))
