"""Read from the configuration how datasets refer to each other. Imports no check and no detector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from sluice.config import Config, Step
from sluice.domain import ReferenceRule

REFERENCE = "expect_column_values_to_exist_in_dataset"


def order_of(config: Config) -> list[str]:
    """Order the datasets so that referenced ones come first; within a circle, as configured."""
    waiting = {name: set(_referenced(config, name)) - {name} for name in config.datasets}
    order: list[str] = []
    while waiting:
        ready = [name for name, references in waiting.items() if not references & set(waiting)] or [next(iter(waiting))]
        order += ready
        waiting = {name: references for name, references in waiting.items() if name not in ready}
    return order


def dataset_references(config: Config) -> Mapping[str, Collection[str]]:
    """List the datasets that each dataset refers to, in suite, cleaners, detectors or the recommender; referenced datasets come first."""
    return {name: tuple(dict.fromkeys(_referenced(config, name))) for name in order_of(config)}


def references_of(config: Config, dataset: str, referenced: str) -> list[ReferenceRule]:
    """List the rules that hold rows of a dataset until a referenced dataset has published their key."""
    return [
        ReferenceRule(rule, str(step.settings["column"]), referenced, str(step.settings.get("reference_column", step.settings["column"])))
        for rule, step in _comparing_steps(config, dataset)
        if step.name == REFERENCE and step.settings["dataset"] == referenced
    ]


def reference_rules(config: Config, dataset: str) -> Mapping[str, str]:
    """Return the ids of a suite's rules that compare rows with another dataset, each with the name of that dataset."""
    return {rule: str(step.settings["dataset"]) for rule, step in _comparing_steps(config, dataset)}


def compared_datasets(config: Config) -> list[str]:
    """Return the datasets that rules of others compare rows with; those that refer to others come after them."""
    compared = {referenced for name in config.datasets for referenced in reference_rules(config, name).values()}
    return [name for name in order_of(config) if name in compared]


def _comparing_steps(config: Config, dataset: str) -> Iterator[tuple[str, Step]]:
    """Yield the steps of a suite that compare a column with another configured dataset, each with the id of its rule, numbered as the suite does."""
    counts: Counter[str] = Counter()
    for step in config.datasets[dataset].suite:
        if isinstance(step, Step) and "column" in step.settings and step.settings.get("dataset") in config.datasets:
            rule = f"{step.name}:{step.settings['column']}"
            counts[rule] += 1
            yield (rule if counts[rule] == 1 else f"{rule}#{counts[rule]}"), step


def _referenced(config: Config, name: str) -> Iterator[str]:
    dataset = config.datasets[name]
    for step in [*(dataset.suite if not isinstance(dataset.suite, str) else ()), *dataset.clean, *dataset.detect]:
        referenced = step.settings.get("dataset")
        if isinstance(referenced, str) and referenced in config.datasets:
            yield referenced
    if config.recommender is not None and name == config.recommender.events and config.recommender.items != name:
        yield config.recommender.items
