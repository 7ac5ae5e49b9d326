"""Fits models side by side, each told of those before it, so that nothing is counted twice."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from recommender.data.sequences import Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models import Model, model
from recommender.ranker import Ranker

TOLD = ("data", "seed", "since", "beside")  # arguments of a model's `fit` that are no settings of it
EVENT_INDEPENDENT = ("text",)  # models that learn nothing from events: fitted once, they are the same of all interactions
NOTHING: Mapping[str, Any] = MappingProxyType({})

Settings: TypeAlias = Mapping[str, Mapping[str, Any]]
Since: TypeAlias = Mapping[str, tuple[Vocabulary, Ranker]]
AnyModel = TypeVar("AnyModel", bound=Model)


def fit_models(settings: Settings, data: TrainingData, seed: int, *, since: Since = NOTHING, beside: Mapping[str, Ranker] = NOTHING) -> dict[str, Ranker]:
    """Each of some models.

    Args:
        settings: Of each model, by its name.
        data: What to learn from.
        seed: Of all that is drawn.
        since: What was learned before, by name, each with the items that it knows; models that can learn on from it do.
        beside: Models that are fitted already, of `fit_event_independent`; they are taken as they are.
    """
    fitted: dict[str, Ranker] = {}
    for name, chosen in settings.items():
        told: dict[str, object] = {"beside": {**beside, **fitted}} | ({"since": since[name]} if name in since else {})
        fitted[name] = beside[name] if name in beside else model(name).fit(data, seed=seed, **chosen, **_heard(name, told))
    return fitted


def fit_event_independent(settings: Settings, data: TrainingData, seed: int) -> dict[str, Ranker]:
    """Those of the models that learn nothing from events, for any other interactions with the same items; arguments as of `fit_models`."""
    return fit_models({name: each for name, each in settings.items() if name in EVENT_INDEPENDENT}, data, seed)


def get_or_fit(kind: type[AnyModel], beside: Mapping[str, Ranker], data: TrainingData) -> AnyModel:
    """The model of a kind that is among those fitted already, or else one that is fitted now."""
    return next((each for each in beside.values() if isinstance(each, kind)), None) or kind.fit(data)


def _heard(name: str, told: Mapping[str, object]) -> dict[str, Any]:
    """What of it the model listens to."""
    known = inspect.signature(model(name).fit).parameters
    return {argument: value for argument, value in told.items() if argument in known}
