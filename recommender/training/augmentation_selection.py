"""Decide on validation data which augmentation the towers learn with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from recommender.evaluation.certainty import exceeds
from recommender.evaluation.metrics import Reals, rank_items
from recommender.evaluation.validation import EvaluationSet
from recommender.models.fitting import NOTHING
from recommender.ranker import Ranker, Scorer
from recommender.training.candidates import Candidates
from recommender.training.dataset import RecommenderDataset
from sluice.config import Recommender

LEARNER = "two_tower"  # the model that learns from sequences
METRIC = "ndcg@20"


@dataclass(frozen=True, slots=True)
class AugmentationSelection:
    """Hold the kinds that are learned with, and why.

    Attributes:
        kinds: Kinds that made the next items easier to foretell by more than chance.
        card: Entry on the card: each kind with what it gave, and the metric without any.
    """

    kinds: tuple[str, ...] = ()
    card: Mapping[str, object] = field(default_factory=dict)


def select_augmentation(
    candidates: Candidates, dataset: RecommenderDataset, config: Recommender, seed: int, fitted_models: Mapping[str, Ranker] = NOTHING
) -> AugmentationSelection:
    """Fit the towers without any augmentation and with each kind, and keep those that gain on validation data by more than chance.

    Where several gain, the towers are fitted with all of these as well; where that is no better than the best of them, it stays alone.

    Args:
        candidates: The competing models.
        dataset: The data.
        config: Names the kinds that are tried.
        seed: Seed of everything that is random.
        fitted_models: Models that do not learn from interactions, which are taken as they are.
    """
    tried = config.augmentation
    if not tried or LEARNER not in candidates.settings:
        return AugmentationSelection()
    validation = dataset.validation_set(config)

    def measure(kinds: Sequence[str]) -> Reals:
        return _gains(_fit(candidates, dataset, validation, kinds, seed, fitted_models), validation)

    without = measure(())
    reached = {kind: measure((kind,)) for kind in tried}
    useful = [kind for kind in tried if exceeds(without, reached[kind])]
    best = max(useful, key=lambda kind: float(reached[kind].mean()), default=None)
    together = measure(useful) if len(useful) > 1 else None
    single = (best,) if best is not None else ()
    kept_kinds = tuple(useful) if together is not None and best is not None and together.mean() > reached[best].mean() else single
    kinds = [{"kind": kind, "gave": float((gains - without).mean()), "kept": kind in kept_kinds} for kind, gains in reached.items()]
    return AugmentationSelection(kept_kinds, {"kinds": kinds, "without": float(without.mean()), "users": len(without), "metric": METRIC})


def _fit(
    candidates: Candidates, dataset: RecommenderDataset, validation: EvaluationSet, kinds: Sequence[str], seed: int, fitted_models: Mapping[str, Ranker]
) -> Scorer:
    data = replace(dataset.training_data.with_events(validation.train), augmentation=tuple(kinds))
    names = [name for name in candidates.settings if name in ("cooccurrence", LEARNER)]
    return replace(candidates, settings={name: candidates.settings[name] for name in names}).fit(data, seed, fitted_models=fitted_models)[LEARNER]


def _gains(ranker: Scorer, validation: EvaluationSet) -> Reals:
    has_target = validation.targets >= 0
    return rank_items(ranker, validation.histories, validation.targets).gains[has_target]
