"""Runs every benchmark, then writes the page: ``python -m tests.benchmarks``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.benchmarks import page

# bench_networks and others set variables that jax reads once: all are imported before any runs
names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
for module in [import_module(f"tests.benchmarks.{name}") for name in names]:
    module.main()
page.main()
