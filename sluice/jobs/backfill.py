"""Judge the batches of a window again, by the present suite: rows that fail now are held, held rows that pass now are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sluice.domain import ROW, RUN, Backfill, Rejudge, Run
from sluice.ports import Backfiller, QuarantineStore


@dataclass(frozen=True, slots=True)
class Backfilled:
    """Hold what became of one batch.

    Attributes:
        batch: The run of its arrival.
        runs: The runs that judged it again; those of an earlier backfill by the same suite among them.
        is_new: Whether any of them was published now.
    """

    batch: Run
    runs: Sequence[Run]
    is_new: bool


def backfill(batch: Run, version: str, store: QuarantineStore, worker: Backfiller, *, now: datetime) -> Backfilled:
    """Judge a batch again, unless this version of the suite was the last that did; what was published before stays readable in earlier snapshots.

    First its published rows are judged by the rules of the suite, each as of then, beside the published rows of other batches; those that fail a
    rule that holds rows are held. Then its held rows are cleaned and judged as when they are released with no rule waived.

    Args:
        batch: The run of an arrival.
        version: Version of the suite.
        store: Where its rows are.
        worker: Judges them.
        now: Time of the judgement of held rows.
    """
    with store.lease(batch.dataset) as lease:  # finishes what was interrupted
        name = name_of_backfill(batch.id, version, store.snapshot().runs(batch.dataset))
        before = _published(batch.dataset, name, store)
        if name not in before:
            order = Backfill(batch.dataset, name, batch.id, batch.at)
            store.publish(lease, worker.backfill(order, store.snapshot().id))
        if f"{name}-held" not in before and (rows := _rows_held(batch, name, store)):
            held = Rejudge("replay", batch.dataset, f"{name}-held", rows, now)
            store.publish(lease, worker.rejudge(held, store.snapshot().id))
    after = _published(batch.dataset, name, store)
    return Backfilled(batch, list(after.values()), is_new=after.keys() != before.keys())


def name_of_backfill(batch: str, version: str, runs: Sequence[Run]) -> str:
    """Return the name of the run that judges a batch by a version: the newest one where that is of this version, else a new one.

    A suite that was changed back judges again what the version between them judged.

    Args:
        batch: Id of the run of its arrival.
        version: Version of the suite.
        runs: The published runs, the oldest first.

    Example:
        >>> name_of_backfill("b1", "v2", [])
        'backfill-v2-b1'
    """
    names = [run.id.removesuffix("-held") for run in runs if run.id.removesuffix("-held").endswith(f"-{batch}") and run.id.startswith("backfill-")]
    own = [name for name in dict.fromkeys(names) if name.removeprefix("backfill-").partition("-")[0].partition(".")[0] == version]
    if names and names[-1] in own:
        return names[-1]
    return f"backfill-{version}{f'.{len(own) + 1}' if own else ''}-{batch}"


def _published(dataset: str, name: str, store: QuarantineStore) -> Mapping[str, Run]:
    return {run.id: run for run in store.snapshot().runs(dataset) if run.id in (name, f"{name}-held")}


def _rows_held(batch: Run, name: str, store: QuarantineStore) -> tuple[str, ...]:
    """Return the rows of a batch that its run holds, or a backfill by another version of the suite."""
    held = store.quarantine.held(batch.dataset)
    if held.is_empty():
        return ()
    by_another = pl.col(RUN).str.starts_with("backfill-") & pl.col(RUN).str.ends_with(f"-{batch.id}") & (pl.col(RUN) != name)
    return tuple(held.filter((pl.col(RUN) == batch.id) | by_another)[ROW])
