from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ratecheck import networks

# None in sys.modules is what an absent package looks like to an import
BLOCKED = "import sys; sys.modules.update(jax=None, optax=None); "


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    "asked",
    [
        "import ratecheck as rc; rc.networks.MLP",
        "from ratecheck.networks import MLP",
        "from ratecheck.networks import empirical_ntk",
        "import ratecheck.networks.training",
    ],
)
def test_asking_for_a_network_names_the_extra(asked: str) -> None:
    ended = run(BLOCKED + asked)
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[-1].startswith("ratecheck.types.MissingExtraError")
    assert "'ratecheck[nn]'" in ended.stderr


def test_everything_else_works_without_it() -> None:
    program = "import ratecheck, ratecheck.networks, ratecheck.montecarlo, ratecheck.cli.app; "
    ended = run(BLOCKED + program + "print(ratecheck.kernels.NTK(depth=2))")
    assert ended.stdout.strip() == "NTK(depth=2, bias=0.0)", ended.stderr


NETWORK_STUDIES = (
    "width_to_kernel",
    "kernel_evolution",
    "kernel_swap",
    "adversarial_degeneration",
    "adv_ntk",
    "evaluation_is_honest",
)


@pytest.mark.parametrize("name", NETWORK_STUDIES)
def test_a_study_of_networks_is_refused_before_any_cell(name: str, tmp_path: Path) -> None:
    arguments = ["run", name, "--profile", "smoke", "--results", str(tmp_path / "results")]
    ended = run(BLOCKED + f"from ratecheck.cli import main; sys.exit(main({arguments}))")
    assert ended.returncode == 2, ended.stderr
    assert "'ratecheck[nn]'" in ended.stderr
    assert not (tmp_path / "results").exists()


def test_every_study_can_be_read_and_others_run_without_it(tmp_path: Path) -> None:
    program = f"""
import ratecheck as rc
from ratecheck.cli import catalogue
suites = dict(catalogue.known_suites())
report = rc.run(suites["u_curve_1d"], results={str(tmp_path)!r}, profile="smoke")
print(len(suites), len(report.failed), len(report.records) > 0)
"""
    ended = run(BLOCKED + program)
    count, failed, measured = ended.stdout.split()
    assert int(count) >= 24, ended.stderr
    assert (failed, measured) == ("0", "True")


def test_settings_of_the_users_own_are_kept() -> None:
    program = "import os; os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=true'; "
    ended = run(program + "import ratecheck.networks.backend; print(os.environ['XLA_FLAGS'])")
    assert ended.stdout.split() == [
        "--xla_cpu_multi_thread_eigen=true",
        "intra_op_parallelism_threads=1",
    ], ended.stderr


def test_numbers_have_64_bits() -> None:
    from ratecheck.networks.backend import jnp

    assert jnp.zeros(1).dtype == "float64"


@pytest.mark.parametrize("name", dir(networks))
def test_every_name_can_be_had(name: str) -> None:
    assert getattr(networks, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'MPL'"):
        _ = networks.MPL
