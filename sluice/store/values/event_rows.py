"""Find and delete rows of the log tables by value: each as the row of its dataset that it repeats, so that the short id of a user is found too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from sqlalchemy import Connection, Table, delete, select

from sluice.domain import EventColumns
from sluice.store.tables import EXPOSURES, RECORDED_EVENTS
from sluice.store.values.query import ValueQuery

LOGS = {RECORDED_EVENTS: ("user", "item", "kind", "event"), EXPOSURES: ("user", "item", "place")}
"""Log tables, each with the columns that hold values."""
_CHUNK = 10_000  # rows that are held at once


def count_rows(connection: Connection, table: Table, query: ValueQuery, columns: EventColumns | None) -> dict[str, int]:
    """Return how many rows of a log table hold a value, by column.

    Args:
        connection: A transaction.
        table: One of `LOGS`.
        query: The value.
        columns: The columns whose values the rows repeat; None where no recommender is configured.
    """
    counts = dict.fromkeys(LOGS[table], 0)
    for _, rows in _chunks(connection, table):
        for name, hits in _hits(rows, query, columns):
            counts[name] += int(hits.sum())
    return counts


def delete_rows(connection: Connection, query: ValueQuery, columns: EventColumns | None) -> None:
    """Delete the rows of all log tables that hold a value: what of them is left arrives with a batch, as the erasure lets it; arguments as in `count_rows`."""
    for table in LOGS:
        for numbers, rows in list(_chunks(connection, table)):
            holds = pl.Series([False] * len(numbers), dtype=pl.Boolean)
            for _, hits in _hits(rows, query, columns):
                holds = holds | hits
            chosen = numbers.filter(holds).to_list()
            for first in range(0, len(chosen), 500):
                connection.execute(delete(table).where(table.c.number.in_(chosen[first : first + 500])))


def _hits(logged: pl.DataFrame, query: ValueQuery, columns: EventColumns | None) -> Iterator[tuple[str, pl.Series]]:
    rows = query.in_dataset(columns.dataset) if columns else query
    for name, column in _names(logged.columns, columns).items():
        yield name, rows.rows(logged.select(pl.col(name).alias(column)))


def _names(names: Sequence[str], columns: EventColumns | None) -> dict[str, str]:
    """Return by column of the table the column of the dataset; what has none there keeps a name that no dataset has."""
    named = {"user": columns.user, "item": columns.item, "kind": columns.kind} if columns else {}
    return {name: named.get(name) or f"recorded {name}" for name in names}


def _chunks(connection: Connection, table: Table) -> Iterator[tuple[pl.Series, pl.DataFrame]]:
    last, names = 0, LOGS[table]
    while True:
        query = select(table.c.number, *(table.c[name] for name in names)).where(table.c.number > last).order_by(table.c.number).limit(_CHUNK)
        rows = [tuple(row) for row in connection.execute(query)]
        if not rows:
            return
        logged = pl.DataFrame(rows, schema={"number": pl.Int64, **dict.fromkeys(names, pl.String)}, orient="row")
        last = int(logged["number"][-1])
        yield logged["number"], logged.drop("number")
