"""Read up to where each table was read: the mark is a part of the newest run's record, so that it moves with the publishing of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from sluice.domain import Mark
from sluice.errors import Outdated
from sluice.messages import make_error
from sluice.store.database import Database
from sluice.store.records import get_record
from sluice.store.tables import RUNS


class Marks:
    """Answer what was read of tables, by whichever machine."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def newest(self, dataset: str) -> Mark | None:
        """Return up to where the table of a dataset was read; None where no batch of it has a mark."""
        query = select(RUNS.c.mark).where(RUNS.c.dataset == dataset, RUNS.c.mark.is_not(None)).order_by(RUNS.c.mark["number"].as_integer().desc())
        with self._database.read() as connection:
            facts = connection.scalars(query.limit(1)).first()
        return None if facts is None else Mark.from_json(facts)

    def may_follow(self, dataset: str, mark: Mark) -> bool:
        """Return True where what a mark follows is recorded, and nothing else follows that."""
        with self._database.read() as connection:
            return _may_follow(connection, dataset, mark)

    def is_recorded(self, run_id: str) -> bool:
        """Return True where a run is promised, published or failed."""
        with self._database.read() as connection:
            return get_record(connection, RUNS, run_id) is not None

    def has_landed(self, dataset: str) -> bool:
        """Return True where a batch of a dataset is recorded that was landed from a table."""
        with self._database.read() as connection:
            landed = RUNS.c.uri.contains(f"/landing/{dataset}/{dataset}-", autoescape=True) & RUNS.c.uri.endswith(".parquet")
            query = select(RUNS.c.id).where(RUNS.c.dataset == dataset, RUNS.c.kind == "ingest", landed)
            return connection.scalars(query.limit(1)).first() is not None


def comes_again(intent: Row[Any]) -> bool:
    """Return whether what a run was about to publish can be read again on this machine: rows of the lake, of a table, or of a file that is here."""
    return intent.kind != "ingest" or intent.mark is not None or Path(intent.uri).is_file()


def require_next(connection: Connection, dataset: str, mark: Mark | None) -> None:
    """Pass only where a batch follows what was read of its table; batches without a mark always do.

    The digests of earlier marks are dropped, which no read compares rows with any more: a thousand a mark, they would be most of the database.
    Those of the mark that it follows stay, since what is promised may be withdrawn.

    Raises:
        Outdated: Another machine has read its rows meanwhile.
    """
    if mark is None:
        return
    if not _may_follow(connection, dataset, mark):
        raise make_error(Outdated, "rows_read_elsewhere", dataset=dataset)
    recorded = RUNS.c.mark
    earlier = [RUNS.c.dataset == dataset, recorded.is_not(None), recorded["digests"].as_string() != "", recorded["id"].as_string() != mark.former]
    for row in connection.execute(select(RUNS.c.id, recorded).where(*earlier)).all():
        connection.execute(update(RUNS).where(RUNS.c.id == row.id).values(mark={**row.mark, "digests": ""}))


def _may_follow(connection: Connection, dataset: str, mark: Mark) -> bool:
    recorded = RUNS.c.mark
    query = select(recorded["id"].as_string(), recorded["former"].as_string()).where(RUNS.c.dataset == dataset, recorded.is_not(None))
    near = connection.execute(query.where(or_(recorded["id"].as_string() == mark.former, recorded["former"].as_string() == mark.former))).all()
    return all(former != mark.former for _, former in near) and (not mark.former or any(name == mark.former for name, _ in near))
