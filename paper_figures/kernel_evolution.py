"""The tangent kernel along standard and adversarial training: distances, ranks, eigenvectors.

Draws ``kernel_evolution``: the distances between all checkpoints; ``kernel_evolution_curves``: the
distance to the last one and what describes a kernel, over the epochs; and
``kernel_evolution_eigenvectors``: the images weighted by the top eigenvectors at the start and at
the ends of both trainings, of one replicate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ratecheck.assertions import Readings
from ratecheck.assertions.intervals import of_mean
from ratecheck.cli.stored import caveat, stored_report
from ratecheck.montecarlo.measured import MeasuredStudy
from ratecheck.montecarlo.measurements.kernel_evolution import (
    ADVERSARIAL,
    BOTH,
    CLEAN,
    ROBUST,
    STANDARD,
    KernelEvolution,
)
from ratecheck.montecarlo.measurements.kernel_readings import (
    ALIGNMENT,
    CENTRED,
    EXPLAINED,
    MATRIX,
    PICTURE,
    RANKS,
    SPECIALISATION,
)
from ratecheck.plotting import (
    Sheet,
    draw_intervals,
    footnote,
    legend_above,
    look,
    new_figure,
    save,
    styled,
)
from ratecheck.reporting import Report
from ratecheck.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

TITLES = {STANDARD: "standard", ADVERSARIAL: "adversarial", BOTH: "standard to adversarial"}
SCALES = {"": "distance S of the kernels", CENTRED: "S of the centred kernels"}
ENDS = {"S to the last kernel": "", "S to the last kernel, centred": CENTRED}
CURVES = {  # by title
    "clean accuracy": CLEAN,
    "robust accuracy": ROBUST,
    "effective rank (entropy)": RANKS["entropy"],
    "alignment with the labels": ALIGNMENT,
    "specialisation to the own class": SPECIALISATION,
    "label variance in 10 eigenvectors": EXPLAINED,
}
KERNELS = {"start": "start", STANDARD: "standard, end", ADVERSARIAL: "adversarial, end"}


def main(results: Path, output: Path) -> list[Path]:
    """Draw the figures."""
    report = stored_report(results, "kernel_evolution")
    with styled():
        return [
            *draw_matrices(report, output),
            *draw_curves(report, output),
            *draw_eigenvectors(report, output),
        ]


def stored(report: Report) -> tuple[Readings, KernelEvolution, int]:
    """Return the readings, what was measured, and the number of training images."""
    (study,) = report.suite.studies
    assert isinstance(study, MeasuredStudy)
    assert isinstance(study.measurement, KernelEvolution)
    return report.readings(study.name), study.measurement, study.at(report.profile).sizes[-1]


def values(readings: Readings, series: str, quantity: str, size: int) -> Array:
    """Return the replicates (R, indices) of an indexed quantity that is no curve over time."""
    return readings.curve(series, quantity, size).values


def draw_matrices(report: Report, output: Path) -> list[Path]:
    """Draw the mean distance of every pair of checkpoints, kernels as they are and centred."""
    _, measured, _ = stored(report)
    epochs = (0, *measured.epochs)
    figure, rows = new_figure(len(TITLES), (3.0, 3.0), width=3.0, share=False)
    sheet = Sheet()
    for row, (view, label) in zip(rows, SCALES.items(), strict=True):
        image = draw_row(row, mean_matrices(report, view), epochs, sheet, label)
        figure.colorbar(image, ax=row, label=label, shrink=0.9)
    for axes, title in zip(rows[0], TITLES.values(), strict=True):
        axes.set_title(title)
    for axes in rows[-1][:2]:
        axes.set_xlabel("epoch")
    rows[-1][-1].set_xlabel("epoch of adversarial training")
    footnote(figure, caveat(report))
    return save(figure, output / report.suite.name, Sheet.COLUMNS, sheet)


def mean_matrices(report: Report, view: str) -> dict[str, Array]:
    """Return the mean matrix of distances of each pair of trainings."""
    readings, measured, size = stored(report)
    side = 1 + len(measured.epochs)
    return {
        name: values(readings, name, MATRIX + view, size).mean(axis=0).reshape(side, side)
        for name in TITLES
    }


def draw_row(
    row: Sequence[Axes],
    means: dict[str, Array],
    epochs: Sequence[int],
    sheet: Sheet,
    quantity: str,
) -> AxesImage:
    """Draw matrices in one scale of colours."""
    for axes, (name, matrix) in zip(row, means.items(), strict=True):
        image = draw_matrix(axes, matrix, max(float(m.max()) for m in means.values()))
        axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs], rotation=90)
        axes.set_yticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
        for i, j in np.ndindex(*matrix.shape):
            where = f"epoch {epochs[i]}"
            sheet.add(TITLES[name], where, quantity, epochs[j], float(matrix[i, j]))
    row[0].set_ylabel("epoch")
    row[-1].set_ylabel("epoch of standard training")
    return image


def draw_matrix(axes: Axes, matrix: Array, largest: float) -> AxesImage:
    """Draw a matrix of distances on the square-root scale: S is a squared length."""
    from matplotlib.colors import PowerNorm

    axes.grid(visible=False)
    return axes.imshow(matrix, norm=PowerNorm(0.5, vmin=0.0, vmax=largest), cmap="cividis")


def draw_curves(report: Report, output: Path) -> list[Path]:
    """Draw distances to the last kernel, accuracies and what describes a kernel."""
    _, measured, _ = stored(report)
    epochs = (0, *measured.epochs)
    figure, rows = new_figure(4, (2.3, 2.3), width=2.7, share=False)
    sheet = Sheet()
    panels = [axes for row in rows for axes in row]
    for axes, title in zip(panels, (*ENDS, *CURVES), strict=True):
        for index, name in enumerate((STANDARD, ADVERSARIAL)):
            found = [of_mean(column) for column in over_epochs(report, name, title).T]
            draw_intervals(axes, range(len(found)), found, look(index) | {"label": name})
            for epoch, i in zip(epochs, found, strict=False):
                sheet.add(title, name, "mean", epoch, i.mean, i.low, i.high)
        axes.set_title(title, fontsize=8.5)
        axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
        axes.set_yscale("log" if title in ENDS else "linear")
    for axes in rows[-1]:
        axes.set_xlabel("epoch")
    legend_above(figure, panels[0], 2)
    footnote(figure, caveat(report))
    return save(figure, output / f"{report.suite.name}_curves", Sheet.COLUMNS, sheet)


def over_epochs(report: Report, name: str, title: str) -> Array:
    """Return the replicates (R, epochs) of what a panel shows; distances end before the last."""
    readings, measured, size = stored(report)
    if title in CURVES:
        return values(readings, name, CURVES[title], size)
    side = 1 + len(measured.epochs)
    found = values(readings, name, MATRIX + ENDS[title], size).reshape(-1, side, side)
    return np.asarray(found[:, :-1, -1])


def draw_eigenvectors(report: Report, output: Path) -> list[Path]:
    """Draw the images weighted by the top eigenvectors of the first replicate."""
    readings, measured, size = stored(report)
    figure, rows = new_figure(measured.pictures, (1.35,) * len(KERNELS), width=1.35, share=False)
    sheet = Sheet()
    for row, (name, title) in zip(rows, KERNELS.items(), strict=True):
        pictures = values(readings, name, PICTURE, size)[0].reshape(measured.pictures, -1)
        for index, (axes, picture) in enumerate(zip(row, pictures, strict=True)):
            draw_picture(axes, picture)
            for pixel, value in enumerate(picture.tolist()):
                sheet.add(title, f"eigenvector {index + 1}", "pixel", pixel, value)
        row[0].set_ylabel(title, fontsize=8)
    for index, axes in enumerate(rows[0]):
        axes.set_title(f"eigenvector {index + 1}", fontsize=8)
    footnote(figure, caveat(report) or "each picture on its own scale, zero in the middle")
    return save(figure, output / f"{report.suite.name}_eigenvectors", Sheet.COLUMNS, sheet)


def draw_picture(axes: Axes, picture: Array) -> None:
    """Draw a square image, light where it is positive, dark where it is negative."""
    side = math.isqrt(picture.size // (3 if picture.size % 3 == 0 else 1))
    image = picture.reshape(side, side, -1).mean(axis=2)
    style: dict[str, Any] = {"cmap": "gray", "vmin": -np.abs(image).max()}
    axes.grid(visible=False)
    axes.imshow(image, vmax=np.abs(image).max(), **style)
    axes.set_xticks([])
    axes.set_yticks([])
