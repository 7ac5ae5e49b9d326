"""Import the tests of a dbt project as rules of sluice.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.config import Config, Step, rename_step
from sluice.config.dbt_rules import rule_of_test, same_rule
from sluice.config.dbt_tests import DbtTest
from sluice.config.edit import add_steps
from sluice.config.suite_file import read_suite
from sluice.config.text import difference, read_text
from sluice.config.write import step_line
from sluice.domain import EMPTY, Message


@dataclass(frozen=True, slots=True)
class Imported:
    """Hold what became of a test.

    Attributes:
        test: The test.
        dataset: The dataset that stands for its model.
        step: The rule that it is; None where it is none.
        present: Whether the suite has this rule.
        reason: Why it is no rule.
    """

    test: DbtTest
    dataset: str
    step: Step | None
    present: bool = False
    reason: Message = EMPTY


def import_tests(config: Config, tests: Sequence[DbtTest], models: Mapping[str, str]) -> tuple[list[Imported], list[str]]:
    """Return the rules that tests are, and the models that no dataset stands for.

    Args:
        config: The configuration.
        tests: Tests of a dbt project.
        models: Names of datasets by the model that each stands for, where their names differ.
    """
    names = {**{name: name for name in config.datasets}, **models}
    tests_of_datasets = [test for test in tests if test.model in names]
    suites = {name: list(suite_of(config, name)) for name in {names[test.model] for test in tests_of_datasets}}
    return [_imported(config, suites, test, names) for test in tests_of_datasets], sorted({test.model for test in tests if test.model not in names})


def _imported(config: Config, suites: Mapping[str, list[Step]], test: DbtTest, names: Mapping[str, str]) -> Imported:
    dataset = names[test.model]
    rule = rule_of_test(test, config.datasets[dataset], names)
    if isinstance(rule, Message):
        return Imported(test, dataset, None, reason=rule)
    present = any(same_rule(rule, other) for other in suites[dataset])
    if not present:
        suites[dataset].append(rule)  # of two equal tests the second one is present
    return Imported(test, dataset, rule, present)


def suite_of(config: Config, dataset: str) -> Iterator[Step]:
    """Yield the rules of the suite of a dataset, by their present names."""
    suite = config.datasets[dataset].suite
    for step in read_suite(config.root / suite) if isinstance(suite, str) else suite:
        name, settings = rename_step("suite", step.name, step.settings)
        yield Step(name=name, settings=settings)


def diff(path: Path, imported: Sequence[Imported]) -> tuple[str, str]:
    """Return the text of a configuration with the new rules, each with the id of its test, and its difference from the present one.

    Raises:
        UsageError: The text cannot be edited.
        ConfigError: The edited text would not be read.
    """
    before = after = read_text(path)
    for dataset in dict.fromkeys(one.dataset for one in imported):
        lines = [step_line(one.step, one.test.id) for one in imported if one.dataset == dataset and one.step is not None and not one.present]
        after = add_steps(after, dataset, lines) if lines else after
    return after, difference(path, before, after)
