"""Propose the rule of an incident with settings that what a person expects passes: the one place, for command line and dashboard alike."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.config import Config, Step
from sluice.domain import Incident, RuleEdit, Schema
from sluice.rules.expected import MAX_EXCEPTIONS, Observation, widen
from sluice.rules.rule_history import RulePoint
from sluice.store import SqlStore
from sluice.store.failing_values import failing_values
from sluice.store.rule_history import rule_history

_MAX_BATCHES = 30


def widened_rule(config: Config, store: SqlStore, incident: Incident) -> RuleEdit | None:
    """Return the rule of an incident with settings that what it observed passes; None where none of its settings can be widened.

    No value of a personal column is in them.

    Args:
        config: The configuration.
        store: Records and rows.
        incident: The incident.
    """
    settings = config.datasets.get(incident.dataset)
    position = None if settings is None or isinstance(settings.suite, str) else position_of(settings.suite, incident.rule)
    if settings is None or position is None or isinstance(settings.suite, str):
        return None
    step, schema = settings.suite[position], settings.schema_of(incident.dataset)
    widened = widen(step.name, step.settings, _observation(store, schema, step, incident))
    return None if widened is None else RuleEdit(incident.dataset, step.name, widened, position)


def position_of(suite: Sequence[Step], rule: str) -> int | None:
    """Return the position in a suite of a rule, by its id; None where the suite lacks it."""
    base, _, number = rule.partition("#")  # of rules with one id, the later ones have a number
    name, _, columns = base.partition(":")
    matching = [position for position, step in enumerate(suite) if step.name == name and step.settings.get("column", columns) == columns]
    place = int(number) - 1 if number.isdecimal() else 0
    return matching[place] if place < len(matching) else None


def _observation(store: SqlStore, schema: Schema, step: Step, incident: Incident) -> Observation:
    points = [point for point in rule_history(store, incident.dataset, incident.rule) if point.status == "failed" and point.at >= incident.first_seen]
    points = points[-_MAX_BATCHES:]
    of_rows = [point for point in points if point.is_of_rows]
    if of_rows:
        return Observation(share=max(point.failed / point.rows for point in of_rows), values=_values(store, schema, step, incident.rule, of_rows))
    numbers = [point.value for point in points if point.value is not None]
    baselines = [value for point in points if isinstance(value := point.observed.params.get("usual"), int | float)]
    return Observation(min(numbers, default=None), max(numbers, default=None), float(baselines[-1]) if baselines else None)


def _values(store: SqlStore, schema: Schema, step: Step, rule: str, points: Sequence[RulePoint]) -> list[object]:
    """Return the values of its column in the failing rows; none of a personal column, whose values no configuration holds."""
    column = next((column for column in schema.columns if column.name == step.settings.get("column")), None)
    if column is None or column.personal:
        return []
    return failing_values(store.snapshot(), schema.dataset, rule, column.name, [point.run for point in points], MAX_EXCEPTIONS + 1)
