"""Tell for every row that arrived in which state it is: published, held, rejected, copy or superseded."""

from __future__ import annotations

import polars as pl
from sqlalchemy import select

from sluice.domain import OTHER, ROW, STATE
from sluice.store.store import SqlStore
from sluice.store.tables import QUARANTINE_STATUS

ROW_STATES = pl.Schema({ROW: pl.String(), STATE: pl.String(), OTHER: pl.String()})


def row_states(store: SqlStore, dataset: str) -> pl.DataFrame:
    """Return one row for each state of each row of a dataset (schema ROW_STATES); where nothing is wrong, each row has exactly one.

    Args:
        store: The store.
        dataset: Name of a dataset.

    Returns:
        `_row_id`, `_state` (published, held, rejected, copy, superseded), and `_other`: the row that a copy repeats, or that is
        published instead of a superseded one.
    """
    snapshot = store.snapshot()
    published = _ids(snapshot.published(dataset), "published")
    held = _ids(store.quarantine.held(dataset, columns=[]).lazy(), "held")
    with store.database.read() as connection:
        query = select(QUARANTINE_STATUS.c.row_id).where(QUARANTINE_STATUS.c.dataset == dataset, QUARANTINE_STATUS.c.state == "rejected")
        rejected = _ids(pl.LazyFrame({ROW: connection.scalars(query).all()}, schema={ROW: pl.String}), "rejected")
    return pl.concat([published, held, rejected, snapshot.repeats(dataset).select(*ROW_STATES).collect()])


def _ids(rows: pl.LazyFrame, state: str) -> pl.DataFrame:
    if ROW not in rows.collect_schema().names():
        return ROW_STATES.to_frame()
    return rows.select(ROW, pl.lit(state).alias(STATE), pl.lit(None, dtype=pl.String).alias(OTHER)).collect()
