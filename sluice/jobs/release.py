"""Judge held rows again: because a steward releases them, or because the rows that they refer to have arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from pathlib import PurePath
from typing import TypeVar

import polars as pl

from sluice.domain import MAX_SHRINK, REASONS, ROW, Message, ReferenceRule, Rejudge, Request, Run
from sluice.ports import Quarantine, QuarantineStore, Rejudger, ReleasePreviewer, Snapshot
from sluice.rules import table_end, waivable
from sluice.rules.released_cells import count_uncast
from sluice.rules.releases import releases_of

T = TypeVar("T")


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
        earlier = releases_of(store.snapshot().runs(request.dataset), request.id)  # of a worker that died before it answered
        order = order_of(request, store, now=now)
        if isinstance(order, Message) and not earlier:
            return False, order
        orders = () if isinstance(order, Message) else by_batch(order)
        published = [store.publish(lease, worker.rejudge(part, store.snapshot().id)) for part in orders]
    runs = list({run.id: run for run in [*earlier, *published]}.values())
    rows = request.rows if isinstance(order, Message) else order.rows
    unread = unread_cells(store.snapshot().published(request.dataset), rows)
    return any(run.good for run in runs), Message.join([_answer(runs), *unread])


def preview_release(request: Request, store: QuarantineStore, worker: ReleasePreviewer, *, now: datetime) -> tuple[Rejudge, list[Run]] | Message:
    """Judge held rows as a release does, and publish nothing.

    Args:
        request: Rows, or the rule that holds them.
        store: Where they are held.
        worker: Judges them.
        now: Time of the run.

    Returns:
        What was judged, and the runs that a release would publish, one for each batch; or why nothing can be released.
    """
    with store.lease(request.dataset):  # whoever holds it may drop stages that are not promised
        order = order_of(request, store, now=now)
        if isinstance(order, Message):
            return order
        return order, [worker.preview(worker.rejudge(part, store.snapshot().id)) for part in by_batch(order)]


def order_of(request: Request, store: QuarantineStore, *, now: datetime) -> Rejudge | Message:
    """Return which rows a release judges again and which rules it waives; or why it releases none."""
    until = request.at if request.rule else None  # what was held since, nobody has seen
    held = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule, until=until, columns=[REASONS])
    if request.rule and not waivable([request.rule]):
        return Message.of("rule_not_waivable", rule=request.rule)
    if held.is_empty():
        return Message.of("rows_not_held_alone", rule=request.rule, dataset=request.dataset) if request.rule else Message.of("rows_not_held")
    waived = frozenset({request.rule} if request.rule else waivable(reason_names(held)))
    if MAX_SHRINK in waived and (newer := newer_table(store.snapshot().runs(request.dataset), held[ROW].to_list())):
        return newer
    critical = waived & set(reason_names(held, severity="critical"))
    return Rejudge("release", request.dataset, f"release-{request.id}", tuple(held[ROW]), now, waived, critical)


def newer_table(runs: Sequence[Run], rows: Sequence[str]) -> Message | None:
    """Return why a table that was held as a whole cannot be released: a newer one is published, which it would replace; None where there is none.

    Args:
        runs: Published runs of the dataset.
        rows: Ids of the held rows.
    """
    batches = {row.rpartition(".")[0] for row in rows}
    held = max((run for run in runs if run.id in batches), key=lambda run: run.at, default=None)
    newest = table_end(runs)
    if held is None or newest is None or newest <= held.at:
        return None
    return Message.of("release_older_table", batch=PurePath(held.uri).name or held.id, newest=newest.isoformat(), dataset=held.dataset, rule=MAX_SHRINK)


def by_batch(order: Rejudge) -> Iterator[Rejudge]:
    """Yield an order for the rows of each batch, so that each run revises the one that its rows arrived with.

    Args:
        order: Rows of any batches. Where they are of one batch, or a whole table that lost rows is accepted, the order stays as it is.
    """
    batches = dict.fromkeys(row.rpartition(".")[0] for row in order.rows)
    if len(batches) == 1 or MAX_SHRINK in order.waived:
        yield order
        return
    rows, cells = _grouped(order.rows, str), _grouped(order.cells, attrgetter("row"))
    for batch in batches:
        yield replace(order, batch_id=f"{order.batch_id}.{batch}", rows=tuple(rows[batch]), cells=tuple(cells.get(batch, ())))


def _grouped(items: Iterable[T], row_of: Callable[[T], str]) -> dict[str, list[T]]:
    """Return items by the batch of their row."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(row_of(item).rpartition(".")[0], []).append(item)
    return groups


def _answer(runs: Sequence[Run]) -> Message:
    good, bad, rows = (sum(getattr(run, name) for run in runs) for name in ("good", "bad", "rows"))
    code = "rows_partly_released" if bad else "rows_released"
    released = Message.of(code, released=good, rows=rows, **({"held": bad} if bad else {}))
    repeats, replaced = sum(run.copies + run.superseded for run in runs), sum(run.replaced for run in runs)
    more = [Message.of("rows_repeat_published", repeats=repeats)] if repeats else []
    final = [Message.of("release_of_table")] if any(run.uri for run in runs) else [Message.of("release_is_final", replaced=replaced)] if replaced else []
    return Message.join([released, *more, *final])


def unread_cells(published: pl.LazyFrame, rows: Sequence[str]) -> list[Message]:
    """Return for each column how many of the released rows have an empty cell there, since its text does not cast; cells that a cleaner read are not counted.

    Args:
        published: The published rows of a dataset.
        rows: Ids of the released rows.
    """
    if ROW not in published.collect_schema():
        return []
    counts = count_uncast(published.filter(pl.col(ROW).is_in(rows)))
    return [Message.of("released_cells_empty", rows=count, column=column, rule=f"cast:{column}") for column, count in counts.items()]


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


def reason_names(held: pl.DataFrame, *, severity: str | None = None) -> list[str]:
    """Return the ids of the rules that hold rows; with `severity`, of those that are so severe."""
    if held.is_empty():
        return []
    reasons = held.select(pl.col(REASONS).list.explode().struct.unnest())
    chosen = reasons if severity is None else reasons.filter(pl.col("severity") == severity)
    return chosen.select(pl.col("name").unique().drop_nulls().sort()).to_series().to_list()
