"""Measure the main job of the demo shop, from its files to a trained recommender: CPU seconds and memory of all its processes, and wall seconds.

It is what `make demo` does after the shop is written and before the dashboard is shown; every repeat is another shop, in a fresh process.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults import FIRST_SEED, QUICK, run_main_job
from benchmarks.figures import Figure, main
from benchmarks.usage import Usage, measured
from sluice import demo
from sluice.app import build


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Do the main job of one shop per seed."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if options.quick else options.seeds))
    jobs = [_measure_shop(seed, QUICK if options.quick else demo.Size()) for seed in seeds]
    walls, usages, works = zip(*jobs, strict=True)
    return [
        Figure.over("the main job, with a retrain", [usage.cpu for usage in usages], "CPU s", works[0]),
        Figure.over("the main job, with a retrain, peak memory of all processes", [usage.peak for usage in usages], "GiB"),
        Figure.over("the main job, with a retrain, wall time", walls, "s"),
    ]


def _measure_shop(seed: int, size: demo.Size) -> tuple[float, Usage, str]:
    """Write a shop and do its main job; return wall seconds, what it used, and how much it read."""
    with tempfile.TemporaryDirectory() as folder:
        demo.write(folder, seed, size)
        start = time.perf_counter()
        work, usage = measured(_do_main_job, folder)
        return time.perf_counter() - start, usage, work


def _do_main_job(folder: str) -> str:
    with build(Path(folder) / "sluice.yaml") as app:
        run_main_job(app)
        read = [run.rows for dataset in app.config.datasets for run in app.store.runs.of(dataset) if run.kind == "ingest"]
        return f"{sum(read):,} rows in {len(read)} files"


if __name__ == "__main__":
    main(__doc__ or "", measure)
