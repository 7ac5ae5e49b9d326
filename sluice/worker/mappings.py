"""Give published cells the spelling that a person decided on, in the worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from cleaning.repair import apply_decided
from sluice.domain import ACTION, ROW, RUN, STEWARD, Batch, Staged
from sluice.pipeline import evaluate
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout, steps_of
from sluice.worker.tasks import NoCleaner, renumber


def map_values(path: str, dataset: str, batch_id: str, column: str, values: Mapping[str, str], snapshot_id: str, at: datetime) -> Staged | None:
    """Replace values of a column in all published rows, judge the changed rows, and stage them; None where no row holds such a value.

    Each changed cell is a repair by `steward`. No cleaner runs; rows that then fail are held.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        batch_id: Id of the run.
        column: Name of the column.
        values: The right value by each wrong one.
        snapshot_id: Snapshot that holds the rows.
        at: Time of the run.
    """
    store = open_session(path)[1]
    require_layout(path, dataset)
    snapshot = store.snapshot(snapshot_id)
    published = snapshot.published(dataset)
    if column not in published.collect_schema().names():
        return None
    rows = published.filter(pl.col(column).is_in(list(values))).drop(RUN).collect()
    if rows.is_empty():
        return None
    marked = rows.with_columns(pl.when(pl.col(ACTION) == "order_unknown").then(ACTION).otherwise(pl.lit("repaired")).alias(ACTION))
    right = rows.select(ROW, pl.col(column).replace_strict(dict(values), return_dtype=pl.String).alias("_new"))
    decided = apply_decided(Batch(dataset, batch_id, marked, at, whole=False), {column: right}, STEWARD)
    outcome = evaluate(decided.batch, replace(steps_of(path, dataset).steps, cleaner=NoCleaner()), snapshot, kind="map_values")
    return store.stage(with_remaining(path, replace(outcome, repairs=renumber(decided.repairs, snapshot_id)), snapshot))
