"""How the heads are learned: the network and the trees side by side, and what is better on the newest impressions serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import numpy as np
import polars as pl

from recommender.conversion.impressions import Impressions, funnel_rows, impressions
from recommender.conversion.item_features import described
from recommender.conversion.item_statistics import Evidence, evidence
from recommender.conversion.metrics import measured
from recommender.conversion.model import SCORERS, Heads
from recommender.conversion.pair_features import BOUGHT, CLICKED, SHOWN
from recommender.conversion.platt_scaling import Calibration, calibrated, crosswise
from recommender.conversion.scorer import Examples, counted, joined
from recommender.conversion.training_examples import by_time
from recommender.data.interactions import load_interactions
from recommender.data.sequences import Floats, Ints, Vocabulary, build_sequences
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.text.reviews import OPINIONS
from sluice.config import Recommender
from sluice.config.recommender import Funnel
from sluice.ports import Snapshot

LARGEST = 300_000  # newest impressions that are read
JUDGED = 2  # blocks of impressions, the newest, on which the scorers are compared
ENOUGH = {"impressions": 500, "clicked": 50, "bought": 20}
ENOUGH_JUDGED = {"impressions": 100, "clicked": 10, "bought": 5}
DECIDES = "log_loss"


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The heads, where there was enough to learn from, and what their part of the card says."""

    heads: Heads | None
    card: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Which scorer serves, by its name; how its log-odds are to be read; and how all fared on what they had not learned from."""

    kind: str
    calibrations: tuple[Calibration, Calibration]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]


def fit_heads(
    snapshot: Snapshot,
    config: Recommender,
    runs: Sequence[str],
    vocabulary: Vocabulary,
    items: pl.DataFrame,
    cut: datetime,
    *,
    vectors: Floats | None = None,
    sealed: pl.Expr | None = None,
    seed: int = 0,
    log_metric: MetricLogger = discard_metric,
) -> Fitted:
    """Learn from the published impressions before the cut.

    The ranker's own score is no feature: it has learned from the same events, purchases among them, so its scores of
    them tell what came.

    Args:
        snapshot: What was published.
        config: Names datasets, columns, and the funnel.
        runs: Only rows that these runs published.
        vocabulary: The items and kinds of events.
        items: The catalog, with what buyers write of it where that is known.
        cut: Nothing is read of what came later.
        vectors: Of what is written of the items, shape (items, any width); None where nothing is.
        sealed: True of the events, by their column `time`, that nobody may learn from.
        seed: Of all that is drawn.
        log_metric: Receives the losses while models learn.
    """
    funnel = config.funnel
    if funnel is None:
        return Fitted(None, {"why_not": "no funnel is configured"})
    allowed = pl.col("time") < cut if sealed is None else (pl.col("time") < cut) & ~sealed
    events = load_interactions(snapshot, config, runs).filter(allowed & pl.col("ordered"))
    rows = funnel_rows(snapshot, config, funnel, runs).filter(allowed)
    seen = _newest(impressions(rows, funnel, vocabulary, events["user"].unique(maintain_order=True)))
    told, stages = described(items, (*funnel.features, *OPINIONS), vocabulary, vectors), stages_of(vocabulary, funnel)
    blocks = list(by_time(seen, told, build_sequences(events, vocabulary), stages, int((cut - funnel.within).timestamp())))
    return _fitted(blocks, evidence(seen, told), stages, seed, log_metric)


def _fitted(blocks: Sequence[Examples], known: Evidence, stages: Ints, seed: int, log_metric: MetricLogger) -> Fitted:
    learn, judge = (reduce(joined, some) if some else None for some in (blocks[:-JUDGED], blocks[-JUDGED:]))
    lacking = _lacking(learn, ENOUGH) or _lacking(judge, ENOUGH_JUDGED)
    if lacking or learn is None or judge is None:
        return Fitted(None, {"why_not": lacking})
    chosen = choose(learn, judge, seed=seed, log_metric=log_metric)
    scorer = SCORERS[chosen.kind].fit(joined(learn, judge), seed=seed)
    heads = Heads(chosen.kind, scorer, known, stages, chosen.calibrations)
    return Fitted(heads, {"kind": chosen.kind, "learned": counted(learn), "compared": counted(judge), "metrics": chosen.metrics})


def choose(learn: Examples, judge: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> Chosen:
    """Fit every scorer, calibrate and compare them on examples that they have not seen.

    What is better has the lower log loss of purchases; calibration is measured crosswise, each half on the other.

    Args:
        learn: To learn from.
        judge: To calibrate and compare on.
        seed: Of all that is drawn.
        log_metric: Receives the losses while models learn.
    """
    raw = {name: each.fit(learn, seed=seed, log_metric=log_metric).log_odds(judge.table.values) for name, each in SCORERS.items()}
    outcomes = {"clicked": judge.clicked, "bought": judge.bought}
    metrics = {
        name: {key: measured(crosswise(odds, came), came) for odds, (key, came) in zip(each, outcomes.items(), strict=True)} for name, each in raw.items()
    }
    kind = min(metrics, key=lambda name: metrics[name]["bought"][DECIDES])
    click, purchase = (calibrated(odds, came) for odds, came in zip(raw[kind], outcomes.values(), strict=True))
    return Chosen(kind, (click, purchase), metrics)


def stages_of(vocabulary: Vocabulary, funnel: Funnel) -> Ints:
    """Where each kind of event stands on the way to a purchase, by its number; -1 for one that is not on it."""
    stages = {funnel.shown: SHOWN, funnel.clicked: CLICKED, funnel.bought: BOUGHT}
    return np.array([-1, *(stages.get(kind, -1) for kind in vocabulary.kinds)], np.int64)


def _newest(seen: Impressions) -> Impressions:
    return seen.where(np.arange(len(seen)) >= len(seen) - LARGEST)


def _lacking(examples: Examples | None, enough: Mapping[str, int]) -> str:
    """What is missing, in words; nothing where there is enough."""
    held = counted(examples) if examples else dict.fromkeys(enough, 0)
    if all(held[name] >= needed for name, needed in enough.items()):
        return ""
    return "too little to learn from or to compare on: " + ", ".join(f"{held[name]:,} {name} ({needed} are needed)" for name, needed in enough.items())
