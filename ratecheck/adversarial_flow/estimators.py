"""Adv-NTK with the face of scikit-learn: a regressor, and a classifier on centred indicators."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ratecheck import check
from ratecheck.adversarial_flow.attack import PGD, ball
from ratecheck.adversarial_flow.learning import Descent, Learnt, learn_times
from ratecheck.kernels import NTK, Kernel
from ratecheck.streams import generator
from ratecheck.types import Array, InputError


class _Robust(BaseEstimator):  # type: ignore[misc] # scikit-learn is untyped
    """Settings and fit of both faces."""

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting as an argument of its own
        self,
        kernel: Kernel | None = None,
        *,
        radius: float = 0.1,
        norm: float = math.inf,
        box: tuple[float, float] | None = None,
        steps: int = 50,
        rate: float = 0.1,
        batch: int = 128,
        validation: float = 1 / 6,
        start: float = 0.05,
        parametrisation: str = "absolute",
        attack: PGD | None = None,
        random_state: int | np.random.Generator = 0,
    ) -> None:
        self.kernel = kernel
        self.radius = radius
        self.norm = norm
        self.box = box
        self.steps = steps
        self.rate = rate
        self.batch = batch
        self.validation = validation
        self.start = start
        self.parametrisation = parametrisation
        self.attack = attack
        self.random_state = random_state

    def _learn(self, X: Array, Y: Array) -> None:
        """Divide the data, learn the times on one part by attacking points of the other."""
        kernel = NTK(depth=3, bias=0.1) if self.kernel is None else self.kernel
        if not isinstance(kernel, Kernel):
            raise InputError(f"kernel must be a ratecheck kernel, got {kernel!r}")
        region = ball(self.radius, self.norm, self.box)
        if not region.inside(X).all():
            raise InputError(f"X leaves the box {self.box!r}: scale X, or give a wider box")
        fitting, held = self._split(len(X))
        learnt = learn_times(
            kernel, (X[fitting], Y[fitting]), (X[held], Y[held]), region,
            self._generator("attack"), self._descent(),
        )  # fmt: skip
        self._keep(learnt)

    def _keep(self, learnt: Learnt) -> None:
        self.xi_ = learnt.xi
        self.function_ = learnt.function
        self.learning_curve_ = np.column_stack((learnt.clean, learnt.robust))

    def _split(self, n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        if not 0 < check.number("validation", self.validation) < 1:
            raise InputError(f"validation must be a share in (0, 1), got {self.validation!r}")
        if n < 2:
            raise InputError(f"one sample to fit and one to attack are needed, got n_samples = {n}")
        count = min(max(1, round(self.validation * n)), n - 1)
        order = self._generator("split").permutation(n)
        return order[count:], order[:count]

    def _descent(self) -> Descent:
        return Descent(
            steps=self.steps, rate=self.rate, batch=self.batch, start=self.start,
            parametrisation=self.parametrisation, attack=self.attack or PGD(),
        )  # fmt: skip

    def _generator(self, role: Any) -> np.random.Generator:  # noqa: ANN401 - a Role
        if isinstance(self.random_state, np.random.Generator):
            return self.random_state
        return generator(check.integer("random_state", self.random_state, low=0), role=role)

    def _values(self, X: Any) -> Array:  # noqa: ANN401 - whatever the user passed
        check_is_fitted(self)
        points: Array = validate_data(self, X, reset=False, dtype=np.float64)
        return self.function_(points)


@final
class AdvNTK(RegressorMixin, _Robust):  # type: ignore[misc] # scikit-learn is untyped
    r"""Adv-NTK (arXiv 2310.06112): an infinitely wide network trained to withstand an attack.

    .. math:: f(x) = \bar y + \Theta(x, X) \Theta^{-1} (I - e^{-\Theta \, \mathrm{diag}(\xi)})
        (Y - \bar y),

    with one training time xi_i >= 0 for each point, learnt by descent on the squared loss of
    attacked points that are held out (see `learn_times`). Several outputs share the times.

    Parameters
    ----------
    kernel : Kernel, optional
        The tangent kernel Theta; ``NTK(depth=3, bias=0.1)`` unless given.
    radius : float
        Of the attack, in the unit of X.
    norm : {math.inf, 2}
    box : (float, float), optional
        Range of every coordinate, which the attack respects; none unless given.
    steps, rate, batch : int, float, int
        Of the descent: the published 50 normalised steps of length 0.1, 128 points each.
    validation : float
        Share of the data that is held out to be attacked.
    start, parametrisation : float, {"absolute", "softplus", "exp"}
        First time of every point and how times are parametrised, see `Descent`.
    attack : PGD, optional
        Ten steps of a fifth of the radius unless given.
    random_state : int or Generator
        0 unless given: equal settings and data give equal fits.

    Attributes
    ----------
    xi_ : ndarray, shape (n_fitted,)
    function_ : Outputs
        Its ``centres`` are the points fitted.
    learning_curve_ : ndarray, shape (steps, 2)
        Mean losses of each step's batch, clean and attacked.
    n_features_in_ : int

    Raises
    ------
    InputError
        A setting out of range, X outside the box, fewer than two samples.

    Examples
    --------
    >>> X = np.linspace(-1, 1, 60)[:, None]
    >>> model = AdvNTK(radius=0.05, steps=200).fit(X, np.sin(3 * X[:, 0]))
    >>> model.score(X, np.sin(3 * X[:, 0])) > 0.9
    True
    """

    def fit(self, X: Any, y: Any) -> AdvNTK:  # noqa: ANN401 - whatever the user passed
        """Fit to X (n, d) and y (n,) or (n, C), and return self."""
        points, targets = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True
        )
        self._is_flat = targets.ndim == 1
        self._learn(points, np.asarray(targets, dtype=np.float64).reshape(len(points), -1))
        return self

    def predict(self, X: Any) -> Array:  # noqa: ANN401
        """Return predictions (m,), or (m, C) if y had columns."""
        values = self._values(X)
        return values[:, 0] if self._is_flat else values

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


@final
class AdvNTKClassifier(ClassifierMixin, _Robust):  # type: ignore[misc] # scikit-learn is untyped
    """`AdvNTK` on centred class indicators; the class with the largest output is predicted.

    Parameters and attributes are those of `AdvNTK`; ``classes_`` holds the labels.

    Examples
    --------
    >>> angle = np.linspace(0, 6, 40)
    >>> X = np.column_stack((np.cos(angle), np.sin(angle)))
    >>> model = AdvNTKClassifier().fit(X, np.where(X[:, 0] < 0, "left", "right"))
    >>> model.predict([[-0.9, 0.1], [0.8, -0.2]])
    array(['left', 'right'], dtype='<U5')
    """

    def fit(self, X: Any, y: Any) -> AdvNTKClassifier:  # noqa: ANN401 - whatever the user passed
        """Fit to X (n, d) and labels y (n,), and return self."""
        points, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self._learn(points, np.eye(len(self.classes_))[codes])
        return self

    def decision_function(self, X: Any) -> Array:  # noqa: ANN401
        """Return the outputs (m, C); for two classes their difference (m,), second minus first."""
        values = self._values(X)
        return values[:, 1] - values[:, 0] if len(self.classes_) == 2 else values

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: ANN401
        """Return labels (m,)."""
        codes = self._values(X).argmax(axis=1)
        return np.asarray(self.classes_[codes])
