"""Decide on validation data whether the user tower reads attributes of users and context, and which of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recommender.data.side_columns import side_columns
from recommender.data.side_features import SideFeatures
from recommender.evaluation.certainty import exceeds
from recommender.evaluation.metrics import Reals, rank_items
from recommender.evaluation.validation import EvaluationSet
from recommender.models.fitting import NOTHING
from recommender.ranker import Ranker, Scorer
from recommender.training.candidates import Candidates
from recommender.training.dataset import RecommenderDataset
from sluice.config import Recommender

READER = "two_tower"  # the model that reads them
METRIC = "ndcg@20"


@dataclass(frozen=True, slots=True)
class SideSelection:
    """Hold what is read, and why.

    Attributes:
        side: Numbers the columns that are read; None where none are.
        fitted: Models that were fitted without the validation data and without these columns, where none are read.
        card: Entry on the card: each column with what it gave, and both models' metric.
    """

    side: SideFeatures | None = None
    fitted: Mapping[str, Ranker] = field(default_factory=dict)
    card: Mapping[str, object] = field(default_factory=dict)


def select_side(
    candidates: Candidates, dataset: RecommenderDataset, config: Recommender, seed: int, fitted_models: Mapping[str, Ranker] = NOTHING
) -> SideSelection:
    """Fit the user tower with and without attributes and context, and keep the columns that make the next items easier to foretell.

    A column gives what is lost where it alone is hidden from the tower that reads all. Those that give nothing are left out; the others are kept
    where the tower that reads them exceeds the one that reads none by more than chance.

    Args:
        candidates: The competing models.
        dataset: Without attributes and context.
        config: Names the columns, and the length of the validation.
        seed: Seed of everything that is random.
        fitted_models: Models that do not learn from interactions, which are taken as they are.
    """
    names = side_columns(dataset.holdout.train)
    if not names or READER not in candidates.settings:
        return SideSelection(card=_card(names, {}, dict.fromkeys(names, "side_column_unread")))
    learned = SideFeatures.fit(dataset.early_split(config).train)
    if not learned.columns:
        return SideSelection(card=_card(names, {}, learned.left_out))
    plain, every = (_fit(candidates, data, config, seed, fitted_models) for data in (dataset, dataset.with_side(learned)))
    without, complete = (_gains(models[READER], data.validation_set(config)) for models, data in ((plain, dataset), (every, dataset.with_side(learned))))
    validation = dataset.with_side(learned).validation_set(config)
    column_gains = {name: float((complete - _gains(every[READER], hide(validation, learned, [name]))).mean()) for name in learned.columns}
    useful = [name for name, gain in column_gains.items() if gain > 0]
    chosen = _gains(every[READER], hide(validation, learned, [name for name in learned.columns if name not in useful]))
    gained = bool(useful) and exceeds(without, chosen)
    reasons = {**learned.left_out, **{name: "side_column_gave_nothing" for name in learned.columns if not gained or name not in useful}}
    card = _card(names, column_gains, reasons) | {"without": float(without.mean()), "with": float(chosen.mean()), "users": len(without), "metric": METRIC}
    return SideSelection(SideFeatures.fit(dataset.holdout.train).keep(useful) if gained else None, {} if gained else plain, card)


def hide(evaluation: EvaluationSet, side: SideFeatures, columns: Sequence[str]) -> EvaluationSet:
    """Return an evaluation set whose requests lack some columns."""
    request = evaluation.histories.request
    if request is None or not columns:
        return evaluation
    hidden = np.isin(np.array(side.columns), list(columns))
    return replace(evaluation, histories=evaluation.histories.with_request(np.where(hidden, np.int16(0), request)))


def _fit(candidates: Candidates, dataset: RecommenderDataset, config: Recommender, seed: int, fitted_models: Mapping[str, Ranker]) -> Mapping[str, Ranker]:
    """Fit the user tower without the validation data, and what it starts from."""
    data = dataset.training_data.with_events(dataset.validation_set(config).train)
    names = [name for name in candidates.settings if name in ("cooccurrence", READER)]
    return replace(candidates, settings={name: candidates.settings[name] for name in names}).fit(data, seed, fitted_models=fitted_models)


def _gains(ranker: Scorer, validation: EvaluationSet) -> Reals:
    has_target = validation.targets >= 0
    return rank_items(ranker, validation.histories, validation.targets).gains[has_target]


def _card(names: Sequence[str], column_gains: Mapping[str, float], reasons: Mapping[str, str]) -> dict[str, object]:
    columns = [{"column": name, "kept": name not in reasons, "gave": column_gains.get(name), "reason": reasons.get(name)} for name in names]
    return {"columns": columns} if columns else {}
