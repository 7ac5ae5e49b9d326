"""Measure the ensemble on ADBench's tables against PyOD's detectors: learned from half of the normal rows, judged on the others and the anomalies.

The tables (Han et al.: ADBench, NeurIPS 2022) are not part of this repository; another folder of them is named with SLUICE_ADBENCH.
All 20 had been looked at before. The rule by which members join was read off 12 of them with the others in sight; those are told apart. PyOD gets the
same rows, standardised, at their default settings. Floor: the largest distance of a cell from its column's mean, in deviations.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.figures import Figure, main
from detectors.ensemble.detector import Ensemble
from detectors.learning.history import HistorySplit
from sluice.domain import ROW, Column, Schema

FOLDER = Path(os.environ.get("SLUICE_ADBENCH", Path(__file__).parents[3] / "shared/data/anomaly"))
OTHERS = ("12_fault", "19_landsat", "26_optdigits", "2_annthyroid", "32_shuttle", "38_thyroid", "44_Wilt", "6_cardio")
MOST = 10_000  # rows of a table that are used, in its own proportion of anomalies
QUICK = 4  # tables
Matrix = NDArray[np.float64]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every judge on the tables of ADBench."""
    names = tables(options)
    results = {way: {name: [measured(name, seed, judge) for seed in range(_seeds(way, options))] for name in names} for way, judge in JUDGES.items()}
    return [
        figure for group, chosen in _groups(names) for way in JUDGES for figure in _figures(group, way, {name: results[way][name] for name in chosen}, results)
    ]


def tables(options: argparse.Namespace) -> Sequence[str]:
    """Return the names of the tables at hand."""
    names = sorted(path.stem for path in FOLDER.glob("*.npz"))
    if not names:
        raise SystemExit(f"no table of ADBench lies in {FOLDER}; name a folder of them with SLUICE_ADBENCH")
    return names[:QUICK] if options.quick else names


def _seeds(way: str, options: argparse.Namespace) -> int:
    return 1 if way == "PyOD LUNAR" else options.seeds  # it takes 17 seconds a table


def _groups(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    others = [name for name in names if name in OTHERS]
    return [(f"{len(names)} tables", list(names)), *([(f"{len(others)} of them, told apart", others)] if 0 < len(others) < len(names) else [])]


def _figures(group: str, way: str, scores: dict[str, list[tuple[float, float]]], results: dict[str, dict[str, list[tuple[float, float]]]]) -> Iterator[Figure]:
    for i, metric in enumerate(("AUC", "AP")):
        seeds = min(len(by_seed) for by_seed in scores.values())
        means = [float(np.mean([by_seed[seed][i] for by_seed in scores.values()])) for seed in range(seeds)]
        peer = float(np.mean([pair[i] for name in scores for pair in results["PyOD KNN"][name]]))
        yield Figure.over(f"{metric}, {group}, {way}", means, metric, *(("PyOD KNN", peer) if way == "ensemble" else ()))
    if way == "ensemble":
        lead = [np.mean([auc for auc, _ in scores[name]]) - np.mean([auc for auc, _ in results["PyOD KNN"][name]]) for name in scores]
        yield Figure(f"AUC against PyOD KNN on the worst table, {group}, {way}", float(min(lead)), "AUC", n=len(lead))


def table(name: str, seed: int) -> tuple[Matrix, Matrix, NDArray[np.int64]]:
    """Load normal rows to learn from, rows to judge, and which of those are anomalies."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as held:
        x, y = held["X"].astype(np.float64), held["y"].astype(np.int64)
    rng = np.random.default_rng(1000 + seed)
    normal, odd = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    if len(x) > MOST:
        normal_count = round(MOST * len(normal) / len(x))
        normal, odd = rng.choice(normal, normal_count, replace=False), rng.choice(odd, MOST - normal_count, replace=False)
    normal = rng.permutation(normal)
    judged = np.concatenate([normal[len(normal) // 2 :], odd])
    return x[normal[: len(normal) // 2]], x[judged], y[judged]


def measured(name: str, seed: int, judge: Callable[[Matrix, Matrix, int], Matrix]) -> tuple[float, float]:
    """Compute AUC and AP of a judge, which takes the rows to learn from, those to judge and a seed."""
    train, judged, truth = table(name, seed)
    scores = np.nan_to_num(judge(train, judged, seed), posinf=1e30)
    return float(roc_auc_score(truth, scores)), float(average_precision_score(truth, scores))


def frame(rows: Matrix) -> pl.DataFrame:
    """Build rows as the program reads them."""
    return pl.DataFrame({f"c{i}": rows[:, i] for i in range(rows.shape[1])}).with_columns(pl.Series(ROW, [f"r.{i}" for i in range(len(rows))]))


def parts(rows: Matrix) -> tuple[Schema, HistorySplit]:
    """Build a table's schema and its rows to learn from: all of them, since no threshold is needed."""
    whole = frame(rows)
    split = int(len(rows) * 0.85)
    return Schema("table", columns=tuple(Column(name, "number") for name in whole.columns if name != ROW)), HistorySplit(
        whole[:split], whole[split:], whole[:0]
    )


def _ensemble(train: Matrix, judged: Matrix, seed: int) -> Matrix:
    schema, learned = parts(train)
    return Ensemble(schema, min_rows=1, device="cpu").fit(learned, seed).score_rows(frame(judged))


def _pyod(module: str, cls: str, **settings: object) -> Callable[[Matrix, Matrix, int], Matrix]:
    def judge(train: Matrix, judged: Matrix, seed: int) -> Matrix:
        import importlib

        middle, spread = train.mean(0), np.where(train.std(0) > 0, train.std(0), 1.0)
        seeded = {"random_state": seed} if cls in ("IForest", "AutoEncoder") else {}
        detector: Any = getattr(importlib.import_module(f"pyod.models.{module}"), cls)(**seeded, **settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            detector.fit((train - middle) / spread)
            return np.asarray(detector.decision_function((judged - middle) / spread), np.float64)

    return judge


def _floor(train: Matrix, judged: Matrix, seed: int) -> Matrix:
    spread = np.where(train.std(0) > 0, train.std(0), 1.0)
    return np.asarray(np.abs((judged - train.mean(0)) / spread).max(axis=1))


JUDGES: dict[str, Callable[[Matrix, Matrix, int], Matrix]] = {
    "ensemble": _ensemble,
    "PyOD KNN": _pyod("knn", "KNN"),
    "PyOD LUNAR": _pyod("lunar", "LUNAR"),
    "PyOD LOF": _pyod("lof", "LOF"),
    "PyOD IForest": _pyod("iforest", "IForest"),
    "PyOD AutoEncoder": _pyod("auto_encoder", "AutoEncoder", verbose=0),
    "floor, the largest deviation": _floor,
}

if __name__ == "__main__":
    main(__doc__ or "", measure)
