"""The tangent kernel along standard and adversarial training: distances, ranks, eigenvectors.

Draws ``kernel_evolution``: the distances between all checkpoints; ``kernel_evolution_curves``: what
describes a kernel, over the epochs; and ``kernel_evolution_eigenvectors``: the images weighted by
the top eigenvectors at the start and at the ends of both trainings, of one replicate.
"""

from __future__ import annotations

import math
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
CURVES = (CLEAN, ROBUST, RANKS["entropy"], ALIGNMENT, SPECIALISATION, EXPLAINED)
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
    """Draw the mean distance of every pair of checkpoints, in one scale of colours."""
    readings, measured, size = stored(report)
    epochs = (0, *measured.epochs)
    means = {
        name: values(readings, name, MATRIX, size).mean(axis=0).reshape(len(epochs), -1)
        for name in TITLES
    }
    figure, (row,) = new_figure(len(means), (3.1,), width=3.0, share=False)
    sheet = Sheet()
    for axes, (name, matrix) in zip(row, means.items(), strict=True):
        image = draw_matrix(axes, matrix, max(float(m.max()) for m in means.values()))
        axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs], rotation=90)
        axes.set_yticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
        axes.set(title=TITLES[name], xlabel="epoch")
        for i, j in np.ndindex(*matrix.shape):
            sheet.add(TITLES[name], f"epoch {epochs[i]}", "S", epochs[j], float(matrix[i, j]))
    row[0].set_ylabel("epoch")
    row[-1].set(xlabel="epoch of adversarial training", ylabel="epoch of standard training")
    figure.colorbar(image, ax=row, label="distance S of the kernels", shrink=0.9)
    footnote(figure, caveat(report))
    return save(figure, output / "kernel_evolution", Sheet.COLUMNS, sheet)


def draw_matrix(axes: Axes, matrix: Array, largest: float) -> AxesImage:
    """Draw a matrix of distances on the square-root scale: kernels differ by their roots."""
    from matplotlib.colors import PowerNorm

    axes.grid(visible=False)
    return axes.imshow(matrix, norm=PowerNorm(0.5, vmin=0.0, vmax=largest), cmap="cividis")


def draw_curves(report: Report, output: Path) -> list[Path]:
    """Draw accuracies, rank, alignment and specialisation over the epochs."""
    readings, measured, size = stored(report)
    epochs = (0, *measured.epochs)
    figure, rows = new_figure(3, (2.3, 2.3), width=2.9, share=False)
    sheet = Sheet()
    panels = [axes for row in rows for axes in row]
    for axes, quantity in zip(panels, CURVES, strict=True):
        for index, name in enumerate((STANDARD, ADVERSARIAL)):
            curve = readings.curve(name, quantity, size)
            found = [of_mean(column) for column in curve.values.T]
            draw_intervals(axes, range(len(epochs)), found, look(index) | {"label": name})
            for epoch, i in zip(epochs, found, strict=True):
                sheet.add(quantity, name, "mean", epoch, i.mean, i.low, i.high)
        axes.set_title(quantity, fontsize=8.5)
        axes.set_xticks(range(len(epochs)), [f"{epoch}" for epoch in epochs])
    for axes in rows[-1]:
        axes.set_xlabel("epoch")
    legend_above(figure, panels[0], 2)
    footnote(figure, caveat(report))
    return save(figure, output / "kernel_evolution_curves", Sheet.COLUMNS, sheet)


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
    footnote(figure, caveat(report))
    return save(figure, output / "kernel_evolution_eigenvectors", Sheet.COLUMNS, sheet)


def draw_picture(axes: Axes, picture: Array) -> None:
    """Draw a square image, light where it is positive, dark where it is negative."""
    side = math.isqrt(picture.size // (3 if picture.size % 3 == 0 else 1))
    image = picture.reshape(side, side, -1).mean(axis=2)
    style: dict[str, Any] = {"cmap": "gray", "vmin": -np.abs(image).max()}
    axes.grid(visible=False)
    axes.imshow(image, vmax=np.abs(image).max(), **style)
    axes.set_xticks([])
    axes.set_yticks([])
