"""The route of a GPU, on jax's CPU: the numbers of NumPy; and what is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ratecheck.estimators import GradientFlow, Ridge, SpectralEstimator
from ratecheck.kernels import NTK, Kernel
from ratecheck.montecarlo.design import numeric_versions
from ratecheck.operators import BlockedGram, device
from ratecheck.operators.prepare import OperatorName
from ratecheck.types import Array, InputError

N = 400
TIMES = np.geomspace(0.5, 1e3, 12)
RUN = "from ratecheck.cli import main; import sys; sys.exit(main(sys.argv[1:]))"


def fit(estimator: SpectralEstimator, kernel: Kernel) -> Array:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, 3))
    y = np.sin(X[:, 0]) + 0.3 * rng.standard_normal(N)
    state = estimator.prepare(kernel, X)
    return estimator.predict(estimator.path(state, y, TIMES), rng.standard_normal((50, 3)))


@pytest.mark.parametrize("operator", ["eigh", "dense", "blocked"])
@pytest.mark.parametrize("make", [GradientFlow, Ridge])
def test_the_route_through_jax_gives_the_same_numbers(
    operator: OperatorName, make: type[SpectralEstimator], monkeypatch: pytest.MonkeyPatch
) -> None:
    jax = pytest.importorskip("jax")
    estimator = make(operator=operator)  # type: ignore[call-arg]  # functions that make estimators
    plain = fit(estimator, NTK(depth=3))
    monkeypatch.setenv(device.VARIABLE, "jax-cpu")
    assert isinstance(device.hold(np.eye(2)), jax.Array)
    through = fit(estimator, NTK(depth=3))
    scale = np.abs(plain).max()
    assert np.abs(through - plain).max() <= 1e-10 * scale
    other = fit(estimator, NTK(depth=2))
    assert np.abs(other - plain).max() > 1e-4 * scale  # another kernel is told apart


def test_kept_tiles_live_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax")
    rng = np.random.default_rng(1)
    X, v = rng.standard_normal((700, 2)), rng.standard_normal(700)
    plain = BlockedGram(kernel=NTK(depth=2), X=X).apply(v)
    monkeypatch.setenv(device.VARIABLE, "jax-cpu")
    operator = BlockedGram(kernel=NTK(depth=2), X=X)
    assert operator.apply(v) == pytest.approx(plain, rel=1e-13)
    assert not isinstance(operator._kept[0][2], np.ndarray)


def test_a_device_is_part_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax")
    monkeypatch.delenv(device.VARIABLE, raising=False)
    plain = numeric_versions()
    monkeypatch.setenv(device.VARIABLE, "jax-cpu")
    assert dict(numeric_versions())["device"] == "jax-cpu"
    assert numeric_versions() != plain
    assert "device" not in dict(plain)


def test_unknown_devices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="--device"):
        device.use("tpu")
    monkeypatch.setenv(device.VARIABLE, "abacus")
    with pytest.raises(InputError, match="RATECHECK_DEVICE"):
        device.chosen()


def command(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "JAX_PLATFORMS"} | variables
    return subprocess.run(
        [sys.executable, "-c", RUN, "run", "ntk_rate", "--profile", "smoke", *options],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip


def test_an_absent_gpu_is_said_and_ends_with_code_2(tmp_path: Path) -> None:
    jax = pytest.importorskip("jax")
    try:
        jax.devices("gpu")
        pytest.skip("a GPU is here")
    except RuntimeError:
        done = command("--device", "gpu", "--results", str(tmp_path))
    assert done.returncode == 2
    assert "jax finds no gpu here: run with --device cpu" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_absent_extra_is_said_and_ends_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "jax.py").write_text("raise ImportError('not installed')\n")
    done = command("--device", "gpu", "--results", str(tmp_path), PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "a GPU needs jax: install the extra 'nn'" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--device", "tpu"), "--device must be one of"),
        (("--device", "gpu", "--cluster", "tcp://a:1"), "does not reach the workers of a cluster"),
    ],
)
def test_wrong_options(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = command(*options, "--results", str(tmp_path))
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
