"""All that decides whether a challenger may serve, measured from its bytes and the champion's."""

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
from recommender.promotion.answer_checks import answers, latency
from recommender.promotion.paired_bootstrap import change
from sluice.domain import Artifact, Comparison, MetricDifference
from sluice.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A hold-out in a model's own numbers."""

    histories: Sequences
    targets: Ints

    @classmethod
    def of(cls, held: Holdout, learned: TrainedRecommender) -> Self:
        targets = learned.vocabulary.encode(held.targets["item"]).fill_null(-1).to_numpy().astype(np.int64)
        return cls(build_sequences(held.histories, learned.vocabulary), targets)

    def rank(self, learned: TrainedRecommender) -> Ranking:
        return rank_items(learned.ranker, self.histories, self.targets)


def compare(champion: Artifact | None, challenger: Artifact, trusted: Holdout, fresh: Holdout, clock: Callable[[], float]) -> Comparison:
    """Measure both models on the same users.

    An item that a model does not know is a miss.

    Args:
        champion: What serves; None where nothing does. One that this program cannot read serves nobody either.
        challenger: What wants its place; its card tells the digest of its answers before it was saved.
        trusted: The hold-out that decides.
        fresh: The newest one.
        clock: Tells seconds, for the latency.

    Raises:
        ModelError: The challenger's bytes are damaged.
    """
    new = deserialize(challenger.tensors)
    asked = _Asked.of(fresh, new)
    fit = (latency(new.ranker, asked.histories, clock), len(challenger.tensors), answers(new.ranker, asked.histories) == challenger.card.get("answers"))
    old = _serving(champion)
    if old is None:
        return Comparison(None, None, {}, None, *fit)
    before, after = (_Asked.of(trusted, each).rank(each) for each in (old, new))
    parts = {name: change(before.hits[mask], after.hits[mask]) for name, mask in _parts(trusted).items() if mask.any()}
    newest = change(_Asked.of(fresh, old).rank(old).gains, asked.rank(new).gains)
    reached = change(before.gains, after.gains)
    best = reached.champion if trusted is fresh else _best(champion, challenger, reached.champion)
    return Comparison(reached, newest, parts, _coverage(before, after), *fit, best=best)


def _best(champion: Artifact | None, challenger: Artifact, reached: float) -> float:
    """The best that any champion reached on this hold-out, so that many small losses do not add up unseen."""
    if champion is None or champion.card.get("trusted") != challenger.card.get("trusted"):
        return reached
    told = champion.card.get("comparison")
    earlier = told.get("best") if isinstance(told, Mapping) else None
    return max(reached, earlier) if isinstance(earlier, float) else reached


def _serving(champion: Artifact | None) -> TrainedRecommender | None:
    try:
        return deserialize(champion.tensors) if champion else None
    except ModelError:
        return None


def _coverage(before: Ranking, after: Ranking) -> MetricDifference:
    old, new = (float((ranking.shown > 0).mean()) for ranking in (before, after))
    return MetricDifference(len(before.ranks), old, new, new / old - 1 if old else None)


def _parts(held: Holdout) -> Mapping[str, Bools]:
    """The segments of a hold-out's users, by what was known of them before it."""
    counts = held.train.filter(pl.col("weight") > 0).group_by("item").agg(times=pl.len())  # others' interactions stand beside a user's own with weight 0
    met = held.targets.join(counts, on="item", how="left", maintain_order="left")["times"].fill_null(0).to_numpy().astype(np.int64)
    told = build_sequences(held.histories, Vocabulary(tuple(held.histories["item"].unique().sort())))
    return assign_segments(told, held.targets["new_user"].to_numpy(), met)
