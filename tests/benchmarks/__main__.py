"""Runs every benchmark: ``python -m tests.benchmarks``."""

from __future__ import annotations

from tests.benchmarks import (
    bench_adversarial_flow,
    bench_attack,
    bench_cell,
    bench_interpolant,
    bench_networks,
    bench_ntk_path,
    bench_sensitivity,
    bench_sphere_cell,
    bench_workers,
)

for module in (
    bench_adversarial_flow,
    bench_attack,
    bench_cell,
    bench_interpolant,
    bench_networks,
    bench_ntk_path,
    bench_sensitivity,
    bench_sphere_cell,
    bench_workers,
):
    module.main()
