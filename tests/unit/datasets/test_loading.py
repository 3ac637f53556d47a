from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from ratecheck.datasets import NAMES, load
from ratecheck.datasets.folder import VARIABLE
from ratecheck.types import InputError
from tests.unit.datasets.writers import colours, digits, write_cifar10, write_mnist


@pytest.fixture(autouse=True)
def _no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_diabetes_comes_unscaled() -> None:
    data = load("diabetes")
    raw = sklearn_datasets.load_diabetes(scaled=False)
    assert data.X.shape == (442, 10)
    np.testing.assert_array_equal(data.X, raw.data)
    np.testing.assert_array_equal(data.y, raw.target)
    assert data.classes is None
    assert data.shape is None
    assert data.box == (-np.inf, np.inf)


def test_digits_are_grey_levels_from_0_to_1() -> None:
    data = load("digits")
    assert data.X.shape == (1797, 64)
    assert (data.X.min(), data.X.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(data.X * 16, sklearn_datasets.load_digits().data)
    np.testing.assert_array_equal(np.bincount(data.y).sum(), 1797)
    assert data.shape == (8, 8)
    assert data.classes == tuple("0123456789")


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("inside", ["", "mnist", "MNIST/raw"])
def test_mnist_in_every_spelling(tmp_path: Path, dotted: bool, packed: bool, inside: str) -> None:
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    write_mnist(tmp_path / inside, dotted=dotted, packed=packed)
    for seed, part in enumerate(("train", "test")):
        images, labels = digits(7, seed)
        data = load("mnist", tmp_path, part=part)  # type: ignore[arg-type] # of a loop
        np.testing.assert_array_equal(data.X, images.reshape(7, 784) / 255)
        np.testing.assert_array_equal(data.y, labels)
        assert data.X.dtype == np.float64
        assert data.shape == (28, 28)
        assert data.box == (0.0, 1.0)


@pytest.mark.parametrize("python", [False, True])
def test_cifar10_in_both_versions(tmp_path: Path, python: bool) -> None:
    inside = tmp_path / f"cifar-10-batches-{'py' if python else 'bin'}"
    inside.mkdir()
    write_cifar10(inside, python=python)
    train = load("cifar10", tmp_path)
    batches = [colours(3, seed) for seed in range(6)]
    np.testing.assert_array_equal(train.X, np.concatenate([x for x, _ in batches[:5]]) / 255)
    np.testing.assert_array_equal(train.y, np.concatenate([y for _, y in batches[:5]]))
    np.testing.assert_array_equal(load("cifar10", tmp_path, part="test").y, batches[5][1])
    assert train.shape == (3, 32, 32)
    assert train.classes is not None
    assert train.classes[6] == "frog"


def test_the_digest_is_of_the_content_not_of_the_file(tmp_path: Path) -> None:
    found = set()
    for i, packed in enumerate((False, True)):
        (tmp_path / str(i)).mkdir()
        write_mnist(tmp_path / str(i), packed=packed)
        found.add(load("mnist", tmp_path / str(i)).sha256)
    for python in (False, True):
        (tmp_path / f"c{python}").mkdir()
        write_cifar10(tmp_path / f"c{python}", python=python)
        found.add(load("cifar10", tmp_path / f"c{python}").sha256)
    found.add(load("mnist", tmp_path / "0", part="test").sha256)
    assert len(found) == 3


def test_the_first_rows_alone(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    whole = load("mnist", tmp_path)
    np.testing.assert_array_equal(load("mnist", tmp_path, limit=4).X, whole.X[:4])
    assert load("digits", limit=3).size == 3
    assert load("digits", limit=10**6).size == 1797


def test_another_file_of_the_right_structure_is_said_not_to_be_the_published_one(
    tmp_path: Path,
) -> None:
    write_mnist(tmp_path)
    write_cifar10(tmp_path)
    source = load("mnist", tmp_path).source
    assert "not the published file" in source
    assert "train-images-idx3-ubyte" in source
    assert "no published checksum is on record for data_batch_1.bin" in (
        load("cifar10", tmp_path).source
    )


def test_published_checksums_are_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ratecheck.datasets import folder, mnist

    write_mnist(tmp_path, dotted=True, packed=True)
    published = {
        folder.stem(path.name): frozenset({folder.stored(path).md5})
        for path in tmp_path.glob("*.gz")
    }
    assert set(published) == set(mnist._PUBLISHED)
    monkeypatch.setattr(mnist, "_PUBLISHED", published)
    assert load("mnist", tmp_path).source == "published files (checksums agree)"


def test_the_folder_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mnist(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert load("mnist").size == 7


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_no_folder_says_how_to_give_one(name: str) -> None:
    with pytest.raises(InputError, match=r"--data DIR.*RATECHECK_DATA"):
        load(name)


@pytest.mark.parametrize(
    ("name", "part", "expected"),
    [
        ("mnist", "train", "train-images-idx3-ubyte"),
        ("mnist", "test", "t10k-labels-idx1-ubyte"),
        ("cifar10", "train", "data_batch_5"),
        ("cifar10", "test", "test_batch"),
    ],
)
def test_missing_files_are_named(tmp_path: Path, name: str, part: str, expected: str) -> None:
    with pytest.raises(InputError, match=rf"{expected}.*[Nn]othing is downloaded.*--data DIR"):
        load(name, tmp_path, part=part)  # type: ignore[arg-type] # of a parameter


def test_one_batch_missing_is_missing(tmp_path: Path) -> None:
    write_cifar10(tmp_path)
    (tmp_path / "data_batch_3.bin").unlink()
    with pytest.raises(InputError, match="expected data_batch_1"):
        load("cifar10", tmp_path)
    assert load("cifar10", tmp_path, part="test").size == 3


def test_bad_requests(tmp_path: Path) -> None:
    assert NAMES == ("diabetes", "digits", "mnist", "cifar10")
    with pytest.raises(InputError, match="diabetes, digits, mnist, cifar10"):
        load("imagenet")
    with pytest.raises(InputError, match="no published test part"):
        load("digits", part="test")
    with pytest.raises(InputError, match="train, test"):
        load("digits", part="validation")  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(InputError, match="limit"):
        load("digits", limit=0)
    with pytest.raises(InputError, match="does not exist"):
        load("mnist", tmp_path / "nowhere")
