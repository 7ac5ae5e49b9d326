"""Held rows that are judged again: because a steward says so, or because what they waited for has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sluice.domain import REASONS, ROW, Message, Request, Run, RunKind, Staged
from sluice.ports import Snapshot, Store
from sluice.rules import waivable


@dataclass(frozen=True, slots=True)
class Rejudge:
    """Which held rows to judge again, and how."""

    kind: RunKind
    dataset: str
    batch_id: str
    rows: tuple[str, ...]
    at: datetime
    waived: frozenset[str] = frozenset()


Rejudged = Callable[[Rejudge, str], Staged]


def release(request: Request, store: Store, rejudged: Rejudged, *, now: datetime) -> tuple[bool, Message]:
    """Release held rows: they are judged again without the rules that the request waives. The uniqueness of a key cannot be waived.

    Returns:
        Whether a row was released, and the answer to the request.
    """
    with store.lease(request.dataset) as lease:
        held = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule)
        waived = frozenset({request.rule} if request.rule else waivable(reasons(held)))
        if request.rule and not waivable([request.rule]):
            return False, Message.of("rule_not_waivable", rule=request.rule)
        if held.is_empty():
            return False, Message.of("rows_not_held")
        order = Rejudge("release", request.dataset, f"release-{request.id}", tuple(held[ROW]), now, waived)
        run = store.publish(lease, rejudged(order, store.snapshot().id))
    if run.bad:
        return run.good > 0, Message.of("rows_partly_released", released=run.good, rows=run.rows, held=run.bad)
    return run.good > 0, Message.of("rows_released", released=run.good, rows=run.rows)


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule that holds rows until another dataset knows their key."""

    rule: str
    column: str
    dataset: str
    key: str


def replay(dataset: str, references: Sequence[Reference], store: Store, rejudged: Rejudged, *, now: datetime) -> Run | None:
    """Judge the rows again that are held for a missing reference alone, where what they refer to has come.

    Args:
        dataset: Whose rows.
        references: The dataset's rules about references.
        store: Where they are held.
        rejudged: Judges them, in the child process.
        now: The time of the run.
    """
    with store.lease(dataset) as lease:
        snapshot = store.snapshot()
        rows = tuple(row for each in references for row in _answered(store.quarantine.held(dataset, rule=each.rule), each, snapshot))
        if not rows:
            return None
        staged = rejudged(Rejudge("replay", dataset, f"replay-{dataset}-{snapshot.id}", rows, now), snapshot.id)
        return store.publish(lease, staged)


def _answered(held: pl.DataFrame, reference: Reference, snapshot: Snapshot) -> Iterable[str]:
    known = snapshot.published(reference.dataset)
    if held.is_empty() or not known.collect_schema():
        return ()
    return held.lazy().join(known.select(pl.col(reference.key).alias(reference.column)), on=reference.column, how="semi").select(ROW).collect()[ROW]


def reasons(held: pl.DataFrame) -> list[str]:
    """The names of the rules that hold rows back."""
    if held.is_empty():
        return []
    return held.select(pl.col(REASONS).list.explode().struct.field("name").unique().drop_nulls().sort()).to_series().to_list()
