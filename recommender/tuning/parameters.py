"""Declare which settings are tuned, and between which values."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recommender.models import get_model
from sluice.config import Recommender
from sluice.config.model import Step
from sluice.config.recommender import DEFAULT_MODELS
from sluice.domain.tuning import Values

DIGITS = 3  # significant digits of a tuned value, so that what is written is what was tried


@dataclass(frozen=True, slots=True)
class Parameter:
    """Describe a setting that is tuned.

    Attributes:
        name: Its name.
        low: Lowest value.
        high: Highest value.
        model: The model that it belongs to; empty for one of the recommender.
        log: Whether steps between values are factors.
        choices: The values where only some are tried; empty where all between the limits are.
    """

    name: str
    low: float
    high: float
    model: str = ""
    log: bool = False
    choices: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Return what names it among all: `epochs`, `two_tower.learning_rate`."""
        return f"{self.model}.{self.name}" if self.model else self.name

    @property
    def whole(self) -> bool:
        """Return True where its values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def rounded(self, value: float) -> float:
        """Return a value as it is tried and written."""
        return int(value) if self.whole else float(f"{value:.{DIGITS}g}")

    def including(self, values: Iterable[float]) -> Parameter:
        """Return it with limits that include some values."""
        included = list(values)
        choices = tuple(sorted({*self.choices, *map(int, included)})) if self.choices else ()
        return replace(self, low=min(self.low, *included), high=max(self.high, *included), choices=choices) if included else self


def _powers(*choices: int) -> dict[str, Any]:
    return {"low": choices[0], "high": choices[-1], "choices": choices}


RECENCY = ("recency_decay", 0.5, 1.0)
GRADIENT_DESCENT = ("two_tower", "neumf", "logistic_mf")  # models that dimensions and epochs of the recommender apply to
SHARED = (Parameter("dimensions", **_powers(32, 64, 96, 128, 192)), Parameter("epochs", 4, 40, log=True))
OF_MODELS: Mapping[str, Sequence[Parameter]] = {
    "two_tower": (
        Parameter("learning_rate", 5e-4, 1e-2, log=True),
        Parameter("temperature", 0.03, 0.2, log=True),
        Parameter("negatives", **_powers(128, 256, 512, 1024, 2048)),
        Parameter("dropout", 0.0, 0.5),
    ),
    "als": (Parameter("factors", **_powers(32, 64, 128, 256)), Parameter("regularization", 0.01, 10.0, log=True), Parameter(*RECENCY)),
    "ease": (Parameter("regularization", 10.0, 4000.0, log=True), Parameter(*RECENCY)),
    "item_knn": (Parameter("n_neighbors", 20, 500, log=True), Parameter("shrinkage", 0.1, 50.0, log=True), Parameter(*RECENCY)),
}


def tuned_parameters(config: Recommender) -> tuple[Parameter, ...]:
    """Return the settings that are tuned: those of the models that `models` names, and what they share."""
    names = [step.name for step in named_models(config)]
    shared = SHARED if set(names) & set(GRADIENT_DESCENT) else ()
    return (*shared, *(replace(parameter, model=name) for name in names for parameter in OF_MODELS.get(name, ())))


def named_models(config: Recommender) -> tuple[Step, ...]:
    """Return the models that `models` names, or the default ones."""
    return tuple(config.models) or tuple(Step(name=name) for name in DEFAULT_MODELS)


def present_values(config: Recommender, parameters: Sequence[Parameter]) -> dict[str, float]:
    """Return the values that the configuration has now."""
    settings = {step.name: step.settings for step in named_models(config)}
    return {parameter.key: _present(config, settings, parameter) for parameter in parameters}


def with_values(config: Recommender, values: Values) -> Recommender:
    """Return a configuration with other values of tuned settings."""
    shared = {key: value for key, value in values.items() if "." not in key}
    models = tuple(Step(name=step.name, settings={**step.settings, **values_of(step.name, values)}) for step in named_models(config))
    return config.model_copy(update={**shared, "models": models})


def values_of(model: str, values: Values) -> dict[str, float]:
    """Return the values of a model's settings by their names.

    Example:
        >>> values_of("als", {"epochs": 8, "als.factors": 64})
        {'factors': 64}
    """
    return {key.partition(".")[2]: value for key, value in values.items() if key.partition(".")[0] == model and "." in key}


def _present(config: Recommender, settings: Mapping[str, Mapping[str, Any]], parameter: Parameter) -> float:
    if not parameter.model:
        value = getattr(config, parameter.name)
    else:
        default = inspect.signature(get_model(parameter.model).fit).parameters[parameter.name].default
        value = settings[parameter.model].get(parameter.name, default)
    return int(value) if parameter.whole else float(value)
