"""Keep what was measured of how much of a dataset is guarded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from sluice.domain import Guarded
from sluice.store.database import Database
from sluice.store.tables import GUARDED


class Measurements:
    """Record and read measurements."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def save(self, guarded: Guarded) -> None:
        """Record a measurement; earlier ones stay, for the runs of their time."""
        with self._database.write() as connection:
            connection.execute(
                insert(GUARDED).values(
                    dataset=guarded.dataset,
                    at=guarded.at,
                    snapshot=guarded.snapshot,
                    rules=guarded.rules,
                    settings=guarded.settings,
                    rows=guarded.rows,
                    columns={name: {kind: list(counts) for kind, counts in kinds.items()} for name, kinds in guarded.columns.items()},
                )
            )

    def of(self, dataset: str) -> Sequence[Guarded]:
        """Return the measurements of a dataset, the oldest first."""
        query = select(GUARDED).where(GUARDED.c.dataset == dataset).order_by(GUARDED.c.id)
        with self._database.read() as connection:
            return [_to_guarded(row) for row in connection.execute(query)]

    def newest(self, dataset: str) -> Guarded | None:
        """Return the newest measurement of a dataset; None where there is none."""
        measurements = self.of(dataset)
        return measurements[-1] if measurements else None


def _to_guarded(row: Row[Any]) -> Guarded:
    columns = {name: {kind: (planted, detected) for kind, (planted, detected) in kinds.items()} for name, kinds in row.columns.items()}
    return Guarded(row.dataset, row.at, row.snapshot, row.rules, row.settings, row.rows, columns)
