"""Measure everything that decides whether a challenger may serve, from its bytes and the champion's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from recommender.artifact.serialization import TrainedRecommender, deserialize
from recommender.data.sequences import Bools, Ints, Sequences, Vocabulary, build_sequences
from recommender.evaluation.holdout import Holdout
from recommender.evaluation.metrics import Ranking, rank_items
from recommender.evaluation.segments import assign_segments
from recommender.evaluation.validation import encode_histories
from recommender.promotion.answer_checks import digest_answers, measure_latency
from recommender.promotion.paired_bootstrap import paired_difference
from sluice.domain import Artifact, Comparison, MetricDifference
from sluice.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class _EncodedHoldout:
    """Hold a hold-out in a model's item numbers."""

    histories: Sequences
    targets: Ints

    @classmethod
    def encode(cls, holdout: Holdout, trained: TrainedRecommender) -> Self:
        targets = trained.vocabulary.encode(holdout.targets["item"]).fill_null(-1).to_numpy().astype(np.int64)
        return cls(encode_histories(holdout, trained.vocabulary, trained.side), targets)

    def rank(self, trained: TrainedRecommender) -> Ranking:
        return rank_items(trained.ranker, self.histories, self.targets)


def compare(champion: Artifact | None, challenger: Artifact, trusted: Holdout, fresh: Holdout, clock: Callable[[], float]) -> Comparison:
    """Measure both models on the same users. Items that a model does not know are misses.

    Args:
        champion: The serving model; None where nothing serves. One that this version cannot read counts as None.
        challenger: The new model; its card holds the digest of its answers before it was saved.
        trusted: The hold-out that decides.
        fresh: The newest one.
        clock: Returns seconds, for the latency.

    Raises:
        ModelError: The challenger's bytes are damaged.
    """
    new = deserialize(challenger.tensors)
    encoded = _EncodedHoldout.encode(fresh, new)
    latency, same = measure_latency(new.ranker, encoded.histories, clock), digest_answers(new.ranker, encoded.histories) == challenger.card.get("answers")
    old = _load_champion(champion)
    if old is None:
        return Comparison(None, None, {}, None, latency, len(challenger.tensors), same)
    before, after = (_EncodedHoldout.encode(trusted, model).rank(model) for model in (old, new))
    segments = {name: paired_difference(before.hits[mask], after.hits[mask]) for name, mask in _segment_masks(trusted).items() if mask.any()}
    on_fresh = paired_difference(_EncodedHoldout.encode(fresh, old).rank(old).gains, encoded.rank(new).gains)
    on_trusted = paired_difference(before.gains, after.gains)
    best = on_trusted.champion if trusted is fresh else _best_so_far(champion, challenger, on_trusted.champion)
    return Comparison(on_trusted, on_fresh, segments, _coverage(before, after), latency, len(challenger.tensors), same, best=best)


def _best_so_far(champion: Artifact | None, challenger: Artifact, current: float) -> float:
    """Return the best metric of any champion on this hold-out, so that many small losses do not add up unnoticed."""
    if champion is None or champion.card.get("trusted") != challenger.card.get("trusted"):
        return current
    comparison = champion.card.get("comparison")
    earlier = comparison.get("best") if isinstance(comparison, Mapping) else None
    return max(current, earlier) if isinstance(earlier, float) else current


def _load_champion(champion: Artifact | None) -> TrainedRecommender | None:
    try:
        return deserialize(champion.tensors) if champion else None
    except ModelError:
        return None


def _coverage(before: Ranking, after: Ranking) -> MetricDifference:
    """Compare the shares of items that are recommended to any user."""
    old, new = (float((ranking.exposure > 0).mean()) for ranking in (before, after))
    return MetricDifference(len(before.ranks), old, new, new / old - 1 if old else None)


def _segment_masks(holdout: Holdout) -> Mapping[str, Bools]:
    """Assign the users of a hold-out to segments, by their events before it."""
    counts = holdout.train.filter(pl.col("weight") > 0).group_by("item").agg(times=pl.len())  # events of related users have weight 0
    target_counts = holdout.targets.join(counts, on="item", how="left", maintain_order="left")["times"].fill_null(0).to_numpy().astype(np.int64)
    histories = build_sequences(holdout.histories, Vocabulary(tuple(holdout.histories["item"].unique().sort())))
    return assign_segments(histories, holdout.targets["new_user"].to_numpy(), target_counts)
