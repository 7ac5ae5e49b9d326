"""Write the tests of a dbt project as rules of a suite, or say why one cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sluice.config.column_types import misfits
from sluice.config.dbt_kinds import Settings, settings_of_kind
from sluice.config.dbt_tests import DbtTest
from sluice.config.model import Step
from sluice.config.models import Dataset
from sluice.config.row_condition import comparisons
from sluice.config.shared_settings import SharedSettings
from sluice.domain import Message

_QUOTED = re.compile(r"('[^']*')")
_WORDS = re.compile(r"\b(AND|OR|IN|IS|NOT|NULL|TRUE|FALSE)\b")
_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")
_ONLY_VALUES = {"warn_if": "!=0", "error_if": "!=0", "fail_calc": "count(*)"}
_LISTS = ("column_list", "columns")
_SINGLE = ("column", "column_A", "column_B")


def rule_of_test(test: DbtTest, dataset: Dataset, names: Mapping[str, str]) -> Step | Message:
    """Return the rule that a test is, or why it is none.

    Args:
        test: A test about the dataset.
        dataset: The dataset.
        names: Names of the configured datasets, by the model that each stands for.

    Example:
        >>> from sluice.config import read
        >>> items = read(b"datasets: {items: {source: {files: a.csv}, columns: {sku: {type: string}}}}", "sluice.yaml", {}).datasets["items"]
        >>> rule_of_test(DbtTest("test.1", "items", "not_null", "sku", {}, {"severity": "warn"}), items, {})
        Step(name='expect_column_values_to_not_be_null', settings={'column': 'sku', 'severity': 'warning'})
    """
    for setting, only in _ONLY_VALUES.items():
        if str(test.settings.get(setting) or only).replace(" ", "") != only:
            return Message.of("dbt_setting_unknown", setting=setting, value=str(test.settings[setting]))
    try:
        name, settings = settings_of_kind(test)
    except (LookupError, TypeError, ValueError):
        return Message.of("dbt_test_unknown", test=test.name or "SQL")
    if wrong := next((column for column in columns_of(settings) if column not in dataset.columns), None):
        return Message.of("dbt_column_undeclared", column=wrong)
    if (model := settings.get("dataset")) is not None:
        if model not in names:
            return Message.of("dbt_reference_undeclared", model=str(model))
        settings["dataset"] = names[str(model)]
    return _with_settings(test, dataset, name, settings)


def same_rule(first: Step, second: Step) -> bool:
    """Return True where two rules find the same rows; who is told, and what happens to the rows, may differ."""
    return (first.name, _finding(first)) == (second.name, _finding(second))


def rule_ids(steps: Sequence[Step]) -> list[str]:
    """Return the ids of the rules of a suite that are about columns.

    Example:
        >>> rule_ids([Step(name="a", settings={"column": "b"}), Step(name="a", settings={"column": "b"})])
        ['a:b', 'a:b#2']
    """
    ids: list[str] = []
    bare = [f"{step.name}:{','.join(columns_of(step.settings))}".removesuffix(":") for step in steps]
    for position, rule in enumerate(bare):
        number = bare[: position + 1].count(rule)
        ids.append(rule if number == 1 else f"{rule}#{number}")
    return ids


def columns_of(settings: Mapping[str, object]) -> list[str]:
    """Return the columns that settings of a rule name."""
    listed = [column for key in _LISTS if isinstance(columns := settings.get(key), list) for column in columns]
    return [str(column) for column in (*(settings[key] for key in _SINGLE if key in settings), *listed)]


def _finding(step: Step) -> Mapping[str, object]:
    shared = SharedSettings.__dataclass_fields__.keys() - {"mostly", "row_condition"}
    return {key: value for key, value in step.settings.items() if key not in shared}


def _with_settings(test: DbtTest, dataset: Dataset, name: str, settings: Settings) -> Step | Message:
    types = {column: declared.type for column, declared in dataset.columns.items()}
    if isinstance(values := settings.get("value_set"), list):
        settings["value_set"] = [_typed(value, types.get(test.column, "")) for value in values]
    if where := test.settings.get("where"):
        condition = _condition(str(where))
        if condition is None:
            return Message.of("dbt_setting_unknown", setting="where", value=str(where))
        settings["row_condition"] = condition
    if str(test.settings.get("severity") or "error").lower() == "warn":
        settings["severity"] = "warning"
    wrong = next(misfits(name, settings, types), None)
    return wrong[1] if wrong else Step(name=name, settings=settings)


def _typed(value: object, column_type: str) -> object:
    """Return a value as its column holds it: dbt writes those of a number in quotes, unless it is told not to."""
    if column_type == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if column_type in ("integer", "number") and isinstance(value, str):
        return int(value) if re.fullmatch(r"-?\d+", value) else float(value) if re.fullmatch(r"-?\d+\.\d+", value) else value
    return value


def _condition(where: str) -> str | None:
    """Return a condition of SQL as a row condition; None where it is more than comparisons of columns with values.

    Example:
        >>> _condition("status = 'paid' AND price <> 0"), _condition("at > current_date - 3")
        ("status == 'paid' and price != 0", None)
    """
    parts = [part if part.startswith("'") else _as_comparison(part) for part in _QUOTED.split(where)]
    condition = "".join(parts).strip()
    try:
        list(comparisons(condition))
    except ValueError:
        return None
    return condition


def _as_comparison(text: str) -> str:
    return _EQUALS.sub("==", _WORDS.sub(lambda word: word[0].lower(), text).replace("<>", "!="))
