"""One BLAS thread and reproducible property tests, in every process that runs tests."""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # read once, when numpy is first imported

from hypothesis import HealthCheck, settings  # noqa: E402  (after the thread counts)

settings.register_profile(
    "ratecheck",
    derandomize=True,  # a red test is red for everybody
    database=None,
    deadline=None,  # a busy machine is no defect
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ratecheck")
