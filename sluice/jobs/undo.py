"""Takes repairs back: the cells get their old values, and the rows are judged again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sluice.domain import Run, Staged
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
        UsageError: There is no such repair, or it was taken back before.
    """
    with store.claim(dataset) as claim:
        known = set(store.repairs(dataset, ids=repair_ids)["repair_id"])
        unknown = [each for each in repair_ids if each not in known]
        if unknown:
            raise UsageError(f"{dataset}: no applied repair is called {unknown[0]}; `sluice repairs list {dataset}` shows them")
        return store.publish(claim, undone(dataset, batch_id, repair_ids, store.snapshot().id, now))
