"""Find the cleaners whose repairs people undo too often."""

from __future__ import annotations

from datetime import datetime

from sluice.config import Config
from sluice.domain import Message
from sluice.rules.undone import UndoneCount, undone_too_often
from sluice.store import SqlStore
from sluice.store.repair_queries import undone_counts


def doubtful_cleaners(config: Config, store: SqlStore, dataset: str, now: datetime) -> list[UndoneCount]:
    """Return the configured cleaners of whose repairs in the training window people undid more than `max_undone` allows.

    Args:
        config: The configuration.
        store: Its records and rows.
        dataset: Name of a dataset.
        now: End of the window.
    """
    settings = config.datasets[dataset]
    recent = [run.id for run in store.runs.of(dataset) if run.state == "published" and run.at >= now - settings.gate.window]
    names = {step.name for step in settings.clean}
    return [count for count in undone_too_often(undone_counts(store, dataset, recent), settings.max_undone) if count.cleaner in names]


def describe_doubtful(config: Config, dataset: str, count: UndoneCount) -> Message:
    """Return the sentence about a cleaner whose repairs people undo too often."""
    limit = config.datasets[dataset].max_undone
    return Message.of("cleaner_undone", dataset=dataset, cleaner=count.cleaner, column=count.column, repairs=count.repairs, undone=count.undone, limit=limit)
