"""Build rules from the `suite` of a dataset in sluice.yaml, or from a Great Expectations suite in JSON, and report every mistake at once."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checks.expectations import EXPECTATIONS
from checks.gx_descriptions import DIMENSIONS, describe
from checks.plans import build_plan, columns_of
from checks.rule import Rule
from sluice.config import SettingsError, Step, build, rename_step
from sluice.config.column_types import misfits
from sluice.config.load import did_you_mean
from sluice.config.mistakes import describe_mistake
from sluice.config.renamed import original as first_names
from sluice.config.shared_settings import SHARED, SharedSettings
from sluice.config.suite_file import read_suite
from sluice.domain import Message, Schema, Severity
from sluice.domain import original as first_name
from sluice.messages import error_message
from sluice.ports import Scorer

Problems = list[tuple[str, Message]]


def build_rules(schema: Schema, steps: Sequence[Step] | str, root: Path | None = None, scorers: Mapping[str, Scorer] | None = None) -> tuple[Rule, ...]:
    """Build the rules of a suite.

    Args:
        schema: Schema of the dataset.
        steps: Expectations as configured, or the path of a suite in JSON.
        root: Folder that a relative path starts from.
        scorers: Detectors of the dataset by name; None where there are none to ask.

    Raises:
        SettingsError: An expectation is unknown, a setting is unknown, missing or does not fit, or the suite cannot be read.
    """
    problems: Problems = []
    rules: list[Rule] = []
    for step in _read((root or Path()) / steps) if isinstance(steps, str) else steps:
        try:
            rules.append(build_rule(schema, step, scorers))
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(problems)
    return with_unique_ids(rules)


def _read(path: Path) -> list[Step]:
    try:
        return read_suite(path)
    except ValueError as error:
        raise SettingsError([("", error_message(error))]) from None


def build_rule(schema: Schema, step: Step, scorers: Mapping[str, Scorer] | None = None) -> Rule:
    """Build one rule; its id is not unique yet.

    Raises:
        SettingsError: The expectation, or a setting, is wrong; the error names both.
    """
    try:
        return _build(schema, step, scorers)
    except SettingsError as error:
        raise SettingsError([(f"{step.name}.{name}" if name else step.name, problem) for name, problem in error.problems]) from None


def _build(schema: Schema, step: Step, scorers: Mapping[str, Scorer] | None) -> Rule:
    name, configured = rename_step("suite", step.name, step.settings)
    shared = {key: value for key, value in configured.items() if key in SharedSettings.__dataclass_fields__}
    settings = {key: value for key, value in configured.items() if key not in shared}
    try:
        common = SHARED.validate_python(shared)
    except ValidationError as error:
        raise SettingsError([(str(item["loc"][0]), describe_mistake(item)) for item in error.errors()]) from None
    if problems := list(misfits(name, configured, {column.name: column.type for column in schema.columns})):
        raise SettingsError(problems)
    make = _build_own if name in EXPECTATIONS else _build_gx
    rule = make(schema, name, settings, common, scorers)
    undeclared = [column for column in rule.columns if column not in schema.names and schema.columns and name != "expect_column_to_exist"]
    if undeclared:
        raise SettingsError([("", Message.of("no_column_but", column=column, hint=did_you_mean(column, schema.names))) for column in undeclared])
    return replace(rule, fingerprint=_fingerprint(name, configured))


def _fingerprint(name: str, settings: Mapping[str, object]) -> str:
    """Hash the definition of a rule over the first names of the expectation and its settings, so that a rename does not change the hash."""
    definition = [first_name(name), first_names(settings, ("datasets", "*", "suite", name))]
    return hashlib.sha256(json.dumps(definition, sort_keys=True, default=repr).encode()).hexdigest()[:12]


def _build_own(schema: Schema, name: str, settings: Mapping[str, object], common: SharedSettings, scorers: Mapping[str, Scorer] | None) -> Rule:
    module, _, attribute = EXPECTATIONS[name].partition(":")
    cls = getattr(importlib.import_module(module), attribute)
    context = {"schema": schema, "scorers": scorers} if "scorers" in cls.__dataclass_fields__ else {"schema": schema}
    expectation = build(cls, settings, **context)
    if expectation.table_level and (common.row_condition or common.mostly < 1):
        raise SettingsError([("", Message.of("expectation_of_batch"))])
    condition, written = _build_condition(common.row_condition, schema)
    return Rule(
        id=_id(name, expectation.columns),
        expectation=expectation,
        own=True,
        columns=expectation.columns,
        table_level=expectation.table_level,
        dimension=common.dimension or expectation.dimension,
        severity=common.severity or expectation.severity,
        on_fail=common.on_fail or expectation.on_fail,
        message=Message.text(common.description) if common.description else expectation.message,
        mostly=common.mostly,
        filter=written,
        condition=condition,
    )


def _build_gx(schema: Schema, name: str, settings: Mapping[str, object], common: SharedSettings, scorers: Mapping[str, Scorer] | None) -> Rule:
    _ = scorers
    condition, written = _build_condition(common.row_condition, schema)
    shared = {"mostly": common.mostly if common.mostly < 1 else None, "row_condition": condition}
    kwargs = {**settings, **{key: value for key, value in shared.items() if value is not None}}
    plan = build_plan(name, kwargs, schema)
    severity: Severity = common.severity or "critical"
    columns = columns_of(kwargs)
    return Rule(
        id=_id(name, columns),
        expectation=plan,
        own=False,
        columns=columns,
        table_level=not plan.row_level,
        dimension=common.dimension or DIMENSIONS.get(name, "validity"),
        severity=severity,
        on_fail=common.on_fail or ("quarantine" if plan.row_level and severity == "critical" else "flag"),
        message=Message.text(common.description) if common.description else describe(name, settings, common.mostly, row_level=plan.row_level),
        filter=written,
    )


def _build_condition(written: object, schema: Schema) -> tuple[Any, str]:
    """Return a row condition as an object, and as it was written."""
    if written is None:
        return None, ""
    from checks import gx_factory

    try:
        return gx_factory.build_row_condition(written, schema)
    except (TypeError, ValueError) as error:
        raise SettingsError([("row_condition", error_message(error))]) from None


def _id(name: str, columns: Sequence[str]) -> str:
    return f"{name}:{','.join(columns)}" if columns else name


def with_unique_ids(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules with a number added to each id that occurred before."""
    return tuple(_numbered(rules))


def _numbered(rules: Sequence[Rule]) -> Iterator[Rule]:
    counts: Counter[str] = Counter()
    for rule in rules:
        counts[rule.id] += 1
        yield rule if counts[rule.id] == 1 else replace(rule, id=f"{rule.id}#{counts[rule.id]}")
