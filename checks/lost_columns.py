"""Decide which columns a file has lost: those that accepted batches filled, and that it lacks; and name those that are new."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import RUN, Batch, Message, Schema
from sluice.ports import Snapshot

_MAX_NAMED = 12
_RUNS = 30  # so many of the newest accepted batches say what is usual
_CHANCE = 0.001  # of no filled cell in a batch, below which it is unusual
_FILLED = 0.5  # share of their rows from which a column is usually filled; that of one attribute of some products is far lower


def lost_columns(batch: Batch, schema: Schema, snapshot: Snapshot) -> frozenset[str]:
    """Return the declared columns that a file lacks and that the accepted batches filled in at least half of their rows.

    Without accepted batches no column is lost. In mode snapshot nothing is compared here: the table before it is, by what shrank.

    Args:
        batch: The batch; one that does not come from a file lacks no column.
        schema: Schema of the dataset.
        snapshot: What was published.
    """
    missing = [name for name in schema.names if batch.columns is not None and name not in batch.columns]
    if not missing or schema.mode == "snapshot":
        return frozenset()
    return frozenset(_usually_filled(missing, batch, snapshot))


def expected_columns(batch: Batch, snapshot: Snapshot, rows: int) -> frozenset[str]:
    """Return the columns that a file may have under a new name, and that accepted batches filled so often that it lacks them by no chance.

    Args:
        batch: The batch.
        snapshot: What was published.
        rows: Number of rows of the whole batch.
    """
    shares = _filled_shares(list(batch.similar), batch, snapshot) if batch.similar else {}
    return frozenset(name for name, share in shares.items() if (1 - share) ** rows < _CHANCE)


def _usually_filled(names: Sequence[str], batch: Batch, snapshot: Snapshot) -> list[str]:
    return [name for name, share in _filled_shares(names, batch, snapshot).items() if share >= _FILLED]


def _filled_shares(names: Sequence[str], batch: Batch, snapshot: Snapshot) -> dict[str, float]:
    """Return the share of the rows of accepted batches in which each column is filled; none without accepted batches."""
    runs = [run.id for run in snapshot.runs(batch.dataset) if run.kind == "ingest" and run.decision == "open" and run.good]
    published = snapshot.published(batch.dataset)
    stored = published.collect_schema().names() if runs else []
    names = [name for name in names if name in stored]
    if not names or RUN not in stored:
        return {}
    shares = published.filter(pl.col(RUN).is_in(runs[-_RUNS:])).select(pl.col(name).is_not_null().mean() for name in names).collect()
    return {name: shares[name].item() or 0.0 for name in names}


def describe_new_columns(names: Sequence[str]) -> Message:
    """Name the first columns of a file that are not declared.

    Args:
        names: Names of all of them.
    """
    first = (*names[:_MAX_NAMED], "...") if len(names) > _MAX_NAMED else tuple(names)
    return Message.of("columns_undeclared", columns=len(names), names=first)
