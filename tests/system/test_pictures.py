"""The committed pictures: none is empty, none is clipped, each has its vectors and its numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "paper_figures"
PICTURES = sorted(FIGURES.glob("*.png"))
LIGHT = 0.9  # brighter pixels are paper
INK = (0.01, 0.6)  # share of a picture that is drawn on
COLOUR = 0.002  # share of marks, lines and bands; axes and letters are grey
IMAGES = {"kernel_evolution_eigenvectors"}  # grey pixels all over
OURS = (
    "phase_collapse", "phase_diagram", "minimax_sandwich", "adversarial_phase",
    "verdict_calibration",
)  # fmt: skip


def pixels(path: Path) -> Any:
    from matplotlib.image import imread

    return imread(path)[..., :3]


def faults(picture: Any) -> list[str]:
    """Say what is wrong with a picture of shape (height, width, 3), values in [0, 1]."""
    ink = (picture < LIGHT).any(axis=-1)
    edges = {"top": ink[0], "bottom": ink[-1], "left": ink[:, 0], "right": ink[:, -1]}
    found = [f"something touches the {side}" for side, edge in edges.items() if edge.any()]
    if not INK[0] < ink.mean() < INK[1]:
        found.append(f"{ink.mean():.2%} of it is ink")
    if (coloured := (np.ptp(picture, axis=-1) > 0.15).mean()) < COLOUR:
        found.append(f"{coloured:.2%} of it is coloured")
    quarters = [part for half in np.array_split(ink, 2) for part in np.array_split(half, 2, axis=1)]
    if min(quarter.mean() for quarter in quarters) < 0.002:
        found.append("a quarter of it is empty")
    return found


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_picture_is_neither_empty_nor_clipped(path: Path) -> None:
    picture = pixels(path)
    assert min(picture.shape[:2]) > 250
    told = faults(picture)
    if path.stem in IMAGES:
        told = [fault for fault in told if "ink" not in fault and "coloured" not in fault]
    assert told == []


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_vectors_and_numbers_lie_beside_it(path: Path) -> None:
    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    assert "</svg>" in path.with_suffix(".svg").read_text(encoding="utf-8")[-20:]
    with path.with_suffix(".csv").open(encoding="utf-8") as stream:
        assert len(list(csv.reader(stream))) > 3


def test_our_own_pictures_are_there() -> None:
    """Collapse of (n, r), sandwich, phase diagram; calibration once its results are committed."""
    known = {path.stem for path in PICTURES}
    for name in OURS:
        if name != "verdict_calibration" or (ROOT / "results" / name / "standard").is_dir():
            assert name in known, f"run: ratecheck figures {name}"


def test_scripts_with_results_are_drawn() -> None:
    drawn = {path.stem for path in PICTURES}
    done = {path.parents[1].name for path in (ROOT / "results").glob("*/standard/summary.json")}
    scripts = {path.stem for path in FIGURES.glob("*.py")}
    assert {name for name in scripts & done if not any(s.startswith(name) for s in drawn)} == set()


def test_faults_are_seen() -> None:
    good = np.ones((400, 600, 3))
    good[50:350, 50:550] = np.random.default_rng(0).choice([0.2, 1.0], (300, 500, 1), p=[0.1, 0.9])
    good[100:130, 100:300] = (0.8, 0.2, 0.2)
    assert faults(good) == []
    assert "ink" in faults(np.ones((400, 600, 3)))[0]
    clipped = good.copy()
    clipped[200:210, 590:] = 0.0
    assert faults(clipped) == ["something touches the right"]
    half = good.copy()
    half[:, 300:] = 1.0
    assert "a quarter of it is empty" in faults(half)
    grey = np.where(np.ptp(good, axis=-1, keepdims=True) > 0, 1.0, good)
    assert "coloured" in faults(grey)[0]
