"""Takes repairs back: the cells get their old values, and the rows are judged again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl

from sluice.domain import ROW, Run, Staged
from sluice.errors import UsageError
from sluice.ports import Store

Undone = Callable[[str, str, Sequence[str], str, datetime], Staged]


def undo(dataset: str, repair_ids: Sequence[str], store: Store, undone: Undone, *, batch_id: str, now: datetime) -> Run:
    """Take repairs back, with every later repair of the same cells; rows that then fail move to the quarantine.

    Args:
        dataset: Whose rows.
        repair_ids: As `sluice repairs list` shows them.
        store: Where the repairs are recorded.
        undone: Restores, judges and stages the rows, in the child process.
        batch_id: Names the run.
        now: The time of the run.

    Raises:
        UsageError: There is no such repair, it was taken back before, or its row is not published.
    """
    with store.lease(dataset) as lease:
        repairs, snapshot = store.quarantine.repairs(dataset, ids=repair_ids), store.snapshot()
        unknown = [each for each in repair_ids if each not in set(repairs["repair_id"])]
        if unknown:
            raise UsageError(f"{dataset}: no applied repair is called {unknown[0]}; `sluice repairs list {dataset}` shows them")
        elsewhere = unpublished(repairs, snapshot.published(dataset))
        if elsewhere:
            raise UsageError(f"{dataset}: the row of {elsewhere[0]} is not published (it is held, rejected, or was replaced since); release it first")
        return store.publish(lease, undone(dataset, batch_id, repair_ids, snapshot.id, now))


def unpublished(repairs: pl.DataFrame, clean: pl.LazyFrame) -> list[str]:
    """The ids of those repairs whose rows are not among the clean ones."""
    if not clean.collect_schema():
        return repairs["repair_id"].to_list()
    there = clean.filter(pl.col(ROW).is_in(repairs[ROW].implode())).select(ROW).collect()
    return repairs.join(there, on=ROW, how="anti", maintain_order="left")["repair_id"].to_list()
