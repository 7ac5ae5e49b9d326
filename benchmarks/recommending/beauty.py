"""Recall and NDCG of the recommender's models on Amazon Beauty: each user's last item among all items, his history left out.

The floor is popularity; the peer is directed co-occurrence, a second of counting, on the same hold-out in the same run. The towers are
trained once a seed. Their epochs were read off a curve over some of the same users, so a part of their lead may be chance.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from recommender.evaluation import evaluate
from recommender.material import Material
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.popularity import Popularity
from recommender.sequences import Ints, Sequences, Vocabulary, sequences
from recommender.towers.towers import Towers

BEAUTY = Path(__file__).parents[3] / "shared/data/behaviour/beauty/beauty.txt"
EPOCHS, QUICK = 18, 1
METRICS = ("recall@20", "ndcg@20", "coverage@20")


def beauty() -> tuple[Vocabulary, Sequences, Ints]:
    """The items, all interactions but each user's last, and the last ones."""
    lines = [line.split() for line in BEAUTY.read_text().splitlines()]
    frame = pl.DataFrame({"user": [f"{int(user):06}" for user, *_ in lines], "item": [items[:-1] for _, *items in lines]}).explode("item")
    place = pl.from_epoch(pl.int_range(pl.len()).over("user")).cast(pl.Datetime("us", "UTC"))
    events = frame.with_columns(kind=pl.lit(None, dtype=pl.String), time=place, weight=pl.lit(1.0), ordered=pl.lit(value=True))
    vocabulary = Vocabulary(tuple(sorted({item for _, *items in lines for item in items})))
    targets = vocabulary.number(pl.Series([line[-1] for line in lines])).to_numpy().astype(np.int64)
    return vocabulary, sequences(events, vocabulary), targets


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit and rank; the towers once a seed."""
    vocabulary, events, targets = beauty()
    material = Material(events, vocabulary, epochs=QUICK if options.quick else EPOCHS)
    began = time.process_time()
    counted = CoOccurrence.fit(material)
    spent = time.process_time() - began
    popular, peer = (evaluate(ranker, events, targets) for ranker in (Popularity.fit(material), counted))
    runs, seconds = [], []
    for seed in range(1 if options.quick else options.seeds):
        began = time.process_time()
        towers = Towers.fit(material, seed=seed)
        seconds.append(time.process_time() - began)
        runs.append(evaluate(towers, events, targets))
    return [
        *(Figure(f"co-occurrence, {name}", peer[name], "", f"popularity: {popular[name]:.4g}", peer[name] / popular[name]) for name in METRICS),
        *(Figure.over(f"towers, {name}", [run[name] for run in runs], "", "co-occurrence", peer[name]) for name in METRICS),
        Figure.over("towers, training", seconds, "CPU s", "co-occurrence", spent),
    ]


if __name__ == "__main__":
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    main(str(__doc__), measure)
