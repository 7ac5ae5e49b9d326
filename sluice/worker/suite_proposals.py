"""Propose changes of a dataset's suite from its accepted history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from checks.checker import Checker
from checks.proposals import History, Proposal, propose_additions, propose_changes, propose_holding, suggest_from
from sluice.config import Config
from sluice.domain import RUN, Batch, Schema
from sluice.errors import UsageError, VersionEnded
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.store import SqlStore
from sluice.store.snapshot import SqlSnapshot
from sluice.worker.session import open_session, steps_of

MAX_BATCHES = 30
MAX_ROWS = 500_000


def propose(path: str, dataset: str, snapshot_id: str) -> list[Proposal]:
    """Propose rules to add to a suite, rules of it with other limits, and rules of it that could hold rows.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of a configured dataset.
        snapshot_id: Id of the snapshot whose newest accepted batches are the evidence.

    Raises:
        UsageError: The suite is a file in JSON.
    """
    config, store = open_session(path)
    settings, schema, snapshot = config.datasets[dataset], config.datasets[dataset].schema_of(dataset), store.snapshot(snapshot_id)
    if isinstance(settings.suite, str):
        raise make_error(UsageError, "suite_is_file", dataset=dataset, suite=settings.suite, file=path)
    rules = Checker.build(schema, settings.suite, root=config.root, scorers=steps_of(path, dataset).scorers).rules
    history = _history(store, dataset, list(accepted_batches(snapshot, dataset))[::-1])
    suggestions = suggest_from(schema, history, dict(_others(config, snapshot, dataset)))
    return [
        *propose_additions(schema, rules, history, suggestions),
        *propose_changes(schema, rules, settings.suite, history, suggestions),
        *propose_holding(rules, settings.suite, snapshot.metrics(dataset)),
    ]


def _history(store: SqlStore, dataset: str, batches: Sequence[Batch]) -> History:
    """Return batches, each with what was published once it was: a catalog of that day, not of today; those whose snapshot is kept no longer are left out."""
    published = {run.id: str(run.seq) for run in store.snapshot().runs(dataset)}
    history = [(batch, store.snapshot(published[batch.id])) for batch in batches]
    return [(batch, snapshot) for batch, snapshot in history if _is_kept(snapshot, store.schemas)]


def _is_kept(snapshot: SqlSnapshot, datasets: Iterable[str]) -> bool:
    try:
        for name in datasets:
            snapshot.published(name)
    except VersionEnded:
        return False
    return True


def accepted_batches(snapshot: Snapshot, dataset: str) -> Iterator[Batch]:
    """Yield the published rows of the newest batches whose runs are open, the newest first, up to a number of batches and of rows."""
    published, rows = snapshot.published(dataset), 0
    runs = [run for run in snapshot.runs(dataset) if run.kind == "ingest" and run.good and run.decision == "open"]
    if RUN not in published.collect_schema():
        return
    for run in reversed(runs[-MAX_BATCHES:]):
        accepted = published.filter(pl.col(RUN) == run.id).drop(RUN).collect()
        rows += accepted.height
        if accepted.height and (rows <= MAX_ROWS or rows == accepted.height):
            yield Batch(dataset, run.id, accepted, run.at)


def _others(config: Config, snapshot: Snapshot, dataset: str) -> Iterator[tuple[str, tuple[Schema, pl.DataFrame]]]:
    """Yield the datasets that a column may refer to: those with a key of one column and published rows."""
    for name, settings in config.datasets.items():
        schema, rows = settings.schema_of(name), snapshot.published(name)
        if name != dataset and len(schema.key) == 1 and schema.key[0] in rows.collect_schema():
            yield name, (schema, rows.collect())
