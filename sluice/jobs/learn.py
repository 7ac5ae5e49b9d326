"""Fits what learns from accepted history (detectors), when there is enough of it and when it has grown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sluice import rules
from sluice.domain import Artifact, Message, Model, Schema
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
    snapshot = store.snapshot()
    rows, made = history(schema, snapshot), []
    for each in learners:
        kept = store.models.versions(each.name)
        step, why = rules.next_step(kept, rows, min_rows=each.needs, incremental=each.updates, every=each.refit, now=now)
        try:
            if step == "fit":
                made.append(refit(each.name, store, learning, by="learn", why=why, now=now))
            elif step == "partial_fit" and _unseen(kept, schema, snapshot):
                made.append(_learned_on(each.name, kept, store, learning, snapshot, now))
        except ModelError:  # it needs more than it said; its Verdict tells how much
            continue
    return made


def refit(name: str, store: Store, learning: Learning, *, by: str, why: Message, now: datetime) -> Model:
    """Fit a learner from its whole history, whether that is due or not; learning goes on from there, after a roll-back too.

    Args:
        name: Of its models.
        store: Where history is read and models are kept.
        learning: How it learns.
        by: Who asked.
        why: Why.
        now: When the model is said to be made.

    Raises:
        ModelError: There is too little to learn from.
    """
    artifact = learning.train(name, store.snapshot().id)
    model = store.models.save(name, _noted(artifact, now.isoformat(), 0), "champion", at=now, keep=KEEP)
    store.activity.log(who=by, what="fit", subject=f"{name} {model.version}", reason=why, at=now)
    return model


def _update(name: str, kept: Sequence[Model], store: Store, learning: Learning, snapshot: Snapshot, now: datetime) -> Model:
    card = _serving(kept)
    artifact = _noted(learning.update(name, snapshot.id), card.get("fitted"), int(str(card.get("updates", 0))) + 1)
    return store.models.save(name, artifact, "champion", at=now, keep=KEEP)


def _learned_on(name: str, kept: Sequence[Model], store: Store, learning: Learning, snapshot: Snapshot, now: datetime) -> Model:
    """The version after an update; after a whole fit where none can be made, as from a model that another version wrote."""
    try:
        return _update(name, kept, store, learning, snapshot, now)
    except ModelError as error:
        return refit(name, store, learning, by="learn", why=Message.of("fit_instead_of_partial", error=Message.text(str(error))), now=now)


def _unseen(kept: Sequence[Model], schema: Schema, snapshot: Snapshot) -> bool:
    """Whether there is a run that the serving version has not learned from."""
    seen = _serving(kept).get("seen", ())
    return any(run.id not in seen for run in snapshot.runs(schema.dataset) if run.kind != "audit") if isinstance(seen, Sequence) else True


def _serving(kept: Sequence[Model]) -> Mapping[str, object]:
    return next((model.card for model in kept if model.state == "champion"), {})


def _noted(artifact: Artifact, fitted: object, updates: int) -> Artifact:
    """With the time of the last whole fit, and how many updates came since."""
    noted = {"fitted": fitted} if fitted else {}
    return replace(artifact, card={**artifact.card, **noted, "updates": updates})


def history(schema: Schema, snapshot: Snapshot) -> int:
    """How many published rows there are to learn from."""
    runs = [run for run in snapshot.runs(schema.dataset) if run.kind != "audit"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)
