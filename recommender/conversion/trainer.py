"""Train the conversion model: network and trees are compared on the newest impressions, and the better one serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce

import numpy as np
import polars as pl

from recommender.conversion.impressions import Impressions, attribute_outcomes, read_funnel_events
from recommender.conversion.item_features import encode_items
from recommender.conversion.item_statistics import ItemStatistics, compute_item_statistics
from recommender.conversion.model import SCORERS, ConversionModel
from recommender.conversion.pair_features import CLICK, IMPRESSION, PURCHASE
from recommender.conversion.scorer import Examples, concat_examples, count_outcomes
from recommender.conversion.scorer_selection import select_scorer
from recommender.conversion.side_selection import keep_columns, select_side
from recommender.conversion.side_statistics import SideStatistics
from recommender.conversion.training_examples import examples_by_time
from recommender.data.interactions import load_interactions
from recommender.data.sequences import Floats, Ints, Vocabulary, build_sequences
from recommender.data.side_columns import side_columns
from recommender.data.side_features import SideFeatures
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.text.reviews import REVIEW_COLUMNS
from sluice.config import Recommender as Settings
from sluice.config.recommender import Funnel
from sluice.ports import Snapshot

MAX_IMPRESSIONS = 300_000  # the newest
OLDER = 0.75  # share of the impressions, the oldest, from which values of side columns are learned
VALIDATION_BLOCKS = 2  # the newest blocks of impressions, on which scorers are compared
MIN_TRAINING = {"impressions": 500, "clicks": 50, "purchases": 20}
MIN_VALIDATION = {"impressions": 100, "clicks": 10, "purchases": 5}


@dataclass(frozen=True, slots=True, eq=False)
class TrainedConversion:
    """Hold the model, None where there was too little data, and its part of the card."""

    model: ConversionModel | None
    card: Mapping[str, object]


def train_conversion(
    snapshot: Snapshot,
    settings: Settings,
    runs: Sequence[str],
    vocabulary: Vocabulary,
    items: pl.DataFrame,
    cut: datetime,
    *,
    text_embeddings: Floats | None = None,
    sealed: pl.Expr | None = None,
    seed: int = 0,
    log_metric: MetricLogger = discard_metric,
) -> TrainedConversion:
    """Train on the published impressions before the cut.

    The ranker's score is no feature: it was trained on the same events, purchases among them, so its scores would leak the outcome.

    Args:
        snapshot: The published data.
        settings: Names datasets, columns, and the funnel.
        runs: Read only rows that these runs published.
        vocabulary: The items and kinds of events.
        items: The catalog, with review statistics where there are reviews.
        cut: Ignore later events.
        text_embeddings: Of the items' texts, shape (items, any width); None where there are none.
        sealed: True of the events, by their column `time`, that must not be learned from.
        seed: Of all random draws.
        log_metric: Receives the losses.
    """
    funnel = settings.funnel
    if funnel is None:
        return TrainedConversion(None, {"why_not": "no funnel is configured"})
    allowed = pl.col("time") < cut if sealed is None else (pl.col("time") < cut) & ~sealed
    events = load_interactions(snapshot, settings, runs).filter(allowed & pl.col("ordered"))
    funnel_events = read_funnel_events(snapshot, settings, funnel, runs).filter(allowed)
    side = _side_features(funnel_events, funnel)
    impressions = _newest(attribute_outcomes(funnel_events, funnel, vocabulary, events["user"].unique(maintain_order=True), side))
    features = encode_items(items, (*funnel.features, *REVIEW_COLUMNS), vocabulary, text_embeddings)
    stages, closed = event_stages(vocabulary, funnel), int((cut - funnel.attribution_window).timestamp())
    blocks = list(examples_by_time(impressions, features, build_sequences(events, vocabulary), stages, closed, side))
    statistics = compute_item_statistics(impressions, features)

    def around(columns: Sequence[str]) -> SideStatistics | None:
        return SideStatistics.compute(impressions, side.keep(columns), features.count, statistics.base_rates) if side and columns else None

    return _train(blocks, statistics, stages, side, around, seed, log_metric)


def _side_features(funnel_events: pl.DataFrame, funnel: Funnel) -> SideFeatures | None:
    """Learn which values of side columns count, from the older impressions; None where there are no such columns."""
    impressions = funnel_events.filter(pl.col("kind") == funnel.impression)
    return SideFeatures.fit(impressions.head(int(OLDER * impressions.height))) if side_columns(funnel_events) else None


def _train(
    blocks: Sequence[Examples],
    statistics: ItemStatistics,
    stages: Ints,
    side: SideFeatures | None,
    around: Callable[[Sequence[str]], SideStatistics | None],
    seed: int,
    log_metric: MetricLogger,
) -> TrainedConversion:
    training, validation = (reduce(concat_examples, part) if part else None for part in (blocks[:-VALIDATION_BLOCKS], blocks[-VALIDATION_BLOCKS:]))
    shortage = _describe_shortage(training, MIN_TRAINING) or _describe_shortage(validation, MIN_VALIDATION)
    if shortage or training is None or validation is None:
        return TrainedConversion(None, {"why_not": shortage})
    chosen = select_side(training, validation, side, partial(select_scorer, seed=seed, log_metric=log_metric), seed)
    selection, examples = chosen.scorer, keep_columns(concat_examples(training, validation), side, chosen.columns)
    scorer = SCORERS[selection.kind].fit(examples, seed=seed)
    model = ConversionModel(selection.kind, scorer, statistics, stages, selection.calibrations, around(chosen.columns))
    counts = {"learned": count_outcomes(training), "compared": count_outcomes(validation)}
    about = {"side": chosen.card} if chosen.card else {}
    return TrainedConversion(model, {"kind": selection.kind, **counts, "metrics": selection.metrics, **about})


def event_stages(vocabulary: Vocabulary, funnel: Funnel) -> Ints:
    """Return the funnel stage of each kind of event, by its number; -1 for kinds outside of the funnel."""
    stages = {funnel.impression: IMPRESSION, funnel.click: CLICK, funnel.purchase: PURCHASE}
    return np.array([-1, *(stages.get(kind, -1) for kind in vocabulary.kinds)], np.int64)


def _newest(impressions: Impressions) -> Impressions:
    return impressions.where(np.arange(len(impressions)) >= len(impressions) - MAX_IMPRESSIONS)


def _describe_shortage(examples: Examples | None, minimum: Mapping[str, int]) -> str:
    """Say what is missing; empty where there is enough."""
    counts = count_outcomes(examples) if examples else dict.fromkeys(minimum, 0)
    if all(counts[name] >= required for name, required in minimum.items()):
        return ""
    return "too little to learn from or to compare on: " + ", ".join(f"{counts[name]:,} {name} ({minimum[name]} are needed)" for name in minimum)
