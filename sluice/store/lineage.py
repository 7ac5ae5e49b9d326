"""Remember up to which run lineage events were sent: a run is told of in the order of its number, at least once, whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from sluice.domain import Run
from sluice.store.database import Database
from sluice.store.records import insert_if_new, save_record
from sluice.store.runs import to_run
from sluice.store.tables import COUNTERS, RUNS

_COUNTER = "lineage"
_FINISHED = ("published", "failed")


class LineageLog:
    """Keep the number of the newest run whose event was accepted."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def begin(self) -> None:
        """Let events begin with the next run, where none was sent before."""
        with self._database.write() as connection:
            newest = connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == "run")).scalar_one()
            connection.execute(insert_if_new(connection, COUNTERS, name=_COUNTER, value=newest))

    def waiting(self, limit: int) -> Sequence[tuple[int, Run]]:
        """Return the next runs to tell of, each with its number; none after one that is being published."""
        with self._database.read() as connection:
            query = select(RUNS).where(RUNS.c.number > _sent(connection)).order_by(RUNS.c.number).limit(limit)
            runs: list[tuple[int, Run]] = []
            for row in connection.execute(query):
                if row.state not in _FINISHED:
                    break
                runs.append((row.number, to_run(row)))
            return runs

    def count(self) -> int:
        """Return how many runs wait to be told of."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(RUNS).where(RUNS.c.number > _sent(connection))).scalar_one())

    def finish(self, number: int) -> None:
        """Record that the event of a run was accepted."""
        with self._database.write() as connection:
            save_record(connection, COUNTERS, _COUNTER, value=number)


def _sent(connection: Connection) -> int:
    """Return the number of the newest run that was told of; where none was, that of the newest run of all."""
    query = select(COUNTERS.c.name, COUNTERS.c.value).where(COUNTERS.c.name.in_((_COUNTER, "run")))
    values: dict[str, int] = {row.name: row.value for row in connection.execute(query)}
    return values.get(_COUNTER, values["run"])
