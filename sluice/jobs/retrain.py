"""Trains a challenger, when the gate of everything that it reads is open, and lets it serve when it is not worse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Artifact, Decision, Model
from sluice.ports import Store
from sluice.rules import promote


@dataclass(frozen=True, slots=True)
class Retrained:
    """What came of a retrain: the decisions that it asked for, and the new version where it trained."""

    decisions: tuple[Decision, ...]
    model: Model | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """How to train and compare, in the child process.

    Attributes:
        train: A challenger from the decisions' pinned snapshot and open runs.
        measure: The champion's metrics on the challenger's hold-out.
    """

    train: Callable[[Sequence[Decision]], Artifact]
    measure: Callable[[Artifact, Artifact, str], Mapping[str, float]]


def retrain(name: str, reads: Sequence[str], store: Store, gate: Callable[[str], Decision], training: Training, *, by: str, now: datetime) -> Retrained:
    """Ask the gate of every dataset; where all are open, train, compare, and keep the challenger as champion or rejected.

    Args:
        name: The line of models.
        reads: The datasets that it learns from.
        store: Where models and decisions are kept.
        gate: Computes a dataset's decision.
        training: How to train and compare.
        by: Who asked.
        now: The time of the retrain.
    """
    decisions = tuple(gate(dataset) for dataset in reads)
    for decision in decisions:
        store.record(decision, by=by)
    shut = [decision for decision in decisions if not decision.open]
    if shut:
        return Retrained(decisions, why="; ".join(f"{each.dataset} is {each.state}: {', '.join(each.reasons)}" for each in shut))
    with store.claim(f"model.{name}"):
        challenger = training.train(decisions)
        champion = store.load(name)
        rival = training.measure(champion, challenger, decisions[0].snapshot or "") if champion else None
        won, why = promote(metrics(challenger), rival)
        model = store.save(name, challenger, "champion" if won else "rejected", at=now)
    store.log(who=by, what="retrain", subject=f"{name} {model.version} {model.state}", why=why, at=now)
    return Retrained(decisions, model, why)


def metrics(artifact: Artifact) -> Mapping[str, float]:
    """The metrics of what an artifact serves."""
    found = artifact.card["serving"]
    return {str(key): float(value) for key, value in found.items()} if isinstance(found, Mapping) else {}
