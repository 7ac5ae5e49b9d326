"""Judge published rows by rules that could not be evaluated when they were published, and stage the outcome."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sluice.domain import ROW, RUN, Backfill, Batch, Outcome, Recheck, Staged
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout, steps_of
from sluice.worker.tasks import NoCleaner

_BACKFILLED = "^backfill-.*-held$"  # runs that published rows that a suite had held


def recheck(path: str, order: Recheck, snapshot_id: str) -> Staged | None:
    """Judge the rows that a run published and that are published still; return None where a rule still cannot be evaluated."""
    config, store = open_session(path)
    require_layout(path, order.dataset)
    snapshot = store.snapshot(snapshot_id)
    judge = steps_of(path, order.dataset).suite_of(order.rules)
    batch = Batch(order.dataset, order.batch_id, _rows(snapshot, order), order.at, whole=False)
    outcome = evaluate(batch, Steps([judge], NoCleaner()), snapshot, kind="recheck", weights=config.datasets[order.dataset].gate.weights)
    if any(verdict.status == "not_evaluated" for verdict in outcome.phases["published"]):
        return None
    return store.stage(with_remaining(path, replace(outcome, rechecks=order.run), snapshot))


def backfill(path: str, order: Backfill, snapshot_id: str) -> Staged:
    """Judge the rows that a run published, or an earlier backfill of it, and that are published still, by the whole suite, beside rows of other batches.

    Rules about the whole batch judge no part of it; one that cannot be evaluated changes nothing.
    """
    config, store = open_session(path)
    require_layout(path, order.dataset)
    snapshot, steps = store.snapshot(snapshot_id), steps_of(path, order.dataset)
    batch = Batch(order.dataset, order.batch_id, _rows(snapshot, order, _BACKFILLED), order.at, whole=False)
    weights, rules = config.datasets[order.dataset].gate.weights, frozenset(steps.suite_rules)

    def judge(ids: frozenset[str]) -> Outcome:
        return evaluate(batch, Steps([steps.suite_of(ids)], NoCleaner()), snapshot.without(order.run), kind="recheck", weights=weights)

    outcome = judge(rules)
    if unmet := {verdict.rule for verdict in outcome.phases["published"] if verdict.status == "not_evaluated"}:
        outcome = judge(rules - unmet)
    return store.stage(with_remaining(path, replace(outcome, rechecks=order.run), snapshot))


def _rows(snapshot: Snapshot, order: Recheck | Backfill, or_by: str | None = None) -> pl.DataFrame:
    """Return the published rows that a run published, or those runs of which the pattern holds that published held rows of it."""
    published = pl.col(RUN) == order.run
    if or_by is not None:
        published |= pl.col(RUN).str.contains(or_by) & pl.col(ROW).str.starts_with(f"{order.run}.")
    return snapshot.published(order.dataset).filter(published).drop(RUN).collect()
