"""Makes a dataset's judges, cleaners and learners from its configuration."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning import CLEANERS
from cleaning.chain import Chain
from detectors import DETECTORS
from sluice.config import Config, SettingsError, Step, build, did_you_mean, line_in
from sluice.domain import Schema
from sluice.errors import ConfigError, Problem
from sluice.jobs import Learner, Reference
from sluice.ports import Cleaner, Judge, Scorer, Steps, Trainer, Updater

REFERENCE = "expect_column_values_to_exist_in_dataset"


def steps_of(config: Config, path: Path, dataset: str) -> Steps:
    """How a dataset is judged and cleaned.

    Raises:
        ConfigError: A step is unknown, or its settings do not fit; holds every mistake of the dataset.
    """
    each = config.datasets[dataset]
    schema = each.schema_of(dataset)
    problems: list[Problem] = []
    detectors = [made for made in _made(DETECTORS, each.detect, schema, path, (dataset, "detect"), problems) if isinstance(made, Judge)]
    suite = _suite(config, dataset, schema, path, problems, scorers_of(config, path, dataset) if not problems else None)
    cleaners = [made for made in _made(CLEANERS, each.clean, schema, path, (dataset, "clean"), problems) if isinstance(made, Cleaner)]
    if schema.mode == "append" and schema.key and all(step.name != "deduplicate" for step in each.clean):
        cleaners += [made for made in [_one(CLEANERS, Step(name="deduplicate"), schema)] if isinstance(made, Cleaner)]  # a key is unique, said or not
    problems += _twice(path, dataset, [made.name for made in detectors if isinstance(made, Trainer)])
    if problems or not isinstance(suite, Judge):
        raise ConfigError(str(path), sorted(problems, key=lambda problem: problem.line))
    return Steps([SchemaJudge(schema), suite, *detectors], Chain(cleaners))


def _twice(path: Path, dataset: str, names: Sequence[str]) -> list[Problem]:
    """Detectors of one name would share models and verdicts."""
    twice = sorted({name for name in names if names.count(name) > 1})
    return [Problem(line_in(path, ("datasets", dataset, "detect")), f"datasets.{dataset}.detect", f"two detectors are called {name}") for name in twice]


def trainers_of(config: Config, path: Path, dataset: str) -> Mapping[str, Trainer]:
    """A dataset's detectors that learn, by the name of their models."""
    each = config.datasets[dataset]
    made = _made(DETECTORS, each.detect, each.schema_of(dataset), path, (dataset, "detect"), [])
    return {trainer.name: trainer for trainer in made if isinstance(trainer, Trainer)}


def scorers_of(config: Config, path: Path, dataset: str) -> Mapping[str, Scorer]:
    """A dataset's detectors that expectations may ask, by the name that they are configured under."""
    from detectors.learning.scorer import make_scorer  # numpy and what else detectors need are imported where there are some

    each = config.datasets[dataset]
    made = {step.name: _made(DETECTORS, [step], each.schema_of(dataset), path, (dataset, "detect"), []) for step in each.detect}
    return {name: scorer for name, steps in made.items() if steps and (scorer := make_scorer(steps[0]))}


def learners_of(trainers: Mapping[str, Trainer]) -> list[Learner]:
    """What the job that fits them must know."""
    return [Learner(name, _fewest(trainer), isinstance(trainer, Updater), getattr(trainer, "refit", None)) for name, trainer in trainers.items()]


def _fewest(trainer: Trainer) -> int:
    """The fewest rows that it, or what stands in for it, can learn from."""
    return int(getattr(trainer, "fewest", getattr(trainer, "needs", 0)))


def order_of(config: Config) -> list[str]:
    """The datasets, those that others refer to first; within a circle, as configured."""
    waiting = {name: {other for other in _refers(config, name) if other != name} for name in config.datasets}
    order: list[str] = []
    while waiting:
        ready = [name for name, others in waiting.items() if not others & set(waiting)] or [next(iter(waiting))]
        order += ready
        waiting = {name: others for name, others in waiting.items() if name not in ready}
    return order


def references_of(config: Config, dataset: str, other: str) -> list[Reference]:
    """The rules that hold rows of a dataset until another one knows their key."""
    steps = [step.settings for step in config.datasets[dataset].suite if isinstance(step, Step) and step.name == REFERENCE]
    return [
        Reference(f"{REFERENCE}:{each['column']}", str(each["column"]), other, str(each.get("reference_column", each["column"])))
        for each in steps
        if each["dataset"] == other
    ]


def _refers(config: Config, name: str) -> Iterator[str]:
    each = config.datasets[name]
    for step in [*(each.suite if not isinstance(each.suite, str) else ()), *each.clean, *each.detect]:
        other = step.settings.get("dataset")
        if isinstance(other, str) and other in config.datasets:
            yield other


def _made(table: Mapping[str, str], steps: Sequence[Step], schema: Schema, path: Path, where: tuple[str, str], problems: list[Problem]) -> list[object]:
    made = [_attempt(functools.partial(_one, table, step, schema), path, ("datasets", *where, index, step.name), problems) for index, step in enumerate(steps)]
    return [each for each in made if each is not None]


def _suite(config: Config, dataset: str, schema: Schema, path: Path, problems: list[Problem], scorers: Mapping[str, Scorer] | None) -> object:
    suite, where = config.datasets[dataset].suite, ("datasets", dataset, "suite")
    if not isinstance(suite, str):
        for index, step in enumerate(suite):  # one by one, so that each mistake is told with its own line
            _attempt(functools.partial(Checker.build, schema, [step], scorers=scorers), path, (*where, index), problems)
    return None if problems else _attempt(functools.partial(Checker.build, schema, suite, root=config.root, scorers=scorers), path, where, problems)


def _one(table: Mapping[str, str], step: Step, schema: Schema) -> object:
    if step.name not in table:
        raise SettingsError([("", f"no step is called {step.name}{did_you_mean(step.name, list(table))}")])
    module, _, name = table[step.name].partition(":")
    return build(getattr(importlib.import_module(module), name), step.settings, schema=schema)


def _attempt(make: Callable[[], object], path: Path, where: tuple[str | int, ...], problems: list[Problem]) -> object:
    try:
        return make()
    except SettingsError as error:
        for name, what in error.problems:
            at = (*where, *name.split(".")) if name else where
            problems.append(Problem(line_in(path, at), ".".join(map(str, at)), what))
        return None
