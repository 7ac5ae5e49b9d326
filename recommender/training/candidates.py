"""Fit the candidate models, blend them, and select one on validation data."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Self, cast

import numpy as np

from recommender.artifact.serialization import TrainedRecommender
from recommender.data.sequences import Ints, Sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.evaluation.segments import assign_segments
from recommender.evaluation.validation import EvaluationSet
from recommender.models import MODELS, current_name, get_model
from recommender.models.blend import PARTS, Blend
from recommender.models.blend_weights import tune_blend_weights
from recommender.models.fitting import FIT_CONTEXT, NOTHING, InitModels, Settings, fit_event_independent, fit_models
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker, Scorer
from recommender.training.model_size import ModelForm, choose_form
from sluice.config import Recommender
from sluice.config.compact import Compact
from sluice.config.recommender import DEFAULT_MODELS
from sluice.domain import Message
from sluice.errors import ModelError
from sluice.messages import make_error

BLEND, FALLBACK = "blend", "popularity"
CONTENT_MODELS = {"content_knn", "content_propagation"}  # models that read texts
SELECTION_METRIC = "ndcg@20"
PLAIN, UNCOMPACTED = ModelForm(), Compact(form="none")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Hold the candidate models and their settings.

    Attributes:
        settings: Settings of each single model that is fitted, by its name; popularity always is, as it serves users without a history.
        blended: Parts of the blend; none where no blend competes.
        competing: Models that may serve: the named ones and popularity. A part of a blend does not compete, unless it is named.
    """

    settings: Settings
    blended: tuple[str, ...]
    competing: tuple[str, ...]

    @classmethod
    def of(cls, config: Recommender, *, has_texts: bool) -> Self:
        """Return the configured candidates, or the default ones.

        Args:
            config: Names the models.
            has_texts: Whether texts of items are known; without, the models that read them do not compete.

        Raises:
            ModelError: A model, or a setting of one, does not exist; the message lists those that do.
        """
        named = {step.name: dict(step.settings) for step in config.models} or {name: {} for name in DEFAULT_MODELS}
        for name, settings in named.items():
            _check_settings(name, settings)
        competing = tuple(dict.fromkeys([FALLBACK, *named]))
        parts = _blend_parts(named.pop(BLEND)) if BLEND in named else ()
        single = [name for name in dict.fromkeys([FALLBACK, *named, *parts]) if has_texts or name not in CONTENT_MODELS]
        return cls({name: named.get(name, {}) for name in single}, tuple(part for part in parts if part in single), competing)

    def fit_event_independent(self, data: TrainingData, seed: int) -> dict[str, Ranker]:
        """Fit the models that do not learn from interactions, and so need not be fitted again for others."""
        return fit_event_independent(self.settings, data, seed)

    def fit(self, data: TrainingData, seed: int, init_models: InitModels = NOTHING, fitted_models: Mapping[str, Ranker] = NOTHING) -> dict[str, Ranker]:
        """Fit each single model.

        Args:
            data: Data to learn from.
            seed: Seed of everything that is random.
            init_models: Earlier models by name, each with the items that it knows; models that support a warm start continue from them.
            fitted_models: Models of `fit_event_independent`, which are taken as they are.
        """
        return fit_models(self.settings, data, seed, init_models=init_models, fitted_models=fitted_models)

    def tune_weights(self, fitted: Mapping[str, Ranker], validation: EvaluationSet) -> Mapping[str, float]:
        """Return the weight of each part of the blend; none where there is no blend."""
        return tune_blend_weights({name: fitted[name] for name in self.blended}, validation) if self.blended else {}

    def evaluate(self, models: Mapping[str, Ranker], evaluation_set: EvaluationSet) -> dict[str, dict[str, float]]:
        """Return the metrics of the competing models."""
        return {name: evaluate_ranker(ranker, evaluation_set) for name, ranker in models.items() if name in self.competing}

    @staticmethod
    def with_blend(fitted: Mapping[str, Ranker], weights: Mapping[str, float]) -> dict[str, Ranker]:
        """Return the single models, and their blend where it has weights."""
        return {**fitted, BLEND: Blend({name: fitted[name] for name in weights}, weights)} if weights else dict(fitted)


@dataclass(frozen=True, slots=True)
class ModelSelection:
    """Hold the model that is to serve, and the validation results that it was selected by.

    Attributes:
        kind: Model with the highest NDCG@20; of equal ones the one that is named first.
        weights: Weights of the blend's parts; none where no blend competed.
        metrics: Metrics of each model on the validation set.
        users: Number of users of the validation set.
        protocol: Description of the validation set.
        form: Form in which it is stored.
    """

    kind: str
    weights: Mapping[str, float]
    metrics: Mapping[str, Mapping[str, float]]
    users: int
    protocol: Message
    form: ModelForm = PLAIN

    def to_card(self) -> dict[str, object]:
        """Return its entry on a card."""
        metrics = {name: dict(values) for name, values in self.metrics.items()}
        return {
            "kind": self.kind,
            "weights": dict(self.weights),
            "users": self.users,
            "protocol": self.protocol.to_json(),
            "metrics": metrics,
            "form": self.form.to_card(),
        }


def select_model(
    candidates: Candidates,
    data: TrainingData,
    validation: EvaluationSet,
    seed: int,
    fitted_models: Mapping[str, Ranker] = NOTHING,
    compact: Compact = UNCOMPACTED,
) -> ModelSelection:
    """Fit all candidates without the validation data, and select the best on it.

    Args:
        candidates: The competing models.
        data: Data to learn from; of its interactions only those of `validation.train` are used.
        validation: Validation set.
        seed: Seed of everything that is random.
        fitted_models: Models of `Candidates.fit_event_independent`, which are taken as they are.
        compact: The smaller form that is requested, and what it may lose.
    """
    fitted = candidates.fit(data.with_events(validation.train), seed, fitted_models=fitted_models)
    weights = candidates.tune_weights(fitted, validation)
    models = candidates.with_blend(fitted, weights)
    metrics = candidates.evaluate(models, validation)
    kind = max(metrics, key=lambda name: metrics[name][SELECTION_METRIC])
    early = TrainedRecommender(kind, data.vocabulary, models[kind], cast("Popularity", models[FALLBACK]))
    form = choose_form(early, compact, metrics[kind], lambda smaller: evaluate_ranker(smaller.ranker, validation))
    return ModelSelection(kind, weights, metrics, validation.size, validation.protocol, form)


def evaluate_ranker(ranker: Scorer, evaluation_set: EvaluationSet) -> dict[str, float]:
    """Return the metrics of a model on an evaluation set: overall, by segment and by popularity band."""
    counts = _item_counts(evaluation_set.train, ranker)
    target_counts = np.where(evaluation_set.targets >= 0, counts[evaluation_set.targets], 0)
    segments = assign_segments(evaluation_set.histories, evaluation_set.is_new_user, target_counts)
    return evaluate(ranker, evaluation_set.histories, evaluation_set.targets, segments, counts)


def _item_counts(events: Sequences, ranker: Scorer) -> Ints:
    return np.bincount(events.items, minlength=ranker.score(events.select_users(np.zeros(0, np.int64))).shape[1])


def _blend_parts(settings: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of the blend's parts.

    Raises:
        ModelError: They are no list of models.
    """
    parts = settings.get("parts", PARTS)
    single = [name for name in MODELS if name != BLEND]
    names = [current_name(str(part)) for part in parts] if isinstance(parts, Sequence) and not isinstance(parts, str) else []
    if not names or not set(names) <= set(single):
        raise make_error(ModelError, "blend_parts_unfit", parts=str(parts), models=tuple(single))
    return tuple(names)


def _check_settings(name: str, settings: Mapping[str, object]) -> None:
    """Refuse an unknown model, an unknown setting of one, or a value that is no number where one is needed.

    Raises:
        ModelError: It does not exist, or does not fit.
    """
    if name not in MODELS:
        raise make_error(ModelError, "no_such_candidate", name=name, models=tuple(MODELS))
    parameters = inspect.signature(get_model(name).fit).parameters
    accepted = [parameter for parameter in parameters if parameter not in FIT_CONTEXT]
    unknown = [setting for setting in settings if setting not in accepted]
    if unknown:
        available = Message.of("settings_of_model", settings=tuple(accepted)) if accepted else Message.of("model_without_settings")
        raise make_error(ModelError, "candidate_setting_unknown", name=name, settings=tuple(unknown), available=available)
    for setting, value in settings.items():
        default = parameters[setting].default
        if isinstance(default, int | float) and not _is_number(value, default):
            raise make_error(ModelError, "candidate_setting_unfit", name=name, setting=setting, value=str(value), default=default)


def _is_number(value: object, default: float) -> bool:
    """Return True for a number that is not negative, and whole where the default is."""
    kinds = int if isinstance(default, int) else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 <= value < inf
