"""Faces of scikit-learn: for pipelines, grid searches and cross-validation.

scikit-learn is imported when one of the names is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ratecheck.adversarial_flow.estimators import AdvNTK as AdvNTK
    from ratecheck.adversarial_flow.estimators import AdvNTKClassifier as AdvNTKClassifier
    from ratecheck.regressors.flow import KernelGradientFlowRegressor as KernelGradientFlowRegressor

_HOMES: Final = {
    "AdvNTK": "ratecheck.adversarial_flow.estimators",
    "AdvNTKClassifier": "ratecheck.adversarial_flow.estimators",
    "KernelGradientFlowRegressor": "ratecheck.regressors.flow",
}

__all__ = ["AdvNTK", "AdvNTKClassifier", "KernelGradientFlowRegressor"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - classes
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ratecheck.regressors' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
