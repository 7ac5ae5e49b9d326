"""Time the main job of the demo shop, from its files to a trained recommender, and measure its peak memory.

It is what `make demo` does after the shop is written and before the dashboard is shown; every repeat is another shop, in a fresh process.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.alone import alone
from benchmarks.faults import FIRST_SEED, QUICK, run_main_job
from benchmarks.figures import Figure, main
from sluice.demo import Size


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Do the main job of one shop per seed."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if options.quick else options.seeds))
    jobs = [alone(run_main_job, seed, QUICK if options.quick else Size()) for seed in seeds]
    return [
        Figure.over("the main job, with a retrain", [job.seconds for job in jobs], "s", f"{jobs[0].rows:,} rows in {jobs[0].files} files"),
        Figure.over("peak memory of its child process, which reads, judges and trains", [job.child for job in jobs], "GiB"),
        Figure.over("peak memory of the process itself", [job.parent for job in jobs], "GiB"),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
