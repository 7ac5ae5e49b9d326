"""Firings of scheduled jobs: each slot is taken once, whoever ticks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from sluice.store.database import Database
from sluice.store.models import SlotRow


class Slots:
    """The record of what fired."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep both."""
        self._database = database
        self._clock = clock

    def take(self, job: str, slot: str) -> bool:
        """True for the first who asks for a slot, whichever process it is; False for all others."""
        values = {"job": job, "slot": slot, "state": "taken", "at": self._clock()}
        with self._database.write() as session:
            dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            taken = session.execute(dialect.insert(SlotRow).values(values).on_conflict_do_nothing().returning(SlotRow.slot))
            return taken.first() is not None

    def finish(self, job: str, slot: str) -> None:
        """Record that a slot's work is done."""
        with self._database.write() as session:
            row = session.get_one(SlotRow, (job, slot))
            row.state, row.finished = "done", self._clock()

    def last_done(self, job: str) -> str | None:
        """The newest slot whose work is done; slots sort by their names."""
        with self._database.read() as session:
            return session.execute(select(func.max(SlotRow.slot)).where(SlotRow.job == job, SlotRow.state == "done")).scalar_one()
