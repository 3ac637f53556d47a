from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import ratecheck as rc
from ratecheck.montecarlo.measured import Reading, Streams
from ratecheck.montecarlo.measurements import attacked_models as models
from ratecheck.montecarlo.measurements import honest_evaluation as honest
from ratecheck.montecarlo.measurements import kernel_evolution as evolution
from ratecheck.montecarlo.measurements import kernel_readings, kernel_swap
from ratecheck.montecarlo.measurements import width_to_kernel as width
from ratecheck.montecarlo.measurements.images import Images
from ratecheck.montecarlo.measurements.recipe import Recipe
from ratecheck.streams import Role, generator
from ratecheck.types import Array, InputError, IntArray
from tests.unit.datasets.writers import write_cifar10

RECIPE = Recipe(images=Images(data="digits", test=60), channels=2, radius=0.05, batch=10, steps=1)
WIDTH = width.WidthToKernel(
    depth=2, bias=1.0, points=6, target=rc.targets.Sobolev(2.0, 1.0, band=8),
    noise=rc.noise.Gaussian(0.1), times=(0.5, 1.0), grid=64, reach=2,
)  # fmt: skip


def streams(replicate: int = 0) -> Streams:
    def stream(role: Role) -> np.random.Generator:
        return generator(0, "measurements of networks", replicate, role=role)

    return stream


def values(readings: Sequence[Reading], series: str, quantity: str) -> list[float]:
    return [x.value for x in readings if (x.series, x.quantity) == (series, quantity)]


def test_the_flow_of_infinite_width_is_that_of_the_estimator() -> None:
    X, Z = rc.domains.Circle().grid(6), rc.domains.Circle().grid(10)
    y, flow = np.arange(6.0), rc.GradientFlow()
    path = flow.path(flow.prepare(rc.kernels.NTK(2, 1.0), X), y, np.array(WIDTH.times))
    np.testing.assert_allclose(WIDTH._flow(X, y, Z), flow.predict(path, Z), atol=1e-7)


def test_wide_networks_come_near_and_narrow_ones_do_not() -> None:
    found = {w: [WIDTH.measure(w, streams(r)) for r in range(4)] for w in (16, 4096)}
    means = {
        w: np.mean([values(x, width.NETWORK, width.gap(1.0)) for x in reps])
        for w, reps in found.items()
    }
    assert 5 < means[16] / means[4096] < 50  # 16 up to chance
    again = WIDTH.measure(16, streams(0))
    assert again == found[16][0]
    curves = [values(again, name, width.ADVERSARIAL) for name in (width.NETWORK, width.KERNEL)]
    worst = max(abs(a / b - 1) for a, b in zip(*curves, strict=True))
    assert values(again, width.NETWORK, width.curve_gap(1.0)) == [pytest.approx(worst)]


def test_the_adversarial_risk_is_the_supremum_over_the_window() -> None:
    rng = np.random.default_rng(0)
    fit, target = rng.standard_normal(64), rng.standard_normal(64)
    windows = [np.roll(fit, k) for k in range(-2, 3)]
    expected = np.mean(np.max([(w - target) ** 2 for w in windows], axis=0))
    assert WIDTH._adversarial(fit, target) == pytest.approx(expected)


def test_kernel_evolution_measures_what_it_says() -> None:
    measurement = evolution.KernelEvolution(
        recipe=RECIPE, epochs=(1, 3), middle=1, probes=60, pictures=1
    )
    found = measurement.measure(30, streams())
    matrix = np.reshape(values(found, evolution.STANDARD, kernel_readings.MATRIX), (3, 3))
    assert np.abs(np.diag(matrix)).max() < 1e-12
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
    centred = np.reshape(
        values(found, evolution.STANDARD, kernel_readings.MATRIX + kernel_readings.CENTRED), (3, 3)
    )
    late = values(found, evolution.STANDARD, evolution.LATE + kernel_readings.CENTRED)
    assert centred[1, 2] == pytest.approx(centred[2, 1])
    assert 0 < late[0] < 1
    assert not np.allclose(centred, matrix)
    crossed = np.reshape(values(found, evolution.BOTH, kernel_readings.MATRIX), (3, 3))
    assert crossed[0, 0] < 1e-12 < crossed[2, 2]
    assert crossed[0, 1] > 1e-12
    ends = partial(values, found, quantity=evolution.SAME_START)
    pair = [ends(series=name)[0] for name in (evolution.STANDARD, evolution.ADVERSARIAL)]
    assert ends(series=evolution.ALIKE) == [pytest.approx(np.mean(pair))]
    for name in (evolution.STANDARD, evolution.ADVERSARIAL):
        clean, robust = (values(found, name, q) for q in (evolution.CLEAN, evolution.ROBUST))
        assert len(clean) == len(robust) == 3
        assert all(r <= c for r, c in zip(robust, clean, strict=True))
        for rank in kernel_readings.RANKS.values():
            assert all(1 <= value <= 60 for value in values(found, name, rank))
        assert len(values(found, name, kernel_readings.PICTURE)) == 64
    assert measurement.measure(30, streams()) == found


def test_images_from_files_run_through_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar10(tmp_path, count=60)
    monkeypatch.setenv("RATECHECK_DATA", str(tmp_path))
    recipe = replace(RECIPE, images=Images(data="cifar10", test=60))
    measurement = evolution.KernelEvolution(
        recipe=recipe, epochs=(1, 2), middle=1, probes=60, pictures=1
    )
    measurement.require()
    found = measurement.measure(20, streams())
    assert all(np.isfinite(x.value) for x in found)
    assert len(values(found, evolution.STANDARD, kernel_readings.PICTURE)) == 32 * 32 * 3


def test_the_search_without_gradients_can_only_lower_robust_accuracies() -> None:
    """The ascents before it keep their numbers: the worst case is taken with theirs."""
    problem = RECIPE.images.draw(streams()("split"), 40)
    network = RECIPE.network(problem)
    start = network.init(streams()("init"), 64)
    victim = RECIPE.train_on_kernel(
        network, start, problem, 4, streams()("attack"), adversarial=False
    )
    without = RECIPE.evaluate(victim, problem, streams()("probe"))
    beside = RECIPE.evaluate(victim, problem, streams()("probe"), queries=60)
    assert set(beside.attacked) - set(without.attacked) == {"block search 60"}
    for name, margins in without.attacked.items():
        np.testing.assert_array_equal(beside.attacked[name], margins)
    assert (beside.worst <= without.worst).all()
    assert (beside.worst < without.worst).any()


def test_swapped_kernels_agree_where_they_are_the_same() -> None:
    measurement = kernel_swap.KernelSwap(recipe=RECIPE, epochs=(2,), second=1, queries=10)
    found = measurement.measure(30, streams())
    for data in kernel_swap.DATA:
        first, second = (
            values(found, kernel_swap.cell(kernel, data), kernel_swap.CLEAN)
            for kernel in kernel_swap.KERNELS
        )
        assert len(first) == len(second) == 2
        assert first[0] == second[0]
    series = {x.series for x in found}
    assert len(series) == 6
    assert {x.time for x in found} == {0.0, 2.0}


def test_training_on_a_kernel_starts_from_zero() -> None:
    problem = RECIPE.images.draw(streams()("split"), 30)
    network = RECIPE.network(problem)
    params, rng = network.init(streams()("init"), 64), streams()("attack")
    found = RECIPE.train_on_kernel(network, params, problem, 2, rng, adversarial=True)
    assert (found.model(params, problem.X_test) == 0).all()
    assert np.abs(found(problem.X_test)).max() > 0.1


def test_evaluation_takes_the_worst_of_all() -> None:
    measurement = honest.HonestEvaluation(recipe=RECIPE, epochs=2, second=1, steps=2, queries=3)
    found = measurement.measure(30, streams())
    for victim in (models.STANDARD, models.INFINITE, models.MASKED):
        accuracies = {
            x.quantity: x.value
            for x in found
            if x.series == victim and x.quantity.startswith(honest.accuracy(""))
        }
        worst = accuracies[honest.accuracy(honest.WORST)]
        assert worst <= min(accuracies.values())
        assert len(accuracies) == 12
        for group in honest.GROUPS:
            missed = values(found, victim, honest.overstated(group))
            assert missed == [pytest.approx(accuracies[honest.accuracy(group)] - worst)]


def test_the_interpolant_interpolates() -> None:
    problem = RECIPE.images.draw(streams()("split"), 30)
    fit = models.interpolant(problem, 3)
    np.testing.assert_allclose(fit(problem.X), np.eye(10)[problem.y], atol=1e-8)


def test_centred_kernels_have_no_means() -> None:
    factor = np.random.default_rng(1).standard_normal((7, 9))
    K, H = factor @ factor.T, np.eye(7) - 1 / 7
    np.testing.assert_allclose(kernel_readings.seen(K, kernel_readings.CENTRED), H @ K @ H)
    assert kernel_readings.seen(K, "") is K


def explained_by_hand(kernel: Array, labels: IntArray) -> float:
    H = np.eye(len(kernel)) - 1 / len(kernel)
    vectors = np.linalg.eigh(H @ kernel @ H)[1][:, ::-1][:, :10]
    Y = H @ np.eye(labels.max() + 1)[labels]
    return float(np.linalg.norm(vectors.T @ Y) ** 2 / np.linalg.norm(Y) ** 2)


def test_explained_variance_by_its_formula() -> None:
    factor = np.random.default_rng(0).standard_normal((15, 20))
    labels = np.arange(15) % 3
    found = kernel_readings.explained(factor @ factor.T, labels)
    assert found == pytest.approx(explained_by_hand(factor @ factor.T, labels))
    assert 0 < found < 1


def test_bad_settings_are_refused() -> None:
    with pytest.raises(InputError, match="middle"):
        evolution.KernelEvolution(recipe=RECIPE, epochs=(1, 3), middle=2, probes=5)
    with pytest.raises(InputError, match="epochs must increase"):
        kernel_swap.KernelSwap(recipe=RECIPE, epochs=(2, 1), second=1)
    with pytest.raises(InputError, match="queries"):
        kernel_swap.KernelSwap(recipe=RECIPE, epochs=(1, 2), second=1, queries=0)
    with pytest.raises(InputError, match="radius"):
        Recipe(images=RECIPE.images, channels=2, radius=0.0)
    with pytest.raises(InputError, match="channels"):
        Recipe(images=RECIPE.images, channels=0, radius=0.1)
