"""Fits what learns from accepted history (detectors), when there is enough of it and when it has grown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Artifact, Model, Schema
from sluice.errors import ModelError
from sluice.ports import Snapshot, Store
from sluice.rules import due


@dataclass(frozen=True, slots=True)
class Learner:
    """What is known of a learner without loading it: the model's name, and how many rows it needs."""

    name: str
    needs: int


def learn(schema: Schema, learners: Sequence[Learner], store: Store, train: Callable[[str, str], Artifact], *, now: datetime) -> list[Model]:
    """Fit every learner of a dataset that is due, and let it serve.

    Args:
        schema: The dataset.
        learners: Its learners.
        store: Where history is read and models are kept.
        train: Trains one by its name on the snapshot of that id, in the child process.
        now: When the models are said to be made.
    """
    past = store.snapshot()
    rows = history(schema, past)
    fitted = []
    for each in learners:
        kept = store.models(each.name)
        trained_on = int(str(kept[0].card.get("rows", 0))) if kept else None
        if not due(trained_on, rows, needed=each.needs):
            continue
        try:
            artifact = train(each.name, past.id)
        except ModelError:  # it needs more than it said; its Verdict tells how much
            continue
        fitted.append(store.save(each.name, artifact, "champion", at=now))
    return fitted


def history(schema: Schema, past: Snapshot) -> int:
    """How many published rows there are to learn from."""
    runs = [run for run in past.runs(schema.dataset) if run.kind != "audit"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)
