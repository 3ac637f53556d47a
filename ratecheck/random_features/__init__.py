"""Sensitivity of random features and of tangent features (Bombari et al. 2023, 2302.01629).

``sensitivity(features, activation, N, k, d, rng)`` draws a problem, ``sensitivity_of(features,
activation, X, Y, z, W)`` takes one; both return S(z) = ||z|| ||grad f(z)|| of the minimum-norm
fit, or of regularised and early-stopped ones, at finite or infinite width.

Notes
-----
Theory note G. The universal law (Bubeck and Sellke) bounds S from below by about sqrt(N d / p)
(P); robust means S of order one, so that p >> N d is necessary. What the paper claims, as far as
its abstract goes (P): random features are not robust at any over-parametrisation; tangent features
with an even activation meet the universal bound and are robust once p >> N d; others are not. The
exact forms, S = Omega(N^{1/6}) for random features when N log^3 N = o(k), and
S = O(log k (1 + sqrt(N / k))) for even tangent features, are recalled and uncertain (M, U), and
hold under conditions on N, k and d that were not at hand: let the measurement speak. At d = 150
the sensitivity of random features with cos, an even activation, still falls with k (V).
"""

from ratecheck.random_features.activations import as_activation, check_derivatives
from ratecheck.random_features.asymptotic import leading_order, parameters, universal_bound
from ratecheck.random_features.fits import Fit, fit_of, split_of
from ratecheck.random_features.sensitivities import sensitivity, sensitivity_of
from ratecheck.random_features.split import Split

__all__ = [
    "Fit",
    "Split",
    "as_activation",
    "check_derivatives",
    "fit_of",
    "leading_order",
    "parameters",
    "sensitivity",
    "sensitivity_of",
    "split_of",
    "universal_bound",
]
