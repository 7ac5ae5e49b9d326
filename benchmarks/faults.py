"""Do the demo shop's main job on shops that were not developed on, and measure how many injected faults are found and repaired.

*Recall*: of the faulty rows (or files), the share that was held, changed in the faulty cell, or marked as of unknown order. *Precision*: of
all rows that the kind's rules and cleaners answered (cleaners: in the columns with the fault), the share with a fault of this kind or of
another that they answer. *Repaired*: of the faulty cells, the share that was published as before the fault. *Expected* is the right answer
to each kind; faults that are only flagged are counted, but not listed row by row.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.alone import alone
from benchmarks.figures import Figure, main
from sluice import demo
from sluice.app import build
from sluice.app.app import App
from sluice.domain import REPEATS

FIRST_SEED = 101
QUICK = demo.Size(days=6, items=200, users=150, per_day=900)
MEASURES = ("recall", "precision", "repaired")


Kinds = Mapping[str, Mapping[str, object]]


def run_main_job(app: App) -> None:
    """Run every file that waits, and the retrain at the end."""
    list(app.run(app.pending_arrivals()))
    app.retrain(by="benchmark")


def judge_shop(seed: int, size: demo.Size) -> Kinds:
    """Write a shop, do its main job, and compare the result with the truth; return a row of `sluice.demo.summary.SUMMARY` by kind of fault."""
    with tempfile.TemporaryDirectory() as folder:
        demo.write(folder, seed, size)
        with build(Path(folder) / "sluice.yaml") as app:
            run_main_job(app)
            runs = [run for dataset in app.config.datasets for run in app.store.runs.of(dataset)]
            repairs = {dataset: app.store.quarantine.repairs(dataset) for dataset in app.config.datasets}
            snapshot = app.store.snapshot()
            repeats = {dataset: snapshot.repeats(dataset).select(*REPEATS).collect() for dataset in app.config.datasets}
            summary = demo.judge_against_truth(snapshot, runs, Path(folder) / "truth", repairs=repairs, repeats=repeats)
    return {row["kind"]: row for row in summary.to_dicts()}


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Do the main job of one shop per seed."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if options.quick else options.seeds))
    shops = [alone(judge_shop, seed, QUICK if options.quick else demo.Size()) for seed in seeds]
    return [figure for kind in shops[0] for figure in _figures_of_kind(kind, [shop[kind] for shop in shops if kind in shop])]


def _figures_of_kind(kind: str, summaries: Sequence[Mapping[str, object]]) -> Sequence[Figure]:
    against = f"expected: {summaries[0]['expected']}"
    measured = {name: [value for row in summaries if isinstance(value := row[name], int | float)] for name in ("injected", *MEASURES)}
    return [Figure.over(f"{kind}: {name}", values, "rows" if name == "injected" else "", against) for name, values in measured.items() if values]


if __name__ == "__main__":
    main(__doc__ or "", measure)
