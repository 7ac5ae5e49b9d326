"""Read the profiles of the columns of each batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from sluice.domain import BatchProfile, ColumnProfile, Schema
from sluice.store.database import Database
from sluice.store.tables import PROFILES, RUNS

_HAS_ROWS = PROFILES.c.counts["rows"].as_integer() > 0


class Profiles:
    """Read the profiles of columns; of columns that are personal by now, without any value."""

    def __init__(self, database: Database, schemas: Mapping[str, Schema]) -> None:
        """Keep where they are.

        Args:
            database: The records.
            schemas: Every dataset's declared columns.
        """
        self._database, self._schemas = database, schemas

    def batches(self, dataset: str, column: str | None = None, *, runs: Collection[str] | None = None) -> Sequence[BatchProfile]:
        """Return the profiles of the published batches of a dataset, the oldest batch first; of those without new rows, such as a file that came twice, none.

        Args:
            dataset: Name of the dataset.
            column: Name of the only column that is read; None for all.
            runs: Ids of the only runs that are read; None for all.
        """
        query = (
            select(RUNS.c.id, RUNS.c.at, PROFILES)
            .join(PROFILES, PROFILES.c.run_id == RUNS.c.id)
            .where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None), _HAS_ROWS)
            .where(*([] if column is None else [PROFILES.c.column == column]), *([] if runs is None else [RUNS.c.id.in_(runs)]))
            .order_by(RUNS.c.at, RUNS.c.number, PROFILES.c.position)
        )
        profiles: dict[str, BatchProfile] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                before = profiles.get(row.id, BatchProfile(row.id, row.at))
                profiles[row.id] = BatchProfile(row.id, row.at, (*before.columns, self._profile(dataset, row)))
        return list(profiles.values())

    def ends(self, dataset: str) -> Mapping[str, datetime]:
        """Return the end of each batch of a dataset that has profiles by its run, the oldest batch first."""
        query = select(RUNS.c.id, RUNS.c.at).where(
            RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None), RUNS.c.id.in_(select(PROFILES.c.run_id).where(_HAS_ROWS))
        )
        with self._database.read() as connection:
            return {row.id: row.at for row in connection.execute(query.order_by(RUNS.c.at, RUNS.c.number))}

    def _profile(self, dataset: str, row: Row[Any]) -> ColumnProfile:
        profile = ColumnProfile.of(row.column, row.type, row.counts, row.cells)
        schema = self._schemas.get(dataset)
        personal = schema is not None and any(column.personal and row.column in (column.name, column.was) for column in schema.columns)
        return profile.masked() if personal else profile
