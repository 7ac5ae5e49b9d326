"""The models that compete: fitted side by side, blended, and compared on what was held back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from recommender.data.sequences import Sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.evaluation.segments import assign_segments
from recommender.evaluation.validation import EvaluationSet
from recommender.models import MODELS, model
from recommender.models.blend import PARTS, Blend
from recommender.models.blend_weights import tune_blend_weights
from recommender.models.fitting import NOTHING, TOLD, Settings, Since, fit_event_independent, fit_models
from recommender.ranker import Ranker
from sluice.config import Recommender
from sluice.config.recommender import DEFAULT_MODELS
from sluice.errors import ModelError

BLEND, FLOOR, TEXT = "blend", "popularity", "text"
WORDED = {TEXT, "propagation"}  # models that read words
DECIDES = "ndcg@20"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which models, and how each is to be fitted.

    Attributes:
        settings: Of each single model that is fitted, by its name; popularity always is, since it answers whom nothing is known of.
        blended: The parts of the blend; none where no blend competes.
        competing: What may serve: the named ones and popularity. A part of a blend does not, unless it is named.
    """

    settings: Settings
    blended: tuple[str, ...]
    competing: tuple[str, ...]

    @classmethod
    def of(cls, config: Recommender, *, worded: bool) -> Self:
        """Those that are configured, or the usual ones.

        Args:
            config: Names them.
            worded: Whether words of items are known; without, the models that read them do not compete.

        Raises:
            ModelError: A model, or a setting of one, does not exist; the text tells which there are.
        """
        named = {step.name: dict(step.settings) for step in config.models} or {name: {} for name in DEFAULT_MODELS}
        for name, settings in named.items():
            _check(name, settings)
        competing = tuple(dict.fromkeys([FLOOR, *named]))
        parts = _parts(named.pop(BLEND)) if BLEND in named else ()
        wanted = [name for name in dict.fromkeys([FLOOR, *named, *parts]) if worded or name not in WORDED]
        return cls({name: named.get(name, {}) for name in wanted}, tuple(part for part in parts if part in wanted), competing)

    def fit_event_independent(self, material: TrainingData, seed: int) -> dict[str, Ranker]:
        """Those that learn nothing from events, and so need not be fitted again for others."""
        return fit_event_independent(self.settings, material, seed)

    def fit(self, material: TrainingData, seed: int, since: Since = NOTHING, beside: Mapping[str, Ranker] = NOTHING) -> dict[str, Ranker]:
        """Each single model.

        Args:
            material: What to learn from.
            seed: Of all that is drawn.
            since: What was learned before, by name, each with the items that it knows; models that can learn on from it do.
            beside: Of `fit_event_independent`; they are taken as they are.
        """
        return fit_models(self.settings, material, seed, since=since, beside=beside)

    def weigh(self, fitted: Mapping[str, Ranker], held: EvaluationSet) -> Mapping[str, float]:
        """How much each part of the blend counts; nothing where there is no blend."""
        return tune_blend_weights({name: fitted[name] for name in self.blended}, held) if self.blended else {}

    def measured(self, models: Mapping[str, Ranker], held: EvaluationSet) -> dict[str, dict[str, float]]:
        """The metrics of what competes."""
        return {name: evaluate_ranker(ranker, held) for name, ranker in models.items() if name in self.competing}

    @staticmethod
    def joined(fitted: Mapping[str, Ranker], weights: Mapping[str, float]) -> dict[str, Ranker]:
        """The single models, and their blend behind them where it has weights."""
        return {**fitted, BLEND: Blend({name: fitted[name] for name in weights}, weights)} if weights else dict(fitted)


@dataclass(frozen=True, slots=True)
class ModelSelection:
    """What is to serve, and by what that was chosen.

    Attributes:
        kind: The model with the highest NDCG@20; of equal ones the one that is named first.
        weights: Of the blend's parts; none where no blend competed.
        metrics: Of each model on what was held back.
        asked: How many users that were.
        protocol: What they were asked, in words.
    """

    kind: str
    weights: Mapping[str, float]
    metrics: Mapping[str, Mapping[str, float]]
    asked: int
    protocol: str

    def card(self) -> dict[str, object]:
        """As a card holds it."""
        metrics = {name: dict(each) for name, each in self.metrics.items()}
        return {"kind": self.kind, "weights": dict(self.weights), "users": self.asked, "protocol": self.protocol, "metrics": metrics}


def select_model(candidates: Candidates, material: TrainingData, held: EvaluationSet, seed: int, beside: Mapping[str, Ranker] = NOTHING) -> ModelSelection:
    """Fit all candidates without what was held back, and ask for it.

    Args:
        candidates: What competes.
        material: What there is to learn from; of its events only those that `held` leaves to learn from are read.
        held: The questions.
        seed: Of all that is drawn.
        beside: Of `Candidates.fit_event_independent`; they are taken as they are.
    """
    fitted = candidates.fit(material.with_events(held.learned), seed, beside=beside)
    weights = candidates.weigh(fitted, held)
    metrics = candidates.measured(candidates.joined(fitted, weights), held)
    return ModelSelection(max(metrics, key=lambda name: metrics[name][DECIDES]), weights, metrics, held.asked, held.protocol)


def evaluate_ranker(ranker: Ranker, held: EvaluationSet) -> dict[str, float]:
    """The metrics of a model on what was held back, whole, by segment and by band of popularity."""
    counts = _counts(held.learned, ranker)
    met = np.where(held.targets >= 0, counts[held.targets], 0)
    return evaluate(ranker, held.histories, held.targets, assign_segments(held.histories, held.new, met), counts)


def _counts(events: Sequences, ranker: Ranker) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.bincount(events.items, minlength=ranker.score(events.select_users(np.zeros(0, np.int64))).shape[1])


def _parts(settings: Mapping[str, Any]) -> Sequence[str]:
    """What the blend is made of."""
    parts = settings.get("parts", PARTS)
    singles = [name for name in MODELS if name != BLEND]
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not set(parts) <= set(singles) or not parts:
        raise ModelError(f"`recommender.models` makes the blend of {parts}: name a list of {', '.join(singles)}")
    return tuple(parts)


def _check(name: str, settings: Mapping[str, object]) -> None:
    if name not in MODELS:
        raise ModelError(f"`recommender.models` names {name}, which is no model; there are {', '.join(MODELS)}")
    known = [each for each in inspect.signature(model(name).fit).parameters if each not in TOLD]
    strange = [each for each in settings if each not in known]
    if strange:
        there = f"it has {', '.join(known)}" if known else "it has none"
        raise ModelError(f"`recommender.models` gives {name} a setting {', '.join(strange)}, which it does not have; {there}")
