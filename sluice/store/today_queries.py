"""Query what a sentence about a dataset needs, without reading the lake."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl
from sqlalchemy import Row, func, select

from sluice.domain import MAX_SHRINK, ROW, RUN, MainReason, Message, Run
from sluice.rules.incidents import finding
from sluice.store.database import Database
from sluice.store.runs import versions
from sluice.store.store import SqlStore
from sluice.store.tables import QUARANTINE_STATUS, VERDICTS

_HOLDS = ("quarantine", "repair", "block")


def rejected_rows(database: Database, dataset: str, run_ids: Collection[str]) -> dict[str, int]:
    """Return by run how many of its rows a person rejected."""
    column = QUARANTINE_STATUS.c
    counts: dict[str, int] = {}
    with database.read() as connection:
        for run_id in run_ids:
            of_run = (column.dataset == dataset, column.row_id > f"{run_id}.", column.row_id < f"{run_id}/", column.state == "rejected")
            counts[run_id] = int(connection.execute(select(func.count()).where(*of_run)).scalar_one())
    return counts


def main_reason(database: Database, run: Run) -> MainReason | None:
    """Return the rule that held most rows of a batch when it was read; a rule about the whole batch, where one blocked it; None where no rule held rows."""
    column = VERDICTS.c
    failed = (column.run_id == run.id, column.phase == "cleaned", column.on_fail.in_(_HOLDS), column.status == "failed")
    with database.read() as connection:
        rows = connection.execute(select(VERDICTS).where(*failed)).all()
    held = [MainReason(row.rule, _problem(row), run.bad if row.on_fail == "block" else row.failed, run.bad) for row in rows]
    return max(held, key=lambda reason: reason.rows, default=None)


def reason_now(store: SqlStore, run: Run) -> MainReason | None:
    """Return the rule that holds most of the rows of a batch that are held now; None where no rule that judged them holds one.

    Args:
        store: The records and the lake.
        run: The batch.
    """
    held = store.quarantine_index.of(run.dataset, "held").filter(pl.col(ROW).str.starts_with(f"{run.id}."))
    counts = held.select(pl.col("rules").list.unique()).explode("rules").drop_nulls().group_by("rules").len().sort("len", "rules", descending=[True, False])
    verdicts = _failed(store.database, {run.id, *held[RUN]}, counts["rules"].to_list())
    reasons = (MainReason(rule, _problem(verdicts[rule]), rows, held.height) for rule, rows in counts.iter_rows() if rule in verdicts)
    return next(reasons, None)


def _failed(database: Database, runs: Collection[str], rules: Collection[str]) -> dict[str, Row[Any]]:
    """Return the newest failed verdict of each rule among some runs: a batch is judged by its own run, and again by a backfill that holds rows of it."""
    column = VERDICTS.c
    chosen = (column.run_id.in_(runs), column.phase == "cleaned", column.status == "failed", column.rule.in_(rules))
    with database.read() as connection:
        return {row.rule: row for row in connection.execute(select(VERDICTS).where(*chosen).order_by(column.id))}


def _problem(verdict: Row[Any]) -> Message:
    """Return what is wrong with the rows; of a rule about a whole batch, what happened to the batch."""
    message, observed = Message.loads(verdict.message), Message.loads(verdict.observed)
    if verdict.rows:
        return message
    return observed if verdict.rule == MAX_SHRINK else finding("failed", message, observed, rows=0)


def held_count(store: SqlStore, dataset: str) -> int:
    """Return how many rows of a dataset are held now: the rows of its quarantine table, which the log counts, but for those that were settled."""
    with store.database.read() as connection:
        version = versions(connection, dataset).get("quarantine")
        settled = int(connection.execute(select(func.count()).where(QUARANTINE_STATUS.c.dataset == dataset)).scalar_one())
    return 0 if version is None else int(store.lake.scan("quarantine", dataset, version).select(pl.len()).collect().item()) - settled
