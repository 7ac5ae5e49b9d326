"""Read the scores of each batch by the values of some columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from sluice.domain import Schema, ScoredBatch, ValueScore
from sluice.store.database import Database
from sluice.store.tables import RUNS, VALUE_SCORES


class ValueScores:
    """Read scores by value; of columns that are personal by now, none."""

    def __init__(self, database: Database, schemas: Mapping[str, Schema]) -> None:
        """Keep where they are.

        Args:
            database: The records.
            schemas: Every dataset's declared columns.
        """
        self._database, self._schemas = database, schemas

    def columns(self, dataset: str) -> Sequence[str]:
        """Return the columns by whose values batches of a dataset are scored, in the order of their names."""
        query = select(VALUE_SCORES.c.column).join(RUNS, RUNS.c.id == VALUE_SCORES.c.run_id).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None))
        with self._database.read() as connection:
            names = connection.scalars(query.distinct()).all()
        return sorted(name for name in names if name not in self._personal(dataset))

    def batches(self, dataset: str, column: str, weeks: int) -> Sequence[ScoredBatch]:
        """Return the scores of the published batches of a dataset by the values of a column, the oldest batch first.

        Args:
            dataset: Name of the dataset.
            column: Name of the column.
            weeks: How far before the newest batch they may end, in weeks.
        """
        if column in self._personal(dataset):
            return []
        scored = select(RUNS.c.id).join(VALUE_SCORES, VALUE_SCORES.c.run_id == RUNS.c.id)
        chosen = (RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None), VALUE_SCORES.c.column == column)
        query = select(RUNS.c.id, RUNS.c.at, VALUE_SCORES).join(VALUE_SCORES, VALUE_SCORES.c.run_id == RUNS.c.id).where(*chosen)
        batches: dict[str, ScoredBatch] = {}
        with self._database.read() as connection:
            newest = connection.execute(scored.where(*chosen).with_only_columns(func.max(RUNS.c.at))).scalar_one()
            since = [] if newest is None else [RUNS.c.at > newest - timedelta(weeks=weeks)]
            for row in connection.execute(query.where(*since).order_by(RUNS.c.at, RUNS.c.number, VALUE_SCORES.c.position)):
                before = batches.get(row.id, ScoredBatch(row.id, row.at))
                one = ValueScore(row.column, row.value, row.rows, row.held, row.failing, row.score, row.others)
                batches[row.id] = ScoredBatch(row.id, row.at, (*before.scores, one))
        return list(batches.values())

    def _personal(self, dataset: str) -> frozenset[str]:
        schema = self._schemas.get(dataset)
        columns = schema.columns if schema else ()
        return frozenset(name for column in columns if column.personal for name in (column.name, column.was) if name)
