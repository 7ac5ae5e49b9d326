"""Measure whether the share of false alarms is what was promised: on clean rows, over many splits into calibration and judged rows.

One model a seed is trained on the planted table's clean history. Fresh clean rows are scored once, then split at random again and
again: some calibrate, the others are judged. Floor: what chance alone spreads. Peer: PyOD's own threshold, a percentile of its training
scores, for a contamination of the same size. With planted errors among the judged rows, the rate of false discoveries is told as well.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.detecting.table import SCHEMA, World, frame, planted
from benchmarks.figures import Figure, main
from detectors.autoencoder.detector import Autoencoder
from detectors.learning.calibration import ErrorControl, Guarantee, compute_p_values, sort_calibration_scores
from detectors.learning.history import HistorySplit

HISTORY, CALIBRATION, JUDGED, DIRTY = 12_000, 8_000, 20_000, 1_000
BUDGETS = (0.01, 0.001)
MODES: tuple[Guarantee, Guarantee] = ("marginal", "conditional")
SPLITS = 200
Scores = NDArray[np.float64]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure whether false positive rates and false discovery rates are kept."""
    seeds = range(options.seeds)
    scores = [_scores(seed) for seed in seeds]
    splits = max(SPLITS // len(scores), 1)
    rates = [_rates(clean, seed, splits) for seed, (clean, _, _) in zip(seeds, scores, strict=True)]
    figures = [figure for budget in BUDGETS for figure in _false_positive_figures(budget, [rate for by_budget in rates for rate in by_budget[budget]])]
    peers = [(float((clean > np.quantile(trained, 0.99)).mean()), seed) for seed, (clean, _, trained) in zip(seeds, scores, strict=True)]
    figures.append(Figure.over("false alarms at 1 %, percentile of the training scores (as PyOD)", [rate for rate, _ in peers], "share", "promised", 0.01))
    return [*figures, *_discoveries([(clean, dirty) for clean, dirty, _ in scores])]


def _scores(seed: int) -> tuple[Scores, Scores, Scores]:
    """Score clean rows that nothing was learned from, injected errors, and the rows that were learned from."""
    world = World.of(seed)
    history = frame(world.rows(HISTORY, 10 * seed + 1))
    detector = Autoencoder(SCHEMA, device="cpu", training_steps=300, hidden_units=16)
    model = detector.fit(HistorySplit(history[: HISTORY * 3 // 4], history[HISTORY * 3 // 4 :], history[:0]), seed)
    dirty, _, _ = planted(world, world.rows(DIRTY, 10 * seed + 4), 10 * seed + 5)
    clean = model.score_rows(frame(world.rows(CALIBRATION + JUDGED, 10 * seed + 2)))
    return clean, model.score_rows(frame(dirty)), model.score_rows(history[: HISTORY * 3 // 4])


def _splits(clean: Scores, seed: int, splits: int) -> Iterator[tuple[Scores, Scores]]:
    rng = np.random.default_rng([seed, 3])
    for _ in range(splits):
        order = rng.permutation(len(clean))
        yield np.sort(clean[order[:CALIBRATION]]), clean[order[CALIBRATION:]]


def _rates(clean: Scores, seed: int, splits: int) -> dict[float, list[tuple[float, float]]]:
    """Compute, for each rate and split, the share flagged under the marginal guarantee and under the conditional one."""
    flagged_shares: dict[float, list[tuple[float, float]]] = {budget: [] for budget in BUDGETS}
    for calibration, judged in _splits(clean, seed, splits):
        p = compute_p_values(judged, calibration)
        for budget in BUDGETS:
            flagged = [ErrorControl(mode, budget).flag(p, len(calibration)).mean() for mode in MODES]
            flagged_shares[budget].append((float(flagged[0]), float(flagged[1])))
    return flagged_shares


def _false_positive_figures(budget: float, rates: Sequence[tuple[float, float]]) -> list[Figure]:
    deviation = float(np.sqrt(budget * (1 - budget) * (1 / CALIBRATION + 1 / JUDGED)))
    averaged, sure = np.array([rate for rate, _ in rates]), np.array([rate for _, rate in rates])
    within = np.abs(averaged - budget) <= 3 * deviation
    held = sure <= budget
    return [
        Figure.over(f"false alarms at {budget:.1%}, budget", averaged.tolist(), "share", "promised", budget),
        Figure(f"splits within 3 sd of {budget:.1%}", float(within.mean()), "share", f"sd {deviation:.2g} by chance alone", n=len(rates)),
        Figure(f"splits that keep {budget:.1%} surely", float(held.mean()), "share", "promised: 0.95", float(held.mean()) / 0.95, n=len(rates)),
    ]


def _discoveries(scores: Sequence[tuple[Scores, Scores]]) -> list[Figure]:
    control, false, recalls = ErrorControl("fdr", 0.1), [], []
    for clean, dirty in scores:
        calibration = sort_calibration_scores(clean[:CALIBRATION], control)
        judged = np.concatenate([clean[CALIBRATION : CALIBRATION + 9 * DIRTY], dirty])
        flagged = control.flag(compute_p_values(judged, calibration), len(calibration))
        false.append(float(flagged[:-DIRTY].sum() / max(flagged.sum(), 1)))
        recalls.append(float(flagged[-DIRTY:].mean()))
    return [
        Figure.over("false discoveries at 10 %, one row in ten dirty", false, "share", "promised", 0.1),
        Figure.over("dirty rows found then", recalls, "share"),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
