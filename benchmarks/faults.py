"""Do the demo shop's main job on shops that were not developed on, and measure how many injected faults are found and repaired.

*Recall*: of the faulty rows (or files), the share that was held, changed in the faulty cell, or marked as of unknown order. *Precision*: of
all rows that the kind's rules and cleaners answered (cleaners: in the columns with the fault), the share with a fault of this kind or of
another that they answer. *Repaired*: of the faulty cells, the share that was published as before the fault. *Expected* is the right answer
to each kind; faults that are only flagged are counted, but not listed row by row.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alone import alone, peak
from benchmarks.figures import Figure, main
from sluice import demo
from sluice.app import build
from sluice.domain import REPEATS

FIRST_SEED = 101
QUICK = demo.Size(days=6, items=200, users=150, per_day=900)
MEASURES = ("recall", "precision", "repaired")


@dataclass(frozen=True)
class MainJob:
    """Hold the figures of one main job.

    Attributes:
        seconds: Its duration.
        parent: Peak memory of the process itself, in GiB.
        child: Peak memory of its worker process, in GiB.
        rows: Rows that it read.
        files: Files that it read.
        kinds: Summary of each kind of fault, by kind (schema `sluice.demo.summary.SUMMARY`).
    """

    seconds: float
    parent: float
    child: float
    rows: int
    files: int
    kinds: Mapping[str, Mapping[str, object]]


def run_main_job(seed: int, size: demo.Size) -> MainJob:
    """Write a shop, do its main job and the retrain at its end, and compare the result with the truth."""
    with tempfile.TemporaryDirectory() as folder:
        demo.write(folder, seed, size)
        start = time.perf_counter()
        with build(Path(folder) / "sluice.yaml") as app:
            list(app.run(app.pending_arrivals()))
            app.retrain(by="benchmark")
            seconds, parent, child = time.perf_counter() - start, peak(), app.worker.process(f"{peak.__module__}:peak")
            runs = [run for dataset in app.config.datasets for run in app.store.runs.of(dataset)]
            repairs = {dataset: app.store.quarantine.repairs(dataset) for dataset in app.config.datasets}
            snapshot = app.store.snapshot()
            repeats = {dataset: snapshot.repeats(dataset).select(*REPEATS).collect() for dataset in app.config.datasets}
            summary = demo.judge_against_truth(snapshot, runs, Path(folder) / "truth", repairs=repairs, repeats=repeats)
    read = [run.rows for run in runs if run.kind == "ingest"]
    return MainJob(seconds, parent, child, sum(read), len(read), {row["kind"]: row for row in summary.to_dicts()})


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Do the main job of one shop per seed."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if options.quick else options.seeds))
    jobs = [alone(run_main_job, seed, QUICK if options.quick else demo.Size()) for seed in seeds]
    return [figure for kind in jobs[0].kinds for figure in _figures_of_kind(kind, [job.kinds[kind] for job in jobs if kind in job.kinds])]


def _figures_of_kind(kind: str, summaries: Sequence[Mapping[str, object]]) -> Sequence[Figure]:
    against = f"expected: {summaries[0]['expected']}"
    measured = {name: [value for row in summaries if isinstance(value := row[name], int | float)] for name in ("injected", *MEASURES)}
    return [Figure.over(f"{kind}: {name}", values, "rows" if name == "injected" else "", against) for name, values in measured.items() if values]


if __name__ == "__main__":
    main(__doc__ or "", measure)
