"""Fits what learns from accepted history (detectors), when there is enough of it and when it has grown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sluice import rules
from sluice.domain import Artifact, Model, Schema
from sluice.errors import ModelError
from sluice.ports import Snapshot, Store

KEEP = 3  # versions that can be rolled back to, the serving one among them


@dataclass(frozen=True, slots=True)
class Learner:
    """What is known of a learner without loading it.

    Attributes:
        name: Of its models.
        needs: The fewest rows to learn from.
        updates: Whether it learns on from each batch.
        refit: How old a whole fit may grow; None: any age.
    """

    name: str
    needs: int
    updates: bool = False
    refit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """How learners are called, in the child process: each by its name, on the snapshot of that id."""

    train: Callable[[str, str], Artifact]
    update: Callable[[str, str], Artifact]


def learn(schema: Schema, learners: Sequence[Learner], store: Store, learning: Learning, *, now: datetime) -> list[Model]:
    """Fit every learner of a dataset that is due, let the others learn on from what is new, and let them serve.

    Args:
        schema: The dataset.
        learners: Its learners.
        store: Where history is read and models are kept.
        learning: How they learn.
        now: When the models are said to be made.
    """
    past = store.snapshot()
    rows = history(schema, past)
    made = []
    for each in learners:
        step, why = rules.learning(store.models(each.name), rows, needed=each.needs, updates=each.updates, every=each.refit, now=now)
        if step == "wait":
            continue
        try:
            artifact = (learning.train if step == "fit" else learning.update)(each.name, past.id)
        except ModelError:  # it needs more than it said; its Verdict tells how much
            continue
        if step == "fit":
            store.log(who="learn", what="fit", subject=each.name, why=why, at=now)
        fitted = {"fitted": now.isoformat()} if step == "fit" else {}
        made.append(store.save(each.name, replace(artifact, card={**artifact.card, **fitted}), "champion", at=now, keep=KEEP))
    return made


def history(schema: Schema, past: Snapshot) -> int:
    """How many published rows there are to learn from."""
    runs = [run for run in past.runs(schema.dataset) if run.kind != "audit"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)
