"""Preview what the cleaners of a dataset change, before anything is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sluice.app.app import App
from sluice.app.backtests import select_batches
from sluice.domain import Arrival, CleanerChanges, CleaningPreview, Message, Run
from sluice.ports import Progress, no_progress

_EVER = timedelta(days=36525)  # a century: every batch


def batches_to_clean(app: App, dataset: str, waiting: Sequence[Arrival], since: timedelta | None) -> Sequence[Arrival | Run]:
    """Return the batches of a preview: the published ones of a span of time, else what waits, else the newest published one.

    Args:
        app: The application.
        dataset: Name of the dataset.
        waiting: What arrived and is not published.
        since: Length of a span that ends now.

    Raises:
        UsageError: The dataset is not configured.
    """
    if since is not None:
        return select_batches(app, [dataset], since).runs
    return waiting or select_batches(app, [dataset], _EVER).runs[-1:]


def preview_cleaning(app: App, batches: Sequence[Arrival | Run], samples: int, progress: Progress = no_progress) -> Iterator[CleaningPreview]:
    """Return what the cleaners change in some batches.

    Args:
        app: The application.
        batches: The batches.
        samples: Number of changes shown for each cleaner and column.
        progress: Called after each batch.

    Raises:
        SourceError: A batch cannot be read.
        BatchFailed: A step fails on one.
    """
    snapshot = app.store.snapshot().id
    for number, batch in enumerate(batches, start=1):
        yield app.worker.preview_cleaning(batch, snapshot, samples)
        progress(Message.of("step_judging"), number, len(batches))


def change_facts(batch: str, changes: CleanerChanges) -> Mapping[str, object]:
    """Describe what a cleaner changes in a column of a batch."""
    return {
        "batch": batch,
        "cleaner": changes.cleaner,
        "column": changes.column,
        "repaired": changes.applied,
        "candidates": changes.candidates,
        "samples": [{"old": sample.old, "new": sample.new, "cells": sample.cells} for sample in changes.samples],
    }
