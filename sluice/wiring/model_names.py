"""Resolve the names of models as people write them: `events.autoencoder`, or `autoencoder` where only one dataset has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sluice.config import Config, Step, did_you_mean
from sluice.domain import EMPTY, Message
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.wiring.recommender import RECOMMENDER


def model_names(config: Config, registered: Iterable[str]) -> list[str]:
    """List the names of all models: the recommender's, those of configured detectors, and those registered with a version."""
    configured = [f"{name}.{_rule(step)}" for name, dataset in config.datasets.items() for step in dataset.detect]
    return sorted({RECOMMENDER, *registered, *configured})


def _rule(step: Step) -> str:
    """Name a detector's models within its dataset, without importing it."""
    return f"pyod_{str(step.settings.get('algorithm', '')).lower().replace('_', '')}" if step.name == "pyod" else step.name


def resolve_name(name: str, names: Sequence[str], noun: str) -> str:
    """Find the full name that a name stands for.

    Args:
        name: A full name, or one without its dataset; a pattern of a detector (`traffic:crawler`) stands for the detector where only that is listed.
        names: All full names.
        noun: Noun for the error message, such as `model`.

    Raises:
        UsageError: No name matches, or more than one; the text lists the candidates.

    Example:
        >>> resolve_name("autoencoder", ["events.autoencoder", "recommender"], "model")
        'events.autoencoder'
    """
    for candidate in (name, name.partition(":")[0]):
        matches = [full for full in names if candidate in (full, full.partition(".")[2])]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise make_error(UsageError, "name_not_unique", noun=noun, name=name, names=tuple(matches))
    near = did_you_mean(name, [*names, *(short for full in names if (short := full.partition(".")[2]))]) if names else Message.of("none_yet")
    there = Message.of("names_there", names=tuple(names)) if near.code == "did_you_mean" else EMPTY
    raise make_error(UsageError, "no_such_name", noun=noun, name=name, hint=near, there=there)
