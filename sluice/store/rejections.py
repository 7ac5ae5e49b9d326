"""Undo rejections: rows that a person rejected are held again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, delete, func, select

from sluice.domain import ROW, Message, Request, Schema
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.rules import batches_before
from sluice.rules.revisions import batches_of
from sluice.store.activity_log import log_act
from sluice.store.database import Database
from sluice.store.leases import fence
from sluice.store.lists import listed
from sluice.store.runs import next_number, to_run
from sluice.store.tables import QUARANTINE_STATUS, RUNS


def rejection_id(request: str) -> str:
    """Return how the records of rejected rows name the request that rejected them."""
    return f"reject-{request}"


class Rejections:
    """Know what each request rejected, and hold it again.

    Rows of an older table than the published one stay rejected: the newer one says of each row what is true.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], schemas: Mapping[str, Schema]) -> None:
        """Keep the database, the clock that dates what people do, and every dataset's schema."""
        self._database, self._clock = database, clock
        self._tables = [dataset for dataset, schema in schemas.items() if schema.mode == "snapshot"]

    def counts(self) -> dict[str, int]:
        """Return by request how many rows are rejected by it now and can be held again."""
        column = QUARANTINE_STATUS.c
        rejected = select(column.run_id, func.count().label("rejected")).where(column.state == "rejected", column.run_id.is_not(None)).group_by(column.run_id)
        with self._database.read() as connection:
            others = connection.execute(rejected.where(column.dataset.not_in(self._tables)))
            counts: dict[str, int] = {row.run_id: row.rejected for row in others}
            for dataset in self._tables:
                rows = _rejected(connection, dataset)
                counts |= dict(self._of_published_table(connection, dataset, rows).group_by("request").len().iter_rows())
        return {run_id.removeprefix(rejection_id("")): rows for run_id, rows in counts.items()}

    def undo(self, lease: Lease, request: Request) -> int:
        """Hold the rows of a rejection again, with the reasons that they had; return their number.

        Raises:
            Fenced: The lease was taken over.
            UsageError: No row is rejected by the named request: it was undone before, or there is none; or all rows are of older tables.
        """
        column = QUARANTINE_STATUS.c
        with self._database.write() as connection:
            fence(connection, lease)
            rejected = _rejected(connection, request.dataset, [rejection_id(name) for name in request.rows])
            if rejected.is_empty():
                raise make_error(UsageError, "rejection_unknown", dataset=request.dataset, request=", ".join(request.rows))
            ids = self._of_published_table(connection, request.dataset, rejected)[ROW].to_list()
            if not ids:
                raise make_error(UsageError, "rejection_of_older_tables", dataset=request.dataset, rows=rejected.height)
            named = select(listed(connection, ids).c.value)
            rows = connection.execute(delete(QUARANTINE_STATUS).where(column.dataset == request.dataset, column.row_id.in_(named))).rowcount
            next_number(connection, "taken_back")
            subject = Message.of("about_rows", dataset=request.dataset, rows=rows)
            log_act(connection, at=self._clock(), who=request.by, what="undo_reject", subject=subject, reason=request.note)
            return rows

    def _of_published_table(self, connection: Connection, dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that are of no older table than the published one."""
        if dataset not in self._tables or rows.is_empty():
            return rows
        runs = connection.execute(select(RUNS).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None)).order_by(RUNS.c.seq))
        return rows.filter(~batches_of(rows[ROW]).is_in(list(batches_before([to_run(row) for row in runs]))))


def _rejected(connection: Connection, dataset: str, requests: Sequence[str] = ()) -> pl.DataFrame:
    """Return the rejected rows of a dataset, each with the name of its request; of all requests, or of those named."""
    column = QUARANTINE_STATUS.c
    query = select(column.row_id, column.run_id).where(column.dataset == dataset, column.state == "rejected", column.run_id.is_not(None))
    rows = connection.execute(query.where(column.run_id.in_(requests)) if requests else query)
    return pl.DataFrame([tuple(row) for row in rows], schema={ROW: pl.String, "request": pl.String}, orient="row")
