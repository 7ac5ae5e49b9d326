"""Tell the tables of a snapshot dataset apart: which is published, and which came before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sluice.domain import Batch, Run, Schema


def published_tables(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that published a whole table: of a file, or of a table that was held as a whole and released.

    Args:
        runs: Published runs of a dataset in mode snapshot, the oldest first.
    """
    return [run for run in runs if run.good and (run.kind == "ingest" or (run.kind == "release" and run.uri))]


def replaces_table(schema: Schema, rows: Batch) -> bool:
    """Return True where good rows take the place of the published table, and are no part of it.

    Args:
        schema: Schema of the dataset.
        rows: The rows.
    """
    return schema.mode == "snapshot" and rows.whole


def table_end(runs: Sequence[Run]) -> datetime | None:
    """Return the end of the newest published table; None where there is none.

    Args:
        runs: As in `published_tables`.

    Example:
        >>> from datetime import UTC, datetime
        >>> days = [Run(f"b{day}", "items", "ingest", 1, datetime(2026, 3, day, tzinfo=UTC), "published", good=9) for day in (1, 3, 2)]
        >>> table_end(days).day
        3
    """
    return max((run.at for run in published_tables(runs)), default=None)


def earlier_batches(runs: Sequence[Run], batch: str, at: datetime) -> frozenset[str]:
    """Return the ids of the batches in whose place a table is published: those of its time or before it, as far as they arrived before it.

    Args:
        runs: Published runs of the dataset, the oldest first.
        batch: Id of the batch that the rows of the table arrived with.
        at: Its time.
    """
    arrived = [run for run in runs if run.kind == "ingest"]
    place = next((place for place, run in enumerate(arrived) if run.id == batch), len(arrived))
    return frozenset(run.id for other, run in enumerate(arrived) if (run.at, other) < (at, place))


def batches_before(runs: Sequence[Run]) -> frozenset[str]:
    """Return the ids of the batches that are older than the newest published table.

    Tables before the last rebuild do not count: the dataset may have had another mode then.

    Args:
        runs: As in `published_tables`.
    """
    rebuilt = max((place for place, run in enumerate(runs) if run.kind == "rebuild"), default=-1)
    end = table_end(runs[rebuilt + 1 :])
    return frozenset() if end is None else frozenset(run.id for run in runs if run.kind == "ingest" and run.at < end)
