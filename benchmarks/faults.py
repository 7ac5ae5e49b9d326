"""The demo shop's main job on shops that were not developed on: what of each planted kind of dirt was found and repaired.

*Recall*: of the planted rows (or files), those that were held, changed in the cell to blame, or marked as of unknown order. *Precision*: of
all that the kind's rules and cleaners answered (cleaners: in the columns it was planted into), what was planted, as this kind or as another
that they answer, too. *Repaired*: of the planted cells, those that were published as they were
before they were spoilt. *To be* is the answer that each kind asks for; what is only flagged is counted, but not told row by row.
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

FIRST = 101
QUICK = demo.Size(days=6, items=200, users=150, per_day=900)
MEASURES = ("recall", "precision", "repaired")


@dataclass(frozen=True)
class Worked:
    """What the main job took (seconds, GiB of the process and of its child), how many rows of how many files it read, and the summary by kind."""

    seconds: float
    parent: float
    child: float
    rows: int
    files: int
    kinds: Mapping[str, Mapping[str, object]]


def worked(seed: int, size: demo.Size) -> Worked:
    """Write a shop, do its main job with the retrain at its end, and compare what became of it with the truth."""
    with tempfile.TemporaryDirectory() as folder:
        demo.write(folder, seed, size)
        start = time.perf_counter()
        with build(Path(folder) / "sluice.yaml") as app:
            list(app.run(app.pending_arrivals()))
            app.retrain(by="benchmark")
            seconds, parent, child = time.perf_counter() - start, peak(), app.worker.process(f"{peak.__module__}:peak")
            runs = [run for dataset in app.config.datasets for run in app.store.runs.of(dataset)]
            repairs = {dataset: app.store.quarantine.repairs(dataset) for dataset in app.config.datasets}
            told = demo.judge_against_truth(app.store.snapshot(), runs, Path(folder) / "truth", repairs=repairs)
    read = [run.rows for run in runs if run.kind == "ingest"]
    return Worked(seconds, parent, child, sum(read), len(read), {each["kind"]: each for each in told.to_dicts()})


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Do the main job of one shop a seed."""
    seeds = range(FIRST, FIRST + (1 if options.quick else options.seeds))
    jobs = [alone(worked, seed, QUICK if options.quick else demo.Size()) for seed in seeds]
    return [figure for kind in jobs[0].kinds for figure in _kind(kind, [job.kinds[kind] for job in jobs if kind in job.kinds])]


def _kind(kind: str, told: Sequence[Mapping[str, object]]) -> Sequence[Figure]:
    answer = str(told[0]["expected"])
    measured = {name: [value for each in told if isinstance(value := each[name], int | float)] for name in ("injected", *MEASURES)}
    return [Figure.over(f"{kind}: {name}", values, "rows" if name == "injected" else "", f"to be: {answer}") for name, values in measured.items() if values]


if __name__ == "__main__":
    main(__doc__ or "", measure)
