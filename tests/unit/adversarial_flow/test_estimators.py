"""The scikit-learn faces of Adv-NTK."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from ratecheck.adversarial_flow import PGD, AdvNTK, AdvNTKClassifier
from ratecheck.kernels import NTK, DualActivation, Sum
from ratecheck.types import Array, InputError

QUICK: dict[str, Any] = {"steps": 12, "start": 0.3, "attack": PGD(steps=2, share=0.5)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [AdvNTK, AdvNTKClassifier])
def test_contract_of_scikit_learn(kind: Any) -> None:
    """Every check that applies passes; the array-API one needs an environment variable."""
    results = check_estimator(kind(**QUICK), on_skip=None)
    left = {r["check_name"] for r in results if r["status"] != "passed"}
    assert left <= {"check_array_api_input"}
    assert len(results) > 45


def wave(columns: int = 0) -> tuple[Array, Array]:
    X = np.linspace(-1, 1, 50)[:, None]
    y = np.sin(3 * X[:, 0])
    return X, np.column_stack([y * (k + 1) for k in range(columns)]) if columns else y


def test_parameters() -> None:
    model = AdvNTK(NTK(depth=5), radius=0.3)
    assert model.get_params()["radius"] == 0.3
    copy = clone(model.set_params(norm=2))
    assert copy.get_params() == model.get_params()
    assert copy is not model


def test_one_output_and_a_column_agree() -> None:
    X, y = wave()
    flat, column = AdvNTK(**QUICK).fit(X, y), AdvNTK(**QUICK).fit(X, y[:, None])
    assert flat.predict(X).shape == (50,)
    np.testing.assert_array_equal(column.predict(X)[:, 0], flat.predict(X))


def test_outputs_share_the_times() -> None:
    X, Y = wave(3)
    model = AdvNTK(**QUICK).fit(X, Y)
    found = model.predict(X)
    assert found.shape == (50, 3)
    assert model.xi_.shape == (len(model.function_.centres),)
    np.testing.assert_allclose(found[:, 1], 2 * found[:, 0], atol=1e-10)
    assert model.learning_curve_.shape == (12, 2)


def test_equal_seeds_give_equal_fits() -> None:
    X, y = wave()
    a, b, c = (AdvNTK(**QUICK, random_state=s).fit(X, y).predict(X) for s in (0, 0, 1))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    drawn = AdvNTK(**QUICK, random_state=np.random.default_rng(0)).fit(X, y)
    assert np.isfinite(drawn.predict(X)).all()


def test_survives_pickling() -> None:
    X, y = wave()
    model = AdvNTK(**QUICK).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_digits_and_the_box() -> None:
    X, y = load_digits(return_X_y=True)
    X = X / 16
    model = AdvNTKClassifier(box=(0.0, 1.0), radius=0.1, steps=10, start=0.1, attack=PGD(steps=3))
    model.fit(X[:250], y[:250])
    assert model.score(X[250:500], y[250:500]) > 0.6  # a tenth by chance
    assert model.decision_function(X[:4]).shape == (4, 10)
    with pytest.raises(InputError, match="box"):
        model.fit(2 * X[:50], y[:50])


def test_works_in_a_search() -> None:
    X, y = wave()
    search = GridSearchCV(AdvNTK(**QUICK), {"kernel": [NTK(depth=2, bias=0.1), NTK(depth=3)]}, cv=2)
    assert search.fit(X, y).best_score_ == search.best_score_


def test_other_tangent_kernels() -> None:
    X, y = wave()
    erf = Sum(terms=(DualActivation("erf"), DualActivation("erf", tangent=True)))
    model = AdvNTK(erf, start=1.0, steps=60, attack=PGD(steps=2)).fit(X, y)
    assert model.score(X, y) > 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"radius": -1.0}, "radius"),
        ({"norm": 1}, "norm"),
        ({"kernel": "rbf"}, "kernel"),
        ({"validation": 0.0}, "validation"),
        ({"validation": 1.0}, "validation"),
        ({"steps": 0}, "steps"),
        ({"rate": math.nan}, "rate"),
        ({"start": -1.0}, "start"),
        ({"parametrisation": "softplus", "start": 0.0}, "start"),
        ({"random_state": -1}, "random_state"),
        ({"random_state": None}, "random_state"),
        ({"box": (0.0, 0.5)}, "box"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        AdvNTK(**settings).fit(*wave())


def test_one_sample_is_refused() -> None:
    with pytest.raises(InputError, match="n_samples = 1"):
        AdvNTK().fit(np.ones((1, 1)), np.ones(1))
