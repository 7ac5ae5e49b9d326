"""Publish held rows with the right values that a person gave for some of their cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import polars as pl

from sluice.domain import ROW, RUN, Corrected, CorrectedCell, LeftOut, Message, Rejudge, Request, Run
from sluice.jobs.release import by_batch
from sluice.ports import Corrector, PublishingStore, Quarantine
from sluice.rules.corrections import describe_left_out, merge_left_out, rows_not_held
from sluice.rules.releases import releases_of


class CorrectingStore(PublishingStore, Protocol):
    """Know which rows are held."""

    @property
    def quarantine(self) -> Quarantine:
        """Return the held rows."""
        ...


def correct(request: Request, cells: Sequence[CorrectedCell], store: CorrectingStore, worker: Corrector, *, now: datetime) -> tuple[bool, Message]:
    """Judge held rows again with right values in some of their cells, and publish those that pass; no rule is waived.

    Args:
        request: Names the rows.
        cells: The right values.
        store: Where the rows are held.
        worker: Judges them.
        now: Time of the run.

    Returns:
        Whether a row left the quarantine, and the answer to the request, which names every row that did not.
    """
    with store.lease(request.dataset) as lease:
        runs = releases_of(store.snapshot().runs(request.dataset), request.id)  # of a worker that died before it answered
        done = _rows_of(runs, store.snapshot().published(request.dataset))
        order, left = order_of_correction(replace(request, rows=tuple(row for row in request.rows if row not in done)), cells, store.quarantine, now=now)
        for corrected in _judge(order, store, worker):
            left += corrected.left
            runs += [store.publish(lease, corrected.staged)] if corrected.staged else []
    return bool(runs), _answer(request, runs, left)


def preview_correction(
    request: Request, cells: Sequence[CorrectedCell], store: CorrectingStore, worker: Corrector, *, now: datetime
) -> tuple[Rejudge, list[Run], tuple[LeftOut, ...]]:
    """Judge corrected rows as `correct` does, and publish nothing.

    Args:
        request: Names the rows.
        cells: The right values.
        store: Where the rows are held.
        worker: Judges them.
        now: Time of the run.

    Returns:
        What was judged, the runs that would be published, one for each batch, and the rows that would be left out.
    """
    with store.lease(request.dataset):
        order, left = order_of_correction(request, cells, store.quarantine, now=now)
        runs: list[Run] = []
        for corrected in _judge(order, store, worker):
            left += corrected.left
            runs += [worker.preview(corrected.staged)] if corrected.staged else []
    return order, runs, merge_left_out(left)


def order_of_correction(request: Request, cells: Iterable[CorrectedCell], quarantine: Quarantine, *, now: datetime) -> tuple[Rejudge, list[LeftOut]]:
    """Return which rows are judged with which right values, and the rows of the request that are not held."""
    held = frozenset(quarantine.held(request.dataset, rows=request.rows, columns=[])[ROW])
    absent = [row for row in request.rows if row not in held]
    left = rows_not_held(absent, quarantine.settled(request.dataset, absent) if absent else {})
    rows = tuple(row for row in dict.fromkeys(request.rows) if row in held)
    corrected = tuple(cell for cell in cells if cell.row in held)
    return Rejudge("release", request.dataset, f"release-{request.id}", rows, now, cells=corrected), left


def _judge(order: Rejudge, store: CorrectingStore, worker: Corrector) -> Iterator[Corrected]:
    """Judge the corrected rows of each batch, on what is published then."""
    for part in by_batch(order) if order.rows else ():
        yield worker.correct(part, store.snapshot().id)


def _rows_of(runs: Sequence[Run], published: pl.LazyFrame) -> frozenset[str]:
    """Return the published rows of some runs."""
    if not runs or RUN not in published.collect_schema():
        return frozenset()
    return frozenset(published.filter(pl.col(RUN).is_in([run.id for run in runs])).select(ROW).collect()[ROW])


def _answer(request: Request, runs: Sequence[Run], left: Iterable[LeftOut]) -> Message:
    published, repeats = sum(run.good for run in runs), sum(run.copies + run.superseded for run in runs)
    replaced = sum(run.replaced for run in runs)
    answer = [Message.of("rows_corrected", published=published, rows=len(request.rows))]
    answer += [Message.of("rows_repeat_published", repeats=repeats)] if repeats else []
    answer += [Message.of("release_is_final", replaced=replaced)] if replaced else []
    return Message.join([*answer, *map(describe_left_out, merge_left_out(left))])
