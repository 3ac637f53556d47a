"""Linearised adversarial training in closed form, and Adv-NTK, which learns its times."""

from __future__ import annotations

from ratecheck.adversarial_flow.flow import (
    AdversarialFlow,
    adversarial_flow_gradient,
    adversarial_flow_operator,
)

__all__ = ["AdversarialFlow", "adversarial_flow_gradient", "adversarial_flow_operator"]
