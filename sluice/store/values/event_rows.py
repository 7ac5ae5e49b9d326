"""Find and delete recorded events by value: each as the row of its dataset that it announces, so that the short id of a user is found too."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from sqlalchemy import Connection, delete, select

from sluice.domain import EventColumns
from sluice.store.tables import RECORDED_EVENTS
from sluice.store.values.query import ValueQuery

_CHUNK = 10_000  # events that are held at once


def count_events(connection: Connection, query: ValueQuery, columns: EventColumns | None) -> dict[str, int]:
    """Return how many recorded events hold a value, by column.

    Args:
        connection: A transaction.
        query: The value.
        columns: The columns whose values events repeat; None where no recommender is configured.
    """
    counts = dict.fromkeys(_names(columns), 0)
    for _, events in _chunks(connection):
        for name, hits in _hits(events, query, columns):
            counts[name] += int(hits.sum())
    return counts


def delete_events(connection: Connection, query: ValueQuery, columns: EventColumns | None) -> None:
    """Delete the recorded events that hold a value: what of them is left arrives with a batch, as the erasure lets it; arguments as in `count_events`."""
    for numbers, events in list(_chunks(connection)):
        holds = pl.Series([False] * len(numbers), dtype=pl.Boolean)
        for _, hits in _hits(events, query, columns):
            holds = holds | hits
        chosen = numbers.filter(holds).to_list()
        for first in range(0, len(chosen), 500):
            connection.execute(delete(RECORDED_EVENTS).where(RECORDED_EVENTS.c.number.in_(chosen[first : first + 500])))


def _hits(events: pl.DataFrame, query: ValueQuery, columns: EventColumns | None) -> Iterator[tuple[str, pl.Series]]:
    rows = query.in_dataset(columns.dataset) if columns else query
    for name, column in _names(columns).items():
        yield name, rows.rows(events.select(pl.col(name).alias(column)))


def _names(columns: EventColumns | None) -> dict[str, str]:
    """Return by column of the records the column of the dataset; what has none there keeps a name that no dataset has."""
    named = {"user": columns.user, "item": columns.item, "kind": columns.kind} if columns else {}
    return {name: named.get(name) or f"recorded {name}" for name in ("user", "item", "kind", "event")}


def _chunks(connection: Connection) -> Iterator[tuple[pl.Series, pl.DataFrame]]:
    last, texts = 0, [RECORDED_EVENTS.c[name] for name in _names(None)]
    while True:
        query = select(RECORDED_EVENTS.c.number, *texts).where(RECORDED_EVENTS.c.number > last).order_by(RECORDED_EVENTS.c.number).limit(_CHUNK)
        rows = [tuple(row) for row in connection.execute(query)]
        if not rows:
            return
        events = pl.DataFrame(rows, schema={"number": pl.Int64, **dict.fromkeys(_names(None), pl.String)}, orient="row")
        last = int(events["number"][-1])
        yield events["number"], events.drop("number")
