"""Trains the recommender's models on what a gate lets through, compares them on one hold-out, and keeps the better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
import polars as pl

from recommender.artifact import Learned, pack
from recommender.attributes import features
from recommender.comparing.answers import answers
from recommender.data import catalog, interactions
from recommender.evaluation import evaluate
from recommender.holdout import Holdout, cut_of, hold_out
from recommender.material import Material
from recommender.models import model
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.sequences import Vocabulary, sequences
from recommender.trusted import Trusted, renewed
from sluice.config import Recommender
from sluice.domain import Artifact, Run
from sluice.errors import ModelError
from sluice.ports import Snapshot

NAME = "recommender"
ENOUGH_EVENTS = 100  # interactions before the cut
ENOUGH_USERS = 10  # users with a target since the cut
TAIL = 5  # an item met less often belongs to the tail
DECIDES = "ndcg@20"


@dataclass(frozen=True, slots=True)
class RecommenderTrainer:
    """Learns from the rows of some runs; a Trainer, made anew for each decision.

    Attributes:
        config: What to read and how to learn.
        runs: The open runs of the decisions that let it train: no other row of the events is read.
    """

    config: Recommender
    runs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The line of models."""
        return NAME

    def train(self, past: Snapshot, *, seed: int) -> Artifact:
        """Train co-occurrence and towers up to the cut, measure both on what came after it, keep the better.

        The artifact is what was measured: it is not fitted again with the hold-out.

        Raises:
            ModelError: There is too little to learn from; says what is missing.
        """
        events = interactions(past, self.config, self.runs)
        cut = cut_of(events, self.config.holdout, _until(past, self.config, self.runs))
        champion = past.model(NAME)
        trusted = Trusted.of(champion.card) if champion else None
        held = _enough(hold_out(events, cut, sealed=trusted.holds(pl.col("time")) if trusted else None) if cut else None)
        items = catalog(past, self.config, self.runs)
        vocabulary = _vocabulary(held.train, items)
        models = self._fit(held, items, vocabulary, seed)
        metrics = {name: _measured(ranker, vocabulary, held) for name, ranker in models.items()}
        kind = max(("cooccurrence", "towers"), key=lambda each: metrics[each][DECIDES])
        learned = Learned(kind, vocabulary, models[kind], cast("Popularity", models["popularity"]))
        facts = {
            "trusted": renewed(trusted, held.cut, past, self.runs, self.config).card(),
            "answers": answers(learned.ranker, sequences(held.histories, vocabulary)),
        }
        return Artifact(pack(learned), self._card(past, kind, held, metrics, vocabulary, seed) | facts)

    def _fit(self, held: Holdout, items: pl.DataFrame, vocabulary: Vocabulary, seed: int) -> dict[str, Ranker]:
        described = features(items, self.config.attributes, vocabulary)
        material = Material(sequences(held.train, vocabulary), vocabulary, described, dimensions=self.config.dimensions, epochs=self.config.epochs)
        return {name: model(name).fit(material, seed=seed) for name in ("popularity", "cooccurrence", "towers")}

    def _card(
        self, past: Snapshot, kind: str, held: Holdout, metrics: Mapping[str, Mapping[str, float]], vocabulary: Vocabulary, seed: int
    ) -> dict[str, object]:
        published = [run for dataset in (self.config.events, self.config.items) for run in past.runs(dataset) if run.id in self.runs]
        return {
            "kind": kind,
            "basis": past.id,
            "runs": [_source(run) for run in published],
            "read": list(self.runs),
            "rows": held.train.height,
            "counts": {"users": held.train["user"].n_unique(), "items": len(vocabulary.items), "holdout_users": held.targets.height},
            "holdout": {
                "from": held.cut.isoformat(),
                "protocol": "the newest item that a user first met since then, ranked among all items but those he had met",
            },
            "metrics": metrics,
            "serving": metrics[kind],
            "settings": self.config.model_dump(mode="json"),
            "seed": seed,
        }


def _source(run: Run) -> dict[str, object]:
    """A batch as the card names it."""
    score, worst = run.published.value, run.published.worst
    batch = run.uri.rsplit("/", 1)[-1]
    version = run.versions.get("clean")
    return {"id": run.id, "dataset": run.dataset, "batch": batch, "at": run.at.isoformat(), "score": score, "worst": worst, "version": version}


def _measured(ranker: Ranker, vocabulary: Vocabulary, held: Holdout) -> dict[str, float]:
    counts = held.train.group_by("item").agg(times=pl.len())
    targets = held.targets.join(counts, on="item", how="left", maintain_order="left").with_columns(pl.col("times").fill_null(0))
    segments = {"new users": targets["new_user"].to_numpy(), "tail items": (targets["times"] < TAIL).to_numpy()}
    numbers = vocabulary.number(targets["item"]).fill_null(-1).to_numpy().astype(np.int64)
    return evaluate(ranker, sequences(held.histories, vocabulary), numbers, segments)


def _enough(held: Holdout | None) -> Holdout:
    events = held.train.height if held else 0
    users = held.targets.height if held else 0
    if held is None or events < ENOUGH_EVENTS or users < ENOUGH_USERS:
        raise ModelError(
            f"the recommender has too little to learn from in the open runs: {events:,} interactions before the hold-out ({ENOUGH_EVENTS} are needed), "
            f"and {users:,} users who met a new item since ({ENOUGH_USERS} are needed)"
        )
    return held


def _vocabulary(train: pl.DataFrame, items: pl.DataFrame) -> Vocabulary:
    known = pl.concat([train["item"], items["item"]]).unique().sort()
    return Vocabulary(tuple(known), tuple(train["kind"].drop_nulls().unique().sort()))


def _until(past: Snapshot, config: Recommender, runs: Sequence[str]) -> datetime | None:
    """When the newest run was judged: an event from after that has a clock that runs ahead."""
    return max((run.at for run in past.runs(config.events) if run.id in runs), default=None)
