"""Fit several models on the same data; later models reuse earlier ones, so that nothing is counted twice."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from recommender.data.sequences import Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models import Model, get_model
from recommender.ranker import Ranker

FIT_CONTEXT = ("data", "seed", "init_model", "fitted_models")  # arguments of a model's `fit` that are no settings of it
EVENT_INDEPENDENT = ("content_knn",)  # models that do not learn from interactions: fitted once, they serve for any interactions
NOTHING: Mapping[str, Any] = MappingProxyType({})

Settings: TypeAlias = Mapping[str, Mapping[str, Any]]
InitModels: TypeAlias = Mapping[str, tuple[Vocabulary, Ranker]]
AnyModel = TypeVar("AnyModel", bound=Model)


def fit_models(
    settings: Settings, data: TrainingData, seed: int, *, init_models: InitModels = NOTHING, fitted_models: Mapping[str, Ranker] = NOTHING
) -> dict[str, Ranker]:
    """Fit models in the order of their settings.

    Args:
        settings: Settings of each model, by its name.
        data: Data to learn from.
        seed: Seed of everything that is random.
        init_models: Earlier models with the items that they know, by name; models that support a warm start continue from them.
        fitted_models: Models of `fit_event_independent`, which are taken as they are.

    Example:
        >>> from recommender.data.sequences import Sequences
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [1, 0]]), Vocabulary(("tea", "cup")))
        >>> list(fit_models({"popularity": {}, "item_knn": {"n_neighbors": 1}}, data, seed=0))
        ['popularity', 'item_knn']
    """
    fitted: dict[str, Ranker] = {}
    for name, chosen in settings.items():
        context: dict[str, object] = {"fitted_models": {**fitted_models, **fitted}} | ({"init_model": init_models[name]} if name in init_models else {})
        fitted[name] = fitted_models[name] if name in fitted_models else get_model(name).fit(data, seed=seed, **chosen, **_accepted(name, context))
    return fitted


def fit_event_independent(settings: Settings, data: TrainingData, seed: int) -> dict[str, Ranker]:
    """Fit those of the models that do not learn from interactions; arguments as of `fit_models`."""
    return fit_models({name: chosen for name, chosen in settings.items() if name in EVENT_INDEPENDENT}, data, seed)


def get_or_fit(model_class: type[AnyModel], fitted_models: Mapping[str, Ranker], data: TrainingData) -> AnyModel:
    """Return the fitted model of a class, or fit one."""
    return next((model for model in fitted_models.values() if isinstance(model, model_class)), None) or model_class.fit(data)


def _accepted(name: str, context: Mapping[str, object]) -> dict[str, Any]:
    """Return the arguments that the model's `fit` accepts."""
    parameters = inspect.signature(get_model(name).fit).parameters
    return {argument: value for argument, value in context.items() if argument in parameters}
