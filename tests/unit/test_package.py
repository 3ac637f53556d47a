from __future__ import annotations

import subprocess
import sys

import pytest

import ratecheck


def test_import_loads_nothing_heavy() -> None:
    program = "import sys, ratecheck; print(' '.join(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in ended.stdout.split()}
    assert not loaded & {"numpy", "scipy", "sympy", "pandas", "matplotlib", "statsmodels", "rich"}


@pytest.mark.parametrize("name", dir(ratecheck))
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(ratecheck, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'cernels'"):
        _ = ratecheck.cernels


def test_the_version_is_that_of_the_distribution() -> None:
    assert ratecheck.__version__.count(".") == 2
