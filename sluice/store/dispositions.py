"""Read what became of quarantined rows: a row without a record is held."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection, func, select

from sluice.domain import ROW
from sluice.store.lists import listed
from sluice.store.tables import QUARANTINE_STATUS

SETTLED = pl.Schema({ROW: pl.String(), "state": pl.String()})
_MAX_LOOKUPS = 20_000  # so many rows are looked up one by one faster than all are read


def settled_rows(connection: Connection, dataset: str, rows: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the rows of a dataset that are held no longer, with their state (schema SETTLED).

    Args:
        connection: A transaction.
        dataset: The dataset.
        rows: Ids of the rows that matter, of which others may be returned as well; None means all.
    """
    if rows is not None and len(rows) <= _MAX_LOOKUPS:
        return _looked_up(connection, dataset, rows)
    column = QUARANTINE_STATUS.c
    ids = func.aggregate_strings(column.row_id, "\n")  # as one text: a tuple of Python for each row takes twenty times as long
    query = select(column.state, ids).where(column.dataset == dataset).group_by(column.state)
    states = pl.DataFrame([tuple(row) for row in connection.execute(query)], schema={"state": pl.String, ROW: pl.String}, orient="row")
    return states.with_columns(pl.col(ROW).str.split("\n")).explode(ROW).select(*SETTLED)


def settled_since(connection: Connection, dataset: str, number: int) -> list[str]:
    """Return the ids of the rows that were settled after a numbered disposition."""
    return list(connection.scalars(select(QUARANTINE_STATUS.c.row_id).where(QUARANTINE_STATUS.c.dataset == dataset, QUARANTINE_STATUS.c.number > number)))


def _looked_up(connection: Connection, dataset: str, rows: Sequence[str]) -> pl.DataFrame:
    column = QUARANTINE_STATUS.c
    query = select(column.row_id, column.state).where(column.dataset == dataset, column.row_id.in_(select(listed(connection, rows).c.value)))
    return pl.DataFrame([tuple(row) for row in connection.execute(query)] if rows else [], schema=SETTLED, orient="row")
