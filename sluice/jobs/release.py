"""Judge held rows again: because a steward releases them, or because the rows that they refer to have arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from sluice.domain import MAX_SHRINK, RAW, REASONS, ROW, Message, ReferenceRule, Rejudge, Request, Run
from sluice.ports import Quarantine, QuarantineStore, Rejudger, Snapshot
from sluice.rules import waivable


def release(request: Request, store: QuarantineStore, worker: Rejudger, *, now: datetime) -> tuple[bool, Message]:
    """Release held rows: they are judged again without the rules that the request waives. The uniqueness of a key cannot be waived.

    Args:
        request: Rows, or the rule that holds them.
        store: Where they are held.
        worker: Judges them.
        now: Time of the run.

    Returns:
        Whether a row was released, and the answer to the request.
    """
    with store.lease(request.dataset) as lease:
        held = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule)
        waived = frozenset({request.rule} if request.rule else waivable(reason_names(held)))
        if request.rule and not waivable([request.rule]):
            return False, Message.of("rule_not_waivable", rule=request.rule)
        if held.is_empty():
            return False, Message.of("rows_not_held")
        order = Rejudge("release", request.dataset, f"release-{request.id}", tuple(held[ROW]), now, waived)
        runs = [store.publish(lease, worker.rejudge(part, store.snapshot().id)) for part in by_batch(order)]
    unread = unread_cells(store.snapshot().published(request.dataset), order.rows)
    return any(run.good for run in runs), Message.join([_answer(runs), *unread])


def by_batch(order: Rejudge) -> Iterator[Rejudge]:
    """Yield an order for the rows of each batch, so that each run revises the one that its rows arrived with.

    Args:
        order: Rows of any batches. Where they are of one batch, or a whole table that lost rows is accepted, the order stays as it is.
    """
    batches = dict.fromkeys(row.rpartition(".")[0] for row in order.rows)
    if len(batches) == 1 or MAX_SHRINK in order.waived:
        yield order
        return
    for batch in batches:
        rows = tuple(row for row in order.rows if row.rpartition(".")[0] == batch)
        yield replace(order, batch_id=f"{order.batch_id}.{batch}", rows=rows)


def _answer(runs: Sequence[Run]) -> Message:
    good, bad, rows = (sum(getattr(run, name) for run in runs) for name in ("good", "bad", "rows"))
    code = "rows_partly_released" if bad else "rows_released"
    released = Message.of(code, released=good, rows=rows, **({"held": bad} if bad else {}))
    repeats = sum(run.copies + run.superseded for run in runs)
    return Message.join([released, Message.of("rows_repeat_published", repeats=repeats)]) if repeats else released


def unread_cells(published: pl.LazyFrame, rows: Sequence[str]) -> list[Message]:
    """Return for each column how many of the released rows have an empty cell there, since its text does not cast; cells that a cleaner read are not counted.

    Args:
        published: The published rows of a dataset.
        rows: Ids of the released rows.
    """
    if not {ROW, RAW} <= set(published.collect_schema()):
        return []
    cells = published.filter(pl.col(ROW).is_in(rows) & (pl.col(RAW).list.len() > 0)).select(RAW).explode(RAW)
    counts = cells.select(pl.col(RAW).struct.field("column")).group_by("column", maintain_order=True).len().collect()
    return [Message.of("released_cells_empty", rows=count, column=column, rule=f"cast:{column}") for column, count in counts.iter_rows()]


def replay(dataset: str, references: Sequence[ReferenceRule], store: QuarantineStore, worker: Rejudger, *, now: datetime) -> list[Run]:
    """Judge rows again that are held for a missing reference alone, where the row that they refer to has arrived; one run for each batch.

    Args:
        dataset: Name of the dataset of the held rows.
        references: The dataset's rules about references.
        store: Where the rows are held.
        worker: Finds and judges them.
        now: Time of the run.
    """
    with store.lease(dataset) as lease:
        basis = store.snapshot().id
        rows = worker.rows_with_reference(dataset, references, basis)
        if not rows:
            return []
        order = Rejudge("replay", dataset, f"replay-{dataset}-{basis}", rows, now)
        return [store.publish(lease, worker.rejudge(part, store.snapshot().id)) for part in by_batch(order)]


def rows_with_reference(dataset: str, references: Sequence[ReferenceRule], quarantine: Quarantine, snapshot: Snapshot) -> tuple[str, ...]:
    """List the ids of rows that are held for a missing reference alone, where the row that they refer to is published in the snapshot."""
    held = {reference: quarantine.held(dataset, rule=reference.rule) for reference in references}
    return tuple(row for reference, rows in held.items() for row in _resolved(rows, reference, snapshot))


def _resolved(held: pl.DataFrame, reference: ReferenceRule, snapshot: Snapshot) -> Iterable[str]:
    """Return the ids of held rows whose key is published now."""
    published = snapshot.published(reference.dataset)
    if held.is_empty() or not published.collect_schema():
        return ()
    keys = published.select(pl.col(reference.key).alias(reference.column))
    return held.lazy().join(keys, on=reference.column, how="semi").select(ROW).collect()[ROW]


def reason_names(held: pl.DataFrame) -> list[str]:
    """Return the ids of the rules that hold rows."""
    if held.is_empty():
        return []
    return held.select(pl.col(REASONS).list.explode().struct.field("name").unique().drop_nulls().sort()).to_series().to_list()
