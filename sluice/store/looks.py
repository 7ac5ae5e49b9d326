"""Remember when each person looked last at what is new."""

from __future__ import annotations

from datetime import datetime

from sluice.domain import Look
from sluice.rules.today import next_look
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import LOOKS


class Looks:
    """Keep the newest look of each person."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def look(self, viewer: str, now: datetime) -> Look:
        """Record that a person looks now, and return since when things are news to them.

        Args:
            viewer: Name of the person; empty where nobody signs in.
            now: Time of the look.
        """
        with self._database.write() as connection:
            row = get_record(connection, LOOKS, viewer, for_update=True)
            look = next_look(None if row is None else Look(row.at, row.since), now)
            save_record(connection, LOOKS, viewer, at=look.at, since=look.since)
            return look
