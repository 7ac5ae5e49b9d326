"""From a dataset's `suite` in sluice.yaml, or a Great Expectations suite in JSON, to rules; every mistake is told at once."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from checks.expectations import EXPECTATIONS
from checks.gx_descriptions import DIMENSIONS, message
from checks.rule import Rule
from checks.suite_file import read_suite
from sluice.config import SettingsError, Step, build
from sluice.config.load import did_you_mean
from sluice.domain import Dimension, OnFail, Schema, Severity
from sluice.ports import Scorer

Problems = list[tuple[str, str]]


@dataclass(frozen=True)
class _Said:
    """What may be said of any expectation, whoever's it is."""

    severity: Severity | None = None
    on_fail: OnFail | None = None
    dimension: Dimension | None = None
    description: str = ""
    mostly: float = 1.0
    row_condition: Any = None

    __pydantic_config__ = ConfigDict(extra="forbid")


_SAID = TypeAdapter(_Said)


def rules(schema: Schema, steps: Sequence[Step] | str, root: Path | None = None, scorers: Mapping[str, Scorer] | None = None) -> tuple[Rule, ...]:
    """The rules of a suite.

    Args:
        schema: The dataset's.
        steps: As configured: the expectations, or the path of a suite in JSON.
        root: Where a relative path starts.
        scorers: The dataset's detectors by name; None: there are none to ask.

    Raises:
        SettingsError: An expectation is unknown, a setting is unknown, missing or does not fit, or the suite cannot be read.
    """
    problems: Problems = []
    made: list[Rule] = []
    for step in read_suite((root or Path()) / steps) if isinstance(steps, str) else steps:
        try:
            made.append(rule(schema, step, scorers))
        except SettingsError as error:
            problems += [(f"{step.name}.{name}" if name else step.name, what) for name, what in error.problems]
    if problems:
        raise SettingsError(problems)
    return tuple(_numbered(made))


def rule(schema: Schema, step: Step, scorers: Mapping[str, Scorer] | None = None) -> Rule:
    """One rule; its id is not numbered yet.

    Raises:
        SettingsError: The expectation, or a setting, is wrong.
    """
    shared = {name: value for name, value in step.settings.items() if name in _Said.__dataclass_fields__}
    rest = {name: value for name, value in step.settings.items() if name not in shared}
    try:
        said = _SAID.validate_python(shared)
    except ValidationError as error:
        raise SettingsError([(str(each["loc"][0]), each["msg"]) for each in error.errors()]) from None
    made = _own(schema, step.name, rest, said, scorers) if step.name in EXPECTATIONS else _great(schema, step.name, rest, said)
    unknown = [column for column in made.columns if column not in schema.names and schema.columns and step.name != "expect_column_to_exist"]
    if unknown:
        raise SettingsError([("", f"there is no column {column}{did_you_mean(column, schema.names)}") for column in unknown])
    definition = json.dumps([step.name, dict(step.settings)], sort_keys=True, default=repr)
    return replace(made, fingerprint=hashlib.sha256(definition.encode()).hexdigest()[:12])


def _own(schema: Schema, name: str, settings: Mapping[str, object], said: _Said, scorers: Mapping[str, Scorer] | None) -> Rule:
    module, _, attribute = EXPECTATIONS[name].partition(":")
    made = getattr(importlib.import_module(module), attribute)
    given = {"schema": schema, "scorers": scorers} if "scorers" in made.__dataclass_fields__ else {"schema": schema}
    expectation = build(made, settings, **given)
    if expectation.whole and (said.row_condition or said.mostly < 1):
        raise SettingsError([("", "is about the whole batch: it takes neither row_condition nor mostly")])
    condition, written = _condition(said.row_condition, schema)
    return Rule(
        id=_id(name, expectation.columns),
        expectation=expectation,
        own=True,
        columns=expectation.columns,
        whole=expectation.whole,
        dimension=said.dimension or expectation.dimension,
        severity=said.severity or expectation.severity,
        on_fail=said.on_fail or expectation.on_fail,
        message=said.description or expectation.message,
        mostly=said.mostly,
        filter=written,
        condition=condition,
    )


def _great(schema: Schema, name: str, settings: Mapping[str, object], said: _Said) -> Rule:
    from checks import gx_factory as great  # Great Expectations takes seconds to import

    condition, written = _condition(said.row_condition, schema)
    shared = {
        "mostly": said.mostly if said.mostly < 1 else None,
        "row_condition": condition,
        "severity": said.severity,
        "description": said.description or None,
    }
    kwargs = {**settings, **{key: value for key, value in shared.items() if value is not None}}
    expectation, about_rows = great.expectation(name, kwargs, schema)
    severity: Severity = said.severity or "critical"
    columns = great.columns(kwargs)
    return Rule(
        id=_id(name, columns),
        expectation=expectation,
        own=False,
        columns=columns,
        whole=not about_rows,
        dimension=said.dimension or DIMENSIONS.get(name, "validity"),
        severity=severity,
        on_fail=said.on_fail or ("quarantine" if about_rows and severity == "critical" else "flag"),
        message=said.description or message(name, kwargs),
        filter=written,
    )


def _condition(written: object, schema: Schema) -> tuple[Any, str]:
    """A row condition as an object, and as it was written."""
    if written is None:
        return None, ""
    from checks import gx_factory as great

    try:
        return great.row_condition(written, schema)
    except (TypeError, ValueError) as error:
        raise SettingsError([("row_condition", str(error))]) from None


def _id(name: str, columns: Sequence[str]) -> str:
    return f"{name}:{','.join(columns)}" if columns else name


def _numbered(made: Sequence[Rule]) -> Iterator[Rule]:
    seen: Counter[str] = Counter()
    for each in made:
        seen[each.id] += 1
        yield each if seen[each.id] == 1 else replace(each, id=f"{each.id}#{seen[each.id]}")
