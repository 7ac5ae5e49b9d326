"""Read the rows that an open decision of a gate pins."""

from __future__ import annotations

import polars as pl

from sluice.config import Config
from sluice.domain import RUN, Decision
from sluice.errors import GateClosed
from sluice.messages import make_error
from sluice.store import SqlStore


def pinned_rows(config: Config, store: SqlStore, dataset: str, decision: Decision) -> pl.LazyFrame:
    """Return the published rows that a decision pins.

    Args:
        config: The configuration.
        store: Where the rows are.
        dataset: Name of a configured dataset.
        decision: A decision of the gate.

    Raises:
        GateClosed: The decision is not open.
    """
    if not decision.open or decision.snapshot is None:
        raise make_error(GateClosed, "pinned_gate_not_open", dataset=dataset, state=decision.state, reasons=tuple(decision.reasons))
    snapshot = store.snapshot(decision.snapshot)
    rows = snapshot.published(dataset)
    if config.datasets[dataset].mode == "upsert":  # a row that arrives again unchanged stays the row of its first run, however old
        closed = [run.id for run in snapshot.runs(dataset) if run.decision != "open" and run.id not in decision.runs]
        return rows.filter(~pl.col(RUN).is_in(closed))
    return rows.filter(pl.col(RUN).is_in(list(decision.runs)))
