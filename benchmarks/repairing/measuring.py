"""Measure one log: what is found of each kind of dirt, what a clean log loses, and what a recommender gets back."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.alone import alone
from benchmarks.figures import Figure
from benchmarks.repairing.counting import Detection, count_found, mended_share, recall_at_20, to_interactions
from benchmarks.repairing.dirt import ALL, TOGETHER, inject_all
from benchmarks.repairing.log import DAYS, HISTORY, LOGS, CleanLog
from benchmarks.repairing.published import publish, publish_history
from sluice.domain import ROW

FIRST_SEED, QUICK_SEED = 401, 7
RATES = (0.3, 0.05, 0.005, 0.15, 0.015)  # of the seeds in turn
QUICK = (("copies",),)
LOSS = 0.05  # share of Recall@20 that must be lost for a recovery to be reported
MUST = {"bots": 0.9, "crawls": 0.9, "farms": 0.9, "copies": 0.9, "replays": 0.9, "wrong ids": 0.3, "lost order": 0.0}  # of the recovery
CELLS = ("clock skew", "price x 100", "currency", "wrong ids")


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what was measured of one kind, or of several at once, for one seed.

    Attributes:
        detection: What was found.
        mended: Share of the changed cells that were published as before.
        recalls: Recall@20 learned from the clean, the dirty, and the cleaned log.
    """

    detection: Detection
    mended: float
    recalls: tuple[float, float, float]

    @property
    def loss(self) -> float:
        """Return the share of Recall@20 that dirt costs."""
        clean, dirty, _ = self.recalls
        return 1 - dirty / clean

    @property
    def recovery(self) -> float:
        """Return the share of the loss that cleaning gives back."""
        clean, dirty, cleaned = self.recalls
        return (cleaned - dirty) / (clean - dirty)


def measure_seed(name: str, nth: int, quick: bool) -> Mapping[tuple[str, ...], Measured]:  # noqa: FBT001  # an argument of another process
    """Measure every kind on one log; the key () is the clean log."""
    seed, rate = (QUICK_SEED if quick else FIRST_SEED + nth), RATES[nth % len(RATES)]
    log = LOGS[name](seed, quick=quick)
    clean = recall_at_20(log, to_interactions(log.days))
    measured = {}
    with tempfile.TemporaryDirectory() as place:
        publish_history(log, Path(place))
        for kinds in ((), *(QUICK if quick else ALL)):
            measured[kinds] = _measure_kinds(log, Path(place), kinds, rate, seed, clean)
            print(f"{name}, seed {seed}, rate {rate}, {' and '.join(kinds) or 'clean'}: {measured[kinds]}", flush=True)
    return measured


def _measure_kinds(log: CleanLog, history: Path, kinds: tuple[str, ...], rate: float, seed: int, clean: float) -> Measured:
    injected = [inject_all(log.days[day], kinds, rate, 1000 * seed + day) for day in range(HISTORY, DAYS)]
    days = [*log.days[:HISTORY], *(injection.rows for injection in injected)]
    truth = pl.concat([injection.truth for injection in injected])
    published = publish(history, days)
    detection = count_found(truth, pl.concat(days[HISTORY:])[ROW], published.answered)
    recalls = clean, recall_at_20(log, to_interactions(days)), recall_at_20(log, published.interactions)
    return Measured(detection, mended_share(truth, published), recalls)


def measure_log(name: str, title: str, options: argparse.Namespace) -> Sequence[Figure]:
    """Measure a log once per seed, each in a process of its own."""
    seeds = [alone(measure_seed, name, nth, options.quick) for nth in range(1 if options.quick else options.seeds)]
    harmed = Figure.over(f"{title}, clean: share of rows harmed", [seed[()].detection.false for seed in seeds], "", "at most 0.01")
    return [harmed, *(figure for nth, seed in enumerate(seeds) for figure in figures_of(title, RATES[nth % len(RATES)], seed))]


def figures_of(title: str, rate: float, seed: Mapping[tuple[str, ...], Measured]) -> Sequence[Figure]:
    """Return the figures of one seed, but for the clean log."""
    return [figure for kinds, measured in seed.items() if kinds for figure in _figures(f"{title}, {rate:.1%}", kinds, measured)]


def _figures(title: str, kinds: tuple[str, ...], measured: Measured) -> Iterator[Figure]:
    subject, detection = f"{title}, {' and '.join(kinds)}", measured.detection
    goal = "" if kinds in TOGETHER else _goal(kinds[0])
    for name, value in (("precision", detection.precision), ("recall", detection.recall), ("F1", detection.f1), ("false", detection.false)):
        yield Figure(f"{subject}: {name}", value, "", goal)
    if kinds[0] in CELLS and len(kinds) == 1:
        yield Figure(f"{subject}: cells published as before", measured.mended, "")
    if measured.loss >= LOSS:
        must = f"must {MUST[kinds[0]]}" if len(kinds) == 1 and kinds[0] in MUST else ""
        yield Figure(f"{subject}: recall@20 lost", measured.loss, "", must)
        yield Figure(f"{subject}: recall@20 recovered", measured.recovery, "", must)


def _goal(kind: str) -> str:
    goals = {"bots": "recall 0.9 at 0.01 false", "crawls": "precision 0.9, recall 0.8", "farms": "precision 0.9, recall 0.8"}
    return goals.get(kind, "" if kind in ("wrong ids", "lost order") else "F1 0.95")
