"""Read what a rule said of each batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from sluice.domain import Message
from sluice.rules.rule_history import RulePoint
from sluice.store.store import SqlStore
from sluice.store.tables import RUNS, VERDICTS


def rule_history(store: SqlStore, dataset: str, rule: str) -> Sequence[RulePoint]:
    """Return what a rule said of each published batch once it was cleaned, the oldest first.

    Args:
        store: The records.
        dataset: Name of the dataset.
        rule: Id of the rule.
    """
    query = (
        select(RUNS.c.id, RUNS.c.at, VERDICTS.c.status, VERDICTS.c.rows, VERDICTS.c.failed, VERDICTS.c.message, VERDICTS.c.observed)
        .join(VERDICTS, VERDICTS.c.run_id == RUNS.c.id)
        .where(RUNS.c.dataset == dataset, RUNS.c.kind == "ingest", RUNS.c.state == "published", VERDICTS.c.rule == rule, VERDICTS.c.phase == "cleaned")
        .order_by(RUNS.c.number)
    )
    with store.database.read() as connection:
        return [
            RulePoint(row.id, row.at, row.status, row.rows, row.failed, Message.loads(row.message), Message.loads(row.observed))
            for row in connection.execute(query)
        ]
