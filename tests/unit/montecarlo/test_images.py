from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ratecheck import datasets
from ratecheck.datasets import Dataset
from ratecheck.montecarlo.measurements import images
from ratecheck.montecarlo.measurements.images import Images, chosen
from ratecheck.types import InputError, RatecheckError
from tests.unit.datasets.writers import write_mnist


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_digits_are_drawn_without_replacement_and_scaled() -> None:
    problem, data = Images(data="digits", test=300).draw(rng(), 500), datasets.load("digits")
    assert problem.X.shape == (500, 64)
    assert problem.X_test.shape == (300, 64)
    assert (problem.classes, problem.image) == (10, (8, 8, 1))
    assert problem.X.min() == -1
    assert problem.X.max() == 1
    known = {row.tobytes(): int(label) for row, label in zip(2 * data.X - 1, data.y, strict=True)}
    drawn = [*zip(problem.X, problem.y, strict=True)]
    others = [*zip(problem.X_test, problem.y_test, strict=True)]
    assert all(known[row.tobytes()] == label for row, label in drawn + others)
    assert not {row.tobytes() for row, _ in drawn} & {row.tobytes() for row, _ in others}


def test_draws_repeat_and_differ() -> None:
    draw = Images(data="digits", test=10).draw
    assert (draw(rng(), 20).X == draw(rng(), 20).X).all()
    assert not (draw(rng(), 20).X == draw(rng(1), 20).X).all()


def test_channels_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = rng().random((4, 3, 2, 5))  # (rows, channels, height, width)

    def load(name: str, part: str = "train") -> Dataset:
        return Dataset(
            X=pixels.reshape(4, -1), y=np.arange(4), name=name, classes=("a", "b", "c", "d"),
            shape=(3, 2, 5), box=(0.0, 1.0), sha256="", source=part,
        )  # fmt: skip

    monkeypatch.setattr(images, "load", load)
    problem = Images(data="cifar10", test=4).draw(rng(), 4)
    assert problem.image == (2, 5, 3)
    expected = 2 * pixels[problem.y].transpose(0, 2, 3, 1) - 1
    np.testing.assert_allclose(problem.X.reshape(4, 2, 5, 3), expected)


def test_the_environment_chooses_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(images.VARIABLE, raising=False)
    assert chosen() == "digits"
    monkeypatch.setenv(images.VARIABLE, "mnist")
    assert chosen() == "mnist"
    monkeypatch.setenv(images.VARIABLE, "imagenet")
    with pytest.raises(InputError, match="RATECHECK_IMAGES must be one of"):
        chosen()


def test_bad_sizes_and_data_are_refused() -> None:
    with pytest.raises(InputError, match="test"):
        Images(data="digits", test=0)
    with pytest.raises(InputError, match="1797 rows"):
        Images(data="digits", test=1000).draw(rng(), 1000)
    with pytest.raises(InputError, match="no images"):
        Images(data="diabetes", test=10).draw(rng(), 10)


def test_missing_files_are_named_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Images(data="digits", test=4).require()
    monkeypatch.setenv("RATECHECK_DATA", str(tmp_path))
    with pytest.raises(RatecheckError, match="mnist"):
        Images(data="mnist", test=4).require()
    write_mnist(tmp_path)
    Images(data="mnist", test=4).require()
