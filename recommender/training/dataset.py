"""What a training reads of the published past, parted into what it learns from, what it chooses by, and what judges it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self, cast

import polars as pl

from recommender.data.attributes import hash_attributes
from recommender.data.interactions import load_catalog, load_interactions
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import MetricLogger, TrainingData
from recommender.evaluation.holdout import Holdout, find_cutoff, split_holdout
from recommender.evaluation.trusted_holdout import TrustedHoldout
from recommender.evaluation.validation import EvaluationSet, evaluation_set_of, leave_last_out
from recommender.text.content_features import configured_encoder, read_content_features
from recommender.text.reviews import REVIEW_COLUMNS, add_review_columns, embed_reviews, read_reviews
from sluice.config import Recommender
from sluice.errors import ModelError
from sluice.ports import Snapshot

ENOUGH_EVENTS = 100  # interactions before the cut
ENOUGH_USERS = 10  # users with a target since the cut


@dataclass(frozen=True, slots=True, eq=False)
class RecommenderDataset:
    """The interactions and items of open runs.

    Attributes:
        held: The interactions, parted at the cut.
        items: The catalog.
        material: What is learned from: nothing since the cut, and nothing of the trusted hold-out.
        sealed: True for the events of that hold-out; None where there is none yet.
    """

    held: Holdout
    items: pl.DataFrame
    material: TrainingData
    sealed: pl.Expr | None

    @classmethod
    def of(
        cls, snapshot: Snapshot, config: Recommender, runs: Sequence[str], trusted: TrustedHoldout | None, cache: Path | None, log_metric: MetricLogger
    ) -> Self:
        """Read it.

        Args:
            snapshot: What was published.
            config: Names datasets and columns.
            runs: The open runs; no other row of the events is read.
            trusted: The hold-out that nobody may learn from.
            cache: A folder that remembers what words say.
            log_metric: Receives the losses while models learn.

        Raises:
            ModelError: There is too little to learn from; says what is missing.
        """
        events, items = load_interactions(snapshot, config, runs), load_catalog(snapshot, config, runs)
        sealed = trusted.holds(pl.col("time")) if trusted else None
        cut = find_cutoff(events, config.holdout, _until(snapshot, config, runs))
        held = _enough(split_holdout(events, cut, sealed=sealed) if cut else None, lambda: describe_excluded_kinds(snapshot, config))
        allowed = pl.col("time") < held.cut if sealed is None else (pl.col("time") < held.cut) & ~sealed
        written = read_reviews(snapshot, config, runs, allowed)
        if written.height:
            items = add_review_columns(items, written, configured_encoder(config), cache)
        return cls(held, items, _material(held, items, written, config, cache, log_metric), sealed)

    def asked(self) -> EvaluationSet:
        """What judges: the questions of the hold-out."""
        return evaluation_set_of(self.held, self.material.vocabulary)

    def validation(self, config: Recommender) -> EvaluationSet:
        """What is chosen by: the newest days before the cut; where these ask too few users, everybody's last interaction before it."""
        newest = cast("datetime", self.held.train["time"].max())
        days = evaluation_set_of(split_holdout(self.held.train, newest - config.holdout), self.material.vocabulary)
        enough = days.asked >= ENOUGH_USERS and len(days.learned.items) >= ENOUGH_EVENTS
        return days if enough else leave_last_out(self.material.events)


def _material(held: Holdout, items: pl.DataFrame, written: pl.DataFrame, config: Recommender, cache: Path | None, log_metric: MetricLogger) -> TrainingData:
    """What models learn from: the interactions before the cut, and all that is known of the items."""
    vocabulary = _vocabulary(held.train, items)
    known = dict(read_content_features(items, config, vocabulary, cache))
    if written.height:
        known["reviews"] = embed_reviews(written, vocabulary, configured_encoder(config), cache)
    return TrainingData(
        build_sequences(held.train, vocabulary),
        vocabulary,
        hash_attributes(items, (*config.attributes, *REVIEW_COLUMNS), vocabulary),
        known,
        dimensions=config.dimensions,
        epochs=config.epochs,
        similarity=config.similarity,
        log_metric=log_metric,
    )


def _enough(held: Holdout | None, hint: Callable[[], str]) -> Holdout:
    events = held.train.filter(pl.col("weight") > 0).height if held else 0
    users = held.targets.height if held else 0
    if held is None or events < ENOUGH_EVENTS or users < ENOUGH_USERS:
        raise ModelError(
            f"the recommender has too little to learn from in the open runs: {events:,} interactions before the hold-out ({ENOUGH_EVENTS} are needed), "
            f"and {users:,} users who met a new item since ({ENOUGH_USERS} are needed){hint()}"
        )
    return held


def describe_excluded_kinds(snapshot: Snapshot, config: Recommender) -> str:
    """For whoever wonders where the interactions are: the kinds of events that no weight lets in."""
    rows = snapshot.published(config.events)
    if not config.kind or not config.weights or config.kind not in rows.collect_schema().names():
        return ""
    kinds = rows.select(pl.col(config.kind).cast(pl.String).unique()).collect().to_series().drop_nulls().sort()
    strange = [kind for kind in kinds if kind not in config.weights]
    return f"; `weights` in sluice.yaml leaves out events of kind {', '.join(strange[:8])}" if strange else ""


def _vocabulary(train: pl.DataFrame, items: pl.DataFrame) -> Vocabulary:
    known = pl.concat([train["item"], items["item"]]).unique().sort()
    return Vocabulary(tuple(known), tuple(train["kind"].drop_nulls().unique().sort()))


def _until(snapshot: Snapshot, config: Recommender, runs: Sequence[str]) -> datetime | None:
    """When the newest run was judged: an event from after that has a clock that runs ahead."""
    return max((run.at for run in snapshot.runs(config.events) if run.id in runs), default=None)
