"""Keep the rules that people try, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, select

from sluice.domain import RuleEdit, Trial
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import TRIALS


class Trials:
    """Save and list trials."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def save(self, trial: Trial) -> None:
        """Save a trial, or what came of it since."""
        values = asdict(trial)
        values["batches"], values["rules"] = list(trial.batches), list(trial.rules)
        with self._database.write() as connection:
            save_record(connection, TRIALS, values.pop("id"), **{**values, "dataset": trial.edit.dataset})

    def get(self, trial_id: str) -> Trial | None:
        """Return the trial of that id."""
        with self._database.read() as connection:
            row = get_record(connection, TRIALS, trial_id)
            return None if row is None else _to_trial(row)

    def of(self, trial_ids: Sequence[str]) -> Sequence[Trial]:
        """Return the trials of some ids that are there."""
        with self._database.read() as connection:
            return [_to_trial(row) for row in connection.execute(select(TRIALS).where(TRIALS.c.id.in_(trial_ids)))]


def _to_trial(row: Row[Any]) -> Trial:
    return Trial(row.id, RuleEdit(**row.edit), row.digest, row.days, row.difference, row.done, row.total, tuple(row.batches), tuple(row.rules))
