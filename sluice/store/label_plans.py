"""Keep the rows that people are asked to label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sluice.domain import LabelPlan, RowToLabel, Suspect, ValueGroup
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import LABEL_PLANS


class LabelPlans:
    """Save and return one plan for each dataset."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def save(self, plan: LabelPlan) -> None:
        """Save a plan in the place of the one before."""
        with self._database.write() as connection:
            save_record(connection, LABEL_PLANS, plan.dataset, rows=[asdict(row) for row in plan.rows], done=plan.done, total=plan.total)

    def of(self, dataset: str) -> LabelPlan:
        """Return the plan of a dataset; one without rows before any was made."""
        with self._database.read() as connection:
            record = get_record(connection, LABEL_PLANS, dataset)
        return LabelPlan(dataset) if record is None else LabelPlan(dataset, tuple(map(_to_row, record.rows)), record.done, record.total)


def _to_row(stored: Mapping[str, Any]) -> RowToLabel:
    suspects = {name: Suspect(tuple(suspect["signs"]), _to_group(suspect["group"])) for name, suspect in stored["suspects"].items()}
    return RowToLabel(**{**stored, "suspects": suspects, "near": tuple(stored["near"])})


def _to_group(stored: Mapping[str, Any]) -> ValueGroup:
    return ValueGroup(stored["where"], tuple((value, rows) for value, rows in stored["values"]), stored["rows"])
