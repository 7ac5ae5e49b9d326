"""Tune the recommender's settings, and write what was found into sluice.yaml."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sluice import jobs
from sluice.app.app import App
from sluice.app.configurations import adopt
from sluice.config.edit_recommender import change_recommender
from sluice.config.text import difference, read_text
from sluice.domain import TuningResult, TuningTrial
from sluice.jobs import Tuned, TuningBudget
from sluice.ports import Progress
from sluice.wiring.recommender import RECOMMENDER, settings_of


def tune_recommender(app: App, budget: timedelta, *, on_trial: Callable[[TuningTrial], None], progress: Progress, log_dir: Path | None, by: str) -> Tuned:
    """Make trials within a budget of time, on the rows that may be learned from now.

    Args:
        app: The application.
        budget: Time in which trials begin and end.
        on_trial: Called with each trial.
        progress: Called while the data are read.
        log_dir: Folder for TensorBoard; None logs nothing.
        by: Who requests it.

    Raises:
        UsageError: No recommender is configured, or TensorBoard is not installed.
        ModelError: There is too little to learn from, or no model has a setting that is tuned.
    """
    adopt(app.path, app.store.configurations)
    settings = settings_of(app.config)
    for dataset in settings.reads:
        app.store.require_layout(dataset)
    limits = TuningBudget(budget.total_seconds(), time.monotonic, on_trial, progress, str(log_dir.resolve()) if log_dir else None)
    return jobs.tune(RECOMMENDER, settings.reads, app.store, app.gate, app.worker, limits, by=by, now=app.now())


def tuned_text(path: Path, result: TuningResult) -> tuple[str, str]:
    """Return the text of sluice.yaml with the settings of the best trial, and its difference from the present one; equal texts where none is confirmed.

    Raises:
        UsageError: A setting is written in a way that no value can be put in its place.
        ConfigError: The edited text would not be read.
    """
    before = read_text(path)
    changes = result.changes if result.confirmed else {}
    shared = {key: value for key, value in changes.items() if "." not in key}
    models: dict[str, dict[str, float]] = {}
    for key, value in changes.items():
        model, dot, name = key.partition(".")
        if dot:
            models.setdefault(model, {})[name] = value
    after = change_recommender(before, shared, models) if changes else before
    return after, difference(path, before, after)
