"""Measure Amazon Office products with their texts: cold and rare items beside the others.

Learned from `train.parquet`; each row of `test.parquet` asks for a shopper's next item among all, its history left out. *Every row* is the set as
it is published: 119 of its 4,866 rows ask for an item that their own history holds, which is then not left out and easily told. All other figures
are of the rest: an item that is new to the shopper, which is what a shop asks for. No history is edited.

Ours is the blend of towers that read titles and brands by MiniLM, directed co-occurrence, neighbours by words, and what is written like what
follows. How much each counts is read off everybody's last interaction in the training part, which was all that was seen in the making.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from benchmarks.figures import Figure, main
from benchmarks.recommending.offline import compute_tail_metrics, ordered
from recommender.data.sequences import Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import rank_items
from recommender.models.blend import Blend
from recommender.models.content_knn import ContentKNN
from recommender.models.cooccurrence import CoOccurrence
from recommender.ranker import Ranker
from recommender.text import embed_items, load_encoder

OFFICE = Path(__file__).parents[3] / "shared/data/behaviour/office"
EPOCHS, QUICK = 30, 2
EVERY = "recall@20 every row"
BARS = {EVERY: 0.215, "recall@20 0": 0.13, "recall@20 1-3": 0.11}
TITLES = {
    EVERY: "recall@20 of every row",
    "recall@20": "recall@20",
    "recall@20 0": "recall@20 of items with no event",
    "recall@20 1-3": "recall@20 of items with 1-3 events",
    "ndcg@20": "ndcg@20",
}


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """Hold the training data and the test rows.

    Attributes:
        material: What is learned from.
        histories: Of the rows that ask for what is new to the shopper.
        targets: What they ask for.
        again: Histories and targets of the other rows.
    """

    material: TrainingData
    histories: Sequences
    targets: Ints
    again: tuple[Sequences, Ints]

    @classmethod
    def read(cls, epochs: int) -> Office:
        """Read the files, and embed the texts."""
        items = pl.read_parquet(OFFICE / "items.parquet").with_columns(item=pl.col("item_id").cast(pl.String)).sort("item_id")
        vocabulary = Vocabulary(tuple(items["item"]))
        words = embed_items(items, ("title", "brand"), vocabulary, load_encoder())
        train = pl.read_parquet(OFFICE / "train.parquet")
        learned = ordered([np.array(row, np.int64) for row in train["item_ids"]])
        rows = pl.read_parquet(OFFICE / "test.parquet")
        some = keep_new_targets(rows, train)
        repeated = rows.join(some, on=["user_id", "history", "target"], how="anti", maintain_order="left")
        return cls(TrainingData(learned, vocabulary, content={"text": words}, epochs=epochs), *_questions(some), _questions(repeated))

    def evaluate(self, ranker: Ranker) -> dict[str, float]:
        """Evaluate a ranker on the test rows."""
        met = np.bincount(self.material.events.items, minlength=self.material.items)
        metrics = compute_tail_metrics(rank_items(ranker, self.histories, self.targets), self.targets, met)
        near = np.concatenate([np.full(len(self.targets), metrics["recall@20"]), rank_targets(ranker, *self.again) < 20])
        return metrics | {EVERY: float(near.mean())}


def keep_new_targets(rows: pl.DataFrame, train: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows whose target is neither in the history nor in the training part of the shopper."""
    met = pl.col("history").list.concat(pl.col("item_ids").fill_null([]))
    return rows.join(train, on="user_id", how="left", maintain_order="left").filter(~pl.col("target").is_in(met)).drop("item_ids")


def rank_targets(ranker: Ranker, histories: Sequences, targets: Ints) -> NDArray[np.float64]:
    """Rank each target among the items outside the history; shape (users,)."""
    scores, users = ranker.score(histories), np.arange(len(targets))
    own = scores[users, targets][:, None]
    scores[histories.users, histories.items] = -np.inf
    scores[users, targets] = own[:, 0]
    before: NDArray[np.float64] = (scores > own).sum(1) + ((scores == own).sum(1) - 1) / 2
    return before


def _questions(rows: pl.DataFrame) -> tuple[Sequences, Ints]:
    return ordered([np.array(row, np.int64) for row in rows["history"]]), rows["target"].to_numpy()


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit and evaluate all models; random ones once per seed."""
    torch.set_num_threads(1)
    office = Office.read(QUICK if options.quick else EPOCHS)
    peers = {"co-occurrence": office.evaluate(CoOccurrence.fit(office.material)), "words": office.evaluate(ContentKNN.fit(office.material))}
    runs, seconds = zip(*(_run(office, seed) for seed in range(1 if options.quick else options.seeds)), strict=True)
    return [
        *(Figure(f"Office, {name}, {TITLES[key]}", metrics[key], "") for name, metrics in peers.items() for key in TITLES),
        *(
            Figure.over(f"Office, blend, {TITLES[key]}", [run[key] for run in runs], "", f"must {BARS[key]}; co-occurrence" if key in BARS else "co-occurrence",
                        peers["co-occurrence"][key])
            for key in TITLES
        ),
        Figure.over("Office, blend, training with the choice of weights", seconds, "CPU s"),
    ]  # fmt: skip


def _run(office: Office, seed: int) -> tuple[Mapping[str, float], float]:
    began = time.process_time()
    blend = Blend.fit(office.material, seed=seed)
    spent = time.process_time() - began
    print(f"seed {seed}: {dict(blend.weights)}", flush=True)
    return office.evaluate(blend), spent


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(str(__doc__), measure)
