"""Wrong cells found and blamed in a shop's order lines, against PyOD on the same rows.

40,000 rows of history, seeds 0 to 4; nothing was chosen on those seeds. PyOD's detectors get what their users give them: numbers with
the mean for nulls, small categories one-hot, large ones as log-frequency, all standardised.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.detecting.table import CATEGORIES, NUMBERS, SCHEMA, VALUES, Cells, World, frame, planted
from benchmarks.figures import Figure, main
from detectors.autoencoder.detector import Autoencoder
from detectors.learning.calibration import ErrorControl
from detectors.learning.history import HistorySplit
from detectors.learning.reservoir import Reservoir

TRAIN, HELD, CLEAN, WRONG = 40_000, 10_000, 9_000, 1_000
BUDGET = 0.01
PROMISE = ErrorControl("marginal", BUDGET)
AT_BUDGET = ("recall at a budget of 1 %", "false positives at 1 %")
SMALL = 30  # values of a category that is given to PyOD one-hot


@dataclass(frozen=True, slots=True)
class Case:
    """Describe what history is like.

    Attributes:
        title: Of its figures.
        dirt: The share of the rows that have a wrong cell.
        whole: Whether in all rows, those that scales and threshold are taken from among them; else only in those that are learned from.
        share_known: Whether the detector is told of the share (`contamination`).
    """

    title: str = ""
    dirt: float = 0.0
    whole: bool = False
    share_known: bool = False


CLEAN_HISTORY = Case()
DIRTY = tuple(
    Case(f"{dirt:.0%} dirt in {'the whole history' if whole else 'history'}{', told of' if share_known else ''}, ", dirt, whole, share_known)
    for whole, share_known in ((False, False), (True, False), (True, True))
    for dirt in (0.02, 0.1)
)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Hold what a seed gives: history, and rows to judge, of which the wrong ones are known."""

    train: Cells
    scale: Cells
    threshold: Cells
    clean: Cells
    wrong: Cells
    columns: Sequence[str]

    @classmethod
    def of(cls, seed: int, size: float, case: Case = CLEAN_HISTORY) -> Split:
        """Draw one; a share of its history has a wrong cell."""
        world, first = World.of(seed), 100 * seed
        counts = [int(size * n) for n in (TRAIN, HELD, HELD, CLEAN, WRONG)]
        train, scale, threshold, clean, wrong = (world.rows(n, first + i) for i, n in enumerate(counts))
        spoilt, columns, _ = planted(world, wrong, first + 10)
        train = _partly(world, train, case.dirt, first + 11)
        if case.whole:
            scale, threshold = _partly(world, scale, case.dirt, first + 12), _partly(world, threshold, case.dirt, first + 13)
        return cls(train, scale, threshold, clean, spoilt, columns)


def _partly(world: World, rows: Cells, dirt: float, seed: int) -> Cells:
    """Spoil a share of the rows."""
    n = int(dirt * len(rows["price"]))
    dirty, _, _ = planted(world, {name: cells[:n] for name, cells in rows.items()}, seed)
    return {name: np.concatenate([dirty[name], cells[n:]]) for name, cells in rows.items()}


def ranking_metrics(clean: NDArray[np.float64], wrong: NDArray[np.float64]) -> dict[str, float]:
    """Compute the area under the ROC curve, and recall where one clean row in a hundred is flagged."""
    ordered = np.sort(clean)
    below = np.searchsorted(ordered, wrong, "left") + np.searchsorted(ordered, wrong, "right")
    return {"AUC": float(below.mean() / 2 / len(clean)), "recall at 1 % false positives": float((wrong > np.quantile(clean, 1 - BUDGET)).mean())}


def ours(split: Split, seed: int, contamination: float = 0.0) -> dict[str, float]:
    """Measure the product at its defaults: recall, blamed columns, and the false positives of values that were never seen."""
    parts = HistorySplit(*(frame(part) for part in (split.train, split.scale, split.threshold)))
    model = Autoencoder(SCHEMA, device="cpu", contamination=contamination).fit(parts, seed)
    trained = Reservoir(parts).exclude_contamination(model, PROMISE, contamination, (*NUMBERS, *CATEGORIES), seed).calibrate(model, PROMISE)
    clean, wrong = frame(split.clean), frame(split.wrong)
    blamed = model.explain(wrong)["columns"].to_list()

    def flagged(rows: pl.DataFrame) -> float:
        return float(trained.flag(rows, PROMISE).mean())

    return {
        **ranking_metrics(model.score_rows(clean), model.score_rows(wrong)),
        "blame, first": fmean(ranked[0] == column for ranked, column in zip(blamed, split.columns, strict=True)),
        "blame, first two": fmean(column in ranked[:2] for ranked, column in zip(blamed, split.columns, strict=True)),
        "recall at a budget of 1 %": flagged(wrong),
        "false positives at 1 %": flagged(clean),
        "false positives at 1 %, a value never seen": flagged(frame(unseen(split, seed))),
    }


def unseen(split: Split, seed: int) -> Cells:
    """Return the clean rows with a value in one of their categories that history lacks."""
    rng, n = np.random.default_rng([seed, 3]), len(split.clean["price"])
    drawn = rng.integers(len(CATEGORIES), size=n)
    fresh = {}
    for i, (name, size) in enumerate(zip(CATEGORIES, VALUES, strict=True)):
        lacking = np.setdiff1d(np.arange(size), split.train[name])
        beyond = np.arange(size, size + 5)
        fresh[name] = np.where(drawn == i, rng.choice(lacking if len(lacking) else beyond, n), split.clean[name])
    return {**split.clean, **fresh}


def peers(split: Split, seed: int) -> dict[str, dict[str, float]]:
    """Measure PyOD's detectors at their defaults."""
    from pyod.models.auto_encoder import AutoEncoder
    from pyod.models.iforest import IForest
    from pyod.models.knn import KNN

    train, clean, wrong = features(split)
    metrics = {}
    for name, detector in (("IForest", IForest(random_state=seed)), ("KNN", KNN()), ("AutoEncoder", AutoEncoder(verbose=0, random_state=seed))):
        detector.fit(train)
        metrics[name] = ranking_metrics(detector.decision_function(clean), detector.decision_function(wrong))
    return metrics


def features(split: Split) -> tuple[NDArray[np.float32], ...]:
    """Encode training, clean and wrong rows as PyOD takes them."""
    categories = {name: np.unique(split.train[name]) for name in CATEGORIES}
    middle = {name: float(np.nanmean(split.train[name])) for name in NUMBERS}

    def raw(rows: Cells) -> NDArray[np.float64]:
        numbers = [np.where(np.isnan(rows[name]), middle[name], rows[name])[:, None] for name in NUMBERS]
        return np.hstack([*numbers, *(_category(split.train[name], categories[name], rows[name]) for name in CATEGORIES)])

    train = raw(split.train)
    center, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return tuple(((raw(rows) - center) / spread).astype(np.float32) for rows in (split.train, split.clean, split.wrong))


def _category(train: NDArray[np.float64], categories: NDArray[np.float64], cells: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(categories) <= SMALL:
        return np.asarray(cells[:, None] == categories, np.float64)
    shares = np.bincount(train.astype(np.int64), minlength=int(cells.max()) + 1) / len(train)
    return np.asarray(np.log(shares[cells.astype(np.int64)] + 1e-6)[:, None])


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every seed: clean history with PyOD beside it, then dirty history."""
    histories = cases(options)
    runs = {case: [run(case, seed, options) for seed in seeds(options)] for case in histories}
    return figures(runs, [peers(Split.of(seed, size(options)), seed) for seed in seeds(options)])


def cases(options: argparse.Namespace) -> Sequence[Case]:
    """Return the histories that are tried."""
    return (CLEAN_HISTORY, *DIRTY[: 1 if options.quick else None])


def seeds(options: argparse.Namespace) -> range:
    """Return the seeds that are measured."""
    return range(1 if options.quick else options.seeds)


def size(options: argparse.Namespace) -> float:
    """Return the share of the rows that is used."""
    return 0.25 if options.quick else 1.0


def run(case: Case, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """Measure one seed of one history."""
    return ours(Split.of(seed, size(options), case), seed, case.dirt if case.share_known else 0.0)


def figures(runs: Mapping[Case, Sequence[Mapping[str, float]]], theirs: Sequence[Mapping[str, Mapping[str, float]]]) -> Sequence[Figure]:
    """Build the figures of the runs of each history, with PyOD's of the clean one."""
    figures = []
    for case, case_runs in runs.items():
        for name in case_runs[0] if case is CLEAN_HISTORY else (*tuple(case_runs[0])[:4], *(AT_BUDGET if case.whole else ())):
            figures.append(_figure(f"shop table, {case.title}{name}", [values[name] for values in case_runs], name, theirs if case is CLEAN_HISTORY else [{}]))
    return figures


def _figure(title: str, values: Sequence[float], name: str, theirs: Sequence[Mapping[str, Mapping[str, float]]]) -> Figure:
    if name not in next(iter(theirs[0].values()), {}):
        return Figure.over(title, values, "")
    against = ", ".join(f"PyOD {peer}: {fmean(run[peer][name] for run in theirs):.3g}" for peer in theirs[0])
    return Figure.over(title, values, "", against)


if __name__ == "__main__":
    main(__doc__ or "", measure)
