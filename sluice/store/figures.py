"""Count what a monitoring system watches, each by one query that the database groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from sluice.store.database import Database
from sluice.store.tables import ALERTS, INCIDENTS, MODELS, REQUESTS, RUNS

Counts = Mapping[tuple[str, ...], int]
ROWS = ("good", "bad", "copies", "superseded")


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold counts by what they are grouped by.

    Attributes:
        runs: Runs by dataset, kind and state.
        rows: Rows of new batches by dataset, as they were decided when they arrived: good, bad, copies, superseded.
        requests: Requests that are not answered, by kind and state.
        incidents: Unresolved incidents by dataset and severity.
        alerts: Alerts by state.
        models: Serving version by name.
    """

    runs: Counts
    rows: Mapping[str, Sequence[int]]
    requests: Counts
    incidents: Counts
    alerts: Counts
    models: Mapping[str, int]


def read_figures(database: Database) -> Figures:
    """Count everything at one moment.

    Raises:
        StoreError: The database does not answer.
    """
    rows = select(RUNS.c.dataset, *(func.sum(RUNS.c[name]) for name in ROWS)).where(RUNS.c.kind == "ingest", RUNS.c.state == "published")
    requests, incidents = (REQUESTS.c.kind, REQUESTS.c.state), (INCIDENTS.c.dataset, INCIDENTS.c.severity)
    with database.read() as connection:
        return Figures(
            _counts(connection, select(RUNS.c.dataset, RUNS.c.kind, RUNS.c.state, func.count()).group_by(RUNS.c.dataset, RUNS.c.kind, RUNS.c.state)),
            {row[0]: tuple(map(int, row[1:])) for row in connection.execute(rows.group_by(RUNS.c.dataset))},
            _counts(connection, select(*requests, func.count()).where(REQUESTS.c.state.in_(("pending", "taken", "asked"))).group_by(*requests)),
            _counts(connection, select(*incidents, func.count()).where(INCIDENTS.c.state != "resolved").group_by(*incidents)),
            _counts(connection, select(ALERTS.c.state, func.count()).group_by(ALERTS.c.state)),
            {row.name: row.version for row in connection.execute(select(MODELS.c.name, MODELS.c.version).where(MODELS.c.state == "champion"))},
        )


def _counts(connection: Connection, query: Select[Any]) -> Counts:
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in connection.execute(query)}
