"""What studies need is asked for before their first cell."""

from __future__ import annotations

import pytest

import ratecheck as rc
from ratecheck.domains import Domain
from ratecheck.kernels import Kernel
from ratecheck.montecarlo import studies
from ratecheck.types import MissingExtraError


def study(domain: Domain, kernel: Kernel) -> rc.RateStudy:
    problem = rc.Problem(
        domain=domain,
        kernel=kernel,
        target=rc.targets.Sobolev(smoothness=2.0),
        noise=rc.noise.Gaussian(sigma=0.5),
    )
    return rc.RateStudy(
        name="x", problem=problem, estimator=rc.GradientFlow(),
        stopping=(rc.stopping.FixedTime(t=1.0),), sizes=(32, 64, 128), replicates=2,
    )  # fmt: skip


def test_only_the_two_sphere_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise MissingExtraError("transforms on S^2 need ducc0")

    monkeypatch.setattr("ratecheck.numerics.spherical.require", absent)
    zonal = rc.kernels.NTK(depth=2)
    line = study(rc.domains.Torus(d=1), rc.kernels.PeriodicSobolev(order=1))
    studies.require([line, study(rc.domains.Sphere(d=3), zonal)])
    with pytest.raises(MissingExtraError, match="ducc0"):
        studies.require([line, study(rc.domains.Sphere(d=2), zonal)])
