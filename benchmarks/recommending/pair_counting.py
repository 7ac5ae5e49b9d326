"""Count co-occurrence on many events, beside the same count written by hand with SciPy: CPU seconds and peak memory, each in a fresh process.

Events are drawn: users have 20 on average, items are as popular as the rank to the power of -0.8, and two thirds of the steps stay among 50 neighboring
items, as shoppers do. Both read the same arrays, which are part of the memory. The floor is the memory of the arrays and the imports alone. By hand is the
count alone, without the choice of each item's neighbors.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from benchmarks.alone import alone, peak
from benchmarks.figures import Figure, main
from recommender.data.sequences import Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.pair_counts import BACKWARD, DECAY, WINDOW

EVENTS, QUICK, ITEMS = 10_000_000, 200_000, 50_000
MEAN_LENGTH, NEAR, NEARBY = 20, 2 / 3, 50


def draw_events(count: int, items: int, seed: int) -> Sequences:
    """Draw the events of users, each in order."""
    rng = np.random.default_rng(seed)
    lengths = rng.geometric(1 / MEAN_LENGTH, 2 * count // MEAN_LENGTH)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    starts = starts[: int(np.searchsorted(starts, count, side="right"))].astype(np.int64)
    size = int(starts[-1])
    popularity = np.cumsum(np.arange(1, items + 1) ** -0.8)
    drawn = np.searchsorted(popularity, rng.uniform(0, popularity[-1], size)).astype(np.int64)
    near = rng.random(size) < NEAR
    near[starts[:-1]] = False
    anchor = np.maximum.accumulate(np.where(near, 0, np.arange(size)))
    numbers = np.where(near, (drawn[anchor] + rng.integers(0, NEARBY, size)) % items, drawn)
    return Sequences(numbers, np.zeros(size, np.int64), np.arange(size), np.ones(size, np.float32), np.ones(size, np.bool_), starts)


def fit(events: Sequences) -> None:
    """Fit our model, the choice of neighbors and the popularity included."""
    CoOccurrence.fit(TrainingData(events, Vocabulary(tuple(map(str, range(ITEMS))))))


def count_by_hand(events: Sequences) -> None:
    """Sum the pairs of each gap in both directions."""
    users, total = events.users, sp.csr_matrix((ITEMS, ITEMS))
    for gap in range(1, WINDOW + 1):
        same = users[gap:] == users[:-gap]
        earlier, later = events.items[:-gap][same], events.items[gap:][same]
        weights = DECAY ** (gap - 1) * np.sqrt(events.weights[:-gap][same].astype(np.float64) * events.weights[gap:][same])
        for rows, columns, factor in ((earlier, later, 1.0), (later, earlier, BACKWARD)):
            total = total + sp.csr_matrix((factor * weights, (rows, columns)), shape=(ITEMS, ITEMS))
    total.setdiag(0)


def nothing(events: Sequences) -> None:
    """Hold the events, and do nothing: the floor."""
    assert len(events)


WAYS: Mapping[str, Callable[[Sequences], None]] = {"ours": fit, "by hand": count_by_hand, "floor": nothing}


def measure_way(way: str, count: int, seed: int) -> tuple[float, float]:
    """Return the CPU seconds of one way, and the peak memory of its process in GiB."""
    events = draw_events(count, ITEMS, seed)
    with threadpool_limits(1):
        began = time.process_time()
        WAYS[way](events)
        return time.process_time() - began, peak()


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Count in each way, one after the other."""
    count, seeds = (QUICK, 1) if options.quick else (EVENTS, options.seeds)
    runs = {way: [alone(measure_way, way, count, seed) for seed in range(seeds)] for way in WAYS}
    seconds, memory = ({way: [run[place] for run in results] for way, results in runs.items()} for place in (0, 1))
    name = f"co-occurrence, {count:,} events of {ITEMS:,} items"
    return [
        Figure.over(f"{name}, training", seconds["ours"], "CPU s", "counted by hand with SciPy", sum(seconds["by hand"]) / seeds),
        Figure.over(f"{name}, peak memory", memory["ours"], "GiB", "counted by hand with SciPy", sum(memory["by hand"]) / seeds),
        Figure.over(f"{name}, peak memory of the events alone", memory["floor"], "GiB"),
    ]


if __name__ == "__main__":
    main(str(__doc__), measure)
