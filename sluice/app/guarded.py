"""Measure how much of each dataset is guarded, where that is due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from sluice import rules
from sluice.config import Config
from sluice.domain import Guarded, Message
from sluice.errors import RebuildNeeded
from sluice.ports import Progress, no_progress
from sluice.store import SqlStore
from sluice.wiring.fingerprints import fingerprints
from sluice.worker.client import Worker


def measure_guarded(
    config: Config, store: SqlStore, worker: Worker, datasets: Iterable[str], now: datetime, *, due: bool = True, progress: Progress = no_progress
) -> Iterator[Guarded]:
    """Plant errors into accepted rows of datasets, and record and yield how many are found.

    Args:
        config: The configuration.
        store: Where the rows are read and the measurements are recorded.
        worker: Plants and judges.
        datasets: Names of datasets; those without an accepted row are left out.
        now: Time of the measurements.
        due: Leave out datasets of which nothing has changed since they were measured within a week, and those that wait for a rebuild.
        progress: Called before and after each measurement.

    Raises:
        RebuildNeeded: The stored rows of a dataset do not fit its declaration, and `due` is False.
    """
    settings_of = {dataset: _fingerprint(config, store, dataset) for dataset in dict.fromkeys(datasets)}
    measured = {name: text for name, text in settings_of.items() if not due or rules.is_measurement_due(store.guarded.newest(name), text, now)}
    for number, (dataset, settings) in enumerate(measured.items()):
        progress(Message.of("step_measuring_guarded"), number, len(measured))
        try:
            guarded = worker.measure_guarded(dataset, store.snapshot().id, settings, now)
        except RebuildNeeded:
            if not due:
                raise
            guarded = None  # its batches wait too, and say so
        if guarded is not None:
            store.guarded.save(guarded)
            yield guarded
        progress(Message.of("step_measuring_guarded"), number + 1, len(measured))


def _fingerprint(config: Config, store: SqlStore, dataset: str) -> str:
    """Hash all that decides what is found: the settings of the dataset and which of its detectors are trained."""
    trained = sorted(name for name in store.models.names() if name.startswith(f"{dataset}."))
    return hashlib.sha256(f"{fingerprints(config, [dataset])[dataset]} {' '.join(trained)}".encode()).hexdigest()[:16]
