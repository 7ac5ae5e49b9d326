"""Count the queries of the search that no item answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from sluice.domain import UnansweredQuery
from sluice.store.database import Database
from sluice.store.records import get_record, update_record
from sluice.store.tables import UNANSWERED_QUERIES

MAX_LENGTH = 200  # letters of a query that are stored
MAX_QUERIES = 10_000  # beyond, a new query takes the place of the one that was asked longest ago


class UnansweredQueries:
    """Record and list them."""

    def __init__(self, database: Database, *, limit: int = MAX_QUERIES) -> None:
        """Keep the database."""
        self._database, self._limit = database, limit

    def record(self, query: str, at: datetime) -> None:
        """Count a query as it was typed, so that `sluice forget` finds in it whom the data names; blanks at its ends and runs of them do not count."""
        text = " ".join(query.encode("utf-8", "replace").decode().replace("\x00", " ").split())[:MAX_LENGTH]
        with self._database.write() as connection:
            row = get_record(connection, UNANSWERED_QUERIES, text, for_update=True)
            if row is not None:
                update_record(connection, UNANSWERED_QUERIES, text, times=row.times + 1, last=at)
                return
            oldest = select(UNANSWERED_QUERIES.c.query).order_by(UNANSWERED_QUERIES.c.last, UNANSWERED_QUERIES.c.query).limit(1).scalar_subquery()
            if connection.execute(select(func.count()).select_from(UNANSWERED_QUERIES)).scalar_one() >= self._limit:
                connection.execute(delete(UNANSWERED_QUERIES).where(UNANSWERED_QUERIES.c.query == oldest))
            connection.execute(insert(UNANSWERED_QUERIES).values(query=text, times=1, first=at, last=at))

    def most_frequent(self, count: int) -> Sequence[UnansweredQuery]:
        """Return the queries that were asked most, the most frequent first; of equal ones the latest. Spellings that differ in case alone are one."""
        columns = UNANSWERED_QUERIES.c
        times, first, last = func.sum(columns.times).label("times"), func.min(columns.first).label("first"), func.max(columns.last).label("last")
        text = func.lower(columns.query).label("query")
        query = select(text, times, first, last).group_by(text).order_by(times.desc(), last.desc(), text).limit(count)
        with self._database.read() as connection:
            return [UnansweredQuery(row.query, int(row.times), row.first, row.last) for row in connection.execute(query)]
