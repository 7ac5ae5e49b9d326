"""Read the data of a training from the published rows, split into training data, validation set and test set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self, cast

import polars as pl

from recommender.data.attributes import hash_attributes
from recommender.data.interactions import load_catalog, load_interactions
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.side_features import SideFeatures
from recommender.data.training_data import MetricLogger, TrainingData, discard_metric
from recommender.evaluation.holdout import Holdout, find_cutoff, split_holdout
from recommender.evaluation.trusted_holdout import TrustedHoldout
from recommender.evaluation.validation import EvaluationSet, evaluation_set_of, leave_last_out
from recommender.text import Encoder
from recommender.text.content_features import configured_encoder, read_content_features
from recommender.text.reviews import REVIEW_COLUMNS, add_review_columns, embed_reviews, read_reviews
from sluice.config import Recommender
from sluice.errors import ModelError
from sluice.messages import make_error
from sluice.ports import Progress, Snapshot, no_progress

MIN_EVENTS = 100  # interactions before the cutoff
MIN_USERS = 10  # users with a target since the cutoff


@dataclass(frozen=True, slots=True)
class Resources:
    """Hold what a training uses beside its data.

    Attributes:
        cache: Folder that caches text embeddings; None: no cache.
        log_metric: Receives the losses while models learn.
        progress: Called with the number of texts that are embedded.
    """

    cache: Path | None = None
    log_metric: MetricLogger = discard_metric
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True, eq=False)
class RecommenderDataset:
    """Hold the interactions and items of open runs.

    Attributes:
        holdout: Interactions, split at the cutoff.
        catalog: The items.
        training_data: Data to learn from: nothing since the cutoff, and nothing of the trusted hold-out.
        excluded: True for the events of the trusted hold-out; None where there is none yet.
        side: Numbers the attributes of users and the context; None where none are read.
    """

    holdout: Holdout
    catalog: pl.DataFrame
    training_data: TrainingData
    excluded: pl.Expr | None
    side: SideFeatures | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, config: Recommender, runs: Sequence[str], trusted: TrustedHoldout | None, resources: Resources) -> Self:
        """Read the data.

        Args:
            snapshot: Snapshot to read.
            config: Names of datasets and columns.
            runs: The open runs; no other row of the events is read.
            trusted: Hold-out that must not be learned from.
            resources: Cache of text embeddings, and receivers of losses and progress.

        Raises:
            ModelError: There is too little to learn from; the message says what is missing.
        """
        events, catalog = load_interactions(snapshot, config, runs, side=True), load_catalog(snapshot, config, runs)
        excluded = trusted.contains(pl.col("time")) if trusted else None
        cutoff = find_cutoff(events, config.holdout, _latest_run(snapshot, config, runs))
        split = split_holdout(events, cutoff, excluded=excluded) if cutoff else None
        holdout = _require_enough(split, lambda: describe_excluded_kinds(snapshot, config))
        allowed = pl.col("time") < holdout.cutoff if excluded is None else (pl.col("time") < holdout.cutoff) & ~excluded
        written = read_reviews(snapshot, config, runs, allowed)
        if written.height:
            catalog = add_review_columns(catalog, written, _review_encoder(config, resources), resources.cache)
        return cls(holdout, catalog, _training_data(holdout, catalog, written, config, resources), excluded)

    def with_side(self, side: SideFeatures | None) -> Self:
        """Return the same data, with the attributes of users and the context read, or not read."""
        events = build_sequences(self.holdout.train, self.training_data.vocabulary, side.encode(self.holdout.train)) if side else self._without_side()
        return replace(self, training_data=replace(self.training_data, events=events), side=side)

    def with_augmentation(self, kinds: tuple[str, ...]) -> Self:
        """Return the same data, with some kinds of augmentation of the sequences."""
        return replace(self, training_data=replace(self.training_data, augmentation=kinds))

    def _without_side(self) -> Sequences:
        return replace(self.training_data.events, side=None)

    def test_set(self) -> EvaluationSet:
        """Return the hold-out, encoded."""
        return evaluation_set_of(self.holdout, self.training_data.vocabulary, self.side)

    def early_split(self, config: Recommender) -> Holdout:
        """Return the interactions before the cutoff, split at the beginning of the newest days before it."""
        newest = cast("datetime", self.holdout.train["time"].max())
        return split_holdout(self.holdout.train, newest - config.holdout)

    def validation_set(self, config: Recommender) -> EvaluationSet:
        """Return the newest days before the cutoff; where these have too few users, everybody's last interaction before it."""
        days = evaluation_set_of(self.early_split(config), self.training_data.vocabulary, self.side)
        enough = days.size >= MIN_USERS and len(days.train.items) >= MIN_EVENTS
        return days if enough else leave_last_out(self.training_data.events)


def _training_data(holdout: Holdout, catalog: pl.DataFrame, written: pl.DataFrame, config: Recommender, resources: Resources) -> TrainingData:
    """Combine the interactions before the cutoff with the features of the items."""
    vocabulary = _vocabulary(holdout.train, catalog)
    content = dict(read_content_features(catalog, config, vocabulary, resources.cache, resources.progress))
    if written.height:
        content["reviews"] = embed_reviews(written, vocabulary, _review_encoder(config, resources), resources.cache)
    return TrainingData(
        build_sequences(holdout.train, vocabulary),
        vocabulary,
        hash_attributes(catalog, (*config.attributes, *REVIEW_COLUMNS), vocabulary),
        content,
        dimensions=config.dimensions,
        epochs=config.epochs,
        similarity=config.similarity,
        log_metric=resources.log_metric,
    )


def _review_encoder(config: Recommender, resources: Resources) -> Encoder:
    """Load the language model for reviews: their sentiment is a difference of similar vectors, which int8 products change too much."""
    return configured_encoder(config, resources.progress, "float32")


def _require_enough(holdout: Holdout | None, hint: Callable[[], str]) -> Holdout:
    events = holdout.train.filter(pl.col("weight") > 0).height if holdout else 0
    users = holdout.targets.height if holdout else 0
    if holdout is None or events < MIN_EVENTS or users < MIN_USERS:
        raise make_error(ModelError, "too_little_to_learn", events=events, min_events=MIN_EVENTS, users=users, min_users=MIN_USERS, hint=hint())
    return holdout


def describe_excluded_kinds(snapshot: Snapshot, config: Recommender) -> str:
    """Return a hint that names the kinds of events without a weight; empty where there are none."""
    rows = snapshot.published(config.events)
    if not config.kind or not config.weights or config.kind not in rows.collect_schema().names():
        return ""
    kinds = rows.select(pl.col(config.kind).cast(pl.String).unique()).collect().to_series().drop_nulls().sort()
    unweighted = [kind for kind in kinds if kind not in config.weights]
    return f"; `weights` in sluice.yaml leaves out events of kind {', '.join(unweighted[:8])}" if unweighted else ""


def _vocabulary(train: pl.DataFrame, catalog: pl.DataFrame) -> Vocabulary:
    items = pl.concat([train["item"], catalog["item"]]).unique().sort()
    return Vocabulary(tuple(items), tuple(train["kind"].drop_nulls().unique().sort()))


def _latest_run(snapshot: Snapshot, config: Recommender, runs: Sequence[str]) -> datetime | None:
    """Return when the newest run was judged: the clock of a later event runs ahead."""
    return max((run.at for run in snapshot.runs(config.events) if run.id in runs), default=None)
