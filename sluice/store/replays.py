"""Record for each dataset up to which of its runs the rows that wait for it were judged again, so that a replay which is interrupted is carried out later."""

from __future__ import annotations

from sqlalchemy import func, select

from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import COUNTERS, RUNS

_KINDS = ("ingest", "release", "replay", "undo", "rebuild", "map_values")  # of runs whose published rows may be those that others wait for


class Replays:
    """Read and write the record of replays."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def newest(self, dataset: str) -> int:
        """Return the snapshot of the newest run that published rows of a dataset; 0 where none did."""
        query = select(func.max(RUNS.c.seq)).where(RUNS.c.dataset == dataset, RUNS.c.kind.in_(_KINDS), RUNS.c.good > 0)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def is_due(self, dataset: str) -> bool:
        """Return True where a dataset published rows since the rows that wait for it were judged again."""
        with self._database.read() as connection:
            finished = get_record(connection, COUNTERS, _counter(dataset))
        return self.newest(dataset) > (finished.value if finished else 0)

    def finish(self, dataset: str, newest: int) -> None:
        """Record that the rows that wait for a dataset were judged again.

        Args:
            dataset: Name of the dataset.
            newest: Snapshot of its newest run with rows, when that began.
        """
        with self._database.write() as connection:
            save_record(connection, COUNTERS, _counter(dataset), value=newest)


def _counter(dataset: str) -> str:
    return f"replayed/{dataset}"
