"""Build a dataset's judges, cleaners and detectors from its configuration."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.checker import Checker
from checks.rule import Rule
from checks.schema import SchemaJudge
from checks.shrink import ShrinkJudge
from checks.suite import build_rule
from cleaning import CLEANERS
from cleaning.chain import Chain
from cleaning.reconcile import Reconcile
from detectors import DETECTORS
from sluice.config import Config, Dataset, SettingsError, Step, build, did_you_mean, line_in
from sluice.domain import Message, Schema
from sluice.errors import ConfigError, Problem
from sluice.jobs import Learner
from sluice.messages import error_message, make_problem, missing_extra
from sluice.ports import Cleaner, IncrementalTrainer, Judge, Scorer, Steps, Trainer
from sluice.rules import Occasion
from sluice.wiring.detector_judge import DetectorJudge
from sluice.wiring.occasions import CalendarJudge


@dataclass(frozen=True, slots=True)
class DatasetSteps:
    """Hold everything that is built from one dataset's configuration, each detector once.

    Attributes:
        steps: Judges and cleaner, as the pipeline takes them.
        trainers: Detectors that learn, by the name of their models.
        scorers: Detectors that expectations may ask for scores, by the name under which they are configured.
        suite_of: Make a judge of some rules of the suite alone, by their ids.
        suite_rules: Ids of all rules of the suite.
    """

    steps: Steps
    trainers: Mapping[str, Trainer]
    scorers: Mapping[str, Scorer]
    suite_of: Callable[[Collection[str]], Judge]
    suite_rules: Sequence[str] = ()

    def learners(self) -> list[Learner]:
        """List what the `learn` job must know of each trainer."""
        return [
            Learner(name, _min_rows(trainer), isinstance(trainer, IncrementalTrainer), getattr(trainer, "refit_interval", None))
            for name, trainer in self.trainers.items()
        ]


def build_steps(config: Config, path: Path, dataset: str) -> DatasetSteps:
    """Build a dataset's steps.

    Args:
        config: The configuration.
        path: Path of sluice.yaml, for the lines of its mistakes.
        dataset: Name of a configured dataset.

    Raises:
        ConfigError: A step is unknown, or its settings do not fit; holds every mistake of the dataset.
    """
    builder = _Builder(config, path, dataset, [])
    detectors = builder.build_all(DETECTORS, "detect")
    scorers = {} if builder.problems else _scorers(builder.settings.detect, detectors)
    suite = builder.build_suite(scorers)
    cleaners = [step for step in builder.build_all(CLEANERS, "clean") if isinstance(step, Cleaner)]
    cleaners += builder.implied_cleaners()
    builder.refuse_second_conversions()
    suite_rules = tuple(rule.id for rule in suite.rules) if isinstance(suite, Checker) else ()
    trainers = [detector for detector in detectors if isinstance(detector, Trainer)]
    builder.refuse_duplicates([trainer.name for trainer in trainers])
    if builder.problems or not isinstance(suite, Checker):
        raise ConfigError(str(path), sorted(builder.problems, key=lambda problem: problem.line))
    judged: list[Judge] = [ShrinkJudge(builder.schema, builder.settings.max_shrink), suite]
    judged += [DetectorJudge(detector) for detector in detectors if isinstance(detector, Judge)]
    judges = [SchemaJudge(builder.schema), *map(builder.with_calendar, judged)]
    steps = Steps(judges, Chain(cleaners), Reconcile(builder.schema))
    return DatasetSteps(steps, {trainer.name: trainer for trainer in trainers}, scorers, lambda rules: builder.with_calendar(suite.only(rules)), suite_rules)


def _scorers(configured: Sequence[Step], detectors: Sequence[object]) -> dict[str, Scorer]:
    if not configured:
        return {}
    from detectors.learning.scorer import make_scorer  # imports numpy and more, so only where there are detectors

    return {step.name: scorer for step, detector in zip(configured, detectors, strict=True) if (scorer := make_scorer(detector))}


def _min_rows(trainer: Trainer) -> int:
    """Return the fewest rows from which a trainer, or its fallback, can learn."""
    return int(getattr(trainer, "min_training_rows", getattr(trainer, "min_rows", 0)))


@dataclass(frozen=True, slots=True)
class _Builder:
    """Build the steps of one dataset and collect every mistake with its line.

    Attributes:
        config: The configuration.
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        problems: The mistakes so far.
    """

    config: Config
    path: Path
    dataset: str
    problems: list[Problem]

    @property
    def settings(self) -> Dataset:
        return self.config.datasets[self.dataset]

    @property
    def schema(self) -> Schema:
        return self.settings.schema_of(self.dataset)

    def build_all(self, table: Mapping[str, str], key: str) -> list[object]:
        """Build the steps listed under a key, in order; those with mistakes are left out."""
        steps: Sequence[Step] = getattr(self.settings, key)
        built = [self._attempt(functools.partial(_build_step, table, step, self.schema), key, index, step.name) for index, step in enumerate(steps)]
        return [step for step in built if step is not None]

    def build_suite(self, scorers: Mapping[str, Scorer]) -> object:
        """Build the suite of expectations; None where anything of the dataset is wrong."""
        suite, available_scorers = self.settings.suite, scorers if not self.problems else None
        if isinstance(suite, str):
            return self._attempt(functools.partial(Checker.build, self.schema, suite, root=self.config.root, scorers=available_scorers), "suite")
        built = [  # each by itself, so that each mistake has its own line
            self._attempt(functools.partial(build_rule, self.schema, step, available_scorers), "suite", index) for index, step in enumerate(suite)
        ]
        return None if self.problems else Checker.of(self.schema, [rule for rule in built if isinstance(rule, Rule)])

    def implied_cleaners(self) -> list[Cleaner]:
        """Build the cleaners that a schema implies: rows of a keyed append dataset are deduplicated."""
        if self.schema.mode != "append" or not self.schema.key or any(step.name == "deduplicate" for step in self.settings.clean):
            return []
        cleaner = _build_step(CLEANERS, Step(name="deduplicate"), self.schema)
        return [cleaner] if isinstance(cleaner, Cleaner) else []

    def with_calendar(self, judge: Judge) -> Judge:
        """Return a judge that knows the shop's calendar; the judge itself where there is none."""
        occasions = [Occasion(entry.first, entry.last, entry.name) for entry in self.config.calendar]
        return CalendarJudge(judge, occasions, self.schema.time, ZoneInfo(self.config.shop_zone)) if occasions else judge

    def refuse_duplicates(self, names: Sequence[str]) -> None:
        """Refuse detectors of one name, which would share models and verdicts."""
        line = line_in(self.path, ("datasets", self.dataset, "detect"))
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(make_problem(line, f"datasets.{self.dataset}.detect", Message.of("detector_name_twice", name=name)))

    def refuse_second_conversions(self) -> None:
        """Refuse a second conversion by one column of currencies: the first one has written the new currency there, so that the second changes nothing."""
        converted: set[object] = set()
        for index, step in enumerate(self.settings.clean):
            column = step.settings.get("currency_column") if step.name == "convert_currency" else None
            if column in converted:
                where = ("datasets", self.dataset, "clean", index)
                self.problems.append(make_problem(line_in(self.path, where), ".".join(map(str, where)), Message.of("converted_twice", column=str(column))))
            converted |= {column} - {None}

    def _attempt(self, make: Callable[[], object], *below: str | int) -> object:
        where = ("datasets", self.dataset, *below)
        try:
            return make()
        except SettingsError as error:
            for name, reason in error.problems:
                place = (*where, *name.split(".")) if name else where
                self.problems.append(make_problem(line_in(self.path, place), ".".join(map(str, place)), reason))
            return None


def _build_step(table: Mapping[str, str], step: Step, schema: Schema) -> object:
    if step.name not in table:
        raise SettingsError([("", Message.of("no_such_step", name=step.name, hint=did_you_mean(step.name, list(table))))])
    module, _, name = table[step.name].partition(":")
    try:
        return build(getattr(importlib.import_module(module), name), step.settings, schema=schema)
    except ModuleNotFoundError as error:
        missing = missing_extra(error)
        if missing is None:
            raise
        raise SettingsError([("", error_message(missing))]) from None
