"""Find the serving models that learned from the rows of some runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sluice.store.store import SqlStore


def models_that_read(store: SqlStore, runs: Collection[str]) -> tuple[str, ...]:
    """Return names and versions of the champions that were trained on rows of one of the runs.

    Detectors learn from no released row, and are named only where their card lists such a run as read.

    Args:
        store: The registered models.
        runs: Ids of runs.
    """
    champions = (next((model for model in store.models.versions(name) if model.state == "champion"), None) for name in store.models.names())
    return tuple(f"{model.name} {model.version}" for model in champions if model is not None and _runs_read(model.card) & set(runs))


def _runs_read(card: Mapping[str, Any]) -> set[str]:
    """Return the runs that a model was trained on; older cards list those that had rows alone."""
    named = card.get("read")
    if isinstance(named, list):
        return set(map(str, named))
    listed = card.get("runs") if "seen" not in card else None
    return {str(run["id"]) for run in listed if isinstance(run, Mapping) and "id" in run} if isinstance(listed, list) else set()
